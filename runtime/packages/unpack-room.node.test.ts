import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzip } from './gunzip.ts';
import { unpackPackage } from './package-tar.ts';
import { gzip, joinBytes, rawTar } from './testing/tar-builder.ts';
import { Turns } from './turns.ts';
import { UnpackRoom } from './unpack-room.ts';

const mebibyte = 1 << 20;

describe('UnpackRoom', () => {
  it('gives the same bytes again unless they were kept, and other ones behind what was', () => {
    const room = new UnpackRoom(() => assert.fail('there is room'));
    const first = room.take(1000) as Uint8Array;
    const again = room.take(2000) as Uint8Array;
    assert.equal(again.byteOffset, first.byteOffset);
    room.keep([again.subarray(0, 600), new Uint8Array(mebibyte)]);
    const behind = room.take(10) as Uint8Array;
    assert.equal(behind.buffer, again.buffer);
    assert.equal(behind.byteOffset, 1024);
    room.clear();
    assert.equal((room.take(1) as Uint8Array).byteOffset, 0);
  });

  it('is emptied when what is wanted does not fit behind what was kept, and gives nothing that would never fit', () => {
    let emptied = 0;
    const room: UnpackRoom = new UnpackRoom(() => {
      emptied++;
      room.clear();
    });
    assert.equal(room.take(17 * mebibyte), undefined);
    room.keep([room.take(10 * mebibyte) as Uint8Array]);
    assert.equal((room.take(6 * mebibyte) as Uint8Array).byteOffset, 10 * mebibyte);
    assert.equal(emptied, 0);
    assert.equal((room.take(7 * mebibyte) as Uint8Array).byteOffset, 0);
    assert.equal(emptied, 1);
  });

  it('packages stand in it one behind the other, and what was there before is not seen', async () => {
    const room = new UnpackRoom(() => assert.fail('there is room'));
    (room.take(mebibyte) as Uint8Array).fill(0xff);
    const made = await Promise.all(
      ['a', 'b'].map(async (name) => gzip(rawTar([{ name: 'package/index.js', contents: name.repeat(700) }]))),
    );
    const unpacked = [];
    for (const tarball of made) {
      const one = await unpackPackage(tarball, { room });
      room.keep(one.parts);
      unpacked.push(one);
    }
    for (const [i, tarball] of made.entries()) {
      const alone = await unpackPackage(tarball);
      assert.deepEqual(joinBytes(unpacked[i]?.parts ?? []), joinBytes(alone.parts));
    }
    const [first] = unpacked[0]?.parts ?? [];
    assert.equal(unpacked[1]?.parts[0]?.buffer, first?.buffer);
  });
});

describe('gunzip()', () => {
  it('takes turns while it decompresses', async () => {
    class AlwaysDue extends Turns {
      taken = 0;
      override get due(): boolean {
        return true;
      }
      override async take(): Promise<void> {
        this.taken++;
      }
    }
    const turns = new AlwaysDue(undefined);
    const contents = new Uint8Array(2 * mebibyte);
    assert.deepEqual(await gunzip(await gzip(contents), { maxBytes: Infinity, maxRatio: Infinity, turns }), contents);
    assert.ok(turns.taken > 1, `${turns.taken}`);
  });
});
