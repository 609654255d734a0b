/** Writes values in V8's structured clone format. The class that programs see is in `index.ts`. */
import type { Untyped } from '../../realm.ts';
import { errorTags, regexpFlags, tags, viewTags, WIRE_FORMAT_VERSION } from './wire-format.ts';

/** What the writer asks of its owner. */
export interface SerializerDelegate {
  /** An object of Node's own native layer, which only the owner can write. */
  isHostObject(object: object): boolean;
  /** Returns false if the owner has no way to write such an object. */
  writeHostObject(object: object): boolean;
  dataCloneError(message: string): unknown;
  /** The id, or undefined if the owner cannot share memory. */
  sharedArrayBufferId(buffer: object): number | undefined;
}

/** Brand checks that look at internal slots: `internalBinding('types')`. */
export type TypeChecks = Record<string, (value: unknown) => boolean>;

const isInt32 = (value: number) => (value | 0) === value && !Object.is(value, -0);
/** Array indices: own enumerable keys of this form are written as numbers. */
function asIndex(key: string): number | undefined {
  const number = Number(key);
  return number >>> 0 === number && number !== 0xffffffff && String(number) === key ? number : undefined;
}

const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

export class ValueSerializer {
  readonly #delegate: SerializerDelegate;
  readonly #types: TypeChecks;
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #ids = new Map<object, number>();
  readonly #transferred = new Map<object, number>();
  viewsAsHostObjects = false;

  constructor(delegate: SerializerDelegate, types: TypeChecks) {
    this.#delegate = delegate;
    this.#types = types;
  }

  writeHeader(): void {
    this.#byte(tags.version);
    this.#byte(WIRE_FORMAT_VERSION);
  }

  /** What was written. The writer starts empty again. */
  release(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return written;
  }

  transferArrayBuffer(id: number, buffer: object): void {
    this.#transferred.set(buffer, id);
  }

  writeVarint(value: number): void {
    while (value >= 0x80) {
      this.#byte((value % 0x80) | 0x80);
      value = Math.floor(value / 0x80);
    }
    this.#byte(value);
  }

  writeUint64(high: number, low: number): void {
    let value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    while (value >= 0x80n) {
      this.#byte(Number(value & 0x7fn) | 0x80);
      value >>= 7n;
    }
    this.#byte(Number(value));
  }

  writeDouble(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  writeRawBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  writeValue(value: Untyped): void {
    switch (typeof value) {
      case 'undefined':
        return this.#byte(tags.undefined);
      case 'boolean':
        return this.#byte(value ? tags.true : tags.false);
      case 'number':
        return this.#number(value);
      case 'string':
        return this.#string(value);
      case 'bigint':
        this.#byte(tags.bigint);
        return this.#bigint(value);
      case 'symbol':
      case 'function':
        return this.#refuse(value);
      default:
        if (value === null) return this.#byte(tags.null);
        return this.#object(value);
    }
  }

  #number(value: number): void {
    if (isInt32(value)) {
      this.#byte(tags.int32);
      this.writeVarint(((value << 1) ^ (value >> 31)) >>> 0);
    } else {
      this.#byte(tags.double);
      this.writeDouble(value);
    }
  }

  #string(value: string): void {
    const { length } = value;
    let wide = false;
    for (let i = 0; i < length && !wide; i++) wide = value.charCodeAt(i) > 0xff;
    if (!wide) {
      this.#byte(tags.oneByteString);
      this.writeVarint(length);
      this.#reserve(length);
      for (let i = 0; i < length; i++) this.#bytes[this.#length++] = value.charCodeAt(i);
      return;
    }
    const size = 2 * length;
    const sizeBytes = size === 0 ? 1 : Math.ceil((32 - Math.clz32(size)) / 7);
    // The code units start at an even offset.
    if ((this.#length + 1 + sizeBytes) % 2 === 1) this.#byte(tags.padding);
    this.#byte(tags.twoByteString);
    this.writeVarint(size);
    this.#reserve(size);
    for (let i = 0; i < length; i++, this.#length += 2) this.#view.setUint16(this.#length, value.charCodeAt(i), true);
  }

  /** Sign and size, then whole 64-bit digits. */
  #bigint(value: bigint): void {
    let rest = value < 0n ? -value : value;
    const digits: bigint[] = [];
    for (; rest > 0n; rest >>= 64n) digits.push(rest & 0xffffffffffffffffn);
    this.writeVarint(((digits.length * 8) << 1) | (value < 0n ? 1 : 0));
    this.#reserve(8 * digits.length);
    for (const digit of digits) {
      this.#view.setBigUint64(this.#length, digit, true);
      this.#length += 8;
    }
  }

  #object(value: Untyped): void {
    const isView = ArrayBuffer.isView(value);
    // The buffer under a view comes first, before the view has its number.
    if (isView && !this.viewsAsHostObjects && !this.#ids.has(value)) this.#receiver(value.buffer);
    this.#receiver(value);
  }

  #receiver(value: Untyped): void {
    const known = this.#ids.get(value);
    if (known !== undefined) {
      this.#byte(tags.objectReference);
      this.writeVarint(known);
      return;
    }
    this.#ids.set(value, this.#ids.size);
    const is = this.#types;
    if (ArrayBuffer.isView(value)) return this.viewsAsHostObjects ? this.#hostObject(value) : this.#arrayBufferView(value);
    if (is['isProxy']!(value)) return this.#refuse(value);
    if (Array.isArray(value)) return this.#array(value);
    if (is['isDate']!(value)) {
      this.#byte(tags.date);
      return this.writeDouble(Date.prototype.getTime.call(value));
    }
    if (is['isBoxedPrimitive']!(value)) return this.#boxed(value);
    if (is['isRegExp']!(value)) return this.#regexp(value);
    if (is['isMap']!(value)) return this.#map(value);
    if (is['isSet']!(value)) return this.#set(value);
    if (is['isSharedArrayBuffer']!(value)) return this.#sharedBuffer(value);
    if (is['isArrayBuffer']!(value)) return this.#arrayBuffer(value);
    if (is['isNativeError']!(value)) return this.#error(value);
    for (const check of [
      'isPromise',
      'isWeakMap',
      'isWeakSet',
      'isGeneratorObject',
      'isMapIterator',
      'isSetIterator',
      'isModuleNamespaceObject',
    ]) {
      if (is[check]!(value)) return this.#refuse(value);
    }
    if (Object.getPrototypeOf(value) !== Object.prototype && isWeakRef(value)) return this.#refuse(value);
    if (is['isExternal']!(value) || this.#delegate.isHostObject(value)) return this.#hostObject(value);
    this.#byte(tags.beginObject);
    const count = this.#properties(value, Object.keys(value));
    this.#byte(tags.endObject);
    this.writeVarint(count);
  }

  /** A getter may have removed a property that was there when the keys were listed. */
  #properties(object: Untyped, keys: readonly string[]): number {
    let count = 0;
    for (const key of keys) {
      if (!Object.hasOwn(object, key)) continue;
      const value = object[key];
      const index = asIndex(key);
      if (index === undefined) this.#string(key);
      else this.#number(index);
      this.writeValue(value);
      count++;
    }
    return count;
  }

  #array(array: readonly Untyped[]): void {
    const { length } = array;
    const keys = Object.keys(array);
    let indices = 0;
    while (indices < keys.length && asIndex(keys[indices]!) !== undefined) indices++;
    if (indices < length) {
      this.#byte(tags.beginSparseArray);
      this.writeVarint(length);
      const count = this.#properties(array, keys);
      this.#byte(tags.endSparseArray);
      this.writeVarint(count);
      this.writeVarint(length);
      return;
    }
    this.#byte(tags.beginDenseArray);
    this.writeVarint(length);
    // V8 keeps an array of numbers with a fraction somewhere as doubles throughout, and writes it so.
    const doubles = array.every((each) => typeof each === 'number') && !array.every((each) => isInt32(each as number));
    for (let i = 0; i < length; i++) {
      if (doubles) {
        this.#byte(tags.double);
        this.writeDouble(array[i] as number);
      } else if (i < array.length && Object.hasOwn(array, i)) this.writeValue(array[i]);
      else this.#byte(tags.theHole);
    }
    const count = this.#properties(array, keys.slice(indices));
    this.#byte(tags.endDenseArray);
    this.writeVarint(count);
    this.writeVarint(length);
  }

  #boxed(value: Untyped): void {
    const is = this.#types;
    if (is['isBooleanObject']!(value)) return this.#byte(Boolean.prototype.valueOf.call(value) ? tags.trueObject : tags.falseObject);
    if (is['isNumberObject']!(value)) {
      this.#byte(tags.numberObject);
      return this.writeDouble(Number.prototype.valueOf.call(value));
    }
    if (is['isBigIntObject']!(value)) {
      this.#byte(tags.bigintObject);
      return this.#bigint(BigInt.prototype.valueOf.call(value));
    }
    if (is['isStringObject']!(value)) {
      this.#byte(tags.stringObject);
      return this.#string(String.prototype.valueOf.call(value));
    }
    this.#refuse(value);
  }

  #regexp(value: RegExp): void {
    this.#byte(tags.regexp);
    this.#string(value.source);
    let bits = 0;
    for (const flag of value.flags) bits |= 1 << regexpFlags.indexOf(flag);
    this.writeVarint(bits);
  }

  #map(map: Map<unknown, unknown>): void {
    this.#byte(tags.beginMap);
    const entries = [...Map.prototype.entries.call(map)];
    for (const [key, value] of entries) {
      this.writeValue(key);
      this.writeValue(value);
    }
    this.#byte(tags.endMap);
    this.writeVarint(2 * entries.length);
  }

  #set(set: Set<unknown>): void {
    this.#byte(tags.beginSet);
    const values = [...Set.prototype.values.call(set)];
    for (const value of values) this.writeValue(value);
    this.#byte(tags.endSet);
    this.writeVarint(values.length);
  }

  #sharedBuffer(buffer: object): void {
    const id = this.#delegate.sharedArrayBufferId(buffer);
    if (id === undefined) return this.#refuse(buffer);
    this.#byte(tags.sharedArrayBuffer);
    this.writeVarint(id);
  }

  #arrayBuffer(buffer: ArrayBuffer): void {
    const transferred = this.#transferred.get(buffer);
    if (transferred !== undefined) {
      this.#byte(tags.arrayBufferTransfer);
      this.writeVarint(transferred);
      return;
    }
    if (buffer.detached) throw this.#delegate.dataCloneError('An ArrayBuffer is detached and could not be cloned.');
    this.#byte(buffer.resizable ? tags.resizableArrayBuffer : tags.arrayBuffer);
    this.writeVarint(buffer.byteLength);
    if (buffer.resizable) this.writeVarint(buffer.maxByteLength);
    this.writeRawBytes(new Uint8Array(buffer));
  }

  #arrayBufferView(view: ArrayBufferView): void {
    const name: string = typedArrayName.call(view) ?? 'DataView';
    this.#byte(tags.arrayBufferView);
    this.#byte(viewTags[name]!);
    this.writeVarint(view.byteOffset);
    this.writeVarint(view.byteLength);
    this.writeVarint((view.buffer as ArrayBuffer).resizable ? 2 : 0);
  }

  #error(error: Untyped): void {
    const { name } = error;
    this.#byte(tags.error);
    const tag = Object.hasOwn(errorTags, name) && String(name).endsWith('Error') ? errorTags[name as 'TypeError'] : undefined;
    if (tag !== undefined) this.#byte(tag);
    const message = Object.getOwnPropertyDescriptor(error, 'message');
    if (message !== undefined && 'value' in message) {
      this.#byte(errorTags.message);
      this.#string(String(message.value));
    }
    const { stack } = error;
    if (typeof stack === 'string') {
      this.#byte(errorTags.stack);
      this.#string(stack);
    }
    const cause = Object.getOwnPropertyDescriptor(error, 'cause');
    if (cause !== undefined && 'value' in cause) {
      this.#byte(errorTags.cause);
      this.writeValue(cause.value);
    }
    this.#byte(errorTags.end);
  }

  #hostObject(object: object): void {
    this.#byte(tags.hostObject);
    if (!this.#delegate.writeHostObject(object)) this.#refuse(object);
  }

  #refuse(value: Untyped): never {
    throw this.#delegate.dataCloneError(`${printed(value)} could not be cloned.`);
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const { deref } = WeakRef.prototype;
function isWeakRef(value: object): boolean {
  try {
    deref.call(value as WeakRef<object>);
    return true;
  } catch {
    // The engine's own check is the only one there is.
    return false;
  }
}

/** A value as V8's messages print it. */
function printed(value: Untyped): string {
  if (typeof value !== 'object') return String(value);
  let name: unknown;
  try {
    name = value.constructor?.name;
  } catch {
    // A getter of the program: the message does without the name.
  }
  return typeof name === 'string' && name !== '' ? `#<${name}>` : Object.prototype.toString.call(value);
}
