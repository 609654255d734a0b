import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { BvError } from '../base/errors.ts';
import { installMemoryBlobs, readMemoryBlob } from '../testing/memory-blob.ts';
import { Random } from '../testing/random.ts';
import { dumpTree } from '../testing/replica-model.ts';
import { Authority } from './authority.ts';
import { FileSystem } from './file-system.ts';
import type { Layer } from './layer.ts';
import { restoreTree } from './snapshot.ts';
import { joinLayers } from './stores/layer-packs.ts';
import { readTar } from '../base/tar-reader.ts';
import { archive, TarWriter } from './tar-writer.ts';
import { Tree } from './tree.ts';
import { untar } from './untar.ts';

const text = (value: string) => new TextEncoder().encode(value);
const source = (bytes: Uint8Array) => ({
  size: bytes.length,
  read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
});
const bytesOf = (writer: TarWriter) => readMemoryBlob(new Blob(writer.end()));
const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted;

function newSystem(): FileSystem {
  return new FileSystem(new Authority(new Tree({ reader: readMemoryBlob, keepsOrphans: true, uid: 1000, gid: 1000 })));
}

function withLayer(writer: TarWriter): FileSystem {
  const fs = newSystem();
  (fs.host as Authority).addLayers([{ id: 'l', blob: new Blob(writer.end()) }]);
  fs.mkdir('/m', 0o755);
  fs.mount('/m', 'l');
  return fs;
}

function samplePackage(): TarWriter {
  const writer = new TarWriter();
  writer.add({ path: 'pkg/package.json', type: 'file', mode: 0o644, mtimeMs: 1000 }, text('{}'));
  writer.add({ path: 'pkg/lib/a.js', type: 'file', mode: 0o755, mtimeMs: 2000 }, text('a'));
  writer.add({ path: 'pkg/lib/b.js', type: 'file', mode: 0o644, mtimeMs: 2000 }, text('b'));
  writer.add({ path: '.bin/pkg', type: 'symlink', mode: 0o777, mtimeMs: 1000, target: '../pkg/lib/a.js' });
  return writer;
}

let restore: () => void;
before(() => {
  restore = installMemoryBlobs();
});
after(() => restore());

describe('Layer', () => {
  it('is read and indexed when something below its mount is touched, and not before', () => {
    const fs = withLayer(samplePackage());
    const layer = fs.tree.layers.get('l') as Layer;
    fs.writeFile('/other', text('x'));
    assert.deepEqual(
      fs.readdir('/').map(({ name }) => name),
      ['m', 'other'],
    );
    assert.equal(layer.indexed, false);
    assert.equal(new TextDecoder().decode(fs.readFile('/m/.bin/pkg')), 'a');
    assert.equal(layer.indexed, true);
    assert.equal(fs.stat('/m').nlink, 4);
    assert.equal(fs.stat('/m/pkg/lib/a.js').mode & 0o777, 0o755);
    assert.equal(fs.tree.fileBytes, 1);
  });

  it('shares one Blob with others, each mounted for itself, and a snapshot names that Blob once', () => {
    const single = (contents: string) => {
      const writer = new TarWriter();
      writer.add({ path: 'file', type: 'file', mode: 0o644, mtimeMs: 0 }, text(contents));
      return new Blob(writer.end());
    };
    const packed = joinLayers([
      { id: 'a', blob: single('first') },
      ...joinLayers([
        { id: 'b', blob: single('second'.repeat(200)) },
        { id: 'c', blob: single('third') },
      ]),
    ]);
    const fs = newSystem();
    (fs.host as Authority).addLayers(packed);
    for (const { id } of packed) {
      fs.mkdir(`/${id}`, 0o755);
      fs.mount(`/${id}`, id);
    }
    assert.equal(new TextDecoder().decode(fs.readFile('/c/file')), 'third');
    assert.deepEqual(
      [...fs.tree.layers.values()].map(({ indexed }) => indexed),
      [false, false, true],
    );
    const snapshot = (fs.host as Authority).snapshot();
    assert.equal(new Set(snapshot.layers.map(({ blob }) => blob)).size, 1);
    const again = new FileSystem(new Authority(restoreTree(snapshot, { reader: readMemoryBlob })));
    const contents = packed.map(({ id }) => new TextDecoder().decode(again.readFile(`/${id}/file`)));
    assert.deepEqual(contents, ['first', 'second'.repeat(200), 'third']);
  });

  it('is read together with its neighbours, a large one alone; what is kept is only what was asked for', () => {
    const tarWith = (size: number, fill: number) => {
      const writer = new TarWriter();
      writer.add({ path: 'file', type: 'file', mode: 0o644, mtimeMs: 0 }, new Uint8Array(size).fill(fill));
      return new Blob(writer.end());
    };
    // Some stand across the bounds of what is read at once.
    const sizes = [...Array.from({ length: 60 }, (_, i) => 40_000 + i * 777), 3 << 20];
    const packed = joinLayers(sizes.map((size, i) => ({ id: `l${i}`, blob: tarWith(size, i + 1) })));
    let reads = 0;
    const authority = new Authority(
      new Tree({
        reader: (blob) => {
          reads++;
          return readMemoryBlob(blob);
        },
      }),
    );
    authority.addLayers(packed);
    const fs = new FileSystem(authority, { uid: 0 });
    const views = packed.map(({ id }, i) => {
      fs.mkdir(`/${id}`, 0o755);
      fs.mount(`/${id}`, id);
      const view = fs.readFileView(`/${id}/file`);
      assert.equal(view.length, sizes[i]);
      assert.ok(view.every((byte) => byte === i + 1));
      return view;
    });
    assert.ok(reads < 14, `${reads} reads`);
    assert.ok(views.slice(0, -1).every((view) => view.buffer.byteLength === view.length));
  });

  it('is copied up on write, whited out on unlink, and a snapshot has only what was touched', () => {
    const fs = withLayer(samplePackage());
    fs.writeFile('/m/pkg/lib/a.js', text('changed'));
    fs.unlink('/m/pkg/lib/b.js');
    fs.writeFile('/m/pkg/lib/c.js', text('new'));
    fs.rename('/m/pkg/package.json', '/moved.json');
    const snapshot = (fs.host as Authority).snapshot();
    const again = new FileSystem(new Authority(restoreTree(snapshot, { reader: readMemoryBlob })));
    assert.equal(dumpTree(again.tree), dumpTree(fs.tree));
    assert.deepEqual(
      again.readdir('/m/pkg/lib').map(({ name }) => name),
      ['a.js', 'c.js'],
    );
    assert.equal(new TextDecoder().decode(again.readFile('/moved.json')), '{}');
    assert.equal(again.tree.layers.get('l')?.indexed, true);
    fs.unmount('/m');
    assert.deepEqual(fs.readdir('/m'), []);
    assert.equal(new TextDecoder().decode(fs.readFile('/moved.json')), '{}');
  });

  it('a copy of a file of a layer shares its bytes and adds none until it is written', () => {
    const fs = withLayer(samplePackage());
    fs.copyFile('/m/pkg/lib/a.js', '/copy', false);
    fs.writeFile('/m/pkg/lib/a.js', text('changed'));
    assert.equal(new TextDecoder().decode(fs.readFile('/copy')), 'a');
    assert.equal(fs.tree.fileBytes, 7);
  });

  it('is removed with all that was written over it, without being read', () => {
    const fs = withLayer(samplePackage());
    fs.removeAll('/m');
    assert.equal(fs.tree.layers.get('l')?.indexed, false);
    assert.deepEqual(fs.readdir('/'), []);
    const written = withLayer(samplePackage());
    written.writeFile('/m/pkg/lib/new.js', text('new'));
    written.writeFile('/m/top.js', text('new'));
    written.removeAll('/m');
    assert.deepEqual(written.readdir('/'), []);
    assert.deepEqual([written.tree.fileBytes, written.tree.files], [0, 1]);
  });

  it('contains entries that climb, are absolute, doubled, or lie behind a link', () => {
    const writer = new TarWriter();
    const file = (path: string, contents: string) => writer.add({ path, type: 'file', mode: 0o644, mtimeMs: 0 }, text(contents));
    file('../escape', 'x');
    file('a/../../escape', 'x');
    file('/absolute', 'kept');
    file('twice', '1');
    file('twice', '2');
    writer.add({ path: 'out', type: 'symlink', mode: 0o777, mtimeMs: 0, target: '/etc' });
    file('out/passwd', 'x');
    file(`${'n'.repeat(300)}`, 'x');
    file('./dot/./f', 'x');
    const fs = withLayer(writer);
    assert.deepEqual(
      fs.readdir('/').map(({ name }) => name),
      ['m'],
    );
    assert.deepEqual(
      fs.readdir('/m').map(({ name }) => name),
      ['absolute', 'dot', 'out', 'twice'],
    );
    assert.equal(new TextDecoder().decode(fs.readFile('/m/twice')), '2');
    assert.throws(() => fs.readFile('/m/out/passwd'), code('ENOENT'));
  });

  // Quadratic indexing would take minutes.
  it('of 100,000 entries is indexed', { timeout: 60_000 }, () => {
    const writer = new TarWriter();
    for (let i = 0; i < 100_000; i++) writer.add({ path: `d${i % 100}/e${i % 1000}/f${i}`, type: 'file', mode: 0o644, mtimeMs: 0 });
    const fs = withLayer(writer);
    assert.equal(fs.readdir('/m').length, 100);
    assert.equal(fs.stat('/m/d7/e7/f7').size, 0);
  });
});

describe('readTar()', () => {
  it('never throws, whatever is damaged', () => {
    const good = bytesOf(samplePackage());
    const random = new Random(7);
    for (let round = 0; round < 3000; round++) {
      const bytes = good.slice(0, random.chance(0.3) ? random.below(good.length) : good.length);
      for (let i = random.below(6); i > 0; i--) bytes[random.below(bytes.length)] = random.below(256);
      if (random.chance(0.5) && bytes.length >= 512) {
        // A forged header with a right checksum.
        for (let i = 0; i < 12; i++) bytes[124 + i] = random.below(256);
        let sum = 8 * 32;
        for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += bytes[i] as number;
        bytes.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
      }
      readTar(source(bytes), ({ offset, size }) => assert.ok(offset + size <= bytes.length));
    }
  });
});

describe('untar()', () => {
  it('takes what GNU tar and bsdtar write: long names, links, sizes, times', () => {
    const folder = mkdtempSync(`${tmpdir()}/untar-`);
    try {
      const deep = `${'long-folder-name/'.repeat(12)}`;
      mkdirSync(`${folder}/in/${deep}`, { recursive: true });
      writeFileSync(`${folder}/in/${deep}file-é`, 'deep');
      writeFileSync(`${folder}/in/run`, '#!', { mode: 0o755 });
      symlinkSync(`${'t'.repeat(150)}`, `${folder}/in/link`);
      for (const format of ['gnu', 'pax', 'ustar']) {
        if (format === 'ustar') rmSync(`${folder}/in/link`);
        execFileSync('tar', ['--format', format, '-cf', `${folder}/t.tar`, '-C', `${folder}/in`, '.']);
        const fs = newSystem();
        untar(fs, '/', source(new Uint8Array(readFileSync(`${folder}/t.tar`))));
        assert.equal(new TextDecoder().decode(fs.readFile(`/${deep}file-é`)), 'deep', format);
        assert.equal(fs.stat('/run').mode & 0o777, 0o755);
        assert.equal(Math.floor(fs.stat('/run').mtimeMs / 1000), Math.floor(statSync(`${folder}/in/run`).mtimeMs / 1000));
        if (format !== 'ustar') assert.equal(fs.readlink('/link').length, 150);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('what archive() wrote comes back the same, and GNU tar reads it', () => {
    const fs = newSystem();
    fs.mkdirp(`/in/${'a-rather-long-name/'.repeat(10)}`);
    fs.writeFile(`/in/${'a-rather-long-name/'.repeat(10)}é`, text('deep'));
    fs.writeFile('/in/run', new Uint8Array(3_000_000).fill(5), 0o755);
    fs.symlink('run', '/in/link');
    fs.utimes('/in/run', 0, 1_234_567.5);
    fs.writeFile('/in/node_modules', text('out'));
    const tar = readMemoryBlob(new Blob(archive(fs.tree, fs.nodeAt('/in', { follow: true }), { excludes: ['node_modules'] })));
    const back = newSystem();
    untar(back, '/', source(tar));
    assert.equal(back.stat('/run').mtimeMs, 1_234_567.5);
    assert.equal(back.readFile('/run').length, 3_000_000);
    assert.equal(back.readlink('/link'), 'run');
    assert.deepEqual(
      back.readdir('/').map(({ name }) => name),
      ['a-rather-long-name', 'link', 'run'],
    );
    const folder = mkdtempSync(`${tmpdir()}/archive-`);
    try {
      writeFileSync(`${folder}/t.tar`, tar);
      execFileSync('tar', ['-xf', 't.tar'], { cwd: folder });
      assert.equal(readFileSync(`${folder}/${'a-rather-long-name/'.repeat(10)}é`, 'utf8'), 'deep');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a damaged or climbing archive before it changes anything', () => {
    const cut = bytesOf(samplePackage()).slice(0, 1500);
    const climbing = new TarWriter();
    climbing.add({ path: 'good', type: 'file', mode: 0o644, mtimeMs: 0 }, text('x'));
    climbing.add({ path: '../bad', type: 'file', mode: 0o644, mtimeMs: 0 }, text('x'));
    const behind = new TarWriter();
    behind.add({ path: 'l', type: 'symlink', mode: 0o777, mtimeMs: 0, target: '/' });
    behind.add({ path: 'l/bad', type: 'file', mode: 0o644, mtimeMs: 0 }, text('x'));
    for (const [tar, wanted] of [
      [cut, 'ERR_BV_BAD_ARCHIVE'],
      [bytesOf(climbing), 'ERR_BV_PATH_ESCAPE'],
      [bytesOf(behind), 'ERR_BV_PATH_ESCAPE'],
    ] as const) {
      const fs = newSystem();
      assert.throws(
        () => untar(fs, '/', source(tar)),
        (error) => error instanceof BvError && error.code === wanted,
      );
      assert.deepEqual(fs.readdir('/'), []);
    }
  });
});
