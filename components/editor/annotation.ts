/** What somebody says about a line of a file: a check, a linter, the author. */
export interface EditorAnnotation {
  /** Default: the file that is shown when they are set. */
  readonly file?: string;
  /** Counted from 1, as the editor shows it. */
  readonly line: number;
  readonly message: string;
  /** Default `info`. */
  readonly severity?: 'error' | 'warning' | 'info';
}

/** The lines of `highlight="3,5-7 other.js:2"` that are marked in `file`; those without a name are of the `first` file. */
export function highlightedLines(text: string, file: string, first: string): readonly number[] {
  const lines: number[] = [];
  for (const part of text.split(/\s+/)) {
    const [, name, ranges = ''] = /^(?:(.+):)?([\d,-]+)$/.exec(part) ?? [];
    if ((name ?? first) !== file) continue;
    for (const [, from, to] of ranges.matchAll(/(\d+)(?:-(\d+))?/g))
      for (let line = Number(from); line <= Math.min(Number(to ?? from), Number(from) + 9999); line++) lines.push(line);
  }
  return lines;
}
