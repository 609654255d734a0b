/**
 * The files that npm's code sees while it decides on a tree: the container's, and over them what it writes, which nobody else sees.
 * Unpacked packages go to folders below `temporaryRoot` that are only here.
 */
import { errnoTable, type ErrnoName } from '../../../base/errno.ts';
import { PosixError, type SyscallSubject } from '../../../base/errors.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../../base/file-mode.ts';
import type { DirectoryEntry, Stat } from '../../../base/stat.ts';
import { baseName, dirName, isWithin, normalizePath } from '../paths.ts';
import type { ResolveFiles } from './request.ts';

export const temporaryRoot = '/.npm-resolve';

type Entry = { readonly kind: 'file'; readonly bytes: Uint8Array; readonly writtenMs: number } | { readonly kind: 'folder' };

export class Overlay {
  readonly #files: ResolveFiles;
  readonly #entries = new Map<string, Entry>();
  readonly #names = new Map<string, Set<string>>();
  readonly #removed = new Set<string>();
  #temporary = 0;

  constructor(files: ResolveFiles) {
    this.#files = files;
  }

  /** What was written outside of temporary folders. */
  written(): Map<string, Uint8Array> {
    const all = new Map<string, Uint8Array>();
    for (const [path, entry] of this.#entries) if (entry.kind === 'file' && !isWithin(temporaryRoot, path)) all.set(path, entry.bytes);
    return all;
  }

  has(path: string): boolean {
    if (this.#entry(path) !== undefined) return true;
    try {
      this.#below('stat', path, () => this.#files.stat(path));
      return true;
    } catch {
      return false;
    }
  }

  read(path: string): Uint8Array {
    const entry = this.#entry(path);
    if (entry?.kind === 'file') return entry.bytes;
    if (entry?.kind === 'folder') throw new PosixError('EISDIR', { syscall: 'read' });
    return this.#below('open', path, () => this.#files.readFile(path));
  }

  write(path: string, bytes: Uint8Array): void {
    const folder = dirName(path);
    if (this.#entry(folder)?.kind !== 'folder') this.#below('open', path, () => this.#files.stat(folder));
    this.#put(path, { kind: 'file', bytes, writtenMs: Date.now() });
  }

  /** With its parents. */
  makeFolder(path: string): void {
    for (let folder = normalizePath(path); folder !== '/' && !this.#entries.has(folder); folder = dirName(folder))
      this.#put(folder, { kind: 'folder' });
  }

  makeTemporary(): string {
    const path = `${temporaryRoot}/${this.#temporary++}`;
    this.makeFolder(path);
    return path;
  }

  remove(path: string): void {
    for (const inside of [...this.#entries.keys()]) {
      if (!isWithin(path, inside)) continue;
      this.#entries.delete(inside);
      this.#names.get(dirName(inside))?.delete(baseName(inside));
    }
    if (!isWithin(temporaryRoot, path)) this.#removed.add(normalizePath(path));
  }

  /** Links are followed unless `link`. */
  stat(path: string, link: boolean): Stat {
    const entry = this.#entry(path);
    if (entry !== undefined) return statOf(entry);
    return this.#below(link ? 'lstat' : 'stat', path, () => (link ? this.#files.lstat(path) : this.#files.stat(path)));
  }

  list(path: string): DirectoryEntry[] {
    const own = this.#entry(path);
    if (own?.kind === 'file') throw new PosixError('ENOTDIR', { syscall: 'scandir', path });
    const found = new Map<string, DirectoryEntry>();
    if (own === undefined) for (const entry of this.#below('scandir', path, () => this.#files.readdir(path))) found.set(entry.name, entry);
    for (const name of this.#names.get(normalizePath(path)) ?? []) {
      const entry = this.#entries.get(normalizePath(`${path}/${name}`));
      if (entry !== undefined) found.set(name, { name, type: statOf(entry).mode & S_IFMT });
    }
    return [...found.values()];
  }

  readLink(path: string): string {
    if (this.#entry(path) !== undefined) throw new PosixError('EINVAL', { syscall: 'readlink', path });
    return this.#below('readlink', path, () => this.#files.readlink(path));
  }

  #entry(path: string): Entry | undefined {
    const at = normalizePath(path);
    const entry = this.#entries.get(at);
    // A folder that was made here may be one that the container has too.
    return entry?.kind === 'folder' && !isWithin(temporaryRoot, at) ? undefined : entry;
  }

  #put(path: string, entry: Entry): void {
    const at = normalizePath(path);
    this.#entries.set(at, entry);
    this.#removed.delete(at);
    const folder = dirName(at);
    const names = this.#names.get(folder) ?? new Set();
    this.#names.set(folder, names.add(baseName(at)));
  }

  #below<T>(syscall: string, path: string, act: () => T): T {
    const gone = isWithin(temporaryRoot, path) || [...this.#removed].some((removed) => isWithin(removed, normalizePath(path)));
    if (gone) throw asNode(new PosixError('ENOENT'), { syscall, path });
    try {
      return act();
    } catch (error) {
      throw asNode(error, { syscall, path });
    }
  }
}

/** As Node's `fs` fails, whose errors npm prints by their names. */
function asNode(error: unknown, subject: SyscallSubject): unknown {
  const { code } = error as { readonly code?: unknown };
  if (!(error instanceof Error) || typeof code !== 'string' || !Object.hasOwn(errnoTable, code)) return error;
  const failure = new PosixError(code as ErrnoName, subject);
  failure.name = 'Error';
  return failure;
}

function statOf(entry: Entry): Stat {
  const size = entry.kind === 'file' ? entry.bytes.length : 0;
  const ms = entry.kind === 'file' ? entry.writtenMs : 0;
  return {
    dev: 0,
    ino: 0,
    mode: entry.kind === 'file' ? S_IFREG | 0o644 : S_IFDIR | 0o755,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    blksize: 4096,
    blocks: Math.ceil(size / 512),
    atimeMs: ms,
    mtimeMs: ms,
    ctimeMs: ms,
    birthtimeMs: ms,
  };
}
