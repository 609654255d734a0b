/**
 * Threads of WebAssembly (`wasi.thread-spawn`, the wasi-threads proposal) in a page that is not cross-origin isolated: no other worker can
 * be given the memory they share, so that all of them run in the process's own, in turns. Each is an instance of its own, and gives way
 * where it waits or yields.
 *
 * JavaScript may wait for a thread in the middle of a call, where no engine lets a native stack go on. So that the functions by which a
 * thread comes to its waits are run by JavaScript (`resumable-thread.ts`), and so is all that it does while JavaScript waits. What else it
 * calls is native, on a stack that gives way as well (JavaScript Promise Integration), where the engine has it.
 */
import type { NodeRealm } from '../realm.ts';
import { ThreadCode, type Pause } from './resumable-thread.ts';
import { NativeCalls } from './native-calls.ts';
import { SharedMemory, type Turns } from './shared-memory.ts';
import { ThreadProgram } from './thread-program.ts';
import { asThreadModule, atomicTypes, atomicsTable, joined, startFunction, text, unsigned, withSize } from './thread-module.ts';

type Import = (...values: never[]) => unknown;
/** JavaScript Promise Integration, which TypeScript's own library does not know. */
interface WithStacks {
  readonly Suspending?: new (call: (...values: never[]) => unknown) => Import;
  readonly promising: (call: WebAssembly.ExportValue) => (...values: readonly unknown[]) => Promise<unknown>;
}
const stacks = WebAssembly as unknown as WithStacks;

/** What a wait gives where the value is another one. */
const notEqual = 1;
/** `__WASI_EVENTTYPE_CLOCK`, and the flag that its time is not from now on. */
const clockEvent = 0;
const absoluteTime = 1;

/** Of so many turns that a thread gives away, the last lets others than threads have theirs. */
const seldom = 16;

/** An address, which WebAssembly gives as a signed number. */
const sum = (address: number, offset: number) => (address >>> 0) + (offset >>> 0);

const vector = (...entries: readonly (readonly number[])[]) => [unsigned(entries.length), ...entries];
const section = (id: number, ...entries: readonly (readonly number[])[]) => [[id], ...withSize(vector(...entries))];
const importOf = (name: string, type: number) => [...text('a'), ...text(name), 0, type];
const flat = (parts: readonly Iterable<number>[]) => parts.flatMap((part) => [...part]);
/** Waits by import `sleep` where import `holds` says yes. */
const waiting = (sleep: number, holds: number) => {
  const get = (local: number) => [0x20, local];
  const call = (index: number) => [0x10, index];
  const isAt = [...get(0), ...get(1), ...get(3), ...call(holds), 0x45];
  const otherwise = [0x04, 0x40, 0x41, notEqual, 0x0f, 0x0b];
  return flat(withSize([[0, ...isAt, ...otherwise, ...[0, 1, 2, 3].flatMap(get), ...call(sleep), 0x0b]]));
};
/** Functions of the types that a table's must have. */
const typedCalls = joined([
  [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, ...atomicTypes, [0x60, 3, 0x7f, 0x7e, 0x7f, 1, 0x7f]),
  ...section(2, importOf('notify', 0), importOf('sleep32', 1), importOf('sleep64', 2), importOf('holds32', 0), importOf('holds64', 3)),
  ...section(3, [1], [2]),
  ...section(7, [...text('0'), 0, 0], [...text('1'), 0, 5], [...text('2'), 0, 6]),
  ...section(10, waiting(1, 3), waiting(2, 4)),
]);

/**
 * What Node-API's glue (emnapi) is asked of the threads that run its asynchronous work. It would wait for messages of workers; work may be
 * given to a thread that has not begun.
 */
const poolOf = (instance: () => WebAssembly.Instance) => ({
  _emnapi_tell_js_uvthreadpool: () => {},
  _emnapi_after_uvthreadpool_ready: (callback: number, queue: number, type: number) => {
    const table = instance().exports['__indirect_function_table'] as WebAssembly.Table;
    (table.get(callback) as (queue: number, type: number) => void)(queue, type);
  },
});

/** The engine's own: a program's `WebAssembly` has others. */
export type WasmEngine = Pick<typeof WebAssembly, 'Module' | 'Instance'>;

/** Instances of such modules. */
export class WasmThreads {
  readonly #realm: NodeRealm;
  readonly #engine: WasmEngine;
  readonly #programs = new WeakMap<WebAssembly.Module, ThreadProgram>();
  readonly #memories = new WeakMap<WebAssembly.Memory, SharedMemory>();
  readonly #calls: NativeCalls | undefined;
  #typedCalls: WebAssembly.Module | undefined;

  constructor(realm: NodeRealm, engine: WasmEngine) {
    this.#realm = realm;
    this.#engine = engine;
    this.#calls = stacks.Suspending && new NativeCalls(engine, stacks.promising);
  }

  compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
    const program = new ThreadProgram(bytes.slice(), this.#realm.platform.evaluate);
    const module = new this.#engine.Module(asThreadModule(bytes, program));
    this.#programs.set(module, program);
    return module;
  }

  /** `module` is of `compile()`. */
  instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
    const wanted = this.#engine.Module.imports(module).find(({ kind }) => kind === 'memory');
    const memory = wanted && imports[wanted.module]?.[wanted.name];
    // The engine's own words for what is missing.
    if (!(memory instanceof WebAssembly.Memory)) return new this.#engine.Instance(module, imports);
    const shared = this.#memories.get(memory) ?? new SharedMemory(memory, this.#realm);
    this.#memories.set(memory, shared);
    const program = this.#programs.get(module)!;
    const spawn = (argument: number, result?: number) => {
      const id = shared.spawn((thread, awaited) => {
        const code = this.#threadCode(module, program, withoutThreads, shared);
        this.#run(code, code.run(program.exportedFunctions.get('wasi_thread_start')!, [thread, argument]), shared, awaited);
      });
      if (result === undefined) return id;
      // The later form of the call: whether it failed, and the id or the error.
      new Int32Array(memory.buffer, result, 2).set([0, id]);
      return 0;
    };
    const withoutThreads = { ...imports, wasi: { ...imports['wasi'], 'thread-spawn': spawn } };
    const { env } = imports;
    const instance: WebAssembly.Instance = new this.#engine.Instance(module, {
      ...withoutThreads,
      env: { ...env, ...poolOf(() => instance) },
    });
    this.#begin(instance, shared, (address: number, expected: number | bigint, timeout: bigint, offset: number) =>
      shared.block(sum(address, offset), expected, timeout),
    );
    return instance;
  }

  /** Waiting is `sleep`, for both widths. */
  #begin(instance: WebAssembly.Instance, shared: SharedMemory, sleep: Import): void {
    this.#typedCalls ??= new this.#engine.Module(typedCalls);
    const holds = (address: number, expected: number | bigint, offset: number) => Number(shared.holds(sum(address, offset), expected));
    const notify = (address: number, count: number, offset: number) => shared.notify(sum(address, offset), count);
    const calls = { notify, sleep32: sleep, sleep64: sleep, holds32: holds, holds64: holds };
    const { exports } = new this.#engine.Instance(this.#typedCalls, { a: calls as unknown as WebAssembly.ModuleImports });
    const table = instance.exports[atomicsTable] as WebAssembly.Table;
    for (const kind of atomicTypes.keys()) table.set(kind, exports[kind]);
    (instance.exports[startFunction] as (() => void) | undefined)?.();
  }

  #threadCode(module: WebAssembly.Module, program: ThreadProgram, imports: WebAssembly.Imports, shared: SharedMemory): ThreadCode {
    const { Suspending } = stacks;
    const { wasi_snapshot_preview1: preview1 = {}, env = {} } = imports;
    const poll = preview1['poll_oneoff'] as unknown as (...values: readonly number[]) => number;
    let yields = 0;
    const suspending = (call: (...values: never[]) => unknown) => (Suspending === undefined ? call : new Suspending(call));
    const own = Suspending && {
      // Of some that spin, only now and then one lets others than threads have their turn.
      sched_yield: new Suspending(() => (++yields % seldom === 0 ? shared.yield() : Promise.resolve()).then(() => 0)),
      poll_oneoff: new Suspending(async (subscriptions: number, events: number, count: number, written: number) => {
        const view = new DataView(shared.memory.buffer);
        const isDelay = count === 1 && view.getUint8(subscriptions + 8) === clockEvent;
        if (!isDelay || (view.getUint16(subscriptions + 40, true) & absoluteTime) !== 0) return poll(subscriptions, events, count, written);
        const nanoseconds = view.getBigUint64(subscriptions + 24, true);
        await shared.pause(Number(nanoseconds) / 1e6);
        // The time is over: all that is left is the event.
        view.setBigUint64(subscriptions + 24, 0n, true);
        return poll(subscriptions, events, count, written);
      }),
    };
    // Node-API's glue (emnapi) asks by these who calls.
    const threadOf = { _emnapi_is_main_runtime_thread: () => 0, _emnapi_is_main_browser_thread: () => 0 };
    const instance = new this.#engine.Instance(module, {
      ...imports,
      wasi_snapshot_preview1: { ...preview1, ...own } as unknown as WebAssembly.ModuleImports,
      env: { ...env, ...threadOf },
    });
    const sleep = (address: number, expected: number | bigint, timeout: bigint, offset: number) =>
      Suspending === undefined ? shared.block(sum(address, offset), expected, timeout) : shared.sleep(sum(address, offset), timeout);
    this.#begin(instance, shared, suspending(sleep));
    return new ThreadCode(program, instance, shared, { poll, calls: this.#calls });
  }

  #run(code: ThreadCode, thread: Generator<Pause, unknown, unknown>, turns: Turns, isAwaited: boolean): void {
    let yields = 0;
    const fail = (error: unknown) => {
      // What emnapi throws where a thread ends itself.
      if (error !== 'unwind') this.#realm.platform.queueMicrotask(() => this.#realm.triggerUncaughtException(error, false));
    };
    const goOn = (awaited: boolean, next: () => IteratorResult<Pause, unknown>) => {
      try {
        code.begin(awaited);
        const { done, value } = next();
        if (done !== true) follow(value);
      } catch (error) {
        fail(error);
      }
    };
    const turn = (awaited: boolean, value: unknown) => goOn(awaited, () => thread.next(value));
    const follow = (pause: Pause) => {
      if (pause.kind !== 'call') turns.after(pause, ++yields % seldom === 0, turn);
      else
        pause.call.then(
          () => turns.go((awaited) => turn(awaited, undefined)),
          (error) => goOn(false, () => thread.throw(error)),
        );
    };
    turn(isAwaited, undefined);
  }
}
