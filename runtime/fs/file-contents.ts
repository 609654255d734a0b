/**
 * The bytes of regular files: read from their source on first touch, shared until written, appended to in amortised
 * constant time. Each mutation gives back how to undo it, as long as nothing older was undone first.
 */
import type { Dispose } from '../base/disposers.ts';
import { noBytes, type Inode, type Source } from './inode.ts';
import { readBlob, type BlobReader } from './blob-bytes.ts';
import type { LayerNode } from './layer.ts';

/** A buffer grows by half of itself, and by no more than this at once. */
const maxGrowthBytes = 32 << 20;

/** The contents as a view that must not be written and is only good until the file changes. */
export function contentsOf(node: Inode, reader: BlobReader): Uint8Array {
  if (!node.loaded) load(node, reader);
  return node.bytes.length === node.size ? node.bytes : node.bytes.subarray(0, node.size);
}

function load(node: Inode, reader: BlobReader): void {
  const source = node.source;
  if (source !== undefined) {
    if ('mount' in source) {
      const { layer } = source.mount;
      node.bytes = layer.contents(layer.nodes[source.index] as LayerNode);
    } else if ('pack' in source) node.bytes = source.pack.read(source.offset, node.size);
    else node.bytes = readBlob(source, reader);
  }
  node.owned = false;
  node.loaded = true;
}

/** Restores everything of the contents but bytes that were overwritten in place. */
function restorer(node: Inode): Dispose {
  const { bytes, owned, source, loaded, size } = node;
  return () => {
    node.bytes = bytes;
    node.owned = owned;
    node.source = source;
    node.loaded = loaded;
    node.size = size;
  };
}

/** Makes `node.bytes` writable with room for `capacity` bytes, keeping the first `keep`. */
function reserve(node: Inode, capacity: number, keep: number): void {
  if (node.owned && node.bytes.length >= capacity) return;
  const room =
    capacity <= node.size ? capacity : Math.max(capacity, Math.min(node.size * 1.5, node.size + maxGrowthBytes) | 0, keep === 0 ? 0 : 64);
  const bytes = new Uint8Array(room);
  bytes.set(node.bytes.subarray(0, keep));
  node.bytes = bytes;
  node.owned = true;
}

/** Takes over `bytes`, which nobody may write any more. */
export function writeContents(node: Inode, offset: number, bytes: Uint8Array, reader: BlobReader, wantUndo: boolean): Dispose | undefined {
  const end = offset + bytes.length;
  const { size } = node;
  const restore = wantUndo ? restorer(node) : undefined;
  if (offset === 0 && end >= size && !(node.owned && node.bytes.length >= end)) {
    node.bytes = bytes;
    node.owned = false;
    node.loaded = true;
    node.source = undefined;
    node.size = end;
    return restore;
  }
  if (!node.loaded) load(node, reader);
  const before = node.bytes;
  reserve(node, Math.max(end, size), size);
  let overwritten: Uint8Array | undefined;
  if (wantUndo && before === node.bytes && offset < size) overwritten = before.slice(offset, Math.min(end, size));
  if (offset > size) node.bytes.fill(0, size, offset);
  node.bytes.set(bytes, offset);
  node.size = Math.max(end, size);
  node.source = undefined;
  if (restore === undefined || overwritten === undefined) return restore;
  const old = overwritten;
  return () => {
    before.set(old, offset);
    restore();
  };
}

export function resizeContents(node: Inode, size: number, reader: BlobReader, wantUndo: boolean): Dispose | undefined {
  const restore = wantUndo ? restorer(node) : undefined;
  if (size === 0) {
    node.bytes = noBytes;
    node.owned = false;
    node.loaded = true;
  } else {
    if (!node.loaded) load(node, reader);
    if (size > node.size) {
      const before = node.bytes;
      const old = node.size;
      reserve(node, size, old);
      // Room behind the end may hold what an earlier truncation cut off.
      if (before === node.bytes) node.bytes.fill(0, old, size);
    } else if (wantUndo && node.owned) {
      // What is cut off must survive a later write into its room.
      node.owned = false;
    }
  }
  node.size = size;
  node.source = undefined;
  return restore;
}

/** `bytes` must never be written again; a `source` is read when needed. */
export function replaceContents(
  node: Inode,
  data: Uint8Array | { readonly source: Source; readonly size: number },
  wantUndo: boolean,
): Dispose | undefined {
  const restore = wantUndo ? restorer(node) : undefined;
  node.owned = false;
  if (data instanceof Uint8Array) {
    node.bytes = data;
    node.source = undefined;
    node.loaded = true;
    node.size = data.length;
  } else {
    node.bytes = noBytes;
    node.source = data.source;
    node.loaded = false;
    node.size = data.size;
  }
  return restore;
}
