/** Keys as JSON Web Keys (RFC 7517, RFC 7518, RFC 8037). */
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey, KeyKind, RsaKey } from './asymmetric-key.ts';
import { cfrgCurve, cfrgCurves } from './cfrg.ts';
import { codedError } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, equalBytes, type CryptoRealm } from './crypto-realm.ts';
import { cfrgPrivate, curveNamed, ecFromSecret, ecPublic } from './curve-keys.ts';
import { DerError } from './der.ts';
import { noJwk } from './dsa.ts';
import { fromJwkSecret, isPostQuantum, jwkSecret, postQuantum, postQuantumNamed, postQuantumPublic } from './post-quantum.ts';
import type { SecretKey } from './secret-bytes.ts';

export function toJwk(crypto: CryptoRealm, key: SecretKey | AsymmetricKey, handlePss: boolean): object {
  const text = (bytes: Uint8Array): string => crypto.buffer(bytes).toString('base64url');
  const number = (value: bigint, length?: number) => text(bigintToBytes(value, length));
  if (key.kind === 'secret') return { kty: 'oct', k: text(key.bytes) };
  if ('n' in key) {
    if (key.algorithm === 'rsa-pss' && !handlePss) throw noJwk();
    const jwk = { kty: 'RSA', n: number(key.n), e: number(key.e) };
    if (key.kind === 'public') return jwk;
    const { d, p, q, dp, dq, qi } = key.secret!;
    return { ...jwk, d: number(d), p: number(p), q: number(q), dp: number(dp), dq: number(dq), qi: number(qi) };
  }
  if (key.algorithm === 'ec') {
    const { size } = key.curve;
    if (key.curve.name === 'secp224r1')
      throw codedError(Error, 'ERR_CRYPTO_JWK_UNSUPPORTED_CURVE', `Unsupported JWK EC curve: ${key.curve.name}.`);
    const jwk = { kty: 'EC', x: text(key.point.slice(1, 1 + size)), y: text(key.point.slice(1 + size)), crv: key.curve.jwk };
    return key.kind === 'public' ? jwk : { ...jwk, d: text(key.secret!) };
  }
  if (key.algorithm === 'dh' || key.algorithm === 'dsa') throw noJwk();
  if (isPostQuantum(key)) {
    const shown = { kty: 'AKP', alg: postQuantumNamed(key.algorithm)!.jwk, pub: text(key.point) };
    return key.kind === 'public' ? shown : { priv: text(jwkSecret(key)), ...shown };
  }
  const crv = cfrgCurve(key.algorithm).jwk;
  return key.kind === 'public' ? { crv, x: text(key.point), kty: 'OKP' } : { crv, d: text(key.secret!), x: text(key.point), kty: 'OKP' };
}

export function fromJwk(crypto: CryptoRealm, kind: KeyKind, jwk: Untyped): AsymmetricKey {
  const invalid = (what: string) => codedError(TypeError, 'ERR_CRYPTO_INVALID_JWK', `Invalid JWK ${what}`);
  const bytes = (member: string, what: string): Uint8Array<ArrayBuffer> => {
    if (typeof jwk[member] !== 'string') throw invalid(what);
    return bytesOf(crypto.Buffer.from(jwk[member], 'base64url')).slice();
  };
  const wantsPrivate = kind === 'private';
  switch (jwk.kty) {
    case 'RSA': {
      const number = (member: string) => bytesToBigint(bytes(member, 'RSA key'));
      const key: RsaKey = { kind: 'public', algorithm: 'rsa', n: number('n'), e: number('e') };
      if (!wantsPrivate) return key;
      const [d, p, q, dp, dq, qi] = ['d', 'p', 'q', 'dp', 'dq', 'qi'].map(number) as [bigint, bigint, bigint, bigint, bigint, bigint];
      return { ...key, kind: 'private', secret: { d, p, q, dp, dq, qi } };
    }
    case 'EC': {
      const curve = curveNamed(jwk.crv);
      const [x, y] = [bytes('x', 'EC key'), bytes('y', 'EC key')];
      const point = new Uint8Array(1 + 2 * curve.size);
      if (x.length !== curve.size || y.length !== curve.size) throw invalid('EC key');
      point[0] = 4;
      point.set(x, 1);
      point.set(y, 1 + curve.size);
      try {
        const shown = ecPublic(curve, point);
        if (!wantsPrivate) return shown;
        const key = ecFromSecret(curve, bytes('d', 'EC key'));
        if (!equalBytes(key.point, shown.point)) throw invalid('EC key');
        return key;
      } catch (error) {
        throw error instanceof DerError ? invalid('EC key') : error;
      }
    }
    case 'OKP': {
      const curve = cfrgCurves.find((each) => each.jwk === jwk.crv);
      if (curve === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_CURVE', 'Unsupported JWK OKP curve');
      const point = bytes('x', 'OKP key');
      if (point.length !== curve.size) throw invalid('OKP key');
      if (!wantsPrivate) return { kind: 'public', algorithm: curve.name, point };
      const secret = bytes('d', 'OKP key');
      if (secret.length !== curve.size) throw invalid('OKP key');
      return cfrgPrivate(curve.name, secret);
    }
    case 'AKP': {
      const found = postQuantum.find((each) => each.jwk === jwk.alg);
      if (found === undefined) throw codedError(TypeError, 'ERR_CRYPTO_INVALID_JWK', 'Unsupported JWK AKP "alg"');
      try {
        const shown = postQuantumPublic(found, bytes('pub', 'AKP key'));
        return wantsPrivate ? fromJwkSecret(found, bytes('priv', 'AKP key')) : shown;
      } catch (error) {
        throw error instanceof DerError ? invalid('AKP key') : error;
      }
    }
    default:
      throw codedError(Error, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK data');
  }
}
