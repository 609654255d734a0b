/** Waiting without a turn of the event loop. */

/** Blocks the worker without using the processor. */
export const sleepSync: (delayMs: number) => void = (() => {
  let word: Int32Array<ArrayBufferLike> | undefined;
  const { Memory } = WebAssembly;
  const { Atomics: PlatformAtomics } = globalThis;
  const clock = performance.now.bind(performance);
  return (delayMs) => {
    try {
      // Shared memory of its own: allowed without cross-origin isolation, where a `SharedArrayBuffer` is not.
      word ??= new Int32Array(new Memory({ initial: 1, maximum: 1, shared: true }).buffer);
      PlatformAtomics.wait(word, 0, 0, delayMs);
    } catch {
      for (const end = clock() + delayMs; clock() < end;); // The engine may not wait here.
    }
  };
})();
