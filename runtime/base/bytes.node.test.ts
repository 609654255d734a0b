import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { letGo, letGoOfPiece } from './bytes.ts';

describe('letGo()', () => {
  it('gives back the whole buffer, once for all views of it', () => {
    const whole = new Uint8Array(64);
    const views = [whole.subarray(0, 8), whole.subarray(32), new Uint8Array(4), new Uint8Array()];
    for (const view of views) letGo(view);
    assert.equal(whole.buffer.byteLength, 0);
    assert.ok(views.every(({ length }) => length === 0));
  });

  it('of a piece leaves a buffer in which more may lie', () => {
    const whole = new Uint8Array(64).fill(7);
    letGoOfPiece(whole.subarray(0, 32));
    assert.equal(whole[40], 7);
    letGoOfPiece(whole);
    assert.equal(whole.length, 0);
  });
});
