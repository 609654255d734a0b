/** The realm of a container's native workers: a hidden frame with an opaque origin and no network. */
import { BvError } from '../base/errors.ts';
import type { WorkerId } from '../wires/host-wire.ts';
import type { RealmCommand, RealmNotice } from '../wires/realm-wire.ts';
import { fetchAsset } from './assets.ts';

/**
 * No network at all: workers inherit this policy, nested ones too. `connect-src` matters most: without it WebKit would
 * send the page's cookies along (FEASIBILITY §2).
 */
const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; connect-src 'none'";

/** Runs in the frame: written as a function for the compiler's sake, sent as text. It must refer to nothing outside. */
function realmScript(): void {
  addEventListener(
    'message',
    (event: MessageEvent) => {
      const page = event.ports[0];
      if (page === undefined || event.source !== parent) return;
      const sources = new Map<string, string>();
      const workers = new Map<number, Worker>();
      const tell = (notice: RealmNotice) => page.postMessage(notice);
      page.onmessage = ({ data }: MessageEvent<RealmCommand>) => {
        if (data.kind === 'ping') {
          tell({ kind: 'alive' });
        } else if (data.kind === 'program') {
          sources.set(data.program, URL.createObjectURL(new Blob([data.source], { type: 'text/javascript' })));
        } else if (data.kind === 'end') {
          workers.get(data.worker)?.terminate();
          workers.delete(data.worker);
        } else {
          try {
            const worker = new Worker(sources.get(data.program)!, { name: `bavini ${data.program}` });
            workers.set(data.worker, worker);
            worker.onerror = (error) => {
              error.preventDefault();
              tell({ kind: 'failed', worker: data.worker, message: error.message || 'the worker did not start' });
            };
            worker.postMessage({ port: data.port }, [data.port as MessagePort]);
          } catch (error) {
            tell({ kind: 'failed', worker: data.worker, message: String(error) });
          }
        }
      };
      tell({ kind: 'ready' });
    },
    { once: true },
  );
}

const programSources = new Map<string, Promise<string>>();

function programSource(program: string): Promise<string> {
  let source = programSources.get(program);
  if (source === undefined) {
    source = fetchAsset(`process-${program}.js`).then((response) => response.text());
    programSources.set(program, source);
    source.catch(() => programSources.delete(program)); // The next try fetches again.
  }
  return source;
}

/** How often a frame with workers is asked whether it lives. */
const pingMs = 1000;
/**
 * Without an answer for this long the frame's process has died, of a program that used up its memory: the frame's own
 * thread does nothing else than answer.
 */
const deadMs = 10_000;

/** What a realm tells of. */
export interface RealmListener {
  failed(worker: WorkerId, message: string): void;
  /** The frame's process died, and with it all of its workers. The realm is disposed of. */
  died(): void;
}

/** Whoever makes one must `dispose()` it: that ends its workers. */
export class SandboxRealm {
  readonly #frame: HTMLIFrameElement;
  readonly #port: MessagePort;
  readonly #programs = new Map<string, Promise<void>>();
  readonly #workers = new Set<WorkerId>();
  readonly #listener: RealmListener;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the unanswered ping was sent. */
  #pingedAt: number | undefined;

  private constructor(frame: HTMLIFrameElement, port: MessagePort, listener: RealmListener) {
    this.#frame = frame;
    this.#port = port;
    this.#listener = listener;
    port.onmessage = ({ data }: MessageEvent<RealmNotice>) => {
      if (data?.kind === 'alive') this.#pingedAt = undefined;
      else if (data?.kind === 'failed' && this.#workers.delete(data.worker)) listener.failed(data.worker, String(data.message));
    };
  }

  #watch(): void {
    if (this.#timer !== undefined || this.#workers.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#pingedAt !== undefined && performance.now() - this.#pingedAt > deadMs) {
        this.dispose();
        this.#listener.died();
        return;
      }
      if (this.#pingedAt === undefined) {
        this.#pingedAt = performance.now();
        this.#command({ kind: 'ping' });
      }
      this.#watch();
    }, pingMs);
  }

  /**
   * Starts fetching what a realm for `program` needs, so that the frame and the script load at the same time.
   */
  static preload(program: string): void {
    programSource(program).catch(() => undefined); // Told to whoever starts a worker.
  }

  /** @throws {BvError} `ERR_BV_UNSUPPORTED` if the page's policy forbids scripts in such a frame. */
  static async open(listener: RealmListener): Promise<SandboxRealm> {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.setAttribute('aria-hidden', 'true');
    frame.tabIndex = -1;
    frame.title = '';
    frame.hidden = true;
    frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script>(${realmScript.toString()})()</script>`;
    const { port1, port2 } = new MessageChannel();
    try {
      await new Promise<void>((resolve, reject) => {
        frame.onload = () => {
          port1.onmessage = ({ data }: MessageEvent<RealmNotice>) => {
            if (data?.kind === 'ready') resolve();
          };
          frame.contentWindow?.postMessage(null, '*', [port2]);
          // The frame's script is inline: it either ran before `load` or was blocked. The reply is a round trip away.
          setTimeout(() => reject(new Error('the frame did not answer')), 5000);
        };
        document.documentElement.append(frame);
      });
    } catch (cause) {
      frame.remove();
      port1.close();
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        `Cannot open a sandbox for the native engine: the page's Content Security Policy needs 'unsafe-inline' and 'unsafe-eval' in script-src and blob: in worker-src; engine="quickjs" needs neither`,
        { cause },
      );
    }
    return new SandboxRealm(frame, port1, listener);
  }

  async start(worker: WorkerId, program: string, port: MessagePort): Promise<void> {
    let loaded = this.#programs.get(program);
    if (loaded === undefined) {
      loaded = programSource(program).then((source) => this.#command({ kind: 'program', program, source }));
      this.#programs.set(program, loaded);
      loaded.catch(() => this.#programs.delete(program)); // The next try loads again.
    }
    await loaded;
    this.#workers.add(worker);
    this.#command({ kind: 'start', worker, program, port }, [port]);
    this.#watch();
  }

  end(worker: WorkerId): void {
    this.#workers.delete(worker);
    this.#command({ kind: 'end', worker });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#workers.clear();
    this.#port.close();
    this.#frame.remove();
  }

  #command(command: RealmCommand, transfer: Transferable[] = []): void {
    this.#port.postMessage(command, transfer);
  }
}

/**
 * Whether the page's own policy, which such a frame inherits, lets the native engine run. Decides without a frame: what
 * `eval` may do here it may do there.
 */
export function nativeEngineAllowed(): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the question is whether the policy allows it
    new Function('');
    return true;
  } catch {
    return false;
  }
}
