/**
 * Starts Node's library in two halves, as Node's startup snapshot does: what needs no process (in an idle pooled worker, no
 * system calls), then the run itself.
 */
import type { Platform } from '../../process/platform.ts';
import type { Syscalls } from '../../process/syscalls.ts';
import { PosixError } from '../../base/errors.ts';
import type { KernelOps } from '../../wires/process-wire.ts';
import type { SignalName } from '../../base/signals.ts';
import { Builtins } from './builtins.ts';
import { makeBinding } from './bindings/index.ts';
import type { SyncSpawner } from './bindings/spawn-sync.ts';
import { parseCommandLine, type CommandLine } from './command-line.ts';
import { parseDotenv } from './dotenv.ts';
import { NodeLoop, ProcessEnded } from './event-loop.ts';
import { describeUncaught } from './fatal-error.ts';
import { prepareGlobals } from './globals.ts';
import { liveWhileCompiling } from './wasm/live-while-compiling.ts';
import { letModulesStartThreads } from './wasm/modules-with-threads.ts';
import type { NodeLibrary } from './library.ts';
import { chooseMain } from './main-script.ts';
import { privateSymbols, symbols } from './node-symbols.ts';
import type { NativeCloner, NodeRealm, Untyped } from './realm.ts';
import { ActiveResources } from './active-resources.ts';
import { asyncContextOf } from './modules/async-context.ts';
import { installFunctionTexts, showAsNative } from './modules/function-texts.ts';
import { helperFor } from './modules/functions.ts';
import { installFunctionConstructors } from './modules/strings.ts';
import { AsyncContexts, asyncFields } from './async-contexts.ts';
import { callSites } from './call-sites.ts';
import { addConsoleOfV8 } from './console-of-v8.ts';
import { wasStackRead } from './stack/read-stacks.ts';
import { adoptError, adoptPrepareStackTrace, prepareStacks } from './stack/index.ts';
import { followTimeZone } from './follow-time-zone.ts';
import { runScript } from './run-script.ts';
import { uvException } from './uv-exception.ts';
import { heldOutput } from './held-output.ts';
import { watchPromises } from './watched-promises.ts';

/** A booted library that waits for its process. */
export interface NodeProgram {
  /** Does one piece of work that nearly every process would have to do, and returns whether there is more. Only before `run`. */
  prepare(): boolean;
  /** Runs the process that `syscalls.start` describes and ends it by `syscalls.exit()`. At most once. */
  run(syscalls: Syscalls): void;
  /** Milliseconds since its process began in which its event loop did not wait. */
  readonly activeMs: number;
}

const beforeProcess = [
  'internal/bootstrap/realm',
  'internal/bootstrap/node',
  'internal/bootstrap/web/exposed-wildcard',
  'internal/bootstrap/web/exposed-window-or-worker',
] as const;

/**
 * Builtins that most processes load, of the library's first layer, and whose evaluation asks for no option, argument or environment; `net`
 * aside, which `run` tells.
 */
export const oftenLoaded = [
  'internal/process/pre_execution',
  'internal/deps/acorn/acorn/dist/acorn',
  'module',
  'internal/vm/module',
  'stream',
  'net',
  'tty',
] as const;
export const oftenRun = [
  'internal/bootstrap/switches/is_main_thread',
  'internal/main/run_main_module',
  'internal/main/eval_string',
] as const;

/** @param syncSpawner How the process runs a child and waits for it; without it `spawnSync()` says what would enable it. */
export function bootNode(platform: Platform, library: NodeLibrary, syncSpawner?: SyncSpawner): NodeProgram {
  const realm = new Realm(platform, library);
  if (syncSpawner !== undefined) realm.syncSpawner = syncSpawner;
  realm.boot();
  return realm;
}

class Realm implements NodeRealm, NodeProgram {
  readonly platform: Platform;
  readonly library: NodeLibrary;
  readonly nativeCloners = new Map<string, NativeCloner>();
  syncSpawner?: SyncSpawner;
  readonly loop: NodeLoop;
  readonly process: Untyped;
  readonly primordials: Untyped = {};
  readonly privateSymbols = privateSymbols;
  readonly symbols = symbols;
  readonly environment = new Map<string, string>();
  readonly contexts: AsyncContexts;
  commandLine: CommandLine;
  readonly #builtins: Builtins;
  readonly #bindings = new Map<string, Untyped>();
  readonly #context = asyncContextOf(this);
  readonly #exitInfo = new Int32Array(3);
  /** What the library tells `internalBinding('errors')`. */
  readonly stackCallbacks: {
    prepare?: Function;
    sourceMapErrorSource?: Function;
    cacheGeneratedSourceMap?: Function;
    enhanceBefore?: Function;
    enhanceAfter?: Function;
    sourceMaps?: boolean;
  } = {};
  /** Runs when the process starts, before any of its code. */
  readonly onStart: (() => void)[] = [];
  readonly resources = new ActiveResources();
  /** `platform.now()` when the process began. */
  startedAt: number;
  /** The script of `internal/main` that runs. */
  mainId: string | undefined;
  #syscalls: Syscalls | undefined;
  #ended = false;
  /** It has ended but for what it wrote last: nothing it does has an effect. */
  #isMuted = false;
  #prepared = 0;

  constructor(platform: Platform, library: NodeLibrary) {
    this.platform = platform;
    this.library = library;
    this.startedAt = platform.now();
    this.loop = new NodeLoop(platform);
    this.commandLine = parseCommandLine(library.meta, []);
    this.contexts = new AsyncContexts(this);
    this.#builtins = new Builtins(this);
    this.process = this.#makeProcess();
  }

  get syscalls(): Syscalls {
    if (this.#syscalls === undefined) throw new Error('The process has not been started');
    // Code of the program that the engine still runs while its last output is being made.
    if (this.#isMuted && !heldOutput(this).isWriting) throw new ProcessEnded();
    return this.#syscalls;
  }

  get started(): boolean {
    return this.#syscalls !== undefined;
  }

  get builtins(): Builtins {
    return this.#builtins;
  }

  #makeProcess(): Untyped {
    // The name is what `process.constructor.name` shows.
    // Jest calls the constructor on a copy.
    const { process: Process } = {
      process: function (this: unknown) {
        return this;
      },
    };
    const object = Object.create(Process.prototype) as Untyped;
    const { version, versions, release } = this.library.meta;
    // Not assigned to, but defined anew: tests of programs for several platforms do.
    const readOnly = (value: unknown) => ({ value, enumerable: true, configurable: true });
    const allReadOnly = (values: object) =>
      Object.defineProperties({}, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, readOnly(value)])));
    return Object.defineProperties(object, {
      version: readOnly(version),
      versions: readOnly(allReadOnly(versions)),
      arch: readOnly('x64'),
      platform: readOnly('linux'),
      release: readOnly(allReadOnly(release)),
    });
  }

  boot(): void {
    // Before the globals go, for a platform may need one of them to listen.
    this.platform.onRejection((kind, promise, reason) => {
      adoptError(this, reason);
      this.contexts.rejected(kind, promise, reason);
    });
    this.platform.onError((error) => {
      if (this.started && !(error instanceof ProcessEnded) && !this.#ended) this.uncaught(error);
      return this.started;
    });
    prepareGlobals(this.privateSymbols);
    this.process[this.privateSymbols.exit_info_private_symbol!] = this.#exitInfo;
    liveWhileCompiling(this.loop);
    letModulesStartThreads(this);
    if (this.platform.promiseDetails === undefined) watchPromises((promise) => this.contexts.rejected('handled', promise, undefined));
    prepareStacks(this);
    installFunctionTexts(this);
    installFunctionConstructors(this, (referrer) => helperFor(this, referrer));
    showAsNative(
      globalThis,
      Promise,
      Promise.prototype,
      JSON,
      Error,
      globalThis.WebAssembly ?? {},
      globalThis.Intl?.Locale.prototype ?? {},
    );
    for (const id of ['internal/per_context/primordials', 'internal/per_context/domexception', 'internal/per_context/messageport']) {
      const exports = {};
      this.#builtins.perContext.set(id, exports);
      this.#builtins.compile(id)(exports, this.primordials, this.privateSymbols, this.symbols);
    }
    for (const id of beforeProcess) this.#builtins.bootstrap(id);
    addConsoleOfV8(this.requireBuiltin('internal/console/global'));
    adoptPrepareStackTrace(this, this.stackCallbacks.prepare as never);
  }

  get activeMs(): number {
    return this.started ? this.platform.now() - this.startedAt - this.loop.idleMs : 0;
  }

  prepare(): boolean {
    if (this.started) return false;
    const at = this.#prepared++;
    const loaded = oftenLoaded[at];
    if (loaded !== undefined) {
      this.requireBuiltin(loaded);
      return true;
    }
    const run = oftenRun[at - oftenLoaded.length];
    if (run !== undefined) this.#builtins.prepare(run);
    return at + 1 < oftenLoaded.length + oftenRun.length;
  }

  run(syscalls: Syscalls): void {
    if (this.#syscalls !== undefined) throw new Error('The program already runs a process');
    this.#syscalls = syscalls;
    const { start } = syscalls;
    followTimeZone(this.environment, this.library.part);
    for (const [name, value] of start.env) this.environment.set(name, value);
    const isThread = start.thread !== undefined;
    this.commandLine = parseCommandLine(this.library.meta, start.argv.slice(1), this.environment);
    const ownOptions = this.environment.get('NODE_OPTIONS');
    const missing = this.#readEnvironmentFiles();
    const options = this.environment.get('NODE_OPTIONS');
    if (options !== ownOptions) this.commandLine = parseCommandLine(this.library.meta, start.argv.slice(1), this.environment);
    if (missing !== undefined) {
      syscalls.files.write(2, this.platform.encodeUtf8(`${start.argv[0] ?? 'node'}: ${missing}: not found\n`), null);
      return this.#finish(9);
    }
    this.loop.setOrigin();
    this.startedAt = this.platform.now();
    for (const begin of this.onStart) begin();
    const main = chooseMain(this);
    if (main.kind === 'print') {
      const bytes = this.platform.encodeUtf8(main.text);
      syscalls.files.write(main.fd, bytes, null);
      return this.#finish(main.code);
    }
    this.mainId = main.kind === 'script' ? main.id : undefined;
    this.loop.run(this, () => {
      this.contexts.push(1, 0, {});
      for (const name of isThread ? ['is_not_main_thread', 'does_not_own_process_state'] : ['is_main_thread', 'does_own_process_state']) {
        this.#builtins.bootstrap(`internal/bootstrap/switches/${name}`);
      }
      if (this.commandLine.stackTraceLimit !== undefined) {
        (Error as { stackTraceLimit?: number }).stackTraceLimit = this.commandLine.stackTraceLimit;
      }
      // Builtins that were loaded before the process came may have read options: Node's test runner asks for its own at once.
      this.requireBuiltin('internal/options').refreshOptions();
      this.#tellNet();
      const protoMode = this.commandLine.values['--disable-proto'];
      if (protoMode === 'delete' || protoMode === 'throw') this.library.part('bindings').limitProto(protoMode);
      if (this.commandLine.values['--permission'] === true) this.library.part('bindings').guardBindings(this);
      if (main.kind === 'run') {
        const refusal = runScript(this, main.name, main.args);
        if (refusal !== undefined) {
          this.#print(refusal);
          this.end(1);
        }
      } else this.#builtins.bootstrap(main.id);
      if (this.mainId === 'internal/main/repl') this.contexts.followDomains();
      this.contexts.pop(1);
    });
  }

  /** `net` reads two options when it is evaluated, which may have been before there were any. */
  #tellNet(): void {
    if (this.#prepared <= oftenLoaded.indexOf('net')) return;
    const { values } = this.commandLine;
    const { optionInfo, optionValues } = this.library.meta;
    const initial = (option: string) => optionValues[option] ?? optionInfo.find(([name]) => name === option)?.[1].defaultIsTrue;
    for (const [option, setter] of [
      ['--network-family-autoselection', 'setDefaultAutoSelectFamily'],
      ['--network-family-autoselection-attempt-timeout', 'setDefaultAutoSelectFamilyAttemptTimeout'],
    ] as const) {
      if (values[option] !== initial(option)) this.requireBuiltin('net')[setter](values[option]);
    }
  }

  /** `--env-file` and `--env-file-if-exists`: what the environment already has stays. Returns a file that must be there and is not. */
  #readEnvironmentFiles(): string | undefined {
    const { values } = this.commandLine;
    const list = (name: string): string[] => {
      const value = values[name];
      return Array.isArray(value) ? (value as string[]) : typeof value === 'string' && value !== '' ? [value] : [];
    };
    const given = new Set(this.environment.keys());
    const read = (file: string): boolean => {
      let text: string;
      try {
        text = this.platform.decodeUtf8(this.syscalls.files.readFile(file));
      } catch (error) {
        if (error instanceof PosixError) return false;
        throw error;
      }
      for (const [name, value] of Object.entries(parseDotenv(text))) if (!given.has(name)) this.environment.set(name, value);
      return true;
    };
    for (const file of list('--env-file-if-exists')) if (!read(file)) this.#print(`${file} not found. Continuing without it.\n`);
    return list('--env-file').find((file) => !read(file));
  }

  /** Ends a process that ran nothing. */
  #finish(code: number): void {
    try {
      this.end(code);
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
    }
  }

  internalBinding(name: string): Untyped {
    let binding = this.#bindings.get(name) as Untyped;
    if (binding === undefined) {
      binding = makeBinding(this, name);
      showAsNative(binding);
      this.#bindings.set(name, binding);
    }
    return binding;
  }

  requireBuiltin(id: string): Untyped {
    return this.#builtins.require(id);
  }

  source(id: string): string | undefined {
    return this.library.source(id);
  }

  uvException(errno: number, syscall: string, path?: string, dest?: string, text?: string): Error {
    return uvException(this.library.meta, errno, syscall, path, dest, text);
  }

  newAsyncId(): number {
    return this.contexts.newId();
  }

  makeCallback(
    callback: Function,
    receiver: unknown,
    args: readonly unknown[],
    asyncId = 0,
    triggerId = 0,
    contextFrame?: unknown,
  ): unknown {
    return this.contexts.call(callback, receiver, args, asyncId, triggerId, contextFrame);
  }

  triggerUncaughtException(error: unknown, fromPromise: boolean, asMade = true): void {
    if (this.#ended) throw new ProcessEnded();
    const passedOn = asMade ? callSites(1, 0)[0] : undefined;
    const forgot = wasStackRead(error);
    adoptError(this, error);
    const process = this.process;
    const fatalException = process._fatalException;
    let handled = false;
    if (typeof fatalException !== 'function') {
      this.#print(describeUncaught(this, error, asMade ? { passedOn, forgot } : undefined));
      this.end(6);
    }
    try {
      handled = fatalException.call(process, error, fromPromise) !== false;
    } catch (second) {
      if (this.#ended) throw second;
      // An error in a handler of errors ends the process at once (exit code 7), showing the new one.
      this.#print(describeUncaught(this, second));
      this.end(7);
    }
    if (handled) return;
    this.#print(describeUncaught(this, error, asMade ? { passedOn, forgot } : undefined));
    const code = this.#exitInfo[2] === 1 ? this.#exitInfo[1]! : 1;
    this.end(code === 0 ? 0 : code);
  }

  enter(): void {
    this.#context.leave();
    this.contexts.leaveDomain();
  }

  /** `asMade`: the error's place is where it was made, not where it was thrown. */
  uncaught(error: unknown, asMade = false): boolean {
    if (error instanceof ProcessEnded || this.#ended) return false;
    try {
      this.triggerUncaughtException(error, false, asMade);
      return true;
    } catch (thrown) {
      if (thrown instanceof ProcessEnded) return false;
      throw thrown;
    }
  }

  beforeExit(): void {
    this.process.emit('beforeExit', this.#exitCode());
  }

  exiting(): boolean {
    try {
      if (this.#exitInfo[0] !== 0) return false;
      this.process._exiting = true;
      return this.process.emit('exit', this.#exitCode()) as boolean;
    } catch (error) {
      return this.uncaught(error);
    }
  }

  exit(): void {
    const code = this.#exitCode();
    if (code === 13) this.#print(this.internalBinding('module_wrap').describeUnsettledTopLevelAwait?.() ?? '');
    try {
      this.end(code);
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
    }
  }

  #exitCode(): number {
    if (this.#exitInfo[2] === 1) return this.#exitInfo[1]!;
    return this.internalBinding('module_wrap').isEntryUnsettled() === true ? 13 : 0;
  }

  #print(text: string): void {
    try {
      const { files } = this.syscalls;
      if (text !== '') heldOutput(this).write(this.platform.encodeUtf8(text), (bytes) => void files.write(2, bytes, null));
    } catch (error) {
      // Nobody reads standard error: the exit code still tells.
      if (!(error instanceof PosixError)) throw error;
    }
  }

  get perContextExports(): Untyped {
    return Object.assign({}, ...this.#builtins.perContext.values());
  }

  emitAsyncInit(asyncId: number, type: string, triggerId: number, resource: object): void {
    if (this.contexts.fields[asyncFields.kInit]! > 0) this.contexts.hooks?.init(asyncId, type, triggerId, resource);
  }

  emitAsyncDestroy(asyncId: number): void {
    this.contexts.queueDestroy?.(asyncId);
  }

  /** Ends the process as an unhandled signal does. */
  endBySignal(signal: SignalName): never {
    if (!this.#ended) {
      this.#ended = true;
      this.loop.stop();
      this.#leave({ signal });
    }
    throw new ProcessEnded();
  }

  /** Ends the process. Always throws, if ending did not already stop the worker. */
  end(code: number): never {
    if (!this.#ended) {
      this.#ended = true;
      this.loop.stop();
      this.#leave({ code: code & 0xff });
    }
    throw new ProcessEnded();
  }

  /**
   * Another program takes the place of this one, which ends without any of its handlers. Always throws.
   * @param onError Told why not, too late for anything but to say so.
   */
  becomeProgram(program: Omit<KernelOps['exec']['args'], 'pid'>, onError: (code: string) => void): never {
    if (!this.#ended) {
      this.loop.stop();
      const syscalls = this.#syscalls!;
      heldOutput(this).whenEmpty(() =>
        syscalls.call('exec', program, ({ error }) => {
          if (error) onError(error instanceof PosixError ? error.code : 'EIO');
        }),
      );
    }
    throw new ProcessEnded();
  }

  #leave(status: Parameters<Syscalls['exit']>[0]): void {
    const syscalls = this.#syscalls!;
    this.#isMuted = true;
    heldOutput(this).whenEmpty(() => syscalls.exit(status));
  }
}

export type { Realm };
