/** Many layers in one record: which pack each is in, and what becomes of packs when layers go. */
import { concatBytes } from '../../base/bytes.ts';
import type { LayerSource } from '../../wires/change.ts';
import { readsFromStartOnly } from '../blob-bytes.ts';
import { sizeOfBytes, sliceOfBytes, type LayerPack, type LayerRow, type LayerTransaction } from './layer-rows.ts';
import type { OldLayerRow, StoredBytes } from './layer-rows.ts';

/** Above this many of the rows that are there, reading all at once is quicker than one by one. */
const readAllShare = 0.25;

export async function deleteRows(transaction: LayerTransaction, ids: readonly string[]): Promise<void> {
  const layers = transaction.objectStore('layers');
  const packs = new Set<number>();
  for (const row of await Promise.all(ids.map((id) => layers.get(id)))) {
    if (row === undefined) continue;
    if (row.pack !== undefined) packs.add(row.pack);
    await layers.delete(row.id);
  }
  await tidyPacks(transaction, packs);
}

/** Packs that nothing is left of go; those of which less than half is left are written anew with what is. */
export async function tidyPacks(transaction: LayerTransaction, keys: ReadonlySet<number>): Promise<void> {
  const [layers, packs] = [transaction.objectStore('layers'), transaction.objectStore('packs')];
  for (const key of keys) {
    const rows = (await layers.index('pack').getAll(key)).filter((row): row is LayerRow => row.pack !== undefined);
    if (rows.length === 0) {
      await packs.delete(key);
      continue;
    }
    const pack: LayerPack | undefined = await packs.get(key);
    const live = rows.reduce((sum, { size }) => sum + size, 0);
    if (pack === undefined || live * 2 >= pack.size) continue;
    const pieces = rows.map(({ start, size }) => sliceOfBytes(pack.bytes, start, size));
    const bytes = pack.bytes instanceof Blob ? new Blob(pieces) : concatBytes(pieces as Uint8Array[]);
    await packs.put({ bytes, size: live }, key);
    let start = 0;
    const writes: Promise<unknown>[] = [];
    for (const row of rows) {
      writes.push(quiet(layers.put({ ...row, start })));
      start += row.size;
    }
    await Promise.all(writes);
  }
}

interface RowReader {
  get(id: string): Promise<LayerRow | OldLayerRow | undefined>;
  getAll(): Promise<(LayerRow | OldLayerRow)[]>;
  count(): Promise<number>;
}

export async function readRows(store: RowReader, ids: readonly string[]): Promise<Map<string, LayerRow | OldLayerRow>> {
  const wanted = new Set(ids);
  const many = wanted.size > 32 && wanted.size > (await store.count()) * readAllShare;
  const rows = many ? await store.getAll() : await Promise.all([...wanted].map((id) => store.get(id)));
  const found = new Map<string, LayerRow | OldLayerRow>();
  for (const row of rows) if (row !== undefined && wanted.has(row.id)) found.set(row.id, row);
  return found;
}

interface PackReader {
  get(key: number): Promise<LayerPack | undefined>;
}

/** Of the layers that are whole. */
export async function readSources(packs: PackReader, rows: ReadonlyMap<string, LayerRow | OldLayerRow>): Promise<Map<string, LayerSource>> {
  const keys = [...new Set([...rows.values()].flatMap(({ pack }) => pack ?? []))];
  const found = await Promise.all(keys.map((key) => packs.get(key)));
  const blobs = new Map<number, Blob>();
  for (const [i, key] of keys.entries()) {
    const pack = found[i];
    if (pack !== undefined && sizeOfBytes(pack.bytes) === pack.size) blobs.set(key, blobOf(pack.bytes));
  }
  const sources = new Map<string, LayerSource>();
  for (const row of rows.values()) {
    const { id, size } = row;
    const blob = row.pack === undefined ? blobOf(row.tar) : blobs.get(row.pack);
    const start = row.pack === undefined ? 0 : row.start;
    if (blob === undefined || start + size > blob.size || (row.pack === undefined && blob.size !== size)) continue;
    sources.set(id, { id, blob, ...(size === blob.size ? {} : { part: { start, size } }) });
  }
  return sources;
}

/**
 * The same layers in one Blob, by reference: nothing is read. Each Blob that several share goes in whole, since cutting one out costs
 * 0.1 to 0.5 ms for every layer; what else it holds stays where it is. As they are where a joined Blob would have to be read whole.
 */
export function joinLayers(sources: readonly LayerSource[]): readonly LayerSource[] {
  if (readsFromStartOnly) return sources;
  const starts = new Map<Blob, number>();
  let end = 0;
  for (const { blob } of sources) {
    if (starts.has(blob)) continue;
    starts.set(blob, end);
    end += blob.size;
  }
  const [only] = starts.keys();
  const blob = starts.size === 1 && only !== undefined ? only : new Blob([...starts.keys()]);
  return sources.map(({ id, blob: from, part }) => {
    const start = (starts.get(from) as number) + (part?.start ?? 0);
    return { id, blob, part: { start, size: part?.size ?? from.size } };
  });
}

function blobOf(bytes: StoredBytes): Blob {
  return bytes instanceof Blob ? bytes : new Blob([bytes]);
}

/** Where another request fails first, nobody waits for this one: the transaction tells. */
export function quiet<T>(request: Promise<T>): Promise<T> {
  request.catch(() => {});
  return request;
}
