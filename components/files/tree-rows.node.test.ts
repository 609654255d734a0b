import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { globsOf } from './globs.ts';
import { safePath } from './incoming.ts';
import { compareEntries, moveOf, rowByName, rowsOf } from './tree-rows.ts';
import type { TreeEntry } from './tree-rows.ts';

const file = (path: string): TreeEntry => ({ path, kind: 'file', readonly: false });
const folder = (path: string): TreeEntry => ({ path, kind: 'folder', readonly: false });
const listings = new Map([
  ['', [folder('lib'), folder('src'), file('a.js'), file('b.js')]],
  ['src', [file('src/one.js')]],
]);
const rows = rowsOf(listings, new Set(['src', 'lib']));

describe('rowsOf()', () => {
  it('are the entries of open folders, with their level and place', () => {
    assert.deepEqual(
      rows.map(({ path, level, position, size, open }) => [path, level, position, size, open]),
      [
        ['lib', 1, 1, 4, true],
        ['src', 1, 2, 4, true],
        ['src/one.js', 2, 1, 1, false],
        ['a.js', 1, 3, 4, false],
        ['b.js', 1, 4, 4, false],
      ],
    );
  });
});

describe('compareEntries()', () => {
  it('has folders first, and numbers by their value', () => {
    const sorted = [file('10.js'), file('9.js'), folder('z')].sort(compareEntries);
    assert.deepEqual(
      sorted.map(({ path }) => path),
      ['z', '9.js', '10.js'],
    );
  });
});

describe('moveOf()', () => {
  it('goes as the keys of a tree do', () => {
    assert.deepEqual(moveOf('ArrowDown', rows, 4, true), { focus: 4 });
    assert.deepEqual(moveOf('ArrowUp', rows, 0, true), { focus: 0 });
    assert.deepEqual(moveOf('Home', rows, 3, true), { focus: 0 });
    assert.deepEqual(moveOf('End', rows, 0, true), { focus: 4 });
    assert.deepEqual(moveOf('ArrowRight', rows, 1, true), { focus: 2 }, 'into an open folder');
    assert.deepEqual(moveOf('ArrowRight', rows, 0, true), { focus: 0 }, 'an empty folder');
    assert.deepEqual(moveOf('ArrowRight', rows, 3, true), { focus: 3 }, 'a file');
    assert.deepEqual(moveOf('ArrowLeft', rows, 2, true), { focus: 1 }, 'to its folder');
    assert.deepEqual(moveOf('ArrowLeft', rows, 1, true), { toggle: 'src' });
    assert.deepEqual(moveOf('ArrowLeft', rows, 1, false), { focus: 2 }, 'from right to left');
    assert.equal(moveOf('x', rows, 1, true), undefined);
  });
});

describe('rowByName()', () => {
  it('goes on with one letter, and stays with more', () => {
    assert.equal(rowByName(rows, 0, 's'), 1);
    assert.equal(rowByName(rows, 3, 'A'), 3);
    assert.equal(rowByName(rows, 4, 'b.'), 4);
    assert.equal(rowByName(rows, 0, 'q'), undefined);
  });
});

describe('globsOf()', () => {
  it('matches paths and what is below them', () => {
    const matches = globsOf('node_modules/** .git *.lock src/**/*.snap');
    for (const path of ['node_modules', 'node_modules/a/b.js', '.git/HEAD', 'yarn.lock', 'src/a/b.snap']) assert.ok(matches(path), path);
    for (const path of ['src', 'a/yarn.lock', 'gitfile']) assert.ok(!matches(path), path);
    assert.ok(!globsOf('')('a'));
  });
});

describe('safePath()', () => {
  it('stays in its folder', () => {
    assert.equal(safePath('../../a/./b\\..\\c'), 'a/b/c');
    assert.equal(safePath('/etc/passwd'), 'etc/passwd');
    assert.equal(safePath('..'), '');
  });
});
