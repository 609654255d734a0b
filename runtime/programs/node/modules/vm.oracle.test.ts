/** `vm`, scripts and AsyncLocalStorage against real Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCases, type Case } from './compare.node.ts';

const cjs = (text: string): Case => ({ files: { 'main.cjs': `const vm = require('vm');\n${text}` }, args: ['main.cjs'] });

const cases = {
  'this context': cjs(
    `globalThis.g = 1; console.log(vm.runInThisContext('g + 1'), vm.runInThisContext('typeof require'), vm.runInThisContext('var v1 = 5; v1'), v1, globalThis.v1);`,
  ),
  'lexical declarations outlive the script': cjs(
    `vm.runInThisContext('let a1 = 1; const c1 = 2; class K1 {} function f1() { return a1 + c1 }'); console.log(vm.runInThisContext('a1++; f1()'), vm.runInThisContext('typeof K1')); try { vm.runInThisContext('c1 = 3') } catch (e) { console.log(e.message) } try { vm.runInThisContext('let a1 = 4') } catch (e) { console.log(e.name, e.message) }`,
  ),
  contexts: cjs(
    `const c = vm.createContext({ x: 1, console, out: [] }); console.log(vm.runInContext('var y = x + 1; z = y + 1; function f() { return x } let hidden = 5; this.w = 9; f()', c), Object.keys(c).join(), c.y, c.z, c.w, c.hidden); c.x = 10; console.log(vm.runInContext('f() + hidden', c), vm.isContext(c), vm.isContext({}));`,
  ),
  'globals of a context': cjs(
    `const c = vm.createContext({}); for (const code of ['typeof process', 'typeof require', 'typeof Array', 'typeof undeclared', 'typeof globalThis', 'typeof console', 'globalThis.q = 1; q', 'delete globalThis.q; typeof q', '(() => { "use strict"; return typeof this })()', 'JSON.stringify([1].concat([2]))', 'eval("1 + 1")', 'var e1 = 1; eval("e1 + 1")', 'Object.keys(globalThis).join()']) console.log(code, '=>', vm.runInContext(code, c)); try { vm.runInContext('undeclared', c) } catch (e) { console.log(e.name, e.message) }`,
  ),
  'this that is constructed': cjs(`const c = vm.createContext({ console });
vm.runInContext(\`
class A { static make(x) { return new this(x) } static makeNone() { return new this } constructor(x) { this.x = x } }
console.log(A.make(1).x, A.makeNone().x);
const o = { A, deep: { A }, a() { return new this.A(2).x }, b() { return new this.deep.A(3).x }, c() { return new this['A'](4).x }, d() { return new (this.A)(5).x }, e() { return new this.deep['A'] }, f() { return new (this.get())(6).x }, get() { return A }, g() { const x = 1
  this.y = x; return this.y } };
console.log(o.a(), o.b(), o.c(), o.d(), o.e().x, o.f(), o.g());
function Old() { if (!(this instanceof Old)) return new Old(); this.me = this }
Old.create = function () { var one = new this(); return one.me === one };
console.log(Old.create(), (function () { return this === globalThis })(), (function () { 'use strict'; return this })());
\`, c);`),
  'new context': cjs(
    `console.log(vm.runInNewContext('a + b', { a: 1, b: 2 }), vm.runInNewContext('const t = 1; t'), vm.runInNewContext('throw_ = 1; throw_')); try { vm.runInNewContext('process') } catch (e) { console.log(e.message) }`,
  ),
  'const in a context': cjs(
    `const c = vm.createContext({}); vm.runInContext('const k = 1; let l = 2', c); for (const code of ['k = 2', 'let k = 3', 'var l', 'l = 3; l', 'k']) try { console.log(vm.runInContext(code, c)) } catch (e) { console.log(e.name, e.message) } try { vm.runInContext('tdz; let tdz = 1', c) } catch (e) { console.log(e.name, e.message) }`,
  ),
  'completion values': cjs(
    `for (const code of ['1; var a = 2', 'if (true) 3', '({ a: 1 }).a', 'let z = 4', '"use strict"; 5', 'for (var i = 0; i < 3; i++) i']) console.log(vm.runInNewContext(code), vm.runInThisContext('{' + code + '}'));`,
  ),
  scripts: cjs(
    `const s = new vm.Script('n = n + 1', { filename: 'counter.js' }); const c = vm.createContext({ n: 1 }); s.runInContext(c); s.runInContext(c); console.log(c.n); try { new vm.Script('var 1', { filename: 'bad.js' }) } catch (e) { console.log(e.stack.split('\\n').slice(0, 5).join('|')) } try { vm.runInThisContext('\\n  null.x', { filename: 'f.js', lineOffset: 10 }) } catch (e) { console.log(e.stack.split('\\n')[1]) }`,
  ),
  'errors of a context': cjs(
    `const c = vm.createContext({}); try { vm.runInContext('\\nfunction f() { throw new Error("in") }\\nf()', c, 'ctx.js') } catch (e) { console.log(e.stack.split('\\n').slice(0, 3).join('|')) }`,
  ),
  compileFunction: cjs(
    `const f = vm.compileFunction('return a + b + (typeof ext)', ['a', 'b'], { filename: 'cf.js' }); console.log(f(1, 2), f.length, vm.compileFunction('return ext', [], { contextExtensions: [{ ext: 7 }] })()); const c = vm.createContext({ q: 3 }); console.log(vm.compileFunction('return q', [], { parsingContext: c })()); try { vm.compileFunction('retur n') } catch (e) { console.log(e.name, e.message) }`,
  ),
  'Function in a context': cjs(
    `const c = vm.createContext({ q: 4 }); for (const code of ['new Function("return this")() === globalThis', 'var g = new Function("return this")(); g.made = 1; made', 'new Function("a", "b", "return a + b + q")(1, 2)', 'Function("return typeof process")()', '(() => 1) instanceof Function', 'Function("a,b", "c", "").length', 'Function().name', 'String(Function("a", "return a"))', 'Function("x = 5; return x")()', 'Function("a){", "")', 'Function("return )")', 'var f = Function("n", "function g() { return n * 2 } return g()"); f(21)']) try { console.log(vm.runInContext(code, c)) } catch (e) { console.log(e.name) } console.log(c.made, globalThis.made, c.x, vm.runInNewContext('Function("return 1")()'));`,
  ),
  'import from a script': cjs(
    `const s = new vm.Script('import("fs")', { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }); s.runInThisContext().then((m) => console.log(typeof m.readFileSync)); new vm.Script('import("fs")').runInThisContext().catch((e) => console.log(e.code)); vm.compileFunction('return import("path")', [], { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER })().then((m) => console.log(typeof m.join));`,
  ),
  SourceTextModule: {
    files: {
      'main.mjs': `import vm from 'vm'; const m = new vm.SourceTextModule('import a from "a"; export const b = a + 1; export default import.meta.x', { initializeImportMeta(meta) { meta.x = 'meta' } }); await m.link(async () => { const s = new vm.SyntheticModule(['default'], function () { this.setExport('default', 41) }); return s }); await m.evaluate(); console.log(m.status, m.namespace, m.identifier); const e = new vm.SourceTextModule('throw new Error("x")'); await e.link(() => {}); await e.evaluate().catch((x) => console.log(x.message, e.status, e.error === x)); try { new vm.SourceTextModule('let let') } catch (x) { console.log(x.message) }`,
    },
    args: ['--experimental-vm-modules', '--no-warnings', 'main.mjs'],
  } as Case,
  AsyncLocalStorage: cjs(
    `const { AsyncLocalStorage } = require('async_hooks'); const als = new AsyncLocalStorage(); const log = (n) => console.log(n, als.getStore()); async function f() { log('a'); await 1; log('b'); try { await Promise.reject(1) } catch { log('c') } for await (const x of [1, 2]) log('d' + x); await { then(r) { log('then'); r() } }; log('e'); await new Promise((r) => (next = r)); log('f') } let next; als.run('one', () => f().then(() => log('g'))); als.run('two', () => { setImmediate(() => { log('k'); setTimeout(() => { log('h'); next() }, 1) }); queueMicrotask(() => log('i')); process.nextTick(() => log('j')); Promise.resolve().finally(() => log('l')) }); log('m'); (async () => { await 0; log('n'); als.enterWith('three'); await 0; log('o') })(); const g = (async function* () { log('p'); yield 1; log('q'); await 0; log('r') })(); als.run('four', async () => { await g.next(); await als.run('five', () => g.next()); log('s') });`,
  ),
  'names of async functions': cjs(
    `const o = { async m() { await 1 }, a: async () => { await 1 } }; async function decl(a, b) { await 1 } console.log(o.m.name, o.a.name, decl.name, decl.length, Object.prototype.toString.call(decl), decl.constructor.name, (async (x) => await x).length);`,
  ),
  timeouts: cjs(
    `for (const code of ['while(true);', 'for(;;){}', 'do{}while(1)', 'while(1){try{while(1);}catch{}}', '(function f(n){return n<2?1:f(n-1)+f(n-2)})(100)', 'const g=n=>n<2?1:g(n-1)+g(n-2);g(200)']) for (const run of [() => vm.runInNewContext(code, {}, { timeout: 10 }), () => vm.runInThisContext('{' + code + '}', { timeout: 10 })]) try { run() } catch (e) { console.log(e.code, e.message) } console.log(vm.runInNewContext('let a = 0; for (let i = 0; i < 10; i++) a += i; for (const x of [1, 2]) a += x; a', {}, { timeout: 100_000 })); const inner = { run() { vm.runInNewContext('while (true);', {}, { timeout: 10000 }) } }; try { vm.runInNewContext('run()', inner, { timeout: 20 }) } catch (e) { console.log(e.message) }`,
  ),
  'the global object of a context': cjs(
    `const c = vm.createContext({}); c.window = c; console.log(vm.runInContext('this === window', c), vm.runInContext('(function () { return this })() === this', c), vm.runInContext('Object.defineProperty(this, "x", { value: 42 }); x = 0; x', c)); for (const code of ['"use strict"; x = 0', '"use strict"; nothing = 1', '"use strict"; (function () { return this })()', 'var v = 1; delete v']) try { console.log(vm.runInContext(code, c)) } catch (e) { console.log(e.name) } console.log(Object.getOwnPropertySymbols(c).length, vm.runInThisContext('var kept = 1; delete kept'), kept);`,
  ),
  'lines and columns that begin elsewhere': cjs(
    `try { vm.runInContext(' throw new Error()', vm.createContext({}), { filename: 'f.js', lineOffset: 32, columnOffset: 123 }) } catch (e) { console.log(e.stack.split('\\n').slice(0, 6).join('|')) }`,
  ),
  'contexts of callbacks and rejections': cjs(
    `const { AsyncLocalStorage } = require('async_hooks'); const s = new AsyncLocalStorage(); process.on('unhandledRejection', () => console.log('rejection', s.getStore())); process.on('uncaughtException', (e) => console.log(e.message, s.getStore())); s.run(1, () => { Promise.reject(1); Promise.resolve().then(() => { throw 2 }); setTimeout(() => (async () => { await 1; throw 3 })(), 1) }); s.enterWith(7); setTimeout(() => { console.log('timer', s.getStore()); s.enterWith(8) }, 20); setTimeout(() => s.run(9, () => { throw new Error('q') }), 30); setTimeout(() => console.log('last', s.getStore()), 40); process.on('exit', () => console.log('exit', s.getStore()));`,
  ),
} satisfies Record<string, Case>;

for (const [title, { real, ours }] of await compareCases<string>(cases)) test(`vm: ${title}`, () => assert.deepEqual(ours, real));
test('end', () => void setTimeout(() => process.exit(), 100).unref());
