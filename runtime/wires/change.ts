/**
 * Everything that can happen to the files of a container. A `Change` is total and deterministic: applied to equal trees
 * it gives equal trees, and one that no longer makes sense (its parent is gone) changes nothing. So the kernel's order
 * alone decides what every replica ends up with.
 *
 * Nodes are named by inode number, so that a write reaches its file through a rename or an unlink. Each connection
 * allocates from a range of its own. Creating a name that exists by then does not fail: the new number becomes an
 * alias of the node that is there (as `open` with `O_CREAT` or `mkdir -p` would have found it); the loser of an exclusive
 * creation learns of it by a `conflict` notice.
 */
import type { Ino } from '../base/ids.ts';

/**
 * Contents of a regular file as they travel: bytes, a slice of a Blob that whoever reads it reads lazily, or what the file
 * `ino` of a layer holds in that layer, whatever was written to it since.
 */
export type FileData =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'layer'; readonly ino: Ino };

/** Times are milliseconds since the epoch and may have a fraction. */
export interface Attributes {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly atimeMs?: number;
  readonly mtimeMs?: number;
  readonly ctimeMs?: number;
}

/** An open file description that several processes share: its offset is replicated state. */
export type SharedOffsetId = number & { readonly brand?: 'SharedOffsetId' };

export type Change =
  | {
      readonly kind: 'create';
      readonly parent: Ino;
      readonly name: string;
      readonly ino: Ino;
      /** File type and permission bits, as `st_mode` has them (`S_IFREG`, `S_IFDIR`, `S_IFLNK`, `S_IFCHR`, `S_IFSOCK`). */
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly timeMs: number;
      /** Of a symbolic link. */
      readonly target?: string;
      /** Of a regular file, instead of an empty one. */
      readonly data?: FileData;
      /** Of a device. */
      readonly rdev?: number;
      /** The creator asked for `O_EXCL` or `mkdir`: it is told when it lost. */
      readonly exclusive?: boolean;
    }
  | {
      readonly kind: 'write';
      readonly ino: Ino;
      /** A byte offset; the end of the file, or a shared offset, as they are when the kernel orders the change. */
      readonly at: number | 'end' | { readonly shared: SharedOffsetId };
      readonly bytes: Uint8Array;
      readonly timeMs: number;
    }
  | { readonly kind: 'replace'; readonly ino: Ino; readonly data: FileData; readonly timeMs: number }
  | { readonly kind: 'truncate'; readonly ino: Ino; readonly size: number; readonly timeMs: number }
  | { readonly kind: 'attributes'; readonly ino: Ino; readonly set: Attributes }
  | { readonly kind: 'link'; readonly parent: Ino; readonly name: string; readonly ino: Ino; readonly timeMs: number }
  /** Removes a name: of a file always, of a directory only an empty one. */
  | { readonly kind: 'unlink'; readonly parent: Ino; readonly name: string; readonly timeMs: number }
  | {
      readonly kind: 'rename';
      readonly parent: Ino;
      readonly name: string;
      readonly toParent: Ino;
      readonly toName: string;
      readonly timeMs: number;
    }
  /**
   * Mounts a layer, which the container must have been given before, over the directory `ino`. What the directory holds
   * stays and shadows what the layer has of the same name. The layer's nodes are numbered from `inoBase`.
   */
  | { readonly kind: 'mount'; readonly ino: Ino; readonly layer: string; readonly inoBase: Ino }
  | { readonly kind: 'unmount'; readonly ino: Ino }
  /** A regular file without a name, so that an open file that was removed can be handed to a child by descriptor. */
  | {
      readonly kind: 'orphan';
      readonly ino: Ino;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly timeMs: number;
      readonly bytes: Uint8Array;
    }
  /** Starts or moves a shared offset. */
  | { readonly kind: 'seek'; readonly shared: SharedOffsetId; readonly offset: number };

/** One node of a {@link TreeSnapshot}. */
export interface NodeSnapshot {
  readonly ino: Ino;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly nlink: number;
  /** The directories and names that lead to it; none for an open file that was removed. */
  readonly names: readonly (readonly [Ino, string])[];
  /** Of a directory: names and numbers, in order of creation. Absent where they still are those of the layer it comes from. */
  readonly entries?: readonly (readonly [string, Ino])[];
  /** Nobody has looked into the layer mounted here: its names are yet to be added to `entries`. */
  readonly unread?: boolean;
  /** Of a symbolic link. */
  readonly target?: string;
  /** Of a regular file: its own bytes, where they are in `TreeSnapshot.pack`, or the number it has in a layer. */
  readonly data?: Uint8Array | { readonly offset: number; readonly size: number } | { readonly layerIno: Ino; readonly size: number };
  /** Of a device. */
  readonly rdev?: number;
}

/** A layer mounted over the directory `ino`, which is `null` once it is unmounted: files moved out of it keep their contents. */
export interface MountSnapshot {
  readonly ino: Ino | null;
  readonly layer: string;
  readonly inoBase: Ino;
  readonly uid: number;
  readonly gid: number;
}

/**
 * A layer as it crosses a wire. Many may share one Blob: a Blob costs 0.1 to 0.6 ms at every clone, so that an install of
 * hundreds of packages is handed on as one.
 */
export interface LayerSource {
  readonly id: string;
  /** Holds the layer's uncompressed tar. */
  readonly blob: Blob;
  /** Where the tar is in `blob`, in bytes. Absent: all of it. */
  readonly part?: { readonly start: number; readonly size: number };
}

/** A whole tree at one point of the kernel's order. Its size grows with what was written, not with what is mounted. */
export interface TreeSnapshot {
  readonly root: Ino;
  readonly nodes: readonly NodeSnapshot[];
  /** Contents too large to be cloned, all in one Blob. */
  readonly pack: Blob | null;
  readonly layers: readonly LayerSource[];
  /** In the order they were made. */
  readonly mounts: readonly MountSnapshot[];
  readonly sharedOffsets: readonly (readonly [SharedOffsetId, number])[];
  readonly aliases: readonly (readonly [Ino, Ino])[];
}
