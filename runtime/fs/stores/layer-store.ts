import { openDB, type IDBPDatabase } from 'idb';
import type { LayerSource } from '../../wires/change.ts';
import { tarOf } from '../layer.ts';
import { storeError } from './store-error.ts';

interface StoredLayer {
  readonly id: string;
  /** Bytes where the browser's IndexedDB takes no Blobs (WebKitGTK). */
  readonly tar: Blob | Uint8Array<ArrayBuffer>;
  readonly size: number;
}

/** Layers, each stored once per browser by its id, whichever containers use it. */
export class LayerStore {
  readonly #database: IDBPDatabase;
  #working: Promise<unknown> = Promise.resolve();
  readonly #failed = new Map<string, LayerSource>();

  private constructor(database: IDBPDatabase) {
    this.#database = database;
  }

  static async open(name = 'bavini-layers'): Promise<LayerStore> {
    try {
      return new LayerStore(
        await openDB(name, 1, {
          upgrade(database) {
            database.createObjectStore('layers', { keyPath: 'id' });
          },
          blocking(_current, _blocked, event) {
            (event.target as IDBDatabase).close();
          },
        }),
      );
    } catch (cause) {
      throw storeError('Cannot open the store of layers', cause);
    }
  }

  /** Resolves when it is durable. The same id is stored once. */
  put(source: LayerSource): Promise<void> {
    const done = this.#tryPut(source);
    this.#working = Promise.allSettled([this.#working, done]);
    return done;
  }

  /**
   * Resolves when every layer that was put is durable; those that could not be stored are tried again. A log must not say
   * that a layer is mounted before the layer is there. Rejects with `ERR_BV_QUOTA` or `ERR_BV_STORE`.
   */
  async settled(): Promise<void> {
    await this.#working;
    for (const source of [...this.#failed.values()]) await this.#tryPut(source);
  }

  async #tryPut(source: LayerSource): Promise<void> {
    try {
      await this.#put(source);
      this.#failed.delete(source.id);
    } catch (error) {
      this.#failed.set(source.id, source);
      throw error;
    }
  }

  async #put(source: LayerSource): Promise<void> {
    const { id } = source;
    if ((await this.#database.getKey('layers', id)) !== undefined) return;
    const blob = tarOf(source);
    const write = async (tar: StoredLayer['tar']) => {
      const transaction = this.#database.transaction('layers', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.put({ id, tar, size: blob.size } satisfies StoredLayer), transaction.done]);
    };
    try {
      await write(blob);
    } catch (first) {
      const error = storeError(`Cannot store the layer "${id}"`, first);
      if (error.code === 'ERR_BV_QUOTA') throw error;
      try {
        await write(new Uint8Array(await blob.arrayBuffer()));
      } catch (cause) {
        throw storeError(`Cannot store the layer "${id}"`, cause);
      }
    }
  }

  /** `undefined` if it is not stored, or not whole. */
  async get(id: string): Promise<LayerSource | undefined> {
    try {
      const found = (await this.#database.get('layers', id)) as StoredLayer | undefined;
      if (found === undefined) return undefined;
      const blob = found.tar instanceof Blob ? found.tar : new Blob([found.tar]);
      return blob.size === found.size ? { id, blob } : undefined;
    } catch (cause) {
      throw storeError(`Cannot read the layer "${id}"`, cause);
    }
  }

  async ids(): Promise<string[]> {
    return (await this.#database.getAllKeys('layers')) as string[];
  }

  /** Only of layers that no stored container uses. */
  async delete(id: string): Promise<void> {
    await this.#database.delete('layers', id);
  }

  close(): void {
    this.#database.close();
  }
}
