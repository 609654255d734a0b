/** What is mounted, compared with what `pacote.extract` writes to a disk. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pacote from 'pacote';
import { create } from 'tar';
import { Layer } from '../fs/layer.ts';
import { installMemoryBlobs, readMemoryBlob } from '../testing/memory-blob.ts';
import { Random } from '../testing/random.ts';
import { unpackPackage } from './package-tar.ts';
import { gzip, paxEntry, rawTar, type RawEntry } from './testing/tar-builder.ts';

/** That of files insists on a `package.json`; this is what it stands on. */
const { FileFetcher } = pacote as unknown as { FileFetcher: new (spec: string, options: object) => object };
const { extract } = Object.getPrototypeOf(FileFetcher.prototype) as { extract(this: object, to: string): Promise<unknown> };

const folder = mkdtempSync(join(tmpdir(), 'bavini-packages-'));
let count = 0;
let restore: () => void;
before(() => {
  restore = installMemoryBlobs();
});
after(() => {
  restore();
  rmSync(folder, { recursive: true });
});

/** `path mode contents`, sorted. */
async function ours(tarball: Uint8Array<ArrayBuffer>): Promise<string[] | string> {
  let unpacked;
  try {
    unpacked = await unpackPackage(tarball);
  } catch (error) {
    return (error as { code: string }).code;
  }
  const layer = new Layer({ id: 'l', blob: new Blob([...unpacked.parts]) }, readMemoryBlob);
  assert.equal(unpacked.size, layer.size);
  const lines: string[] = [];
  const walk = (index: number, path: string) => {
    const node = layer.nodes[index];
    assert.ok(node);
    if (node.children === undefined) {
      const contents = Buffer.from(layer.read(node.offset, node.size));
      lines.push(`${path} ${(node.mode & 0o7777).toString(8)} ${contents.toString('latin1')}`);
    } else
      for (const child of node.children)
        walk(child, path === '' ? (layer.nodes[child]?.name ?? '') : `${path}/${layer.nodes[child]?.name}`);
  };
  walk(0, '');
  assert.equal(layer.problem, undefined);
  assert.equal(lines.length, unpacked.facts.files);
  return lines.sort();
}

async function theirs(tarball: Uint8Array): Promise<string[] | string> {
  const base = join(folder, String(count++));
  writeFileSync(`${base}.tgz`, tarball);
  try {
    await extract.call(new FileFetcher(`file:${base}.tgz`, { umask: 0o022, cache: join(folder, 'cache') }), base);
  } catch (error) {
    return (error as { code: string }).code;
  }
  const lines: string[] = [];
  for (const name of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
    const path = join(base, name);
    const { mode } = statSync(path);
    if (statSync(path).isFile()) lines.push(`${name} ${(mode & 0o7777).toString(8)} ${readFileSync(path, 'latin1')}`);
  }
  return lines.sort();
}

async function same(entries: readonly RawEntry[], end?: number): Promise<string[] | string> {
  const tarball = await gzip(rawTar(entries, end));
  const [mine, real] = [await ours(tarball), await theirs(tarball)];
  assert.deepEqual(mine, real);
  return mine;
}

const file = (name: string, contents = name): RawEntry => ({ name, contents });
const long = 'd'.repeat(90);

const cases: Record<string, readonly RawEntry[]> = {
  'a plain package': [file('package/package.json', '{}'), file('package/lib/a.js'), { ...file('package/bin/b'), mode: 0o755 }],
  'another first folder, none, and an absolute one': [file('other/a'), file('b'), file('/c/d'), file('./e/f')],
  'paths that climb': [file('package/../../x'), file('../y'), file('package/a/../z'), file('package/..\\w'), file('package/ok')],
  'absolute paths behind the first folder': [
    file('package//etc/passwd'),
    file('package/C:/x'),
    file('package/c:y'),
    file('package/\\z'),
    file('package//?/C:/q'),
  ],
  links: [
    file('package/a'),
    { name: 'package/s', flag: '2', target: '../../../etc/passwd' },
    { name: 'package/h', flag: '1', target: 'package/a' },
    file('package/s/inside'),
  ],
  'devices and pipes': ['3', '4', '6'].map((flag) => ({ name: `package/dev${flag}`, flag })).concat([file('package/a') as never]),
  modes: [0, 0o200, 0o444, 0o600, 0o777, 0o4755, 0o6711, 0o1777].map((mode) => ({ ...file(`package/${mode.toString(8)}`), mode })),
  'a mode that is no number': [
    { ...file('package/a'), mode: 'zzzzzzz' },
    { ...file('package/b'), mode: '' },
  ],
  'duplicates: the last counts, with the first mode': [
    { ...file('package/a', '1'), mode: 0o755 },
    file('package/a', 'second'),
    file('package/./a', '3'),
  ],
  'a file where a folder is, and the other way round': [file('package/a/b'), file('package/a'), file('package/c'), file('package/c/d')],
  'folders, also empty ones': [
    { name: 'package/', flag: '5' },
    { name: 'package/e/', flag: '5', mode: 0o700 },
    file('package/f/'),
    file('package/g'),
  ],
  'ignore files': [
    file('package/.gitignore', '1'),
    file('package/a/.npmignore', '2'),
    file('package/a/.gitignore', '3'),
    file('package/b/.gitignore', '4'),
  ],
  'an ignore file that comes late': [file('package/.gitignore', '1'), file('package/.npmignore', '2')],
  'pax names and sizes': [paxEntry({ path: `package/${long}/${long}/${long}/x` }), file('package/short', 'abc'), file('package/next')],
  'pax that lies about the size': [paxEntry({ size: '3' }), { ...file('package/a', 'abcdef'), size: 3 }, file('package/b')],
  'pax: global records': [paxEntry({ path: 'package/never', mode: '493' }, 'g'), file('package/a'), file('package/b')],
  'pax before a long name': [
    paxEntry({ size: '5' }),
    { name: '././@LongLink', flag: 'L', contents: 'package/named-long\u0000' },
    file('package/a', 'hello'),
  ],
  'pax that is damaged': [{ name: 'PaxHeader', flag: 'x', contents: '99 path=package/evil\n' }, file('package/a')],
  'GNU long names': [
    { name: '././@LongLink', flag: 'L', contents: `package/${long}/${long}/deep\u0000` },
    file('package/cut'),
    { name: '././@LongLink', flag: 'K', contents: `${long}${long}\u0000` },
    { name: 'package/l', flag: '2', target: 'x' },
    file('package/b'),
  ],
  'a prefix': [
    { name: 'end.js', prefix: `package/${long}`, contents: '1' },
    { name: 'x', prefix: 'package/a', contents: '2', magic: 'ustar  \u0000' },
  ],
  'names that are not UTF-8': [{ name: new Uint8Array([112, 47, 0xff, 0xfe, 0x41]), contents: 'x' }, file('package/ünïcödé/日本')],
  'a name that is too long for any disk': [
    file('package/a'),
    { name: 'x', prefix: '', contents: '' },
    paxEntry({ path: `package/${'n'.repeat(300)}` }),
    file('package/b'),
  ],
  'damaged headers are passed over': [file('package/a'), { ...file('package/b'), badChecksum: true }, file('package/c')],
  'empty names': [{ name: '', contents: 'x' }, file('package/a')],
  'files with a link target, links without': [{ ...file('package/a'), target: 'x' }, { name: 'package/b', flag: '2' }, file('package/c')],
  'types nobody knows': [
    { ...file('package/a'), flag: 'Z' },
    { ...file('package/b'), flag: 'S' },
    { ...file('package/c'), flag: '7' },
    { ...file('package/d'), flag: '' },
  ],
  'a negative size': [{ ...file('package/a', ''), size: new Uint8Array(12).fill(0xff) }, file('package/b')],
  'a size in base 256': [{ ...file('package/a', 'abc'), size: new Uint8Array([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]) }, file('package/b')],
  'a size beyond all numbers': [{ ...file('package/a', ''), size: new Uint8Array(12).fill(0x80).fill(0xfe, 1) }, file('package/b')],
  'a size beyond the end': [file('package/a'), { ...file('package/b', 'abc'), size: 1_000_000 }],
  'one empty block in the middle': [file('package/a'), { name: '', raw: new Uint8Array(), badChecksum: true }, file('package/b')],
  'nothing at all': [],
  'an ancient bundle': [
    file('package/package.json', '{}'),
    file('package/node_modules/a/package.json', '{}'),
    file('package/node_modules/@s/b/index.js'),
  ],
};

describe('unpackPackage(), compared with pacote.extract()', () => {
  for (const [name, entries] of Object.entries(cases)) it(name, async () => void (await same(entries)));

  it('a tar without its end, cut off in a file, in its padding', async () => {
    await same([file('package/a')], 0);
    await same([file('package/a')], 512);
    const tar = rawTar([file('package/a', 'x'.repeat(700)), file('package/b', 'y'.repeat(700))], 0);
    for (const length of [tar.length - 1, tar.length - 500, tar.length - 1000, tar.length - 1500, 1024, 1000, 512, 100, 0]) {
      const tarball = await gzip(tar.slice(0, length));
      assert.deepEqual(await ours(tarball), await theirs(tarball), String(length));
    }
  });

  it('what is no tar, no gzip, or a tar that is not compressed', async () => {
    const tar = rawTar([file('package/a')]);
    assert.deepEqual(await ours(tar), await theirs(tar));
    const html = new TextEncoder().encode('<!DOCTYPE html><title>no</title>'.repeat(50));
    assert.deepEqual(await ours(html), await theirs(html));
    const noise = await gzip(html);
    assert.deepEqual(await ours(noise), await theirs(noise));
    assert.equal(await ours(new Uint8Array()), 'TAR_BAD_ARCHIVE');
  });

  it('real packages, as npm packs them', async () => {
    for (const name of ['typescript-eslint', 'chai', '@codemirror/view', 'esbuild', 'undici', 'prettier']) {
      const at = join(import.meta.dirname, '../../node_modules', name);
      const stream = create({ gzip: true, portable: true, cwd: at, prefix: 'package/' }, ['.']);
      const tarball = new Uint8Array(await stream.concat());
      const mine = await ours(tarball);
      assert.ok(mine.length > 1);
      assert.deepEqual(mine, await theirs(tarball), name);
    }
  });

  it('random histories of entries', async () => {
    const seed = Number(process.env['BV_SEED'] ?? 20_261_121);
    const random = new Random(seed);
    const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
    for (let round = 0; round < 120; round++) {
      const entries: RawEntry[] = [];
      for (let i = 0; i < 3 + random.below(12); i++) {
        const path = `${pick(['package', 'p', '.', '', '..'])}/${Array.from({ length: 1 + random.below(3) }, () => pick(['a', 'b', '.', '..', '', 'c.js', '.gitignore', '.npmignore'])).join('/')}`;
        const contents = 'x'.repeat(random.below(3) * 400) + String(i);
        if (random.below(8) === 0)
          entries.push(paxEntry({ path: `package/pax/${i}`, ...(random.below(2) === 0 ? { mode: '511' } : {}) }, pick(['x', 'g', 'X'])));
        if (random.below(10) === 0) entries.push({ name: 'L', flag: pick(['L', 'K', 'N']), contents: `package/long/${i}\u0000` });
        entries.push({
          name: path,
          contents,
          flag: pick(['0', '0', '0', '0', '0', '5', '2', '1', '7', 'D', '3', '']),
          mode: pick([0o644, 0o755, 0o600, 0o4777]),
          ...(random.below(6) === 0 ? { target: 'package/a' } : {}),
          ...(random.below(12) === 0 ? { badChecksum: true } : {}),
        });
      }
      const tar = rawTar(entries);
      // Now and then a byte that is not as it was.
      if (random.below(3) === 0) tar[random.below(tar.length)] = random.below(256);
      const tarball = await gzip(tar);
      assert.deepEqual(await ours(tarball), await theirs(tarball), `BV_SEED=${seed}, round ${round}`);
    }
  });
});
