import type { Dispose } from '../base/disposers.ts';
import type { ErrnoName } from '../base/errno.ts';
import { errorToData, PosixError, type BvError } from '../base/errors.ts';
import { Authority } from '../fs/authority.ts';
import { FileSystem } from '../fs/file-system.ts';
import { S_IFMT, S_IFSOCK, X_OK } from '../base/file-mode.ts';
import type { Tree } from '../fs/tree.ts';
import { Watchers } from '../fs/watchers.ts';
import type { ContainerId, ContainerStats, MountEntry, ProgramRow } from '../wires/host-wire.ts';
import type { LayerSource } from '../wires/change.ts';
import { isAbstract, type EngineName, type PidRange, type ProcessStart, type SocketAddress, type TtySize } from '../wires/process-wire.ts';
import type { SignalName } from '../base/signals.ts';
import type { AuditEvent } from './audit-log.ts';
import type { KernelEnvironment } from './environment.ts';
import { resolveExecutable } from '../fs/executable.ts';
import { Gateway } from './gateway.ts';
import type { AuthorFiles } from './host-files.ts';
import { HttpClient } from './http1/http-client.ts';
import type { Kernel } from './kernel.ts';
import type { Caller, Description } from './kernel-object.ts';
import type { LimitName, LimitSet } from './limits.ts';
import type { Listener } from './listener.ts';
import { Network, localAddress } from './network.ts';
import type { ByteChannelOptions } from './pipe.ts';
import { Persistence, type OpenStore } from './persistence.ts';
import { ProcessTable } from './process-table.ts';
import type { Process } from './process.ts';
import type { Socket } from './socket.ts';
import { defaultEnvironment, installSystemFiles, userId } from './system-files.ts';
import { Tty, TtySlave } from './tty.ts';
import type { PassedFd, WorkerConnection } from './worker-connection.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ContainerOptions {
  readonly id: ContainerId;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: LimitSet;
  readonly engine: EngineName;
  readonly allow: readonly string[];
  /** Base addresses, each with a slash at its end. */
  readonly registries: readonly string[];
  /** What was stored, or an empty tree. */
  readonly tree: Tree;
  readonly restored: boolean;
  readonly store?: OpenStore | undefined;
}

export interface SpawnOptions {
  readonly parent: Process | null;
  readonly pid?: number | undefined;
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly cwd: string;
  readonly umask: number;
  readonly uid: number;
  readonly gid: number;
  readonly engine: EngineName;
  readonly pgid?: number | undefined;
  readonly newSession: boolean;
  readonly ignored: readonly SignalName[];
  readonly fds: readonly PassedFd[];
  readonly thread?: { readonly end: Description; readonly data: unknown } | undefined;
  /** Gets the child's group as its foreground group before the child runs. */
  readonly foreground?: Tty | undefined;
  /** Pids put aside for its children, where its program wants that. */
  readonly childPidCount: number;
}

type StartFields = 'file' | 'argv' | 'env' | 'cwd' | 'umask' | 'engine' | 'childPidCount';

/** One container: files, processes, ports and workers of its own. Nothing in it can name anything of another. */
export class Container {
  readonly id: ContainerId;
  readonly kernel: Kernel;
  readonly environment: KernelEnvironment;
  readonly limits: LimitSet;
  readonly engine: EngineName;
  readonly registries: readonly string[];
  readonly workdir: string;
  readonly authority: Authority;
  /** The files as the user of the container may use them; and as root. */
  readonly files: FileSystem;
  readonly rootFiles: FileSystem;
  readonly processes = new ProcessTable();
  readonly network: Network;
  readonly gateway: Gateway;
  readonly http: HttpClient;
  readonly workers: WorkerPool;
  readonly watchers: Watchers;
  /** Absent where nothing is kept. */
  readonly persistence: Persistence | undefined;
  readonly channelOptions: ByteChannelOptions;
  /** Of programs that the page starts. */
  readonly env: ReadonlyMap<string, string>;
  /** Of the page, by its ids. */
  readonly watches = new Map<number, Dispose>();
  /** Its files were stored. */
  readonly restored: boolean;
  /** What `forget` goes back to. */
  firstMount: { readonly path: string; readonly entries: readonly MountEntry[] } | undefined;
  author: AuthorFiles | undefined;
  /** Paths and layers, as the page mounted them. */
  readonly mountedLayers = new Map<string, string>();
  #nextPty = 0;

  constructor(kernel: Kernel, options: ContainerOptions) {
    this.kernel = kernel;
    this.environment = kernel.environment;
    this.id = options.id;
    this.limits = options.limits;
    this.engine = options.engine;
    this.workdir = options.workdir;
    this.registries = options.registries;
    this.restored = options.restored;
    const { limits, environment } = this;
    const fileLimits = { maxFileBytes: limits.get('fileSize'), maxTotalBytes: limits.get('totalBytes'), maxFiles: limits.get('files') };
    this.authority = new Authority(options.tree, { limits: fileLimits });
    this.persistence =
      options.store &&
      new Persistence(options.store, this.authority, {
        isProgramLayer: (layer) => this.#isProgramLayer(layer),
        onError: (error) => this.storeFailed(error),
        onStored: () => kernel.tellPage({ kind: 'stored', container: this.id }),
      });
    const now = () => environment.now();
    this.files = new FileSystem(this.authority, { uid: userId, now, ...fileLimits });
    this.rootFiles = new FileSystem(this.authority, { uid: 0, now });
    this.channelOptions = {
      maxQueued: limits.get('queuedBytes'),
      onOverflow: () =>
        this.reachedLimit('queuedBytes', `A program wrote more than ${limits.get('queuedBytes')} bytes into a stream that nobody reads`),
    };
    this.gateway = new Gateway({
      allow: options.allow,
      channel: this.channelOptions,
      fetch: environment.fetch,
      onDenied: (host, message) => {
        this.audit('network-denied', message);
        kernel.tellPage({ kind: 'limit', container: this.id, limit: 'network', message });
      },
      onRequest: (address) => this.audit('request', address),
      setTimer: (task, delayMs) => environment.setTimer(task, delayMs),
      onWebSocket: (opening, socket) => {
        kernel.tellPage({ kind: 'webSocket', container: this.id, handle: kernel.handles.add(socket, null), ...opening });
      },
    });
    this.network = new Network({
      channel: this.channelOptions,
      maxBacklog: limits.get('backlog'),
      maxConnections: limits.get('connections'),
      onListening: (addresses) => kernel.tellWorkers(this, { kind: 'listening', addresses }),
      onPort: (port, state) => kernel.tellPage({ kind: 'port', container: this.id, port, state }),
      outbound: (host, port) => this.gateway.connect(host, port),
    });
    this.http = new HttpClient((port) => this.network.connectToPort(port));
    this.workers = new WorkerPool(this);
    this.watchers = new Watchers(options.tree);
    this.env = new Map([...defaultEnvironment(options.workdir), ...Object.entries(options.env)]);
    installSystemFiles(this.rootFiles, kernel.programs.values(), options.workdir);
    for (const source of kernel.layers.values()) this.mountProgramLayer(source);
  }

  get programs(): ReadonlyMap<string, ProgramRow> {
    return this.kernel.programs;
  }

  /** Mounts a layer where the programs that need it expect it. */
  mountProgramLayer(source: LayerSource): void {
    for (const { layers } of this.programs.values()) {
      for (const { id, path } of layers) {
        if (id !== source.id) continue;
        this.authority.addLayers([source]);
        this.rootFiles.mkdirp(path, 0o755);
        if (this.rootFiles.nodeAt(path, { follow: true }).mount === undefined) this.rootFiles.mount(path, id);
      }
    }
  }

  /**
   * Starts a process. The process is in the table at once, so that it can be named and signalled; the promise, if it takes
   * one, is for the worker.
   */
  spawn(options: SpawnOptions): Process | Promise<Process> {
    if (this.processes.alive >= this.limits.get('processes')) {
      this.reachedLimit('processes', `No more than ${this.limits.get('processes')} processes run at once`);
      throw new PosixError('EAGAIN');
    }
    const fs = this.files.as({ uid: options.uid, gid: options.gid, umask: options.umask });
    // Of a parent it is inherited, which does not ask whether it is still there.
    if (options.cwd !== options.parent?.cwd) checkWorkingDirectory(fs, options.cwd);
    const { program, file, argv } = resolveExecutable(fs, options.file, options.argv, (name) => this.programs.has(name));
    const { parent, newSession, pgid, ignored, uid, gid } = options;
    const process = this.processes.add({
      pid: options.pid ?? this.kernel.pids.next(),
      parent,
      pgid,
      newSession,
      program,
      engine: options.engine,
      ignored,
      uid,
      gid,
      command: argv.join(' '),
      cwd: options.cwd,
      startedMs: this.environment.now(),
      isThread: options.thread !== undefined,
    });
    const letGo = this.#holdDescriptors(process, options.fds, options.thread?.end);
    this.#giveTerminal(process, options);
    const start = (worker: WorkerConnection): Process => {
      if (process.ended) {
        if (!worker.isShared) worker.end();
        letGo();
        return process;
      }
      worker.start(process, this.#startOf(process, { ...options, program, file, argv }), options);
      letGo();
      return process;
    };
    const failed = (error: unknown): never => {
      letGo();
      this.processes.discard(process);
      throw error;
    };
    try {
      const worker = this.workers.acquire(program, options.engine);
      return worker instanceof Promise ? worker.then(start).catch(failed) : start(worker);
    } catch (error) {
      return failed(error);
    }
  }

  /** What a worker is told of a process that it is to run. */
  #startOf(
    process: Process,
    { program, file, argv, env, cwd, umask, engine, childPidCount }: Pick<SpawnOptions, StartFields> & { readonly program: string },
  ): Omit<ProcessStart, 'fds' | 'thread'> {
    const { pid, pgid, sid, parent, uid, gid } = process;
    return {
      pid,
      ppid: parent?.pid ?? 1,
      pgid,
      sid,
      program,
      file,
      argv,
      env,
      cwd,
      umask,
      uid,
      gid,
      engine,
      engineLimits: { memoryBytes: this.limits.get('engineMemoryBytes'), cpuMs: this.limits.get('engineCpuMs') },
      registries: this.registries,
      ...(this.programs.get(program)?.worker === 'own' ? { childPids: this.reserveChildPids(process, childPidCount) } : {}),
    };
  }

  /**
   * Keeps what the process inherits until it has handles of its own, which the result says; files without a name, which its
   * worker may not have opened yet, until it ends.
   */
  #holdDescriptors(process: Process, fds: readonly PassedFd[], more?: Description): Dispose {
    const holds: Description[] = more ? [more.retain()] : [];
    const { tree } = this.authority;
    for (const item of fds) {
      if ('description' in item) holds.push(item.description.retain());
      else {
        tree.retain(item.ino);
        process.hold(() => tree.release(item.ino));
      }
    }
    return () => {
      for (const hold of holds.splice(0)) hold.release();
    };
  }

  /** `execve(2)`. The process is told by its old worker's connection, then started in the new one. */
  exec(process: Process, options: Pick<SpawnOptions, StartFields | 'ignored' | 'fds'>): void | Promise<void> {
    const { uid, gid } = process;
    const fs = this.files.as({ uid, gid, umask: options.umask });
    if (!fs.nodeAt(options.cwd, { follow: true }).isDirectory) throw new PosixError('ENOTDIR');
    const { program, file, argv } = resolveExecutable(fs, options.file, options.argv, (name) => this.programs.has(name));
    const letGo = this.#holdDescriptors(process, options.fds);
    const start = (worker: WorkerConnection): void => {
      if (process.ended || !process.carrier) {
        if (!worker.isShared) worker.end();
      } else {
        const { cwd, ignored, fds } = options;
        (process.carrier as WorkerConnection).replace(process);
        process.engine = options.engine;
        this.processes.becomeProgram(process, { program, command: argv.join(' '), cwd, ignored });
        worker.start(process, this.#startOf(process, { ...options, program, file, argv }), { fds });
      }
      letGo();
    };
    const failed = (error: unknown): never => {
      letGo();
      throw error;
    };
    try {
      const worker = this.workers.acquire(program, options.engine);
      return worker instanceof Promise ? worker.then(start).catch(failed) : start(worker);
    } catch (error) {
      return failed(error);
    }
  }

  /** The leader of a new session gets the terminal among its standard descriptors, if that belongs to no other session. */
  #giveTerminal(process: Process, { fds, foreground }: SpawnOptions): void {
    if (foreground) foreground.foreground = process.pgid;
    if (process.session.sid !== process.pid || process.session.tty !== null) return;
    for (const item of fds) {
      if (!('description' in item) || item.fd > 2 || !(item.description.object instanceof TtySlave)) continue;
      const { tty } = item.description.object;
      if (tty.sid === 0) this.processes.takeControl(process.session, tty, process.pgid);
      return;
    }
  }

  reserveChildPids(process: Process, count: number): PidRange {
    const range = this.kernel.pids.range(count);
    process.pidRanges.push(range);
    return range;
  }

  openTty(size: TtySize): Tty {
    return new Tty({
      ...this.channelOptions,
      name: `/dev/pts/${this.#nextPty++}`,
      size,
      signalGroup: (pgid, signal) => this.processes.signalGroup(pgid, signal),
      onHangup: (tty) => this.processes.hangUp(tty),
    });
  }

  /** A socket path gets its name in the file tree, as `bind(2)` makes it, unless the process has made it (`bound`). */
  listen(address: SocketAddress, backlog: number, process: Process, bound = false): Listener {
    if (!('path' in address) || isAbstract(address.path)) return this.network.listen({ address, owner: process.pid }, backlog);
    const fs = this.files.as({ uid: process.uid, gid: process.gid, umask: 0o022 });
    if (bound) {
      if ((fs.stat(address.path).mode & S_IFMT) !== S_IFSOCK) throw new PosixError('EADDRINUSE');
    } else {
      try {
        fs.mknod(address.path, S_IFSOCK | 0o777);
      } catch (error) {
        if (error instanceof PosixError && error.code === 'EEXIST') throw new PosixError('EADDRINUSE');
        throw error;
      }
    }
    return this.network.listen({ address: { path: fs.realpath(address.path) }, owner: process.pid }, backlog);
  }

  connect(address: SocketAddress, caller: Caller, process: Process): Socket | Promise<Socket> {
    if (!('path' in address)) return this.network.connect(address, caller);
    let { path } = address;
    if (!isAbstract(path)) {
      const fs = this.files.as({ uid: process.uid, gid: process.gid, umask: 0o022 });
      fs.nodeAt(path, { follow: true });
      path = fs.realpath(path);
    }
    try {
      return this.network.connect({ path }, caller);
    } catch (error) {
      // The name is there but nobody listens behind it.
      if (error instanceof PosixError && error.code === 'ENOENT') throw new PosixError('ECONNREFUSED');
      throw error;
    }
  }

  /** Fails with `EAI_NONAME`. */
  lookup(host: string, family: 0 | 4 | 6): readonly { readonly address: string; readonly family: 4 | 6 }[] {
    const local = localAddress(host);
    const found: { address: string; family: 4 | 6 }[] = [];
    if (local && !/[:]|^\d/.test(host)) found.push({ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 });
    else if (local) found.push({ address: local.host, family: local.family });
    else if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) found.push({ address: host, family: 4 });
    else if (host.includes(':')) found.push({ address: host, family: 6 });
    else {
      const address = this.gateway.lookup(host);
      if (address !== undefined) found.push({ address, family: 4 });
    }
    const wanted = found.filter((item) => family === 0 || item.family === family);
    if (wanted.length === 0) throw new PosixError('EAI_NONAME');
    return wanted;
  }

  /** Layers that a trusted program fetched. */
  addLayers(sources: readonly LayerSource[]): void {
    this.authority.addLayers(sources);
    // Where they are not stored there is nothing to hold.
    this.environment.holdLayers?.(sources.map(({ id }) => id)).catch(() => undefined);
    for (const source of sources) this.persistence?.keepLayer(source);
  }

  /** Fails with `EACCES` for what neither the container's registries nor its network permissions cover. */
  permitRequest(url: URL): void {
    const bare = `${url.origin}${url.pathname}`;
    const permitted = this.registries.some((registry) => url.origin === new URL(registry).origin) || this.gateway.permits(url.hostname);
    if (!permitted) throw new PosixError('EACCES');
    this.audit('request', bare);
  }

  /** Resolves when every change so far is durable; at once where nothing is stored. */
  sync(): Promise<void> {
    return this.persistence?.sync() ?? Promise.resolve();
  }

  storeFailed(error: BvError): void {
    this.kernel.tellPage({ kind: 'storeError', container: this.id, error: errorToData(error) });
  }

  #isProgramLayer(layer: string): boolean {
    return [...this.programs.values()].some(({ layers }) => layers.some(({ id }) => id === layer));
  }

  stats(): ContainerStats {
    const { tree } = this.authority;
    return {
      processes: this.processes.alive,
      workers: this.workers.size,
      openPorts: this.network.openPorts,
      files: tree.files,
      fileBytes: tree.fileBytes,
      layers: tree.layers.size,
      unsavedChanges: this.persistence?.unsavedChanges ?? 0,
    };
  }

  workerEnded(worker: WorkerConnection, reason: Error | null, rests: boolean): void {
    this.workers.ended(worker, reason);
    this.kernel.workerEnded(worker, reason, rests);
  }

  audit(kind: AuditEvent['kind'], text: string): void {
    this.kernel.auditLog.add(kind, this.id, text);
  }

  /** A change of a program broke a limit of the file tree. */
  fileRejected({ code, path }: { readonly code: ErrnoName; readonly path: string }): void {
    if (code === 'EFBIG') this.reachedLimit('fileSize', `"${path}" may not grow beyond ${this.limits.get('fileSize')} bytes`);
    else if (code === 'ENOSPC')
      this.reachedLimit(
        'totalBytes',
        `There is no room left to write "${path}": ${this.limits.get('totalBytes')} bytes or ${this.limits.get('files')} files are reached`,
      );
    else this.reachedLimit('pathBytes', `The path "${path.slice(0, 100)}…" is too long`);
  }

  /** Tells the reader, in words. */
  reachedLimit(limit: LimitName, message: string): void {
    this.audit('limit', message);
    this.kernel.tellPage({ kind: 'limit', container: this.id, limit, message });
  }

  /** Resolves when what can be is durable. */
  async destroy(): Promise<void> {
    for (const process of this.processes.all()) this.processes.end(process, { code: null, signal: 'SIGKILL' }, false);
    this.workers.close();
    this.http.close();
    this.gateway.close();
    for (const unwatch of this.watches.values()) unwatch();
    this.watches.clear();
    await this.persistence?.close();
  }
}

/** Fails as chdir(2) does, and names the folder, so that nobody looks for the program. */
function checkWorkingDirectory(fs: FileSystem, cwd: string): void {
  try {
    if (!fs.nodeAt(cwd, { follow: true }).isDirectory) throw new PosixError('ENOTDIR');
    fs.access(cwd, X_OK);
  } catch (error) {
    throw PosixError.about(error, { syscall: 'chdir', path: cwd });
  }
}
