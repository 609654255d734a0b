import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { highlightedLines } from './annotation.ts';
import { neighbour, pathsOf, withFixed } from './open-files.ts';
import { shortName } from './short-name.ts';

const fixed = (...files: string[]) => files.map((file) => ({ file, closable: false }));

describe('pathsOf()', () => {
  it('is each path once, with blanks as they are written in addresses', () => {
    assert.deepEqual(pathsOf(' a.js\n b/c%20d.js  a.js'), ['a.js', 'b/c d.js']);
    assert.deepEqual(pathsOf(''), []);
  });
});

describe('withFixed()', () => {
  it('keeps what the reader opened, behind the author’s', () => {
    const open = [...fixed('a'), { file: 'b', closable: true }, { file: 'c', closable: true }];
    assert.deepEqual(withFixed(open, ['c', 'd']), [...fixed('c', 'd'), { file: 'b', closable: true }]);
  });
});

describe('neighbour()', () => {
  it('is the next one, or the one before the last', () => {
    assert.equal(neighbour(fixed('a', 'b', 'c'), 1), 'c');
    assert.equal(neighbour(fixed('a', 'b'), 1), 'a');
    assert.equal(neighbour(fixed('a'), 0), '');
  });
});

describe('shortName()', () => {
  it('tells files of one name apart', () => {
    assert.equal(shortName('src/a/index.js', fixed('src/a/index.js', 'src/b/main.js')), 'index.js');
    assert.equal(shortName('src/a/index.js', fixed('src/a/index.js', 'src/b/index.js')), 'a/index.js');
    assert.equal(shortName('index.js', fixed('index.js', 'b/index.js')), 'index.js');
    assert.equal(shortName('b/index.js', fixed('index.js', 'b/index.js')), 'b/index.js');
  });
});

describe('highlightedLines()', () => {
  it('are single ones and ranges, of the first file unless one is named', () => {
    assert.deepEqual(highlightedLines('3,5-7', 'a.js', 'a.js'), [3, 5, 6, 7]);
    assert.deepEqual(highlightedLines('3 src/b.js:2', 'src/b.js', 'a.js'), [2]);
    assert.deepEqual(highlightedLines('3', 'b.js', 'a.js'), []);
    assert.deepEqual(highlightedLines('none 0-', 'a.js', 'a.js'), [0]);
  });
});
