/** Yarn 4's colours. */
import { style, type Painter } from '../../paint.ts';

const rgb = (red: number, green: number, blue: number) => `38;2;${red};${green};${blue}`;
const inks = {
  scope: rgb(215, 95, 0),
  name: rgb(215, 135, 95),
  range: rgb(0, 175, 175),
  reference: rgb(135, 175, 255),
  added: rgb(95, 175, 0),
  removed: rgb(255, 49, 49),
  number: rgb(255, 215, 0),
  setting: rgb(135, 175, 255),
  url: rgb(215, 95, 215),
};
const arrows = { info: '94', warning: '93', error: '91' };
export type BerryKind = keyof typeof arrows;

function ident(text: string, ink: string): string {
  const [, scope = '', name = '', rest = ''] = /^(@[^/]+\/)?([^@]+)(@.*)?$/.exec(text) ?? [];
  return `${style(inks.scope, scope)}${style(inks.name, name)}${style(ink, rest)}`;
}

/** A line that begins with an arrow. The number of nothing in particular is grey inside of sections. */
export function paintBerry(line: string, kind: BerryKind): string {
  const [, code, text] = /^➤ (YN\d{4}): (.*)$/s.exec(line) ?? [];
  if (code === undefined || text === undefined) return line.replace(/^➤/, (arrow) => style(arrows[kind], arrow));
  const isGrey = code === 'YN0000' && !text.startsWith('·');
  return `${style(arrows[kind], '➤')} ${isGrey ? style('90', code) : code}: ${paintText(code, text)}`;
}

function paintText(code: string, text: string): string {
  if (code === 'YN0085') {
    const [, before = '', sign = '', list = ''] = /^(│ )([+-]) (.*)$/.exec(text) ?? [];
    const shown = list
      .split(', ')
      .map((each) => each.replace(/^and (\d+) more\.$/, (_, count: string) => `and ${style(inks.number, count)} more.`))
      .map((each) => (each.startsWith('and ') ? each : ident(each, inks.reference)));
    return `${before}${style(sign === '+' ? inks.added : inks.removed, sign)} ${shown.join(', ')}`;
  }
  if (code === 'YN0027') return text.replace(/^\S+/, (descriptor) => ident(descriptor, inks.range));
  return text
    .replace(/^· Yarn [\d.]+$/, (title) => `· ${style('1', title.slice(2))}`)
    .replace(
      /^((?:│ )? {2})(Response Code|Request Method|Request URL|Request Retry Count): (\d+|\S+)/,
      (_, before: string, name: string, value: string) => {
        const ink = /^\d+$/.test(value) ? inks.number : name === 'Request URL' ? inks.url : '0';
        return `${before}${style(inks.setting, name)}: ${style(ink, value)}`;
      },
    )
    .replace(/(?<=\(can be increased via )httpRetry(?=\))/, (setting) => style(inks.setting, setting));
}

/** What stands outside of reports. */
export const paintUsage: Painter = (line) =>
  line.replace(/^(?:Usage|Internal|Syntax) Error(?=:)/, (title) => style('31;1', title)).replace(/^\$ /, () => `${style('1', '$')} `);
