import { assert } from 'chai';
import { deleteDB, openDB } from 'idb';
import type { BvError } from '../../base/errors.ts';
import { installMemoryBlobs, readMemoryBlob } from '../../testing/memory-blob.ts';
import { startSession } from '../../testing/store-contract.ts';
import { tarOf } from '../layer.ts';
import { TarWriter } from '../tar-writer.ts';
import { openStore } from './indexed-db.ts';
import { LayerStore, type NewLayer } from './layer-store.ts';

const bytesOf = async (blob: Blob) => [...new Uint8Array(await blob.arrayBuffer())];

describe('LayerStore', () => {
  let name = '';
  let count = 0;
  const opened: LayerStore[] = [];
  beforeEach(() => {
    name = `test-layers-${Date.now()}-${count++}`;
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) store.close();
    await deleteDB(name);
  });
  const open = async () => {
    const store = await LayerStore.open(name);
    opened.push(store);
    return store;
  };
  /** Its bytes are all `fill`. */
  const layer = (id: string, size: number, fill: number): NewLayer & { readonly tar: Blob } => ({
    id,
    size,
    tar: new Blob([new Uint8Array(size).fill(fill)]),
  });
  const check = async (store: LayerStore, expected: Readonly<Record<string, readonly [size: number, fill: number]>>) => {
    const found = await store.getAll([...Object.keys(expected), 'none']);
    assert.sameMembers([...found.keys()], Object.keys(expected));
    for (const [id, [size, fill]] of Object.entries(expected)) {
      const source = found.get(id);
      assert.isDefined(source);
      assert.deepEqual(await bytesOf(tarOf(source as NonNullable<typeof source>)), Array<number>(size).fill(fill), id);
    }
  };
  /** As if it had been used that many hours ago. */
  const age = async (hours: Readonly<Record<string, number>>) => {
    const raw = await openDB(name);
    for (const [id, ago] of Object.entries(hours)) {
      const row = (await raw.get('layers', id)) as object;
      await raw.put('layers', { ...row, usedMs: Date.now() - ago * 3_600_000 });
    }
    raw.close();
  };
  const packs = async () => {
    const raw = await openDB(name);
    const sizes = ((await raw.getAll('packs')) as { size: number }[]).map(({ size }) => size);
    raw.close();
    return sizes.sort((a, b) => a - b);
  };

  it('opens what version 1 stored, gives it out and never evicts it by age', async () => {
    const raw = await openDB(name, 1, {
      upgrade(database) {
        database.createObjectStore('layers', { keyPath: 'id' });
      },
    });
    const tar = new Uint8Array(600).fill(7);
    // WebKitGTK stores no Blobs, and never did.
    await raw.put('layers', { id: 'blob', tar: new Blob([tar]), size: 600 }).catch(() => raw.put('layers', { id: 'blob', tar, size: 600 }));
    await raw.put('layers', { id: 'bytes', tar: new Uint8Array(500).fill(8), size: 500 });
    await raw.put('layers', { id: 'short', tar: new Uint8Array(5), size: 500 });
    raw.close();
    const store = await open();
    await store.put({ id: 'new', blob: new Blob([new Uint8Array(400).fill(9)]) });
    await check(store, { blob: [600, 7], bytes: [500, 8], new: [400, 9] });
    assert.deepEqual(
      (await store.evict({ maxBytes: 0 })).map(({ id }) => id),
      ['new'],
    );
    await check(store, { blob: [600, 7], bytes: [500, 8] });
    await store.delete('blob');
    assert.sameMembers(await store.ids(), ['bytes', 'short']);
  });

  it('what is put in one turn is one pack, and each layer is stored once', async () => {
    const store = await open();
    await Promise.all([1, 2, 3].map((fill) => store.put({ id: `l${fill}`, blob: layer('', 1000 * fill, fill).tar })));
    await Promise.all([3, 4].map((fill) => store.put({ id: `l${fill}`, blob: layer('', 1000 * fill, fill).tar })));
    assert.deepEqual(await packs(), [4000, 6000]);
    await check(store, { l1: [1000, 1], l2: [2000, 2], l3: [3000, 3], l4: [4000, 4] });
    const found = await store.getAll(['l1', 'l2', 'l3']);
    assert.equal(new Set([...found.values()].map(({ blob }) => blob)).size, 1);
  });

  it('a write that is killed leaves nothing', async () => {
    const store = await open();
    await store.add([layer('kept', 100, 1)]);
    const put = IDBObjectStore.prototype.put;
    let rows = 0;
    IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
      if (this.name === 'layers' && ++rows === 3) throw new DOMException('The tab has ended', 'AbortError');
      return put.apply(this, args);
    };
    const error = await store.add([1, 2, 3, 4].map((fill) => layer(`l${fill}`, 1000, fill))).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    IDBObjectStore.prototype.put = put;
    // It was tried once more, with bytes in place of a Blob: that went through, all of it.
    if (error === undefined) assert.deepEqual(await packs(), [100, 4000]);
    else assert.deepEqual(await packs(), [100]);
    rows = -Infinity;
    const full = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
      if (this.name === 'layers') throw new DOMException('No room', 'QuotaExceededError');
      return full.apply(this, args);
    };
    const refused = await store.add([5, 6].map((fill) => layer(`l${fill}`, 1000, fill))).then(
      () => undefined,
      (reason: unknown) => reason as BvError,
    );
    IDBObjectStore.prototype.put = full;
    assert.equal(refused?.code, 'ERR_BV_QUOTA');
    assert.notInclude(await packs(), 2000);
    assert.notInclude(await store.ids(), 'l5');
  });

  it('evict() takes what was used longest ago until all fits', async () => {
    const store = await open();
    await store.add([1, 2, 3, 4].map((fill) => layer(`l${fill}`, 1000, fill)));
    await age({ l1: 5, l2: 9, l3: 1, l4: 7 });
    assert.deepEqual(await store.evict({ maxBytes: 4000 }), []);
    assert.deepEqual(
      (await store.evict({ maxBytes: 2500 })).map(({ id }) => id),
      ['l2', 'l4'],
    );
    await check(store, { l1: [1000, 1], l3: [1000, 3] });
  });

  it('evict() spares what live pages use, and what a page has used that is gone goes', async () => {
    const [first, second] = [await open(), await open()];
    await first.add([1, 2, 3].map((fill) => layer(`l${fill}`, 1000, fill)));
    await first.use(['l1']);
    await second.holdWhileAlive(['l2', 'not stored yet']);
    assert.deepEqual([...(await second.list()).inUse].sort(), ['l1', 'l2', 'not stored yet']);
    assert.deepEqual(
      (await second.evict({ maxBytes: 0 })).map(({ id }) => id),
      ['l3'],
    );
    await check(second, { l1: [1000, 1], l2: [1000, 2] });
    opened.splice(opened.indexOf(first), 1);
    first.close();
    await gone((held) => held.filter((lock) => lock.startsWith('bavini-layers-of-page:')).length === 1);
    assert.deepEqual(
      (await second.evict({ maxBytes: 0 })).map(({ id }) => id),
      ['l1'],
    );
    const third = await open();
    assert.deepEqual([...(await third.list()).inUse].sort(), ['l2', 'not stored yet']);
  });

  it('evict() spares what a page begins to use while it looks who lives', async () => {
    const [first, second] = [await open(), await open()];
    await first.add([layer('l', 1000, 1)]);
    const { locks } = navigator;
    const asked = locks.query.bind(locks);
    Object.assign(locks, {
      query: async () => {
        const answer = await asked();
        await first.use(['l']);
        return answer;
      },
    });
    try {
      assert.deepEqual(await second.evict({ maxBytes: 0 }), []);
    } finally {
      Reflect.deleteProperty(locks, 'query');
    }
    await check(second, { l: [1000, 1] });
  });

  it('on a full disk what is stored can be used, and nobody evicts it', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    await first.add([1, 2, 3, 4].map((fill) => layer(`l${fill}`, 1000, fill)));
    await age({ l1: 5 });
    const { put, add } = IDBObjectStore.prototype;
    const refuse = () => {
      throw new DOMException('No room', 'QuotaExceededError');
    };
    Object.assign(IDBObjectStore.prototype, { put: refuse, add: refuse });
    try {
      const used = await second.use(['l1', 'l2', 'none']);
      assert.sameMembers([...used.keys()], ['l1', 'l2']);
      const [source] = [...used.values()].map((one) => one.source);
      assert.deepEqual(await bytesOf(tarOf(source as NonNullable<typeof source>)), Array<number>(1000).fill(1));
      assert.isBelow(used.get('l1')?.usedMs ?? Infinity, Date.now() - 4 * 3_600_000);
      // Again, and by others at the same time.
      assert.equal((await second.use(['l1'])).size, 1);
      await third.holdWhileAlive(['l2', 'l3']);
      assert.deepEqual([...(await first.list()).inUse].sort(), ['l1', 'l2', 'l3', 'none']);
    } finally {
      Object.assign(IDBObjectStore.prototype, { put, add });
    }
    assert.deepEqual(
      (await first.evict({ maxBytes: 0 })).map(({ id }) => id),
      ['l4'],
    );
    opened.splice(opened.indexOf(second), 1);
    second.close();
    await gone((held) => !held.some((lock) => lock.includes('"none"')));
    assert.deepEqual(
      (await first.evict({ maxBytes: 0 })).map(({ id }) => id),
      ['l1'],
    );
    await check(first, { l2: [1000, 2], l3: [1000, 3] });
  });

  it('a worker that ends without a word holds nothing any more', async () => {
    const store = await open();
    await store.add([layer('l', 1000, 1)]);
    const holder = `bavini-layers-of-page:${name}`;
    const code = `navigator.locks.request(${JSON.stringify(holder)}, () => { postMessage('held'); return new Promise(() => {}); });`;
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const worker = new Worker(url);
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
    await store.hold(holder, ['l']);
    assert.deepEqual(await store.evict({ maxBytes: 0 }), []);
    worker.terminate();
    URL.revokeObjectURL(url);
    await gone((held) => !held.includes(holder));
    assert.equal((await store.evict({ maxBytes: 0 })).length, 1);
  });

  it('packs shrink once less than half of them is used, and go with their last layer', async () => {
    const store = await open();
    await store.add([1, 2, 3, 4, 5].map((fill) => layer(`l${fill}`, 1000, fill)));
    await store.evict({ ids: ['l1', 'l4'] });
    assert.deepEqual(await packs(), [5000]);
    await store.delete('l2');
    assert.deepEqual(await packs(), [2000]);
    await check(store, { l3: [1000, 3], l5: [1000, 5] });
    await check(await open(), { l3: [1000, 3], l5: [1000, 5] });
    await store.evict({ ids: ['l3', 'l5'] });
    assert.deepEqual(await packs(), []);
  });

  it('tidy() removes rows without packs and packs without rows', async () => {
    const store = await open();
    await store.add([layer('a', 1000, 1)]);
    await store.add([layer('b', 2000, 2)]);
    await store.add([layer('c', 3000, 3)]);
    const raw = await openDB(name);
    const keys = await raw.getAllKeys('packs');
    await raw.delete('packs', keys[0] as IDBValidKey);
    await raw.delete('layers', 'b');
    raw.close();
    await check(store, { c: [3000, 3] });
    assert.deepEqual(await store.tidy(), ['a']);
    assert.deepEqual(await packs(), [3000]);
    assert.deepEqual(await store.ids(), ['c']);
  });

  it('what somebody stored without facts gets them from who knows them', async () => {
    const store = await open();
    await store.put({ id: 'l', blob: layer('', 1000, 1).tar });
    assert.isUndefined((await store.use(['l'])).get('l')?.facts);
    await store.add([{ ...layer('l', 1000, 1), facts: { files: 3 }, label: 'l@1.0.0' }]);
    assert.deepInclude((await store.use(['l'])).get('l'), { facts: { files: 3 }, label: 'l@1.0.0' });
    assert.deepEqual(await packs(), [1000]);
  });

  it('reads and notes hundreds at once', async () => {
    const store = await open();
    const all = Array.from({ length: 300 }, (_, i) => layer(`l${i}`, 512, i % 256));
    await store.add(all);
    const other = await open();
    const ids = all.map(({ id }) => id);
    assert.equal((await other.use([...ids, 'none'])).size, 300);
    const found = await other.getAll(ids);
    assert.equal(found.size, 300);
    assert.equal(new Set([...found.values()].map(({ blob }) => blob)).size, 1);
    assert.deepEqual(await store.evict({ maxBytes: 0 }), []);
  });

  it('spares what a stored container mounts, until it is unmounted or forgotten', async () => {
    const restore = installMemoryBlobs();
    const layers = await open();
    const writer = new TarWriter();
    writer.add({ path: 'f', type: 'file', mode: 0o644, mtimeMs: 1000 }, new Uint8Array(10));
    const tar = new Blob(writer.end());
    const session = async () => {
      const { store } = await openStore(name, { reader: readMemoryBlob, layers });
      const start = store.start.bind(store);
      // As the kernel stores it: without what is mounted no more.
      store.start = (take, options) => {
        const view = () => ({ ...take(), mounts: take().mounts.filter(({ ino }) => ino !== null) });
        start(view, options);
      };
      return startSession(store, readMemoryBlob);
    };
    try {
      for (const id of ['a', 'b', 'c']) await layers.put({ id, blob: tar });
      const { fs, store, authority } = await session();
      authority.addLayers(['a', 'b', 'c'].map((id) => ({ id, blob: tar })));
      for (const id of ['a', 'b']) {
        fs.mkdir(`/${id}`, 0o755);
        fs.mount(`/${id}`, id);
      }
      await store.sync();
      assert.deepEqual(
        (await layers.evict({ maxBytes: 0 })).map(({ id }) => id),
        ['c'],
      );
      fs.unmount('/b');
      // Enough for a checkpoint.
      fs.writeFile('/large', new Uint8Array(5 << 20));
      await store.sync();
      fs.writeFile('/more', new Uint8Array(1));
      await store.sync();
      await store.close();
      assert.deepEqual([...(await layers.list()).inUse], ['a']);
      const raw = await openDB(name);
      await raw.clear('uses');
      raw.close();
      // Loading notes it again.
      const { store: again } = await openStore(name, { reader: readMemoryBlob, layers });
      await again.load();
      assert.deepEqual([...(await layers.list()).inUse], ['a']);
      await again.forget();
      assert.deepEqual([...(await layers.list()).inUse], []);
      await again.close();
    } finally {
      restore();
      await deleteDB(`bavini:${name}`);
    }
  });
});

/** Waits for the browser to let go of locks: it does so some time after their holder. */
async function gone(isSo: (held: readonly string[]) => boolean): Promise<void> {
  for (;;) {
    const { held = [] } = await navigator.locks.query();
    if (isSo(held.map(({ name = '' }) => name))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
