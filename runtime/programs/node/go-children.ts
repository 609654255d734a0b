/**
 * Programs of Go as WebAssembly that a process starts and waits for, `esbuild-wasm` above all: QuickJS, which runs other such children,
 * has no WebAssembly. They run in the process's own worker, by the glue that their package ships (`wasm_exec.js`), which is given globals
 * of its own. Files are read and written at once; what Go is told of it later, it is told as soon as it has given the stack back.
 */
import { concatBytes } from '../../base/bytes.ts';
import type { SyncSpawnAnswer, SyncSpawnRequest } from '../../process/nested/sync-spawner.ts';
import type { NodeRealm, Untyped } from './realm.ts';
import { childPids } from './wraps/child-pids.ts';

const wasm = (globalThis as { WebAssembly?: typeof WebAssembly }).WebAssembly;
const global = globalThis;
const programPath = /^(.*)\/bin\/([^/]+)$/;

interface Go {
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  exit: (code: number) => void;
  exited: boolean;
  readonly importObject: WebAssembly.Imports;
  _pendingEvent: object | null;
  run(instance: WebAssembly.Instance): Promise<void>;
  _resume(): void;
}

interface Program {
  readonly wasm: string;
  readonly glue: string;
  readonly args: readonly string[];
}

/** `node …/bin/NAME` of a package that has `NAME.wasm` and Go's glue. */
function programOf(realm: NodeRealm, { file, args }: SyncSpawnRequest): Program | undefined {
  const [, folder, name] = programPath.exec(args[1] ?? '') ?? [];
  if (folder === undefined || !file.endsWith('/node')) return undefined;
  const program = { wasm: `${folder}/${name}.wasm`, glue: `${folder}/wasm_exec.js`, args: args.slice(2) };
  const { existsSync } = realm.requireBuiltin('fs');
  return existsSync(program.wasm) && existsSync(program.glue) ? program : undefined;
}

/** Work that Go waits for: callbacks in order, and timers. */
class Pending {
  readonly #callbacks: (() => void)[] = [];
  readonly #timers = new Map<number, { readonly run: () => void; readonly at: number }>();
  readonly #realm: NodeRealm;
  #next = 1;

  constructor(realm: NodeRealm) {
    this.#realm = realm;
  }

  post(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  setTimer = (run: () => void, delayMs: number): number => {
    this.#timers.set(this.#next, { run, at: this.#realm.platform.now() + delayMs });
    return this.#next++;
  };

  clearTimer = (timer: number): void => void this.#timers.delete(timer);

  /** Does one thing, for which it may have to sleep. False: there is nothing. */
  step(): boolean {
    const callback = this.#callbacks.shift();
    if (callback !== undefined) {
      callback();
      return true;
    }
    const [first] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
    if (first === undefined) return false;
    const [timer, { run, at }] = first;
    const { platform } = this.#realm;
    const left = at - platform.now();
    if (left > 0) platform.sleep(left);
    this.#timers.delete(timer);
    run();
    return true;
  }
}

/** `fs` as the glue calls it: every function has its callback, and three descriptors are the program's own. */
function fileSystem(realm: NodeRealm, spawn: SyncSpawnRequest, pending: Pending, outputs: Uint8Array[][]): object {
  const fs = realm.requireBuiltin('fs');
  const [standardInput] = spawn.stdio;
  let input = standardInput?.kind === 'pipe' ? (standardInput.input ?? new Uint8Array(0)) : undefined;
  const read = (fd: number, into: Uint8Array, offset: number, length: number, position: number | null): number => {
    if (fd !== 0 || input === undefined) return fs.readSync(fd, into, offset, length, position);
    const part = input.subarray(0, length);
    into.set(part, offset);
    input = input.subarray(part.length);
    return part.length;
  };
  const write = (fd: number, bytes: Uint8Array): number => {
    const stdio = fd < 3 ? spawn.stdio[fd] : { kind: 'inherit' as const, fd };
    if (stdio?.kind === 'pipe') (outputs[fd] ??= []).push(bytes.slice());
    else if (stdio?.kind === 'inherit') return fs.writeSync(stdio.fd, bytes);
    return bytes.length;
  };
  const later = (run: (...args: Untyped[]) => unknown) =>
    function (...args: Untyped[]): void {
      const callback = args.pop() as (error: unknown, result?: unknown) => void;
      let outcome: [unknown, unknown?];
      try {
        outcome = [null, run(...args)];
      } catch (error) {
        outcome = [error];
      }
      pending.post(() => callback(...outcome));
    };
  const own: Record<string, unknown> = {
    constants: fs.constants,
    writeSync: write,
    read: later(read),
    write: later((fd: number, bytes: Uint8Array, offset: number, length: number, position: number | null) =>
      fd < 3 ? write(fd, bytes.subarray(offset, offset + length)) : fs.writeSync(fd, bytes, offset, length, position),
    ),
  };
  const names =
    'chmod chown close fchmod fchown fstat fsync ftruncate lchown link lstat mkdir open readdir readlink rename rmdir stat symlink truncate unlink utimes';
  for (const name of names.split(' ')) own[name] = later(fs[`${name}Sync`] as () => unknown);
  return own;
}

/** The variables that the package's own start leaves: Go takes no more than some kilobytes. */
const keptVariables = new Set(['NO_COLOR', 'NODE_PATH', 'npm_config_user_agent', 'WT_SESSION', 'TMPDIR']);

/** Compiled ones, by path and what `stat` says of them. */
const compiled = new Map<string, WebAssembly.Module>();

function moduleOf(realm: NodeRealm, path: string): WebAssembly.Module {
  const fs = realm.requireBuiltin('fs');
  const { size, mtimeMs } = fs.statSync(path);
  const key = `${path} ${size} ${mtimeMs}`;
  let module = compiled.get(key);
  if (module === undefined) compiled.set(key, (module = new wasm!.Module(fs.readFileSync(path))));
  return module;
}

/** Runs it to its end, if it is a program of Go; else undefined. */
export function runGoChild(realm: NodeRealm, spawn: SyncSpawnRequest): SyncSpawnAnswer | undefined {
  const program = wasm === undefined ? undefined : programOf(realm, spawn);
  if (program === undefined) return undefined;
  const { platform, syscalls } = realm;
  const pending = new Pending(realm);
  const outputs: Uint8Array[][] = [];
  const fs = fileSystem(realm, spawn, pending, outputs);
  const { TextEncoder, TextDecoder } = realm.requireBuiltin('internal/encoding');
  const crypto = { getRandomValues: (bytes: Uint8Array) => platform.randomFill(bytes) };
  const { uid, gid, pid } = syscalls.start;
  const process = {
    pid: pid + 1,
    ppid: pid,
    getuid: () => uid,
    geteuid: () => uid,
    getgid: () => gid,
    getegid: () => gid,
    getgroups: () => [gid],
    umask: () => syscalls.files.umask(),
    cwd: () => spawn.cwd,
  };
  const scope = Object.create(global) as object;
  const performance = { now: () => platform.now() };
  const own = { fs, process, crypto, performance, path: realm.requireBuiltin('path').posix, TextEncoder, TextDecoder };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(scope, name, { value, writable: true, configurable: true });
  const parameters = 'globalThis, fs, process, crypto, performance, TextEncoder, TextDecoder, setTimeout, clearTimeout';
  const glue = realm.requireBuiltin('fs').readFileSync(program.glue, 'utf8') as string;
  const open = platform.evaluate(`(function (${parameters}) {${glue}\n})`, program.glue) as (...globals: unknown[]) => void;
  open(scope, fs, process, crypto, performance, TextEncoder, TextDecoder, pending.setTimer, pending.clearTimer);
  const go = new (scope as { readonly Go: new () => Go }).Go();
  let status = 0;
  go.argv = [program.wasm, ...program.args];
  go.env = Object.fromEntries([['TMPDIR', '/tmp'], ...spawn.env.filter(([name]) => keptVariables.has(name))]);
  go.exit = (code) => (status = code);
  void go.run(new wasm!.Instance(moduleOf(realm, program.wasm), go.importObject));
  while (!go.exited) {
    if (pending.step()) continue;
    // It waits for nothing that could come: Go says so, and ends.
    go._pendingEvent = { id: 0 };
    go._resume();
  }
  return {
    pid: childPids(realm).next() ?? 0,
    status,
    signal: null,
    output: spawn.stdio.map(({ kind }, fd) => (kind === 'pipe' && fd > 0 ? concatBytes(outputs[fd] ?? []) : null)),
  };
}
