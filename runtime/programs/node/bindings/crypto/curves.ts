/** Elliptic curves by OpenSSL's names. Implementations are @noble/curves. */
import type { Untyped } from '../../realm.ts';
import { nobleCurve } from './costly.ts';

export interface Curve {
  /** OpenSSL's. */
  readonly name: string;
  /** JWK's and Web Crypto's. */
  readonly jwk: string;
  readonly oid: string;
  /** Bytes of a coordinate. */
  readonly size: number;
  readonly order: bigint;
  /** The object of `@noble/curves`. */
  readonly noble: Untyped;
}

const curve = (name: string, jwk: string, oid: string, size: number, noble: Parameters<typeof nobleCurve>[0]): Curve => ({
  name,
  jwk,
  oid,
  size,
  get order() {
    return nobleCurve(noble).Point.Fn.ORDER;
  },
  get noble() {
    return nobleCurve(noble);
  },
});

export const curves: readonly Curve[] = [
  curve('secp256k1', 'secp256k1', '1.3.132.0.10', 32, 'secp256k1'),
  curve('secp384r1', 'P-384', '1.3.132.0.34', 48, 'p384'),
  curve('secp521r1', 'P-521', '1.3.132.0.35', 66, 'p521'),
  curve('secp224r1', 'P-224', '1.3.132.0.33', 28, 'p224'),
  curve('prime256v1', 'P-256', '1.2.840.10045.3.1.7', 32, 'p256'),
];

export function findCurve(name: unknown): Curve | undefined {
  return curves.find((each) => each.name === name || each.jwk === name || each.oid === name);
}

/** Curves that OpenSSL has and this binding lacks; asking for one says so. */
export const missingCurve = /^(?:secp|sect|prime|brainpool|c2pnb|c2tnb|wap-|Oakley|SM2)/;
