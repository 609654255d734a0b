/** Code that tells who waits for it must do what it did; what was told must not be kept. */
import { parse } from 'acorn';
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'node:test';
import { AsyncContext } from './async-context.ts';
import { AsyncFrames, type AsyncFrame } from './async-frames.ts';
import { compileScript } from './compile-script.ts';
import type { Parse } from './syntax.ts';

const nativeThen = Promise.prototype.then;
const frames = new AsyncFrames((error) => error);
const context = new AsyncContext();
context.followFrames(frames);
Object.defineProperty(Promise.prototype, 'then', {
  value: function then(this: unknown, fulfilled: unknown, rejected: unknown) {
    return frames.then(nativeThen, this, fulfilled, rejected);
  },
  writable: true,
  configurable: true,
});

const compile = (source: string) =>
  compileScript(source, parse as unknown as Parse, { isFunctionBody: true, keepContext: true, showCaught: true });

/** Runs a body that must not be in need of anything but `extra`. */
function run(source: string, extra: Record<string, unknown> = {}): Promise<unknown> {
  const { code, helper } = compile(source);
  const names = Object.keys(extra);
  const body = new Function(...names, ...(helper === undefined ? [] : [helper]), code) as (...args: unknown[]) => Promise<unknown>;
  return body(...Object.values(extra), Object.create(context.helpers));
}

const forms: Readonly<Record<string, string>> = {
  'a sequence that is returned': 'let n = 0; const f = () => ++n; return (async () => { await 1; return (n = 5, f()); })();',
  'an arrow function that gives a sequence': 'const f = (x) => x; return (async (x) => (await x, f(x + 1)))(1);',
  'an optional chain of calls': 'const a = null; return (async () => { await 1; const x = a?.b().c(); a?.b().c(); return String(x); })();',
  'an optional call of a method': 'const a = { b: () => ({ c: 4 }) }; return (async () => { await 1; const x = a.b?.().c; return x; })();',
  'functions declared twice': 'return (async () => { await 1; var q = 1; function q() {} return typeof q; })();',
  'functions used before they are declared': "'use strict'; return (async () => { await 1; return g(); function g() { return 7; } })();",
  'parameters that the body hides':
    'return (async function (a, b = () => a) { var a; a = 2; await 1; return [a, b(), arguments.length]; })(1);',
  'new of what a call gives':
    'const make = () => class { x = 3; }; return (async () => { await 1; const o = new (make())(); return o.x; })();',
  'executors of all kinds':
    'return (async () => { const a = await new Promise((r) => r(1)); const f = (r) => r(2); const b = await new Promise(f); let c; try { await new Promise(3); } catch (e) { c = e.name; } let d; try { await new Promise(() => { throw 4; }); } catch (e) { d = e; } return [a, b, c, d]; })();',
  'generators that delegate and are ended':
    'const seen = []; async function* a() { try { const got = yield 1; seen.push(got); yield; yield* [2, 3]; } finally { seen.push("end"); } } async function* b() { seen.push(yield* a()); } return (async () => { const it = b(); seen.push(await it.next(), await it.next("x"), await it.next(), await it.return(9)); for await (const x of b()) { seen.push(x); break; } return seen; })();',
  'loops over promises, with labels':
    'return (async () => { const seen = []; outer: for await (const x of [1, Promise.resolve(2), 3]) { for await (const y of [x, 9]) { if (y === 2) continue outer; seen.push(y); } } return seen; })();',
  'the order of what waits':
    'const log = []; const f = async (n) => { log.push(n); await null; log.push(-n); return n; }; return (async () => { const a = f(1), b = f(2); const g = async () => f(3); log.push(await g(), await a); log.push(...await Promise.all([b, f(4)])); await Promise.any([Promise.reject(1), f(5)]); await Promise.allSettled([f(6)]).then((x) => log.push(x.length)).finally(() => log.push(7)); return log; })();',
  'catch clauses of all kinds':
    'return (async () => { const seen = []; try { await Promise.reject({ a: 1 }); } catch ({ a }) { seen.push(a); } try { await Promise.reject(2); } catch (e) { seen.push(e); } try { await Promise.reject(3); } catch { seen.push(3); } finally { await 4; seen.push(4); } return seen; })();',
};

for (const [name, source] of Object.entries(forms)) {
  test(`code that is followed does what it did: ${name}`, async () => {
    const expected: unknown = await (new Function(source) as () => Promise<unknown>)();
    assert.deepEqual(await run(source), expected);
  });
}

/** The lines of what waits, or the name of what combines promises. */
async function waiting(source: string): Promise<(number | string)[]> {
  let seen: readonly AsyncFrame[] | undefined;
  await run(source, { look: () => void (seen = frames.capture()) }).catch(() => {});
  return (seen ?? []).map((frame) =>
    'combinator' in frame ? `${frame.combinator} ${frame.index}` : source.slice(0, frame.at).split('\n').length,
  );
}

test('capture() follows who waits, and nobody else', async () => {
  const f = 'const f = async () => { await null; look(); };\n';
  assert.deepEqual(await waiting(`${f}return (async () => {\nawait f(); })();`), [3]);
  assert.deepEqual(await waiting(`${f}const g = () => f();\nreturn (async () => {\nawait g(); })();`), [4]);
  assert.deepEqual(await waiting(`${f}return (async () => {\nawait Promise.all([1, f()]); })();`), ['all 1', 3]);
  assert.deepEqual(await waiting(`${f}return (async () => {\nconst p = f();\nawait p; })();`), [4]);
  assert.deepEqual(await waiting(`${f}return (async () => {\nconst p = f(); p.catch(() => {});\nawait p; })();`), []);
  assert.deepEqual(await waiting(`${f}return (async () => {\nf();\nawait new Promise((r) => setTimeout(r, 1)); })();`), []);
  assert.deepEqual(
    await waiting(`${f}const g = () => { f(); return new Promise((r) => setTimeout(r, 1)); };\nreturn (async () => {\nawait g(); })();`),
    [],
  );
  assert.deepEqual(await waiting(`return (async () => {\nawait new Promise(async (r) => { await null; look(); r(); }); })();`), []);
});

test('what waited can be collected, whatever it waited for', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const settled = Promise.withResolvers<number>();
  const held: WeakRef<object>[] = [];
  const note = (object: object) => void held.push(new WeakRef(object));
  const source = `const f = async () => { const big = { big: new Array(1000) }; note(big); await kept; return big; };
return (async () => { await f(); kept.then(() => { const big = {}; note(big); return big; }); await Promise.all([f(), kept]); for await (const x of [kept]) note([x]); })();`;
  const { kept } = { kept: settled.promise };
  const done = run(source, { kept, note });
  settled.resolve(1);
  await done;
  await new Promise((resolve) => setTimeout(resolve, 1));
  collect();
  await new Promise((resolve) => setTimeout(resolve, 1));
  collect();
  assert.deepEqual(
    held.length >= 4 && held.map((ref) => ref.deref()),
    held.map(() => undefined),
  );
  assert.equal(await kept, 1);
});
