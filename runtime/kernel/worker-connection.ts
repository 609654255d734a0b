import type { Dispose } from '../base/disposers.ts';
import { BvError, PosixError } from '../base/errors.ts';
import type { SignalName } from '../base/signals.ts';
import type { AuthorityConnection } from '../fs/authority.ts';
import type { WorkerId } from '../wires/host-wire.ts';
import {
  PROCESS_WIRE_VERSION,
  type EngineName,
  type FdTransfer,
  type KernelNotice,
  type KernelOps,
  type ProcessNotice,
  type ProcessStart,
  type WorkerOps,
  type WorkerUsage,
} from '../wires/process-wire.ts';
import { Peer, type CallContext, type PortLike } from '../wires/rpc.ts';
import type { Container } from './container.ts';
import * as check from './guards.ts';
import { HandleTable } from './handle-table.ts';
import { nobody, type Caller, type Description, type KernelObject } from './kernel-object.ts';
import { limitTable } from './limits.ts';
import { MessageEnd } from './message-channel.ts';
import type { Carrier, Process } from './process.ts';
import { SilenceWatch } from './silence-watch.ts';
import { Socket } from './socket.ts';
import { TtySlave } from './tty.ts';
import { workerCalls } from './worker-calls.ts';

const lastWordsEncoder = new TextEncoder();

/** A descriptor on its way to a child, its object held until the child has a handle of its own. */
export type PassedFd = { readonly fd: number; readonly description: Description<KernelObject> } | (FdTransfer & { readonly kind: 'file' });

/**
 * One worker: what it may do, and what it is told. States: starting (asked for; once it is connected it holds a replica), ready (has
 * greeted, runs any number of processes), ended.
 *
 * The worker is not trusted. A message that no honest worker sends ends it, and with it all its processes.
 */
export class WorkerConnection implements Carrier {
  readonly id: WorkerId;
  readonly container: Container;
  /** Of the registry, or `shared`. */
  readonly program: string;
  readonly engine: EngineName;
  readonly handles: HandleTable;
  readonly #processes = new Map<number, Process>();
  readonly #onReady: (error: Error | null) => void;
  #peer: Peer<WorkerOps, KernelOps, KernelNotice, ProcessNotice> | undefined;
  #files: AuthorityConnection | undefined;
  #state: 'starting' | 'ready' | 'ended' = 'starting';
  /** Killed processes of a shared worker that have not said that they stopped. */
  readonly #dying = new Map<number, () => void>();
  #answersKilled = false;
  /** A coroutine may go on a little after it was killed. */
  #killed = false;
  readonly #silence: SilenceWatch;
  #usage: WorkerUsage | undefined;
  /** When it was asked for its usage, until it answers; on the kernel's clock. */
  #askedUsageAt: number | undefined;
  /** Standard errors of the processes, for last words. */
  readonly #errorStreams = new Map<number, Description>();
  #pendingCalls = 0;
  #startTimer: Dispose | undefined;

  /** `onReady` runs once, with the reason if the worker ended before it was ready. */
  constructor(
    container: Container,
    options: {
      readonly id: WorkerId;
      readonly program: string;
      readonly engine: EngineName;
      readonly onReady: (error: Error | null) => void;
    },
  ) {
    this.container = container;
    this.id = options.id;
    this.program = options.program;
    this.engine = options.engine;
    this.#onReady = options.onReady;
    this.handles = new HandleTable(() => container.limits.get('openFiles'));
    this.#silence = new SilenceWatch({
      environment: container.environment,
      limitMs: container.limits.get('silentMs'),
      ask: () => this.notify({ kind: 'ping' }),
      onSilent: () => container.kernel.workerSilent(this),
    });
  }

  get state(): 'starting' | 'ready' | 'ended' {
    return this.#state;
  }

  get isShared(): boolean {
    return this.program === 'shared';
  }

  /** It starts, runs a process, or one that was killed has not stopped yet. */
  get busy(): boolean {
    return this.#state === 'starting' || this.#processes.size + this.#dying.size > 0;
  }

  /** The worker runs; this is the kernel's end of its port. */
  connect(port: PortLike): void {
    if (this.#state !== 'starting' || this.#peer) {
      port.close?.();
      return;
    }
    this.#peer = new Peer<WorkerOps, KernelOps, KernelNotice, ProcessNotice>(port, {
      handlers: workerCalls(this),
      onNotice: (notice) => this.#contained(() => this.#onNotice(notice)),
      onBadMessage: (error) => this.#misbehaved(error),
      beforeSend: () => this.#flush(),
    });
    // Not before: the page may have to load its script first, over a slow line.
    const delay = limitTable.workerStart.value;
    this.#startTimer = this.container.environment.setTimer(
      () => this.end(new BvError('ERR_BV_PEER_GONE', `A worker for "${this.program}" did not start within ${delay} ms`)),
      delay,
    );
    this.#contained(() => this.#welcome());
  }

  /** Before it has greeted: its script finds the files at once, and nobody waits for messages there and back. */
  #welcome(): void {
    const files = this.container.authority.connect();
    this.#files = files;
    files.onOutgoing = () => queueMicrotask(() => this.#flush());
    this.notify({
      kind: 'welcome',
      version: PROCESS_WIRE_VERSION,
      container: String(this.container.id),
      inoBase: files.inoBase,
      snapshot: files.snapshot,
      fileLimits: this.container.authority.limits,
    });
  }

  notify(notice: KernelNotice): void {
    this.#peer?.notify(notice);
  }

  /** The process becomes another program: what ran here is told and let go. */
  replace(process: Process): void {
    this.handles.closeAll(process);
    this.#processes.delete(process.pid);
    process.carrier = null;
    if (this.isShared) this.notify({ kind: 'replaced', pid: process.pid });
    else this.end();
  }

  /** Hands `process` its program. */
  start(
    process: Process,
    start: Omit<ProcessStart, 'fds' | 'thread'>,
    passed: { readonly fds: readonly PassedFd[]; readonly thread?: { readonly end: Description; readonly data: unknown } | undefined },
  ): void {
    this.#processes.set(process.pid, process);
    process.carrier = this;
    const ends: { readonly end: MessageEnd; readonly handle: number }[] = [];
    const give = (description: Description): number => {
      const handle = this.handles.add(description, process);
      if (description.object instanceof MessageEnd) ends.push({ end: description.object, handle });
      return handle;
    };
    const fds = passed.fds.map((item): FdTransfer => {
      if ('kind' in item) return item;
      const { object } = item.description;
      const size = object instanceof TtySlave ? { size: object.tty.size } : {};
      return { fd: item.fd, kind: 'stream', stream: object.stream, handle: give(item.description), ...size };
    });
    const thread = passed.thread === undefined ? {} : { thread: { channel: give(passed.thread.end), data: passed.thread.data } };
    const errors = passed.fds.find(({ fd }) => fd === 2);
    if (errors !== undefined && 'description' in errors) this.#errorStreams.set(process.pid, errors.description);
    this.notify({ kind: 'start', start: { ...start, fds, ...thread } });
    if (!this.isShared && this.engine === 'native') this.#silence.start();
    for (const { end, handle } of ends) this.receive(end, handle);
    if (process.stopped) this.stopped(process, true);
    else for (const signal of process.held.splice(0)) this.container.processes.signal(process, signal);
  }

  /** The messages of a channel's end go to this worker from now on. */
  receive(end: MessageEnd, handle: number): void {
    end.receive({
      message: (data) => this.#forward({ kind: 'message', handle, data }),
      closed: () => this.notify({ kind: 'channelClosed', handle }),
    });
  }

  /** The browser ended the worker. `outOfMemory`: a program used up the memory, this one or another beside it. */
  fail(reason: Error, { outOfMemory }: { readonly outOfMemory: boolean }): void {
    // As Node's last words begin; which of the programs it was cannot be known.
    if (outOfMemory) this.#lastWords('FATAL ERROR: JavaScript heap out of memory: the browser ended the process that ran this program');
    this.end(reason);
  }

  /** It said nothing for `silentMs`, and shares the memory of the page. */
  endSilent(): void {
    if (this.isShared || !this.#silence.silent) return; // It spoke meanwhile.
    const limit = this.container.limits.get('silentMs');
    const message = `A program was ended after ${limit} ms without a pause or a system call: in this browser it could fill the memory of the page unseen`;
    this.#lastWords(`FATAL ERROR: ${message} (limit "silentMs")`);
    for (const process of [...this.#processes.values()]) this.container.processes.end(process, { code: null, signal: 'SIGXCPU' }, false);
    this.container.reachedLimit('silentMs', message);
    this.end();
  }

  /** To the standard error of all that runs here, where that is a stream. */
  #lastWords(text: string): void {
    const bytes = lastWordsEncoder.encode(`\n${text}\n`);
    for (const pid of this.#processes.keys()) {
      const stream = this.#errorStreams.get(pid);
      if (stream === undefined || stream.closed || stream.object.write === undefined) continue;
      stream.retain();
      const release = () => stream.release();
      try {
        Promise.resolve(stream.object.write(bytes.slice(), nobody)).then(release, release);
      } catch {
        release(); // Nobody reads it any more.
      }
    }
  }

  /**
   * Ends the worker with all it runs. `reason` is told to the page; without one it was time for it to go.
   *
   * @param rests All workers of its kind of the container end, until it is used again.
   */
  end(reason: Error | null = null, rests = false): void {
    if (this.#state === 'ended') return;
    const wasStarting = this.#state === 'starting';
    this.#state = 'ended';
    for (const cancel of this.#dying.values()) cancel();
    this.#dying.clear();
    this.#startTimer?.();
    this.#silence.stop();
    for (const process of [...this.#processes.values()]) this.container.processes.end(process, { code: null, signal: 'SIGKILL' }, false);
    this.#processes.clear();
    this.#files?.close();
    this.#peer?.close();
    this.container.workerEnded(this, reason, rests && !this.#killed);
    if (wasStarting) this.#onReady(reason ?? new BvError('ERR_BV_PEER_GONE', 'The worker was ended before it was ready'));
  }

  // --- Carrier ---------------------------------------------------------------------------------------------------

  signal(process: Process, signal: SignalName): void {
    this.notify({ kind: 'signal', pid: process.pid, signal });
  }

  stopped(process: Process, stopped: boolean): void {
    this.notify({ kind: 'stopped', pid: process.pid, stopped });
  }

  ended(process: Process, bySelf: boolean): void {
    this.handles.closeAll(process);
    this.#processes.delete(process.pid);
    this.#errorStreams.delete(process.pid);
    if (this.#state === 'ended') return;
    this.container.kernel.idle.used(this.container);
    if (!this.isShared) {
      this.end();
    } else if (!bySelf) {
      this.#killed = true;
      this.notify({ kind: 'killed', pid: process.pid });
      if (this.#answersKilled) this.#expectExit(process.pid);
    }
  }

  /** A coroutine cannot be ended from outside; a worker that does not even answer is stuck and goes as a whole. */
  #expectExit(pid: number): void {
    const delay = limitTable.killGrace.value;
    this.#dying.set(
      pid,
      this.container.environment.setTimer(() => {
        this.#dying.delete(pid);
        this.end(
          new BvError(
            'ERR_BV_PEER_GONE',
            `The worker of the shell and the coreutils was ended: it did not stop process ${pid} within ${delay} ms`,
          ),
        );
      }, delay),
    );
  }

  askUsage(): void {
    if (this.isShared || this.#state !== 'ready' || this.#askedUsageAt !== undefined) return;
    this.#askedUsageAt = this.container.environment.now();
    this.notify({ kind: 'ping' });
  }

  /** A worker that does not answer has not returned to its event loop since it was asked. */
  get usage(): WorkerUsage | undefined {
    if (this.#askedUsageAt === undefined) return this.#usage;
    const silentMs = this.container.environment.now() - this.#askedUsageAt;
    if (this.#usage === undefined && silentMs <= 0) return undefined;
    return { ...this.#usage, activeMs: (this.#usage?.activeMs ?? 0) + Math.max(silentMs, 0) };
  }

  // --- What the worker says --------------------------------------------------------------------------------------

  /** Fails with `ESRCH` for a process that is not this worker's. */
  process(pid: unknown): Process {
    const process = this.#processes.get(check.integer(pid, 'process id', 0));
    if (!process) throw new PosixError('ESRCH');
    return process;
  }

  caller(process: Process, context: CallContext): Caller {
    return { process, onCancel: (listener) => context.onCancel(listener) };
  }

  /** Runs an operation of `process`. A malformed argument ends the worker. */
  serve<R>(pid: unknown, run: (process: Process) => R | Promise<R>): R | Promise<R> {
    this.#silence.heard();
    try {
      const process = this.process(pid);
      if (this.#pendingCalls >= limitTable.pendingCalls.value) throw new PosixError('EAGAIN');
      const result = run(process);
      if (!(result instanceof Promise)) return result;
      this.#pendingCalls++;
      return result.finally(() => void this.#pendingCalls--);
    } catch (error) {
      if (error instanceof BvError && error.code === 'ERR_BV_BAD_MESSAGE') this.#misbehaved(error);
      throw error;
    }
  }

  #onNotice(notice: ProcessNotice): void {
    this.#silence.heard();
    if (notice.kind !== 'hello' && this.#state !== 'ready') check.badMessage('a notice before its greeting');
    switch (notice.kind) {
      case 'hello':
        this.#answersKilled = notice.answersKilled === true;
        this.#greet(notice.version);
        return;
      case 'changes':
        if (Array.isArray(notice.changes) && notice.changes.length > limitTable.changesPerMessage.value)
          check.badMessage('too many changes at once');
        this.#files?.receive(notice.changes);
        return;
      case 'exit':
        this.#exited(notice);
        return;
      case 'alive':
        if (notice.usage !== undefined) this.#tookUsage(notice.usage);
        return;
      case 'close':
      case 'disposition':
      case 'chdir':
      case 'title':
      case 'post': {
        // A process that has just been killed may still say this.
        const process = this.#processes.get(check.integer(notice.pid, 'process id', 0));
        if (process) this.#told(process, notice);
        return;
      }
      default:
        unknownNotice(notice);
    }
  }

  #told(process: Process, notice: Extract<ProcessNotice, { kind: 'close' | 'disposition' | 'chdir' | 'title' | 'post' }>): void {
    switch (notice.kind) {
      case 'close':
        this.#quietly(() => {
          const handle = check.integer(notice.handle, 'handle', 0);
          const { object } = this.handles.get(handle, process);
          if (notice.reset === true && object instanceof Socket) object.reset();
          this.handles.close(handle, process);
        });
        return;
      case 'disposition': {
        const signal = check.signal(notice.signal);
        if (notice.action !== 'default' && notice.action !== 'ignore' && notice.action !== 'handle')
          check.badMessage('an unknown disposition');
        this.container.processes.setDisposition(process, signal, notice.action);
        return;
      }
      case 'chdir':
        this.#quietly(() => void (process.cwd = check.absolutePath(notice.cwd, 'working directory')));
        return;
      case 'title':
        this.#quietly(() => void (process.command = check.text(notice.title, 'title')));
        return;
      case 'post':
        this.#quietly(() => {
          const handle = check.integer(notice.handle, 'handle', 0);
          const { object } = this.handles.get(handle, process);
          if (!(object instanceof MessageEnd)) throw new PosixError('EBADF');
          if (!object.received) this.receive(object, handle);
          if (!object.post(notice.data))
            this.container.reachedLimit('channelMessages', 'Messages to a thread that does not start were dropped');
        });
        return;
    }
  }

  #tookUsage({ activeMs, memoryBytes }: WorkerUsage): void {
    this.#usage = {
      activeMs: check.integer(activeMs, 'busy time', 0),
      ...(memoryBytes === undefined ? {} : { memoryBytes: check.integer(memoryBytes, 'size of memory', 0) }),
    };
    this.#askedUsageAt = undefined;
  }

  #exited({ pid, code, signal }: ProcessNotice & { kind: 'exit' }): void {
    const dying = this.#dying.get(check.integer(pid, 'process id', 0));
    if (dying) {
      dying();
      this.#dying.delete(pid);
      return;
    }
    const process = this.#processes.get(pid);
    if (!process) return;
    const status =
      signal !== null
        ? ({ code: null, signal: check.signal(signal) } as const)
        : ({ code: check.integer(code, 'exit code', -0x80000000, 0xffffffff) & 0xff, signal: null } as const);
    this.container.processes.end(process, status, true);
  }

  #greet(version: unknown): void {
    if (this.#state !== 'starting') check.badMessage('a second greeting');
    if (version !== PROCESS_WIRE_VERSION) {
      this.end(
        new BvError(
          'ERR_BV_WIRE_VERSION',
          `A worker speaks version ${String(version)} of the process wire and the kernel version ${PROCESS_WIRE_VERSION}`,
        ),
      );
      return;
    }
    this.#state = 'ready';
    this.#startTimer?.();
    const { addresses } = this.container.network;
    if (addresses.length > 0) this.notify({ kind: 'listening', addresses });
    for (const [id, message] of this.container.kernel.failedLayers) this.notify({ kind: 'layerFailed', id, message });
    this.#onReady(null);
  }

  /** Whatever was decided about files goes out before any other message. */
  #flush(): void {
    if (this.#state === 'ended' || !this.#files?.hasOutgoing) return;
    for (const notice of this.#files.takeOutgoing()) {
      if (notice.kind === 'rejected') this.container.fileRejected(notice);
      this.#peer?.notify(notice);
    }
  }

  /** What a program made may hold something that cannot be sent on. */
  #forward(notice: KernelNotice): void {
    try {
      this.notify(notice);
    } catch {
      this.container.audit('bad-message', 'A message to a thread held something that cannot be cloned');
    }
  }

  /** Whatever handling a worker's message throws costs that worker, never the kernel. */
  #contained(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof BvError && error.code === 'ERR_BV_BAD_MESSAGE') throw error;
      this.end(
        new BvError('ERR_BV_BAD_MESSAGE', `A worker that ran "${this.program}" was ended: the kernel could not handle what it sent`, {
          cause: error,
        }),
      );
    }
  }

  /** Notices have no answer: an errno of one is dropped. */
  #quietly(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
    }
  }

  #misbehaved(error: BvError): void {
    const reason = new BvError('ERR_BV_BAD_MESSAGE', `A worker that ran "${this.program}" was ended. ${error.message}`);
    this.container.audit('bad-message', reason.message);
    this.end(reason);
  }
}

/** A kind that was forgotten is a compile error; one that a worker made up is a bad message. */
function unknownNotice(notice: never): never {
  check.badMessage(`a notice of the unknown kind "${String((notice as { kind: unknown }).kind).slice(0, 40)}"`);
}
