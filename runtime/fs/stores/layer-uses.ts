/**
 * Who uses which layers, so that no tab evicts what another one has mounted. A live page's rows count while its Web Lock is held, which
 * ends with it whatever happens; a stored container's count as long as it is stored.
 */
import type { LayerDatabase, LayerTransaction } from './layer-rows.ts';

const pagePrefix = 'bavini-layers-of-page:';
const storedPrefix = 'stored:';
/** Without Web Locks nobody can tell whether a page lives. */
const presumedAliveMs = 24 * 3600 * 1000;

export function storedHolder(name: string): string {
  return `${storedPrefix}${name}`;
}

/** A name that is alive as long as this worker, or until it is released. */
export class PageHolder {
  readonly name = `${pagePrefix}${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`;
  #release: (() => void) | undefined;

  static async take(): Promise<PageHolder> {
    const holder = new PageHolder();
    await holder.#take();
    return holder;
  }

  async #take(): Promise<void> {
    await new Promise<void>((taken) => {
      const request = locks()?.request(this.name, () => {
        taken();
        return new Promise<void>((release) => (this.#release = release));
      });
      if (request === undefined) taken();
      else request.catch(() => taken()); // Where locks are refused there are none; rows then count for a day.
    });
  }

  release(): void {
    this.#release?.();
  }
}

/** Ids that nobody may evict; deletes the rows of holders that are gone. */
export async function idsInUse(transaction: LayerTransaction, alive: (holder: string, sinceMs: number) => boolean): Promise<Set<string>> {
  const used = new Set<string>();
  for (let cursor = await transaction.objectStore('uses').openCursor(); cursor !== null; cursor = await cursor.continue()) {
    const { holder, ids, sinceMs } = cursor.value;
    if (alive(holder, sinceMs)) for (const id of ids) used.add(id);
    else await cursor.delete();
  }
  return used;
}

/** Looked at before the transaction: one of IndexedDB does not wait for other promises. */
export async function livingHolders(): Promise<(holder: string, sinceMs: number) => boolean> {
  const askedMs = Date.now();
  const names = await heldNames();
  const stored = await storedNames();
  return (holder, sinceMs) => {
    if (sinceMs >= askedMs) return true; // It may have come after the names were asked for.
    if (holder.startsWith(storedPrefix)) return stored === undefined || stored.has(holder.slice(storedPrefix.length));
    return names === undefined ? Date.now() - sinceMs < presumedAliveMs : names.has(holder);
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
