import type { MakeBinding, Untyped } from '../realm.ts';

const arrayBufferView = 0;
const otherHostObject = 1;
/** The length of what follows, most significant byte first. */
const prefixSize = 4;

/** `internalBinding('ipc_serdes')`: messages of `fork()` with `serialization: 'advanced'`. */
export const makeIpcSerdes: MakeBinding = (realm) => {
  /** Made at the first message: Node's `v8` module is large. */
  const make = () => {
    const { DefaultSerializer, DefaultDeserializer } = realm.requireBuiltin('v8');
    const { isView } = ArrayBuffer;

    class Writer extends DefaultSerializer {
      _writeHostObject(object: object): unknown {
        if (isView(object)) {
          (this as Untyped).writeUint32(arrayBufferView);
          return super._writeHostObject(object);
        }
        (this as Untyped).writeUint32(otherHostObject);
        (this as Untyped).writeValue({ ...object });
        return undefined;
      }
    }

    class Reader extends DefaultDeserializer {
      _readHostObject(): unknown {
        return (this as Untyped).readUint32() === arrayBufferView ? super._readHostObject() : (this as Untyped).readValue();
      }
    }
    return { Writer: Writer as Untyped, Reader: Reader as Untyped };
  };
  let classes: ReturnType<typeof make> | undefined;

  return {
    serialize(message: unknown): unknown {
      classes ??= make();
      const writer = new classes.Writer();
      writer.writeHeader();
      writer.writeValue(message);
      const bytes = writer.releaseBuffer();
      const all = realm.requireBuiltin('buffer').Buffer.allocUnsafe(prefixSize + bytes.length);
      all.writeUInt32BE(bytes.length, 0);
      all.set(bytes, prefixSize);
      return all;
    },
    deserialize(bytes: Uint8Array): unknown {
      classes ??= make();
      const reader = new classes.Reader(bytes);
      reader.readHeader();
      return reader.readValue();
    },
  };
};
