import type { NodeRealm, Untyped } from '../realm.ts';
import { isUtf8, writeUtf8 } from '../encodings.ts';
import { bytesOf } from './buffer.ts';

/** `internalBinding('encoding_binding')`: `TextEncoder`, and `TextDecoder` for UTF-8. */
export function makeEncodingBinding(realm: NodeRealm): Untyped {
  const { platform } = realm;
  const results = new Uint32Array(2);
  return {
    encodeIntoResults: results,
    encodeInto(text: string, into: Uint8Array) {
      const { read, written } = writeUtf8(text, bytesOf(into));
      results[0] = read;
      results[1] = written;
    },
    encodeUtf8String: (text: string) => platform.encodeUtf8(text),
    decodeUTF8(input: ArrayBuffer | ArrayBufferView, ignoreBom: boolean, fatal: boolean): string {
      const shared = (globalThis as Untyped).SharedArrayBuffer;
      if (
        !ArrayBuffer.isView(input) &&
        !(input instanceof ArrayBuffer) &&
        !(shared !== undefined && (input as unknown) instanceof shared)
      ) {
        const { codes } = realm.requireBuiltin('internal/errors');
        throw new codes.ERR_INVALID_ARG_TYPE('list', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
      }
      let bytes = bytesOf(input);
      if (fatal && !isUtf8(bytes)) {
        const { codes } = realm.requireBuiltin('internal/errors');
        throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA('utf-8', undefined);
      }
      if (!ignoreBom && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
      return platform.decodeUtf8(bytes);
    },
    decodeLatin1(input: ArrayBufferView) {
      return bytesOf(input).reduce((text, byte) => text + String.fromCharCode(byte), '');
    },
    // Labels alone, not a whole host: the engine would also parse what looks like an IPv4 address.
    toASCII: (domain: string) => (/^[\0-\x7f]*$/.test(domain) ? domain.toLowerCase() : platform.domainToAscii(`${domain}.a`).slice(0, -2)),
    toUnicode: (domain: string) => platform.domainToUnicode(domain),
  };
}
