/** What the database of layers holds. */
import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import { openDatabase } from './open-database.ts';

/** 2: many layers in one pack, who uses which. Layers that version 1 stored stay as they are. */
const databaseVersion = 2;

/** Where a layer is, and what whoever stored it wants to know of it. */
export interface LayerRow {
  readonly id: string;
  /** Bytes of its tar. */
  readonly size: number;
  readonly pack: number;
  readonly start: number;
  /** Of its last use, to the hour. Milliseconds since the epoch. */
  readonly usedMs: number;
  /** First half of the SHA-256 of its tar, base64. Absent: its size is all that can be checked. */
  readonly check?: string;
  /** Plain data. */
  readonly facts?: unknown;
  readonly label?: string;
}

/** As version 1 wrote them: with their own tar. Never evicted, since nobody noted who uses them. */
export interface OldLayerRow {
  readonly id: string;
  readonly size: number;
  readonly tar: StoredBytes;
  readonly pack?: undefined;
}

/** A row as it is listed: of version 1 too. */
export interface ListedLayer {
  readonly id: string;
  readonly size: number;
  /** `Infinity` for those of version 1: they never go by age. */
  readonly usedMs: number;
  readonly check: string | undefined;
  readonly facts: unknown;
  readonly label: string | undefined;
}

export function listed(row: LayerRow | OldLayerRow): ListedLayer {
  const { id, size } = row;
  if (row.pack === undefined) return { id, size, usedMs: Infinity, check: undefined, facts: undefined, label: undefined };
  return { id, size, usedMs: row.usedMs, check: row.check, facts: row.facts, label: row.label };
}

/** Bytes where the browser's IndexedDB takes no Blobs (WebKitGTK). */
export type StoredBytes = Blob | Uint8Array<ArrayBuffer>;

export interface LayerPack {
  readonly bytes: StoredBytes;
  readonly size: number;
}

/** Some layers that one holder uses; it may have several such rows. */
export interface LayerUse {
  readonly holder: string;
  readonly ids: readonly string[];
  readonly sinceMs: number;
}

interface Schema extends DBSchema {
  layers: { key: string; value: LayerRow | OldLayerRow; indexes: { pack: number } };
  packs: { key: number; value: LayerPack };
  uses: { key: number; value: LayerUse; indexes: { holder: string } };
}
export type LayerDatabase = IDBPDatabase<Schema>;
export type LayerTransaction = IDBPTransaction<Schema, ['layers', 'packs', 'uses'], 'readwrite'>;
export const layerStoreNames = ['layers', 'packs', 'uses'] as const;

export function openLayerDatabase(name: string): Promise<LayerDatabase> {
  return openDatabase<Schema>(name, databaseVersion, {
    upgrade(database, oldVersion, _newVersion, transaction) {
      const layers = oldVersion < 1 ? database.createObjectStore('layers', { keyPath: 'id' }) : transaction.objectStore('layers');
      if (oldVersion >= 2) return;
      layers.createIndex('pack', 'pack');
      database.createObjectStore('packs', { autoIncrement: true });
      database.createObjectStore('uses', { autoIncrement: true }).createIndex('holder', 'holder');
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}

export function sizeOfBytes(bytes: StoredBytes): number {
  return bytes instanceof Blob ? bytes.size : bytes.length;
}

export function sliceOfBytes(bytes: StoredBytes, start: number, size: number): StoredBytes {
  return bytes instanceof Blob ? bytes.slice(start, start + size) : bytes.subarray(start, start + size);
}

/** The transaction's own failure, where it has one: it says what the disk said. */
export async function finish<T>(transaction: { readonly done: Promise<void>; abort(): void }, work: Promise<T>): Promise<T> {
  const [worked, done] = await Promise.allSettled([
    work.catch((error: unknown) => {
      try {
        transaction.abort();
      } catch {
        // It has ended by itself, which is what failed.
      }
      throw error;
    }),
    transaction.done,
  ]);
  if (worked.status === 'rejected') throw worked.reason;
  if (done.status === 'rejected') throw done.reason;
  return worked.value;
}
