/** Programs that use sockets, HTTP, child processes and threads print the same here as in real Node. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { KernelInNode } from './kernel-in-node.ts';

const folder = fileURLToPath(new URL('node-cases/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.cjs'));

/** Lines of two sides of a connection come in an order that no program may rely on. */
const sorted = (text: string): string => text.trim().split('\n').sort().join('\n');

describe('node, compared with real Node', () => {
  const kernel = new KernelInNode();
  before(() => kernel.boot(Object.fromEntries(names.map((name) => [`home/app/${name}`, readFileSync(folder + name)]))));
  after(() => kernel.close());

  for (const name of names) {
    it(`${name} prints the same`, async () => {
      const real = execFileSync(process.execPath, ['--no-warnings', folder + name], { encoding: 'utf8' });
      const ours = await kernel.run([name]);
      assert.equal(sorted(ours.stdout), sorted(real), `${ours.stderr}\n${kernel.troubles.join('\n')}`);
      assert.equal(ours.code, 0);
    });
  }
});
