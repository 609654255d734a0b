/**
 * Every node of a tree by its number, with what else is kept of it: aliases, mounted layers, shared offsets, sums. A node of a layer
 * is made when it is first asked for.
 */
import { S_IFDIR } from '../base/file-mode.ts';
import type { Ino } from '../base/ids.ts';
import type { LayerSource, SharedOffsetId } from '../wires/change.ts';
import type { BlobReader } from './blob-bytes.ts';
import { contentsOf } from './file-contents.ts';
import { Inode } from './inode.ts';
import { Layer, type LayerNode, type Mount } from './layer.ts';

const rootIno: Ino = 1;

export interface TreeOptions {
  readonly reader: BlobReader;
  /** Keeps the files of `orphan` changes, for children that will inherit them. */
  readonly keepsOrphans?: boolean;
  /** Of the root directory. */
  readonly uid?: number;
  readonly gid?: number;
  readonly timeMs?: number;
}

export class Nodes {
  readonly reader: BlobReader;
  protected readonly known = new Map<Ino, Inode>();
  protected readonly aliasOf = new Map<Ino, Ino>();
  protected readonly offsets = new Map<SharedOffsetId, number>();
  protected readonly layerTable = new Map<string, Layer>();
  protected readonly mountTable: Mount[] = [];
  readonly #retained = new Map<Ino, number>();
  protected readonly keepsOrphans: boolean;
  #fileBytes = 0;
  #files = 1;
  #root: Inode;

  constructor(options: TreeOptions) {
    this.reader = options.reader;
    this.keepsOrphans = options.keepsOrphans ?? false;
    const root = new Inode(rootIno, { mode: S_IFDIR | 0o755, uid: options.uid ?? 0, gid: options.gid ?? 0, timeMs: options.timeMs ?? 0 });
    root.nlink = 2;
    root.parent = rootIno;
    root.entries = new Map();
    this.known.set(rootIno, root);
    this.#root = root;
  }

  get root(): Inode {
    return this.#root;
  }

  /** Bytes of files that are not as a layer has them. */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Nodes that do not come from a layer. */
  get files(): number {
    return this.#files;
  }

  get layers(): ReadonlyMap<string, Layer> {
    return this.layerTable;
  }

  get mounts(): readonly Mount[] {
    return this.mountTable;
  }

  get aliases(): ReadonlyMap<Ino, Ino> {
    return this.aliasOf;
  }

  get sharedOffsets(): ReadonlyMap<SharedOffsetId, number> {
    return this.offsets;
  }

  /** Every node that was touched or made; untouched ones of layers are not among them. */
  nodes(): IterableIterator<Inode> {
    return this.known.values();
  }

  node(ino: Ino): Inode | undefined {
    const node = this.known.get(ino);
    if (node !== undefined) return node;
    if (this.aliasOf.size > 0) {
      const real = this.aliasOf.get(ino);
      if (real !== undefined) return this.known.get(real) ?? this.#fromLayer(real);
    }
    return this.mountTable.length === 0 ? undefined : this.#fromLayer(ino);
  }

  /** The child of that name. Not for `.` and `..`. */
  lookup(directory: Inode, name: string): Inode | undefined {
    const ino = this.listing(directory).get(name);
    if (ino === undefined) return undefined;
    return this.known.get(ino) ?? this.#fromLayer(ino, directory);
  }

  entriesOf(directory: Inode): ReadonlyMap<string, Ino> {
    return this.listing(directory);
  }

  /** `st_nlink`. */
  linkCount(node: Inode): number {
    if (node.unread) this.listing(node);
    return node.nlink;
  }

  /** The bytes of a regular file: a view that must not be written and is good until the file changes. */
  contents(node: Inode): Uint8Array {
    return contentsOf(node, this.reader);
  }

  /** The absolute path of a node by its first name; `undefined` if it has none any more. */
  pathOf(ino: Ino): string | undefined {
    let path = '';
    for (let node = this.node(ino); node !== this.#root; node = this.node(node.parent)) {
      if (node === undefined || node.nlink === 0 || node.parent === 0) return undefined;
      path = `/${node.name}${path}`;
    }
    return path === '' ? '/' : path;
  }

  sharedOffset(id: SharedOffsetId): number {
    return this.offsets.get(id) ?? 0;
  }

  /** Keeps a node alive without a name until it is released as often. */
  retain(ino: Ino): void {
    const real = this.aliasOf.get(ino) ?? ino;
    this.#retained.set(real, (this.#retained.get(real) ?? 0) + 1);
  }

  release(ino: Ino): void {
    const real = this.aliasOf.get(ino) ?? ino;
    const count = (this.#retained.get(real) ?? 0) - 1;
    if (count > 0) {
      this.#retained.set(real, count);
      return;
    }
    this.#retained.delete(real);
    const node = this.known.get(real);
    if (node?.nlink === 0) this.forget(node);
  }

  protected isRetained(ino: Ino): boolean {
    return this.#retained.has(ino);
  }

  addLayer(source: LayerSource): void {
    if (!this.layerTable.has(source.id)) this.layerTable.set(source.id, new Layer(source, this.reader));
  }

  // For `snapshot.ts`, which rebuilds a tree without going through changes.

  restoreNode(node: Inode): void {
    if (node.ino === rootIno) {
      this.#files--;
      this.#root = node;
    }
    this.remember(node);
  }

  restoreMount(mount: Mount): void {
    this.addMount(mount);
  }

  restoreAlias(from: Ino, to: Ino): void {
    this.aliasOf.set(from, to);
  }

  protected listing(directory: Inode): Map<string, Ino> {
    const { entries } = directory;
    if (entries !== undefined && !directory.unread) return entries;
    const own = (directory.entries ??= new Map<string, Ino>());
    const mount = directory.unread ? directory.mount : directory.lower?.mount;
    if (mount === undefined) return own;
    const { nodes } = mount.layer;
    for (const child of nodes[directory.unread ? 0 : (directory.lower as { index: number }).index]?.children ?? []) {
      const { name, children } = nodes[child] as LayerNode;
      if (own.has(name)) continue;
      own.set(name, mount.inoBase + child);
      if (directory.unread && children !== undefined) directory.nlink++;
    }
    directory.unread = false;
    return own;
  }

  /** The first mount that starts after `ino`. They are kept in order. */
  protected mountIndex(ino: Ino): number {
    let low = 0;
    let high = this.mountTable.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.mountTable[middle] as Mount).inoBase <= ino) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  protected addMount(mount: Mount): void {
    this.mountTable.splice(this.mountIndex(mount.inoBase), 0, mount);
  }

  /** The mount whose numbers `ino` is among, also one that was unmounted. */
  mountOf(ino: Ino): Mount | undefined {
    const mount = this.mountTable[this.mountIndex(ino) - 1];
    return mount !== undefined && this.isOf(mount, ino) ? mount : undefined;
  }

  protected isOf(mount: Mount, ino: Ino): boolean {
    return ino >= mount.inoBase && ino < mount.inoBase + mount.layer.inoCount;
  }

  /**
   * A node of a layer that nobody touched yet. It is there if the directory it has in the layer still lists it under its
   * name: had it been moved or removed, that directory would have been changed.
   */
  #fromLayer(ino: Ino, directory?: Inode): Inode | undefined {
    const mount = this.mountOf(ino);
    if (mount === undefined) return undefined;
    const index = ino - mount.inoBase;
    const original = index === 0 ? undefined : mount.layer.nodes[index];
    if (original === undefined) return undefined;
    const parentIno = original.parent === 0 ? mount.at : mount.inoBase + original.parent;
    if (parentIno === undefined) return undefined;
    const parent = directory?.ino === parentIno ? directory : this.node(parentIno);
    if (parent === undefined || this.listing(parent).get(original.name) !== ino) return undefined;
    const node = new Inode(ino, {
      mode: original.mode,
      uid: mount.uid,
      gid: mount.gid,
      timeMs: original.mtimeMs,
      lower: { mount, index },
    });
    fillFromLayer(node, original, mount, index);
    node.parent = parentIno;
    node.name = original.name;
    this.known.set(ino, node);
    return node;
  }

  protected remember(node: Inode): void {
    this.known.set(node.ino, node);
    this.#fileBytes += node.counted;
    if (node.lower === undefined) this.#files++;
  }

  protected forget(node: Inode): void {
    if (!this.known.delete(node.ino)) return;
    this.#fileBytes -= node.counted;
    if (node.lower === undefined) this.#files--;
  }

  protected recount(node: Inode): void {
    const counted = countedBytes(node);
    if (this.known.has(node.ino)) this.#fileBytes += counted - node.counted;
    node.counted = counted;
  }
}

/** Makes a new node what the layer has. */
function fillFromLayer(node: Inode, original: LayerNode, mount: Mount, index: number): void {
  if (original.children !== undefined) {
    node.nlink = 2;
    for (const child of original.children) if (mount.layer.nodes[child]?.children !== undefined) node.nlink++;
    return;
  }
  node.nlink = 1;
  if (node.isSymlink) node.target = original.target;
  else {
    node.source = { mount, index };
    node.loaded = false;
    node.size = original.size;
  }
}

/** What a file adds to `Tree.fileBytes`. */
export function countedBytes(node: Inode): number {
  return node.source !== undefined && 'mount' in node.source ? 0 : node.size;
}
