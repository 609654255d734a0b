import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PosixError } from '../base/errors.ts';
import { Authority } from '../fs/authority.ts';
import { FileSystem } from '../fs/file-system.ts';
import { restoreTree } from '../fs/snapshot.ts';
import { TarWriter } from '../fs/tar-writer.ts';
import { Tree } from '../fs/tree.ts';
import { installMemoryBlobs, readMemoryBlob } from '../testing/memory-blob.ts';
import { Random } from '../testing/random.ts';
import type { Change, LayerSource, TreeSnapshot } from '../wires/change.ts';
import { StoredView } from './stored-view.ts';

const text = (value: string) => new TextEncoder().encode(value);
const options = { reader: readMemoryBlob, keepsOrphans: true };

function open() {
  const tree = new Tree(options);
  const authority = new Authority(tree);
  const fs = new FileSystem(authority, { uid: 0 });
  const view = new StoredView(tree, (id) => id === 'program');
  const log: Change[] = [];
  authority.subscribe((change) => void log.push(...view.translate(change)));
  const writer = new TarWriter();
  for (const [path, value] of Object.entries({ 'a.js': 'of the layer', 'lib/b.js': 'also', 'lib/deep/c.js': 'deep' }))
    writer.add({ path, type: 'file', mode: 0o644, mtimeMs: 1000 }, text(value));
  const package_ = new TarWriter();
  for (const [path, value] of Object.entries({ a: 'of a package', 'lib/b.js': 'of its lib', 'e/f/g': 'deep' }))
    package_.add({ path, type: 'file', mode: 0o644, mtimeMs: 2000 }, text(value));
  authority.addLayers([
    { id: 'program', blob: new Blob(writer.end()) },
    { id: 'package', blob: new Blob(package_.end()) },
  ]);
  for (const path of ['/usr', '/usr/lib', '/usr/lib/node', '/tmp', '/dev', '/home']) fs.mkdir(path, 0o755);
  fs.mount('/usr/lib/node', 'program');
  return { authority, fs, view, log };
}

/** What a later session finds. */
function reopen(snapshot: TreeSnapshot | null, log: readonly Change[], layers: readonly LayerSource[] = []): FileSystem {
  const tree = snapshot === null ? new Tree(options) : restoreTree(structuredCloneWithBlobs(snapshot), options);
  for (const layer of layers) tree.addLayer(layer);
  for (const change of log) tree.apply(change, false);
  return new FileSystem(new Authority(tree), { uid: 0 });
}

/** Blobs of the test do not survive a real clone. */
function structuredCloneWithBlobs(snapshot: TreeSnapshot): TreeSnapshot {
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((row) => ({ ...row, ...(row.data instanceof Uint8Array ? { data: row.data.slice() } : {}) })),
  };
}

const leftOut = new Set(['/tmp', '/dev', '/proc', '/run', '/usr/lib/node']);

function listing(fs: FileSystem, path = '/'): string[] {
  const lines: string[] = [];
  for (const { name } of fs.readdir(path)) {
    const at = path === '/' ? `/${name}` : `${path}/${name}`;
    const { mode, mtimeMs, nlink } = fs.lstat(at);
    const type = mode & 0o170000;
    if (type === 0o040000) {
      lines.push(`${at}/ ${(mode & 0o7777).toString(8)}`);
      if (!leftOut.has(at)) lines.push(...listing(fs, at));
    } else if (type === 0o120000) lines.push(`${at} -> ${fs.readlink(at)}`);
    else lines.push(`${at} ${(mode & 0o7777).toString(8)} ${mtimeMs} ${nlink > 0} ${new TextDecoder().decode(fs.readFile(at))}`);
  }
  return lines;
}

describe('StoredView', () => {
  let restore: () => void;
  before(() => {
    restore = installMemoryBlobs();
  });
  after(() => restore());

  it('keeps the bytes of what was copied, linked or moved out of a program’s layer', () => {
    const { authority, fs, view, log } = open();
    fs.copyFile('/usr/lib/node/a.js', '/home/copied.js', false);
    fs.link('/usr/lib/node/lib/b.js', '/home/linked.js');
    fs.rename('/usr/lib/node/lib', '/home/lib');
    for (const found of [reopen(null, log), reopen(view.snapshot(authority.snapshot()), [])]) {
      const read = (path: string) => new TextDecoder().decode(found.readFile(path));
      assert.equal(read('/home/copied.js'), 'of the layer');
      assert.equal(read('/home/linked.js'), 'also');
      assert.equal(read('/home/lib/b.js'), 'also');
      assert.equal(read('/home/lib/deep/c.js'), 'deep');
      assert.deepEqual(found.readdir('/usr/lib/node'), []);
    }
  });

  it('keeps nothing of the memory file systems, but what is moved out of them', () => {
    const { authority, fs, view, log } = open();
    fs.writeFile('/tmp/secret', text('x'.repeat(10_000)));
    fs.writeFile('/tmp/new', text('y'.repeat(10_000)));
    fs.rename('/tmp/new', '/home/new');
    fs.writeFile('/home/old', text('gone'));
    fs.rename('/home/old', '/tmp/old');
    const snapshot = view.snapshot(authority.snapshot());
    assert.equal(snapshot.pack?.size, 10_000);
    for (const found of [reopen(null, log), reopen(snapshot, [])]) {
      assert.deepEqual(found.readdir('/tmp'), []);
      assert.deepEqual(
        found.readdir('/home').map(({ name }) => name),
        ['new'],
      );
      assert.equal(found.readFile('/home/new').length, 10_000);
    }
    assert.ok(!JSON.stringify(log.filter((change) => change.kind === 'create')).includes('secret'));
  });

  it('forgets a layer that is no longer mounted, and keeps what was moved or copied out of it', () => {
    const { authority, fs, view, log } = open();
    fs.mkdir('/home/package', 0o755);
    fs.mount('/home/package', 'package');
    assert.deepEqual(
      view.snapshot(authority.snapshot()).layers.map(({ id }) => id),
      ['package'],
    );
    fs.rename('/home/package/e', '/home/e');
    fs.copyFile('/home/package/a', '/home/a', false);
    fs.unmount('/home/package');
    fs.copyFile('/home/e/f/g', '/home/g', false);
    const snapshot = view.snapshot(authority.snapshot());
    assert.deepEqual([snapshot.layers, snapshot.mounts], [[], []]);
    log.length = 0;
    fs.copyFile('/home/e/f/g', '/home/later', false);
    const found = reopen(snapshot, log);
    assert.deepEqual(
      ['/home/a', '/home/g', '/home/e/f/g', '/home/later'].map((path) => new TextDecoder().decode(found.readFile(path))),
      ['of a package', 'deep', 'deep', 'deep'],
    );
    assert.deepEqual(found.readdir('/home/package'), []);
  });

  it('finds the same tree again, without what is left out, after 200 random histories', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const { authority, fs, view, log } = open();
      const folders = ['/home', '/tmp', '/usr/lib/node', '/usr/lib/node/lib', '/home/d', '/tmp/d', '/home/d/e', '/home/lib', '/tmp/lib'];
      const path = () => `${random.pick(folders)}/${random.pick(['a', 'b', 'a.js', 'lib', 'd', 'e', 'b.js'])}`;
      let snapshot: TreeSnapshot | null = null;
      const at = random.below(60);
      const opened: { write(bytes: Uint8Array, position: number | null): number }[] = [];
      for (let step = 0; step < 60; step++) {
        if (step === at && random.chance(0.7)) {
          snapshot = view.snapshot(authority.snapshot());
          log.length = 0;
        }
        try {
          switch (random.below(12)) {
            case 0:
              fs.writeFile(path(), text(`${seed} ${step} ${'z'.repeat(random.below(1500))}`));
              break;
            case 1:
              fs.mkdir(path(), 0o755);
              break;
            case 2:
            case 3:
              fs.rename(path(), path());
              break;
            case 4:
              fs.link(path(), path());
              break;
            case 5:
              fs.unlink(path());
              break;
            case 6:
              fs.copyFile(path(), path(), false);
              break;
            case 7:
              fs.chmod(path(), 0o700);
              break;
            case 8:
              fs.symlink('somewhere', path());
              break;
            case 10:
              fs.mount(path(), 'package');
              break;
            case 11:
              fs.unmount(path());
              break;
            case 9: {
              const file = fs.open(path(), 0o102, 0o644);
              file.share(() => authority.allocateIno() as number);
              opened.push(file);
              break;
            }
          }
          if (opened.length > 0 && random.chance(0.3)) random.pick(opened).write(text(`+${step}`), null);
        } catch (error) {
          if (!(error instanceof PosixError)) throw error;
        }
      }
      const packages = [...fs.tree.layers.values()].map(({ source }) => source).filter(({ id }) => id === 'package');
      assert.deepEqual(listing(reopen(snapshot, log, packages)), listing(fs), `seed ${seed}`);
    }
  });
});
