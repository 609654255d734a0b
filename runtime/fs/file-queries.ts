/** What can be asked of a tree by one set of credentials: what is there, and whether it may be used. */
import type { ErrnoName } from '../base/errno.ts';
import { PosixError } from '../base/errors.ts';
import { R_OK, S_IFMT } from '../base/file-mode.ts';
import type { DirectoryEntry, FileSystemStat, Stat } from '../base/stat.ts';
import type { FileData } from '../wires/change.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './open-file.ts';
import { isPermitted, tryWalk, walk, type Credentials, type Place } from './path-walk.ts';
import type { ChangeHost } from './replica.ts';
import type { Tree } from './tree.ts';

export interface FileSystemOptions {
  readonly uid?: number;
  readonly gid?: number;
  readonly umask?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Beyond it writing fails with `EFBIG`. */
  readonly maxFileBytes?: number;
  /** Beyond it writing fails with `ENOSPC`. */
  readonly maxTotalBytes?: number;
  /** Beyond it creating fails with `ENOSPC`. */
  readonly maxFiles?: number;
  /** Random characters for `mkdtemp`. */
  readonly random?: () => number;
}

/** Of the one device that all files are on. */
const deviceNumber = 0x35;
const blockBytes = 4096;

export const fail = (code: ErrnoName): never => {
  throw new PosixError(code);
};

export class FileQueries {
  readonly host: ChangeHost;
  readonly credentials: Credentials;
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
  protected readonly maxFiles: number;
  protected readonly clock: () => number;
  protected readonly random: () => number;

  constructor(host: ChangeHost, options: FileSystemOptions = {}) {
    this.host = host;
    this.credentials = { uid: options.uid ?? 1000, gid: options.gid ?? options.uid ?? 1000, umask: options.umask ?? 0o022 };
    this.maxFileBytes = options.maxFileBytes ?? 2 ** 31;
    this.maxTotalBytes = options.maxTotalBytes ?? 2 ** 40;
    this.maxFiles = options.maxFiles ?? 2 ** 31;
    this.clock = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
  }

  get tree(): Tree {
    return this.host.tree;
  }

  now(): number {
    return this.clock();
  }

  /** The whole file, as bytes of the caller's own. */
  readFile(path: string): Uint8Array {
    return this.readFileView(path).slice();
  }

  /** The whole file as a view: not to be written, and good only until the file changes. */
  readFileView(path: string): Uint8Array {
    const node = this.existing(path, true);
    this.need(node, R_OK);
    if (node.isDirectory) fail('EISDIR');
    if (!node.isFile) fail('EINVAL');
    return this.tree.contents(node);
  }

  stat(path: string): Stat {
    return this.statNode(this.existing(path, true));
  }

  lstat(path: string): Stat {
    return this.statNode(this.existing(path, false));
  }

  fstat(file: OpenFile): Stat {
    return this.statNode(file.node);
  }

  statNode(node: Inode): Stat {
    const size = node.isFile ? node.size : node.isDirectory ? blockBytes : node.isSymlink ? linkBytes(node) : 0;
    return {
      dev: deviceNumber,
      ino: node.ino,
      mode: node.mode,
      nlink: this.tree.linkCount(node),
      uid: node.uid,
      gid: node.gid,
      rdev: node.rdev,
      size,
      blksize: blockBytes,
      blocks: node.isFile || node.isDirectory ? Math.ceil(size / blockBytes) * (blockBytes / 512) : 0,
      atimeMs: node.atimeMs,
      mtimeMs: node.mtimeMs,
      ctimeMs: node.ctimeMs,
      birthtimeMs: node.birthtimeMs,
    };
  }

  exists(path: string): boolean {
    return this.typeOf(path) !== 0;
  }

  /** `st_mode & S_IFMT` of what the path leads to, 0 if it leads nowhere. Never fails: for module resolution. */
  typeOf(path: string): number {
    const place = tryWalk(this.tree, this.credentials, path, { follow: true });
    return typeof place === 'string' || place.node === undefined ? 0 : place.node.mode & S_IFMT;
  }

  access(path: string, mode: number): void {
    if ((mode & ~7) !== 0) fail('EINVAL');
    this.need(this.existing(path, true), mode);
  }

  /** Sorted by name, without `.` and `..`. */
  readdir(path: string): DirectoryEntry[] {
    const node = this.existing(path, true);
    if (!node.isDirectory) fail('ENOTDIR');
    this.need(node, R_OK);
    return this.list(node);
  }

  list(directory: Inode): DirectoryEntry[] {
    const names = [...this.tree.entriesOf(directory).keys()].sort();
    return names.map((name) => ({ name, type: (this.tree.lookup(directory, name)?.mode ?? 0) & S_IFMT }));
  }

  readlink(path: string): string {
    const node = this.existing(path, false);
    if (!node.isSymlink) fail('EINVAL');
    return node.target;
  }

  realpath(path: string): string {
    const { node, parent, name } = this.walk(path, true);
    if (node === undefined) return fail('ENOENT');
    if (node.isDirectory) return this.tree.pathOf(node.ino) ?? fail('ENOENT');
    const above = this.tree.pathOf(parent.ino) ?? fail('ENOENT');
    return above === '/' ? `/${name}` : `${above}/${name}`;
  }

  /** The contents in a form that can be sent: by reference where that is possible. */
  dataOf(node: Inode): FileData {
    const { source } = node;
    if (source !== undefined) {
      if ('mount' in source) return { kind: 'layer', ino: source.mount.inoBase + source.index };
      if (!('pack' in source)) return { kind: 'blob', blob: source };
      if (!node.loaded) return { kind: 'blob', blob: source.pack.blob.slice(source.offset, source.offset + node.size) };
    }
    return { kind: 'bytes', bytes: this.tree.contents(node).slice() };
  }

  statfs(path: string): FileSystemStat {
    this.existing(path, true);
    const blocks = Math.ceil(this.maxTotalBytes / blockBytes);
    const free = Math.max(0, blocks - Math.ceil(this.tree.fileBytes / blockBytes));
    // TMPFS_MAGIC: what the whole is likest to.
    return {
      type: 0x01021994,
      bsize: blockBytes,
      blocks,
      bfree: free,
      bavail: free,
      files: this.maxFiles,
      ffree: Math.max(0, this.maxFiles - this.tree.files),
    };
  }

  /** The node a path leads to. */
  nodeAt(path: string, options: { readonly follow: boolean }): Inode {
    return this.existing(path, options.follow);
  }

  /** Where a path leads, for callers that resolve once and then act. */
  resolve(path: string, options: { readonly follow: boolean }): Place {
    return walk(this.tree, this.credentials, path, options);
  }

  protected walk(path: string, follow: boolean): Place {
    return walk(this.tree, this.credentials, path, { follow });
  }

  /** For calls about the name itself: not even a slash behind it makes a link be followed. */
  protected walkParent(path: string): Place {
    if (!path.endsWith('/')) return this.walk(path, false);
    const place = this.walk(path.replace(/(?!^)\/+$/, ''), false);
    return place.name === '' ? place : { ...place, slash: true };
  }

  protected existing(path: string, follow: boolean): Inode {
    return this.walk(path, follow).node ?? fail('ENOENT');
  }

  protected need(node: Inode, mode: number): void {
    if (!isPermitted(node, this.credentials, mode)) fail('EACCES');
  }
}

const linkSizes = new WeakMap<Inode, number>();

function linkBytes(node: Inode): number {
  let size = linkSizes.get(node);
  if (size === undefined) linkSizes.set(node, (size = new TextEncoder().encode(node.target).length));
  return size;
}
