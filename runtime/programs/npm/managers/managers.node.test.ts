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
