/** Bytes as a gzip file: the same in every browser, whose own compressors differ, without a date or a name. */
import { Deflate } from 'pako';

const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255);

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const deflate = new Deflate({ level: 9, raw: true, memLevel: 9 });
  deflate.push(bytes, true);
  const body = deflate.result as Uint8Array;
  const file = new Uint8Array(header.length + body.length + 8);
  file.set(header);
  file.set(body, header.length);
  const view = new DataView(file.buffer);
  view.setInt32(file.length - 8, crc32(bytes), true);
  view.setUint32(file.length - 4, bytes.length, true);
  return file;
}
