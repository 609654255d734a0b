/**
 * Counts what a page has started and not ended: workers, ports, object URLs, frames, listeners of `window` and `document`.
 * Installed before the code under test is loaded, since that may keep a reference to what it uses.
 */
export interface LiveCounts {
  readonly workers: number;
  /** Ends of channels that were made on the page, and neither closed nor given away. */
  readonly ports: number;
  readonly objectUrls: number;
  readonly frames: number;
  readonly listeners: number;
}

type Listen = typeof EventTarget.prototype.addEventListener;

export class LeakCheck {
  readonly #workers = new Set<Worker>();
  readonly #ports = new Set<object>();
  readonly #urls = new Set<string>();
  readonly #listeners = new Map<EventTarget, Set<unknown>>([
    [window, new Set()],
    [document, new Set()],
  ]);
  static #installed: LeakCheck | undefined;

  /** One for the page: later calls answer the first. */
  static install(): LeakCheck {
    return (LeakCheck.#installed ??= new LeakCheck());
  }

  private constructor() {
    const workers = this.#workers;
    const ports = this.#ports;
    const urls = this.#urls;
    const NativeWorker = Worker;
    window.Worker = class extends NativeWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        workers.add(this);
      }
      override terminate(): void {
        workers.delete(this);
        super.terminate();
      }
    };
    const NativeChannel = MessageChannel;
    window.MessageChannel = class extends NativeChannel {
      constructor() {
        super();
        ports.add(this.port1);
        ports.add(this.port2);
      }
    };
    const given = (list: unknown) => {
      const transfer = Array.isArray(list) ? list : ((list as { transfer?: unknown[] } | undefined)?.transfer ?? []);
      for (const item of transfer) ports.delete(item as object);
    };
    const { close } = MessagePort.prototype;
    MessagePort.prototype.close = function (this: MessagePort) {
      ports.delete(this);
      close.call(this);
    };
    for (const prototype of [MessagePort.prototype, NativeWorker.prototype] as {
      postMessage: (message: unknown, transfer?: never) => void;
    }[]) {
      const post = prototype.postMessage;
      prototype.postMessage = function (this: MessagePort, message, transfer) {
        post.call(this, message, ...((transfer === undefined ? [] : [transfer]) as [never]));
        given(transfer);
      };
    }
    // What is given to a hidden frame goes through its window, whose methods are out of reach for a page of another origin.
    const standIns = new WeakMap<Window, object>();
    const standInFor = (inner: Window): object => {
      let standIn = standIns.get(inner);
      if (standIn === undefined) {
        standIn = {
          postMessage(message: unknown, origin: string, transfer: Transferable[]) {
            inner.postMessage(message, origin, transfer);
            given(transfer);
          },
        };
        standIns.set(inner, standIn);
      }
      return standIn;
    };
    const native = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'contentWindow')!;
    Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
      ...native,
      get(this: HTMLIFrameElement) {
        const inner = native.get!.call(this) as Window | null;
        if (inner === null || !this.hidden) return inner;
        return standInFor(inner);
      },
    });
    // Who sent a message is compared with it.
    const source = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'source')!;
    Object.defineProperty(MessageEvent.prototype, 'source', {
      ...source,
      get(this: MessageEvent) {
        const sender = source.get!.call(this) as Window | null;
        const isHidden = [...document.querySelectorAll('iframe')].some((frame) => frame.hidden && native.get!.call(frame) === sender);
        return sender !== null && isHidden ? standInFor(sender) : sender;
      },
    });
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (object) => {
      const url = createObjectURL.call(URL, object);
      urls.add(url);
      return url;
    };
    URL.revokeObjectURL = (url) => {
      urls.delete(url);
      revokeObjectURL.call(URL, url);
    };
    for (const [target, kept] of this.#listeners) {
      const add = target.addEventListener.bind(target) as Listen;
      const remove = target.removeEventListener.bind(target) as Listen;
      target.addEventListener = ((type: string, listener: EventListener, options?: boolean | AddEventListenerOptions) => {
        const { once, signal } = typeof options === 'object' ? options : {};
        if (once !== true && signal?.aborted !== true) {
          kept.add(listener);
          signal?.addEventListener('abort', () => kept.delete(listener), { once: true });
        }
        add(type, listener, options);
      }) as Listen;
      target.removeEventListener = ((type: string, listener: EventListener, options?: boolean | EventListenerOptions) => {
        kept.delete(listener);
        remove(type, listener, options);
      }) as Listen;
    }
  }

  get counts(): LiveCounts {
    return {
      workers: this.#workers.size,
      ports: this.#ports.size,
      objectUrls: this.#urls.size,
      frames: document.querySelectorAll('iframe').length,
      listeners: [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0),
    };
  }

  /** Resolves once no more lives than in `before`; ending a worker takes a few messages. @throws {Error} after 5 s. */
  async settled(before: LiveCounts): Promise<void> {
    const keys = Object.keys(before) as (keyof LiveCounts)[];
    const deadline = performance.now() + 5000;
    for (;;) {
      const now = this.counts;
      const leaked = keys.filter((key) => now[key] > before[key]);
      if (leaked.length === 0) return;
      if (performance.now() > deadline)
        throw new Error(`Left behind: ${leaked.map((key) => `${now[key] - before[key]} ${key}`).join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
