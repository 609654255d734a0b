import { assert } from 'chai';
import { packTar } from 'modern-tar';
import { zipSync } from 'fflate';
import { BvError } from '../base/errors.ts';
import { entriesOfArchive, zipOfEntries } from './archive.ts';

const text = (value: string) => new TextEncoder().encode(value);

async function rejectsCode(code: string, work: Promise<unknown>): Promise<void> {
  let error: unknown;
  try {
    await work;
  } catch (caught) {
    error = caught;
  }
  assert.instanceOf(error, BvError);
  assert.equal((error as BvError).code, code);
}

const sampleTar = () =>
  packTar([
    { header: { name: 'src/', size: 0, type: 'directory', mode: 0o755 } },
    { header: { name: 'src/run.sh', size: 3, mode: 0o755 }, body: text('ls\n') },
    { header: { name: 'link', size: 0, type: 'symlink', linkname: 'src/run.sh' } },
  ]);

describe('entriesOfArchive()', () => {
  it('reads a tar with modes and links, gzipped or not', async () => {
    const tar = await sampleTar();
    const gz = new Uint8Array(
      await new Response(new Blob([tar as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
    );
    for (const bytes of [tar, gz]) {
      const entries = await entriesOfArchive(bytes);
      assert.deepInclude(entries[0], { kind: 'directory', path: 'src' });
      assert.deepInclude(entries[1], { kind: 'file', path: 'src/run.sh', mode: 0o755, data: text('ls\n') });
      assert.deepInclude(entries[2], { kind: 'symlink', path: 'link', target: 'src/run.sh' });
    }
  });

  it('reads a zip and a JSON tree', async () => {
    assert.deepEqual(await entriesOfArchive(zipSync({ 'd/a.txt': text('A') })), [{ kind: 'file', path: 'd/a.txt', data: text('A') }]);
    assert.deepEqual(await entriesOfArchive(text('{"a":{"file":{"contents":"x"}}}')), [{ kind: 'file', path: 'a', data: 'x' }]);
  });

  it('refuses what is damaged, unknown, or leaves the root', async () => {
    await rejectsCode('ERR_BV_BAD_ARCHIVE', entriesOfArchive(new Uint8Array([0x1f, 0x8b, 1, 2, 3])));
    await rejectsCode('ERR_BV_BAD_ARCHIVE', entriesOfArchive(new Uint8Array([0x50, 0x4b, 3, 4, 5])));
    await rejectsCode('ERR_BV_BAD_ARCHIVE', entriesOfArchive(text('hello')));
    for (const path of ['../evil', 'a/../../evil', '..', 'a/..'])
      await rejectsCode('ERR_BV_PATH_ESCAPE', entriesOfArchive(zipSync({ 'good.txt': text('x'), [path]: text('x') })));
    await rejectsCode('ERR_BV_BAD_TREE', entriesOfArchive(zipSync({ 'a\0b': text('x') })));
    const [absolute] = await entriesOfArchive(zipSync({ '/etc/passwd': text('x') }));
    assert.equal(absolute!.path, 'etc/passwd', 'below where it is mounted');
    await rejectsCode('ERR_BV_PATH_ESCAPE', entriesOfArchive(await packTar([{ header: { name: 'a/../../evil', size: 1 }, body: 'x' }])));
  });
});

describe('zipOfEntries()', () => {
  it('gives what entriesOfArchive() reads back', async () => {
    const zip = await zipOfEntries([
      { kind: 'directory', path: 'empty' },
      { kind: 'file', path: 'a.txt', data: 'A' },
    ]);
    assert.deepEqual(await entriesOfArchive(zip), [
      { kind: 'directory', path: 'empty' },
      { kind: 'file', path: 'a.txt', data: text('A'), mode: 0o644 },
    ]);
  });
});
