/**
 * Reads the headers of a tar: ustar, pax and GNU long names, base-256 numbers. Our own loop because a layer's tar is itself
 * the image the files are read from: measured, 1.5 ms for 1,359 entries against 13–17 ms of the packages that copy.
 */

/** Bytes that can be read at random. The result may be a view and must not be written. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

export interface TarEntry {
  /** As it stands in the archive: may be absolute or climb. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly mtimeMs: number;
  readonly size: number;
  /** Where the contents start. */
  readonly offset: number;
  /** Of links. */
  readonly target: string;
}

const decoder = new TextDecoder();
/** A long name or pax record larger than this is not honest. */
const maxExtensionBytes = 1 << 20;

function text(block: Uint8Array, start: number, length: number): string {
  let end = start;
  const limit = start + length;
  let ascii = true;
  while (end < limit && block[end] !== 0) {
    if ((block[end] as number) > 127) ascii = false;
    end++;
  }
  if (!ascii) return decoder.decode(block.subarray(start, end));
  let result = '';
  for (let i = start; i < end; i++) result += String.fromCharCode(block[i] as number);
  return result;
}

function number(block: Uint8Array, start: number, length: number): number {
  if ((block[start] as number) & 0x80) {
    let value = (block[start] as number) & 0x7f;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] as number);
    return value;
  }
  let value = 0;
  let digits = false;
  for (let i = start; i < start + length; i++) {
    const digit = (block[i] as number) - 48;
    if (digit >= 0 && digit <= 7) {
      value = value * 8 + digit;
      digits = true;
    } else if (digits || (block[i] !== 32 && block[i] !== 0)) break;
  }
  return value;
}

function checksumFits(block: Uint8Array): boolean {
  let sum = 8 * 32;
  for (let i = 0; i < 148; i++) sum += block[i] as number;
  for (let i = 156; i < 512; i++) sum += block[i] as number;
  return sum === number(block, 148, 8);
}

function paxRecords(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    let space = at;
    let length = 0;
    while (space < bytes.length && bytes[space] !== 32) length = length * 10 + (bytes[space++] as number) - 48;
    if (!(length > space - at + 1) || at + length > bytes.length) break;
    const record = decoder.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/**
 * Tells `visit` of each entry in order. Ends at the end mark, at the end of the source, or at the first header that is
 * damaged; answers what was wrong then, else `undefined`. Never throws by itself.
 */
export function readTar(source: ByteSource, visit: (entry: TarEntry) => void): string | undefined {
  let at = 0;
  let longPath: string | undefined;
  let longTarget: string | undefined;
  let pax: Map<string, string> | undefined;
  while (at + 512 <= source.size) {
    const block = source.read(at, 512);
    if (block[0] === 0 && block[257] === 0 && block.every((byte) => byte === 0)) return undefined;
    if (!checksumFits(block)) return `The header at byte ${at} is damaged`;
    const flag = String.fromCharCode(block[156] || 48);
    const paxSize = flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K' ? undefined : pax?.get('size');
    let size = paxSize === undefined ? number(block, 124, 12) : Number(paxSize);
    if (!Number.isSafeInteger(size) || size < 0) return `The header at byte ${at} has no valid size`;
    if (flag >= '1' && flag <= '6') size = 0;
    const offset = at + 512;
    if (offset + size > source.size) return `The entry at byte ${at} is cut off`;
    at = offset + Math.ceil(size / 512) * 512;
    if (flag === 'L' || flag === 'K' || flag === 'x' || flag === 'g') {
      if (size > maxExtensionBytes) return `The entry at byte ${offset - 512} has an extension of ${size} bytes`;
      const bytes = source.read(offset, size);
      if (flag === 'L') longPath = text(bytes, 0, size);
      else if (flag === 'K') longTarget = text(bytes, 0, size);
      else if (flag === 'x') pax = paxRecords(bytes);
      continue;
    }
    const isUstar = block[257] === 117 && block[258] === 115 && block[259] === 116;
    const prefix = isUstar && block[262] === 0 ? text(block, 345, 155) : '';
    const name = text(block, 0, 100);
    const path = pax?.get('path') ?? longPath ?? (prefix === '' ? name : `${prefix}/${name}`);
    const paxTime = Number(pax?.get('mtime') ?? Number.NaN);
    visit({
      path,
      type:
        flag === '0' || flag === '7'
          ? path.endsWith('/')
            ? 'directory'
            : 'file'
          : flag === '5'
            ? 'directory'
            : flag === '2'
              ? 'symlink'
              : flag === '1'
                ? 'link'
                : 'other',
      mode: number(block, 100, 8) & 0o7777,
      mtimeMs: Math.abs(paxTime) < 1e12 ? paxTime * 1000 : Math.min(number(block, 136, 12), 1e12) * 1000,
      size,
      offset,
      target: pax?.get('linkpath') ?? longTarget ?? text(block, 157, 100),
    });
    longPath = longTarget = pax = undefined;
  }
  return at >= source.size && longPath === undefined && pax === undefined ? undefined : 'The archive is cut off';
}
