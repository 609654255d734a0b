/** The container's files as package managers use them: whole files, whole trees, and answers instead of errors for what is missing. */
import { PosixError } from '../../base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../base/file-mode.ts';
import type { DirectoryEntry, Stat } from '../../base/stat.ts';
import type { FileCalls } from '../../process/syscalls.ts';
import { decodeText, encodeText } from '../../process/text.ts';
import { dirName } from './paths.ts';

// Linux open(2).
const writeOnly = 0o1;
const create = 0o100;
const truncate = 0o1000;

/** Undefined where nothing is. */
function unlessMissing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof PosixError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

export class Disk {
  readonly calls: FileCalls;

  constructor(calls: FileCalls) {
    this.calls = calls;
  }

  /** Follows links. */
  stat(path: string): Stat | undefined {
    return unlessMissing(() => this.calls.stat(path));
  }

  lstat(path: string): Stat | undefined {
    return unlessMissing(() => this.calls.lstat(path));
  }

  isFile(path: string): boolean {
    return isType(this.stat(path), S_IFREG);
  }

  isFolder(path: string): boolean {
    return isType(this.stat(path), S_IFDIR);
  }

  isLink(path: string): boolean {
    return isType(this.lstat(path), S_IFLNK);
  }

  exists(path: string): boolean {
    return this.stat(path) !== undefined;
  }

  readBytes(path: string): Uint8Array | undefined {
    return unlessMissing(() => this.calls.readFile(path));
  }

  /** Without a byte order mark. */
  readText(path: string): string | undefined {
    const bytes = this.readBytes(path);
    return bytes === undefined ? undefined : decodeText(bytes).replace(/^\ufeff/, '');
  }

  /** Empty where there is no such folder. */
  list(path: string): readonly DirectoryEntry[] {
    return unlessMissing(() => this.calls.readdir(path)) ?? [];
  }

  /** Makes or replaces the file in one step for whoever looks; its folder must be there. */
  write(path: string, data: string | Uint8Array, mode = 0o666): void {
    const bytes = typeof data === 'string' ? encodeText(data) : data;
    const fd = this.#openToWrite(path, mode);
    try {
      for (let at = 0; at < bytes.length;) at += this.calls.write(fd, at === 0 ? bytes : bytes.subarray(at), null);
    } finally {
      this.calls.close(fd);
    }
  }

  #openToWrite(path: string, mode: number) {
    try {
      return this.calls.open(path, writeOnly | create | truncate, mode);
    } catch (error) {
      throw PosixError.about(error, { syscall: 'open', path });
    }
  }

  /** With its parents. What stands in the way is an error; a folder that is there is fine. */
  makeFolders(path: string): void {
    if (this.isFolder(path)) return;
    const parent = dirName(path);
    if (parent !== path) this.makeFolders(parent);
    this.calls.mkdir(path, 0o777);
  }

  /** Whatever it is, with all that is in it and mounted in it. */
  remove(path: string): void {
    const found = this.lstat(path);
    if (found === undefined) return;
    if ((found.mode & S_IFMT) !== S_IFDIR) {
      this.calls.unlink(path);
      return;
    }
    // First, so that the layer's own files are neither read nor removed one by one.
    if (this.calls.mounted(path) !== undefined) this.calls.unmount(path);
    for (const { name } of this.list(path)) this.remove(`${path}/${name}`);
    this.calls.rmdir(path);
  }

  /** A symbolic link, in the place of whatever was there. */
  link(target: string, path: string): void {
    if (this.isLink(path) && this.calls.readlink(path) === target) return;
    this.remove(path);
    this.calls.symlink(target, path);
  }
}

function isType(stat: Stat | undefined, type: number): boolean {
  return stat !== undefined && (stat.mode & S_IFMT) === type;
}
