/** `stat(2)`. Times are milliseconds since the epoch, with a fraction. */
export interface Stat {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  /** In bytes. */
  readonly size: number;
  readonly blksize: number;
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  /** As `st_mode & S_IFMT`. */
  readonly type: number;
}

/** `statfs(2)`. Sizes are in blocks of `bsize` bytes. */
export interface FileSystemStat {
  readonly type: number;
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}
