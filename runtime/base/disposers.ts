/** Ends one thing that was started. Calling it twice does nothing more. */
export type Dispose = () => void;

/** A list of things to end, in reverse order of their start. */
export class Disposers {
  #list: Dispose[] = [];
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  /** Ends `dispose` with the rest; at once, if the rest has already ended. */
  add(dispose: Dispose): void {
    if (this.#ended) dispose();
    else this.#list.push(dispose);
  }

  /** Every disposer runs even if one throws; the first error is thrown at the end. */
  dispose(): void {
    this.#ended = true;
    const list = this.#list.splice(0).reverse();
    const errors: unknown[] = [];
    for (const dispose of list) {
      try {
        dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
