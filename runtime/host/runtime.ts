/** The one runtime of a page: its kernel, and the workers that the kernel asks for. Boots at first use. */
import { BvError, errorFromData, errorToData, type ErrorData } from '../base/errors.ts';
import { assertNever } from '../base/assert-never.ts';
import {
  HOST_WIRE_VERSION,
  type ContainerId,
  type HostNotice,
  type HostOps,
  type HostWorkerOps,
  type KernelHostNotice,
  type WorkerId,
} from '../wires/host-wire.ts';
import { nodeLibraryLayer, nodeLibraryLayers, nodeLibraryRestLayer, programRows, quickJsLayer } from '../wires/programs.ts';
import { Peer } from '../wires/rpc.ts';
import { fetchGzipped } from './assets.ts';
import { startModuleWorker } from './module-worker.ts';
import { SandboxRealm } from './sandbox-realm.ts';

export type KernelPeer = Peer<HostOps, HostWorkerOps, HostNotice, KernelHostNotice>;

/** What a container wants to hear of. */
export type ContainerNotice = Extract<
  KernelHostNotice,
  { kind: 'port' | 'fileEvent' | 'webSocket' | 'stored' | 'storeError' | 'limit' | 'fault' }
>;

/** The registry that `npm` uses by default, which the build takes from the configuration it ran under. */
declare const __DEFAULT_REGISTRY__: string;
const defaultRegistry = typeof __DEFAULT_REGISTRY__ === 'string' ? __DEFAULT_REGISTRY__ : '';

/** Ends one worker, wherever it lives. `rests`: it ran nothing, and its container can do without any worker for now. */
type EndWorker = (rests: boolean) => void;

interface RunningWorker {
  readonly container: ContainerId;
  readonly native: boolean;
  readonly end: EndWorker;
}

const sharedAsset = 'shared.js';

function workerFailure(message: string): ErrorData {
  return errorToData(new BvError('ERR_BV_PEER_GONE', `The worker failed: ${message}`));
}

export class Runtime {
  readonly kernel: KernelPeer;
  readonly #kernelWorker: Worker;
  readonly #workers = new Map<WorkerId, RunningWorker>();
  /** Workers that are to end as soon as they have started. */
  readonly #ended = new Set<WorkerId>();
  readonly #realms = new Map<ContainerId, SandboxRealm>();
  readonly #listeners = new Map<ContainerId, (notice: ContainerNotice) => void>();
  readonly #layers = new Map<string, Promise<void>>();
  /** A shared worker that runs and belongs to no container, for the next one that needs it. */
  #spareShared: Promise<Worker> | undefined;

  private constructor(worker: Worker) {
    this.#kernelWorker = worker;
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ port: port2 }, [port2]);
    this.kernel = new Peer(port1, { handlers: {}, onNotice: (notice: KernelHostNotice) => this.#onNotice(notice) });
    worker.onerror = (event) => {
      event.preventDefault();
      this.#onFault(new BvError('ERR_BV_PEER_GONE', `The kernel failed: ${event.message}`));
    };
  }

  static #current: Promise<Runtime> | undefined;

  /** The page's runtime, booted by the first call. A boot that failed is tried again by the next. */
  static get(): Promise<Runtime> {
    if (Runtime.#current === undefined) {
      const booting = Runtime.#boot();
      Runtime.#current = booting;
      booting.catch(() => {
        if (Runtime.#current === booting) Runtime.#current = undefined;
      });
    }
    return Runtime.#current;
  }

  static async #boot(): Promise<Runtime> {
    // The first container will need a shared worker at once: it loads beside the kernel.
    const spare = startModuleWorker(sharedAsset);
    spare.catch(() => undefined); // Told when it is asked for.
    const runtime = new Runtime(await startModuleWorker('kernel.js'));
    runtime.#spareShared = spare;
    await runtime.kernel.call('boot', { version: HOST_WIRE_VERSION, programs: programRows(), registry: defaultRegistry });
    return runtime;
  }

  /** How many workers run, the kernel's own not counted; for the leak check. */
  get workerCount(): number {
    return this.#workers.size;
  }

  listen(container: ContainerId, listener: (notice: ContainerNotice) => void): void {
    this.#listeners.set(container, listener);
  }

  /** Ends all that the container had on this side. The kernel has been told, or is gone. */
  forget(container: ContainerId): void {
    this.#listeners.delete(container);
    for (const [id, worker] of this.#workers) if (worker.container === container) this.#end(id);
    if (this.#listeners.size === 0) this.#endSpare();
    this.#closeRealm(container);
  }

  #endSpare(): void {
    this.#spareShared?.then(
      (worker) => worker.terminate(),
      () => undefined, // It never started.
    );
    this.#spareShared = undefined;
  }

  #closeRealm(container: ContainerId): void {
    this.#realms.get(container)?.dispose();
    this.#realms.delete(container);
  }

  /** Fetches what `node` needs, without starting it. */
  preloadNode(): void {
    void SandboxRealm.preload('node');
    this.#nodeLayers().catch(() => undefined); // Told to whoever starts a worker.
  }

  async #nodeLayers(): Promise<void> {
    await Promise.all(nodeLibraryLayers.map(({ id }) => this.#layer(id)));
  }

  async #lateLayers(): Promise<void> {
    for (const { id } of [nodeLibraryRestLayer, quickJsLayer]) {
      try {
        await this.#layer(id);
      } catch (error) {
        // Programs wait for it.
        if (!this.kernel.closed) this.kernel.notify({ kind: 'layerFailed', id, error: errorToData(error) });
      }
    }
  }

  #layer(id: string): Promise<void> {
    let added = this.#layers.get(id);
    if (added === undefined) {
      added = fetchGzipped(`${id.slice(id.indexOf(':') + 1)}.tar.gz`).then(async (blob) => {
        await this.kernel.call('addLayer', { id, blob });
      });
      this.#layers.set(id, added);
      added.catch(() => this.#layers.delete(id)); // The next try fetches again.
    }
    return added;
  }

  #onNotice(notice: KernelHostNotice): void {
    switch (notice.kind) {
      case 'startWorker':
        void this.#start(notice);
        return;
      case 'endWorker':
        this.#end(notice.worker, notice.rests);
        return;
      case 'silent':
        void this.#onSilent(notice.worker);
        return;
      case 'port':
      case 'fileEvent':
      case 'stored':
      case 'storeError':
      case 'limit':
        this.#listeners.get(notice.container)?.(notice);
        return;
      case 'webSocket': {
        const listener = this.#listeners.get(notice.container);
        if (listener === undefined) this.kernel.notify({ kind: 'close', handle: notice.handle });
        else listener(notice);
        return;
      }
      case 'fault':
        if (notice.container === null) this.#onFault(errorFromData(notice.error));
        else this.#listeners.get(notice.container)?.(notice);
        return;
      default:
        assertNever(notice);
    }
  }

  /** The kernel itself failed: every container hears of it, and the next boot starts a new one. */
  #onFault(error: Error): void {
    Runtime.#current = undefined;
    for (const listener of this.#listeners.values()) listener({ kind: 'fault', container: null, error: errorToData(error) });
    this.kernel.close();
    for (const id of this.#workers.keys()) this.#end(id);
    this.#kernelWorker.terminate();
    this.#endSpare();
  }

  async #start({ worker, container, program, engine }: Extract<KernelHostNotice, { kind: 'startWorker' }>): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    try {
      let end: EndWorker;
      let native = false;
      if (program === 'shared') {
        end = await this.#startOwn(sharedAsset, worker, port2);
      } else if (engine === 'quickjs') {
        const [ended] = await Promise.all([this.#startOwn('process-quickjs.js', worker, port2), this.#nodeLayers()]);
        end = ended;
      } else {
        const loading = Promise.all([this.#layer(nodeLibraryLayer.id), SandboxRealm.preload(program)]);
        // Behind all that it needs to start, while the frame may still be opening: the rest of the library, and what `execSync()` runs
        // on. Without them, that says so.
        loading.then(
          () => this.#lateLayers(),
          () => undefined, // Told below.
        );
        const realm = this.#realm(container);
        await Promise.all([loading.then(() => realm.start(worker, program, port2)), realm.opened]);
        end = () => realm.end(worker);
        native = true;
      }
      if (this.#ended.delete(worker) || this.kernel.closed) {
        end(false);
        port1.close();
        return;
      }
      this.#workers.set(worker, { container, native, end });
      this.kernel.notify({ kind: 'workerStarted', worker, port: port1 }, [port1]);
    } catch (error) {
      port1.close();
      port2.close();
      this.#ended.delete(worker);
      this.kernel.notify({ kind: 'workerFailed', worker, error: errorToData(error) });
    }
  }

  async #startOwn(asset: string, id: WorkerId, port: MessagePort): Promise<EndWorker> {
    const spare = asset === sharedAsset ? this.#spareShared : undefined;
    if (spare !== undefined) this.#spareShared = undefined;
    const worker = await (spare ?? startModuleWorker(asset));
    worker.onerror = (event) => {
      event.preventDefault();
      this.#onWorkerFailed(id, event.message);
    };
    worker.postMessage({ port }, [port]);
    return (rests) => {
      if (!rests || asset !== sharedAsset || this.#spareShared !== undefined) {
        worker.terminate();
        return;
      }
      // All that it ran is over: the next container that needs one gets it, unless it fails until then.
      worker.postMessage({ port: null });
      const resting = Promise.resolve(worker);
      this.#spareShared = resting;
      worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        if (this.#spareShared === resting) this.#spareShared = undefined;
      };
    };
  }

  #realm(container: ContainerId): SandboxRealm {
    let realm = this.#realms.get(container);
    if (realm === undefined) {
      const opening = new SandboxRealm({
        failed: (worker, message) => this.#onWorkerFailed(worker, message),
        died: () => this.#onRealmDied(container),
      });
      realm = opening;
      this.#realms.set(container, realm);
      // The next worker tries again.
      realm.opened.catch(() => this.#realms.get(container) === opening && this.#realms.delete(container));
    }
    return realm;
  }

  async #onSilent(id: WorkerId): Promise<void> {
    const worker = this.#workers.get(id);
    if (worker?.native !== true) return;
    const realm = this.#realms.get(worker.container);
    if (await realm?.sharesMemory()) this.kernel.notify({ kind: 'sharesMemory', worker: id });
  }

  /** The next worker gets a new realm. */
  #onRealmDied(container: ContainerId): void {
    this.#realms.delete(container);
    const workers = [...this.#workers].flatMap(([id, { container: owner, native }]) => (owner === container && native ? [id] : []));
    for (const id of workers) this.#workers.delete(id);
    const message = 'the browser ended the process it ran in, most likely because a program used up its memory';
    this.kernel.notify({ kind: 'workersFailed', workers, outOfMemory: true, error: workerFailure(message) });
  }

  #onWorkerFailed(worker: WorkerId, message: string): void {
    this.kernel.notify({ kind: 'workerFailed', worker, error: workerFailure(message) });
  }

  #end(id: WorkerId, rests = false): void {
    const worker = this.#workers.get(id);
    if (worker === undefined) {
      this.#ended.add(id); // Still being started.
      return;
    }
    this.#workers.delete(id);
    worker.end(rests);
    if (rests && worker.native) this.#closeRealm(worker.container);
  }
}
