import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteLoadedScript } from '../../../process/script-names.ts';
import { Sources } from '../modules/sources.ts';
import { ParsedCallSite } from './call-site.ts';
import { parseStack } from './engines.ts';
import { libraryFunction } from './library-functions.ts';
import { tellEvaluated } from './tell-evaluated.ts';

const sources = new Sources();
sources.add('/app/a.js', { text: 'x', columns: [1, 1, -1, 1, 61, 1], lineOffset: 0, columnOffset: 0 });
const tellers = { tell: tellEvaluated, libraryLine: () => undefined };
const show = (text: string): string[] =>
  parseStack(text, sources, (name) => name.startsWith('blob:'), tellers).map((frame) => String(new ParsedCallSite(frame)));

test('parseStack() reads Gecko stacks, leaves our frames out and corrects columns', () => {
  const text =
    'f@/app/a.js:1:64\nA.prototype.m/<@/app/b.js:2:3\nA.prototype.m@/app/b.js:2:1\nevaluate@blob:null/1:9:9\n@file:///app/m.mjs:3:4\nasync*run@node:internal/modules/esm/module_job:5:6\n';
  assert.deepEqual(show(text), [
    'f (/app/a.js:1:4)',
    '/app/b.js:2:3',
    'A.m (/app/b.js:2:1)',
    'file:///app/m.mjs:3:4',
    'async run (node:internal/modules/esm/module_job:5:6)',
  ]);
});

test('parseStack() tells of code given to eval where it was called, as far as the frames below tell', () => {
  const own = 'blob:null/1 line 9 > eval';
  assert.deepEqual(show(`@${own} line 2 > eval:1:7\ng@/app/b.js:2:16\n@/app/b.js:7:1`), [
    'eval (eval at g (/app/b.js:2:16), <anonymous>:1:7)',
    'g (/app/b.js:2:16)',
    '/app/b.js:7:1',
  ]);
  assert.deepEqual(show(`@${own} line 5 > eval line 1 > eval:1:7\n@${own} line 5 > eval:1:1\n/app/b.js/<@/app/b.js:5:12`), [
    'eval (eval at <anonymous> (eval at <anonymous> (/app/b.js:5:12)), <anonymous>:1:7)',
    'eval (eval at <anonymous> (/app/b.js:5:12), <anonymous>:1:1)',
    '/app/b.js:5:12',
  ]);
  const indirect = 'blob:null/1 line 30 > eval';
  assert.deepEqual(show(`q@${indirect}:1:22\n@${indirect}:1:40\nindirectEval@blob:null/1:30:7\ng@blob:null/1:40:2\nf@/app/b.js:4:21`), [
    'q (eval at f (/app/b.js:4:21), <anonymous>:1:22)',
    'eval (eval at f (/app/b.js:4:21), <anonymous>:1:40)',
    'eval (<anonymous>)',
    'f (/app/b.js:4:21)',
  ]);
  // A function that runs later.
  assert.deepEqual(show(`late@${own} line 2 > eval:3:7\nlistOnTimeout@node:internal/timers:588:11`), [
    'late (<anonymous>:3:7)',
    'listOnTimeout (node:internal/timers:588:11)',
  ]);
});

test('parseStack() names functions of Gecko as V8 does', () => {
  const names = ['outer/result<', 'Worker/this[kHandle].onexit', '[kOnExit]', 'outer/[Symbol.iterator]', 'a[0]', 'outer/inner'];
  assert.deepEqual(show(names.map((name) => `${name}@/app/b.js:1:2`).join('\n')), [
    '/app/b.js:1:2',
    'Worker.<computed>.onexit (/app/b.js:1:2)',
    '[kOnExit] (/app/b.js:1:2)',
    '[Symbol.iterator] (/app/b.js:1:2)',
    'a0 (/app/b.js:1:2)',
    'inner (/app/b.js:1:2)',
  ]);
});

test('parseStack() names the body of a CommonJS module', () => {
  assert.deepEqual(show('@/app/b.js:1:2\nModule.prototype._compile@node:internal/modules/cjs/loader:3:4'), [
    'Object.<anonymous> (/app/b.js:1:2)',
    'Module._compile (node:internal/modules/cjs/loader:3:4)',
  ]);
});

test('built-in functions have the names that this engine, V8, gives them', () => {
  const lines: string[] = [];
  const note = (): void => void lines.push(new Error().stack!.split('\n')[2]!.trim());
  [1].map(note);
  [1].forEach(note);
  'a'.replace('a', note as () => string);
  Array.from([1], note);
  JSON.stringify({ toJSON: note });
  const named = ['map', 'forEach', 'replace', 'from', 'stringify'].flatMap((name) => show(`    at ${name} (native)`));
  assert.deepEqual(
    named.map((name) => `at ${name}`),
    lines,
  );
});

test('parseStack() reads WebKit stacks', () => {
  assert.deepEqual(show('f@/app/b.js:1:2\nmap@[native code]\nglobal code@/app/b.js:3:4'), [
    'f (/app/b.js:1:2)',
    'Array.map (<anonymous>)',
    '/app/b.js:3:4',
  ]);
});

test('parseStack() calls scripts that WebKit has loaded by their names, and counts calls and properties as V8 does', () => {
  const text = 'first line\n  f(); new Thing(); a.b.c;\n';
  sources.add('/app/loaded.js', { text, columns: [], lineOffset: 0, columnOffset: 0 });
  noteLoadedScript('blob:null/5', '/app/loaded.js');
  assert.deepEqual(show('g@blob:null/5:3:4\n@blob:null/5:3:17\n@blob:null/5:3:24\nrun@blob:null/1:9:9'), [
    'g (/app/loaded.js:2:3)',
    '/app/loaded.js:2:8',
    '/app/loaded.js:2:25',
  ]);
  const [first] = parseStack('@blob:null/5:3:4', sources, () => false, tellers, 'none');
  assert.equal(String(new ParsedCallSite(first!)), '/app/loaded.js:2:3', 'a name, from its end');
});

test('methods of the library that symbols name are called by them', () => {
  const lines = [
    "const kOnLine = Symbol('_onLine');",
    'class A {',
    '  [kOnLine](line) {',
    '    emit(line);',
    '    each(() => {',
    '      emit(line);',
    '  }',
    '  other(a) {',
    '    emit(a);',
  ];
  const called = (line: number) => libraryFunction('node:a', line, (_, at) => lines[at - 1]);
  assert.deepEqual([4, 6, 9].map(called), ['[_onLine]', undefined, undefined]);
  const assigned = ['Module.prototype._compile = function(content) {', '  if (content) {', '    run(content);'];
  assert.equal(
    libraryFunction('node:a', 3, (_, at) => assigned[at - 1]),
    'Module._compile',
  );
});

test('parseStack() reads QuickJS stacks', () => {
  assert.deepEqual(show('    at f (/app/b.js:1:2)\n    at <anonymous> (/app/b.js:3)\n    at map (native)\n'), [
    'f (/app/b.js:1:2)',
    '/app/b.js:3:1',
    'Array.map (<anonymous>)',
  ]);
});

test('lines of a message are no frames', () => {
  assert.deepEqual(show('TypeError: it broke, badly\nf@/app/b.js:1:2'), ['f (/app/b.js:1:2)']);
});
