/** `Sign`, `Verify`, one-shot signatures and RSA encryption. */
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey, CfrgKey, RsaKey } from './asymmetric-key.ts';
import { cfrgCurve } from './cfrg.ts';
import { codedError, invalidDigest, openSslError, refusedDigest, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, concatBytes, exact, type CryptoRealm } from './crypto-realm.ts';
import { DerError, integer, readDer, readInteger, readSequence, sequence } from './der.ts';
import { findDigest, type Digest, type HashState } from './digests.ts';
import { dsaHalf, dsaSign, dsaVerify } from './dsa.ts';
import { jobClass } from './jobs.ts';
import { parseKey } from './key-formats.ts';
import { isPostQuantum, postQuantumNamed } from './post-quantum.ts';
import {
  rsaDecrypt,
  rsaEncrypt,
  rsaPadding,
  rsaPrivateEncrypt,
  rsaPublicDecrypt,
  rsaSign,
  rsaVerify,
  type EncryptionOptions,
} from './rsa.ts';

interface Options {
  readonly padding: number | undefined;
  readonly saltLength: number | undefined;
  /** 0: DER, 1: IEEE P1363. */
  readonly encoding: number | undefined;
}

function rsaOptions(key: RsaKey, digest: Digest, { padding, saltLength }: Options) {
  const chosen = padding ?? (key.algorithm === 'rsa-pss' ? rsaPadding.pss : rsaPadding.pkcs1);
  if (key.algorithm === 'rsa-pss' && chosen !== rsaPadding.pss) throw openSslError('illegalPadding');
  return { digest, padding: chosen, saltLength };
}

function signHash(crypto: CryptoRealm, key: AsymmetricKey, digest: Digest, hash: Uint8Array, options: Options): Uint8Array {
  if ('n' in key) return rsaSign(crypto, key, hash, rsaOptions(key, digest, options));
  if (key.algorithm === 'dsa') {
    const [r, s] = dsaSign(crypto, key, hash);
    if (options.encoding !== 1) return sequence(integer(r), integer(s));
    return concatBytes(bigintToBytes(r, dsaHalf(key)), bigintToBytes(s, dsaHalf(key)));
  }
  if (key.algorithm !== 'ec') throw openSslError('operationNotSupported');
  const { curve } = key;
  const compact: Uint8Array = curve.noble.sign(hash, key.secret, { prehash: false, lowS: false, format: 'compact' });
  if (options.encoding === 1) return compact;
  return sequence(integer(bytesToBigint(compact.subarray(0, curve.size))), integer(bytesToBigint(compact.subarray(curve.size))));
}

/** The two numbers of a signature in DER, or undefined. */
function readNumbers(signature: Uint8Array): [r: bigint, s: bigint] | undefined {
  try {
    const [r, s] = readSequence(readDer(signature));
    return [readInteger(r), readInteger(s)];
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function verifyHash(
  crypto: CryptoRealm,
  key: AsymmetricKey,
  digest: Digest,
  hash: Uint8Array,
  signature: Uint8Array,
  options: Options,
): boolean {
  if ('n' in key) return rsaVerify(crypto, key, hash, signature, rsaOptions(key, digest, options));
  if (key.algorithm === 'dsa') {
    const half = dsaHalf(key);
    if (options.encoding === 1) {
      if (signature.length !== 2 * half) return false;
      return dsaVerify(key, hash, bytesToBigint(signature.subarray(0, half)), bytesToBigint(signature.subarray(half)));
    }
    const numbers = readNumbers(signature);
    return numbers !== undefined && dsaVerify(key, hash, ...numbers);
  }
  if (key.algorithm !== 'ec') throw openSslError('operationNotSupported');
  const { curve } = key;
  let compact = signature;
  if (options.encoding === 1) {
    if (signature.length !== 2 * curve.size) return false;
  } else {
    const numbers = readNumbers(signature);
    if (numbers === undefined) return false;
    const [r, s] = numbers;
    try {
      compact = new Uint8Array(2 * curve.size);
      compact.set(bigintToBytes(r, curve.size), 0);
      compact.set(bigintToBytes(s, curve.size), curve.size);
    } catch (error) {
      // A number that is longer than the curve's.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
  try {
    return curve.noble.verify(compact, hash, key.point, { prehash: false, lowS: false, format: 'compact' });
  } catch {
    // Numbers out of the field's range make a bad signature, not an error.
    return false;
  }
}

/** Those that sign messages and no digests of them. */
const isDigestless = (key: AsymmetricKey): boolean => isEdwards(key) || /^(?:ml|slh)-dsa/.test(key.algorithm);
const isEdwards = (key: AsymmetricKey): key is CfrgKey => key.algorithm === 'ed25519' || key.algorithm === 'ed448';

export function makeSignatures(crypto: CryptoRealm): Untyped {
  abstract class Signer {
    #digest: Digest | undefined;
    #state: HashState | undefined;

    init(name: string): void {
      const digest = findDigest(name);
      if (digest === undefined) throw refusedDigest(name, 'sign', codedError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest'));
      this.#digest = digest;
      this.#state = digest.create();
    }

    update(data: Untyped, encoding?: string): void {
      if (this.#state === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_STATE', 'Not initialised');
      this.#state.update(crypto.input(data, encoding));
    }

    protected finish(key: AsymmetricKey): [Digest, Uint8Array] {
      if (isDigestless(key)) throw codedError(Error, 'ERR_CRYPTO_UNSUPPORTED_OPERATION', 'Unsupported crypto operation');
      if (this.#state === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_STATE', 'Not initialised');
      const hash = this.#state.digest();
      this.#state = undefined;
      return [this.#digest!, hash];
    }
  }

  class Sign extends Signer {
    sign(
      data: Untyped,
      format: Untyped,
      type: Untyped,
      passphrase: Untyped,
      namedCurve: Untyped,
      padding?: number,
      saltLength?: number,
      encoding?: number,
    ): Untyped {
      const key = parseKey(crypto, 'private', data, format, type, passphrase, namedCurve);
      const [digest, hash] = this.finish(key);
      return crypto.buffer(signHash(crypto, key, digest, hash, { padding, saltLength, encoding }));
    }
  }

  class Verify extends Signer {
    verify(
      data: Untyped,
      format: Untyped,
      type: Untyped,
      passphrase: Untyped,
      namedCurve: Untyped,
      signature: Untyped,
      padding?: number,
      saltLength?: number,
      encoding?: number,
    ): boolean {
      const key = parseKey(crypto, 'public', data, format, type, passphrase, namedCurve);
      const [digest, hash] = this.finish(key);
      return verifyHash(crypto, key, digest, hash, bytesOf(signature), { padding, saltLength, encoding });
    }
  }

  function oneShot(
    key: AsymmetricKey,
    name: string | undefined,
    data: Uint8Array,
    options: Options,
    context: Uint8Array | undefined,
    signature: Uint8Array | undefined,
  ) {
    if (isEdwards(key)) {
      if (name !== undefined && name !== null) throw openSslError('unsupported');
      const { noble } = cfrgCurve(key.algorithm);
      if (context !== undefined && context.length > 0 && key.algorithm === 'ed25519') throw unavailable('Ed25519 with a context');
      const settings = context === undefined || context.length === 0 ? undefined : { context };
      if (signature === undefined) return exact(noble.sign(data, key.secret, settings));
      try {
        return noble.verify(signature, data, key.point, { ...settings, zip215: false }) as boolean;
      } catch {
        // A signature of another length, or no point: bad, but no error.
        return false;
      }
    }
    if (isPostQuantum(key) && isDigestless(key)) {
      if (name !== undefined && name !== null) throw openSslError('invalidSignatureDigest');
      const { noble } = postQuantumNamed(key.algorithm)!;
      const settings = context === undefined ? {} : { context };
      if (signature === undefined) return exact(noble.sign(data, key.secret, settings));
      try {
        return noble.verify(signature, data, key.point, settings) as boolean;
      } catch {
        // A signature of another length: bad, but no error.
        return false;
      }
    }
    if (context !== undefined && context.length > 0)
      throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Context parameter is unsupported');
    const digest = findDigest(name ?? 'sha256');
    if (digest === undefined) throw invalidDigest(name);
    const hash = digest.hash(data);
    if (signature === undefined) return exact(signHash(crypto, key, digest, hash, options));
    return verifyHash(crypto, key, digest, hash, signature, options);
  }

  function rsaKey(kind: 'public' | 'private', args: Untyped[]): RsaKey {
    const [data, format, type, passphrase, namedCurve] = args;
    const key = parseKey(crypto, kind, data, format, type, passphrase, namedCurve);
    if (!('n' in key) || key.algorithm === 'rsa-pss') throw openSslError('operationNotSupported');
    return key;
  }

  function encryption(padding: number, hash: Untyped, label: Untyped): EncryptionOptions {
    const digest = findDigest(hash ?? 'sha1');
    if (digest === undefined) throw codedError(TypeError, 'ERR_OSSL_EVP_INVALID_DIGEST', `Invalid digest: ${hash}`);
    return { padding, digest, label: label === undefined ? new Uint8Array(0) : bytesOf(label) };
  }

  return {
    Sign,
    Verify,
    SignJob: jobClass(crypto, 'SignJob', (_mode, action: number, ...args: Untyped[]) => {
      const [keyData, format, type, passphrase, namedCurve, data, name, saltLength, padding, encoding, context, signature] = args;
      const key = parseKey(crypto, action === 0 ? 'private' : 'public', keyData, format, type, passphrase, namedCurve);
      if (action === 0 && key.kind !== 'private')
        throw codedError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', 'Invalid key object type public');
      if (name !== undefined && name !== null && findDigest(name) === undefined) throw invalidDigest(name);
      if (context !== undefined && bytesOf(context).length > 255)
        throw codedError(RangeError, 'ERR_OUT_OF_RANGE', 'context string must be at most 255 bytes');
      const input = bytesOf(data).slice();
      const expected = action === 0 ? undefined : bytesOf(signature).slice();
      const extra = context === undefined ? undefined : bytesOf(context).slice();
      return () => oneShot(key, name, input, { padding, saltLength, encoding }, extra, expected);
    }),
    RSACipherJob: jobClass(
      crypto,
      'RSACipherJob',
      (_mode, action: number, keyData: Untyped, data: Untyped, _variant: number, hash: string, label: Untyped) => {
        const key = rsaKey(action === 0 ? 'public' : 'private', [keyData]);
        const input = bytesOf(data).slice();
        const options = encryption(rsaPadding.oaep, hash, label === undefined ? undefined : bytesOf(label).slice());
        return () => exact(action === 0 ? rsaEncrypt(crypto, key, input, options) : rsaDecrypt(crypto, key, input, options));
      },
    ),
    publicEncrypt: (...args: Untyped[]) =>
      crypto.buffer(rsaEncrypt(crypto, rsaKey('public', args), bytesOf(args[5]), encryption(args[6], args[7], args[8])).slice()),
    privateDecrypt: (...args: Untyped[]) =>
      crypto.buffer(rsaDecrypt(crypto, rsaKey('private', args), bytesOf(args[5]), encryption(args[6], args[7], args[8])).slice()),
    privateEncrypt: (...args: Untyped[]) =>
      crypto.buffer(rsaPrivateEncrypt(crypto, rsaKey('private', args), bytesOf(args[5]), args[6]).slice()),
    publicDecrypt: (...args: Untyped[]) => crypto.buffer(rsaPublicDecrypt(rsaKey('public', args), bytesOf(args[5]), args[6]).slice()),
  };
}
