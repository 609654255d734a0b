/**
 * Threads that share memory go on in turns: one callback of one of them at a time, so that each sees what all before it have written and
 * every operation of `Atomics` is what it says. Whose turn it is, is told along the tree of threads (Raymond's algorithm): each
 * knows the neighbour towards it. Before anything is shared it is the main thread's.
 */
import type { Platform } from '../../../process/platform.ts';
import type { LoopGate } from '../event-loop.ts';
import type { Link } from '../wraps/port-core.ts';

/** For how long a thread goes on though others wait: handing over costs about as much as a message. */
const sliceMs = 4;

export interface TurnOwner {
  /** Lets the event loop go on that was told to wait. */
  proceed(): void;
  want(link: Link): void;
  /** Hands the turn over, with what has changed. */
  pass(link: Link): void;
}

type Self = 'self';

export class TurnTaking implements Pick<LoopGate, 'enter' | 'parked'> {
  readonly #platform: Pick<Platform, 'now'>;
  readonly #owner: TurnOwner;
  #holder: Link | Self;
  readonly #queue: (Link | Self)[] = [];
  #isUsed = false;
  #hasAsked = false;
  #isHeldUp = false;
  #since = 0;

  /** @param holder Whose it is: the parent's, or the main thread's own. */
  constructor(platform: Pick<Platform, 'now'>, owner: TurnOwner, holder: Link | Self) {
    this.#platform = platform;
    this.#owner = owner;
    this.#holder = holder;
  }

  get isOurs(): boolean {
    return this.#holder === 'self';
  }

  /** Whether a callback may run. If not, `proceed()` is called when one may. */
  enter(): boolean {
    const now = this.#platform.now();
    if (this.#holder === 'self') {
      if (!this.#isUsed) this.#since = now;
      if (this.#queue.length === 0 || now - this.#since < sliceMs) return (this.#isUsed = true);
    }
    this.#isHeldUp = true;
    if (!this.#queue.includes('self')) this.#queue.push('self');
    this.#isUsed = false;
    this.#assign();
    return false;
  }

  /** The loop waits for something to happen. */
  parked(): void {
    this.#isUsed = false;
    this.#assign();
  }

  /** The callback that runs blocks: the turn goes to `link`, which alone is heard. */
  block(link: Link): void {
    if (this.#holder === 'self' && this.#queue.length === 0) this.#queue.push(link);
    this.parked();
  }

  /** The callback that blocks would go on. Returns whether it may. */
  claim(): boolean {
    if (this.#isUsed) return true;
    if (!this.#queue.includes('self')) this.#queue.push('self');
    this.#assign();
    return this.#isUsed;
  }

  wanted(link: Link): void {
    if (this.#holder === link) return; // It is on the way, from one that blocks.
    if (!this.#queue.includes(link)) this.#queue.push(link);
    this.#assign();
  }

  /** Whether the thread behind `link` has the turn to give. */
  isHeldBy(link: Link): boolean {
    return this.#holder === link;
  }

  /** What came with the turn has been applied. */
  take(): void {
    this.#holder = 'self';
    this.#hasAsked = false;
    this.#assign();
  }

  /** The thread behind `link` has ended, with its turn if it had it. */
  gone(link: Link): void {
    const at = this.#queue.indexOf(link);
    if (at !== -1) this.#queue.splice(at, 1);
    if (this.#holder === link) this.take();
  }

  /** This thread ends: the turn goes to `link`. */
  leave(link: Link): void {
    this.#isUsed = false;
    this.#queue.length = 0;
    if (this.#holder !== 'self') return;
    this.#holder = link;
    this.#owner.pass(link);
  }

  #assign(): void {
    if (this.#holder === 'self' && !this.#isUsed) {
      const next = this.#queue.shift();
      if (next === 'self') {
        this.#isUsed = true;
        this.#since = this.#platform.now();
        if (this.#isHeldUp) {
          this.#isHeldUp = false;
          this.#owner.proceed();
        }
      } else if (next !== undefined) {
        this.#holder = next;
        this.#hasAsked = false;
        this.#owner.pass(next);
      }
    }
    if (this.#holder !== 'self' && this.#queue.length > 0 && !this.#hasAsked) {
      this.#hasAsked = true;
      this.#owner.want(this.#holder);
    }
  }
}
