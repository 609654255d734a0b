/** What every binding of the `node` program is given: the layer under Node's own library, one object per process. */
import type { Platform } from '../../process/platform.ts';
import type { Syscalls } from '../../process/syscalls.ts';
import type { SyncSpawner } from './bindings/spawn-sync.ts';
import type { ActiveResources } from './active-resources.ts';
import type { CommandLine } from './command-line.ts';
import type { NodeLibrary } from './library.ts';

/**
 * libuv's loop, as far as Node can see it: timers, then what came in from outside, then immediates, then closing
 * handles. Between any two callbacks of the program the engine's microtasks have run.
 */
export interface EventLoop {
  /**
   * Something came in from outside (a read, a message, a finished request): runs `callback` in the poll phase, as Node's
   * `InternalCallbackScope` does, with ticks and microtasks after it.
   */
  enqueue(callback: () => void): void;
  /**
   * As `enqueue`, for each callback that `next` gives until it gives none: nothing else comes between them. Where `holds` says no, they do
   * not keep the process alive.
   */
  enqueueEach(next: () => (() => void) | undefined, holds?: () => boolean): void;
  /** As `enqueue`, behind all else that came in before the same poll: so libuv tells of signals. */
  enqueueLast(callback: () => void): void;
  /**
   * A request of libuv's thread pool that is already answered: runs `callback` no sooner than a real pool could have, that
   * is not in the poll right after the current callback if that has other things to do. Keeps the process alive until then.
   */
  enqueueWork(callback: () => void): void;
  /**
   * Something was sent that Node's next poll would find: before ours takes what came in, it calls `ask`, the last one given, and waits
   * until that has called `answered`.
   */
  awaitBeforePoll(ask: (answered: () => void) => void): void;
  /** Whether the next poll waits for what was asked. */
  readonly isAwaiting: boolean;
  /** Runs `callback` in the closing phase. */
  enqueueClose(callback: () => void): void;
  /** One more handle or request that keeps the process alive. */
  ref(): void;
  unref(): void;
  /** Whole milliseconds since the process started. */
  now(): number;
  /** Lets nothing more run, once the engine has its stack back, until the result is called. */
  hold(): () => void;
  /** Ends the loop: nothing more runs. */
  stop(): void;
}

// Node's library is untyped JavaScript: what passes between it and the bindings has no static type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Untyped = any;

export interface NodeRealm {
  readonly platform: Platform;
  /** Throws before the process has been started: a pooled worker has booted its library without one. */
  readonly syscalls: Syscalls;
  /** Whether `syscalls` may be used. */
  readonly started: boolean;
  readonly loop: EventLoop;
  /** The `process` object that the library fills. */
  readonly process: Untyped;
  readonly primordials: Untyped;
  readonly privateSymbols: Readonly<Record<string, symbol>>;
  /** Per-isolate symbols, `internalBinding('symbols')`. */
  readonly symbols: Readonly<Record<string, symbol>>;
  internalBinding(name: string): Untyped;
  /** A builtin of Node's library by id (`internal/errors` …). */
  requireBuiltin(id: string): Untyped;
  /** Source text of a builtin, or undefined. */
  source(id: string): string | undefined;
  /** An error as libuv's binding layer throws it (`UVException`): `code`, `errno`, `syscall`, `path`, `dest`; `text` for libuv's. */
  uvException(errno: number, syscall: string, path?: string, dest?: string, text?: string): Error;
  /**
   * Calls back into the program from a binding: `MakeCallback`. `asyncId` and `resource` set the async context;
   * ticks run after it when it is the outermost. `contextFrame` is the async context frame that `callback` sees.
   */
  makeCallback(
    callback: Function,
    receiver: unknown,
    args: readonly unknown[],
    asyncId?: number,
    triggerId?: number,
    contextFrame?: unknown,
  ): unknown;
  newAsyncId(): number;
  /** How `spawnSync()` and friends block; undefined where nothing can. */
  syncSpawner?: SyncSpawner;
  /** What keeps the process alive, by name. */
  readonly resources?: ActiveResources;
  readonly library: NodeLibrary;
  /** By the builtin that makes the receiver's binding register its own. */
  readonly nativeCloners: Map<string, NativeCloner>;
  /** `process.env` as strings, before the process has started empty. */
  readonly environment: Map<string, string>;
  /** Node's command line, parsed. */
  readonly commandLine: CommandLine;
  /** `errors.triggerUncaughtException`: returns only if the program handles it. */
  triggerUncaughtException(error: unknown, fromPromise: boolean): void;
}

/** How a binding's objects get into another thread: as data that can be cloned. */
export interface NativeCloner {
  /** Undefined for objects of others. */
  give(object: object): unknown;
  take(data: unknown): object;
}

/** Makes `internalBinding(name)`. Called once, at first use; must not touch `syscalls` before a function of it is called. */
export type MakeBinding = (realm: NodeRealm) => Untyped;
