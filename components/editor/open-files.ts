/** The files that an editor has open: those of its author, and those that somebody asked for later. */

export interface OpenFile {
  readonly file: string;
  /** The reader may close it. */
  readonly closable: boolean;
}

/** `files="a.js b.js"`: paths between blanks. A blank in a path is written `%20`. */
export function pathsOf(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(/\s+/)
        .filter(Boolean)
        .map((path) => path.replaceAll('%20', ' ')),
    ),
  ];
}

/** What is open when the author's files are `fixed` ones: what the reader opened stays. */
export function withFixed(open: readonly OpenFile[], fixed: readonly string[]): readonly OpenFile[] {
  const others = open.filter(({ file, closable }) => closable && !fixed.includes(file));
  return [...fixed.map((file) => ({ file, closable: false })), ...others];
}

/** What is shown when the one at `index` goes. */
export function neighbour(open: readonly OpenFile[], index: number): string {
  return (open[index + 1] ?? open[index - 1])?.file ?? '';
}
