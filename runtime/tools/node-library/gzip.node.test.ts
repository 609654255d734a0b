import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { gzipBest } from './gzip-small.ts';

test('gzipBest() says the same of the system on every one', () => {
  const bytes = Buffer.from('the same, the same, the same');
  const packed = gzipBest(bytes);
  assert.deepEqual(gunzipSync(packed), bytes);
  // Method, flags, no time, most compression, Unix.
  assert.deepEqual([...packed.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
});
