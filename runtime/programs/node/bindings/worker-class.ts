import type { Handle, Pid } from '../../../base/ids.ts';
import { BvError } from '../../../base/errors.ts';
import type { FdTransfer } from '../../../wires/process-wire.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';
import { parseCommandLine } from '../command-line.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { childPids } from '../wraps/child-pids.ts';
import { shareEnvironment } from '../wraps/shared-environment.ts';
import { portsOf } from '../wraps/lazy-ports.ts';
import { firstOwnHandle } from '../../../wires/process-wire.ts';
import { startThread } from '../sharing/sharing.ts';
import type { Realm } from '../boot.ts';

/** Ids of threads made by a thread follow its own, so that no two threads of a program share one. */
const idsPerThread = 1000;

/** Options of the whole process, which a thread cannot have its own of (`PerProcessOptionsParser` of `node_options.cc`). */
const processOptions = new Set(
  (
    '--title --trace-event-categories --trace-event-file-pattern --v8-pool-size --zero-fill-buffers --debug-arraybuffer-allocations ' +
    '--disable-proto --node-snapshot --snapshot-blob --build-snapshot --build-snapshot-config --security-revert --completion-bash ' +
    '--help --version --v8-options --icu-data-dir --openssl-config --openssl-legacy-provider --openssl-shared-config --tls-cipher-list ' +
    '--use-openssl-ca --use-system-ca --use-bundled-ca --enable-fips --force-fips --secure-heap --secure-heap-min --run ' +
    '--report-signal --disable-wasm-trap-handler --experimental-sea-config'
  ).split(' '),
);

/** What a thread is told of itself before its first message. */
export interface ThreadData {
  readonly threadId: number;
  readonly name: string;
  readonly internal: boolean;
  /** `SHARE_ENV`. */
  readonly sharesEnvironment: boolean;
  /** When the program began, in milliseconds since 1970: all of its threads count time from there. */
  readonly origin: number;
  /** As `resourceLimits`, in the order of the `k…` constants. */
  readonly limits: readonly number[];
}

/** `Worker` of `internalBinding('worker')`: a process of the kernel that shares nothing with its parent but a channel. `own`: of the thread that asks. */
export function workerClass(realm: NodeRealm, own: () => ThreadData | undefined): Function {
  const { AsyncWrap, makeCallback } = asyncWraps(realm);
  const ports = portsOf(realm);
  let threads = 0;

  class Worker extends AsyncWrap {
    declare readonly messagePort: Untyped;
    declare readonly threadId: number;
    declare readonly threadName: string;
    declare invalidExecArgv?: readonly string[];
    declare invalidNodeOptions?: readonly string[];
    #link = ports.openLink('parent');
    /** Undefined if the thread shares the environment. */
    readonly #env: [string, string][] | undefined;
    #unshare: (() => void) | undefined;
    #execArgv: readonly string[];
    #limits: Float64Array;
    #internal: boolean;
    #referenced = true;
    #counted = false;
    #state: 'new' | 'running' | 'ended' = 'new';
    #stopping = false;
    #freed = false;
    #pid: Pid | undefined;
    readonly #index: number;

    constructor(
      _url: unknown,
      env: Readonly<Record<string, string>> | null | undefined,
      execArgv: readonly string[] | undefined,
      limits: Float64Array,
      _trackFds: boolean,
      internal: boolean,
      name: string,
    ) {
      super('WORKER');
      if (internal)
        throw unavailable('module.register()', 'the thread of its hooks would have to be waited for; module.registerHooks() needs none');
      if (env === undefined) this.#unshare = shareEnvironment(realm.environment, this.#link);
      else this.#env = env === null ? [...realm.environment] : Object.entries(env);
      this.#execArgv = execArgv ?? (realm.process.execArgv as readonly string[]);
      this.#limits = limits;
      this.#internal = internal;
      this.#index = threads++;
      Object.defineProperties(this, {
        threadId: { value: (own()?.threadId ?? 0) * idsPerThread + threads, enumerable: true },
        threadName: { value: name, enumerable: true },
        messagePort: { value: ports.attach(this.#link.firstPort()), enumerable: true },
      });
      const plainPost = this.messagePort.postMessage as Function;
      Object.defineProperty(this.messagePort, 'postMessage', {
        configurable: true,
        value(message: Untyped, transfer: unknown) {
          // Shared memory cannot be sent; the counter only says when to ask for the folder again, and a thread keeps its own.
          const sent = message?.type === 'loadScript' ? { ...message, cwdCounter: new Uint32Array(1) } : message;
          return plainPost.call(this, sent, transfer);
        },
      });
      if (execArgv !== undefined) {
        const { errors } = parseCommandLine(realm.library.meta, execArgv);
        const isUnknown = (error: string) => error.startsWith('bad option: ');
        const wrong = errors.filter((error) => !isUnknown(error));
        const unknown = errors.filter(isUnknown).map((error) => error.slice('bad option: '.length));
        const ofProcess = execArgv.filter((argument) => processOptions.has(argument.split('=')[0]!));
        // Node tells which options are none of a thread's only where the others are right.
        const invalid = wrong.length > 0 ? wrong : [...unknown, ...ofProcess];
        if (invalid.length > 0) this.invalidExecArgv = invalid;
      }
      const nodeOptions = env?.['NODE_OPTIONS'];
      if (nodeOptions !== undefined && nodeOptions !== realm.environment.get('NODE_OPTIONS')) {
        const { errors } = parseCommandLine(realm.library.meta, [], new Map([['NODE_OPTIONS', nodeOptions]]));
        if (errors.length > 0) this.invalidNodeOptions = errors;
      }
    }

    startThread(): void {
      this.#state = 'running';
      this.#count();
      startThread(realm, () => this.#start());
    }

    /** Waits for no answer: its parent may block at once. */
    #start(): void {
      const { syscalls } = realm;
      const a = (firstOwnHandle + 2 * this.#index) as Handle;
      const b = (a + 1) as Handle;
      syscalls.call('channelPair', { at: a }, ({ error }) => {
        if (error) this.#failed(error);
      });
      this.#link.open((data) => syscalls.notify({ kind: 'post', handle: a, data }));
      syscalls.onMessage(
        a,
        (data) => this.#link.receive(data),
        () => {},
      );
      this.#spawn(a, b);
    }

    #spawn(mine: Handle, theirs: Handle): void {
      const { syscalls } = realm;
      const fds: FdTransfer[] = [];
      for (const fd of [0, 1, 2]) if (syscalls.descriptors.info(fd) !== undefined) fds.push(syscalls.descriptors.transfer(fd, fd));
      const data: ThreadData = {
        threadId: this.threadId,
        name: this.threadName,
        internal: this.#internal,
        sharesEnvironment: this.#env === undefined,
        origin: own()?.origin ?? realm.platform.timeOrigin + (realm as Realm).startedAt,
        limits: [...this.#limits],
      };
      const pid = childPids(realm).next();
      syscalls.call(
        'spawn',
        {
          file: syscalls.start.file,
          argv: [syscalls.start.argv[0] ?? 'node', ...this.#execArgv],
          env: this.#env ?? [...realm.environment],
          cwd: syscalls.files.cwd(),
          umask: syscalls.files.umask(),
          fds,
          ...(pid === undefined ? {} : { childPid: pid }),
          engine: syscalls.start.engine,
          thread: { channel: theirs, data },
        },
        (outcome) => {
          syscalls.notify({ kind: 'close', handle: theirs });
          if (outcome.error) {
            this.#failed(outcome.error);
            return;
          }
          childPids(realm).add(outcome.result.childPids);
          this.#pid = outcome.result.pid;
          syscalls.call('wait', { child: this.#pid }, (waited) => {
            syscalls.notify({ kind: 'close', handle: mine });
            const code = waited.result?.code ?? 1;
            this.#ended(this.#stopping ? 1 : code);
          });
          if (this.#stopping) this.#kill();
        },
      );
    }

    #failed(error: Error): void {
      this.#ended(1, 'ERR_WORKER_INIT_FAILED', error.message);
    }

    #ended(code: number, error?: string, reason?: string): void {
      if (this.#state === 'ended') return;
      ports.threadEnded(this.#link, this.threadId);
      realm.loop.enqueue(() => {
        this.#state = 'ended';
        this.#count();
        this.#unshare?.();
        ports.closeLink(this.#link);
        makeCallback(this, (this as Untyped).onexit, [code, error ?? null, reason ?? null]);
        this.#freed = true;
      });
    }

    stopThread(): void {
      if (this.#state === 'ended') return;
      this.#stopping = true;
      if (this.#state === 'new') this.#ended(1);
      else this.#kill();
    }

    #kill(): void {
      if (this.#pid === undefined) return;
      realm.syscalls.call('kill', { target: this.#pid, signal: 'SIGKILL' }, () => {
        // Gone already: its end is on the way.
      });
    }

    #count(): void {
      const counts = this.#state === 'running' && this.#referenced;
      if (counts === this.#counted) return;
      this.#counted = counts;
      if (counts) realm.loop.ref();
      else realm.loop.unref();
    }

    ref(): void {
      this.#referenced = true;
      this.#count();
    }

    unref(): void {
      this.#referenced = false;
      this.#count();
    }

    /** Undefined once its end has been told. */
    hasRef(): boolean | undefined {
      return this.#freed ? undefined : this.#referenced;
    }

    getResourceLimits(): Float64Array {
      return this.#limits;
    }

    /** −1: the thread's loop cannot be watched from here. */
    loopStartTime(): number {
      return -1;
    }

    loopIdleTime(): number {
      return -1;
    }
  }
  for (const name of [
    'takeHeapSnapshot',
    'getHeapStatistics',
    'cpuUsage',
    'startCpuProfile',
    'stopCpuProfile',
    'startHeapProfile',
    'stopHeapProfile',
  ]) {
    Object.defineProperty(Worker.prototype, name, {
      value() {
        throw new BvError('ERR_BV_UNSUPPORTED', `Cannot call worker.${name}(): a browser gives a page no statistics of its workers`);
      },
      writable: true,
      configurable: true,
    });
  }
  return Worker;
}
