/** What the two hosts with a service worker share: connections to the worker and to the document, and the events they cause. */
import type { Container } from '../../../../runtime/index.ts';
import { BvError } from '../../../../runtime/index.ts';
import {
  PreviewConsoleEvent,
  PreviewErrorEvent,
  PreviewLoadEvent,
  PreviewNavigateEvent,
  type PreviewHost,
  type PreviewHostOptions,
  type PreviewHostTraits,
} from '../../preview-interface.ts';
import type { WireAnswer, WireQuestion } from '../../../../runtime/wires/preview-wire.ts';
import { noDocument } from '../server/documents.ts';
import { PreviewServer } from '../server/preview-server.ts';
import type { PreviewState } from '../server/preview-state.ts';

/** How a host reaches its frame. */
export interface FrameDriver {
  readonly frame: HTMLIFrameElement;
  readonly can: PreviewHostTraits;
  /** Loads a path of the server. */
  show(path: string): void;
  go(delta: number): void;
  /** The worker is of another version of the wire: looks for a newer one. */
  update(): Promise<void>;
  dispose(): void;
}

/** The worker in charge, and the one it took over from. */
const maxWorkers = 2;

/** An unguessable name of one preview, with the time it began: of two on one origin the newer counts. */
export function newSession(): string {
  return [Date.now(), ...crypto.getRandomValues(new Uint32Array(4))].join('-');
}

export class ServedHost extends EventTarget implements PreviewHost {
  readonly #options: PreviewHostOptions;
  readonly #state: PreviewState;
  readonly #sessions = new Map<string, Map<string, string>>();
  readonly #previewId = newSession();
  #driver: FrameDriver | undefined;
  /** Of the worker in charge, last, and of those before it: they may still answer what they were asked. */
  #workers: PreviewServer[] = [];
  #document: PreviewServer | undefined;
  #url: URL;
  #title = '';
  #disposed = false;

  constructor(options: PreviewHostOptions, state: PreviewState) {
    super();
    this.#options = options;
    this.#state = state;
    this.#url = new URL(options.path, `http://localhost:${options.port}/`);
  }

  /** Once, before anything else. */
  attach(driver: FrameDriver): void {
    this.#driver = driver;
  }

  get #driven(): FrameDriver {
    if (this.#driver === undefined) throw new BvError('ERR_BV_TORN_DOWN', 'The preview has no frame');
    return this.#driver;
  }

  get frame(): HTMLElement {
    return this.#driven.frame;
  }
  get can(): PreviewHostTraits {
    return this.#driven.can;
  }
  get url(): string {
    return this.#url.href;
  }
  get title(): string {
    return this.#title;
  }

  navigate(path: string): Promise<void> {
    this.#url = new URL(path, `http://localhost:${this.#options.port}/`);
    this.#driven.show(this.#url.pathname + this.#url.search + this.#url.hash);
    return Promise.resolve();
  }

  reload(): Promise<void> {
    return this.navigate(this.#url.href);
  }

  query(question: WireQuestion, signal?: AbortSignal): Promise<WireAnswer> {
    if (this.#document === undefined) return Promise.reject(noDocument());
    return this.#document.query(question, signal);
  }

  back(): void {
    this.#driven.go(-1);
  }

  forward(): void {
    this.#driven.go(1);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const worker of this.#workers.splice(0)) worker.dispose();
    this.#document?.dispose();
    this.#driver?.dispose();
    this.#driver?.frame.remove();
  }

  fail(error: Error): void {
    if (!this.#disposed) this.dispatchEvent(new PreviewErrorEvent('document', error));
  }

  /** Serves the worker at `port`. A worker that was stopped lost its connection without a word, so the oldest are given up. */
  connectWorker(port: MessagePort): void {
    this.#workers.push(this.#serve(port));
    if (this.#workers.length > maxWorkers) this.#workers.shift()?.dispose();
  }

  /** Serves the document at `port`; the one before is gone. */
  connectDocument(port: MessagePort): void {
    this.#document?.dispose();
    this.#document = this.#serve(port);
  }

  #moved(href: string, title: string): void {
    if (URL.canParse(href) && new URL(href).origin === `http://localhost:${this.#options.port}`) this.#url = new URL(href);
    this.#title = title;
    this.dispatchEvent(new PreviewNavigateEvent(this.#url.href, title));
  }

  #serve(port: MessagePort): PreviewServer {
    const container: Container = this.#options.container;
    const report = (
      type: 'PREVIEW_UNCAUGHT_EXCEPTION' | 'PREVIEW_UNHANDLED_REJECTION' | 'PREVIEW_CONSOLE_ERROR',
      fields: { message?: string; stack?: string; args?: readonly unknown[] },
    ) => {
      const { pathname, search, hash } = this.#url;
      container.reportPreviewMessage({ type, previewId: this.#previewId, port: this.#options.port, pathname, search, hash, ...fields });
    };
    return new PreviewServer(port, {
      container,
      state: this.#state,
      url: () => this.#url,
      session: (origin) => {
        let session = this.#sessions.get(origin);
        if (session === undefined) this.#sessions.set(origin, (session = new Map()));
        return session;
      },
      events: {
        document: () => null,
        part: (name) => Promise.reject(new BvError('ERR_BV_UNSUPPORTED', `The part "${name}" is for inline previews`)),
        // The browser navigates by itself here.
        onNavigate: () => undefined,
        onTraverse: (delta) => this.#driven.go(delta),
        onUnloading: () => undefined,
        onHistory: (_action, href) => this.#moved(href, this.#title),
        onTitle: (title) => this.#moved(this.#url.href, title),
        onLoaded: (href, title) => {
          this.#moved(href, title);
          this.dispatchEvent(new PreviewLoadEvent(this.#url.href));
        },
        onConsole: ({ level, args, values }) => {
          this.dispatchEvent(new PreviewConsoleEvent(level, args, values));
          if (level === 'error') report('PREVIEW_CONSOLE_ERROR', { args });
        },
        onFault: ({ fault, name, message, stack }) => {
          const error = Object.assign(new Error(message), { name, stack });
          this.dispatchEvent(new PreviewErrorEvent(fault, error));
          report(fault === 'exception' ? 'PREVIEW_UNCAUGHT_EXCEPTION' : 'PREVIEW_UNHANDLED_REJECTION', { message, stack });
        },
        onBroken: (error) => {
          if (!(error instanceof BvError) || error.code !== 'ERR_BV_WIRE_VERSION') {
            this.fail(error);
            return;
          }
          // A worker of another release is in charge: the one that fits takes over, and the document is loaded again.
          this.#driven.update().then(
            () => this.reload(),
            () => this.fail(error),
          );
        },
      },
    });
  }
}
