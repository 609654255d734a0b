import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { tarOf } from '../fs/layer.ts';
import { readTar } from '../base/tar-reader.ts';
import { fetchPackages, type FetchProgress, type PackageRequest } from './fetch-packages.ts';
import { hashOf } from './integrity.ts';
import { PackageError } from './package-error.ts';
import { PackageFetcher } from './package-fetcher.ts';
import { PackageStore } from './package-store.ts';
import { RegistryClient, type TarballOptions } from './registry-client.ts';
import { BadRegistry, bytes, cutOff, inTurn, silence, status } from './testing/bad-registry.ts';
import { gzip, rawTar } from './testing/tar-builder.ts';

let registry: BadRegistry;
let at: string;
let store: PackageStore;
beforeEach(async () => {
  registry = new BadRegistry();
  at = await registry.start();
  // Node has no IndexedDB: this is the memory that a page falls back to.
  store = await PackageStore.open();
  assert.equal(store.persistent, false);
});
afterEach(() => registry.stop());

const client = () => new RegistryClient({ registries: [at], retry: { minTimeoutMs: 1, maxTimeoutMs: 2 } });

async function publish(
  name: string,
  contents = name,
  version = '1.0.0',
): Promise<PackageRequest & { readonly tarball: Uint8Array<ArrayBuffer> }> {
  const manifest = JSON.stringify({ name, version });
  const tarball = await gzip(
    rawTar([
      { name: 'package/package.json', contents: manifest },
      // Left out: what stands before and behind it are pieces of one buffer.
      { name: 'package/lib/', flag: '5' },
      { name: 'package/index.js', contents },
    ]),
  );
  const path = `${name}/-/${name}-${version}.tgz`;
  registry.routes.set(`/${path}`, bytes(tarball));
  return { name, version, resolved: `${at}${path}`, integrity: await hashOf(tarball), tarball };
}

async function failure(work: Promise<unknown>): Promise<PackageError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PackageError, String(error));
  return error;
}

describe('fetchPackages()', () => {
  it('packages that are more together than are unpacked in one place come out whole', async () => {
    const list = await Promise.all(Array.from({ length: 9 }, (_, i) => publish(`large${i}`, `${i}`.repeat(3 << 20))));
    list.push(await publish('larger', 'x'.repeat(20 << 20)));
    const { packages } = await fetchPackages(list, { client: client(), store });
    for (const [i, found] of packages.entries()) {
      const bytes = new Uint8Array(await tarOf(found!.layer).arrayBuffer());
      const [contents = '', times = 0] = i === 9 ? ['x', 20 << 20] : [`${i}`, 3 << 20];
      const files = new Map<string, string>();
      readTar({ size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, ({ path, offset, size }) => {
        files.set(path, new TextDecoder().decode(bytes.subarray(offset, offset + size)));
      });
      assert.equal(files.get('index.js') === contents.repeat(times), true, `package ${i}`);
    }
  });

  it('gives layers in one Blob, each package in its place, and fetches nothing twice', async () => {
    const list = await Promise.all(Array.from({ length: 40 }, (_, i) => publish(`p${i}`)));
    const progress: FetchProgress[] = [];
    const twice = [...list, ...list.slice(0, 3)];
    const { packages, layers, failures } = await fetchPackages(twice, { client: client(), store, onProgress: (now) => progress.push(now) });
    assert.deepEqual(failures, []);
    assert.equal(layers.length, 40);
    assert.equal(new Set(layers.map(({ blob }) => blob)).size, 1);
    for (const [i, one] of packages.entries()) {
      const request = twice[i] as PackageRequest;
      assert.ok(one);
      assert.equal(one.id, `npm1:${request.integrity}`);
      assert.equal(one.layer.id, one.id);
      assert.equal(one.integrity, request.integrity);
      assert.equal(one.facts.files, 2);
      const tar = new Uint8Array(await tarOf(one.layer).arrayBuffer());
      const found: string[] = [];
      const problem = readTar(
        { size: tar.length, read: (offset, length) => tar.subarray(offset, offset + length) },
        ({ path, offset, size }) => {
          found.push(`${path}: ${new TextDecoder().decode(tar.subarray(offset, offset + size))}`);
        },
      );
      assert.equal(problem, undefined);
      assert.deepEqual(found, [`package.json: {"name":"${request.name}","version":"1.0.0"}`, `index.js: ${request.name}`]);
      assert.equal(await store.packageJson(one.id), `{"name":"${request.name}","version":"1.0.0"}`);
    }
    assert.deepEqual([progress.at(-1)?.done, progress.at(-1)?.total, progress.at(-1)?.cached], [43, 43, 0]);
    for (const { name } of list) assert.equal(registry.count(`/${name}/-/${name}-1.0.0.tgz`), 1);
    const again = await fetchPackages(list, { client: client(), store });
    assert.ok(again.packages.every((one) => one?.fetched === false));
    for (const { name } of list) assert.equal(registry.count(`/${name}/-/${name}-1.0.0.tgz`), 1);
  });

  it('two installs at once fetch each package once', async () => {
    const list = await Promise.all(Array.from({ length: 10 }, (_, i) => publish(`q${i}`)));
    const results = await Promise.all([
      fetchPackages(list, { client: client(), store }),
      fetchPackages([...list].reverse(), { client: client(), store }),
    ]);
    for (const { packages } of results) assert.ok(packages.every((one) => one !== undefined));
    for (const { name } of list) assert.equal(registry.count(`/${name}/-/${name}-1.0.0.tgz`), 1);
  });

  it('a wrong hash is fetched once more; then it fails with both hashes, names the package and stores nothing', async () => {
    const good = await publish('good');
    const evil = await publish('evil');
    registry.routes.set('/evil/-/evil-1.0.0.tgz', inTurn(bytes(good.tarball), bytes(evil.tarball)));
    await fetchPackages([evil], { client: client(), store });
    assert.equal(registry.count('/evil/-/evil-1.0.0.tgz'), 2);
    const worse = await publish('worse');
    registry.routes.set('/worse/-/worse-1.0.0.tgz', bytes(good.tarball));
    const error = await failure(fetchPackages([good, worse], { client: client(), store }));
    assert.equal(error.code, 'EINTEGRITY');
    assert.equal(error.pkgid, 'worse@1.0.0');
    assert.ok(error.message.includes(worse.integrity as string) && error.message.includes(good.integrity as string), error.message);
    assert.equal(registry.count('/worse/-/worse-1.0.0.tgz'), 2);
    assert.equal((await store.have([`npm1:${worse.integrity}`])).size, 0);
  });

  it('each failure names its package and its cause', async () => {
    const cases: [string, Parameters<typeof registry.routes.set>[1], string][] = [
      ['gone', status(404, { error: 'Not found' }), 'E404'],
      ['locked', status(401), 'E401'],
      ['shut', status(403), 'E403'],
      ['busy', status(429), 'E429'],
      ['broken', status(500), 'E500'],
      ['page', bytes(new TextEncoder().encode('<!DOCTYPE html>')), 'EINTEGRITY'],
    ];
    for (const [name, answer, code] of cases) {
      const request = await publish(name);
      registry.routes.set(`/${name}/-/${name}-1.0.0.tgz`, answer);
      const error = await failure(fetchPackages([await publish('fine'), request], { client: client(), store }));
      assert.deepEqual([error.code, error.pkgid], [code, `${name}@1.0.0`]);
    }
    const cut = await publish('cut');
    registry.routes.set('/cut/-/cut-1.0.0.tgz', inTurn(cutOff(cut.tarball), bytes(cut.tarball)));
    assert.ok((await fetchPackages([cut], { client: client(), store })).packages[0]);
  });

  it('what is no package fails by name, and what has no integrity gets one', async () => {
    const junk = await gzip(new TextEncoder().encode('no tar at all'.repeat(100)) as Uint8Array<ArrayBuffer>);
    registry.routes.set('/junk.tgz', bytes(junk));
    const error = await failure(
      fetchPackages([{ name: 'junk', version: '0.0.0', resolved: `${at}junk.tgz` }], { client: client(), store }),
    );
    assert.deepEqual([error.code, error.pkgid], ['TAR_BAD_ARCHIVE', 'junk@0.0.0']);
    const { tarball, integrity } = await publish('free');
    const { packages } = await fetchPackages(
      [
        { name: 'free', version: '1.0.0' },
        { name: 'local', version: '1.0.0', bytes: tarball },
      ],
      { client: client(), store },
    );
    assert.deepEqual(
      packages.map((one) => one?.integrity),
      [integrity, integrity],
    );
  });

  it('optional packages may fail', async () => {
    const fine = await publish('fine');
    const missing = { name: 'missing', version: '1.0.0', optional: true, resolved: `${at}missing.tgz` };
    const { packages, failures } = await fetchPackages([missing, fine], { client: client(), store });
    assert.equal(packages[0], undefined);
    assert.ok(packages[1]);
    assert.deepEqual(
      failures.map(({ request, error }) => [request, error.code, error.pkgid]),
      [[missing, 'E404', 'missing@1.0.0']],
    );
  });

  it('the first failure ends the rest at once; what was verified by then stays', async () => {
    const fine = await publish('fine');
    const slow = await publish('slow');
    registry.routes.set('/slow/-/slow-1.0.0.tgz', silence);
    const bad = await publish('bad');
    registry.routes.set('/bad/-/bad-1.0.0.tgz', (_request, response) => {
      const look = async (): Promise<void> => {
        if ((await store.have([`npm1:${fine.integrity}`])).size === 1) response.writeHead(404).end();
        else setTimeout(() => void look(), 1);
      };
      void look();
    });
    const error = await failure(fetchPackages([slow, fine, bad], { client: client(), store }));
    assert.equal(error.pkgid, 'bad@1.0.0');
    assert.equal((await store.have([`npm1:${fine.integrity}`])).size, 1);
  });

  it('goes on with what was fetched ahead, and asks for nothing twice', async () => {
    const [a, b, c] = await Promise.all([publish('a'), publish('b'), publish('c')]);
    const vain = await publish('vain');
    const fetcher = new PackageFetcher({ client: client(), store });
    await fetcher.fetchAhead([a, b, vain]);
    await fetcher.fetchAhead([b]);
    const missing: number[] = [];
    const { packages } = await fetchPackages([b, c, a], { client: client(), store, fetcher, onMissing: (count) => missing.push(count) });
    assert.deepEqual(
      packages.map((one) => [one?.id, one?.fetched]),
      [b, c, a].map(({ integrity }) => [`npm1:${integrity}`, true]),
    );
    assert.deepEqual(missing, [3]);
    for (const { name } of [a, b, c]) assert.equal(registry.count(`/${name}/-/${name}-1.0.0.tgz`), 1);
    const again = await fetchPackages([a, b, c], { client: client(), store, onMissing: (count) => missing.push(count) });
    assert.ok(again.packages.every((one) => one?.fetched === false));
    assert.deepEqual(missing, [3, 0]);
  });

  it('tells what is wrong with a package that was fetched ahead where it is asked for, and as often as without', async () => {
    const good = await publish('good');
    const torn = await publish('torn');
    const path = '/torn/-/torn-1.0.0.tgz';
    registry.routes.set(path, inTurn(bytes(good.tarball), bytes(torn.tarball)));
    const gone = { ...good, name: 'gone', resolved: `${at}gone.tgz`, integrity: await hashOf(new Uint8Array(1)) };
    const fetcher = new PackageFetcher({ client: client(), store });
    await fetcher.fetchAhead([torn, gone]);
    const told: string[] = [];
    const { packages, failures } = await fetchPackages([torn, { ...gone, optional: true }], {
      client: client(),
      store,
      fetcher,
      onCorrupted: ({ name }, url) => told.push(`${name} ${url}`),
    });
    assert.equal(packages[0]?.fetched, true);
    assert.deepEqual(told, [`torn ${torn.resolved}`]);
    assert.equal(registry.count(path), 2);
    assert.deepEqual(
      failures.map(({ error }) => [error.code, error.pkgid]),
      [['E404', 'gone@1.0.0']],
    );
    assert.equal(registry.count('/gone.tgz'), 1);
  });

  it('is ended by its signal', async () => {
    const slow = await publish('slow');
    registry.routes.set('/slow/-/slow-1.0.0.tgz', silence);
    const abort = new AbortController();
    const work = fetchPackages([slow], { client: client(), store, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('Ctrl-C')), 20);
    await assert.rejects(work, /Ctrl-C/);
    await assert.rejects(fetchPackages([], { client: client(), store, signal: abort.signal }), /Ctrl-C/);
  });

  it('holds about 32 MB of packages at a time, and lets one in that is larger', async () => {
    const list: PackageRequest[] = [];
    const tarballs = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const [i, megabytes] of [6, 6, 6, 6, 6, 6, 6, 6, 40, 6, 6, 6].entries()) {
      const tarball = rawTar([{ name: 'package/large', contents: new Uint8Array(megabytes << 20).fill(i) }]);
      tarballs.set(`${at}${i}`, tarball);
      list.push({ name: `n${i}`, version: '1.0.0', resolved: `${at}${i}`, integrity: await hashOf(tarball) });
    }
    let held = 0;
    const peaks: number[] = [];
    const one = {
      async tarball(url: string, { admit }: TarballOptions) {
        const tarball = tarballs.get(url) as Uint8Array<ArrayBuffer>;
        await admit?.(tarball.length / 5); // As if it were compressed.
        held += tarball.length;
        peaks.push(held);
        return tarball;
      },
    } as RegistryClient;
    const write = store.write.bind(store);
    store.write = async (packs) => {
      await write(packs);
      for (const { size } of packs.flatMap(({ layers }) => layers)) held -= size;
    };
    const { packages } = await fetchPackages(list, { client: one, store });
    assert.ok(packages.every((found) => found !== undefined));
    assert.equal(held, 0);
    assert.ok(Math.max(...peaks) < 41 << 20, peaks.join());
    assert.ok(peaks.filter((peak) => peak > 20 << 20).length > 2, peaks.join());
  });
});

describe('PackageStore, in memory', () => {
  it('tells that nothing is kept, lists and verifies what it has', async () => {
    const told: string[] = [];
    const one = await PackageStore.open({ onUnsaved: ({ code }) => told.push(code) });
    assert.deepEqual(told, ['ERR_BV_STORE']);
    await fetchPackages([await publish('a')], { client: client(), store: one });
    assert.deepEqual(
      (await one.list()).map(({ label, inUse }) => [label, inUse]),
      [['a@1.0.0', true]],
    );
    assert.deepEqual(await one.clean(), { removed: 0, freedBytes: 0, kept: 1 });
    assert.equal((await one.verify()).checked, 1);
    await assert.rejects(one.get(['npm1:none']), { code: 'ERR_BV_STORE' });
    one.close();
  });
});
