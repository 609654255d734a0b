import type { TextDecoding } from '../../../process/platform.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { Encodings, encodingOf } from '../encodings.ts';
import { stringWidth } from '../string-width.ts';
import { bytesOf } from './buffer.ts';

const FLUSH = 1;
const FATAL = 2;
const IGNORE_BOM = 4;
const U_ILLEGAL_ARGUMENT_ERROR = 1;

interface Converter {
  readonly decoding: TextDecoding;
}

/** `internalBinding('icu')`: the engine's decoders stand for ICU's converters. */
export function makeIcu(realm: NodeRealm): Untyped {
  const { platform } = realm;
  const encodings = new Encodings(platform);
  return {
    getStringWidth: (text: string, ambiguousAsFullWidth?: boolean, expandEmoji?: boolean) =>
      stringWidth(text, ambiguousAsFullWidth === true, expandEmoji === true),
    icuErrName: (number: number) => (number === U_ILLEGAL_ARGUMENT_ERROR ? 'U_ILLEGAL_ARGUMENT_ERROR' : `U_ERROR_${number}`),
    hasConverter: (label: string) => platform.decoder(label, { fatal: false, ignoreBom: false }) !== undefined,
    getConverter(label: string, flags: number): Converter | undefined {
      const decoding = platform.decoder(label, { fatal: (flags & FATAL) !== 0, ignoreBom: (flags & IGNORE_BOM) !== 0 });
      return decoding === undefined ? undefined : { decoding };
    },
    decode(converter: Converter, input: ArrayBuffer | ArrayBufferView, flags: number, label: string): string {
      const { codes } = realm.requireBuiltin('internal/errors');
      if (!ArrayBuffer.isView(input) && Object.prototype.toString.call(input).endsWith('ArrayBuffer]') !== true) {
        throw new codes.ERR_INVALID_ARG_TYPE('input', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
      }
      try {
        return converter.decoding.decode(bytesOf(input), { stream: (flags & FLUSH) === 0 });
      } catch {
        throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(label, undefined);
      }
    },
    /** Between utf8, utf16le, latin1 and ascii only; a number is an error of ICU. */
    transcode(source: Uint8Array, from: string, to: string): unknown {
      const known = new Set(['utf8', 'utf16le', 'latin1', 'ascii']);
      const [input, output] = [encodingOf(from, undefined), encodingOf(to, undefined)];
      if (input === undefined || output === undefined || !known.has(input) || !known.has(output)) return U_ILLEGAL_ARGUMENT_ERROR;
      const text = encodings.decode(bytesOf(source), input as 'utf8');
      const { Buffer } = realm.requireBuiltin('buffer');
      if (output === 'utf8' || output === 'utf16le') return Buffer.from(text, output);
      const limit = output === 'ascii' ? 0x7f : 0xff;
      let narrow = '';
      for (const char of text) narrow += char.codePointAt(0)! > limit ? '?' : char;
      return Buffer.from(narrow, 'latin1');
    },
  };
}
