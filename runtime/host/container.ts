/** The public API: the WebContainer API's class, extended. */
import { BvError, errorFromData } from '../base/errors.ts';
import type { Dispose } from '../base/disposers.ts';
import type { Handle, Pid } from '../base/ids.ts';
import type { ContainerId, ContainerStats, HostSpawnResult, MountEntry } from '../wires/host-wire.ts';
import type { EngineName, ProcessRow } from '../wires/process-wire.ts';
import { ContainerCalls } from './container-calls.ts';
import { ContainerListeners, type ContainerEvents, type PreviewMessage } from './container-events.ts';
import type {
  BootOptions,
  ExecOptions,
  ExecResult,
  ExportOptions,
  PreviewScript,
  PreviewScriptOptions,
  SpawnOptions,
} from './container-options.ts';
import { addressesOf, engineOf, hostRules, keptName, known, templateOf, unpacked } from './container-arguments.ts';
import { abortable, PipedProcess, TerminalProcess } from './container-process.ts';
import { runToEnd } from './exec.ts';
import { FileSystemApi } from './file-system-api.ts';
import { entriesOfAuthored, entriesOfTree, treeOfEntries, type FileSystemTree } from './file-tree.ts';
import { gzip } from './gzip.ts';
import { fetchPort, type PortFetchInit, type PortResponse } from './http.ts';
import { Runtime, type ContainerNotice } from './runtime.ts';
import { hasKeptMark, setKeptMark } from './kept-mark.ts';
import { nativeEngineAllowed } from './sandbox-realm.ts';
import { readableOf, writableOf } from './streams.ts';
import type { Template } from './template.ts';
import { defaultTtySize, ttySizeOf } from './tty-size.ts';

/**
 * One isolated environment: its own files, processes and ports. Any number of them share the page's runtime.
 *
 * The caller owns it: `teardown()` ends all that it started.
 */
export class Container {
  readonly fs: FileSystemApi;
  /** Whether what was kept under `persist` was found and loaded. */
  readonly restored: boolean;
  /** Another tab holds the same name: this container works on a copy and keeps nothing. */
  readonly storedElsewhere: boolean;
  /** Nothing is kept though `persist` asks for it: `storedElsewhere`, or the browser lets the page store nothing. */
  readonly notKept: boolean;
  readonly engine: EngineName;
  readonly #runtime: Runtime;
  readonly #id: ContainerId;
  readonly #workdir: string;
  readonly #listeners = new ContainerListeners();
  readonly #calls: ContainerCalls;
  #torn = false;
  readonly #openPorts = new Set<number>();
  #previewScript: PreviewScript | undefined;
  readonly #forwardPreviewErrors: boolean | 'exceptions-only';
  /** The persistent name; absent also where nothing is kept under it. */
  readonly #keptAs: string | undefined;

  private constructor(
    runtime: Runtime,
    id: ContainerId,
    options: {
      workdir: string;
      restored: boolean;
      storedElsewhere: boolean;
      notKept: boolean;
      engine: EngineName;
      forward: boolean | 'exceptions-only';
      keptAs: string | undefined;
    },
  ) {
    this.#runtime = runtime;
    this.#id = id;
    this.#workdir = options.workdir;
    this.restored = options.restored;
    this.storedElsewhere = options.storedElsewhere;
    this.notKept = options.notKept;
    this.engine = options.engine;
    this.#forwardPreviewErrors = options.forward;
    this.#keptAs = options.keptAs;
    this.#calls = new ContainerCalls(runtime.kernel);
    this.fs = new FileSystemApi(this.#calls, id, options.workdir);
    runtime.listen(id, (notice) => this.#onNotice(notice));
  }

  /**
   * Boots the page's runtime if it is the first, and makes a container in it.
   *
   * @throws {BvError} `ERR_BV_ASSET` if the runtime cannot be loaded, `ERR_BV_BAD_TREE`, `ERR_BV_PATH_ESCAPE`,
   *   `ERR_BV_BAD_ARCHIVE`, `ERR_BV_INVALID_ARGUMENT` for an option's value that there is not.
   * @throws {TypeError} for a `persist` that is no string. @throws {RangeError} for an empty one.
   */
  static async boot(options: BootOptions = {}): Promise<Container> {
    const { signal, files, snapshot, limits = {}, env = {}, workdirName = 'project' } = options;
    signal?.throwIfAborted();
    if (!/^[^/\0]+$/.test(workdirName) || workdirName === '.' || workdirName === '..') {
      throw new BvError('ERR_BV_BAD_TREE', `Cannot use ${JSON.stringify(workdirName)} as the name of the working directory`);
    }
    const persist = keptName(options.persist);
    const entries = files === undefined ? [] : entriesOfAuthored(files);
    known('preview host', options.preview ?? 'inline', ['inline', 'service-worker', 'origin']);
    const template = options.template === undefined ? undefined : templateOf(options.template, signal);
    template?.catch(() => undefined); // Told when the container is there to take it.
    // All at once.
    const booting = Promise.all([
      Runtime.get(),
      engineOf(options.engine) ?? nativeEngineAllowed().then((allowed) => (allowed ? 'native' : 'quickjs')),
    ]);
    const [runtime, engine] = await abortable(booting, signal, () => {});
    const workdir = `/home/${workdirName}`;
    const registries = addressesOf(options.registry);
    const creating = runtime.kernel.call('createContainer', {
      persist,
      workdir,
      env,
      limits,
      engine,
      ...(registries.length > 0 ? { registries } : {}),
      ...(options.network === undefined ? {} : { network: { allow: hostRules(options.network.allow) } }),
    });
    const created = await abortable(creating, signal, () => {
      creating.then(({ container }) => destroy(runtime, container)).catch(() => undefined); // It was not made.
    });
    const container = new Container(runtime, created.container, {
      ...created,
      workdir,
      engine,
      forward: options.forwardPreviewErrors ?? false,
      keptAs: created.notKept ? undefined : (persist ?? undefined),
    });
    container.#compareMark();
    try {
      if (snapshot !== undefined && !created.restored) await container.restore(snapshot, { signal });
      const layer = await template;
      if (entries.length > 0 || layer !== undefined) await container.#mountAuthored(entries, layer, signal);
      signal?.throwIfAborted();
    } catch (error) {
      container.teardown();
      throw error;
    }
    return container;
  }

  /**
   * Starts the page's runtime before a container is asked for, so that the first `boot()` is quicker.
   *
   * @throws {BvError} `ERR_BV_ASSET` if the runtime cannot be loaded.
   */
  static async preload({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    signal?.throwIfAborted();
    await abortable(Runtime.get(), signal, () => {});
    signal?.throwIfAborted(); // It was there already.
  }

  /** The default `PATH` of processes. */
  get path(): string {
    return '/usr/local/bin:/usr/bin:/bin';
  }

  /** The absolute working directory. */
  get workdir(): string {
    return this.#workdir;
  }

  /**
   * Adds files: a tree, a snapshot of ours (tar, gzipped or not) or a zip. What exists already is replaced.
   *
   * @throws {BvError} `ERR_BV_BAD_TREE`, `ERR_BV_PATH_ESCAPE`, `ERR_BV_BAD_ARCHIVE`.
   */
  async mount(
    snapshotOrTree: FileSystemTree | Uint8Array | ArrayBuffer,
    options: { mountPoint?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { signal } = options;
    signal?.throwIfAborted();
    const at = this.fs.resolve(options.mountPoint ?? '.');
    if (snapshotOrTree instanceof Uint8Array || snapshotOrTree instanceof ArrayBuffer) {
      const bytes = new Uint8Array(snapshotOrTree as ArrayBuffer);
      const unpacking = import('./archive.ts').then(({ entriesOfArchive }) => entriesOfArchive(bytes));
      await this.#mountEntries(at, await abortable(unpacking, signal, () => {}), signal);
    } else {
      await this.#mountEntries(at, entriesOfTree(snapshotOrTree), signal);
    }
  }

  /**
   * Mounts an uncompressed tar as an immutable layer: its files cost nothing until they are touched, and it is read whole
   * then. `id` names its contents: the same id is kept once for all containers of the page.
   *
   * @throws {PosixError} `ENOENT` or `ENOTDIR` if `path` is no directory, `EBUSY` if a layer is mounted there.
   */
  async mountLayer(path: string, tar: Blob, id: string, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#calls.call('addLayer', { id, blob: tar }, options);
    await this.#calls.call('mountLayer', { container: this.#id, path: this.fs.resolve(path), id }, options);
  }

  async #mountAuthored(entries: readonly MountEntry[], template: Template | undefined, signal: AbortSignal | undefined): Promise<void> {
    const layer = template === undefined ? null : { id: template.id, blob: template.tar };
    await this.#calls.call('mountAuthored', { container: this.#id, path: this.#workdir, entries, layer }, { signal });
  }

  async #mountEntries(path: string, entries: readonly MountEntry[], signal: AbortSignal | undefined): Promise<void> {
    await this.#calls.call('mountEntries', { container: this.#id, path, entries }, { signal });
  }

  spawn(command: string, args: string[], options: SpawnOptions & { tty: false }): Promise<PipedProcess>;
  spawn(command: string, options: SpawnOptions & { tty: false }): Promise<PipedProcess>;
  spawn(command: string, args: string[], options?: SpawnOptions): Promise<TerminalProcess>;
  spawn(command: string, options?: SpawnOptions): Promise<TerminalProcess>;
  /**
   * Starts a program and resolves as soon as it has been handed to its worker, not when it ends.
   *
   * @throws {PosixError} `ENOENT` if there is no such command, `EACCES` if it cannot be run, `EAGAIN` at the process limit.
   * @throws {RangeError} for a terminal of a size that there is not.
   */
  async spawn(
    command: string,
    argsOrOptions?: readonly string[] | SpawnOptions,
    more?: SpawnOptions,
  ): Promise<TerminalProcess | PipedProcess> {
    const args = Array.isArray(argsOrOptions) ? (argsOrOptions as readonly string[]) : [];
    const options = (Array.isArray(argsOrOptions) ? more : (argsOrOptions as SpawnOptions | undefined)) ?? {};
    const { signal, tty = true, engine, terminal } = options;
    if (typeof command !== 'string') throw new TypeError(`A command must be a string, not ${String(command)}`);
    const given = Object.entries(options.env ?? {}).filter(([, value]) => value !== undefined);
    const asked = {
      container: this.#id,
      command,
      args: args.map(String),
      cwd: this.fs.resolve(options.cwd ?? '.'),
      env: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      tty: tty ? (terminal === undefined ? defaultTtySize : ttySizeOf(terminal)) : null,
      ...(engineOf(engine) === undefined ? {} : { engine }),
    };
    // Started after nobody waited for it any more: it must not run on unseen.
    const end = ({ pid, stdin, stdout, stderr }: HostSpawnResult) => {
      this.#killGroup(pid);
      for (const handle of new Set([stdin, stdout, stderr])) this.#calls.notify({ kind: 'close', handle });
    };
    const result = await this.#calls.open('spawn', asked, end, { signal });
    const process = tty
      ? new TerminalProcess(this.#calls, this.#id, result, { output: options.output !== false, listeners: this.#listeners })
      : new PipedProcess(this.#calls, this.#id, result, this.#listeners);
    if (signal !== undefined) {
      const kill = () => this.#killGroup(result.pid);
      signal.addEventListener('abort', kill, { once: true });
      void process.exit.finally(() => signal.removeEventListener('abort', kill)).catch(() => undefined); // Told by `exit`.
    }
    return process;
  }

  /** Ends a program of ours and what it started, unless that made a group of its own. */
  #killGroup(pid: Pid): void {
    this.#calls.call('kill', { container: this.#id, pid, signal: 'SIGKILL', group: true }).catch(() => undefined); // It has ended.
  }

  /**
   * Runs a line of shell to its end. As Node's `child_process.exec` it waits for the end of both outputs too: a program left in
   * the background (`server & echo started`) holds them open unless its output is redirected.
   *
   * @throws {PosixError} as `spawn`. @throws the signal's reason, or a `TimeoutError`, after the process was killed.
   */
  async exec(commandLine: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { input, timeoutMs, maxBytes, signal: given, ...spawn } = options;
    if (typeof commandLine !== 'string') throw new TypeError(`A command line must be a string, not ${String(commandLine)}`);
    if (input !== undefined && typeof input !== 'string' && !ArrayBuffer.isView(input))
      throw new TypeError(
        'Cannot use the input of exec(): expected a string or a Uint8Array. spawn() with { tty: false } has a stream for it',
      );
    const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const signals = [given, timeout].filter((one) => one !== undefined);
    const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
    const process = await this.spawn('sh', ['-c', commandLine], { ...spawn, tty: false, ...(signal === undefined ? {} : { signal }) });
    return abortable(runToEnd(process, { input, maxBytes }), signal, () => this.#killGroup(process.pid));
  }

  /**
   * Asks a server in the container. Redirects are not followed.
   *
   * @throws {BvError} `ERR_BV_PORT_CLOSED` if nothing listens on `port`.
   */
  async fetch(port: number, pathOrRequest: string | URL | Request = '/', init?: PortFetchInit): Promise<Response> {
    return (await this.fetchRaw(port, pathOrRequest, init)).response;
  }

  /** {@link fetch} with the header rows that a `Response` hides. */
  fetchRaw(port: number, pathOrRequest: string | URL | Request, init?: PortFetchInit): Promise<PortResponse> {
    return fetchPort(this.#calls, this.#id, port, pathOrRequest, init);
  }

  on<K extends keyof ContainerEvents>(event: K, listener: ContainerEvents[K]): Dispose {
    return this.#listeners.on(event, listener);
  }

  /** Tells of files that were kept and are not there any more. */
  #compareMark(): void {
    const name = this.#keptAs;
    if (name === undefined) return;
    const lost = !this.restored && hasKeptMark(name);
    setKeptMark(name, this.restored);
    if (!lost) return;
    const message = `Cannot restore the files that were kept as "${name}": this browser has deleted them`;
    this.#listeners.emit('error', { message, code: 'ERR_BV_STORE_LOST' });
  }

  #onNotice(notice: ContainerNotice): void {
    switch (notice.kind) {
      case 'port': {
        const url = this.previewUrl(notice.port);
        if (notice.state === 'open') this.#openPorts.add(notice.port);
        else this.#openPorts.delete(notice.port);
        this.#listeners.emit('port', notice.port, notice.state, url);
        if (notice.state === 'open') this.#listeners.emit('server-ready', notice.port, url);
        return;
      }
      case 'fileEvent':
        this.fs.dispatch(notice.id, notice.event, notice.name);
        return;
      case 'limit':
        this.#listeners.emit('limit', { limit: notice.limit, message: notice.message });
        return;
      case 'webSocket':
        void this.#carryWebSocket(notice);
        return;
      case 'stored':
        if (this.#keptAs !== undefined) setKeptMark(this.#keptAs, true);
        return;
      case 'storeError':
      case 'fault': {
        const error = errorFromData(notice.error) as Error & { code?: string };
        this.#listeners.emit('error', { message: error.message, ...(error.code === undefined ? {} : { code: error.code }) });
      }
    }
  }

  /** Ports that are open now. */
  get openPorts(): readonly number[] {
    return [...this.#openPorts];
  }

  /** The URL a preview of `port` shows. */
  previewUrl(port: number): string {
    return `http://localhost:${port}/`;
  }

  /**
   * Gives every HTML document that a preview loads from now on a first script: `source` is its text, as in WebContainer's API, not
   * its address. Previews that are shown already have it once they are loaded again. The empty string takes it away.
   */
  async setPreviewScript(source: string, options: PreviewScriptOptions = {}): Promise<void> {
    const { type } = options;
    if (type !== undefined && type !== 'module' && type !== 'importmap')
      throw new TypeError(`Cannot set a preview script of type ${JSON.stringify(type)}: known are "module" and "importmap"`);
    this.#previewScript = source === '' ? undefined : { source, options };
  }

  /** For preview hosts: what `setPreviewScript` set. */
  get previewScript(): PreviewScript | undefined {
    return this.#previewScript;
  }

  /** For preview hosts: forwards what a preview reported, as far as `forwardPreviewErrors` asks for it. */
  reportPreviewMessage(message: PreviewMessage): void {
    if (this.#forwardPreviewErrors === false) return;
    if (this.#forwardPreviewErrors === 'exceptions-only' && message.type === 'PREVIEW_CONSOLE_ERROR') return;
    this.#listeners.emit('preview-message', message);
  }

  /** For preview hosts: a byte stream to a port, for WebSockets. */
  async connect(
    port: number,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<{ readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream<Uint8Array> }> {
    const close = ({ handle }: { readonly handle: Handle }) => this.#calls.notify({ kind: 'close', handle });
    const { handle } = await this.#calls.open('connect', { container: this.#id, port }, close, options);
    return this.#streamsOf(handle);
  }

  #streamsOf(handle: Handle) {
    return { readable: readableOf(this.#calls, handle), writable: writableOf(this.#calls, handle, { keepOpen: true }) };
  }

  async #carryWebSocket({ url, headers, handle }: Extract<ContainerNotice, { kind: 'webSocket' }>): Promise<void> {
    try {
      const { carryWebSocket } = await import('./outbound-websocket.ts');
      const onRefused = (message: string) => this.#listeners.emit('limit', { limit: 'network', message });
      await carryWebSocket({ url, headers, ...this.#streamsOf(handle), onRefused });
    } catch (error) {
      this.#listeners.emit('error', { message: `Cannot load what carries WebSockets to ${url}: ${String(error)}`, code: 'ERR_BV_ASSET' });
      this.#calls.notify({ kind: 'close', handle });
    }
  }

  export(path: string, options?: ExportOptions & { format?: 'json' }): Promise<FileSystemTree>;
  export(path: string, options: ExportOptions): Promise<Uint8Array>;
  /** A folder as a tree, as a gzipped tar (`binary`) or as a zip. Globs in `includes` and `excludes` are relative to it. */
  async export(path: string, options: ExportOptions = {}): Promise<FileSystemTree | Uint8Array> {
    const { format = 'json', includes = [], excludes = [], signal } = options;
    known('format', format, ['json', 'binary', 'zip']);
    const asked = { container: this.#id, path: this.fs.resolve(path), includes, excludes };
    const { tar } = await this.#calls.call('archive', asked, { signal });
    const pack = async () => {
      if (format === 'binary') return new Uint8Array(await (await gzip(tar)).arrayBuffer());
      const { entriesOfArchive, zipOfEntries } = await import('./archive.ts');
      const entries = await entriesOfArchive(new Uint8Array(await tar.arrayBuffer()));
      return format === 'zip' ? zipOfEntries(entries) : treeOfEntries(entries);
    };
    return abortable(pack(), signal, () => {});
  }

  /** All files that were written, as a gzipped tar of paths relative to the working directory. Layers are not in it. */
  async snapshot({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<Blob> {
    const { tar } = await this.#calls.call('archive', { container: this.#id, path: this.#workdir, includes: [], excludes: [] }, { signal });
    return abortable(gzip(tar), signal, () => {});
  }

  /**
   * Puts the working directory back to what `snapshot()` gave. Running processes see the change as any other.
   *
   * @throws {BvError} `ERR_BV_BAD_ARCHIVE`; the files are then as they were.
   */
  async restore(blob: Blob, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const tar = await abortable(unpacked(blob), signal, () => {});
    await this.#calls.call('restore', { container: this.#id, path: this.#workdir, tar }, { signal });
  }

  /** Forgets the reader's changes, kept ones too: the files are the author's again. Processes go on. */
  async reset(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    // Until something is stored again there is nothing to lose.
    if (this.#keptAs !== undefined) setKeptMark(this.#keptAs, false);
    await this.#calls.call('forget', { container: this.#id }, options);
  }

  /** Resolves when all that was written before is durable; at once without `persist`. */
  async sync(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#calls.call('sync', { container: this.#id }, options);
  }

  async ps(options: { signal?: AbortSignal | undefined } = {}): Promise<readonly ProcessRow[]> {
    return (await this.#calls.call('processes', { container: this.#id }, options)).rows;
  }

  stats(options: { signal?: AbortSignal | undefined } = {}): Promise<ContainerStats> {
    return this.#calls.call('stats', { container: this.#id }, options);
  }

  /** Fetches and starts what `node` needs before it is asked for. */
  async warm(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#runtime.preloadNode();
    await this.#calls.call('warm', { container: this.#id, program: 'node' }, options);
  }

  /** Ends all processes and forgets all that is not kept. Calls made later, and those pending, fail with `ERR_BV_TORN_DOWN`. */
  teardown(): void {
    if (this.#torn) return;
    this.#torn = true;
    this.#listeners.clear();
    this.#openPorts.clear();
    this.#calls.end();
    destroy(this.#runtime, this.#id);
  }
}

function destroy(runtime: Runtime, container: ContainerId): void {
  runtime.kernel
    .call('destroyContainer', { container })
    .catch(() => undefined) // The runtime is gone, and the container with it.
    .finally(() => runtime.forget(container))
    .catch(reportError);
}
