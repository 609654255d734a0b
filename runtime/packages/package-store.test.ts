import { assert } from 'chai';
import { deleteDB, openDB } from 'idb';
import type { BvError } from '../base/errors.ts';
import { readsFromStartOnly } from '../fs/blob-bytes.ts';
import { tarOf } from '../fs/layer.ts';
import { fetchPackages, type PackageRequest } from './fetch-packages.ts';
import { hashOf } from './integrity.ts';
import { openMetadataCache } from './metadata-cache.ts';
import { unpackPackage } from './package-tar.ts';
import { PackageStore, type NewPackage, type PackageStoreOptions } from './package-store.ts';
import { RegistryClient } from './registry-client.ts';
import { gzip, joinBytes, rawTar } from './testing/tar-builder.ts';

async function pack(name: string, contents: string | Uint8Array = name) {
  const manifest = JSON.stringify({ name, version: '1.0.0', bin: 'cli.js' });
  const tarball = await gzip(
    rawTar([
      { name: 'package/package.json', contents: manifest },
      { name: 'package/cli.js', contents: '#!/usr/bin/env node\n' },
      { name: 'package/index.js', contents },
    ]),
  );
  const integrity = await hashOf(tarball);
  const { parts, size, facts } = await unpackPackage(tarball);
  const made: NewPackage = { id: `npm1:${integrity}`, parts, size, facts, label: `${name}@1.0.0` };
  return { made, tarball, integrity, manifest };
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

describe('PackageStore', () => {
  let name = '';
  let count = 0;
  const opened: PackageStore[] = [];
  beforeEach(() => {
    name = `test-packages-${Date.now()}-${count++}`;
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) store.close();
    await deleteDB(name);
  });
  const open = async (options: PackageStoreOptions = {}) => {
    const store = await PackageStore.open({ name, ...options });
    opened.push(store);
    return store;
  };
  const close = (store: PackageStore) => {
    opened.splice(opened.indexOf(store), 1);
    store.close();
  };
  /** Answers requests for tarballs by their path. */
  const registry = (tarballs: Readonly<Record<string, Uint8Array<ArrayBuffer>>>) => {
    const asked: string[] = [];
    const client = () =>
      new RegistryClient({
        registries: [`${location.origin}/registry/`],
        fetch: async (input) => {
          const path = String(input).replace(`${location.origin}/registry/`, '');
          asked.push(path);
          const found = tarballs[path];
          return found === undefined ? new Response('', { status: 404 }) : new Response(found);
        },
      });
    return { asked, client };
  };

  it('keeps packages and what is known of them from one visit to the next', async () => {
    const { made, manifest } = await pack('a');
    const first = await open();
    assert.isTrue(first.persistent);
    assert.equal((await first.have([made.id])).size, 0);
    await first.add([made]);
    close(first);
    const second = await open();
    const found = (await second.have([made.id, 'npm1:none'])).get(made.id);
    assert.deepEqual(found, { id: made.id, size: made.size, facts: made.facts });
    assert.deepEqual(found?.facts.bins, ['cli.js']);
    const [layer] = await second.get([made.id]);
    assert.isDefined(layer);
    assert.deepEqual(new Uint8Array(await tarOf(layer as NonNullable<typeof layer>).arrayBuffer()), joinBytes(made.parts));
    assert.equal(await second.packageJson(made.id), manifest);
    assert.isUndefined(await second.packageJson('npm1:none'));
    const error = await second.get(['npm1:none']).then(
      () => undefined,
      (reason: unknown) => reason as BvError,
    );
    assert.equal(error?.code, 'ERR_BV_STORE');
  });

  it('get() gives hundreds in one Blob or few, in order', async () => {
    const store = await open();
    const all = await Promise.all(Array.from({ length: 120 }, (_, i) => pack(`p${i}`)));
    await store.add(all.slice(0, 70).map(({ made }) => made));
    await store.add(all.slice(70).map(({ made }) => made));
    const ids = all.map(({ made }) => made.id).reverse();
    const layers = await store.get(ids);
    assert.deepEqual(
      layers.map(({ id }) => id),
      ids,
    );
    // Not joined where that could not be read: one for each time that packages were added.
    assert.equal(new Set(layers.map(({ blob }) => blob)).size, readsFromStartOnly ? 2 : 1);
    for (const [i, { made }] of [...all].reverse().entries()) {
      if (i % 20 === 0) assert.deepEqual(new Uint8Array(await tarOf(layers[i] as (typeof layers)[0]).arrayBuffer()), joinBytes(made.parts));
    }
  });

  it('writes no more than 1.1 times the bytes of the tars', async () => {
    const store = await open();
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => pack(`p${i}`, noise(40_000))));
    const bytes = all.reduce((sum, { made }) => sum + made.size, 0);
    for (let i = 0; i < 100; i += 25) await store.add(all.slice(i, i + 25).map(({ made }) => made));
    await store.have(all.map(({ made }) => made.id));
    const raw = await openDB(name);
    let stored = 0;
    for (const kind of ['layers', 'packs', 'uses'] as const) {
      for (const row of (await raw.getAll(kind)) as { bytes?: Blob | Uint8Array }[]) {
        const { bytes: held, ...rest } = row;
        stored += (held instanceof Blob ? held.size : (held?.length ?? 0)) + 2 * JSON.stringify(rest).length;
      }
    }
    raw.close();
    assert.isBelow(stored / bytes, 1.1);
  });

  it('a full disk makes room once, then the session goes on in memory', async () => {
    const told: string[] = [];
    const [old, mine, more] = await Promise.all([pack('old'), pack('mine'), pack('more')]);
    const before = await open();
    await before.add([old.made]);
    close(before);
    await released();
    const store = await open({ onUnsaved: ({ code }) => told.push(code) });
    const add = IDBObjectStore.prototype.add;
    let refusals = 1;
    IDBObjectStore.prototype.add = function (...args: Parameters<typeof add>) {
      if (this.name === 'packs' && refusals-- > 0) throw new DOMException('No room', 'QuotaExceededError');
      return add.apply(this, args);
    };
    try {
      await store.add([mine.made]);
      assert.deepEqual(told, []);
      assert.deepEqual(
        (await store.list()).map(({ label }) => label),
        ['mine@1.0.0'],
      );
      refusals = Infinity;
      await store.add([more.made]);
      assert.deepEqual(told, ['ERR_BV_QUOTA']);
      assert.isFalse(store.persistent);
      const both = [mine.made.id, more.made.id];
      assert.equal((await store.have(both)).size, 2);
      const layers = await store.get(both);
      assert.deepEqual(new Uint8Array(await tarOf(layers[1] as (typeof layers)[0]).arrayBuffer()), joinBytes(more.made.parts));
    } finally {
      IDBObjectStore.prototype.add = add;
    }
    const other = await open();
    assert.equal((await other.have([mine.made.id, more.made.id])).size, 1);
  });

  it('stays below its limit, sparing what is in use', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, i) => pack(`p${i}`, noise(100_000))));
    for (const { made } of all.slice(0, 6)) {
      const store = await open();
      await store.add([made]);
      close(store);
    }
    await released();
    const holder = await open();
    await holder.have([(all[0] as (typeof all)[0]).made.id]);
    const raw = await openDB(name);
    for (const [i, { made }] of all.slice(0, 6).entries()) {
      await raw.put('layers', { ...((await raw.get('layers', made.id)) as object), usedMs: Date.now() - (10 - i) * 3_600_000 });
    }
    raw.close();
    const store = await open({ maxBytes: 500_000 });
    await store.add(all.slice(6).map(({ made }) => made));
    const left = (await store.list()).map(({ label }) => label).sort();
    assert.deepEqual(left, ['p0@1.0.0', 'p5@1.0.0', 'p6@1.0.0', 'p7@1.0.0']);
  });

  it('what was added is spared from the moment it is there', async () => {
    const { made } = await pack('a');
    const store = await open();
    await store.add([made]);
    const other = await open();
    assert.deepEqual(await other.clean(), { removed: 0, freedBytes: 0, kept: 1 });
    const [layer] = await store.get([made.id]);
    assert.equal(layer?.id, made.id);
  });

  it('clean() removes what nobody uses; verify() what is damaged', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((one) => pack(one, noise(5000))));
    const [a, b, c, d] = all.map(({ made }) => made) as [NewPackage, NewPackage, NewPackage, NewPackage];
    for (const one of [[a, b], [c], [d]]) {
      const store = await open();
      await store.add(one);
      close(store);
    }
    await released();
    const store = await open();
    await store.have([d.id]);
    assert.deepEqual(await store.verify(), { checked: 4, bytes: a.size + b.size + c.size + d.size, removed: [] });
    const raw = await openDB(name);
    const row = (await raw.get('layers', b.id)) as { pack: number };
    const damaged = joinBytes([...a.parts, ...b.parts]);
    damaged[a.size + 700] = (damaged[a.size + 700] as number) ^ 1;
    await raw.put('packs', { bytes: damaged, size: damaged.length }, row.pack);
    raw.close();
    assert.deepEqual((await store.verify()).removed, [b.id]);
    assert.deepEqual(await store.clean([a.id]), { removed: 1, freedBytes: a.size, kept: 0 });
    assert.deepEqual(await store.clean(), { removed: 1, freedBytes: c.size, kept: 1 });
    assert.deepEqual(
      (await store.list()).map(({ label, inUse }) => [label, inUse]),
      [['d@1.0.0', true]],
    );
  });

  it('fetchPackages(): two workers at once fetch each package once; the next visit fetches nothing', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => pack(`f${i}`)));
    const tarballs = Object.fromEntries(all.map(({ tarball }, i) => [`f${i}.tgz`, tarball]));
    const requests = all.map(({ integrity }, i): PackageRequest => {
      return { name: `f${i}`, version: '1.0.0', resolved: `${location.origin}/registry/f${i}.tgz`, integrity };
    });
    const { asked, client } = registry(tarballs);
    const [first, second] = [await open(), await open()];
    const results = await Promise.all([
      fetchPackages(requests, { client: client(), store: first }),
      fetchPackages([...requests].reverse(), { client: client(), store: second }),
    ]);
    assert.lengthOf(
      asked.filter((path) => path.endsWith('.tgz')),
      20,
    );
    for (const { packages, layers } of results) {
      assert.isTrue(packages.every((one) => one !== undefined));
      // Where they cannot be joined: one for each write, of which there are as many as the disk is quick for.
      if (!readsFromStartOnly) assert.equal(new Set(layers.map(({ blob }) => blob)).size, 1);
    }
    const third = await open();
    const again = await fetchPackages(requests, { client: client(), store: third });
    assert.isTrue(again.packages.every((one) => one?.fetched === false));
    assert.lengthOf(
      asked.filter((path) => path.endsWith('.tgz')),
      20,
    );
  });

  it('without IndexedDB it is in memory, and says so', async () => {
    const told: string[] = [];
    const openDatabase = IDBFactory.prototype.open;
    IDBFactory.prototype.open = () => {
      throw new DOMException('Not here', 'SecurityError');
    };
    try {
      const store = await open({ onUnsaved: ({ code }) => told.push(code) });
      const { made } = await pack('a');
      await store.add([made]);
      assert.equal((await store.have([made.id])).size, 1);
      assert.lengthOf(await store.get([made.id]), 1);
      assert.isFalse(store.persistent);
      assert.deepEqual(told, ['ERR_BV_STORE']);
    } finally {
      IDBFactory.prototype.open = openDatabase;
    }
  });
});

describe('openMetadataCache()', () => {
  const name = `test-packuments-${Date.now()}`;
  after(() => deleteDB(name));

  it('keeps texts from one visit to the next, up to its size, the latest', async () => {
    const first = await openMetadataCache({ name, maxBytes: 10_000 });
    const entry = { text: 'ü'.repeat(1000), etag: '"1"', freshUntilMs: 5, storedMs: 1 };
    await first.put('a', entry);
    const second = await openMetadataCache({ name, maxBytes: 10_000 });
    assert.deepEqual(await second.get('a'), entry);
    assert.isUndefined(await second.get('b'));
    const writing = Array.from({ length: 8 }, (_, i) => second.put(`k${i + 2}`, { ...entry, storedMs: i + 2 }));
    assert.deepEqual(await second.get('k9'), { ...entry, storedMs: 9 }, 'there before it is written');
    await Promise.all(writing);
    const kept = (await second.list()).map(({ key }) => key).sort();
    assert.notInclude(kept, 'a');
    assert.include(kept, 'k9');
    assert.isAtMost(
      (await second.list()).reduce((sum, { bytes }) => sum + bytes, 0),
      10_000,
    );
    await second.clear();
    assert.isEmpty(await second.list());
  });
});

/** The browser lets go of a closed store's lock some time later. */
async function released(): Promise<void> {
  for (;;) {
    const { held = [] } = await navigator.locks.query();
    if (!held.some(({ name = '' }) => name.startsWith('bavini-layers-of-page:'))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
