/** Key pairs. */
import type { Untyped } from '../../realm.ts';
import { publicOf, type AsymmetricKey, type DhKey, type RsaKey } from './asymmetric-key.ts';
import { cfrgCurves } from './cfrg.ts';
import { codedError, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, type CryptoRealm } from './crypto-realm.ts';
import { curveParameters } from './curve-parameters.ts';
import { findDigest } from './digests.ts';
import { modpGroup } from './dh-groups.ts';
import { generateDsa } from './dsa.ts';
import { jobClass, jobModes, type JobMode, type Work } from './jobs.ts';
import { cfrgPrivate, curveNamed, ecFromSecret } from './curve-keys.ts';
import { exportKey } from './key-handle.ts';
import { bitLength, gcd, modInverse, modPow } from './modular.ts';
import { generatePostQuantum, postQuantum } from './post-quantum.ts';
import { generatePrime } from './random.ts';

export function* generateRsa(crypto: CryptoRealm, bits: number, exponent: bigint): Work<RsaKey> {
  for (;;) {
    const [half, rest] = [Math.ceil(bits / 2), Math.floor(bits / 2)];
    let p = yield* generatePrime(crypto, { bits: half, topTwo: true });
    let q = yield* generatePrime(crypto, { bits: rest, topTwo: true });
    if (p === q) continue;
    if (p < q) [p, q] = [q, p];
    const n = p * q;
    const totient = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
    const d = modInverse(exponent, totient);
    if (d === undefined || bitLength(n) !== bits) continue;
    return {
      kind: 'private',
      algorithm: 'rsa',
      n,
      e: exponent,
      secret: { d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: modInverse(q, p)! },
    };
  }
}

export function randomSecret(crypto: CryptoRealm, order: bigint): bigint {
  return 1n + (bytesToBigint(crypto.random(Math.ceil(bitLength(order) / 8) + 8)) % (order - 1n));
}

export function dhKeyFrom(p: bigint, g: bigint, secret: bigint): DhKey {
  return { kind: 'private', algorithm: 'dh', p, g, y: modPow(g, secret, p), secret };
}

export function makeKeyGeneration(crypto: CryptoRealm, keys: Untyped): Untyped {
  /** What a key pair job gives, by the arguments that follow its own: how to encode, or what Web Crypto wants. */
  function delivery(mode: JobMode, rest: Untyped[]): (key: AsymmetricKey) => Untyped {
    if (mode === jobModes.kCryptoJobWebCrypto) {
      const [algorithm, publicUsages, privateUsages, extractable] = rest;
      return (key) => ({
        publicKey: keys.newCryptoKey(publicOf(key), algorithm, publicUsages, true),
        privateKey: keys.newCryptoKey(key, algorithm, privateUsages, extractable),
      });
    }
    const [publicFormat, publicType, privateFormat, privateType, cipher, passphrase] = rest;
    const secret = passphrase === undefined || passphrase === null ? undefined : bytesOf(passphrase).slice();
    const give = (key: AsymmetricKey, format: Untyped, type: Untyped, isPrivate: boolean) =>
      format === undefined || format === null
        ? keys.handleOf(key)
        : exportKey(crypto, key, format, type, isPrivate ? cipher : undefined, isPrivate ? secret : undefined);
    return (key) => [give(publicOf(key), publicFormat, publicType, false), give(key, privateFormat, privateType, true)];
  }

  return {
    RsaKeyPairGenJob: jobClass(crypto, 'RsaKeyPairGenJob', (mode, variant: number, bits: number, exponent: number, ...rest: Untyped[]) => {
      const isPss = variant === 1;
      const deliver = delivery(mode, isPss ? rest.slice(3) : rest);
      let pss: RsaKey['pss'];
      if (isPss) {
        const [hashName, mgf1Name, saltLength] = rest;
        for (const name of [hashName, mgf1Name]) {
          if (name !== undefined && findDigest(name) === undefined)
            throw codedError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid ${name === hashName ? '' : 'MGF1 '}digest: ${name}`);
        }
        if (hashName !== undefined || mgf1Name !== undefined || saltLength !== undefined) {
          const hash = findDigest(hashName ?? 'sha1')!;
          pss = {
            hash: hash.name,
            mgf1Hash: findDigest(mgf1Name)?.name ?? hash.name,
            saltLength: saltLength ?? (hashName === undefined ? 20 : hash.outputLength),
          };
        }
      }
      return function* (): Work<Untyped> {
        if (exponent === 0) throw new Error('Key generation job failed');
        if (bits < 512) throw new Error('error:1C8000AB:Provider routines::key size too small');
        if (exponent < 3 || exponent % 2 === 0) throw new Error('error:020000B2:rsa routines::pub exponent out of range');
        const key = yield* generateRsa(crypto, bits, BigInt(exponent));
        return deliver(isPss ? { ...key, algorithm: 'rsa-pss', ...(pss === undefined ? {} : { pss }) } : key);
      };
    }),
    EcKeyPairGenJob: jobClass(crypto, 'EcKeyPairGenJob', (mode, name: string, encoding: number | undefined, ...rest: Untyped[]) => {
      const curve = curveNamed(name);
      const explicit = encoding === 0 ? { parameters: curveParameters(curve) } : {};
      const deliver = delivery(mode, rest);
      return () => deliver({ ...ecFromSecret(curve, bigintToBytes(randomSecret(crypto, curve.order))), ...explicit });
    }),
    NidKeyPairGenJob: jobClass(crypto, 'NidKeyPairGenJob', (mode, nid: number, ...rest: Untyped[]) => {
      const deliver = delivery(mode, rest);
      const lattice = postQuantum.find((each) => each.nid === nid);
      if (lattice !== undefined) return () => deliver(generatePostQuantum(lattice, (length) => crypto.random(length)));
      const curve = cfrgCurves.find((each) => each.nid === nid);
      if (curve === undefined) throw unavailable(`Generating keys of type ${nid}`);
      return () => deliver(cfrgPrivate(curve.name, crypto.random(curve.size)));
    }),
    DhKeyPairGenJob: jobClass(crypto, 'DhKeyPairGenJob', (mode, primeOrSize: Untyped, ...rest: Untyped[]) => {
      if (typeof primeOrSize === 'string') {
        const group = modpGroup(primeOrSize);
        if (group === undefined) throw codedError(Error, 'ERR_CRYPTO_UNKNOWN_DH_GROUP', 'Unknown DH group');
        const deliver = delivery(mode, rest);
        return () => deliver(dhKeyFrom(group, 2n, randomSecret(crypto, (group - 1n) / 2n)));
      }
      const deliver = delivery(mode, rest.slice(1));
      const generator = BigInt(rest[0]);
      return function* (): Work<Untyped> {
        const p =
          typeof primeOrSize === 'number'
            ? yield* generatePrime(crypto, { bits: primeOrSize, safe: true })
            : bytesToBigint(bytesOf(primeOrSize));
        return deliver(dhKeyFrom(p, generator, randomSecret(crypto, (p - 1n) / 2n)));
      };
    }),
    DsaKeyPairGenJob: jobClass(crypto, 'DsaKeyPairGenJob', (mode, modulusBits: number, divisorBits: number, ...rest: Untyped[]) => {
      const deliver = delivery(mode, rest);
      return function* (): Work<Untyped> {
        return deliver(yield* generateDsa(crypto, modulusBits, divisorBits));
      };
    }),
  };
}
