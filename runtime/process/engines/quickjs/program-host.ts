/**
 * A program in QuickJS and what it reaches of its worker: `Platform` and `Syscalls` by numbers and plain data. The other end of the
 * boundary is `program-side.ts`, which runs in the engine.
 *
 * Whenever the worker enters the engine, microtasks run to their end before it leaves again, and then rejections are told
 * that are still unhandled, as a browser does it.
 */
import { errorToData, type ErrorData } from '../../../base/errors.ts';
import type { Dispose } from '../../../base/disposers.ts';
import type { Handle } from '../../../base/ids.ts';
import type { SignalName } from '../../../base/signals.ts';
import type { NativeModules, Platform, TextDecoding } from '../../platform.ts';
import type { Question } from '../../attempt.ts';
import type { Syscalls } from '../../syscalls.ts';
import { Engine, isHostOverflow, probeStack, type Cell } from './engine.ts';
import { IntlHost, type IntlOperation } from './intl-host.ts';
import { hostParsers, type Ask } from './host-parsers.ts';
import { descriptorOperations, entry, fileOperations, operations, type OperationName } from './operations.ts';

/** What the host has of the platform of its own worker. */
export type HostPlatform = Pick<
  Platform,
  | 'now'
  | 'timeOrigin'
  | 'postTask'
  | 'setTimer'
  | 'clearTimer'
  | 'encodeUtf8'
  | 'decodeUtf8'
  | 'decoder'
  | 'parseUrl'
  | 'changeUrl'
  | 'domainToAscii'
  | 'randomFill'
>;

export interface ProgramHostOptions {
  readonly module: WebAssembly.Module;
  /** The script of the program, evaluated first. It connects. */
  readonly program: string;
  readonly platform: HostPlatform;
  /** Handed to the program when it boots. */
  readonly meta: string;
  /** Texts that the program asks for by id, undefined if there is none. */
  readonly source: (id: string) => string | undefined;
  readonly native: () => NativeModules;
  /** Until its process says what they are. */
  readonly limits?: EngineLimits;
  /** Runs a child to its end while its parent waits. Arguments and result are plain data. */
  readonly spawnSync?: (request: unknown) => unknown;
  /** Blocks the worker. */
  readonly sleep?: (delayMs: number) => void;
  /** Asked while the program runs; true ends it at once, and the host with it. */
  readonly shouldStop?: () => boolean;
  /** Something below the program failed: the worker is of no use any more. */
  readonly onTrouble: (error: Error) => void;
}

export interface EngineLimits {
  /** Bytes of the engine's memory. */
  readonly memoryBytes: number;
  /** Milliseconds that the program may run without yielding. */
  readonly cpuMs: number;
}

export const defaultEngineLimits: EngineLimits = { memoryBytes: 128 * 1024 * 1024, cpuMs: 30_000 };

/** The name that stacks show for the script of the program. */
export const programFile = 'file:///bavini/program.js';

type Operation = (args: readonly Cell[]) => Cell;

interface Rejection {
  readonly promise: Cell;
  readonly reason: Cell;
}

export class ProgramHost {
  readonly #options: ProgramHostOptions;
  #limits: EngineLimits;
  readonly #engine: Engine;
  readonly #operations: readonly Operation[];
  readonly #decoders = new Map<number, TextDecoding>();
  readonly #calls = new Map<number, Dispose>();
  readonly #listeners = new Map<number, Dispose>();
  /** By the number of the program's callback, which is the program's name for the timer too. */
  readonly #timers = new Map<number, number>();
  /** Rejected in this entry and not handled since. */
  #rejected: Rejection[] = [];
  /** Told as unhandled before, handled since. */
  #handled: Cell[] = [];
  readonly #intl = new IntlHost();
  #nextId = 1;
  #connection: Cell = 0;
  #syscalls: Syscalls | undefined;
  #depth = 0;
  #deadline = Infinity;
  #overran = false;
  #ended = false;

  constructor(options: ProgramHostOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultEngineLimits;
    this.#operations = this.#makeOperations();
    this.#engine = new Engine({
      module: options.module,
      memoryLimit: this.#limits.memoryBytes,
      onCall: (args) => this.#onCall(args),
      shouldStop: () => this.#shouldStop(),
      onRejection: (promise, reason, handled) => this.#onRejection(promise, reason, handled),
    });
    const engine = this.#engine;
    engine.setGlobal('bavini', engine.newFunction('bavini'));
    this.#enter(() => {
      this.#check(engine.evaluate(options.program, programFile));
      if (this.#connection === 0) throw new Error('The program in QuickJS did not connect');
      this.#tell(entry.boot, engine.toProgram(options.meta), engine.toProgram(options.platform.timeOrigin));
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs the process that `syscalls.start` describes. At most once. */
  run(syscalls: Syscalls): void {
    this.#syscalls = syscalls;
    this.#limits = syscalls.start.engineLimits ?? this.#limits;
    this.#engine.limitMemory(this.#limits.memoryBytes);
    // Now, not before: by then the browser has compiled the engine's inner loop better, whose frames are smaller.
    this.#engine.limitStack(probeStack(this.#options.module));
    this.#enter(() => this.#tell(entry.run, this.#engine.toProgram(syscalls.start)));
  }

  /** The process is over: nothing of the program runs any more. */
  stop(): void {
    this.#ended = true;
    for (const dispose of [...this.#calls.values(), ...this.#listeners.values()]) dispose();
    for (const timer of this.#timers.values()) this.#options.platform.clearTimer(timer);
    this.#calls.clear();
    this.#listeners.clear();
    this.#timers.clear();
  }

  get syscalls(): Syscalls {
    if (this.#syscalls === undefined) throw new Error('The process has not been started');
    return this.#syscalls;
  }

  #shouldStop(): boolean {
    if (this.#ended) return true;
    if (this.#options.shouldStop?.() === true) {
      this.stop();
      return true;
    }
    if (this.#options.platform.now() < this.#deadline) return false;
    this.#overran = true;
    return true;
  }

  /** Everything that enters the engine from outside. */
  #enter(work: () => void): void {
    if (this.#ended) return;
    const outermost = this.#depth === 0;
    this.#depth++;
    if (outermost) this.#deadline = this.#options.platform.now() + this.#limits.cpuMs;
    try {
      work();
      if (outermost) this.#drain();
    } catch (error) {
      if (!this.#reachedLimit(error)) this.#options.onTrouble(error as Error);
    } finally {
      this.#depth--;
      if (outermost) this.#deadline = Infinity;
    }
  }

  #drain(): void {
    for (;;) {
      for (let result = this.#engine.runJob(); result !== undefined; result = this.#engine.runJob()) {
        if (this.#ended) return;
        this.#check(result);
      }
      if (this.#rejected.length === 0 && this.#handled.length === 0) return;
      const rejected = this.#rejected;
      const handled = this.#handled;
      this.#rejected = [];
      this.#handled = [];
      for (const { promise, reason } of rejected) this.#tell(entry.rejection, this.#engine.toProgram('unhandled'), promise, reason);
      for (const promise of handled)
        this.#tell(entry.rejection, this.#engine.toProgram('handled'), promise, this.#engine.toProgram(undefined));
    }
  }

  #onRejection(promise: Cell, reason: Cell, handled: boolean): void {
    const engine = this.#engine;
    if (!handled) {
      this.#rejected.push({ promise: engine.duplicate(promise), reason: engine.duplicate(reason) });
      return;
    }
    const identity = engine.identity(promise);
    const index = this.#rejected.findIndex((one) => engine.identity(one.promise) === identity);
    if (index < 0) {
      this.#handled.push(engine.duplicate(promise));
      return;
    }
    const [found] = this.#rejected.splice(index, 1);
    engine.free(found!.promise);
    engine.free(found!.reason);
  }

  /** Calls the program's entry function. Frees the arguments. */
  #tell(kind: number, ...args: readonly Cell[]): void {
    const engine = this.#engine;
    this.#check(engine.call(this.#connection, [engine.toProgram(kind), ...args]));
  }

  /** Frees a result. @throws {Error} with what the program's layer threw: its own errors never come so far. */
  #check(result: Cell): void {
    const error = this.#engine.resolve(result);
    if (error === 0) {
      if (result !== 0) this.#engine.free(result);
      return;
    }
    if (this.#ended || this.#overran || this.#engine.outOfMemory) throw new Error('The program was ended');
    throw new Error(`The layer under the program failed: ${this.#describe(error)}`);
  }

  #describe(error: Cell): string {
    const engine = this.#engine;
    const parts = ['name', 'message', 'stack'].map((name) => {
      const cell = engine.property(error, name);
      try {
        return String(engine.fromProgram(cell));
      } catch {
        return '?';
      } finally {
        engine.free(cell);
      }
    });
    engine.free(error);
    return `${parts[0]}: ${parts[1]}\n${parts[2]}`;
  }

  /** Whether a limit ended the program; then its process is ended too, with a word on why. */
  #reachedLimit(error: unknown): boolean {
    if (this.#ended) return true;
    const { memoryBytes, cpuMs } = this.#limits;
    if (this.#engine.outOfMemory) {
      this.#die(
        'SIGABRT',
        `FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\nThe engine "quickjs" may use ${memoryBytes / 1_048_576} MB (limit "engineMemoryBytes")\n`,
      );
      return true;
    }
    if (this.#overran) {
      this.#die('SIGXCPU', `FATAL ERROR: CPU limit reached: the program ran for ${cpuMs} ms without yielding (limit "engineCpuMs")\n`);
      return true;
    }
    if (isHostOverflow(error)) {
      this.#die('SIGSEGV', `FATAL ERROR: Stack overflow: the program called deeper than the browser allows\n`);
      return true;
    }
    return false;
  }

  #die(signal: SignalName, text: string): void {
    const syscalls = this.#syscalls;
    this.stop();
    if (syscalls === undefined) return;
    try {
      syscalls.files.write(2, this.#options.platform.encodeUtf8(text), null);
    } catch {
      // Nobody reads standard error: the signal still tells.
    }
    syscalls.exit({ signal });
  }

  #onCall(args: readonly Cell[]): Cell {
    // Past a limit nothing of the program counts any more, not even its handlers of errors.
    if (this.#ended || this.#engine.outOfMemory || this.#overran) {
      this.#reachedLimit(undefined);
      return this.#engine.throwError(this.#engine.toProgram(null));
    }
    try {
      return this.#operations[this.#engine.fromProgram(args[0]!) as number]!(args);
    } catch (error) {
      if (isHostOverflow(error)) throw error;
      return this.#throw(errorToData(error));
    }
  }

  #throw(data: ErrorData): Cell {
    const engine = this.#engine;
    const error = engine.call(this.#connection, [engine.toProgram(entry.error), engine.toProgram(data)]);
    return engine.throwError(error);
  }

  /** `promise` of the program's callback `id`, kept until the program is told. */
  #later(id: number): () => void {
    return () => this.#enter(() => this.#tell(entry.task, this.#engine.toProgram(id)));
  }

  #event(id: number, ...args: readonly unknown[]): void {
    this.#enter(() => this.#tell(entry.event, this.#engine.toProgram(id), ...args.map((value) => this.#engine.toProgram(value))));
  }

  /** A callback in the middle of a call of the program. */
  #ask(id: number, ...args: readonly unknown[]): unknown {
    const engine = this.#engine;
    const result = engine.call(
      this.#connection,
      [entry.event, id, ...args].map((value) => engine.toProgram(value)),
    );
    const error = engine.resolve(result);
    if (error !== 0) {
      engine.free(error);
      throw new Error('The program was ended');
    }
    const value = engine.fromProgram(result);
    engine.free(result);
    return value;
  }

  #makeOperations(): Operation[] {
    const { platform } = this.#options;
    /** An argument by its place after the operation's number. */
    const value = (args: readonly Cell[], at: number) => (at + 1 < args.length ? this.#engine.fromProgram(args[at + 1]!) : undefined);
    const values = (args: readonly Cell[]) => args.slice(1).map((cell) => this.#engine.fromProgram(cell));
    /** Plain data in, plain data out. */
    const plain =
      (run: (...args: never[]) => unknown): Operation =>
      (args) =>
        this.#engine.toProgram(run(...(values(args) as never[])));
    const bytesOf = (args: readonly Cell[], at: number) =>
      this.#engine.bufferView(args[at + 1]!, value(args, at + 1) as number, value(args, at + 2) as number);
    const ask: Ask = (id, ...args) => this.#ask(id, ...args);
    const table: Record<string, Operation> = {
      connect: (args) => {
        this.#connection = this.#engine.duplicate(args[1]!);
        return 0;
      },
      evaluate: (args) => this.#engine.evaluate(value(args, 0) as string, value(args, 1) as string),
      now: () => this.#engine.toProgram(platform.now()),
      postTask: plain((id: number) => platform.postTask(this.#later(id))),
      setTimer: plain((id: number, delayMs: number) => {
        const run = this.#later(id);
        const timer = platform.setTimer(() => {
          this.#timers.delete(id);
          run();
        }, delayMs);
        this.#timers.set(id, timer);
      }),
      clearTimer: plain((id: number) => {
        const timer = this.#timers.get(id);
        this.#timers.delete(id);
        if (timer !== undefined) platform.clearTimer(timer);
      }),
      encodeUtf8: (args) => this.#engine.newBuffer(platform.encodeUtf8(value(args, 0) as string)),
      decodeUtf8: (args) => this.#engine.toProgram(platform.decodeUtf8(bytesOf(args, 0).slice())),
      decoder: plain((label: string, fatal: boolean, ignoreBom: boolean) => {
        const decoder = platform.decoder(label, { fatal, ignoreBom });
        if (decoder === undefined) return undefined;
        const id = this.#nextId++;
        this.#decoders.set(id, decoder);
        return id;
      }),
      decode: (args) =>
        this.#engine.toProgram(
          this.#decoders.get(value(args, 0) as number)!.decode(bytesOf(args, 1).slice(), { stream: value(args, 4) as boolean }),
        ),
      parseUrl: plain((url: string, base: string | undefined) => platform.parseUrl(url, base)),
      changeUrl: plain((href: string, component: 'protocol', text: string) => platform.changeUrl(href, component, text)),
      domainToAscii: plain((domain: string) => platform.domainToAscii(domain)),
      randomFill: (args) => {
        // `getRandomValues` does not take views of WebAssembly memory in every browser.
        const view = bytesOf(args, 0);
        const bytes = new Uint8Array(view.length);
        platform.randomFill(bytes);
        view.set(bytes);
        return 0;
      },
      memory: plain(() => {
        const used = this.#engine.memoryBytes;
        return { heapUsed: used, heapTotal: used, limit: this.#limits.memoryBytes, estimated: true };
      }),
      source: plain((id: string) => this.#options.source(id)),
      readFile: (args) => this.#engine.newBuffer(this.syscalls.files.readFile(value(args, 0) as string)),
      read: (args) =>
        this.#engine.toProgram(this.syscalls.files.read(value(args, 0) as number, bytesOf(args, 1), value(args, 4) as number | null)),
      write: (args) =>
        this.#engine.toProgram(
          this.syscalls.files.write(value(args, 0) as number, bytesOf(args, 1).slice(), value(args, 4) as number | null),
        ),
      watch: plain((path: string, recursive: boolean, id: number) => {
        this.#listeners.set(
          id,
          this.syscalls.files.watch(path, { recursive }, (event) => this.#event(id, event)),
        );
      }),
      unwatch: plain((id: number) => {
        this.#listeners.get(id)?.();
        this.#listeners.delete(id);
      }),
      call: plain((op: 'wait', args: never, id: number) => {
        this.#calls.set(
          id,
          this.syscalls.call(op, args, ({ error, result }) => {
            this.#calls.delete(id);
            const engine = this.#engine;
            this.#enter(() =>
              this.#tell(
                entry.outcome,
                engine.toProgram(id),
                engine.toProgram(error === undefined ? null : errorToData(error)),
                engine.toProgram(result),
              ),
            );
          }),
        );
      }),
      cancel: plain((id: number) => {
        this.#calls.get(id)?.();
        this.#calls.delete(id);
      }),
      notify: plain((notice: Parameters<Syscalls['notify']>[0]) => this.syscalls.notify(notice)),
      exit: plain((status: Parameters<Syscalls['exit']>[0]) => {
        this.syscalls.exit(status);
        this.stop();
      }),
      onSignal: plain((signal: SignalName, id: number | null) =>
        this.syscalls.onSignal(signal, id === null ? null : (given) => this.#event(id, given)),
      ),
      learn: plain((question: Question) => this.syscalls.learn?.(question)),
      listening: plain(() => this.syscalls.listening?.() ?? []),
      onMessage: plain((handle: Handle, id: number) => {
        this.#listeners.set(
          id,
          this.syscalls.onMessage(
            handle,
            (data) => this.#event(id, true, data),
            () => this.#event(id, false),
          ),
        );
      }),
      offMessage: plain((id: number) => {
        this.#listeners.get(id)?.();
        this.#listeners.delete(id);
      }),
      intl: plain((name: IntlOperation, ...args: unknown[]) => Reflect.apply(this.#intl[name], this.#intl, args) as unknown),
      spawnSync: plain((request: unknown) => {
        const { spawnSync } = this.#options;
        if (spawnSync === undefined) throw new Error('This worker cannot run a child and wait for it');
        // Waiting for a child is not running: its own budget is its own.
        const left = this.#deadline - platform.now();
        const result = spawnSync(request);
        this.#deadline = platform.now() + left;
        return result;
      }),
      promiseState: (args) => this.#engine.toProgram(this.#engine.promiseState(args[1]!)),
      promiseResult: (args) => this.#engine.promiseResult(args[1]!),
      sleep: plain((delayMs: number) => {
        const left = this.#deadline - platform.now();
        if (this.#options.sleep !== undefined) this.#options.sleep(delayMs);
        else for (const end = platform.now() + delayMs; platform.now() < end;);
        this.#deadline = platform.now() + left;
      }),
    };
    for (const [name, run] of Object.entries(hostParsers(this.#options.native, ask))) table[name] = plain(run);
    for (const name of fileOperations) {
      table[`files.${name}`] = plain((...args: unknown[]) => Reflect.apply(this.syscalls.files[name], this.syscalls.files, args));
    }
    for (const name of descriptorOperations) {
      table[`descriptors.${name}`] = plain((...args: unknown[]) =>
        Reflect.apply(this.syscalls.descriptors[name], this.syscalls.descriptors, args),
      );
    }
    return operations.map((name: OperationName) => table[name]!);
  }
}
