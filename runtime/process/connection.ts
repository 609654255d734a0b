/**
 * A worker's end of its one port to the kernel: the replica of the container's files, and the processes that run here. Changes of
 * files are posted before any other message, so that no message overtakes a change it depends on.
 */
import { assertNever } from '../base/assert-never.ts';
import { BvError } from '../base/errors.ts';
import type { Handle, Pid } from '../base/ids.ts';
import type { SignalName } from '../base/signals.ts';
import { Replica } from '../fs/replica.ts';
import { Watchers } from '../fs/watchers.ts';
import type { BlobReader } from '../fs/blob-bytes.ts';
import { restoreTree } from '../fs/snapshot.ts';
import {
  PROCESS_WIRE_VERSION,
  type FileLimits,
  type KernelNotice,
  type KernelOps,
  type ProcessNotice,
  type ProcessStart,
  type ListeningAddress,
  type WorkerOps,
  type WorkerUsage,
} from '../wires/process-wire.ts';
import type { Change } from '../wires/change.ts';
import { Peer, type PortLike } from '../wires/rpc.ts';

export type ProcessPeer = Peer<KernelOps, WorkerOps, ProcessNotice, KernelNotice>;

/** One process of this worker, as the connection talks to it. */
export interface HostedProcess {
  signalled(signal: SignalName): void;
  /** The kernel ended it: it must stop, and tells nothing any more. */
  killed(): void;
  stopped(stopped: boolean): void;
  /** It became another program: it must stop, and tells nothing any more. */
  replaced(): void;
}

export interface ConnectionOptions {
  readonly readBlob: BlobReader;
  /** The worker's files are there; whatever needs no process yet can be prepared. */
  readonly onWelcome?: (connection: WorkerConnection) => void;
  /** Own changes of files are about to be posted; they may be taken back, too. */
  readonly beforeChanges?: () => void;
  /** Others have changed files. */
  readonly onForeignChanges?: (changes: readonly Change[]) => void;
  /** What the process has taken so far, where the worker runs one alone. */
  readonly usage?: () => WorkerUsage | undefined;
  /** A program is to run. The result is told of its signals and its end. */
  readonly onStart: (start: ProcessStart, connection: WorkerConnection) => HostedProcess;
}

interface MessageListener {
  readonly onMessage: (data: unknown) => void;
  readonly onClose: () => void;
}

/** Captured: the program may do to its globals what it likes. */
const enqueueMicrotask = queueMicrotask.bind(globalThis);

const now = performance.now.bind(performance);
/** Shorter than a quarter of what the kernel allows by default. */
const aliveMs = 2000;

/** Changes held back until the task ends, unless there are this many or a message goes out before. */
const flushCount = 512;

export class WorkerConnection {
  readonly peer: ProcessPeer;
  readonly #options: ConnectionOptions;
  readonly #processes = new Map<Pid, HostedProcess>();
  readonly #channels = new Map<Handle, MessageListener>();
  /** Messages of channels nobody listens to yet. */
  readonly #unread = new Map<Handle, unknown[]>();
  /** Layers that the page could not load, with why. */
  readonly failedLayers = new Map<string, string>();
  readonly #closedChannels = new Set<Handle>();
  #replica: Replica | undefined;
  #watchers: Watchers | undefined;
  #fileLimits: FileLimits | undefined;
  #flushing = false;
  #together = 0;
  #toldAliveAt = now();
  #listening: readonly ListeningAddress[] = [];

  constructor(port: PortLike, options: ConnectionOptions) {
    this.#options = options;
    this.peer = new Peer<KernelOps, WorkerOps, ProcessNotice, KernelNotice>(port, {
      handlers: {},
      onNotice: (notice) => this.#onNotice(notice),
      beforeSend: () => this.flush(),
    });
    this.peer.notify({ kind: 'hello', version: PROCESS_WIRE_VERSION, answersKilled: true });
  }

  /** @throws {BvError} `ERR_BV_PEER_GONE` before the kernel's welcome. */
  get replica(): Replica {
    if (this.#replica === undefined) throw new BvError('ERR_BV_PEER_GONE', 'The kernel has not welcomed this worker yet');
    return this.#replica;
  }

  /** Undefined where the kernel sets none. */
  get fileLimits(): FileLimits | undefined {
    return this.#fileLimits;
  }

  get watchers(): Watchers {
    return (this.#watchers ??= new Watchers(this.replica.tree));
  }

  get listening(): readonly ListeningAddress[] {
    return this.#listening;
  }

  /** Posts the changes made so far. */
  flush(): void {
    if (this.#replica?.hasOutgoing !== true) return;
    this.#options.beforeChanges?.();
    const changes = this.#replica.takeOutgoing();
    this.peer.notify({ kind: 'changes', changes });
  }

  /** After every own change: soon they are to be posted, at once if they are many. */
  #onOutgoing(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    enqueueMicrotask(() => {
      this.#flushing = false;
      this.flush();
    });
  }

  /** For loops that never return to the event loop: posts once much has gathered, unless it is held together. */
  flushIfMany(): void {
    if (this.#together === 0 && (this.#replica?.outgoingCount ?? 0) >= flushCount) this.flush();
  }

  /**
   * Posts all changes that `run` makes as one notice, however many: the kernel orders and keeps all of them or, if the page ends
   * before, none. `run` may not wait.
   */
  together<T>(run: () => T): T {
    this.#together++;
    try {
      return run();
    } finally {
      this.#together--;
    }
  }

  /**
   * To be called now and then by what a program does without returning to its event loop: tells the kernel that it is no
   * endless loop.
   */
  alive(): void {
    const time = now();
    if (time - this.#toldAliveAt < aliveMs) return;
    this.#toldAliveAt = time;
    this.peer.notify({ kind: 'alive' });
  }

  listenTo(handle: Handle, listener: MessageListener): () => void {
    this.#channels.set(handle, listener);
    const unread = this.#unread.get(handle);
    this.#unread.delete(handle);
    const closed = this.#closedChannels.delete(handle);
    if (unread !== undefined || closed) {
      enqueueMicrotask(() => {
        for (const data of unread ?? []) if (this.#channels.get(handle) === listener) listener.onMessage(data);
        if (closed && this.#channels.get(handle) === listener) listener.onClose();
      });
    }
    return () => {
      if (this.#channels.get(handle) === listener) this.#channels.delete(handle);
    };
  }

  /** The process is over on this side. */
  ended(pid: Pid): void {
    this.#processes.delete(pid);
  }

  get processCount(): number {
    return this.#processes.size;
  }

  #onNotice(notice: KernelNotice): void {
    switch (notice.kind) {
      case 'welcome': {
        if (notice.version !== PROCESS_WIRE_VERSION) {
          throw new BvError('ERR_BV_WIRE_VERSION', `The kernel speaks version ${notice.version} and this worker ${PROCESS_WIRE_VERSION}`);
        }
        this.#replica = new Replica(restoreTree(notice.snapshot, { reader: this.#options.readBlob }), notice.inoBase);
        this.#fileLimits = notice.fileLimits;
        this.#replica.onOutgoing = () => this.#onOutgoing();
        this.#options.onWelcome?.(this);
        return;
      }
      case 'start':
        this.#processes.set(notice.start.pid, this.#options.onStart(notice.start, this));
        return;
      case 'changes':
        this.replica.receive(notice.changes, notice.acknowledged);
        this.#options.onForeignChanges?.(notice.changes);
        return;
      case 'acknowledged':
        this.replica.acknowledge(notice.acknowledged);
        return;
      case 'rejected':
        this.replica.reject(notice.index);
        return;
      case 'conflict':
        return; // The tree already says so: the name belongs to whoever came first.
      case 'layers':
        for (const layer of notice.layers) {
          this.replica.tree.addLayer(layer);
          this.failedLayers.delete(layer.id);
        }
        return;
      case 'layerFailed':
        this.failedLayers.set(notice.id, notice.message);
        return;
      case 'signal':
        this.#processes.get(notice.pid)?.signalled(notice.signal);
        return;
      case 'killed': {
        const process = this.#processes.get(notice.pid);
        this.#processes.delete(notice.pid);
        process?.killed();
        return;
      }
      case 'replaced': {
        const process = this.#processes.get(notice.pid);
        this.#processes.delete(notice.pid);
        process?.replaced();
        return;
      }
      case 'stopped':
        this.#processes.get(notice.pid)?.stopped(notice.stopped);
        return;
      case 'message': {
        const listener = this.#channels.get(notice.handle);
        if (listener !== undefined) listener.onMessage(notice.data);
        else (this.#unread.get(notice.handle) ?? this.#unread.set(notice.handle, []).get(notice.handle)!).push(notice.data);
        return;
      }
      case 'channelClosed': {
        const listener = this.#channels.get(notice.handle);
        this.#channels.delete(notice.handle);
        if (listener !== undefined) listener.onClose();
        else this.#closedChannels.add(notice.handle);
        return;
      }
      case 'ping': {
        const usage = this.#options.usage?.();
        this.peer.notify({ kind: 'alive', ...(usage === undefined ? {} : { usage }) });
        return;
      }
      case 'listening':
        this.#listening = notice.addresses;
        return;
      default:
        assertNever(notice);
    }
  }
}
