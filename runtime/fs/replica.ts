/**
 * A worker's copy of the container's files. Its own changes are applied at once and posted; the kernel's order decides. When
 * changes of others come that were ordered before own ones, those are taken back, theirs applied, and the own ones
 * applied again. Where neither side touches what the other does, that comes to the same as just applying theirs.
 */
import { BvError } from '../base/errors.ts';
import type { Ino } from '../base/ids.ts';
import type { Change, SharedOffsetId } from '../wires/change.ts';
import { touchedBy } from './touch.ts';
import type { Tree, Undo } from './tree.ts';

/** Small writes one behind the other travel as one, up to this size. */
const coalescedBytes = 64 << 10;

interface Pending {
  change: Change;
  undo: Undo | undefined;
  touched: readonly Ino[] | null;
  /** Bytes of further writes that are to be joined with those of `change`. */
  more: Uint8Array[] | undefined;
  bytes: number;
}

/** Where a `FileSystem` acts: a replica, or the kernel's authority. */
export interface ChangeHost {
  readonly tree: Tree;
  /** Applies the change and sees to it that everyone else learns of it. */
  commit(change: Change): void;
  /** The first of `count` fresh inode numbers. */
  allocateIno(count?: number): Ino;
}

export class Replica implements ChangeHost {
  readonly tree: Tree;
  /** Called when there is something to post after there was nothing. */
  onOutgoing: (() => void) | undefined;
  #nextIno: Ino;
  readonly #endIno: Ino;
  readonly #pending: Pending[] = [];
  /** How many of `#pending` were posted. */
  #posted = 0;
  #acknowledged = 0;
  readonly #touched = new Map<Ino, number>();
  #touchedAll = 0;

  constructor(tree: Tree, inoBase: Ino, inoCount = 2 ** 31) {
    this.tree = tree;
    this.#nextIno = inoBase;
    this.#endIno = inoBase + inoCount;
  }

  /** Own changes that the kernel has not acknowledged. */
  get unacknowledged(): number {
    return this.#pending.length;
  }

  get hasOutgoing(): boolean {
    return this.#posted < this.#pending.length;
  }

  /** Own changes that wait to be posted. */
  get outgoingCount(): number {
    return this.#pending.length - this.#posted;
  }

  /** How many own changes were ever given out. */
  get postedCount(): number {
    return this.#acknowledged + this.#posted;
  }

  allocateIno(count = 1): Ino {
    const ino = this.#nextIno;
    if (ino + count > this.#endIno) throw new BvError('ERR_BV_LIMIT', 'This worker has used up its inode numbers');
    this.#nextIno = ino + count;
    return ino;
  }

  /** A name for an offset that processes share. */
  allocateShared(): SharedOffsetId {
    return this.allocateIno() as number;
  }

  /** The bytes in `change` must not be written afterwards. */
  commit(change: Change): void {
    if (this.#coalesced(change)) return;
    const touched = touchedBy(this.tree, change);
    const undo = this.tree.apply(change);
    this.#track(touched, 1);
    this.#pending.push({ change, undo, touched, more: undefined, bytes: change.kind === 'write' ? change.bytes.length : 0 });
    if (this.#posted === this.#pending.length - 1) this.onOutgoing?.();
  }

  /** {@link commit} */
  applyOwn(change: Change): void {
    this.commit(change);
  }

  /** What is to be posted as a `changes` notice before any other message, in order; each change is given out once. */
  takeOutgoing(): readonly Change[] {
    const changes: Change[] = [];
    for (; this.#posted < this.#pending.length; this.#posted++) {
      const pending = this.#pending[this.#posted] as Pending;
      join(pending);
      changes.push(pending.change);
    }
    return changes;
  }

  /** A `changes` notice of the kernel. */
  receive(changes: readonly Change[], acknowledged: number): void {
    this.acknowledge(acknowledged);
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i] as Change;
      if (this.#pending.length > 0 && this.#meets(change)) {
        this.#rebase(0, () => {
          for (const other of changes.slice(i)) this.tree.apply(other, false);
        });
        return;
      }
      this.tree.apply(change, false);
    }
  }

  /** An `acknowledged` notice: the first `acknowledged` own changes have their place in the kernel's order. */
  acknowledge(acknowledged: number): void {
    const count = acknowledged - this.#acknowledged;
    if (!(count >= 0 && count <= this.#posted)) throw new BvError('ERR_BV_BAD_MESSAGE', `a count of ${acknowledged} acknowledged changes`);
    if (count === 0) return;
    for (const { touched } of this.#pending.splice(0, count)) this.#track(touched, -1);
    this.#posted -= count;
    this.#acknowledged = acknowledged;
  }

  /** A `rejected` notice: the own change of that index happened nowhere, so it is taken back here. */
  reject(index: number): void {
    this.acknowledge(index);
    if (this.#posted === 0) throw new BvError('ERR_BV_BAD_MESSAGE', `a rejection of change ${index}, which was not sent`);
    this.#rebase(1, () => {});
    const [rejected] = this.#pending.splice(0, 1);
    this.#track((rejected as Pending).touched, -1);
    this.#posted--;
    this.#acknowledged = index + 1;
  }

  /** Takes all pending changes back, runs `between`, and applies those from `first` on again. */
  #rebase(first: number, between: () => void): void {
    for (let i = this.#pending.length - 1; i >= 0; i--) (this.#pending[i] as Pending).undo?.();
    between();
    const { listener } = this.tree;
    this.tree.listener = undefined; // They were told of when they first happened.
    try {
      for (let i = first; i < this.#pending.length; i++) {
        const pending = this.#pending[i] as Pending;
        join(pending);
        // What it meets may have changed: a name it made may be an alias now.
        this.#track(pending.touched, -1);
        pending.touched = touchedBy(this.tree, pending.change);
        this.#track(pending.touched, 1);
        pending.undo = this.tree.apply(pending.change);
      }
    } finally {
      this.tree.listener = listener;
    }
  }

  /** Whether a change of another touches something that pending ones touch. */
  #meets(change: Change): boolean {
    if (this.#touchedAll > 0) return true;
    const touched = touchedBy(this.tree, change);
    return touched === null || touched.some((ino) => this.#touched.has(ino));
  }

  #track(touched: readonly Ino[] | null, by: 1 | -1): void {
    if (touched === null) {
      this.#touchedAll += by;
      return;
    }
    for (const ino of touched) {
      const count = (this.#touched.get(ino) ?? 0) + by;
      if (count === 0) this.#touched.delete(ino);
      else this.#touched.set(ino, count);
    }
  }

  #coalesced(change: Change): boolean {
    if (change.kind !== 'write' || typeof change.at === 'object' || !this.hasOutgoing) return false;
    const last = this.#pending[this.#pending.length - 1] as Pending;
    const before = last.change;
    if (before.kind !== 'write' || before.ino !== change.ino || last.undo === undefined) return false;
    if (last.bytes + change.bytes.length > coalescedBytes) return false;
    const follows = change.at === 'end' ? before.at === 'end' : typeof before.at === 'number' && before.at + last.bytes === change.at;
    // Only at the end of the file: undoing the first write then takes back what was written behind it.
    if (!follows || (change.at !== 'end' && change.at !== this.tree.node(change.ino)?.size)) return false;
    if (this.tree.apply(change, false) === undefined) return false;
    (last.more ??= []).push(change.bytes);
    last.bytes += change.bytes.length;
    last.change = { ...before, timeMs: change.timeMs };
    return true;
  }
}

function join(pending: Pending): void {
  if (pending.more === undefined || pending.change.kind !== 'write') return;
  const bytes = new Uint8Array(pending.bytes);
  let at = 0;
  for (const part of [pending.change.bytes, ...pending.more]) {
    bytes.set(part, at);
    at += part.length;
  }
  pending.change = { ...pending.change, bytes };
  pending.more = undefined;
}
