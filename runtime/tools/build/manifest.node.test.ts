import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from './manifest.ts';

test('inOrder() has the modules of a manifest in the order of their paths, and the rest as it was', () => {
  const manifest = { schemaVersion: '1', modules: [{ path: 'b/c.ts' }, { path: 'b/a.ts', declarations: [] }, { path: 'a.ts' }] };
  assert.deepEqual(inOrder(manifest), {
    schemaVersion: '1',
    modules: [{ path: 'a.ts' }, { path: 'b/a.ts', declarations: [] }, { path: 'b/c.ts' }],
  });
});
