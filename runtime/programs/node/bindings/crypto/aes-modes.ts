/**
 * AES in OpenSSL's modes, fed in pieces of any size. The block function and GHASH are @noble/ciphers'; the modes are
 * here because that library takes whole messages only.
 */
import { ghash } from '@noble/ciphers/_polyval.js';
import { nobleAes } from './costly.ts';
import { openSslError } from './crypto-errors.ts';
import { concatBytes, equalBytes } from './crypto-realm.ts';

/** One direction of one message. */
export interface CipherMode {
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
  setAutoPadding?(on: boolean): void;
  /** Additional data, before the message. */
  authenticate?(bytes: Uint8Array): void;
  /** The tag over what has been processed; asked once. */
  tag?(): Uint8Array;
}

const empty = new Uint8Array(0);

class AesKey {
  readonly #schedule: Uint32Array;
  readonly #crypt: ReturnType<typeof nobleAes>['encrypt'];
  readonly #words = new Uint32Array(4);
  /** The block that {@link apply} works on. */
  readonly block: Uint8Array = new Uint8Array(this.#words.buffer);

  constructor(key: Uint8Array, inverse = false) {
    const { expandKeyDecLE, expandKeyLE, decrypt, encrypt } = nobleAes();
    this.#schedule = inverse ? expandKeyDecLE(key) : expandKeyLE(key);
    this.#crypt = inverse ? decrypt : encrypt;
  }

  /** Encrypts, or decrypts, {@link block} in place. */
  apply(): void {
    const words = this.#words;
    const { s0, s1, s2, s3 } = this.#crypt(this.#schedule, words[0]!, words[1]!, words[2]!, words[3]!);
    words[0] = s0;
    words[1] = s1;
    words[2] = s2;
    words[3] = s3;
  }
}

/** ECB and CBC: whole blocks with PKCS#7 padding. */
export class AesBlockMode implements CipherMode {
  readonly #aes: AesKey;
  readonly #encrypt: boolean;
  readonly #chain: Uint8Array | undefined;
  #held: Uint8Array = empty;
  #padding = true;

  constructor(key: Uint8Array, iv: Uint8Array | undefined, encrypt: boolean) {
    this.#aes = new AesKey(key, !encrypt);
    this.#encrypt = encrypt;
    this.#chain = iv?.slice();
  }

  setAutoPadding(on: boolean): void {
    this.#padding = on;
  }

  update(bytes: Uint8Array): Uint8Array {
    const all = this.#held.length === 0 ? bytes : concatBytes(this.#held, bytes);
    let whole = all.length - (all.length % 16);
    // The last block may be padding, which only `final` may judge.
    if (!this.#encrypt && this.#padding && whole === all.length && whole > 0) whole -= 16;
    this.#held = all.slice(whole);
    return this.#blocks(all, whole);
  }

  final(): Uint8Array {
    const held = this.#held;
    this.#held = empty;
    if (this.#encrypt) {
      if (!this.#padding) {
        if (held.length > 0) throw openSslError('wrongFinalBlockLength');
        return empty;
      }
      const last = new Uint8Array(16).fill(16 - held.length);
      last.set(held);
      return this.#blocks(last, 16);
    }
    if (!this.#padding) {
      if (held.length > 0) throw openSslError('wrongFinalBlockLength');
      return empty;
    }
    if (held.length !== 16) throw openSslError('wrongFinalBlockLength');
    const last = this.#blocks(held, 16);
    const count = last[15]!;
    if (count === 0 || count > 16) throw openSslError('badDecrypt');
    for (let i = 16 - count; i < 16; i++) if (last[i] !== count) throw openSslError('badDecrypt');
    return last.subarray(0, 16 - count);
  }

  #blocks(bytes: Uint8Array, length: number): Uint8Array {
    const out = new Uint8Array(length);
    const aes = this.#aes;
    const { block } = aes;
    const chain = this.#chain;
    for (let at = 0; at < length; at += 16) {
      for (let i = 0; i < 16; i++) block[i] = bytes[at + i]!;
      if (chain === undefined) {
        aes.apply();
        out.set(block, at);
      } else if (this.#encrypt) {
        for (let i = 0; i < 16; i++) block[i]! ^= chain[i]!;
        aes.apply();
        out.set(block, at);
        chain.set(block);
      } else {
        aes.apply();
        for (let i = 0; i < 16; i++) {
          out[at + i] = block[i]! ^ chain[i]!;
          chain[i] = bytes[at + i]!;
        }
      }
    }
    return out;
  }
}

/** Counter mode. `width` is how many low bytes of the counter block count: 16 for CTR, 4 for GCM. */
export class AesCounter implements CipherMode {
  readonly #aes: AesKey;
  readonly #counter: Uint8Array;
  readonly #low: number;
  readonly #stream = new Uint8Array(16);
  #used = 16;

  constructor(key: Uint8Array, counter: Uint8Array, width = 16) {
    this.#aes = new AesKey(key);
    this.#counter = counter.slice();
    this.#low = 16 - width;
  }

  update(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length);
    const stream = this.#stream;
    let used = this.#used;
    for (let at = 0; at < bytes.length; at++) {
      if (used === 16) {
        this.#next();
        used = 0;
      }
      out[at] = bytes[at]! ^ stream[used++]!;
    }
    this.#used = used;
    return out;
  }

  final(): Uint8Array {
    return empty;
  }

  #next(): void {
    const counter = this.#counter;
    this.#aes.block.set(counter);
    this.#aes.apply();
    this.#stream.set(this.#aes.block);
    for (let i = 15; i >= this.#low; i--) {
      counter[i] = (counter[i]! + 1) & 0xff;
      if (counter[i] !== 0) break;
    }
  }
}

/** CFB with 128 or 8 bits of feedback, and OFB. */
export class AesFeedback implements CipherMode {
  readonly #aes: AesKey;
  readonly #kind: 'cfb' | 'cfb8' | 'ofb';
  readonly #encrypt: boolean;
  readonly #register: Uint8Array;
  #used = 16;

  constructor(key: Uint8Array, iv: Uint8Array, kind: 'cfb' | 'cfb8' | 'ofb', encrypt: boolean) {
    this.#aes = new AesKey(key);
    this.#register = iv.slice();
    this.#kind = kind;
    this.#encrypt = encrypt;
  }

  update(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length);
    const { block } = this.#aes;
    const register = this.#register;
    for (let at = 0; at < bytes.length; at++) {
      const input = bytes[at]!;
      if (this.#kind === 'cfb8') {
        block.set(register);
        this.#aes.apply();
        out[at] = input ^ block[0]!;
        register.copyWithin(0, 1);
        register[15] = this.#encrypt ? out[at]! : input;
        continue;
      }
      if (this.#used === 16) {
        block.set(register);
        this.#aes.apply();
        register.set(block);
        this.#used = 0;
      }
      const i = this.#used++;
      out[at] = input ^ register[i]!;
      if (this.#kind === 'cfb') register[i] = this.#encrypt ? out[at]! : input;
    }
    return out;
  }

  final(): Uint8Array {
    return empty;
  }
}

/** Feeds GHASH whole blocks; it pads every call. */
class GhashStream {
  readonly #hash;
  readonly #held = new Uint8Array(16);
  #count = 0;
  length = 0;

  constructor(key: Uint8Array) {
    this.#hash = ghash.create(key, 65536);
  }

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.#count > 0) {
      at = Math.min(16 - this.#count, bytes.length);
      this.#held.set(bytes.subarray(0, at), this.#count);
      this.#count += at;
      if (this.#count < 16) return;
      this.#hash.update(this.#held);
      this.#count = 0;
    }
    const whole = at + ((bytes.length - at) & ~15);
    if (whole > at) this.#hash.update(bytes.subarray(at, whole));
    this.#count = bytes.length - whole;
    this.#held.set(bytes.subarray(whole));
  }

  pad(): void {
    if (this.#count > 0) this.#hash.update(this.#held.subarray(0, this.#count));
    this.#count = 0;
  }

  digest(firstLength: number, secondLength: number): Uint8Array {
    this.pad();
    const lengths = new DataView(new ArrayBuffer(16));
    lengths.setBigUint64(0, BigInt(firstLength) * 8n);
    lengths.setBigUint64(8, BigInt(secondLength) * 8n);
    this.#hash.update(new Uint8Array(lengths.buffer));
    return this.#hash.digest();
  }
}

export class AesGcm implements CipherMode {
  readonly #counter: AesCounter;
  readonly #hash: GhashStream;
  readonly #encrypt: boolean;
  readonly #mask: Uint8Array;
  #additional = 0;
  #length = 0;
  #inMessage = false;

  constructor(key: Uint8Array, iv: Uint8Array, encrypt: boolean) {
    this.#encrypt = encrypt;
    const hashKey = new AesCounter(key, new Uint8Array(16)).update(new Uint8Array(16));
    this.#hash = new GhashStream(hashKey);
    let first = new Uint8Array(16);
    if (iv.length === 12) {
      first.set(iv);
      first[15] = 1;
    } else {
      const hash = new GhashStream(hashKey);
      hash.update(iv);
      first = hash.digest(0, iv.length) as Uint8Array<ArrayBuffer>;
    }
    this.#counter = new AesCounter(key, first, 4);
    this.#mask = this.#counter.update(new Uint8Array(16));
  }

  authenticate(bytes: Uint8Array): void {
    this.#additional += bytes.length;
    this.#hash.update(bytes);
  }

  update(bytes: Uint8Array): Uint8Array {
    if (!this.#inMessage) {
      this.#hash.pad();
      this.#inMessage = true;
    }
    this.#length += bytes.length;
    if (!this.#encrypt) this.#hash.update(bytes);
    const out = this.#counter.update(bytes);
    if (this.#encrypt) this.#hash.update(out);
    return out;
  }

  final(): Uint8Array {
    return empty;
  }

  tag(): Uint8Array {
    const tag = this.#hash.digest(this.#additional, this.#length);
    for (let i = 0; i < 16; i++) tag[i]! ^= this.#mask[i]!;
    return tag;
  }
}

/** CCM of RFC 3610. The length of the message must be known before anything is processed; it then comes in one piece. */
export class AesCcm implements CipherMode {
  readonly #aes: AesKey;
  readonly #nonce: Uint8Array;
  readonly #tagLength: number;
  readonly #encrypt: boolean;
  readonly #counter: AesCounter;
  readonly #mask: Uint8Array;
  readonly #mac = new Uint8Array(16);
  #additional: Uint8Array = empty;
  #done = false;

  constructor(key: Uint8Array, nonce: Uint8Array, encrypt: boolean, tagLength: number) {
    this.#aes = new AesKey(key);
    this.#nonce = nonce.slice();
    this.#encrypt = encrypt;
    this.#tagLength = tagLength;
    const first = new Uint8Array(16);
    first[0] = 14 - nonce.length;
    first.set(nonce, 1);
    this.#counter = new AesCounter(key, first, 15 - nonce.length);
    this.#mask = this.#counter.update(new Uint8Array(16));
  }

  authenticate(bytes: Uint8Array): void {
    this.#additional = concatBytes(this.#additional, bytes);
  }

  update(bytes: Uint8Array): Uint8Array {
    if (this.#done) throw new Error('Trying to add data in unsupported state');
    this.#done = true;
    const out = this.#counter.update(bytes);
    this.#authenticate(this.#encrypt ? bytes : out);
    return out;
  }

  final(): Uint8Array {
    if (!this.#done) this.update(empty);
    return empty;
  }

  tag(): Uint8Array {
    const tag = this.#mac.slice(0, this.#tagLength);
    for (let i = 0; i < tag.length; i++) tag[i]! ^= this.#mask[i]!;
    return tag;
  }

  #authenticate(message: Uint8Array): void {
    const first = new Uint8Array(16);
    const size = 15 - this.#nonce.length;
    first[0] = (this.#additional.length > 0 ? 64 : 0) + 8 * ((this.#tagLength - 2) / 2) + (size - 1);
    first.set(this.#nonce, 1);
    for (let i = 15, rest = message.length; i > 15 - size && rest > 0; i--, rest = Math.floor(rest / 256)) first[i] = rest & 0xff;
    this.#chain(first);
    if (this.#additional.length > 0) {
      const count = this.#additional.length;
      const prefix =
        count < 0xff00
          ? Uint8Array.of(count >> 8, count & 0xff)
          : Uint8Array.of(0xff, 0xfe, count >>> 24, (count >> 16) & 0xff, (count >> 8) & 0xff, count & 0xff);
      this.#chain(concatBytes(prefix, this.#additional));
    }
    this.#chain(message);
  }

  #chain(bytes: Uint8Array): void {
    const mac = this.#mac;
    for (let at = 0; at < bytes.length; at += 16) {
      for (let i = 0; i < 16 && at + i < bytes.length; i++) mac[i]! ^= bytes[at + i]!;
      this.#aes.block.set(mac);
      this.#aes.apply();
      mac.set(this.#aes.block);
    }
  }
}

/** Key wrap of RFC 3394: one message, one piece. */
export class AesWrap implements CipherMode {
  readonly #aes: AesKey;
  readonly #iv: Uint8Array;
  readonly #encrypt: boolean;

  constructor(key: Uint8Array, iv: Uint8Array, encrypt: boolean) {
    this.#aes = new AesKey(key, !encrypt);
    this.#iv = iv.slice();
    this.#encrypt = encrypt;
  }

  update(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return empty;
    if (bytes.length % 8 !== 0 || bytes.length < (this.#encrypt ? 16 : 24)) throw new Error('Trying to add data in unsupported state');
    const all = this.#encrypt ? concatBytes(this.#iv, bytes) : bytes.slice();
    const count = all.length / 8 - 1;
    const { block } = this.#aes;
    for (let step = 0; step < 6 * count; step++) {
      const round = this.#encrypt ? step : 6 * count - 1 - step;
      const at = 8 + 8 * (round % count);
      const mix = () => {
        for (let i = 7, rest = round + 1; i >= 4; i--, rest = Math.floor(rest / 256)) block[i]! ^= rest & 0xff;
      };
      block.set(all.subarray(0, 8));
      block.set(all.subarray(at, at + 8), 8);
      if (!this.#encrypt) mix();
      this.#aes.apply();
      if (this.#encrypt) mix();
      all.set(block.subarray(0, 8));
      all.set(block.subarray(8), at);
    }
    if (this.#encrypt) return all;
    if (!equalBytes(all.subarray(0, 8), this.#iv)) throw new Error('Unsupported state');
    return all.subarray(8);
  }

  final(): Uint8Array {
    return empty;
  }
}
