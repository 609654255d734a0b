import type { Ino } from '../base/ids.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../base/file-mode.ts';
import type { BlobBytes } from './blob-bytes.ts';
import type { Mount } from './layer.ts';

export const noBytes = new Uint8Array(0);

/** Something immutable that has the same contents as a file: a Blob, a file of a layer, or a place in a pack of many. */
export type Source = Blob | { readonly mount: Mount; readonly index: number } | { readonly pack: BlobBytes; readonly offset: number };

/** One file, directory, link, device or socket. Only `Tree` writes its fields. */
export class Inode {
  readonly ino: Ino;
  mode: number;
  uid: number;
  gid: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  readonly birthtimeMs: number;
  readonly rdev: number;
  /** Names that lead here; of a directory 2 and one for each subdirectory, 0 once it is removed. */
  nlink = 0;
  /** The directory of its first name, and that name; 0 where it has none. The root is its own parent. */
  parent: Ino = 0;
  name = '';
  /** Its further names (hard links). */
  otherNames: [Ino, string][] | undefined = undefined;

  /** Of a directory, once they are known: those of a layer are filled in on first touch. */
  entries: Map<string, Ino> | undefined = undefined;
  /** The layer mounted over this directory. */
  mount: Mount | undefined = undefined;
  /** The names of that layer are not among `entries` yet. */
  unread = false;
  /** Of a symbolic link. */
  target = '';

  /** Of a regular file, its length. */
  size = 0;
  /** The contents, once read; may be longer than `size`. */
  bytes: Uint8Array = noBytes;
  /** `bytes` is this file's alone and may be written in place. */
  owned = false;
  /** As long as the contents are those of it. */
  source: Source | undefined = undefined;
  /** `bytes` holds the contents; else they are to be read from `source`. */
  loaded = true;
  /** What it adds to `Tree.fileBytes`: nothing while its contents are those of a layer. */
  counted = 0;

  /** It comes from a layer; `changed` tells whether it still is as it is there. */
  readonly lower: { readonly mount: Mount; readonly index: number } | undefined;
  changed = false;

  constructor(
    ino: Ino,
    fields: {
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly timeMs: number;
      readonly rdev?: number | undefined;
      readonly lower?: { readonly mount: Mount; readonly index: number };
      readonly birthtimeMs?: number;
    },
  ) {
    this.ino = ino;
    this.mode = fields.mode;
    this.uid = fields.uid;
    this.gid = fields.gid;
    this.atimeMs = this.mtimeMs = this.ctimeMs = fields.timeMs;
    this.birthtimeMs = fields.birthtimeMs ?? fields.timeMs;
    this.rdev = fields.rdev ?? 0;
    this.lower = fields.lower;
  }

  get isDirectory(): boolean {
    return (this.mode & S_IFMT) === S_IFDIR;
  }

  get isFile(): boolean {
    return (this.mode & S_IFMT) === S_IFREG;
  }

  get isSymlink(): boolean {
    return (this.mode & S_IFMT) === S_IFLNK;
  }
}
