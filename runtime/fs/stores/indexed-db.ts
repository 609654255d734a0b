/**
 * Files in IndexedDB: checkpoints by generation, and a log of records by sequence number.
 *
 * A record holds all changes of up to 50 ms. A checkpoint of generation n says which record comes after it. Compacting is
 * three transactions: write the checkpoint n + 1; point the head to it; delete what it replaces. Killed between any two,
 * the head names a whole checkpoint and the log has all records after it. Loading takes the log as far as its records are
 * whole and without a gap.
 */
import type { DBSchema, IDBPDatabase } from 'idb';
import { BvError } from '../../base/errors.ts';
import type { Change, LayerSource, TreeSnapshot } from '../../wires/change.ts';
import { decodeRecord, encodeRecord } from '../record.ts';
import type { BlobReader } from '../blob-bytes.ts';
import { holdName, type HeldName } from './held-name.ts';
import { joinLayers } from './layer-packs.ts';
import type { LayerStore } from './layer-store.ts';
import { storedHolder } from './layer-uses.ts';
import { openDatabase } from './open-database.ts';
import { storeError } from './store-error.ts';
import type { StartOptions, Store, StoredState } from './store.ts';

/** Raised when stored data changes its form. A newer one is refused. */
const storeFormat = 1;
const gatherMs = 50;
const retryMs = 2000;
/** The log is compacted once it is longer than this, or than half of the checkpoint where that is more. */
const minLogBytes = 4 << 20;
const maxLogRecords = 2000;

interface Head {
  readonly format: number;
  readonly generation: number;
}

interface Checkpoint {
  /** A record whose sequence number is that of the first record of the log after it. */
  readonly record: Uint8Array<ArrayBuffer>;
  readonly sequence: number;
  readonly pack: Blob | Uint8Array<ArrayBuffer> | null;
}

interface Schema extends DBSchema {
  head: { key: 'head'; value: Head };
  checkpoints: { key: number; value: Checkpoint };
  log: { key: number; value: Uint8Array<ArrayBuffer> };
}
type Database = IDBPDatabase<Schema>;

/** A moment of writing, for tests that end the store there. */
export type StoreStep = 'record' | 'record-written' | 'checkpoint' | 'checkpoint-written' | 'head-written' | 'cleaned';

export interface IndexedDbOptions {
  readonly reader: BlobReader;
  readonly layers?: LayerStore;
  /** What went wrong in the background. Told once until it works again; the session goes on and writing is tried again. */
  readonly onError?: (error: BvError) => void;
  /** Test hook: what it throws ends the store as a killed tab would. */
  readonly onStep?: (step: StoreStep) => void;
}

/**
 * Opens the store of that name. Where another tab holds it, what is stored can be loaded but nothing will be kept.
 *
 * @throws {BvError} `ERR_BV_STORE` if IndexedDB is not to be had or was written by a newer version.
 */
export async function openStore(
  name: string,
  options: IndexedDbOptions,
): Promise<{ readonly store: Store; readonly storedElsewhere: boolean }> {
  const held = await holdName(`bavini:${name}`);
  let database: Database;
  try {
    database = await openDatabase<Schema>(`bavini:${name}`, storeFormat, {
      upgrade(db) {
        db.createObjectStore('head');
        db.createObjectStore('checkpoints');
        db.createObjectStore('log');
      },
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
      },
    });
  } catch (cause) {
    held?.release();
    throw storeError(`Cannot open what is stored as "${name}"`, cause);
  }
  return { store: new IndexedDbStore(name, database, held, options), storedElsewhere: held === undefined };
}

class IndexedDbStore implements Store {
  readonly #name: string;
  readonly #database: Database;
  readonly #held: HeldName | undefined;
  readonly #options: IndexedDbOptions;
  #takeSnapshot: (() => TreeSnapshot) | undefined;
  #sequence = 1;
  #generation = 0;
  #logBytes = 0;
  #logRecords = 0;
  #checkpointBytes = 0;
  #waiting: Change[] = [];
  /** A record that could not be written yet, with the number of its changes. */
  #stuck: { readonly record: Uint8Array<ArrayBuffer>; readonly count: number } | undefined;
  #writing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Layers that records to be written mount: noted as used before the log says so. */
  readonly #toHold = new Set<string>();
  #told = false;
  #fresh = false;
  #onStored: (() => void) | undefined;
  #ended = false;

  constructor(name: string, database: Database, held: HeldName | undefined, options: IndexedDbOptions) {
    this.#name = name;
    this.#database = database;
    this.#held = held;
    this.#options = options;
  }

  get unsavedChanges(): number {
    return this.#waiting.length + (this.#stuck?.count ?? 0);
  }

  async load(): Promise<StoredState | null> {
    try {
      return await this.#load();
    } catch (cause) {
      throw storeError(`Cannot load what is stored as "${this.#name}"`, cause);
    }
  }

  async #load(): Promise<StoredState | null> {
    const transaction = this.#database.transaction(['head', 'checkpoints', 'log'], 'readonly');
    const [head, generations, sequences] = await Promise.all([
      transaction.objectStore('head').get('head'),
      transaction.objectStore('checkpoints').getAllKeys(),
      transaction.objectStore('log').getAllKeys(),
    ]);
    if (head !== undefined && head.format > storeFormat) {
      throw new BvError(
        'ERR_BV_STORE',
        `Cannot load what is stored as "${this.#name}": it has format ${head.format}, this version knows up to ${storeFormat}`,
      );
    }
    this.#generation = Math.max(0, ...generations);
    if (head === undefined && sequences.length === 0) return null;
    let damage: BvError | null = null;
    let snapshot: TreeSnapshot | null = null;
    let found = head === undefined;
    // The head's checkpoint; the one before it, if that is still there and the head's cannot be read.
    for (const generation of generations.filter((one) => one <= (head?.generation ?? 0)).sort((a, b) => b - a)) {
      const checkpoint = await this.#database.get('checkpoints', generation);
      if (checkpoint === undefined) continue;
      try {
        snapshot = decodeCheckpoint(checkpoint);
        this.#sequence = checkpoint.sequence;
        this.#checkpointBytes = checkpoint.record.length + sizeOf(checkpoint.pack);
        found = true;
        break;
      } catch (cause) {
        damage ??= storeError('Cannot read the stored checkpoint', cause);
      }
    }
    if (!found) throw damage ?? new BvError('ERR_BV_STORE', `Cannot load what is stored as "${this.#name}": its checkpoint is gone`);
    const changes: Change[] = [];
    const records = await this.#database.getAll('log', IDBKeyRange.lowerBound(this.#sequence));
    for (const record of records) {
      try {
        for (const change of decodeRecord(record, this.#sequence)) changes.push(change);
      } catch (cause) {
        damage ??= storeError('Cannot read the stored log', cause);
        break;
      }
      this.#sequence++;
      this.#logBytes += record.length;
      this.#logRecords++;
    }
    const ids = new Set([
      ...(snapshot?.mounts ?? []).map(({ layer }) => layer),
      ...changes.flatMap((change) => (change.kind === 'mount' ? [change.layer] : [])),
    ]);
    const layers: LayerSource[] = [];
    const missingLayers: string[] = [];
    const stored = await this.#options.layers?.getAll([...ids]);
    for (const id of ids) {
      const layer = stored?.get(id);
      if (layer === undefined) missingLayers.push(id);
      else layers.push(layer);
    }
    // What lies behind a damaged record must not come back once new ones have filled the gap.
    if (damage !== null && this.#held !== undefined) await this.#database.delete('log', IDBKeyRange.lowerBound(this.#sequence));
    if (this.#held !== undefined) await this.#options.layers?.setHeld(storedHolder(this.#name), [...ids]);
    return { snapshot, changes, layers: layers.length > 1 ? joinLayers(layers) : layers, missingLayers, damage };
  }

  start(takeSnapshot: () => TreeSnapshot, options: StartOptions = {}): void {
    if (this.#held === undefined || this.#ended) return;
    this.#takeSnapshot = takeSnapshot;
    this.#fresh = options.fresh ?? false;
    this.#onStored = options.onStored;
    if (this.#fresh) this.#schedule(0);
  }

  append(changes: readonly Change[]): void {
    if (this.#takeSnapshot === undefined || this.#ended) return;
    for (const change of changes) this.#waiting.push(change);
    this.#schedule(gatherMs);
  }

  async sync(): Promise<void> {
    if (this.#takeSnapshot === undefined || this.#ended) return;
    // Twice: what is being written now may have been gathered before the last change came.
    await this.#writing;
    if (this.unsavedChanges === 0 && !this.#fresh) return;
    this.#cancelTimer();
    const failure = await this.#flush();
    if (failure !== undefined) throw failure;
  }

  async forget(): Promise<void> {
    if (this.#held === undefined) return;
    this.#takeSnapshot = undefined;
    this.#cancelTimer();
    this.#waiting = [];
    await this.#writing;
    this.#stuck = undefined;
    this.#waiting = [];
    const transaction = this.#database.transaction(['head', 'checkpoints', 'log'], 'readwrite', { durability: 'strict' });
    await Promise.all([
      transaction.objectStore('head').clear(),
      transaction.objectStore('checkpoints').clear(),
      transaction.objectStore('log').clear(),
      transaction.done,
    ]);
    this.#sequence = 1;
    this.#logBytes = this.#logRecords = this.#checkpointBytes = 0;
    this.#toHold.clear();
    await this.#options.layers?.setHeld(storedHolder(this.#name), []);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#cancelTimer();
    try {
      await this.sync();
    } catch {
      // It was told of through `onError`, and there is no later attempt.
    }
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#cancelTimer();
    this.#database.close();
    this.#held?.release();
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#writing !== undefined || this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, delayMs);
  }

  #cancelTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Writes what waits. One at a time; answers what went wrong, after `onError` was told. */
  async #flush(): Promise<BvError | undefined> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#ended) return undefined;
    let failure: BvError | undefined;
    const work = async () => {
      try {
        await this.#write();
        this.#told = false;
      } catch (cause) {
        if (cause instanceof StoreKilled) {
          this.#end();
          failure = new BvError('ERR_BV_STORE', 'The store was ended');
          return;
        }
        failure = storeError(`Cannot store the files of "${this.#name}"`, cause);
        if (!this.#told) this.#options.onError?.(failure);
        this.#told = true;
      }
    };
    const writing = work();
    this.#writing = writing;
    await writing;
    this.#writing = undefined;
    if (this.unsavedChanges > 0 || this.#fresh) this.#schedule(failure === undefined ? gatherMs : retryMs);
    return failure;
  }

  async #write(): Promise<void> {
    await this.#options.layers?.settled();
    // What could not be written before goes first, as the record it was.
    if (this.#stuck !== undefined && !this.#fresh) await this.#writeStuck();
    if (this.#waiting.length > 0) {
      const changes = this.#waiting;
      // If a Blob among them cannot be read, they stay and are tried again.
      const record = encodeRecord(this.#sequence, changes, this.#options.reader);
      this.#stuck = { record, count: (this.#stuck?.count ?? 0) + changes.length };
      this.#waiting = [];
      for (const change of changes) if (change.kind === 'mount') this.#toHold.add(change.layer);
    }
    const snapshotDue =
      this.#fresh || this.#logBytes > Math.max(minLogBytes, this.#checkpointBytes / 2) || this.#logRecords > maxLogRecords;
    // Taken in the same turn as the record: it holds what the record holds and nothing more.
    const snapshot = snapshotDue && this.#waiting.length === 0 ? this.#takeSnapshot?.() : undefined;
    if (this.#toHold.size > 0) {
      const ids = [...this.#toHold];
      await this.#options.layers?.hold(storedHolder(this.#name), ids);
      for (const id of ids) this.#toHold.delete(id);
    }
    if (this.#stuck !== undefined && !this.#fresh) await this.#writeStuck();
    if (snapshot !== undefined) await this.#compact(snapshot);
  }

  async #writeStuck(): Promise<void> {
    if (this.#stuck === undefined) return;
    const { record } = this.#stuck;
    this.#step('record');
    const transaction = this.#database.transaction('log', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.put(record, this.#sequence), transaction.done]);
    this.#sequence++;
    this.#logBytes += record.length;
    this.#logRecords++;
    this.#stuck = undefined;
    this.#stored();
    this.#step('record-written');
  }

  async #compact(snapshot: TreeSnapshot): Promise<void> {
    // With `fresh` what waited to be written is in the snapshot too.
    const sequence = this.#fresh && this.#stuck !== undefined ? this.#sequence + 1 : this.#sequence;
    const { pack } = snapshot;
    const nodes = snapshot.nodes.filter(({ nlink }) => nlink > 0);
    const plain = { ...snapshot, nodes, layers: [], pack: null, packBytes: pack?.size ?? 0 };
    const record = encodeRecord(sequence, [plain as unknown as Change], this.#options.reader);
    const generation = this.#generation + 1;
    const mounted = [...new Set(snapshot.mounts.map(({ layer }) => layer))];
    await this.#options.layers?.hold(storedHolder(this.#name), mounted);
    this.#step('checkpoint');
    const put = async (stored: Checkpoint['pack']) => {
      const transaction = this.#database.transaction('checkpoints', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.put({ record, sequence, pack: stored }, generation), transaction.done]);
    };
    try {
      await put(pack);
    } catch (cause) {
      if (pack === null || storeError('', cause).code === 'ERR_BV_QUOTA') throw cause;
      await put(new Uint8Array(await pack.arrayBuffer())); // WebKitGTK stores no Blobs.
    }
    this.#step('checkpoint-written');
    const pointing = this.#database.transaction('head', 'readwrite', { durability: 'strict' });
    await Promise.all([pointing.store.put({ format: storeFormat, generation }, 'head'), pointing.done]);
    this.#generation = generation;
    this.#sequence = sequence;
    this.#checkpointBytes = record.length + sizeOf(pack);
    this.#logBytes = this.#logRecords = 0;
    if (this.#fresh) this.#stuck = undefined;
    this.#fresh = false;
    this.#stored();
    this.#step('head-written');
    const cleaning = this.#database.transaction(['checkpoints', 'log'], 'readwrite');
    await Promise.all([
      cleaning.objectStore('checkpoints').delete(IDBKeyRange.upperBound(generation, true)),
      cleaning.objectStore('log').delete(IDBKeyRange.upperBound(sequence, true)),
      cleaning.done,
    ]);
    // Those that were unmounted since may go.
    await this.#options.layers?.setHeld(storedHolder(this.#name), mounted);
    this.#step('cleaned');
  }

  #stored(): void {
    const tell = this.#onStored;
    this.#onStored = undefined;
    tell?.();
  }

  #step(step: StoreStep): void {
    try {
      this.#options.onStep?.(step);
    } catch (cause) {
      throw new StoreKilled(step, { cause });
    }
  }
}

/** A test ended the store. */
class StoreKilled extends Error {}

function sizeOf(pack: Checkpoint['pack']): number {
  return pack === null ? 0 : pack instanceof Blob ? pack.size : pack.length;
}

function decodeCheckpoint({ record, sequence, pack }: Checkpoint): TreeSnapshot {
  const [plain] = decodeRecord(record, sequence) as unknown as [TreeSnapshot & { packBytes: number }];
  const { packBytes, ...snapshot } = plain;
  if (sizeOf(pack) !== packBytes)
    throw new BvError('ERR_BV_STORE', `The stored checkpoint has ${sizeOf(pack)} of ${packBytes} bytes of contents`);
  return { ...snapshot, pack: pack === null || pack instanceof Blob ? pack : new Blob([pack]) };
}
