/** What the parts of the crypto binding share: bytes in and out of the program's own `Buffer`s, and its error shapes. */
import { joinBytes } from '../../../../base/bytes.ts';
import type { NodeRealm, Untyped } from '../../realm.ts';

export class CryptoRealm {
  readonly realm: NodeRealm;
  #fastBuffer: Untyped;

  constructor(realm: NodeRealm) {
    this.realm = realm;
  }

  get Buffer(): Untyped {
    return this.realm.requireBuiltin('buffer').Buffer;
  }

  /** The same memory as a `Buffer`. */
  buffer(bytes: Uint8Array): Untyped {
    this.#fastBuffer ??= this.realm.requireBuiltin('internal/buffer').FastBuffer;
    return new this.#fastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** As C++ `StringBytes::Encode`: a `Buffer` unless `encoding` names one of Node's encodings. */
  encode(bytes: Uint8Array, encoding: string | undefined): Untyped {
    const buffer = this.buffer(bytes);
    return encoding === undefined || encoding === '' || encoding === 'buffer' || !this.Buffer.isEncoding(encoding)
      ? buffer
      : buffer.toString(encoding);
  }

  /** Text in `encoding`, or the bytes of a view or buffer, without copying these. */
  input(data: Untyped, encoding?: string): Uint8Array {
    if (typeof data !== 'string') return bytesOf(data);
    if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8' || encoding === 'buffer') {
      return this.realm.platform.encodeUtf8(data);
    }
    return bytesOf(this.Buffer.from(data, this.Buffer.isEncoding(encoding) ? encoding : 'utf8'));
  }

  random(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.realm.platform.randomFill(bytes);
    return bytes;
  }

  domException(message: string, name: string, cause?: unknown): Error {
    return this.realm.requireBuiltin('internal/util').lazyDOMException(message, cause === undefined ? name : { name, cause });
  }
}

/** The bytes that a view, an array buffer or shared memory covers. Does not copy. */
export function bytesOf(data: Untyped): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}

/** A copy whose buffer holds nothing else. `slice` would not do: a Buffer's shares its memory. */
export function exact(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => joinBytes(parts);

/** Takes the same time wherever the two differ; lengths are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

export function bytesToBigint(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return BigInt(hex);
}

/** Big-endian, in as few bytes as it needs or left-padded to `length`. */
export function bigintToBytes(value: bigint, length?: number): Uint8Array<ArrayBuffer> {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const needed = value === 0n ? 0 : hex.length / 2;
  const bytes = new Uint8Array(length ?? needed);
  for (let i = 0; i < needed; i++) bytes[bytes.length - needed + i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
