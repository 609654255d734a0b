/** What trusted programs use of a worker's globals, inside QuickJS. Evaluated before them. */
import { makePlatform } from '../process/engines/quickjs/program-side.ts';
import { installPolyfills } from '../process/engines/polyfills.ts';

installPolyfills();
/** The time origin is told later; nothing here needs it. */
const platform = makePlatform(0, (domain) => domain);

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

  static any(signals: readonly QuickJsAbortSignal[]): QuickJsAbortSignal {
    const all = new QuickJsAbortSignal();
    for (const signal of signals) {
      if (signal.aborted) QuickJsAbortSignal.abort(all, signal.reason);
      else signal.addEventListener('abort', () => QuickJsAbortSignal.abort(all, signal.reason));
    }
    return all;
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

/** What package managers ask of an address. */
class QuickJsUrl {
  declare readonly href: string;
  declare readonly protocol: string;
  declare readonly host: string;
  declare readonly hostname: string;
  declare readonly pathname: string;

  constructor(address: string, base?: string) {
    const record = platform.parseUrl(address, base);
    if (record === undefined) throw new TypeError('Invalid URL');
    Object.assign(this, record);
  }

  static canParse(address: string, base?: string): boolean {
    return platform.parseUrl(address, base) !== undefined;
  }
}

Object.assign(globalThis, {
  URL: QuickJsUrl,
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
