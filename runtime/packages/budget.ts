/** Bytes held at a time. Who wants some waits until there is room, in order; what is too large on its own is let in alone. */
export class Budget {
  readonly #max: number;
  readonly #onWait: () => void;
  #used = 0;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  /** @param onWait Called when somebody begins to wait. */
  constructor(max: number, onWait: () => void = () => undefined) {
    this.#max = max;
    this.#onWait = onWait;
  }

  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#used += bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const entry = { bytes, enter };
      this.#waiting.push(entry);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      else this.#onWait();
    });
  }

  /** Never waits: what is here is here. */
  add(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.bytes;
      next.enter();
    }
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#max;
  }
}

/** What one package holds of a {@link Budget}. */
export class Share {
  readonly #budget: Budget;
  #bytes = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Instead of what it held. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    this.release();
    await this.#budget.take(bytes, signal);
    this.#bytes = bytes;
  }

  grow(bytes: number): void {
    if (bytes <= this.#bytes) return;
    this.#budget.add(bytes - this.#bytes);
    this.#bytes = bytes;
  }

  release(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}
