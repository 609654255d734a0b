import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KernelInNode } from '../../../../testing/kernel-in-node.ts';

const packageOf = (name: string, cpu?: readonly string[]) => ({
  [`home/app/node_modules/${name}/package.json`]: JSON.stringify({ name, main: './lib/main.cjs', cpu }),
  [`home/app/node_modules/${name}/lib/main.cjs`]: "exports.WASI = require('node:wasi').WASI;",
  [`home/app/${name}.mjs`]: `import { WASI } from '${name}'; console.log(typeof WASI);`,
});

for (const engine of ['native', 'quickjs'] as const) {
  describe(`node:wasi, loaded by a package, on the ${engine} engine`, () => {
    it('warns, except where the package stands for a native addon', async () => {
      const kernel = new KernelInNode(engine);
      await kernel.boot({ ...packageOf('plain'), ...packageOf('native', ['x64', 'arm64']), ...packageOf('addon', ['wasm32']) });
      try {
        for (const [name, warned] of [
          ['plain', true],
          ['native', true],
          ['addon', false],
        ] as const) {
          const { stdout, stderr, code } = await kernel.run([`${name}.mjs`], { cwd: '/home/app' });
          assert.deepEqual([stdout, code], ['function\n', 0], name);
          assert.equal(/ExperimentalWarning: WASI/.test(stderr), warned, `${name}: ${stderr}`);
        }
      } finally {
        await kernel.close();
      }
    });
  });
}
