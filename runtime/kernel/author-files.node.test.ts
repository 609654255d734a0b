import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TarWriter } from '../fs/tar-writer.ts';
import { installMemoryBlobs, readMemoryBlob } from '../testing/memory-blob.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import type { LayerSource } from '../wires/change.ts';
import type { MountEntry } from '../wires/host-wire.ts';
import { mountKept } from './author-files.ts';
import { Harness } from './kernel-harness.ts';

const project = '/home/user/project';

function layerOf(id: string, files: Readonly<Record<string, string>>): LayerSource {
  const writer = new TarWriter();
  for (const [path, text] of Object.entries(files))
    writer.add({ path, type: 'file', mode: 0o644, mtimeMs: 0 }, new TextEncoder().encode(text));
  return { id, blob: new Blob(writer.end()) };
}

/** The files of a page, by one visit of it after the other. */
async function visit(
  store: MemoryStore,
  files: Readonly<Record<string, string>>,
  { layer = null, more = [] }: { readonly layer?: LayerSource | null; readonly more?: readonly MountEntry[] } = {},
) {
  const keepLayer = (source: LayerSource) => Promise.resolve(void store.layers.set(source.id, source));
  const harness = new Harness({
    environment: { readBlob: readMemoryBlob, openStore: () => Promise.resolve({ store, storedElsewhere: false, keepLayer }) },
  });
  await harness.boot();
  const made = await harness.peer.call('createContainer', { persist: 'name', workdir: project, env: {}, limits: {}, engine: 'native' });
  const { container } = made;
  const entries = [...Object.entries(files).map(([path, data]): MountEntry => ({ kind: 'file', path, data })), ...more];
  // Not by a message, which would make other Blobs of the layers', that cannot be read at once here.
  mountKept(harness.kernel.container(container), { path: project, entries, layer });
  const at = (path: string) => `${project}/${path}`;
  const text = async (path: string) => new TextDecoder().decode((await harness.peer.call('readFile', { container, path: at(path) })).bytes);
  const all = async (folder = ''): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for (const { name, type } of (await harness.peer.call('readdir', { container, path: at(folder) })).entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (type === 'directory') Object.assign(found, { [path]: '/' }, await all(path));
      else found[path] = await text(path);
    }
    return found;
  };
  return {
    restored: made.restored,
    all,
    write: (path: string, data: string) =>
      harness.peer.call('writeFile', { container, path: at(path), bytes: new TextEncoder().encode(data) }),
    remove: (path: string) => harness.peer.call('remove', { container, path: at(path), recursive: true, force: false }),
    rename: (from: string, to: string) => harness.peer.call('rename', { container, from: at(from), to: at(to) }),
    forget: () => harness.peer.call('forget', { container }),
    mkdir: (path: string) => harness.peer.call('mkdir', { container, path: at(path), recursive: false }),
    leave: () => harness.close(),
  };
}

let restore: () => void;
before(() => {
  restore = installMemoryBlobs();
});
after(() => restore());

describe('The author’s files of a kept container', () => {
  it('that the reader deleted, renamed or whose folder went stay so, and come back with a reset', async () => {
    const store = new MemoryStore();
    const files = { 'a.txt': 'a', 'b.txt': 'b', 'folder/c.txt': 'c', 'kept.txt': 'k' };
    const first = await visit(store, files);
    await first.remove('a.txt');
    await first.rename('b.txt', 'renamed.txt');
    await first.remove('folder');
    const left = await first.all();
    assert.deepEqual(left, { 'kept.txt': 'k', 'renamed.txt': 'b' });
    await first.leave();

    const second = await visit(store, files);
    assert.equal(second.restored, true);
    assert.deepEqual(await second.all(), left);
    await second.forget();
    const whole = { 'a.txt': 'a', 'b.txt': 'b', folder: '/', 'folder/c.txt': 'c', 'kept.txt': 'k' };
    assert.deepEqual(await second.all(), whole);
    await second.remove('kept.txt');
    await second.leave();

    const third = await visit(store, files);
    const { 'kept.txt': _, ...rest } = whole;
    assert.deepEqual(await third.all(), rest);
    await third.leave();
  });

  it('follow the author where the reader left them alone, and only there', async () => {
    const store = new MemoryStore();
    const first = await visit(store, {
      same: '1',
      changed: '1',
      edited: '1',
      deleted: '1',
      gone: '1',
      goneButEdited: '1',
      'old/only': '1',
    });
    await first.write('edited', 'reader');
    await first.write('goneButEdited', 'reader');
    await first.write('taken', 'reader');
    await first.remove('deleted');
    await first.leave();

    const files = { same: '1', changed: '2', edited: '2', deleted: '2', taken: '2', new: '2', 'fresh/one': '2' };
    const second = await visit(store, files);
    const seen = {
      same: '1',
      changed: '2',
      edited: 'reader',
      goneButEdited: 'reader',
      taken: 'reader',
      new: '2',
      fresh: '/',
      'fresh/one': '2',
    };
    assert.deepEqual(await second.all(), seen);
    await second.remove('new');
    await second.leave();

    const third = await visit(store, { ...files, changed: '3' });
    const { new: _, ...rest } = seen;
    assert.deepEqual(await third.all(), { ...rest, changed: '3' });
    await third.leave();
  });

  it('change their kind with the author: links, folders, programs', async () => {
    const store = new MemoryStore();
    const first = await visit(store, { target: 't', toLink: '1' }, { more: [{ kind: 'symlink', path: 'link', target: 'target' }] });
    await first.leave();
    const second = await visit(
      store,
      { target: 't', link: 'a file now' },
      { more: [{ kind: 'symlink', path: 'toLink', target: 'target' }] },
    );
    assert.deepEqual(await second.all(), { target: 't', link: 'a file now', toLink: 't' });
    await second.leave();
    const third = await visit(store, { target: 't', link: 'a file now', 'toLink/below': '3' });
    assert.deepEqual(await third.all(), { target: 't', link: 'a file now', toLink: '/', 'toLink/below': '3' });
    await third.leave();
  });

  it('of a template: deleted ones stay deleted, and another version of it brings what it changed', async () => {
    const store = new MemoryStore();
    const one = layerOf('template:1', { 'a.txt': 'a1', 'b.txt': 'b1', 'lib/c.txt': 'c1', 'lib/d.txt': 'd1', 'gone.txt': 'g1' });
    const first = await visit(store, { 'b.txt': 'inline' }, { layer: one });
    await first.remove('a.txt');
    await first.write('lib/c.txt', 'reader');
    await first.leave();

    const second = await visit(store, { 'b.txt': 'inline' }, { layer: one });
    const seen = { 'b.txt': 'inline', lib: '/', 'lib/c.txt': 'reader', 'lib/d.txt': 'd1', 'gone.txt': 'g1' };
    assert.deepEqual(await second.all(), seen);
    await second.leave();

    const two = layerOf('template:2', { 'a.txt': 'a2', 'b.txt': 'b2', 'lib/c.txt': 'c2', 'lib/d.txt': 'd2', 'more.txt': 'm2' });
    const third = await visit(store, {}, { layer: two });
    const now = { 'b.txt': 'b2', lib: '/', 'lib/c.txt': 'reader', 'lib/d.txt': 'd2', 'more.txt': 'm2' };
    assert.deepEqual(await third.all(), now);
    await third.remove('lib/d.txt');
    await third.leave();

    const three = layerOf('template:3', { 'a.txt': 'a3', 'b.txt': 'b3', 'lib/d.txt': 'd3' });
    const fourth = await visit(store, {}, { layer: three });
    assert.deepEqual(await fourth.all(), { 'b.txt': 'b3', lib: '/', 'lib/c.txt': 'reader' });
    await fourth.forget();
    const whole = { 'a.txt': 'a3', 'b.txt': 'b3', lib: '/', 'lib/d.txt': 'd3' };
    assert.deepEqual(await fourth.all(), whole);
    await fourth.leave();
    const fifth = await visit(store, {}, { layer: three });
    assert.deepEqual(await fifth.all(), whole);
    await fifth.leave();
  });

  it('without a record of what they were, only bring what is missing', async () => {
    const store = new MemoryStore();
    const first = await visit(store, {});
    await first.write('a', 'kept');
    await first.leave();
    store.changes = store.changes.filter((change) => change.kind !== 'create' || change.name !== 'author.json');
    const second = await visit(store, { a: 'author', b: 'author' });
    assert.deepEqual(await second.all(), { a: 'kept', b: 'author' });
    await second.leave();
  });

  it('have names that objects have, and no program reads the record', async () => {
    const store = new MemoryStore();
    const first = await visit(store, { constructor: '1', __proto__x: '1' }, { more: [{ kind: 'file', path: '__proto__', data: 'p' }] });
    await first.remove('__proto__');
    await assert.rejects(first.write('../../../var/lib/bavini/author.json', '{}'), { code: 'EACCES' });
    await first.leave();
    const second = await visit(store, { constructor: '2', __proto__x: '1' }, { more: [{ kind: 'file', path: '__proto__', data: 'p' }] });
    assert.deepEqual(await second.all(), { constructor: '2', __proto__x: '1' });
    await second.leave();
  });
});
