/**
 * Who uses which layers, so that no tab evicts what another one has mounted. A live page's rows count while its Web Lock is held, which
 * ends with it whatever happens; a stored container's count as long as it is stored.
 */
import type { LayerDatabase, LayerTransaction, LayerUse } from './layer-rows.ts';

const pagePrefix = 'bavini-layers-of-page:';
const storedPrefix = 'stored:';
/** Behind it, the ids that whoever has this lock uses, as JSON: where no row could be written. */
const sparedPrefix = 'bavini-layers-used:';
/** Without Web Locks nobody can tell whether a page lives. */
const presumedAliveMs = 24 * 3600 * 1000;

export function storedHolder(name: string): string {
  return `${storedPrefix}${name}`;
}

/** A name that is alive as long as this worker, or until it is released. */
export class PageHolder {
  readonly name = `${pagePrefix}${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`;
  readonly #releases: (() => void)[] = [];

  static async take(): Promise<PageHolder> {
    const holder = new PageHolder();
    await holder.#take(holder.name);
    return holder;
  }

  /** Holds layers without a row, which a full disk has no room for. */
  async spare(ids: readonly string[]): Promise<void> {
    await this.#take(`${sparedPrefix}${JSON.stringify(ids)}`);
  }

  async #take(name: string): Promise<void> {
    await new Promise<void>((taken) => {
      // Several workers may use the same.
      const request = locks()?.request(name, { mode: 'shared' }, () => {
        taken();
        return new Promise<void>((release) => void this.#releases.push(release));
      });
      if (request === undefined) taken();
      else request.catch(() => taken()); // Where locks are refused there are none; rows then count for a day.
    });
  }

  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}

/** What lives, as of one moment. */
interface Living {
  isAlive(use: LayerUse): boolean;
  /** Ids that are used without a row. */
  readonly spared: readonly string[];
}

/** Ids that nobody may evict. */
export function idsInUse(uses: readonly LayerUse[], living: Living): Set<string> {
  return new Set([...living.spared, ...uses.filter((use) => living.isAlive(use)).flatMap(({ ids }) => ids)]);
}

/** Deletes the rows of holders that are gone. */
export async function forgetTheDead(transaction: LayerTransaction, living: Living): Promise<void> {
  for (let cursor = await transaction.objectStore('uses').openCursor(); cursor !== null; cursor = await cursor.continue()) {
    if (!living.isAlive(cursor.value)) await cursor.delete();
  }
}

/** Looked at before the transaction: one of IndexedDB does not wait for other promises. */
export async function livingHolders(): Promise<Living> {
  const askedMs = Date.now();
  const names = await heldNames();
  const stored = await storedNames();
  return {
    spared: [...(names ?? [])].flatMap((name) =>
      name.startsWith(sparedPrefix) ? (JSON.parse(name.slice(sparedPrefix.length)) as string[]) : [],
    ),
    isAlive({ holder, sinceMs }) {
      if (sinceMs >= askedMs) return true; // It may have come after the names were asked for.
      if (holder.startsWith(storedPrefix)) return stored === undefined || stored.has(holder.slice(storedPrefix.length));
      return names === undefined ? Date.now() - sinceMs < presumedAliveMs : names.has(holder);
    },
  };
}

async function heldNames(): Promise<Set<string> | undefined> {
  try {
    const { held = [], pending = [] } = (await locks()?.query()) ?? {};
    if (locks() === undefined) return undefined;
    return new Set([...held, ...pending].map(({ name }) => name ?? ''));
  } catch {
    return undefined; // As where there are none.
  }
}

/** Names under which containers are stored; `undefined` where the browser does not say. */
async function storedNames(): Promise<Set<string> | undefined> {
  try {
    const databases = await indexedDB.databases();
    return new Set(databases.map(({ name = '' }) => name.replace(/^bavini:/, '')));
  } catch {
    return undefined; // Then each that was noted counts.
  }
}

function locks(): LockManager | undefined {
  return (globalThis.navigator as { readonly locks?: LockManager } | undefined)?.locks;
}

export async function addUse(database: LayerDatabase, holder: string, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await database.add('uses', { holder, ids: [...ids], sinceMs: Date.now() });
}

/** All that it holds is `ids`. */
export async function setUse(database: LayerDatabase, holder: string, ids: readonly string[]): Promise<void> {
  const transaction = database.transaction('uses', 'readwrite');
  const keys = await transaction.store.index('holder').getAllKeys(holder);
  const writes: Promise<unknown>[] = keys.map((key) => transaction.store.delete(key));
  if (ids.length > 0) writes.push(transaction.store.add({ holder, ids: [...ids], sinceMs: Date.now() }));
  await Promise.all([...writes, transaction.done]);
}
