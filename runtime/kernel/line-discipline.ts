/**
 * What happens between a terminal's keys and a program's `read`: lines, erasing, echo, signal keys, and newline mapping on the
 * way out. Pure: bytes in, effects out. It follows Linux's `n_tty.c` with `iutf8`, `echoe`, `echok`, `echoke` and `echoctl`
 * set, which is how `stty sane` leaves a tty. Not kept: Ctrl-V (literal next), Ctrl-R (reprint), Ctrl-S and Ctrl-Q
 * (`ixon`); those keys reach the program as bytes.
 */
import type { TtyAttributes } from '../wires/process-wire.ts';
import { limitTable } from './limits.ts';

const cookedTty: TtyAttributes = { canonical: true, echo: true, signals: true, mapCr: true, mapNl: true };

export interface LineEffects {
  /** To the screen, already mapped for output. */
  echo(bytes: Uint8Array): void;
  signal(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void;
  /** More can be read. */
  readable(): void;
}

const key = { ctrlC: 3, ctrlD: 4, bs: 8, tab: 9, nl: 10, cr: 13, ctrlU: 21, ctrlW: 23, ctrlZ: 26, ctrlBackslash: 28, del: 127 } as const;
const signalKeys: Readonly<Record<number, 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'>> = {
  [key.ctrlC]: 'SIGINT',
  [key.ctrlBackslash]: 'SIGQUIT',
  [key.ctrlZ]: 'SIGTSTP',
};

export class LineDiscipline {
  readonly #effects: LineEffects;
  #attributes = cookedTty;
  /** The line being edited. */
  #line: number[] = [];
  /** What can be read: in canonical mode one record per line; an empty record is an end of file. */
  #records: Uint8Array[] = [];
  #readable = 0;
  /** Bytes of raw input since the last record was made. */
  #raw: number[] = [];
  #echo: number[] = [];
  /** Of the screen's cursor, as far as output tells. */
  #column = 0;
  /** Where the line being edited began. */
  #lineColumn = 0;

  constructor(effects: LineEffects) {
    this.#effects = effects;
  }

  get attributes(): TtyAttributes {
    return this.#attributes;
  }

  /** A line being edited becomes readable as it is when lines are switched off. */
  setAttributes(set: Partial<TtyAttributes>): void {
    const before = this.#attributes;
    this.#attributes = { ...before, ...set };
    if (before.canonical && !this.#attributes.canonical && this.#line.length > 0) {
      this.#raw.push(...this.#line.splice(0));
      this.#finishRaw();
    }
  }

  /** Bytes that can be read, an end of file counting as one. */
  get readable(): number {
    return this.#readable;
  }

  /** A type-ahead this large makes whoever types wait. */
  get full(): boolean {
    return this.#readable >= limitTable.pipeCapacity.value;
  }

  /** The keys that were pressed. */
  input(bytes: Uint8Array): void {
    const before = this.#readable;
    for (const byte of bytes) this.#key(byte);
    this.#finishRaw();
    this.#flushEcho();
    if (this.#readable > before) this.#effects.readable();
  }

  /** Only the keys that send signals, for input that must wait. */
  inputSignals(bytes: Uint8Array): boolean {
    if (!this.#attributes.signals) return false;
    for (let i = bytes.length - 1; i >= 0; i--) {
      if (signalKeys[bytes[i]!] === undefined) continue;
      this.input(bytes.subarray(i));
      return true;
    }
    return false;
  }

  /** At most a line in canonical mode. Undefined if nothing can be read yet; empty at an end of file. */
  read(maxBytes: number): Uint8Array | undefined {
    for (;;) {
      const record = this.#records[0];
      if (record === undefined) return undefined;
      if (record.length === 0) {
        this.#records.shift();
        this.#readable--;
        if (this.#attributes.canonical) return record;
        continue;
      }
      const taken = record.subarray(0, maxBytes);
      this.#readable -= taken.length;
      if (taken.length === record.length) this.#records.shift();
      else this.#records[0] = record.subarray(taken.length);
      return taken;
    }
  }

  /** Puts back what a read took. */
  unread(bytes: Uint8Array): void {
    this.#records.unshift(bytes);
    this.#readable += Math.max(1, bytes.length);
    this.#effects.readable();
  }

  /** Drops everything typed and not read. */
  flush(): void {
    this.#line = [];
    this.#raw = [];
    this.#records = [];
    this.#readable = 0;
  }

  /** What a program writes, as the screen gets it. */
  output(bytes: Uint8Array): Uint8Array {
    if (!this.#attributes.mapNl) return bytes;
    let newlines = 0;
    for (const byte of bytes) {
      if (byte === key.nl) newlines++;
      this.#moveColumn(byte);
    }
    if (newlines === 0) return bytes;
    const mapped = new Uint8Array(bytes.length + newlines);
    let at = 0;
    for (const byte of bytes) {
      if (byte === key.nl) mapped[at++] = key.cr;
      mapped[at++] = byte;
    }
    return mapped;
  }

  #key(typed: number): void {
    const { canonical, echo, signals, mapCr } = this.#attributes;
    const signal = signals ? signalKeys[typed] : undefined;
    if (signal !== undefined) {
      this.flush();
      this.#echo = [];
      this.#effects.signal(signal);
      if (echo) this.#echoKey(typed);
      return;
    }
    const byte = typed === key.cr && mapCr ? key.nl : typed;
    if (!canonical) {
      this.#raw.push(byte);
      if (echo) this.#echoKey(byte);
      return;
    }
    switch (byte) {
      case key.bs:
      case key.del:
        this.#erase('character');
        return;
      case key.ctrlW:
        this.#erase('word');
        return;
      case key.ctrlU:
        this.#erase('line');
        return;
      case key.ctrlD:
        this.#finishLine();
        return;
      case key.nl:
        this.#line.push(byte);
        if (echo) this.#put(byte);
        this.#finishLine();
        return;
    }
    if (this.#line.length >= limitTable.ttyInput.value - 1) return;
    if (this.#line.length === 0) this.#lineColumn = this.#column;
    this.#line.push(byte);
    if (echo) this.#echoKey(byte);
  }

  #finishLine(): void {
    const record = Uint8Array.from(this.#line.splice(0));
    this.#records.push(record);
    this.#readable += Math.max(1, record.length);
  }

  #finishRaw(): void {
    if (this.#raw.length === 0) return;
    const record = Uint8Array.from(this.#raw.splice(0));
    this.#records.push(record);
    this.#readable += record.length;
  }

  #erase(what: 'character' | 'word' | 'line'): void {
    let seenWord = false;
    while (this.#line.length > 0) {
      let start = this.#line.length - 1;
      while (start > 0 && isContinuation(this.#line[start]!)) start--;
      const lead = this.#line[start]!;
      if (what === 'word') {
        if (isWordByte(lead)) seenWord = true;
        else if (seenWord) break;
      }
      this.#line.length = start;
      if (this.#attributes.echo) this.#echoErase(lead);
      if (what === 'character') break;
    }
  }

  #echoErase(lead: number): void {
    if (lead === key.tab) {
      let columns = 0;
      let afterTab = false;
      for (let i = this.#line.length - 1; i >= 0; i--) {
        const byte = this.#line[i]!;
        if (byte === key.tab) {
          afterTab = true;
          break;
        }
        columns += isControl(byte) ? 2 : isContinuation(byte) ? 0 : 1;
      }
      if (!afterTab) columns += this.#lineColumn;
      for (let n = 8 - (columns & 7); n > 0; n--) this.#put(key.bs);
      return;
    }
    for (let n = isControl(lead) ? 2 : 1; n > 0; n--) {
      this.#put(key.bs);
      this.#put(0x20);
      this.#put(key.bs);
    }
  }

  #echoKey(byte: number): void {
    if (isControl(byte) && byte !== key.tab && byte !== key.nl) {
      this.#put(0x5e);
      this.#put(byte ^ 0x40);
    } else {
      this.#put(byte);
    }
  }

  #put(byte: number): void {
    if (byte === key.nl && this.#attributes.mapNl) this.#echo.push(key.cr);
    this.#moveColumn(byte);
    this.#echo.push(byte);
  }

  #flushEcho(): void {
    if (this.#echo.length > 0) this.#effects.echo(Uint8Array.from(this.#echo.splice(0)));
  }

  #moveColumn(byte: number): void {
    switch (byte) {
      case key.nl:
      case key.cr:
        this.#column = 0;
        return;
      case key.tab:
        this.#column = (this.#column | 7) + 1;
        return;
      case key.bs:
        if (this.#column > 0) this.#column--;
        return;
    }
    if (!isControl(byte) && !isContinuation(byte)) this.#column++;
  }
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte === key.del;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Linux classifies bytes as Latin-1; a lead byte of UTF-8 is a letter there, save × and ÷. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x5f ||
    (byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7)
  );
}
