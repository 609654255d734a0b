/** Tasks and timers of programs that run to their end while the worker waits for them: nothing else of the worker runs. */

interface Timer {
  readonly id: number;
  readonly due: number;
  readonly run: () => void;
}

export class Schedule {
  readonly #now: () => number;
  readonly #sleep: (delayMs: number) => void;
  #tasks: (() => void)[] = [];
  #timers: Timer[] = [];
  #nextTimer = 1;

  constructor(now: () => number, sleep: (delayMs: number) => void) {
    this.#now = now;
    this.#sleep = sleep;
  }

  post(task: () => void): void {
    this.#tasks.push(task);
  }

  setTimer(run: () => void, delayMs: number): number {
    const timer = { id: this.#nextTimer++, due: this.#now() + delayMs, run };
    const at = this.#timers.findIndex((one) => one.due > timer.due);
    this.#timers.splice(at < 0 ? this.#timers.length : at, 0, timer);
    return timer.id;
  }

  clearTimer(id: number): void {
    this.#timers = this.#timers.filter((one) => one.id !== id);
  }

  /** Runs one task or due timer, sleeping until `deadline` at most. False if nothing will ever come, or the deadline has. */
  step(deadline: number): boolean {
    const task = this.#tasks.shift();
    if (task !== undefined) {
      task();
      return true;
    }
    const timer = this.#timers[0];
    if (timer === undefined) return false;
    const wait = Math.min(timer.due, deadline) - this.#now();
    if (wait > 0) this.#sleep(wait);
    if (this.#now() >= deadline) return false;
    if (this.#now() >= timer.due) {
      this.#timers.shift();
      timer.run();
    }
    return true;
  }
}
