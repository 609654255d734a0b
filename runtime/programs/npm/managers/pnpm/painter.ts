/** pnpm's colours. */
import { style, type Painter } from '../paint.ts';

const [red, green, yellow, grey, cyan] = ['31', '32', '33', '90', '96'];

export const paintPnpm: Painter = (line) => {
  const [, title, message = ''] = /^\u2009(WARN|ERROR|ELIFECYCLE|ERR_\w+)\u2009 ?(.*)$/.exec(line) ?? [];
  if (title === 'WARN')
    return `${style('43;30', `\u2009WARN\u2009`)} ${message.replace(/^(?:\d+ )?deprecated\b/, (word) => style(red, word))}`;
  if (title !== undefined) return `${style('41;30', `\u2009${title}\u2009`)} ${style(red, message)}`;
  if (line.startsWith('Progress: ')) return line.replace(/\d+(?=,|$)/g, (count) => style(cyan, count));
  if (line.startsWith('Packages: '))
    return line.replace(/\+\d+/, (count) => style(green, count)).replace(/-\d+/, (count) => style(red, count));
  if (/^\++-*$|^-+$/.test(line)) return line.replace(/\++/, (bar) => style(green, bar)).replace(/-+/, (bar) => style(red, bar));
  if (/^(?:d|devD|optionalD|peerD)ependencies:$/.test(line)) return style(cyan, line);
  const [, sign = '', name = '', from = '', version = '', deprecated = ''] =
    /^([+-]) (\S+)((?: <- \S+)?)((?: \S+)?(?: \([^)]* is available\))?(?: <- \S+)?)( deprecated)?$/.exec(line) ?? [];
  if (sign === '') return line;
  const moved = / already in \w+, was not moved to \w+\.$/.exec(line)?.[0] ?? '';
  return `${style(sign === '+' ? green : red, sign)} ${name}${style(grey, from)}${style(grey, version)}${style(red, deprecated)}${style(yellow, moved)}`;
};
