/**
 * The narrow waist: all that a program can reach. One object per process. Arguments and results are plain data (numbers,
 * strings, booleans, `Uint8Array`, plain arrays and objects of them), save that callbacks may be given, so that the same
 * interface crosses into QuickJS. Failures are `PosixError`s with `code` and `errno`; the caller adds syscall and path.
 *
 * File calls are synchronous: they act on the worker's replica. What needs another process is asynchronous.
 */
import type { Dispose } from '../base/disposers.ts';
import type { Question } from './attempt.ts';
import type { Fd, Handle } from '../base/ids.ts';
import type { SignalName } from '../base/signals.ts';
import type { DirectoryEntry, FileSystemStat, Stat } from '../base/stat.ts';
import type {
  FdTransfer,
  KernelOps,
  PidRange,
  ProcessNotice,
  ProcessStart,
  SocketAddress,
  SpawnArgs,
  StreamKind,
} from '../wires/process-wire.ts';
import type { Outcome } from '../wires/rpc.ts';

export type { DirectoryEntry, FileSystemStat, Stat };

export interface WatchEvent {
  readonly kind: 'rename' | 'change';
  /** Relative to what is watched; empty for itself. */
  readonly name: string;
}

/** Paths may be relative to the process's working directory. Every call may throw a `PosixError`. */
export interface FileCalls {
  /** `flags` are Linux `O_*` bits. The lowest free descriptor. */
  open(path: string, flags: number, mode: number): Fd;
  close(fd: Fd): void;
  /** `position` null reads at, and moves, the descriptor's offset. Of a stream only what has arrived, else `EAGAIN`. */
  read(fd: Fd, into: Uint8Array, position: number | null): number;
  /** To a stream it posts the bytes and returns at once; `EAGAIN` past the limit of what may be held. */
  write(fd: Fd, bytes: Uint8Array, position: number | null): number;
  /** The whole file; `ENOTSUP`-free shortcut for `open`, `read` to the end, `close`. The caller owns the result. */
  readFile(path: string): Uint8Array;
  /** `st_mode & S_IFMT` of what the path leads to, 0 if it leads nowhere. For those who fail often: a `PosixError` costs more than the look. */
  typeOf(path: string): number;
  stat(path: string): Stat;
  lstat(path: string): Stat;
  fstat(fd: Fd): Stat;
  access(path: string, mode: number): void;
  readdir(path: string): readonly DirectoryEntry[];
  mkdir(path: string, mode: number): void;
  /** Makes `prefix` plus six characters that no entry has yet, as a directory, and returns its path. */
  mkdtemp(prefix: string): string;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(existing: string, path: string): void;
  symlink(target: string, path: string): void;
  /** Makes the name of a socket that is to listen. Fails with `EEXIST`. */
  bindSocket(path: string): void;
  readlink(path: string): string;
  realpath(path: string): string;
  chmod(path: string, mode: number): void;
  fchmod(fd: Fd, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  lchown(path: string, uid: number, gid: number): void;
  fchown(fd: Fd, uid: number, gid: number): void;
  utimes(path: string, atimeMs: number, mtimeMs: number): void;
  lutimes(path: string, atimeMs: number, mtimeMs: number): void;
  futimes(fd: Fd, atimeMs: number, mtimeMs: number): void;
  truncate(path: string, size: number): void;
  ftruncate(fd: Fd, size: number): void;
  /** Shares contents until one of the two is written. `exclusive`: `EEXIST` if `to` is there. */
  copyFile(from: string, to: string, exclusive: boolean): void;
  statfs(path: string): FileSystemStat;
  /** Told in the order of changes, its own too. The path must exist. */
  watch(path: string, options: { readonly recursive: boolean }, listener: (event: WatchEvent) => void): Dispose;
  /** Mounts a layer that the container was given (`addLayers`). Fails with `ENOENT` for an unknown one, `ENOTDIR`, `EBUSY` where one is mounted. */
  mount(path: string, layer: string): void;
  /** Takes away what a layer brought, with all that was written below its folders. Fails with `EINVAL` if none is mounted there. */
  unmount(path: string): void;
  /**
   * Runs `run`, which may not wait, and hands all changes it makes to the kernel in one piece: where files are kept, all or none of them
   * outlive a tab that is killed. Changes made before a failure in `run` stay.
   */
  together<T>(run: () => T): T;
  /** The id of the layer that is mounted there; undefined if none is. */
  mounted(path: string): string | undefined;
  cwd(): string;
  chdir(path: string): void;
  umask(mask?: number): number;
}

/** What a descriptor refers to. */
export type FdInfo =
  | { readonly kind: 'file'; readonly path: string; readonly flags: number }
  | { readonly kind: 'stream'; readonly stream: StreamKind; readonly handle: Handle };

/** The process's table of descriptors. */
export interface Descriptors {
  info(fd: Fd): FdInfo | undefined;
  list(): readonly Fd[];
  /** Gives a kernel handle a descriptor: `at`, or the lowest free one. The table then owns the handle. */
  adopt(stream: StreamKind, handle: Handle, at?: Fd): Fd;
  /** `dup2(2)` with `to`, `dup(2)` without. File descriptors share their offset. */
  duplicate(from: Fd, to?: Fd): Fd;
  /** For `spawn`: `from` becomes `as` in the child. */
  transfer(from: Fd, as: Fd): FdTransfer;
}

export type ExitStatus = { readonly code: number } | { readonly signal: SignalName };

/** A child that the process waits for without waiting ({@link Syscalls.goAhead}). */
export interface ChildAhead {
  /** As messages name it. */
  readonly command: string;
  readonly spawn: Omit<SpawnArgs, 'pid'>;
  /** Ids for children to come. */
  readonly onPids: (range: PidRange | undefined) => void;
  /** It has ended well, as have all that were started like it. */
  readonly onOver: () => void;
}

/** Sends to the kernel; `pid` is added. */
export interface Syscalls {
  readonly start: ProcessStart;
  readonly files: FileCalls;
  readonly descriptors: Descriptors;
  /** `done` runs later, never inside the call. The result is a function that cancels. */
  call<K extends keyof KernelOps & string>(
    op: K,
    args: Omit<KernelOps[K]['args'], 'pid'>,
    done: (outcome: Outcome<KernelOps[K]['result']>) => void,
  ): Dispose;
  notify(notice: DistributiveOmit<Exclude<ProcessNotice, { kind: 'hello' | 'changes' | 'exit' }>, 'pid'>): void;
  /** Ends the process. What was written before is delivered. In a worker of one process it does not return. */
  exit(status: ExitStatus): void;
  /** The program handles `signal` from now on; `null` gives it back to the kernel's default. */
  onSignal(signal: SignalName, listener: ((signal: SignalName) => void) | null): void;
  /** Addresses that other processes of this container listen on, as the kernel last told. */
  listening?(): readonly SocketAddress[];
  /**
   * What the program must know before it goes on, and cannot wait for. Where the answer is not known yet the process begins anew with it,
   * and this does not return; `undefined` where that cannot be.
   */
  learn?(question: Question): boolean | undefined;
  /**
   * Starts a child, and takes it to have ended well: until it has, nothing that the process does is seen by others, and where it ends
   * otherwise, or changes what the process has looked at since, the process is ended. Absent where a worker has several processes.
   */
  goAhead?(child: ChildAhead): void;
  /** For what a child looks at that runs inside of this process. */
  saw?(path: string, names?: boolean): void;
  /** Whether such a child still runs. */
  readonly isAhead?: boolean;
  /** Messages of a channel handle, in order; `null` end of channel. */
  onMessage(handle: Handle, listener: (data: unknown) => void, onClose: () => void): Dispose;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
