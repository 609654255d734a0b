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
import { S_IFDIR, S_IFMT, S_IFREG } from '../base/file-mode.ts';
import type { Ino } from '../base/ids.ts';
import type { Change, FileData } from '../wires/change.ts';
import { replaceContents, resizeContents, writeContents } from './file-contents.ts';
import { addName, namesOf, removeName, restoreNames } from './inode-names.ts';
import { Inode } from './inode.ts';
import { Mount } from './layer.ts';
import { countedBytes, Nodes } from './nodes.ts';

export type { TreeOptions } from './nodes.ts';

/** Takes one change back. Only in the reverse order of applying. */
export type Undo = Dispose;
const nothingKept: Undo = () => {
  throw new TypeError('This change was applied without the means to undo it');
};

/**
 * A name appeared, or went by a move (`rename`); it was removed (`unlink`), or is another node's now (`replace`); or what it names was changed
 * (`change`). Told while the change is applied.
 */
export type TreeListener = (event: 'rename' | 'unlink' | 'replace' | 'change', parent: Ino, name: string, node: Inode) => void;

export class Tree extends Nodes {
  /** Told of changes that had an effect, not of undoing. */
  listener: TreeListener | undefined;

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
        const old = this.offsets.get(change.shared);
        this.offsets.set(change.shared, change.offset);
        return () => void (old === undefined ? this.offsets.delete(change.shared) : this.offsets.set(change.shared, old));
      }
      default:
        return assertNever(change);
    }
  }

  #create(change: Change & { kind: 'create' }, wantUndo: boolean): Undo | undefined {
    const parent = this.#directory(change.parent);
    if (parent === undefined || this.node(change.ino) !== undefined) return undefined;
    const entries = this.listing(parent);
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
    this.remember(node);
    const times = this.#touch(parent, change.timeMs);
    if (this.listener !== undefined) {
      this.listener('rename', parent.ino, change.name, node);
      if (change.data !== undefined) this.listener('change', parent.ino, change.name, node);
    }
    return () => {
      entries.delete(change.name);
      if (isDirectory) parent.nlink--;
      this.forget(node);
      times();
    };
  }

  #alias(change: Change & { kind: 'create' }, existing: Inode, wantUndo: boolean): Undo | undefined {
    const type = change.mode & S_IFMT;
    if ((type !== S_IFREG && type !== S_IFDIR) || (existing.mode & S_IFMT) !== type) return undefined;
    this.aliasOf.set(change.ino, existing.ino);
    const data = change.exclusive === true ? undefined : change.data;
    const undo =
      data !== undefined && existing.isFile ? this.#mutate(existing, change.timeMs, () => this.#fill(existing, data, wantUndo)) : undefined;
    return () => {
      undo?.();
      this.aliasOf.delete(change.ino);
    };
  }

  #write(change: Change & { kind: 'write' }, wantUndo: boolean): Undo | undefined {
    const node = this.node(change.ino);
    const { at } = change;
    if (typeof at === 'object') {
      // The offset moves even where the file is gone: it may still be open elsewhere, and offsets are everybody's.
      const known = this.offsets.get(at.shared);
      const offset = known ?? 0;
      const undo = node?.isFile
        ? this.#mutate(node, change.timeMs, () => writeContents(node, offset, change.bytes, this.reader, wantUndo))
        : undefined;
      this.offsets.set(at.shared, offset + change.bytes.length);
      return () => {
        if (known === undefined) this.offsets.delete(at.shared);
        else this.offsets.set(at.shared, known);
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
    this.recount(node);
    this.#tell('change', node);
    return () => {
      undo();
      node.mtimeMs = mtimeMs;
      node.ctimeMs = ctimeMs;
      this.recount(node);
    };
  }

  #fill(node: Inode, data: FileData, wantUndo: boolean): Undo | undefined {
    switch (data.kind) {
      case 'bytes':
        return replaceContents(node, data.bytes, wantUndo);
      case 'blob':
        return replaceContents(node, { source: data.blob, size: data.blob.size }, wantUndo);
      case 'layer': {
        const mount = this.mountOf(data.ino);
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
    const entries = this.listing(parent);
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
    if (node.isDirectory && this.listing(node).size > 0) return undefined;
    const remove = this.#detach(parent, change.name, node, change.timeMs);
    const times = this.#touch(parent, change.timeMs);
    this.listener?.('unlink', parent.ino, change.name, node);
    return () => {
      times();
      remove();
    };
  }

  /** Takes a name away, and the node with its last one. */
  #detach(parent: Inode, name: string, node: Inode, timeMs: number): Undo {
    const entries = this.listing(parent);
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
    if (node.nlink === 0 && !this.isRetained(node.ino)) this.forget(node);
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
      if (!this.known.has(node.ino)) this.remember(node);
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
      for (let above: Inode | undefined = to; above !== undefined; above = above === this.root ? undefined : this.node(above.parent)) {
        if (above === node) return undefined;
      }
    }
    if (replaced !== undefined) {
      if (replaced.isDirectory !== node.isDirectory) return undefined;
      if (replaced.isDirectory && this.listing(replaced).size > 0) return undefined;
    }
    const remove = replaced && this.#detach(to, change.toName, replaced, change.timeMs);
    const fromEntries = this.listing(from);
    const toEntries = this.listing(to);
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
    if (replaced !== undefined) this.listener?.('replace', to.ino, change.toName, replaced);
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
    const layer = this.layerTable.get(change.layer);
    if (directory === undefined || layer === undefined || directory.mount !== undefined) return undefined;
    const next = this.mountTable[this.mountIndex(change.inoBase)];
    const previous = this.mountOf(change.inoBase);
    if (previous !== undefined || (next !== undefined && next.inoBase < change.inoBase + layer.inoCount)) return undefined;
    this.listing(directory);
    const mount = new Mount(layer, change.inoBase, directory.ino, directory.uid, directory.gid);
    this.addMount(mount);
    directory.mount = mount;
    directory.unread = true;
    directory.changed = true;
    this.#tell('change', directory);
    return () => {
      const entries = directory.entries as Map<string, Ino>;
      for (const [name, ino] of entries) if (this.isOf(mount, ino)) entries.delete(name);
      for (const ino of [...this.known.keys()]) if (this.isOf(mount, ino)) this.known.delete(ino);
      directory.mount = undefined;
      directory.unread = false;
      directory.nlink = 2;
      for (const ino of entries.values()) if (this.node(ino)?.isDirectory) directory.nlink++;
      this.mountTable.splice(this.mountTable.indexOf(mount), 1);
    };
  }

  #unmount(change: Change & { kind: 'unmount' }): Undo | undefined {
    const directory = this.#directory(change.ino);
    const mount = directory?.mount;
    if (directory === undefined || mount === undefined) return undefined;
    const { unread } = directory;
    const undos: Undo[] = [];
    if (!unread) {
      for (const [name, ino] of [...this.listing(directory)]) if (this.isOf(mount, ino)) this.#prune(directory, name, undos);
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
      const names = node?.isDirectory ? [...this.listing(node).keys()] : [];
      if (node !== undefined && names.length > 0) {
        for (const inner of names) stack.push([node, inner]);
        continue;
      }
      stack.pop();
      if (node !== undefined) undos.push(this.#detach(directory, child, node, node.ctimeMs));
    }
  }

  #orphan(change: Change & { kind: 'orphan' }): Undo | undefined {
    if ((!this.keepsOrphans && !this.isRetained(change.ino)) || this.node(change.ino) !== undefined) return undefined;
    const node = new Inode(change.ino, { ...change, mode: S_IFREG | (change.mode & 0o7777) });
    replaceContents(node, change.bytes, false);
    node.counted = countedBytes(node);
    this.remember(node);
    return () => this.forget(node);
  }

  /** A directory that still has its name. */
  #directory(ino: Ino): Inode | undefined {
    const node = this.node(ino);
    return node !== undefined && node.isDirectory && node.nlink > 0 ? node : undefined;
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
