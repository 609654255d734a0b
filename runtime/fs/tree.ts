/**
 * The files of a container as one replica has them: what {@link Change}s make of an empty root.
 *
 * Which change does nothing, so that the same changes in the same order give the same tree everywhere:
 * - one that names an inode which is not there, or of the wrong type; or a parent that was removed;
 * - `create` with a number in use, or over a name of another type (its number stays unknown, so writes to it do nothing
 *   either), or over a link, a device or a socket; over a file or a directory of the same type it makes an alias;
 * - `link` to a directory, to a file without a name left, or over a name; `unlink` of a directory that is not empty;
 * - `rename` of what is not there, onto itself, into its own subtree, or onto a name that `rename(2)` would refuse.
 *
 * The names of a directory have no order: whoever lists them sorts them, as libuv does.
 *
 * A file without names is kept only where it is retained (opened) and can never get a name again, so whether a replica
 * still has it shows in nothing but its own open files. Reading does not change `atime`, as on a file system mounted with
 * `noatime`.
 */
import { assertNever } from '../base/assert-never.ts';
import type { Dispose } from '../base/disposers.ts';
import type { Ino } from '../base/ids.ts';
import type { Change, FileData, LayerSource, SharedOffsetId } from '../wires/change.ts';
import type { BlobReader } from './blob-bytes.ts';
import { contentsOf, replaceContents, resizeContents, writeContents } from './file-contents.ts';
import { Inode } from './inode.ts';
import { Layer, Mount, type LayerNode } from './layer.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../base/file-mode.ts';

export const rootIno: Ino = 1;

/** Takes one change back. Only in the reverse order of applying. */
export type Undo = Dispose;
const nothingKept: Undo = () => {
  throw new TypeError('This change was applied without the means to undo it');
};

export interface TreeOptions {
  readonly reader: BlobReader;
  /** Keeps the files of `orphan` changes, for children that will inherit them. */
  readonly keepsOrphans?: boolean;
  /** Of the root directory. */
  readonly uid?: number;
  readonly gid?: number;
  readonly timeMs?: number;
}

/** A name appeared or went (`rename`), or what it names was changed (`change`). Told while the change is applied. */
export type TreeListener = (event: 'rename' | 'change', parent: Ino, name: string, node: Inode) => void;

export class Tree {
  readonly reader: BlobReader;
  /** Told of changes that had an effect, not of undoing. */
  listener: TreeListener | undefined;
  readonly #nodes = new Map<Ino, Inode>();
  readonly #aliases = new Map<Ino, Ino>();
  readonly #shared = new Map<SharedOffsetId, number>();
  readonly #layers = new Map<string, Layer>();
  readonly #mounts: Mount[] = [];
  readonly #retained = new Map<Ino, number>();
  readonly #keepsOrphans: boolean;
  #fileBytes = 0;
  #files = 1;
  #root: Inode;

  constructor(options: TreeOptions) {
    this.reader = options.reader;
    this.#keepsOrphans = options.keepsOrphans ?? false;
    const root = new Inode(rootIno, { mode: S_IFDIR | 0o755, uid: options.uid ?? 0, gid: options.gid ?? 0, timeMs: options.timeMs ?? 0 });
    root.nlink = 2;
    root.parent = rootIno;
    root.entries = new Map();
    this.#nodes.set(rootIno, root);
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
    return this.#layers;
  }

  get mounts(): readonly Mount[] {
    return this.#mounts;
  }

  get aliases(): ReadonlyMap<Ino, Ino> {
    return this.#aliases;
  }

  get sharedOffsets(): ReadonlyMap<SharedOffsetId, number> {
    return this.#shared;
  }

  /** Every node that was touched or made; untouched ones of layers are not among them. */
  nodes(): IterableIterator<Inode> {
    return this.#nodes.values();
  }

  node(ino: Ino): Inode | undefined {
    const node = this.#nodes.get(ino);
    if (node !== undefined) return node;
    if (this.#aliases.size > 0) {
      const real = this.#aliases.get(ino);
      if (real !== undefined) return this.#nodes.get(real) ?? this.#fromLayer(real);
    }
    return this.#mounts.length === 0 ? undefined : this.#fromLayer(ino);
  }

  /** The child of that name. Not for `.` and `..`. */
  lookup(directory: Inode, name: string): Inode | undefined {
    const ino = this.#entries(directory).get(name);
    if (ino === undefined) return undefined;
    return this.#nodes.get(ino) ?? this.#fromLayer(ino, directory);
  }

  entriesOf(directory: Inode): ReadonlyMap<string, Ino> {
    return this.#entries(directory);
  }

  /** `st_nlink`. */
  linkCount(node: Inode): number {
    if (node.unread) this.#entries(node);
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
    return this.#shared.get(id) ?? 0;
  }

  /** Keeps a node alive without a name until it is released as often. */
  retain(ino: Ino): void {
    const real = this.#aliases.get(ino) ?? ino;
    this.#retained.set(real, (this.#retained.get(real) ?? 0) + 1);
  }

  release(ino: Ino): void {
    const real = this.#aliases.get(ino) ?? ino;
    const count = (this.#retained.get(real) ?? 0) - 1;
    if (count > 0) {
      this.#retained.set(real, count);
      return;
    }
    this.#retained.delete(real);
    const node = this.#nodes.get(real);
    if (node?.nlink === 0) this.#forget(node);
  }

  addLayer(source: LayerSource): void {
    if (!this.#layers.has(source.id)) this.#layers.set(source.id, new Layer(source, this.reader));
  }

  /**
   * Applies one change. Answers how to undo it, or `undefined` if it changed nothing; with `wantUndo` false the answer only
   * tells which. The bytes in `change` become the tree's.
   */
  apply(change: Change, wantUndo = true): Undo | undefined {
    switch (change.kind) {
      case 'create':
        return this.#create(change, wantUndo);
      case 'write':
        return this.#write(change, wantUndo);
      case 'replace': {
        const node = this.node(change.ino);
        if (node === undefined || !node.isFile) return undefined;
        return this.#mutate(node, change.timeMs, () => this.#fill(node, change.data, wantUndo));
      }
      case 'truncate': {
        const node = this.node(change.ino);
        if (node === undefined || !node.isFile) return undefined;
        return this.#mutate(node, change.timeMs, () => resizeContents(node, change.size, this.reader, wantUndo));
      }
      case 'attributes':
        return this.#attributes(change);
      case 'link':
        return this.#link(change);
      case 'unlink':
        return this.#unlink(change);
      case 'rename':
        return this.#rename(change);
      case 'mount':
        return this.#mount(change);
      case 'unmount':
        return this.#unmount(change);
      case 'orphan':
        return this.#orphan(change);
      case 'seek': {
        const old = this.#shared.get(change.shared);
        this.#shared.set(change.shared, change.offset);
        return () => void (old === undefined ? this.#shared.delete(change.shared) : this.#shared.set(change.shared, old));
      }
      default:
        return assertNever(change);
    }
  }

  // For `snapshot.ts`, which rebuilds a tree without going through changes.

  restoreNode(node: Inode): void {
    if (node.ino === rootIno) {
      this.#files--;
      this.#root = node;
    }
    this.#remember(node);
  }

  restoreMount(mount: Mount): void {
    this.#addMount(mount);
  }

  /** The mount whose numbers `ino` is among, also one that was unmounted. */
  mountOf(ino: Ino): Mount | undefined {
    return this.#mountOf(ino);
  }

  restoreAlias(from: Ino, to: Ino): void {
    this.#aliases.set(from, to);
  }

  #create(change: Change & { kind: 'create' }, wantUndo: boolean): Undo | undefined {
    const parent = this.#directory(change.parent);
    if (parent === undefined || this.node(change.ino) !== undefined) return undefined;
    const entries = this.#entries(parent);
    const existing = this.lookup(parent, change.name);
    if (existing !== undefined) return this.#alias(change, existing, wantUndo);
    const node = new Inode(change.ino, change);
    const isDirectory = node.isDirectory;
    node.parent = parent.ino;
    node.name = change.name;
    if (isDirectory) {
      node.entries = new Map();
      node.nlink = 2;
      parent.nlink++;
    } else node.nlink = 1;
    if (change.target !== undefined && node.isSymlink) {
      node.target = change.target;
      node.size = 0;
    }
    if (change.data !== undefined && node.isFile) {
      this.#fill(node, change.data, false);
      node.counted = countedBytes(node);
    }
    entries.set(change.name, node.ino);
    this.#remember(node);
    const times = this.#touch(parent, change.timeMs);
    if (this.listener !== undefined) {
      this.listener('rename', parent.ino, change.name, node);
      if (change.data !== undefined) this.listener('change', parent.ino, change.name, node);
    }
    return () => {
      entries.delete(change.name);
      if (isDirectory) parent.nlink--;
      this.#forget(node);
      times();
    };
  }

  #alias(change: Change & { kind: 'create' }, existing: Inode, wantUndo: boolean): Undo | undefined {
    const type = change.mode & S_IFMT;
    if ((type !== S_IFREG && type !== S_IFDIR) || (existing.mode & S_IFMT) !== type) return undefined;
    this.#aliases.set(change.ino, existing.ino);
    const data = change.exclusive === true ? undefined : change.data;
    const undo =
      data !== undefined && existing.isFile ? this.#mutate(existing, change.timeMs, () => this.#fill(existing, data, wantUndo)) : undefined;
    return () => {
      undo?.();
      this.#aliases.delete(change.ino);
    };
  }

  #write(change: Change & { kind: 'write' }, wantUndo: boolean): Undo | undefined {
    const node = this.node(change.ino);
    const { at } = change;
    if (typeof at === 'object') {
      // The offset moves even where the file is gone: it may still be open elsewhere, and offsets are everybody's.
      const known = this.#shared.get(at.shared);
      const offset = known ?? 0;
      const undo = node?.isFile
        ? this.#mutate(node, change.timeMs, () => writeContents(node, offset, change.bytes, this.reader, wantUndo))
        : undefined;
      this.#shared.set(at.shared, offset + change.bytes.length);
      return () => {
        if (known === undefined) this.#shared.delete(at.shared);
        else this.#shared.set(at.shared, known);
        undo?.();
      };
    }
    if (node === undefined || !node.isFile) return undefined;
    const offset = at === 'end' ? node.size : at;
    return this.#mutate(node, change.timeMs, () => writeContents(node, offset, change.bytes, this.reader, wantUndo));
  }

  /** Runs a change of contents with all that goes with it: times, sums, events. */
  #mutate(node: Inode, timeMs: number, run: () => Undo | undefined): Undo {
    const { mtimeMs, ctimeMs } = node;
    const undo = run() ?? nothingKept;
    node.mtimeMs = node.ctimeMs = timeMs;
    node.changed = true;
    this.#count(node);
    this.#tell('change', node);
    return () => {
      undo();
      node.mtimeMs = mtimeMs;
      node.ctimeMs = ctimeMs;
      this.#count(node);
    };
  }

  #fill(node: Inode, data: FileData, wantUndo: boolean): Undo | undefined {
    switch (data.kind) {
      case 'bytes':
        return replaceContents(node, data.bytes, wantUndo);
      case 'blob':
        return replaceContents(node, { source: data.blob, size: data.blob.size }, wantUndo);
      case 'layer': {
        const mount = this.#mountOf(data.ino);
        const index = mount === undefined ? -1 : data.ino - mount.inoBase;
        const original = mount?.layer.nodes[index];
        if (mount === undefined || original === undefined || (original.mode & S_IFMT) !== S_IFREG)
          return replaceContents(node, new Uint8Array(0), wantUndo);
        return replaceContents(node, { source: { mount, index }, size: original.size }, wantUndo);
      }
      default:
        return assertNever(data);
    }
  }

  #attributes({ ino, set }: Change & { kind: 'attributes' }): Undo | undefined {
    const node = this.node(ino);
    if (node === undefined) return undefined;
    const { mode, uid, gid, atimeMs, mtimeMs, ctimeMs } = node;
    if (set.mode !== undefined) node.mode = (mode & S_IFMT) | (set.mode & 0o7777);
    if (set.uid !== undefined) node.uid = set.uid;
    if (set.gid !== undefined) node.gid = set.gid;
    if (set.atimeMs !== undefined) node.atimeMs = set.atimeMs;
    if (set.mtimeMs !== undefined) node.mtimeMs = set.mtimeMs;
    if (set.ctimeMs !== undefined) node.ctimeMs = set.ctimeMs;
    node.changed = true;
    this.#tell('change', node);
    return () => void Object.assign(node, { mode, uid, gid, atimeMs, mtimeMs, ctimeMs });
  }

  #link(change: Change & { kind: 'link' }): Undo | undefined {
    const parent = this.#directory(change.parent);
    const node = this.node(change.ino);
    if (parent === undefined || node === undefined || node.isDirectory || node.nlink === 0) return undefined;
    const entries = this.#entries(parent);
    if (entries.has(change.name)) return undefined;
    const { ctimeMs } = node;
    entries.set(change.name, node.ino);
    node.changed = true;
    addName(node, parent.ino, change.name);
    node.ctimeMs = change.timeMs;
    const times = this.#touch(parent, change.timeMs);
    this.listener?.('rename', parent.ino, change.name, node);
    return () => {
      entries.delete(change.name);
      removeName(node, parent.ino, change.name);
      node.ctimeMs = ctimeMs;
      times();
    };
  }

  #unlink(change: Change & { kind: 'unlink' }): Undo | undefined {
    const parent = this.#directory(change.parent);
    const node = parent && this.lookup(parent, change.name);
    if (parent === undefined || node === undefined) return undefined;
    if (node.isDirectory && this.#entries(node).size > 0) return undefined;
    const remove = this.#detach(parent, change.name, node, change.timeMs);
    const times = this.#touch(parent, change.timeMs);
    this.listener?.('rename', parent.ino, change.name, node);
    return () => {
      times();
      remove();
    };
  }

  /** Takes a name away, and the node with its last one. */
  #detach(parent: Inode, name: string, node: Inode, timeMs: number): Undo {
    const entries = this.#entries(parent);
    entries.delete(name);
    const names = namesOf(node);
    const { nlink, ctimeMs, mount } = node;
    node.ctimeMs = timeMs;
    node.changed = true;
    if (node.isDirectory) {
      node.nlink = 0;
      parent.nlink--;
      if (mount !== undefined) {
        mount.at = undefined;
        node.mount = undefined;
      }
    } else removeName(node, parent.ino, name);
    if (node.nlink === 0 && !this.#retained.has(node.ino)) this.#forget(node);
    return () => {
      entries.set(name, node.ino);
      if (node.isDirectory) {
        parent.nlink++;
        if (mount !== undefined) {
          mount.at = node.ino;
          node.mount = mount;
        }
      } else restoreNames(node, names);
      node.nlink = nlink;
      node.ctimeMs = ctimeMs;
      if (!this.#nodes.has(node.ino)) this.#remember(node);
    };
  }

  #rename(change: Change & { kind: 'rename' }): Undo | undefined {
    const from = this.#directory(change.parent);
    const to = this.#directory(change.toParent);
    const node = from && this.lookup(from, change.name);
    if (from === undefined || to === undefined || node === undefined) return undefined;
    const replaced = this.lookup(to, change.toName);
    if (replaced === node) return undefined;
    if (node.isDirectory) {
      for (let above: Inode | undefined = to; above !== undefined; above = above === this.#root ? undefined : this.node(above.parent)) {
        if (above === node) return undefined;
      }
    }
    if (replaced !== undefined) {
      if (replaced.isDirectory !== node.isDirectory) return undefined;
      if (replaced.isDirectory && this.#entries(replaced).size > 0) return undefined;
    }
    const remove = replaced && this.#detach(to, change.toName, replaced, change.timeMs);
    const fromEntries = this.#entries(from);
    const toEntries = this.#entries(to);
    const names = namesOf(node);
    const { ctimeMs } = node;
    fromEntries.delete(change.name);
    toEntries.set(change.toName, node.ino);
    if (node.isDirectory) {
      node.parent = to.ino;
      node.name = change.toName;
      from.nlink--;
      to.nlink++;
    } else {
      const { nlink } = node;
      removeName(node, from.ino, change.name);
      addName(node, to.ino, change.toName);
      node.nlink = nlink;
    }
    node.ctimeMs = change.timeMs;
    node.changed = true;
    const times = this.#touch(from, change.timeMs);
    const toTimes = this.#touch(to, change.timeMs);
    this.listener?.('rename', from.ino, change.name, node);
    this.listener?.('rename', to.ino, change.toName, node);
    return () => {
      toTimes();
      times();
      toEntries.delete(change.toName);
      fromEntries.set(change.name, node.ino);
      if (node.isDirectory) {
        from.nlink++;
        to.nlink--;
      }
      restoreNames(node, names);
      node.ctimeMs = ctimeMs;
      remove?.();
    };
  }

  #mount(change: Change & { kind: 'mount' }): Undo | undefined {
    const directory = this.#directory(change.ino);
    const layer = this.#layers.get(change.layer);
    if (directory === undefined || layer === undefined || directory.mount !== undefined) return undefined;
    const next = this.#mounts[this.#mountIndex(change.inoBase)];
    const previous = this.#mountOf(change.inoBase);
    if (previous !== undefined || (next !== undefined && next.inoBase < change.inoBase + layer.inoCount)) return undefined;
    this.#entries(directory);
    const mount = new Mount(layer, change.inoBase, directory.ino, directory.uid, directory.gid);
    this.#addMount(mount);
    directory.mount = mount;
    directory.unread = true;
    directory.changed = true;
    this.#tell('change', directory);
    return () => {
      const entries = directory.entries as Map<string, Ino>;
      for (const [name, ino] of entries) if (this.#isOf(mount, ino)) entries.delete(name);
      for (const ino of [...this.#nodes.keys()]) if (this.#isOf(mount, ino)) this.#nodes.delete(ino);
      directory.mount = undefined;
      directory.unread = false;
      directory.nlink = 2;
      for (const ino of entries.values()) if (this.node(ino)?.isDirectory) directory.nlink++;
      this.#mounts.splice(this.#mounts.indexOf(mount), 1);
    };
  }

  #unmount(change: Change & { kind: 'unmount' }): Undo | undefined {
    const directory = this.#directory(change.ino);
    const mount = directory?.mount;
    if (directory === undefined || mount === undefined) return undefined;
    const { unread } = directory;
    const undos: Undo[] = [];
    if (!unread) {
      for (const [name, ino] of [...this.#entries(directory)]) if (this.#isOf(mount, ino)) this.#prune(directory, name, undos);
    }
    directory.mount = undefined;
    directory.unread = false;
    mount.at = undefined;
    directory.changed = true;
    this.#tell('change', directory);
    return () => {
      mount.at = directory.ino;
      directory.unread = unread;
      directory.mount = mount;
      for (const undo of undos.reverse()) undo();
    };
  }

  /** Removes a name with all that is below it. */
  #prune(parent: Inode, name: string, undos: Undo[]): void {
    const stack: [Inode, string][] = [[parent, name]];
    while (stack.length > 0) {
      const [directory, child] = stack[stack.length - 1] as [Inode, string];
      const node = this.lookup(directory, child);
      const names = node?.isDirectory ? [...this.#entries(node).keys()] : [];
      if (node !== undefined && names.length > 0) {
        for (const inner of names) stack.push([node, inner]);
        continue;
      }
      stack.pop();
      if (node !== undefined) undos.push(this.#detach(directory, child, node, node.ctimeMs));
    }
  }

  #orphan(change: Change & { kind: 'orphan' }): Undo | undefined {
    if ((!this.#keepsOrphans && !this.#retained.has(change.ino)) || this.node(change.ino) !== undefined) return undefined;
    const node = new Inode(change.ino, { ...change, mode: S_IFREG | (change.mode & 0o7777) });
    replaceContents(node, change.bytes, false);
    node.counted = countedBytes(node);
    this.#remember(node);
    return () => this.#forget(node);
  }

  /** A directory that still has its name. */
  #directory(ino: Ino): Inode | undefined {
    const node = this.node(ino);
    return node !== undefined && node.isDirectory && node.nlink > 0 ? node : undefined;
  }

  #entries(directory: Inode): Map<string, Ino> {
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
  #mountIndex(ino: Ino): number {
    let low = 0;
    let high = this.#mounts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#mounts[middle] as Mount).inoBase <= ino) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #addMount(mount: Mount): void {
    this.#mounts.splice(this.#mountIndex(mount.inoBase), 0, mount);
  }

  #mountOf(ino: Ino): Mount | undefined {
    const mount = this.#mounts[this.#mountIndex(ino) - 1];
    return mount !== undefined && this.#isOf(mount, ino) ? mount : undefined;
  }

  #isOf(mount: Mount, ino: Ino): boolean {
    return ino >= mount.inoBase && ino < mount.inoBase + mount.layer.inoCount;
  }

  /**
   * A node of a layer that nobody touched yet. It is there if the directory it has in the layer still lists it under its
   * name: had it been moved or removed, that directory would have been changed.
   */
  #fromLayer(ino: Ino, directory?: Inode): Inode | undefined {
    const mount = this.#mountOf(ino);
    if (mount === undefined) return undefined;
    const index = ino - mount.inoBase;
    const original = index === 0 ? undefined : mount.layer.nodes[index];
    if (original === undefined) return undefined;
    const parentIno = original.parent === 0 ? mount.at : mount.inoBase + original.parent;
    if (parentIno === undefined) return undefined;
    const parent = directory?.ino === parentIno ? directory : this.node(parentIno);
    if (parent === undefined || this.#entries(parent).get(original.name) !== ino) return undefined;
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
    this.#nodes.set(ino, node);
    return node;
  }

  #remember(node: Inode): void {
    this.#nodes.set(node.ino, node);
    this.#fileBytes += node.counted;
    if (node.lower === undefined) this.#files++;
  }

  #forget(node: Inode): void {
    if (!this.#nodes.delete(node.ino)) return;
    this.#fileBytes -= node.counted;
    if (node.lower === undefined) this.#files--;
  }

  #count(node: Inode): void {
    const counted = countedBytes(node);
    if (this.#nodes.has(node.ino)) this.#fileBytes += counted - node.counted;
    node.counted = counted;
  }

  #touch(directory: Inode, timeMs: number): Undo {
    const { mtimeMs, ctimeMs } = directory;
    directory.mtimeMs = directory.ctimeMs = timeMs;
    directory.changed = true;
    return () => {
      directory.mtimeMs = mtimeMs;
      directory.ctimeMs = ctimeMs;
    };
  }

  #tell(event: 'change', node: Inode): void {
    const { listener } = this;
    if (listener === undefined) return;
    listener(event, node.parent, node.name, node);
    for (const [parent, name] of node.otherNames ?? []) listener(event, parent, name, node);
  }
}

/** Makes a new node what the layer has. */
export function fillFromLayer(node: Inode, original: LayerNode, mount: Mount, index: number): void {
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

interface Names {
  readonly parent: Ino;
  readonly name: string;
  readonly otherNames: [Ino, string][] | undefined;
}

function namesOf(node: Inode): Names {
  return { parent: node.parent, name: node.name, otherNames: node.otherNames?.slice() };
}

function restoreNames(node: Inode, names: Names): void {
  Object.assign(node, names);
}

function addName(node: Inode, parent: Ino, name: string): void {
  if (node.parent === 0) {
    node.parent = parent;
    node.name = name;
  } else (node.otherNames ??= []).push([parent, name]);
  node.nlink++;
}

function removeName(node: Inode, parent: Ino, name: string): void {
  node.nlink--;
  const others = node.otherNames;
  if (node.parent === parent && node.name === name) {
    const [nextParent, nextName] = others?.shift() ?? [0, ''];
    node.parent = nextParent;
    node.name = nextName;
  } else {
    const index = others?.findIndex(([otherParent, otherName]) => otherParent === parent && otherName === name) ?? -1;
    if (index >= 0) others?.splice(index, 1);
  }
}
