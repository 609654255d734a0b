/** What a container tells its listeners. */
import type { Dispose } from '../base/disposers.ts';
import type { Pid } from '../base/ids.ts';

/** What a preview says of itself; `type` as in the WebContainer API. */
export interface PreviewMessage {
  readonly type: 'PREVIEW_UNCAUGHT_EXCEPTION' | 'PREVIEW_UNHANDLED_REJECTION' | 'PREVIEW_CONSOLE_ERROR';
  readonly previewId: string;
  readonly port: number;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  readonly message?: string;
  readonly stack?: string;
  readonly args?: readonly unknown[];
}

/** A piece of what a program prints that the page started, by `spawn()`, `exec()` or an element. */
export interface OutputEvent {
  readonly pid: Pid;
  /** `terminal`: all that is written to its terminal, by its children and the echo too, with escapes. */
  readonly stream: 'terminal' | 'stdout' | 'stderr';
  /** Not cut at lines. */
  readonly text: string;
}

export interface ContainerEvents {
  port: (port: number, type: 'open' | 'close', url: string) => void;
  'server-ready': (port: number, url: string) => void;
  'preview-message': (message: PreviewMessage) => void;
  error: (error: { message: string; code?: string }) => void;
  'xdg-open': (text: string) => void;
  code: (type: string, event: unknown) => void;
  /** When it is read: output that nobody takes holds its program up, and is not told. */
  output: (event: OutputEvent) => void;
  /** A limit ended or refused something; in words for the reader. */
  limit: (event: { readonly limit: string; readonly message: string }) => void;
}

const eventTypes: Readonly<Record<keyof ContainerEvents, true>> = {
  port: true,
  'server-ready': true,
  'preview-message': true,
  error: true,
  'xdg-open': true,
  code: true,
  output: true,
  limit: true,
};

/** Of those that nobody has heard yet. */
const maxUntold = 16;

export class ContainerListeners {
  /** Errors from before anybody listened: what went wrong while a container was made, which nobody could listen to. */
  readonly #untold: Parameters<ContainerEvents['error']>[0][] = [];
  readonly #sets = new Map<keyof ContainerEvents, Set<(...args: never[]) => void>>();

  /** @throws {TypeError} for an event that does not exist. */
  on<K extends keyof ContainerEvents>(event: K, listener: ContainerEvents[K]): Dispose {
    if (!Object.hasOwn(eventTypes, event)) throw new TypeError(`Unknown event ${JSON.stringify(event)}`);
    let set = this.#sets.get(event);
    if (set === undefined) this.#sets.set(event, (set = new Set()));
    set.add(listener);
    if (event === 'error' && this.#untold.length > 0) {
      queueMicrotask(() => {
        for (const error of this.#untold.splice(0)) this.emit('error', error);
      });
    }
    return () => set.delete(listener);
  }

  has(event: keyof ContainerEvents): boolean {
    return (this.#sets.get(event)?.size ?? 0) > 0;
  }

  /** A listener that throws keeps nothing from the others. */
  emit<K extends keyof ContainerEvents>(event: K, ...args: Parameters<ContainerEvents[K]>): void {
    const listeners = this.#sets.get(event) ?? new Set();
    if (event === 'error' && listeners.size === 0 && this.#untold.length < maxUntold) {
      this.#untold.push(args[0] as Parameters<ContainerEvents['error']>[0]);
    }
    for (const listener of listeners) {
      try {
        (listener as (...args: unknown[]) => void)(...args);
      } catch (error) {
        reportError(error);
      }
    }
  }

  clear(): void {
    this.#untold.length = 0;
    this.#sets.clear();
  }
}
