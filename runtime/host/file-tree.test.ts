import { assert } from 'chai';
import { BvError } from '../base/errors.ts';
import type { MountEntry } from '../wires/host-wire.ts';
import { checkPath, entriesOfFiles, entriesOfTree, isTree, treeOfEntries } from './file-tree.ts';

function throwsCode(code: string, run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.instanceOf(error, BvError);
    assert.equal((error as BvError).code, code);
    return (error as BvError).message;
  }
  throw new Error(`expected ${code}`);
}

describe('entriesOfTree()', () => {
  it('lists directories before what is in them, files and links', () => {
    const bytes = new Uint8Array([1, 2]);
    const entries = entriesOfTree({
      src: { directory: { 'a.js': { file: { contents: 'x' } } } },
      bin: { file: { contents: bytes } },
      link: { file: { symlink: 'bin' } },
    });
    assert.deepEqual(entries, [
      { kind: 'directory', path: 'src' },
      { kind: 'file', path: 'src/a.js', data: 'x' },
      { kind: 'file', path: 'bin', data: bytes },
      { kind: 'symlink', path: 'link', target: 'bin' },
    ]);
  });

  it('says where a malformed tree is malformed', () => {
    const at = (tree: unknown) => throwsCode('ERR_BV_BAD_TREE', () => entriesOfTree(tree));
    assert.include(at(null), '"/"');
    assert.include(at([]), '"/"');
    assert.include(at({ a: { directory: { b: 3 } } }), '"a/b"');
    assert.include(at({ a: { file: {} } }), '"a"');
    assert.include(at({ a: { file: { contents: 5 } } }), 'contents must be a string or a Uint8Array');
    assert.include(at({ 'a/b': { file: { contents: '' } } }), 'is not a file name');
    assert.include(at({ '..': { directory: {} } }), 'is not a file name');
    assert.include(at({ 'a\0': { directory: {} } }), 'is not a file name');
  });

  it('is undone by treeOfEntries(), which leaves what is no UTF-8 as bytes', () => {
    const tree = {
      d: { directory: { t: { file: { contents: 'é' } }, b: { file: { contents: new Uint8Array([0xff, 0xfe]) } } } },
      l: { file: { symlink: 'd/t' } },
    };
    assert.deepEqual(treeOfEntries(entriesOfTree(tree)), tree);
  });

  it('and treeOfEntries() take the names that every object has', () => {
    const text =
      '{"constructor":{"directory":{"a":{"file":{"contents":"1"}}}},"__proto__":{"directory":{"toString":{"file":{"contents":"2"}}}}}';
    const entries = entriesOfTree(JSON.parse(text));
    assert.deepEqual(
      entries.map(({ path }) => path),
      ['constructor', 'constructor/a', '__proto__', '__proto__/toString'],
    );
    assert.equal(JSON.stringify(treeOfEntries(entries)), text);
    assert.notProperty({}, 'directory');
    const inTheWay: MountEntry[] = [
      { kind: 'file', path: 'a', data: '' },
      { kind: 'file', path: 'a/b', data: '' },
    ];
    throwsCode('ERR_BV_BAD_TREE', () => treeOfEntries(inTheWay));
  });
});

describe('checkPath()', () => {
  it('normalises, and refuses what leaves the root or names nothing', () => {
    assert.equal(checkPath('./src//a.js'), 'src/a.js');
    assert.equal(checkPath('/abs/a.js'), 'abs/a.js');
    throwsCode('ERR_BV_PATH_ESCAPE', () => checkPath('../a'));
    throwsCode('ERR_BV_PATH_ESCAPE', () => checkPath('a/../../b'));
    throwsCode('ERR_BV_BAD_TREE', () => checkPath(''));
    throwsCode('ERR_BV_BAD_TREE', () => checkPath('./'));
    throwsCode('ERR_BV_BAD_TREE', () => checkPath('a\0b'));
  });
});

describe('entriesOfFiles()', () => {
  it('takes paths to contents and is told apart from a tree', () => {
    assert.deepEqual(entriesOfFiles({ 'a/b.js': 'x' }), [{ kind: 'file', path: 'a/b.js', data: 'x' }]);
    throwsCode('ERR_BV_BAD_TREE', () => entriesOfFiles({ a: 1 as never }));
    throwsCode('ERR_BV_PATH_ESCAPE', () => entriesOfFiles({ '../a': '' }));
    assert.isTrue(isTree({ a: { file: { contents: '' } } }));
    assert.isFalse(isTree({ a: 'text' }));
  });
});
