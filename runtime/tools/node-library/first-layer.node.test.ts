/** The first layer of Node's library is what every first program waits for: it holds what plain programs read, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oftenLoaded, oftenRun } from '../../programs/node/boot.ts';
import { KernelInNode } from '../../testing/kernel-in-node.ts';
import { loadNodeLibrary } from './load.ts';

/** `console` reads them where standard output is a terminal. */
const readOnTerminals = ['tty', 'internal/tty'];

test('the first layer holds what plain programs read', { timeout: 120_000 }, async () => {
  const kernel = new KernelInNode('native');
  await kernel.boot({
    '/home/app/a.cjs': 'console.log(1); setTimeout(console.log, 1); setImmediate(console.log, 2); require("./b.cjs")',
    '/home/app/b.cjs': 'process.nextTick(console.log, 3)',
    '/home/app/a.mjs': 'console.log(1)',
  });
  try {
    for (const args of [['-e', '0'], ['-e', 'console.log(1)'], ['-p', '1'], ['-e', 'null.x'], ['a.cjs'], ['a.mjs']]) {
      const { stdout, stderr } = await kernel.run(args);
      assert.equal(stderr.includes('TypeError'), args[1] === 'null.x', stdout + stderr);
    }
  } finally {
    await kernel.close();
  }
  const { sources, rest: ids } = loadNodeLibrary();
  const rest = new Set(ids);
  const first = [...sources.keys()].filter((id) => !rest.has(id) && !id.startsWith('bavini/'));
  const read = new Set([...kernel.sourcesRead, ...readOnTerminals]);
  assert.deepEqual(
    first.filter((id) => !read.has(id)),
    [],
    'in the first layer, and read by none',
  );
  assert.deepEqual(
    [...read].filter((id) => rest.has(id)),
    [],
    'read, and not in the first layer',
  );
});

test('what is done while the second layer is on its way is in the first', () => {
  const rest = new Set(loadNodeLibrary().rest);
  assert.deepEqual(
    [...oftenLoaded, ...oftenRun].filter((id) => rest.has(id)),
    [],
  );
});
