import { characterWidth } from './text-width.ts';

/** How a prompt and a line look in so many columns: what to write from the first row's start on, and where the cursor is then. */
export interface LineDrawing {
  readonly text: string;
  /** Rows below the first. */
  readonly lastRow: number;
  readonly cursor: { readonly row: number; readonly column: number };
}

export function drawLine(prompt: string, characters: readonly string[], cursor: number, columns: number): LineDrawing {
  let row = 0;
  let column = 0;
  let text = '';
  let at = { row: 0, column: 0 };
  const put = (c: string) => {
    if (c === '\n') {
      row++;
      column = 0;
      text += '\n';
      return;
    }
    const width = characterWidth(c);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
    text += c;
  };
  // Escape sequences of a prompt take no room.
  for (const piece of prompt.split(/(\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07)/)) {
    if (piece.startsWith('\x1b')) text += piece;
    else for (const c of piece) put(c);
  }
  characters.forEach((c, i) => {
    if (i === cursor) at = { row: column >= columns ? row + 1 : row, column: column >= columns ? 0 : column };
    put(c);
  });
  if (column >= columns) {
    text += ' \r'; // Makes the terminal wrap now, so that the rows are what they seem.
    row++;
    column = 0;
  }
  if (cursor >= characters.length) at = { row, column };
  return { text, lastRow: row, cursor: at };
}
