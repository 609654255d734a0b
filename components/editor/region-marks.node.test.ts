import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regionsOf, visibleText } from './region-marks.ts';

describe('regionsOf()', () => {
  it('finds marks in the comments of many languages', () => {
    for (const [open, close] of [
      ['// bv:hide', '// bv:end'],
      ['  # bv:hide', '# bv:end'],
      ['-- bv:hide', '-- bv:end'],
      ['/* bv:hide */', '/* bv:end */'],
      ['{/* bv:hide */}', '{/* bv:end */}'],
      ['<!-- bv:hide -->', '<!-- bv:end -->'],
      [';; bv:hide', '; bv:end'],
      ['% bv:hide', '% bv:end'],
      ['(* bv:hide *)', '(* bv:end *)'],
    ]) {
      assert.deepEqual(regionsOf(`a\n${open}\nb\n${close}\nc`), [{ kind: 'hide', title: '', first: 2, end: 4 }], open);
    }
  });

  it('nests, takes a title, and ends with the file where no mark does', () => {
    assert.deepEqual(regionsOf('// bv:readonly\n// bv:fold the imports\nx\n// bv:end\ny'), [
      { kind: 'readonly', title: '', first: 1, end: 6 },
      { kind: 'fold', title: 'the imports', first: 2, end: 4 },
    ]);
    assert.deepEqual(regionsOf('/* bv:fold the imports */\r\nx\r\n/* bv:end */'), [
      { kind: 'fold', title: 'the imports', first: 1, end: 3 },
    ]);
  });

  it('leaves alone what is no mark', () => {
    for (const text of ['let x; // bv:hide', '"bv:hide"', '// bv:hidden', '// bv:end', 'bv:hide', ''])
      assert.deepEqual(regionsOf(text), [], text);
  });
});

describe('visibleText()', () => {
  it('is the text without marks and what they hide', () => {
    assert.equal(visibleText('a\nb'), 'a\nb');
    assert.equal(
      visibleText('a\n// bv:hide\nb\n// bv:end\n// bv:readonly\nc\n// bv:end\n// bv:fold more\nd\ne\n// bv:end\nf'),
      'a\nc\n⋯ more\nf',
    );
  });
});
