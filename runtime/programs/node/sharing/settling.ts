/**
 * Before a thread ends by itself, those below it have their turns until none of them writes any more: where threads run at once they
 * have long had time for what they were woken for, and a writer that flushes at the end (pino's transports) finds it read.
 */
import type { Link } from '../wraps/port-core.ts';

/** Whoever writes for ever keeps nobody from ending. */
const mostRounds = 100;

export interface SettlingOwner {
  /** Keeps the event loop going. */
  ref(): void;
  unref(): void;
  /** The thread behind `link` is to answer once it has done what it has to do. */
  ask(link: Link): void;
}

export class Settling {
  readonly #owner: SettlingOwner;
  readonly #asked = new Set<Link>();
  #rounds = 0;
  #wasWritten = false;

  constructor(owner: SettlingOwner) {
    this.#owner = owner;
  }

  /** Whether the threads behind `links` have come to rest. If not they are asked, and the loop goes on until all have answered. */
  isSettled(links: Iterable<Link>): boolean {
    if (this.#rounds === mostRounds || (this.#rounds > 0 && !this.#wasWritten)) {
      this.#rounds = 0;
      return true;
    }
    this.#wasWritten = false;
    for (const link of links) this.#asked.add(link);
    if (this.#asked.size === 0) return true;
    this.#rounds += 1;
    this.#owner.ref();
    for (const link of this.#asked) this.#owner.ask(link);
    return false;
  }

  /** A turn came back with something that another thread has written. */
  written(): void {
    this.#wasWritten = true;
  }

  /** It has answered, or has ended. */
  answered(link: Link): void {
    if (this.#asked.delete(link) && this.#asked.size === 0) this.#owner.unref();
  }
}
