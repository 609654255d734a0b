import { PosixError } from '../../../base/errors.ts';
import { signalName } from '../../../base/signals.ts';
import type { Realm } from '../boot.ts';
import { callSites } from '../call-sites.ts';
import { parseDotenv } from '../dotenv.ts';
import { makeEnvironment } from '../environment.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { sitesText } from '../trace-stacks.ts';
import { unavailable } from './absent.ts';
import { childPids } from '../wraps/child-pids.ts';
import { signalsToSelf } from '../wraps/signals-to-self.ts';
import { uv } from '../wraps/errors.ts';
import { portsInUse } from '../wraps/lazy-ports.ts';
import { bytesOf } from './buffer.ts';
import { askFor } from './permission.ts';

/** What Node says where its directory is no longer there. */
const removedDirectory =
  'process.cwd failed with error no such file or directory, the current working directory was likely removed without changing the working directory';

/** Linux's. */
const maxPid = 4_194_304;

/** `internalBinding('process_methods')`. */
export function makeProcessMethods(given: NodeRealm): Untyped {
  const realm = given as Realm;
  const { platform } = realm;
  const hrtime = new ArrayBuffer(24);
  const hrtimeBuffer = new Uint32Array(hrtime);
  const hrtimeBigints = new BigInt64Array(hrtime, 0, 1);
  let latest = 0;
  /** Later at each call, as it is for a processor's own clock; a browser's stands still for up to a millisecond. */
  const nanoseconds = (): number => {
    const now = Math.round(platform.now() * 1e6);
    latest = Math.max(now, latest + (latest < now + 1e6 ? 1000 : 1));
    return latest;
  };
  let emitWarningSync: Function | undefined;
  realm.onStart.push(() => installEnvironment(realm));
  const call = <T>(syscall: string, work: () => T, path?: string, dest?: string): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof PosixError) throw realm.uvException(error.errno, syscall, path, dest);
      throw error;
    }
  };
  /** Time in which the event loop did not wait stands for processor time, which a browser does not tell. */
  const usedMicroseconds = () => Math.round((platform.now() - realm.startedAt - realm.loop.idleMs) * 1000);
  const memory = () => platform.memory();
  return {
    hrtimeBuffer,
    hrtime() {
      const now = nanoseconds();
      const seconds = Math.floor(now / 1e9);
      hrtimeBuffer[0] = Math.floor(seconds / 0x100000000);
      hrtimeBuffer[1] = seconds >>> 0;
      hrtimeBuffer[2] = now - seconds * 1e9;
    },
    hrtimeBigInt() {
      hrtimeBigints[0] = BigInt(nanoseconds());
    },
    _debugProcess: () => {
      throw unavailable('process._debugProcess()', 'a browser gives a page no inspector of its own workers');
    },
    _debugEnd: () => {},
    abort: () => {
      realm.endBySignal('SIGABRT');
    },
    causeSegfault: () => {
      realm.endBySignal('SIGSEGV');
    },
    chdir(directory: string) {
      const from = call('process.cwd', () => realm.syscalls.files.cwd());
      try {
        realm.syscalls.files.chdir(directory);
        portsInUse(realm)?.changedDirectory();
      } catch (error) {
        if (!(error instanceof PosixError)) throw error;
        throw realm.uvException(error.errno, 'chdir', from, directory);
      }
    },
    cwd() {
      const { files } = realm.syscalls;
      const cwd = files.cwd();
      try {
        files.stat(cwd);
      } catch (error) {
        if (!(error instanceof PosixError) || error.code !== 'ENOENT') return cwd;
        throw realm.uvException(error.errno, 'uv_cwd', undefined, undefined, removedDirectory);
      }
      return cwd;
    },
    umask: (mask?: number) => realm.syscalls.files.umask(mask),
    memoryUsage(into: Float64Array) {
      const { heapUsed, heapTotal } = memory();
      into.set([heapTotal, heapTotal, heapUsed, 0, 0]);
    },
    rss: () => memory().heapTotal,
    constrainedMemory: () => memory().limit,
    availableMemory: () => Math.max(0, memory().limit - memory().heapUsed),
    cpuUsage(into: Float64Array) {
      into.set([usedMicroseconds(), 0]);
    },
    threadCpuUsage(into: Float64Array) {
      into.set([usedMicroseconds(), 0]);
    },
    resourceUsage(into: Float64Array) {
      into.fill(0);
      into[0] = usedMicroseconds();
      into[2] = Math.round(memory().heapTotal / 1024);
    },
    _getActiveRequests: () => realm.resources.requests(),
    _getActiveHandles: () => realm.resources.handles(realm.symbols['owner_symbol']!),
    getActiveResourcesInfo: () => {
      const names = realm.resources.names();
      for (let i = 0; i < realm.loop.timeoutInfo[0]!; i++) names.push('Timeout');
      for (let i = 0; i < realm.loop.immediateInfo[1]!; i++) names.push('Immediate');
      return names;
    },
    _kill(given: Untyped, signal: number): number {
      // A text will do: it is compared with `==` before.
      const pid = given | 0;
      const name = signal === 0 ? 0 : signalName(signal);
      if (name === undefined) return -22;
      const own = realm.syscalls.start.pid;
      if (name === 0 && pid === own) return 0;
      if (pid === own && (name === 'SIGKILL' || name === 'SIGSTOP' || name === 'SIGABRT')) return realm.endBySignal(name);
      if (pid === own && signalsToSelf(realm).deliver?.(signal) === true) return 0;
      if (childPids(realm).isOver(pid)) return uv('ESRCH');
      // Of others nobody here knows. Where it cannot be learned they are taken to be there.
      const known = pid === realm.syscalls.start.ppid || childPids(realm).isOwn(pid);
      if (pid > maxPid || (pid > 0 && pid !== own && !known && realm.syscalls.learn?.(`process ${pid}`) === false)) return uv('ESRCH');
      realm.loop.ref();
      realm.syscalls.call('kill', { target: pid, signal: name }, () => realm.loop.enqueue(() => realm.loop.unref()));
      return 0;
    },
    _rawDebug(text: string) {
      realm.syscalls.files.write(2, platform.encodeUtf8(`${text}\n`), null);
    },
    dlopen(_module: unknown, filename: string) {
      const error = new Error(`${filename}: native addons cannot be loaded in the browser`) as Error & { code: string };
      error.code = 'ERR_DLOPEN_FAILED';
      throw error;
    },
    reallyExit(code: number) {
      if (realm.commandLine.values['--trace-exit'] === true) {
        const thread = realm.internalBinding('worker').threadId as number;
        const who = `${realm.process.pid}${thread === 0 ? '' : `, thread:${thread}`}`;
        const text = `(node:${who}) WARNING: Exited the environment with code ${code}\n${sitesText(callSites(10, 0))}`;
        realm.syscalls.files.write(2, platform.encodeUtf8(text), null);
      }
      return realm.end(code);
    },
    execve(file: string, args: readonly string[], env: readonly string[]) {
      askFor(realm, 'ChildProcess', file);
      realm.library.part('bindings').replaceProcess(realm, file, args, env);
    },
    uptime: () => (platform.now() - realm.startedAt) / 1000,
    patchProcessObject: (process: Untyped) => patchProcess(realm, process),
    loadEnvFile(path?: string) {
      const file = path ?? '.env';
      askFor(realm, 'FileSystemRead', file);
      const bytes = call('open', () => realm.syscalls.files.readFile(file), file);
      for (const [name, value] of Object.entries(parseDotenv(platform.decodeUtf8(bytesOf(bytes))))) {
        if (!realm.environment.has(name)) realm.environment.set(name, value);
      }
    },
    setEmitWarningSync(callback: Function) {
      emitWarningSync = callback;
      void emitWarningSync;
    },
    resetStdioForTesting: () => {},
  };
}

/** Before any script of Node's runs: `internal/main/watch_mode` reads it before it patches the process. */
function installEnvironment(realm: Realm): void {
  const { commandLine, process } = realm;
  let warned = false;
  const warnOnce = () => {
    if (warned || commandLine.values['--pending-deprecation'] !== true) return;
    warned = true;
    process.emitWarning(
      'Assigning any value other than a string, number, or boolean to a process.env property is deprecated. Please make sure to ' +
        'convert the value to a string before setting process.env with it.',
      'DeprecationWarning',
      'DEP0104',
    );
  };
  const value = makeEnvironment(realm.environment, warnOnce);
  Object.defineProperty(process, 'env', { value, writable: true, enumerable: true, configurable: true });
}

function patchProcess(realm: Realm, process: Untyped): void {
  const { start } = realm.syscalls;
  const { commandLine } = realm;
  const command = start.argv[0] ?? 'node';
  const wanted = commandLine.values['--title'];
  let title = wanted === undefined || wanted === '' ? command : String(wanted);
  Object.defineProperty(process, 'title', {
    configurable: true,
    enumerable: true,
    get: () => title,
    set(value: unknown) {
      title = `${value as string}`;
      realm.syscalls.notify({ kind: 'title', title });
    },
  });
  let debugPort = 9229;
  const own = (name: string, value: unknown) =>
    Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
  own('argv', [command, ...commandLine.rest]);
  own('execArgv', [...commandLine.execArgv]);
  Object.defineProperty(process, 'pid', { value: start.pid, enumerable: true, configurable: true });
  own('ppid', start.ppid);
  own('execPath', start.file.endsWith('/node') ? start.file : '/usr/bin/node');
  Object.defineProperty(process, 'debugPort', {
    enumerable: true,
    configurable: true,
    get: () => debugPort,
    set(value: unknown) {
      const port = Number(value) | 0;
      if (port !== 0 && (port < 1024 || port > 65_535)) {
        throw Object.assign(new RangeError('process.debugPort must be 0 or in range 1024 to 65535'), { code: 'ERR_OUT_OF_RANGE' });
      }
      debugPort = port;
    },
  });
}
