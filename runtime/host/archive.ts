/** Archives on the page: what an author gives as zip, tar or tar.gz, and zips to download. Loaded when one is used. */
import { unzip, zip, type Zippable } from 'fflate';
import { BvError } from '../base/errors.ts';
import { readTar } from '../base/tar-reader.ts';
import type { MountEntry } from '../wires/host-wire.ts';
import { checkPath, entriesOfTree } from './file-tree.ts';
import { gunzip, isGzipped } from './gzip.ts';

function badArchive(what: string, cause?: unknown): BvError {
  return new BvError('ERR_BV_BAD_ARCHIVE', `Cannot read the archive: ${what}`, { cause });
}

async function gunzipped(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await gunzip(bytes);
  } catch (cause) {
    throw badArchive('its gzip data is damaged', cause);
  }
}

async function entriesOfZip(bytes: Uint8Array): Promise<readonly MountEntry[]> {
  const files = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(bytes, (error, data) =>
      error === null ? resolve(data) : reject(badArchive(`its zip data is damaged (${error.message})`, error)),
    );
  });
  const modes = zipModes(bytes);
  return Object.entries(files).map(([name, data]): MountEntry => {
    const path = checkPath(name);
    if (name.endsWith('/')) return { kind: 'directory', path };
    const mode = modes.get(name) ?? 0;
    if ((mode & 0o170000) === 0o120000) return { kind: 'symlink', path, target: new TextDecoder().decode(data) };
    return { kind: 'file', path, data, ...((mode & 0o777) === 0 ? {} : { mode: mode & 0o777 }) };
  });
}

/** `st_mode` of the entries that were made on Unix, out of the central directory, which the unpacker does not tell. */
function zipModes(bytes: Uint8Array): ReadonlyMap<string, number> {
  const modes = new Map<string, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return modes;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50; left--) {
    const nameLength = view.getUint16(at + 28, true);
    const isUtf8 = (view.getUint16(at + 8, true) & 0x800) !== 0;
    const name = new TextDecoder(isUtf8 ? 'utf-8' : 'latin1').decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (view.getUint8(at + 5) === 3) modes.set(name, view.getUint32(at + 38, true) >>> 16);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return modes;
}

function isTar(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';
}

/** The contents of the files are views. @throws {BvError} `ERR_BV_BAD_ARCHIVE`, `ERR_BV_PATH_ESCAPE`. */
export function entriesOfTar(bytes: Uint8Array): readonly MountEntry[] {
  const entries: MountEntry[] = [];
  const problem = readTar({ size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, (header) => {
    if (header.path === './' || header.path === '.') return;
    const { type, mode, offset, size, target } = header;
    const path = checkPath(header.path);
    if (type === 'directory') entries.push({ kind: 'directory', path, mode });
    else if (type === 'symlink') entries.push({ kind: 'symlink', path, target });
    else if (type === 'file') entries.push({ kind: 'file', path, data: bytes.subarray(offset, offset + size), mode });
    else throw badArchive(`${JSON.stringify(header.path)} is not a file, directory or symbolic link`);
  });
  if (problem !== undefined) throw badArchive(`its tar data is damaged (${problem})`);
  return entries;
}

/**
 * The entries of a zip, a tar, a tar.gz or a JSON tree, told apart by their first bytes.
 *
 * @throws {BvError} `ERR_BV_BAD_ARCHIVE`, `ERR_BV_PATH_ESCAPE`, `ERR_BV_BAD_TREE`.
 */
export async function entriesOfArchive(bytes: Uint8Array): Promise<readonly MountEntry[]> {
  if (isGzipped(bytes)) return entriesOfArchive(await gunzipped(bytes));
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return entriesOfZip(bytes);
  if (isTar(bytes)) return entriesOfTar(bytes);
  if (bytes.length >= 1024 && bytes.every((byte) => byte === 0)) return []; // The end marks of an empty tar.
  let tree: unknown;
  try {
    tree = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badArchive('expected a zip, a tar, a tar.gz or a JSON tree', cause);
  }
  return entriesOfTree(tree);
}

/** A tar, gzipped or not, without the gzip. @throws {BvError} `ERR_BV_BAD_ARCHIVE` */
export async function untarred(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return isGzipped(bytes) ? gunzipped(bytes) : (bytes as Uint8Array<ArrayBuffer>);
}

/** A zip of regular files and directories; symbolic links are written as zip tools on Unix write them. */
export function zipOfEntries(entries: readonly MountEntry[]): Promise<Uint8Array> {
  const files: Zippable = {};
  for (const entry of entries) {
    if (entry.kind === 'directory') files[`${entry.path}/`] = [new Uint8Array(), {}];
    else if (entry.kind === 'symlink')
      files[entry.path] = [new TextEncoder().encode(entry.target), { os: 3, attrs: (0o120777 << 16) >>> 0 }];
    else {
      const data = typeof entry.data === 'string' ? new TextEncoder().encode(entry.data) : entry.data;
      files[entry.path] = [data, { os: 3, attrs: ((0o100000 | (entry.mode ?? 0o644)) << 16) >>> 0 }];
    }
  }
  return new Promise((resolve, reject) => {
    zip(files, (error, data) => (error === null ? resolve(data) : reject(badArchive(error.message, error))));
  });
}
