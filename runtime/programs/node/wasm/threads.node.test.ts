/** Threads of WebAssembly in our `node` in Node. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../../testing/kernel-in-node.ts';
import { poolModule, threadsCases, threadsModule, threadsProgram } from './threads-cases.ts';

describe('threads of WebAssembly', { timeout: 120_000 }, () => {
  const kernel = new KernelInNode('native');
  before(() => kernel.boot());
  after(() => kernel.close());

  for (const { name, lines, stdout: expected, code: end = 0 } of threadsCases) {
    it(name, async () => {
      await kernel.mount('/home/app', { 'threads.wasm': threadsModule, 'pool.wasm': poolModule, 'main.mjs': threadsProgram(lines) });
      const { stdout, stderr, code } = await kernel.run(['main.mjs'], { cwd: '/home/app' });
      assert.deepEqual([stdout, stderr, code], [expected, '', end]);
    });
  }
});
