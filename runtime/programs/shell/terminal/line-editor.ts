/**
 * Edits one line on a terminal in raw mode. State: the characters, the cursor among them, and how many rows the last drawing took,
 * so that the next can start where it did. The terminal is cooked again before the line is given back.
 */
import type { Handle } from '../../../base/ids.ts';
import type { Calls } from '../../../process/streams.ts';
import { decodeText, encodeText } from '../../../process/text.ts';
import type { Completer } from './completion.ts';
import { Interrupted } from '../execution/control-flow.ts';
import { drawLine } from './line-drawing.ts';
import { LineHistory } from './line-history.ts';
import { textWidth } from './text-width.ts';

/** Ctrl-C stays the terminal's, so that it reaches the shell whatever that does when it is typed. */
const rawMode = { canonical: false, echo: false, signals: true, mapCr: false, mapNl: true } as const;
const cookedMode = { canonical: true, echo: true, signals: true, mapCr: true, mapNl: true } as const;

export class LineEditor {
  readonly #calls: Calls;
  readonly #handle: Handle;
  readonly #lines: readonly string[];
  #history = new LineHistory([]);
  readonly #completer: Completer;
  #characters: string[] = [];
  #cursor = 0;
  #prompt = '';
  #columns = 80;
  #cursorRow = 0;
  #killed = '';
  #pending = '';
  #lastKey = '';
  #pasting = false;
  #reading = false;

  readonly #interrupt: () => AbortSignal;
  /** Of the line that is being read. */
  #interrupted = new AbortController().signal;

  /** `interrupt`: aborted by the next Ctrl-C. */
  constructor(calls: Calls, handle: Handle, history: string[], completer: Completer, interrupt: () => AbortSignal) {
    this.#calls = calls;
    this.#handle = handle;
    this.#lines = history;
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
    this.#history = new LineHistory(this.#lines);
    this.#lastKey = '';
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
      if (this.#history.searching) {
        const { taken, line } = this.#history.searchKey(key);
        if (line !== undefined) this.#set(line);
        if (taken) continue;
      }
      const result = await this.#key(key);
      this.#lastKey = key;
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
      case '\x1b[7~':
        this.#cursor = 0;
        return undefined;
      case '\x05':
      case '\x1b[F':
      case '\x1bOF':
      case '\x1b[4~':
      case '\x1b[8~':
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
      case '\x1b[3;5~':
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
      case '\x1b\b':
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
        this.#show(this.#history.step(-1, this.#text));
        return undefined;
      case '\x0e':
      case '\x1b[B':
      case '\x1bOB':
        this.#show(this.#history.step(1, this.#text));
        return undefined;
      case '\x1b<':
        this.#show(this.#history.oldest(this.#text));
        return undefined;
      case '\x1b>':
        this.#show(this.#history.newest(this.#text));
        return undefined;
      case '\x1b.':
      case '\x1b_': {
        const argument = this.#history.lastArgument(this.#lastKey === key);
        if (argument === undefined) return undefined;
        if (argument.replaces > 0) this.#remove(this.#cursor - argument.replaces, this.#cursor);
        this.#insert(argument.text);
        return undefined;
      }
      case '\x12':
        this.#history.startSearch(this.#text);
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

  get #text(): string {
    return this.#characters.join('');
  }

  #show(text: string | undefined): void {
    if (text !== undefined) this.#set(text);
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

  async #complete(): Promise<void> {
    const before = this.#characters.slice(0, this.#cursor).join('');
    const { start, candidates, labels } = this.#completer.complete(before);
    if (candidates.length === 0) return;
    let common = candidates[0] as string;
    for (const candidate of candidates) while (!candidate.startsWith(common)) common = common.slice(0, -1);
    // Not half of an escape, which would protect what is typed next.
    if (candidates.length > 1 && /(?:^|[^\\])(?:\\\\)*\\$/.test(common)) common = common.slice(0, -1);
    const typed = before.slice(start);
    if (common.length > typed.length || (candidates.length === 1 && common !== typed)) {
      const after = this.#characters.slice(this.#cursor);
      const line = [...(before.slice(0, start) + common)];
      this.#characters = [...line, ...after];
      this.#cursor = line.length;
      return;
    }
    if (this.#lastKey !== '\t') return;
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
    const prompt = this.#history.searchPrompt ?? this.#prompt;
    const { text: body, lastRow, cursor } = drawLine(prompt, this.#characters, this.#cursor, this.#columns);
    let text = '\r';
    if (this.#cursorRow > 0) text += `\x1b[${this.#cursorRow}A`;
    text += `\x1b[J${body}`;
    if (lastRow > cursor.row) text += `\x1b[${lastRow - cursor.row}A`;
    text += `\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ''}`;
    this.#cursorRow = cursor.row;
    await this.#out(text);
  }
}
