import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findPinnedNode, nodeLicence } from './pinned-node.ts';

test('nodeLicence() is that of the pinned release', (context) => {
  const file = join(dirname(findPinnedNode().binary), '../LICENSE');
  assert.match(nodeLicence(), /^Node\.js is licensed for use as follows/);
  if (!existsSync(file)) return context.skip('this system’s package of Node has no licence to compare with');
  const ofRelease = readFileSync(file, 'utf8').replace(/^- npm, located at deps\/npm, [^]*?^(?=- GYP, )/m, '');
  assert.equal(
    nodeLicence() === ofRelease,
    true,
    'another release has another: copy it to runtime/tools/node-release, without npm’s section',
  );
});
