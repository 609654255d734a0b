import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import npmFetch from 'npm-registry-fetch';
import { PosixError } from '../base/errors.ts';
import { bakedFiles } from './baked-registry.ts';
import { authorizationFor } from './credentials.ts';
import { hashOf, hexOfDigest, integrityOfShasum } from './integrity.ts';
import type { CachedText, MetadataCache } from './metadata-cache.ts';
import { PackageError } from './package-error.ts';
import { replaceRegistryHost, tarballAddress, tarballPath } from './registry-address.ts';
import { RegistryClient, type RegistryClientOptions } from './registry-client.ts';
import { BadRegistry, bytes, cutOff, inTurn, json, silence, status } from './testing/bad-registry.ts';

const quick = { minTimeoutMs: 1, maxTimeoutMs: 5 };
/** What `replace-registry-host=npmjs` stands for. */
const publicHost = ['registry', 'npmjs', 'org'].join('.');
const left = {
  name: 'left',
  'dist-tags': { latest: '1.0.0' },
  versions: { '1.0.0': { name: 'left', version: '1.0.0', dist: { tarball: 'x' } } },
};
const text = (value: string) => new TextEncoder().encode(value);

class TestCache implements MetadataCache {
  readonly entries = new Map<string, CachedText>();
  async get(key: string) {
    return this.entries.get(key);
  }
  async put(key: string, entry: CachedText) {
    this.entries.set(key, entry);
  }
  async clear() {
    this.entries.clear();
  }
  async list() {
    return [];
  }
  /** As if much time had passed. */
  age() {
    for (const [key, entry] of this.entries) this.entries.set(key, { ...entry, freshUntilMs: 0 });
  }
}

let registry: BadRegistry;
let second: BadRegistry;
let at: string;
let atSecond: string;
beforeEach(async () => {
  registry = new BadRegistry();
  second = new BadRegistry();
  at = await registry.start();
  atSecond = await second.start();
});
afterEach(async () => {
  await registry.stop();
  await second.stop();
});
const client = (options: Partial<RegistryClientOptions> = {}) => new RegistryClient({ registries: [at], retry: quick, ...options });
async function failure(work: Promise<unknown>): Promise<PackageError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PackageError, String(error));
  return error;
}

describe('RegistryClient', () => {
  it('packument() asks once for the abbreviated form, however often it is wanted', async () => {
    registry.routes.set('/left', json(left));
    const one = client();
    const found = await Promise.all([one.packument('left'), one.packument('left')]);
    assert.deepEqual(found[0], left);
    assert.equal(found[0], found[1]);
    assert.equal(registry.count('/left'), 1);
    assert.match(registry.requests.at(-1)?.headers.accept ?? '', /^application\/vnd\.npm\.install-v1\+json/);
    await one.packument('left', { full: true });
    assert.equal(registry.requests.at(-1)?.headers.accept, 'application/json');
  });

  it('scoped names are escaped, and scopes have registries of their own that alone are asked', async () => {
    second.routes.set('/@s%2fp', json({ ...left, name: '@s/p' }));
    const one = client({ scopes: { '@s': atSecond.slice(0, -1) } });
    assert.equal((await one.packument('@s/p')).name, '@s/p');
    assert.equal(one.registryOf('@s/p'), atSecond);
    assert.equal(one.registryOf('@t/p'), at);
    assert.equal(one.packumentUrl('@s/p'), `${atSecond}@s%2fp`);
    const error = await failure(one.packument('@s/gone'));
    assert.equal(error.code, 'E404');
    assert.equal(registry.requests.length, 0);
  });

  it('fails with npm’s codes and texts', async () => {
    const answers = {
      bad: status(400, { error: 'no' }),
      secret: status(401, {}, { 'www-authenticate': 'Bearer' }),
      plain: status(401, { error: 'who are you' }),
      otp: status(401, {}, { 'www-authenticate': 'OTP' }),
      forbidden: status(403, { error: 'not for you' }),
      gone: status(404, { error: 'Not found' }),
      empty: status(404, 'nothing here'),
      slow: status(429),
      broken: status(500, '<html>oops</html>'),
      teapot: status(418),
      html: (_request: unknown, response: { end(text: string): void }) => response.end('<!DOCTYPE html><p>Welcome'),
      cut: (_request: unknown, response: { end(text: string): void }) => response.end('{"name":'),
    };
    for (const [name, answer] of Object.entries(answers)) registry.routes.set(`/${name}`, answer as never);
    for (const name of Object.keys(answers)) {
      const mine = await failure(client({ retry: { retries: 0 } }).packument(name));
      const real = await npmFetch.json(`/${name}`, { registry: at, spec: name, fetchRetries: 0, cache: null } as never).then(
        () => assert.fail('npm took it'),
        (error: unknown) => error as PackageError,
      );
      assert.equal(mine.code, real.code, name);
      assert.equal(mine.message, real.message, name);
      assert.equal(mine.statusCode, real.statusCode, name);
      assert.equal(mine.pkgid, name === 'html' || name === 'cut' ? name : String(real.pkgid).replace('@*', ''), name);
    }
    const html = await failure(client().packument('html'));
    assert.match(html.advice.join(' '), /web page/);
  });

  it('tries again as npm does: 408, 420, 429, 5xx and broken connections, not the rest', async () => {
    for (const code of [408, 420, 429, 500, 503, 599]) {
      registry.routes.set('/left', inTurn(status(code), status(code), json(left)));
      const waits: number[] = [];
      await client({ onRetry: ({ waitMs }) => waits.push(waitMs) }).packument('left');
      assert.deepEqual(waits, [1, 5]);
    }
    for (const code of [400, 401, 403, 404, 418]) {
      registry.requests.length = 0;
      registry.routes.set('/left', status(code));
      await failure(client().packument('left'));
      assert.equal(registry.count('/left'), 1, String(code));
    }
    registry.requests.length = 0;
    registry.routes.set('/left', status(500));
    assert.equal((await failure(client().packument('left'))).code, 'E500');
    assert.equal(registry.count('/left'), 3);
    registry.routes.set(
      '/left',
      inTurn((request) => void request.socket.destroy(), json(left)),
    );
    await client().packument('left');
  });

  it('waits as long as a 429 says, up to the longest pause', async () => {
    registry.routes.set('/left', inTurn(status(429, {}, { 'retry-after': '3' }), status(429, {}, { 'retry-after': '9999' }), json(left)));
    const waits: number[] = [];
    await client({ retry: { minTimeoutMs: 1, maxTimeoutMs: 20 }, onRetry: ({ waitMs }) => waits.push(waitMs) }).packument('left');
    assert.deepEqual(waits, [20, 20]);
  });

  it('a server that is silent, before or within its answer, ends in a time-out', async () => {
    registry.routes.set('/left', silence);
    const error = await failure(client({ timeoutMs: 30, retry: { retries: 0 } }).packument('left'));
    assert.equal(error.code, 'EIDLETIMEOUT');
    assert.match(error.message, /^Idle timeout reached for host `127\.0\.0\.1:\d+`$/);
    registry.routes.set('/t.tgz', (_request, response) => void response.writeHead(200).write('half'));
    assert.equal((await failure(client({ timeoutMs: 30, retry: { retries: 0 } }).tarball(`${at}t.tgz`))).code, 'EIDLETIMEOUT');
  });

  it('can be aborted while it waits for an answer, for its turn and for another attempt', async () => {
    registry.routes.set('/left', silence);
    for (const retryMs of [1, 10_000]) {
      if (retryMs > 1) registry.routes.set('/left', status(500));
      const abort = new AbortController();
      const one = client({ maxSockets: 1, retry: { minTimeoutMs: retryMs } });
      const asked = [one.packument('left', { signal: abort.signal }), one.packument('left', { signal: abort.signal, full: true })];
      setTimeout(() => abort.abort(new Error('enough')), 30);
      for (const work of asked) await assert.rejects(work, /enough/);
    }
  });

  it('a host that nobody listens on is told of, with what to do', async () => {
    const gone = new BadRegistry();
    const address = await gone.start();
    await gone.stop();
    const error = await failure(client({ registries: [address] }).packument('left'));
    assert.equal(error.code, 'ENETWORK');
    assert.match(error.message, /^request to http:.*\/left failed, reason: .*ECONNREFUSED/);
    assert.match(error.advice.join(' '), /npx bavini bake/);
  });

  it('asks permission for every attempt, without credentials, and says what is forbidden', async () => {
    registry.routes.set('/left', inTurn(status(500), json(left)));
    const asked: string[] = [];
    await client({ permit: async (url) => void asked.push(url) }).packument('left');
    assert.deepEqual(asked, [`${at}bavini-registry.json`, `${at}left`, `${at}left`]);
    const refused = client({ permit: async () => Promise.reject(new PosixError('EACCES')) });
    const error = await failure(refused.tarball(at.replace('://', '://user:secret@').concat('x.tgz')));
    assert.equal(error.code, 'EPERMISSION');
    assert.doesNotMatch(JSON.stringify(error) + error.message, /secret/);
    assert.equal(registry.count('/x.tgz'), 0);
  });

  it('asks permission for where a redirect leads, and reads nothing from where it may not', async () => {
    registry.routes.set('/x.tgz', status(302, '', { location: `${atSecond}x.tgz` }));
    second.routes.set('/x.tgz', bytes(text('tar')));
    const asked: string[] = [];
    const permit = async (url: string) => {
      asked.push(url);
      if (url.startsWith(atSecond)) throw new PosixError('EACCES');
    };
    const error = await failure(client({ permit }).tarball(`${at}x.tgz`));
    assert.equal(error.code, 'EPERMISSION');
    assert.equal(error.uri, `${atSecond}x.tgz`);
    assert.deepEqual(asked.slice(-2), [`${at}x.tgz`, `${atSecond}x.tgz`]);
    assert.equal(new TextDecoder().decode(await client({ permit: async () => {} }).tarball(`${at}x.tgz`)), 'tar');
  });

  it('credentials in an address get into no text, no log and no cache', async () => {
    const cache = new TestCache();
    const said: unknown[] = [];
    const options = { cache, onRetry: (attempt: object) => void said.push(attempt), onResponse: (one: object) => void said.push(one) };
    const one = client({ ...options, registries: [at.replace('://', '://user:secret@')] });
    registry.routes.set('/left', inTurn(status(500), json(left)));
    await one.packument('left');
    registry.routes.set('/page', bytes(text('<html>')));
    const errors = [await failure(one.packument('page')), await failure(one.packument('none'))];
    said.push(
      errors.map(({ message, uri }) => [message, uri]),
      one.registryOf('left'),
      one.tarballUrl('left', '1.0.0'),
    );
    assert.doesNotMatch(JSON.stringify([said, [...cache.entries]]), /secret/);
  });

  it('what needs credentials is not kept for other containers', async () => {
    const cache = new TestCache();
    registry.routes.set('/left', json(left, { 'cache-control': 'max-age=600' }));
    const auth = { [`//${new URL(at).host}/`]: { _authToken: 'secret' } };
    await client({ cache, auth }).packument('left');
    assert.deepEqual([...cache.entries.keys()], [`living:${at}`]);
    await client({ cache }).packument('left');
    await client({ cache, auth }).packument('left');
    assert.equal(registry.count('/left'), 3);
  });

  it('packumentMark() tells one answer from another, and nothing of what needs credentials', async () => {
    const cache = new TestCache();
    const mark = (options: Partial<RegistryClientOptions> = {}) => client({ cache, ...options }).packumentMark('left');
    registry.routes.set('/left', json(left, { etag: '"one"', 'cache-control': 'max-age=600' }));
    const first = await mark();
    assert.equal(first, `${at}left "one"`);
    assert.equal(await mark(), first);
    assert.equal(registry.count('/left'), 1);
    const asked = client({ cache });
    await asked.packument('left');
    registry.routes.set('/left', json(left));
    cache.age();
    const second = await mark();
    assert.match(second ?? '', /left \S{44}$/);
    assert.equal(await asked.packumentMark('left'), first, 'that of its own answer');
    assert.equal(await mark(), second);
    registry.routes.set('/left', json({ ...left, 'dist-tags': {} }));
    assert.notEqual(await mark(), second);
    const auth = { [`//${new URL(at).host}/`]: { _authToken: 'secret' } };
    assert.equal(await mark({ auth }), undefined);
    const known = [...cache.entries.values()].map(({ text: kept }) => kept);
    registry.routes.set('/left', (_, response) => response.writeHead(200).end('<!doctype html>'));
    cache.age();
    assert.equal((await failure(mark())).code, 'FETCH_ERROR');
    assert.deepEqual(
      [...cache.entries.values()].map(({ text: kept }) => kept),
      known,
      'a page is not kept',
    );
  });

  it('an address that is none, or of another kind, fails by name', async () => {
    for (const address of ['left.tgz', 'git+ssh://git@example.com/left.git']) {
      const error = await failure(client().tarball(address, { spec: 'left@1.0.0' }));
      assert.equal(error.message, `Cannot fetch the tarball "${address}": it has no http address`);
    }
  });

  it('runs no more requests at once than it may', async () => {
    registry.routes.set('*', (_request, response) => void setTimeout(() => response.end(JSON.stringify(left)), 5));
    const one = client({ maxSockets: 4 });
    await Promise.all(Array.from({ length: 30 }, (_, i) => one.packument(`p${i}`)));
    assert.equal(registry.mostAtOnce, 4);
  });

  it('goes on with the next registry where one lacks a package or is down; refused credentials are seen', async () => {
    second.routes.set('/left', json(left));
    const both = { registries: [at, atSecond] };
    assert.equal((await client(both).packument('left')).name, 'left');
    registry.routes.set('/left', status(503));
    const waits: number[] = [];
    await client({ ...both, onRetry: ({ waitMs }) => waits.push(waitMs) }).packument('left');
    assert.deepEqual(waits, []);
    registry.routes.set('/left', status(401));
    assert.equal((await failure(client(both).packument('left'))).code, 'E401');
    assert.equal((await failure(client(both).packument('neither'))).code, 'E404');
    registry.routes.set('/neither', status(500));
    assert.equal((await failure(client(both).packument('neither'))).code, 'E500');
  });

  it('sends credentials to whom they are for, as npm decides it', async () => {
    registry.routes.set('*', json(left));
    second.routes.set('*', bytes(text('tar')));
    const host = new URL(at).host;
    await client({ auth: { [`//${host}/`]: { _authToken: 'secret' } } }).packument('left');
    assert.equal(registry.requests.at(-1)?.headers.authorization, 'Bearer secret');
    await client({ auth: { [`//${host}/`]: { _authToken: 'secret' } } }).tarball(`${atSecond}x.tgz`);
    assert.equal(second.requests.at(-1)?.headers.authorization, undefined);
    const getAuth = (npmFetch as unknown as { getAuth(uri: string, options: object): { token: string | null; auth: string | null } })
      .getAuth;
    const password = Buffer.from('pä:ss').toString('base64');
    const settings = {
      '//a.example/': { _authToken: 'root' },
      '//a.example/deep/path/': { _auth: 'ZGVlcA==' },
      '//b.example:8080/npm': { username: 'üser', _password: password },
      '//c.example/': { username: 'only' },
    };
    const flat = Object.fromEntries(
      Object.entries(settings).flatMap(([key, value]) => Object.entries(value).map(([name, one]) => [`${key}:${name}`, one])),
    );
    const addresses = [
      'a.example/x',
      'a.example/deep/path/x.tgz',
      'a.example/deep/other',
      'b.example:8080/npm/x',
      'b.example:8080/y',
      'b.example/npm/x',
      'c.example/x',
    ];
    for (const address of addresses) {
      for (const base of ['a.example/deep/path/', 'b.example:8080/npm/']) {
        const real = getAuth(`https://${address}`, { ...flat, registry: `https://${base}` });
        const header = real.token ? `Bearer ${real.token}` : real.auth ? `Basic ${real.auth}` : undefined;
        assert.equal(authorizationFor(`https://${address}`, [`https://${base}`], settings), header, `${address} at ${base}`);
      }
    }
  });

  it('sends user and password of a registry’s address as npm does: with what it asks there, not for tarballs', async () => {
    registry.routes.set('*', json(left, { 'cache-control': 'max-age=600' }));
    const told = (path: string) =>
      registry.requests.filter(({ url }) => url === path).map(({ headers: { authorization, host } }) => ({ authorization, host }));
    for (const who of ['user:se%40cret', 'ü:ß', 'token', ':secret']) {
      const address = at.replace('://', `://${who}@`);
      registry.requests.length = 0;
      await npmFetch.json('/left', { registry: address, cache: null } as never);
      const cache = new TestCache();
      const one = client({ registries: [address], cache });
      await one.packument('left');
      const [real, ours] = told('/left');
      assert.ok(real?.authorization?.startsWith('Basic '), who);
      assert.deepEqual(ours, real, who);
      assert.deepEqual([...cache.entries.keys()], [`living:${at}`], 'nothing that others might read');
      assert.equal(await one.packumentMark('left'), undefined);
      await one.tarball(`${at}left/-/left-1.0.0.tgz`, { name: 'left' });
      assert.deepEqual(told('/left/-/left-1.0.0.tgz'), [{ ...real, authorization: undefined }]);
      await one.tarball(`${address}x.tgz`);
      assert.deepEqual(told('/x.tgz'), [real], 'of the tarball’s own address');
    }
    const address = at.replace('://', '://user:secret@');
    const auth = { [`//${new URL(at).host}/`]: { _authToken: 'token' } };
    await client({ registries: [address], auth }).packument('left');
    assert.equal(registry.requests.at(-1)?.headers.authorization, 'Bearer token');
    await client({ scopes: { '@s': address } }).packument('@s/left');
    assert.equal(registry.requests.at(-1)?.headers.authorization, `Basic ${btoa('user:secret')}`);
    const shown = at.replace('://', '://user:***@');
    registry.routes.set('/missing', status(404, { error: 'Not found' }));
    registry.routes.set('/page', status(200, '<!doctype html>'));
    const failing = client({ registries: [address] });
    const { message, uri } = await failure(failing.packument('missing'));
    assert.deepEqual([message, uri], [`404 Not Found - GET ${shown}missing - Not found`, `${at}missing`]);
    assert.ok((await failure(failing.packument('page'))).message.startsWith(`invalid json response body at ${shown}page reason`));
    const byToken = await failure(client({ registries: [at.replace('://', '://secret@')] }).packument('missing'));
    assert.equal(byToken.message, `404 Not Found - GET ${at}missing - Not found`);
  });

  it('keeps packuments between runs: fresh, asked for again, offline', async () => {
    const cache = new TestCache();
    let version = 1;
    registry.routes.set('/left', (request, response) => {
      const etag = `"${version}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag, 'cache-control': 'max-age=300' }).end();
      else response.writeHead(200, { etag, 'cache-control': 'public, max-age=300' }).end(JSON.stringify({ ...left, version }));
    });
    const ask = async (cacheMode?: RegistryClientOptions['cacheMode']) =>
      (await client({ cache, ...(cacheMode === undefined ? {} : { cacheMode }) }).packument('left'))['version'];
    assert.equal((await failure(client({ cache, cacheMode: 'offline' }).packument('left'))).code, 'ENOTCACHED');
    assert.equal(await ask(), 1);
    assert.equal(await ask(), 1);
    assert.equal(registry.count('/left'), 1);
    assert.equal(await ask('prefer-online'), 1);
    assert.equal(registry.count('/left'), 2);
    assert.equal(registry.requests.at(-1)?.headers['if-none-match'], '"1"');
    version = 2;
    cache.age();
    assert.equal(await ask('prefer-offline'), 1);
    assert.equal(await ask('offline'), 1);
    assert.equal(registry.count('/left'), 2);
    assert.equal(await ask(), 2);
    assert.equal(registry.count('/left'), 3);
    assert.equal(await ask(), 2);
    assert.equal(registry.count('/left'), 3);
    assert.equal(registry.count('/bavini-registry.json'), 2);
    registry.routes.set('/left', json(left, { 'cache-control': 'no-store' }));
    cache.entries.clear();
    await ask();
    assert.equal(
      [...cache.entries.keys()].some((key) => key.startsWith('corgi')),
      false,
    );
  });

  it('tarball() finds what a lockfile of another registry names, and tells of what has come', async () => {
    const tarball = text('tarball');
    second.routes.set('/left/-/left-1.0.0.tgz', bytes(tarball));
    const locked = `http://${publicHost}/left/-/left-1.0.0.tgz`;
    const seen: unknown[] = [];
    const one = client({ registries: [at, atSecond] });
    assert.deepEqual(await one.tarball(locked, { name: 'left', onProgress: (...now) => seen.push(now) }), tarball);
    assert.deepEqual(seen.at(-1), [7, 7]);
    assert.equal(registry.count('/left/-/left-1.0.0.tgz'), 1);
    assert.equal(one.tarballUrl('@a/b', '2.0.0'), `${at}@a/b/-/b-2.0.0.tgz`);
    registry.routes.set('/moved.tgz', status(302, '', { location: `${atSecond}left/-/left-1.0.0.tgz` }));
    assert.deepEqual(await client().tarball(`${at}moved.tgz`), tarball);
    registry.routes.set('/cut.tgz', inTurn(cutOff(new Uint8Array(100_000)), bytes(tarball)));
    assert.deepEqual(await client().tarball(`${at}cut.tgz`), tarball);
  });

  it('tarball() keeps out of the browser’s cache what its caller keeps', async () => {
    registry.routes.set('/left.tgz', bytes(text('tarball')));
    const modes: unknown[] = [];
    const asking: typeof fetch = (url, init) => {
      if (String(url).endsWith('.tgz')) modes.push(init?.cache);
      return fetch(url, init);
    };
    for (const isKept of [true, false]) await client({ fetch: asking }).tarball(`${at}left.tgz`, { isKept });
    assert.deepEqual(modes, ['no-store', 'default']);
  });

  it('replaceRegistryHost() follows npm’s rules', () => {
    const to = 'https://mirror.example:8443/npm/';
    const upstream = `http://${publicHost}/a/-/a-1.0.0.tgz`;
    assert.equal(replaceRegistryHost(upstream, to, 'npmjs'), 'https://mirror.example:8443/npm/a/-/a-1.0.0.tgz');
    assert.equal(replaceRegistryHost('https://else.example/a.tgz', to, 'npmjs'), 'https://else.example/a.tgz');
    assert.equal(replaceRegistryHost(upstream, to, 'never'), upstream);
    assert.equal(replaceRegistryHost('https://else.example/npm/a.tgz', to, 'always'), 'https://mirror.example:8443/npm/a.tgz');
    assert.equal(replaceRegistryHost('https://else.example/a.tgz', to, 'else.example'), 'https://mirror.example:8443/npm/a.tgz');
    assert.equal(
      replaceRegistryHost('https://old.example/x/y/a.tgz', to, 'https://old.example/x'),
      'https://mirror.example:8443/npm/y/a.tgz',
    );
    assert.equal(replaceRegistryHost('https://old.example/xx/a.tgz', to, 'https://old.example/x'), 'https://old.example/xx/a.tgz');
    assert.equal(replaceRegistryHost('file:a.tgz', to, 'always'), 'file:a.tgz');
    assert.equal(tarballPath('https://x.example/deep/@a/b/-/b-1.0.0.tgz'), '@a/b/-/b-1.0.0.tgz');
    assert.equal(tarballPath('https://x.example/file.tgz'), undefined);
    assert.equal(tarballAddress(to, 'a', '1.0.0'), `${to}a/-/a-1.0.0.tgz`);
  });
});

describe('baked folders', () => {
  const tarball = text('left 1.0.0') as Uint8Array<ArrayBuffer>;
  const old = text('an old one') as Uint8Array<ArrayBuffer>;
  const upstream = {
    ...left,
    'dist-tags': { latest: '2.0.0', old: '1.0.0' },
    versions: { ...left.versions, '2.0.0': { name: 'left', version: '2.0.0', dist: { tarball: 'y' } } },
    time: { modified: 'today' },
  };

  async function bake(): Promise<{ readonly integrity: string; readonly sha1: string }> {
    const integrity = await hashOf(tarball);
    const sha1 = await hashOf(old, 'sha1');
    const files = await bakedFiles(
      [
        { name: 'left', version: '1.0.0', tarball, integrity },
        { name: 'old', version: '0.1.0', tarball: old, integrity: sha1, address: 'https://codeload.example/old.tgz' },
      ],
      [upstream, { name: '@s/p', versions: {} }],
    );
    for (const { path, contents } of files)
      registry.routes.set(`/${path}`, bytes(typeof contents === 'string' ? text(contents) : contents));
    assert.deepEqual(
      files.map(({ path }) => path),
      [
        'bavini-registry.json',
        'metadata/@s+p.json',
        'metadata/left.json',
        ...[integrity, await hashOf(old)].map((hash) => `tarballs/${hexOfDigest(hash.slice(7))}.tgz`).sort(),
      ],
    );
    return { integrity, sha1 };
  }

  it('are found by their file, and have the baked versions only', async () => {
    await bake();
    const one = client();
    const packument = await one.packument('left');
    assert.deepEqual(Object.keys(packument.versions), ['1.0.0']);
    assert.deepEqual(packument['dist-tags'], { old: '1.0.0' });
    assert.equal(packument['time'], undefined);
    assert.equal(registry.count('/left'), 0);
    const error = await failure(one.packument('right'));
    assert.equal(error.code, 'E404');
    assert.match(error.advice.join(' '), /npx bavini bake/);
  });

  it('give tarballs by hash, by an older hash and by address, also offline', async () => {
    const { integrity, sha1 } = await bake();
    const one = client({ cacheMode: 'offline' });
    assert.deepEqual(await one.tarball('https://up.example/left.tgz', { integrity, name: 'left' }), tarball);
    assert.deepEqual(await one.tarball('https://up.example/old.tgz', { integrity: sha1 }), old);
    assert.deepEqual(await one.tarball('https://codeload.example/old.tgz'), old);
    const error = await failure(
      one.tarball('https://up.example/none.tgz', { integrity: integrityOfShasum('ab'.repeat(20)), spec: 'none@1.0.0' }),
    );
    assert.equal(error.code, 'E404');
    assert.equal(error.pkgid, 'none@1.0.0');
  });

  it('stand before a living registry, which is asked for the rest', async () => {
    await bake();
    second.routes.set('/right', json({ ...left, name: 'right' }));
    second.routes.set('/right/-/right-1.0.0.tgz', bytes(old));
    const one = client({ registries: [at, atSecond] });
    assert.equal((await one.packument('right')).name, 'right');
    assert.deepEqual(
      await one.tarball(`${atSecond}right/-/right-1.0.0.tgz`, { name: 'right', integrity: await hashOf(old, 'sha256') }),
      old,
    );
    assert.equal(second.count('/left'), 0);
  });

  it('a server that answers everything with its page is no baked folder; one of a newer form is refused', async () => {
    registry.routes.set('*', bytes(text('<!DOCTYPE html>')));
    registry.routes.set('/left', json(left));
    assert.equal((await client().packument('left')).name, 'left');
    registry.routes.set('/bavini-registry.json', json({ format: 2, aliases: {} }));
    await assert.rejects(client().packument('left'), { code: 'ERR_BV_UNSUPPORTED' });
  });

  it('a tarball that is not what its integrity says is not baked', async () => {
    await assert.rejects(bakedFiles([{ name: 'a', version: '1.0.0', tarball: old, integrity: await hashOf(tarball) }], []), {
      code: 'EINTEGRITY',
    });
  });
});
