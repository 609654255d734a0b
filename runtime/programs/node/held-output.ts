/** Output of a process that waits, in order, until a text before it is known (`watched-promises.ts`). */
import { PosixError } from '../../base/errors.ts';
import type { NodeRealm } from './realm.ts';
import type { WatchedText } from './watched-promises.ts';
import { perRealm } from './wraps/per-realm.ts';

interface Held {
  ready: boolean;
  readonly run: () => void;
}

class HeldOutput {
  readonly #realm: NodeRealm;
  #queue: Held[] = [];
  #expected: { readonly bytes: Uint8Array; readonly text: WatchedText; readonly finish: (text: string) => string } | undefined;
  #whenEmpty: (() => void) | undefined;
  /** What was held is being written. */
  isWriting = false;

  constructor(realm: NodeRealm) {
    this.#realm = realm;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** The next write is of `finish(text)`. */
  expect(text: WatchedText, finish: (text: string) => string): void {
    this.#expected = { bytes: this.#realm.platform.encodeUtf8(finish(text.text)), text, finish };
  }

  /** Has `bytes`, or what is to be written in their place, written by `write` when all before has been. */
  write(bytes: Uint8Array, write: (bytes: Uint8Array) => void): void {
    const expected = this.#expected;
    this.#expected = undefined;
    if (expected !== undefined && isSame(bytes, expected.bytes)) {
      let known = bytes;
      const held: Held = { ready: false, run: () => write(known) };
      this.#queue.push(held);
      expected.text.whenKnown((text) => {
        known = this.#realm.platform.encodeUtf8(expected.finish(text));
        held.ready = true;
        this.#advance();
      });
    } else if (this.#queue.length === 0) write(bytes);
    else this.#queue.push({ ready: true, run: () => write(bytes) });
  }

  /** Writes all at once, as it is. */
  flush(): void {
    for (const held of this.#queue) held.ready = true;
    this.#advance();
  }

  /** Runs `then` once nothing is held; at once if nothing is. */
  whenEmpty(then: () => void): void {
    if (this.isEmpty) then();
    else this.#whenEmpty = then;
  }

  #advance(): void {
    while (this.#queue[0]?.ready === true) this.#write(this.#queue.shift()!);
    if (this.#queue.length > 0) return;
    const then = this.#whenEmpty;
    this.#whenEmpty = undefined;
    then?.();
  }

  #write({ run }: Held): void {
    this.isWriting = true;
    try {
      run();
    } catch (error) {
      // Nobody reads what is written: its writer was told otherwise already. What follows may go elsewhere.
      if (!(error instanceof PosixError)) throw error;
    } finally {
      this.isWriting = false;
    }
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** The one of `realm`. */
export const heldOutput = perRealm((realm) => new HeldOutput(realm));
