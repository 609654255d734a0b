/** Keys in and out: PKCS#8, SPKI, PKCS#1, SEC 1, PEM, JWK and raw. */
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey } from './asymmetric-key.ts';
import { unavailable } from './crypto-errors.ts';
import type { CryptoRealm } from './crypto-realm.ts';
import type { SecretKey } from './secret-bytes.ts';

export const keyConstants = {
  kKeyTypeSecret: 0,
  kKeyTypePublic: 1,
  kKeyTypePrivate: 2,
  kKeyEncodingPKCS1: 0,
  kKeyEncodingPKCS8: 1,
  kKeyEncodingSPKI: 2,
  kKeyEncodingSEC1: 3,
  kKeyFormatDER: 0,
  kKeyFormatPEM: 1,
  kKeyFormatJWK: 2,
  kKeyFormatRawPublic: 3,
  kKeyFormatRawPrivate: 4,
  kKeyFormatRawSeed: 5,
  kKeyFormatStore: 6,
  kWebCryptoKeyFormatRaw: 0,
  kWebCryptoKeyFormatPKCS8: 1,
  kWebCryptoKeyFormatSPKI: 2,
  kWebCryptoKeyFormatJWK: 3,
} as const;
export function parseKey(..._a: Untyped[]): AsymmetricKey { throw unavailable('key'); }
export function serializeKey(..._a: Untyped[]): string | Uint8Array { throw unavailable('key'); }
export function keyDetails(_k: AsymmetricKey): object { throw unavailable('key'); }
export function rawKey(_k: AsymmetricKey, _w: string): Uint8Array { throw unavailable('key'); }
export function isSameKey(_a: AsymmetricKey, _b: AsymmetricKey): boolean { throw unavailable('key'); }
export function isOnCurve(_a: AsymmetricKey): boolean { throw unavailable('key'); }
export function toJwk(crypto: CryptoRealm, key: SecretKey | AsymmetricKey, _p: boolean): object {
  if (key.kind === 'secret') return { kty: 'oct', k: crypto.buffer(key.bytes).toString('base64url') };
  throw unavailable('key');
}
