import { textOf, type ConsoleValue } from '../shared/console-value.ts';

/** `info` is what a console calls log and info. */
export const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** `program`: a line that a program printed. `page`: of a preview's console. `note`: what the element says itself. */
export type Source = 'program' | 'page' | 'note';

export interface LogEntry {
  readonly id: number;
  readonly level: Level;
  readonly source: Source;
  values: readonly ConsoleValue[];
  /** How often it came in a row. */
  count: number;
}

/** Of a line; what is longer is cut, so that no program can make one that cannot be laid out. */
const maxLineLength = 20_000;

/** What a terminal would show of a line that was written over with carriage returns. */
function lastWritten(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf('\r') + 1);
}

/** The entries of an output, the last `limit` of them. Programs' text is cut into lines; a line that is not ended yet grows. */
export class OutputLog {
  readonly #changed: () => void;
  #entries: LogEntry[] = [];
  #nextId = 0;
  /** By stream, the line it has not ended. */
  readonly #open = new Map<string, LogEntry>();
  #dropped = 0;
  limit = 1000;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** How many went because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** All that were ever added. */
  get added(): number {
    return this.#nextId;
  }

  add(level: Level, source: Source, values: readonly ConsoleValue[]): void {
    const last = this.#entries.at(-1);
    if (source === 'page' && last?.source === 'page' && last.level === level && sameValues(last.values, values)) last.count += 1;
    else this.#push(level, source, values);
    this.#trim();
    this.#changed();
  }

  /** What came on `stream`: text, whole lines or not. */
  write(stream: string, level: Level, text: string): void {
    if (text === '') return;
    const open = this.#open.get(stream);
    const lines = `${textOf(open?.values[0] ?? '')}${text}`.split('\n');
    const unended = lines.pop() ?? '';
    this.#open.delete(stream);
    if (open !== undefined) {
      const first = lines.shift();
      this.#set(open, first === undefined ? unended : lastWritten(first));
      if (first === undefined) {
        this.#open.set(stream, open);
        this.#changed();
        return;
      }
    }
    // Of a flood only what is kept is looked at.
    const skipped = Math.max(lines.length - this.limit, 0);
    this.#nextId += skipped;
    this.#dropped += skipped;
    for (const line of lines.slice(skipped)) this.#push(level, 'program', [lastWritten(line).slice(0, maxLineLength)]);
    if (unended !== '') this.#open.set(stream, this.#push(level, 'program', [unended.slice(0, maxLineLength)]));
    this.#trim();
    this.#changed();
  }

  /** Nothing more comes on `stream`: what it printed last is a line. */
  end(stream: string): void {
    this.#open.delete(stream);
  }

  clear(): void {
    this.#entries = [];
    this.#open.clear();
    this.#dropped = 0;
    this.#changed();
  }

  /** Without escapes of colours. One entry a line. */
  textOf(shown: (entry: LogEntry) => boolean): string {
    return this.#entries
      .filter(shown)
      .map(({ values }) => values.map((value) => textOf(value)).join(' '))
      .join('\n');
  }

  #push(level: Level, source: Source, values: readonly ConsoleValue[]): LogEntry {
    const entry: LogEntry = { id: this.#nextId++, level, source, values, count: 1 };
    this.#entries.push(entry);
    return entry;
  }

  #set(entry: LogEntry, text: string): void {
    entry.values = [text.slice(0, maxLineLength)];
  }

  #trim(): void {
    const over = this.#entries.length - this.limit;
    if (over <= 0) return;
    const gone = new Set(this.#entries.slice(0, over));
    this.#entries = this.#entries.slice(over);
    this.#dropped += over;
    for (const [stream, entry] of this.#open) if (gone.has(entry)) this.#open.delete(stream);
  }
}

/** Objects are told apart by what they look like in one line, which is all that is seen of two rows. */
function sameValues(a: readonly ConsoleValue[], b: readonly ConsoleValue[]): boolean {
  return a.length === b.length && a.every((value, at) => typeof value === typeof b[at] && textOf(value) === textOf(b[at] ?? null));
}
