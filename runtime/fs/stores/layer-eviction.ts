/** Making room in the database of layers, and removing what has no use there. */
import { deleteRows, tidyPacks } from './layer-packs.ts';
import { finish, layerStoreNames, listed } from './layer-rows.ts';
import type { LayerDatabase, ListedLayer } from './layer-rows.ts';
import { forgetTheDead, idsInUse, livingHolders } from './layer-uses.ts';

export interface EvictOptions {
  readonly ids?: readonly string[];
  readonly maxBytes?: number;
}

/** See `LayerStore.evict`. */
export async function evictLayers(database: LayerDatabase, { ids, maxBytes = 0 }: EvictOptions): Promise<readonly ListedLayer[]> {
  const living = await livingHolders();
  const transaction = database.transaction(layerStoreNames, 'readwrite');
  let gone: ListedLayer[] = [];
  const work = async () => {
    const rows = (await transaction.objectStore('layers').getAll()).map(listed);
    let left = rows.reduce((sum, { size }) => sum + size, 0);
    if (ids === undefined && left <= maxBytes) return;
    await forgetTheDead(transaction, living);
    const inUse = idsInUse(await transaction.objectStore('uses').getAll(), living);
    const wanted = ids === undefined ? undefined : new Set(ids);
    const free = rows
      .filter(({ id, usedMs }) => !inUse.has(id) && (wanted === undefined ? usedMs < Infinity : wanted.has(id)))
      .sort((a, b) => a.usedMs - b.usedMs);
    gone = free.filter(({ size }) => {
      if (wanted === undefined && left <= maxBytes) return false;
      left -= size;
      return true;
    });
    await deleteRows(
      transaction,
      gone.map(({ id }) => id),
    );
  };
  await finish(transaction, work());
  return gone;
}

/** See `LayerStore.tidy`. */
export async function tidyLayers(database: LayerDatabase): Promise<string[]> {
  const transaction = database.transaction(layerStoreNames, 'readwrite');
  const lost: string[] = [];
  const work = async () => {
    const packs = new Set(await transaction.objectStore('packs').getAllKeys());
    for (const row of await transaction.objectStore('layers').getAll()) {
      if (row.pack !== undefined && !packs.has(row.pack)) lost.push(row.id);
    }
    await deleteRows(transaction, lost);
    await tidyPacks(transaction, packs);
  };
  await finish(transaction, work());
  return lost;
}
