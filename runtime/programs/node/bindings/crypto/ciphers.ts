/** `CipherBase`, `getCipherInfo` and the cipher jobs of Web Crypto. */
import type { Untyped } from '../../realm.ts';
import { AesBlockMode, AesCcm, AesCounter, AesFeedback, AesGcm, AesWrap, type CipherMode } from './aes-modes.ts';
import { ChaCha20, ChaCha20Poly1305 } from './chacha.ts';
import { ciphers, type Cipher } from './cipher-table.ts';
import { codedError, openSslError, unavailable } from './crypto-errors.ts';
import { bytesOf, concatBytes, equalBytes, exact, type CryptoRealm } from './crypto-realm.ts';
import { jobClass } from './jobs.ts';
import { secretBytes } from './secret-bytes.ts';

/** What OpenSSL has beyond these; asking for one says so instead of "Unknown cipher". */
const known = /^(?:aes-?(?:128|192|256)|aria|camellia|des|des3|sm4|id-aes|id-smime)/;

/** @throws {Error} `unknown` where OpenSSL has none of this name, and that it is missing where it does. */
export function cipherNamed(name: string, unknown: Error = codedError(Error, 'ERR_CRYPTO_UNKNOWN_CIPHER', 'Unknown cipher')): Cipher {
  const cipher = ciphers.get(name.toLowerCase());
  if (cipher !== undefined) return cipher;
  throw known.test(name.toLowerCase()) ? unavailable(`The cipher "${name}"`) : unknown;
}

const isAead = (cipher: Cipher) => cipher.mode === 'gcm' || cipher.mode === 'ccm' || cipher.name === 'chacha20-poly1305';

export function openCipher(cipher: Cipher, key: Uint8Array, iv: Uint8Array, encrypt: boolean, tagLength: number): CipherMode {
  switch (cipher.mode) {
    case 'cbc':
      return new AesBlockMode(key, iv, encrypt);
    case 'ecb':
      return new AesBlockMode(key, undefined, encrypt);
    case 'ctr':
      return new AesCounter(key, iv);
    case 'gcm':
      return new AesGcm(key, iv, encrypt);
    case 'ccm':
      return new AesCcm(key, iv, encrypt, tagLength);
    case 'wrap':
      return new AesWrap(key, iv, encrypt);
    case 'cfb':
      return new AesFeedback(key, iv, cipher.name.endsWith('8') ? 'cfb8' : 'cfb', encrypt);
    case 'ofb':
      return new AesFeedback(key, iv, 'ofb', encrypt);
    default:
      return cipher.name === 'chacha20' ? new ChaCha20(key, iv) : new ChaCha20Poly1305(key, iv, encrypt);
  }
}

const invalidTag = (length: number) => codedError(TypeError, 'ERR_CRYPTO_INVALID_AUTH_TAG', `Invalid authentication tag length: ${length}`);
const cannotAuthenticate = () => new Error('Unsupported state or unable to authenticate data');

const gcmTagFits = (length: number) => length === 4 || length === 8 || (length >= 12 && length <= 16);
const ivFits = (cipher: Cipher, length: number) =>
  cipher.mode === 'gcm' ? length > 0 : cipher.mode === 'ccm' ? length >= 7 && length <= 13 : length === cipher.ivLength;

export function makeCiphers(crypto: CryptoRealm): Untyped {
  class CipherBase {
    #cipher: Cipher;
    #encrypt: boolean;
    /** Undefined once the message is complete. */
    #mode: CipherMode | undefined;
    #tagLength: number;
    #tag: Uint8Array | undefined;
    #started = false;
    /** The longest message that the length field of CCM can tell. */
    #maxMessage = Infinity;
    #failed = false;

    constructor(encrypt: boolean, name: string, key: Untyped, ivBytes: Untyped, tagLength: number) {
      const cipher = cipherNamed(name);
      this.#cipher = cipher;
      this.#encrypt = encrypt;
      this.#tagLength = tagLength;
      const iv = ivBytes === null ? new Uint8Array(0) : bytesOf(ivBytes);
      if (ivBytes === null && cipher.ivLength !== 0) throw codedError(TypeError, 'ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector');
      if (!ivFits(cipher, iv.length)) throw codedError(TypeError, 'ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector');
      const secret = secretBytes(key);
      if (isAead(cipher)) this.#checkTagLength(name);
      if (cipher.mode === 'ccm') this.#maxMessage = iv.length === 13 ? 65535 : iv.length === 12 ? 16777215 : 2147483647;
      if (secret.length !== cipher.keyLength) throw codedError(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
      this.#mode = openCipher(cipher, secret, iv, encrypt, this.#tagLength);
    }

    #checkTagLength(name: string): void {
      const length = this.#tagLength;
      if (this.#cipher.mode === 'gcm') {
        if (length !== -1 && !gcmTagFits(length)) throw invalidTag(length);
        return;
      }
      if (length === -1) {
        if (this.#cipher.mode === 'ccm') throw codedError(TypeError, 'ERR_CRYPTO_INVALID_AUTH_TAG', `authTagLength required for ${name}`);
        this.#tagLength = 16;
      } else if (this.#cipher.mode === 'ccm' ? length < 4 || length > 16 || length % 2 !== 0 : length === 0 || length > 16)
        throw invalidTag(length);
    }

    update(data: Untyped, encoding?: string): Untyped {
      const bytes = crypto.input(data, encoding);
      if (this.#mode === undefined) throw new Error('Trying to add data in unsupported state');
      if (bytes.length > this.#maxMessage) throw codedError(RangeError, 'ERR_CRYPTO_INVALID_MESSAGELEN', 'Invalid message length');
      if (!this.#encrypt && this.#cipher.mode === 'ccm') return this.#openCcm(bytes);
      this.#started = true;
      return crypto.buffer(this.#mode.update(bytes));
    }

    /** CCM tells whether the tag is right before it gives any plain text. */
    #openCcm(bytes: Uint8Array): Untyped {
      if (this.#tag === undefined) throw cannotAuthenticate();
      this.#started = true;
      const plain = this.#mode!.update(bytes);
      if (!equalBytes(this.#mode!.tag!(), this.#tag)) {
        this.#failed = true;
        return crypto.buffer(new Uint8Array(0));
      }
      return crypto.buffer(plain);
    }

    final(): Untyped {
      const mode = this.#mode;
      if (mode === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state');
      this.#mode = undefined;
      if (this.#cipher.mode === 'ccm' && !this.#encrypt) {
        if (this.#tag === undefined || this.#failed) throw cannotAuthenticate();
        if (!this.#started) {
          mode.final();
          if (!equalBytes(mode.tag!(), this.#tag)) throw cannotAuthenticate();
        }
        return crypto.buffer(new Uint8Array(0));
      }
      // OpenSSL has no tag for a CCM message that was never given.
      if (this.#cipher.mode === 'ccm' && !this.#started) throw openSslError('tagNotSet');
      const last = mode.final();
      if (mode.tag !== undefined) {
        if (this.#encrypt) {
          if (this.#tagLength === -1) this.#tagLength = 16;
          this.#tag = mode.tag().slice(0, this.#tagLength);
        } else {
          const expected = this.#tag;
          if (expected === undefined || !equalBytes(mode.tag().subarray(0, expected.length), expected)) throw cannotAuthenticate();
        }
      }
      return crypto.buffer(last);
    }

    setAutoPadding(on: boolean): boolean {
      if (this.#mode === undefined) return false;
      this.#mode.setAutoPadding?.(on);
      return true;
    }

    getAuthTag(): Untyped {
      if (this.#mode !== undefined || !this.#encrypt || this.#tag === undefined) return undefined;
      return crypto.buffer(this.#tag.slice());
    }

    setAuthTag(data: Untyped): boolean {
      if (this.#mode === undefined || !isAead(this.#cipher) || this.#encrypt || this.#tag !== undefined) return false;
      const tag = bytesOf(data).slice();
      const fits =
        this.#cipher.mode === 'gcm'
          ? (this.#tagLength === -1 || tag.length === this.#tagLength) && gcmTagFits(tag.length)
          : tag.length === this.#tagLength;
      if (!fits) throw invalidTag(tag.length);
      if (this.#cipher.mode === 'gcm' && this.#tagLength === -1 && tag.length < 16) {
        crypto.realm.process.emitWarning(
          'Using AES-GCM authentication tags of less than 128 bits without specifying the authTagLength option when initializing decryption is deprecated.',
          'DeprecationWarning',
          'DEP0182',
        );
      }
      this.#tag = tag;
      return true;
    }

    setAAD(data: Untyped, plaintextLength: number): boolean {
      if (this.#mode?.authenticate === undefined) return false;
      if (this.#cipher.mode === 'ccm') {
        if (plaintextLength < 0) {
          throw codedError(TypeError, 'ERR_MISSING_ARGS', 'options.plaintextLength required for CCM mode with AAD');
        }
        if (plaintextLength > this.#maxMessage) throw codedError(RangeError, 'ERR_CRYPTO_INVALID_MESSAGELEN', 'Invalid message length');
      }
      this.#mode.authenticate(bytesOf(data).slice());
      return true;
    }
  }

  function aesJob(action: number, secret: Uint8Array, input: Uint8Array, variant: number, parameters: Untyped[]): ArrayBuffer {
    const encrypt = action === 0;
    switch (Math.floor(variant / 3)) {
      case 0: {
        const [counter, bits] = parameters as [Uint8Array, number];
        return exact(countedCtr(secret, counter, bits, input));
      }
      case 1: {
        const mode = new AesBlockMode(secret, parameters[0], encrypt);
        return exact(concatBytes(mode.update(input), mode.final()));
      }
      case 2: {
        const [iv, tagLength, additional] = parameters as [Uint8Array, number, Uint8Array | undefined];
        return sealed(new AesGcm(secret, iv, encrypt), encrypt, input, tagLength, additional);
      }
      case 3:
        return exact(new AesWrap(secret, new Uint8Array(8).fill(0xa6), encrypt).update(input));
      default:
        throw unavailable('AES-OCB');
    }
  }

  function sealed(
    mode: CipherMode,
    encrypt: boolean,
    input: Uint8Array,
    tagLength: number,
    additional: Uint8Array | undefined,
  ): ArrayBuffer {
    if (additional !== undefined) mode.authenticate!(additional);
    if (encrypt) {
      const out = mode.update(input);
      return exact(concatBytes(out, mode.tag!().subarray(0, tagLength)));
    }
    if (input.length < tagLength) throw cannotAuthenticate();
    const out = mode.update(input.subarray(0, input.length - tagLength));
    if (!equalBytes(mode.tag!().subarray(0, tagLength), input.subarray(input.length - tagLength))) throw cannotAuthenticate();
    return exact(out);
  }

  /** Web Crypto counts in the low `bits` of the block only, and refuses to wrap around to where it started. */
  function countedCtr(secret: Uint8Array, counter: Uint8Array, bits: number, input: Uint8Array): Uint8Array {
    const blocks = Math.ceil(input.length / 16);
    if (bits < 53 && blocks > 2 ** bits) throw cannotAuthenticate();
    if (bits === 128) return new AesCounter(secret, counter).update(input);
    const mask = (1n << BigInt(bits)) - 1n;
    const view = new DataView(counter.slice().buffer);
    const start = ((view.getBigUint64(0) << 64n) | view.getBigUint64(8)) & mask;
    const untilWrap = mask + 1n - start;
    if (BigInt(blocks) <= untilWrap) return new AesCounter(secret, counter).update(input);
    const split = Number(untilWrap) * 16;
    const fixed = ((view.getBigUint64(0) << 64n) | view.getBigUint64(8)) & ~mask;
    view.setBigUint64(0, fixed >> 64n);
    view.setBigUint64(8, fixed & 0xffffffffffffffffn);
    return concatBytes(
      new AesCounter(secret, counter).update(input.subarray(0, split)),
      new AesCounter(secret, new Uint8Array(view.buffer)).update(input.subarray(split)),
    );
  }

  const copied = (value: Untyped) => (typeof value === 'number' || value === undefined ? value : bytesOf(value).slice());

  return {
    CipherBase,
    AESCipherJob: jobClass(
      crypto,
      'AESCipherJob',
      (_mode, action: number, key: Untyped, data: Untyped, variant: number, ...parameters: Untyped[]) => {
        const [secret, input, rest] = [secretBytes(key), bytesOf(data).slice(), parameters.map(copied)];
        return () => aesJob(action, secret, input, variant, rest);
      },
    ),
    ChaCha20Poly1305CipherJob: jobClass(
      crypto,
      'ChaCha20Poly1305CipherJob',
      (_mode, action: number, key: Untyped, data: Untyped, iv: Untyped, additional: Untyped) => {
        const [secret, input, nonce, extra] = [secretBytes(key), bytesOf(data).slice(), bytesOf(iv).slice(), copied(additional)];
        return () => sealed(new ChaCha20Poly1305(secret, nonce, action === 0), action === 0, input, 16, extra);
      },
    ),
    // No TLS here, so no suites of it either.
    getSSLCiphers: () => [],
    getCipherInfo(into: Untyped, nameOrNid: string | number, keyLength?: number, ivLength?: number): Untyped {
      const cipher =
        typeof nameOrNid === 'string' ? ciphers.get(nameOrNid.toLowerCase()) : [...ciphers.values()].find((each) => each.nid === nameOrNid);
      if (cipher === undefined) return undefined;
      if (keyLength !== undefined && keyLength !== cipher.keyLength) return undefined;
      if (ivLength !== undefined && !ivFits(cipher, ivLength)) return undefined;
      into.mode = cipher.mode;
      into.name = cipher.name;
      into.nid = cipher.nid;
      if (cipher.blockSize !== 0) into.blockSize = cipher.blockSize;
      if (cipher.ivLength !== 0) into.ivLength = ivLength ?? cipher.ivLength;
      into.keyLength = cipher.keyLength;
      return into;
    },
  };
}
