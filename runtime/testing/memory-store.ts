/** A store that lasts as long as the test. */
import type { StartOptions, Store } from '../fs/stores/store.ts';
import type { Change, LayerSource, TreeSnapshot } from '../wires/change.ts';

/** What a browser would keep under one name. */
export class MemoryStore implements Store {
  changes: Change[] = [];
  snapshot: TreeSnapshot | null = null;
  #take: (() => TreeSnapshot) | undefined;
  #onStored: (() => void) | undefined;
  readonly layers = new Map<string, LayerSource>();
  readonly unsavedChanges = 0;

  load() {
    return Promise.resolve(
      this.changes.length === 0 && !this.snapshot
        ? null
        : { snapshot: this.snapshot, changes: this.changes, layers: [...this.layers.values()], missingLayers: [], damage: null },
    );
  }
  start(take: () => TreeSnapshot, { fresh = false, onStored }: StartOptions = {}): void {
    this.#take = take;
    this.#onStored = onStored;
    if (!fresh) return;
    this.snapshot = structuredClone(take());
    this.#stored();
  }
  append(changes: readonly Change[]): void {
    if (!this.#take) return;
    this.changes.push(...changes.map((change) => structuredClone(change)));
    this.#stored();
  }
  #stored(): void {
    const tell = this.#onStored;
    this.#onStored = undefined;
    if (tell) queueMicrotask(tell);
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
