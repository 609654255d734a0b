/**
 * Between the page and the kernel: one port for the whole runtime. The page is trusted; it owns all workers, the kernel
 * decides about them. Handles here belong to the page's connection and are closed by `close`.
 */
import type { Handle, Pid } from '../base/ids.ts';
import type { ErrorData } from '../base/errors.ts';
import type { SignalName } from '../base/signals.ts';
import type { LayerSource } from './change.ts';
import type { EngineName, ProcessRow, TtyAttributes, TtySize, WaitResult } from './process-wire.ts';

export const HOST_WIRE_VERSION = 6;

export type ContainerId = number & { readonly brand?: 'ContainerId' };
export type WorkerId = number & { readonly brand?: 'WorkerId' };

/** What the kernel knows of a program: nothing but where it may run. */
export interface ProgramRow {
  readonly name: string;
  /** Names it is found by below `/usr/bin`. */
  readonly commands: readonly string[];
  /** `own`: a worker of its own on an engine; `shared`: a coroutine in the container's worker of trusted programs. */
  readonly worker: 'own' | 'shared';
  /** Layers its worker needs before it starts, mounted at these paths in every container. */
  readonly layers: readonly { readonly path: string; readonly id: string }[];
  /** How many idle workers are kept ready per container once it was used or `warm` was asked for. */
  readonly pool: number;
}

export interface Limits {
  readonly [name: string]: number;
}

/** `lstat` of a path, for the page's file system API. */
export interface HostStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** A file tree in the WebContainer API's shape is turned into this flat list by the page. Paths are relative. */
export type MountEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly kind: 'file'; readonly path: string; readonly data: Uint8Array | string; readonly mode?: number }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string };

export interface HostSpawnArgs {
  readonly container: ContainerId;
  /** Looked up along the container's PATH unless it has a slash. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A tty of this size for all three descriptors, or three pipes. */
  readonly tty: TtySize | null;
  readonly engine?: EngineName;
}

export interface HostSpawnResult {
  readonly pid: Pid;
  /** With a tty all three are its master; close it once. */
  readonly stdin: Handle;
  readonly stdout: Handle;
  readonly stderr: Handle;
}

export interface HttpRequestHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface HttpResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
}

type In<T> = T & { readonly container: ContainerId };

export interface HostOps {
  boot: {
    args: { version: number; programs: readonly ProgramRow[]; registry: string };
    result: { version: number };
  };
  /** Gives the kernel a layer; the same id twice is kept once. */
  addLayer: { args: LayerSource; result: object };
  /**
   * With `persist` what is stored under that name is loaded first. `notKept`: nothing will be, as another tab holds the name and this is
   * a copy (`storedElsewhere`), or the store cannot be opened.
   */
  createContainer: {
    args: {
      persist: string | null;
      workdir: string;
      env: Readonly<Record<string, string>>;
      limits: Limits;
      engine: EngineName;
      /** Hosts that programs may reach through the page (`example.com`, `*.example.com`, `*`). Absent: none. */
      network?: { readonly allow: readonly string[] };
      /** Base addresses of package registries in order of preference. Absent: the one of `boot`. */
      registries?: readonly string[];
    };
    result: { container: ContainerId; restored: boolean; storedElsewhere: boolean; notKept: boolean };
  };
  destroyContainer: { args: In<object>; result: object };
  /** Starts an idle worker for `program` before it is asked for. */
  warm: { args: In<{ program: string }>; result: object };
  /**
   * The author's files, once: `entries` over a layer that is mounted at `path`. In a container that was restored, those that the
   * reader neither changed nor deleted become what the author makes of them; the others stay the reader's.
   */
  mountAuthored: { args: In<{ path: string; entries: readonly MountEntry[]; layer: LayerSource | null }>; result: object };
  /** Writes files over what is there. */
  mountEntries: { args: In<{ path: string; entries: readonly MountEntry[] }>; result: object };
  mountLayer: { args: In<{ path: string; id: string }>; result: object };
  readFile: { args: In<{ path: string }>; result: { bytes: Uint8Array } };
  writeFile: { args: In<{ path: string; bytes: Uint8Array }>; result: object };
  readdir: { args: In<{ path: string }>; result: { entries: readonly { readonly name: string; readonly type: HostStat['type'] }[] } };
  mkdir: { args: In<{ path: string; recursive: boolean }>; result: object };
  remove: { args: In<{ path: string; recursive: boolean; force: boolean }>; result: object };
  rename: { args: In<{ from: string; to: string }>; result: object };
  stat: { args: In<{ path: string; followSymlinks: boolean }>; result: HostStat };
  symlink: { args: In<{ target: string; path: string }>; result: object };
  readlink: { args: In<{ path: string }>; result: { target: string } };
  /** Starts telling `fileEvent`s with this id. */
  watch: { args: In<{ path: string; recursive: boolean; id: number }>; result: object };
  unwatch: { args: In<{ id: number }>; result: object };
  /** An uncompressed tar of a folder, or of everything that was written over the layers (`path` "/"). */
  archive: { args: In<{ path: string; excludes: readonly string[]; includes: readonly string[] }>; result: { tar: Blob } };
  /** Replaces the tree below `path` by that of the tar. */
  restore: { args: In<{ path: string; tar: Blob }>; result: object };
  /** Forgets what is stored and puts the tree back to what it was after `createContainer` and the first mount. */
  forget: { args: In<object>; result: object };
  sync: { args: In<object>; result: object };
  spawn: { args: HostSpawnArgs; result: HostSpawnResult };
  wait: { args: In<{ pid: Pid }>; result: WaitResult };
  kill: { args: In<{ pid: Pid; signal: SignalName; group: boolean }>; result: object };
  read: { args: { handle: Handle; maxBytes: number }; result: { bytes: Uint8Array } };
  write: { args: { handle: Handle; bytes: Uint8Array }; result: object };
  /** Opens a byte stream to a port of the container, for WebSockets and the like. */
  connect: { args: In<{ port: number }>; result: { handle: Handle } };
  /**
   * One HTTP request to a port of the container. The body is bytes; the response's body is read with `read` from `body`,
   * already without transfer encoding. Fails with `ERR_BV_PORT_CLOSED`, `ECONNRESET` or `EPROTO`.
   */
  fetch: {
    args: In<{ port: number; head: HttpRequestHead; body: Uint8Array | null }>;
    result: { head: HttpResponseHead; body: Handle };
  };
  setTtySize: { args: { handle: Handle; size: TtySize }; result: object };
  getTty: { args: { handle: Handle }; result: { attributes: TtyAttributes; size: TtySize; foreground: Pid; name: string } };
  processes: { args: In<object>; result: { rows: readonly ProcessRow[] } };
  stats: { args: In<object>; result: ContainerStats };
}

export interface ContainerStats {
  readonly processes: number;
  readonly workers: number;
  readonly openPorts: readonly number[];
  readonly files: number;
  /** Bytes written over the layers. */
  readonly fileBytes: number;
  readonly layers: number;
  /** Changes that are not durable yet; 0 where nothing persists. */
  readonly unsavedChanges: number;
}

/** What the page tells the kernel without an answer. */
export type HostNotice =
  | { readonly kind: 'close'; readonly handle: Handle }
  /** A worker that was asked for runs; `port` goes to it (transferred with the notice). */
  | { readonly kind: 'workerStarted'; readonly worker: WorkerId; readonly port: unknown }
  /** A worker could not start, or died by itself: its processes end. `outOfMemory`: most likely for lack of memory. */
  | { readonly kind: 'workerFailed'; readonly worker: WorkerId; readonly error: ErrorData; readonly outOfMemory?: boolean }
  /**
   * Workers died together, with the frame they ran in: one change for the kernel, so that nothing is started in another of them
   * meanwhile. `outOfMemory` as above.
   */
  | { readonly kind: 'workersFailed'; readonly workers: readonly WorkerId[]; readonly error: ErrorData; readonly outOfMemory: boolean }
  /** A layer that every container was to have could not be loaded; it is tried again for the next worker that is started. */
  | { readonly kind: 'layerFailed'; readonly id: string; readonly error: ErrorData }
  /** Answers `silent`: the browser runs this worker in the page's own process, where it may fill the page's memory unseen. */
  | { readonly kind: 'sharesMemory'; readonly worker: WorkerId };

export type KernelHostNotice =
  | {
      readonly kind: 'startWorker';
      readonly worker: WorkerId;
      readonly container: ContainerId;
      /** Of the registry; for a shared worker the word `shared`. */
      readonly program: string;
      readonly engine: EngineName;
    }
  /** `rests`: nothing of what it ran is left, and its container gives up all workers of its kind until it is used again. */
  | { readonly kind: 'endWorker'; readonly worker: WorkerId; readonly rests?: boolean }
  /** A worker has been silent for longer than the limit `silentMs`; answered by `sharesMemory`, if that is so. */
  | { readonly kind: 'silent'; readonly worker: WorkerId }
  | { readonly kind: 'port'; readonly container: ContainerId; readonly port: number; readonly state: 'open' | 'close' }
  | {
      readonly kind: 'fileEvent';
      readonly container: ContainerId;
      readonly id: number;
      readonly event: 'rename' | 'change';
      readonly name: string;
    }
  /**
   * A program asks for a WebSocket at an address that is allowed. `handle` is the far end of its connection, from behind the
   * handshake's request on: the page answers it, and closes the handle.
   */
  | {
      readonly kind: 'webSocket';
      readonly container: ContainerId;
      readonly handle: Handle;
      readonly url: string;
      readonly headers: HttpRequestHead['headers'];
    }
  /** Something is durable under the container's name, for the first time since it was made or `forget` was asked for. */
  | { readonly kind: 'stored'; readonly container: ContainerId }
  | { readonly kind: 'storeError'; readonly container: ContainerId; readonly error: ErrorData }
  /** A process was ended or refused for a limit, in words for the reader. */
  | { readonly kind: 'limit'; readonly container: ContainerId; readonly limit: string; readonly message: string }
  | { readonly kind: 'fault'; readonly container: ContainerId | null; readonly error: ErrorData };

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an empty table of operations
export interface HostWorkerOps {}
