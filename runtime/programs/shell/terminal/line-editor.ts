/**
 * Edits one line on a terminal in raw mode. State: the characters, the cursor among them, and how many rows the last drawing took,
 * so that the next can start where it did. The terminal is cooked again before the line is given back.
 */
import type { Handle } from '../../../base/ids.ts';
import type { Calls } from '../../../process/streams.ts';
import { decodeText, encodeText } from '../../../process/text.ts';
import type { Completer } from './completion.ts';
import { Interrupted } from '../execution/control-flow.ts';
import { characterWidth, textWidth } from './text-width.ts';

/** Ctrl-C stays the terminal's, so that it reaches the shell whatever that does when it is typed. */
const rawMode = { canonical: false, echo: false, signals: true, mapCr: false, mapNl: true } as const;
const cookedMode = { canonical: true, echo: true, signals: true, mapCr: true, mapNl: true } as const;

export class LineEditor {
  readonly #calls: Calls;
  readonly #handle: Handle;
  readonly #history: string[];
  readonly #completer: Completer;
  #characters: string[] = [];
  #cursor = 0;
  #prompt = '';
  #columns = 80;
  #cursorRow = 0;
  #killed = '';
  #historyAt = 0;
  #draft = '';
  #pending = '';
  #lastWasTab = false;
  #search: { text: string; at: number } | undefined;
  #pasting = false;
  #reading = false;

  readonly #interrupt: () => AbortSignal;
  /** Of the line that is being read. */
  #interrupted = new AbortController().signal;

  /** `interrupt`: aborted by the next Ctrl-C. */
  constructor(calls: Calls, handle: Handle, history: string[], completer: Completer, interrupt: () => AbortSignal) {
    this.#calls = calls;
    this.#handle = handle;
    this.#history = history;
    this.#completer = completer;
    this.#interrupt = interrupt;
  }

  /** The terminal has another size. */
  resized(): void {
    if (!this.#reading) return;
    void this.#calls.call('getTty', { handle: this.#handle }).then(
      async ({ size }) => {
        if (!this.#reading) return;
        this.#columns = size.columns || 80;
        await this.#draw();
      },
      () => undefined,
    ); // The terminal is gone: the pending read says so.
  }

  /** Null at the end of input. @throws {Interrupted} on Ctrl-C. */
  async readLine(prompt: string): Promise<string | null> {
    this.#interrupted = this.#interrupt();
    const { size } = await this.#calls.call('getTty', { handle: this.#handle });
    this.#columns = size.columns || 80;
    await this.#calls.call('setTty', { handle: this.#handle, attributes: rawMode });
    this.#prompt = prompt;
    this.#characters = [];
    this.#cursor = 0;
    this.#cursorRow = 0;
    this.#historyAt = this.#history.length;
    this.#search = undefined;
    this.#reading = true;
    try {
      // Output without a line break at its end must not be overwritten: a row of blanks wraps unless the cursor is at its start.
      await this.#out(`\x1b[?2004h${' '.repeat(this.#columns)}`);
      await this.#draw();
      for (;;) {
        if (this.#pending === '') {
          const bytes = await this.#read();
          if (bytes.length === 0) return null;
          this.#pending = decodeText(bytes);
        }
        const done = await this.#keys();
        if (done !== undefined) return done === false ? null : done;
      }
    } finally {
      this.#reading = false;
      if (!this.#calls.signal.aborted) {
        await this.#out('\x1b[?2004l');
        await this.#giveBack();
        await this.#calls.call('setTty', { handle: this.#handle, attributes: cookedMode });
      }
    }
  }

  async #read(): Promise<Uint8Array> {
    const interrupt = this.#interrupted;
    try {
      return (await this.#calls.call('read', { handle: this.#handle, maxBytes: 4096 }, interrupt)).bytes;
    } catch (error) {
      if (!interrupt.aborted || this.#calls.signal.aborted) throw error;
      return await this.#endInterrupted();
    }
  }

  async #endInterrupted(): Promise<never> {
    this.#cursor = this.#characters.length;
    this.#pending = '';
    await this.#draw();
    await this.#out('^C\n');
    throw new Interrupted();
  }

  /** What was typed ahead belongs to the program that reads next; a later line finds it again, too. */
  async #giveBack(): Promise<void> {
    if (this.#pending === '') return;
    const bytes = encodeText(this.#pending.replaceAll('\r', '\n'));
    this.#pending = '';
    await this.#calls.call('unread', { handle: this.#handle, bytes });
  }

  async #out(text: string): Promise<void> {
    await this.#calls.call('write', { handle: this.#handle, bytes: encodeText(text) });
  }

  /** Handles what has arrived; a string when the line is finished, false at the end of input. */
  async #keys(): Promise<string | false | undefined> {
    while (this.#pending !== '') {
      const key = this.#takeKey();
      if (key === undefined) {
        // A sequence that has only half arrived.
        this.#pending += decodeText(await this.#read());
        continue;
      }
      if (this.#pasting && key !== '\x1b[201~') {
        this.#insert(key === '\r' ? '\n' : key);
        continue;
      }
      if (this.#search !== undefined && this.#searchKey(key)) continue;
      const tab = key === '\t';
      const result = await this.#key(key);
      this.#lastWasTab = tab;
      if (result !== undefined) return result;
    }
    await this.#draw();
    return undefined;
  }

  #takeKey(): string | undefined {
    const text = this.#pending;
    let key: string | undefined;
    if (text[0] === '\x1b') {
      const match = /^\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[^[O])/s.exec(text);
      if (match !== null) [key] = match;
      else if (text.length > 12) key = '\x1b';
      else if (text === '\x1b') key = '\x1b';
      else return undefined;
    } else key = [...text][0] as string;
    this.#pending = text.slice(key.length);
    return key;
  }

  async #key(key: string): Promise<string | false | undefined> {
    const characters = this.#characters;
    switch (key) {
      case '\r':
      case '\n': {
        this.#cursor = characters.length;
        await this.#draw();
        await this.#out('\n');
        return characters.join('');
      }
      case '\x03':
        return this.#endInterrupted();
      case '\x04':
        if (characters.length === 0) return false;
        this.#remove(this.#cursor, this.#cursor + 1);
        return undefined;
      case '\x1b[3~':
        this.#remove(this.#cursor, this.#cursor + 1);
        return undefined;
      case '\x7f':
      case '\b':
        this.#remove(this.#cursor - 1, this.#cursor);
        return undefined;
      case '\x01':
      case '\x1b[H':
      case '\x1bOH':
      case '\x1b[1~':
        this.#cursor = 0;
        return undefined;
      case '\x05':
      case '\x1b[F':
      case '\x1bOF':
      case '\x1b[4~':
        this.#cursor = characters.length;
        return undefined;
      case '\x02':
      case '\x1b[D':
      case '\x1bOD':
        this.#cursor = Math.max(0, this.#cursor - 1);
        return undefined;
      case '\x06':
      case '\x1b[C':
      case '\x1bOC':
        this.#cursor = Math.min(characters.length, this.#cursor + 1);
        return undefined;
      case '\x1bb':
      case '\x1b[1;5D':
      case '\x1b[1;3D':
        this.#cursor = this.#wordStart();
        return undefined;
      case '\x1bf':
      case '\x1b[1;5C':
      case '\x1b[1;3C':
        this.#cursor = this.#wordEnd();
        return undefined;
      case '\x1bd':
        this.#kill(this.#cursor, this.#wordEnd());
        return undefined;
      case '\x17': {
        let at = this.#cursor;
        while (at > 0 && /\s/.test(characters[at - 1] as string)) at--;
        while (at > 0 && !/\s/.test(characters[at - 1] as string)) at--;
        this.#kill(at, this.#cursor);
        return undefined;
      }
      case '\x1b\x7f':
        this.#kill(this.#wordStart(), this.#cursor);
        return undefined;
      case '\x15':
        this.#kill(0, this.#cursor);
        return undefined;
      case '\x0b':
        this.#kill(this.#cursor, characters.length);
        return undefined;
      case '\x19':
        this.#insert(this.#killed);
        return undefined;
      case '\x14':
        if (this.#cursor > 0 && characters.length > 1) {
          const at = Math.min(this.#cursor, characters.length - 1);
          [characters[at - 1], characters[at]] = [characters[at] as string, characters[at - 1] as string];
          this.#cursor = at + 1;
        }
        return undefined;
      case '\x0c':
        await this.#out('\x1b[H\x1b[2J');
        this.#cursorRow = 0;
        return undefined;
      case '\x10':
      case '\x1b[A':
      case '\x1bOA':
        this.#recall(this.#historyAt - 1);
        return undefined;
      case '\x0e':
      case '\x1b[B':
      case '\x1bOB':
        this.#recall(this.#historyAt + 1);
        return undefined;
      case '\x12':
        this.#search = { text: '', at: this.#history.length };
        return undefined;
      case '\t':
        await this.#complete();
        return undefined;
      case '\x1b[200~':
        this.#pasting = true;
        return undefined;
      case '\x1b[201~':
        this.#pasting = false;
        return undefined;
      default:
        if (!/^[\x00-\x1f\x7f]/.test(key)) this.#insert(key);
        return undefined;
    }
  }

  /** True if the key belonged to the search; else the search is over and the key counts. */
  #searchKey(key: string): boolean {
    const search = this.#search as { text: string; at: number };
    const find = (from: number) => {
      for (let i = Math.min(from, this.#history.length - 1); i >= 0; i--) {
        if (!(this.#history[i] as string).includes(search.text)) continue;
        search.at = i;
        this.#set(this.#history[i] as string);
        return;
      }
    };
    if (key === '\x12') find(search.at - 1);
    else if (key === '\x7f' || key === '\b') {
      search.text = search.text.slice(0, -1);
      find(this.#history.length - 1);
    } else if (key === '\x07') {
      this.#search = undefined;
      this.#set('');
    } else if (!/^[\x00-\x1f]/.test(key)) {
      search.text += key;
      find(search.at);
    } else {
      this.#search = undefined;
      return key === '\x1b';
    }
    return true;
  }

  #set(text: string): void {
    this.#characters = [...text];
    this.#cursor = this.#characters.length;
  }

  #insert(text: string): void {
    const added = [...text];
    this.#characters.splice(this.#cursor, 0, ...added);
    this.#cursor += added.length;
  }

  #remove(from: number, to: number): void {
    if (from < 0 || from >= this.#characters.length) return;
    this.#characters.splice(from, to - from);
    this.#cursor = from;
  }

  #kill(from: number, to: number): void {
    if (to <= from) return;
    this.#killed = this.#characters.slice(from, to).join('');
    this.#characters.splice(from, to - from);
    this.#cursor = from;
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && !/[\p{L}\p{N}_]/u.test(this.#characters[at - 1] as string)) at--;
    while (at > 0 && /[\p{L}\p{N}_]/u.test(this.#characters[at - 1] as string)) at--;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#characters.length && !/[\p{L}\p{N}_]/u.test(this.#characters[at] as string)) at++;
    while (at < this.#characters.length && /[\p{L}\p{N}_]/u.test(this.#characters[at] as string)) at++;
    return at;
  }

  #recall(at: number): void {
    if (at < 0 || at > this.#history.length) return;
    if (this.#historyAt === this.#history.length) this.#draft = this.#characters.join('');
    this.#historyAt = at;
    this.#set(at === this.#history.length ? this.#draft : (this.#history[at] as string));
  }

  async #complete(): Promise<void> {
    const before = this.#characters.slice(0, this.#cursor).join('');
    const { start, candidates, labels } = this.#completer.complete(before);
    if (candidates.length === 0) return;
    let common = candidates[0] as string;
    for (const candidate of candidates) while (!candidate.startsWith(common)) common = common.slice(0, -1);
    const typed = before.slice(start);
    if (common.length > typed.length || (candidates.length === 1 && common !== typed)) {
      const after = this.#characters.slice(this.#cursor);
      const line = [...(before.slice(0, start) + common)];
      this.#characters = [...line, ...after];
      this.#cursor = line.length;
      return;
    }
    if (!this.#lastWasTab) return;
    const width = Math.max(...labels.map(textWidth)) + 2;
    const perRow = Math.max(1, Math.floor(this.#columns / width));
    let list = '\n';
    labels.slice(0, 200).forEach((label, i) => {
      list += label + ((i + 1) % perRow === 0 || i === labels.length - 1 ? '\n' : ' '.repeat(width - textWidth(label)));
    });
    if (labels.length > 200) list += `(${labels.length - 200} more)\n`;
    const cursor = this.#cursor;
    this.#cursor = this.#characters.length;
    await this.#draw();
    this.#cursor = cursor;
    await this.#out(list.endsWith('\n') ? list : `${list}\n`);
    this.#cursorRow = 0;
  }

  async #draw(): Promise<void> {
    const prompt = this.#search === undefined ? this.#prompt : `(reverse-i-search)\`${this.#search.text}': `;
    const columns = this.#columns;
    let row = 0;
    let column = 0;
    let body = '';
    let cursorAt = { row: 0, column: 0 };
    const put = (c: string) => {
      if (c === '\n') {
        row++;
        column = 0;
        body += '\n';
        return;
      }
      const width = characterWidth(c);
      if (column + width > columns) {
        row++;
        column = 0;
      }
      column += width;
      body += c;
    };
    // Escape sequences of a prompt take no room.
    for (const piece of prompt.split(/(\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07)/)) {
      if (piece.startsWith('\x1b')) body += piece;
      else for (const c of piece) put(c);
    }
    this.#characters.forEach((c, i) => {
      if (i === this.#cursor) cursorAt = { row: column >= columns ? row + 1 : row, column: column >= columns ? 0 : column };
      put(c);
    });
    if (column >= columns) {
      body += ' \r'; // Makes the terminal wrap now, so that the rows are what they seem.
      row++;
      column = 0;
    }
    if (this.#cursor >= this.#characters.length) cursorAt = { row, column };
    let text = '\r';
    if (this.#cursorRow > 0) text += `\x1b[${this.#cursorRow}A`;
    text += `\x1b[J${body}`;
    if (row > cursorAt.row) text += `\x1b[${row - cursorAt.row}A`;
    text += `\r${cursorAt.column > 0 ? `\x1b[${cursorAt.column}C` : ''}`;
    this.#cursorRow = cursorAt.row;
    await this.#out(text);
  }
}
