import type { Dispose } from '../base/disposers.ts';
import type { KernelEnvironment } from './environment.ts';

/** A worker counts as silent after this many questions without a word from it. */
const questions = 4;

/**
 * Notices a worker that says nothing for a while though it is asked: its program neither returns to its event loop nor makes
 * a system call. Counts its own questions rather than time, so that a machine or a page that slept accuses nobody.
 */
export class SilenceWatch {
  readonly #options: {
    readonly environment: KernelEnvironment;
    readonly limitMs: number;
    readonly ask: () => void;
    readonly onSilent: () => void;
  };
  #asked = 0;
  #cancel: Dispose | undefined;

  constructor(options: {
    readonly environment: KernelEnvironment;
    /** Of silence. */
    readonly limitMs: number;
    readonly ask: () => void;
    /** Called again for as long as the silence lasts. */
    readonly onSilent: () => void;
  }) {
    this.#options = options;
  }

  start(): void {
    this.#cancel ??= this.#options.environment.setTimer(() => {
      this.#cancel = undefined;
      const silent = this.#asked >= questions;
      this.#asked += 1;
      this.start();
      if (silent) this.#options.onSilent();
      else this.#options.ask();
    }, this.#options.limitMs / questions);
  }

  get silent(): boolean {
    return this.#asked > questions;
  }

  heard(): void {
    this.#asked = 0;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
