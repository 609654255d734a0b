/** What our managers do that no real one does: packages that no browser runs, and servers that do not answer. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NpmSystem } from '../testing/npm-in-node.ts';
import { startRegistry, type MadePackage, type TestRegistry } from '../testing/registry.ts';

const packages: readonly MadePackage[] = [
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
    test(`${name} says which do not run, and which others take their place`, async () => {
      const system = new NpmSystem(registry.address);
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
      await system.close();
    });
  }
});
