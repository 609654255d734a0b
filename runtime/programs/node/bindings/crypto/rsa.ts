/** RSA: the primitive, PKCS#1 v1.5, PSS and OAEP (RFC 8017). */
import type { RsaKey } from './asymmetric-key.ts';
import { openSslError, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesToBigint, concatBytes, equalBytes, type CryptoRealm } from './crypto-realm.ts';
import { nothing, octets, oid, sequence } from './der.ts';
import { digestOids } from './digest-oids.ts';
import type { Digest } from './digests.ts';
import { bitLength, modPow } from './modular.ts';

export const rsaPadding = { pkcs1: 1, none: 3, oaep: 4, pss: 6 } as const;
/** Salt lengths that mean "as long as the hash" and "as long as fits, or whatever it was". */
const SALT_DIGEST = -1;
const SALT_AUTO = -2;

const sizeOf = (key: RsaKey) => Math.ceil(bitLength(key.n) / 8);

function publicPower(key: RsaKey, bytes: Uint8Array): Uint8Array {
  const value = bytesToBigint(bytes);
  if (value >= key.n) throw openSslError('dataTooLargeForModulus');
  return bigintToBytes(modPow(value, key.e, key.n), sizeOf(key));
}

function privatePower(key: RsaKey, bytes: Uint8Array): Uint8Array {
  const value = bytesToBigint(bytes);
  if (value >= key.n) throw openSslError('dataTooLargeForModulus');
  const { p, q, dp, dq, qi } = key.secret!;
  const [m1, m2] = [modPow(value, dp, p), modPow(value, dq, q)];
  const difference = (((m1 - m2) % p) + p) % p;
  return bigintToBytes(m2 + q * ((qi * difference) % p), sizeOf(key));
}

function mask(digest: Digest, seed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let counter = 0, at = 0; at < length; counter++, at += digest.outputLength) {
    const block = digest.hash(concatBytes(seed, Uint8Array.of(counter >>> 24, (counter >> 16) & 255, (counter >> 8) & 255, counter & 255)));
    out.set(block.subarray(0, Math.min(block.length, length - at)), at);
  }
  return out;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i]! ^ b[i]!;
  return out;
}

function digestInfo(digest: Digest, hash: Uint8Array): Uint8Array {
  if (digest.name === 'md5-sha1') return hash;
  const id = digestOids[digest.name];
  if (id === undefined) throw unavailable(`An RSA signature with ${digest.name}`);
  return sequence(sequence(oid(id), nothing()), octets(hash));
}

/** `00 type padding 00 data`. */
function pkcs1(crypto: CryptoRealm, type: 1 | 2, data: Uint8Array, size: number): Uint8Array {
  if (data.length > size - 11) throw openSslError(type === 1 ? 'digestTooBig' : 'dataTooLarge');
  const block = new Uint8Array(size);
  block[1] = type;
  const padding = block.subarray(2, size - data.length - 1);
  if (type === 1) padding.fill(0xff);
  else {
    crypto.realm.platform.randomFill(padding);
    for (let i = 0; i < padding.length; i++) while (padding[i] === 0) padding[i] = crypto.random(1)[0]!;
  }
  block.set(data, size - data.length);
  return block;
}

function openPkcs1(type: 1 | 2, block: Uint8Array): Uint8Array | undefined {
  if (block[0] !== 0 || block[1] !== type) return undefined;
  const end = block.indexOf(0, 2);
  if (end < 10) return undefined;
  if (type === 1 && block.subarray(2, end).some((byte) => byte !== 0xff)) return undefined;
  return block.subarray(end + 1);
}

export interface SignatureOptions {
  readonly digest: Digest;
  readonly padding: number;
  readonly saltLength: number | undefined;
}

function pssOf(key: RsaKey, options: SignatureOptions, verifying: boolean) {
  const { digest } = options;
  const bits = bitLength(key.n) - 1;
  const size = Math.ceil(bits / 8);
  const longest = size - digest.outputLength - 2;
  let saltLength = options.saltLength ?? key.pss?.saltLength ?? (verifying ? SALT_AUTO : longest);
  if (saltLength === SALT_DIGEST) saltLength = digest.outputLength;
  else if (saltLength === SALT_AUTO && !verifying) saltLength = longest;
  if (saltLength > longest || longest < 0) throw openSslError('digestTooBig');
  return { bits, size, saltLength };
}

export function rsaSign(crypto: CryptoRealm, key: RsaKey, hash: Uint8Array, options: SignatureOptions): Uint8Array {
  const { digest, padding } = options;
  if (padding === rsaPadding.pkcs1) return privatePower(key, pkcs1(crypto, 1, digestInfo(digest, hash), sizeOf(key)));
  if (padding !== rsaPadding.pss) throw openSslError('illegalPadding');
  const { bits, size, saltLength } = pssOf(key, options, false);
  const salt = crypto.random(saltLength);
  const digested = digest.hash(concatBytes(new Uint8Array(8), hash, salt));
  const block = new Uint8Array(size - digested.length - 1);
  block[block.length - saltLength - 1] = 1;
  block.set(salt, block.length - saltLength);
  const masked = xor(block, mask(digest, digested, block.length));
  masked[0]! &= 0xff >> (8 * size - bits);
  return privatePower(key, concatBytes(masked, digested, Uint8Array.of(0xbc)));
}

export function rsaVerify(crypto: CryptoRealm, key: RsaKey, hash: Uint8Array, signature: Uint8Array, options: SignatureOptions): boolean {
  const { digest, padding } = options;
  if (signature.length !== sizeOf(key) || bytesToBigint(signature) >= key.n) return false;
  const opened = publicPower(key, signature);
  if (padding === rsaPadding.pkcs1) return equalBytes(opened, pkcs1(crypto, 1, digestInfo(digest, hash), sizeOf(key)));
  if (padding !== rsaPadding.pss) throw openSslError('illegalPadding');
  const { bits, size, saltLength } = pssOf(key, options, true);
  const block = opened.subarray(opened.length - size);
  if (opened.length > size && opened[0] !== 0) return false;
  const split = size - digest.outputLength - 1;
  if (split < 1 || block[size - 1] !== 0xbc) return false;
  const [masked, digested] = [block.subarray(0, split), block.subarray(split, size - 1)];
  if (masked[0]! & ~(0xff >> (8 * size - bits))) return false;
  const plain = xor(masked, mask(digest, digested, split));
  plain[0]! &= 0xff >> (8 * size - bits);
  const one = plain.findIndex((byte) => byte !== 0);
  if (one < 0 || plain[one] !== 1) return false;
  const salt = plain.subarray(one + 1);
  if (saltLength !== SALT_AUTO && salt.length !== saltLength) return false;
  return equalBytes(digest.hash(concatBytes(new Uint8Array(8), hash, salt)), digested);
}

export interface EncryptionOptions {
  readonly padding: number;
  /** Of OAEP. */
  readonly digest: Digest;
  readonly label: Uint8Array;
}

export function rsaEncrypt(crypto: CryptoRealm, key: RsaKey, data: Uint8Array, { padding, digest, label }: EncryptionOptions): Uint8Array {
  const size = sizeOf(key);
  switch (padding) {
    case rsaPadding.pkcs1:
      return publicPower(key, pkcs1(crypto, 2, data, size));
    case rsaPadding.none:
      return publicPower(key, exactly(data, size));
    case rsaPadding.oaep: {
      const length = digest.outputLength;
      if (data.length > size - 2 * length - 2) throw openSslError('dataTooLarge');
      const block = new Uint8Array(size - length - 1);
      block.set(digest.hash(label));
      block[block.length - data.length - 1] = 1;
      block.set(data, block.length - data.length);
      const seed = crypto.random(length);
      const masked = xor(block, mask(digest, seed, block.length));
      return publicPower(key, concatBytes(Uint8Array.of(0), xor(seed, mask(digest, masked, length)), masked));
    }
    default:
      throw openSslError('illegalPadding');
  }
}

export function rsaDecrypt(crypto: CryptoRealm, key: RsaKey, data: Uint8Array, { padding, digest, label }: EncryptionOptions): Uint8Array {
  const size = sizeOf(key);
  if (data.length > size) throw openSslError('dataTooLargeForModulus');
  const block = privatePower(key, data);
  switch (padding) {
    case rsaPadding.pkcs1: {
      // As OpenSSL 3.2 and later: bad padding gives random bytes of a random length, so that it cannot be told apart.
      const opened = openPkcs1(2, block);
      return opened ?? crypto.random(crypto.random(1)[0]! % (size - 11));
    }
    case rsaPadding.none:
      return block;
    case rsaPadding.oaep: {
      const length = digest.outputLength;
      if (size < 2 * length + 2) throw openSslError('oaepDecoding');
      const masked = block.subarray(1 + length);
      const seed = xor(block.subarray(1, 1 + length), mask(digest, masked, length));
      const plain = xor(masked, mask(digest, seed, masked.length));
      let one = length;
      while (one < plain.length && plain[one] === 0) one++;
      const good = block[0] === 0 && equalBytes(plain.subarray(0, length), digest.hash(label)) && plain[one] === 1;
      if (!good) throw openSslError('oaepDecoding');
      return plain.subarray(one + 1);
    }
    default:
      throw openSslError('illegalPadding');
  }
}

/** `privateEncrypt`: a signature without a hash. */
export function rsaPrivateEncrypt(crypto: CryptoRealm, key: RsaKey, data: Uint8Array, padding: number): Uint8Array {
  const size = sizeOf(key);
  if (padding === rsaPadding.none) return privatePower(key, exactly(data, size));
  if (padding !== rsaPadding.pkcs1) throw openSslError('illegalPadding');
  if (data.length > size - 11) throw openSslError('dataTooLarge');
  return privatePower(key, pkcs1(crypto, 1, data, size));
}

export function rsaPublicDecrypt(key: RsaKey, data: Uint8Array, padding: number): Uint8Array {
  const block = publicPower(key, data);
  if (padding === rsaPadding.none) return block;
  if (padding !== rsaPadding.pkcs1) throw openSslError('illegalPadding');
  const opened = openPkcs1(1, block);
  if (opened === undefined) throw openSslError('paddingCheckFailed');
  return opened;
}

function exactly(data: Uint8Array, size: number): Uint8Array {
  if (data.length !== size) throw openSslError('dataTooLarge');
  return data;
}
