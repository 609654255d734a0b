/** `bavini bake` from a registry of this machine. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundleFile } from '../runtime/tools/build/npm-resolver.ts';
import { frozenRegistry } from '../runtime/tools/npm-oracle/fixtures.ts';
import { serveRegistry, type ServedRegistry } from '../runtime/tools/npm-oracle/serve.ts';
import { writeFiles } from '../runtime/tools/npm-oracle/folder.ts';
import type { Files } from '../runtime/programs/npm/resolve/testing/projects.ts';

let program: string;
let registry: ServedRegistry;
let area: string;

before(async () => {
  program = await bundleFile('bavini-cli', 'cli/main.ts');
  registry = await serveRegistry(await frozenRegistry());
  area = realpathSync(mkdtempSync(join(tmpdir(), 'bavini-bake-')));
});
after(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(area, { recursive: true });
});

function bavini(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: area,
    env: { PATH: process.env['PATH'], HOME: area, npm_config_registry: registry.address, npm_config_fetch_retries: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code, ...output })));
}

function lesson(name: string, files: Files): string {
  const folder = join(area, name);
  mkdirSync(folder, { recursive: true });
  writeFiles(folder, files);
  return folder;
}

function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(
    paths.sort().map((path) => [
      path,
      createHash('sha512')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );
}

const debugLesson: Files = { 'package.json': { name: 'one', version: '1.0.0', dependencies: { debug: '^4.3.0' } } };

describe('bavini bake', () => {
  it('writes the tarballs by their hashes and the metadata of what is installed, beside an untouched lesson', async () => {
    const folder = lesson('one', debugLesson);
    const { code, stdout, stderr } = await bavini('bake', 'one');
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(stdout, /^one: 2 packages, 2 of them new/);
    assert.deepEqual(readdirSync(folder).sort(), ['bavini-packages', 'package.json']);
    const baked = filesOf(join(folder, 'bavini-packages'));
    const names = Object.keys(baked).filter((path) => !path.startsWith('tarballs/'));
    assert.deepEqual(names, ['bavini-registry.json', 'metadata/debug.json', 'metadata/ms.json']);
    for (const [path, hash] of Object.entries(baked)) if (path.startsWith('tarballs/')) assert.equal(path, `tarballs/${hash}.tgz`);
    const { versions } = JSON.parse(readFileSync(join(folder, 'bavini-packages/metadata/debug.json'), 'utf8')) as {
      versions: Record<string, { license: string; dist: { integrity: string } }>;
    };
    const [debug] = Object.values(versions);
    assert.equal(Object.keys(versions).length, 1);
    assert.equal(debug?.license, 'MIT');
    const hash = Buffer.from(debug?.dist.integrity.slice('sha512-'.length) ?? '', 'base64').toString('hex');
    assert.ok(existsSync(join(folder, `bavini-packages/tarballs/${hash}.tgz`)));
  });

  it('gives the same bytes again, whatever was there before', async () => {
    lesson('again', debugLesson);
    await bavini('bake', 'again', '--out', 'again-1');
    const first = filesOf(join(area, 'again-1'));
    await bavini('bake', 'again', '--out', 'again-1');
    assert.deepEqual(filesOf(join(area, 'again-1')), first);
    await bavini('bake', 'again', '--out', 'again-2');
    assert.deepEqual(filesOf(join(area, 'again-2')), first);
  });

  it('puts several lessons into one folder, each tarball once, in any order', async () => {
    lesson('left', debugLesson);
    lesson('right', { 'package.json': { dependencies: { ms: '2.0.0', debug: '4.3.1' } } });
    const { stdout } = await bavini('bake', 'left', 'right', '--out', 'both');
    assert.match(stdout, /right: 3 packages, \d of them new/);
    await bavini('bake', 'right', '--out', 'other');
    await bavini('bake', 'left', '--out', 'other');
    assert.deepEqual(filesOf(join(area, 'both')), filesOf(join(area, 'other')));
    const { versions } = JSON.parse(readFileSync(join(area, 'both/metadata/debug.json'), 'utf8')) as { versions: object };
    assert.deepEqual(Object.keys(versions).length, 2);
  });

  it('bakes what a lock names, even where newer versions are published', async () => {
    const folder = lesson('locked', { 'package.json': { dependencies: { debug: '4.3.1' } } });
    await bavini('bake', 'locked', '--out', 'locked-1');
    const { dist } = (
      JSON.parse(readFileSync(join(area, 'locked-1/metadata/debug.json'), 'utf8')) as {
        versions: Record<string, { dist: { tarball: string; integrity: string } }>;
      }
    ).versions['4.3.1'] as { dist: { tarball: string; integrity: string } };
    const lock = {
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies: { debug: '^4.3.1' } },
        'node_modules/debug': { version: '4.3.1', resolved: dist.tarball, integrity: dist.integrity, dependencies: { ms: '2.1.2' } },
        'node_modules/ms': { version: '2.1.2' },
      },
    };
    writeFiles(folder, { 'package.json': { dependencies: { debug: '^4.3.1' } }, 'package-lock.json': lock });
    const before = readFileSync(join(folder, 'package-lock.json'), 'utf8');
    const { code, stderr } = await bavini('bake', 'locked', '--out', 'locked-2');
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.equal(readFileSync(join(folder, 'package-lock.json'), 'utf8'), before);
    const { versions } = JSON.parse(readFileSync(join(area, 'locked-2/metadata/debug.json'), 'utf8')) as { versions: object };
    assert.deepEqual(Object.keys(versions), ['4.3.1']);
  });

  it('bakes more packages with all they need for --also', async () => {
    lesson('also', { 'package.json': {} });
    const { stdout } = await bavini('bake', 'also', '--also', 'chalk@4', '--also', 'ms@2.0.0');
    assert.match(stdout, /^also: 7 packages, 7 of them new/);
    const metadata = readdirSync(join(area, 'also/bavini-packages/metadata'));
    assert.ok(metadata.includes('supports-color.json') && metadata.includes('ms.json'));
  });

  it('leaves out packages of other platforms, but not what is known of them', async () => {
    lesson('platforms', { 'package.json': { optionalDependencies: { fsevents: '^2.3.0', ms: '^2.0.0' } } });
    const { stdout } = await bavini('bake', 'platforms');
    assert.match(stdout, /^platforms: 1 packages/);
    assert.ok(existsSync(join(area, 'platforms/bavini-packages/metadata/fsevents.json')));
  });

  it("fails with npm's report and writes nothing where there is no tree", async () => {
    lesson('conflict', { 'package.json': { dependencies: { react: '^19.0.0', 'react-dom': '^17.0.2' } } });
    const { code, stderr } = await bavini('bake', 'conflict');
    assert.equal(code, 1);
    assert.match(stderr, /^bavini: Cannot resolve \(ERESOLVE\)\nbavini: ERESOLVE unable to resolve dependency tree\n/);
    assert.match(stderr, /peer react@"17\.0\.2" from react-dom@17\.0\.2/);
    assert.ok(!existsSync(join(area, 'conflict/bavini-packages')));
  });

  it('fails with both hashes where a tarball is not what its metadata says', async () => {
    const folder = lesson('damaged', debugLesson);
    const wrong = `sha512-${Buffer.alloc(64).toString('base64')}`;
    writeFiles(folder, {
      'package-lock.json': {
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'one', version: '1.0.0', dependencies: { debug: '^4.3.0' } },
          'node_modules/debug': {
            version: '4.3.1',
            resolved: `${registry.address}debug/-/debug-4.3.1.tgz`,
            integrity: wrong,
            dependencies: { ms: '2.1.2' },
          },
          'node_modules/ms': { version: '2.1.2', resolved: `${registry.address}ms/-/ms-2.1.2.tgz` },
        },
      },
    });
    const { code, stderr } = await bavini('bake', 'damaged');
    assert.equal(code, 1);
    assert.ok(stderr.includes(wrong) && /but got sha512-/.test(stderr), stderr);
    assert.ok(!existsSync(join(folder, 'bavini-packages')));
  });

  it('says what is wrong with its arguments, with exit code 2', async () => {
    for (const [args, text] of [
      [['bake'], 'bake: name the folder of a lesson'],
      [['cook'], 'There is no command "cook"'],
      [['bake', 'x', '--fast'], "Unknown option '--fast'"],
    ] as const) {
      const { code, stderr } = await bavini(...args);
      assert.equal(code, 2, args.join(' '));
      assert.ok(stderr.includes(text), stderr);
    }
    const { code, stderr } = await bavini('bake', 'nowhere');
    assert.equal(code, 1);
    assert.equal(stderr, 'bavini: Cannot bake "nowhere": it has no package.json\n');
  });

  it('tells its version and how it is used', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    assert.equal((await bavini('--version')).stdout, `${version}\n`);
    for (const flag of ['--help', '-h', 'help']) assert.match((await bavini(flag)).stdout, /^Usage: bavini <command>\n/);
    for (const args of [
      ['pack', '--help'],
      ['help', 'pack'],
    ]) {
      const { stdout } = await bavini(...args);
      assert.match(stdout, /^Usage:\n\n {2}bavini pack <folder> .*\n {4}--out <file> .*\n$/);
    }
  });
});
