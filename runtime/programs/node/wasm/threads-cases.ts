/** Threads of WebAssembly that share a memory: a module made by hand, and programs that use it. */
import { joined, text, unsigned, withSize } from './thread-module.ts';

type Bytes = readonly number[];
const vector = (...entries: readonly Bytes[]): Bytes => [...unsigned(entries.length), ...entries.flat()];
const section = (id: number, ...entries: readonly Bytes[]): Bytes => [id, ...withSize([vector(...entries)]).flatMap((part) => [...part])];
const body = (...code: Bytes): Bytes => withSize([[0, ...code, 0x0b]]).flatMap((part) => [...part]);
const named = (name: string, kind: number, index: number): Bytes => [...text(name), kind, index];

const constant = (value: number): Bytes => [0x41, value];
const forEver: Bytes = [0x42, 0x7f];
const store: Bytes = [0x36, 2, 0];
/** With what is added to their address. */
const notify = (offset: number): Bytes => [0xfe, 0, 2, offset];
const wait32 = (offset: number): Bytes => [0xfe, 1, 2, offset];
const drop = 0x1a;

/** A thread waits until 4 is not 0, locks 24 in a call and unlocks it, then stores its argument at 16 and notifies. */
export const threadsModule = joined([
  [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  section(1, [0x60, 1, 0x7f, 1, 0x7f], [0x60, 2, 0x7f, 0x7f, 0], [0x60, 0, 1, 0x7f], [0x60, 0, 0]),
  section(2, [...text('wasi'), ...named('thread-spawn', 0, 0)], [...text('env'), ...text('memory'), 2, 3, 1, 1]),
  section(3, [1], [0], [2], [2], [3], [3], [2]),
  section(7, named('wasi_thread_start', 0, 1), named('spawn', 0, 2), named('wake', 0, 3), named('join', 0, 4), named('locked', 0, 7)),
  [8, 1, 5],
  section(
    10,
    body(
      ...constant(0),
      ...constant(0),
      ...forEver,
      ...wait32(4),
      drop,
      ...[0x10, 6],
      ...constant(24),
      ...constant(0),
      ...store,
      ...constant(16),
      0x20,
      1,
      ...store,
      ...constant(0),
      ...constant(1),
      ...notify(16),
      drop,
    ),
    body(0x20, 0, 0x10, 0),
    body(...constant(4), ...constant(1), ...store, ...constant(4), ...constant(1), ...notify(0)),
    body(...constant(16), ...constant(0), ...forEver, ...wait32(0)),
    // The start function, which notifies as that of real ones does.
    body(...constant(32), ...constant(7), ...store, ...constant(32), ...constant(1), ...notify(0), drop),
    // It might wait, but does not: 28 is never 9.
    body(...constant(28), ...constant(9), ...forEver, ...wait32(0), drop, ...constant(24), ...constant(1), ...store),
    body(...constant(24), ...constant(1), ...forEver, ...wait32(0)),
  ),
]);

/** Starts a pool as Node-API's glue does, which then lets function 0 of the table have the queue: it stores the sum of what it is given at 16. */
export const poolModule = joined([
  [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  section(1, [0x60, 2, 0x7f, 0x7f, 0], [0x60, 3, 0x7f, 0x7f, 0x7f, 0], [0x60, 0, 0], [0x60, 1, 0x7f, 1, 0x7f]),
  section(
    2,
    [...text('env'), ...text('memory'), 2, 3, 1, 1],
    [...text('env'), ...named('_emnapi_tell_js_uvthreadpool', 0, 0)],
    [...text('env'), ...named('_emnapi_after_uvthreadpool_ready', 0, 1)],
    [...text('wasi'), ...named('thread-spawn', 0, 3)],
  ),
  section(3, [0], [2]),
  section(4, [0x70, 0, 1]),
  section(7, named('__indirect_function_table', 1, 0), named('start', 0, 4)),
  section(9, [0, ...constant(0), 0x0b, 1, 3]),
  section(
    10,
    body(...constant(16), 0x20, 0, 0x20, 1, 0x6a, ...store),
    body(...constant(0), ...constant(4), 0x10, 0, ...constant(0), ...constant(20), ...constant(3), 0x10, 1),
  ),
]);

export const threadsProgram = (lines: string) => `
import { readFileSync } from 'node:fs';
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const at = (address) => new Int32Array(memory.buffer)[address / 4];
const imports = { env: { memory }, wasi: { 'thread-spawn': () => { throw new Error('the glue would start a worker'); } } };
const module = new WebAssembly.Module(readFileSync('threads.wasm'));
const { exports } = new WebAssembly.Instance(module, imports);
${lines}`;

export interface ThreadsCase {
  readonly name: string;
  readonly lines: string;
  readonly stdout: string;
  /** Default: 0. */
  readonly code?: number;
}

export const threadsCases: readonly ThreadsCase[] = [
  {
    name: 'waits and wakes in turns with JavaScript',
    lines: `
console.log(at(32), exports.spawn(42), exports.spawn(43), at(16));
await null;
console.log(at(16), exports.wake(), exports.wake(), exports.wake());
await new Promise(setImmediate);
console.log(at(16), module instanceof WebAssembly.Module, module.constructor === WebAssembly.Module);`,
    stdout: '7 1 2 0\n0 1 1 0\n43 true true\n',
  },
  {
    name: 'runs a thread that has not begun where JavaScript calls what waits for it',
    lines: `
exports.wake();
console.log(exports.spawn(44), at(16), exports.join(), at(16), exports.join());`,
    stdout: '1 0 0 44 1\n',
  },
  {
    name: 'lets a thread that waits go on where JavaScript calls what waits for it',
    lines: `
exports.spawn(46);
await null;
await new Promise(setImmediate);
console.log(exports.wake(), exports.join(), at(16));`,
    stdout: '1 0 46\n',
  },
  {
    name: 'knows of the end of a call on a stack of its own before JavaScript can wait for what it locked',
    lines: `
exports.spawn(47);
await null;
await new Promise(setImmediate);
exports.wake();
await null;
console.log(exports.locked(), at(16));`,
    stdout: '1 47\n',
  },
  {
    name: 'says so where what waits can never be woken',
    lines: `
exports.spawn(45);
await null;
try { exports.join(); } catch (error) { console.log(error.code, error.message.slice(0, 58)); }
process.exit(3);`,
    stdout: 'ERR_BV_UNSUPPORTED WebAssembly called by JavaScript waits for a thread that w\n',
    code: 3,
  },
  {
    name: 'has a pool for asynchronous work of Node-API whose threads are no workers',
    lines: `
const late = () => { throw new Error('the glue would wait for workers'); };
const pool = { _emnapi_tell_js_uvthreadpool: late, _emnapi_after_uvthreadpool_ready: late };
const started = new WebAssembly.Instance(new WebAssembly.Module(readFileSync('pool.wasm')), { ...imports, env: { memory, ...pool } });
started.exports.start();
console.log(at(16));`,
    stdout: '23\n',
  },
  {
    name: 'compiles and instantiates late as well',
    lines: `
const bytes = readFileSync('threads.wasm');
const { instance } = await WebAssembly.instantiate(bytes, imports);
const late = await WebAssembly.instantiate(await WebAssembly.compile(bytes), imports);
console.log(instance.exports.spawn(1), late.exports.spawn(2), await WebAssembly.instantiate(bytes.subarray(0, 20), imports).catch((error) => error.name));`,
    stdout: '1 2 CompileError\n',
  },
];
