import type { NodeRealm, Untyped } from '../realm.ts';
import { byteLengthUtf8, encodingOf, Encodings, isAscii, isUtf8, type EncodingName } from '../encodings.ts';

type Bytes = ArrayBufferView | ArrayBuffer;

/** The bytes of any view or buffer, shared with it. */
export function bytesOf(value: Bytes): Uint8Array {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  }
  return new Uint8Array(value);
}

/** V8's longest string, in UTF-16 units. */
export const MAX_STRING = 0x1fffffe8;

function compareBytes(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/** First or last place of `needle` at or after (before) `from`, in steps of `step` bytes; −1 if there is none. */
function search(haystack: Uint8Array, needle: Uint8Array, from: number, forward: boolean, step: number): number {
  const last = haystack.length - needle.length;
  const first = needle[0];
  const matches = (at: number): boolean => {
    for (let k = 1; k < needle.length; k++) if (haystack[at + k] !== needle[k]) return false;
    return true;
  };
  if (forward) {
    if (step === 1) {
      for (let at = haystack.indexOf(first!, from); at >= 0 && at <= last; at = haystack.indexOf(first!, at + 1))
        if (matches(at)) return at;
      return -1;
    }
    for (let at = from; at <= last; at += step) if (haystack[at] === first && matches(at)) return at;
    return -1;
  }
  for (let at = Math.min(from, last); at >= 0; at -= step) if (haystack[at] === first && matches(at)) return at;
  return -1;
}

/** Where a search begins: offsets below zero count from the end. −1: nowhere. */
function startOf(length: number, offset: number, needleLength: number, forward: boolean): number {
  let from = offset;
  if (from < 0) {
    if (from + length >= 0) from += length;
    else if (forward || needleLength === 0) from = 0;
    else return -1;
  }
  if (from + needleLength > length) {
    if (needleLength === 0) return length;
    if (forward) return -1;
    from = length - 1;
  }
  return from;
}

/** `internalBinding('buffer')`. */
export function makeBuffer(realm: NodeRealm): Untyped {
  const encodings = new Encodings(realm.platform);
  const errors = () => realm.requireBuiltin('internal/errors');

  const stringTooLong = (): Error => {
    const error = new Error(`Cannot create a string longer than 0x${MAX_STRING.toString(16)} characters`) as Error & { code: string };
    error.code = 'ERR_STRING_TOO_LONG';
    return error;
  };
  const slice = (encoding: EncodingName) =>
    function (this: Uint8Array, start?: number, end?: number): string {
      if (!ArrayBuffer.isView(this)) throw new TypeError('argument must be a buffer');
      const bytes = bytesOf(this);
      if (bytes.length === 0) return '';
      const from = start === undefined ? 0 : Math.trunc(Number(start)) || 0;
      let to = end === undefined ? bytes.length : Math.trunc(Number(end)) || 0;
      if (from < 0 || to < 0) throw new (errors().codes.ERR_OUT_OF_RANGE)('Index');
      if (to < from) to = from;
      if (to > bytes.length) throw outOfRange();
      const part = bytes.subarray(from, to);
      if (part.length * (encoding === 'hex' ? 2 : 1) > MAX_STRING) throw stringTooLong();
      return encodings.decode(part, encoding);
    };
  const outOfRange = (): Error => {
    const error = new RangeError('Index out of range') as Error & { code?: string };
    error.code = 'ERR_OUT_OF_RANGE';
    return error;
  };
  const staticWrite =
    (encoding: EncodingName) =>
    (buffer: Uint8Array, text: string, offset = 0, length?: number) => {
      if (typeof text !== 'string') throw new (errors().codes.ERR_INVALID_ARG_TYPE)('argument', 'string', text);
      const bytes = bytesOf(buffer);
      const room = Math.min(length ?? Infinity, bytes.length - offset);
      return encodings.write(text, encoding, bytes.subarray(offset, offset + room));
    };
  const write = (encoding: EncodingName) =>
    function (this: Uint8Array, text: string, offset?: number, length?: number): number {
      if (!ArrayBuffer.isView(this)) throw new TypeError('argument must be a buffer');
      if (typeof text !== 'string') throw new (errors().codes.ERR_INVALID_ARG_TYPE)('argument', 'string', text);
      const from = offset === undefined ? 0 : Math.trunc(Number(offset)) || 0;
      if (from < 0 || from > this.byteLength) throw new (errors().codes.ERR_BUFFER_OUT_OF_BOUNDS)('offset');
      const asked = length === undefined ? this.byteLength - from : Math.trunc(Number(length)) || 0;
      if (asked < 0) throw new (errors().codes.ERR_BUFFER_OUT_OF_BOUNDS)('length');
      return staticWrite(encoding)(this, text, from, asked);
    };

  const indexOfBytes = (
    haystack: Uint8Array,
    needle: Uint8Array,
    offset: number,
    encoding: unknown,
    forward: boolean,
    end?: number,
  ): number => {
    const bytes = end === undefined ? haystack : haystack.subarray(0, Math.min(Math.max(end, 0), haystack.length));
    const from = startOf(bytes.length, offset, needle.length, forward);
    if (needle.length === 0) return from;
    if (bytes.length === 0 || from < 0 || needle.length > bytes.length) return -1;
    const wide = encodingOf(encoding, 'utf8') === 'utf16le';
    if (!wide) return search(bytes, needle, from, forward, 1);
    if (bytes.length < 2 || needle.length < 2) return -1;
    const even = bytes.subarray(0, bytes.length & ~1);
    return search(even, needle.subarray(0, needle.length & ~1), Math.floor(from / 2) * 2, forward, 2);
  };

  return {
    atob: (input: string) => decodeForgiving(input),
    btoa: (input: string) => {
      const text = `${input}`;
      for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return -1;
      return encodings.decode(encodings.encode(text, 'latin1'), 'base64');
    },
    byteLengthUtf8: (text: string) => byteLengthUtf8(text),
    copy(source: Bytes, target: Bytes, targetStart: number, sourceStart: number, length: number): number {
      bytesOf(target).set(bytesOf(source).subarray(sourceStart, sourceStart + length), targetStart);
      return length;
    },
    compare: (a: Bytes, b: Bytes) => compareBytes(bytesOf(a), bytesOf(b)),
    compareOffset(
      source: Bytes,
      target: Bytes,
      targetStart: number,
      sourceStart: number,
      targetLength: number,
      sourceLength: number,
    ): number {
      const a = bytesOf(source);
      const b = bytesOf(target);
      if (sourceStart > a.length) throw new (errors().codes.ERR_OUT_OF_RANGE)('The value of "sourceStart" is out of range.');
      if (targetStart > b.length) throw new (errors().codes.ERR_OUT_OF_RANGE)('The value of "targetStart" is out of range.');
      return compareBytes(a.subarray(sourceStart, sourceStart + sourceLength), b.subarray(targetStart, targetStart + targetLength));
    },
    fill(target: Bytes, value: unknown, start: number, end: number, encoding: unknown): number | undefined {
      const bytes = bytesOf(target);
      if (start < 0 || end > bytes.length) return -2;
      if (start >= end) return undefined;
      let pattern: Uint8Array;
      if (typeof value === 'string') {
        const name = encodingOf(encoding, 'utf8');
        pattern = encodings.encode(value, name === 'buffer' ? 'utf8' : name);
        // An empty text was made a zero by the library; an empty pattern here is text that decodes to nothing.
        if (pattern.length === 0) return -1;
      } else if (typeof value === 'object' && value !== null) {
        pattern = bytesOf(value as Bytes);
        if (pattern.length === 0) return -1;
      } else {
        bytes.fill(Number(value) & 255, start, end);
        return undefined;
      }
      if (pattern.length === 1) {
        bytes.fill(pattern[0]!, start, end);
        return undefined;
      }
      const room = end - start;
      const first = Math.min(pattern.length, room);
      bytes.set(pattern.subarray(0, first), start);
      for (let done = first; done < room; done *= 2) bytes.copyWithin(start + done, start, start + Math.min(done, room - done));
      return undefined;
    },
    indexOfBuffer: (haystack: Bytes, needle: Bytes, offset: number, encoding: unknown, forward: boolean, end?: number) =>
      indexOfBytes(bytesOf(haystack), bytesOf(needle), offset, encoding, forward, end),
    indexOfNumber(haystack: Bytes, value: number, offset: number, forward: boolean, end?: number): number {
      const all = bytesOf(haystack);
      const bytes = end === undefined ? all : all.subarray(0, Math.min(Math.max(end, 0), all.length));
      const from = startOf(bytes.length, offset, 1, forward);
      if (from < 0 || bytes.length === 0) return -1;
      return forward ? bytes.indexOf(value & 255, from) : bytes.lastIndexOf(value & 255, from);
    },
    indexOfString(haystack: Bytes, text: string, offset: number, encoding: unknown, forward: boolean, end?: number): number {
      const name = encodingOf(encoding, 'utf8');
      return indexOfBytes(bytesOf(haystack), encodings.encode(text, name === 'buffer' ? 'utf8' : name), offset, encoding, forward, end);
    },
    copyArrayBuffer(target: ArrayBuffer, targetStart: number, source: ArrayBuffer, sourceStart: number, length: number) {
      new Uint8Array(target).set(new Uint8Array(source, sourceStart, length), targetStart);
    },
    createUnsafeArrayBuffer: (size: number) => new ArrayBuffer(size),
    swap16(buffer: Bytes) {
      const bytes = bytesOf(buffer);
      for (let i = 0; i + 1 < bytes.length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1]!, bytes[i]!];
      return buffer;
    },
    swap32: (buffer: Bytes) => swapBytes(buffer, 4),
    swap64: (buffer: Bytes) => swapBytes(buffer, 8),
    isUtf8: (buffer: Bytes) => isUtf8(bytesOf(notDetached(buffer))),
    isAscii: (buffer: Bytes) => isAscii(bytesOf(notDetached(buffer))),
    kMaxLength: Number.MAX_SAFE_INTEGER,
    kStringMaxLength: MAX_STRING,
    asciiSlice: uncurry(slice('ascii')),
    base64Slice: uncurry(slice('base64')),
    base64urlSlice: uncurry(slice('base64url')),
    latin1Slice: uncurry(slice('latin1')),
    hexSlice: uncurry(slice('hex')),
    ucs2Slice: uncurry(slice('utf16le')),
    utf8Slice: uncurry(slice('utf8')),
    base64Write: uncurry(write('base64')),
    base64urlWrite: uncurry(write('base64url')),
    hexWrite: uncurry(write('hex')),
    ucs2Write: uncurry(write('utf16le')),
    asciiWriteStatic: staticWrite('latin1'),
    latin1WriteStatic: staticWrite('latin1'),
    utf8WriteStatic: staticWrite('utf8'),
    getZeroFillToggle: () => undefined,
    setBufferPrototype: () => {},
    setDetachKey: () => {},
  };

  function notDetached(buffer: Bytes): Bytes {
    const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
    if ((memory as Untyped).detached === true) {
      const error = new Error('Cannot validate on a detached buffer') as Error & { code: string };
      error.code = 'ERR_INVALID_STATE';
      throw error;
    }
    return buffer;
  }
}

/** The library calls these with the buffer as first argument. */
function uncurry(method: Function): Function {
  return (buffer: unknown, ...args: unknown[]): unknown => Reflect.apply(method, buffer, args);
}

function swapBytes(buffer: Bytes, size: number): Bytes {
  const bytes = bytesOf(buffer);
  for (let i = 0; i + size <= bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return buffer;
}

const forgiving = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The "forgiving-base64 decode" of the Infra standard: text, or the number of what is wrong, as Node's library reads it. */
function decodeForgiving(input: string): string | -1 | -2 {
  let text = `${input}`.replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
  else if (text.includes('=')) return -2;
  if (/[^A-Za-z0-9+/]/.test(text)) return -2;
  if (text.length % 4 === 1) return -1;
  let out = '';
  let bits = 0;
  let held = 0;
  for (const char of text) {
    bits = ((bits << 6) | forgiving.indexOf(char)) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += String.fromCharCode((bits >> held) & 255);
    }
  }
  return out;
}
