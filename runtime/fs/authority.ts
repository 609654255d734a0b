/**
 * The kernel's side of the files: gives every change its place in one order, applies it to the tree that counts, and
 * forwards it to everybody else. A change that turns out to do nothing is forwarded all the same, since a worker may hold
 * the file, already removed, open.
 */
import { BvError } from '../base/errors.ts';
import type { ErrnoName } from '../base/errno.ts';
import type { Dispose } from '../base/disposers.ts';
import type { Ino } from '../base/ids.ts';
import type { Change, FileData, LayerSource, TreeSnapshot } from '../wires/change.ts';
import type { KernelNotice } from '../wires/process-wire.ts';
import { checkedChange } from './change-guard.ts';
import { fitsIn, maxPathBytes, utf8Length } from './names.ts';
import type { ChangeHost } from './replica.ts';
import { SnapshotTaker } from './snapshot.ts';
import type { Tree } from './tree.ts';

/** Numbers that each connection may give out; the kernel's own come first. */
export const inosPerConnection = 2 ** 31;

export interface AuthorityLimits {
  /** Beyond it a change is rejected with `EFBIG`. */
  readonly maxFileBytes: number;
  /** Of all files, over the layers. Beyond it a change is rejected with `ENOSPC`. */
  readonly maxTotalBytes: number;
  /** Beyond it a change is rejected with `ENOSPC`. */
  readonly maxFiles: number;
}

const generousLimits: AuthorityLimits = { maxFileBytes: 2 ** 31, maxTotalBytes: 2 ** 40, maxFiles: 2 ** 31 };

/** What a connection is told of files. */
export type FileNotice = Extract<KernelNotice, { readonly kind: 'changes' | 'acknowledged' | 'conflict' | 'rejected' | 'layers' }>;

/** Told of each change after it was applied. `from` is `undefined` for the kernel's own. */
export type ChangeListener = (change: Change, from: AuthorityConnection | undefined) => void;

export class Authority implements ChangeHost {
  readonly tree: Tree;
  readonly limits: AuthorityLimits;
  readonly #taker: SnapshotTaker;
  readonly #connections = new Set<AuthorityConnection>();
  readonly #listeners = new Set<ChangeListener>();
  #nextIno: Ino;
  #nextBase: Ino;

  /** `tree` must have `keepsOrphans`. `inoBase`: all numbers from there on are free. */
  constructor(tree: Tree, options: { readonly limits?: Partial<AuthorityLimits>; readonly inoBase?: Ino } = {}) {
    this.tree = tree;
    this.limits = { ...generousLimits, ...options.limits };
    this.#taker = new SnapshotTaker(tree);
    this.#nextIno = options.inoBase ?? highestIno(tree) + 1;
    this.#nextBase = (Math.floor(this.#nextIno / inosPerConnection) + 1) * inosPerConnection;
  }

  /** The kernel's own change. */
  commit(change: Change): void {
    this.order(change, undefined);
  }

  allocateIno(count = 1): Ino {
    if (
      this.#nextIno % inosPerConnection === 0 ||
      Math.floor(this.#nextIno / inosPerConnection) !== Math.floor((this.#nextIno + count - 1) / inosPerConnection)
    ) {
      this.#nextIno = this.#takeRange();
    }
    const ino = this.#nextIno;
    this.#nextIno = ino + count;
    return ino;
  }

  /** A new worker: it starts from {@link AuthorityConnection.snapshot} and is told all that comes after. */
  connect(): AuthorityConnection {
    const connection = new AuthorityConnection(this, this.#takeRange(), this.snapshot(), () => this.#connections.delete(connection));
    this.#connections.add(connection);
    return connection;
  }

  snapshot(): TreeSnapshot {
    return this.#taker.take();
  }

  subscribe(listener: ChangeListener): Dispose {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Makes layers known to everyone, so that they can be mounted; those that are already do not change. */
  addLayers(sources: readonly LayerSource[]): void {
    const layers = sources.filter(({ id }) => !this.tree.layers.has(id));
    if (layers.length === 0) return;
    for (const source of layers) this.tree.addLayer(source);
    for (const connection of this.#connections) connection.enqueue({ kind: 'layers', layers });
  }

  /** Gives `change` its place. For `AuthorityConnection`. */
  order(change: Change, from: AuthorityConnection | undefined): void {
    this.tree.apply(change, false);
    for (const connection of this.#connections) if (connection !== from) connection.enqueueChange(change);
    for (const listener of this.#listeners) listener(change, from);
  }

  #takeRange(): Ino {
    const base = this.#nextBase;
    if (base + inosPerConnection > Number.MAX_SAFE_INTEGER)
      throw new BvError('ERR_BV_LIMIT', 'This container has used up its inode numbers');
    this.#nextBase = base + inosPerConnection;
    return base;
  }
}

function highestIno(tree: Tree): Ino {
  let highest = 1;
  for (const { ino } of tree.nodes()) if (ino > highest) highest = ino;
  for (const { inoBase, layer } of tree.mounts) highest = Math.max(highest, inoBase + layer.inoCount);
  for (const [ino] of tree.aliases) if (ino > highest) highest = ino;
  for (const [shared] of tree.sharedOffsets) if (shared > highest) highest = shared;
  return highest;
}

/** The authority's end of one worker. */
export class AuthorityConnection {
  readonly inoBase: Ino;
  /** Called when there is something to post after there was nothing. */
  onOutgoing: (() => void) | undefined;
  readonly #authority: Authority;
  readonly #closed: Dispose;
  #snapshot: TreeSnapshot | undefined;
  #lastIno: Ino;
  #received = 0;
  #told = 0;
  #queue: FileNotice[] = [];

  constructor(authority: Authority, inoBase: Ino, snapshot: TreeSnapshot, closed: Dispose) {
    this.#authority = authority;
    this.inoBase = inoBase;
    this.#lastIno = inoBase - 1;
    this.#snapshot = snapshot;
    this.#closed = closed;
  }

  /** The tree at the moment of connecting, for `welcome`. Let go of once changes after it are taken. */
  get snapshot(): TreeSnapshot {
    if (this.#snapshot === undefined) throw new TypeError('The snapshot of this connection was sent already');
    return this.#snapshot;
  }

  /**
   * The worker's `changes`, in the order of its port.
   *
   * @throws {BvError} `ERR_BV_BAD_MESSAGE` for what no honest worker sends; the changes before it have happened.
   */
  receive(changes: unknown): void {
    if (!Array.isArray(changes)) throw new BvError('ERR_BV_BAD_MESSAGE', 'The peer sent changes that are no list');
    const wasIdle = !this.hasOutgoing;
    for (const value of changes as readonly unknown[]) {
      const change = checkedChange(value, (ino, layer) => this.#claim(ino, layer));
      const index = this.#received++;
      const code = this.#refusal(change);
      if (code !== undefined) {
        this.#queue.push({ kind: 'rejected', index, code, path: this.#pathOf(change) });
        this.#told = this.#received;
        continue;
      }
      if (change.kind === 'create' && change.exclusive === true && this.#exists(change)) {
        this.#queue.push({ kind: 'conflict', index, path: this.#pathOf(change) });
      }
      this.#authority.order(change, this);
    }
    if (wasIdle && this.hasOutgoing) this.onOutgoing?.();
  }

  get hasOutgoing(): boolean {
    return this.#queue.length > 0 || this.#told < this.#received;
  }

  /** What is to be posted before any other message, in order. */
  takeOutgoing(): FileNotice[] {
    this.#snapshot = undefined;
    const queue = this.#queue;
    this.#queue = [];
    if (this.#told < this.#received) queue.push({ kind: 'acknowledged', acknowledged: this.#received });
    this.#told = this.#received;
    return queue;
  }

  /** The worker is gone: nothing is queued for it any more. */
  close(): void {
    this.#queue = [];
    this.#told = this.#received;
    this.#closed();
  }

  /** For `Authority`. */
  enqueueChange(change: Change): void {
    const last = this.#queue[this.#queue.length - 1];
    if (last?.kind === 'changes' && last.acknowledged === this.#received) (last.changes as Change[]).push(change);
    else this.enqueue({ kind: 'changes', changes: [change], acknowledged: this.#received });
    this.#told = this.#received;
  }

  /** For `Authority`. */
  enqueue(notice: FileNotice): void {
    const wasIdle = !this.hasOutgoing;
    this.#queue.push(notice);
    if (wasIdle) this.onOutgoing?.();
  }

  /** Numbers must be of the worker's range and only go up, so that none means two things. */
  #claim(ino: Ino, layerId?: string): void {
    const layer = layerId === undefined ? undefined : this.#authority.tree.layers.get(layerId);
    if (layerId !== undefined && layer === undefined)
      throw new BvError('ERR_BV_BAD_MESSAGE', 'The peer sent a mount of a layer it was not given');
    const last = ino + (layer?.inoCount ?? 1) - 1;
    if (ino <= this.#lastIno || last >= this.inoBase + inosPerConnection) {
      throw new BvError('ERR_BV_BAD_MESSAGE', `The peer sent the inode number ${ino}, which is not its to give`);
    }
    this.#lastIno = last;
  }

  #refusal(change: Change): ErrnoName | undefined {
    const { tree, limits } = this.#authority;
    const grows = (ino: Ino | undefined, size: number): ErrnoName | undefined => {
      if (size > limits.maxFileBytes) return 'EFBIG';
      const growth = size - ((ino === undefined ? undefined : tree.node(ino))?.counted ?? 0);
      return growth > 0 && tree.fileBytes + growth > limits.maxTotalBytes ? 'ENOSPC' : undefined;
    };
    switch (change.kind) {
      case 'create':
      case 'link':
      case 'orphan': {
        if (change.kind !== 'link' && tree.files >= limits.maxFiles) return 'ENOSPC';
        if (change.kind === 'orphan') return grows(undefined, change.bytes.length);
        if (!this.#fits(change.parent, change.name)) return 'ENAMETOOLONG';
        return change.kind === 'create' && change.data !== undefined ? grows(undefined, sizeOf(change.data)) : undefined;
      }
      case 'rename':
        return this.#fits(change.toParent, change.toName) ? undefined : 'ENAMETOOLONG';
      case 'write': {
        const size = tree.node(change.ino)?.size ?? 0;
        const at = change.at === 'end' ? size : typeof change.at === 'number' ? change.at : tree.sharedOffset(change.at.shared);
        return grows(change.ino, Math.max(size, at + change.bytes.length));
      }
      case 'replace':
        return grows(change.ino, sizeOf(change.data));
      case 'truncate':
        return grows(change.ino, change.size);
      default:
        return undefined;
    }
  }

  #fits(parent: Ino, name: string): boolean {
    const path = this.#authority.tree.pathOf(parent);
    return path === undefined || fitsIn(path, maxPathBytes - 2 - utf8Length(name));
  }

  #exists({ parent, name }: Change & { kind: 'create' }): boolean {
    const { tree } = this.#authority;
    const directory = tree.node(parent);
    return directory?.isDirectory === true && tree.entriesOf(directory).has(name);
  }

  #pathOf(change: Change): string {
    const { tree } = this.#authority;
    if ('parent' in change) {
      const parent = tree.pathOf(change.parent) ?? '';
      return `${parent === '/' ? '' : parent}/${change.name}`;
    }
    return ('ino' in change ? tree.pathOf(change.ino) : undefined) ?? '';
  }
}

function sizeOf(data: FileData): number {
  // A file of a layer adds nothing.
  return data.kind === 'bytes' ? data.bytes.length : data.kind === 'blob' ? data.blob.size : 0;
}
