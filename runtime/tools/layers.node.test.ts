import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerOf, whyForbidden } from './layers.ts';
import { findCycles, importsOf } from './verify/imports.ts';

test('layerOf() takes the longest folder that fits, and leaves tests alone', () => {
  assert.equal(layerOf('runtime/fs/stores/idb.ts')?.library, 'worker');
  assert.equal(layerOf('runtime/fs/tree.ts')?.library, 'es');
  assert.equal(layerOf('runtime/index.ts')?.library, 'dom');
  assert.equal(layerOf('runtime/fs/tree.test.ts'), undefined);
});

test('whyForbidden() lets a layer import what its row names, and nothing else', () => {
  assert.equal(whyForbidden('runtime/kernel/pipe.ts', 'runtime/fs/tree.ts'), undefined);
  assert.equal(whyForbidden('runtime/kernel/pipe.ts', 'runtime/kernel/tty.ts'), undefined);
  assert.match(whyForbidden('runtime/process/x.ts', 'runtime/kernel/pipe.ts') ?? '', /runtime\/process may import only itself/);
  assert.match(whyForbidden('runtime/base/ids.ts', 'runtime/wires/rpc.ts') ?? '', /runtime\/base may import only itself/);
  assert.match(whyForbidden('components/a/a.ts', 'runtime/host/runtime.ts') ?? '', /runtime\/index\.ts/);
});

test('whyForbidden() keeps programs apart, but for the files that put them together', () => {
  assert.match(whyForbidden('runtime/programs/shell/run.ts', 'runtime/programs/coreutils/cat.ts') ?? '', /meet only through processes/);
  assert.equal(whyForbidden('runtime/programs/shell/run.ts', 'runtime/programs/shell/lexer.ts'), undefined);
  assert.equal(whyForbidden('runtime/programs/shared-worker.ts', 'runtime/programs/coreutils/cat.ts'), undefined);
});

test('whyForbidden() refuses test code in product code', () => {
  assert.equal(whyForbidden('runtime/fs/tree.ts', 'runtime/testing/leaks.ts'), 'product code imports test code');
});

test('importsOf() finds types, re-exports and dynamic imports', () => {
  const text = `import type { A } from './a.ts'; export * from '../b.ts'; const c = () => import('./c.ts'); import 'lit';`;
  assert.deepEqual(importsOf('runtime/x/y.ts', text), [
    { target: 'runtime/x/a.ts', typeOnly: true },
    { target: 'runtime/b.ts', typeOnly: false },
    { target: 'runtime/x/c.ts', typeOnly: false },
  ]);
});

test('findCycles() names the ring', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
    ['d', ['a']],
  ]);
  assert.deepEqual(findCycles(graph), ['b → c → b']);
});
