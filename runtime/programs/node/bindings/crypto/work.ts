/** What of `internalBinding('crypto')` works (functions and classes): OpenSSL's part of Node, on the @noble libraries. */
import type { NodeRealm, Untyped } from '../../realm.ts';
import { makeCiphers } from './ciphers.ts';
import { loadCostlyFrom } from './costly.ts';
import { unavailable } from './crypto-errors.ts';
import { CryptoRealm } from './crypto-realm.ts';
import { curves } from './curves.ts';
import { openLegacyProvider } from './digests.ts';
import { makeDiffieHellman } from './diffie-hellman.ts';
import { makeHashing } from './hashing.ts';
import { makeKems } from './kem.ts';
import type { KeyClasses } from './key-classes.ts';
import { makeKeyDerivation } from './key-derivation.ts';
import { makeKeyGeneration } from './key-generation.ts';
import { makeKeyHandles } from './key-handle.ts';
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

export const makeCryptoWork =
  (realm: NodeRealm) =>
  (classes: KeyClasses): Untyped => {
    loadCostlyFrom(realm);
    const crypto = new CryptoRealm(realm);
    if (realm.requireBuiltin('internal/options').getOptionValue('--openssl-legacy-provider') === true) openLegacyProvider();
    const keys = makeKeyHandles(crypto, classes);
    return {
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
      resetRootCertStore: missing('tls.setDefaultCACertificates()'),
      setFipsCrypto(on: boolean) {
        if (on) throw unavailable('FIPS mode');
      },
      ...makeKems(crypto),
    };
  };
