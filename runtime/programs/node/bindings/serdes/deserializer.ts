/** Reads V8's structured clone format, versions 13 to 15. The class that programs see is in `index.ts`. */
import type { Untyped } from '../../realm.ts';
import { errorTags, regexpFlags, tags, viewTags, WIRE_FORMAT_VERSION } from './wire-format.ts';

/** What the reader asks of its owner. */
export interface DeserializerDelegate {
  readHostObject(): object;
  sharedArrayBuffer(id: number): object | undefined;
}

/** Before it, V8 wrote without the lengths and flags that are needed to read safely. */
const OLDEST_VERSION = 13;

const globals: Untyped = globalThis;
const viewNames: ReadonlyMap<number, string> = new Map(Object.entries(viewTags).map(([name, tag]) => [tag, name]));
const errorNames: ReadonlyMap<number, string> = new Map(
  ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'].map((name) => [
    errorTags[name as 'TypeError'],
    name,
  ]),
);

/** Marks a hole; it never leaves this file. */
const hole = Symbol('hole');

export class ValueDeserializer {
  readonly #delegate: DeserializerDelegate;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #version = 0;
  readonly #objects: Untyped[] = [];
  #next = 0;
  readonly #transferred = new Map<number, object>();

  constructor(bytes: Uint8Array, delegate: DeserializerDelegate) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#delegate = delegate;
  }

  get version(): number {
    return this.#version;
  }

  get position(): number {
    return this.#at;
  }

  readHeader(): boolean {
    if (this.#bytes[this.#at] === tags.version) {
      this.#at++;
      this.#version = this.readVarint();
    }
    if (this.#version < OLDEST_VERSION || this.#version > WIRE_FORMAT_VERSION)
      throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
    return true;
  }

  transferArrayBuffer(id: number, buffer: object): void {
    this.#transferred.set(id, buffer);
  }

  readVarint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      if (scale <= 0x10000000) value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return value % 0x1_0000_0000;
    }
  }

  readUint64(): [number, number] {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
  }

  readDouble(): number {
    const at = this.#take(8);
    return this.#view.getFloat64(at, true);
  }

  /** Where the bytes start. */
  readRawBytes(count: number): number {
    return this.#take(count);
  }

  readValue(): Untyped {
    const value = this.#readObject();
    if (value === hole) throw damaged();
    return value;
  }

  #readObject(): Untyped {
    const result = this.#readInternal();
    // A view takes up the buffer that stands before it.
    if (typeof result === 'object' && result !== null && this.#peekTag() === tags.arrayBufferView && isBuffer(result)) {
      this.#tag();
      return this.#arrayBufferView(result);
    }
    return result;
  }

  #readInternal(): Untyped {
    const tag = this.#tag();
    switch (tag) {
      case tags.undefined:
        return undefined;
      case tags.null:
        return null;
      case tags.true:
        return true;
      case tags.false:
        return false;
      case tags.theHole:
        return hole;
      case tags.int32: {
        const value = this.readVarint();
        return (value >>> 1) ^ -(value & 1);
      }
      case tags.uint32:
        return this.readVarint();
      case tags.double:
        return this.readDouble();
      case tags.bigint:
        return this.#bigint();
      case tags.utf8String:
      case tags.oneByteString:
      case tags.twoByteString:
        return this.#stringOf(tag);
      case tags.objectReference: {
        const id = this.readVarint();
        if (id >= this.#objects.length || this.#objects[id] === undefined) throw damaged();
        return this.#objects[id];
      }
      case tags.beginObject:
        return this.#object();
      case tags.beginDenseArray:
        return this.#denseArray();
      case tags.beginSparseArray:
        return this.#sparseArray();
      case tags.date:
        return this.#add(new Date(this.readDouble()));
      case tags.trueObject:
        return this.#add(Object(true));
      case tags.falseObject:
        return this.#add(Object(false));
      case tags.numberObject:
        return this.#add(Object(this.readDouble()));
      case tags.bigintObject:
        return this.#add(Object(this.#bigint()));
      case tags.stringObject:
        return this.#add(Object(this.#string()));
      case tags.regexp:
        return this.#regexp();
      case tags.beginMap:
        return this.#map();
      case tags.beginSet:
        return this.#set();
      case tags.arrayBuffer: {
        const size = this.readVarint();
        const at = this.#take(size);
        return this.#add(this.#bytes.slice(at, at + size).buffer);
      }
      case tags.resizableArrayBuffer:
        return this.#resizableBuffer();
      case tags.arrayBufferTransfer: {
        const buffer = this.#transferred.get(this.readVarint());
        if (buffer === undefined) throw damaged();
        return this.#add(buffer);
      }
      case tags.sharedArrayBuffer: {
        const buffer = this.#delegate.sharedArrayBuffer(this.readVarint());
        if (buffer === undefined) throw damaged();
        return this.#add(buffer);
      }
      case tags.error:
        return this.#error();
      case tags.hostObject: {
        const id = this.#next++;
        const object = this.#delegate.readHostObject();
        this.#objects[id] = object;
        return object;
      }
      default:
        throw damaged();
    }
  }

  #add<T>(object: T): T {
    this.#objects[this.#next++] = object;
    return object;
  }

  #object(): object {
    const object = this.#add({});
    const count = this.#properties(object, tags.endObject);
    if (this.readVarint() !== count) throw damaged();
    return object;
  }

  #properties(object: Untyped, end: number): number {
    for (let count = 0; ; count++) {
      if (this.#peekTag() === end) {
        this.#tag();
        return count;
      }
      const key = this.#readObject();
      if (typeof key !== 'string' && typeof key !== 'number') throw damaged();
      const value = this.readValue();
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
  }

  #denseArray(): unknown[] {
    const length = this.readVarint();
    if (length > this.#bytes.length - this.#at) throw damaged();
    const array = this.#add(new Array<unknown>(length));
    for (let i = 0; i < length; i++) {
      const value = this.#readObject();
      if (value !== hole) array[i] = value;
    }
    const count = this.#properties(array, tags.endDenseArray);
    if (this.readVarint() !== count || this.readVarint() !== length) throw damaged();
    return array;
  }

  #sparseArray(): unknown[] {
    const length = this.readVarint();
    const array: unknown[] = this.#add([]);
    array.length = length;
    const count = this.#properties(array, tags.endSparseArray);
    if (this.readVarint() !== count || this.readVarint() !== length) throw damaged();
    return array;
  }

  #regexp(): RegExp {
    const id = this.#next++;
    const source = this.#string();
    const bits = this.readVarint();
    let flags = '';
    for (let i = 0; i < regexpFlags.length; i++) if (bits & (1 << i)) flags += regexpFlags[i];
    if (flags.includes('l') || bits >>> regexpFlags.length !== 0) throw damaged();
    return (this.#objects[id] = new RegExp(source, flags));
  }

  #map(): Map<unknown, unknown> {
    const map = this.#add(new Map<unknown, unknown>());
    let count = 0;
    for (; this.#peekTag() !== tags.endMap; count += 2) {
      const key = this.readValue();
      map.set(key, this.readValue());
    }
    this.#tag();
    if (this.readVarint() !== count) throw damaged();
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#add(new Set<unknown>());
    let count = 0;
    for (; this.#peekTag() !== tags.endSet; count++) set.add(this.readValue());
    this.#tag();
    if (this.readVarint() !== count) throw damaged();
    return set;
  }

  #resizableBuffer(): ArrayBuffer {
    const size = this.readVarint();
    const maxByteLength = this.readVarint();
    const at = this.#take(size);
    if (size > maxByteLength) throw damaged();
    const buffer: ArrayBuffer = new globals.ArrayBuffer(size, { maxByteLength });
    new Uint8Array(buffer).set(this.#bytes.subarray(at, at + size));
    return this.#add(buffer);
  }

  #arrayBufferView(buffer: ArrayBuffer): ArrayBufferView {
    const name = viewNames.get(this.#byte());
    const offset = this.readVarint();
    const size = this.readVarint();
    const flags = this.#version >= 14 ? this.readVarint() : 0;
    const View = name === undefined ? undefined : globals[name];
    if (View === undefined || offset > buffer.byteLength || size > buffer.byteLength - offset) throw damaged();
    const elementSize = View.BYTES_PER_ELEMENT ?? 1;
    if (offset % elementSize !== 0 || size % elementSize !== 0) throw damaged();
    return this.#add((flags & 1) !== 0 ? new View(buffer, offset) : new View(buffer, offset, size / elementSize));
  }

  #error(): Error {
    const id = this.#next++;
    let name = 'Error';
    const own: PropertyDescriptorMap = {};
    let stack: string | undefined;
    const hidden = (value: unknown) => ({ value, writable: true, enumerable: false, configurable: true });
    for (let tag = this.readVarint(); tag !== errorTags.end; tag = this.readVarint()) {
      if (tag === errorTags.message) own['message'] = hidden(this.#string());
      else if (tag === errorTags.stack) stack = this.#string();
      else if (tag === errorTags.cause) own['cause'] = hidden(this.readValue());
      else {
        const named = errorNames.get(tag);
        if (named === undefined) throw damaged();
        name = named;
      }
    }
    const error: Error = new globals[name]();
    if (stack === undefined) delete error.stack;
    else own['stack'] = hidden(stack);
    Object.defineProperties(error, own);
    return (this.#objects[id] = error);
  }

  #bigint(): bigint {
    const field = this.readVarint();
    const size = field >>> 1;
    const at = this.#take(size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i]!);
    return field & 1 ? -value : value;
  }

  #string(): string {
    return this.#stringOf(this.#tag());
  }

  #stringOf(tag: number): string {
    const size = this.readVarint();
    const at = this.#take(size);
    let text = '';
    if (tag === tags.oneByteString) {
      for (let from = at; from < at + size; from += 8192) {
        text += String.fromCharCode.apply(null, this.#bytes.subarray(from, Math.min(from + 8192, at + size)) as unknown as number[]);
      }
      return text;
    }
    if (tag === tags.twoByteString) {
      if (size % 2 === 1) throw damaged();
      for (let i = at; i < at + size; i += 2) text += String.fromCharCode(this.#view.getUint16(i, true));
      return text;
    }
    if (tag !== tags.utf8String) throw damaged();
    return decodeURIComponent([...this.#bytes.subarray(at, at + size)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  }

  #peekTag(): number | undefined {
    let at = this.#at;
    while (this.#bytes[at] === tags.padding) at++;
    return this.#bytes[at];
  }

  #tag(): number {
    let tag = this.#byte();
    while (tag === tags.padding) tag = this.#byte();
    return tag;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw damaged();
    this.#at++;
    return byte;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw damaged();
    this.#at += count;
    return at;
  }
}

function isBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer || (globals.SharedArrayBuffer !== undefined && value instanceof globals.SharedArrayBuffer);
}

function damaged(): Error {
  return new Error('Unable to deserialize cloned data.');
}
