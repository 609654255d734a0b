/** Runs a child to its end inside its parent's worker: what `execSync()` and friends do where nothing can wait for another worker. */
import { concatBytes } from '../../base/bytes.ts';
import { BvError, PosixError } from '../../base/errors.ts';
import { errnoTable } from '../../base/errno.ts';
import type { Fd } from '../../base/ids.ts';
import { O_RDWR } from '../../base/open-flags.ts';
import type { WorkerConnection } from '../connection.ts';
import { ProgramHost, type HostPlatform } from '../engines/quickjs/program-host.ts';
import type { NativeModules } from '../platform.ts';
import { afterInput } from '../standard-input.ts';
import type { Syscalls } from '../syscalls.ts';
import { NestedSystem, signalOfNumber, type NestedFd } from './nested-system.ts';
import { Schedule } from './schedule.ts';
import { sleepSync } from './sleep-sync.ts';
import { NestedEnd, NestedPipe } from './streams.ts';

/** One child that is run to its end while its parent waits; plain data. */
export interface SyncSpawnRequest {
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly cwd: string;
  /** By descriptor. `input` feeds a pipe; `inherit` names the parent's descriptor. */
  readonly stdio: readonly (
    | { readonly kind: 'ignore' }
    | { readonly kind: 'inherit'; readonly fd: number }
    | { readonly kind: 'pipe'; readonly input: Uint8Array | null }
  )[];
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  /** Bytes of one output; beyond it the child is killed and the answer says `ENOBUFS`. */
  readonly maxBuffer: number;
  /** A signal number. */
  readonly killSignal: number;
}

export interface SyncSpawnAnswer {
  readonly pid: number;
  readonly status: number | null;
  readonly signal: string | null;
  /** One per descriptor; null where it was no pipe of the child's output. */
  readonly output: readonly (Uint8Array | null)[] | null;
  /** A negative errno: `ETIMEDOUT`, `ENOBUFS`, or why it could not start. */
  readonly error?: number;
}

export interface SyncSpawnerOptions {
  readonly connection: Pick<WorkerConnection, 'replica' | 'watchers' | 'alive' | 'together'>;
  /** Of the process that waits. */
  readonly syscalls: () => Syscalls;
  readonly module: () => WebAssembly.Module;
  /** The script that runs a program in the engine; undefined for a program that cannot run there. */
  readonly script: (program: string) => string | undefined;
  readonly meta: () => string;
  readonly source: (id: string) => string | undefined;
  readonly native: () => NativeModules;
  readonly platform: HostPlatform;
  /** Children of children wait inside each other: deeper than this is refused. */
  readonly depth?: number;
}

const maxDepth = 4;
const errno = (code: keyof typeof errnoTable): number => -errnoTable[code][0];

/** The longest that the kernel hears nothing of a program that waits. */
const sleepPartMs = 1000;

export function makeSyncSpawner(options: SyncSpawnerOptions): (request: SyncSpawnRequest) => SyncSpawnAnswer {
  const { platform } = options;
  const depth = options.depth ?? 0;
  const sleep = (delayMs: number) => {
    for (let left = delayMs; left > 0; left -= sleepPartMs) {
      sleepSync(Math.min(left, sleepPartMs));
      options.connection.alive();
    }
  };
  return (request) => {
    if (depth >= maxDepth)
      throw new BvError(
        'ERR_BV_LIMIT',
        `Cannot run "${request.file}" and wait for it: ${maxDepth} programs wait inside each other already`,
      );
    const caller = options.syscalls();
    const deadline = request.timeout > 0 ? platform.now() + request.timeout : Infinity;
    const outputs: { readonly parts: Uint8Array[]; size: number; readonly pipe: NestedPipe }[] = [];
    let stopped: 'timeout' | 'overflow' | undefined;
    const schedule = new Schedule(() => platform.now(), sleep);
    const nestedPlatform: HostPlatform = {
      ...platform,
      postTask: (task) => schedule.post(task),
      setTimer: (task, delayMs) => schedule.setTimer(task, delayMs),
      clearTimer: (timer) => schedule.clearTimer(timer),
    };
    const troubles: Error[] = [];
    const system = new NestedSystem({
      connection: options.connection,
      schedule,
      isProgram: (name) => options.script(name) !== undefined,
      randomFill: (bytes) => platform.randomFill(bytes),
      now: () => Date.now(),
      engineLimits: caller.start.engineLimits,
      registries: caller.start.registries,
      saw: (path, names) => caller.saw?.(path, names),
      depth,
      run(start, syscalls) {
        let host: ProgramHost | undefined;
        let over = false;
        const nested = makeSyncSpawner({ ...options, syscalls: () => syscalls, platform: nestedPlatform, depth: depth + 1 });
        schedule.post(() => {
          if (over) return;
          host = new ProgramHost({
            module: options.module(),
            program: options.script(start.program)!,
            platform: nestedPlatform,
            meta: start.program === 'node' ? options.meta() : '',
            source: options.source,
            native: options.native,
            spawnSync: (given) => nested(given as SyncSpawnRequest),
            sleep,
            shouldStop() {
              options.connection.alive();
              return stopped !== undefined || platform.now() >= deadline;
            },
            onTrouble(error) {
              troubles.push(error);
              syscalls.exit({ signal: 'SIGABRT' });
            },
          });
          if (start.program === 'node') afterInput(nestedPlatform, syscalls, () => host!.run(syscalls));
          else host.run(syscalls);
        });
        return {
          stop() {
            over = true;
            host?.stop();
          },
        };
      },
    });

    const opened: Fd[] = [];
    const fds = request.stdio.map((item, fd): NestedFd => {
      if (item.kind === 'pipe' && fd === 0) {
        const pipe = new NestedPipe({ readers: 1, writers: 0 });
        pipe.fill(item.input ?? new Uint8Array(0));
        return { fd, stream: 'pipe-read', end: new NestedEnd({ input: pipe }) };
      }
      if (item.kind === 'pipe') {
        const pipe = new NestedPipe();
        const held = { parts: [] as Uint8Array[], size: 0, pipe };
        outputs[fd] = held;
        const take = () => {
          pipe.read(1 << 20, ({ result }) => {
            const bytes = result?.bytes;
            if (bytes === undefined || bytes.length === 0) return;
            held.parts.push(bytes);
            held.size += bytes.length;
            if (held.size > request.maxBuffer) stopped = 'overflow';
            take();
          });
        };
        take();
        return { fd, stream: 'pipe-write', end: new NestedEnd({ output: pipe }) };
      }
      const info = item.kind === 'inherit' ? caller.descriptors.info(item.fd) : undefined;
      if (item.kind === 'inherit' && info?.kind === 'stream') {
        // A terminal of the parent is a pipe to the child: nothing here could answer for a terminal.
        const stream = info.stream === 'tty' || info.stream === 'socket' ? (fd === 0 ? 'pipe-read' : 'pipe-write') : info.stream;
        return { fd, stream, end: new NestedEnd({ sink: (bytes) => void caller.files.write(item.fd, bytes, null) }) };
      }
      const from = item.kind === 'inherit' ? item.fd : caller.files.open('/dev/null', O_RDWR, 0);
      if (item.kind === 'ignore') opened.push(from);
      return caller.descriptors.transfer(from, fd) as NestedFd;
    });

    const finish = (pid: number, status: number | null, signal: string | null, error?: number): SyncSpawnAnswer => {
      for (const fd of opened) caller.files.close(fd);
      return {
        pid,
        status,
        signal,
        output: request.stdio.map((_, fd) => (outputs[fd] === undefined ? null : concatBytes(outputs[fd].parts))),
        ...(error === undefined ? {} : { error }),
      };
    };
    let pid: number;
    try {
      const { uid, gid } = caller.start;
      const umask = caller.files.umask();
      const parent = caller.start.pid;
      const { file, env, cwd } = request;
      pid = system.start({ file, argv: request.args.map(String), env, cwd, umask, uid, gid, fds, parent });
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      return { ...finish(0, null, null, error.errno), output: null };
    }
    const over = () => system.statusOf(pid) !== undefined && outputs.every((one) => one.pipe.ended);
    while (!over() && stopped === undefined) {
      if (schedule.step(deadline)) continue;
      if (platform.now() >= deadline) stopped = 'timeout';
      else break;
    }
    const status = system.statusOf(pid);
    system.killAll(signalOfNumber(request.killSignal));
    if (troubles.length > 0)
      throw new BvError('ERR_BV_UNSUPPORTED', `Cannot run "${request.file}" and wait for it: ${troubles[0]!.message}`);
    if (stopped !== undefined)
      return finish(pid, null, signalOfNumber(request.killSignal), errno(stopped === 'timeout' ? 'ETIMEDOUT' : 'ENOBUFS'));
    if (status === undefined) {
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        `Cannot run "${request.file}" and wait for it: it waits for something outside of it, which cannot come while this program waits. spawn() and exec() can do that`,
      );
    }
    return finish(pid, status.code, status.signal);
  };
}
