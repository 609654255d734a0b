import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { readRecord } from '../../testing/fixture-project.ts';
import { checksumOf } from './checksum.ts';
import { parseBerryLock } from './lockfile.ts';

const packed = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/packed.json'), 'utf8')) as {
  tarballs: Record<string, string>;
};

it("checksumOf() of a tarball is the one in Yarn's lockfile", async () => {
  const { entries } = parseBerryLock(readRecord('berry', 'bundled').steps[0]?.lockfile ?? '');
  for (const [name, range] of [
    ['bundling', '^1.0.0'],
    ['inner', '^1.0.0'],
  ] as const) {
    const tarball = Uint8Array.from(Buffer.from(packed.tarballs[`${name}-1.0.0.tgz`] ?? '', 'base64'));
    assert.equal(await checksumOf(tarball, name), entries.get(`${name}@npm:${range}`)?.checksum);
  }
});
