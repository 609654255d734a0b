import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { damageCheck } from './damage-check.ts';

function cut(bytes: Uint8Array<ArrayBuffer>, ...places: readonly number[]): Uint8Array<ArrayBuffer>[] {
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

for (const size of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 7]) {
  test(`${size} bytes have one check, however they are cut, and another when one of them is damaged`, async () => {
    const bytes = new Uint8Array(randomBytes(size));
    const check = await damageCheck([bytes]);
    assert.equal(Buffer.from(check, 'base64').length, 16);
    assert.equal(await damageCheck(new Blob([bytes])), check);
    assert.equal(await damageCheck(cut(bytes, 0, size >> 3, size >> 1, size)), check);
    for (const at of new Set([0, size >> 1, size - 1])) {
      if (at < 0 || at >= size) continue;
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      assert.notEqual(await damageCheck([damaged]), check);
    }
    assert.notEqual(await damageCheck([bytes, new Uint8Array(512)]), check);
  });
}
