/**
 * Threads of WebAssembly (`wasi.thread-spawn`, the wasi-threads proposal) in a page that is not cross-origin isolated: no other worker can
 * be given the memory they share, so that all of them run in the process's own, in turns. Each is an instance of its own on a stack of its
 * own (JavaScript Promise Integration), and gives way where it waits or yields. What JavaScript calls is not on such a stack: where that
 * would wait, threads that have not begun run first, and if none of them ends its wait, nothing can.
 */
import { BvError } from '../../../base/errors.ts';
import type { NodeRealm } from '../realm.ts';
import { asThreadModule, atomicTypes, atomicsTable, joined, startFunction, text, unsigned, withSize } from './thread-module.ts';

type Import = (...values: never[]) => unknown;
/** JavaScript Promise Integration, which TypeScript's own library does not know. */
interface WithStacks {
  readonly Suspending?: new (call: (...values: never[]) => unknown) => Import;
  readonly promising: (call: WebAssembly.ExportValue) => (...values: readonly number[]) => Promise<unknown>;
}
const stacks = WebAssembly as unknown as WithStacks;
const { load, wait } = Atomics;

/** What a wait gives, as the instruction does. */
const woken = 0;
const notEqual = 1;
const timedOut = 2;

/** `__WASI_EVENTTYPE_CLOCK`, and the flag that its time is not from now on. */
const clockEvent = 0;
const absoluteTime = 1;

interface Waiter {
  readonly wake: (result: number) => void;
}

/** What its threads wait for, and which have not begun. */
class SharedMemory {
  readonly memory: WebAssembly.Memory;
  readonly #realm: NodeRealm;
  readonly #waiters = new Map<number, Set<Waiter>>();
  readonly #unstarted = new Set<() => void>();
  #threads = 0;

  constructor(memory: WebAssembly.Memory, realm: NodeRealm) {
    this.memory = memory;
    this.#realm = realm;
  }

  notify(address: number, count: number): number {
    const waiters = this.#waiters.get(address);
    let done = 0;
    for (const { wake } of waiters ?? []) {
      if (done === count >>> 0) break;
      wake(woken);
      done++;
    }
    return done;
  }

  holds(address: number, expected: number | bigint): boolean {
    return typeof expected === 'number'
      ? load(new Int32Array(this.memory.buffer), address >>> 2) === expected
      : load(new BigInt64Array(this.memory.buffer), address >>> 3) === expected;
  }

  /** In a thread. `timeout` in nanoseconds; below 0 there is none. */
  sleep(address: number, timeout: bigint): Promise<number> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(address) ?? new Set();
      this.#waiters.set(address, waiters);
      let timer: number | undefined;
      const wake = (result: number) => {
        if (timer !== undefined) this.#realm.platform.clearTimer(timer);
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#waiters.get(address) === waiters) this.#waiters.delete(address);
        resolve(result);
      };
      const waiter = { wake };
      waiters.add(waiter);
      if (timeout >= 0n) timer = this.#later(() => wake(timedOut), Number(timeout) / 1e6);
    });
  }

  /** In what JavaScript called. */
  block(address: number, expected: number | bigint, timeout: bigint): number {
    for (const start of this.#unstarted) {
      start();
      if (!this.holds(address, expected)) return woken;
    }
    if (timeout < 0n)
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        'WebAssembly called by JavaScript waits for a thread that waits as well: they run in turns, for the page is not cross-origin isolated',
      );
    wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(timeout) / 1e6);
    return timedOut;
  }

  /** Runs `start` when JavaScript has ended what it does now, or waits for it. The thread's id. */
  spawn(start: (id: number) => void): number {
    const id = ++this.#threads;
    const begin = () => {
      if (this.#unstarted.delete(begin)) start(id);
    };
    this.#unstarted.add(begin);
    this.#realm.platform.queueMicrotask(begin);
    return id;
  }

  /** After all that came in from outside by now. Does not keep the process alive, as no thread does. */
  yield(): Promise<void> {
    return new Promise((resolve) => this.#inTurn(resolve));
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#later(resolve, delayMs));
  }

  #later(task: () => void, delayMs: number): number {
    return this.#realm.platform.setTimer(() => this.#inTurn(task), Math.ceil(delayMs));
  }

  #inTurn(task: () => void): void {
    let next: (() => void) | undefined = task;
    this.#realm.loop.enqueueEach(
      () => {
        const now = next;
        next = undefined;
        return now;
      },
      () => false,
    );
  }
}

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

/** The engine's own: a program's `WebAssembly` has others. */
export type WasmEngine = Pick<typeof WebAssembly, 'Module' | 'Instance'>;

/** Instances of such modules. */
export class WasmThreads {
  readonly #realm: NodeRealm;
  readonly #engine: WasmEngine;
  readonly #memories = new WeakMap<WebAssembly.Memory, SharedMemory>();
  #typedCalls: WebAssembly.Module | undefined;

  constructor(realm: NodeRealm, engine: WasmEngine) {
    this.#realm = realm;
    this.#engine = engine;
  }

  /** @throws {BvError} in an engine without such stacks. */
  compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
    if (stacks.Suspending === undefined)
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        'Threads of WebAssembly need JavaScript Promise Integration, which this browser does not have',
      );
    return new this.#engine.Module(asThreadModule(bytes));
  }

  /** `module` is of `compile()`. */
  instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
    const wanted = this.#engine.Module.imports(module).find(({ kind }) => kind === 'memory');
    const memory = wanted && imports[wanted.module]?.[wanted.name];
    // The engine's own words for what is missing.
    if (!(memory instanceof WebAssembly.Memory)) return new this.#engine.Instance(module, imports);
    const shared = this.#memories.get(memory) ?? new SharedMemory(memory, this.#realm);
    this.#memories.set(memory, shared);
    const spawn = (argument: number, result?: number) => {
      const id = shared.spawn((thread) => this.#run(module, withoutThreads, shared, thread, argument));
      if (result === undefined) return id;
      // The later form of the call: whether it failed, and the id or the error.
      new Int32Array(memory.buffer, result, 2).set([0, id]);
      return 0;
    };
    const withoutThreads = { ...imports, wasi: { ...imports['wasi'], 'thread-spawn': spawn } };
    const instance = new this.#engine.Instance(module, withoutThreads);
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

  #run(module: WebAssembly.Module, imports: WebAssembly.Imports, shared: SharedMemory, thread: number, argument: number): void {
    const Suspending = stacks.Suspending!;
    const { wasi_snapshot_preview1: preview1 = {}, env = {} } = imports;
    let yields = 0;
    const own = {
      // Of some that spin, only now and then one lets others than threads have their turn.
      sched_yield: new Suspending(() => (++yields % 16 === 0 ? shared.yield() : Promise.resolve()).then(() => 0)),
      poll_oneoff: new Suspending(async (subscriptions: number, events: number, count: number, written: number) => {
        const view = new DataView(shared.memory.buffer);
        const poll = preview1['poll_oneoff'] as (...values: readonly number[]) => number;
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
    const sleep = (address: number, _expected: number | bigint, timeout: bigint, offset: number) =>
      shared.sleep(sum(address, offset), timeout);
    this.#begin(instance, shared, new Suspending(sleep));
    const start = stacks.promising(instance.exports['wasi_thread_start']!);
    start(thread, argument).catch((error: unknown) => {
      // What emnapi throws where a thread ends itself.
      if (error !== 'unwind') this.#realm.triggerUncaughtException(error, false);
    });
  }
}
