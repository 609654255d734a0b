/** A store that lasts as long as the test. */
import type { Store } from '../fs/stores/store.ts';
import type { Change, LayerSource, TreeSnapshot } from '../wires/change.ts';

/** What a browser would keep under one name. */
export class MemoryStore implements Store {
  changes: Change[] = [];
  snapshot: TreeSnapshot | null = null;
  #take: (() => TreeSnapshot) | undefined;
  readonly layers = new Map<string, LayerSource>();
  readonly unsavedChanges = 0;

  load() {
    return Promise.resolve(
      this.changes.length === 0 && !this.snapshot
        ? null
        : { snapshot: this.snapshot, changes: this.changes, layers: [...this.layers.values()], missingLayers: [], damage: null },
    );
  }
  start(take: () => TreeSnapshot, { fresh = false }: { fresh?: boolean } = {}): void {
    this.#take = take;
    if (fresh) this.snapshot = structuredClone(take());
  }
  append(changes: readonly Change[]): void {
    if (this.#take) this.changes.push(...changes.map((change) => structuredClone(change)));
  }
  sync(): Promise<void> {
    return Promise.resolve();
  }
  forget(): Promise<void> {
    this.#take = undefined;
    this.changes = [];
    this.snapshot = null;
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.#take = undefined;
    return Promise.resolve();
  }
}
