/** Programs of several modules against real Node: what they print, their errors, their exit codes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCases, type Case } from './compare.node.ts';

const esm = (text: string, files: Record<string, string> = {}): Case => ({ files: { 'main.mjs': text, ...files }, args: ['main.mjs'] });
const cjs = (text: string, files: Record<string, string> = {}): Case => ({ files: { 'main.cjs': text, ...files }, args: ['main.cjs'] });
const pkg = (name: string, fields: object): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, ...fields }),
});

const cases = {
  'import.meta': esm(
    `const m = import.meta; console.log(Object.keys(m), m.url.startsWith('file:///'), m.dirname, m.filename, m.main, m.resolve('./x.mjs'), import.meta === m);`,
  ),
  builtins: esm(
    `import fs, { readFileSync } from 'fs'; import * as path from 'node:path'; import { createRequire } from 'module'; console.log(fs.readFileSync === readFileSync, path.default.join === path.join, createRequire(import.meta.url)('fs') === fs);`,
  ),
  syncBuiltinESMExports: esm(
    `import fs, { existsSync } from 'fs'; import { syncBuiltinESMExports } from 'module'; fs.existsSync = () => 'changed'; console.log(typeof existsSync('/')); syncBuiltinESMExports(); console.log(existsSync('/'));`,
  ),
  'a dependency that has waited, imported again': esm(
    `import './a.mjs'; const b = import('./b.mjs'); console.log((await import('./c.mjs')).c, (await b).b, (await import('./a.mjs')).a);`,
    {
      'a.mjs': `import { c } from './c.mjs'; export const a = c + 'a';`,
      'b.mjs': `export { c as b } from './c.mjs';`,
      'c.mjs': `export const c = await Promise.resolve('c');`,
    },
  ),
  json: esm(`import j from './j.json' with { type: 'json' }; console.log(j);`, { 'j.json': '{"a":[1,2]}' }),
  'json without its type': esm(`import j from './j.json';`, { 'j.json': '{}' }),
  'broken json': esm(
    `await import('./j.json', { with: { type: 'json' } }).catch((e) => console.log(e.name, e.message.replace(/.*\\//, '')));`,
    { 'j.json': '{"a":' },
  ),
  'commonjs names': esm(`import d, { a, b } from './c.cjs'; import * as ns from './c.cjs'; console.log(d, a, b, ns);`, {
    'c.cjs': `exports.a = 1; exports.b = 2; exports['not-a-name'] = 3;`,
  }),
  'commonjs name missing': esm(`import { nope } from './c.cjs';`, { 'c.cjs': `module.exports = { a: 1 };` }),
  'name missing': esm(`import {\n  there,\n  nope,\n} from './m.mjs';`, { 'm.mjs': `export const there = 1;` }),
  'module missing': esm(`import './nothing.mjs';`),
  'package missing': esm(`import 'no-such-package';`),
  conditions: esm(
    `import v from 'p'; import sub from 'p/sub/x'; import self from '#own'; console.log(v, sub, self); import { createRequire } from 'node:module'; console.log(createRequire(import.meta.url)('p'));`,
    {
      'package.json': '{"imports":{"#own":"./own.mjs"}}',
      'own.mjs': 'export default "own"',
      ...pkg('p', { exports: { '.': { import: './i.mjs', require: './r.cjs' }, './sub/*': './s/*.mjs' } }),
      'node_modules/p/i.mjs': 'export default "import"',
      'node_modules/p/r.cjs': 'module.exports = "require"',
      'node_modules/p/s/x.mjs': 'export default "sub"',
    },
  ),
  'not exported': esm(`import 'p/hidden';`, pkg('p', { exports: './i.mjs' })),
  'dynamic import': esm(
    `const m = await import('./a.mjs'); console.log(m, m === await import('./a.mjs')); await import('./none.mjs').catch((e) => console.log(e.code)); await import('./bad.mjs').catch((e) => console.log(e.name, e.message)); console.log((await import('data:text/javascript,export default 5')).default);`,
    { 'a.mjs': 'export const a = 1; export default function f() {}', 'bad.mjs': 'let let = 1' },
  ),
  'dynamic import from commonjs': cjs(
    `import('./a.mjs').then((m) => console.log(m.a)); const f = async () => (await import('./a.mjs')).default; f().then(console.log); console.log('first');`,
    { 'a.mjs': 'export const a = 1; export default 2' },
  ),
  'dynamic import arguments': esm(
    `for (const f of [() => import({ toString() { throw new Error('t') } }), () => import('./j.json', 1), () => import('./j.json', { with: 1 }), () => import('./j.json', { with: { type: 1 } })]) await f().catch((e) => console.log(e.name, e.message)); console.log((await import('./j.json', { with: { type: 'json' } })).default);`,
    { 'j.json': '1' },
  ),
  'require(esm)': cjs(`const m = require('./a.mjs'); console.log(m, m.default.name, require('./b.mjs'), require('./c.mjs'));`, {
    'a.mjs': 'export default class A {} export let x = 1',
    'b.mjs': 'export const only = 1',
    'c.mjs': "const v = { q: 1 }; export { v as 'module.exports' }",
  }),
  'require(esm) with await': cjs(
    `try { require('./a.mjs') } catch (e) { console.log(e.code, e.message) } import('./a.mjs').then((m) => console.log(m.a));`,
    { 'a.mjs': 'export const a = await 1' },
  ),
  'require(esm) that throws': cjs(`for (let i = 0; i < 2; i++) try { require('./a.mjs') } catch (e) { console.log(e.message) }`, {
    'a.mjs': 'throw new Error("from esm")',
  }),
  'require(esm) in a cycle': cjs(`require('./a.mjs')`, {
    'a.mjs': `import './b.cjs'`,
    'b.cjs': `try { require('./a.mjs') } catch (e) { console.log(e.code) }`,
  }),
  detection: {
    files: {
      'main.js': `import { a } from './a.js'; console.log(a, typeof require, import.meta.filename.endsWith('main.js'));`,
      'a.js': `export const a = await 5;`,
    },
    args: ['main.js'],
  } as Case,
  'detection by await only': { files: { 'main.js': `await 0; console.log(typeof require);` }, args: ['main.js'] } as Case,
  'commonjs by package': { files: { 'main.js': `import fs from 'fs';`, 'package.json': '{"type":"commonjs"}' }, args: ['main.js'] } as Case,
  'require in a module': esm(`require('fs');`),
  '__dirname in a module': esm(`console.log(__dirname);`),
  'a file in node_modules that belongs to no package': {
    files: {
      'main.js': `import a from 'a/a.js'; console.log(a);`,
      'package.json': '{"type":"module"}',
      'node_modules/a/a.js': 'module.exports = 1;',
    },
    args: ['main.js'],
  } as Case,
  'package of modules': {
    files: { 'main.js': `console.log(this, import.meta.dirname !== undefined); module.exports = 1;`, 'package.json': '{"type":"module"}' },
    args: ['main.js'],
  } as Case,
  'eval as a module': {
    files: { 'a.mjs': 'export default 3' },
    args: ['--input-type=module', '-e', `import a from './a.mjs'; console.log(a, import.meta.url);`],
  } as Case,
  'eval, detected': { files: {}, args: ['-e', `import { basename } from 'path'; console.log(basename('/a/b'))`] } as Case,
  print: { files: {}, args: ['-p', `[1, 2].map((x) => x * 2)`] } as Case,
  'thrown at the top': esm(`console.log('before');\n\nthrow new TypeError('wrong');`),
  'thrown in a function': esm(`import { f } from './a.mjs';\nf();`, { 'a.mjs': `export function f() {\n  null.x;\n}` }),
  'thrown after await': esm(`await 1;\nthrow new Error('late');`),
  'rejected at the top': esm(`await Promise.reject(new RangeError('r'));`),
  'rejected at the top, long stack': {
    files: { 'main.mjs': `await Promise.reject(new RangeError('r'));` },
    args: ['--stack-trace-limit=30', 'main.mjs'],
  } as Case,
  'thrown four calls deep after an import': esm(
    `import './a.mjs';\nconst a = () => { throw new Error('deep') }, b = () => a(), c = () => b();\nfunction d() { c() }\nawait d();`,
    { 'a.mjs': `import './b.mjs';`, 'b.mjs': `export {}` },
  ),
  'rejection unhandled': esm(`Promise.reject(new Error('lost'));`),
  'never settles': esm(`console.log('in');\nawait new Promise(() => {});`),
  'never settles, exit code': esm(`process.on('exit', (code) => console.log('exit', code));\nawait new Promise(() => {});`),
  'syntax error': esm(`const a = 1;\nlet b = ;`),
  'syntax error in commonjs': cjs(`const a = 1;\nfoo(1 2);`),
  'syntax error in a dependency': esm(`import './a.mjs';`, { 'a.mjs': `export const x = 1;\n\nfunction (` }),
  'syntax error required': cjs(
    `try { require('./a.cjs') } catch (e) { console.log(e.name, e.message, e.stack.split('\\n').slice(0, 3).join('|').replace(/[^|]*\\//, '')); }`,
    { 'a.cjs': `\n  let x = {;` },
  ),
  'stack of commonjs': cjs(
    `function f() { return new Error('s') }\nclass A { m() { return f() } static s() { return new A().m() } get g() { return f() } }\nconsole.log(A.s().stack); console.log(new A().g.stack.split('\\n')[2]); console.log([1].map(() => f())[0].stack.split('\\n').slice(1, 4).join('\\n')); new (class B { constructor() { console.log(f().stack.split('\\n')[2]) } })(); const o = { ['x y']() { return f() }, z: () => f() }; console.log(o['x y']().stack.split('\\n')[2], o.z().stack.split('\\n')[2]);`,
  ),
  'stack of a module': esm(
    `import { f } from './a.mjs'; const x = 1; console.log(f().stack.split('\\n').slice(0, 4).join('\\n')); const y = f(), z = (() => f())(); console.log(y.stack.split('\\n')[2]); console.log(z.stack.split('\\n')[2], z.stack.split('\\n')[3]);`,
    { 'a.mjs': `export function f() { return new Error('s') }` },
  ),
  'stack api': cjs(
    `Error.prepareStackTrace = (e, s) => s; const [a] = new Error().stack; console.log(a.getFileName() === __filename, a.getLineNumber(), a.getColumnNumber(), a.getFunctionName(), a.getTypeName(), a.isToplevel(), a.isEval(), a.isNative(), a.isConstructor(), String(a).replace(/\\(.*\\//, '('), a.getEvalOrigin()); const o = {}; function f() { Error.captureStackTrace(o, f); return o.stack } console.log(f().length > 3, f()[0].getFunctionName()); Error.prepareStackTrace = undefined; Error.stackTraceLimit = 1; console.log(new Error('x').stack.split('\\n').length);`,
  ),
  'eval inside': cjs(
    `console.log(eval('new Error("e").stack').split('\\n').slice(0, 2).join('|').replace(/\\/[^|]*\\//g, '').replace(/(main.cjs)[:\\d]*/, '$1')); console.log(new Function('a', 'return a + 1')(1), (0, eval)('typeof require'));`,
  ),
  'top-level await order': esm(
    `import './a.mjs'; import './b.mjs'; console.log('main'); setImmediate(() => console.log('immediate')); process.nextTick(() => console.log('tick')); Promise.resolve().then(() => console.log('micro'));`,
    {
      'a.mjs': `console.log('a1'); await 0; console.log('a2');`,
      'b.mjs': `import './c.mjs'; console.log('b');`,
      'c.mjs': `console.log('c1'); await 0; console.log('c2');`,
    },
  ),
  hooks: {
    files: {
      'main.mjs': `import { registerHooks } from 'node:module'; registerHooks({ resolve(s, c, n) { return s === 'virtual:x' ? { url: 'virtual:x', shortCircuit: true } : n(s, c) }, load(u, c, n) { return u === 'virtual:x' ? { format: 'module', source: 'export default "virtual"', shortCircuit: true } : n(u, c) } }); console.log((await import('virtual:x')).default);`,
    },
    args: ['main.mjs'],
  } as Case,
  check: { files: { 'a.mjs': `let x = ;` }, args: ['--check', 'a.mjs'] } as Case,
  'import() in code made of strings': cjs(
    `const show = (name) => [(m) => console.log(name, m.x), (e) => console.log(name, e.code, e.message)]; const AsyncFunction = (async () => {}).constructor; (async () => { await new Function('return import("./m.mjs")')().then(...show('Function')); await new Function('s', 'return import(s)')('./m.mjs').then(...show('argument')); await eval('import("./m.mjs")').then(...show('eval')); await (0, eval)('import("./m.mjs")').then(...show('indirect')); console.log(await new AsyncFunction('return (await import("./m.mjs")).x')()); })();`,
    { 'm.mjs': 'export const x = 5' },
  ),
  'direct eval reads imports': esm(
    `import { x } from './m.mjs'; const f = () => { const x = 9; return eval('x'); }; console.log(eval('x + 1'), f(), eval('typeof x'), eval('typeof nothing')); try { eval('x = 3') } catch (e) { console.log(e.name, e.message) } await eval('import("./m.mjs")').then((m) => console.log(m.x)); { const eval_ = eval; console.log(typeof eval_('1')); }`,
    { 'm.mjs': 'export let x = 5' },
  ),
  'Function constructors': cjs(
    `const f = new Function('a', 'b', 'return a + b'); class F extends Function { hi() { return 1 } } const g = new F('return import("fs")'); console.log(f(1, 2), String(f), f.constructor === Function, f instanceof Function, Function.name, Function.length, g.hi(), g instanceof F, (async () => {}).constructor.name); try { new Function('}') } catch (e) { console.log(e.name, e.message) } console.log(eval('var q = 5; q'), q, (function (eval) { return eval('x') })((x) => x + '!'));`,
  ),
  'sourceURL names a script': cjs(
    `function f() { return new Error('s').stack.split('\\n')[1].trim() }\nconsole.log(f());\n//# sourceURL=renamed.js`,
  ),
  'throw in TypeScript': {
    files: { 'main.ts': 'interface A { x: number }\nfunction f(a: A): never {\n  throw new TypeError(`bad ${a.x}`);\n}\nf({ x: 1 });' },
    args: ['main.ts'],
  } as Case,
  'throw in a string': { files: {}, args: ['-e', 'null.x'] } as Case,
  'env files': {
    files: { '.env': 'A=1\nB="two words"\n', 'main.cjs': 'console.log(process.env.A, process.env.B)' },
    args: ['--env-file=.env', '--env-file-if-exists=none', 'main.cjs'],
  } as Case,
  'inspect a namespace': esm(
    `import * as ns from './a.mjs'; import util from 'util'; console.log(ns, util.types.isModuleNamespaceObject(ns), util.types.isProxy(ns), util.inspect(ns, { showProxy: true })); console.log({ ...ns }, Object.entries(ns));`,
    { 'a.mjs': 'export const a = 1; export default {}; export let u;' },
  ),
} satisfies Record<string, Case>;

const results = await compareCases(cases);
for (const [title, { real, ours }] of results) {
  test(`modules: ${title}`, () => assert.deepEqual(ours, real));
}
// The workers of the harness would keep the process.
test('end', () => void setTimeout(() => process.exit(), 100).unref());
