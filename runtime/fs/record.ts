/**
 * Changes as bytes, for the log of a store. A batch is one record: a header with its sequence number, length and CRC-32, then
 * JSON of the changes with their bytes taken out, then those bytes. Blobs were read or stored beforehand.
 */
import { BvError } from '../base/errors.ts';
import type { Change } from '../wires/change.ts';

/** Version of the record, its sequence number (two words), lengths of the two parts, checksum of both. */
const headerBytes = 24;
const version = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const crcTable = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

export function crc32(bytes: Uint8Array, seed = 0): number {
  let c = ~seed;
  for (let i = 0; i < bytes.length; i++) c = (crcTable[(c ^ (bytes[i] as number)) & 0xff] as number) ^ (c >>> 8);
  return ~c >>> 0;
}

/** Reads the Blobs that changes carry: a record holds all its bytes itself. */
export function encodeRecord(sequence: number, changes: readonly Change[], readBlob: (blob: Blob) => Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const take = (bytes: Uint8Array) => {
    parts.push(bytes);
    const at = [size, bytes.length];
    size += bytes.length;
    return { $bytes: at };
  };
  const json = encoder.encode(
    JSON.stringify(changes, (_key, value: unknown) => {
      if (value instanceof Uint8Array) return take(value);
      if (value instanceof Blob) return take(readBlob(value));
      return value;
    }).replaceAll('"kind":"blob","blob":', '"kind":"bytes","bytes":'),
  );
  const record = new Uint8Array(headerBytes + json.length + size);
  const view = new DataView(record.buffer);
  view.setUint32(0, version);
  view.setUint32(4, Math.floor(sequence / 2 ** 32));
  view.setUint32(8, sequence >>> 0);
  view.setUint32(12, json.length);
  view.setUint32(16, size);
  record.set(json, headerBytes);
  let at = headerBytes + json.length;
  for (const part of parts) {
    record.set(part, at);
    at += part.length;
  }
  view.setUint32(20, crc32(record.subarray(headerBytes), crc32(record.subarray(0, 20))));
  return record;
}

/** @throws {BvError} `ERR_BV_STORE` if the record is damaged, cut off, or not the one of that sequence number. */
export function decodeRecord(record: Uint8Array, sequence: number): Change[] {
  const damaged = (what: string) => new BvError('ERR_BV_STORE', `Cannot read record ${sequence} of the stored log: ${what}`);
  if (record.length < headerBytes) throw damaged('it is cut off');
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (view.getUint32(0) !== version) throw damaged(`it has version ${view.getUint32(0)}, wanted ${version}`);
  if (view.getUint32(4) * 2 ** 32 + view.getUint32(8) !== sequence) throw damaged('it is another one');
  const jsonBytes = view.getUint32(12);
  if (headerBytes + jsonBytes + view.getUint32(16) !== record.length) throw damaged('it is cut off');
  if (view.getUint32(20) !== crc32(record.subarray(headerBytes), crc32(record.subarray(0, 20)))) throw damaged('its checksum is wrong');
  const base = headerBytes + jsonBytes;
  return JSON.parse(decoder.decode(record.subarray(headerBytes, base)), (_key, value: unknown) => {
    const at = (value as { $bytes?: readonly [number, number] } | null)?.$bytes;
    return Array.isArray(at) ? record.slice(base + at[0], base + at[0] + at[1]) : value;
  }) as Change[];
}
