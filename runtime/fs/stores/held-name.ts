/** That a name is this tab's: no other tab of the browser can hold it at the same time. */
export interface HeldName {
  release(): void;
}

/** A reloaded page may ask while the one before it is still going away. */
const patienceMs = 500;

/**
 * Takes a name for this tab by a Web Lock, held until it is released or the tab ends. `undefined` if another tab has it. Where
 * there are no Web Locks (pages that are no secure context) nobody can tell, and it is taken as free.
 */
export async function holdName(name: string): Promise<HeldName | undefined> {
  const locks = (globalThis.navigator as { readonly locks?: LockManager } | undefined)?.locks;
  if (locks === undefined) return { release() {} };
  return new Promise((resolve) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMs);
    locks
      .request(
        name,
        { signal: patience.signal },
        () =>
          new Promise<void>((release) => {
            clearTimeout(timer);
            resolve({ release });
          }),
      )
      .catch(() => resolve(undefined)); // Aborted, since nothing else is thrown here: somebody else has it.
  });
}
