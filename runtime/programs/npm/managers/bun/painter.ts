/** bun's colours. */
import { style, type Painter } from '../paint.ts';

const [bold, dim, red, green, yellow] = ['1', '2', '31', '32', '33'];

export const paintBun: Painter = (line) => {
  const [, command, version] = /^(bun \w+ )(v\S+ \(\w+\))$/.exec(line) ?? [];
  if (command !== undefined && version !== undefined) return style(bold, command) + style(dim, version);
  const [, sign = '', name = '', rest = ''] = /^([+-]) (@?[^@]+)(@.*)?$/.exec(line) ?? [];
  if (sign === '+') return `${style(green, sign)} ${style(bold, name)}${style(dim, rest)}`;
  if (sign === '-') return `${style(red, sign)} ${name}`;
  const [, added = '', at = ''] = /^installed (@?[^@]+)(@\S+)/.exec(line) ?? [];
  if (added !== '')
    return `${style(green, 'installed')} ${style(bold, added)}${style(dim, at)}${line.slice(`installed ${added}${at}`.length)}`;
  if (line.startsWith('$ ')) return `${style('35;2', '$')} ${style('1;2', line.slice(2))}`;
  if (line.startsWith('warn: ')) return `${style(yellow, 'warn')}${style(dim, ':')} ${style(bold, line.slice(6))}`;
  if (line.startsWith('error: ')) return `${style(red, 'error')}${style(dim, ':')} ${paintError(line.slice(7))}`;
  return line
    .replace(/^\d+(?= packages? installed)/, (count) => style(green, count))
    .replace(/^\d+(?= packages? removed)/, (count) => style(bold, count))
    .replace(/^Checked (\d+ installs?)/, (_, count: string) => `Checked ${style(green, count)}`)
    .replace(/(\(no changes\) )?\[([\d.]+m?s)\]/, (_, note: string | undefined, time: string) =>
      [style(dim, `${note ?? ''}[`), style('1;2', time), style(dim, ']')].join(''),
    );
};

function paintError(text: string): string {
  const [, method, address, status] = /^(GET)( \S+ )(- \d+)$/.exec(text) ?? [];
  if (method !== undefined) return `${style('31;1', method)}${style(red, address ?? '')}${style('31;2', status ?? '')}`;
  const [, script, code] = /^script ("[^"]+")( exited with code \d+)$/.exec(text) ?? [];
  if (script !== undefined) return `script ${style(bold, script)}${code ?? ''}`;
  return /^Script not found ".*"$/.test(text) ? `${style(bold, text.slice(0, -1))}"` : style(bold, text);
}
