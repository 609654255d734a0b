/** A kernel with `node` processes in one real Node process, for tests that compare with the real thing. */
import type { ContainerId, HostNotice, HostOps, HostWorkerOps, KernelHostNotice } from '../wires/host-wire.ts';
import { HOST_WIRE_VERSION } from '../wires/host-wire.ts';
import { programRows } from '../wires/programs.ts';
import { Peer } from '../wires/rpc.ts';
import type { ContainerCalls } from '../host/container-calls.ts';
import { carryWebSocket } from '../host/outbound-websocket.ts';
import { readableOf, writableOf } from '../host/streams.ts';
import type { GatewayOptions } from '../kernel/gateway.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { EngineName } from '../wires/process-wire.ts';
import { portPair } from './local-port.ts';
import { installMemoryBlobs, readMemoryBlob } from './memory-blob.ts';
import { NodeWorkers } from './node-workers.ts';
import { bundleLazyParts } from '../tools/node-library/lazy-parts.ts';
import { loadNodeLibrary } from '../tools/node-library/load.ts';
import { quickJsModule, quickJsProgram } from './quickjs-assets.ts';

export interface RunResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A list is written piece by piece, each 100 ms after the one before. */
  readonly input?: string | readonly string[];
  /** The input waits for the program's first output. */
  readonly inputAfterOutput?: boolean;
}

/** Only what hangs is ended by it: no test passes or fails by how fast the machine is. */
const hangMs = 300_000;

/** What is typed once the screen shows `after`, behind what the step before waited for. */
export interface TerminalStep {
  readonly after: string;
  readonly type: string;
  /** A file that is written first. */
  readonly write?: readonly [path: string, text: string];
}

let quickJsMade: object | undefined;
/** What a thread with QuickJS is given: made once, since it is most of what it would take to start. */
function quickJs(): object {
  if (quickJsMade === undefined) {
    const { sources, meta } = loadNodeLibrary();
    const library = { sources: new Map([...sources, ...bundleLazyParts().sources]), meta };
    quickJsMade = {
      module: quickJsModule(),
      program: quickJsProgram(),
      shared: quickJsProgram('programs/shared-quickjs.ts'),
      packages: quickJsProgram('programs/packages-quickjs.ts'),
      library,
    };
  }
  return quickJsMade;
}

interface Outside {
  readonly allow: readonly string[];
  readonly fetch: GatewayOptions['fetch'];
  readonly webSocket?: (url: string, protocols: readonly string[]) => WebSocket;
}

export class KernelInNode {
  readonly #peer: Peer<HostOps, HostWorkerOps, HostNotice, KernelHostNotice>;
  readonly #workers = new NodeWorkers((notice) => this.#peer.notify(notice));
  /** WebSockets that a browser cannot open for a program. */
  readonly refusals: string[] = [];
  readonly #engine: EngineName;
  readonly #limits: Readonly<Record<string, number>>;
  readonly #network: { readonly allow: readonly string[] } | undefined;
  readonly #openWebSocket: Outside['webSocket'];
  #container: ContainerId = 0;

  /**
   * @param engine The native one unless the environment's `BAVINI_TEST_ENGINE` names the other.
   * @param outside The hosts that programs may reach, and what stands for the browser.
   */
  constructor(
    engine: EngineName = process.env['BAVINI_TEST_ENGINE'] === 'quickjs' ? 'quickjs' : 'native',
    limits: Readonly<Record<string, number>> = {},
    outside?: Outside,
  ) {
    this.#engine = engine;
    this.#limits = limits;
    this.#network = outside && { allow: outside.allow };
    this.#openWebSocket = outside?.webSocket;
    installMemoryBlobs();
    const [host, kernel] = portPair();
    new Kernel(kernel, {
      now: () => Date.now(),
      setTimer(task, delayMs) {
        const timer = setTimeout(task, delayMs);
        return () => clearTimeout(timer);
      },
      readBlob: readMemoryBlob,
      ...(outside?.fetch === undefined ? {} : { fetch: outside.fetch }),
    });
    this.#peer = new Peer(host, { handlers: {} as never, onNotice: (notice) => this.#onNotice(notice) });
  }

  /** What went wrong in the kernel or its workers, beside what programs were told. */
  get troubles(): string[] {
    return this.#workers.troubles;
  }

  /** Sources of Node's library that processes of the native engine have read. */
  get sourcesRead(): ReadonlySet<string> {
    return this.#workers.sourcesRead;
  }

  async boot(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<void> {
    await this.#peer.call('boot', {
      version: HOST_WIRE_VERSION,
      registry: '',
      programs: [
        { name: 'node', commands: ['node'], worker: 'own', layers: [], pool: 2 },
        // Their worker is not to be had here, but children of `execSync()` need none.
        ...(this.#engine === 'quickjs' ? programRows().filter(({ name }) => name !== 'node') : []),
      ],
    });
    const { container } = await this.#peer.call('createContainer', {
      persist: null,
      workdir: '/home/app',
      env: {},
      limits: this.#limits,
      engine: this.#engine,
      ...(this.#network === undefined ? {} : { network: this.#network }),
    });
    this.#container = container;
    await this.mount('/', files);
    await this.#peer.call('warm', { container, program: 'node' });
  }

  async mount(path: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
    const entries = Object.entries(files).map(([name, data]) => ({ kind: 'file' as const, path: name.replace(/^\//, ''), data }));
    await this.#peer.call('mountEntries', { container: this.#container, path, entries });
  }

  #onNotice(notice: KernelHostNotice): void {
    if (notice.kind === 'startWorker') {
      if (notice.engine === 'quickjs') this.#workers.start(notice.worker, 'quickjs-thread.ts', quickJs());
      else this.#workers.start(notice.worker);
    } else if (notice.kind === 'endWorker') {
      this.#workers.end(notice.worker);
    } else if (notice.kind === 'webSocket') {
      const { url, headers, handle } = notice;
      const calls = this.#peer as unknown as ContainerCalls;
      const streams = { readable: readableOf(calls, handle), writable: writableOf(calls, handle, { keepOpen: true }) };
      const open = this.#openWebSocket;
      void carryWebSocket({ url, headers, ...streams, ...(open && { open }), onRefused: (message) => this.refusals.push(message) });
    } else if (notice.kind === 'fault') this.troubles.push(JSON.stringify(notice.error));
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const container = this.#container;
    const spawned = await this.#peer.call('spawn', {
      container,
      command: 'node',
      args,
      tty: null,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    let spoke: (() => void) | undefined;
    const spoken = new Promise<void>((resolve) => (spoke = resolve));
    const read = async (handle: number): Promise<string> => {
      const parts: Uint8Array[] = [];
      for (;;) {
        const { bytes } = await this.#peer.call('read', { handle, maxBytes: 65536 });
        spoke?.();
        if (bytes.length === 0) return Buffer.concat(parts).toString();
        parts.push(bytes);
      }
    };
    const outputs = Promise.all([read(spawned.stdout), read(spawned.stderr)]);
    const feed = () => void this.#feed(spawned.stdin, options.input ?? []);
    if (options.inputAfterOutput === true) void spoken.then(feed);
    else feed();
    const timer = setTimeout(() => {
      void this.#peer.call('kill', { container, pid: spawned.pid, signal: 'SIGKILL', group: true }).catch(() => {});
    }, hangMs);
    const { code, signal } = await this.#peer.call('wait', { container, pid: spawned.pid });
    clearTimeout(timer);
    const [stdout, stderr] = await outputs;
    this.#peer.notify({ kind: 'close', handle: spawned.stdout });
    this.#peer.notify({ kind: 'close', handle: spawned.stderr });
    return { code, signal, stdout, stderr };
  }

  /** Runs the program on a terminal of 80 columns and 24 lines; answers all that the screen got. */
  async runOnTerminal(
    args: readonly string[],
    steps: readonly TerminalStep[],
    options: Pick<RunOptions, 'cwd' | 'env'> & { readonly cwd: string },
  ): Promise<{ readonly screen: string; readonly code: number | null; readonly signal: string | null }> {
    const container = this.#container;
    const { pid, stdout: master } = await this.#peer.call('spawn', {
      container,
      command: 'node',
      args,
      tty: { columns: 80, rows: 24 },
      cwd: options.cwd,
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    const timer = setTimeout(() => {
      void this.#peer.call('kill', { container, pid, signal: 'SIGKILL', group: true }).catch(() => {});
    }, hangMs);
    const decoder = new TextDecoder();
    let screen = '';
    let at = 0;
    const waiting = [...steps];
    for (;;) {
      for (let found; waiting.length > 0 && (found = screen.indexOf(waiting[0]!.after, at)) >= 0;) {
        const { after, type, write } = waiting.shift()!;
        at = found + after.length;
        if (write !== undefined) await this.mount(options.cwd, { [write[0]]: write[1] });
        if (type !== '') await this.#peer.call('write', { handle: master, bytes: new TextEncoder().encode(type) });
      }
      const { bytes } = await this.#peer.call('read', { handle: master, maxBytes: 65536 });
      if (bytes.length === 0) break;
      screen += decoder.decode(bytes, { stream: true });
    }
    const { code, signal } = await this.#peer.call('wait', { container, pid });
    clearTimeout(timer);
    this.#peer.notify({ kind: 'close', handle: master });
    return { screen, code, signal };
  }

  async #feed(handle: number, input: string | readonly string[]): Promise<void> {
    try {
      for (const piece of typeof input === 'string' ? [input] : input) {
        if (typeof input !== 'string') await new Promise((resolve) => setTimeout(resolve, 100));
        await this.#peer.call('write', { handle, bytes: new TextEncoder().encode(piece) });
      }
    } catch (error) {
      // The program may end before it has read its input.
      if ((error as { code?: string }).code !== 'EPIPE') this.troubles.push(String(error));
    }
    this.#peer.notify({ kind: 'close', handle });
  }

  async close(): Promise<void> {
    await this.#peer.call('destroyContainer', { container: this.#container });
    await this.#workers.close();
  }
}
