/**
 * A container in one Node process, with the shell, the tools and the package managers in this very thread and `node` in threads of its
 * own: for tests that compare with real npm, and need no browser.
 */
import { Kernel } from '../../../kernel/kernel.ts';
import { WorkerConnection } from '../../../process/connection.ts';
import { ProcessSyscalls } from '../../../process/process-syscalls.ts';
import { runProgram } from '../../../process/program.ts';
import { trustedPrograms } from '../../shared-programs.ts';
import { portPair } from '../../../testing/local-port.ts';
import { installMemoryBlobs, readMemoryBlob } from '../../../testing/memory-blob.ts';
import { NodeWorkers } from '../../../testing/node-workers.ts';
import type { ContainerId, HostNotice, HostOps, HostWorkerOps, KernelHostNotice, WorkerId } from '../../../wires/host-wire.ts';
import { HOST_WIRE_VERSION } from '../../../wires/host-wire.ts';
import { programRows } from '../../../wires/programs.ts';
import { Peer } from '../../../wires/rpc.ts';

export interface RunResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called with the process's id as soon as it runs. */
  readonly onStart?: (pid: number) => void;
}

export class NpmSystem {
  readonly #peer: Peer<HostOps, HostWorkerOps, HostNotice, KernelHostNotice>;
  readonly #workers = new NodeWorkers((notice) => this.#peer.notify(notice));
  readonly #registry: string;
  readonly #kernel: Kernel;
  #container: ContainerId = 0;

  constructor(registry: string) {
    this.#registry = registry;
    installMemoryBlobs();
    const [host, kernel] = portPair();
    this.#kernel = new Kernel(kernel, {
      now: () => Date.now(),
      setTimer(task, delayMs) {
        const timer = setTimeout(task, delayMs);
        timer.unref();
        return () => clearTimeout(timer);
      },
      readBlob: readMemoryBlob,
    });
    this.#peer = new Peer(host, { handlers: {} as never, onNotice: (notice) => this.#onNotice(notice) });
  }

  /** What the kernel noted of requests, refusals and ends. */
  get noted(): readonly string[] {
    return this.#kernel.auditLog.events.map(({ kind, text }) => `${kind} ${text}`);
  }

  /** What went wrong in the kernel or its workers, beside what programs were told. */
  get troubles(): string[] {
    return this.#workers.troubles;
  }

  /** @param allow Hosts beside the registry that may be asked. */
  async boot(files: Readonly<Record<string, string | Uint8Array>> = {}, allow: readonly string[] = []): Promise<void> {
    await this.#peer.call('boot', {
      version: HOST_WIRE_VERSION,
      registry: this.#registry,
      // Node's own library is in the threads already.
      programs: programRows().map((row) => ({ ...row, layers: [], pool: 0 })),
    });
    const { container } = await this.#peer.call('createContainer', {
      persist: null,
      workdir: '/home/app',
      env: {},
      limits: {},
      engine: 'native',
      network: { allow },
    });
    this.#container = container;
    await this.mount('/home/app', files);
  }

  async mount(path: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    const entries = Object.entries(files).map(([name, data]) => ({ kind: 'file' as const, path: name.replace(/^\//, ''), data }));
    await this.#peer.call('mountEntries', { container: this.#container, path, entries });
  }

  #onNotice(notice: KernelHostNotice): void {
    if (notice.kind === 'startWorker') {
      if (notice.program === 'node') this.#workers.start(notice.worker);
      else this.#startShared(notice.worker);
    } else if (notice.kind === 'endWorker') {
      this.#workers.end(notice.worker);
    } else if (notice.kind === 'fault') this.troubles.push(JSON.stringify(notice.error));
  }

  #startShared(worker: WorkerId): void {
    const [mine, kernels] = portPair();
    const { troubles } = this;
    const programs = new Map(trustedPrograms(() => import('../main.ts')).map((row) => [row.name, row]));
    new WorkerConnection(mine as unknown as MessagePort, {
      readBlob: (blob) => readMemoryBlob(blob) as Uint8Array<ArrayBuffer>,
      onStart(start, connection) {
        const killed = new AbortController();
        const syscalls = new ProcessSyscalls(start, connection, {
          randomFill: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
          onEnd: (how) => {
            if (how === 'killed') killed.abort();
          },
        });
        void (async () => {
          const row = programs.get(start.program);
          if (row === undefined) throw new Error(`There is no program ${start.program}`);
          const status = await runProgram(await row.load(), syscalls, killed.signal);
          if (status !== null) syscalls.exit(status);
        })().catch((error: unknown) => troubles.push(String((error as Error).stack ?? error)));
        return syscalls;
      },
    });
    this.#peer.notify({ kind: 'workerStarted', worker, port: kernels } as unknown as HostNotice);
  }

  /** A line of the shell, to its end. */
  async run(line: string, options: RunOptions = {}): Promise<RunResult> {
    const container = this.#container;
    const { cwd = '/home/app', env, input = '' } = options;
    const spawned = await this.#peer.call('spawn', {
      container,
      command: 'sh',
      args: ['-c', line],
      tty: null,
      cwd,
      ...(env === undefined ? {} : { env }),
    });
    options.onStart?.(spawned.pid);
    const read = async (handle: number): Promise<string> => {
      const parts: Uint8Array[] = [];
      for (;;) {
        const { bytes } = await this.#peer.call('read', { handle, maxBytes: 65_536 });
        if (bytes.length === 0) return Buffer.concat(parts).toString();
        parts.push(bytes);
      }
    };
    const outputs = Promise.all([read(spawned.stdout), read(spawned.stderr)]);
    if (input !== '') await this.#peer.call('write', { handle: spawned.stdin, bytes: new TextEncoder().encode(input) });
    this.#peer.notify({ kind: 'close', handle: spawned.stdin });
    const { code, signal } = await this.#peer.call('wait', { container, pid: spawned.pid });
    const [stdout, stderr] = await outputs;
    this.#peer.notify({ kind: 'close', handle: spawned.stdout });
    this.#peer.notify({ kind: 'close', handle: spawned.stderr });
    return { code, signal, stdout, stderr };
  }

  /** A line of the shell on a terminal, to its end. */
  async runOnTerminal(
    line: string,
    {
      columns,
      env,
      onOutput,
    }: {
      readonly columns: number;
      readonly env: Readonly<Record<string, string>>;
      /** Told of all that was written so far. */
      readonly onOutput?: (written: string) => void;
    },
  ): Promise<{ readonly code: number | null; readonly written: string }> {
    const container = this.#container;
    const { pid, stdout: master } = await this.#peer.call('spawn', {
      container,
      command: 'sh',
      args: ['-c', line],
      tty: { columns, rows: 60 },
      cwd: '/home/app',
      env,
    });
    const parts: Uint8Array[] = [];
    const reading = (async () => {
      for (;;) {
        const { bytes } = await this.#peer.call('read', { handle: master, maxBytes: 65_536 });
        if (bytes.length === 0) return;
        parts.push(bytes);
        onOutput?.(Buffer.concat(parts).toString());
      }
    })();
    const { code } = await this.#peer.call('wait', { container, pid });
    await reading;
    this.#peer.notify({ kind: 'close', handle: master });
    return { code, written: Buffer.concat(parts).toString() };
  }

  async kill(pid: number, signal: 'SIGINT' | 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#peer.call('kill', { container: this.#container, pid, signal, group: true });
  }

  async close(): Promise<void> {
    await this.#peer.call('destroyContainer', { container: this.#container });
    await this.#workers.close();
  }
}
