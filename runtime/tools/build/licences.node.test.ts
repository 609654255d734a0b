import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleLazyParts } from '../node-library/lazy-parts.ts';
import { packLibrary } from '../node-library/pack.ts';
import { licenceText, packageFolderOf, readPackage } from './licences.ts';

const scratch = mkdtempSync(join(tmpdir(), 'bavini-licences-'));
after(() => rmSync(scratch, { recursive: true }));

let made = 0;

/** The folder of a package with these files. */
function packageOf(files: Readonly<Record<string, string>>): string {
  const folder = join(scratch, `node_modules/made-${(made += 1)}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const manifest = (fields: object) => JSON.stringify({ name: 'made', version: '1.0.0', ...fields });

test('readPackage() takes the licence and the notices of what the package was made from', () => {
  const folder = packageOf({
    'package.json': manifest({ license: 'MIT' }),
    'LICENSE-MIT.txt': 'the licence\n',
    'THIRD-PARTY-NOTICES.md': 'of its parts\n',
    'licenser.js': 'no notice',
  });
  assert.deepEqual(readPackage(folder), { name: 'made', version: '1.0.0', licence: 'MIT', text: 'the licence\n\nof its parts' });
});

test('readPackage() gives the text that the manifest names, and what its files say, where the package has no file for it', () => {
  const header = '/* Copyright 2013 Somebody\n\n   Licensed under other terms\n\n   What the file is for\n*/\n';
  const { text } = readPackage(
    packageOf({
      'package.json': manifest({ license: 'MIT', author: 'A. Author <a@author.test>' }),
      'index.js': 'export {};',
      'dec/a.js': header,
      'dec/b.js': header,
    }),
  );
  assert.match(text, /^MIT License\n\nCopyright \(c\) A\. Author <a@author\.test>\n\nPermission is hereby granted/);
  assert.match(text, /SOFTWARE\.\n\nCopyright 2013 Somebody\n\nLicensed under other terms$/);
});

test('readPackage() fails where no text can be known', () => {
  const without = packageOf({ 'package.json': manifest({ author: 'A. Author' }) });
  assert.throws(() => readPackage(without), /Cannot ship "made": its package\.json names no license/);
  const other = packageOf({ 'package.json': manifest({ license: 'ISC', author: 'A. Author' }) });
  assert.throws(() => readPackage(other), /Cannot ship "made": it brings no text of its licence, ISC/);
  const anonymous = packageOf({ 'package.json': manifest({ license: 'MIT' }) });
  assert.throws(() => readPackage(anonymous), /Cannot ship "made": it brings no text of its licence, MIT/);
});

test('packageFolderOf() names one folder for a module and for those that plugins make of it', () => {
  const folder = '/p/node_modules/a/node_modules/@b/c';
  for (const id of [`${folder}/d.js`, `\0${folder}/d.js?commonjs-exports`, `${folder}/d.js`.replaceAll('/', '\\')])
    assert.equal(packageFolderOf(id), folder);
  assert.equal(packageFolderOf('node_modules/a/index.js'), 'node_modules/a');
  assert.equal(packageFolderOf('/p/runtime/index.ts'), undefined);
});

test('every package that is bundled into Node’s library is counted, and ships with a text', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const packages = [...packLibrary().packages, ...bundleLazyParts().packageFolders].map((folder) => readPackage(join(root, folder)));
  const names = new Set(packages.map(({ name }) => name));
  for (const name of ['sucrase', 'pako', 'brotli', 'fzstd', '@noble/hashes']) assert.ok(names.has(name), name);
  for (const { name, text } of packages) assert.match(text, /copyright|licensed/i, name);
  assert.match(licenceText(packages), /^={80}\n@noble\/ciphers /);
});
