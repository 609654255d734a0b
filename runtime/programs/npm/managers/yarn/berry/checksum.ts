/**
 * The checksum that Yarn notes of a package: of the zip that it makes of the tarball, uncompressed and with one date for everything, so
 * that it is the same wherever it is made.
 */
import { concatBytes } from '../../../../../base/bytes.ts';
import { gunzip, isGzip } from '../../../../../packages/gunzip.ts';
import { TarHeaders } from '../../../../../packages/tar-headers.ts';
import { lockCacheKey } from './resolve.ts';

/** 22 June 1984, 21:50, as DOS writes it. */
const [dosTime, dosDate] = [0xae40, 0x08d6];
const maxTarBytes = 1 << 29;

interface Entry {
  readonly name: Uint8Array;
  readonly contents: Uint8Array;
  readonly isFolder: boolean;
  readonly isProgram: boolean;
}

/** @throws {PackageError} of a tarball that cannot be unpacked. */
export async function checksumOf(tarball: Uint8Array<ArrayBuffer>, name: string): Promise<string> {
  const tar = isGzip(tarball) ? await gunzip(tarball, { maxBytes: maxTarBytes, maxRatio: 1000 }) : tarball;
  const digest = await crypto.subtle.digest('SHA-512', writeZip(entriesOf(tar, `node_modules/${name}`)));
  return `${lockCacheKey}/${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** In the order of the tar, each folder before the first thing in it. */
function entriesOf(tar: Uint8Array, prefix: string): Entry[] {
  const encoder = new TextEncoder();
  const entries: Entry[] = [];
  const folders = new Set<string>();
  const makeFolder = (path: string): void => {
    if (path === '' || folders.has(path)) return;
    makeFolder(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    folders.add(path);
    entries.push({ name: encoder.encode(`${path}/`), contents: new Uint8Array(0), isFolder: true, isProgram: false });
  };
  const files = new Map<string, number>();
  const headers = new TarHeaders(tar, () => undefined);
  makeFolder(prefix);
  for (let header = headers.next(); header !== undefined; header = headers.next()) {
    const parts = header.path.split(/\/+/).filter((part) => part !== '' && part !== '.');
    if (header.path.startsWith('/') || parts.includes('..') || parts.length <= 1) continue;
    const path = `${prefix}/${parts.slice(1).join('/')}`;
    const isFolder = tar[header.at + 156] === 0x35;
    if (isFolder) makeFolder(path);
    else if (header.kind === 'file' || header.kind === 'contiguous') {
      makeFolder(path.slice(0, path.lastIndexOf('/')));
      const entry = {
        name: encoder.encode(path),
        contents: tar.subarray(header.at + 512, header.at + 512 + header.size),
        isFolder: false,
        isProgram: (header.mode & 0o111) !== 0,
      };
      const before = files.get(path);
      if (before === undefined) {
        files.set(path, entries.length);
        entries.push(entry);
      } else entries[before] = entry;
    }
  }
  return entries;
}

function writeZip(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const [locals, centrals]: [Uint8Array[], Uint8Array[]] = [[], []];
  let offset = 0;
  for (const { name, contents, isFolder, isProgram } of entries) {
    // Both headers share the fields from "version needed" to the lengths.
    const shared = new DataView(new ArrayBuffer(26));
    shared.setUint16(0, isFolder ? 20 : 10, true);
    shared.setUint16(2, name.some((byte) => byte > 127) ? 0x800 : 0, true);
    shared.setUint16(6, dosTime, true);
    shared.setUint16(8, dosDate, true);
    shared.setUint32(10, isFolder ? 0 : crc32(contents), true);
    shared.setUint32(14, contents.length, true);
    shared.setUint32(18, contents.length, true);
    shared.setUint16(22, name.length, true);
    const fields = new Uint8Array(shared.buffer);
    const local = concatBytes([Uint8Array.of(0x50, 0x4b, 3, 4), fields, name, contents]);
    const rest = new DataView(new ArrayBuffer(14));
    rest.setUint32(6, ((isFolder ? 0o040755 : isProgram ? 0o100755 : 0o100644) << 16) >>> 0, true);
    rest.setUint32(10, offset, true);
    centrals.push(concatBytes([Uint8Array.of(0x50, 0x4b, 1, 2, 63, 3), fields, new Uint8Array(rest.buffer), name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = concatBytes(centrals);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, directory.length, true);
  end.setUint32(16, offset, true);
  return concatBytes([...locals, directory, new Uint8Array(end.buffer)]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}
