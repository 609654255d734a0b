import { assert } from 'chai';
import { Disposers } from './disposers.ts';

describe('Disposers', () => {
  it('dispose() ends what was added in reverse order', () => {
    const ended: string[] = [];
    const disposers = new Disposers();
    disposers.add(() => ended.push('first'));
    disposers.add(() => ended.push('second'));
    disposers.dispose();
    assert.deepEqual(ended, ['second', 'first']);
    assert.isTrue(disposers.ended);
  });

  it('dispose() ends each once, however often it is called', () => {
    let count = 0;
    const disposers = new Disposers();
    disposers.add(() => (count += 1));
    disposers.dispose();
    disposers.dispose();
    assert.equal(count, 1);
  });

  it('add() ends at once after the list has ended', () => {
    const disposers = new Disposers();
    disposers.dispose();
    let ended = false;
    disposers.add(() => (ended = true));
    assert.isTrue(ended);
  });

  it('dispose() ends the others when one throws, then throws the first error', () => {
    const ended: string[] = [];
    const disposers = new Disposers();
    disposers.add(() => ended.push('kept'));
    disposers.add(() => {
      throw new Error('later');
    });
    disposers.add(() => {
      throw new Error('first');
    });
    assert.throws(() => disposers.dispose(), 'first');
    assert.deepEqual(ended, ['kept']);
  });
});
