/** Keys in and out: PKCS#8, SPKI, PKCS#1, SEC 1, PEM, JWK and raw. */
import type { Untyped } from '../../realm.ts';
import { publicOf, type AsymmetricKey, type KeyKind } from './asymmetric-key.ts';
import { codedError, openSslError, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, equalBytes, type CryptoRealm } from './crypto-realm.ts';
import { context, DerError, integer, octets, bits, readDer, sequence } from './der.ts';
import { curveIdentifier, dsaPrivate, fromCertificate, fromDer, pkcs8, rsaPkcs1, spki } from './der-keys.ts';
import { dsaDetails } from './dsa.ts';
import { fromJwk } from './jwk.ts';
import { keyConstants } from './key-constants.ts';
import { bitLength } from './modular.ts';
import { decryptPem, encryptPem, isEncryptedPem } from './pem-encryption.ts';
import { encryptPkcs8, pemText, readPem } from './pem.ts';
import { rawPrivate, rawPublic, rawSeed } from './raw-keys.ts';
import { keyMaterial } from './secret-bytes.ts';

const formats = keyConstants;

/** Arguments as Node's library passes a key around. */
export function parseKey(
  crypto: CryptoRealm,
  kind: KeyKind,
  data: Untyped,
  format?: number,
  encoding?: number | string,
  passphrase?: Untyped,
  namedCurve?: string,
): AsymmetricKey {
  const material = keyMaterial.get(data);
  if (material !== undefined) {
    if (material.kind === 'secret') throw codedError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', 'Invalid key object type secret');
    return kind === 'public' ? publicOf(material) : material;
  }
  const secret = passphrase === undefined || passphrase === null ? undefined : bytesOf(passphrase);
  switch (format) {
    case formats.kKeyFormatJWK:
      return fromJwk(crypto, kind, data);
    case formats.kKeyFormatRawPublic:
      return rawPublic(String(encoding), bytesOf(data).slice(), namedCurve);
    case formats.kKeyFormatRawPrivate: {
      const key = rawPrivate(String(encoding), bytesOf(data).slice(), namedCurve);
      return kind === 'public' ? publicOf(key) : key;
    }
    case formats.kKeyFormatRawSeed: {
      const key = rawSeed(String(encoding), bytesOf(data).slice());
      return kind === 'public' ? publicOf(key) : key;
    }
    case formats.kKeyFormatStore:
      throw unavailable('A private key from an OpenSSL store');
    case formats.kKeyFormatDER:
      try {
        return fromDer(kind, bytesOf(data), Number(encoding), secret);
      } catch (error) {
        throw error instanceof DerError || error instanceof RangeError ? unreadable(error) : error;
      }
    default:
      return fromPem(crypto, kind, bytesOf(data), secret);
  }
}

function unreadable(error: Error): Error {
  return error.message === 'wrong tag' || error.message === 'too short'
    ? Object.assign(new Error('Failed to read asymmetric key'), {
        opensslErrorStack: ['error:0688010A:asn1 encoding routines::nested asn1 error'],
      })
    : openSslError('unsupported');
}

function fromPem(crypto: CryptoRealm, kind: KeyKind, bytes: Uint8Array, passphrase: Uint8Array | undefined): AsymmetricKey {
  const block = readPem(crypto, crypto.buffer(bytes).toString('latin1'));
  if (block === undefined) throw openSslError('unsupported');
  const locked = isEncryptedPem(block);
  // OpenSSL would ask a terminal.
  if (passphrase === undefined && (locked || block.label === 'ENCRYPTED PRIVATE KEY')) throw openSslError('interrupted');
  const { kKeyEncodingPKCS1, kKeyEncodingPKCS8, kKeyEncodingSPKI, kKeyEncodingSEC1 } = formats;
  try {
    switch (block.label) {
      case 'PUBLIC KEY':
        if (kind === 'private') break;
        return fromDer('public', block.bytes, kKeyEncodingSPKI, undefined);
      case 'RSA PUBLIC KEY':
        if (kind === 'private') break;
        return fromDer('public', block.bytes, kKeyEncodingPKCS1, undefined);
      case 'CERTIFICATE':
        if (kind === 'private') break;
        return fromCertificate(block.bytes);
      case 'PRIVATE KEY':
      case 'ENCRYPTED PRIVATE KEY': {
        const key = fromDer('private', block.bytes, kKeyEncodingPKCS8, passphrase);
        return kind === 'public' ? publicOf(key) : key;
      }
      case 'DSA PRIVATE KEY': {
        const key = dsaPrivate(readDer(locked ? decryptPem(crypto, block, passphrase!) : block.bytes));
        return kind === 'public' ? publicOf(key) : key;
      }
      case 'RSA PRIVATE KEY':
      case 'EC PRIVATE KEY': {
        const der = locked ? decryptPem(crypto, block, passphrase!) : block.bytes;
        const key = fromDer('private', der, block.label.startsWith('RSA') ? kKeyEncodingPKCS1 : kKeyEncodingSEC1, undefined);
        return kind === 'public' ? publicOf(key) : key;
      }
    }
  } catch (error) {
    throw error instanceof DerError ? openSslError('unsupported') : error;
  }
  throw openSslError('unsupported');
}

export function isOnCurve(key: AsymmetricKey): boolean {
  // What is not on its curve was refused when the key was read.
  return key.algorithm === 'ec';
}

export function isSameKey(a: AsymmetricKey, b: AsymmetricKey): boolean {
  if (a.algorithm !== b.algorithm || a.kind !== b.kind) return false;
  if ('n' in a && 'n' in b) return a.n === b.n && a.e === b.e;
  if ('y' in a && 'y' in b) return a.p === b.p && a.g === b.g && a.y === b.y;
  if ('curve' in a && 'curve' in b && a.curve !== b.curve) return false;
  return 'point' in a && 'point' in b && equalBytes(a.point, b.point);
}

export function keyDetails(key: AsymmetricKey): object {
  if ('n' in key) {
    return {
      modulusLength: bitLength(key.n),
      publicExponent: bigintToBytes(key.e).buffer,
      ...(key.pss === undefined
        ? {}
        : { hashAlgorithm: key.pss.hash, mgf1HashAlgorithm: key.pss.mgf1Hash, saltLength: key.pss.saltLength }),
    };
  }
  if (key.algorithm === 'dsa') return dsaDetails(key);
  return key.algorithm === 'ec' ? { namedCurve: key.curve.name } : {};
}

/** DER, or PEM text. */
export function serializeKey(
  crypto: CryptoRealm,
  key: AsymmetricKey,
  format: number,
  encoding: number | undefined,
  cipher?: string,
  passphrase?: Untyped,
): string | Uint8Array {
  const pem = format === formats.kKeyFormatPEM;
  const give = (label: string, der: Uint8Array) => (pem ? pemText(crypto, label, der) : der);
  // The library lets nobody encrypt such DER.
  const lock = (label: string, der: Uint8Array) =>
    cipher === undefined ? give(label, der) : encryptPem(crypto, label, der, cipher, bytesOf(passphrase));
  if (key.kind === 'public') {
    if (encoding === formats.kKeyEncodingPKCS1 && 'n' in key) return give('RSA PUBLIC KEY', sequence(integer(key.n), integer(key.e)));
    return give('PUBLIC KEY', spki(key));
  }
  if (encoding === formats.kKeyEncodingPKCS1 || encoding === formats.kKeyEncodingSEC1) {
    if ('n' in key) return lock('RSA PRIVATE KEY', rsaPkcs1(key));
    if (key.algorithm === 'ec') {
      return lock(
        'EC PRIVATE KEY',
        sequence(integer(1), octets(key.secret!), context(0, curveIdentifier(key)), context(1, bits(key.point))),
      );
    }
  }
  const plain = pkcs8(key);
  if (cipher === undefined) return give('PRIVATE KEY', plain);
  return give('ENCRYPTED PRIVATE KEY', encryptPkcs8(crypto, plain, cipher, bytesOf(passphrase)));
}
