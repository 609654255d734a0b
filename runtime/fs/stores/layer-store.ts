/**
 * Layers in IndexedDB: a row each, and their tars many in one pack, since a record with a Blob costs a file of the browser's.
 *
 * A row and its pack are written in one transaction, so there is no half layer however a tab ends.
 */
import { BvError } from '../../base/errors.ts';
import type { LayerSource } from '../../wires/change.ts';
import { tarOf } from '../layer.ts';
import { evictLayers, tidyLayers } from './layer-eviction.ts';
import type { EvictOptions } from './layer-eviction.ts';
import { deleteRows, quiet, readRows, readSources } from './layer-packs.ts';
import { finish, layerStoreNames, listed, openLayerDatabase } from './layer-rows.ts';
import type { LayerDatabase, LayerRow, ListedLayer, OldLayerRow } from './layer-rows.ts';
import { addUse, idsInUse, livingHolders, PageHolder, setUse } from './layer-uses.ts';
import { writeLayers } from './layer-writes.ts';
import type { LayerFacts } from './layer-writes.ts';
import { storeError } from './store-error.ts';

export type { ListedLayer } from './layer-rows.ts';
export type { LayerFacts } from './layer-writes.ts';

/** A layer to be stored. */
export interface NewLayer extends LayerFacts {
  readonly tar: Blob | readonly BlobPart[];
}

/** A layer that may be mounted as long as this worker lives. */
export interface UsedLayer extends ListedLayer {
  readonly source: LayerSource;
}

/** Uses are noted to the hour, so that an install of what is there already writes next to nothing. */
const usedStepMs = 3600 * 1000;

/** Layers, each stored once per browser by its id, whichever containers use it. */
export class LayerStore {
  readonly #database: LayerDatabase;
  #working: Promise<unknown> = Promise.resolve();
  readonly #failed = new Map<string, LayerSource>();
  #gathered: { readonly sources: Map<string, LayerSource>; readonly done: Promise<void> } | undefined;
  #page: Promise<PageHolder> | undefined;
  readonly #held = new Set<string>();
  /** This browser's IndexedDB took bytes when it would not take a Blob (WebKitGTK). */
  #bytesOnly = false;

  private constructor(database: LayerDatabase) {
    this.#database = database;
  }

  static async open(name = 'bavini-layers'): Promise<LayerStore> {
    try {
      return new LayerStore(await openLayerDatabase(name));
    } catch (cause) {
      throw storeError('Cannot open the store of layers', cause);
    }
  }

  /** Resolves when it is durable. The same id is stored once. All of one turn are written together. */
  put(source: LayerSource): Promise<void> {
    if (this.#gathered === undefined) {
      const sources = new Map<string, LayerSource>();
      const done = Promise.resolve().then(() => {
        this.#gathered = undefined;
        return this.#tryPut([...sources.values()]);
      });
      this.#gathered = { sources, done };
      this.#working = Promise.allSettled([this.#working, done]);
    }
    this.#gathered.sources.set(source.id, source);
    return this.#gathered.done;
  }

  /**
   * Resolves when every layer that was put is durable; those that could not be stored are tried again. A log must not say
   * that a layer is mounted before the layer is there. Rejects with `ERR_BV_QUOTA` or `ERR_BV_STORE`.
   */
  async settled(): Promise<void> {
    await this.#working;
    if (this.#failed.size > 0) await this.#tryPut([...this.#failed.values()]);
  }

  async #tryPut(sources: readonly LayerSource[]): Promise<void> {
    try {
      await this.add(sources.map((source) => ({ id: source.id, tar: tarOf(source), size: source.part?.size ?? source.blob.size })));
      for (const { id } of sources) this.#failed.delete(id);
    } catch (error) {
      for (const source of sources) this.#failed.set(source.id, source);
      throw error;
    }
  }

  /**
   * Stores layers in one pack, those that are not there yet: all or none. One that is there without facts gets those given.
   *
   * @throws {BvError} `ERR_BV_QUOTA`, `ERR_BV_STORE`.
   */
  async add(layers: readonly NewLayer[]): Promise<void> {
    const missing = await this.#missing(layers);
    if (missing.length > 0) await this.#add(missing, packOf(missing));
  }

  /**
   * The same for layers that were seen to be missing, in one transaction: from the moment they are there they are held by this worker
   * while it lives. One that another worker has stored meanwhile is written again.
   *
   * @param pack Their tars, one behind the other.
   *
   * @throws {BvError} `ERR_BV_QUOTA`, `ERR_BV_STORE`.
   */
  async addHeld(layers: readonly LayerFacts[], pack: Blob): Promise<void> {
    if (layers.length === 0) return;
    await this.#add(layers, pack, (await this.#pageHolder()).name);
    for (const { id } of layers) this.#held.add(id);
  }

  async #add(missing: readonly LayerFacts[], pack: Blob, holder?: string): Promise<void> {
    const what = missing.length === 1 ? `Cannot store the layer "${missing[0]?.id}"` : `Cannot store ${missing.length} layers`;
    if (!this.#bytesOnly) {
      try {
        return await writeLayers(this.#database, missing, { bytes: pack, holder });
      } catch (first) {
        const error = storeError(what, first);
        if (error.code === 'ERR_BV_QUOTA') throw error;
      }
    }
    try {
      await writeLayers(this.#database, missing, { bytes: new Uint8Array(await pack.arrayBuffer()), holder });
      this.#bytesOnly = true;
    } catch (cause) {
      throw storeError(what, cause);
    }
  }

  async #missing(layers: readonly NewLayer[]): Promise<NewLayer[]> {
    try {
      const { store } = this.#database.transaction('layers');
      const rows = await Promise.all(layers.map(({ id }) => store.get(id)));
      return layers.filter(({ facts }, i) => {
        const row = rows[i];
        return row === undefined || (facts !== undefined && (row as LayerRow).facts === undefined);
      });
    } catch (cause) {
      throw storeError('Cannot read the store of layers', cause);
    }
  }

  /** `undefined` if it is not stored, or not whole. */
  async get(id: string): Promise<LayerSource | undefined> {
    return (await this.getAll([id])).get(id);
  }

  /** Those that are stored and whole; parts of as few Blobs as there are packs. Nothing is read. */
  async getAll(ids: readonly string[]): Promise<Map<string, LayerSource>> {
    try {
      const transaction = this.#database.transaction(['layers', 'packs']);
      const rows = await readRows(transaction.objectStore('layers'), ids);
      return await readSources(transaction.objectStore('packs'), rows);
    } catch (cause) {
      throw storeError(ids.length === 1 ? `Cannot read the layer "${ids[0]}"` : `Cannot read ${ids.length} layers`, cause);
    }
  }

  /**
   * Marks them as used now, and as held by this worker while it lives. Answers those that are there and whole. On a full disk, too: then
   * nobody learns when they were used.
   */
  async use(ids: readonly string[]): Promise<Map<string, UsedLayer>> {
    const holder = await this.#pageHolder();
    try {
      return await this.#useNoted(ids, holder);
    } catch {
      return this.#useUnnoted(ids, holder);
    }
  }

  async #useNoted(ids: readonly string[], holder: PageHolder): Promise<Map<string, UsedLayer>> {
    const transaction = this.#database.transaction(layerStoreNames, 'readwrite', { durability: 'relaxed' });
    const found = new Map<string, UsedLayer>();
    const work = async () => {
      const layers = transaction.objectStore('layers');
      const rows = await readRows(layers, ids);
      const sources = await readSources(transaction.objectStore('packs'), rows);
      const now = Date.now();
      const writes: Promise<unknown>[] = [];
      for (const row of rows.values()) {
        const source = sources.get(row.id);
        if (source !== undefined) found.set(row.id, { ...listed(row), source });
        if (row.pack !== undefined && now - row.usedMs > usedStepMs) writes.push(quiet(layers.put({ ...row, usedMs: now })));
      }
      const fresh = [...rows.keys()].filter((id) => !this.#held.has(id));
      if (fresh.length > 0) writes.push(quiet(transaction.objectStore('uses').add({ holder: holder.name, ids: fresh, sinceMs: now })));
      await Promise.all(writes);
      return fresh;
    };
    for (const id of await finish(transaction, work())) this.#held.add(id);
    return found;
  }

  /** Whoever evicts them at this very moment wins, but their Blobs can be read as long as somebody has them. */
  async #useUnnoted(ids: readonly string[], holder: PageHolder): Promise<Map<string, UsedLayer>> {
    try {
      const fresh = ids.filter((id) => !this.#held.has(id));
      if (fresh.length > 0) await holder.spare(fresh);
      for (const id of fresh) this.#held.add(id);
      const transaction = this.#database.transaction(['layers', 'packs']);
      const rows = await readRows(transaction.objectStore('layers'), ids);
      const sources = await readSources(transaction.objectStore('packs'), rows);
      const found = new Map<string, UsedLayer>();
      for (const [id, source] of sources) found.set(id, { ...listed(rows.get(id) as LayerRow | OldLayerRow), source });
      return found;
    } catch (cause) {
      throw storeError('Cannot read the store of layers', cause);
    }
  }

  /** Spares layers from eviction as long as this worker lives, whether or not they are stored already. For whoever mounts them. */
  async holdWhileAlive(ids: readonly string[]): Promise<void> {
    const fresh = ids.filter((id) => !this.#held.has(id));
    if (fresh.length === 0) return;
    for (const id of fresh) this.#held.add(id);
    const holder = await this.#pageHolder();
    try {
      await addUse(this.#database, holder.name, fresh);
    } catch {
      await holder.spare(fresh); // No room to note it.
    }
  }

  /** Spares layers as long as `holder` is stored (`storedHolder`). */
  async hold(holder: string, ids: readonly string[]): Promise<void> {
    await addUse(this.#database, holder, ids);
  }

  /** All that `holder` uses is `ids`. */
  async setHeld(holder: string, ids: readonly string[]): Promise<void> {
    await setUse(this.#database, holder, ids);
  }

  #pageHolder(): Promise<PageHolder> {
    this.#page ??= PageHolder.take();
    return this.#page;
  }

  async ids(): Promise<string[]> {
    return await this.#database.getAllKeys('layers');
  }

  /** Every row, and which are in use. */
  async list(): Promise<{ readonly rows: readonly ListedLayer[]; readonly inUse: ReadonlySet<string> }> {
    try {
      const living = await livingHolders();
      const transaction = this.#database.transaction(['layers', 'uses']);
      const inUse = idsInUse(await transaction.objectStore('uses').getAll(), living);
      const rows = await transaction.objectStore('layers').getAll();
      return { rows: rows.map(listed), inUse };
    } catch (cause) {
      throw storeError('Cannot read the store of layers', cause);
    }
  }

  /**
   * Removes layers that nobody uses: `ids`, or those used longest ago until all together have at most `maxBytes`. Answers what went.
   */
  async evict(options: EvictOptions): Promise<readonly ListedLayer[]> {
    try {
      return await evictLayers(this.#database, options);
    } catch (cause) {
      throw storeError('Cannot make room in the store of layers', cause);
    }
  }

  /** Removes packs without rows and rows without packs. Answers the ids of the latter. */
  async tidy(): Promise<string[]> {
    return await tidyLayers(this.#database);
  }

  /** Only of layers that no stored container uses. */
  async delete(id: string): Promise<void> {
    const transaction = this.#database.transaction(layerStoreNames, 'readwrite');
    await finish(transaction, deleteRows(transaction, [id]));
  }

  /** Lets go of what `use` and `holdWhileAlive` spared. */
  close(): void {
    void this.#page?.then((holder) => holder.release());
    this.#database.close();
  }
}

function packOf(layers: readonly NewLayer[]): Blob {
  return new Blob(layers.flatMap(({ tar }) => (tar instanceof Blob ? [tar] : tar)));
}

/** Of whoever asks for a layer that is not stored. */
export function layerMissing(id: string): BvError {
  return new BvError('ERR_BV_STORE', `Cannot mount the layer "${id}": it is not stored`);
}
