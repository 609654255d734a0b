/** What every store of files must do, run over each of them with mocha in real browsers. */
import { assert } from 'chai';
import { Authority } from '../fs/authority.ts';
import { FileSystem } from '../fs/file-system.ts';
import { restoreStored, type Store } from '../fs/stores/store.ts';
import { Tree } from '../fs/tree.ts';
import { readMemoryBlob } from './memory-blob.ts';
import { dumpTree } from './replica-model.ts';

/** A container's files over a store, as the kernel puts them together. */
export interface Session {
  readonly store: Store;
  readonly authority: Authority;
  readonly fs: FileSystem;
  readonly restored: boolean;
}

export async function startSession(store: Store, reader: (blob: Blob) => Uint8Array = readMemoryBlob): Promise<Session> {
  const options = { reader, keepsOrphans: true, uid: 1000, gid: 1000 };
  const state = await store.load();
  const authority = new Authority(state === null ? new Tree(options) : restoreStored(state, options));
  authority.subscribe((change) => store.append([change]));
  store.start(() => authority.snapshot(), { fresh: state === null });
  return { store, authority, fs: new FileSystem(authority), restored: state !== null };
}

const text = (value: string) => new TextEncoder().encode(value);

export function describeStore(name: string, open: () => Promise<Store>, reader?: (blob: Blob) => Uint8Array): void {
  describe(`${name}, as a store`, () => {
    it('load() finds nothing the first time, and after forget()', async () => {
      const first = await startSession(await open(), reader);
      assert.isFalse(first.restored);
      first.fs.writeFile('/a', text('x'));
      await first.store.sync();
      await first.store.forget();
      await first.store.close();
      const second = await startSession(await open(), reader);
      assert.isFalse(second.restored);
      await second.store.close();
    });

    it('onStored is called once, before sync() resolves, and again after forget()', async () => {
      const store = await open();
      await store.load();
      let stored = 0;
      const authority = new Authority(new Tree({ reader: reader ?? readMemoryBlob, keepsOrphans: true, uid: 1000, gid: 1000 }));
      authority.subscribe((change) => store.append([change]));
      const fs = new FileSystem(authority);
      const start = (fresh: boolean) => store.start(() => authority.snapshot(), { fresh, onStored: () => stored++ });
      start(false);
      await store.sync();
      assert.equal(stored, 0, 'nothing was written');
      for (const name of ['/a', '/b']) {
        fs.writeFile(name, text('x'));
        await store.sync();
        assert.equal(stored, 1);
      }
      await store.forget();
      assert.equal(stored, 1);
      start(true);
      await store.sync();
      assert.equal(stored, 2);
      await store.close();
    });

    it('load() gives back the tree, inode numbers, times and all, after sync()', async () => {
      const first = await startSession(await open(), reader);
      first.fs.mkdirp('/src/lib');
      first.fs.writeFile('/src/lib/a.js', text('a'));
      first.fs.writeFile('/src/big', new Uint8Array(100_000).fill(7));
      first.fs.symlink('lib/a.js', '/src/link');
      first.fs.link('/src/big', '/src/other');
      first.fs.rename('/src/lib', '/src/moved');
      first.fs.chmod('/src/big', 0o600);
      await first.store.sync();
      assert.equal(first.store.unsavedChanges, 0);
      const expected = dumpTree(first.authority.tree);
      await first.store.close();
      const second = await startSession(await open(), reader);
      assert.equal(dumpTree(second.authority.tree), expected);
      await second.store.close();
    });

    it('what was written is kept without sync() within 250 ms', async () => {
      const first = await startSession(await open(), reader);
      await first.store.sync();
      first.fs.writeFile('/a', text('kept'));
      const started = performance.now();
      while (first.store.unsavedChanges > 0 && performance.now() - started < 5000) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.isBelow(performance.now() - started, 250);
      await first.store.close();
    });

    it('a log of many sessions is replayed in order', async () => {
      for (let i = 0; i < 4; i++) {
        const session = await startSession(await open(), reader);
        const file = session.fs.open('/log', 0o2102, 0o644);
        file.write(text(`${i},`), null);
        file.close();
        await session.store.sync();
        await session.store.close();
      }
      const last = await startSession(await open(), reader);
      assert.equal(new TextDecoder().decode(last.fs.readFile('/log')), '0,1,2,3,');
      await last.store.close();
    });

    it('unlinked open files are not kept', async () => {
      const first = await startSession(await open(), reader);
      const file = first.fs.open('/gone', 0o102, 0o644);
      first.fs.unlink('/gone');
      file.write(text('x'), null);
      await first.store.sync();
      file.close();
      await first.store.close();
      const second = await startSession(await open(), reader);
      assert.deepEqual(second.fs.readdir('/'), []);
      assert.equal(second.authority.tree.files, 1);
      await second.store.close();
    });
  });
}
