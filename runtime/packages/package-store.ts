/**
 * Verified packages as layers, once per browser: in IndexedDB for every container of every tab, in memory where that fails.
 */
import type { BvError } from '../base/errors.ts';
import { packLayers, tarOf } from '../fs/layer.ts';
import { layerMissing, LayerStore, type ListedLayer } from '../fs/stores/layer-store.ts';
import { storeError } from '../fs/stores/store-error.ts';
import type { LayerSource } from '../wires/change.ts';
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

/** What is kept in memory only. */
interface HeldPackage {
  readonly package: StoredPackage;
  readonly label: string | undefined;
  readonly blob: Blob;
}

export class PackageStore {
  readonly #maxBytes: number;
  readonly #onUnsaved: ((why: BvError) => void) | undefined;
  #layers: LayerStore | undefined;
  /** IndexedDB takes no more. */
  #full = false;
  readonly #memory = new Map<string, HeldPackage>();
  readonly #fetching = new Map<string, Promise<void>>();
  /** Written since the limit was looked at. */
  #written = Infinity;

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
    const found = new Map<string, StoredPackage>();
    for (const id of ids) {
      const held = this.#memory.get(id);
      if (held !== undefined) found.set(id, held.package);
    }
    const others = ids.filter((id) => !found.has(id));
    if (others.length === 0) return found;
    const rows = await this.#stored((layers) => layers.use(others), new Map<string, ListedLayer>());
    // A layer that somebody else stored says nothing of what is in it: then it counts as missing.
    for (const { id, size, facts } of rows.values()) if (facts !== undefined) found.set(id, { id, size, facts: facts as PackageFacts });
    return found;
  }

  /**
   * Layers in the order of `ids`, all in ONE Blob, ready for `addLayers`. Nothing is read.
   *
   * @throws {BvError} `ERR_BV_STORE` for one that is not there.
   */
  async get(ids: readonly string[]): Promise<LayerSource[]> {
    const others = ids.filter((id) => !this.#memory.has(id));
    const stored =
      others.length === 0
        ? new Map<string, LayerSource>()
        : await this.#stored((layers) => layers.getAll(others), new Map<string, LayerSource>());
    const layers = ids.map((id): LayerSource => {
      const held = this.#memory.get(id);
      const layer = held === undefined ? stored.get(id) : { id, blob: held.blob };
      if (layer === undefined) throw layerMissing(id);
      return layer;
    });
    return packLayers(layers);
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

  /**
   * Keeps packages whose bytes were verified. All of a call are written in one transaction: either all are there or none.
   * A full disk makes room once, then goes on in memory. Never rejects for want of room.
   */
  async add(packages: readonly NewPackage[]): Promise<void> {
    if (this.#layers === undefined || this.#full) return this.#remember(packages);
    const layers = await Promise.all(
      packages.map(async ({ id, parts, size, facts, label }) => ({
        id,
        tar: parts,
        size,
        facts,
        check: await checkOf(new Blob([...parts])),
        ...(label === undefined ? {} : { label }),
      })),
    );
    const bytes = packages.reduce((sum, { size }) => sum + size, 0);
    try {
      await this.#makeRoom(bytes);
      try {
        await this.#layers.add(layers);
      } catch (error) {
        if ((error as BvError).code !== 'ERR_BV_QUOTA') throw error;
        await this.#layers.evict({ maxBytes: 0 });
        await this.#layers.add(layers);
      }
      this.#written += bytes;
      // Spared from the first moment on; whoever removed it meanwhile took it from nobody.
      await this.#layers.use(packages.map(({ id }) => id));
    } catch (cause) {
      this.#full = true;
      this.#onUnsaved?.(storeError('Packages are not kept for the next visit', cause));
      this.#remember(packages);
    }
  }

  #remember(packages: readonly NewPackage[]): void {
    for (const { id, parts, size, facts, label } of packages) {
      this.#memory.set(id, { package: { id, size, facts }, label, blob: new Blob([...parts]) });
    }
  }

  /** Looks at the limit at first, and whenever an eighth of it was written since. */
  async #makeRoom(bytes: number): Promise<void> {
    if (this.#written + bytes < this.#maxBytes / 8) return;
    await this.#layers?.evict({ maxBytes: Math.max(0, this.#maxBytes - Math.max(bytes, this.#maxBytes / 8)) });
    this.#written = 0;
  }

  /**
   * Runs `fetch` for one package at a time in the whole browser. If another worker was first, waits for it and answers `'there'`
   * where it has stored the package by then. `fetch` resolves once the package was added.
   */
  async exclusively(id: string, signal: AbortSignal | undefined, fetch: () => Promise<void>): Promise<'fetched' | 'there'> {
    signal?.throwIfAborted();
    for (let other = this.#fetching.get(id); other !== undefined; other = this.#fetching.get(id)) {
      await other.catch(() => {}); // Its own caller hears of it; this one tries for itself.
      signal?.throwIfAborted();
      if ((await this.have([id])).has(id)) return 'there';
    }
    const { locks } = (globalThis.navigator ?? {}) as { readonly locks?: LockManager };
    let outcome: 'fetched' | 'there' = 'fetched';
    const work = async (): Promise<void> => {
      if (locks === undefined || !this.persistent) return fetch();
      await locks.request(`bavini-package:${id}`, signal === undefined ? {} : { signal }, async () => {
        if ((await this.have([id])).has(id)) outcome = 'there';
        else await fetch();
      });
    };
    const working = work();
    this.#fetching.set(id, working);
    try {
      await working;
      return outcome;
    } finally {
      this.#fetching.delete(id);
    }
  }

  /** `npm cache ls`: newest use first. */
  async list(): Promise<readonly PackageRow[]> {
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
    const held = [...this.#memory.values()].map(({ package: one, label }) => ({ ...one, label, usedMs: Date.now(), inUse: true }));
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
    if (layers === undefined) return { checked: this.#memory.size, bytes: 0, removed: [] };
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
      const isWhole = layer !== undefined && (check === undefined || (await checkOf(tarOf(layer)).catch(() => '')) === check);
      if (isWhole) continue;
      await layers.delete(id);
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

/** Half of the SHA-256 of a tar: finds damage, not attackers. Those would have to write to the database itself. */
async function checkOf(tar: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await tar.arrayBuffer()));
  return btoa(String.fromCharCode(...digest.subarray(0, 16)));
}
