/**
 * Text at the edges of programs that work in bytes. A byte that is not UTF-8 becomes a lone surrogate U+DC80 to U+DCFF and turns
 * back into the same byte, so that file names and data survive a trip through a string.
 */
import { concatBytes } from '../base/bytes.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Total: any bytes give a string from which `encodeText` makes the same bytes. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeDamaged(bytes); // Not UTF-8 throughout.
  }
}

export function encodeText(text: string): Uint8Array {
  return /[\udc80-\udcff]/.test(text) && !text.isWellFormed() ? encodeDamaged(text) : encoder.encode(text);
}

function decodeDamaged(bytes: Uint8Array): string {
  let text = '';
  let good = 0;
  let i = 0;
  const flush = (end: number) => {
    if (end > good) text += strict.decode(bytes.subarray(good, end));
  };
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    flush(i);
    text += String.fromCharCode(0xdc00 + (bytes[i] ?? 0));
    good = ++i;
  }
  flush(i);
  return text;
}

/** Of the well-formed sequence that starts at `at`; 0 if there is none (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

function encodeDamaged(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let plain = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) {
      parts.push(encoder.encode(plain), Uint8Array.of(code - 0xdc00));
      plain = '';
    } else plain += character;
  }
  return concatBytes([...parts, encoder.encode(plain)]);
}
