/**
 * Bytes of streams that were read before the program asked for them. A worker that cannot block answers a synchronous read only
 * with what is here; whoever reads the same stream asynchronously gets the bytes first, in order.
 */
import { concatBytes } from '../base/bytes.ts';
import type { Handle } from '../base/ids.ts';
import type { Outcome } from '../wires/rpc.ts';

type ReadOutcome = Outcome<{ bytes: Uint8Array }>;
type Done = (outcome: ReadOutcome) => void;

interface Held {
  parts: Uint8Array[];
  size: number;
  /** Set by the last answer: the end of the stream, or its failure. */
  last: ReadOutcome | undefined;
  reading: boolean;
  /** Takes the read that is under way back. */
  cancel: (() => void) | undefined;
  /** Asynchronous reads that came while one of ours was under way. */
  readonly waiters: { readonly maxBytes: number; readonly done: Done }[];
}

export interface HeldInputOwner {
  /** Asks the kernel. `done` runs later, unless the result is called before: then what was read stays where it was. */
  read(handle: Handle, maxBytes: number, done: Done): () => void;
  /** At most {@link pieceSize} bytes. */
  unread(handle: Handle, bytes: Uint8Array): void;
  queueMicrotask(task: () => void): void;
}

/** Of one read. */
const pieceSize = 65_536;

export class HeldInput {
  readonly #owner: HeldInputOwner;
  readonly #streams = new Map<Handle, Held>();

  constructor(owner: HeldInputOwner) {
    this.#owner = owner;
  }

  /**
   * Reads ahead until the end of the stream, until `maxBytes` are here, or until `onProgress`, which is told after each answer,
   * returns false.
   */
  fetch(handle: Handle, maxBytes: number, onProgress: (state: { readonly size: number; readonly ended: boolean }) => boolean): void {
    const held: Held = { parts: [], size: 0, last: undefined, reading: false, cancel: undefined, waiters: [] };
    this.#streams.set(handle, held);
    const next = () => {
      held.reading = true;
      held.cancel = this.#owner.read(handle, pieceSize, (outcome) => {
        held.reading = false;
        if (this.#streams.get(handle) !== held) {
          // Given back meanwhile: what comes too late goes the same way.
          if (outcome.error === undefined && outcome.result.bytes.length > 0) this.#owner.unread(handle, outcome.result.bytes);
          return;
        }
        if (outcome.error !== undefined || outcome.result.bytes.length === 0) held.last = outcome;
        else {
          held.parts.push(outcome.result.bytes);
          held.size += outcome.result.bytes.length;
        }
        const goOn = onProgress({ size: held.size, ended: held.last !== undefined });
        this.#serve(handle, held);
        if (goOn && held.last === undefined && held.size < maxBytes && this.#streams.get(handle) === held) next();
      });
    };
    next();
  }

  /** Answers an asynchronous read out of what is here; undefined if the kernel is to be asked. */
  read(handle: Handle, maxBytes: number, done: Done): (() => void) | undefined {
    const held = this.#streams.get(handle);
    if (held === undefined) return undefined;
    const waiter = { maxBytes, done };
    held.waiters.push(waiter);
    if (!held.reading || held.size > 0) this.#owner.queueMicrotask(() => this.#serve(handle, held));
    return () => {
      const at = held.waiters.indexOf(waiter);
      if (at >= 0) held.waiters.splice(at, 1);
    };
  }

  /** A synchronous read: the number of bytes, 0 at the end, undefined if nothing is here. */
  readSync(handle: Handle, into: Uint8Array): number | undefined {
    const held = this.#streams.get(handle);
    if (held === undefined) return undefined;
    if (held.size > 0) {
      const bytes = this.#take(held, into.length);
      into.set(bytes);
      return bytes.length;
    }
    if (held.last?.error !== undefined) throw held.last.error;
    return held.last === undefined ? undefined : 0;
  }

  /** Bytes that another process is to find: before a child inherits the stream, and when it is closed. */
  giveBack(handle: Handle): void {
    const held = this.#streams.get(handle);
    if (held === undefined) return;
    this.#streams.delete(handle);
    this.#unread(handle, this.#take(held, held.size));
    for (const { maxBytes, done } of held.waiters) this.#owner.read(handle, maxBytes, done);
  }

  /** Leaves the stream as if `taken`, and what is here, had never been read. No answer to an asynchronous read comes any more. */
  startOver(handle: Handle, taken: readonly Uint8Array[]): void {
    const held = this.#streams.get(handle);
    this.#streams.delete(handle);
    // First what would come last.
    if (held?.reading === true) held.cancel?.();
    if (held !== undefined) this.#unread(handle, this.#take(held, held.size));
    for (const bytes of taken.toReversed()) this.#unread(handle, bytes);
  }

  /** From the end, for each piece is put before what is there. */
  #unread(handle: Handle, bytes: Uint8Array): void {
    for (let end = bytes.length; end > 0; end -= pieceSize) this.#owner.unread(handle, bytes.slice(Math.max(0, end - pieceSize), end));
  }

  #take(held: Held, maxBytes: number): Uint8Array {
    if (held.parts.length > 1 && held.parts[0]!.length < maxBytes) {
      held.parts = [concatBytes(held.parts)];
    }
    const first = held.parts[0] ?? new Uint8Array(0);
    const taken = first.length <= maxBytes ? first : first.slice(0, maxBytes);
    if (taken === first) held.parts.shift();
    else held.parts[0] = first.slice(maxBytes);
    held.size -= taken.length;
    return taken;
  }

  #serve(handle: Handle, held: Held): void {
    while (held.waiters.length > 0 && this.#streams.get(handle) === held) {
      const { maxBytes, done } = held.waiters[0]!;
      if (held.size > 0) {
        held.waiters.shift();
        done({ result: { bytes: this.#take(held, maxBytes) } });
      } else if (held.last !== undefined) {
        held.waiters.shift();
        done(held.last);
      } else if (held.reading) return;
      else {
        // Nothing is left here: from now on the kernel answers.
        this.#streams.delete(handle);
        for (const waiter of held.waiters.splice(0)) this.#owner.read(handle, waiter.maxBytes, waiter.done);
      }
    }
  }
}
