/** `DiffieHellman`, `ECDH` and `diffieHellman()`. */
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey } from './asymmetric-key.ts';
import { cfrgCurve } from './cfrg.ts';
import { codedError, openSslError, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, equalBytes, exact, type CryptoRealm } from './crypto-realm.ts';
import { findCurve, missingCurve, type Curve } from './curves.ts';
import { modpGroup } from './dh-groups.ts';
import { finish, jobClass } from './jobs.ts';
import { parseKey } from './key-formats.ts';
import { randomSecret } from './key-generation.ts';
import { bitLength, modPow } from './modular.ts';
import { generatePrime, isProbablePrime } from './random.ts';

/** Bits of a prime that OpenSSL makes. */
const leastBits = 512;
const checks = { notPrime: 1, notSafePrime: 2, notSuitableGenerator: 8, modulusTooSmall: 128 } as const;

function sharedSecret(mine: AsymmetricKey, theirs: AsymmetricKey): Uint8Array {
  if (mine.algorithm === 'ec' && theirs.algorithm === 'ec' && mine.secret !== undefined) {
    if (mine.curve !== theirs.curve) throw openSslError('differentParameters');
    return mine.curve.noble.getSharedSecret(mine.secret, theirs.point).slice(1, 1 + mine.curve.size);
  }
  if (mine.algorithm === 'dh' && theirs.algorithm === 'dh' && mine.secret !== undefined) {
    if (mine.p !== theirs.p || mine.g !== theirs.g) throw openSslError('differentParameters');
    return bigintToBytes(modPow(theirs.y, mine.secret, mine.p), Math.ceil(bitLength(mine.p) / 8));
  }
  if ((mine.algorithm === 'x25519' || mine.algorithm === 'x448') && theirs.algorithm === mine.algorithm && mine.secret !== undefined) {
    try {
      return cfrgCurve(mine.algorithm).noble.getSharedSecret(mine.secret, theirs.point);
    } catch {
      // A point of small order.
      throw openSslError('derivationFailed');
    }
  }
  throw openSslError('operationNotSupported');
}

export function makeDiffieHellman(crypto: CryptoRealm): Untyped {
  class DiffieHellman {
    readonly #p: bigint;
    readonly #g: bigint;
    #y: bigint | undefined;
    #secret: bigint | undefined;
    readonly verifyError: number;

    /** @param isKnown A group of good reputation, which need not be checked. */
    constructor(sizeOrPrime: Untyped, generator: Untyped, isKnown = false) {
      if (typeof sizeOrPrime === 'number') {
        if (sizeOrPrime < 2) throw openSslError('dhModulusTooSmall');
        if (sizeOrPrime < leastBits) throw codedError(TypeError, 'ERR_INVALID_ARG_VALUE', 'Invalid DH parameters');
        this.#p = finish(generatePrime(crypto, { bits: sizeOrPrime, safe: true }));
      } else this.#p = bytesToBigint(bytesOf(sizeOrPrime));
      this.#g = typeof generator === 'number' ? BigInt(generator) : bytesToBigint(bytesOf(generator));
      if (this.#g < 2n) {
        throw openSslError('badGenerator');
      }
      this.verifyError = isKnown ? 0 : this.#check();
    }

    #check(): number {
      const [p, g] = [this.#p, this.#g];
      let result = 0;
      if (bitLength(p) < 512) result |= checks.modulusTooSmall;
      if (g <= 1n || g >= p - 1n) result |= checks.notSuitableGenerator;
      if (!finish(isProbablePrime(crypto, p, 8))) result |= checks.notPrime;
      else if (!finish(isProbablePrime(crypto, (p - 1n) / 2n, 8))) result |= checks.notSafePrime;
      return result;
    }

    #bytes(value: bigint): Untyped {
      return crypto.buffer(bigintToBytes(value));
    }

    generateKeys(): Untyped {
      this.#secret ??= randomSecret(crypto, (this.#p - 1n) / 2n);
      this.#y = modPow(this.#g, this.#secret, this.#p);
      return this.getPublicKey();
    }

    computeSecret(key: Untyped): Untyped {
      const other = bytesToBigint(bytesOf(key));
      if (other <= 1n) throw codedError(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Supplied key is too small');
      if (other >= this.#p - 1n) throw codedError(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Supplied key is too large');
      if (this.#secret === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_KEYPAIR', 'Invalid key pair');
      return crypto.buffer(bigintToBytes(modPow(other, this.#secret, this.#p), Math.ceil(bitLength(this.#p) / 8)));
    }

    getPrime(): Untyped {
      return this.#bytes(this.#p);
    }
    getGenerator(): Untyped {
      return this.#bytes(this.#g);
    }
    getPublicKey(): Untyped {
      if (this.#y === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_STATE', 'No public key - did you forget to generate one?');
      return crypto.buffer(bigintToBytes(this.#y, Math.ceil(bitLength(this.#p) / 8)));
    }
    getPrivateKey(): Untyped {
      if (this.#secret === undefined)
        throw codedError(Error, 'ERR_CRYPTO_INVALID_STATE', 'No private key - did you forget to generate one?');
      return this.#bytes(this.#secret);
    }
    setPublicKey(key: Untyped): void {
      this.#y = bytesToBigint(bytesOf(key));
    }
    setPrivateKey(key: Untyped): void {
      this.#secret = bytesToBigint(bytesOf(key));
    }
  }

  class DiffieHellmanGroup extends DiffieHellman {
    constructor(name: string) {
      const prime = modpGroup(name);
      if (prime === undefined) throw codedError(Error, 'ERR_CRYPTO_UNKNOWN_DH_GROUP', 'Unknown DH group');
      super(bigintToBytes(prime), 2, true);
    }
  }

  function named(name: string): Curve {
    const curve = findCurve(name);
    if (curve !== undefined && curve.name === name) return curve;
    if (missingCurve.test(name)) throw unavailable(`The curve "${name}"`);
    throw codedError(TypeError, 'ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');
  }

  function encodePoint(curve: Curve, point: Uint8Array, form: number): Uint8Array {
    const compressed: Uint8Array = curve.noble.Point.fromBytes(point).toBytes(true);
    if (form === 2) return compressed;
    const whole = point.slice();
    // Hybrid: uncompressed, with the sign in the first byte.
    if (form === 6) whole[0] = 6 + (compressed[0]! & 1);
    return whole;
  }

  /** Uncompressed, or undefined for no point of the curve. */
  function decodePoint(curve: Curve, bytes: Uint8Array): Uint8Array | undefined {
    try {
      const plain = bytes.slice();
      if (plain[0] === 6 || plain[0] === 7) plain[0] = 4;
      return curve.noble.Point.fromBytes(plain).toBytes(false);
    } catch {
      // Told to the caller as such.
      return undefined;
    }
  }

  class ECDH {
    #curve: Curve;
    #secret: Uint8Array | undefined;
    #point: Uint8Array | undefined;
    /** The public key was set, and is not that of the private one. */
    #mixed = false;

    constructor(name: string) {
      this.#curve = named(name);
    }

    generateKeys(): void {
      this.#mixed = false;
      this.#secret = bigintToBytes(randomSecret(crypto, this.#curve.order), this.#curve.size);
      this.#point = this.#curve.noble.getPublicKey(this.#secret, false);
    }

    computeSecret(key: Untyped): Untyped {
      const point = decodePoint(this.#curve, bytesOf(key));
      if (point === undefined) {
        throw codedError(Error, 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY', 'Public key is not valid for specified curve');
      }
      if (this.#secret === undefined || this.#mixed) throw codedError(Error, 'ERR_CRYPTO_INVALID_KEYPAIR', 'Invalid key pair');
      return crypto.buffer(this.#curve.noble.getSharedSecret(this.#secret, point).slice(1, 1 + this.#curve.size));
    }

    getPublicKey(form: number): Untyped {
      if (this.#point === undefined) throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH public key');
      return crypto.buffer(encodePoint(this.#curve, this.#point, form));
    }

    getPrivateKey(): Untyped {
      if (this.#secret === undefined) throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH private key');
      return crypto.buffer(bigintToBytes(bytesToBigint(this.#secret), this.#curve.size));
    }

    setPrivateKey(key: Untyped): void {
      const value = bytesToBigint(bytesOf(key));
      if (value === 0n || value >= this.#curve.order) {
        throw codedError(RangeError, 'ERR_CRYPTO_INVALID_KEYTYPE', 'Private key is not valid for specified curve.');
      }
      this.#secret = bigintToBytes(value, this.#curve.size);
      this.#mixed = false;
      this.#point = this.#curve.noble.getPublicKey(this.#secret, false);
    }

    setPublicKey(key: Untyped): void {
      const point = decodePoint(this.#curve, bytesOf(key));
      if (point === undefined) throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to convert Buffer to EC_POINT');
      this.#point = point;
      this.#mixed = this.#secret !== undefined && !equalBytes(point, this.#curve.noble.getPublicKey(this.#secret, false));
    }
  }

  return {
    DiffieHellman,
    DiffieHellmanGroup,
    ECDH,
    ECDHConvertKey(key: Untyped, name: string, form: number): Untyped {
      const bytes = bytesOf(key);
      if (bytes.length === 0) return '';
      const curve = named(name);
      const point = decodePoint(curve, bytes);
      if (point === undefined) throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to convert Buffer to EC_POINT');
      return crypto.buffer(encodePoint(curve, point, form));
    },
    DHBitsJob: jobClass(crypto, 'DHBitsJob', (_mode, ...args: Untyped[]) => {
      const [
        publicData,
        publicFormat,
        publicType,
        publicPassphrase,
        publicCurve,
        privateData,
        privateFormat,
        privateType,
        privatePassphrase,
        privateCurve,
      ] = args;
      const theirs = parseKey(crypto, 'public', publicData, publicFormat, publicType, publicPassphrase, publicCurve);
      const mine = parseKey(crypto, 'private', privateData, privateFormat, privateType, privatePassphrase, privateCurve);
      return () => exact(sharedSecret(mine, theirs));
    }),
  };
}
