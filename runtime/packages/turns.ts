const turnMs = 4;

interface Scheduler {
  postTask(task: () => void, options: { readonly priority: 'background' }): Promise<void>;
}

/**
 * Turns with the event loop: progress is shown, Ctrl-C is heard and answers are read while a large package is taken apart. Where the browser
 * can say so (Safari cannot), all of that comes first: a request that is sent now is answered while packages are taken apart.
 */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  get due(): boolean {
    return performance.now() - this.#since > turnMs;
  }

  async take(): Promise<void> {
    const { scheduler } = globalThis as { readonly scheduler?: Scheduler };
    if (scheduler !== undefined) await scheduler.postTask(() => undefined, { priority: 'background' });
    else await message();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}

/** Timers are slowed down to 4 ms; a message is not. */
function message(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
