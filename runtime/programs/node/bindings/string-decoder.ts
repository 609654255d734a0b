import type { NodeRealm, Untyped } from '../realm.ts';
import { encodingNumbers, Encodings, type EncodingName } from '../encodings.ts';
import { nativeError } from '../wraps/errors.ts';
import { bytesOf, MAX_STRING } from './buffer.ts';

const fields = {
  kIncompleteCharactersStart: 0,
  kIncompleteCharactersEnd: 4,
  kMissingBytes: 4,
  kBufferedBytes: 5,
  kEncodingField: 6,
  kNumFields: 7,
} as const;
const names = Object.keys(encodingNumbers).sort(
  (a, b) => encodingNumbers[a as keyof typeof encodingNumbers] - encodingNumbers[b as keyof typeof encodingNumbers],
);

/**
 * How many bytes at the end of `bytes` begin a UTF-8 character that is not whole, and how many it lacks. By the first byte
 * alone, as Node does it: what turns out to be no character becomes U+FFFD later.
 */
function unfinishedUtf8(bytes: Uint8Array): readonly [have: number, missing: number] {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = (byte & 0xe0) === 0xc0 ? 2 : (byte & 0xf0) === 0xe0 ? 3 : (byte & 0xf8) === 0xf0 ? 4 : 0;
    return length <= back ? [0, 0] : [back, length - back];
  }
  return [0, 0];
}

/** Bytes at the end that have to wait for more, and how many more. */
function unfinished(bytes: Uint8Array, encoding: EncodingName): readonly [have: number, missing: number] {
  switch (encoding) {
    case 'utf8':
      return unfinishedUtf8(bytes);
    case 'utf16le': {
      if (bytes.length % 2 === 1) return [1, 1];
      if (bytes.length >= 2 && (bytes[bytes.length - 1]! & 0xfc) === 0xd8) return [2, 2];
      return [0, 0];
    }
    case 'base64':
    case 'base64url': {
      const rest = bytes.length % 3;
      return rest === 0 ? [0, 0] : [rest, 3 - rest];
    }
    default:
      return [0, 0];
  }
}

/** `internalBinding('string_decoder')`: the state lives in the decoder's own bytes, as the library reads it. */
export function makeStringDecoder(realm: NodeRealm): Untyped {
  const encodings = new Encodings(realm.platform);
  const encodingAt = (state: Uint8Array) => names[state[fields.kEncodingField]!] as EncodingName | 'buffer';
  return {
    encodings: names,
    kSize: 7,
    ...fields,
    decode(state: Uint8Array, chunk: ArrayBufferView): string {
      if (!ArrayBuffer.isView(chunk)) {
        throw new (realm.requireBuiltin('internal/errors').codes.ERR_INVALID_ARG_TYPE)('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
      }
      const encoding = encodingAt(state);
      const given = bytesOf(chunk);
      if (given.length > MAX_STRING) {
        throw nativeError(Error, 'ERR_STRING_TOO_LONG', `Cannot create a string longer than 0x${MAX_STRING.toString(16)} characters`);
      }
      if (encoding === 'buffer' || encoding === 'ascii' || encoding === 'latin1' || encoding === 'hex') {
        return encodings.decode(given, encoding === 'buffer' ? 'latin1' : encoding);
      }
      const held = state[fields.kBufferedBytes]!;
      let bytes = given;
      if (encoding !== 'utf8' && held > 0 && given.length < state[fields.kMissingBytes]!) {
        // Still not whole, whatever it is: only more of the same character is waited for.
        state.set(given, held);
        state[fields.kBufferedBytes] = held + given.length;
        state[fields.kMissingBytes]! -= given.length;
        return '';
      }
      if (held > 0) {
        bytes = new Uint8Array(held + given.length);
        bytes.set(state.subarray(0, held));
        bytes.set(given, held);
      }
      const [have, missing] = unfinished(bytes, encoding);
      state.set(bytes.subarray(bytes.length - have), 0);
      state[fields.kBufferedBytes] = have;
      state[fields.kMissingBytes] = missing;
      return encodings.decode(bytes.subarray(0, bytes.length - have), encoding);
    },
    flush(state: Uint8Array): string {
      const encoding = encodingAt(state);
      const held = state[fields.kBufferedBytes]!;
      const bytes = state.slice(0, encoding === 'utf16le' ? held & ~1 : held);
      state[fields.kBufferedBytes] = 0;
      state[fields.kMissingBytes] = 0;
      return encodings.decode(bytes, encoding === 'buffer' ? 'latin1' : encoding);
    },
  };
}
