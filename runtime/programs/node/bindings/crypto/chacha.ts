/** ChaCha20 and ChaCha20-Poly1305 of RFC 8439, fed in pieces, on @noble/ciphers. */
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { chacha20 } from '@noble/ciphers/chacha.js';
import type { CipherMode } from './aes-modes.ts';

const empty = new Uint8Array(0);

class Stream {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  #block: number;
  #rest: Uint8Array = empty;

  constructor(key: Uint8Array, nonce: Uint8Array, block: number) {
    this.#key = key.slice();
    this.#nonce = nonce.slice();
    this.#block = block;
  }

  apply(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length);
    let at = 0;
    for (; at < bytes.length && at < this.#rest.length; at++) out[at] = bytes[at]! ^ this.#rest[at]!;
    this.#rest = this.#rest.subarray(at);
    const whole = at + ((bytes.length - at) & ~63);
    if (whole > at) {
      chacha20(this.#key, this.#nonce, bytes.slice(at, whole), out.subarray(at, whole), this.#block);
      this.#block += (whole - at) / 64;
    }
    if (whole < bytes.length) {
      const stream = chacha20(this.#key, this.#nonce, new Uint8Array(64), undefined, this.#block++);
      for (let i = whole; i < bytes.length; i++) out[i] = bytes[i]! ^ stream[i - whole]!;
      this.#rest = stream.subarray(bytes.length - whole);
    }
    return out;
  }
}

/** The 16 bytes are OpenSSL's: a little-endian counter, then the nonce. */
export class ChaCha20 implements CipherMode {
  readonly #stream: Stream;
  constructor(key: Uint8Array, iv: Uint8Array) {
    this.#stream = new Stream(key, iv.subarray(4), new DataView(iv.buffer, iv.byteOffset).getUint32(0, true));
  }
  update(bytes: Uint8Array): Uint8Array {
    return this.#stream.apply(bytes);
  }
  final(): Uint8Array {
    return empty;
  }
}

export class ChaCha20Poly1305 implements CipherMode {
  readonly #stream: Stream;
  readonly #mac;
  readonly #encrypt: boolean;
  #additional = 0;
  #length = 0;
  #inMessage = false;

  constructor(key: Uint8Array, nonce: Uint8Array, encrypt: boolean) {
    this.#mac = poly1305.create(chacha20(key, nonce, new Uint8Array(32), undefined, 0));
    this.#stream = new Stream(key, nonce, 1);
    this.#encrypt = encrypt;
  }

  authenticate(bytes: Uint8Array): void {
    this.#additional += bytes.length;
    this.#mac.update(bytes);
  }

  #pad(length: number): void {
    if (length % 16 !== 0) this.#mac.update(new Uint8Array(16 - (length % 16)));
  }

  update(bytes: Uint8Array): Uint8Array {
    if (!this.#inMessage) {
      this.#pad(this.#additional);
      this.#inMessage = true;
    }
    this.#length += bytes.length;
    if (!this.#encrypt) this.#mac.update(bytes);
    const out = this.#stream.apply(bytes);
    if (this.#encrypt) this.#mac.update(out);
    return out;
  }

  final(): Uint8Array {
    return empty;
  }

  tag(): Uint8Array {
    if (!this.#inMessage) this.#pad(this.#additional);
    this.#pad(this.#length);
    const lengths = new DataView(new ArrayBuffer(16));
    lengths.setBigUint64(0, BigInt(this.#additional), true);
    lengths.setBigUint64(8, BigInt(this.#length), true);
    this.#mac.update(new Uint8Array(lengths.buffer));
    return this.#mac.digest();
  }
}
