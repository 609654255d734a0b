/** The system calls of one process, over its worker's connection. */
import type { Dispose } from '../base/disposers.ts';
import { PosixError } from '../base/errors.ts';
import type { Fd, Handle, Pid } from '../base/ids.ts';
import type { SignalName } from '../base/signals.ts';
import { FileSystem } from '../fs/file-system.ts';
import type { FdTransfer, FileLimits, KernelOps, ProcessNotice, ProcessStart, SocketAddress } from '../wires/process-wire.ts';
import type { Outcome } from '../wires/rpc.ts';
import type { HostedProcess, ProcessPeer, WorkerConnection } from './connection.ts';
import { DescriptorTable, type StreamDescription } from './descriptor-table.ts';
import { HeldInput } from './held-input.ts';
import { ProcessFiles } from './process-files.ts';
import type { Syscalls } from './syscalls.ts';

/** What the system calls of a process go through. */
export type ProcessConnection = Pick<WorkerConnection, 'replica' | 'watchers' | 'listening' | 'listenTo' | 'ended'> & {
  readonly fileLimits?: FileLimits | undefined;
  readonly peer: Pick<ProcessPeer, 'send' | 'notify'>;
};

export interface ProcessOptions {
  readonly randomFill: (bytes: Uint8Array) => void;
  /** The process is over, by itself or by the kernel: nothing it does counts any more. */
  readonly onEnd: (how: 'exited' | 'killed') => void;
  readonly onStop?: (stopped: boolean) => void;
}

/** Captured: the program may do to its globals what it likes. */
const enqueueMicrotask = queueMicrotask.bind(globalThis);

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
  #ended = false;

  constructor(start: ProcessStart, connection: ProcessConnection, options: ProcessOptions) {
    this.start = start;
    this.#connection = connection;
    this.#options = options;
    this.#held = new HeldInput({
      read: (handle, maxBytes, done) => void this.#send('read', { handle, maxBytes }, done),
      unread: (handle, bytes) => void this.#send('unread', { handle, bytes }, () => undefined), // In order with what follows.
      queueMicrotask: enqueueMicrotask,
    });
    const files = new FileSystem(connection.replica, { uid: start.uid, gid: start.gid, umask: start.umask, ...connection.fileLimits });
    this.descriptors = new DescriptorTable({
      maxOpen: maxOpenFiles,
      closeHandle: (handle) => {
        this.#held.giveBack(handle);
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
        readHeld: (stream, into) => this.#held.readSync(stream.handle, into),
        changedDirectory: (cwd) => this.#notify({ kind: 'chdir', pid: this.#pid, cwd }),
        randomFill: options.randomFill,
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
    let inside = true as boolean; // A closed connection answers within the call.
    const cancel = this.#connection.peer.send(op, { ...args, pid: this.#pid }, (outcome) => {
      if (this.#ended) return;
      if (inside) enqueueMicrotask(() => done(outcome));
      else done(outcome);
    });
    inside = false;
    return cancel;
  }

  /** Reads ahead of a stream, so that synchronous reads find the bytes. `onProgress` says whether to go on; see {@link HeldInput.fetch}. */
  readAhead(fd: Fd, maxBytes: number, onProgress: (state: { readonly size: number; readonly ended: boolean }) => boolean): void {
    const info = this.descriptors.info(fd);
    if (info?.kind === 'stream') this.#held.fetch(info.handle, maxBytes, onProgress);
  }

  notify(notice: Parameters<Syscalls['notify']>[0]): void {
    if (notice.kind === 'close') this.#held.giveBack(notice.handle);
    this.#notify({ ...notice, pid: this.#pid } as ProcessNotice);
  }

  #notify(notice: ProcessNotice): void {
    if (!this.#ended) this.#connection.peer.notify(notice);
  }

  #post(stream: StreamDescription, bytes: Uint8Array): void {
    stream.unaccepted += bytes.length;
    this.call('write', { handle: stream.handle, bytes }, ({ error }) => {
      stream.unaccepted -= bytes.length;
      if (error instanceof PosixError) stream.failed = error;
    });
  }

  exit(status: { readonly code: number } | { readonly signal: SignalName }): void {
    if (this.#ended) return;
    this.descriptors.closeAll();
    this.#notify({
      kind: 'exit',
      pid: this.#pid,
      code: 'code' in status ? status.code & 255 : null,
      signal: 'signal' in status ? status.signal : null,
    });
    this.#finish('exited');
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
        if (!this.#ended) listener(data);
      },
      onClose: () => {
        if (!this.#ended) onClose();
      },
    });
  }

  listening(): readonly SocketAddress[] {
    return this.#connection.listening;
  }

  signalled(signal: SignalName): void {
    if (!this.#ended) this.#signals.get(signal)?.(signal);
  }

  killed(): void {
    if (this.#ended) return;
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
