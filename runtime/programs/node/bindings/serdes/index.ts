/** `internalBinding('serdes')`: `v8.Serializer` and `v8.Deserializer`, byte for byte as V8 writes. */
import type { MakeBinding, Untyped } from '../../realm.ts';
import { asyncWraps } from '../../wraps/async-wrap.ts';
import { ValueDeserializer } from './deserializer.ts';
import { ValueSerializer } from './serializer.ts';

export const makeSerdes: MakeBinding = (realm) => {
  const { AsyncWrap } = asyncWraps(realm);
  const invalidType = (name: string) =>
    Object.assign(new TypeError(`${name} must be a TypedArray or a DataView`), { code: 'ERR_INVALID_ARG_TYPE' });
  const needsNew = (name: string) =>
    Object.assign(new TypeError(`Class constructor ${name} cannot be invoked without 'new'`), { code: 'ERR_CONSTRUCT_CALL_REQUIRED' });
  const bytesOf = (view: Untyped) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const toUint32 = (value: Untyped) => Number(value) >>> 0;

  // Functions, not classes: a call without `new` has an error of its own, and programs subclass them the old way too.
  const writers = new WeakMap<object, ValueSerializer>();
  function Serializer(this: Untyped): void {
    if (!new.target) throw needsNew('Serializer');
    const owner = this;
    writers.set(
      owner,
      new ValueSerializer(
        {
          isHostObject: (object) => object instanceof AsyncWrap,
          writeHostObject(object) {
            const { _writeHostObject: write } = owner;
            if (typeof write !== 'function') return false;
            Reflect.apply(write, owner, [object]);
            return true;
          },
          dataCloneError(message) {
            const { _getDataCloneError: make } = owner;
            return typeof make === 'function' ? Reflect.apply(make, owner, [message]) : new Error(message);
          },
          sharedArrayBufferId(buffer) {
            const { _getSharedArrayBufferId: idOf } = owner;
            return typeof idOf === 'function' ? toUint32(Reflect.apply(idOf, owner, [buffer])) : undefined;
          },
        },
        realm.internalBinding('types'),
      ),
    );
  }
  const writer = (owner: object): ValueSerializer => {
    const found = writers.get(owner);
    if (found === undefined) throw new TypeError('Illegal invocation');
    return found;
  };
  define(Serializer, {
    writeHeader(this: object) {
      writer(this).writeHeader();
    },
    writeValue(this: object, value: unknown) {
      writer(this).writeValue(value);
      return true;
    },
    releaseBuffer(this: object) {
      const bytes = writer(this).release();
      return realm.requireBuiltin('buffer').Buffer.from(bytes.buffer);
    },
    transferArrayBuffer(this: object, id: Untyped, buffer: object) {
      writer(this).transferArrayBuffer(toUint32(id), buffer);
    },
    writeUint32(this: object, value: Untyped) {
      writer(this).writeVarint(toUint32(value));
    },
    writeUint64(this: object, high: Untyped, low: Untyped) {
      writer(this).writeUint64(toUint32(high), toUint32(low));
    },
    writeDouble(this: object, value: Untyped) {
      writer(this).writeDouble(Number(value));
    },
    writeRawBytes(this: object, source: Untyped) {
      if (!ArrayBuffer.isView(source)) throw invalidType('source');
      writer(this).writeRawBytes(bytesOf(source));
    },
    _setTreatArrayBufferViewsAsHostObjects(this: object, on: unknown) {
      writer(this).viewsAsHostObjects = Boolean(on);
    },
  });

  const readers = new WeakMap<object, ValueDeserializer>();
  function Deserializer(this: Untyped, buffer: Untyped): void {
    if (!new.target) throw needsNew('Deserializer');
    if (!ArrayBuffer.isView(buffer)) throw invalidType('buffer');
    const owner = this;
    owner.buffer = buffer;
    readers.set(
      owner,
      new ValueDeserializer(bytesOf(buffer), {
        readHostObject() {
          const { _readHostObject: read } = owner;
          if (typeof read !== 'function') throw new Error('Unable to deserialize cloned data.');
          const object = Reflect.apply(read, owner, []);
          if ((typeof object !== 'object' || object === null) && typeof object !== 'function') {
            throw new TypeError('readHostObject must return an object');
          }
          return object;
        },
        sharedArrayBuffer(id) {
          const { _getSharedArrayBufferFromId: find } = owner;
          return typeof find === 'function' ? Reflect.apply(find, owner, [id]) : undefined;
        },
      }),
    );
  }
  const reader = (owner: object): ValueDeserializer => {
    const found = readers.get(owner);
    if (found === undefined) throw new TypeError('Illegal invocation');
    return found;
  };
  /** The plain reads say which of them came to the end. */
  function reading<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch {
      throw new Error(`${name}() failed`);
    }
  }
  define(Deserializer, {
    readHeader(this: object) {
      return reader(this).readHeader();
    },
    readValue(this: object) {
      return reader(this).readValue();
    },
    getWireFormatVersion(this: object) {
      return reader(this).version;
    },
    transferArrayBuffer(this: object, id: Untyped, buffer: object) {
      reader(this).transferArrayBuffer(toUint32(id), buffer);
    },
    readUint32(this: object) {
      return reading('ReadUint32', () => reader(this).readVarint());
    },
    readUint64(this: object) {
      return reading('ReadUint64', () => reader(this).readUint64());
    },
    readDouble(this: object) {
      return reading('ReadDouble', () => reader(this).readDouble());
    },
    _readRawBytes(this: object, count: Untyped) {
      return reading('ReadRawBytes', () => reader(this).readRawBytes(Number(count)));
    },
  });

  return { Serializer, Deserializer };
};

function define(constructor: Function, methods: object): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(constructor.prototype, name, { value, writable: true, enumerable: true, configurable: true });
  }
}
