/** PBKDF2, scrypt, HKDF and Argon2. */
import { argon2d, argon2i, argon2id } from '@noble/hashes/argon2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { pbkdf2 as noblePbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import type { Untyped } from '../../realm.ts';
import { codedError, invalidDigest, refusedDigest } from './crypto-errors.ts';
import { bytesOf, exact, type CryptoRealm } from './crypto-realm.ts';
import { findDigest, type Digest } from './digests.ts';
import { jobClass, jobModes, type Work } from './jobs.ts';
import { secretBytes } from './secret-bytes.ts';

/** Iterations of PBKDF2 between two looks at the clock. */
const iterationsPerSlice = 500;

/** RFC 8018, handing the thread back now and then. */
function* pbkdf2(digest: Digest, password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Work<ArrayBuffer> {
  const keyed: Untyped = hmac.create(digest.noble, password);
  const salted: Untyped = keyed._cloneInto();
  salted.update(salt);
  const size = digest.outputLength;
  const key = new Uint8Array(length);
  const count = new Uint8Array(4);
  const chained = new Uint8Array(size);
  let running: Untyped;
  for (let block = 1, at = 0; at < length; block++, at += size) {
    new DataView(count.buffer).setInt32(0, block);
    running = salted._cloneInto(running);
    running.update(count).digestInto(chained);
    const sum = chained.slice();
    for (let i = 1; i < iterations; i++) {
      running = keyed._cloneInto(running);
      running.update(chained).digestInto(chained);
      for (let k = 0; k < size; k++) sum[k]! ^= chained[k]!;
      if (i % iterationsPerSlice === 0) yield;
    }
    key.set(sum.subarray(0, Math.min(size, length - at)), at);
  }
  return key.buffer;
}

export function makeKeyDerivation(crypto: CryptoRealm): Untyped {
  return {
    PBKDF2Job: jobClass(crypto, 'PBKDF2Job', (mode, password: Untyped, salt: Untyped, iterations: number, length: number, name: string) => {
      const digest = findDigest(name);
      if (digest === undefined || digest.extendable) throw refusedDigest(name, 'derive', invalidDigest(name));
      const [secret, grain] = [secretBytes(password), bytesOf(salt).slice()];
      if (mode === jobModes.kCryptoJobSync) {
        return () => exact(length === 0 ? new Uint8Array(0) : noblePbkdf2(digest.noble, secret, grain, { c: iterations, dkLen: length }));
      }
      return () => pbkdf2(digest, secret, grain, iterations, length);
    }),
    ScryptJob: jobClass(
      crypto,
      'ScryptJob',
      (_mode, password: Untyped, salt: Untyped, N: number, r: number, p: number, maxmem: number, length: number) => {
        const [secret, grain] = [secretBytes(password), bytesOf(salt).slice()];
        // The checks of OpenSSL's `EVP_PBE_scrypt`, in its order.
        if (r < 1 || p < 1 || N < 2 || (N & (N - 1)) !== 0) {
          throw codedError(RangeError, 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS', 'Invalid scrypt params');
        }
        if (p > 0x3fffffff / r || (16 * r <= 31 && N >= 2 ** (16 * r)) || 128 * r * (N + 2) + 128 * r * p > maxmem) {
          throw codedError(
            RangeError,
            'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
            'Invalid scrypt params: error:030000AC:digital envelope routines::memory limit exceeded',
          );
        }
        return () => (length === 0 ? new ArrayBuffer(0) : exact(scrypt(secret, grain, { N, r, p, dkLen: length, maxmem: 2 ** 32 })));
      },
    ),
    HKDFJob: jobClass(crypto, 'HKDFJob', (_mode, name: string, key: Untyped, salt: Untyped, info: Untyped, length: number) => {
      const digest = findDigest(name);
      if (digest === undefined || digest.extendable) throw refusedDigest(name, 'derive', invalidDigest(name));
      if (length > 255 * digest.outputLength) throw codedError(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
      const [secret, grain, context] = [secretBytes(key), bytesOf(salt).slice(), bytesOf(info).slice()];
      return () => (length === 0 ? new ArrayBuffer(0) : exact(hkdf(digest.noble, secret, grain, context, length)));
    }),
    Argon2Job: jobClass(
      crypto,
      'Argon2Job',
      (
        _mode,
        message: Untyped,
        nonce: Untyped,
        parallelism: number,
        length: number,
        memory: number,
        passes: number,
        secret: Untyped,
        associated: Untyped,
        type: number,
      ) => {
        const password = secretBytes(message);
        const salt = bytesOf(nonce).slice();
        const options: Untyped = { t: passes, m: memory, p: parallelism, dkLen: length, maxmem: 2 ** 32 - 1 };
        if (bytesOf(secret).length > 0) options.key = bytesOf(secret).slice();
        if (bytesOf(associated).length > 0) options.personalization = bytesOf(associated).slice();
        return () => exact([argon2d, argon2i, argon2id][type]!(password, salt, options));
      },
    ),
  };
}
