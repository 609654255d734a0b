/** What our managers do that no real one does: packages that no browser runs, and servers that do not answer. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NpmSystem } from '../testing/npm-in-node.ts';
import { hashOf } from '../../../packages/integrity.ts';
import { startRegistry, tarballOf, type MadePackage, type TestRegistry } from '../testing/registry.ts';

const used: MadePackage = { name: 'used', version: '1.0.0' };
const user: MadePackage = { name: 'user', version: '1.0.0', manifest: { dependencies: { used: '^1.0.0' } } };
const packages: readonly MadePackage[] = [
  used,
  { ...used, version: '1.1.0' },
  user,
  { name: 'unseen', version: '1.0.0' },
  { name: 'sqlite3', version: '5.1.7' },
  {
    name: 'esbuild',
    version: '0.25.0',
    manifest: { bin: { esbuild: 'bin/esbuild' } },
    files: { 'bin/esbuild': 'native' },
  },
  {
    name: 'esbuild-wasm',
    version: '0.25.0',
    manifest: { bin: { esbuild: 'bin/esbuild' } },
    files: { 'bin/esbuild': '#!/usr/bin/env node\nconsole.log("wasm")\n' },
  },
];

const unusable = 'sqlite3@5.1.7 does not run in a page: ';
const replaced = 'esbuild@0.25.0 has no version for browsers: esbuild-wasm@0.25.0 takes its place here';

describe('packages with native code', () => {
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry(packages);
  });
  after(() => registry.close());

  const managers = [
    { name: 'pnpm', files: {}, line: 'pnpm install', warning: '\u2009WARN\u2009 ', note: '\u2009WARN\u2009 ' },
    { name: 'Yarn 1', files: {}, line: 'yarn install', warning: 'warning ', note: 'info ' },
    {
      name: 'Yarn 4',
      files: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
      line: 'yarn install',
      warning: '➤ YN0000: │ ',
      note: '➤ YN0000: │ ',
    },
    { name: 'bun', files: {}, line: 'bun install', warning: 'warn: ', note: 'warn: ' },
  ];
  for (const { name, files, line, warning, note } of managers) {
    test(`${name} says which do not run, and which others take their place`, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      const manifest = { name: 'p', version: '1.0.0', license: 'MIT', dependencies: { sqlite3: '5', esbuild: '0.25.0' } };
      await system.boot({ 'package.json': JSON.stringify(manifest), ...files });
      const { code, stdout, stderr } = await system.run(line);
      const lines = `${stdout}${stderr}`.split('\n');
      assert.equal(code, 0, `${stdout}${stderr}`);
      assert.ok(
        lines.some((text) => text.startsWith(`${warning}${unusable}`)),
        stdout + stderr,
      );
      assert.ok(lines.includes(`${note}${replaced}`), stdout + stderr);
      assert.equal((await system.run('node_modules/.bin/esbuild')).stdout, 'wasm\n');
    });
  }
});

/** As pnpm 8 writes it. */
const version6 = async () => `lockfileVersion: '6.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

dependencies:
  user:
    specifier: ^1.0.0
    version: 1.0.0

packages:

  /used@1.0.0:
    resolution: {integrity: ${await hashOf(Uint8Array.from(tarballOf(used)))}}
    dev: false

  /user@1.0.0:
    resolution: {integrity: ${await hashOf(Uint8Array.from(tarballOf(user)))}}
    dependencies:
      used: 1.0.0
    dev: false
`;

describe('pnpm-lock.yaml of version 6, which pnpm 10 itself no longer reads', () => {
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry(packages);
  });
  after(() => registry.close());

  for (const line of ['pnpm install --frozen-lockfile', 'pnpm install']) {
    test(`${line} installs what it says, and leaves it as it is`, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      const manifest = { name: 'p', version: '1.0.0', dependencies: { user: '^1.0.0' } };
      const lock = await version6();
      await system.boot({ 'package.json': JSON.stringify(manifest), 'pnpm-lock.yaml': lock });
      const { code, stdout } = await system.run(line);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /Lockfile is up to date/);
      // A newer one would fit, too.
      assert.equal((await system.run('ls node_modules/.pnpm')).stdout, 'lock.yaml\nnode_modules\nused@1.0.0\nuser@1.0.0\n');
      assert.equal((await system.run('cat pnpm-lock.yaml')).stdout, lock);
    });
  }
});

describe('usage texts', () => {
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry(packages);
  });
  after(() => registry.close());

  const managers = [
    {
      name: 'pnpm',
      files: {},
      start: 'pnpm run',
      general: ['pnpm --help', 'pnpm help'],
      one: ['pnpm install --help', 'pnpm i -h', 'pnpm help i'],
    },
    { name: 'Yarn 1', files: {}, start: 'yarn', general: ['yarn --help', 'yarn help'], one: ['yarn install --help', 'yarn help install'] },
    {
      name: 'Yarn 4',
      files: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
      start: 'yarn run',
      general: ['yarn --help', 'yarn help'],
      one: ['yarn install --help', 'yarn install -h'],
    },
    { name: 'bun', files: {}, start: 'bun run', general: ['bun --help', 'bun', 'bun help'], one: ['bun install --help', 'bun i -h'] },
  ];
  for (const { name, files, start, general, one } of managers) {
    test(`${name} says how it and its install are used, and installs nothing; what a script is given is the script's`, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      const manifest = { name: 'p', version: '1.0.0', dependencies: { used: '1' }, scripts: { show: 'echo' } };
      await system.boot({ 'package.json': JSON.stringify(manifest), ...files });
      for (const line of general) assert.match((await system.run(line)).stdout, /<?command>?[^]*\binstall\b/i, line);
      for (const line of one) {
        const { code, stdout } = await system.run(line);
        assert.equal(code, 0, line);
        assert.match(stdout, /(?:Usage:?|\$) (?:pnpm|yarn|bun) install/, line);
      }
      assert.equal((await system.run('ls node_modules')).code, 2);
      assert.match((await system.run(`${start} show --help`)).stdout, /^--help$/m);
    });
  }
});

describe('registries that a manager’s own files and flags name', () => {
  let registry: TestRegistry;
  let other: TestRegistry;
  const tokens: (string | undefined)[] = [];
  before(async () => {
    registry = await startRegistry(packages);
    other = await startRegistry([
      { name: 'used', version: '2.0.0' },
      { name: '@own/part', version: '3.0.0' },
    ]);
    other.intercept = (path, response) => {
      if (path === '/@own/part') tokens.push(response.req.headers.authorization);
      return false;
    };
  });
  after(() => Promise.all([registry.close(), other.close()]));

  const yarnrc = (text: string) => ({ '.yarnrc.yml': `nodeLinker: node-modules\n${text}` });
  const whole: readonly { readonly name: string; readonly files?: (url: string) => Record<string, string>; readonly line: string }[] = [
    { name: 'pnpm, by a flag', line: 'pnpm install --registry=URL' },
    { name: 'pnpm, by a flag and its value', line: 'pnpm install --registry URL --prefer-offline' },
    { name: 'Yarn 1, by a flag', line: 'yarn --registry URL' },
    { name: 'Yarn 1, by .yarnrc', files: (url) => ({ '.yarnrc': `# ours\nregistry "${url}"\n` }), line: 'yarn install' },
    { name: 'Yarn 4, by .yarnrc.yml', files: (url) => yarnrc(`npmRegistryServer: "${url}"\n`), line: 'yarn install' },
    { name: 'Yarn 4, by a variable', files: () => yarnrc('npmRegistryServer: "${OWN:-}"\n'), line: 'OWN=URL yarn install' },
    { name: 'Yarn 4, by the environment', files: () => yarnrc(''), line: 'YARN_NPM_REGISTRY_SERVER=URL yarn install' },
    { name: 'bun, by a flag', line: 'bun install --registry URL' },
    { name: 'bun, by the environment', line: 'BUN_CONFIG_REGISTRY=URL bun install' },
    { name: 'bun, by bunfig.toml', files: (url) => ({ 'bunfig.toml': `[install]\nregistry = "${url}"\n` }), line: 'bun install' },
  ];
  for (const { name, files, line } of whole) {
    test(name, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      const manifest = { name: 'p', version: '1.0.0', license: 'MIT', dependencies: { used: '>=1' } };
      await system.boot({ 'package.json': JSON.stringify(manifest), ...files?.(other.address) }, [new URL(other.address).hostname]);
      const { code, stdout, stderr } = await system.run(line.replace('URL', other.address));
      assert.equal(code, 0, stdout + stderr);
      assert.match((await system.run('cat node_modules/used/package.json')).stdout, /"version": "2\.0\.0"/);
    });
  }

  const scoped = [
    {
      name: 'pnpm: of a scope, by flags',
      files: () => ({}),
      line: (url: string) => `pnpm install --@own:registry=${url} --${url.replace('http:', '')}:_authToken=secret`,
    },
    {
      name: 'Yarn 4: of a scope, by .yarnrc.yml',
      files: (url: string) => yarnrc(`npmScopes:\n  own:\n    npmRegistryServer: "${url}"\n    npmAuthToken: "\${TOKEN-secret}"\n`),
      line: () => 'yarn install',
    },
    {
      name: 'bun: of a scope, by bunfig.toml',
      files: (url: string) => ({
        'bunfig.toml': `[install.scopes]\n"@own" = "${url}" # ours\n`,
        '.npmrc': `${url.replace('http:', '')}:_authToken=secret\n`,
      }),
      line: () => 'bun install',
    },
  ];
  for (const { name, files, line } of scoped) {
    test(`${name}, with its token`, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      const manifest = { name: 'p', version: '1.0.0', license: 'MIT', dependencies: { used: '^1.0.0', '@own/part': '3' } };
      await system.boot({ 'package.json': JSON.stringify(manifest), ...files(other.address) }, [new URL(other.address).hostname]);
      tokens.length = 0;
      const { code, stdout, stderr } = await system.run(line(other.address));
      assert.equal(code, 0, stdout + stderr);
      assert.match((await system.run('cat node_modules/used/package.json')).stdout, /"version": "1\.1\.0"/);
      assert.match((await system.run('cat node_modules/@own/part/package.json')).stdout, /"version": "3\.0\.0"/);
      assert.deepEqual([...new Set(tokens)], ['Bearer secret']);
    });
  }

  test('a variable of .yarnrc.yml that is not set ends the command', async (t) => {
    const system = new NpmSystem(registry.address);
    t.after(() => system.close());
    await system.boot({ 'package.json': '{}', ...yarnrc('npmAuthToken: "${NOWHERE}"\n') });
    const { code, stdout } = await system.run('yarn install');
    assert.equal(code, 1);
    assert.match(stdout, /^Usage Error: Environment variable not found \(NOWHERE\) in \/home\/app\/\.yarnrc\.yml/);
  });

  const offline = [
    { line: 'pnpm install --offline', said: /ERR_PNPM_NO_OFFLINE_META\s+Failed to resolve unseen@1 in package mirror/ },
    { line: 'yarn install --offline', said: /error Couldn't find any versions for "unseen" that matches "1" in our cache/ },
    {
      line: 'bun install --offline',
      said: /error: --offline: no cached manifest for "unseen" \(run once online, or use --prefer-offline\)/,
    },
  ];
  for (const { line, said } of offline) {
    test(`${line} asks nobody`, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      await system.boot({ 'package.json': JSON.stringify({ name: 'p', version: '1.0.0', license: 'MIT', dependencies: { unseen: '1' } }) });
      registry.requests.length = 0;
      const { code, stdout, stderr } = await system.run(line);
      assert.equal(code, 1, stdout + stderr);
      assert.match(stdout + stderr, said);
      assert.deepEqual(registry.requests, []);
    });
  }
});
