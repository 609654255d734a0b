/**
 * A thread of WebAssembly that JavaScript runs, so that it can go on while JavaScript waits for it. Its functions are generators
 * (`resumable-source.ts`), which give what the thread pauses for. What cannot pause is run natively, on the same memory and globals.
 */
import { arithmetic, trap } from './arithmetic.ts';
import { functionsTable, globalExport, tableExport } from './thread-module.ts';
import type { NativeCall, NativeCalls } from './native-calls.ts';
import type { ThreadProgram } from './thread-program.ts';

/** Goes on with what is given back. */
export type Pause =
  /** Until it is notified, or for `timeout` nanoseconds; below 0 there is no end. Goes on with what the instruction gives. */
  | { readonly kind: 'wait'; readonly address: number; readonly timeout: bigint }
  /** Until others had their turn. */
  | { readonly kind: 'turn' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Until a native call on a stack of its own ends. */
  | { readonly kind: 'call'; readonly call: NativeCall };

type Function = (...values: readonly unknown[]) => unknown;
type Paused = Generator<Pause, unknown, unknown>;
type Code = (...values: readonly unknown[]) => Paused;

/** What a thread asks of the memory that it shares. */
export interface ThreadMemory {
  readonly memory: WebAssembly.Memory;
  holds(address: number, expected: number | bigint): boolean;
  notify(address: number, count: number): number;
}

interface ThreadImports {
  /** `poll_oneoff` of WASI, which does not wait where the time is over. */
  readonly poll: (subscriptions: number, events: number, count: number, written: number) => number;
  /** Calls that have a stack of their own; undefined in an engine without such stacks. */
  readonly calls: NativeCalls | undefined;
}

const notEqual = 1;
/** `__WASI_EVENTTYPE_CLOCK`, and the flag that its time is not from now on. */
const clockEvent = 0;
const absoluteTime = 1;

/** What functions of `resumable-source.ts` call `t`. */
export class ThreadCode {
  view: DataView;
  /** What the thread is not known to wait in runs natively, on a stack of its own. */
  away = false;
  /** How many functions are in `#stack`. */
  depth = -1;
  isAwaited = false;
  readonly #program: ThreadProgram;
  readonly #shared: ThreadMemory;
  readonly #imports: ThreadImports;
  readonly #natives: (Function | undefined)[] = [];
  readonly #callers: ((values: readonly unknown[]) => NativeCall)[] = [];
  readonly #codes: Code[] = [];
  readonly #stack: number[] = [];
  readonly #globals: WebAssembly.Global[];
  readonly #tables: WebAssembly.Table[];
  readonly #functions: WebAssembly.Table;
  #bytes: Uint8Array;

  constructor(program: ThreadProgram, { exports }: WebAssembly.Instance, shared: ThreadMemory, imports: ThreadImports) {
    this.#program = program;
    this.#shared = shared;
    this.#imports = imports;
    const { tables, globals } = program.counts;
    this.#globals = Array.from({ length: globals }, (_, index) => exports[globalExport(index)] as WebAssembly.Global);
    this.#tables = Array.from({ length: tables }, (_, index) => exports[tableExport(index)] as WebAssembly.Table);
    this.#functions = exports[functionsTable] as WebAssembly.Table;
    this.view = new DataView(shared.memory.buffer);
    this.#bytes = new Uint8Array(shared.memory.buffer);
  }

  *run(index: number, values: readonly unknown[]): Paused {
    return yield* this.#call(index, values);
  }

  /** Before a turn, which JavaScript waits for or not. */
  begin(isAwaited: boolean): void {
    const program = this.#program;
    this.isAwaited = isAwaited;
    program.isAwaited ||= isAwaited;
    this.away = program.hasWaited && !program.isAwaited && this.#imports.calls !== undefined;
    this.see();
  }

  native(index: number): Function {
    return (this.#natives[index] ??= this.#functions.get(index) as Function);
  }

  code(index: number): Code {
    const program = this.#program;
    const make = program.makerOf(index);
    const made = make(this, arithmetic, this.#natives, this.#codes, program.waiters, this.#stack, this.#globals) as Code;
    return (this.#codes[index] ??= made);
  }

  *late(index: number, values: readonly unknown[]): Paused {
    const begin = (this.#callers[index] ??= this.#imports.calls!.callerOf(this.native(index), this.#program.typeOf(index)));
    const call = begin(values);
    if (call.isDone) this.see();
    else yield { kind: 'call', call };
    return call.value;
  }

  *indirect(table: number, at: number, values: readonly unknown[]): Paused {
    const found = this.#tables[table]!.get(at >>> 0) as Function | null;
    if (found === null) return this.trap('null function');
    // The name of a function is its index in the module that made it.
    const index = Number(found.name);
    const program = this.#program;
    const isOwn = index < program.counts.functions && this.native(index) === found;
    const pausing = isOwn ? program.pausing(index) : undefined;
    if (pausing !== undefined) return yield* (this[pausing] as (...numbers: unknown[]) => Paused)(...values);
    if (isOwn) return yield* this.#call(index, values);
    const result = found(...values);
    this.see();
    return result;
  }

  *#call(index: number, values: readonly unknown[]): Paused {
    const program = this.#program;
    const pause = program.pauseOf(index);
    if (pause === 'stack') return yield* this.onStack(index, values);
    if (pause === 'none') {
      const result = this.native(index)(...values);
      this.see();
      return result;
    }
    if (this.away && program.waiters[index] === 0) return yield* this.late(index, values);
    this.#stack[++this.depth] = index;
    const result = yield* (this.#codes[index] ?? this.code(index))(...values);
    this.depth--;
    return result;
  }

  /** What can pause only on a native stack. While JavaScript waits there is none that goes on: then it must not pause. */
  *onStack(index: number, values: readonly unknown[]): Paused {
    if (!this.isAwaited && this.#imports.calls !== undefined) return yield* this.late(index, values);
    const result = this.native(index)(...values);
    this.see();
    return result;
  }

  *wait(address: number, expected: number | bigint, timeout: bigint): Paused {
    if (!this.#shared.holds(address, expected)) return notEqual;
    const { waiters } = this.#program;
    this.#program.hasWaited = true;
    for (let at = 0; at <= this.depth; at++) waiters[this.#stack[at]!] = 1;
    return yield { kind: 'wait', address, timeout };
  }

  notify(address: number, count: number): number {
    return this.#shared.notify(address, count);
  }

  *giveWay(): Paused {
    yield { kind: 'turn' };
    return 0;
  }

  *poll(subscriptions: number, events: number, count: number, written: number): Paused {
    const { view } = this;
    const at = subscriptions >>> 0;
    const isDelay = count === 1 && view.getUint8(at + 8) === clockEvent && (view.getUint16(at + 40, true) & absoluteTime) === 0;
    if (isDelay) {
      yield { kind: 'delay', delayMs: Number(view.getBigUint64(at + 24, true)) / 1e6 };
      // The time is over: all that is left is the event.
      view.setBigUint64(at + 24, 0n, true);
    }
    return this.#imports.poll(subscriptions, events, count, written);
  }

  /** What a native call may have changed. */
  see(): void {
    const { buffer } = this.#shared.memory;
    if (buffer === this.view.buffer) return;
    this.view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  pages(): number {
    return this.#shared.memory.buffer.byteLength / 65536;
  }

  grow(by: number): number {
    try {
      return this.#shared.memory.grow(by >>> 0);
    } catch {
      return -1; // As the instruction does.
    } finally {
      this.see();
    }
  }

  copy(to: number, from: number, length: number): void {
    this.#within(to >>> 0, length >>> 0);
    this.#within(from >>> 0, length >>> 0);
    this.#bytes.copyWithin(to >>> 0, from >>> 0, (from >>> 0) + (length >>> 0));
  }

  fill(at: number, value: number, length: number): void {
    this.#within(at >>> 0, length >>> 0);
    this.#bytes.fill(value, at >>> 0, (at >>> 0) + (length >>> 0));
  }

  #within(at: number, length: number): void {
    if (at + length > this.#bytes.length) this.trap('memory access out of bounds');
  }

  trap(reason?: string): never {
    return trap(reason);
  }
}
