import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quickJsModule } from '../../../testing/quickjs-assets.ts';
import { readValue, writeValue } from './bjson.ts';
import { Engine, type Cell } from './engine.ts';

const module = quickJsModule();

interface Made {
  readonly engine: Engine;
  /** The value of a script, or `["threw", text]`. */
  run(source: string): unknown;
  drain(): void;
  readonly rejections: (readonly [handled: boolean, identity: number])[];
  stop: boolean;
}

function make(options: { readonly memoryLimit?: number; readonly onCall?: (engine: Engine, args: readonly Cell[]) => Cell } = {}): Made {
  const rejections: (readonly [boolean, number])[] = [];
  const made = { stop: false, rejections } as { stop: boolean; rejections: typeof rejections; engine: Engine } & Made;
  const engine: Engine = new Engine({
    module,
    memoryLimit: options.memoryLimit ?? 64 << 20,
    onCall: (args) => options.onCall?.(engine, args) ?? 0,
    shouldStop: () => made.stop,
    onRejection: (promise, _reason, handled) => rejections.push([handled, engine.identity(promise)]),
  });
  engine.setGlobal('host', engine.newFunction('host'));
  return Object.assign(made, {
    engine,
    run(source: string) {
      const result = engine.evaluate(source, 'file:///test.js');
      const error = engine.resolve(result);
      if (error !== 0) return ['threw', String(engine.fromProgram(engine.property(error, 'message')))];
      return engine.fromProgram(result);
    },
    drain() {
      for (let result = engine.runJob(); result !== undefined; result = engine.runJob()) engine.free(result);
    },
  });
}

const values: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  2 ** 31,
  -(2 ** 31),
  1.5,
  NaN,
  Infinity,
  1e300,
  '',
  'text',
  'a\0b',
  '\u00e9\u0394',
  '\ud800',
  'x'.repeat(100_000),
  10n,
  -300n,
  12345678901234567890n,
  [],
  [1, [2, 'three']],
  { a: 1, b: { c: [null, undefined] }, 7: 'index' },
  new Uint8Array([1, 2, 255]),
  new Float64Array([1.5, -2]),
];

test('Engine carries plain data both ways unchanged', () => {
  const { engine } = make();
  for (const value of values) assert.deepEqual(engine.fromProgram(engine.toProgram(value)), value);
});

test('writeValue() and readValue() agree', () => {
  for (const value of values) assert.deepEqual(readValue(writeValue(value)), value);
});

test('writeValue() refuses what is no plain data', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  for (const value of [circle, () => 1, Symbol('x'), new DataView(new ArrayBuffer(1))]) assert.throws(() => writeValue(value), TypeError);
});

test('Engine hands arguments of a call to the host and its result back', () => {
  const { run } = make({ onCall: (engine, args) => engine.toProgram(args.map((cell) => engine.fromProgram(cell))) });
  assert.deepEqual(run('host(1, "two", { three: [3] }, "a".repeat(9000) + "b")'), [1, 'two', { three: [3] }, `${'a'.repeat(9000)}b`]);
});

test('Engine throws in the program what the host throws', () => {
  const { run } = make({ onCall: (engine) => engine.throwError(engine.toProgram('no')) });
  assert.equal(run('try { host() } catch (error) { `caught ${error}` }'), 'caught no');
});

test('Engine.bufferView() is the memory of the program, and only of a buffer', () => {
  const { run } = make({
    onCall(engine, args) {
      try {
        engine.bufferView(args[0]!, 1, 2).set([8, 9]);
        return 0;
      } catch (error) {
        return engine.throwError(engine.toProgram((error as Error).message));
      }
    },
  });
  assert.deepEqual(run('const bytes = new Uint8Array([1, 2, 3, 4]); host(bytes.buffer); bytes'), new Uint8Array([1, 8, 9, 4]));
  assert.equal(run('try { host({}) } catch (error) { error }'), 'Expected an ArrayBuffer');
  assert.equal(run('try { host(new ArrayBuffer(2)) } catch (error) { error }'), 'Cannot reach beyond the end of an ArrayBuffer');
});

test('Engine tells of rejections and of handlers that come late', () => {
  const { run, drain, rejections } = make();
  run('globalThis.late = Promise.reject(1); (async () => { throw 2 })(); Promise.reject(3).catch(() => {}); 0');
  drain();
  run('late.catch(() => {}); 0');
  const unhandled = rejections.filter(([handled]) => !handled).map(([, identity]) => identity);
  const handled = rejections.filter(([is]) => is).map(([, identity]) => identity);
  assert.equal(unhandled.length, 3);
  assert.deepEqual(handled.sort(), [unhandled[0]!, unhandled[2]!].sort());
});

test('Engine ends an endless loop that catches everything, once it is asked to', () => {
  const made = make({ onCall: () => 0 });
  let calls = 0;
  Object.defineProperty(made, 'stop', { get: () => ++calls > 3 });
  assert.equal((made.run('for (;;) { try { for (;;); } catch {} }') as unknown[])[0], 'threw');
});

test('Engine says when the memory did not suffice', () => {
  const { engine, run } = make({ memoryLimit: 24 << 20 });
  assert.equal(engine.outOfMemory, false);
  run('const all = []; for (;;) all.push(new Uint8Array(1_000_000))');
  assert.equal(engine.outOfMemory, true);
});

test('Engine gives a program that calls too deep an error it can catch', () => {
  assert.match(
    String(make().run('(function () { function f() { f(); } try { f(); } catch (error) { return error.message; } })()')),
    /overflow/,
  );
});
