import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTar } from '../base/tar-reader.ts';
import { unpackPackage, type PackageTar } from './package-tar.ts';
import { gzip, joinBytes, rawEntry, rawTar, type RawEntry } from './testing/tar-builder.ts';

const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted;
const file = (name: string, contents = name): RawEntry => ({ name: `package/${name}`, contents });

/** Path → mode and text. */
function read(unpacked: PackageTar): Map<string, [string, string]> {
  const bytes = joinBytes(unpacked.parts);
  const found = new Map<string, [string, string]>();
  const problem = readTar({ size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, (entry) => {
    assert.equal(entry.type, 'file');
    found.set(entry.path, [entry.mode.toString(8), new TextDecoder().decode(bytes.subarray(entry.offset, entry.offset + entry.size))]);
  });
  assert.equal(problem, undefined);
  assert.equal(found.size, unpacked.facts.files);
  return found;
}

describe('unpackPackage()', () => {
  it('tells what is in a package', async () => {
    const manifest = JSON.stringify({ name: 'p', bin: { p: './cli.js', q: 'lib/../tool.js', gone: 'none.js', climbs: '../../cli.js' } });
    const unpacked = await unpackPackage(
      await gzip(
        rawTar([
          file('cli.js', '#!/usr/bin/env node\r\nconsole.log(1)\r\n'),
          file('tool.js', '#!/usr/bin/env node\nok'),
          file('package.json', manifest),
          file('binding.gyp', '{}'),
          file('node_modules/a/package.json', '{}'),
          file('node_modules/a/node_modules/@s/b/package.json', '{}'),
          file('node_modules/.bin/package.json', '{}'),
          file('lib/node_modules/c/package.json', '{}'),
        ]),
      ),
    );
    const files = read(unpacked);
    assert.deepEqual(unpacked.facts.bins, ['cli.js', 'tool.js']);
    assert.deepEqual(files.get('cli.js'), ['755', '#!/usr/bin/env node\nconsole.log(1)\r\n']);
    assert.deepEqual(files.get('tool.js'), ['755', '#!/usr/bin/env node\nok']);
    assert.deepEqual(unpacked.facts.bundled, ['node_modules/a', 'node_modules/a/node_modules/@s/b']);
    assert.equal(unpacked.facts.hasBindingGyp, true);
    assert.equal(unpacked.packageJson, manifest);
    const { start, size } = unpacked.facts.packageJson as { start: number; size: number };
    assert.equal(new TextDecoder().decode(joinBytes(unpacked.parts).subarray(start, start + size)), manifest);
    assert.equal(
      unpacked.facts.unpackedBytes,
      [...files.values()].reduce((sum, [, text]) => sum + text.length, 0),
    );
  });

  it('a package.json that is none, or has bins of no sense, is taken as it comes', async () => {
    for (const text of ['', '{', '[]', 'null', '{"bin":3}', '{"bin":{"a":1}}', '{"bin":null}', '{"directories":null}', '\ufeff{}']) {
      const unpacked = await unpackPackage(await gzip(rawTar([file('package.json', text), file('a')])));
      assert.deepEqual(unpacked.facts.bins, []);
    }
    const folder = await unpackPackage(
      await gzip(
        rawTar([file('package.json', '{"directories":{"bin":"./bin"}}'), file('bin/x'), file('bin/d/y'), file('bin/.z'), file('w')]),
      ),
    );
    assert.deepEqual(folder.facts.bins, ['bin/x', 'bin/d/y']);
  });

  it('long names survive, and the tar is built in place where nothing is in the way', async () => {
    const deep = `${'d'.repeat(80)}/${'e'.repeat(80)}/${'f'.repeat(60)}`;
    const names = ['a', deep, `${'x'.repeat(200)}/y`, `ü${'z'.repeat(98)}`, `${'q'.repeat(50)}/${'w'.repeat(120)}`];
    const tarball = joinBytes([
      ...names.flatMap((name) => [
        rawEntry({ name: 'L', flag: 'L', contents: `package/${name}\u0000` }),
        rawEntry({ name: 'package/x', contents: name }),
      ]),
      new Uint8Array(1024),
    ]);
    assert.deepEqual([...read(await unpackPackage(tarball)).keys()], names);
    const plain = await unpackPackage(await gzip(rawTar([file('a'), file('b'), file('c')])));
    assert.equal(plain.parts.length, 2);
  });

  it('leaves the caller’s bytes alone where they are not compressed', async () => {
    const tar = rawTar([file('a')]);
    const before = tar.slice();
    await unpackPackage(tar);
    assert.deepEqual(tar, before);
  });

  it('a bomb is refused before it fills the memory', async () => {
    const zeros = new Uint8Array(8 << 20);
    const parts: Uint8Array<ArrayBuffer>[] = [rawEntry({ name: 'package/bomb', size: 12 * zeros.length }) as Uint8Array<ArrayBuffer>];
    const stream = new Blob([...parts, ...Array.from({ length: 12 }, () => zeros)]).stream().pipeThrough(new CompressionStream('gzip'));
    const bomb = new Uint8Array(await new Response(stream).arrayBuffer());
    const before = process.memoryUsage().arrayBuffers;
    await assert.rejects(unpackPackage(bomb), code('ETOOLARGE'));
    assert.ok(process.memoryUsage().arrayBuffers - before < 200 << 20);
    await assert.rejects(
      unpackPackage(await gzip(rawTar([file('a', 'x'.repeat(100_000))])), { maxUnpackedBytes: 50_000 }),
      code('ETOOLARGE'),
    );
    await assert.rejects(unpackPackage(rawTar([file('a', 'x'.repeat(100_000))]), { maxUnpackedBytes: 50_000 }), code('ETOOLARGE'));
  });

  it('100,000 entries are taken apart in turns, and can be aborted; too many are refused', async () => {
    const block = rawEntry(file('x'));
    const tar = new Uint8Array(100_000 * block.length + 1024);
    for (let i = 0; i < 100_000; i++) tar.set(rawEntry(file(`f${i}`)), i * block.length);
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const unpacked = await unpackPackage(tar);
    clearInterval(ticking);
    assert.equal(unpacked.facts.files, 100_000);
    assert.ok(turns > 5, `${turns} turns`);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 1);
    await assert.rejects(unpackPackage(tar, { signal: abort.signal }), /enough/);
    await assert.rejects(unpackPackage(tar, { maxEntries: 99_999 }), code('ETOOLARGE'));
  });

  it('deep folders, floods of records and of damaged headers take their turns and end soon', async () => {
    const deep = (i: number) => `package/${i}/${'d/'.repeat(1000)}f`;
    const floods: Record<string, Uint8Array<ArrayBuffer>> = {
      folders: joinBytes(
        Array.from({ length: 400 }, (_, i) => joinBytes([rawEntry({ name: 'L', flag: 'L', contents: deep(i) }), rawEntry(file('x'))])),
      ),
      same: joinBytes(
        Array.from({ length: 6000 }, () => joinBytes([rawEntry({ name: 'L', flag: 'L', contents: deep(0) }), rawEntry(file('x'))])),
      ),
      records: joinBytes([
        ...Array.from({ length: 15 }, () => rawEntry({ name: 'x', flag: 'x', contents: '6 a=b\n'.repeat(170_000) })),
        rawEntry(file('x')),
      ]),
      newlines: joinBytes([
        ...Array.from({ length: 15 }, () => rawEntry({ name: 'x', flag: 'x', contents: '\n'.repeat(1 << 20) })),
        rawEntry(file('x')),
      ]),
      names: joinBytes(
        Array.from({ length: 30 }, () =>
          joinBytes([rawEntry({ name: 'L', flag: 'L', contents: 'a/'.repeat(500_000) }), rawEntry(file('x'))]),
        ),
      ),
      damaged: new Uint8Array(32 << 20).fill(55),
    };
    for (const [name, tar] of Object.entries(floods)) {
      // Of this process's own time: what others on the machine take does not count.
      const spentMs = () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1000;
      };
      let longest = 0;
      let last = spentMs();
      const ticking = setInterval(() => {
        longest = Math.max(longest, spentMs() - last);
        last = spentMs();
      }, 1);
      await unpackPackage(tar).catch((error: unknown) =>
        assert.ok(['ETOOLARGE', 'TAR_BAD_ARCHIVE'].includes((error as { code: string }).code)),
      );
      clearInterval(ticking);
      assert.ok(longest < 2000, `${name}: ${longest} ms without a turn`);
    }
    const many = joinBytes(Array.from({ length: 17 }, () => rawEntry({ name: 'x', flag: 'x', contents: '6 a=b\n'.repeat(170_000) })));
    await assert.rejects(unpackPackage(many), code('TAR_BAD_ARCHIVE'));
    await assert.rejects(unpackPackage(floods['folders'] as Uint8Array<ArrayBuffer>, { maxEntries: 100_000 }), code('ETOOLARGE'));
  });

  it('what is cut off or damaged in its gzip stream fails by name', async () => {
    const tarball = await gzip(rawTar([file('a', 'x'.repeat(5000))]));
    await assert.rejects(unpackPackage(tarball.slice(0, tarball.length - 9)), code('Z_DATA_ERROR'));
    const damaged = tarball.slice();
    damaged[tarball.length - 6] = (damaged[tarball.length - 6] as number) ^ 1;
    await assert.rejects(unpackPackage(damaged), code('Z_DATA_ERROR'));
    await assert.rejects(unpackPackage(new Uint8Array([0x1f, 0x8b, 8])), code('Z_DATA_ERROR'));
  });

  it('links, devices and paths that climb are told of', async () => {
    const { warnings } = await unpackPackage(
      await gzip(rawTar([{ ...file('l'), flag: '2', target: 'x' }, { name: 'package/../../a', contents: 'a' }, file('b'), file('b/c')])),
    );
    assert.equal(warnings.length, 3);
  });
});
