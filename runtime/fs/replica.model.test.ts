import { assert } from 'chai';
import { installMemoryBlobs } from '../testing/memory-blob.ts';
import { runModel } from '../testing/replica-model.ts';

describe('Replica and Authority', () => {
  let restore: () => void;
  before(() => {
    restore = installMemoryBlobs();
  });
  after(() => restore());

  // In slices, so that no test takes long enough for the page to be taken for dead.
  for (let first = 1; first <= 1000; first += 250) {
    it(`converge, and no message overtakes its files, in histories ${first} to ${first + 249} of 4 workers`, () => {
      let tokens = 0;
      for (let seed = first; seed < first + 250; seed++) tokens += runModel(seed, { workers: 4, steps: 400 }).tokens;
      assert.isAbove(tokens, 200);
    });
  }

  it('converge where limits reject changes that were made at the same time', () => {
    let rejected = 0;
    for (let seed = 1; seed <= 100; seed++)
      rejected += runModel(seed, { workers: 4, steps: 300, limits: { maxFiles: 22, maxTotalBytes: 2500, maxFileBytes: 1500 } }).rejected;
    assert.isAbove(rejected, 10);
  });
});
