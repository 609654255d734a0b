/** What keeps the files of a container from one visit to the next. */
import { BvError } from '../../base/errors.ts';
import type { Change, LayerSource, TreeSnapshot } from '../../wires/change.ts';
import { restoreTree } from '../snapshot.ts';
import { Tree, type TreeOptions } from '../tree.ts';

/** What was found: a checkpoint, and what happened after it. */
export interface StoredState {
  readonly snapshot: TreeSnapshot | null;
  readonly changes: readonly Change[];
  /** All layers that the two name and that are still stored. */
  readonly layers: readonly LayerSource[];
  readonly missingLayers: readonly string[];
  /** Something could not be read; the state is the last good one before it. */
  readonly damage: BvError | null;
}

export interface StartOptions {
  readonly fresh?: boolean;
  readonly onStored?: () => void;
}

export interface Store {
  /** Once, before anything else. `null` if nothing was stored. */
  load(): Promise<StoredState | null>;
  /**
   * Begins keeping what is appended. `takeSnapshot` gives the tree with all that was appended so far. `fresh` starts over:
   * what was stored before is replaced by the tree as it is. `onStored` is called once, when something is durable for the first time
   * since then, before `sync` resolves.
   */
  start(takeSnapshot: () => TreeSnapshot, options?: StartOptions): void;
  /** Keeps changes, in order. Durable within 250 ms if the disk can. */
  append(changes: readonly Change[]): void;
  /** Resolves when all that was appended before is durable. Rejects with `ERR_BV_QUOTA` or `ERR_BV_STORE`. */
  sync(): Promise<void>;
  /** Appended but not durable yet. */
  readonly unsavedChanges: number;
  /** Deletes everything stored under the name. Nothing is kept until `start` is called again. */
  forget(): Promise<void>;
  /** Makes durable what can be and lets go of the name. */
  close(): Promise<void>;
}

/**
 * The tree that was stored.
 *
 * @throws {BvError} `ERR_BV_STORE` if a layer it needs is not stored any more: without it, what was written over it would be
 *   lost without a word.
 */
export function restoreStored(state: StoredState, options: TreeOptions): Tree {
  const [lost] = state.missingLayers;
  if (lost !== undefined) throw new BvError('ERR_BV_STORE', `Cannot restore the files: the layer "${lost}" is not stored any more`);
  const tree = state.snapshot === null ? new Tree(options) : restoreTree({ ...state.snapshot, layers: state.layers }, options);
  for (const layer of state.layers) tree.addLayer(layer);
  for (const change of state.changes) tree.apply(change, false);
  return tree;
}
