/**
 * HTTP/1.1 messages off a byte stream, in pieces of any size (RFC 9112). Strict: what a careful sender does not send is
 * refused, since guessing is how requests are smuggled. Written for the kernel, which cannot afford llhttp's 24 kB.
 */
import { PosixError } from '../../base/errors.ts';
import { limitTable } from '../limits.ts';

export type HeaderList = readonly (readonly [string, string])[];

export type MessageHead =
  | { readonly kind: 'request'; readonly method: string; readonly target: string; readonly minor: 0 | 1; readonly headers: HeaderList }
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly statusText: string;
      readonly minor: 0 | 1;
      readonly headers: HeaderList;
    };

export type MessageEvent =
  /** With `status` 100 to 199 (save 101) another head follows. */
  | { readonly kind: 'head'; readonly head: MessageHead }
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  /** The message is complete. `reusable`: another one may follow on the connection. */
  | { readonly kind: 'end'; readonly trailers: HeaderList; readonly reusable: boolean };

type State =
  | { readonly kind: 'head' }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'until-close' }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk-data'; left: number }
  | { readonly kind: 'chunk-end' }
  | { readonly kind: 'trailers' }
  | { readonly kind: 'done' };

export interface MessageParserOptions {
  readonly expect: 'request' | 'response';
  /** Of the request that is answered: `HEAD` has no body, and `CONNECT` none if it succeeds. */
  readonly method?: string;
}

const noBytes = new Uint8Array(0);
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const maxChunkLine = 4096;

export class MessageParser {
  readonly #options: MessageParserOptions;
  #state: State = { kind: 'head' };
  #held: Uint8Array = noBytes;
  #minor: 0 | 1 = 1;
  #persistent = false;

  constructor(options: MessageParserOptions) {
    this.#options = options;
  }

  /** Bytes after the end of the message. */
  get rest(): Uint8Array {
    return this.#held;
  }

  /** Nothing of a message has come yet. */
  get untouched(): boolean {
    return this.#state.kind === 'head' && this.#held.length === 0;
  }

  /** Fails with `EPROTO`. */
  push(bytes: Uint8Array): readonly MessageEvent[] {
    this.#held = this.#held.length === 0 ? bytes : concat(this.#held, bytes);
    const events: MessageEvent[] = [];
    while (this.#step(events));
    return events;
  }

  /** The stream has ended. Fails with `ECONNRESET` in the middle of a message. */
  finish(): readonly MessageEvent[] {
    switch (this.#state.kind) {
      case 'done':
        return [];
      case 'until-close':
        this.#state = { kind: 'done' };
        return [{ kind: 'end', trailers: [], reusable: false }];
      default:
        throw new PosixError('ECONNRESET');
    }
  }

  #step(events: MessageEvent[]): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'head': {
        const end = indexOfBlankLine(this.#held);
        if (end < 0) {
          if (this.#held.length > limitTable.httpHeadBytes.value) throw new PosixError('EPROTO');
          return false;
        }
        if (end > limitTable.httpHeadBytes.value) throw new PosixError('EPROTO');
        const lines = latin1(this.#take(end)).split('\r\n');
        const head = this.#parseHead(lines.slice(0, -2));
        events.push({ kind: 'head', head });
        if (head.kind === 'response' && head.status < 200 && head.status !== 101) return true;
        this.#state = this.#framing(head);
        if (this.#state.kind === 'length' && this.#state.left === 0) this.#end(events, []);
        return true;
      }
      case 'length':
      case 'chunk-data': {
        if (this.#held.length === 0) return false;
        const bytes = this.#take(Math.min(state.left, this.#held.length));
        state.left -= bytes.length;
        events.push({ kind: 'body', bytes });
        if (state.left > 0) return false;
        if (state.kind === 'chunk-data') this.#state = { kind: 'chunk-end' };
        else this.#end(events, []);
        return true;
      }
      case 'until-close':
        if (this.#held.length > 0) events.push({ kind: 'body', bytes: this.#take(this.#held.length) });
        return false;
      case 'chunk-size': {
        const line = this.#line();
        if (line === undefined) return false;
        const match = /^([0-9a-fA-F]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line);
        if (!match) throw new PosixError('EPROTO');
        const size = parseInt(match[1]!, 16);
        this.#state = size === 0 ? { kind: 'trailers' } : { kind: 'chunk-data', left: size };
        return true;
      }
      case 'chunk-end': {
        if (this.#held.length < 2) return false;
        if (latin1(this.#take(2)) !== '\r\n') throw new PosixError('EPROTO');
        this.#state = { kind: 'chunk-size' };
        return true;
      }
      case 'trailers': {
        if (this.#held.length < 2) return false;
        if (this.#held[0] === 13 && this.#held[1] === 10) {
          this.#take(2);
          this.#end(events, []);
          return true;
        }
        const end = indexOfBlankLine(this.#held);
        if (end < 0) {
          if (this.#held.length > limitTable.httpHeadBytes.value) throw new PosixError('EPROTO');
          return false;
        }
        this.#end(events, parseFields(latin1(this.#take(end)).split('\r\n').slice(0, -2)));
        return true;
      }
      case 'done':
        return false;
    }
  }

  #end(events: MessageEvent[], trailers: HeaderList): void {
    this.#state = { kind: 'done' };
    events.push({ kind: 'end', trailers, reusable: this.#persistent });
  }

  #parseHead(lines: readonly string[]): MessageHead {
    const [first = '', ...rest] = lines;
    const headers = parseFields(rest);
    if (this.#options.expect === 'response') {
      const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(first);
      if (!match) throw new PosixError('EPROTO');
      this.#minor = Number(match[1]) as 0 | 1;
      return { kind: 'response', status: Number(match[2]), statusText: match[3] ?? '', minor: this.#minor, headers };
    }
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/.exec(first);
    if (!match) throw new PosixError('EPROTO');
    this.#minor = Number(match[3]) as 0 | 1;
    return { kind: 'request', method: match[1]!, target: match[2]!, minor: this.#minor, headers };
  }

  /** How long the body is (RFC 9112, 6.3). */
  #framing(head: MessageHead): State {
    const connection = listOf(head.headers, 'connection');
    this.#persistent = this.#minor === 1 ? !connection.includes('close') : connection.includes('keep-alive');
    const codings = listOf(head.headers, 'transfer-encoding');
    const lengths = valuesOf(head.headers, 'content-length');
    if (codings.length > 0 && lengths.length > 0) throw new PosixError('EPROTO');
    if (head.kind === 'response') {
      if (head.status === 101) {
        this.#persistent = false;
        return { kind: 'until-close' };
      }
      if (this.#options.method === 'HEAD' || head.status === 204 || head.status === 304) return { kind: 'length', left: 0 };
    }
    if (codings.length > 0) {
      if (this.#minor === 0 || codings.indexOf('chunked') !== codings.length - 1) throw new PosixError('EPROTO');
      if (codings.length > 1) throw new PosixError('EPROTO');
      return { kind: 'chunk-size' };
    }
    if (lengths.length > 1) throw new PosixError('EPROTO');
    const [length] = lengths;
    if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new PosixError('EPROTO');
      return { kind: 'length', left: Number(length) };
    }
    if (head.kind === 'request') return { kind: 'length', left: 0 };
    this.#persistent = false;
    return { kind: 'until-close' };
  }

  #line(): string | undefined {
    const end = this.#held.indexOf(10);
    if (end < 0) {
      if (this.#held.length > maxChunkLine) throw new PosixError('EPROTO');
      return undefined;
    }
    if (end > maxChunkLine || end === 0 || this.#held[end - 1] !== 13) throw new PosixError('EPROTO');
    return latin1(this.#take(end + 1)).slice(0, -2);
  }

  #take(count: number): Uint8Array {
    const bytes = this.#held.subarray(0, count);
    this.#held = count === this.#held.length ? noBytes : this.#held.subarray(count);
    return bytes;
  }
}

export function valuesOf(headers: HeaderList, name: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

function listOf(headers: HeaderList, name: string): readonly string[] {
  return valuesOf(headers, name)
    .flatMap((value) => value.split(','))
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '');
}

function parseFields(lines: readonly string[]): HeaderList {
  return lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = withoutBlanks(line.slice(colon + 1));
    if (colon <= 0 || !token.test(name) || !fieldValue.test(value)) throw new PosixError('EPROTO');
    return [name, value] as const;
  });
}

const isBlank = (unit: number) => unit === 9 || unit === 32;

/** Without tabs and spaces around it. A regular expression would take a time that grows with the square of the blanks within. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Where the first empty line ends; −1 without one. */
function indexOfBlankLine(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at + 4;
  }
  return -1;
}

export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** Code units beyond 255 are refused with `EINVAL`: they have no byte. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 255) throw new PosixError('EINVAL');
    bytes[i] = unit;
  }
  return bytes;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
