/**
 * Structured clone as V8 and Node do it, to plain data that any engine and any wire can carry: Node's own transferable
 * objects, ports, errors with their stacks, and V8's error texts. Both directions keep identity and cycles: every object
 * gets a number in the order it is met.
 */
import type { NodeRealm, Untyped } from '../realm.ts';
import { withWholeStack } from '../stack/whole-stacks.ts';

/** A primitive as it is, or a tagged array. */
export type Encoded = unknown;

/** What travels with a message besides its value. */
export interface Encoding<Port> {
  readonly value: Encoded;
  readonly ports: readonly Port[];
  /** Every buffer of shared memory in it, once. */
  readonly memory: readonly SharedArrayBuffer[];
}

export interface EncodeOptions<Port> {
  readonly transfer: readonly unknown[];
  /** The port inside `object`, or undefined if it is none. */
  portOf(object: object): Port | undefined;
  /** Whether `port` may still be given away. */
  isAttached(port: Port): boolean;
  readonly sourcePort?: Port | undefined;
  /** Whether the receiver is in this process, and can be handed what cannot be copied. */
  readonly local: boolean;
}

const kTransferable = 1;
const kCloneable = 2;

const errorNames = new Set(['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']);
const viewNames = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

/** Constructors of the program's realm, by name; a name that the engine lacks is left out. */
const viewClasses = new Map(
  viewNames.flatMap((name) => {
    const made = (globalThis as Untyped)[name] as
      (new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView) | undefined;
    return made === undefined ? [] : [[name, made] as const];
  }),
);
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as (
  this: unknown,
) => string | undefined;

function dataCloneError(realm: NodeRealm, message: string): Error {
  const { DOMException } = realm.internalBinding('messaging');
  return withWholeStack(() => new DOMException(message, 'DataCloneError') as Error);
}

/** As V8 names a value it cannot clone. */
function describe(value: unknown): string {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  const tag = Object.prototype.toString.call(value);
  if (/^\[object (?:Generator|Symbol|\w+ Iterator)\]$/.test(tag)) return tag;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return `#<${typeof name === 'string' && name !== '' ? name : 'Object'}>`;
}

const arrayIterator = Object.getPrototypeOf([].values()) as object;

/** What only its class tells apart. */
function isOfEngine(object: object): boolean {
  if (
    object === globalThis ||
    object instanceof WeakRef ||
    object instanceof FinalizationRegistry ||
    Object.getPrototypeOf(object) === arrayIterator
  )
    return true;
  const name = (object as { constructor?: { name?: unknown } }).constructor?.name;
  if (typeof Intl !== 'object' || typeof name !== 'string' || !Object.hasOwn(Intl, name)) return false;
  const made = (Intl as Untyped)[name] as unknown;
  return typeof made === 'function' && object instanceof made;
}

// Whatever prototype a program has given an object since.
const { entries: mapEntries } = Map.prototype;
const { values: setValues } = Set.prototype;
const { slice: sliceBuffer } = ArrayBuffer.prototype;

const { getPrototypeOf, keys } = Object;
const tagOf = Object.prototype.toString;

/**
 * What an object literal makes, in no doubt: each question for what else it could be costs an exception. One without properties is asked, for
 * what has been given `Object.prototype` may be anything.
 */
const isLiteral = (object: object): boolean =>
  getPrototypeOf(object) === Object.prototype && keys(object).length > 0 && tagOf.call(object) === '[object Object]';

/** Memories, tables and what else belongs to an instance; only memory that is shared can be in a message. */
function isOfWebAssembly(object: object): boolean {
  if (typeof WebAssembly !== 'object') return false;
  const { Memory, Table, Global, Instance } = WebAssembly;
  return [Memory, Table, Global, Instance].some((one) => object instanceof one);
}

/** Whether shared memory is in a message, which no other thread could read. */
export function holdsSharedMemory(encoded: Encoded): boolean {
  if (!Array.isArray(encoded)) return false;
  return encoded[0] === 'S' || encoded.some(holdsSharedMemory);
}

/** A copy in which what is tagged `tag` gives way to what `replace` makes of it. */
export function replaceTagged(encoded: Encoded, tag: string, replace: (what: unknown) => Encoded): Encoded {
  if (!Array.isArray(encoded)) return encoded;
  if (encoded[0] === tag) return replace(encoded[1]);
  return encoded.map((each: Encoded) => replaceTagged(each, tag, replace));
}

export class Encoder<Port> {
  readonly #realm: NodeRealm;
  readonly #options: EncodeOptions<Port>;
  readonly #types: Untyped;
  readonly #seen = new Map<object, number>();
  readonly #transferred = new Set<object>();
  readonly #ports: Port[] = [];
  readonly #memory: SharedArrayBuffer[] = [];
  readonly #detach: (() => void)[] = [];

  constructor(realm: NodeRealm, options: EncodeOptions<Port>) {
    this.#realm = realm;
    this.#options = options;
    this.#types = realm.internalBinding('types');
  }

  /** Throws as V8 does; nothing has been transferred then. */
  encode(value: unknown): Encoding<Port> {
    this.#list(this.#options.transfer);
    const encoded = this.#value(value);
    for (const entry of this.#transferred)
      if (this.#types.isArrayBuffer(entry) && !this.#seen.has(entry)) this.#detach.push(() => void this.#take(entry as ArrayBuffer));
    for (const detach of this.#detach) detach();
    return { value: encoded, ports: this.#ports, memory: this.#memory };
  }

  #fail(message: string): never {
    throw dataCloneError(this.#realm, message);
  }

  #mode(object: object): number | undefined {
    const mode: unknown = (object as Untyped)[this.#realm.privateSymbols['transfer_mode_private_symbol'] as symbol];
    return mode === undefined ? undefined : Number(mode);
  }

  /** A binding's object, and none of the library's that say themselves what they are made of. */
  #isNative(object: object): boolean {
    return typeof (object as Untyped)[this.#realm.symbols['messaging_transfer_symbol'] as symbol] !== 'function';
  }

  #list(transfer: readonly unknown[]): void {
    for (const entry of transfer) {
      if (typeof entry !== 'object' || entry === null) this.#fail('Found invalid value in transferList.');
      if ((entry as Untyped)[this.#realm.privateSymbols['untransferable_object_private_symbol'] as symbol])
        this.#fail('Cannot transfer object of unsupported type.');
      if (this.#types.isArrayBuffer(entry)) {
        if (this.#transferred.has(entry)) this.#fail('Transfer list contains duplicate ArrayBuffer');
        if ((entry as { detached?: boolean }).detached) this.#fail('Cannot transfer object of unsupported type.');
        this.#transferred.add(entry);
        continue;
      }
      const port = this.#options.portOf(entry);
      if (port !== undefined) {
        if (port === this.#options.sourcePort) this.#fail('Transfer list contains source port');
        if (this.#transferred.has(entry)) this.#fail('Transfer list contains duplicate MessagePort');
        if (!this.#options.isAttached(port)) this.#fail('MessagePort in transfer list is already detached');
        this.#transferred.add(entry);
        continue;
      }
      const mode = this.#mode(entry);
      if (mode === undefined || (mode & kTransferable) === 0) this.#fail('Found invalid value in transferList.');
      if (!this.#options.local && this.#isNative(entry)) this.#fail(`${describe(entry)} could not be cloned: it stays in its thread.`);
      if (this.#transferred.has(entry)) this.#fail('Transfer list contains duplicate host object');
      this.#transferred.add(entry);
      const nested = (entry as Untyped)[this.#realm.symbols['messaging_transfer_list_symbol'] as symbol];
      if (typeof nested === 'function') this.#list(nested.call(entry) as unknown[]);
    }
    for (const entry of this.#transferred) {
      if (this.#types.isArrayBuffer(entry)) continue;
      const port = this.#options.portOf(entry);
      if (port !== undefined && !this.#ports.includes(port)) this.#ports.push(port);
    }
  }

  #value(value: unknown): Encoded {
    switch (typeof value) {
      case 'symbol':
      case 'function':
        return this.#fail(`${describe(value)} could not be cloned.`);
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  #object(object: object): Encoded {
    const known = this.#seen.get(object);
    if (known !== undefined) return ['r', known];
    const port = this.#options.portOf(object);
    if (port !== undefined) {
      if (!this.#transferred.has(object)) this.#fail('Object that needs transfer was found in message but not listed in transferList');
      this.#number(object);
      return ['p', this.#ports.indexOf(port)];
    }
    const types = this.#types;
    const isArray = Array.isArray(object);
    const isPlain = !isArray && !(types.isProxy(object) as boolean) && isLiteral(object);
    const mode = isArray || (!isPlain && (types.isArrayBuffer(object) as boolean)) ? undefined : this.#mode(object);
    if (mode !== undefined) return this.#host(object, mode);
    this.#number(object);
    if (isPlain) return ['o', ...this.#properties(object)];
    if (isArray) {
      if (types.isProxy(object)) this.#fail('[object Array] could not be cloned.');
      return ['a', object.length, ...this.#properties(object)];
    }
    if (types.isArrayBuffer(object)) return this.#buffer(object as ArrayBuffer);
    if (ArrayBuffer.isView(object)) {
      const name = typedArrayTag.call(object) ?? 'DataView';
      const length = name === 'DataView' ? object.byteLength : (object as Uint8Array).length;
      return ['v', name, this.#value(object.buffer), object.byteOffset, length];
    }
    if (types.isSharedArrayBuffer(object)) {
      if (!this.#options.local && (object as { growable?: boolean }).growable)
        this.#fail('#<SharedArrayBuffer> could not be cloned: memory that threads share cannot grow here.');
      this.#memory.push(object as SharedArrayBuffer);
      return ['S', object];
    }
    if (types.isDate(object)) return ['d', Date.prototype.getTime.call(object)];
    if (types.isRegExp(object)) {
      const { source, flags } = new RegExp(object as RegExp);
      return ['x', source, flags];
    }
    if (types.isMap(object))
      return [
        'm',
        ...Array.from(mapEntries.call(object as never))
          .flat(1)
          .map((each) => this.#value(each)),
      ];
    if (types.isSet(object)) return ['s', ...Array.from(setValues.call(object as never)).map((each) => this.#value(each))];
    if (types.isBoxedPrimitive(object)) {
      const kind = ([Number, String, Boolean, BigInt] as const).find(({ name }) => types[`is${name}Object`](object) as boolean);
      if (kind === undefined) this.#fail(`${describe(object)} could not be cloned.`);
      return ['w', (kind.prototype.valueOf as (this: unknown) => unknown).call(object)];
    }
    if (types.isNativeError(object)) return this.#error(object as Error);
    if (typeof WebAssembly === 'object' && object instanceof WebAssembly.Module) {
      if (!this.#options.local) this.#fail('#<Module> could not be cloned: modules stay in the thread that compiled them.');
      return ['n', object];
    }
    if (isOfWebAssembly(object)) {
      const { buffer } = object as { buffer?: unknown };
      if (!types.isSharedArrayBuffer(buffer as object)) this.#fail(`${describe(object)} could not be cloned.`);
      if (!this.#options.local) this.#fail('#<Memory> could not be cloned: threads here share no memory.');
      return ['S', object];
    }
    if (
      types.isProxy(object) ||
      types.isPromise(object) ||
      types.isWeakMap(object) ||
      types.isWeakSet(object) ||
      types.isGeneratorObject(object) ||
      types.isMapIterator(object) ||
      types.isSetIterator(object) ||
      types.isArgumentsObject(object) ||
      types.isExternal(object) ||
      types.isModuleNamespaceObject(object) ||
      isOfEngine(object)
    ) {
      const hidden = types.isProxy(object) || types.isArgumentsObject(object) || object === globalThis;
      this.#fail(`${hidden ? '#<Object>' : describe(object)} could not be cloned.`);
    }
    return ['o', ...this.#properties(object)];
  }

  #number(object: object): void {
    this.#seen.set(object, this.#seen.size);
  }

  /** Keys and values in turn; getters run. */
  #properties(object: object): Encoded[] {
    const all: Encoded[] = [];
    for (const key of Object.keys(object)) {
      if (Object.hasOwn(object, key)) all.push(key, this.#value((object as Untyped)[key]));
    }
    return all;
  }

  #buffer(buffer: ArrayBuffer): Encoded {
    if ((buffer as { detached?: boolean }).detached) this.#fail('An ArrayBuffer is detached and could not be cloned.');
    const max = (buffer as { resizable?: boolean }).resizable ? (buffer as { maxByteLength?: number }).maxByteLength : undefined;
    if (!this.#transferred.has(buffer)) return ['b', new Uint8Array(sliceBuffer.call(buffer, 0)), max];
    const encoded: Encoded[] = ['b', undefined, max];
    this.#detach.push(() => {
      encoded[1] = new Uint8Array(this.#take(buffer));
    });
    return encoded;
  }

  /** Detaches `buffer`, where the engine can. */
  #take(buffer: ArrayBuffer): ArrayBuffer {
    return (buffer as { transferToFixedLength?: () => ArrayBuffer }).transferToFixedLength?.() ?? buffer.slice(0);
  }

  #error(error: Error): Encoded {
    const own = (key: 'message' | 'stack' | 'cause') =>
      Object.hasOwn(error, key) ? [key, this.#value(key === 'cause' ? error.cause : String(error[key]))] : [];
    const name = String(error.name);
    return ['e', errorNames.has(name) ? name : 'Error', ...own('message'), ...own('stack'), ...own('cause')];
  }

  #host(object: object, mode: number): Encoded {
    const { symbols } = this.#realm;
    let given: { data: unknown; deserializeInfo: string } | undefined;
    if (this.#transferred.has(object) && this.#isNative(object)) {
      // Who gave it away holds it no longer: it can stay the object it is.
      this.#number(object);
      return ['n', object];
    }
    if (this.#transferred.has(object)) given = (object as Untyped)[symbols['messaging_transfer_symbol'] as symbol]();
    else if ((mode & kCloneable) !== 0) {
      const clone = (object as Untyped)[symbols['messaging_clone_symbol'] as symbol] as (() => typeof given) | undefined;
      // A native object: unless its binding knows better it is shared, not copied, and cannot leave the process.
      if (typeof clone !== 'function') {
        this.#number(object);
        if (this.#options.local) return ['n', object];
        for (const [name, { give }] of this.#realm.nativeCloners) {
          const data = give(object);
          if (data !== undefined) return ['c', name, this.#value(data)];
        }
        return this.#fail(`${describe(object)} could not be cloned.`);
      }
      given = clone.call(object);
    } else if ((mode & kTransferable) !== 0) this.#fail('Object that needs transfer was found in message but not listed in transferList');
    if (given === undefined) return this.#fail('Cannot clone object of unsupported type.');
    this.#number(object);
    return ['h', given.deserializeInfo, this.#value(given.data)];
  }
}

export interface DecodeOptions {
  /** Objects for the ports of the message, by index. */
  readonly ports: readonly object[];
  /** The encoded value is decoded more than once: buffers are copied. */
  readonly shared: boolean;
  create(deserializeInfo: string): Untyped;
}

export class Decoder {
  readonly #realm: NodeRealm;
  readonly #options: DecodeOptions;
  readonly #made: unknown[] = [];

  constructor(realm: NodeRealm, options: DecodeOptions) {
    this.#realm = realm;
    this.#options = options;
  }

  decode(encoded: Encoded): unknown {
    return typeof encoded === 'object' && encoded !== null ? this.#object(encoded as readonly Untyped[]) : encoded;
  }

  #note<T>(object: T): T {
    this.#made.push(object);
    return object;
  }

  #fill(object: Untyped, encoded: readonly Untyped[], from: number): Untyped {
    for (let i = from; i < encoded.length; i += 2) {
      const value = this.decode(encoded[i + 1]);
      if (encoded[i] === '__proto__')
        Object.defineProperty(object, '__proto__', { value, writable: true, enumerable: true, configurable: true });
      else object[encoded[i]] = value;
    }
    return object;
  }

  #object(encoded: readonly Untyped[]): unknown {
    switch (encoded[0] as string) {
      case 'r':
        return this.#made[encoded[1] as number];
      case 'o':
        return this.#fill(this.#note({}), encoded, 1);
      case 'a':
        return this.#fill(this.#note(new Array(encoded[1] as number)), encoded, 2);
      case 'b':
        return this.#note(this.#buffer(encoded[1] as Uint8Array, encoded[2] as number | undefined));
      case 'v': {
        // The number was given before the buffer's.
        const at = this.#made.push(undefined) - 1;
        const buffer = this.decode(encoded[2]) as ArrayBuffer;
        const View = encoded[1] === 'DataView' ? DataView : viewClasses.get(encoded[1] as string);
        if (View === undefined) throw dataCloneError(this.#realm, `Unable to deserialize cloned data: this engine has no ${encoded[1]}`);
        const view = new View(buffer, encoded[3] as number, encoded[4] as number);
        this.#made[at] = view;
        return view;
      }
      case 'unreadable':
        throw dataCloneError(this.#realm, encoded[1] as string);
      case 'S':
      case 'n':
        return this.#note(encoded[1]);
      case 'd':
        return this.#note(new Date(encoded[1] as number));
      case 'x':
        return this.#note(new RegExp(encoded[1] as string, encoded[2] as string));
      case 'm': {
        const map = this.#note(new Map<unknown, unknown>());
        for (let i = 1; i < encoded.length; i += 2) map.set(this.decode(encoded[i]), this.decode(encoded[i + 1]));
        return map;
      }
      case 's': {
        const set = this.#note(new Set<unknown>());
        for (let i = 1; i < encoded.length; i++) set.add(this.decode(encoded[i]));
        return set;
      }
      case 'w':
        return this.#note(Object(encoded[1]));
      case 'e':
        return this.#error(encoded);
      case 'p':
        return this.#note(this.#options.ports[encoded[1] as number]);
      case 'c': {
        const name = encoded[1] as string;
        const cloners = this.#realm.nativeCloners;
        if (!cloners.has(name)) this.#realm.requireBuiltin(name);
        const at = this.#made.push(undefined) - 1;
        return (this.#made[at] = cloners.get(name)!.take(this.decode(encoded[2])));
      }
      case 'h': {
        const object = this.#note(this.#options.create(encoded[1] as string));
        object[this.#realm.symbols['messaging_deserialize_symbol'] as symbol](this.decode(encoded[2]));
        return object;
      }
      default:
        throw dataCloneError(this.#realm, 'Unable to deserialize cloned data.');
    }
  }

  #buffer(bytes: Uint8Array, maxByteLength: number | undefined): ArrayBuffer {
    if (maxByteLength !== undefined) {
      const buffer = new (ArrayBuffer as Untyped)(bytes.length, { maxByteLength }) as ArrayBuffer;
      new Uint8Array(buffer).set(bytes);
      return buffer;
    }
    const whole = !this.#options.shared && bytes.byteLength === bytes.buffer.byteLength;
    return (whole ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer;
  }

  #error(encoded: readonly Untyped[]): Error {
    const Made = (globalThis as Untyped)[encoded[1] as string] as ErrorConstructor;
    const error = this.#note(new Made());
    for (const key of ['message', 'stack', 'cause']) Reflect.deleteProperty(error, key);
    for (let i = 2; i < encoded.length; i += 2) {
      Object.defineProperty(error, encoded[i] as string, {
        value: this.decode(encoded[i + 1]),
        writable: true,
        configurable: true,
        enumerable: false,
      });
    }
    return error;
  }
}
