import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { installMemoryBlobs } from '../testing/memory-blob.ts';
import { runModel } from '../testing/replica-model.ts';

const restore = installMemoryBlobs();
after(restore);

/** `BV_SEED=1234` runs one history again. */
const only = process.env['BV_SEED'];
const seeds = only === undefined ? Array.from({ length: 1000 }, (_, index) => index + 1) : [Number(only)];

test('replicas converge to the authority and no message overtakes its files, in 1,000 histories of 4 workers', () => {
  let tokens = 0;
  let conflicts = 0;
  for (const seed of seeds) {
    const result = runModel(seed, { workers: 4, steps: 400 });
    tokens += result.tokens;
    conflicts += result.conflicts;
  }
  if (only !== undefined) return;
  assert.ok(tokens > 1000, `${tokens} messages were checked`);
  assert.ok(conflicts > 100, `${conflicts} exclusive creations were lost`);
});

test('replicas converge where limits reject changes that were made at the same time, in 300 histories', () => {
  let rejected = 0;
  for (const seed of only === undefined ? seeds.slice(0, 300) : seeds) {
    rejected += runModel(seed, { workers: 4, steps: 300, limits: { maxFiles: 22, maxTotalBytes: 2500, maxFileBytes: 1500 } }).rejected;
  }
  if (only === undefined) assert.ok(rejected > 50, `${rejected} changes were rejected`);
});
