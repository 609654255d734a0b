import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as module from 'ssri';
import { Random } from '../testing/random.ts';
import {
  decisiveHashes,
  hashOf,
  integrityOfDist,
  integrityOfShasum,
  integrityText,
  layerIds,
  parseIntegrity,
  verifyIntegrity,
} from './integrity.ts';
import { PackageError } from './package-error.ts';

/** Its types are declared more than once, each as far as somebody needed them. */
const ssri = module as unknown as {
  fromData(data: Uint8Array, options: { readonly algorithms: readonly string[] }): object;
  fromHex(hex: string, algorithm: string): object;
  parse(text: string): Record<string, { digest: string }[]> | null;
  integrityStream(options: object): NodeJS.EventEmitter & { resume(): void; end(data: Uint8Array): void };
};

const bytes = new TextEncoder().encode('a tarball');
const of = (algorithm: string, data: Uint8Array = bytes) => String(ssri.fromData(Buffer.from(data), { algorithms: [algorithm] }));
const wrong = (algorithm: string) => of(algorithm, new TextEncoder().encode('another'));

async function theirs(text: string): Promise<string | { readonly code: string; readonly message: string }> {
  try {
    const stream = ssri.integrityStream({ integrity: text, algorithms: [] });
    const done = new Promise<unknown>((resolve, reject) =>
      stream
        .on('verified', resolve)
        .on('error', reject)
        .on('end', () => resolve(undefined)),
    );
    stream.resume();
    stream.end(Buffer.from(bytes));
    const found = await done;
    return found === undefined ? { code: 'none', message: '' } : String(found).replace(/\?.*$/, '');
  } catch (error) {
    return { code: (error as { code: string }).code, message: (error as Error).message };
  }
}

async function ours(text: string): Promise<string | { readonly code: string; readonly message: string }> {
  try {
    return await verifyIntegrity(bytes, text);
  } catch (error) {
    assert.ok(error instanceof PackageError);
    return { code: error.code, message: error.message };
  }
}

describe('integrity, compared with ssri', () => {
  it('verifies with every algorithm, alone and together, and says what npm says', async () => {
    const algorithms = ['sha512', 'sha384', 'sha256', 'sha1'];
    for (const algorithm of algorithms) {
      assert.equal(await ours(of(algorithm)), await theirs(of(algorithm)));
      assert.deepEqual(await ours(wrong(algorithm)), await theirs(wrong(algorithm)));
    }
    const random = new Random(7);
    for (let round = 0; round < 60; round++) {
      const parts = Array.from({ length: 1 + random.below(4) }, () => {
        const algorithm = random.pick(algorithms);
        return `${random.chance(0.5) ? of(algorithm) : wrong(algorithm)}${random.chance(0.2) ? '?opt=1' : ''}`;
      });
      const text = parts.join(random.chance(0.5) ? ' ' : '\n\t ');
      const [mine, real] = [await ours(text), await theirs(text)];
      // npm prints the options of a hash too.
      if (typeof mine === 'object' && typeof real === 'object') assert.equal(mine.message, real.message.replaceAll('?opt=1', ''), text);
      else assert.deepEqual(mine, real, text);
    }
  });

  it('parses what lockfiles hold', () => {
    const texts = [
      '',
      'sha512-',
      'sha512',
      'nonsense',
      `md5-abc ${of('sha1')}`,
      `${of('sha512')} ${of('sha1')}`,
      `  ${of('sha256')}  `,
      'SHA512-abc',
      'sha512-%%%',
    ];
    for (const text of texts) {
      const real = ssri.parse(text);
      const mine = parseIntegrity(text);
      const known = Object.fromEntries(Object.entries(real ?? {}).filter(([algorithm]) => algorithm !== 'md5'));
      assert.deepEqual(
        Object.fromEntries([...(mine ?? [])].map(([algorithm, digests]) => [algorithm, digests])),
        Object.fromEntries(Object.entries(known).map(([algorithm, hashes]) => [algorithm, hashes.map(({ digest }) => digest)])),
        text,
      );
      if (mine !== undefined && !text.includes('md5')) assert.equal(integrityText(mine), `${real}`);
    }
    assert.equal(parseIntegrity(undefined), undefined);
  });

  it('reads a shasum, and the hash of bytes', async () => {
    const hex = 'f5b1ed3c2d0f0e94a3a0a1f9f40e6b2dfc3e0d4a';
    assert.equal(integrityOfShasum(hex), String(ssri.fromHex(hex, 'sha1')));
    assert.equal(await hashOf(bytes), of('sha512'));
    assert.equal(integrityOfDist({ shasum: hex }), integrityOfShasum(hex));
    assert.equal(integrityOfDist({ shasum: hex, integrity: 'sha512-x' }), 'sha512-x');
    assert.equal(integrityOfDist({}), undefined);
  });

  it('names layers by the strongest hash', () => {
    assert.deepEqual(layerIds(`${of('sha1')} ${of('sha512')} ${wrong('sha512')}`), [`npm1:${of('sha512')}`, `npm1:${wrong('sha512')}`]);
    assert.deepEqual(layerIds('nothing'), []);
    assert.deepEqual(decisiveHashes(new Map()), []);
  });

  it('a hash that cannot be checked is not taken for none', async () => {
    await assert.rejects(verifyIntegrity(bytes, 'md5-abc'), { code: 'EINTEGRITY' });
    await assert.rejects(verifyIntegrity(bytes, ''), { code: 'EINTEGRITY' });
  });
});

describe('hashOf(), on a page that is no secure context', () => {
  it('gives the same hashes without crypto.subtle', async () => {
    const algorithms = ['sha512', 'sha384', 'sha256', 'sha1'] as const;
    const real = await Promise.all(algorithms.map((algorithm) => hashOf(bytes, algorithm)));
    const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto') as PropertyDescriptor;
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: {} });
    try {
      assert.deepEqual(await Promise.all(algorithms.map((algorithm) => hashOf(bytes, algorithm))), real);
    } finally {
      Object.defineProperty(globalThis, 'crypto', own);
    }
  });
});
