/**
 * Between the kernel and a worker that runs processes. A worker may run one process (`node` in the sandbox) or many (the
 * shell and the coreutils), and holds one replica of its container's files for all of them.
 *
 * Order is the contract: the kernel handles what a worker sends in the order it was sent, applies and forwards `changes`
 * before it handles the message after them, and sends a worker everything through this one port. So whoever sees a
 * message sees the files its sender had when it sent it.
 *
 * Workers are untrusted. A pid or handle that does not belong to the connection is answered with `ESRCH` or `EBADF`.
 */
import type { Fd, Handle, Ino, Pid } from '../base/ids.ts';
import type { ErrnoName } from '../base/errno.ts';
import type { SignalName } from '../base/signals.ts';
import type { Change, LayerSource, SharedOffsetId, TreeSnapshot } from './change.ts';

/** Raised whenever a message changes shape. Both sides send it in `hello` and refuse a stranger. */
export const PROCESS_WIRE_VERSION = 5;

export type EngineName = 'native' | 'quickjs';

export type StreamKind = 'pipe-read' | 'pipe-write' | 'socket' | 'tty' | 'pty-master' | 'listener' | 'channel';

/** A descriptor on its way to a process: on spawning it names the sender's handle, on starting the receiver's own. */
export type FdTransfer =
  | {
      readonly fd: Fd;
      readonly kind: 'stream';
      readonly stream: StreamKind;
      readonly handle: Handle;
      /** Of a tty, when a process starts: its size then. Node asks for it before it can wait. */
      readonly size?: TtySize;
    }
  | {
      readonly fd: Fd;
      readonly kind: 'file';
      readonly ino: Ino;
      /** `open(2)` flags. */
      readonly flags: number;
      readonly shared: SharedOffsetId;
      /** The path it was opened by, for messages and `/proc`. */
      readonly path: string;
    };

/** Process ids that the kernel has put aside. */
export interface PidRange {
  readonly first: Pid;
  readonly count: number;
}

/** How a program comes to life. Strings of `argv` and `env` are never empty keys; `env` keeps its order. */
export interface ProcessStart {
  readonly pid: Pid;
  readonly ppid: Pid;
  readonly pgid: Pid;
  readonly sid: Pid;
  /** The built-in program that runs (`node`, `sh`, `cat` …), from the kernel's registry. */
  readonly program: string;
  /** The absolute path that was executed. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly cwd: string;
  readonly umask: number;
  readonly uid: number;
  readonly gid: number;
  readonly fds: readonly FdTransfer[];
  readonly engine: EngineName;
  /** Of a program on QuickJS: bytes of the engine's memory, and milliseconds that it may run without yielding. */
  readonly engineLimits?: { readonly memoryBytes: number; readonly cpuMs: number };
  /** The container's package registries: package managers that a child runs while this process waits for it cannot ask the kernel. */
  readonly registries?: readonly string[];
  /** Only where it is a thread of another process (`worker_threads`): the channel to its parent, and its start data. */
  readonly thread?: { readonly channel: Handle; readonly data: unknown };
  /** Ids that only this process may give to its children: some programs must name a child before they can wait for an answer. */
  readonly childPids?: PidRange;
}

export interface SpawnArgs {
  readonly pid: Pid;
  /** An absolute path. A script is run through its `#!` line, as `execve(2)` does it. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly cwd: string;
  readonly umask: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Handles named here stay the caller's: the child gets its own. */
  readonly fds: readonly FdTransfer[];
  /** Process group: `0` makes the child the leader of a new one; absent, the caller's. */
  readonly pgid?: Pid;
  /** The child becomes the leader of a new session (`setsid(2)`). */
  readonly newSession?: boolean;
  /** Makes the child's group the foreground group of this tty before it runs (no race with its first read). */
  readonly foregroundOf?: Handle;
  readonly engine?: EngineName;
  readonly thread?: { readonly channel: Handle; readonly data: unknown };
  /** The child's id, out of the caller's own `childPids` and never used before. Anything else fails with `EINVAL`. */
  readonly childPid?: Pid;
  /**
   * Descriptors of the child that are one end of a new socket pair each; the caller gets the other ends in the result's
   * `handles`, in this order. So that a spawn with pipes is one message.
   */
  readonly socketPairs?: readonly Fd[];
  /** Signals that the child ignores from the start. All others are reset to their default, as `execve(2)` does. */
  readonly ignoredSignals?: readonly SignalName[];
}

/** What `execve(2)` takes. Descriptors not named are closed; the process keeps its ids, its parent and its children. */
export interface ExecArgs {
  readonly pid: Pid;
  /** An absolute path. A script is run through its `#!` line. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly cwd: string;
  readonly umask: number;
  readonly fds: readonly FdTransfer[];
  readonly engine?: EngineName;
  /** Signals that stay ignored. All others get their default. */
  readonly ignoredSignals?: readonly SignalName[];
}

/** `code` if it ended by itself, `signal` if a signal ended it; `stopped` while it is only stopped (`WUNTRACED`). */
export interface WaitResult {
  readonly pid: Pid;
  readonly code: number | null;
  readonly signal: SignalName | null;
  readonly stopped?: SignalName;
  readonly continued?: boolean;
}

/** What of termios(3) is kept. The defaults are all true: a cooked tty. */
export interface TtyAttributes {
  /** ICANON: lines, with erase, kill and end-of-file keys. */
  readonly canonical: boolean;
  /** ECHO, ECHOE, ECHOCTL. */
  readonly echo: boolean;
  /** ISIG: Ctrl-C, Ctrl-\ and Ctrl-Z send signals to the foreground group. */
  readonly signals: boolean;
  /** ICRNL: a typed CR reads as NL. */
  readonly mapCr: boolean;
  /** OPOST with ONLCR: a written NL shows as CR NL. */
  readonly mapNl: boolean;
}

export interface TtySize {
  readonly columns: number;
  readonly rows: number;
}

export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** Whether the path of a socket is a name beside the file tree, of any bytes behind its NUL (`unix(7)`, abstract). */
export const isAbstract = (path: string): boolean => path.startsWith('\0');

/** An address that is listened on, and the process that asked for it. */
export interface ListeningAddress {
  readonly address: SocketAddress;
  readonly owner: Pid;
}

/** A connection, or a listener, which has no `remote`. */
export interface PassedHandle {
  readonly handle: Handle;
  readonly stream: StreamKind;
  readonly local: SocketAddress;
  readonly remote?: SocketAddress;
}

export interface ProcessRow {
  readonly pid: Pid;
  readonly ppid: Pid;
  readonly pgid: Pid;
  readonly sid: Pid;
  readonly state: 'running' | 'stopped' | 'zombie';
  readonly command: string;
  readonly tty: string | null;
  readonly startedMs: number;
  /** It waits for what is typed into its terminal. */
  readonly reading?: true;
  /**
   * Milliseconds that it and its threads were busy, as `performance.eventLoopUtilization().active` counts: the processor time it took at
   * most, which browsers do not tell. As of the last answer of its worker, which each call asks anew, and of a worker that has not answered
   * all the time since. Absent before the first answer, and of programs that share a worker (the shell, the coreutils).
   */
  readonly activeMs?: number;
  /** Bytes of WebAssembly memory that the engine holds. On QuickJS alone: browsers do not tell what their own engine holds. */
  readonly memoryBytes?: number;
}

/** What the one process of a worker has taken so far. */
export interface WorkerUsage {
  /** Whole milliseconds. */
  readonly activeMs: number;
  readonly memoryBytes?: number;
}

/** Handles from here on are chosen by those who use them. */
export const firstOwnHandle = 0x4000_0000;

/** What a process may ask of the kernel. `pid` says which process of the worker asks. */
export interface KernelOps {
  /** Up to `maxBytes`; waits for at least one; an empty result is end of file. Fails with `EBADF`, `EIO`, `ECONNRESET`. */
  read: { args: { pid: Pid; handle: Handle; maxBytes: number }; result: { bytes: Uint8Array } };
  /** Resolves when all of `bytes` is accepted, which may wait for a reader. Fails with `EPIPE` (and `SIGPIPE`), `EBADF`. */
  write: { args: { pid: Pid; handle: Handle; bytes: Uint8Array }; result: object };
  /** Ends the writing half of a socket. */
  shutdown: { args: { pid: Pid; handle: Handle }; result: object };
  /** Another handle of the same object, owned by `pid`. */
  duplicate: { args: { pid: Pid; handle: Handle }; result: { handle: Handle } };
  pipe: { args: { pid: Pid }; result: { read: Handle; write: Handle } };
  socketPair: { args: { pid: Pid }; result: { a: Handle; b: Handle } };
  /**
   * Gives whoever holds the other end of the socket `channel` a handle of the same connection or listener, as `SCM_RIGHTS` does. It is
   * there before anything that is written afterwards. Fails with `EINVAL` for other objects, `ENOBUFS` where too many are on their way.
   */
  pass: { args: { pid: Pid; channel: Handle; handle: Handle }; result: object };
  /** Waits for the next handle that the other end of the socket `channel` passes. */
  takePassed: { args: { pid: Pid; channel: Handle }; result: PassedHandle };
  /**
   * Port 0 picks a free one. Of a path, `bound` says that the process has made its name in the file tree itself (`bindSocket`).
   * Fails with `EADDRINUSE`, `EACCES`.
   */
  listen: {
    args: { pid: Pid; address: SocketAddress; backlog: number; bound?: boolean };
    result: { handle: Handle; address: SocketAddress };
  };
  accept: { args: { pid: Pid; handle: Handle }; result: { handle: Handle; local: SocketAddress; remote: SocketAddress } };
  /** Fails with `ECONNREFUSED`, `ENOENT`, `EHOSTUNREACH`. */
  connect: { args: { pid: Pid; address: SocketAddress }; result: { handle: Handle; local: SocketAddress; remote: SocketAddress } };
  /**
   * What is written on a connection out of the container from now on is meant for TLS, which the page's browser speaks: it chooses
   * versions and ciphers and verifies the server. Fails with `EPROTO` for every other connection, since nothing in a container is encrypted.
   */
  startTls: { args: { pid: Pid; handle: Handle }; result: object };
  /** Addresses of a host name. Fails with `ENOTFOUND` as `EAI_NONAME`. */
  lookup: {
    args: { pid: Pid; host: string; family: 0 | 4 | 6 };
    result: { addresses: readonly { readonly address: string; readonly family: 4 | 6 }[] };
  };
  /**
   * Resolves when the child's worker has been handed the program. Fails with `ENOENT`, `EACCES`, `ENOEXEC`, `EAGAIN`.
   * `handles` answers `socketPairs`; `childPids` is a further range, given when the caller's last one is running out.
   */
  spawn: { args: SpawnArgs; result: { pid: Pid; handles?: readonly Handle[]; childPids?: PidRange } };
  /**
   * `execve(2)`: the process becomes another program. If it does, `replaced` is told, and what is answered after it is for nobody.
   * Fails with `ENOENT`, `EACCES`, `ENOEXEC`, `EAGAIN`; the process is then as it was.
   */
  exec: { args: ExecArgs; result: object };
  /** Gives bytes that were read too far back to a pipe, a socket or a tty: who reads next finds them first. */
  unread: { args: { pid: Pid; handle: Handle; bytes: Uint8Array }; result: object };
  /**
   * Waits until a child (−1: any; 0: any of the caller's group; below −1: any of that group) ends, or also stops or
   * continues with `untraced`. With `noHang` answers `null` if none has. Fails with `ECHILD`.
   */
  wait: { args: { pid: Pid; child: Pid; untraced?: boolean; noHang?: boolean }; result: WaitResult | null };
  /** To a process, 0: the caller's group, −n: the group n. Signal 0 only checks. Fails with `ESRCH`, `EPERM`. */
  kill: { args: { pid: Pid; target: number; signal: SignalName | 0 }; result: object };
  setProcessGroup: { args: { pid: Pid; target: Pid; pgid: Pid }; result: object };
  setSession: { args: { pid: Pid }; result: { sid: Pid } };
  getTty: { args: { pid: Pid; handle: Handle }; result: { attributes: TtyAttributes; size: TtySize; foreground: Pid; name: string } };
  setTty: { args: { pid: Pid; handle: Handle; attributes: Partial<TtyAttributes> }; result: object };
  setTtySize: { args: { pid: Pid; handle: Handle; size: TtySize }; result: object };
  setForeground: { args: { pid: Pid; handle: Handle; pgid: Pid }; result: object };
  /** Another handle of the caller's controlling tty, as opening `/dev/tty` gives it. Fails with `ENXIO`. */
  openTty: { args: { pid: Pid }; result: { handle: Handle } };
  openPty: { args: { pid: Pid; size: TtySize }; result: { master: Handle; slave: Handle; name: string } };
  /**
   * A pair of message channels, for threads. What one side posts the other is told by `message`, in order. Messages for `b`
   * wait until it is given to a child or its holder posts on it, so that a parent may post before its thread runs. Who cannot wait for
   * the answer names them: `a` is then `at` and `b` the next one, from {@link firstOwnHandle} on. Fails with `EINVAL` where they are in use.
   */
  channelPair: { args: { pid: Pid; at?: Handle }; result: { a: Handle; b: Handle } };
  processes: { args: { pid: Pid }; result: { rows: readonly ProcessRow[] } };
  /** Resolves when every change sent before is durable. Fails with `EIO` or `ENOSPC`; at once where nothing persists. */
  sync: { args: { pid: Pid }; result: object };
  /**
   * Makes layers known in the caller's container; once it has resolved they can be mounted (`mount` changes). Where files are kept the
   * layers are stored under their ids for every container of the browser, so only a worker of trusted programs may do it. Fails with `EPERM`.
   */
  addLayers: { args: { pid: Pid; layers: readonly LayerSource[] }; result: object };
  /**
   * Begins to start an idle worker of a program that will be asked for soon, unless there is one; with `later`, once the caller, who is about
   * to end, has. Trusted, `EPERM`; no answer waits for it.
   */
  warm: { args: { pid: Pid; program: string; later?: boolean }; result: object };
  /** Where packages come from, as the page's author said or the build: base addresses in order of preference. Trusted, `EPERM`. */
  registries: { args: { pid: Pid }; result: { registries: readonly string[] } };
  /**
   * Asks whether the container may request `url` through the page: of a registry above, or of a host that its network permissions name.
   * Noted in the audit log without credentials and query. Trusted, `EPERM`; fails with `EACCES` where it may not, after telling the reader.
   */
  permitRequest: { args: { pid: Pid; url: string }; result: object };
}

/** What a worker tells the kernel without an answer. */
export type ProcessNotice =
  /**
   * First of all. `answersKilled`: this worker answers each `killed` by an `exit` of that process, so that the kernel can tell a
   * worker that is stuck (none within a second), which it then ends.
   */
  | { readonly kind: 'hello'; readonly version: number; readonly answersKilled?: boolean }
  /** The replica's own changes, already applied there, in order. Acknowledged by count. */
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  /** `reset`: the other side of a socket is told of a broken connection (`ECONNRESET`), not of an end. */
  | { readonly kind: 'close'; readonly pid: Pid; readonly handle: Handle; readonly reset?: boolean }
  /** `handle` means that the program has a listener; the kernel then does not act by default. */
  | { readonly kind: 'disposition'; readonly pid: Pid; readonly signal: SignalName; readonly action: 'default' | 'ignore' | 'handle' }
  | { readonly kind: 'chdir'; readonly pid: Pid; readonly cwd: string }
  | { readonly kind: 'title'; readonly pid: Pid; readonly title: string }
  | { readonly kind: 'post'; readonly pid: Pid; readonly handle: Handle; readonly data: unknown }
  /** Answers `ping`; also sent now and then, without `usage`, by programs that make system calls and never return to their event loop. */
  | { readonly kind: 'alive'; readonly usage?: WorkerUsage }
  /** The process is over: its handles are closed, its parent told. */
  | { readonly kind: 'exit'; readonly pid: Pid; readonly code: number | null; readonly signal: SignalName | null };

/** What files may come to, so that a call fails at once and not only when the kernel has ordered its change. */
export interface FileLimits {
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
  readonly maxFiles: number;
}

/** What the kernel tells a worker. */
export type KernelNotice =
  /**
   * First of all, and before the worker's `hello`: changes of files may follow, all else waits for that. `inoBase` starts the worker's own
   * range of inode numbers, 2^31 long; `snapshot` is the tree now.
   */
  | {
      readonly kind: 'welcome';
      readonly version: number;
      readonly container: string;
      readonly inoBase: Ino;
      readonly snapshot: TreeSnapshot;
      readonly fileLimits?: FileLimits;
    }
  | { readonly kind: 'start'; readonly start: ProcessStart }
  /** Changes of others, ordered after the first `acknowledged` of this worker's own (counted from its start). */
  | { readonly kind: 'changes'; readonly changes: readonly Change[]; readonly acknowledged: number }
  | { readonly kind: 'acknowledged'; readonly acknowledged: number }
  /** The `index`th of this worker's own changes created exclusively what another had created before. */
  | { readonly kind: 'conflict'; readonly index: number; readonly path: string }
  /**
   * The `index`th of this worker's own changes broke a limit (`ENOSPC`, `EFBIG`, `ENAMETOOLONG`): it happened nowhere, the
   * replica takes it back. All before it are acknowledged, and it counts as acknowledged.
   */
  | { readonly kind: 'rejected'; readonly index: number; readonly code: ErrnoName; readonly path: string }
  /** Layers, before the first change that mounts one of them. */
  | { readonly kind: 'layers'; readonly layers: readonly LayerSource[] }
  /** A layer of the page's that a program may wait for will not come; `message` says why. */
  | { readonly kind: 'layerFailed'; readonly id: string; readonly message: string }
  /** Only for signals the program handles; the kernel carries out the defaults by itself. */
  | { readonly kind: 'signal'; readonly pid: Pid; readonly signal: SignalName }
  | { readonly kind: 'message'; readonly handle: Handle; readonly data: unknown }
  | { readonly kind: 'channelClosed'; readonly handle: Handle }
  /**
   * All addresses that the container's processes listen on, whenever one was added or removed (and after `welcome` if there
   * are any). Sent before the process that caused it is answered or its end is told, so that a program which listens
   * without waiting (Node) learns at once what is taken. What a process finds of its own may be older than what it did since.
   */
  | { readonly kind: 'listening'; readonly addresses: readonly ListeningAddress[] }
  /** The kernel has ended this process of a shared worker (SIGKILL, or another default): stop it now. */
  | { readonly kind: 'killed'; readonly pid: Pid }
  /** The process is another program from here on, in whatever worker: what ran here is over, and its handles are closed. */
  | { readonly kind: 'replaced'; readonly pid: Pid }
  | { readonly kind: 'stopped'; readonly pid: Pid; readonly stopped: boolean }
  /** Answered by `alive`. */
  | { readonly kind: 'ping' };

/** The kernel never calls a worker: a worker that does not answer must not hold it up. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an empty table of operations
export interface WorkerOps {}
