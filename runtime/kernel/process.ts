import type { Dispose } from '../base/disposers.ts';
import type { SignalName } from '../base/signals.ts';
import type { EngineName, PidRange, ProcessRow, WaitResult, WorkerUsage } from '../wires/process-wire.ts';
import type { JobMember } from './kernel-object.ts';
import type { ProcessTable } from './process-table.ts';
import type { Tty } from './tty.ts';

export interface Session {
  readonly sid: number;
  tty: Tty | null;
}

export type ExitStatus = { readonly code: number; readonly signal: null } | { readonly code: null; readonly signal: SignalName };

/** What runs a process: its worker's connection. */
export interface Carrier {
  /** A signal the program handles. */
  signal(process: Process, signal: SignalName): void;
  stopped(process: Process, stopped: boolean): void;
  /** Asks what its process has taken; {@link usage} has the answer once it came. */
  askUsage(): void;
  /** Of a process that has it for itself. */
  readonly usage: WorkerUsage | undefined;
  /** The process is over. `bySelf`: its program said so; else it must be made to stop. */
  ended(process: Process, bySelf: boolean): void;
}

export interface ProcessOptions {
  readonly pid: number;
  /** `null`: the page's, adopted by init from the start. */
  readonly parent: Process | null;
  readonly pgid: number;
  readonly session: Session;
  readonly program: string;
  /** Where it runs if it has a worker of its own, and where its children do. */
  readonly engine: EngineName;
  readonly command: string;
  readonly cwd: string;
  readonly startedMs: number;
  readonly isThread: boolean;
  readonly ignored: readonly SignalName[];
  readonly uid: number;
  readonly gid: number;
}

/** One row of the process table. What changes it is {@link ProcessTable}. */
export class Process implements JobMember {
  readonly table: ProcessTable;
  readonly pid: number;
  parent: Process | null;
  readonly children = new Set<Process>();
  pgid: number;
  session: Session;
  program: string;
  engine: EngineName;
  command: string;
  cwd: string;
  readonly startedMs: number;
  readonly isThread: boolean;
  readonly uid: number;
  readonly gid: number;
  readonly dispositions = new Map<SignalName, 'ignore' | 'handle'>();
  /** Absent until its worker was handed the program. */
  carrier: Carrier | null = null;
  stopped = false;
  status: ExitStatus | null = null;
  /** It ended because its program said so. */
  exited = false;
  /** Signals for the program, kept while it is stopped. */
  readonly held: SignalName[] = [];
  /** A stop or continuation that no `wait` has told yet. */
  news: { readonly stopped: SignalName } | { readonly continued: true } | null = null;
  readonly waiters: Waiter[] = [];
  /** Handles open, for the limit. */
  openHandles = 0;
  readonly pidRanges: PidRange[] = [];
  readonly #usedPids = new Set<number>();
  readonly #resumed: (() => void)[] = [];
  readonly #holds: Dispose[] = [];

  constructor(table: ProcessTable, options: ProcessOptions) {
    this.table = table;
    this.pid = options.pid;
    this.parent = options.parent;
    this.pgid = options.pgid;
    this.session = options.session;
    this.program = options.program;
    this.engine = options.engine;
    this.command = options.command;
    this.cwd = options.cwd;
    this.startedMs = options.startedMs;
    this.isThread = options.isThread;
    this.uid = options.uid;
    this.gid = options.gid;
    for (const signal of options.ignored) this.dispositions.set(signal, 'ignore');
  }

  get sid(): number {
    return this.session.sid;
  }

  get ended(): boolean {
    return this.status !== null;
  }

  ignores(signal: SignalName): boolean {
    return this.dispositions.get(signal) === 'ignore';
  }

  handles(signal: SignalName): boolean {
    return this.dispositions.get(signal) === 'handle';
  }

  get groupOrphaned(): boolean {
    return this.table.isGroupOrphaned(this.pgid);
  }

  signalGroup(signal: SignalName): void {
    this.table.signalGroup(this.pgid, signal);
  }

  whenRunning(): Promise<void> {
    if (!this.stopped) return Promise.resolve();
    return new Promise((resolve) => void this.#resumed.push(resolve));
  }

  /** Runs `release` when the process is over. */
  hold(release: Dispose): void {
    this.#holds.push(release);
  }

  releaseHolds(): void {
    for (const release of this.#holds.splice(0)) release();
  }

  /** Lets what waited for the process to run go on. */
  resume(): void {
    for (const resolve of this.#resumed.splice(0)) resolve();
  }

  /** Whether `pid` is of a range that was put aside for this process's children, and not used before. */
  claimChildPid(pid: number): boolean {
    const own = this.pidRanges.some(({ first, count }) => pid >= first && pid < first + count);
    if (!own || this.#usedPids.has(pid)) return false;
    this.#usedPids.add(pid);
    return true;
  }

  /** Pids put aside and not used. */
  get spareChildPids(): number {
    return this.pidRanges.reduce((sum, { count }) => sum + count, 0) - this.#usedPids.size;
  }

  /** With its threads, each of which has a worker of its own. */
  get #usage(): WorkerUsage | undefined {
    const own = this.carrier?.usage;
    if (this.ended || own === undefined) return undefined;
    let { activeMs, memoryBytes } = own;
    for (const child of this.children) {
      const of = child.isThread ? child.#usage : undefined;
      if (of === undefined) continue;
      activeMs += of.activeMs;
      if (of.memoryBytes !== undefined) memoryBytes = (memoryBytes ?? 0) + of.memoryBytes;
    }
    return { activeMs, ...(memoryBytes === undefined ? {} : { memoryBytes }) };
  }

  row(): ProcessRow {
    return {
      pid: this.pid,
      ppid: this.parent?.pid ?? 1,
      pgid: this.pgid,
      sid: this.sid,
      state: this.status ? 'zombie' : this.stopped ? 'stopped' : 'running',
      command: this.command,
      tty: this.session.tty?.name ?? null,
      startedMs: this.startedMs,
      ...(this.session.tty?.isReadBy(this) === true ? { reading: true } : {}),
      ...this.#usage,
    };
  }
}

export interface Waiter {
  readonly child: number;
  readonly untraced: boolean;
  readonly resolve: (result: WaitResult) => void;
  readonly reject: (error: Error) => void;
}
