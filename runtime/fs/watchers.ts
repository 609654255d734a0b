/**
 * Who watches which file or directory, told of changes in their order as inotify tells them on Linux: `rename` when a name
 * comes, goes or moves, `change` when contents or attributes change. A watch stays with its node, whatever it is called.
 */
import type { Dispose } from '../base/disposers.ts';
import type { Ino } from '../base/ids.ts';
import type { Inode } from './inode.ts';
import type { Tree, TreeListener } from './tree.ts';

/** `name` is relative to what is watched; empty for itself. */
export interface FileEvent {
  readonly kind: 'rename' | 'change';
  readonly name: string;
}
export type FileEventListener = (event: FileEvent) => void;

interface Watch {
  readonly recursive: boolean;
  readonly listener: FileEventListener;
}

/** Attaches itself to the tree as its listener. Listeners run inside the change: they must only take note. */
export class Watchers {
  readonly #tree: Tree;
  readonly #watches = new Map<Ino, Set<Watch>>();
  #recursive = 0;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** Watches a node, which is kept alive for it. */
  watch(node: Inode, options: { readonly recursive: boolean }, listener: FileEventListener): Dispose {
    const watch: Watch = { recursive: options.recursive && node.isDirectory, listener };
    let watches = this.#watches.get(node.ino);
    if (watches === undefined) this.#watches.set(node.ino, (watches = new Set()));
    watches.add(watch);
    if (watch.recursive) this.#recursive++;
    this.#tree.listener = this.#tell;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(node.ino);
      if (watch.recursive) this.#recursive--;
      if (this.#watches.size === 0) this.#tree.listener = undefined;
    };
  }

  /** How many nodes are watched, for the leak check. */
  get size(): number {
    return this.#watches.size;
  }

  readonly #tell: TreeListener = (event, parent, name, node) => {
    // Itself: inotify tells of its attributes and contents, and of its removal or move.
    if (event === 'unlink' || event === 'replace') this.#lose(node);
    else if (event === 'change' || !this.#isNew(parent, name, node)) this.#fire(node.ino, event, '');
    if (event === 'replace') return;
    const kind = event === 'change' ? 'change' : 'rename';
    this.#fire(parent, kind, name);
    if (this.#recursive === 0) return;
    let path = name;
    let at = this.#tree.node(parent);
    for (let depth = 0; at !== undefined && at !== this.#tree.root && depth < 4096; depth++) {
      path = `${at.name}/${path}`;
      const above = at.parent;
      this.#fire(above, kind, path, true);
      at = this.#tree.node(above);
    }
  };

  /** A name less is a change of the count; with the last one go the node and the watch itself. */
  #lose(node: Inode): void {
    if (!node.isDirectory) this.#fire(node.ino, 'change', '');
    if (node.nlink > 0) return;
    this.#fire(node.ino, 'rename', '');
    this.#fire(node.ino, 'rename', '');
  }

  /** A name that came tells the node itself nothing. */
  #isNew(parent: Ino, name: string, node: Inode): boolean {
    const directory = this.#tree.node(parent);
    return directory?.isDirectory === true && this.#tree.entriesOf(directory).get(name) === node.ino;
  }

  #fire(ino: Ino, kind: 'rename' | 'change', name: string, onlyRecursive = false): void {
    for (const watch of [...(this.#watches.get(ino) ?? [])]) {
      if (!onlyRecursive || watch.recursive) watch.listener({ kind, name });
    }
  }
}
