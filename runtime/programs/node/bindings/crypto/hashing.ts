/** `Hash`, `Hmac`, `crypto.hash()` and the digest jobs of Web Crypto. */
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { cshake128, cshake256, kmac128, kmac256, kt128, kt256, turboshake128, turboshake256 } from '@noble/hashes/sha3-addons.js';
import type { Untyped } from '../../realm.ts';
import { codedError, invalidDigest, openSslError, refusedDigest } from './crypto-errors.ts';
import { bytesOf, equalBytes, exact, type CryptoRealm } from './crypto-realm.ts';
import { findDigest, hashNames, type Digest, type HashState } from './digests.ts';
import { jobClass } from './jobs.ts';
import { secretBytes } from './secret-bytes.ts';

/** `outputLength` as asked for, refused where the function has one length only. */
function lengthFor(digest: Digest, asked: number | undefined): number {
  if (asked === undefined || asked === digest.outputLength) return digest.outputLength;
  if (!digest.extendable) throw openSslError('notXof');
  return asked;
}

export function createHmac(name: unknown, key: Uint8Array): HashState {
  const digest = findDigest(name);
  if (digest === undefined || digest.extendable) throw refusedDigest(name, 'hmac', invalidDigest(name));
  if (digest.name === 'md5-sha1') throw invalidDigest(name);
  return nobleHmac.create(digest.noble, key) as unknown as HashState;
}

export function makeHashing(crypto: CryptoRealm): Untyped {
  class Hash {
    #state: HashState;
    #length: number;
    #digest: Digest;
    #result: Uint8Array | undefined;

    constructor(algorithm: Untyped, outputLength?: number) {
      if (typeof algorithm === 'object' && algorithm !== null && #state in algorithm) {
        this.#digest = algorithm.#digest;
        this.#length = lengthFor(this.#digest, outputLength);
        this.#state = algorithm.#clone(this.#length);
        return;
      }
      const digest = findDigest(algorithm);
      if (digest === undefined) throw refusedDigest(algorithm, 'hash', new Error('Digest method not supported'));
      this.#digest = digest;
      this.#length = lengthFor(digest, outputLength);
      this.#state = digest.create(digest.extendable ? Math.max(this.#length, 1) : undefined);
    }

    /** A copy may be given another output length: the sponge is the same, only how much is squeezed differs. */
    #clone(length: number): HashState {
      const copy: Untyped = this.#state.clone();
      if (this.#digest.extendable) copy.outputLen = Math.max(length, 1);
      return copy;
    }

    update(data: Untyped, encoding?: string): boolean {
      this.#state.update(crypto.input(data, encoding));
      return true;
    }

    digest(encoding?: string): Untyped {
      this.#result ??= this.#length === 0 ? new Uint8Array(0) : this.#state.digest();
      return crypto.encode(this.#result, encoding);
    }
  }

  class Hmac {
    #state: HashState | undefined;

    init(name: string, key: Untyped): void {
      this.#state = createHmac(name, secretBytes(key));
    }

    update(data: Untyped, encoding?: string): boolean {
      if (this.#state === undefined) return false;
      this.#state.update(crypto.input(data, encoding));
      return true;
    }

    digest(encoding?: string): Untyped {
      const result = this.#state?.digest() ?? new Uint8Array(0);
      this.#state = undefined;
      return crypto.encode(result, encoding);
    }
  }

  function oneShotDigest(
    name: string,
    _id: number,
    _cache: unknown,
    input: Untyped,
    encoding: string,
    _encodingId: number,
    outputLength?: number,
  ): Untyped {
    const digest = findDigest(name);
    if (digest === undefined) throw refusedDigest(name, 'hash', new Error(`Digest method ${name} is not supported`));
    if (outputLength !== undefined && outputLength !== digest.outputLength && !digest.extendable)
      throw new Error(`Output length ${outputLength} is invalid for ${name}, which does not support XOF`);
    const length = lengthFor(digest, outputLength);
    if (length === 0) return crypto.encode(new Uint8Array(0), encoding);
    const state = digest.create(digest.extendable ? length : undefined);
    state.update(crypto.input(input));
    return crypto.encode(state.digest(), encoding);
  }

  /** Verifies when a signature was given, else gives the tag. */
  function tagOrVerdict(mode: number, tag: Uint8Array, signature: Untyped): ArrayBuffer | boolean {
    return mode === 1 ? equalBytes(tag, bytesOf(signature)) : exact(tag);
  }

  return {
    Hash,
    Hmac,
    oneShotDigest,
    getHashes: () => [...hashNames],
    getCachedAliases: () => Object.fromEntries(hashNames.map((name, index) => [name, index])),
    HashJob: jobClass(crypto, 'HashJob', (_mode, name: string, data: Untyped, bits?: number) => {
      const digest = findDigest(name);
      if (digest === undefined) throw invalidDigest(name);
      const input = bytesOf(data).slice();
      return () => {
        const length = lengthFor(digest, bits === undefined ? undefined : bits / 8);
        if (length === 0) return new ArrayBuffer(0);
        const state = digest.create(digest.extendable ? length : undefined);
        state.update(input);
        return exact(state.digest());
      };
    }),
    HmacJob: jobClass(crypto, 'HmacJob', (_mode, action: number, name: string, key: Untyped, data: Untyped, signature: Untyped) => {
      const state = createHmac(name, secretBytes(key));
      const input = bytesOf(data).slice();
      const expected = signature === undefined ? undefined : bytesOf(signature).slice();
      return () => {
        state.update(input);
        return tagOrVerdict(action, state.digest(), expected);
      };
    }),
    CShakeJob: jobClass(
      crypto,
      'CShakeJob',
      (_mode, name: string, data: Untyped, functionName: Untyped, customization: Untyped, bits: number) => {
        const options = {
          dkLen: Math.ceil(bits / 8),
          NISTfn: functionName === undefined ? new Uint8Array(0) : bytesOf(functionName).slice(),
          personalization: customization === undefined ? new Uint8Array(0) : bytesOf(customization).slice(),
        };
        const input = bytesOf(data).slice();
        return () => {
          const bytes = (name.endsWith('256') ? cshake256 : cshake128)(input, options);
          if (bits % 8 !== 0) bytes[bytes.length - 1]! &= 0xff << (8 - (bits % 8));
          return exact(bytes);
        };
      },
    ),
    TurboShakeJob: jobClass(crypto, 'TurboShakeJob', (_mode, name: string, domain: number, length: number, data: Untyped) => {
      const input = bytesOf(data).slice();
      return () => exact((name.endsWith('256') ? turboshake256 : turboshake128)(input, { D: domain, dkLen: length }));
    }),
    KangarooTwelveJob: jobClass(
      crypto,
      'KangarooTwelveJob',
      (_mode, name: string, customization: Untyped, length: number, data: Untyped) => {
        const input = bytesOf(data).slice();
        const personalization = customization === undefined ? new Uint8Array(0) : bytesOf(customization).slice();
        return () => exact((name.endsWith('256') ? kt256 : kt128)(input, { personalization, dkLen: length }));
      },
    ),
    KmacJob: jobClass(
      crypto,
      'KmacJob',
      (
        _mode,
        action: number,
        key: Untyped,
        name: string,
        customization: Untyped,
        keyBits: number,
        outputBits: number,
        data: Untyped,
        signature: Untyped,
      ) => {
        if (outputBits % 8 !== 0 || keyBits % 8 !== 0)
          throw codedError(RangeError, 'ERR_OUT_OF_RANGE', 'KMAC lengths must be multiples of 8');
        const secret = secretBytes(key);
        const input = bytesOf(data).slice();
        const personalization = customization === undefined ? new Uint8Array(0) : bytesOf(customization).slice();
        const expected = signature === undefined ? undefined : bytesOf(signature).slice();
        return () =>
          tagOrVerdict(
            action,
            (name.endsWith('256') ? kmac256 : kmac128)(secret, input, { personalization, dkLen: outputBits / 8 }),
            expected,
          );
      },
    ),
  };
}
