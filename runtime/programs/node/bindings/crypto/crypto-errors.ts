/** Errors in the shapes in which Node's C++ crypto layer throws them. */

import { isLegacyDigest } from './digests.ts';

type ErrorClass = new (message: string) => Error;

/** As `THROW_ERR_…`: a plain error of `kind` with `code`. */
export function codedError(kind: ErrorClass, code: string, message: string): Error {
  return Object.assign(new kind(message), { code });
}

/** What this binding does not have fails with this when it is used, and says what it was. */
export function unavailable(what: string): Error {
  return codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `${what} is not available in bavini`);
}

const openSslErrors = {
  badDecrypt: ['1C800064', 'Provider routines', 'bad decrypt', 'ERR_OSSL_BAD_DECRYPT', true],
  wrongFinalBlockLength: ['1C80006B', 'Provider routines', 'wrong final block length', 'ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH', true],
  tagNotSet: ['1C800077', 'Provider routines', 'tag not set', 'ERR_OSSL_TAG_NOT_SET', true],
  notXof: ['030000B2', 'digital envelope routines', 'not XOF or invalid length', 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH', false],
  unsupportedDigest: ['0308010C', 'digital envelope routines', 'unsupported', 'ERR_OSSL_EVP_UNSUPPORTED', false],
  bignumTooLong: ['03800072', 'bignum routines', 'bignum too long', 'ERR_OSSL_BN_BIGNUM_TOO_LONG', false],
  unsupported: ['1E08010C', 'DECODER routines', 'unsupported', 'ERR_OSSL_UNSUPPORTED', true],
  notDekInfo: ['04800069', 'PEM routines', 'not dek info', 'ERR_OSSL_PEM_NOT_DEK_INFO', true],
  badIvChars: ['04800067', 'PEM routines', 'bad iv chars', 'ERR_OSSL_PEM_BAD_IV_CHARS', true],
  unsupportedPemEncryption: ['04800072', 'PEM routines', 'unsupported encryption', 'ERR_OSSL_PEM_UNSUPPORTED_ENCRYPTION', true],
  unsupportedPemCipher: ['04800071', 'PEM routines', 'unsupported cipher', 'ERR_OSSL_PEM_UNSUPPORTED_CIPHER', false],
  interrupted: ['07880109', 'common libcrypto routines', 'interrupted or cancelled', 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED', true],
  operationNotSupported: [
    '03000096',
    'digital envelope routines',
    'operation not supported for this keytype',
    'ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE',
    false,
  ],
  dataTooLarge: ['0200006E', 'rsa routines', 'data too large for key size', 'ERR_OSSL_RSA_DATA_TOO_LARGE_FOR_KEY_SIZE', true],
  oaepDecoding: ['02000079', 'rsa routines', 'oaep decoding error', 'ERR_OSSL_RSA_OAEP_DECODING_ERROR', true],
  paddingCheckFailed: ['02000072', 'rsa routines', 'padding check failed', 'ERR_OSSL_RSA_PADDING_CHECK_FAILED', true],
  digestTooBig: ['02000070', 'rsa routines', 'digest too big for rsa key', 'ERR_OSSL_RSA_DIGEST_TOO_BIG_FOR_RSA_KEY', true],
  dataTooLargeForModulus: ['02000084', 'rsa routines', 'data too large for modulus', 'ERR_OSSL_RSA_DATA_TOO_LARGE_FOR_MODULUS', true],
  illegalPadding: [
    '1C8000A5',
    'Provider routines',
    'illegal or unsupported padding mode',
    'ERR_OSSL_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE',
    true,
  ],
  differentParameters: ['1C8000CB', 'Provider routines', 'mismatching domain parameters', 'ERR_OSSL_MISMATCHING_DOMAIN_PARAMETERS', false],
  derivationFailed: ['1C8000A4', 'Provider routines', 'failed during derivation', 'ERR_OSSL_FAILED_DURING_DERIVATION', false],
  badGenerator: ['02800065', 'Diffie-Hellman routines', 'bad generator', 'ERR_OSSL_DH_BAD_GENERATOR', false],
  dhModulusTooSmall: ['0280007E', 'Diffie-Hellman routines', 'modulus too small', 'ERR_OSSL_DH_MODULUS_TOO_SMALL', false],
  invalidSignatureDigest: ['1C80007A', 'Provider routines', 'invalid digest', 'ERR_OSSL_INVALID_DIGEST', false],
  onlyOneShot: ['1C8000BE', 'Provider routines', 'only oneshot supported', 'ERR_OSSL_ONLY_ONESHOT_SUPPORTED', true],
  wrongTag: ['068000A8', 'asn1 encoding routines', 'wrong tag', 'ERR_OSSL_ASN1_WRONG_TAG', true],
} as const;
export type OpenSslErrorName = keyof typeof openSslErrors;

/** An error of OpenSSL's queue, decorated as Node does it. `queue` are the errors that were left in it, if others than itself. */
export function openSslError(name: OpenSslErrorName, queue?: readonly string[]): Error {
  const [number, library, reason, code, stacked] = openSslErrors[name];
  const message = `error:${number}:${library}::${reason}`;
  const opensslErrorStack = queue ?? (stacked ? [message] : []);
  return Object.assign(new Error(message), opensslErrorStack.length > 0 ? { opensslErrorStack } : {}, { library, reason, code });
}

const notInitialized = 'error:03000086:digital envelope routines::initialization error';
const notSupported = 'error:0308010C:digital envelope routines::unsupported';

/** Who is refused a digest, and what OpenSSL's queue holds besides by then. The derivations of keys give its text alone. */
const refusals = { hash: [notInitialized, notSupported], hmac: [], sign: [notInitialized], derive: undefined } as const;

/** What refuses the digest `name` to `who`: OpenSSL's error where its provider was not asked for, `unknown` where there is no such digest. */
export function refusedDigest(name: unknown, who: keyof typeof refusals, unknown: Error): Error {
  if (!isLegacyDigest(name)) return unknown;
  const queue = refusals[who];
  return queue === undefined ? new Error(notSupported) : openSslError('unsupportedDigest', queue);
}

export function invalidDigest(name: unknown): Error {
  return codedError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${String(name)}`);
}
