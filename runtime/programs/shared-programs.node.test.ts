import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedCommands } from '../wires/programs.ts';
import { trustedPrograms } from './shared-programs.ts';

const sharedPrograms = trustedPrograms(() => import('./npm/main.ts'));

test('the kernel’s registry and the shared worker have the same programs, and each can be loaded', async () => {
  assert.deepEqual(
    sharedPrograms.map(({ name }) => name),
    sharedCommands,
  );
  for (const { name, load } of sharedPrograms) assert.equal(typeof (await load()).run, 'function', name);
});
