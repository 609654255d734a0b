import { assert } from 'chai';
import { authorFilesOf, dedent, filePath } from './author-files.ts';
import { fetchFiles, treeOf } from './runtime-files.ts';

const parse = (markup: string) => {
  const element = document.createElement('div');
  element.innerHTML = markup;
  return authorFilesOf(element);
};
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('dedent()', () => {
  it('takes away the line break after the tag, shared indentation and the last line’s blanks', () => {
    assert.equal(dedent('\n      if (x) {\n        y();\n\n      }\n    '), 'if (x) {\n  y();\n\n}\n');
  });
  it('keeps text that starts on the line of its tag', () => {
    assert.equal(dedent('{ "type": "module" }'), '{ "type": "module" }');
    assert.equal(dedent('a\n  b\n'), 'a\n  b\n');
  });
  it('keeps tabs apart from blanks, and makes line breaks LF', () => {
    assert.equal(dedent('\r\n\ta\r\n\t\tb\r\n'), 'a\n\tb\n');
    assert.equal(dedent('\n\ta\n  b\n'), '\ta\n  b\n');
  });
});

describe('filePath()', () => {
  it('normalises', () => assert.equal(filePath(' ./src//a.js '), 'src/a.js'));
  it('refuses what leaves the project or names nothing', () => {
    assert.equal(
      codeOf(() => filePath('../a')),
      'ERR_BV_PATH_ESCAPE',
    );
    assert.equal(
      codeOf(() => filePath('a/../../b')),
      'ERR_BV_PATH_ESCAPE',
    );
    assert.equal(
      codeOf(() => filePath(' ')),
      'ERR_BV_BAD_TREE',
    );
  });
});

describe('authorFilesOf()', () => {
  it('reads scripts and pre elements, in order', () => {
    const { files, errors } = parse(
      '<script type="bv-file" path="a.js">\n  1 < 2 && x\n</script><pre path="b.txt">&lt;b&gt;</pre><pre>no file</pre>',
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(
      [...files],
      [
        ['a.js', '1 < 2 && x\n'],
        ['b.txt', '<b>'],
      ],
    );
  });
  it('tells of each bad path and keeps the good ones', () => {
    const { files, errors } = parse(
      '<pre path="a">1</pre><pre path="./a">2</pre><script type="bv-file">x</script><pre path="../x">3</pre><pre path="ok">4</pre>',
    );
    assert.deepEqual([...files.keys()], ['a', 'ok']);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['ERR_BV_BAD_TREE', 'ERR_BV_BAD_TREE', 'ERR_BV_PATH_ESCAPE'],
    );
    assert.match(errors[0]!.message, /"a" twice/);
  });
});

describe('treeOf()', () => {
  it('makes folders', () => {
    assert.deepEqual(
      treeOf(
        new Map([
          ['src/a.js', 'x'],
          ['b', ''],
        ]),
      ),
      {
        src: { directory: { 'a.js': { file: { contents: 'x' } } } },
        b: { file: { contents: '' } },
      },
    );
  });
  it('refuses a file in the place of a folder', () => {
    assert.equal(
      codeOf(() =>
        treeOf(
          new Map([
            ['a', 'x'],
            ['a/b', 'y'],
          ]),
        ),
      ),
      'ERR_BV_BAD_TREE',
    );
    assert.equal(
      codeOf(() =>
        treeOf(
          new Map([
            ['a/b', 'y'],
            ['a', 'x'],
          ]),
        ),
      ),
      'ERR_BV_BAD_TREE',
    );
  });
});

describe('fetchFiles()', () => {
  const { signal } = new AbortController();
  const urlOf = (content: BlobPart) => URL.createObjectURL(new Blob([content]));

  it('reads a JSON tree', async () => {
    const url = urlOf(JSON.stringify({ src: { directory: { 'a.js': { file: { contents: 'x' } } } } }));
    const { files, template } = await fetchFiles(url, signal);
    assert.deepEqual([...files], [['src/a.js', 'x']]);
    assert.equal(template, undefined);
    URL.revokeObjectURL(url);
  });
  it('reads a tar once, as a template with its files', async () => {
    const { packTar } = await import('modern-tar');
    const url = urlOf((await packTar([{ header: { name: 'src/a.js', size: 1 }, body: 'x' }])) as Uint8Array<ArrayBuffer>);
    const { files, template } = await fetchFiles(url, signal);
    assert.deepEqual([...files], [['src/a.js', new TextEncoder().encode('x')]]);
    assert.deepEqual(
      template?.entries.map(({ path }) => path),
      ['src/a.js'],
    );
    assert.match(template!.id, /^template:/);
    URL.revokeObjectURL(url);
  });
  it('reads a zip', async () => {
    const { zipSync, strToU8 } = await import('fflate');
    const url = urlOf(
      zipSync({ 'src/a.js': strToU8('x'), 'b.bin': new Uint8Array([0, 255]), 'empty/': [] as never }) as Uint8Array<ArrayBuffer>,
    );
    const { files, template } = await fetchFiles(url, signal);
    assert.deepEqual(
      [...files],
      [
        ['src/a.js', 'x'],
        ['b.bin', new Uint8Array([0, 255])],
      ],
    );
    assert.equal(template, undefined);
    URL.revokeObjectURL(url);
  });
  it('says what is wrong with an address or an archive', async () => {
    const failure = (url: string) =>
      fetchFiles(url, signal).then(
        () => undefined,
        (error: Error & { code: string }) => `${error.code} ${error.message}`,
      );
    assert.match(
      (await failure('/no-such-file.zip'))!,
      /^ERR_BV_ASSET Cannot load the files of \/no-such-file\.zip: the server answered 404/,
    );
    const url = urlOf('PK\u0003\u0004 cut short');
    assert.match((await failure(url))!, /^ERR_BV_BAD_ARCHIVE/);
    URL.revokeObjectURL(url);
  });
});
