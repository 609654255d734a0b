/** Writing layers and their pack in one transaction. */
import { quiet, tidyPacks } from './layer-packs.ts';
import { finish, layerStoreNames, sizeOfBytes } from './layer-rows.ts';
import type { LayerDatabase, StoredBytes } from './layer-rows.ts';

/** What is stored of a layer beside its tar. */
export interface LayerFacts {
  readonly id: string;
  readonly size: number;
  readonly check?: string;
  readonly facts?: unknown;
  readonly label?: string;
}

/**
 * Stores layers in one pack: `bytes`, their tars one behind the other. All or none; those that are there are written again. With `holder`
 * they are held by it from the moment they are there.
 */
export async function writeLayers(
  database: LayerDatabase,
  layers: readonly LayerFacts[],
  { bytes, holder }: { readonly bytes: StoredBytes; readonly holder: string | undefined },
): Promise<void> {
  const transaction = database.transaction(layerStoreNames, 'readwrite', { durability: 'strict' });
  const work = async () => {
    // Whatever was stored meanwhile by another worker stays: its bytes are the same.
    const before = await Promise.all(layers.map(({ id }) => transaction.objectStore('layers').get(id)));
    const pack = await transaction.objectStore('packs').add({ bytes, size: sizeOfBytes(bytes) });
    let start = 0;
    const stale = new Set<number>();
    const writes: Promise<unknown>[] = [];
    for (const [i, { id, size, check, facts, label }] of layers.entries()) {
      const row = before[i];
      if (row?.pack !== undefined) stale.add(row.pack);
      const plain = {
        ...(check === undefined ? {} : { check }),
        ...(facts === undefined ? {} : { facts }),
        ...(label === undefined ? {} : { label }),
      };
      writes.push(quiet(transaction.objectStore('layers').put({ id, size, pack, start, usedMs: Date.now(), ...plain })));
      start += size;
    }
    if (holder !== undefined) {
      const ids = layers.map(({ id }) => id);
      writes.push(quiet(transaction.objectStore('uses').add({ holder, ids, sinceMs: Date.now() })));
    }
    await Promise.all(writes);
    await tidyPacks(transaction, stale);
  };
  await finish(transaction, work());
}
