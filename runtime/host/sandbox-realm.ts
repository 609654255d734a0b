/** The realm of a container's native workers: a hidden frame with an opaque origin and no network. */
import { BvError } from '../base/errors.ts';
import { trustedHtml, trustedScriptUrl } from '../base/trusted-types.ts';
import type { WorkerId } from '../wires/host-wire.ts';
import { mailPlaces, mailProperty, mailRowLength } from '../wires/mail-wire.ts';
import type { RealmCommand, RealmNotice } from '../wires/realm-wire.ts';
import { fetchAsset } from './assets.ts';
import { mailOffice } from './mail-office.ts';

/**
 * No network at all: workers inherit this policy, nested ones too. `connect-src` matters most: without it WebKit would
 * send the page's cookies along (FEASIBILITY §2).
 */
const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; connect-src 'none'";

/** What is sent to the frames as text: written as functions for the compiler's sake, they refer to nothing outside. */
function realmScript(page: MessagePort, trust: string, openOffice: typeof mailOffice, row: Parameters<typeof mailOffice>[0]): void {
  const sources = new Map<string, string>();
  const workers = new Map<number, Worker>();
  const tell = (notice: RealmNotice) => page.postMessage(notice);
  const scriptOf = (...parts: BlobPart[]) => new Blob(parts, { type: 'text/javascript' });
  const { createObjectURL, revokeObjectURL } = URL;
  const mail = openOffice<Worker, Blob>(row, scriptOf, createObjectURL, revokeObjectURL, (worker, answer) => worker.postMessage(answer));
  let blocked = '';
  addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
    if (blockedURI.startsWith('blob'))
      blocked = `the page's Content Security Policy blocks the native engine's workers; add blob: to ${effectiveDirective}, or choose engine="quickjs", which needs none`;
  });
  page.onmessage = ({ data }: MessageEvent<RealmCommand>) => {
    if (data.kind === 'ping') {
      tell({ kind: 'alive', atMs: performance.timeOrigin + performance.now() });
    } else if (data.kind === 'program') {
      sources.set(data.program, createObjectURL(scriptOf(trust, data.source)));
    } else if (data.kind === 'end') {
      const worker = workers.get(data.worker);
      workers.delete(data.worker);
      if (worker === undefined) return;
      worker.terminate();
      mail.gone(worker);
    } else {
      try {
        const worker = new Worker(sources.get(data.program)!, { name: `bavini ${data.program}` });
        workers.set(data.worker, worker);
        worker.onmessage = (message) => mail.heard(worker, message.data);
        worker.onerror = (error) => {
          error.preventDefault();
          // The violation that is the reason may be told after it.
          setTimeout(
            () => tell({ kind: 'failed', worker: data.worker, message: blocked || error.message || 'the worker did not start' }),
            0,
          );
        };
        worker.postMessage({ port: data.port }, [data.port as MessagePort]);
      } catch (error) {
        tell({ kind: 'failed', worker: data.worker, message: String(error) });
      }
    }
  };
  tell({ kind: 'ready' });
}

type Realm = (page: MessagePort, trust: string) => void;

function innerScript(realm: Realm, trust: string): void {
  addEventListener('message', ({ source, ports }) => {
    if (source === parent && ports[0] !== undefined) realm(ports[0], trust);
  });
  parent.postMessage(null, '*');
}

/**
 * Opens the realm in a frame within this frame, a `blob:` document of an opaque origin: that is a site of its own, for which
 * Chromium makes a process of its own. A policy of the page that forbids such a frame costs the process, not the realm.
 */
function outerScript(realm: Realm, trust: string, innerPage: string): void {
  let page: MessagePort | undefined;
  let take: ((port: MessagePort) => void) | undefined;
  const meet = () => {
    if (page === undefined || take === undefined) return;
    take(page);
    page = undefined;
  };
  const inner = document.createElement('iframe');
  addEventListener('message', ({ source, ports }) => {
    if (source === parent) page ??= ports[0];
    else if (source === inner.contentWindow) take ??= (port) => inner.contentWindow!.postMessage(null, '*', [port]);
    meet();
  });
  const withoutInner = () => {
    take ??= (port) => {
      inner.remove();
      realm(port, trust);
    };
    meet();
  };
  addEventListener('securitypolicyviolation', withoutInner);
  // It speaks before it has loaded. What loads and does not speak is another page: that of a browser which could not make the process.
  inner.onload = () => setTimeout(withoutInner, 2000);
  parent.postMessage(null, '*');
  // A process takes the longest: nobody waits for the page's answer first.
  inner.src = URL.createObjectURL(new Blob([innerPage], { type: 'text/html' }));
  document.documentElement.append(inner);
}

/**
 * Programs use plain strings as scripts. Where the page requires trusted types, its realms and their workers inherit that, and
 * have a policy named `default` that lets them. The page's own realm has none.
 */
const trustStrings = "trustedTypes.createPolicy('default',{createHTML:text=>text,createScript:text=>text,createScriptURL:text=>text});";

/** `trust` is run first in the frames and in every worker. */
function framePage(trust: string): string {
  const page = (rules: string, script: string) =>
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${rules}"><script>${trust}${script}</script>`;
  const row = `{size:${mailRowLength},placesOf:${mailPlaces.toString()},property:${JSON.stringify(mailProperty)}}`;
  const realm = `(page,trust)=>(${realmScript.toString()})(page,trust,${mailOffice.toString()},${row})`;
  const given = `${realm},${JSON.stringify(trust)}`;
  const inner = JSON.stringify(page(policy, `(${innerScript.toString()})(${given})`)).replaceAll('<', '\\u003c');
  return page(`${policy}; frame-src blob:`, `(${outerScript.toString()})(${given},${inner})`);
}

const gone = () => new BvError('ERR_BV_PEER_GONE', 'The frame of the workers is gone');

/** Blobs, which are not copied on their way to the frames' process and its workers. */
const programSources = new Map<string, Promise<Blob>>();

function programSource(program: string): Promise<Blob> {
  let source = programSources.get(program);
  if (source === undefined) {
    source = fetchAsset(`process-${program}.js`).then((response) => response.blob());
    programSources.set(program, source);
    source.catch(() => programSources.delete(program)); // The next try fetches again.
  }
  return source;
}

/**
 * V8 ends a process whose heap reaches 4 GB. No other engine has such a bound: in a process of its own, where Firefox put the
 * frame after other pages of the same tab, a bomb grew to 23 GB until Linux ended it.
 */
const engineBoundsHeap = 'v8BreakIterator' in Intl;

/** A frame that has not opened then never will: as long as a worker may take to start (`workerStart` of the kernel's limits). */
const openMs = 120_000;
/** How often a frame with workers is asked whether it lives. */
const pingMs = 500;
/**
 * A frame that let so many questions pass has died with its process, of a program that used up the memory: its own thread
 * does nothing but answer, within 64 ms at most while a bomb filled 4 GB (README.md, "Memory"); on a machine with ten times
 * more to do than it can, ten times later. Counted and not timed: a machine that was asleep, or a page that was, has missed
 * nothing.
 */
const deadAfter = 12;
/** For how long the page keeps its own thread busy to see whether the frame runs on another. A frame in it cannot answer. */
const busyMs = 12;

/** What a realm tells of. */
export interface RealmListener {
  failed(worker: WorkerId, message: string): void;
  /** The frame's process died, and with it all of its workers. The realm is disposed of. */
  died(): void;
}

/** Whoever makes one must `dispose()` it: that ends its workers. It opens beside what is asked of it, which is done in order. */
export class SandboxRealm {
  readonly #frame = document.createElement('iframe');
  readonly #channel = new MessageChannel();
  readonly #port = this.#channel.port1;
  /**
   * Rejects with a `BvError`: `ERR_BV_UNSUPPORTED` if the page's policy forbids scripts in such a frame, `ERR_BV_PEER_GONE` if the
   * browser opens none, or the realm was disposed of.
   */
  readonly opened: Promise<void>;
  readonly #programs = new Map<string, Promise<void>>();
  readonly #workers = new Set<WorkerId>();
  readonly #listener: RealmListener;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Questions since the last answer. */
  #unanswered = 0;
  #answered: ((atMs: number) => void) | undefined;
  #sharesMemory: Promise<boolean> | undefined;
  #isOpen = false;
  #disposed = false;
  #onDisposed: ((error: BvError) => void) | undefined;

  constructor(listener: RealmListener) {
    this.#listener = listener;
    this.opened = this.#open();
    this.opened.then(
      () => {
        this.#isOpen = true;
        this.#watch();
      },
      () => this.dispose(), // Told to whoever starts a worker.
    );
  }

  #onNotice(notice: RealmNotice | null): void {
    if (notice?.kind === 'alive') {
      this.#unanswered = 0;
      this.#answered?.(Number(notice.atMs));
    } else if (notice?.kind === 'failed' && this.#workers.delete(notice.worker))
      this.#listener.failed(notice.worker, String(notice.message));
  }

  #watch(): void {
    if (!this.#isOpen || this.#timer !== undefined || this.#workers.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#unanswered >= deadAfter) {
        this.dispose();
        this.#listener.died();
        return;
      }
      this.#unanswered += 1;
      this.#command({ kind: 'ping' });
      this.#watch();
    }, pingMs);
  }

  /**
   * Starts fetching what a realm for `program` needs, so that the frame and the script load at the same time. Resolves when it is here.
   */
  static preload(program: string): Promise<unknown> {
    const loaded = programSource(program);
    loaded.catch(() => undefined); // Told to whoever starts a worker.
    return loaded;
  }

  async #open(): Promise<void> {
    const frame = this.#frame;
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.setAttribute('aria-hidden', 'true');
    frame.tabIndex = -1;
    frame.title = '';
    frame.hidden = true;
    frame.srcdoc = trustedHtml(framePage(evalIs('trusted') ? trustStrings : ''));
    const timers: ReturnType<typeof setTimeout>[] = [];
    let greeted = (_: MessageEvent): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#onDisposed = reject;
        this.#port.onmessage = ({ data }: MessageEvent<RealmNotice | null>) => {
          if (data?.kind === 'ready') resolve();
          else this.#onNotice(data);
        };
        // Not when it has loaded: that is told for whatever is in the frame, and a port that went to another document is lost.
        greeted = ({ source }) => {
          if (source === null || source !== frame.contentWindow) return;
          window.removeEventListener('message', greeted);
          frame.contentWindow?.postMessage(null, '*', [this.#channel.port2]);
        };
        window.addEventListener('message', greeted);
        frame.onload = () => {
          // The frame's script is inline: it either ran before `load` or was blocked. Which of them is not told by the time that
          // passes: the inner frame may need a process of its own, and a busy machine many seconds for that.
          const blocked = () => void inlineScriptsAllowed().then((allowed) => allowed || reject(new Error('the frame did not answer')));
          timers.push(setTimeout(blocked, 5000));
        };
        const never = () => reject(new BvError('ERR_BV_PEER_GONE', `The frame of the workers did not open within ${openMs} ms`));
        timers.push(setTimeout(never, openMs));
        document.documentElement.append(frame);
      });
    } catch (cause) {
      if (cause instanceof BvError) throw cause;
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        `Cannot open a sandbox for the native engine: the page's Content Security Policy needs 'unsafe-inline' and 'unsafe-eval' in script-src and blob: in worker-src; engine="quickjs" needs neither`,
        { cause },
      );
    } finally {
      window.removeEventListener('message', greeted);
      for (const timer of timers) clearTimeout(timer);
    }
  }

  /** Resolves when the realm is open and was told. @throws {BvError} as {@link opened} */
  async start(worker: WorkerId, program: string, port: MessagePort): Promise<void> {
    let loaded = this.#programs.get(program);
    if (loaded === undefined) {
      loaded = programSource(program).then((source) => this.#command({ kind: 'program', program, source }));
      this.#programs.set(program, loaded);
      loaded.catch(() => this.#programs.delete(program)); // The next try loads again.
    }
    await loaded;
    if (this.#disposed) throw await this.opened.then(gone, (error: unknown) => error);
    this.#workers.add(worker);
    this.#command({ kind: 'start', worker, program, port }, [port]);
    this.#watch();
    await this.opened;
  }

  /**
   * Whether a program in it that fills the memory harms more than itself: it runs in the process of the page, or nothing but
   * the memory of the whole machine stops it.
   */
  sharesMemory(): Promise<boolean> {
    if (!engineBoundsHeap) return Promise.resolve(true);
    return (this.#sharesMemory ??= this.#runsInPage());
  }

  /**
   * Whether the browser runs this frame, and so its workers, in the process of the page. A frame that is there runs on the
   * page's thread, in every engine, and can tell nothing while that is busy: there is no other way to learn it. A frame in a
   * process of its own may be late for other reasons, so it has more than one chance.
   */
  async #runsInPage(): Promise<boolean> {
    for (let tries = 0; tries < 5; tries++) if (!(await this.#waitsForPage())) return false;
    return true;
  }

  async #waitsForPage(): Promise<boolean> {
    const clock = () => performance.timeOrigin + performance.now();
    const until = clock() + busyMs;
    const answer = new Promise<number>((resolve) => (this.#answered = resolve));
    this.#command({ kind: 'ping' });
    while (clock() < until);
    return (await answer) >= until;
  }

  end(worker: WorkerId): void {
    this.#workers.delete(worker);
    this.#command({ kind: 'end', worker });
  }

  dispose(): void {
    this.#disposed = true;
    this.#onDisposed?.(gone());
    clearTimeout(this.#timer);
    this.#workers.clear();
    this.#port.close();
    this.#frame.remove();
  }

  #command(command: RealmCommand, transfer: Transferable[] = []): void {
    this.#port.postMessage(command, transfer);
  }
}

let blobWorkers: Promise<boolean> | undefined;

/** Whether the page's policy lets `blob:` workers start. It is asked before the URL is, which leads nowhere: none is made. */
function blobWorkersAllowed(): Promise<boolean> {
  blobWorkers ??= new Promise((resolve) => {
    let allowed = true;
    let probe: Worker | undefined;
    const onViolation = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent) => {
      if (effectiveDirective === 'worker-src' && blockedURI.startsWith('blob')) allowed = false;
    };
    // The violation is told by a task of its own, which may be after the failure.
    const decide = () =>
      setTimeout(() => {
        document.removeEventListener('securitypolicyviolation', onViolation);
        probe?.terminate();
        resolve(allowed);
      }, 0);
    document.addEventListener('securitypolicyviolation', onViolation);
    try {
      probe = new Worker(trustedScriptUrl(`blob:${location.origin}/00000000-0000-4000-8000-000000000000`));
      probe.onerror = (event) => {
        event.preventDefault();
        decide();
      };
    } catch {
      decide();
    }
  });
  return blobWorkers;
}

/** Whether the page's policy, which its frames inherit, lets a script run that is in the document. */
async function inlineScriptsAllowed(): Promise<boolean> {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.srcdoc = trustedHtml('<script>frameElement.dataset.ran=""</script>');
  await new Promise((resolve) => {
    frame.onload = resolve;
    document.documentElement.append(frame);
  });
  frame.remove();
  return 'ran' in frame.dataset;
}

/** What the page's policy says of `eval`: yes, yes in a realm that trusts strings, or no. */
type EvalRule = 'free' | 'trusted' | 'forbidden';
let evalRule: EvalRule | undefined;

function evalIs(rule: EvalRule): boolean {
  evalRule ??= mayEval(globalThis) ? 'free' : mayEvalTrusted() ? 'trusted' : 'forbidden';
  return evalRule === rule;
}

function mayEval(scope: { readonly Function: FunctionConstructor }): boolean {
  try {
    new scope.Function('');
    return true;
  } catch {
    return false;
  }
}

/** A blank frame has the page's policy and a realm of its own. */
function mayEvalTrusted(): boolean {
  if (!('trustedTypes' in globalThis)) return false;
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.documentElement.append(frame);
  try {
    const scope = frame.contentWindow as unknown as { readonly Function: FunctionConstructor; readonly trustedTypes: TrustedTypePolicies };
    scope.trustedTypes.createPolicy('default', { createScript: (text) => text });
    return mayEval(scope);
  } catch {
    return false; // The policy does not allow the name "default".
  } finally {
    frame.remove();
  }
}

interface TrustedTypePolicies {
  createPolicy(name: string, rules: { createScript(text: string): string }): unknown;
}

/**
 * Whether the page's own policy, which such a frame inherits, lets the native engine run. Decides without a realm: what
 * `eval` and workers may do here they may do there.
 */
export async function nativeEngineAllowed(): Promise<boolean> {
  return !evalIs('forbidden') && blobWorkersAllowed();
}
