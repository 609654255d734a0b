/** Assertions whose source the engine does not tell. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

for (const engine of ['native', 'quickjs'] as const) {
  describe(`assert.ok() of ${engine}`, () => {
    let kernel: KernelInNode;
    before(async () => {
      kernel = new KernelInNode(engine);
      await kernel.boot();
    });
    after(() => kernel.close());

    it('fails as an assertion where no source is known', async () => {
      const failed = "try { require('assert').ok(0); } catch ({ code, generatedMessage }) { console.log(code, generatedMessage); }";
      for (const program of [failed, `new Function('require', ${JSON.stringify(failed)})(require)`, `eval(${JSON.stringify(failed)})`]) {
        const { stdout, stderr } = await kernel.run(['-e', program], { cwd: '/tmp', env: { PATH: '/usr/bin', HOME: '/root' } });
        assert.deepEqual([stdout, stderr], ['ERR_ASSERTION true\n', '']);
      }
    });
  });
}
