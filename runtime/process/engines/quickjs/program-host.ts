/**
 * A program in QuickJS and what it reaches of its worker: `Platform` and `Syscalls` by numbers and plain data. The other end of the
 * boundary is `program-side.ts`, which runs in the engine.
 *
 * Whenever the worker enters the engine, microtasks run to their end before it leaves again, and then rejections are told
 * that are still unhandled, as a browser does it.
 */
import { errorToData, type ErrorData } from '../../../base/errors.ts';
import type { SignalName } from '../../../base/signals.ts';
import type { NativeModules, Platform } from '../../platform.ts';
import type { Syscalls } from '../../syscalls.ts';
import { Engine, isHostOverflow, probeStack, type Cell } from './engine.ts';
import { HostOperations, type ProgramLink } from './host-operations.ts';
import { entry } from './operations.ts';

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

interface Rejection {
  readonly promise: Cell;
  readonly reason: Cell;
}

export class ProgramHost {
  readonly #options: ProgramHostOptions;
  #limits: EngineLimits;
  readonly #engine: Engine;
  readonly #operations: HostOperations;
  /** Rejected in this entry and not handled since. */
  #rejected: Rejection[] = [];
  /** Told as unhandled before, handled since. */
  #handled: Cell[] = [];
  #connection: Cell = 0;
  #syscalls: Syscalls | undefined;
  #depth = 0;
  #deadline = Infinity;
  #activeMs = 0;
  #overran = false;
  #ended = false;

  constructor(options: ProgramHostOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultEngineLimits;
    this.#engine = new Engine({
      module: options.module,
      memoryLimit: this.#limits.memoryBytes,
      onCall: (args) => this.#onCall(args),
      shouldStop: () => this.#shouldStop(),
      onRejection: (promise, reason, handled) => this.#onRejection(promise, reason, handled),
    });
    this.#operations = new HostOperations(this.#link());
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

  /** Milliseconds that the engine ran, up to the last time that it was left, and bytes of its memory. */
  get usage(): { readonly activeMs: number; readonly memoryBytes: number } {
    return { activeMs: Math.round(this.#activeMs), memoryBytes: this.#engine.memoryBytes };
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
    this.#operations.dispose();
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
    const began = this.#options.platform.now();
    if (outermost) this.#deadline = began + this.#limits.cpuMs;
    try {
      work();
      if (outermost) this.#drain();
    } catch (error) {
      if (!this.#reachedLimit(error)) this.#options.onTrouble(error as Error);
    } finally {
      this.#depth--;
      if (outermost) {
        this.#deadline = Infinity;
        this.#activeMs += this.#options.platform.now() - began;
      }
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
      return this.#operations.list[this.#engine.fromProgram(args[0]!) as number]!(args);
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

  #link(): ProgramLink {
    const engine = this.#engine;
    const syscalls = (): Syscalls => this.syscalls;
    const memoryBytes = (): number => this.#limits.memoryBytes;
    return {
      engine,
      options: this.#options,
      get syscalls() {
        return syscalls();
      },
      get memoryBytes() {
        return memoryBytes();
      },
      connect: (connection) => (this.#connection = connection),
      later: (id) => () => this.#enter(() => this.#tell(entry.task, engine.toProgram(id))),
      event: (id, ...args) =>
        this.#enter(() => this.#tell(entry.event, engine.toProgram(id), ...args.map((value) => engine.toProgram(value)))),
      ask: (id, ...args) => this.#ask(id, ...args),
      outcome: (id, error, result) =>
        this.#enter(() => this.#tell(entry.outcome, ...[id, error, result].map((value) => engine.toProgram(value)))),
      pausing: (work) => {
        const { platform } = this.#options;
        const left = this.#deadline - platform.now();
        try {
          return work();
        } finally {
          this.#deadline = platform.now() + left;
        }
      },
      stop: () => this.stop(),
    };
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
}
