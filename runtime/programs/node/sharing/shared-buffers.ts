/**
 * The `SharedArrayBuffer`s that several threads have: each a copy of its own, brought up to date when its turn comes
 * (`turn-taking.ts`). As only one thread writes at a time, whole pages are sent.
 */
import type { Link } from '../wraps/port-core.ts';

/** Of a buffer in a message: `bytes` unless the receiver has it. */
export interface WireBuffer {
  readonly id: string;
  readonly byteLength: number;
  bytes?: Uint8Array | undefined;
}

/** What has changed, beginning at a byte of a buffer. */
export interface Change {
  readonly id: string;
  readonly at: number;
  readonly bytes: Uint8Array;
}

const pageSize = 1024;
const wordsPerPage = pageSize / Int32Array.BYTES_PER_ELEMENT;

class Replica {
  readonly id: string;
  readonly buffer: SharedArrayBuffer;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  /** As every change until now has left it. */
  readonly #known: Uint8Array;
  readonly #knownWords: Int32Array;
  /** Pages that the thread behind a link does not have. */
  readonly #missing = new Map<Link, Uint8Array>();

  constructor(id: string, buffer: SharedArrayBuffer) {
    this.id = id;
    this.buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#known = this.#bytes.slice();
    const words = Math.floor(buffer.byteLength / Int32Array.BYTES_PER_ELEMENT);
    this.#words = new Int32Array(buffer, 0, words);
    this.#knownWords = new Int32Array(this.#known.buffer, 0, words);
  }

  isKnownTo(link: Link): boolean {
    return this.#missing.has(link);
  }

  /** The thread behind `link` has it as it is now. */
  share(link: Link): void {
    this.#missing.set(link, new Uint8Array(Math.ceil(this.#bytes.length / pageSize)));
  }

  forget(link: Link): void {
    this.#missing.delete(link);
  }

  snapshot(): Uint8Array {
    return this.#bytes.slice();
  }

  /** Finds what this thread has written. */
  compare(): void {
    const pages = Math.ceil(this.#bytes.length / pageSize);
    for (let page = 0; page < pages; page++) {
      if (!this.#differs(page)) continue;
      const at = page * pageSize;
      this.#known.set(this.#bytes.subarray(at, at + pageSize), at);
      for (const missing of this.#missing.values()) missing[page] = 1;
    }
  }

  #differs(page: number): boolean {
    const words = this.#words;
    const known = this.#knownWords;
    const first = page * wordsPerPage;
    const end = Math.min(first + wordsPerPage, words.length);
    for (let index = first; index < end; index++) if (words[index] !== known[index]) return true;
    if (end < words.length) return false;
    for (let index = words.byteLength; index < this.#bytes.length; index++) if (this.#bytes[index] !== this.#known[index]) return true;
    return false;
  }

  takeMissing(link: Link): Change[] {
    const missing = this.#missing.get(link);
    const changes: Change[] = [];
    if (missing === undefined) return changes;
    for (let page = missing.indexOf(1); page !== -1; page = missing.indexOf(1, page)) {
      const at = page * pageSize;
      while (missing[page] === 1) missing[page++] = 0;
      changes.push({ id: this.id, at, bytes: this.#known.slice(at, page * pageSize) });
    }
    return changes;
  }

  /** Comes from the thread behind `from`; those behind the other links are to have it, too. */
  apply({ at, bytes }: Change, from: Link): void {
    if (!Number.isInteger(at) || at < 0 || at % pageSize !== 0 || at + bytes.length > this.#bytes.length) return;
    this.#bytes.set(bytes, at);
    this.#known.set(bytes, at);
    for (const [link, missing] of this.#missing)
      if (link !== from) missing.fill(1, at / pageSize, Math.ceil((at + bytes.length) / pageSize));
  }
}

export class SharedBuffers {
  readonly #byId = new Map<string, Replica>();
  readonly #byBuffer = new WeakMap<object, Replica>();
  readonly #thread: number;
  #made = 0;

  /** @param thread Its id, which no other thread of the program has. */
  constructor(thread: number) {
    this.#thread = thread;
  }

  /** Undefined for one that no other thread has. */
  idOf(buffer: object): string | undefined {
    return this.#byBuffer.get(buffer)?.id;
  }

  #add(id: string, buffer: SharedArrayBuffer): Replica {
    const replica = new Replica(id, buffer);
    this.#byId.set(id, replica);
    this.#byBuffer.set(buffer, replica);
    return replica;
  }

  /** Whether the thread behind `link` has it. */
  isLent(buffer: object, link: Link): boolean {
    return this.#byBuffer.get(buffer)?.isKnownTo(link) === true;
  }

  /** For a message over `link`. */
  lend(buffer: SharedArrayBuffer, link: Link): WireBuffer {
    const replica = this.#byBuffer.get(buffer) ?? this.#add(`${this.#thread}:${++this.#made}`, buffer);
    const { id } = replica;
    const { byteLength } = buffer;
    if (replica.isKnownTo(link)) return { id, byteLength };
    replica.compare();
    replica.share(link);
    return { id, byteLength, bytes: replica.snapshot() };
  }

  /** What was lent is sent only now. */
  renew(lent: WireBuffer, link: Link): void {
    const replica = this.#byId.get(lent.id);
    if (replica === undefined || lent.bytes === undefined) return;
    replica.compare();
    replica.share(link);
    lent.bytes = replica.snapshot();
  }

  /** From a message over `link`. Undefined for what is malformed. */
  adopt(wire: WireBuffer, link: Link): SharedArrayBuffer | undefined {
    const known = this.#byId.get(wire.id);
    if (known !== undefined) {
      if (!known.isKnownTo(link)) known.share(link);
      return known.buffer;
    }
    const { bytes } = wire;
    if (!(bytes instanceof Uint8Array)) return undefined;
    const buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    this.#add(wire.id, buffer).share(link);
    return buffer;
  }

  /** What the thread behind `link` has to know before it goes on. */
  changesFor(link: Link): Change[] {
    return [...this.#byId.values()].flatMap((replica) => {
      replica.compare();
      return replica.takeMissing(link);
    });
  }

  apply(changes: readonly Change[], from: Link): void {
    for (const change of changes) if (change?.bytes instanceof Uint8Array) this.#byId.get(change.id)?.apply(change, from);
  }

  forget(link: Link): void {
    for (const replica of this.#byId.values()) replica.forget(link);
  }
}
