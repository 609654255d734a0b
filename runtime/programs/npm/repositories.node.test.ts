/** Repositories of GitHub as npm's packages: what would be published of them is installed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { archiveOf } from './managers/testing/repositories.ts';
import { NpmSystem } from './testing/npm-in-node.ts';
import { startRegistry, type TestRegistry } from './testing/registry.ts';
import { useBundledResolver } from './testing/resolver-in-node.ts';

const hash = (digit: string) => digit.repeat(40);
const manifest = (fields: object) => JSON.stringify({ version: '1.0.0', ...fields });

const repositories: Readonly<Record<string, { readonly hash: string; readonly files: Readonly<Record<string, string>> }>> = {
  'maker/listed': {
    hash: hash('a'),
    files: {
      'package.json': manifest({ name: 'listed', main: './lib', files: ['lib', '!lib/*.test.js'], scripts: { prepare: 'husky' } }),
      'lib/index.js': 'module.exports = 1;\n',
      'lib/index.test.js': '',
      'src/index.ts': '',
      'docs/deep/page.md': '',
      'README.md': '',
      '.gitignore': 'dist\n',
      '.github/workflows/ci.yml': '',
    },
  },
  'maker/ignoring': {
    hash: hash('b'),
    files: {
      'package.json': manifest({ name: 'ignoring', bin: 'cli.js' }),
      'cli.js': '#!/usr/bin/env node\nconsole.log("runs");\n',
      '.npmignore': 'test\n*.log\n',
      '.gitignore': 'cli.js\n',
      'a.log': '',
      'test/a.js': '',
      'deep/.gitignore': 'out\n',
      'deep/out': '',
      'deep/kept': '',
    },
  },
  'maker/built': {
    hash: hash('c'),
    files: {
      'package.json': manifest({
        name: 'built',
        exports: { '.': { types: './dist/index.d.ts', import: './dist/index.js' } },
        scripts: { prepare: 'tsc' },
      }),
      'src/index.ts': '',
    },
  },
};

const network = globalThis.fetch;

describe('packages that are repositories', () => {
  let registry: TestRegistry;
  let system: NpmSystem;
  before(async () => {
    await useBundledResolver();
    registry = await startRegistry([]);
    globalThis.fetch = async (input, init) => {
      const { hostname, pathname } = new URL(input instanceof Request ? input.url : String(input));
      if (!hostname.endsWith('github.com')) return network(input, init);
      const [, name = ''] = /^(?:\/repos)?\/([^/]+\/[^/]+)\//.exec(pathname) ?? [];
      const repository = repositories[name];
      if (repository === undefined) return new Response('', { status: 404 });
      if (hostname === 'api.github.com') return new Response(repository.hash);
      return new Response(Uint8Array.from(archiveOf({ name, commits: [] }, { ...repository, refs: [] }, 'tar.gz')));
    };
    system = new NpmSystem(registry.address);
    await system.boot({ 'package.json': '{"name":"p","version":"1.0.0"}' }, ['*.github.com', 'github.com']);
  });
  after(async () => {
    globalThis.fetch = network;
    await system.close();
    await registry.close();
  });

  const files = async (name: string) => (await system.run(`cd node_modules/${name} && find . -type f | sort`)).stdout.trim().split('\n');

  test('`files` says what is there', async () => {
    const { code, stdout, stderr } = await system.run('npm install maker/listed');
    assert.deepEqual([code, stderr, stdout.replace(/ in \d+\w+/, '')], [0, '', '\nadded 1 package\n']);
    assert.deepEqual(await files('listed'), ['./README.md', './lib/index.js', './package.json']);
    assert.equal((await system.run('ls -a node_modules/listed')).stdout, '.\n..\nREADME.md\nlib\npackage.json\n');
  });

  test('or else ignore files', async () => {
    assert.equal((await system.run('npm install maker/ignoring')).stderr, '');
    assert.deepEqual(await files('ignoring'), ['./cli.js', './deep/kept', './package.json']);
    assert.equal((await system.run('npx ignoring')).stdout, 'runs\n');
  });

  test('what only a script would have made is told of', async () => {
    const { code, stderr } = await system.run('npm install maker/built');
    assert.equal(code, 0);
    assert.equal(
      stderr,
      'npm warn git built@1.0.0 has no dist/index.js in its repository; npm runs its script "prepare" (tsc) before, which no page does. Its published package has it, if there is one\n',
    );
  });

  test('so do `npm ci` and an install from the lockfile', async () => {
    const { code, stdout } = await system.run('npm ci --silent && npm install --no-fund');
    assert.deepEqual([code, stdout.replace(/ in \d+\w+/, '')], [0, '\nup to date\n']);
    assert.deepEqual(await files('listed'), ['./README.md', './lib/index.js', './package.json']);
    assert.deepEqual(system.troubles, []);
  });
});
