/** Packuments between runs, shared by all containers of the browser. Losing it costs time only: no failure of it is told. */
import type { DBSchema, IDBPDatabase } from 'idb';
import { openDatabase } from '../fs/stores/open-database.ts';

export interface CachedText {
  readonly text: string;
  readonly etag: string | undefined;
  /** Milliseconds since the epoch until which it need not be asked for again. */
  readonly freshUntilMs: number;
  readonly storedMs: number;
}

export interface MetadataCache {
  get(key: string): Promise<CachedText | undefined>;
  /** It can be had from now on. Resolves when it is written, which is some time later, with others. */
  put(key: string, entry: CachedText): Promise<void>;
  clear(): Promise<void>;
  /** What it holds, for `npm cache ls`. */
  list(): Promise<readonly { readonly key: string; readonly bytes: number; readonly storedMs: number }[]>;
}

export interface MetadataCacheOptions {
  /** Of the database. */
  readonly name: string;
  /** In memory, of a text's UTF-8; what was stored longest ago goes. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** What was put is written when nothing more has come for so long, or when it is this large: while packages are unpacked there is else to do. */
const writeMs = 300;
const writeBytes = 4 << 20;

/** In IndexedDB; in memory where there is none. */
export async function openMetadataCache(options: MetadataCacheOptions): Promise<MetadataCache> {
  const { name, maxBytes = 64 << 20 } = options;
  try {
    const database = await openDatabase<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('texts');
        db.createObjectStore('facts');
      },
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
      },
    });
    return new StoredCache(database, maxBytes);
  } catch {
    return new MemoryCache();
  }
}

interface Facts {
  readonly etag: string | undefined;
  readonly freshUntilMs: number;
  readonly storedMs: number;
  readonly bytes: number;
}

interface Schema extends DBSchema {
  /** UTF-8: half of what a string of the same text takes. */
  texts: { key: string; value: Uint8Array<ArrayBuffer> };
  facts: { key: string; value: Facts };
}

function textOf(bytes: Uint8Array, { etag, freshUntilMs, storedMs }: Facts): CachedText {
  return { text: new TextDecoder().decode(bytes), etag, freshUntilMs, storedMs };
}

class MemoryCache implements MetadataCache {
  readonly #entries = new Map<string, CachedText>();

  async get(key: string): Promise<CachedText | undefined> {
    return this.#entries.get(key);
  }

  async put(key: string, entry: CachedText): Promise<void> {
    this.#entries.set(key, entry);
  }

  async clear(): Promise<void> {
    this.#entries.clear();
  }

  async list() {
    return [...this.#entries].map(([key, { text, storedMs }]) => ({ key, bytes: text.length, storedMs }));
  }
}

class StoredCache implements MetadataCache {
  readonly #database: IDBPDatabase<Schema>;
  readonly #maxBytes: number;
  /** Written since room was last made. */
  #written = 0;
  /** Yet to be written. */
  readonly #waiting = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly facts: Facts }>();
  #waitingBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #write: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(database: IDBPDatabase<Schema>, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
  }

  async get(key: string): Promise<CachedText | undefined> {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return textOf(waiting.bytes, waiting.facts);
    try {
      const transaction = this.#database.transaction(['texts', 'facts']);
      const [bytes, facts] = await Promise.all([transaction.objectStore('texts').get(key), transaction.objectStore('facts').get(key)]);
      if (bytes === undefined || facts?.bytes !== bytes.length) return undefined;
      return textOf(bytes, facts);
    } catch {
      return undefined; // It is fetched again.
    }
  }

  put(key: string, { text, ...facts }: CachedText): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    this.#waiting.set(key, { bytes, facts: { ...facts, bytes: bytes.length } });
    this.#waitingBytes += bytes.length;
    if (this.#write === undefined) {
      const begun = new Promise<void>((resolve) => (this.#write = resolve));
      this.#writing = Promise.all([this.#writing, begun]).then(() => this.#writeWaiting());
    }
    clearTimeout(this.#timer);
    if (this.#waitingBytes < writeBytes) this.#timer = setTimeout(this.#write as () => void, writeMs);
    else this.#write?.();
    return this.#writing;
  }

  /** Resolves when all is written that was put. */
  async #settled(): Promise<void> {
    this.#write?.();
    await this.#writing;
  }

  /** All that waits, in one transaction. */
  async #writeWaiting(): Promise<void> {
    clearTimeout(this.#timer);
    this.#write = undefined;
    const rows = [...this.#waiting];
    const size = this.#waitingBytes;
    this.#waiting.clear();
    this.#waitingBytes = 0;
    try {
      // Whoever asks for one of them from now on waits for this.
      const transaction = this.#database.transaction(['texts', 'facts'], 'readwrite', { durability: 'relaxed' });
      const [texts, facts] = [transaction.objectStore('texts'), transaction.objectStore('facts')];
      await Promise.all([...rows.flatMap(([key, row]) => [texts.put(row.bytes, key), facts.put(row.facts, key)]), transaction.done]);
      this.#written += size;
      if (this.#written > this.#maxBytes / 8) await this.#makeRoom();
    } catch {
      // No room, or the database is gone: the next run asks again.
    }
  }

  async #makeRoom(): Promise<void> {
    this.#written = 0;
    const transaction = this.#database.transaction(['texts', 'facts'], 'readwrite');
    const facts = transaction.objectStore('facts');
    const [keys, values] = await Promise.all([facts.getAllKeys(), facts.getAll()]);
    const rows = keys.map((key, i) => ({ key, ...(values[i] as Facts) })).sort((a, b) => b.storedMs - a.storedMs);
    let left = this.#maxBytes;
    const writes: Promise<unknown>[] = [];
    for (const { key, bytes } of rows) {
      left -= bytes;
      if (left < 0) writes.push(facts.delete(key), transaction.objectStore('texts').delete(key));
    }
    await Promise.all([...writes, transaction.done]);
  }

  async clear(): Promise<void> {
    await this.#settled();
    try {
      const transaction = this.#database.transaction(['texts', 'facts'], 'readwrite');
      await Promise.all([transaction.objectStore('texts').clear(), transaction.objectStore('facts').clear(), transaction.done]);
    } catch {
      // Nothing that anyone relies on.
    }
  }

  async list() {
    await this.#settled();
    try {
      const transaction = this.#database.transaction('facts');
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
      return keys.map((key, i) => ({ key, bytes: (values[i] as Facts).bytes, storedMs: (values[i] as Facts).storedMs }));
    } catch {
      return [];
    }
  }
}
