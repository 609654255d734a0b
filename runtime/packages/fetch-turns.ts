/** Who fetches a package that several want: one at a time, in the whole browser. */

export interface FetchTurnsOptions {
  /** Whether a package can be had without fetching it. */
  readonly isThere: (id: string) => Promise<boolean>;
  /** Whether what other workers store can be had here. */
  readonly isShared: () => boolean;
}

export class FetchTurns {
  readonly #options: FetchTurnsOptions;
  readonly #fetching = new Map<string, Promise<void>>();

  constructor(options: FetchTurnsOptions) {
    this.#options = options;
  }

  /**
   * Runs `fetch`, or waits for whoever fetches the same package and answers `'there'` where it has stored it by then.
   *
   * @param onWait Called before it waits: who waits may be waited for, and must not hold on to anything.
   */
  async take(id: string, signal: AbortSignal | undefined, fetch: () => Promise<void>, onWait?: () => void): Promise<'fetched' | 'there'> {
    const { isThere, isShared } = this.#options;
    signal?.throwIfAborted();
    for (let other = this.#fetching.get(id); other !== undefined; other = this.#fetching.get(id)) {
      onWait?.();
      await other.catch(() => {}); // Its own caller hears of it; this one tries for itself.
      signal?.throwIfAborted();
      if (await isThere(id)) return 'there';
    }
    const { locks } = (globalThis.navigator ?? {}) as { readonly locks?: LockManager };
    let outcome: 'fetched' | 'there' = 'fetched';
    const work = async (): Promise<void> => {
      if (locks === undefined || !isShared()) return fetch();
      const name = `bavini-package:${id}`;
      const isFree = await locks.request(name, { ifAvailable: true }, async (lock) => {
        if (lock !== null) await fetch();
        return lock !== null;
      });
      if (isFree) return;
      onWait?.();
      await locks.request(name, signal === undefined ? {} : { signal }, async () => {
        if (await isThere(id)) outcome = 'there';
        else await fetch();
      });
    };
    const working = work();
    this.#fetching.set(id, working);
    try {
      await working;
      return outcome;
    } finally {
      this.#fetching.delete(id);
    }
  }
}
