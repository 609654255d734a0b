import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dumpAnswers, dumpSources, recordedAnswers } from './dump.ts';
import { loadNodeLibrary } from './load.ts';
import { patches } from './patches.ts';
import { findPinnedNode } from './pinned-node.ts';
import { blankComments, minify } from './shrink.ts';
import { SourceEdit } from './source-edit.ts';
import { packTar } from './tar.ts';

const { sources, meta } = loadNodeLibrary();

test('the library has every builtin of the release, in one of its layers or left out with a reason', () => {
  for (const id of meta.builtinIds) assert.notEqual(sources.has(id), id in meta.leftOut, id);
});

test('the first layer starts with what Node starts with', () => {
  assert.deepEqual([...sources.keys()].slice(0, 5), [
    'internal/per_context/primordials',
    'internal/per_context/domexception',
    'internal/per_context/messageport',
    'internal/bootstrap/realm',
    'internal/bootstrap/node',
  ]);
});

test('every source is the body of a function', () => {
  for (const [id, source] of sources) {
    assert.doesNotThrow(() => new Function('exports', 'require', 'module', 'process', source), id);
  }
});

test('sources that are Node’s own keep every line and column, but where they are patched', () => {
  const natives = dumpSources(findPinnedNode().binary);
  const patched = new Set(patches.map(({ id }) => id));
  for (const [id, source] of sources) {
    if (natives[id] === undefined || id.startsWith('internal/deps/') || patched.has(id)) continue;
    const own = natives[id].split('\n');
    source.split('\n').forEach((line, index) => {
      const column = line.search(/\S/);
      if (column >= 0) assert.equal(own[index]?.[column], line[column], `${id}:${index + 1}:${column + 1}`);
    });
  }
});

const isRecorded = process.platform === 'linux' && process.arch === 'x64';
test('what was recorded of the C++ side is what the pinned Node answers', { skip: !isRecorded && 'recorded on Linux (x64)' }, () => {
  const { binary, version } = findPinnedNode();
  const { engineOptions, ...recorded } = recordedAnswers(version);
  const { engineOptions: options, ...answers } = dumpAnswers(binary);
  assert.deepEqual(recorded, answers);
  // The engine may choose defaults by the processor.
  const names = (text: string): readonly string[] => text.match(/^ +--\S+/gm) ?? [];
  assert.ok(names(options).length > 500);
  assert.deepEqual(names(engineOptions), names(options));
});

test('answers of another release are refused by name', () => {
  assert.throws(() => recordedAnswers('1.2.3'), /recorded from v[\d.]+, not 1\.2\.3\. Run "node runtime\/tools\/record-node-answers\.ts"/);
});

test('blankComments() keeps strings, templates and regular expressions that look like comments', () => {
  const source = 'const a = "// no"; /* yes */ const b = `/* no */  \n`; // yes\nconst c = /\\/\\*/;';
  const text = blankComments(source);
  assert.equal(text, 'const a = "// no";           const b = `/* no */  \n`;\nconst c = /\\/\\*/;');
});

test('blankComments() keeps what Node shows above the stack of an error', () => {
  const lines = [
    'throw er; // Unhandled',
    'binding.lstat(base, true /* throwIfNoEntry */); // no more',
    'call(1 /* nobody throws here */); // nor here',
    '// a line of its own',
    'if (wrong) { throw e; /* node-do-not-add-exception-line */ }',
  ];
  assert.deepEqual(blankComments(lines.join('\n')).split('\n'), [
    lines[0],
    'binding.lstat(base, true /* throwIfNoEntry */);',
    `call(1${' '.repeat(25)});`,
    '',
    `if (wrong) { throw e;${' '.repeat(38)}}`,
  ]);
  assert.deepEqual(blankComments(lines.join('\n'), { besideCode: true }).split('\n'), [...lines.slice(0, 3), '', lines[4]]);
});

test('minify() keeps the names that programs see', () => {
  const text = minify('class LongName {}\nfunction longFunction() { return 1; }\nexports.a = [LongName, longFunction];');
  const exports: { a: readonly { readonly name: string }[] } = { a: [] };
  new Function('exports', text)(exports);
  assert.deepEqual(
    exports.a.map(({ name }) => name),
    ['LongName', 'longFunction'],
  );
});

test('the stepping patches make generators that yield where Node runs its microtasks', () => {
  const Generator = Object.getPrototypeOf(function* () {}) as object;
  const ran: string[] = [];
  const task = { callback: () => ran.push('tick'), args: undefined };
  const queue = [task, task];
  let processTicks: (() => Generator) | undefined;
  const tickInfo = [1, 0];
  const stub = new Proxy({}, { get: (_target, name) => (name === 'exchange' ? () => undefined : () => false) });
  const required: Record<string, unknown> = {
    'internal/fixed_queue': class {
      shift = () => queue.shift() ?? null;
      isEmpty = () => queue.length === 0;
    },
    'internal/async_hooks': {
      ...Object.fromEntries(['emitBefore', 'emitAfter', 'emitDestroy'].map((name) => [name, () => undefined])),
      symbols: {},
    },
    'internal/process/promises': {
      hasRejectionToWarn: () => false,
      setHasRejectionToWarn: () => undefined,
      listenForRejections: () => undefined,
    },
  };
  const module: { exports: { setupTaskQueue?: () => unknown } } = { exports: {} };
  new Function(
    'exports',
    'require',
    'module',
    'process',
    'internalBinding',
    'primordials',
    sources.get('internal/process/task_queues') ?? '',
  )(
    module.exports,
    (id: string) => required[id] ?? stub,
    module,
    {},
    () => ({ tickInfo, setTickCallback: (callback: () => Generator) => (processTicks = callback) }),
    { Symbol, Array, FunctionPrototypeBind: () => undefined },
  );
  module.exports.setupTaskQueue?.();
  assert.equal(Object.getPrototypeOf(processTicks), Generator);
  const steps = processTicks?.();
  assert.equal(steps?.next().done, false);
  assert.deepEqual(ran, ['tick', 'tick'], 'all ticks run before the microtasks');
  queue.push(task);
  assert.equal(steps?.next().done, false, 'a microtask queued a tick: the loop goes on');
  assert.equal(steps?.next().done, true);
  assert.equal(ran.length, 3);
  assert.equal(tickInfo[0], 0);
});

test('a patch fails where it does not find exactly what it expects', () => {
  const edit = new SourceEdit('function run() { go(); go(); }');
  assert.throws(() => edit.replaceCalls(edit.functionNamed('run'), 'go', 1, () => 'yield'), /found 2 calls of "go" and expected 1/);
  assert.throws(() => edit.functionNamed('stop'), /found 0 of "function stop"/);
  assert.throws(() => edit.replaceText('go()', ''), /more than one place/);
  for (const { id, apply } of patches) assert.throws(() => apply("'use strict';"), /Cannot patch/, id);
});

test('packTar() writes what tar reads', async () => {
  const { execFileSync } = await import('node:child_process');
  const archive = packTar([
    { name: 'lib/a.js', text: 'ä' },
    { name: 'lib/b/c.js', text: 'x'.repeat(600) },
  ]);
  assert.equal(archive.length % 512, 0);
  assert.equal(execFileSync('tar', ['-xOf', '-', 'lib/a.js'], { input: archive, encoding: 'utf8' }), 'ä');
  assert.equal(execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' }), 'lib/a.js\nlib/b/c.js\n');
});
