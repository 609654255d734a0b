import { assertNever } from '../base/assert-never.ts';
import { BvError, errorFromData, errorToData } from '../base/errors.ts';
import { restoreStored } from '../fs/stores/store.ts';
import { Tree, type TreeOptions } from '../fs/tree.ts';
import type { LayerSource } from '../wires/change.ts';
import type { ContainerId, HostNotice, HostOps, HostWorkerOps, KernelHostNotice, ProgramRow, WorkerId } from '../wires/host-wire.ts';
import type { EngineName, KernelNotice } from '../wires/process-wire.ts';
import { Peer, type PortLike } from '../wires/rpc.ts';
import { AuditLog } from './audit-log.ts';
import { Container } from './container.ts';
import type { KernelEnvironment } from './environment.ts';
import { absolutePath, registryAddress } from './guards.ts';
import { HandleTable } from './handle-table.ts';
import { hostCalls } from './host-calls.ts';
import { IdleContainers } from './idle-containers.ts';
import { limitTable, LimitSet } from './limits.ts';
import type { OpenStore } from './persistence.ts';
import { PidSource } from './process-table.ts';
import { WorkerConnection } from './worker-connection.ts';

/**
 * The one kernel of a page. It owns all containers and decides about all workers; the page, at the other end of `port`,
 * starts and ends them on its word.
 */
export class Kernel {
  readonly environment: KernelEnvironment;
  readonly auditLog: AuditLog;
  readonly idle = new IdleContainers();
  readonly pids = new PidSource();
  readonly programs = new Map<string, ProgramRow>();
  readonly layers = new Map<string, LayerSource>();
  /** Where containers get packages whose author named no registry. */
  registries: readonly string[] = [];
  /** Of the page. */
  readonly handles = new HandleTable(() => limitTable.handlesPerConnection.value);
  readonly #host: Peer<HostWorkerOps, HostOps, KernelHostNotice, HostNotice>;
  readonly #containers = new Map<ContainerId, Container>();
  readonly #workers = new Map<WorkerId, WorkerConnection>();
  #nextContainer = 1;
  #nextWorker = 1;

  constructor(port: PortLike, environment: KernelEnvironment) {
    this.environment = environment;
    this.auditLog = new AuditLog(() => environment.now());
    this.#host = new Peer<HostWorkerOps, HostOps, KernelHostNotice, HostNotice>(port, {
      handlers: hostCalls(this),
      onNotice: (notice) => this.#onNotice(notice),
      onBadMessage: (error) => this.tellPage({ kind: 'fault', container: null, error: errorToData(error) }),
    });
  }

  /** Live objects, for the leak check. */
  get counts(): { readonly containers: number; readonly workers: number; readonly handles: number } {
    return { containers: this.#containers.size, workers: this.#workers.size, handles: this.handles.size };
  }

  /** Fails with `ERR_BV_TORN_DOWN`. */
  container(id: ContainerId): Container {
    const container = this.#containers.get(id);
    if (!container) throw new BvError('ERR_BV_TORN_DOWN', 'The container was torn down');
    return container;
  }

  tellPage(notice: KernelHostNotice): void {
    this.#host.notify(notice);
  }

  tellWorkers(container: Container, notice: KernelNotice): void {
    for (const worker of this.#workers.values()) if (worker.container === container && worker.state === 'ready') worker.notify(notice);
  }

  addLayer(source: LayerSource): void {
    this.#failedLayers.delete(source.id);
    if (this.layers.has(source.id)) return;
    this.layers.set(source.id, source);
    for (const container of this.#containers.values()) container.mountProgramLayer(source);
  }

  /** Layers that could not be loaded, with why. */
  get failedLayers(): ReadonlyMap<string, string> {
    return this.#failedLayers;
  }
  readonly #failedLayers = new Map<string, string>();

  async createContainer(args: HostOps['createContainer']['args']): Promise<HostOps['createContainer']['result']> {
    const workdir = absolutePath(args.workdir, 'working directory');
    const limits = new LimitSet(args.limits);
    const id = this.#nextContainer++;
    const failures: BvError[] = [];
    const options = { reader: this.environment.readBlob, keepsOrphans: true, timeMs: this.environment.now() };
    const tell = (error: BvError) => {
      const container = this.#containers.get(id);
      if (container) container.storeFailed(error);
      else failures.push(error);
    };
    const stored = args.persist === null ? undefined : await this.#openStore(args.persist, options, tell);
    const { env, engine, network, registries = this.registries } = args;
    const tree = stored?.tree ?? new Tree(options);
    const container = new Container(this, {
      id,
      workdir,
      env,
      limits,
      engine,
      allow: network?.allow ?? [],
      registries: registries.map((address) => registryAddress(address)),
      tree,
      restored: stored?.tree !== undefined,
      store: stored?.open,
    });
    this.#containers.set(id, container);
    // After the reply: before it nobody listens for this container.
    if (failures.length > 0) this.environment.setTimer(() => failures.forEach((error) => container.storeFailed(error)), 0);
    return {
      container: id,
      restored: container.restored,
      storedElsewhere: stored?.open?.storedElsewhere === true,
      notKept: args.persist !== null && stored?.open?.storedElsewhere !== false,
    };
  }

  /** Whatever fails here costs the stored files, not the session: the reader is told, what is stored stays as it is. */
  async #openStore(
    name: string,
    options: TreeOptions,
    tell: (error: BvError) => void,
  ): Promise<{ readonly open?: OpenStore; readonly tree?: Tree } | undefined> {
    let open: OpenStore | undefined;
    try {
      if (!this.environment.openStore)
        throw new BvError('ERR_BV_UNSUPPORTED', 'Cannot keep the files of a container: the browser stores nothing here');
      open = await this.environment.openStore(name, tell);
      const state = await open.store.load();
      if (state?.damage) tell(state.damage);
      return state ? { open, tree: restoreStored(state, options) } : { open };
    } catch (cause) {
      tell(cause instanceof BvError ? cause : new BvError('ERR_BV_STORE', `Cannot load what is stored as "${name}"`, { cause }));
      await open?.store.close();
      return undefined;
    }
  }

  async destroyContainer(container: Container): Promise<void> {
    if (!this.#containers.delete(container.id)) return;
    await container.destroy();
  }

  // --- Workers ---------------------------------------------------------------------------------------------------

  /** Idle workers may take half of what there is. */
  get mayStartIdleWorker(): boolean {
    return this.#workers.size < limitTable.workersPerPage.value / 2;
  }

  /** Asks the page for a worker. Undefined at the limit. */
  startWorker(
    container: Container,
    program: string,
    engine: EngineName,
    onReady: (error: Error | null) => void,
  ): WorkerConnection | undefined {
    if (this.#workers.size >= limitTable.workersPerPage.value) return undefined;
    const worker = new WorkerConnection(container, { id: this.#nextWorker++, program, engine, onReady });
    this.#workers.set(worker.id, worker);
    this.#failedLayers.clear(); // The page tries again.
    this.tellPage({ kind: 'startWorker', worker: worker.id, container: container.id, program, engine });
    return worker;
  }

  workerSilent(worker: WorkerConnection): void {
    this.tellPage({ kind: 'silent', worker: worker.id });
  }

  workerEnded(worker: WorkerConnection, reason: Error | null, rests: boolean): void {
    if (!this.#workers.delete(worker.id)) return;
    this.tellPage({ kind: 'endWorker', worker: worker.id, rests });
    if (reason === null) return;
    this.auditLog.add('worker-failed', worker.container.id, reason.message);
    this.tellPage({ kind: 'fault', container: worker.container.id, error: errorToData(reason) });
  }

  #onNotice(notice: HostNotice): void {
    switch (notice.kind) {
      case 'close':
        try {
          this.handles.close(notice.handle, null);
        } catch {
          // Closed before: the page may close what all three descriptors of a tty name.
        }
        return;
      case 'workerStarted': {
        const port = notice.port as PortLike;
        const worker = this.#workers.get(notice.worker);
        if (worker) worker.connect(port);
        else port.close?.();
        return;
      }
      case 'workerFailed':
        this.#workers.get(notice.worker)?.fail(errorFromData(notice.error), { outOfMemory: notice.outOfMemory === true });
        return;
      case 'workersFailed':
        for (const id of notice.workers) this.#workers.get(id)?.fail(errorFromData(notice.error), { outOfMemory: notice.outOfMemory });
        return;
      case 'layerFailed': {
        if (this.layers.has(notice.id)) return;
        const { message } = errorFromData(notice.error);
        this.#failedLayers.set(notice.id, message);
        for (const worker of this.#workers.values())
          if (worker.state === 'ready') worker.notify({ kind: 'layerFailed', id: notice.id, message });
        return;
      }
      case 'sharesMemory':
        this.#workers.get(notice.worker)?.endSilent();
        return;
      default:
        assertNever(notice);
    }
  }
}
