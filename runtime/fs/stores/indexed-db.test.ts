import { assert } from 'chai';
import { deleteDB, openDB } from 'idb';
import { BvError } from '../../base/errors.ts';
import { installMemoryBlobs, readMemoryBlob } from '../../testing/memory-blob.ts';
import { dumpTree } from '../../testing/replica-model.ts';
import { describeStore, startSession } from '../../testing/store-contract.ts';
import { TarWriter } from '../tar-writer.ts';
import { openStore, type IndexedDbOptions, type StoreStep } from './indexed-db.ts';
import { LayerStore } from './layer-store.ts';
import type { Store } from './store.ts';

const text = (value: string) => new TextEncoder().encode(value);

/** Blobs that come out of IndexedDB are the browser's: read beforehand, since a page cannot read one at once. */
const known = new WeakMap<Blob, Uint8Array>();
const reader = (blob: Blob): Uint8Array => known.get(blob)?.slice() ?? readMemoryBlob(blob);
async function readable(store: Store): Promise<Store> {
  const load = store.load.bind(store);
  store.load = async () => {
    const state = await load();
    for (const blob of [state?.snapshot?.pack, ...(state?.layers ?? []).map((layer) => layer.blob)]) {
      if (blob !== null && blob !== undefined) known.set(blob, new Uint8Array(await blob.arrayBuffer()));
    }
    return state;
  };
  return store;
}

describe('IndexedDbStore', () => {
  let restoreBlobs: () => void;
  let count = 0;
  let name = '';
  const opened: Store[] = [];
  before(() => {
    restoreBlobs = installMemoryBlobs();
  });
  after(() => restoreBlobs());
  beforeEach(() => {
    name = `test-${Date.now()}-${count++}`;
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await deleteDB(`bavini:${name}`);
  });
  const open = async (options: Partial<IndexedDbOptions> = {}) => {
    const { store, storedElsewhere } = await openStore(name, { reader, ...options });
    opened.push(store);
    assert.isFalse(storedElsewhere);
    return readable(store);
  };
  const start = async (options: Partial<IndexedDbOptions> = {}) => startSession(await open(options), reader);

  describeStore('IndexedDbStore', () => open(), reader);

  it('openStore() tells that another holder has the name, loads for it and keeps nothing of it', async () => {
    const first = await start();
    first.fs.writeFile('/a', text('first'));
    await first.store.sync();
    const { store, storedElsewhere } = await openStore(name, { reader });
    opened.push(store);
    assert.isTrue(storedElsewhere);
    const second = await startSession(await readable(store), reader);
    assert.equal(new TextDecoder().decode(second.fs.readFile('/a')), 'first');
    second.fs.writeFile('/a', text('second'));
    await second.store.sync();
    await second.store.close();
    await first.store.close();
    const third = await start();
    assert.equal(new TextDecoder().decode(third.fs.readFile('/a')), 'first');
  });

  const steps: readonly StoreStep[] = ['record', 'record-written', 'checkpoint', 'checkpoint-written', 'head-written', 'cleaned'];
  for (const step of steps) {
    it(`loses nothing acknowledged and opens whole when it is killed at "${step}"`, async () => {
      for (let times = 1; times <= 3; times++) {
        let armed = false;
        const first = await start({
          onStep: (now) => {
            if (armed && now === step) throw new Error('killed');
          },
        });
        first.fs.writeFile(`/kept-${times}`, new Uint8Array(3000).fill(times));
        await first.store.sync();
        const acknowledged = dumpTree(first.authority.tree);
        const states = [acknowledged];
        armed = true;
        // Enough for the log to be compacted.
        first.fs.writeFile('/large', new Uint8Array(5 << 20));
        states.push(dumpTree(first.authority.tree));
        await first.store.sync().catch(() => {});
        first.fs.writeFile('/late', text('late'));
        states.push(dumpTree(first.authority.tree));
        await first.store.sync().catch(() => {});
        await first.store.close();
        const second = await start();
        const found = dumpTree(second.authority.tree);
        for (let i = 1; i <= times; i++) assert.equal(second.fs.readFile(`/kept-${i}`)[0], i);
        assert.include(step === 'record' ? [acknowledged] : states, found);
        second.fs.writeFile('/after', text('after'));
        await second.store.sync();
        const expected = dumpTree(second.authority.tree);
        await second.store.close();
        const third = await start();
        assert.equal(dumpTree(third.authority.tree), expected);
        third.fs.unlink('/after');
        await third.store.close();
      }
    });
  }

  it('a damaged record ends the log: the last good state opens and can be written on', async () => {
    const first = await start();
    for (let i = 0; i < 4; i++) {
      first.fs.writeFile(`/f${i}`, text(String(i)));
      await first.store.sync();
    }
    await first.store.close();
    const raw = await openDB(`bavini:${name}`);
    const keys = await raw.getAllKeys('log');
    const damagedKey = keys[keys.length - 2] as number;
    const record = (await raw.get('log', damagedKey)) as Uint8Array;
    record[record.length - 1] = (record[record.length - 1] as number) ^ 1;
    await raw.put('log', record, damagedKey);
    raw.close();
    const store = await open();
    const state = await store.load();
    assert.equal(state?.damage?.code, 'ERR_BV_STORE');
    await store.close();
    const second = await start();
    assert.deepEqual(
      second.fs.readdir('/').map((entry) => entry.name),
      ['f0', 'f1'],
    );
    second.fs.writeFile('/g', text('g'));
    await second.store.sync();
    await second.store.close();
    const third = await start();
    assert.deepEqual(
      third.fs.readdir('/').map((entry) => entry.name),
      ['f0', 'f1', 'g'],
    );
  });

  it('what a newer version wrote is refused', async () => {
    const first = await start();
    await first.store.sync();
    await first.store.close();
    const raw = await openDB(`bavini:${name}`);
    await raw.put('head', { format: 99, generation: 1 }, 'head');
    raw.close();
    const store = await open();
    const error = await store.load().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instanceOf(error, BvError);
    assert.match((error as BvError).message, /format 99/);
  });

  it('a full disk is told of once, the session goes on, and all is kept when there is room again', async () => {
    const errors: BvError[] = [];
    const first = await start({ onError: (error) => errors.push(error) });
    first.fs.writeFile('/a', text('a'));
    await first.store.sync();
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('No room', 'QuotaExceededError');
    };
    try {
      first.fs.writeFile('/b', text('b'));
      const error = await first.store.sync().then(
        () => undefined,
        (reason: unknown) => reason as BvError,
      );
      assert.equal(error?.code, 'ERR_BV_QUOTA');
      first.fs.writeFile('/c', text('c'));
      await first.store.sync().catch(() => {});
      assert.deepEqual(
        errors.map(({ code }) => code),
        ['ERR_BV_QUOTA'],
      );
      assert.isAbove(first.store.unsavedChanges, 0);
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    await first.store.sync();
    assert.equal(first.store.unsavedChanges, 0);
    await first.store.close();
    const second = await start();
    assert.deepEqual(
      second.fs.readdir('/').map((entry) => entry.name),
      ['a', 'b', 'c'],
    );
  });

  it('nothing that mounts a layer is durable before the layer is, which is tried again', async () => {
    const layersName = `${name}-layers`;
    const layers = await LayerStore.open(layersName);
    const writer = new TarWriter();
    writer.add({ path: 'f', type: 'file', mode: 0o644, mtimeMs: 1000 }, text('f'));
    const source = { id: 'late', blob: new Blob(writer.end()) };
    const first = await start({ layers });
    await first.store.sync();
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
      if (this.name === 'layers') throw new DOMException('No room', 'QuotaExceededError');
      return put.apply(this, args);
    };
    try {
      const error = await layers.put(source).then(
        () => undefined,
        (reason: unknown) => reason as BvError,
      );
      assert.equal(error?.code, 'ERR_BV_QUOTA');
      first.authority.addLayers([source]);
      first.fs.mkdir('/m', 0o755);
      first.fs.mount('/m', 'late');
      const failure = await first.store.sync().then(
        () => undefined,
        (reason: unknown) => reason as BvError,
      );
      assert.equal(failure?.code, 'ERR_BV_QUOTA');
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    await first.store.sync();
    await first.store.close();
    const second = await start({ layers });
    assert.equal(new TextDecoder().decode(second.fs.readFile('/m/f')), 'f');
    await second.store.close();
    layers.close();
    await deleteDB(layersName);
  });

  it('layers are stored once, and mounted again with what was written over them', async () => {
    const layersName = `${name}-layers`;
    const layers = await LayerStore.open(layersName);
    const writer = new TarWriter();
    writer.add({ path: 'pkg/index.js', type: 'file', mode: 0o644, mtimeMs: 1000 }, text('module.exports = 1'));
    const source = { id: 'sha512-x', blob: new Blob(writer.end()) };
    await layers.put(source);
    await layers.put(source);
    assert.deepEqual(await layers.ids(), ['sha512-x']);
    const first = await start({ layers });
    first.authority.addLayers([source]);
    first.fs.mkdir('/node_modules', 0o755);
    first.fs.mount('/node_modules', 'sha512-x');
    first.fs.writeFile('/node_modules/pkg/extra', text('extra'));
    await first.store.sync();
    const expected = dumpTree(first.authority.tree);
    await first.store.close();
    const second = await start({ layers });
    assert.equal(dumpTree(second.authority.tree), expected);
    await second.store.close();
    layers.close();
    await deleteDB(layersName);
  });
});
