/**
 * The least of a kernel that a child and its own children need, inside their parent's worker, while the parent waits for them
 * (`execSync`): processes, pipes, signals and waiting, over the parent's own replica of the files. Every program runs in an
 * engine of its own. What would need another worker (sockets, terminals, threads) fails with `ENOTSUP`.
 */
import { PosixError } from '../../base/errors.ts';
import type { Fd, Handle, Pid } from '../../base/ids.ts';
import { signalNumbers, type SignalName } from '../../base/signals.ts';
import { FileSystem } from '../../fs/file-system.ts';
import { resolveExecutable } from '../../fs/executable.ts';
import type { FdTransfer, KernelOps, ProcessNotice, ProcessStart, SpawnArgs, StreamKind, WaitResult } from '../../wires/process-wire.ts';
import type { WorkerConnection } from '../connection.ts';
import { ProcessSyscalls, type ProcessConnection } from '../process-syscalls.ts';
import type { Schedule } from './schedule.ts';
import { NestedEnd, NestedPipe, type Answer } from './streams.ts';

/** A program that runs; ending it is final. */
export interface RunningProgram {
  stop(): void;
}

export interface NestedOptions {
  readonly connection: Pick<WorkerConnection, 'replica' | 'watchers' | 'together'>;
  readonly schedule: Schedule;
  /** Whether a program of that name can be run. */
  readonly isProgram: (name: string) => boolean;
  readonly run: (start: ProcessStart, syscalls: ProcessSyscalls) => RunningProgram;
  readonly randomFill: (bytes: Uint8Array) => void;
  readonly now: () => number;
  readonly engineLimits: ProcessStart['engineLimits'];
  readonly registries: ProcessStart['registries'];
  /** What its programs look at. */
  readonly saw?: ((path: string, names?: boolean) => void) | undefined;
  /** How many such systems it runs inside of. */
  readonly depth: number;
}

/** What ended processes leave behind, and what running ones are. */
interface NestedProcess {
  start: ProcessStart;
  readonly pid: Pid;
  readonly parent: Pid;
  pgid: Pid;
  sid: Pid;
  readonly startedMs: number;
  program: RunningProgram | undefined;
  syscalls: ProcessSyscalls | undefined;
  readonly handles: Map<Handle, NestedEnd>;
  readonly dispositions: Map<SignalName, 'ignore' | 'handle'>;
  status: { readonly code: number | null; readonly signal: SignalName | null } | undefined;
}

interface Waiter {
  readonly parent: Pid;
  readonly child: Pid;
  readonly answer: Answer<WaitResult | null>;
}

/** A standard descriptor of the first process. */
export type NestedFd = { readonly fd: Fd; readonly end: NestedEnd; readonly stream: StreamKind } | (FdTransfer & { readonly kind: 'file' });

const ignoredByDefault: ReadonlySet<SignalName> = new Set([
  'SIGCHLD',
  'SIGURG',
  'SIGWINCH',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
]);
/** Process ids of a system begin at a multiple of this: they are not the kernel's, nor those of a system that it runs in. */
const pidsOfSystem = 1_000_000;
const childPidCount = 64;

type AnyAnswer = Answer<never>;

export class NestedSystem {
  readonly #options: NestedOptions;
  readonly #processes = new Map<Pid, NestedProcess>();
  #waiters: Waiter[] = [];
  #nextPid: Pid;
  #nextHandle = 1;

  constructor(options: NestedOptions) {
    this.#options = options;
    this.#nextPid = pidsOfSystem * (options.depth + 1);
  }

  /** Starts the first process. @throws {PosixError} as `execve(2)` */
  start(
    args: Pick<SpawnArgs, 'file' | 'argv' | 'env' | 'cwd' | 'umask'> & {
      readonly uid: number;
      readonly gid: number;
      readonly fds: readonly NestedFd[];
      /** The process that waits, which is none of these. */
      readonly parent: Pid;
    },
  ): Pid {
    const pid = this.#nextPid++;
    const { fds, ...rest } = args;
    this.#launch({ ...rest, pid, pgid: pid, sid: pid }, fds);
    return pid;
  }

  statusOf(pid: Pid): NestedProcess['status'] {
    return this.#processes.get(pid)?.status;
  }

  /** Ends everything that runs. */
  killAll(signal: SignalName): void {
    for (const process of this.#processes.values()) this.#end(process, { code: null, signal });
  }

  #launch(
    args: Pick<SpawnArgs, 'file' | 'argv' | 'env' | 'cwd' | 'umask'> & {
      readonly uid: number;
      readonly gid: number;
      readonly pid: Pid;
      readonly parent: Pid;
      readonly pgid: Pid;
      readonly sid: Pid;
    },
    fds: readonly NestedFd[],
  ): void {
    const { pid, parent, pgid, sid } = args;
    const start = this.#startOf(args, args);
    const process: NestedProcess = {
      start,
      pid,
      parent,
      pgid,
      sid,
      startedMs: this.#options.now(),
      program: undefined,
      syscalls: undefined,
      handles: new Map(),
      dispositions: new Map(),
      status: undefined,
    };
    this.#processes.set(pid, process);
    this.#run(process, fds);
  }

  #startOf(
    args: Pick<SpawnArgs, 'file' | 'argv' | 'env' | 'cwd' | 'umask'>,
    of: { readonly pid: Pid; readonly parent: Pid; readonly pgid: Pid; readonly sid: Pid; readonly uid: number; readonly gid: number },
  ): ProcessStart {
    const files = new FileSystem(this.#options.connection.replica, { uid: of.uid, gid: of.gid, umask: args.umask });
    const { program, file, argv } = resolveExecutable(files, args.file, args.argv, this.#options.isProgram);
    const first = this.#nextPid;
    this.#nextPid += childPidCount;
    return {
      pid: of.pid,
      ppid: of.parent,
      pgid: of.pgid,
      sid: of.sid,
      program,
      file,
      argv,
      env: args.env,
      cwd: args.cwd,
      umask: args.umask,
      uid: of.uid,
      gid: of.gid,
      fds: [],
      engine: 'quickjs',
      ...(this.#options.engineLimits === undefined ? {} : { engineLimits: this.#options.engineLimits }),
      ...(this.#options.registries === undefined ? {} : { registries: this.#options.registries }),
      childPids: { first, count: childPidCount },
    };
  }

  #run(process: NestedProcess, fds: readonly NestedFd[]): void {
    const passed = fds.map((item): FdTransfer =>
      'end' in item ? { fd: item.fd, kind: 'stream', stream: item.stream, handle: this.#addHandle(process, item.end) } : item,
    );
    process.start = { ...process.start, fds: passed };
    const syscalls = new ProcessSyscalls(process.start, this.#connectionOf(process), {
      randomFill: this.#options.randomFill,
      onEnd: () => process.program?.stop(),
      later: (task) => this.#options.schedule.post(task),
      ...(this.#options.saw === undefined ? {} : { saw: this.#options.saw }),
      // Nothing has to block: a process that becomes another, itself among them, is stopped within the call.
      ...(process.start.program === 'node' ? { sleep: () => undefined, sharesReplica: true } : {}),
    });
    process.syscalls = syscalls;
    process.program = this.#options.run(process.start, syscalls);
  }

  #addHandle(process: NestedProcess, end: NestedEnd): Handle {
    const handle = this.#nextHandle++;
    process.handles.set(handle, end.retain());
    return handle;
  }

  #connectionOf(process: NestedProcess): ProcessConnection {
    const { connection } = this.#options;
    const { replica, watchers } = connection;
    const peer = {
      send: (op: keyof KernelOps & string, args: object, done: (outcome: never) => void) => {
        let open = true;
        let cancel: (() => void) | void;
        const answer = ((outcome: never) => {
          // Never inside the call, and only to a program that still runs.
          this.#options.schedule.post(() => {
            if (!open || process.status !== undefined) return;
            open = false;
            done(outcome);
          });
        }) as AnyAnswer;
        try {
          cancel = this.#serve(process, op, args as never, answer);
        } catch (error) {
          answer({ error: error as Error });
        }
        return () => {
          open = false;
          cancel?.();
        };
      },
      notify: (notice: ProcessNotice) => this.#onNotice(process, notice),
    };
    return {
      replica,
      watchers,
      peer: peer as unknown as ProcessConnection['peer'],
      listening: [],
      listenTo: () => () => {},
      ended() {},
      together: (run) => connection.together(run),
    };
  }

  #endOf(process: NestedProcess, handle: Handle): NestedEnd {
    const end = process.handles.get(handle);
    if (end === undefined) throw new PosixError('EBADF');
    return end;
  }

  /** Answers a call; the result cancels it. */
  #serve<K extends keyof KernelOps & string>(process: NestedProcess, op: K, given: never, answer: AnyAnswer): (() => void) | void {
    const reply = answer as Answer<unknown>;
    switch (op) {
      case 'read': {
        const { handle, maxBytes } = given as KernelOps['read']['args'];
        const { input } = this.#endOf(process, handle);
        // A terminal or pipe of the parent's own: what comes there is the parent's to read, and it waits.
        if (input === undefined) throw new PosixError('EIO');
        return input.read(maxBytes, answer as Answer<{ bytes: Uint8Array }>);
      }
      case 'write': {
        const { handle, bytes } = given as KernelOps['write']['args'];
        const { output, sink } = this.#endOf(process, handle);
        if (output !== undefined) {
          return output.write(bytes, (outcome) => {
            if (outcome.error !== undefined) this.#signal(process, 'SIGPIPE');
            reply(outcome);
          });
        }
        if (sink === undefined) throw new PosixError('EBADF');
        sink(bytes);
        reply({ result: {} });
        return;
      }
      case 'unread': {
        const { handle, bytes } = given as KernelOps['unread']['args'];
        const { input } = this.#endOf(process, handle);
        if (input === undefined) throw new PosixError('EINVAL');
        input.unread(bytes);
        reply({ result: {} });
        return;
      }
      case 'shutdown':
        this.#endOf(process, (given as KernelOps['shutdown']['args']).handle).shutdown();
        reply({ result: {} });
        return;
      case 'duplicate':
        reply({ result: { handle: this.#addHandle(process, this.#endOf(process, (given as KernelOps['duplicate']['args']).handle)) } });
        return;
      case 'pipe': {
        const pipe = new NestedPipe();
        reply({
          result: {
            read: this.#addHandle(process, new NestedEnd({ input: pipe })),
            write: this.#addHandle(process, new NestedEnd({ output: pipe })),
          },
        });
        return;
      }
      case 'socketPair': {
        const [a, b] = socketPair();
        reply({ result: { a: this.#addHandle(process, a), b: this.#addHandle(process, b) } });
        return;
      }
      case 'spawn':
        reply({ result: this.#spawn(process, given as SpawnArgs) });
        return;
      case 'exec': {
        const args = given as KernelOps['exec']['args'];
        const { uid, gid } = process.start;
        const fds = this.#passedFds(process, args.fds).map((item) => ('end' in item ? { ...item, end: item.end.retain() } : item));
        const start = this.#startOf(args, { ...process, uid, gid });
        process.program?.stop();
        process.syscalls?.replaced();
        for (const end of process.handles.values()) end.release();
        process.handles.clear();
        process.dispositions.clear();
        process.start = start;
        this.#run(process, fds);
        for (const item of fds) if ('end' in item) item.end.release();
        return;
      }
      case 'wait': {
        const { child, noHang } = given as KernelOps['wait']['args'];
        const waiter: Waiter = { parent: process.pid, child, answer: answer as Answer<WaitResult | null> };
        if (!this.#childrenOf(waiter).some(() => true)) throw new PosixError('ECHILD');
        this.#waiters.push(waiter);
        this.#reap();
        if (noHang === true && this.#waiters.includes(waiter)) {
          this.#waiters = this.#waiters.filter((one) => one !== waiter);
          reply({ result: null });
        }
        return () => {
          this.#waiters = this.#waiters.filter((one) => one !== waiter);
        };
      }
      case 'kill': {
        const { target, signal } = given as KernelOps['kill']['args'];
        const group = target === 0 ? process.pgid : -target;
        const found = [...this.#processes.values()].filter(
          (one) => one.status === undefined && (target > 0 ? one.pid === target : one.pgid === group),
        );
        if (found.length === 0) throw new PosixError('ESRCH');
        if (signal !== 0) for (const one of found) this.#signal(one, signal);
        reply({ result: {} });
        return;
      }
      case 'setProcessGroup': {
        const { target, pgid } = given as KernelOps['setProcessGroup']['args'];
        const found = this.#processes.get(target === 0 ? process.pid : target);
        if (found === undefined) throw new PosixError('ESRCH');
        found.pgid = pgid === 0 ? found.pid : pgid;
        reply({ result: {} });
        return;
      }
      case 'setSession':
        process.sid = process.pid;
        process.pgid = process.pid;
        reply({ result: { sid: process.pid } });
        return;
      case 'getTty':
      case 'setTty':
      case 'setTtySize':
      case 'setForeground':
        throw new PosixError('ENOTTY');
      case 'openTty':
        throw new PosixError('ENXIO');
      case 'registries':
        reply({ result: { registries: this.#options.registries ?? [] } });
        return;
      case 'processes':
        reply({ result: { rows: this.#rows() } });
        return;
      case 'sync':
        reply({ result: {} });
        return;
      default:
        throw new PosixError('ENOTSUP');
    }
  }

  #rows(): KernelOps['processes']['result']['rows'] {
    return [...this.#processes.values()].map(({ pid, parent, pgid, sid, status, start, startedMs }) => ({
      pid,
      ppid: parent,
      pgid,
      sid,
      state: status === undefined ? 'running' : 'zombie',
      command: start.argv.join(' '),
      tty: null,
      startedMs,
    }));
  }

  #passedFds(process: NestedProcess, transfers: readonly FdTransfer[]): NestedFd[] {
    return transfers.map((item): NestedFd =>
      item.kind === 'file' ? item : { fd: item.fd, stream: item.stream, end: this.#endOf(process, item.handle) },
    );
  }

  #spawn(process: NestedProcess, args: SpawnArgs): KernelOps['spawn']['result'] {
    if (args.thread !== undefined) throw new PosixError('ENOTSUP');
    const pid = args.childPid ?? this.#nextPid++;
    const fds = this.#passedFds(process, args.fds);
    const handles: Handle[] = [];
    for (const fd of args.socketPairs ?? []) {
      const [ours, theirs] = socketPair();
      handles.push(this.#addHandle(process, ours));
      fds.push({ fd, stream: 'socket', end: theirs });
    }
    const pgid = args.newSession === true || args.pgid === 0 ? pid : (args.pgid ?? process.pgid);
    const { uid, gid, sid } = {
      uid: args.uid ?? process.start.uid,
      gid: args.gid ?? process.start.gid,
      sid: args.newSession === true ? pid : process.sid,
    };
    try {
      this.#launch({ ...args, pid, parent: process.pid, pgid, sid, uid, gid }, fds);
    } catch (error) {
      for (const handle of handles) this.#close(process, handle);
      throw error;
    }
    for (const signal of args.ignoredSignals ?? []) this.#processes.get(pid)?.dispositions.set(signal, 'ignore');
    return { pid, ...(handles.length > 0 ? { handles } : {}) };
  }

  #close(process: NestedProcess, handle: Handle): void {
    process.handles.get(handle)?.release();
    process.handles.delete(handle);
  }

  #onNotice(process: NestedProcess, notice: ProcessNotice): void {
    switch (notice.kind) {
      case 'close':
        this.#close(process, notice.handle);
        return;
      case 'disposition':
        if (notice.action === 'default') process.dispositions.delete(notice.signal);
        else process.dispositions.set(notice.signal, notice.action);
        return;
      case 'exit':
        this.#end(process, { code: notice.code, signal: notice.signal });
        return;
      default:
      // Its title and directory are nobody's concern here.
    }
  }

  #signal(process: NestedProcess, signal: SignalName): void {
    if (process.status !== undefined) return;
    const disposition = signal === 'SIGKILL' ? undefined : process.dispositions.get(signal);
    if (disposition === 'ignore') return;
    if (disposition === 'handle') this.#options.schedule.post(() => process.syscalls?.signalled(signal));
    else if (!ignoredByDefault.has(signal)) this.#end(process, { code: null, signal });
  }

  #end(process: NestedProcess, status: NonNullable<NestedProcess['status']>): void {
    if (process.status !== undefined) return;
    process.status = status;
    process.program?.stop();
    process.syscalls?.killed();
    for (const end of process.handles.values()) end.release();
    process.handles.clear();
    for (const child of this.#processes.values())
      if (child.parent === process.pid && child.status !== undefined) this.#processes.delete(child.pid);
    const parent = this.#processes.get(process.parent);
    if (parent !== undefined) this.#signal(parent, 'SIGCHLD');
    this.#reap();
  }

  #childrenOf({ parent, child }: Waiter): NestedProcess[] {
    const group = child === 0 ? this.#processes.get(parent)?.pgid : -child;
    return [...this.#processes.values()].filter(
      (one) => one.parent === parent && (child === -1 || (child > 0 ? one.pid === child : one.pgid === group)),
    );
  }

  #reap(): void {
    for (const waiter of [...this.#waiters]) {
      const ended = this.#childrenOf(waiter).find((one) => one.status !== undefined);
      if (ended?.status === undefined) continue;
      this.#waiters = this.#waiters.filter((one) => one !== waiter);
      this.#processes.delete(ended.pid);
      waiter.answer({ result: { pid: ended.pid, ...ended.status } });
    }
  }
}

function socketPair(): [NestedEnd, NestedEnd] {
  const there = new NestedPipe();
  const back = new NestedPipe();
  return [new NestedEnd({ input: back, output: there }), new NestedEnd({ input: there, output: back })];
}

/** For results that name a signal by its number. */
export function signalOfNumber(number: number): SignalName {
  return (Object.keys(signalNumbers) as SignalName[]).find((name) => signalNumbers[name] === number) ?? 'SIGTERM';
}
