/** Threads of WebAssembly in the `node` of real browsers. */
import { assert } from 'chai';
import type { Container } from '../../../index.ts';
import { poolModule, threadsCases, threadsModule, threadsProgram } from './threads-cases.ts';

describe('threads of WebAssembly', () => {
  let container: Container;

  before(async () => {
    const entry = '/dist/index.js';
    const { Container: Class } = (await import(/* @vite-ignore */ entry)) as typeof import('../../../index.ts');
    container = await Class.boot({});
    await container.fs.writeFile('threads.wasm', threadsModule);
    await container.fs.writeFile('pool.wasm', poolModule);
  });

  after(() => container.teardown());

  for (const { name, lines, stdout: expected, code: end = 0 } of threadsCases) {
    it(name, async () => {
      await container.fs.writeFile('main.mjs', threadsProgram(lines));
      const { stdout, stderr, code } = await container.exec('node main.mjs', { timeoutMs: 110_000 });
      assert.deepEqual([stdout, stderr, code], [expected, '', end]);
    });
  }
});
