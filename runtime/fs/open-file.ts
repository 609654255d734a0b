import { PosixError } from '../base/errors.ts';
import type { Ino } from '../base/ids.ts';
import type { SharedOffsetId } from '../wires/change.ts';
import type { Inode } from './inode.ts';
import { O_ACCMODE, O_APPEND, O_PATH, O_RDONLY, O_WRONLY } from '../base/open-flags.ts';
import type { ChangeHost } from './replica.ts';

/** Whoever starts an open file with it: where changes go, what limits them, and the time. */
export interface FileHost {
  readonly host: ChangeHost;
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
  now(): number;
}

/**
 * An open file description: what descriptors refer to, also several of them (`dup`). Its inode lives until it is closed.
 * A character device opens like any file; reading and writing one is the caller's affair, by `node.rdev`.
 */
export class OpenFile {
  /** The path it was opened by, for messages and `/proc`. */
  readonly path: string;
  flags: number;
  #ino: Ino;
  readonly #at: FileHost;
  #offset = 0;
  #shared: SharedOffsetId | undefined;
  #open = true;

  constructor(at: FileHost, ino: Ino, flags: number, path: string, shared?: SharedOffsetId) {
    this.#at = at;
    this.#ino = ino;
    this.flags = flags;
    this.path = path;
    this.#shared = shared;
    at.host.tree.retain(ino);
  }

  get ino(): Ino {
    return this.#ino;
  }

  /** Fails with `EBADF` once it is closed, `EIO` if another process's change took the file away under it. */
  get node(): Inode {
    if (!this.#open) throw new PosixError('EBADF');
    const node = this.#at.host.tree.node(this.#ino);
    if (node === undefined) throw new PosixError('EIO');
    return node;
  }

  get offset(): number {
    return this.#shared === undefined ? this.#offset : this.#at.host.tree.sharedOffset(this.#shared);
  }

  /** Moves the offset, in a file that processes share for all of them. */
  seek(offset: number): void {
    if (this.#shared === undefined) this.#offset = offset;
    else if (offset !== this.offset) this.#at.host.commit({ kind: 'seek', shared: this.#shared, offset });
  }

  /**
   * Makes the offset replicated state, so that a child process can go on with it, and gives an unlinked file a number
   * that travels. Answers what the child opens it by. `id` is used the first time only.
   */
  share(allocate: () => SharedOffsetId): { readonly ino: Ino; readonly shared: SharedOffsetId } {
    const { node } = this;
    const { host } = this.#at;
    if (node.nlink === 0 && node.isFile) {
      const ino = host.allocateIno();
      host.tree.retain(ino);
      host.commit({
        kind: 'orphan',
        ino,
        mode: node.mode,
        uid: node.uid,
        gid: node.gid,
        timeMs: node.mtimeMs,
        bytes: host.tree.contents(node).slice(),
      });
      host.tree.release(this.#ino);
      this.#ino = ino;
    }
    if (this.#shared === undefined) {
      const shared = allocate();
      host.commit({ kind: 'seek', shared, offset: this.#offset });
      this.#shared = shared;
    }
    return { ino: this.node.ino, shared: this.#shared };
  }

  /** Fails with `EBADF` or `EISDIR`. `position` null reads at the offset and moves it. 0 at the end. */
  read(into: Uint8Array, position: number | null): number {
    const { node } = this;
    if ((this.flags & O_ACCMODE) === O_WRONLY || (this.flags & O_PATH) !== 0) throw new PosixError('EBADF');
    if (node.isDirectory) throw new PosixError('EISDIR');
    const start = position ?? this.offset;
    const count = Math.max(0, Math.min(into.length, node.size - start));
    if (count === 0) return 0;
    const bytes = this.#at.host.tree.contents(node);
    into.set(bytes.subarray(start, start + count));
    if (position === null) this.seek(start + count);
    return count;
  }

  /** Always writes all. Fails with `EBADF`, `EFBIG` or `ENOSPC`. With `O_APPEND` at the end, wherever `position` is. */
  write(bytes: Uint8Array, position: number | null): number {
    const { node } = this;
    if ((this.flags & O_ACCMODE) === O_RDONLY || (this.flags & O_PATH) !== 0) throw new PosixError('EBADF');
    if (bytes.length === 0) return 0;
    const append = (this.flags & O_APPEND) !== 0;
    const start = append ? node.size : (position ?? this.offset);
    const end = start + bytes.length;
    checkRoom(this.#at, node, Math.max(end, node.size));
    const own = bytes.slice();
    const timeMs = this.#at.now();
    if (append) {
      this.#at.host.commit({ kind: 'write', ino: node.ino, at: 'end', bytes: own, timeMs });
      if (position === null) this.seek(end);
    } else if (position === null && this.#shared !== undefined) {
      this.#at.host.commit({ kind: 'write', ino: node.ino, at: { shared: this.#shared }, bytes: own, timeMs });
    } else {
      this.#at.host.commit({ kind: 'write', ino: node.ino, at: start, bytes: own, timeMs });
      if (position === null) this.#offset = end;
    }
    return bytes.length;
  }

  /** Fails with `EINVAL` if it is not open for writing or no regular file, `EFBIG` or `ENOSPC`. */
  truncate(size: number): void {
    const { node } = this;
    if ((this.flags & O_ACCMODE) === O_RDONLY || !node.isFile || size < 0) throw new PosixError('EINVAL');
    checkRoom(this.#at, node, size);
    this.#at.host.commit({ kind: 'truncate', ino: node.ino, size, timeMs: this.#at.now() });
  }

  /** Twice does nothing more. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#at.host.tree.release(this.#ino);
  }
}

export function checkRoom(at: FileHost, node: Inode | undefined, size: number): void {
  if (size > at.maxFileBytes) throw new PosixError('EFBIG');
  const growth = size - (node?.counted ?? 0);
  if (growth > 0 && at.host.tree.fileBytes + growth > at.maxTotalBytes) throw new PosixError('ENOSPC');
}
