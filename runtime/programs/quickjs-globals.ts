/** What trusted programs use of a worker's globals, inside QuickJS. Evaluated before them. */
import { makePlatform } from '../process/engines/quickjs/program-side.ts';
import { installPolyfills } from '../process/engines/polyfills.ts';

installPolyfills();
/** The time origin is told later; nothing here needs it. */
export const platform = makePlatform(0, (domain) => domain);

type Listener = () => void;

class QuickJsAbortSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly #listeners = new Set<Listener>();

  addEventListener(_name: 'abort', listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_name: 'abort', listener: Listener): void {
    this.#listeners.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** For the controller. */
  static abort(signal: QuickJsAbortSignal, reason: unknown): void {
    if (signal.aborted) return;
    signal.aborted = true;
    signal.reason = reason;
    for (const listener of [...signal.#listeners]) listener();
  }
}

class QuickJsAbortController {
  readonly signal = new QuickJsAbortSignal();

  abort(reason: unknown = new Error('This operation was aborted')): void {
    QuickJsAbortSignal.abort(this.signal, reason);
  }
}

class QuickJsTextEncoder {
  encode(text = ''): Uint8Array {
    return platform.encodeUtf8(text);
  }
}

class QuickJsTextDecoder {
  readonly #decoding: NonNullable<ReturnType<typeof platform.decoder>>;

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const decoding = platform.decoder(label, { fatal: options.fatal ?? false, ignoreBom: options.ignoreBOM ?? false });
    if (decoding === undefined) throw new RangeError(`The encoding label provided ('${label}') is invalid`);
    this.#decoding = decoding;
  }

  decode(bytes: Uint8Array = new Uint8Array(0), options: { stream?: boolean } = {}): string {
    return this.#decoding.decode(bytes, { stream: options.stream ?? false });
  }
}

Object.assign(globalThis, {
  AbortController: QuickJsAbortController,
  AbortSignal: QuickJsAbortSignal,
  TextEncoder: QuickJsTextEncoder,
  TextDecoder: QuickJsTextDecoder,
  performance: { now: () => platform.now() },
  queueMicrotask: (task: () => void) => platform.queueMicrotask(task),
  setImmediate: (task: () => void) => platform.postTask(task),
  setTimeout: (task: () => void, delayMs = 0) => platform.setTimer(task, delayMs),
  clearTimeout: (timer: number | undefined) => {
    if (timer !== undefined) platform.clearTimer(timer);
  },
  crypto: {
    getRandomValues(bytes: Uint8Array) {
      platform.randomFill(bytes);
      return bytes;
    },
  },
});
