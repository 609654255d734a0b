/** Edits of a source text that keep its lines and remember by how much they moved its columns. */

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What the text stands for where it is inserted, if not for `start`. */
  readonly stands?: number;
  /** What closes an expression goes before what opens the next at the same place. */
  readonly rank: 0 | 1;
}

/**
 * Where columns of an edited text differ from the original: triples of line, column in the edited text, and the original column there.
 * From there on the two count alike, to the next triple of the line or its end; all of an inserted text stands for one
 * original column, which is then given as its negative. Lines and columns count from 1.
 */
export type ColumnMap = readonly number[];

export interface Edited {
  readonly code: string;
  readonly columns: ColumnMap;
}

export class Edits {
  readonly #source: string;
  readonly #edits: Edit[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  get any(): boolean {
    return this.#edits.length > 0;
  }

  /** Before what starts at `at`. Of several, the first said is the outermost. */
  open(at: number, text: string, stands = at): void {
    this.#edits.push({ start: at, end: at, text, stands, rank: 1 });
  }

  /** After what ends at `at`. Of several, the first said is the innermost. */
  close(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text, rank: 0 });
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text, rank: 1 });
  }

  /** Takes a range out and leaves everything else where it was. `first` stands in its first place, if it is given. */
  blank(start: number, end: number, first = ''): void {
    const text = this.#source.slice(start + first.length, end).replace(/[^\n\r\u2028\u2029]/g, ' ');
    this.replace(start, end, first + text);
  }

  /** As {@link apply} does them. */
  inOrder(): Edit[] {
    return this.#edits
      .map((edit, index) => ({ edit, index }))
      .sort((a, b) => a.edit.start - b.edit.start || a.edit.rank - b.edit.rank || a.index - b.index)
      .map(({ edit }) => edit);
  }

  /** `prefix` goes on the first line, `suffix` after the end, on a line of its own lest the text ends in a comment. */
  apply(prefix: string, suffix: string): Edited {
    const source = this.#source;
    const columns: number[] = [];
    let line = 1;
    let shift = prefix.length;
    let lineStart = 0;
    if (shift > 0) columns.push(1, 1, -1, 1, shift + 1, 1);
    let code = prefix;
    let at = 0;
    const countLines = (from: number, to: number): void => {
      for (let i = from; i < to; i += 1) {
        const unit = source.charCodeAt(i);
        if (unit === 10 || unit === 0x2028 || unit === 0x2029 || (unit === 13 && source.charCodeAt(i + 1) !== 10)) {
          line += 1;
          lineStart = i + 1;
          shift = 0;
        }
      }
    };
    for (const edit of this.inOrder()) {
      if (edit.start < at) throw new Error(`Edits overlap at ${edit.start}`);
      code += source.slice(at, edit.start);
      countLines(at, edit.start);
      code += edit.text;
      const before = line;
      const starts = edit.start - lineStart + 1;
      const startsAt = starts + shift;
      countLines(edit.start, edit.end);
      at = edit.end;
      const grown = edit.text.length - (edit.end - edit.start);
      if (grown !== 0 && line === before) {
        shift += grown;
        const { stands = edit.start } = edit;
        if (edit.text.length > 0) columns.push(line, startsAt, stands < lineStart ? -starts : lineStart - stands - 1);
        // V8 places a call of what is in parentheses at its arguments, a call of a name at the name.
        const past = edit.text.endsWith(')') && edit.text.includes('(0,') ? 1 : 0;
        columns.push(line, at - lineStart + shift + 1 + past, at - lineStart + 1 + past);
      }
    }
    return { code: code + source.slice(at) + suffix, columns };
  }
}

/** The column of the original text that `column` of the edited one stands for. */
export function originalColumn(columns: ColumnMap, line: number, column: number): number {
  let found = column;
  for (let i = 0; i < columns.length; i += 3) {
    if (columns[i]! > line) break;
    if (columns[i] !== line || columns[i + 1]! > column) continue;
    const original = columns[i + 2]!;
    found = original < 0 ? -original : original + column - columns[i + 1]!;
  }
  return found;
}
