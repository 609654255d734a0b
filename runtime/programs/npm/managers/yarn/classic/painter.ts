/** Yarn 1's colours. */
import { style, type Painter } from '../../paint.ts';

const words: Readonly<Record<string, string>> = { info: '34', warning: '33', error: '31', success: '32' };

export const paintClassic: Painter = (line) => {
  if (/^yarn \S+ v\d/.test(line)) return style('1', line);
  if (line.startsWith('$ ')) return style('2', line);
  return line
    .replace(/^(?:info|warning|error|success)(?= )/, (word) => style(words[word] ?? '', word))
    .replace(/^\[\d+\/\d+\]/, (step) => style('2', step))
    .replace(/(?<= Visit )\S+(?= for documentation)/, (address) => style('1', address));
};
