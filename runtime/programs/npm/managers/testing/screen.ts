/** What a terminal shows in the end of what was written to it: the texts with their colours, whatever was shown in between. */

interface Cell {
  readonly text: string;
  readonly style: string;
}

const blank: Cell = { text: ' ', style: '' };
/** What a code of `SGR` begins, and the kind that it is of: one of a kind counts. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^(?:3[0-79]|9\d|38;.*)$/, 'ink'],
  [/^(?:4[0-79]|10\d|48;.*)$/, 'paper'],
  [/^1$/, 'bold'],
  [/^2$/, 'dim'],
  [/^4$/, 'underline'],
];
const ends: Readonly<Record<string, readonly string[]>> = {
  0: ['ink', 'paper', 'bold', 'dim', 'underline'],
  22: ['bold', 'dim'],
  24: ['underline'],
  39: ['ink'],
  49: ['paper'],
};

/** Lines without blanks at their ends; a run of cells of one style as `{32;1}text{}`. */
export function screenOf(written: string): string[] {
  const rows: Cell[][] = [[]];
  let [row, column] = [0, 0];
  const style = new Map<string, string>();
  const move = (down: number) => {
    row = Math.max(0, row + down);
    while (rows.length <= row) rows.push([]);
  };
  const control = /\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[78=>]|[\r\n\b]|([^\x1b\r\n\b])/gu;
  for (const [whole, numbers = '', letter, text] of written.matchAll(control)) {
    const count = Number(numbers === '' ? 1 : numbers);
    const line = rows[row] as Cell[];
    if (text !== undefined) {
      while (line.length < column) line.push(blank);
      line[column++] = { text, style: ['paper', 'ink', 'bold', 'dim', 'underline'].flatMap((kind) => style.get(kind) ?? []).join(';') };
      // Pictures are two cells wide.
      if ((text.codePointAt(0) ?? 0) > 0xffff) line[column++] = { text: '', style: '' };
    } else if (whole === '\r') column = 0;
    else if (whole === '\n') move(1);
    else if (whole === '\b') column = Math.max(0, column - 1);
    else if (letter === 'A') move(-count);
    else if (letter === 'B') row = Math.min(rows.length - 1, row + count);
    else if (letter === 'C') column += count;
    else if (letter === 'D') column = Math.max(0, column - count);
    else if (letter === 'G') column = count - 1;
    else if (letter === 'K') line.splice(numbers === '2' ? 0 : column);
    else if (letter === 'J') {
      line.splice(column);
      rows.splice(row + 1);
    } else if (letter === 'm') change(style, numbers);
  }
  return rows.map(lineText);
}

function change(style: Map<string, string>, numbers: string): void {
  for (const code of numbers.match(/[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+/g) ?? ['0']) {
    for (const kind of ends[code] ?? []) style.delete(kind);
    const kind = kinds.find(([pattern]) => pattern.test(code))?.[1];
    if (kind !== undefined && ends[code] === undefined) style.set(kind, code);
  }
}

function lineText(cells: readonly Cell[]): string {
  let text = '';
  let before = '';
  let length = cells.length;
  while (length > 0 && cells[length - 1]?.text === ' ' && !/^4\d|;4\d/.test(cells[length - 1]?.style ?? '')) length--;
  for (const cell of cells.slice(0, length)) {
    // A blank shows no ink.
    const style = cell.text === ' ' && !/(?:^|;)4\d/.test(cell.style) ? before : cell.style;
    if (style !== before) text += style === '' ? '{}' : `{${style}}`;
    before = style;
    text += cell.text;
  }
  return (before === '' ? text : `${text}{}`).replace(/ +(\{\})?$/, '$1');
}

/** Without addresses, times, and what the network and caches were like. */
export function plainScreen(written: string, registry: string): string[] {
  const host = registry.replace(/\/$/, '');
  return screenOf(written)
    .map((line) =>
      line
        .replaceAll(host, 'https://packages.example')
        .replace(/\/_logs\/[-_\dTZ]+-/, '/_logs/TIME-')
        .replace(/(\} Completed|└ Completed|Completed) in .*$/, '$1')
        .replace(/ in (?:\{[\d;]*\})?\d[\d.]*(?:ms|s)(?: \d+ms)?(?:\{\})?(?=[ .]|$)/, ' in TIME')
        .replace(/\d[\d.]*ms(?=(?:\{[\d;]*\})?\])/, 'TIME')
        .replace(/, reused (?:\{96\})?\d+(?:\{\})?, downloaded (?:\{96\})?\d+(?:\{\})?/, ''),
    )
    .filter((line) => !/There appears to be trouble with your network|YN0013|^ {4}at /.test(line))
    .join('\n')
    .trim()
    .split('\n');
}
