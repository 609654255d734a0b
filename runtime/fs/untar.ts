import { BvError } from '../base/errors.ts';
import { containedPath } from './layer.ts';
import type { FileSystem } from './file-system.ts';
import { readTar, type ByteSource, type TarEntry } from '../base/tar-reader.ts';

/** More entries than this are not taken. */
const maxEntries = 200_000;

/**
 * Writes the entries of a tar below the directory `path`, over what is there. Everything is checked before the first change:
 * owners are not taken over, devices are left out.
 *
 * @throws {BvError} `ERR_BV_BAD_ARCHIVE` for a damaged archive or one of more than 200,000 entries, `ERR_BV_PATH_ESCAPE`
 *   for an entry that leaves the directory, also by way of a link in the archive.
 * @throws {PosixError} `ENOSPC` or `EFBIG` at a limit; what was written by then stays.
 */
export function untar(fs: FileSystem, path: string, source: ByteSource): void {
  const entries = new Map<string, TarEntry>();
  const problem = readTar(source, (entry) => {
    if (entry.type === 'other') return;
    const inner = containedPath(entry.path);
    if (inner === undefined)
      throw new BvError('ERR_BV_PATH_ESCAPE', `Cannot unpack the archive: "${entry.path.slice(0, 200)}" is no path below its root`);
    if (inner === '') return;
    if (entries.size >= maxEntries)
      throw new BvError('ERR_BV_BAD_ARCHIVE', `Cannot unpack the archive: it has more than ${maxEntries} entries`);
    entries.delete(inner);
    entries.set(inner, entry);
  });
  if (problem !== undefined) throw new BvError('ERR_BV_BAD_ARCHIVE', `Cannot unpack the archive: ${problem.toLowerCase()}`);
  for (const inner of entries.keys()) {
    for (let slash = inner.indexOf('/'); slash >= 0; slash = inner.indexOf('/', slash + 1)) {
      const above = entries.get(inner.slice(0, slash));
      if (above !== undefined && above.type !== 'directory')
        throw new BvError('ERR_BV_PATH_ESCAPE', `Cannot unpack the archive: "${inner}" lies behind what is no directory`);
    }
  }
  const base = path === '/' ? '' : path.replace(/\/+$/, '');
  const made = new Set<string>(['']);
  const directory = (inner: string) => {
    if (made.has(inner)) return;
    const slash = inner.lastIndexOf('/');
    directory(slash < 0 ? '' : inner.slice(0, slash));
    const at = `${base}/${inner}`;
    const known = lookUp(fs, at);
    if (known !== undefined && !known.isDirectory) fs.unlink(at);
    if (known === undefined || !known.isDirectory) fs.mkdir(at, 0o755);
    made.add(inner);
  };
  const times: [string, number][] = [];
  for (const [inner, entry] of entries) {
    const at = `${base}/${inner}`;
    const slash = inner.lastIndexOf('/');
    directory(slash < 0 ? '' : inner.slice(0, slash));
    if (entry.type === 'directory') {
      directory(inner);
      fs.chmod(at, entry.mode | 0o700);
      times.push([at, entry.mtimeMs]);
      continue;
    }
    fs.removeAll(at);
    if (entry.type === 'symlink') {
      fs.symlink(entry.target, at);
      fs.lutimes(at, entry.mtimeMs, entry.mtimeMs);
      continue;
    }
    let original = entry;
    for (let hops = 0; original.type === 'link' && hops < 10; hops++) original = entries.get(containedPath(original.target) ?? '') ?? entry;
    if (original.type !== 'file') continue;
    fs.writeFile(at, source.read(original.offset, original.size), original.mode);
    fs.chmod(at, original.mode);
    fs.utimes(at, original.mtimeMs, original.mtimeMs);
  }
  // Last, since filling a directory changes its time.
  for (const [at, mtimeMs] of times) fs.utimes(at, mtimeMs, mtimeMs);
}

function lookUp(fs: FileSystem, path: string) {
  return fs.resolve(path, { follow: false }).node;
}
