/** Module graphs against real Node's `vm.SourceTextModule`: the same texts, the same log of what ran and what was seen. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeModuleWrap } from '../bindings/module-wrap.ts';
import type { Untyped } from '../realm.ts';
import { makeTestingRealm } from './testing-realm.ts';

type Graph = Readonly<Record<string, string>>;

/** `main` is the entry; `log(...)` writes a line; specifiers are keys. */
const graphs: Readonly<Record<string, Graph>> = {
  'live bindings': { main: `import { n, up } from 'a'; log(n); up(); log(n);`, a: `export let n = 1; export function up() { n += 1; }` },
  'default export of an expression is not live': {
    main: `import d, { set } from 'a'; log(d); set(); log(d);`,
    a: `let x = 1; export default x; export function set() { x = 2; }`,
  },
  'named default is live': {
    main: `import d, { set } from 'a'; log(typeof d); set(); log(d);`,
    a: `export default function f() {} export function set() { f = 2; }`,
  },
  'names of anonymous defaults': {
    main: `import a from 'a'; import b from 'b'; import c from 'c'; import d from 'd'; log(a.name, b.name, c.name, d.name);`,
    a: `export default function () {}`,
    b: `export default class {}`,
    c: `export default () => {};`,
    d: `export default (class { static name = 'own' })`,
  },
  'cycle with a hoisted function': {
    main: `import { f } from 'a'; export function g() { return 'g'; } log(f());`,
    a: `import { g } from 'main'; log(g()); export function f() { return 'f' + g(); }`,
  },
  'cycle with an uninitialised binding': {
    main: `import 'a'; export let x = 1; export const y = 2; export class C {} export default 3;`,
    a: `import d, { x, y as z, C } from 'main'; for (const f of [() => x, () => z, () => C, () => d, () => typeof x]) try { f(); } catch (e) { log(e.name, e.message); }`,
  },
  'namespace before initialisation': {
    main: `import * as ns from 'a'; export let x = 1;`,
    a: `import * as m from 'main'; try { m.x; } catch (e) { log(e.name, e.message); } log(Object.keys(globalThis).length > 0); try { Object.keys(m); } catch (e) { log(e.name); } log('x' in m); export let q;`,
  },
  'namespace object': {
    main: `import * as ns from 'a'; log(Object.getPrototypeOf(ns), Object.isExtensible(ns), Reflect.ownKeys(ns).map(String).join(), Object.prototype.toString.call(ns), JSON.stringify(Object.getOwnPropertyDescriptor(ns, 'b'))); for (const f of [() => { ns.a = 1; }, () => { delete ns.a; }, () => Object.defineProperty(ns, 'a', { value: 9 }), () => { ns.zz = 1; }, () => Object.setPrototypeOf(ns, {}), () => Object.freeze(ns)]) try { f(); log('ok'); } catch (e) { log(e.name); } log(Reflect.set(ns, 'a', 1), Reflect.deleteProperty(ns, 'zz'), Reflect.has(ns, 'a'), ns.nothing, Reflect.setPrototypeOf(ns, null));`,
    a: `export const b = 1, a = 2, Z = 3; export default 4;`,
  },
  'assignment to an import': {
    main: `import { x } from 'a'; import * as ns from 'a'; for (const f of [() => { x = 1; }, () => { x++; }, () => { [x] = [1]; }, () => { ({ x } = { x: 1 }); }, () => { for (x of [1]); }, () => { ns = 1; }, () => { x ||= 1; }]) try { f(); log('ok'); } catch (e) { log(e.name, e.message); }`,
    a: `export let x = 0;`,
  },
  shadowing: {
    main: `import { x } from 'a'; function f(x) { return x; } function g(y = x) { var x = 'inner'; return y + x; } { let x = 'block'; log(x); } log(f('p'), g(), (x => x)('arrow'), ((...x) => x.length)(1, 2), [1].map(function x() { return typeof x; }).join(), { x }.x, { x: 1 }.x, { x() { return 1; } }.x()); try { throw 'c'; } catch (x) { log(x); } for (const x of ['loop']) log(x); class A { x = x; static x = x; #x = x; get y() { return this.#x; } } log(new A().x, A.x, new A().y); lab: for (;;) { break lab; } switch (1) { case 1: let x = 'sw'; log(x); } log(x, typeof x, \`\${x}\`);`,
    a: `export const x = 'import';`,
  },
  'calls have no receiver': {
    main: `import { f, t } from 'a'; log(f() === undefined, (0, f)() === undefined, new f() instanceof f); const v = 1\nf()\nt\`a\${v}\`; if (v) f(); else f()\nlog(f?.() === undefined)`,
    a: `export function f() { return this && this instanceof f ? this : this; } export const t = (s, ...v) => log(s.raw.join('|'), ...v);`,
  },
  'destructured exports': {
    main: `import { a, b, c, d } from 'a'; log(a, b, c.join(), d);`,
    a: `export const { a, x: [b, ...c], d = 4 } = { a: 1, x: [2, 3, 4] };`,
  },
  'export star': {
    main: `import * as ns from 'a'; log(Object.keys(ns).join());`,
    a: `export * from 'b'; export * from 'c'; export const own = 1;`,
    b: `export const b = 1, own = 2; export default 5;`,
    c: `export const c = 1;`,
  },
  'export star as': {
    main: `import { ns, other } from 'a'; log(ns.b, other.b);`,
    a: `export * as ns from 'b'; import * as other from 'b'; export { other };`,
    b: `export const b = 'b';`,
  },
  'string names': {
    main: `import { 'a b' as x } from 'a'; log(x); import * as n from 'a'; log(n['a b']);`,
    a: `const v = 7; export { v as 'a b' };`,
  },
  'star conflict, unused': {
    main: `import * as ns from 'a'; log(Object.keys(ns).join(), ns.x);`,
    a: `export * from 'b'; export * from 'c';`,
    b: `export const x = 1, b = 1;`,
    c: `export const x = 2, c = 1;`,
  },
  'star conflict, imported': {
    main: `import { x } from 'a';`,
    a: `export * from 'b'; export * from 'c';`,
    b: `export const x = 1;`,
    c: `export const x = 2;`,
  },
  'same binding through two stars': {
    main: `import { x } from 'a'; log(x);`,
    a: `export * from 'b'; export * from 'c';`,
    b: `export { x } from 'd';`,
    c: `export { x } from 'd';`,
    d: `export const x = 'd';`,
  },
  'missing export': { main: `import { y } from 'a';`, a: `export const x = 1;` },
  'missing default': { main: `import y from 'a';`, a: `export const x = 1;` },
  'missing re-export': { main: `export { y } from 'a';`, a: `export const x = 1;` },
  'circular re-export': { main: `import { x } from 'a';`, a: `export { x } from 'b';`, b: `export { x } from 'a';` },
  'order of evaluation': {
    main: `log('main'); import 'a'; import 'b';`,
    a: `import 'c'; log('a');`,
    b: `import 'c'; import 'a'; log('b');`,
    c: `log('c');`,
  },
  'order with re-exports': {
    main: `export * from 'a'; import 'b'; export { c } from 'c'; log('main');`,
    a: `log('a');`,
    b: `log('b');`,
    c: `log('c'); export const c = 1;`,
  },
  'error in a dependency': { main: `import 'a'; log('never');`, a: `log('a'); throw new Error('boom');` },
  'error in a cycle': {
    main: `import 'a'; log('main');`,
    a: `import 'b'; log('a');`,
    b: `import 'a'; log('b'); throw new RangeError('in b');`,
  },
  'top-level await': { main: `import { x } from 'a'; log(x);`, a: `export let x = 1; x = await Promise.resolve(2); log('a');` },
  'await order of siblings': {
    main: `import 'a'; import 'b'; import 'c'; log('main');`,
    a: `log('a1'); await 0; log('a2'); await 0; log('a3');`,
    b: `log('b1'); await 0; log('b2');`,
    c: `log('c');`,
  },
  'await order in a diamond': {
    main: `import 'l'; import 'r'; log('main');`,
    l: `import 'base'; log('l1'); await 0; log('l2');`,
    r: `import 'base'; log('r');`,
    base: `log('base1'); await null; log('base2');`,
  },
  'await order in a cycle': {
    main: `import 'a'; import 'z'; log('main');`,
    a: `import 'b'; log('a1'); await 0; log('a2');`,
    b: `import 'a'; log('b1'); await 0; log('b2');`,
    z: `import 'b'; log('z');`,
  },
  'ancestors in order': {
    main: `import 'a'; import 'b'; import 'c'; log('main');`,
    a: `import 'w'; log('a');`,
    b: `import 'w'; await 0; log('b');`,
    c: `import 'w'; log('c');`,
    w: `await 0; log('w');`,
  },
  'await rejection': { main: `import 'a'; log('never');`, a: `import 'b'; log('a');`, b: `await Promise.reject(new Error('late'));` },
  'await rejection caught': {
    main: `try { await Promise.reject(1); } catch (e) { log('caught', e); } finally { log('fin'); } const f = async () => { await 0; return 5; }; log(await f());`,
  },
  'ticks of await': {
    main: `const ticks = []; let p = Promise.resolve(); for (let i = 0; i < 12; i++) { const n = i; p = p.then(() => ticks.push('t' + n)); } await 0; ticks.push('m1'); await Promise.resolve(1); ticks.push('m2'); await { then(r) { r(); } }; ticks.push('m3'); await (async () => { await 1; })(); ticks.push('m4'); log(ticks.join(' '));`,
  },
  'ticks with children': {
    main: `import 'a'; import 'b'; log('main'); Promise.resolve().then(() => log('micro'));`,
    a: `let p = Promise.resolve(); for (let i = 0; i < 8; i++) { const n = i; p = p.then(() => log('t' + n)); } await 0; log('a');`,
    b: `import 'c'; log('b');`,
    c: `await 0; log('c');`,
  },
  'for await': {
    main: `import 'a'; for await (const x of [1, Promise.resolve(2)]) log(x); l: for await (const y of (async function* () { yield 1; yield 2; })()) { if (y === 1) continue l; log(y); } log('end');`,
    a: `log('a');`,
  },
  'this and arguments': {
    main: `log(this, typeof arguments); try { arguments; } catch (e) { log(e.message); } (function () { log(arguments.length); })(1); const f = () => { try { arguments; } catch (e) { return e.message; } }; log(f());`,
  },
  strict: { main: `try { undeclared = 1; } catch (e) { log(e.name, e.message); } log((function () { return this; })());` },
  'functions await in all forms': {
    main: `const log2 = []; async function a(x) { try { return await x; } catch (e) { return 'c' + await e; } finally { await 0; log2.push('f'); } } const b = async (x) => await x + 1, c = async x => ({ v: await x }), d = async () => (await 1, await 2); async function* g() { yield await 1; const r = yield 2; log2.push(r); for await (const q of [3]) yield q; } class K { async m() { return await this.v; } v = 4; static async s() { await null; return 5; } } log(await a(1), await a(Promise.reject(2)), await b(3), (await c(4)).v, await d(), await new K().m(), await K.s()); const it = g(); log(JSON.stringify([await it.next(), await it.next(), await it.next('r'), await it.next()])); log(log2.join()); log(await (async () => { let s = 0; for await (const x of [1, 2]) { if (x === 2) break; s += x; } return s; })());`,
  },
  'json through a hashbang': { main: `#!/usr/bin/env node\nlog('ran');` },
  'import.meta': { main: `log(typeof import.meta, Object.getPrototypeOf(import.meta), import.meta === import.meta);` },
  'duplicate requests': {
    main: `import 'a'; import { x } from 'a'; export { x } from 'a'; log(x);`,
    a: `log('once'); export const x = 1;`,
  },
  'semicolons that were not written': {
    main: `import { f } from 'a'\nlet a = 1\nexport { a }\nimport 'a'\n;[1].forEach((x) => log(x))\nexport default a\n(function () { log('iife') })`,
    a: `export const f = 1`,
  },
  'class exports': {
    main: `import { A, default as B } from 'a'; log(new A().n(), new B() instanceof A);`,
    a: `export class A { n() { return 'n'; } } export default class extends A {}`,
  },
  'var exports before evaluation': {
    main: `import 'a'; export var v = 1; export { f as default }; function f() { return v; }`,
    a: `import f, { v } from 'main'; log(v, f());`,
  },
};

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function runOurs(graph: Graph): Promise<string[]> {
  const realm = makeTestingRealm();
  const { ModuleWrap } = makeModuleWrap(realm) as Untyped;
  const lines: string[] = [];
  (globalThis as Untyped).log = (...values: unknown[]) => lines.push(values.map(String).join(' '));
  const wraps = new Map<string, Untyped>();
  const load = (name: string): Untyped => {
    const known = wraps.get(name);
    if (known !== undefined) return known;
    const wrap = new ModuleWrap(name, undefined, graph[name]!, 0, 0);
    wraps.set(name, wrap);
    wrap.link(wrap.getModuleRequests().map((request: Untyped) => load(request.specifier)));
    return wrap;
  };
  try {
    const main = load('main');
    main.instantiate();
    await main.evaluate(-1, false);
  } catch (error) {
    lines.push(`threw ${describe(error)}`);
  }
  await new Promise(setImmediate);
  return lines;
}

/** Run in a child with `--experimental-vm-modules`; prints all logs as JSON. */
async function runReal(): Promise<void> {
  const vm = await import('node:vm');
  const results: Record<string, string[]> = {};
  for (const [title, graph] of Object.entries(graphs)) {
    const lines: string[] = [];
    (globalThis as Untyped).log = (...values: unknown[]) => lines.push(values.map(String).join(' '));
    const modules = new Map<string, Untyped>();
    const load = (name: string): Untyped => {
      let module = modules.get(name);
      if (module === undefined) modules.set(name, (module = new (vm as Untyped).SourceTextModule(graph[name]!, { identifier: name })));
      return module;
    };
    try {
      const main = load('main');
      await main.link((specifier: string) => load(specifier));
      await main.evaluate();
    } catch (error) {
      lines.push(`threw ${describe(error)}`);
    }
    await new Promise(setImmediate);
    results[title] = lines;
  }
  process.stdout.write(JSON.stringify(results));
}

if (process.env['BV_GRAPHS'] === 'real') await runReal();
else {
  const child = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', fileURLToPath(import.meta.url)], {
    env: { ...process.env, BV_GRAPHS: 'real', NODE_TEST_CONTEXT: '' },
    encoding: 'utf8',
  });
  const real = JSON.parse(child.stdout || `{"error":${JSON.stringify(child.stderr)}}`) as Record<string, string[]>;
  for (const [title, graph] of Object.entries(graphs)) {
    test(`module graph: ${title}`, async () => {
      assert.deepEqual(await runOurs(graph), real[title]);
    });
  }
}
