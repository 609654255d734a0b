/** Node's buffer encodings over plain bytes, both ways. Used by the bindings `buffer`, `fs` and `string_decoder`. */
import type { Platform } from '../../process/platform.ts';

/** Node's numbers for encodings (`enum encoding`), as the library passes them. */
export const encodingNumbers = { ascii: 0, utf8: 1, base64: 2, utf16le: 3, latin1: 4, hex: 5, buffer: 6, base64url: 7 } as const;
export type EncodingName = Exclude<keyof typeof encodingNumbers, 'buffer'>;
const namesByNumber: readonly (keyof typeof encodingNumbers)[] = [
  'ascii',
  'utf8',
  'base64',
  'utf16le',
  'latin1',
  'hex',
  'buffer',
  'base64url',
];

/** The encoding that a name, alias or number stands for; `fallback` for anything else. */
export function encodingOf<T>(value: unknown, fallback: T): keyof typeof encodingNumbers | T {
  if (typeof value === 'number') return namesByNumber[value] ?? fallback;
  if (typeof value !== 'string') return fallback;
  switch (value.toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return 'utf8';
    case 'ucs2':
    case 'ucs-2':
    case 'utf16le':
    case 'utf-16le':
      return 'utf16le';
    case 'latin1':
    case 'binary':
      return 'latin1';
    case 'ascii':
      return 'ascii';
    case 'base64':
      return 'base64';
    case 'base64url':
      return 'base64url';
    case 'hex':
      return 'hex';
    case 'buffer':
      return 'buffer';
    default:
      return fallback;
  }
}

const CHUNK = 8192;
const fromCharCode = String.fromCharCode;

function charCodes(bytes: Uint8Array | Uint16Array): string {
  const { length } = bytes;
  if (length <= CHUNK) return Reflect.apply(fromCharCode, undefined, bytes as unknown as number[]);
  let text = '';
  for (let i = 0; i < length; i += CHUNK)
    text += Reflect.apply(fromCharCode, undefined, bytes.subarray(i, i + CHUNK) as unknown as number[]);
  return text;
}

const hexDigits: string[] = [];
for (let i = 0; i < 256; i++) hexDigits.push((i < 16 ? '0' : '') + i.toString(16));
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const codesOf = (digits: string): Uint8Array => Uint8Array.from(digits, (digit) => digit.charCodeAt(0));
const base64Codes = codesOf(`${alphabet}+/`);
const base64UrlCodes = codesOf(`${alphabet}-_`);
/** Both alphabets decode alike; 64 ends the text (`=`), 255 is skipped. */
const base64Values = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++) base64Values[base64Codes[i]!] = base64Values[base64UrlCodes[i]!] = i;
base64Values[0x3d] = 64;
const hexValues = new Uint8Array(256).fill(255);
for (let i = 0; i < 16; i++) hexValues['0123456789abcdef'.charCodeAt(i)] = hexValues['0123456789ABCDEF'.charCodeAt(i)] = i;

/** Of engines that have them, as they are before a program can change them. Uint8Array to and from Base64: https://tc39.es/proposal-arraybuffer-base64/ */
const { toBase64, setFromBase64, toHex, setFromHex } = Uint8Array.prototype as unknown as Readonly<Record<string, Function | undefined>>;
/** Texts shorter than this are not worth the call. */
const worthACall = 64;

/** Bytes written; undefined where the engine refuses what Node skips or ends at. */
function writtenByEngine(method: Function | undefined, text: string, into: Uint8Array, ...options: readonly object[]): number | undefined {
  if (method === undefined || text.length < worthACall) return undefined;
  try {
    return (Reflect.apply(method, into, [text, ...options]) as { readonly written: number }).written;
  } catch {
    return undefined;
  }
}

function encodeBase64(bytes: Uint8Array, url: boolean): string {
  const { length } = bytes;
  if (toBase64 !== undefined && length >= worthACall)
    return Reflect.apply(toBase64, bytes, [url ? { alphabet: 'base64url', omitPadding: true } : undefined]) as string;
  const codes = url ? base64UrlCodes : base64Codes;
  const whole = length - (length % 3);
  const out = new Uint8Array(Math.ceil(length / 3) * 4);
  let at = 0;
  for (let i = 0; i < whole; i += 3) {
    const triple = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    out[at++] = codes[triple >> 18]!;
    out[at++] = codes[(triple >> 12) & 63]!;
    out[at++] = codes[(triple >> 6) & 63]!;
    out[at++] = codes[triple & 63]!;
  }
  if (length - whole === 1) {
    const last = bytes[whole]!;
    out[at++] = codes[last >> 2]!;
    out[at++] = codes[(last & 3) << 4]!;
    if (!url) out[at++] = out[at++] = 0x3d;
  } else if (length - whole === 2) {
    const last = (bytes[whole]! << 8) | bytes[whole + 1]!;
    out[at++] = codes[last >> 10]!;
    out[at++] = codes[(last >> 4) & 63]!;
    out[at++] = codes[(last & 15) << 2]!;
    if (!url) out[at++] = 0x3d;
  }
  return charCodes(out.subarray(0, at));
}

/** Bytes that base64 text of this length holds, by Node's rule, which looks at the end only. */
function base64ByteLength(text: string): number {
  let { length } = text;
  if (length === 0) return 0;
  if (text.charCodeAt(length - 1) === 0x3d) length--;
  if (length > 1 && text.charCodeAt(length - 1) === 0x3d) length--;
  return (length * 3) >>> 2;
}

/** Forgiving, as Node's: characters of neither alphabet are skipped, the first `=` ends it. */
function decodeBase64(text: string, into: Uint8Array): number {
  // The engine does not begin three bytes that there is no room for.
  if (into.length >= base64ByteLength(text)) {
    const written = writtenByEngine(setFromBase64, text, into, { alphabet: /[-_]/.test(text) ? 'base64url' : 'base64' });
    if (written !== undefined) return written;
  }
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length && at < into.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 256 ? base64Values[code]! : 255;
    if (value === 64) break;
    if (value === 255) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      into[at++] = (bits >> held) & 0xff;
    }
  }
  return at;
}

/** Stops at the first pair that is not hexadecimal, as Node's. */
function decodeHex(text: string, into: Uint8Array): number {
  const pairs = Math.min(text.length >>> 1, into.length);
  const written = writtenByEngine(setFromHex, text, into);
  if (written !== undefined) return written;
  for (let i = 0; i < pairs; i++) {
    const high = text.charCodeAt(2 * i);
    const low = text.charCodeAt(2 * i + 1);
    const a = high < 256 ? hexValues[high]! : 255;
    const b = low < 256 ? hexValues[low]! : 255;
    if (a === 255 || b === 255) return i;
    into[i] = (a << 4) | b;
  }
  return pairs;
}

export function byteLengthUtf8(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length++;
    else if (code < 0x800) length += 2;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

/** Writes whole characters while they fit; a lone surrogate becomes U+FFFD. Returns code units read and bytes written. */
export function writeUtf8(text: string, into: Uint8Array): { read: number; written: number } {
  let at = 0;
  let i = 0;
  const room = into.length;
  for (; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      if (at >= room) break;
      into[at++] = code;
    } else if (code < 0x800) {
      if (at + 2 > room) break;
      into[at++] = 0xc0 | (code >> 6);
      into[at++] = 0x80 | (code & 63);
    } else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      if (at + 4 > room) break;
      const point = 0x10000 + ((code & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
      into[at++] = 0xf0 | (point >> 18);
      into[at++] = 0x80 | ((point >> 12) & 63);
      into[at++] = 0x80 | ((point >> 6) & 63);
      into[at++] = 0x80 | (point & 63);
    } else {
      if (at + 3 > room) break;
      if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
      into[at++] = 0xe0 | (code >> 12);
      into[at++] = 0x80 | ((code >> 6) & 63);
      into[at++] = 0x80 | (code & 63);
    }
  }
  return { read: i, written: at };
}

/** How many bytes `text` takes at most; exact for all but text with stray characters. */
function roomFor(text: string, encoding: EncodingName): number {
  switch (encoding) {
    case 'utf8':
      return byteLengthUtf8(text);
    case 'utf16le':
      return text.length * 2;
    case 'hex':
      return text.length >>> 1;
    case 'base64':
    case 'base64url':
      return base64ByteLength(text) + 2;
    default:
      return text.length;
  }
}

export class Encodings {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  decode(bytes: Uint8Array, encoding: EncodingName): string {
    switch (encoding) {
      case 'utf8':
        if (bytes.length < 48 && isAscii(bytes)) return charCodes(bytes);
        return this.#platform.decodeUtf8(bytes);
      case 'latin1':
        return this.#latin1(bytes);
      case 'ascii':
        return this.#latin1(isAscii(bytes) ? bytes : bytes.slice().map((byte) => byte & 0x7f));
      case 'utf16le': {
        const length = bytes.length >>> 1;
        if (bytes.byteOffset % 2 === 0) return charCodes(new Uint16Array(bytes.buffer, bytes.byteOffset, length));
        const aligned = new Uint8Array(length * 2);
        aligned.set(bytes.subarray(0, length * 2));
        return charCodes(new Uint16Array(aligned.buffer));
      }
      case 'base64':
        return encodeBase64(bytes, false);
      case 'base64url':
        return encodeBase64(bytes, true);
      case 'hex': {
        if (toHex !== undefined && bytes.length >= worthACall) return Reflect.apply(toHex, bytes, []) as string;
        const parts: string[] = [];
        for (let i = 0; i < bytes.length; i++) parts.push(hexDigits[bytes[i]!]!);
        return parts.join('');
      }
    }
  }

  /** One byte a character, which a decoder of wide characters would not give. */
  #latin1(bytes: Uint8Array): string {
    return bytes.length > CHUNK && isAscii(bytes) ? this.#platform.decodeUtf8(bytes) : charCodes(bytes);
  }

  encode(text: string, encoding: EncodingName): Uint8Array {
    if (encoding === 'utf8') return this.#platform.encodeUtf8(text);
    const bytes = new Uint8Array(roomFor(text, encoding));
    const written = this.write(text, encoding, bytes);
    return written === bytes.length ? bytes : bytes.slice(0, written);
  }

  /** As much of `text` as fits in whole characters. Returns bytes written. */
  write(text: string, encoding: EncodingName, into: Uint8Array): number {
    switch (encoding) {
      case 'utf8':
        return writeUtf8(text, into).written;
      case 'latin1':
      case 'ascii': {
        const length = Math.min(text.length, into.length);
        for (let i = 0; i < length; i++) into[i] = text.charCodeAt(i);
        return length;
      }
      case 'utf16le': {
        const length = Math.min(text.length, into.length >>> 1);
        for (let i = 0; i < length; i++) {
          const code = text.charCodeAt(i);
          into[2 * i] = code;
          into[2 * i + 1] = code >> 8;
        }
        return length * 2;
      }
      case 'base64':
      case 'base64url':
        return decodeBase64(text, into);
      case 'hex':
        return decodeHex(text, into);
    }
  }
}

export function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return false;
  return true;
}

/** Whether `bytes` are well-formed UTF-8 (no surrogates, nothing overlong, nothing cut off). */
export function isUtf8(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!;
    if (first < 0x80) {
      i++;
      continue;
    }
    const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (length === 0 || i + length > bytes.length) return false;
    const second = bytes[i + 1]!;
    const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let k = 2; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return false;
    i += length;
  }
  return true;
}
