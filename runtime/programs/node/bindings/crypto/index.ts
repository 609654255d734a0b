/**
 * `internalBinding('crypto')`. Most programs that load `crypto` call little of it or nothing: what they load is its names, and what these
 * stand for is a script of its own (`work.ts`), evaluated when the first of them is used.
 */
import type { MakeBinding, NodeRealm, Untyped } from '../../realm.ts';
import { lazyBinding } from '../lazy.ts';
import { ciphers } from './cipher-table.ts';
import { jobModes } from './jobs.ts';
import { KeyClasses, keyCloner } from './key-classes.ts';
import { keyConstants } from './key-constants.ts';
import { postQuantumConstants } from './post-quantum.ts';

const constants = {
  ...jobModes,
  ...keyConstants,
  ...postQuantumConstants,
  kWebCryptoCipherEncrypt: 0,
  kWebCryptoCipherDecrypt: 1,
  kSignJobModeSign: 0,
  kSignJobModeVerify: 1,
  kSigEncDER: 0,
  kTypeArgon2d: 0,
  kTypeArgon2i: 1,
  kTypeArgon2id: 2,
  kSigEncP1363: 1,
  kKeyVariantRSA_SSA_PKCS1_v1_5: 0,
  kKeyVariantRSA_PSS: 1,
  kKeyVariantRSA_OAEP: 2,
  OPENSSL_EC_NAMED_CURVE: 1,
  OPENSSL_EC_EXPLICIT_CURVE: 0,
  EVP_PKEY_ED25519: 1087,
  EVP_PKEY_ED448: 1088,
  EVP_PKEY_X25519: 1034,
  EVP_PKEY_X448: 1035,
  RSA_PKCS1_PSS_PADDING: 6,
  X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT: 1,
  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT: 32,
  X509_CHECK_FLAG_NO_WILDCARDS: 2,
  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS: 4,
  X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS: 8,
  X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS: 16,
  kKEMEncapsulate: 0,
  kKEMDecapsulate: 1,
};

const aesVariants = Object.fromEntries(
  // Without OCB: Node reads its absence as "no such algorithm".
  ['CTR', 'CBC', 'GCM', 'KW'].flatMap((mode, row) =>
    [128, 192, 256].map((bits, column) => [`kKeyVariantAES_${mode}_${bits}`, 3 * row + column]),
  ),
);

const openWork = lazyBinding('crypto-work');

/** What of the work Node takes as soon as it is loaded. */
const names = [
  'Hash',
  'Hmac',
  'oneShotDigest',
  'getHashes',
  'getCachedAliases',
  'HashJob',
  'HmacJob',
  'CShakeJob',
  'TurboShakeJob',
  'KangarooTwelveJob',
  'KmacJob',
  'RandomBytesJob',
  'RandomPrimeJob',
  'CheckPrimeJob',
  'secureBuffer',
  'secureHeapUsed',
  'timingSafeEqual',
  'PBKDF2Job',
  'ScryptJob',
  'HKDFJob',
  'Argon2Job',
  'CipherBase',
  'AESCipherJob',
  'ChaCha20Poly1305CipherJob',
  'getSSLCiphers',
  'getCipherInfo',
  'KeyObjectHandle',
  'SecretKeyGenJob',
  'RsaKeyPairGenJob',
  'EcKeyPairGenJob',
  'NidKeyPairGenJob',
  'DhKeyPairGenJob',
  'DsaKeyPairGenJob',
  'DiffieHellman',
  'DiffieHellmanGroup',
  'ECDH',
  'ECDHConvertKey',
  'DHBitsJob',
  'Sign',
  'Verify',
  'SignJob',
  'RSACipherJob',
  'publicEncrypt',
  'privateDecrypt',
  'privateEncrypt',
  'publicDecrypt',
  'getCurves',
  'SecureContext',
  'X509Certificate',
  'parseX509',
  'certVerifySpkac',
  'certExportPublicKey',
  'certExportChallenge',
  'resetRootCertStore',
  'setFipsCrypto',
  'KEMEncapsulateJob',
  'KEMDecapsulateJob',
];

/** Stands for a function or a class that is evaluated when it is first used, be it by a subclass. */
function late({ primordials }: NodeRealm, real: () => Untyped): Untyped {
  const { ReflectApply, ReflectConstruct } = primordials; // A program may have changed its own.
  const proxy: Untyped = new Proxy(function () {}, {
    apply: (_, receiver, args) => ReflectApply(real(), receiver, args),
    construct: (_, args, target) => ReflectConstruct(real(), args, target === proxy ? real() : target),
    get: (_, key) => real()[key],
  });
  return proxy;
}

export const makeCrypto: MakeBinding = (realm) => {
  const classes = new KeyClasses(realm);
  let made: Untyped;
  const work = () => (made ??= (openWork(realm) as (classes: KeyClasses) => Untyped)(classes));
  // There is no key yet that could be given. Of the work comes what can do both.
  realm.nativeCloners.set(keyCloner, {
    give: () => undefined,
    take(data) {
      work();
      return realm.nativeCloners.get(keyCloner)!.take(data);
    },
  });
  const binding: Untyped = {
    ...constants,
    ...aesVariants,
    ...classes.binding,
    getCiphers: () => [...ciphers.keys()].sort(),
    getBundledRootCertificates: () => [],
    getSystemCACertificates: () => [],
    getExtraCACertificates: () => [],
    getUserRootCertificates: () => [],
    startLoadingCertificatesOffThread: () => {},
    getCertificateCompressionAlgorithms: () => [],
    getFipsCrypto: () => 0,
    testFipsCrypto: () => false,
    getOpenSSLSecLevelCrypto: () => 2,
    setEngine: undefined,
  };
  for (const name of names) binding[name] = late(realm, () => work()[name]);
  return binding;
};
