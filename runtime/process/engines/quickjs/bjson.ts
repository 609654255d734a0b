/**
 * QuickJS's own serialised form of values (`JS_WriteObject` of the pinned build, version 5), read and written here, so that a
 * whole tree of plain data crosses with one call of each engine instead of one per property.
 */

const version = 5;
const tags = {
  null: 1,
  undefined: 2,
  false: 3,
  true: 4,
  int32: 5,
  float64: 6,
  string: 7,
  object: 8,
  array: 9,
  bigInt: 10,
  typedArray: 14,
  arrayBuffer: 15,
} as const;

type TypedArrayMaker = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;
const float16 = (globalThis as { Float16Array?: TypedArrayMaker }).Float16Array;
/** In the order of QuickJS's class ids. */
const typedArrays: readonly (TypedArrayMaker | undefined)[] = [
  Uint8ClampedArray,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  float16,
  Float32Array,
  Float64Array,
];
/** Code units that `String.fromCharCode` is given at once. */
const chunk = 8192;
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decodeAscii = utf8Decoder.decode.bind(utf8Decoder);

/** Text of Latin-1 bytes. */
export function latin1Text(bytes: Uint8Array): string {
  if (bytes.length > 64) {
    let all = 0;
    for (let i = 0; i < bytes.length; i++) all |= bytes[i]!;
    if (all < 128) return decodeAscii(bytes);
  }
  let text = '';
  for (let at = 0; at < bytes.length; at += chunk)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + chunk) as unknown as number[]);
  return text;
}

/** Text of UTF-16 code units, lone surrogates kept. */
export function utf16Text(units: Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += chunk)
    text += String.fromCharCode.apply(null, units.subarray(at, at + chunk) as unknown as number[]);
  return text;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #atoms: string[] = [];
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #number(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  #signed(): number {
    const value = this.#number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #string(): string {
    const head = this.#number();
    const length = Math.floor(head / 2);
    const from = this.#at;
    if (head % 2 === 0) {
      this.#at += length;
      return latin1Text(this.#bytes.subarray(from, this.#at));
    }
    this.#at += 2 * length;
    return utf16Text(new Uint16Array(this.#bytes.slice(from, this.#at).buffer));
  }

  read(): unknown {
    if (this.#bytes[this.#at++] !== version) throw new TypeError('Cannot read a value: it is of another version of QuickJS');
    for (let count = this.#number(); count > 0; count--) this.#atoms.push(this.#string());
    return this.#value();
  }

  #key(): string {
    const atom = this.#number();
    return atom % 2 === 1 ? String((atom - 1) / 2) : this.#atoms[atom / 2 - 1]!;
  }

  #value(): unknown {
    const tag = this.#bytes[this.#at++];
    switch (tag) {
      case tags.null:
        return null;
      case tags.undefined:
        return undefined;
      case tags.false:
        return false;
      case tags.true:
        return true;
      case tags.int32:
        return this.#signed();
      case tags.float64: {
        const value = this.#view.getFloat64(this.#at, true);
        this.#at += 8;
        return value;
      }
      case tags.string:
        return this.#string();
      case tags.object: {
        const object: Record<string, unknown> = {};
        for (let count = this.#number(); count > 0; count--) {
          const key = this.#key();
          const value = this.#value();
          if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
          else object[key] = value;
        }
        return object;
      }
      case tags.array: {
        const array: unknown[] = [];
        for (let count = this.#number(); count > 0; count--) array.push(this.#value());
        return array;
      }
      case tags.bigInt: {
        const length = this.#number();
        let value = 0n;
        for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[this.#at + i]!);
        this.#at += length;
        return length === 0 ? 0n : BigInt.asIntN(length * 8, value);
      }
      case tags.typedArray: {
        const type = this.#bytes[this.#at++]!;
        const length = this.#number();
        const offset = this.#number();
        const buffer = this.#value() as ArrayBuffer;
        const Make = typedArrays[type];
        if (Make === undefined) throw new TypeError('Cannot read a value: its typed array is of an unknown kind');
        return new Make(buffer, offset, length);
      }
      case tags.arrayBuffer: {
        const length = this.#number();
        this.#number(); // The most it may grow to.
        const from = this.#at;
        this.#at += length;
        return this.#bytes.slice(from, this.#at).buffer;
      }
      default:
        throw new TypeError(`Cannot read a value: it is no plain data (${tag})`);
    }
  }
}

/** A value that `QTS_bjson_encode` wrote. @throws {TypeError} if it is no plain data. */
export function readValue(bytes: Uint8Array): unknown {
  return new Reader(bytes).read();
}

const arrayIndex = /^(?:0|[1-9]\d{0,8})$/;

class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  readonly #atoms = new Map<string, number>();
  readonly #open = new Set<object>();

  #room(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + count));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #number(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  #string(text: string): void {
    const { length } = text;
    let all = 0;
    for (let i = 0; i < length; i++) all |= text.charCodeAt(i);
    const wide = all > 255;
    this.#number(length * 2 + (wide ? 1 : 0));
    this.#room(wide ? length * 2 : length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      bytes[at++] = unit & 255;
      if (wide) bytes[at++] = unit >> 8;
    }
    this.#at = at;
  }

  #key(key: string): void {
    if (arrayIndex.test(key)) {
      this.#number(Number(key) * 2 + 1);
      return;
    }
    let atom = this.#atoms.get(key);
    if (atom === undefined) this.#atoms.set(key, (atom = this.#atoms.size + 1));
    this.#number(atom * 2);
  }

  #buffer(bytes: Uint8Array): void {
    this.#byte(tags.arrayBuffer);
    this.#number(bytes.length);
    this.#number(0xffffffff);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        this.#byte(tags.undefined);
        return;
      case 'boolean':
        this.#byte(value ? tags.true : tags.false);
        return;
      case 'number':
        if (Number.isInteger(value) && value >= -1073741824 && value <= 1073741823 && !Object.is(value, -0)) {
          this.#byte(tags.int32);
          this.#number(value >= 0 ? value * 2 : -value * 2 - 1);
        } else {
          this.#byte(tags.float64);
          this.#room(8);
          this.#view.setFloat64(this.#at, value, true);
          this.#at += 8;
        }
        return;
      case 'string':
        this.#byte(tags.string);
        this.#string(value);
        return;
      case 'bigint':
        this.#bigInt(value);
        return;
      case 'object':
        if (value === null) this.#byte(tags.null);
        else this.#object(value);
        return;
      default:
        throw new TypeError(`Cannot hand a ${typeof value} to the program: it is no plain data`);
    }
  }

  #bigInt(value: bigint): void {
    this.#byte(tags.bigInt);
    const bytes: number[] = [];
    let rest = value;
    do {
      bytes.push(Number(rest & 255n));
      rest >>= 8n;
    } while ((rest !== 0n && rest !== -1n) || bytes.at(-1)! > 127 !== value < 0n);
    this.#number(bytes.length);
    for (const byte of bytes) this.#byte(byte);
  }

  #object(value: object): void {
    if (this.#open.has(value)) throw new TypeError('Cannot hand a value to the program: it holds itself');
    this.#open.add(value);
    if (Array.isArray(value)) {
      this.#byte(tags.array);
      this.#number(value.length);
      for (const one of value) this.#value(one);
    } else if (ArrayBuffer.isView(value)) {
      const type = typedArrays.findIndex((Make) => Make !== undefined && value instanceof Make);
      if (type < 0) throw new TypeError('Cannot hand a DataView to the program');
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      this.#byte(tags.typedArray);
      this.#byte(type);
      this.#number((value as Uint8Array).length);
      this.#number(0);
      this.#buffer(bytes);
    } else if (value instanceof ArrayBuffer) this.#buffer(new Uint8Array(value));
    else {
      const keys = Object.keys(value);
      this.#byte(tags.object);
      this.#number(keys.length);
      for (const key of keys) {
        this.#key(key);
        this.#value((value as Record<string, unknown>)[key]);
      }
    }
    this.#open.delete(value);
  }

  write(value: unknown): Uint8Array {
    this.#value(value);
    const body = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    this.#byte(version);
    this.#number(this.#atoms.size);
    for (const key of this.#atoms.keys()) this.#string(key);
    this.#room(body.length);
    this.#bytes.set(body, this.#at);
    return this.#bytes.subarray(0, this.#at + body.length);
  }
}

/** A value for `QTS_bjson_decode`. @throws {TypeError} if it is no plain data. */
export function writeValue(value: unknown): Uint8Array {
  return new Writer().write(value);
}
