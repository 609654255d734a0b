import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleLazyParts } from './lazy-parts.ts';

const { sources } = bundleLazyParts();

/** What a part is when it has been evaluated. */
function evaluate(id: string): (realm: object) => Record<string, unknown> {
  const open = (0, eval)(sources.get(id) ?? '') as (platformCrypto: object) => (realm: object) => Record<string, unknown>;
  return open({ getRandomValues: (bytes: Uint8Array) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) });
}

test('what of crypto takes long to evaluate is not in what every program evaluates that loads crypto', () => {
  // The prime of P-521 as @noble writes it, what makes its tables of AES, and the prime of ML-DSA.
  const costly = [/0x1ff{20}/i, /wrong sbox length/, /8380417/];
  const source = sources.get('bavini/crypto') ?? '';
  for (const pattern of costly) assert.doesNotMatch(source, pattern);
  assert.match(sources.get('bavini/crypto-curves') ?? '', costly[0]!);
  assert.match(sources.get('bavini/crypto-aes') ?? '', costly[1]!);
  assert.match(sources.get('bavini/crypto-post-quantum') ?? '', /8380417/);
});

test('what packs and unpacks is not in what every program evaluates that loads zlib', () => {
  assert.doesNotMatch(sources.get('bavini/zlib') ?? '', /DeflateCodec"/);
  assert.match(sources.get('bavini/zlib-codecs') ?? '', /DeflateCodec"/);
});

test('each part can be evaluated by itself', () => {
  for (const id of sources.keys()) assert.equal(typeof evaluate(id), 'function', id);
  assert.deepEqual(Object.keys(evaluate('bavini/crypto-curves')({})).sort(), [
    'ed25519',
    'ed448',
    'p224',
    'p256',
    'p384',
    'p521',
    'secp256k1',
    'x25519',
    'x448',
  ]);
});
