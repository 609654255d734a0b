import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { damageCheck, isUndamaged } from './damage-check.ts';

function cut(bytes: Uint8Array<ArrayBuffer>, ...places: readonly number[]): Uint8Array<ArrayBuffer>[] {
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

for (const size of [0, 1, 15, 16, 17, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 7]) {
  test(`${size} bytes have one check, however they are cut, and another when one of them is damaged`, async () => {
    const bytes = new Uint8Array(randomBytes(size));
    const check = damageCheck([bytes]);
    assert.equal(Buffer.from(check.slice(check.indexOf(':') + 1), 'base64').length, 16);
    assert.equal(await isUndamaged(new Blob([bytes]), check), true);
    assert.equal(damageCheck(cut(bytes, 0, size >> 3, size >> 1, size)), check);
    assert.equal(damageCheck(cut(bytes, Math.min(1, size), Math.min(6, size))), check);
    for (const at of new Set([0, size >> 1, size - 1])) {
      if (at < 0 || at >= size) continue;
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      assert.notEqual(damageCheck([damaged]), check);
      assert.equal(await isUndamaged(new Blob([damaged]), check), false);
    }
    assert.notEqual(damageCheck([bytes, new Uint8Array(512)]), check);
    if (size > 0) assert.notEqual(damageCheck([bytes.subarray(1)]), check);
  });
}

test('a check of an earlier form is no reason to throw something away', async () => {
  assert.equal(await isUndamaged(new Blob(['as it was']), 'kkEr5j0sVWHCzKLxUPsLNQ=='), true);
});
