import { assertNever } from '../base/assert-never.ts';
import { BvError, errorFromData, errorToData } from '../base/errors.ts';
import { Tree } from '../fs/tree.ts';
import type { LayerSource } from '../wires/change.ts';
import type {
  ContainerId,
  HostNotice,
  HostOps,
  HostWorkerOps,
  KernelHostNotice,
  ProgramRow,
  WorkerId,
} from '../wires/host-wire.ts';
import type { EngineName, KernelNotice } from '../wires/process-wire.ts';
import { Peer, type PortLike } from '../wires/rpc.ts';
import { AuditLog } from './audit-log.ts';
import { Container } from './container.ts';
import type { KernelEnvironment } from './environment.ts';
import { absolutePath } from './guards.ts';
import { HandleTable } from './handle-table.ts';
import { hostCalls } from './host-calls.ts';
import { limitTable, LimitSet } from './limits.ts';
import { PidSource } from './process-table.ts';
import { WorkerConnection } from './worker-connection.ts';

/**
 * The one kernel of a page. It owns all containers and decides about all workers; the page, at the other end of `port`,
 * starts and ends them on its word.
 */
export class Kernel {
  readonly environment: KernelEnvironment;
  readonly auditLog: AuditLog;
  readonly pids = new PidSource();
  readonly programs = new Map<string, ProgramRow>();
  readonly layers = new Map<string, LayerSource>();
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
    if (this.layers.has(source.id)) return;
    this.layers.set(source.id, source);
    for (const container of this.#containers.values()) container.mountProgramLayer(source);
  }

  async createContainer(args: HostOps['createContainer']['args']): Promise<HostOps['createContainer']['result']> {
    const workdir = absolutePath(args.workdir, 'working directory');
    const limits = new LimitSet(args.limits);
    if (args.persist !== null) throw new BvError('ERR_BV_UNSUPPORTED', 'Cannot keep the files of a container: this kernel was given no store');
    const tree = new Tree({ reader: this.environment.readBlob, keepsOrphans: true, timeMs: this.environment.now() });
    const id = this.#nextContainer++;
    const { env, engine, network } = args;
    this.#containers.set(id, new Container(this, { id, workdir, env, limits, engine, allow: network?.allow ?? [], tree }));
    return { container: id, restored: false, storedElsewhere: false };
  }

  async destroyContainer(container: Container): Promise<void> {
    if (!this.#containers.delete(container.id)) return;
    container.destroy();
  }

  // --- Workers ---------------------------------------------------------------------------------------------------

  /** Idle workers may take half of what there is. */
  get mayStartIdleWorker(): boolean {
    return this.#workers.size < limitTable.workersPerPage.value / 2;
  }

  /** Asks the page for a worker. Undefined at the limit. */
  startWorker(container: Container, program: string, engine: EngineName, onReady: (error: Error | null) => void): WorkerConnection | undefined {
    if (this.#workers.size >= limitTable.workersPerPage.value) return undefined;
    const worker = new WorkerConnection(container, { id: this.#nextWorker++, program, engine, onReady });
    this.#workers.set(worker.id, worker);
    this.tellPage({ kind: 'startWorker', worker: worker.id, container: container.id, program, engine });
    return worker;
  }

  workerEnded(worker: WorkerConnection, reason: Error | null): void {
    if (!this.#workers.delete(worker.id)) return;
    this.tellPage({ kind: 'endWorker', worker: worker.id });
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
        this.#workers.get(notice.worker)?.end(errorFromData(notice.error));
        return;
      default:
        assertNever(notice);
    }
  }
}
