import type { Ino } from '../base/ids.ts';
import type { LayerSource } from '../wires/change.ts';
import { BlobBytes, readsFromStartOnly, sharedBytes, type BlobReader } from './blob-bytes.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../base/file-mode.ts';
import { isValidName } from './names.ts';
import { readTar, type ByteSource } from '../base/tar-reader.ts';

/** What a layer has of one path. `children` name further nodes by their index. */
export interface LayerNode {
  readonly name: string;
  readonly parent: number;
  mode: number;
  mtimeMs: number;
  size: number;
  offset: number;
  target: string;
  readonly children: number[] | undefined;
}

/**
 * How many inode numbers the mount of a layer takes. Each entry of a tar has a header of 512 bytes; the other half is for
 * directories it names only in passing. The index of a tar that would need more leaves the rest out.
 */
function layerInoCount(blobSize: number): number {
  return 2 * Math.ceil(blobSize / 512) + 16;
}

/** Up to this size a layer is read together with its neighbours, where it shares a Blob with them. */
const smallLayer = 1 << 20;

/** An immutable tar, read and indexed when something in it is first touched. The same index everywhere. */
export class Layer implements ByteSource {
  readonly source: LayerSource;
  readonly size: number;
  readonly inoCount: number;
  readonly #reader: BlobReader;
  readonly #isShared: boolean;
  #bytes: BlobBytes | undefined;
  #nodes: readonly LayerNode[] | undefined;
  #problem: string | undefined;

  constructor(source: LayerSource, reader: BlobReader) {
    this.source = source;
    this.size = source.part?.size ?? source.blob.size;
    this.inoCount = layerInoCount(this.size);
    this.#isShared = source.part !== undefined && (readsFromStartOnly || this.size <= smallLayer);
    this.#reader = reader;
  }

  get id(): string {
    return this.source.id;
  }

  get indexed(): boolean {
    return this.#nodes !== undefined;
  }

  /** What was wrong with the tar; what stands before that can be used. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Node 0 is the layer's root. */
  get nodes(): readonly LayerNode[] {
    return (this.#nodes ??= this.#index());
  }

  /** A view that must not be written; it keeps what was read around it from going. */
  read(offset: number, length: number): Uint8Array {
    const { blob, part } = this.source;
    if (part !== undefined && this.#isShared) return sharedBytes(blob, this.#reader).read(part.start + offset, length);
    return (this.#bytes ??= new BlobBytes(tarOf(this.source), this.#reader)).read(offset, length);
  }

  /** What a file of it holds, to be kept. Must not be written. */
  contents({ offset, size }: LayerNode): Uint8Array {
    const bytes = this.read(offset, size);
    // The neighbours that came with it may go.
    return this.#isShared && !readsFromStartOnly ? bytes.slice() : bytes;
  }

  #index(): LayerNode[] {
    const root: LayerNode = { name: '', parent: 0, mode: S_IFDIR | 0o755, mtimeMs: 0, size: 0, offset: 0, target: '', children: [] };
    const nodes = [root];
    // Full paths, so that finding the parent of an entry costs one look-up however deep it is.
    const byPath = new Map<string, number>([['', 0]]);
    const add = (path: string, parent: number, node: Omit<LayerNode, 'name' | 'parent'>): number | undefined => {
      if (nodes.length >= this.inoCount) return undefined;
      const index = nodes.length;
      nodes.push({ name: path.slice(path.lastIndexOf('/') + 1), parent, ...node });
      (nodes[parent] as LayerNode).children?.push(index);
      byPath.set(path, index);
      return index;
    };
    const directory = (path: string): number | undefined => {
      const known = byPath.get(path);
      if (known !== undefined) return nodes[known]?.children === undefined ? undefined : known;
      const slash = path.lastIndexOf('/');
      const parent = directory(slash < 0 ? '' : path.slice(0, slash));
      if (parent === undefined) return undefined;
      return add(path, parent, { mode: S_IFDIR | 0o755, mtimeMs: 0, size: 0, offset: 0, target: '', children: [] });
    };
    this.#problem = readTar(this, (entry) => {
      const path = containedPath(entry.path);
      if (path === undefined || path === '' || entry.type === 'other') return;
      let { size, offset, target } = entry;
      let kind = entry.type;
      let mode = entry.mode;
      if (kind === 'link') {
        // A second name of a file: here a file of its own with the same contents.
        const linked = nodes[byPath.get(containedPath(target) ?? '') ?? 0] as LayerNode;
        if ((linked.mode & ~0o7777) !== S_IFREG) return;
        ({ size, offset } = linked);
        mode = linked.mode & 0o7777;
        kind = 'file';
        target = '';
      }
      const bits = kind === 'directory' ? S_IFDIR | mode | 0o700 : kind === 'symlink' ? S_IFLNK | 0o777 : S_IFREG | mode | 0o600;
      const known = nodes[byPath.get(path) ?? -1];
      if (known !== undefined) {
        // As extraction would: the later entry wins, but a directory is never replaced.
        if ((known.children !== undefined) !== (kind === 'directory')) return;
        known.mode = bits;
        known.mtimeMs = entry.mtimeMs;
        known.size = kind === 'file' ? size : 0;
        known.offset = offset;
        known.target = kind === 'symlink' ? target : '';
        return;
      }
      const slash = path.lastIndexOf('/');
      const parent = directory(slash < 0 ? '' : path.slice(0, slash));
      if (parent === undefined) return;
      add(path, parent, {
        mode: bits,
        mtimeMs: entry.mtimeMs,
        size: kind === 'file' ? size : 0,
        offset,
        target: kind === 'symlink' ? target : '',
        children: kind === 'directory' ? [] : undefined,
      });
    });
    return nodes;
  }
}

/** A layer's own tar. */
export function tarOf({ blob, part }: LayerSource): Blob {
  return part === undefined ? blob : blob.slice(part.start, part.start + part.size);
}

/** The path below the layer's root, without `.` and doubled slashes; `undefined` for one that climbs or is not valid. */
export function containedPath(path: string): string | undefined {
  if (path.length > 4096) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (!isValidName(part)) return undefined;
    parts.push(part);
  }
  return parts.join('/');
}

/** A layer at a place: node `i` of the layer is inode `inoBase + i`. */
export class Mount {
  readonly layer: Layer;
  readonly inoBase: Ino;
  /** The owner of all that is in it: that of the directory when it was mounted. */
  readonly uid: number;
  readonly gid: number;
  /** The directory it is mounted over; `undefined` once unmounted. */
  at: Ino | undefined;

  constructor(layer: Layer, inoBase: Ino, at: Ino | undefined, uid: number, gid: number) {
    this.layer = layer;
    this.inoBase = inoBase;
    this.at = at;
    this.uid = uid;
    this.gid = gid;
  }
}
