/** Keys of elliptic curves, from their bytes. */
import type { AsymmetricKey, CfrgName, EcKey } from './asymmetric-key.ts';
import { cfrgCurve } from './cfrg.ts';
import { codedError, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesToBigint } from './crypto-realm.ts';
import { findCurve, missingCurve, type Curve } from './curves.ts';
import { DerError } from './der.ts';

export function curveNamed(name: unknown): Curve {
  const curve = findCurve(name);
  if (curve !== undefined) return curve;
  if (missingCurve.test(String(name))) throw unavailable(`The curve "${String(name)}"`);
  throw codedError(TypeError, 'ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');
}

/** Throws if the point is not on the curve. */
export function ecPublic(curve: Curve, point: Uint8Array): EcKey {
  try {
    return { kind: 'public', algorithm: 'ec', curve, point: curve.noble.Point.fromBytes(point).toBytes(false).slice() };
  } catch {
    throw new DerError('bad point');
  }
}

export function ecFromSecret(curve: Curve, secret: Uint8Array): EcKey {
  const padded = bigintToBytes(bytesToBigint(secret), curve.size);
  const value = bytesToBigint(padded);
  if (value === 0n || value >= curve.order) throw new DerError('bad key');
  return { kind: 'private', algorithm: 'ec', curve, point: curve.noble.getPublicKey(padded, false).slice(), secret: padded };
}

export function cfrgPrivate(algorithm: CfrgName, secret: Uint8Array<ArrayBuffer>): AsymmetricKey {
  const { noble, size } = cfrgCurve(algorithm);
  if (secret.length !== size) throw new DerError('bad key');
  return { kind: 'private', algorithm, point: noble.getPublicKey(secret).slice(), secret };
}
