/** For tests: a page and workers that run scripted programs, around a real kernel, over real message channels. */
import type { SignalName } from '../base/signals.ts';
import { restoreTree } from '../fs/snapshot.ts';
import { FileSystem } from '../fs/file-system.ts';
import { Replica } from '../fs/replica.ts';
import {
  HOST_WIRE_VERSION,
  type HostNotice,
  type HostOps,
  type HostWorkerOps,
  type KernelHostNotice,
  type ProgramRow,
} from '../wires/host-wire.ts';
import {
  PROCESS_WIRE_VERSION,
  type KernelNotice,
  type KernelOps,
  type ProcessNotice,
  type ProcessStart,
  type WorkerOps,
  type WorkerUsage,
} from '../wires/process-wire.ts';
import { Peer } from '../wires/rpc.ts';
import type { KernelEnvironment } from './environment.ts';
import { Kernel } from './kernel.ts';

export type Program = (process: ScriptedProcess) => Promise<number | void>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const noBlobs = (): never => {
  throw new TypeError('No test of the kernel reads a Blob');
};

/** A worker as an honest one behaves, running whatever program it is handed. */
export class ScriptedWorker {
  readonly peer: Peer<KernelOps, WorkerOps, ProcessNotice, KernelNotice>;
  readonly processes = new Map<number, ScriptedProcess>();
  readonly notices: KernelNotice[] = [];
  readonly raw: MessagePort;
  listening: Extract<KernelNotice, { kind: 'listening' }>['addresses'] = [];
  replica!: Replica;
  files!: FileSystem;
  readonly #programs: ReadonlyMap<string, Program>;
  /** What it does with `killed`. */
  stopsWhenKilled = true;
  answersPings = true;
  /** What it answers them with. */
  usage: WorkerUsage | undefined;
  pings = 0;

  constructor(port: MessagePort, programs: ReadonlyMap<string, Program>) {
    this.raw = port;
    this.#programs = programs;
    this.peer = new Peer<KernelOps, WorkerOps, ProcessNotice, KernelNotice>(port, {
      handlers: {},
      onNotice: (notice) => this.#onNotice(notice),
      beforeSend: () => this.#flush(),
    });
    this.peer.notify({ kind: 'hello', version: PROCESS_WIRE_VERSION, answersKilled: true });
  }

  #flush(): void {
    if (!this.replica?.hasOutgoing) return;
    this.peer.notify({ kind: 'changes', changes: this.replica.takeOutgoing() });
  }

  #onNotice(notice: KernelNotice): void {
    this.notices.push(notice);
    switch (notice.kind) {
      case 'welcome': {
        const tree = restoreTree(notice.snapshot, { reader: noBlobs });
        this.replica = new Replica(tree, notice.inoBase);
        this.files = new FileSystem(this.replica);
        return;
      }
      case 'changes':
        this.replica.receive(notice.changes, notice.acknowledged);
        return;
      case 'layers':
        for (const layer of notice.layers) this.replica.tree.addLayer(layer);
        return;
      case 'acknowledged':
        this.replica.acknowledge(notice.acknowledged);
        return;
      case 'rejected':
        this.replica.reject(notice.index);
        return;
      case 'listening':
        this.listening = notice.addresses;
        return;
      case 'start': {
        const process = new ScriptedProcess(this, notice.start);
        this.processes.set(process.pid, process);
        void process.run(this.#programs.get(notice.start.program));
        return;
      }
      case 'signal':
        this.processes.get(notice.pid)?.onSignal?.(notice.signal);
        return;
      case 'message':
      case 'channelClosed':
        for (const process of this.processes.values()) process.onMessage?.(notice);
        return;
      case 'replaced':
        this.processes.delete(notice.pid);
        return;
      case 'ping':
        this.pings++;
        if (this.answersPings) this.peer.notify({ kind: 'alive', ...(this.usage === undefined ? {} : { usage: this.usage }) });
        return;
      case 'killed':
        this.processes.delete(notice.pid);
        if (this.stopsWhenKilled) this.peer.notify({ kind: 'exit', pid: notice.pid, code: null, signal: 'SIGKILL' });
        return;
      default:
    }
  }
}

/** The inside of a program: its calls, with the process id filled in. */
export class ScriptedProcess {
  readonly worker: ScriptedWorker;
  readonly start: ProcessStart;
  onSignal: ((signal: SignalName) => void) | undefined;
  onMessage: ((notice: KernelNotice) => void) | undefined;

  constructor(worker: ScriptedWorker, start: ProcessStart) {
    this.worker = worker;
    this.start = start;
  }

  get pid(): number {
    return this.start.pid;
  }

  call<K extends keyof KernelOps & string>(
    op: K,
    args: Omit<KernelOps[K]['args'], 'pid'>,
    signal?: AbortSignal,
  ): Promise<KernelOps[K]['result']> {
    return this.worker.peer.call(op, { ...args, pid: this.pid } as unknown as KernelOps[K]['args'], { signal });
  }

  notify(notice: ProcessNotice): void {
    this.worker.peer.notify(notice);
  }

  /** The kernel handle behind a descriptor. */
  handle(fd: number): number {
    const found = this.start.fds.find((item) => item.fd === fd);
    if (found?.kind !== 'stream') throw new TypeError(`Descriptor ${fd} is no stream`);
    return found.handle;
  }

  async read(fd: number, maxBytes = 65_536): Promise<string> {
    const { bytes } = await this.call('read', { handle: this.handle(fd), maxBytes });
    return decoder.decode(bytes);
  }

  async write(fd: number, text: string): Promise<void> {
    await this.call('write', { handle: this.handle(fd), bytes: encoder.encode(text) });
  }

  async readAll(fd: number): Promise<string> {
    let all = '';
    for (let part = await this.read(fd); part !== ''; part = await this.read(fd)) all += part;
    return all;
  }

  handles(signal: SignalName): void {
    this.notify({ kind: 'disposition', pid: this.pid, signal, action: 'handle' });
  }

  ignores(signal: SignalName): void {
    this.notify({ kind: 'disposition', pid: this.pid, signal, action: 'ignore' });
  }

  /** A child that inherits the standard descriptors, save what `fds` says. */
  async spawn(file: string, args: readonly string[] = [], more: Partial<KernelOps['spawn']['args']> = {}): Promise<number> {
    const { pid } = await this.call('spawn', {
      file,
      argv: [file, ...args],
      env: this.start.env,
      cwd: this.start.cwd,
      umask: 0o022,
      fds: this.start.fds,
      ...more,
    });
    return pid;
  }

  async run(program: Program | undefined): Promise<void> {
    let code: number;
    try {
      code = (await program?.(this)) ?? 0;
    } catch (error) {
      if (!this.worker.processes.has(this.pid) || this.worker.peer.closed) return;
      const text = error instanceof Error ? `${error.name}: ${error.message}\n` : 'error\n';
      await this.write(2, text).catch(() => undefined);
      code = 70;
    }
    if (this.worker.processes.delete(this.pid)) this.notify({ kind: 'exit', pid: this.pid, code, signal: null });
  }
}

export interface HarnessOptions {
  /** Programs of the shared worker, by name. */
  readonly shared?: Readonly<Record<string, Program>>;
  /** Programs with workers of their own. */
  readonly own?: Readonly<Record<string, Program>>;
  readonly pool?: number;
  readonly environment?: Partial<KernelEnvironment>;
  /** Called with the test's end of each new worker's port, instead of running a scripted worker. */
  readonly onWorker?: (port: MessagePort, program: string) => void;
}

/** A page around a kernel. */
export class Harness {
  readonly kernel: Kernel;
  readonly peer: Peer<HostOps, HostWorkerOps, HostNotice, KernelHostNotice>;
  readonly notices: KernelHostNotice[] = [];
  readonly workers = new Map<number, ScriptedWorker>();
  readonly #ports: MessagePort[] = [];
  readonly #options: HarnessOptions;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #waiting: { readonly matches: (notice: KernelHostNotice) => boolean; readonly resolve: (notice: KernelHostNotice) => void }[] =
    [];
  container = 0;

  constructor(options: HarnessOptions = {}) {
    this.#options = options;
    this.#programs = new Map([...Object.entries(options.shared ?? {}), ...Object.entries(options.own ?? {})]);
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1, port2);
    const timers = new Set<ReturnType<typeof setTimeout>>();
    this.kernel = new Kernel(port1, {
      now: () => Date.now(),
      setTimer: (task, delayMs) => {
        const timer = setTimeout(task, delayMs);
        timers.add(timer);
        return () => clearTimeout(timer);
      },
      readBlob: noBlobs,
      ...options.environment,
    });
    this.peer = new Peer<HostOps, HostWorkerOps, HostNotice, KernelHostNotice>(port2, {
      handlers: {},
      onNotice: (notice) => this.#onNotice(notice),
    });
  }

  static async open(options: HarnessOptions = {}, limits: Readonly<Record<string, number>> = {}): Promise<Harness> {
    const harness = new Harness(options);
    await harness.boot();
    harness.container = await harness.createContainer(limits);
    return harness;
  }

  async boot(): Promise<void> {
    const { shared = {}, own = {}, pool = 0 } = this.#options;
    const rows: ProgramRow[] = [
      ...Object.keys(shared).map((name): ProgramRow => ({ name, commands: [name], worker: 'shared', layers: [], pool: 0 })),
      ...Object.keys(own).map((name): ProgramRow => ({ name, commands: [name], worker: 'own', layers: [], pool })),
    ];
    await this.peer.call('boot', { version: HOST_WIRE_VERSION, programs: rows, registry: '' });
  }

  async createContainer(limits: Readonly<Record<string, number>> = {}, network?: { readonly allow: readonly string[] }): Promise<number> {
    const { container } = await this.peer.call('createContainer', {
      persist: null,
      workdir: '/home/user/project',
      env: {},
      limits,
      engine: 'native',
      ...(network ? { network } : {}),
    });
    return container;
  }

  /** Runs a command on pipes to its end. */
  async run(
    command: string,
    args: readonly string[] = [],
    input = '',
  ): Promise<{ code: number | null; signal: SignalName | null; stdout: string; stderr: string }> {
    const spawned = await this.spawn(command, args);
    const feeding = this.feed(spawned.stdin, input);
    const [stdout, stderr] = await Promise.all([this.drain(spawned.stdout), this.drain(spawned.stderr)]);
    await feeding;
    const { code, signal } = await this.peer.call('wait', { container: this.container, pid: spawned.pid });
    return { code, signal, stdout, stderr };
  }

  spawn(command: string, args: readonly string[] = [], more: Partial<HostOps['spawn']['args']> = {}): Promise<HostOps['spawn']['result']> {
    return this.peer.call('spawn', { container: this.container, command, args, tty: null, ...more });
  }

  wait(pid: number): Promise<HostOps['wait']['result']> {
    return this.peer.call('wait', { container: this.container, pid });
  }

  async feed(handle: number, input: string): Promise<void> {
    if (input !== '') await this.peer.call('write', { handle, bytes: encoder.encode(input) }).catch(() => undefined);
    this.peer.notify({ kind: 'close', handle });
  }

  async write(handle: number, text: string): Promise<void> {
    await this.peer.call('write', { handle, bytes: encoder.encode(text) });
  }

  async read(handle: number): Promise<string> {
    const { bytes } = await this.peer.call('read', { handle, maxBytes: 65_536 });
    return decoder.decode(bytes);
  }

  async drain(handle: number): Promise<string> {
    let all = '';
    for (let part = await this.read(handle); part !== ''; part = await this.read(handle)) all += part;
    this.peer.notify({ kind: 'close', handle });
    return all;
  }

  /** Reads until `text` has come. */
  async readUntil(handle: number, text: string): Promise<string> {
    let all = '';
    while (!all.includes(text)) {
      const part = await this.read(handle);
      if (part === '') throw new TypeError(`The stream ended after ${JSON.stringify(all)}, before ${JSON.stringify(text)}`);
      all += part;
    }
    return all;
  }

  /** The next notice, past ones included, that `matches`. */
  notice(matches: (notice: KernelHostNotice) => boolean): Promise<KernelHostNotice> {
    const found = this.notices.find(matches);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => void this.#waiting.push({ matches, resolve }));
  }

  /** Everything that was sent before has arrived and been handled. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i++) await this.peer.call('processes', { container: this.container });
  }

  async close(): Promise<void> {
    if (this.container) await this.peer.call('destroyContainer', { container: this.container }).catch(() => undefined);
    for (const port of this.#ports) port.close();
  }

  #onNotice(notice: KernelHostNotice): void {
    this.notices.push(notice);
    for (const waiting of this.#waiting.filter(({ matches }) => matches(notice))) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.resolve(notice);
    }
    if (notice.kind === 'endWorker') {
      this.workers.get(notice.worker)?.peer.close();
      this.workers.delete(notice.worker);
    }
    if (notice.kind !== 'startWorker') return;
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1, port2);
    if (this.#options.onWorker) this.#options.onWorker(port2, notice.program);
    else this.workers.set(notice.worker, new ScriptedWorker(port2, this.#programs));
    this.peer.notify({ kind: 'workerStarted', worker: notice.worker, port: port1 }, [port1]);
  }
}
