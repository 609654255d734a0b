/**
 * What of a container's tree is kept from one visit to the next: everything but the memory file systems (`/tmp`, `/dev`,
 * `/proc`, `/run`) and the layers of programs, which every session mounts anew. What is moved, linked or copied out of
 * those, or of any layer that is no longer mounted, is kept with its bytes: so a layer can be forgotten once nothing mounts it.
 */
import { assertNever } from '../base/assert-never.ts';
import type { Ino } from '../base/ids.ts';
import type { Inode } from '../fs/inode.ts';
import type { Mount } from '../fs/layer.ts';
import type { Tree } from '../fs/tree.ts';
import type { Change, FileData, NodeSnapshot, TreeSnapshot } from '../wires/change.ts';

const memoryFolders = ['tmp', 'dev', 'proc', 'run'];

export class StoredView {
  readonly #tree: Tree;
  readonly #isLeftOut: (layer: string) => boolean;
  /** Folders that are kept, but nothing in them; as they are now. */
  #volatile: ReadonlySet<Ino> = new Set();

  /** `isLeftOut`: a layer that every session mounts anew. */
  constructor(tree: Tree, isLeftOut: (layer: string) => boolean) {
    this.#tree = tree;
    this.#isLeftOut = isLeftOut;
  }

  /** What has to be kept of a change that was just applied, so that replaying it gives the same tree without what is left out. */
  translate(change: Change): readonly Change[] {
    this.#volatile = this.#volatileFolders();
    switch (change.kind) {
      case 'create':
        return this.#keepsIn(change.parent)
          ? [{ ...change, parent: this.#real(change.parent), ...(change.data === undefined ? {} : { data: this.#data(change.data) }) }]
          : [];
      case 'write': {
        if (this.#isStored(this.#tree.node(change.ino))) return [{ ...change, ino: this.#real(change.ino) }];
        // Whoever shares the offset may find the file moved to where it is kept.
        return typeof change.at === 'object'
          ? [{ kind: 'seek', shared: change.at.shared, offset: this.#tree.sharedOffset(change.at.shared) }]
          : [];
      }
      case 'replace':
        return this.#isStored(this.#tree.node(change.ino))
          ? [{ ...change, ino: this.#real(change.ino), data: this.#data(change.data) }]
          : [];
      case 'truncate':
      case 'attributes':
        return this.#isStored(this.#tree.node(change.ino)) ? [{ ...change, ino: this.#real(change.ino) }] : [];
      case 'link': {
        const node = this.#tree.node(change.ino);
        const folder = this.#tree.node(change.parent);
        if (node === undefined || folder === undefined || !this.#keepsIn(folder.ino) || this.#tree.lookup(folder, change.name) !== node)
          return [];
        return this.#materialize(node, folder.ino, change.name);
      }
      case 'unlink':
        return this.#keepsIn(change.parent) ? [{ ...change, parent: this.#real(change.parent) }] : [];
      case 'rename':
        return this.#rename(change);
      case 'mount':
        return this.#isLeftOut(change.layer) || !this.#keepsIn(change.ino) ? [] : [{ ...change, ino: this.#real(change.ino) }];
      case 'unmount':
        return this.#keepsIn(change.ino) ? [{ ...change, ino: this.#real(change.ino) }] : [];
      case 'seek':
        return [change];
      case 'orphan':
        return []; // A file that can never get a name.
      default:
        return assertNever(change);
    }
  }

  /** The part of a snapshot, taken of the tree as it is now, that is kept. */
  snapshot(snapshot: TreeSnapshot): TreeSnapshot {
    this.#volatile = this.#volatileFolders();
    const rows = new Map<Ino, NodeSnapshot>();
    for (const row of snapshot.nodes) {
      const node = this.#tree.node(row.ino);
      if (!this.#isStored(node)) continue;
      if (this.#goneMount(row.ino) !== undefined) this.#addWhole(node, rows);
      else if (this.#volatile.has(row.ino)) rows.set(row.ino, { ...withoutLayer(row), nlink: 2, entries: [] });
      else rows.set(row.ino, this.#row(row, node));
    }
    const mounts = snapshot.mounts.filter(({ inoBase }) => this.#goneMount(inoBase) === undefined);
    const layers = new Set(mounts.map(({ layer }) => layer));
    return {
      ...snapshot,
      ...repacked(snapshot.pack, [...rows.values()], rows.size === snapshot.nodes.length),
      mounts,
      layers: snapshot.layers.filter(({ id }) => layers.has(id)),
      aliases: snapshot.aliases.filter(([, to]) => this.#isStored(this.#tree.node(to))),
    };
  }

  #row(row: NodeSnapshot, node: Inode): NodeSnapshot {
    const names = row.names.filter(([parent]) => row.ino === snapshotRoot || this.#keepsIn(parent));
    const named = names.length === row.names.length ? row : { ...row, names, nlink: names.length };
    const { data } = row;
    if (data === undefined || !('layerIno' in data) || this.#goneMount(data.layerIno) === undefined) return named;
    return { ...named, data: this.#tree.contents(node).slice() };
  }

  /** A node of a layer that is not kept, and all that is below it, with their own contents. */
  #addWhole(node: Inode, rows: Map<Ino, NodeSnapshot>): void {
    if (rows.has(node.ino)) return;
    const names = this.#storedNames(node);
    const { ino, mode, uid, gid, atimeMs, mtimeMs, ctimeMs, birthtimeMs } = node;
    const common = { ino, mode, uid, gid, atimeMs, mtimeMs, ctimeMs, birthtimeMs, names, nlink: names.length };
    if (!node.isDirectory) {
      rows.set(ino, {
        ...common,
        ...(node.isSymlink ? { target: node.target } : node.size === 0 ? {} : { data: this.#tree.contents(node).slice() }),
      });
      return;
    }
    const entries = [...this.#tree.entriesOf(node)];
    rows.set(ino, { ...common, nlink: this.#tree.linkCount(node), entries });
    for (const [name] of entries) {
      const child = this.#tree.lookup(node, name);
      if (child !== undefined && this.#goneMount(child.ino) !== undefined) this.#addWhole(child, rows);
    }
  }

  #rename(change: Change & { kind: 'rename' }): readonly Change[] {
    const tree = this.#tree;
    const parent = this.#real(change.parent);
    const toParent = this.#real(change.toParent);
    const { name, toName, timeMs } = change;
    const from = this.#keepsIn(parent);
    const to = this.#keepsIn(toParent);
    if (from && to) return [{ ...change, parent, toParent }];
    if (from) {
      const folder = tree.node(parent);
      if (folder === undefined || tree.lookup(folder, name) !== undefined) return []; // It did not happen.
      const target = tree.node(toParent);
      const moved = target && tree.lookup(target, toName);
      return [...(moved?.isDirectory === true ? this.#emptied(moved, timeMs) : []), { kind: 'unlink', parent, name, timeMs }];
    }
    if (!to) return [];
    const target = tree.node(toParent);
    const moved = target && tree.lookup(target, toName);
    if (moved === undefined) return [];
    return [{ kind: 'unlink', parent: toParent, name: toName, timeMs }, ...this.#materialize(moved, toParent, toName)];
  }

  /** Removes all that is below a folder. */
  #emptied(folder: Inode, timeMs: number): Change[] {
    const changes: Change[] = [];
    for (const [name] of this.#tree.entriesOf(folder)) {
      const child = this.#tree.lookup(folder, name);
      if (child?.isDirectory === true) changes.push(...this.#emptied(child, timeMs));
      changes.push({ kind: 'unlink', parent: folder.ino, name, timeMs });
    }
    return changes;
  }

  /** The changes that make `node`, which may be new to what is stored, under a name. */
  #materialize(node: Inode, parent: Ino, name: string): Change[] {
    const { ino, mode, uid, gid, birthtimeMs, atimeMs, mtimeMs, ctimeMs, rdev } = node;
    if (!node.isDirectory && this.#storedNames(node).length > 1) return [{ kind: 'link', parent, name, ino, timeMs: ctimeMs }];
    const changes: Change[] = [
      {
        kind: 'create',
        parent,
        name,
        ino,
        mode,
        uid,
        gid,
        timeMs: birthtimeMs,
        ...(node.isSymlink ? { target: node.target } : {}),
        ...(node.isFile ? { data: { kind: 'bytes', bytes: this.#tree.contents(node).slice() } } : {}),
        ...(rdev === 0 ? {} : { rdev }),
      },
    ];
    if (node.isDirectory) {
      for (const [child] of this.#tree.entriesOf(node)) {
        const inner = this.#tree.lookup(node, child);
        if (inner !== undefined) changes.push(...this.#materialize(inner, ino, child));
      }
    }
    changes.push({ kind: 'attributes', ino, set: { mode, uid, gid, atimeMs, mtimeMs, ctimeMs } });
    return changes;
  }

  #data(data: FileData): FileData {
    const mount = data.kind === 'layer' ? this.#goneMount(data.ino) : undefined;
    if (mount === undefined || data.kind !== 'layer') return data;
    const original = mount.layer.nodes[data.ino - mount.inoBase];
    return {
      kind: 'bytes',
      bytes: original === undefined || original.size === 0 ? new Uint8Array(0) : mount.layer.read(original.offset, original.size).slice(),
    };
  }

  #real(ino: Ino): Ino {
    return this.#tree.node(ino)?.ino ?? ino;
  }

  /** The mount that `ino` is of, if a later session will not have it. */
  #goneMount(ino: Ino): Mount | undefined {
    const mount = this.#tree.mountOf(ino);
    if (mount === undefined) return undefined;
    const { at, layer } = mount;
    return at === undefined || this.#isLeftOut(layer.id) || !this.#isStored(this.#tree.node(at)) ? mount : undefined;
  }

  #volatileFolders(): ReadonlySet<Ino> {
    const { root, mounts } = this.#tree;
    const folders = new Set<Ino>();
    for (const name of memoryFolders) {
      const node = this.#tree.lookup(root, name);
      if (node?.isDirectory === true) folders.add(node.ino);
    }
    for (const { at, layer } of mounts) if (at !== undefined && this.#isLeftOut(layer.id)) folders.add(at);
    return folders;
  }

  /** Whether what is in a folder is kept. */
  #keepsIn(ino: Ino): boolean {
    const { root } = this.#tree;
    for (let node = this.#tree.node(ino); node !== undefined; node = this.#tree.node(node.parent)) {
      if (!node.isDirectory || node.nlink === 0 || this.#volatile.has(node.ino)) return false;
      if (node === root) return true;
    }
    return false;
  }

  #storedNames(node: Inode): [Ino, string][] {
    const names: [Ino, string][] = node.parent === 0 || node.nlink === 0 ? [] : [[node.parent, node.name], ...(node.otherNames ?? [])];
    return names.filter(([parent]) => this.#keepsIn(parent));
  }

  #isStored(node: Inode | undefined): node is Inode {
    return node !== undefined && (node === this.#tree.root || this.#storedNames(node).length > 0);
  }
}

const snapshotRoot: Ino = 1;

function withoutLayer(row: NodeSnapshot): NodeSnapshot {
  const { unread: _, ...rest } = row;
  return rest;
}

/** A pack of what the rows still name, made of slices of the old one. */
function repacked(
  pack: Blob | null,
  rows: readonly NodeSnapshot[],
  whole: boolean,
): { readonly nodes: readonly NodeSnapshot[]; readonly pack: Blob | null } {
  if (pack === null || whole) return { nodes: rows, pack };
  const places: { readonly offset: number; readonly size: number }[] = [];
  for (const { data } of rows) if (data !== undefined && 'offset' in data) places.push(data);
  places.sort((a, b) => a.offset - b.offset);
  const moved = new Map<number, number>();
  const slices: Blob[] = [];
  let size = 0;
  for (let first = 0; first < places.length;) {
    const start = places[first]!.offset;
    let end = start;
    for (; first < places.length && places[first]!.offset <= end; first++) {
      const place = places[first]!;
      moved.set(place.offset, size + place.offset - start);
      end = Math.max(end, place.offset + place.size);
    }
    slices.push(pack.slice(start, end));
    size += end - start;
  }
  if (size === pack.size) return { nodes: rows, pack };
  const nodes = rows.map((row): NodeSnapshot =>
    row.data !== undefined && 'offset' in row.data ? { ...row, data: { offset: moved.get(row.data.offset)!, size: row.data.size } } : row,
  );
  return { nodes, pack: slices.length === 0 ? null : new Blob(slices) };
}
