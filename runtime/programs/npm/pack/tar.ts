/** A tar as npm packs it: plain files, one date for all. */
import { encodeText } from '../../../process/text.ts';

export interface PackedEntry {
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode: number;
}

/** 26 October 1985, 8:15 UTC: npm's date of everything. */
const mtimeSeconds = 499_162_500;
const block = 512;

function header(path: string, size: number, mode: number, type: string): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number) => bytes.set(encodeText(text), at);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 2, '0')} \0`;
  put(path, 0);
  put(octal(mode, 8), 100);
  put(octal(size, 12), 124);
  put(octal(mtimeSeconds, 12), 136);
  put('        ', 148);
  put(type, 156);
  put('ustar\u000000', 257);
  put(octal(0, 8), 329);
  put(octal(0, 8), 337);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(octal(sum, 8), 148);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array[] {
  const rest = bytes.length % block;
  return rest === 0 ? [bytes] : [bytes, new Uint8Array(block - rest)];
}

/** A path that its field cannot hold, or that is not ASCII, travels in a record in front of the file. */
function extended(path: string): Uint8Array[] {
  const body = ` path=${path}\n`;
  const length = encodeText(body).length;
  let total = length + String(length).length;
  if (String(total).length !== String(length).length) total = length + String(total).length;
  const record = encodeText(`${total}${body}`);
  return [header(`PaxHeader/${path.slice(path.lastIndexOf('/') + 1)}`.slice(0, 99), record.length, 0o644, 'x'), ...padded(record)];
}

export function writeTar(entries: readonly PackedEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const { path, data, mode } of entries) {
    const name = encodeText(path);
    const isPlain = name.length <= 100 && name.length === path.length;
    if (!isPlain) parts.push(...extended(path));
    parts.push(header(isPlain ? path : path.slice(0, 90).replace(/[^\x20-\x7e]/g, '_'), data.length, mode, '0'), ...padded(data));
  }
  parts.push(new Uint8Array(2 * block));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
