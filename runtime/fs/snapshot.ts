/** A whole tree as plain data and a few Blobs, and back. Only of a tree without pending changes: the kernel's. */
import { BvError } from '../base/errors.ts';
import type { NodeSnapshot, TreeSnapshot } from '../wires/change.ts';
import { BlobBytes } from './blob-bytes.ts';
import { Inode } from './inode.ts';
import { Mount } from './layer.ts';
import { countedBytes } from './nodes.ts';
import { Tree, type TreeOptions } from './tree.ts';

/** Contents up to this size are cloned with their node. A Blob costs 0.1–0.6 ms, cloning so few bytes some microseconds. */
const inlineBytes = 512;

/**
 * Takes snapshots of one tree. Larger contents are in one pack, which the next snapshot takes over by reference and
 * only adds to, until half of it is of no more use.
 */
export class SnapshotTaker {
  readonly #tree: Tree;
  #pack: BlobBytes;
  #packSize = 0;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.#pack = new BlobBytes(new Blob([]), tree.reader);
  }

  take(): TreeSnapshot {
    const tree = this.#tree;
    const rows: { node: Inode; packed: boolean }[] = [];
    let live = 0;
    for (const node of tree.nodes()) {
      if (node.lower !== undefined && !node.changed) continue;
      const fromLayer = node.source !== undefined && 'mount' in node.source;
      const packed = node.isFile && !fromLayer && node.size > 0 && (node.size > inlineBytes || !node.loaded);
      if (packed && isAt(node, this.#pack)) live += node.size;
      rows.push({ node, packed });
    }
    if (live < this.#packSize / 2) {
      this.#pack = new BlobBytes(new Blob([]), tree.reader);
      this.#packSize = 0;
    }
    this.#append(rows.filter(({ node, packed }) => packed && !isAt(node, this.#pack)).map(({ node }) => node));
    return {
      root: tree.root.ino,
      nodes: rows.map(({ node, packed }) => nodeSnapshot(node, packed)),
      pack: this.#packSize > 0 ? this.#pack.blob : null,
      layers: [...tree.layers.values()].map(({ source }) => source),
      mounts: tree.mounts.map(({ at, layer, inoBase, uid, gid }) => ({ ino: at ?? null, layer: layer.id, inoBase, uid, gid })),
      sharedOffsets: [...tree.sharedOffsets],
      aliases: [...tree.aliases],
    };
  }

  #append(nodes: readonly Inode[]): void {
    if (nodes.length === 0) return;
    const parts: BlobPart[] = this.#packSize > 0 ? [this.#pack.blob] : [];
    for (const node of nodes) {
      const { source } = node;
      if (node.loaded) parts.push(this.#tree.contents(node) as Uint8Array<ArrayBuffer>);
      else if (source instanceof Blob) parts.push(source);
      else if (source !== undefined && 'pack' in source) parts.push(source.pack.blob.slice(source.offset, source.offset + node.size));
      node.source = { pack: this.#pack, offset: this.#packSize };
      this.#packSize += node.size;
    }
    this.#pack.extend(new Blob(parts));
  }
}

function isAt(node: Inode, pack: BlobBytes): boolean {
  return node.source !== undefined && 'pack' in node.source && node.source.pack === pack;
}

function nodeSnapshot(node: Inode, packed: boolean): NodeSnapshot {
  const { source } = node;
  const data =
    !node.isFile || node.size === 0
      ? undefined
      : source !== undefined && 'mount' in source
        ? { layerIno: source.mount.inoBase + source.index, size: node.size }
        : packed && source !== undefined && 'pack' in source
          ? { offset: source.offset, size: node.size }
          : node.bytes.slice(0, node.size);
  return {
    ino: node.ino,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    atimeMs: node.atimeMs,
    mtimeMs: node.mtimeMs,
    ctimeMs: node.ctimeMs,
    birthtimeMs: node.birthtimeMs,
    nlink: node.nlink,
    names: node.parent === 0 ? [] : [[node.parent, node.name], ...(node.otherNames ?? [])],
    ...(node.entries === undefined ? {} : { entries: [...node.entries] }),
    ...(node.unread ? { unread: true } : {}),
    ...(node.isSymlink ? { target: node.target } : {}),
    ...(node.rdev === 0 ? {} : { rdev: node.rdev }),
    ...(data === undefined ? {} : { data }),
  };
}

/**
 * The tree that a snapshot was taken of.
 *
 * @throws {BvError} `ERR_BV_BAD_ARCHIVE` if the snapshot does not hold together.
 */
export function restoreTree(snapshot: TreeSnapshot, options: TreeOptions): Tree {
  const tree = new Tree(options);
  for (const layer of snapshot.layers) tree.addLayer(layer);
  const mounted = new Map<number, Mount>();
  for (const { ino, layer, inoBase, uid, gid } of snapshot.mounts) {
    const found = tree.layers.get(layer);
    if (found === undefined) throw new BvError('ERR_BV_BAD_ARCHIVE', `Cannot restore the files: the layer "${layer}" is missing`);
    const mount = new Mount(found, inoBase, ino ?? undefined, uid, gid);
    if (ino !== null) mounted.set(ino, mount);
    tree.restoreMount(mount);
  }
  const pack = snapshot.pack === null ? undefined : new BlobBytes(snapshot.pack, options.reader);
  for (const row of snapshot.nodes) tree.restoreNode(restoreNode(tree, row, pack, mounted));
  for (const [from, to] of snapshot.aliases) tree.restoreAlias(from, to);
  for (const [shared, offset] of snapshot.sharedOffsets) tree.apply({ kind: 'seek', shared, offset }, false);
  if (!tree.root.isDirectory) throw new BvError('ERR_BV_BAD_ARCHIVE', 'Cannot restore the files: the root is not a directory');
  return tree;
}

function restoreNode(tree: Tree, row: NodeSnapshot, pack: BlobBytes | undefined, mounted: ReadonlyMap<number, Mount>): Inode {
  const mount = tree.mountOf(row.ino);
  const node = new Inode(row.ino, {
    ...row,
    timeMs: row.mtimeMs,
    ...(mount === undefined ? {} : { lower: { mount, index: row.ino - mount.inoBase } }),
  });
  node.atimeMs = row.atimeMs;
  node.ctimeMs = row.ctimeMs;
  node.nlink = row.nlink;
  node.changed = true;
  const [first, ...others] = row.names;
  if (first !== undefined) [node.parent, node.name] = first;
  if (others.length > 0) node.otherNames = others.map(([parent, name]) => [parent, name]);
  if (node.isDirectory) {
    if (row.entries !== undefined) node.entries = new Map(row.entries);
    node.mount = mounted.get(row.ino);
    node.unread = row.unread === true && node.mount !== undefined;
  } else if (node.isSymlink) node.target = row.target ?? '';
  const { data } = row;
  if (!node.isFile || data === undefined) return node;
  if (data instanceof Uint8Array) {
    node.bytes = data;
    node.size = data.length;
  } else {
    node.loaded = false;
    node.size = data.size;
    if ('layerIno' in data) {
      const layer = tree.mountOf(data.layerIno);
      if (layer !== undefined) node.source = { mount: layer, index: data.layerIno - layer.inoBase };
    } else if (pack !== undefined) node.source = { pack, offset: data.offset };
    if (
      node.source === undefined ||
      ('pack' in node.source && !(data.size >= 0 && node.source.offset + data.size <= node.source.pack.size))
    ) {
      throw new BvError('ERR_BV_BAD_ARCHIVE', `Cannot restore the files: the contents of inode ${row.ino} are missing`);
    }
  }
  node.counted = countedBytes(node);
  return node;
}
