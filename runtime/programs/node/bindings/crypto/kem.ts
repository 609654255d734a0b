/** Keys that are encapsulated: ML-KEM, RSASVE (SP 800-56B) and DHKEM (RFC 9180). */
import { expand, extract } from '@noble/hashes/hkdf.js';
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey, CfrgKey, EcKey, RsaKey } from './asymmetric-key.ts';
import { cfrgCurve } from './cfrg.ts';
import { codedError } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, concatBytes, exact, type CryptoRealm } from './crypto-realm.ts';
import { findDigest } from './digests.ts';
import { jobClass, jobModes, type JobMode } from './jobs.ts';
import { cfrgPrivate, ecFromSecret } from './curve-keys.ts';
import { parseKey } from './key-formats.ts';
import { randomSecret } from './key-generation.ts';
import { bitLength, modPow } from './modular.ts';
import { isPostQuantum, postQuantumNamed } from './post-quantum.ts';

interface Encapsulated {
  readonly sharedKey: Uint8Array;
  readonly ciphertext: Uint8Array;
}

interface Suite {
  readonly id: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** Bytes of the shared key. */
  readonly size: number;
}

const suites: Readonly<Record<string, Suite>> = {
  prime256v1: { id: 0x10, hash: 'sha256', size: 32 },
  secp384r1: { id: 0x11, hash: 'sha384', size: 48 },
  secp521r1: { id: 0x12, hash: 'sha512', size: 64 },
  x25519: { id: 0x20, hash: 'sha256', size: 32 },
  x448: { id: 0x21, hash: 'sha512', size: 64 },
};

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const twoBytes = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);

/** `ExtractAndExpand` of RFC 9180, 4.1. */
function derive({ id, hash, size }: Suite, secret: Uint8Array, context: Uint8Array): Uint8Array {
  const { noble } = findDigest(hash)!;
  const suite = concatBytes(ascii('KEM'), twoBytes(id));
  const label = (name: string) => concatBytes(ascii('HPKE-v1'), suite, ascii(name));
  const pseudoRandom = extract(noble, concatBytes(label('eae_prk'), secret), new Uint8Array(0));
  return expand(noble, pseudoRandom, concatBytes(twoBytes(size), label('shared_secret'), context), size);
}

type Agreeing = EcKey | CfrgKey;

const suiteOf = (key: AsymmetricKey): Suite | undefined => suites[key.algorithm === 'ec' ? key.curve.name : key.algorithm];

function agree(mine: Agreeing, point: Uint8Array): Uint8Array {
  if (mine.algorithm !== 'ec') return cfrgCurve(mine.algorithm).noble.getSharedSecret(mine.secret, point);
  return mine.curve.noble.getSharedSecret(mine.secret, point).slice(1, 1 + mine.curve.size);
}

function ephemeral(crypto: CryptoRealm, key: Agreeing): Agreeing {
  if (key.algorithm === 'ec') return ecFromSecret(key.curve, bigintToBytes(randomSecret(crypto, key.curve.order)));
  return cfrgPrivate(key.algorithm, crypto.random(cfrgCurve(key.algorithm).size)) as CfrgKey;
}

const rsaSize = (key: RsaKey) => Math.ceil(bitLength(key.n) / 8);

/** Undefined for a key that encapsulates nothing. */
function encapsulate(crypto: CryptoRealm, key: AsymmetricKey): Encapsulated | undefined {
  if (key.algorithm === 'rsa') {
    const secret = 2n + (bytesToBigint(crypto.random(rsaSize(key) + 8)) % (key.n - 3n));
    return { sharedKey: bigintToBytes(secret, rsaSize(key)), ciphertext: bigintToBytes(modPow(secret, key.e, key.n), rsaSize(key)) };
  }
  const suite = suiteOf(key);
  if (suite !== undefined) {
    const theirs = key as Agreeing;
    const own = ephemeral(crypto, theirs);
    const sharedKey = derive(suite, agree(own, theirs.point), concatBytes(own.point, theirs.point));
    return { sharedKey, ciphertext: own.point };
  }
  if (!isPostQuantum(key) || !key.algorithm.startsWith('ml-kem')) return undefined;
  const { sharedSecret, cipherText } = postQuantumNamed(key.algorithm)!.noble.encapsulate(key.point);
  return { sharedKey: sharedSecret, ciphertext: cipherText };
}

/** Undefined where the two do not fit. */
function decapsulate(key: AsymmetricKey, ciphertext: Uint8Array): Uint8Array | undefined {
  if (key.algorithm === 'rsa') {
    const value = bytesToBigint(ciphertext);
    if (ciphertext.length !== rsaSize(key) || value >= key.n) return undefined;
    return bigintToBytes(modPow(value, key.secret!.d, key.n), rsaSize(key));
  }
  const suite = suiteOf(key);
  if (suite !== undefined) {
    const mine = key as Agreeing;
    if (ciphertext.length !== mine.point.length) return undefined;
    return derive(suite, agree(mine, ciphertext), concatBytes(ciphertext, mine.point));
  }
  if (!isPostQuantum(key) || !key.algorithm.startsWith('ml-kem')) return undefined;
  return postQuantumNamed(key.algorithm)!.noble.decapsulate(ciphertext, key.secret);
}

const failed = (mode: JobMode, what: string): Error =>
  mode === jobModes.kCryptoJobSync
    ? codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', `Failed to perform ${what}`)
    : new Error('Deriving bits failed');

function attempt<T>(work: () => T | undefined, failure: () => Error): T {
  let result;
  try {
    result = work();
  } catch {
    // No point of the curve, or a length that does not fit: all that OpenSSL tells is that it failed.
  }
  if (result === undefined) throw failure();
  return result;
}

export function makeKems(crypto: CryptoRealm): Untyped {
  return {
    KEMEncapsulateJob: jobClass(crypto, 'KEMEncapsulateJob', (mode, ...args: Untyped[]) => {
      const [data, format, type, passphrase, namedCurve] = args;
      const key = parseKey(crypto, 'public', data, format, type, passphrase, namedCurve);
      return () => {
        const { sharedKey, ciphertext } = attempt(
          () => encapsulate(crypto, key),
          () => failed(mode, 'encapsulation'),
        );
        if (mode === jobModes.kCryptoJobWebCrypto) return { sharedKey: exact(sharedKey), ciphertext: exact(ciphertext) };
        return [crypto.buffer(sharedKey), crypto.buffer(ciphertext)];
      };
    }),
    KEMDecapsulateJob: jobClass(crypto, 'KEMDecapsulateJob', (mode, ...args: Untyped[]) => {
      const [data, format, type, passphrase, namedCurve, ciphertext] = args;
      const key = parseKey(crypto, 'private', data, format, type, passphrase, namedCurve);
      const input = bytesOf(ciphertext).slice();
      return () => {
        const shared = attempt(
          () => decapsulate(key, input),
          () => failed(mode, 'decapsulation'),
        );
        return mode === jobModes.kCryptoJobWebCrypto ? exact(shared) : crypto.buffer(shared);
      };
    }),
  };
}
