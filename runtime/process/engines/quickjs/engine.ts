/**
 * One QuickJS runtime with one context in an instance of its own: what the WebAssembly build exports, and values that cross its
 * memory. Values of QuickJS are named by the address of a heap cell that holds one (`Cell`), which its owner frees.
 *
 * Primitives and strings are read straight out of the memory, as the pinned build lays them out (NaN boxing, 32 bits): one
 * call of the program into the host costs about a microsecond that way instead of four. `selfTest` refuses another layout.
 */
import { BvError } from '../../../base/errors.ts';
import { latin1Text, readValue, utf16Text, writeValue } from './bjson.ts';
import { instantiate, type QuickJsExports } from './instance.ts';

/** The address of a cell that holds one value. */
export type Cell = number;

/** Tags of `JSValue`, the upper word of its 64 bits. */
const tags = { string: -7, rope: -6, object: -1, int: 0, boolean: 1, null: 2, undefined: 3, exception: 6 } as const;
const firstTag = -9;
/** Tags from here up are the upper words of numbers. */
const floatTag = 8;
/** What the upper word of a float is less than that of the IEEE number (`JS_FLOAT64_TAG_ADDEND`). */
const floatAddend = 0x7ff8000a;

/**
 * Bytes of the C stack, beyond which the program gets its "stack overflow". The browser's own stack must not end before, and how
 * much of that a call takes differs between engines and between their compilers: the most that is seen to work is taken.
 */
const stackSizes = [320, 256, 192, 128, 96].map((kilobytes) => kilobytes * 1024);
const pageBytes = 65_536;
const initialPages = 256;
/** What the build declares for the memory it imports. */
const mostPages = 32_768;

export interface EngineOptions {
  /** `dist/quickjs.wasm`: the package's build with its function table exported (runtime/tools/build/quickjs-wasm.ts). */
  readonly module: WebAssembly.Module;
  /** Bytes that the engine's memory may grow to. */
  readonly memoryLimit: number;
  /** The program calls the host. The result is an owned cell; 0 is undefined. Must not throw. */
  readonly onCall: (args: readonly Cell[]) => Cell;
  /** Asked every few thousand steps; true ends what runs, and the program cannot catch it. */
  readonly shouldStop: () => boolean;
  /** A promise was rejected without a handler, or given one late. The cells are borrowed. */
  readonly onRejection: (promise: Cell, reason: Cell, handled: boolean) => void;
}

/** Places within an `ArrayBuffer` object, in bytes. */
interface Layout {
  readonly classId: number;
  /** Of the address of its `JSArrayBuffer`, which begins with the length. */
  readonly buffer: number;
  /** Of the address of the bytes, within that. */
  readonly data: number;
}

/** A module that hands a function of the host back as one of WebAssembly, of type `(i32, i64, i64, i32, i32) -> ()`. */
const trampoline = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 9, 1, 0x60, 5, 0x7f, 0x7e, 0x7e, 0x7f, 0x7f, 0, 2, 7, 1, 1, 0x65, 1, 0x66, 0, 0, 7, 5, 1, 1, 0x66, 0,
  0,
]);

const encoder = new TextEncoder();
const encodeInto = encoder.encodeInto.bind(encoder);

/** Whether the browser's own stack ended. What was running in the engine is lost, and the engine with it. */
export function isHostOverflow(error: unknown): boolean {
  return (
    error instanceof Error && (error instanceof RangeError || error.name === 'InternalError') && /call stack|recursion/i.test(error.message)
  );
}

/** The largest stack that leaves a quarter to spare right now, tried on an engine of its own. Takes some milliseconds. */
export function probeStack(module: WebAssembly.Module): number {
  for (const size of stackSizes) {
    const engine = new Engine({
      module,
      memoryLimit: initialPages * pageBytes,
      onCall: () => 0,
      shouldStop: () => false,
      onRejection() {},
    });
    engine.limitStack(Math.floor(size * 1.25));
    try {
      // The script catches its overflow and is done: whether the engine's own stack held until then is the question.
      const cell = engine.evaluate(
        '(function () { function f(x) { [1].forEach(() => f(x)); } try { f(1); } catch { } })()',
        'file:///probe.js',
      );
      if (cell !== 0) return size;
    } catch (error) {
      if (!isHostOverflow(error)) throw error;
    }
  }
  return stackSizes.at(-1)!;
}

export class Engine {
  readonly #exports: QuickJsExports;
  readonly #memory: WebAssembly.Memory;
  readonly #runtime: number;
  readonly #context: number;
  readonly #layout: Layout;
  #limitPages = initialPages;
  #bytes: Uint8Array<ArrayBuffer>;
  #words: Int32Array<ArrayBuffer>;
  /** The memory was asked to grow beyond its limit, so something in the program failed for want of it. */
  outOfMemory = false;

  constructor(options: EngineOptions) {
    this.limitMemory(options.memoryLimit);
    const memory = new WebAssembly.Memory({ initial: initialPages, maximum: mostPages });
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.#words = new Int32Array(memory.buffer as ArrayBuffer);
    const exports = instantiate(options.module, memory, {
      callFunction(_context, _receiver, count, args) {
        const cells: Cell[] = [];
        for (let i = 0; i < count; i++) cells.push(args + 8 * i);
        return options.onCall(cells);
      },
      shouldInterrupt: () => (this.outOfMemory || options.shouldStop() ? 1 : 0),
      grow: (bytes) => this.#grow(bytes),
    });
    if ((exports.table as WebAssembly.Table | undefined) === undefined) {
      throw new BvError('ERR_BV_ASSET', 'Cannot start QuickJS: "quickjs.wasm" does not export its function table');
    }
    this.#exports = exports;
    this.#runtime = exports.newRuntime();
    this.limitStack(stackSizes.at(-1)!);
    this.#context = exports.newContext(this.#runtime, 0);
    this.#layout = this.#findLayout();
    this.#watchRejections(exports.table, options);
    this.#selfTest();
  }

  /** What the memory may grow to; what it has already is not taken back. */
  limitMemory(bytes: number): void {
    this.#limitPages = Math.max(initialPages, Math.floor(bytes / pageBytes));
  }

  limitStack(bytes: number): void {
    this.#exports.setMaxStackSize(this.#runtime, bytes);
  }

  /** By a fifth more than asked, to ask seldom; as much as there is where that is too much. */
  #grow(bytes: number): boolean {
    const limitPages = this.#limitPages;
    const now = this.#memory.buffer.byteLength / pageBytes;
    const least = Math.ceil(bytes / pageBytes);
    if (least <= limitPages) {
      try {
        this.#memory.grow(Math.min(limitPages, Math.max(least, Math.ceil(now * 1.2))) - now);
        return true;
      } catch {
        // The browser has no more; told below.
      }
    }
    this.outOfMemory = true;
    return false;
  }

  /**
   * The build has no function for `JS_SetHostPromiseRejectionTracker`. Its field follows the interrupt handler's pair in
   * `JSRuntime`, whose place is seen by setting that handler.
   */
  #watchRejections(table: WebAssembly.Table, options: EngineOptions): void {
    const scratch = this.#exports.malloc(16);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(trampoline), {
      e: {
        f: (_context: number, promise: bigint, reason: bigint, handled: number) => {
          const view = new DataView(this.#memory.buffer);
          view.setBigInt64(scratch, promise, true);
          view.setBigInt64(scratch + 8, reason, true);
          options.onRejection(scratch, scratch + 8, handled !== 0);
        },
      },
    });
    const slot = table.length - 1;
    table.set(slot, exports['f']);
    const first = this.#runtime >> 2;
    const before = this.words().slice(first, first + 256);
    this.#exports.enableInterruptHandler(this.#runtime);
    const words = this.words();
    const changed = before.findIndex((word, index) => words[first + index] !== word);
    if (changed < 0 || words[first + changed + 2] !== 0 || words[first + changed + 3] !== 0) {
      throw new BvError('ERR_BV_ASSET', 'Cannot start QuickJS: its build is laid out in another way than this runtime expects');
    }
    words[first + changed + 2] = slot;
  }

  /** @throws {BvError} `ERR_BV_ASSET` if values are not laid out as this file reads them. */
  #selfTest(): void {
    const samples: unknown[] = [
      1,
      -5,
      1.5,
      true,
      null,
      undefined,
      'plain',
      'caf\u00e9\0',
      '\u0394\ud800',
      { a: [1, 'b'], 3: new Uint8Array([7]) },
    ];
    for (const sample of samples) {
      const cell = this.toProgram(sample);
      const back = this.fromProgram(cell);
      this.free(cell);
      const same =
        typeof sample === 'object' && sample !== null ? JSON.stringify(back) === JSON.stringify(sample) : Object.is(back, sample);
      if (!same)
        throw new BvError('ERR_BV_ASSET', 'Cannot start QuickJS: its values are laid out in another way than this runtime expects');
    }
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#refresh();
    return this.#bytes;
  }

  words(): Int32Array<ArrayBuffer> {
    if (this.#words.buffer !== this.#memory.buffer) this.#refresh();
    return this.#words;
  }

  #refresh(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
    this.#words = new Int32Array(this.#memory.buffer as ArrayBuffer);
  }

  free(cell: Cell): void {
    this.#exports.freeValue(this.#context, cell);
  }

  duplicate(cell: Cell): Cell {
    return this.#exports.duplicateValue(this.#context, cell);
  }

  /** Address and identity of an object, for comparing two cells. */
  identity(cell: Cell): number {
    return this.words()[cell >> 2]!;
  }

  /** A function of the program's world that calls `onCall`. */
  newFunction(name: string): Cell {
    const address = this.#cString(name);
    const cell = this.#exports.newFunction(this.#context, address, 0, 0, 0);
    this.#exports.free(address);
    return cell;
  }

  setGlobal(name: string, value: Cell): void {
    const global = this.#exports.getGlobalObject(this.#context);
    const key = this.toProgram(name);
    this.#exports.setProperty(this.#context, global, key, value);
    this.free(key);
    this.free(global);
  }

  /** An owned cell; of an exception if reading it threw. */
  property(object: Cell, name: string): Cell {
    const key = this.toProgram(name);
    const cell = this.#exports.getProperty(this.#context, object, key);
    this.free(key);
    return cell;
  }

  /** The value of a script, or the exception that is under way: hand it on or `resolve` it. */
  evaluate(source: string, filename: string): Cell {
    const name = this.#cString(filename);
    const size = source.length * 3 + 1;
    const code = this.#exports.malloc(size);
    if (code === 0 || name === 0) {
      this.outOfMemory = true;
      return this.throwError(this.toProgram(undefined));
    }
    const { written } = encodeInto(source, this.bytes().subarray(code, code + size));
    this.bytes()[code + written] = 0;
    const cell = this.#exports.evaluate(this.#context, code, written, name, 0, 0);
    this.#exports.free(code);
    this.#exports.free(name);
    return cell;
  }

  /** Takes the exception out of a result: its error, an owned cell, or 0. */
  resolve(result: Cell): Cell {
    return this.#exports.resolveException(this.#context, result);
  }

  /** What to return from `onCall` so that the program sees `error` thrown. Frees `error`. */
  throwError(error: Cell): Cell {
    const cell = this.#exports.throw(this.#context, error);
    this.free(error);
    return cell;
  }

  /** Calls with `undefined` as receiver. Frees the arguments. */
  call(callee: Cell, args: readonly Cell[]): Cell {
    const list = this.#exports.malloc(4 * Math.max(1, args.length));
    this.words().set(args, list >> 2);
    const receiver = this.newCell(0, tags.undefined);
    const result = this.#exports.call(this.#context, callee, receiver, args.length, list);
    this.#exports.free(list);
    this.#exports.free(receiver);
    for (const cell of args) this.free(cell);
    return result;
  }

  /** Runs one queued microtask. Undefined if there was none, else the cell of an exception or of a number. */
  runJob(): Cell | undefined {
    if (this.#exports.isJobPending(this.#runtime) === 0) return undefined;
    const context = this.#exports.malloc(4);
    const cell = this.#exports.executePendingJob(this.#runtime, 1, context);
    this.#exports.free(context);
    return cell;
  }

  promiseState(promise: Cell): number {
    return this.#exports.promiseState(this.#context, promise);
  }

  promiseResult(promise: Cell): Cell {
    return this.#exports.promiseResult(this.#context, promise);
  }

  newCell(low: number, tag: number): Cell {
    const cell = this.#exports.malloc(8);
    const words = this.words();
    words[cell >> 2] = low;
    words[(cell >> 2) + 1] = tag;
    return cell;
  }

  #cString(text: string): number {
    const size = text.length * 3 + 1;
    const address = this.#exports.malloc(size);
    if (address === 0) return 0;
    const { written } = encodeInto(text, this.bytes().subarray(address, address + size));
    this.bytes()[address + written] = 0;
    return address;
  }

  /** An owned cell with a copy of `value`, plain data. @throws {TypeError} for anything else. */
  toProgram(value: unknown): Cell {
    switch (typeof value) {
      case 'undefined':
        return this.newCell(0, tags.undefined);
      case 'boolean':
        return this.newCell(value ? 1 : 0, tags.boolean);
      case 'number': {
        if ((value | 0) === value && !Object.is(value, -0)) return this.newCell(value, tags.int);
        return this.#newFloat(value);
      }
      case 'string':
        if (!value.includes('\0') && value.isWellFormed()) {
          const address = this.#cString(value);
          const cell = this.#exports.newString(this.#context, address);
          this.#exports.free(address);
          return cell;
        }
        return this.#decode(writeValue(value));
      default:
        if (value === null) return this.newCell(0, tags.null);
        return this.#decode(writeValue(value));
    }
  }

  #newFloat(value: number): Cell {
    const cell = this.#exports.malloc(8);
    const view = new DataView(this.#memory.buffer);
    view.setFloat64(cell, Number.isNaN(value) ? NaN : value, true);
    if (Number.isNaN(value)) {
      view.setInt32(cell, 0, true);
      view.setInt32(cell + 4, 0x7ff80000, true);
    }
    view.setInt32(cell + 4, (view.getInt32(cell + 4, true) - floatAddend) | 0, true);
    return cell;
  }

  #decode(bytes: Uint8Array): Cell {
    const buffer = this.newBuffer(bytes);
    const cell = this.#exports.readObject(this.#context, buffer);
    this.free(buffer);
    return cell;
  }

  /** An `ArrayBuffer` with a copy of `bytes`. */
  newBuffer(bytes: Uint8Array): Cell {
    const address = this.#exports.malloc(Math.max(1, bytes.length));
    if (address === 0) {
      this.outOfMemory = true;
      return this.newCell(0, tags.undefined);
    }
    this.bytes().set(bytes, address);
    return this.#exports.newArrayBuffer(this.#context, address, bytes.length);
  }

  /**
   * The bytes of an `ArrayBuffer` of the program, valid until the engine runs again.
   *
   * @throws {TypeError} for anything else, and beyond its end.
   */
  bufferView(cell: Cell, offset: number, length: number): Uint8Array<ArrayBuffer> {
    const words = this.words();
    const object = words[cell >> 2]!;
    if (words[(cell >> 2) + 1] !== tags.object || words[(object >> 2) + 1]! >>> 16 !== this.#layout.classId)
      throw new TypeError('Expected an ArrayBuffer');
    const buffer = words[(object + this.#layout.buffer) >> 2]!;
    if (offset < 0 || length < 0 || offset + length > words[buffer >> 2]!)
      throw new TypeError('Cannot reach beyond the end of an ArrayBuffer');
    const address = words[(buffer + this.#layout.data) >> 2]! + offset;
    return this.bytes().subarray(address, address + length);
  }

  /** Where an `ArrayBuffer` keeps its bytes: the build's own call for it makes a copy. Seen by looking for known ones. */
  #findLayout(): Layout {
    const length = 12_345;
    const address = this.#exports.malloc(length);
    const cell = this.#exports.newArrayBuffer(this.#context, address, length);
    const words = this.words();
    const object = words[cell >> 2]!;
    for (let buffer = 16; buffer <= 48; buffer += 4) {
      const at = words[(object + buffer) >> 2]!;
      if (at <= 0 || at > this.#memory.buffer.byteLength - 64 || words[at >> 2] !== length) continue;
      for (let data = 4; data <= 48; data += 4) {
        if (words[(at + data) >> 2] !== address) continue;
        const classId = words[(object >> 2) + 1]! >>> 16;
        this.free(cell);
        return { classId, buffer, data };
      }
    }
    throw new BvError('ERR_BV_ASSET', 'Cannot start QuickJS: its buffers are laid out in another way than this runtime expects');
  }

  /** A copy of the value in a cell. @throws {TypeError} if it is no plain data. */
  fromProgram(cell: Cell): unknown {
    const words = this.words();
    const low = words[cell >> 2]!;
    const tag = words[(cell >> 2) + 1]!;
    switch (tag) {
      case tags.int:
        return low;
      case tags.boolean:
        return low !== 0;
      case tags.null:
        return null;
      case tags.undefined:
      case tags.exception:
        return undefined;
      case tags.string:
      case tags.rope:
        return this.#string(low >>> 0, tag);
      default:
    }
    if ((tag - firstTag) >>> 0 >= floatTag - firstTag) {
      const view = new DataView(new ArrayBuffer(8));
      view.setInt32(0, low, true);
      view.setInt32(4, (tag + floatAddend) | 0, true);
      return view.getFloat64(0, true);
    }
    const encoded = this.#exports.writeObject(this.#context, cell);
    const error = this.resolve(encoded);
    if (error !== 0) {
      this.free(error);
      throw new TypeError('Cannot take a value from the program: it is no plain data');
    }
    const value = readValue(this.bufferView(encoded, 0, this.#exports.getArrayBufferLength(this.#context, encoded)));
    this.free(encoded);
    return value;
  }

  /** `JSString`: reference count, length with the width in its top bit, two words of hashing, then the text. */
  #string(address: number, tag: number): string {
    const words = this.words();
    if (tag === tags.rope) {
      // `JSStringRope`: reference count, length, width, depth, left, right.
      const at = (address >> 2) + 4;
      return this.#string(words[at]! >>> 0, words[at + 1]!) + this.#string(words[at + 2]! >>> 0, words[at + 3]!);
    }
    const head = words[(address >> 2) + 1]!;
    const length = head & 0x7fffffff;
    const from = address + 16;
    if (head >= 0) return latin1Text(this.bytes().subarray(from, from + length));
    return utf16Text(new Uint16Array(this.#memory.buffer as ArrayBuffer, from, length));
  }
}
