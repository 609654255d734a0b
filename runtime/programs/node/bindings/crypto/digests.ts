/** The hash functions, by OpenSSL's names. Implementations are @noble/hashes. */
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512, shake128, shake256 } from '@noble/hashes/sha3.js';
import type { Untyped } from '../../realm.ts';
import { md4 } from './md4.ts';

/** A running hash. */
export interface HashState {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
  clone(): HashState;
}

export interface Digest {
  /** Lower case, OpenSSL's preferred name. */
  readonly name: string;
  /** Bytes; for an extendable function what is given when nobody asks. */
  readonly outputLength: number;
  readonly blockLength: number;
  readonly extendable: boolean;
  create(outputLength?: number): HashState;
  hash(bytes: Uint8Array): Uint8Array;
  /** As `@noble` wants it for HMAC. */
  readonly noble: Untyped;
}

/** MD5 and SHA-1 side by side, as TLS 1.1 signed them. */
class Md5Sha1 implements HashState {
  readonly #parts: readonly HashState[];
  constructor(parts: readonly HashState[] = [md5.create(), sha1.create()]) {
    this.#parts = parts;
  }
  update(bytes: Uint8Array): void {
    for (const part of this.#parts) part.update(bytes);
  }
  digest(): Uint8Array {
    const both = new Uint8Array(36);
    both.set(this.#parts[0]!.digest(), 0);
    both.set(this.#parts[1]!.digest(), 16);
    return both;
  }
  clone(): HashState {
    return new Md5Sha1(this.#parts.map((part) => part.clone()));
  }
}

function fixed(name: string, noble: Untyped): Digest {
  return {
    name,
    outputLength: noble.outputLen,
    blockLength: noble.blockLen,
    extendable: false,
    create: () => noble.create(),
    hash: (bytes) => noble(bytes),
    noble,
  };
}

function extendable(name: string, noble: Untyped, outputLength: number): Digest {
  return {
    name,
    outputLength,
    blockLength: noble.blockLen,
    extendable: true,
    create: (length = outputLength) => noble.create({ dkLen: length }),
    hash: (bytes) => noble(bytes, { dkLen: outputLength }),
    noble,
  };
}

const digestTable: readonly (readonly [Digest, ...string[]])[] = [
  [fixed('md5', md5), 'md5withrsaencryption', 'rsa-md5', 'ssl3-md5', '1.2.840.113549.2.5'],
  [fixed('ripemd160', ripemd160), 'ripemd', 'ripemd-160', 'rmd160', 'ripemd160withrsa', 'rsa-ripemd160', '1.3.36.3.2.1'],
  [fixed('sha1', sha1), 'sha-1', 'dss1', 'sha1withrsaencryption', 'rsa-sha1', 'rsa-sha1-2', 'ssl3-sha1', '1.3.14.3.2.26'],
  [fixed('sha224', sha224), 'sha-224', 'sha2-224', 'sha224withrsaencryption', 'rsa-sha224', '2.16.840.1.101.3.4.2.4'],
  [fixed('sha256', sha256), 'sha-256', 'sha2-256', 'sha256withrsaencryption', 'rsa-sha256', '2.16.840.1.101.3.4.2.1'],
  [fixed('sha3-224', sha3_224), 'id-rsassa-pkcs1-v1_5-with-sha3-224', 'rsa-sha3-224', '2.16.840.1.101.3.4.2.7'],
  [fixed('sha3-256', sha3_256), 'id-rsassa-pkcs1-v1_5-with-sha3-256', 'rsa-sha3-256', '2.16.840.1.101.3.4.2.8'],
  [fixed('sha3-384', sha3_384), 'id-rsassa-pkcs1-v1_5-with-sha3-384', 'rsa-sha3-384', '2.16.840.1.101.3.4.2.9'],
  [fixed('sha3-512', sha3_512), 'id-rsassa-pkcs1-v1_5-with-sha3-512', 'rsa-sha3-512', '2.16.840.1.101.3.4.2.10'],
  [fixed('sha384', sha384), 'sha-384', 'sha2-384', 'sha384withrsaencryption', 'rsa-sha384', '2.16.840.1.101.3.4.2.2'],
  [fixed('sha512', sha512), 'sha-512', 'sha2-512', 'sha512withrsaencryption', 'rsa-sha512', '2.16.840.1.101.3.4.2.3'],
  [
    fixed('sha512-224', sha512_224),
    'sha-512/224',
    'sha2-512/224',
    'sha512-224withrsaencryption',
    'rsa-sha512/224',
    '2.16.840.1.101.3.4.2.5',
  ],
  [
    fixed('sha512-256', sha512_256),
    'sha-512/256',
    'sha2-512/256',
    'sha512-256withrsaencryption',
    'rsa-sha512/256',
    '2.16.840.1.101.3.4.2.6',
  ],
  [fixed('blake2b512', blake2b), 'blake2b-512', '1.3.6.1.4.1.1722.12.2.1.16'],
  [fixed('blake2s256', blake2s), 'blake2s-256', '1.3.6.1.4.1.1722.12.2.2.8'],
  [extendable('shake128', shake128, 16), 'shake-128', '2.16.840.1.101.3.4.2.11'],
  [extendable('shake256', shake256, 32), 'shake-256', '2.16.840.1.101.3.4.2.12'],
  [
    {
      name: 'md5-sha1',
      outputLength: 36,
      blockLength: 64,
      extendable: false,
      create: () => new Md5Sha1(),
      hash(bytes) {
        const state = new Md5Sha1();
        state.update(bytes);
        return state.digest();
      },
      noble: Object.assign(() => new Uint8Array(36), { create: () => new Md5Sha1(), outputLen: 36, blockLen: 64 }),
    },
  ],
];

const digests = new Map<string, Digest>();
for (const [digest, ...aliases] of digestTable) for (const name of [digest.name, ...aliases]) digests.set(name, digest);

/** Case does not matter, as in OpenSSL 3. */
export function findDigest(name: unknown): Digest | undefined {
  return typeof name === 'string' ? (digests.get(name) ?? digests.get(name.toLowerCase())) : undefined;
}

/** Those of OpenSSL's legacy provider, which Node has only with `--openssl-legacy-provider`. */
const legacyDigests = new Set(['md4', 'rsa-md4', 'md4withrsaencryption', 'mdc2', 'rsa-mdc2', 'mdc2withrsa', 'whirlpool']);

export const isLegacyDigest = (name: unknown): boolean => typeof name === 'string' && legacyDigests.has(name.toLowerCase());

/** Opens that provider, of which there is MD4 alone: its others are not in any library that computes without waiting. */
export function openLegacyProvider(): void {
  const digest = fixed('md4', md4);
  for (const name of ['md4', 'rsa-md4', 'md4withrsaencryption']) {
    digests.set(name, digest);
    legacyDigests.delete(name);
  }
  hashNames.splice(0, hashNames.length, ...[...hashNames, 'RSA-MD4', 'md4', 'md4WithRSAEncryption'].sort());
}

/** What `crypto.getHashes()` lists, spelt and ordered as OpenSSL does. SM3 is not among them: `createHash('sm3')` fails as for any unknown digest (README). */
export const hashNames: string[] =
  'RSA-MD5 RSA-RIPEMD160 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA3-224 RSA-SHA3-256 RSA-SHA3-384 RSA-SHA3-512 RSA-SHA384 RSA-SHA512 RSA-SHA512/224 RSA-SHA512/256 blake2b512 blake2s256 id-rsassa-pkcs1-v1_5-with-sha3-224 id-rsassa-pkcs1-v1_5-with-sha3-256 id-rsassa-pkcs1-v1_5-with-sha3-384 id-rsassa-pkcs1-v1_5-with-sha3-512 md5 md5-sha1 md5WithRSAEncryption ripemd ripemd160 ripemd160WithRSA rmd160 sha1 sha1WithRSAEncryption sha224 sha224WithRSAEncryption sha256 sha256WithRSAEncryption sha3-224 sha3-256 sha3-384 sha3-512 sha384 sha384WithRSAEncryption sha512 sha512-224 sha512-224WithRSAEncryption sha512-256 sha512-256WithRSAEncryption sha512WithRSAEncryption shake128 shake256 ssl3-md5 ssl3-sha1'.split(
    ' ',
  );
