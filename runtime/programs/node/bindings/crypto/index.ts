/** `internalBinding('crypto')`: OpenSSL's part of Node, on the @noble libraries. */
import type { MakeBinding } from '../../realm.ts';
import { makeCiphers } from './ciphers.ts';
import { loadCostlyFrom } from './costly.ts';
import { unavailable } from './crypto-errors.ts';
import { CryptoRealm } from './crypto-realm.ts';
import { curves } from './curves.ts';
import { openLegacyProvider } from './digests.ts';
import { makeDiffieHellman } from './diffie-hellman.ts';
import { makeHashing } from './hashing.ts';
import { jobModes } from './jobs.ts';
import { makeKems } from './kem.ts';
import { makeKeyDerivation } from './key-derivation.ts';
import { keyConstants } from './key-constants.ts';
import { makeKeyGeneration } from './key-generation.ts';
import { makeKeyHandles } from './key-handle.ts';
import { postQuantumConstants } from './post-quantum.ts';
import { makeRandom } from './random.ts';
import { SecureContext } from './secure-context.ts';
import { makeSignatures } from './signatures.ts';
import { makeSpkac } from './spkac.ts';

/** A class of which no object can be made, and the reason why not. */
function missingClass(name: string, what: string): unknown {
  const Missing = class {
    constructor() {
      throw unavailable(what);
    }
  };
  Object.defineProperty(Missing, 'name', { value: name });
  return Missing;
}

function missing(what: string): () => never {
  return () => {
    throw unavailable(what);
  };
}

const constants = {
  ...jobModes,
  ...keyConstants,
  ...postQuantumConstants,
  kWebCryptoCipherEncrypt: 0,
  kWebCryptoCipherDecrypt: 1,
  kSignJobModeSign: 0,
  kSignJobModeVerify: 1,
  kSigEncDER: 0,
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

export const makeCrypto: MakeBinding = (realm) => {
  loadCostlyFrom(realm);
  const crypto = new CryptoRealm(realm);
  if (realm.requireBuiltin('internal/options').getOptionValue('--openssl-legacy-provider') === true) openLegacyProvider();
  const keys = makeKeyHandles(crypto);
  return {
    ...constants,
    ...aesVariants,
    ...makeHashing(crypto),
    ...makeRandom(crypto),
    ...makeKeyDerivation(crypto),
    ...makeCiphers(crypto),
    ...keys.binding,
    ...makeKeyGeneration(crypto, keys),
    ...makeDiffieHellman(crypto),
    ...makeSignatures(crypto),
    getCurves: () => curves.map((curve) => curve.name),
    SecureContext,
    X509Certificate: missingClass('X509Certificate', 'X509Certificate'),
    parseX509: missing('X509Certificate'),
    ...makeSpkac(crypto),
    getBundledRootCertificates: () => [],
    getSystemCACertificates: () => [],
    getExtraCACertificates: () => [],
    getUserRootCertificates: () => [],
    resetRootCertStore: missing('tls.setDefaultCACertificates()'),
    startLoadingCertificatesOffThread: () => {},
    getCertificateCompressionAlgorithms: () => [],
    setEngine: undefined,
    getFipsCrypto: () => 0,
    setFipsCrypto(on: boolean) {
      if (on) throw unavailable('FIPS mode');
    },
    testFipsCrypto: () => false,
    getOpenSSLSecLevelCrypto: () => 2,
    ...makeKems(crypto),
  };
};
