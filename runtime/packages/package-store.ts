/**
 * Verified packages as layers, once per browser: in IndexedDB for every container of every tab, in memory where that fails.
 */
import type { BvError } from '../base/errors.ts';
import { tarOf } from '../fs/layer.ts';
import { joinLayers } from '../fs/stores/layer-packs.ts';
import { layerMissing, LayerStore, type LayerFacts, type UsedLayer } from '../fs/stores/layer-store.ts';
import { storeError } from '../fs/stores/store-error.ts';
import type { LayerSource } from '../wires/change.ts';
import { damageCheck, isUndamaged } from './damage-check.ts';
import { FetchTurns } from './fetch-turns.ts';
import { packagePrefix } from './integrity.ts';
import type { PackageFacts } from './package-tar.ts';

/** A package that is ready to be mounted. */
export interface StoredPackage {
  /** `npm1:` and its hash. */
  readonly id: string;
  readonly size: number;
  readonly facts: PackageFacts;
}

/** What `add` takes: see `PackageTar`. */
export interface NewPackage {
  readonly id: string;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  readonly size: number;
  readonly facts: PackageFacts;
  /** For `ls` only: `react@19.0.0`. */
  readonly label?: string;
  /** Of the parts (`damageCheck`), where somebody has made it already. */
  readonly check?: string;
}

export interface PackageRow extends StoredPackage {
  readonly label: string | undefined;
  /** Of its last use, to the hour. Milliseconds since the epoch. */
  readonly usedMs: number;
  /** A live page or a stored container has it mounted: it is not evicted. */
  readonly inUse: boolean;
}

export interface PackageStoreOptions {
  /** Of the database. Default `bavini-layers`, which the kernel reads too. */
  readonly name?: string;
  /** Above it what was used longest ago goes, save for what is in use. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Told once when packages can no longer be kept for the next visit, and why; the store goes on in memory. */
  readonly onUnsaved?: (why: BvError) => void;
}

const defaultMaxBytes = 1 << 30;
const noFacts: PackageFacts = { files: 0, unpackedBytes: 0, bundled: [], hasBindingGyp: false, bins: [] };

/** What this worker may mount as long as it lives: nobody evicts it. */
interface HeldPackage {
  readonly package: StoredPackage;
  readonly label: string | undefined;
  readonly source: LayerSource;
  /** It is in memory only. */
  readonly unsaved: boolean;
}

/** Packages that are there for this worker, but not for the next visit yet. */
export interface HeldPack {
  readonly layers: readonly LayerFacts[];
  readonly pack: Blob;
}

export class PackageStore {
  readonly #maxBytes: number;
  readonly #onUnsaved: ((why: BvError) => void) | undefined;
  #layers: LayerStore | undefined;
  /** IndexedDB takes no more. */
  #full = false;
  readonly #held = new Map<string, HeldPackage>();
  readonly #turns = new FetchTurns({
    isThere: async (id) => (await this.have([id])).size > 0,
    isShared: () => this.persistent,
  });
  /** Written since the limit was looked at. */
  #written = Infinity;
  /** Writes under way. */
  readonly #writing = new Set<Promise<unknown>>();
  /** Room is made behind the writes: only who asks what is there waits for it. */
  #makingRoom: Promise<unknown> = Promise.resolve();

  private constructor(layers: LayerStore | undefined, { maxBytes = defaultMaxBytes, onUnsaved }: PackageStoreOptions) {
    this.#layers = layers;
    this.#maxBytes = maxBytes;
    this.#onUnsaved = onUnsaved;
  }

  /** Never rejects: without IndexedDB it is in memory, and `onUnsaved` is told. Close it, or the worker's end does. */
  static async open(options: PackageStoreOptions = {}): Promise<PackageStore> {
    try {
      return new PackageStore(await LayerStore.open(options.name), options);
    } catch (cause) {
      options.onUnsaved?.(storeError('Packages are not kept for the next visit', cause));
      return new PackageStore(undefined, options);
    }
  }

  /** False: what is added is gone with this worker. */
  get persistent(): boolean {
    return this.#layers !== undefined && !this.#full;
  }

  /** What is there, by id. Marks it as used and spares it from eviction while this worker lives. */
  async have(ids: readonly string[]): Promise<Map<string, StoredPackage>> {
    const others = ids.filter((id) => !this.#held.has(id));
    if (others.length > 0) {
      const rows = await this.#stored((layers) => layers.use(others), new Map<string, UsedLayer>());
      for (const { id, size, facts, label, source } of rows.values()) {
        // A layer that somebody else stored says nothing of what is in it: then it counts as missing.
        if (facts === undefined || this.#held.has(id)) continue;
        this.#held.set(id, { package: { id, size, facts: facts as PackageFacts }, label, source, unsaved: false });
      }
    }
    const found = new Map<string, StoredPackage>();
    for (const id of ids) {
      const held = this.#held.get(id);
      if (held !== undefined) found.set(id, held.package);
    }
    return found;
  }

  /**
   * Ids of all that is there, also of what is being written. Looked at without waiting for writes: who needs to be sure of one asks
   * {@link have}.
   */
  async ids(): Promise<ReadonlySet<string>> {
    return new Set([...this.#held.keys(), ...(await this.#stored((layers) => layers.ids(), []))]);
  }

  /** Resolves when all that was added is durable, or is known to stay in memory. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  /**
   * Layers in the order of `ids`, joined (`joinLayers`), ready for `addLayers`. Nothing is read, and what is still being written is not waited
   * for.
   *
   * @throws {BvError} `ERR_BV_STORE` for one that is not there.
   */
  async get(ids: readonly string[]): Promise<readonly LayerSource[]> {
    await this.have(ids);
    const sources = ids.map((id) => {
      const source = this.#held.get(id)?.source;
      if (source === undefined) throw layerMissing(id);
      return source;
    });
    return joinLayers(sources);
  }

  /** Text of a package's own `package.json`; `undefined` if it has none or is not there. */
  async packageJson(id: string): Promise<string | undefined> {
    const at = (await this.have([id])).get(id)?.facts.packageJson;
    const [layer] = at === undefined ? [] : await this.get([id]);
    return at === undefined || layer === undefined
      ? undefined
      : tarOf(layer)
          .slice(at.start, at.start + at.size)
          .text();
  }

  /** Keeps packages whose bytes were verified, and writes them: {@link hold} and {@link write}. */
  add(packages: readonly NewPackage[]): Promise<void> {
    return this.write([this.hold(packages)]);
  }

  /** From now on these packages, whose bytes were verified and are copied, are there for this worker: to be given to {@link write}. */
  hold(packages: readonly NewPackage[]): HeldPack {
    const pack = new Blob(packages.flatMap(({ parts }) => parts));
    let start = 0;
    for (const { id, size, facts, label } of packages) {
      const source = { id, blob: pack, part: { start, size } };
      this.#held.set(id, { package: { id, size, facts }, label, source, unsaved: !this.persistent });
      start += size;
    }
    const layers = packages.map(({ id, parts, size, facts, label, check = damageCheck(parts) }): LayerFacts => {
      return { id, size, facts, check, ...(label === undefined ? {} : { label }) };
    });
    return { layers, pack };
  }

  /**
   * Resolves when what was held is durable; the writes have begun by then. All of a call are written in one transaction: either all are there
   * or none. A full disk makes room once, then goes on in memory. Never rejects for want of room.
   */
  write(packs: readonly HeldPack[]): Promise<void> {
    if (this.#layers === undefined || this.#full || packs.length === 0) return Promise.resolve();
    const writing = this.#write(this.#layers, this.#joined(packs)).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
    return writing;
  }

  /** All of them in one Blob, from which they are read, too: nothing is copied. */
  #joined(packs: readonly HeldPack[]): HeldPack {
    const [only] = packs;
    if (packs.length === 1 && only !== undefined) return only;
    const layers = packs.flatMap((one) => one.layers);
    const pack = new Blob(packs.map((one) => one.pack));
    let start = 0;
    for (const { id, size } of layers) {
      this.#held.set(id, { ...(this.#held.get(id) as HeldPackage), source: { id, blob: pack, part: { start, size } } });
      start += size;
    }
    return { layers, pack };
  }

  async #write(store: LayerStore, { layers, pack }: HeldPack): Promise<void> {
    const ids = layers.map(({ id }) => id);
    try {
      try {
        await store.addHeld(layers, pack);
      } catch (error) {
        if ((error as BvError).code !== 'ERR_BV_QUOTA') throw error;
        await store.evict({ maxBytes: 0 });
        await store.addHeld(layers, pack);
      }
      // Read through the database's own Blob from now on: what was unpacked need not stay in memory.
      for (const [id, source] of await store.getAll(ids)) this.#held.set(id, { ...(this.#held.get(id) as HeldPackage), source });
      this.#written += pack.size;
      this.#makeRoom();
    } catch (cause) {
      this.#full = true;
      this.#onUnsaved?.(storeError('Packages are not kept for the next visit', cause));
      for (const id of ids) this.#held.set(id, { ...(this.#held.get(id) as HeldPackage), unsaved: true });
    }
  }

  /** Looks at the limit at first, and whenever an eighth of it was written since. */
  #makeRoom(): void {
    if (this.#written < this.#maxBytes / 8) return;
    this.#written = 0;
    const evicting = this.#stored((layers) => layers.evict({ maxBytes: (this.#maxBytes / 8) * 7 }), []);
    this.#makingRoom = Promise.all([this.#makingRoom, evicting]);
  }

  /**
   * Runs `fetch` for a package that was seen to be missing, once at a time in the whole browser. If another worker was first, waits for it
   * and answers `'there'` where it has stored the package by then. `fetch` resolves once the package is durable. `onWait` is called before it
   * waits for another.
   */
  exclusively(id: string, signal: AbortSignal | undefined, fetch: () => Promise<void>, onWait?: () => void): Promise<'fetched' | 'there'> {
    return this.#turns.take(id, signal, fetch, onWait);
  }

  /** `npm cache ls`: newest use first. */
  async list(): Promise<readonly PackageRow[]> {
    await this.settled();
    await this.#makingRoom;
    const { rows, inUse } = (await this.#layers?.list()) ?? { rows: [], inUse: new Set<string>() };
    const stored = rows
      .filter(({ id }) => id.startsWith(packagePrefix))
      .map(({ id, size, facts, label, usedMs }) => ({
        id,
        size,
        facts: (facts as PackageFacts | undefined) ?? noFacts,
        label,
        usedMs,
        inUse: inUse.has(id),
      }));
    const unsaved = [...this.#held.values()].filter((one) => one.unsaved);
    const held = unsaved.map(({ package: one, label }) => ({ ...one, label, usedMs: Date.now(), inUse: true }));
    return [...held, ...stored].sort((a, b) => b.usedMs - a.usedMs);
  }

  /** `npm cache clean`: removes all that is not in use, or only `ids`. Answers what went and what had to stay. */
  async clean(ids?: readonly string[]): Promise<{ readonly removed: number; readonly freedBytes: number; readonly kept: number }> {
    const wanted = (await this.list()).filter(({ id }) => ids === undefined || ids.includes(id));
    const gone = (await this.#layers?.evict({ ids: wanted.map(({ id }) => id) })) ?? [];
    return { removed: gone.length, freedBytes: gone.reduce((sum, { size }) => sum + size, 0), kept: wanted.length - gone.length };
  }

  /** `npm cache verify`: reads every package again; removes damaged ones, and what no row names. */
  async verify(signal?: AbortSignal): Promise<{ readonly checked: number; readonly bytes: number; readonly removed: readonly string[] }> {
    const layers = this.#layers;
    await this.settled();
    if (layers === undefined) return { checked: this.#held.size, bytes: 0, removed: [] };
    const removed = await layers.tidy();
    const { rows } = await layers.list();
    let bytes = 0;
    let checked = 0;
    for (const { id, size, check } of rows) {
      signal?.throwIfAborted();
      if (!id.startsWith(packagePrefix)) continue;
      checked++;
      bytes += size;
      const layer = await layers.get(id);
      const whole = layer !== undefined && (check === undefined || (await isWhole(layer, check)));
      if (whole) continue;
      await layers.delete(id);
      this.#held.delete(id);
      removed.push(id);
    }
    return { checked, bytes, removed };
  }

  /** Lets go of what `have` and `get` spared. The kernel spares what it was given (`LayerStore.holdWhileAlive`). */
  close(): void {
    this.#layers?.close();
  }

  /** Where the database fails under way, the session goes on in memory. */
  async #stored<T>(read: (layers: LayerStore) => Promise<T>, otherwise: T): Promise<T> {
    if (this.#layers === undefined) return otherwise;
    try {
      return await read(this.#layers);
    } catch (cause) {
      if (!this.#full) this.#onUnsaved?.(storeError('Packages are not kept for the next visit', cause));
      this.#full = true;
      return otherwise;
    }
  }
}

async function isWhole(layer: LayerSource, check: string): Promise<boolean> {
  try {
    return await isUndamaged(tarOf(layer), check);
  } catch {
    return false; // It cannot be read: as damaged as can be.
  }
}
