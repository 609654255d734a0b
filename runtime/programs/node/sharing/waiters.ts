/** Who waits for a notification at a place of shared memory, in the order they came: a list that goes with the turn. */
import type { NodeRealm } from '../realm.ts';

export interface Waiter {
  /** Buffer and byte. */
  readonly place: string;
  readonly thread: number;
  /** The thread's own number for it. */
  readonly number: number;
}

type Outcome = 'ok' | 'timed-out';

export class Waiters {
  readonly #realm: NodeRealm;
  readonly #thread: number;
  /** Tells the threads that are meant. */
  readonly #wake: (waiters: readonly Waiter[]) => void;
  #all: Waiter[] = [];
  readonly #own = new Map<number, (outcome: Outcome) => void>();
  #made = 0;
  #blocked: number | undefined;

  constructor(realm: NodeRealm, thread: number, wake: (waiters: readonly Waiter[]) => void) {
    this.#realm = realm;
    this.#thread = thread;
    this.#wake = wake;
  }

  get all(): readonly Waiter[] {
    return this.#all;
  }

  /** As the thread has them whose turn it was. */
  set all(all: readonly Waiter[]) {
    this.#all = [...all];
  }

  /** @param timeoutMs May be infinite. */
  add(place: string, timeoutMs: number): Promise<Outcome> {
    const number = ++this.#made;
    const { platform } = this.#realm;
    this.#all.push({ place, thread: this.#thread, number });
    return new Promise((resolve) => {
      const timer = Number.isFinite(timeoutMs)
        ? platform.setTimer(() => this.#later(() => this.#timeOut(number)), Math.ceil(timeoutMs))
        : undefined;
      this.#own.set(number, (outcome) => {
        if (timer !== undefined) platform.clearTimer(timer);
        this.#own.delete(number);
        resolve(outcome);
      });
    });
  }

  #timeOut(number: number): void {
    if (this.#remove(number)) this.#own.get(number)?.('timed-out'); // Else it was notified, which is on the way.
  }

  #remove(number: number): boolean {
    const at = this.#all.findIndex((waiter) => waiter.thread === this.#thread && waiter.number === number);
    if (at !== -1) this.#all.splice(at, 1);
    return at !== -1;
  }

  /** One that blocks: `woken` says whether it was notified, `leave` that the time is over, and gives false if it was notified before. */
  block(place: string): { woken(): boolean; leave(): boolean } {
    const number = ++this.#made;
    this.#all.push({ place, thread: this.#thread, number });
    this.#blocked = number;
    return {
      woken: () => this.#blocked !== number,
      leave: () => this.#remove(number),
    };
  }

  /** How many were woken. */
  notify(place: string, count: number): number {
    const woken = this.#all.filter((waiter) => waiter.place === place).slice(0, count);
    if (woken.length === 0) return 0;
    const gone = new Set(woken);
    this.#all = this.#all.filter((waiter) => !gone.has(waiter));
    this.woken(woken);
    this.#wake(woken.filter(({ thread }) => thread !== this.#thread));
    return woken.length;
  }

  /** Goes on with those of this thread, which does not end before. */
  woken(waiters: readonly Waiter[]): void {
    for (const { thread, number } of waiters) {
      if (thread !== this.#thread) continue;
      if (number === this.#blocked) this.#blocked = undefined;
      else this.#realm.loop.enqueue(() => this.#own.get(number)?.('ok'));
    }
  }

  /** A thread has ended. */
  forget(isGone: (thread: number) => boolean): void {
    this.#all = this.#all.filter(({ thread }) => !isGone(thread));
  }

  /** Does not keep the process alive. */
  #later(task: () => void): void {
    let next: (() => void) | undefined = task;
    this.#realm.loop.enqueueEach(
      () => {
        const now = next;
        next = undefined;
        return now;
      },
      () => false,
    );
  }
}
