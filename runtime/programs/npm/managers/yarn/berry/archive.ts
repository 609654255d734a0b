/**
 * The zips that Yarn makes of packages: uncompressed and with one date for everything, so that they are the same wherever they are made.
 * Nobody keeps them; their checksums are in the lockfile.
 */
import { concatBytes } from '../../../../../base/bytes.ts';
import { gunzip, isGzip } from '../../../../../packages/gunzip.ts';
import { TarHeaders } from '../../../../../packages/tar-headers.ts';
import { encodeText } from '../../../../../process/text.ts';

/** 22 June 1984, 21:50, as DOS writes it. */
const [dosTime, dosDate] = [0xae40, 0x08d6];
const maxTarBytes = 1 << 29;

export interface ArchiveFile {
  /** Inside of the package. */
  readonly path: string;
  readonly data: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

export interface ArchiveFolder {
  readonly path: string;
  readonly data?: undefined;
  readonly mode: number;
}

/** In the order of the tarball, without the folder around all. @throws {PackageError} of a tarball that cannot be unpacked. */
export async function filesOfTarball(tarball: Uint8Array<ArrayBuffer>): Promise<(ArchiveFile | ArchiveFolder)[]> {
  const tar = isGzip(tarball) ? await gunzip(tarball, { maxBytes: maxTarBytes, maxRatio: 1000 }) : tarball;
  const entries: (ArchiveFile | ArchiveFolder)[] = [];
  const files = new Map<string, number>();
  const headers = new TarHeaders(tar, () => undefined);
  for (let header = headers.next(); header !== undefined; header = headers.next()) {
    const parts = header.path.split(/\/+/).filter((part) => part !== '' && part !== '.');
    if (header.path.startsWith('/') || parts.includes('..') || parts.length <= 1) continue;
    const path = parts.slice(1).join('/');
    const isFolder = tar[header.at + 156] === 0x35;
    if (isFolder) entries.push({ path, mode: 0o755 });
    else if (header.kind === 'file' || header.kind === 'contiguous') {
      const data = tar.subarray(header.at + 512, header.at + 512 + header.size);
      const entry = { path, data, mode: (header.mode & 0o111) !== 0 ? 0o755 : 0o644 };
      const before = files.get(path);
      if (before === undefined) {
        files.set(path, entries.length);
        entries.push(entry);
      } else entries[before] = entry;
    }
  }
  return entries;
}

interface Entry {
  readonly name: Uint8Array;
  readonly data: Uint8Array;
  readonly isFolder: boolean;
  readonly mode: number;
}

/** Each folder before the first thing in it. @param name Of the package. */
export function zipOf(files: readonly (ArchiveFile | ArchiveFolder)[], name: string): Uint8Array<ArrayBuffer> {
  const prefix = `node_modules/${name}`;
  const entries: Entry[] = [];
  const folders = new Set<string>();
  const makeFolder = (path: string): void => {
    if (path === '' || folders.has(path)) return;
    makeFolder(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    folders.add(path);
    entries.push({ name: encodeText(`${path}/`), data: new Uint8Array(0), isFolder: true, mode: 0o755 });
  };
  makeFolder(prefix);
  for (const { path, data, mode } of files) {
    const full = `${prefix}/${path}`;
    makeFolder(data === undefined ? full : full.slice(0, full.lastIndexOf('/')));
    if (data !== undefined) entries.push({ name: encodeText(full), data, isFolder: false, mode });
  }
  return writeZip(entries);
}

function writeZip(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const [locals, centrals]: [Uint8Array[], Uint8Array[]] = [[], []];
  let offset = 0;
  for (const { name, data, isFolder, mode } of entries) {
    // Both headers share the fields from "version needed" to the lengths.
    const shared = new DataView(new ArrayBuffer(26));
    shared.setUint16(0, isFolder ? 20 : 10, true);
    shared.setUint16(2, name.some((byte) => byte > 127) ? 0x800 : 0, true);
    shared.setUint16(6, dosTime, true);
    shared.setUint16(8, dosDate, true);
    shared.setUint32(10, isFolder ? 0 : crc32(data), true);
    shared.setUint32(14, data.length, true);
    shared.setUint32(18, data.length, true);
    shared.setUint16(22, name.length, true);
    const fields = new Uint8Array(shared.buffer);
    const local = concatBytes([Uint8Array.of(0x50, 0x4b, 3, 4), fields, name, data]);
    const rest = new DataView(new ArrayBuffer(14));
    rest.setUint32(6, (((isFolder ? 0o040000 : 0o100000) | mode) << 16) >>> 0, true);
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
