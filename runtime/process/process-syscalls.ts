/** The system calls of one process, over its worker's connection. */
import type { Dispose } from '../base/disposers.ts';
import { BvError, PosixError } from '../base/errors.ts';
import type { Fd, Handle, Pid } from '../base/ids.ts';
import type { SignalName } from '../base/signals.ts';
import { FileSystem } from '../fs/file-system.ts';
import type { Change } from '../wires/change.ts';
import type { FdTransfer, FileLimits, KernelOps, ProcessNotice, ProcessStart, SocketAddress } from '../wires/process-wire.ts';
import type { Outcome } from '../wires/rpc.ts';
import { Ahead } from './ahead.ts';
import { Attempt, type Question } from './attempt.ts';
import type { HostedProcess, ProcessPeer, WorkerConnection } from './connection.ts';
import { DescriptorTable, type StreamDescription } from './descriptor-table.ts';
import { HeldInput } from './held-input.ts';
import type { HeldPort } from './held-port.ts';
import { ProcessFiles } from './process-files.ts';
import type { ChildAhead, ExitStatus, Syscalls } from './syscalls.ts';

/** What the system calls of a process go through. */
export type ProcessConnection = Pick<WorkerConnection, 'replica' | 'watchers' | 'listening' | 'listenTo' | 'ended' | 'together'> & {
  readonly alive?: () => void;
  readonly flushIfMany?: () => void;
  readonly fileLimits?: FileLimits | undefined;
  readonly peer: Pick<ProcessPeer, 'send' | 'notify'>;
};

export interface ProcessOptions {
  readonly randomFill: (bytes: Uint8Array) => void;
  /** The process is over, by itself or by the kernel: nothing it does counts any more. */
  readonly onEnd: (how: 'exited' | 'killed') => void;
  readonly onStop?: (stopped: boolean) => void;
  /**
   * Blocks the worker, which runs this process alone. With it a synchronous read of standard input that finds nothing waits: the process
   * begins anew in another worker ({@link Attempt}).
   */
  readonly sleep?: (delayMs: number) => void;
  /** The connection's port. With it the process can go on while children run that it waits for ({@link Ahead}); the worker is its own. */
  readonly port?: HeldPort;
  /** Is told of all that the program looks at, by absolute paths; with `names`, at what a directory holds. */
  readonly saw?: (path: string, names?: boolean) => void;
  /** Whether all of the program's library is here. Default: it is. */
  readonly hasLibrary?: () => boolean;
  /** Runs a task soon, outside of any call; a microtask of the worker if absent. */
  readonly later?: (task: () => void) => void;
  /** Other processes of the worker change the same replica: nothing that this one did to files can be taken back. */
  readonly sharesReplica?: boolean;
}

/** Captured: the program may do to its globals what it likes. */
const enqueueMicrotask = queueMicrotask.bind(globalThis);

/** What may be asked of the kernel without that a second asking would tell. */
const repeatable: ReadonlySet<string> = new Set(['write', 'unread', 'getTty', 'processes', 'lookup', 'setTty', 'duplicate']);

/** Descriptors a process may have open; the kernel's table of limits has the same number. */
const maxOpenFiles = 4096;

export class ProcessSyscalls implements Syscalls, HostedProcess {
  readonly start: ProcessStart;
  readonly files: ProcessFiles;
  readonly descriptors: DescriptorTable;
  readonly #connection: ProcessConnection;
  readonly #options: ProcessOptions;
  readonly #signals = new Map<SignalName, (signal: SignalName) => void>();
  readonly #watches = new Set<Dispose>();
  readonly #held: HeldInput;
  readonly #attempt: Attempt | undefined;
  readonly #ahead: Ahead | undefined;
  readonly goAhead?: (child: ChildAhead) => void;
  readonly #postedBefore: number;
  readonly #later: (task: () => void) => void;
  /** Where it went when the process went ahead, whatever it closes since. */
  #stderr: Handle | undefined;
  #ended = false;
  /** It runs no more, and asks for nothing that is not here yet. */
  #leaving = false;

  constructor(given: ProcessStart, connection: ProcessConnection, options: ProcessOptions) {
    this.#attempt = options.sleep === undefined ? undefined : new Attempt(given);
    const start = this.#attempt?.start ?? given;
    this.start = start;
    this.#postedBefore = connection.replica.postedCount;
    this.#later = options.later ?? enqueueMicrotask;
    this.#connection = connection;
    this.#options = options;
    this.#held = new HeldInput({
      read: (handle, maxBytes, done) => this.#send('read', { handle, maxBytes }, done),
      unread: (handle, bytes) => void this.#send('unread', { handle, bytes }, () => undefined), // In order with what follows.
      queueMicrotask: this.#later,
    });
    const files = new FileSystem(connection.replica, { uid: start.uid, gid: start.gid, umask: start.umask, ...connection.fileLimits });
    this.descriptors = new DescriptorTable({
      maxOpen: maxOpenFiles,
      closeHandle: (handle) => {
        this.#held.giveBack(handle);
        if (this.#attempt?.owns(handle) === true) {
          this.beforeSeen();
          this.#attempt.spoil('it has closed what it was given');
        }
        this.#notify({ kind: 'close', pid: this.#pid, handle });
      },
      allocateShared: () => connection.replica.allocateShared(),
    });
    for (const fd of start.fds) {
      if (fd.kind === 'stream') this.descriptors.adopt(fd.stream, fd.handle, fd.fd, fd.size);
      else this.descriptors.addFile(files.adopt(fd), fd.fd);
    }
    this.files = new ProcessFiles(
      {
        descriptors: this.descriptors,
        files,
        post: (stream, bytes) => this.#post(stream, bytes),
        readHeld: (stream, into) => this.#readNow(stream, into),
        changedDirectory: (cwd) => this.#notify({ kind: 'chdir', pid: this.#pid, cwd }),
        randomFill: options.randomFill,
        called() {
          connection.alive?.();
          connection.flushIfMany?.();
        },
        saw: (path, names) => this.saw(path, names),
        together: (run) => connection.together(run),
        watch: (path, watchOptions, listener) => {
          const dispose = connection.watchers.watch(files.nodeAt(path, { follow: true }), watchOptions, listener);
          const once = () => {
            if (this.#watches.delete(once)) dispose();
          };
          this.#watches.add(once);
          return once;
        },
      },
      { cwd: start.cwd, umask: start.umask },
    );
    const { port } = options;
    if (port === undefined) return;
    this.#ahead = new Ahead({
      port,
      peer: connection.peer,
      files,
      pid: start.pid,
      stderr: () => this.#stderr,
      onFailure: () => this.#finish('exited'),
    });
    this.goAhead = (child) => this.#goAhead(this.#ahead!, child);
  }

  get #pid(): Pid {
    return this.start.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  call<K extends keyof KernelOps & string>(
    op: K,
    args: Omit<KernelOps[K]['args'], 'pid'>,
    done: (outcome: Outcome<KernelOps[K]['result']>) => void,
  ): Dispose {
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      if (op === 'write') {
        const { handle, bytes } = args as unknown as { handle: Handle; bytes: Uint8Array };
        const rest = this.#unwritten(attempt, handle, bytes);
        if (rest.length === 0 && bytes.length > 0) {
          let cancelled = false;
          this.#later(() => {
            if (!cancelled && !this.#ended) done({ result: {} as KernelOps[K]['result'] });
          });
          return () => void (cancelled = true);
        }
        if (rest !== bytes) args = { ...args, bytes: rest.slice() };
      } else if (!repeatable.has(op)) {
        this.beforeSeen();
        attempt.spoil(op === 'read' ? 'process.stdin reads it too' : `it has asked for "${op}"`);
      }
    }
    if (op === 'read') {
      const { handle, maxBytes } = args as unknown as { handle: Handle; maxBytes: number };
      const cancel = this.#held.read(handle, maxBytes, done as (outcome: Outcome<KernelOps['read']['result']>) => void);
      if (cancel !== undefined) return cancel;
    } else if (op === 'spawn' || op === 'exec') {
      for (const fd of (args as unknown as { fds: readonly FdTransfer[] }).fds) if (fd.kind === 'stream') this.#held.giveBack(fd.handle);
    } else if (op === 'duplicate') {
      this.#held.giveBack((args as unknown as { handle: Handle }).handle);
    }
    return this.#send(op, args, done);
  }

  #send<K extends keyof KernelOps & string>(
    op: K,
    args: Omit<KernelOps[K]['args'], 'pid'>,
    done: (outcome: Outcome<KernelOps[K]['result']>) => void,
  ): Dispose {
    if (this.#ended) return () => {};
    this.#noteChanges();
    let inside = true as boolean; // A closed connection answers within the call.
    const cancel = this.#connection.peer.send(op, { ...args, pid: this.#pid }, (outcome) => {
      if (this.#ended) return;
      if (inside) this.#later(() => done(outcome));
      else done(outcome);
    });
    inside = false;
    return cancel;
  }

  /**
   * To be called before others see what the process does. While a part of its library is missing it can still begin anew, when
   * it asks for it; after that it could not, so it waits for the rest now.
   */
  beforeSeen(): void {
    const attempt = this.#attempt;
    if (attempt === undefined || this.#ended || this.#leaving || attempt.spoiledBy !== undefined) return;
    if (this.#options.hasLibrary?.() === false) this.learn('library');
  }

  /** Changes of files go out before any message does. */
  #noteChanges(): void {
    const { replica } = this.#connection;
    if (!replica.hasOutgoing && replica.postedCount <= this.#postedBefore) return;
    this.beforeSeen();
    this.#attempt?.spoil('it has changed files');
  }

  /** What no attempt before has written; ends a process that would write something else. */
  #unwritten(attempt: Attempt, handle: Handle, bytes: Uint8Array): Uint8Array {
    try {
      return attempt.write(handle, bytes);
    } catch (error) {
      const stderr = this.descriptors.info(2);
      if (stderr?.kind === 'stream')
        this.#send('write', { handle: stderr.handle, bytes: new TextEncoder().encode(`${String(error)}\n`) }, () => {});
      this.exit({ code: 1 });
      throw error;
    }
  }

  /** A synchronous read of a stream: what is here of it. Waits for standard input, where that is possible. */
  #readNow(stream: StreamDescription, into: Uint8Array): number | undefined {
    const attempt = this.#attempt;
    const isInput = this.start.fds.some((fd) => fd.fd === 0 && fd.kind === 'stream' && fd.handle === stream.handle);
    if (attempt === undefined || !isInput) return this.#held.readSync(stream.handle, into);
    const count = this.#held.readSync(stream.handle, into.subarray(0, attempt.readLimit));
    if (count === undefined) this.#startOver(attempt, stream.handle);
    attempt.read(into.subarray(0, count));
    return count;
  }

  #startOver(attempt: Attempt, handle: Handle): never {
    const spoiledBy = this.#spoiledBy(attempt);
    if (spoiledBy !== undefined || this.#ended) {
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        `Cannot wait for standard input: a worker cannot block, and this process cannot begin anew when there is more, because ${spoiledBy}. Read it synchronously before that, or by process.stdin`,
      );
    }
    this.#beginAnew(attempt, handle);
  }

  #spoiledBy(attempt: Attempt): string | undefined {
    const { replica } = this.#connection;
    const kept = this.#options.sharesReplica === true && replica.hasOutgoing;
    if (kept || replica.postedCount > this.#postedBefore) attempt.spoil('it has changed files');
    return attempt.spoiledBy;
  }

  #beginAnew(attempt: Attempt, input: Handle | undefined, question?: Question): never {
    // Changes nobody has seen yet: the next attempt makes them.
    if (this.#options.sharesReplica !== true) this.#connection.replica.takeOutgoing();
    if (input !== undefined) this.#held.startOver(input, attempt.input);
    const { file, argv, cwd, umask, fds } = this.start;
    this.#send('exec', { file, argv, env: attempt.next(question), cwd, umask, fds }, () => {});
    // Nothing of this attempt counts any more, and the kernel ends this worker.
    const replaced = this.ended; // Already, where the system runs in this worker too.
    this.#ended = true;
    if (!replaced) this.#options.sleep?.(60_000);
    this.#ended = replaced;
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      `Cannot wait for ${question === 'library' ? 'all of its library' : question === 'mailbox' ? 'a thread' : 'standard input'}: no worker was to be had in which the process could begin anew`,
    );
  }

  /** What the attempt before this one had of its standard input, if there was one, and what it had to know. */
  get earlierInput(): { readonly attempts: number; readonly bytes: number; readonly question: Question | undefined } | undefined {
    const earlier = this.#attempt?.earlier;
    if (earlier === undefined) return undefined;
    return { attempts: earlier.count, bytes: earlier.reads.reduce((sum, size) => sum + size, 0), question: earlier.question };
  }

  learn(question: Question): boolean | undefined {
    const attempt = this.#attempt;
    if (attempt === undefined || this.#ended) return undefined;
    const known = attempt.answers.get(question);
    if (known !== undefined || this.#spoiledBy(attempt) !== undefined) return known;
    const input = this.start.fds.find(({ fd }) => fd === 0);
    this.#beginAnew(attempt, input?.kind === 'stream' ? input.handle : undefined, question);
  }

  /** Before the program runs: the answer to what the attempt before had to know. */
  answer(question: Question, answer: boolean): void {
    this.#attempt?.answers.set(question, answer);
  }

  /** Whether a process is there, asked for itself and not by the program. */
  findProcess(pid: Pid, done: (found: boolean) => void): void {
    this.#send('kill', { target: pid, signal: 0 }, ({ error }) => done(!(error instanceof PosixError) || error.code !== 'ESRCH'));
  }

  /** Reads ahead of a stream, so that synchronous reads find the bytes. `onProgress` says whether to go on; see {@link HeldInput.fetch}. */
  readAhead(fd: Fd, maxBytes: number, onProgress: (state: { readonly size: number; readonly ended: boolean }) => boolean): void {
    const info = this.descriptors.info(fd);
    if (info?.kind === 'stream') this.#held.fetch(info.handle, maxBytes, onProgress);
  }

  notify(notice: Parameters<Syscalls['notify']>[0]): void {
    if (notice.kind === 'close') {
      this.#held.giveBack(notice.handle);
      if (this.#attempt?.owns(notice.handle) === true) {
        this.beforeSeen();
        this.#attempt.spoil('it has closed what it was given');
      }
    } else if (notice.kind === 'post') {
      this.beforeSeen();
      this.#attempt?.spoil('it has sent messages');
    }
    this.#notify({ ...notice, pid: this.#pid } as ProcessNotice);
  }

  #notify(notice: ProcessNotice): void {
    if (this.#ended) return;
    this.#noteChanges();
    this.#connection.peer.notify(notice);
  }

  #post(stream: StreamDescription, bytes: Uint8Array): void {
    stream.unaccepted += bytes.length;
    this.call('write', { handle: stream.handle, bytes }, ({ error }) => {
      stream.unaccepted -= bytes.length;
      if (error instanceof PosixError) stream.failed = error;
    });
  }

  #goAhead(ahead: Ahead, { command, spawn, onPids, onOver }: ChildAhead): void {
    const stderr = this.descriptors.info(2);
    if (!ahead.isOn) this.#stderr = stderr?.kind === 'stream' ? stderr.handle : undefined;
    this.#attempt?.spoil('it has run a child');
    for (const fd of spawn.fds) if (fd.kind === 'stream') this.#held.giveBack(fd.handle);
    this.#noteChanges();
    ahead.start({ ...spawn, pid: this.#pid }, command, onPids);
    ahead.whenOver(onOver);
  }

  saw(path: string, names?: boolean): void {
    if (this.#ahead !== undefined) this.#ahead.saw(path, names);
    else this.#options.saw?.(path, names);
  }

  get isAhead(): boolean {
    return this.#ahead?.isOn === true;
  }

  /** Others have changed files. */
  changedByOthers(changes: readonly Change[]): void {
    this.#ahead?.changed(changes);
  }

  exit(status: ExitStatus): void {
    if (this.#ended) return;
    this.#leaving = true;
    this.descriptors.closeAll();
    this.#notify({
      kind: 'exit',
      pid: this.#pid,
      code: 'code' in status ? status.code & 255 : null,
      signal: 'signal' in status ? status.signal : null,
    });
    if (!this.isAhead) return this.#finish('exited');
    this.#ended = true; // As the program sees it; others see it when the children have ended.
    this.#ahead!.whenOver(() => this.#finish('exited'));
  }

  onSignal(signal: SignalName, listener: ((signal: SignalName) => void) | null): void {
    if (listener === null) {
      if (this.#signals.delete(signal)) this.#notify({ kind: 'disposition', pid: this.#pid, signal, action: 'default' });
      return;
    }
    const had = this.#signals.has(signal);
    this.#signals.set(signal, listener);
    if (!had) this.#notify({ kind: 'disposition', pid: this.#pid, signal, action: 'handle' });
  }

  onMessage(handle: Handle, listener: (data: unknown) => void, onClose: () => void): Dispose {
    return this.#connection.listenTo(handle, {
      onMessage: (data) => {
        if (this.#ended) return;
        this.#attempt?.spoil('it was sent messages');
        listener(data);
      },
      onClose: () => {
        if (!this.#ended) onClose();
      },
    });
  }

  listening(): readonly SocketAddress[] {
    return this.#connection.listening.flatMap(({ address, owner }) => (owner === this.#pid ? [] : [address]));
  }

  signalled(signal: SignalName): void {
    if (this.#ended) return;
    this.#attempt?.spoil('it was sent a signal');
    this.#signals.get(signal)?.(signal);
  }

  killed(): void {
    if (this.#ended && !this.isAhead) return;
    this.#ahead?.stop();
    this.#ended = false;
    // Tells the kernel that the program has let go; without it the whole worker would be ended.
    this.#notify({ kind: 'exit', pid: this.#pid, code: null, signal: 'SIGKILL' });
    this.#letGo();
  }

  replaced(): void {
    if (!this.#ended) this.#letGo();
  }

  #letGo(): void {
    this.#finish('killed');
    // The kernel has closed what it held for the process; files are this worker's own.
    for (const fd of this.descriptors.list()) this.descriptors.close(fd);
  }

  stopped(stopped: boolean): void {
    if (!this.#ended) this.#options.onStop?.(stopped);
  }

  #finish(how: 'exited' | 'killed'): void {
    this.#ended = true;
    for (const dispose of this.#watches) dispose();
    this.#signals.clear();
    this.#connection.ended(this.#pid);
    this.#options.onEnd(how);
  }
}
