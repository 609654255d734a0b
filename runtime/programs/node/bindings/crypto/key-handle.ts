/** `KeyObjectHandle`, and how keys get into other threads. */
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey } from './asymmetric-key.ts';
import { codedError } from './crypto-errors.ts';
import { bytesOf, equalBytes, type CryptoRealm } from './crypto-realm.ts';
import { jobClass, jobModes } from './jobs.ts';
import { toJwk } from './jwk.ts';
import { keyCloner, type KeyClasses } from './key-classes.ts';
import { keyConstants } from './key-constants.ts';
import { isOnCurve, isSameKey, keyDetails, parseKey, serializeKey } from './key-formats.ts';
import { rawKey } from './raw-keys.ts';
import { incompatibleEncoding, isLatticeName, isPostQuantum } from './post-quantum.ts';
import { keyMaterial, type SecretKey } from './secret-bytes.ts';

type Material = SecretKey | AsymmetricKey;

const { kKeyTypeSecret, kKeyTypePublic, kKeyTypePrivate, kKeyFormatJWK, kKeyFormatDER, kKeyEncodingSPKI, kKeyEncodingPKCS8 } = keyConstants;

export function makeKeyHandles(crypto: CryptoRealm, classes: KeyClasses): Untyped {
  class KeyObjectHandle {
    init(
      type: number,
      data: Untyped,
      format?: number | null,
      encoding?: number | string | null,
      passphrase?: Untyped,
      namedCurve?: string | null,
    ): void {
      keyMaterial.set(
        this,
        materialOf(type, data, format ?? undefined, encoding ?? undefined, passphrase ?? undefined, namedCurve ?? undefined),
      );
    }

    getKeyType(): number {
      const { kind } = this.#material;
      return kind === 'secret' ? kKeyTypeSecret : kind === 'public' ? kKeyTypePublic : kKeyTypePrivate;
    }

    getSymmetricKeySize(): number {
      return this.#secret.bytes.length;
    }

    getAsymmetricKeyType(): string {
      return this.#asymmetric.algorithm;
    }

    checkEcKeyData(): boolean {
      return isOnCurve(this.#asymmetric);
    }

    export(format?: number, encoding?: number, cipher?: string | null, passphrase?: Untyped): Untyped {
      const material = this.#material;
      if (material.kind === 'secret') return crypto.buffer(material.bytes.slice());
      return exportKey(crypto, material, format!, encoding, cipher, passphrase);
    }

    exportJwk(into: Untyped, handlePss: boolean): Untyped {
      return Object.assign(into, toJwk(crypto, this.#material, handlePss));
    }

    rawPublicKey(): Untyped {
      return crypto.buffer(rawKey(this.#asymmetric, 'public').slice());
    }

    rawPrivateKey(): Untyped {
      return crypto.buffer(rawKey(this.#asymmetric, 'private').slice());
    }

    rawSeed(): Untyped {
      const key = this.#asymmetric;
      if (!isPostQuantum(key) || !isLatticeName(key.algorithm)) throw incompatibleEncoding();
      if (key.seed === undefined) throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to get raw seed');
      return crypto.buffer(key.seed.slice());
    }

    exportECPublicRaw(form: number): Untyped {
      const key = this.#asymmetric;
      if (key.algorithm !== 'ec') throw codedError(Error, 'ERR_CRYPTO_INVALID_KEYTYPE', 'Invalid key type');
      return crypto.buffer(form === 2 ? key.curve.noble.Point.fromBytes(key.point).toBytes(true) : key.point.slice());
    }

    exportECPrivateRaw(): Untyped {
      const key = this.#asymmetric;
      if (key.algorithm !== 'ec' || key.secret === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_KEYTYPE', 'Invalid key type');
      return crypto.buffer(key.secret.slice());
    }

    keyDetail(into: Untyped): Untyped {
      return Object.assign(into, keyDetails(this.#asymmetric));
    }

    equals(other: object): boolean {
      const [mine, its] = [this.#material, keyMaterial.get(other)];
      if (its === undefined) return false;
      if (mine.kind === 'secret' || its.kind === 'secret')
        return mine.kind === 'secret' && its.kind === 'secret' && equalBytes(mine.bytes, its.bytes);
      return isSameKey(mine, its);
    }

    get #material(): Material {
      const material = keyMaterial.get(this);
      if (material === undefined) throw new TypeError('The key handle is empty');
      return material;
    }

    get #secret(): SecretKey {
      const material = this.#material;
      if (material.kind !== 'secret') throw new TypeError('A secret key is needed');
      return material;
    }

    get #asymmetric(): AsymmetricKey {
      const material = this.#material;
      if (material.kind === 'secret') throw new TypeError('An asymmetric key is needed');
      return material;
    }
  }

  function materialOf(
    type: number,
    data: Untyped,
    format?: number,
    encoding?: number | string,
    passphrase?: Untyped,
    namedCurve?: string,
  ): Material {
    if (type === kKeyTypeSecret) {
      if (format === kKeyFormatJWK) {
        return { kind: 'secret', bytes: bytesOf(crypto.Buffer.from(data.k, 'base64url')).slice() };
      }
      return { kind: 'secret', bytes: bytesOf(data).slice() };
    }
    return parseKey(crypto, type === kKeyTypePublic ? 'public' : 'private', data, format, encoding, passphrase, namedCurve);
  }

  function handleOf(material: Material): Untyped {
    const handle = new KeyObjectHandle();
    keyMaterial.set(handle, material);
    return handle;
  }

  /** Keys never change: another thread gets a copy of what they are made of. */
  function packed(handle: object): unknown {
    const material = keyMaterial.get(handle)!;
    if (material.kind === 'secret') return { type: kKeyTypeSecret, data: material.bytes };
    const [type, encoding] = material.kind === 'public' ? [kKeyTypePublic, kKeyEncodingSPKI] : [kKeyTypePrivate, kKeyEncodingPKCS8];
    return { type, encoding, data: serializeKey(crypto, material, kKeyFormatDER, encoding) };
  }
  const unpacked = ({ type, data, encoding }: Untyped): Untyped => handleOf(materialOf(type, data, kKeyFormatDER, encoding));
  crypto.realm.nativeCloners.set(keyCloner, {
    give(key) {
      const object = classes.keySlots.get(key);
      if (object !== undefined) return { key: packed(object[1] as object) };
      const slots = classes.cryptoKeySlots.get(key);
      if (slots === undefined) return undefined;
      const [, extractable, algorithm, usages, handle] = slots;
      return { key: packed(handle as object), extractable, algorithm, usages };
    },
    take(data: Untyped) {
      const handle = unpacked(data.key);
      if ('usages' in data) return classes.newCryptoKey(handle, data.algorithm, data.usages, data.extractable);
      const of = [kKeyTypeSecret, kKeyTypePublic, kKeyTypePrivate].indexOf(data.key.type);
      return classes.newKeyObject(of, handle);
    },
  });

  return {
    handleOf,
    newCryptoKey: (material: Material, algorithm: unknown, usages: number, extractable: boolean) =>
      classes.newCryptoKey(handleOf(material), algorithm, usages, extractable),
    binding: {
      KeyObjectHandle,
      SecretKeyGenJob: jobClass(
        crypto,
        'SecretKeyGenJob',
        (mode, bits: number, algorithm: Untyped, usages: number, extractable: boolean) => () => {
          const bytes = crypto.random(Math.ceil(bits / 8));
          if (bits % 8 !== 0) {
            // `crypto.generateKey` rounds down, Web Crypto keeps the leading bits.
            if (mode !== jobModes.kCryptoJobWebCrypto) return handleOf({ kind: 'secret', bytes: bytes.slice(0, Math.floor(bits / 8)) });
            bytes[bytes.length - 1]! &= 0xff << (8 - (bits % 8));
          }
          const material: SecretKey = { kind: 'secret', bytes };
          return mode === jobModes.kCryptoJobWebCrypto
            ? classes.newCryptoKey(handleOf(material), algorithm, usages, extractable)
            : handleOf(material);
        },
      ),
    },
  };
}

/** A key as `export()` and the key pair jobs give it: PEM text, DER bytes or a JWK. */
export function exportKey(
  crypto: CryptoRealm,
  key: AsymmetricKey,
  format: number,
  encoding?: number,
  cipher?: string | null,
  passphrase?: Untyped,
): Untyped {
  if (format === kKeyFormatJWK) return toJwk(crypto, key, false);
  const serialized = serializeKey(crypto, key, format, encoding, cipher ?? undefined, passphrase ?? undefined);
  return typeof serialized === 'string' ? serialized : crypto.buffer(serialized);
}
