/** What the records of real npm do not show: waiting, giving up, and sources that fail. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { PosixError } from '../../../base/errors.ts';
import { S_IFDIR, S_IFREG } from '../../../base/file-mode.ts';
import type { Stat } from '../../../base/stat.ts';
import { buildResolver, type Resolver } from '../../../tools/build/npm-resolver.ts';
import { frozenRegistry } from '../../../tools/npm-oracle/fixtures.ts';
import type { PackageSource, ResolvedPackument, ResolveFiles, ResolveRequest } from './request.ts';
import { frozenAddress, tarballOf } from './testing/frozen-registry.ts';

/** A project of one file, whose disk would fail at any write: there are no calls for it. */
function projectOf(manifest: object): Pick<ResolveRequest, 'root' | 'files' | 'config'> {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const missing = (): never => {
    throw new PosixError('ENOENT');
  };
  const stat = (path: string) =>
    path === '/project/package.json'
      ? ({ mode: S_IFREG, mtimeMs: 0 } as Stat)
      : path === '/' || path === '/project'
        ? ({ mode: S_IFDIR, mtimeMs: 0 } as Stat)
        : missing();
  const files: ResolveFiles = {
    readFile: (path) => (path === '/project/package.json' ? bytes : missing()),
    stat,
    lstat: stat,
    readdir: (path) => (path === '/project' ? [{ name: 'package.json', type: S_IFREG }] : missing()),
    readlink: () => missing(),
  };
  return { root: '/project', files, config: { registry: frozenAddress, nodeVersion: 'v24.21.0', npmVersion: '11.21.2' } };
}

describe('resolve()', () => {
  let resolver: Resolver;
  let frozen: PackageSource;
  before(async () => {
    resolver = await buildResolver();
    frozen = await frozenRegistry();
  });

  const counted = (manifest: object, source: PackageSource, more: Partial<ResolveRequest> = {}) =>
    resolver.resolveTree({ ...projectOf(manifest), source, ...more });

  it('asks for each package once, and for what is needed further down before npm does', async () => {
    const asked: string[] = [];
    const waiting = new Map<string, () => void>();
    let most = 0;
    const source: PackageSource = {
      ...frozen,
      tarball: (address) => frozen.tarball(address, {}),
      async packument(name): Promise<ResolvedPackument> {
        asked.push(name);
        const turn = new Promise<void>((go) => waiting.set(name, go));
        most = Math.max(most, waiting.size);
        setImmediate(() => waiting.get(name)?.());
        await turn;
        waiting.delete(name);
        return frozen.packument(name, {});
      },
    };
    const { plan } = await counted({ dependencies: { express: '~4.16.1' } }, source);
    assert.ok(plan.nodes.length > 40);
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(most >= 25, `at most ${most} requests at once`);
  });

  it('takes turns: two projects at once give the same as one after the other', async () => {
    const one = { name: 'one', dependencies: { debug: '4.3.1' } };
    const two = { name: 'two', dependencies: { chalk: '^4.1.0' } };
    const apart = [await counted(one, frozen), await counted(two, frozen)];
    const together = await Promise.all([counted(one, frozen), counted(two, frozen)]);
    assert.deepEqual(
      together.map(({ plan }) => plan),
      apart.map(({ plan }) => plan),
    );
  });

  it('ends with the reason of its signal, and lets the next one begin', async () => {
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const source: PackageSource = {
      tarball: () => Promise.reject(new Error('not asked for')),
      packument: (_name, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          stop.abort(reason);
        }),
    };
    await assert.rejects(counted({ dependencies: { ms: '*' } }, source, { signal: stop.signal }), (error) => error === reason);
    await assert.rejects(counted({ dependencies: { ms: '*' } }, frozen, { signal: stop.signal }), (error) => error === reason);
    const { added } = await counted({ dependencies: { ms: '2.0.0' } }, frozen);
    assert.deepEqual(added, [{ place: 'node_modules/ms', name: 'ms', version: '2.0.0' }]);
  });

  it('passes on the code, text and advice of a source that fails', async () => {
    const failure = Object.assign(new Error('request failed'), { code: 'ENETWORK', advice: ['Plug in the cable'] });
    const source: PackageSource = { packument: () => Promise.reject(failure), tarball: () => Promise.reject(failure) };
    await assert.rejects(counted({ dependencies: { ms: '*' } }, source), (error) => {
      assert.ok(error instanceof resolver.ResolveError);
      assert.equal(error.code, 'ENETWORK');
      assert.deepEqual(error.report, ['request failed', 'Plug in the cable']);
      assert.equal(error.cause, failure);
      return true;
    });
  });

  it('does without an optional package that cannot be fetched', async () => {
    const source: PackageSource = {
      tarball: () => Promise.reject(new Error('not asked for')),
      packument: (name) =>
        name === 'ms' ? Promise.reject(Object.assign(new Error('gone'), { code: 'E500' })) : frozen.packument(name, {}),
    };
    const { plan } = await counted({ optionalDependencies: { ms: '*', 'color-name': '*' } }, source);
    assert.deepEqual(
      plan.nodes.map(({ place }) => place),
      ['node_modules/color-name'],
    );
  });

  describe('of GitHub repositories', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const packed = tarballOf({ name: 'kit', version: '3.1.0', dependencies: { ms: '2.0.0' } });
    const asked: string[] = [];
    const source = (): PackageSource => ({
      packument: (name) => frozen.packument(name, {}),
      tarball: (address) => {
        asked.push(address);
        return Promise.resolve(packed);
      },
    });
    const questions: string[] = [];
    const gitHub: Pick<ResolveRequest, 'permit' | 'fetch'> = {
      permit: (address) => Promise.resolve(questions.push(`may I ${address}`)),
      fetch: (address) => {
        questions.push(String(address));
        return Promise.resolve(
          String(address).endsWith('/repos/maker/kit/commits/main') ? new Response(commit) : new Response('{}', { status: 422 }),
        );
      },
    };

    it('takes the tarball of the commit, and locks the commit as npm does', async () => {
      for (const range of ['maker/kit#main', 'github:maker/kit#main', 'git+https://github.com/maker/kit.git#main']) {
        asked.length = 0;
        const { plan } = await counted({ dependencies: { kit: range } }, source(), gitHub);
        const tarball = `https://codeload.github.com/maker/kit/tar.gz/${commit}`;
        assert.deepEqual(asked, [tarball], range);
        const node = plan.nodes.find(({ place }) => place === 'node_modules/kit');
        assert.ok(node?.kind === 'package');
        assert.deepEqual([node.version, node.resolved, node.integrity], ['3.1.0', tarball, undefined]);
        const { text } = plan.files.find(({ path }) => path === 'package-lock.json') ?? { text: '{}' };
        const { packages } = JSON.parse(text) as { packages: Record<string, { resolved: string }> };
        assert.equal(packages['node_modules/kit']?.resolved, `git+ssh://git@github.com/maker/kit.git#${commit}`);
        assert.ok('node_modules/ms' in packages);
      }
    });

    it('saves what was added as npm writes it', async () => {
      const { plan } = await counted({ name: 'project' }, source(), { add: ['maker/kit#main'], ...gitHub });
      const { text } = plan.files.find(({ path }) => path === 'package.json') ?? { text: '{}' };
      assert.deepEqual((JSON.parse(text) as { dependencies: object }).dependencies, { kit: 'github:maker/kit#main' });
    });

    it('asks GitHub only what it may, and says what is not there', async () => {
      questions.length = 0;
      await assert.rejects(
        counted({ dependencies: { kit: 'maker/kit#gone' } }, source(), gitHub),
        /maker\/kit has no "gone", or is not public/,
      );
      const address = 'https://api.github.com/repos/maker/kit/commits/gone';
      assert.deepEqual(questions.slice(0, 2), [`may I ${address}`, address]);
      const denied = Object.assign(new Error('The page does not allow it'), { code: 'EPERMISSION' });
      const never = { permit: () => Promise.reject(denied), fetch: () => assert.fail('asked') };
      await assert.rejects(counted({ dependencies: { kit: 'maker/kit#main' } }, source(), never), { code: 'EPERMISSION' });
    });

    it('says what a page cannot do: other hosts, tags by range, names of commits without anyone to ask', async () => {
      for (const [range, text] of [
        ['git+https://gitlab.com/maker/kit.git#main', /only those of GitHub can be installed in a page/],
        ['git+ssh://git@example.test/kit.git', /only those of GitHub can be installed in a page/],
        ['maker/kit#semver:^1.0.0', /"#semver:" needs a list of tags/],
        ['maker/kit', /name the whole hash of a commit \(maker\/kit#<40 digits>\)/],
      ] as const) {
        await assert.rejects(counted({ dependencies: { kit: range } }, source()), text, range);
      }
    });
  });
});
