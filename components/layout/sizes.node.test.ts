import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSizes, resized, sharesFor } from './sizes.ts';

describe('sharesFor()', () => {
  it('are the wanted ones, or equal ones where those do not fit', () => {
    assert.deepEqual(sharesFor(2, [30, 10]), [0.75, 0.25]);
    assert.deepEqual(sharesFor(2, [1]), [0.5, 0.5]);
    assert.deepEqual(sharesFor(2, [Number.NaN, 1]), [0.5, 0.5]);
    assert.deepEqual(sharesFor(2, [0, 0]), [0.5, 0.5]);
    assert.deepEqual(sharesFor(0, []), []);
  });
});

describe('resized()', () => {
  it('changes the two beside the border, and leaves no sliver', () => {
    const close = (found: readonly number[], wanted: number[]) =>
      found.forEach((share, at) => assert.ok(Math.abs(share - wanted[at]!) < 1e-9, `${found}`));
    close(resized([0.2, 0.5, 0.3], 0, 0.4), [0.4, 0.3, 0.3]);
    close(resized([0.2, 0.5, 0.3], 1, 0.01), [0.2, 0.05, 0.75]);
    close(resized([0.5, 0.5], 0, 0), [0, 1]);
    close(resized([0.5, 0.5], 0, 2), [1, 0]);
  });
});

describe('parseSizes()', () => {
  it('reads numbers between blanks, commas or slashes', () => {
    assert.deepEqual(parseSizes(' 20 50,30/1 '), [20, 50, 30, 1]);
    assert.deepEqual(parseSizes(''), []);
  });
});
