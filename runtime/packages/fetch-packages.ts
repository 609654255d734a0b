/** Everything between a plan and `addLayers`: downloads, verifies, unpacks and stores what is missing, all at once. */
import type { LayerSource } from '../wires/change.ts';
import { layerIds, packagePrefix } from './integrity.ts';
import { PackageError } from './package-error.ts';
import { labelOf, PackageFetcher, type FoundPackage, type OnCorrupted, type PackageRequest } from './package-fetcher.ts';
import type { PackageStore, StoredPackage } from './package-store.ts';
import type { RegistryClient } from './registry-client.ts';

export type { PackageRequest } from './package-fetcher.ts';

export interface FetchedPackage extends StoredPackage {
  /** The hash that was verified or, where none was asked for, found. */
  readonly integrity: string;
  readonly layer: LayerSource;
  /** It came over the network just now. */
  readonly fetched: boolean;
}

export interface FetchProgress {
  readonly done: number;
  readonly total: number;
  /** Of those done, how many were in the store already. */
  readonly cached: number;
  readonly receivedBytes: number;
  /** The package that was just finished, or is being received. */
  readonly current: string;
}

export interface FetchOptions {
  readonly client: RegistryClient;
  readonly store: PackageStore;
  /** Has begun with some of it. It is ended here. Default: one of its own. */
  readonly fetcher?: PackageFetcher;
  readonly signal?: AbortSignal;
  /** Called once, when it is known how many tarballs are yet to come; before any that was not asked for ahead. */
  readonly onMissing?: (tarballs: number) => void;
  /** Called at most every 30 ms, and at the end. */
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly onCorrupted?: OnCorrupted;
}

export interface FetchResult {
  /** In the order of the requests; `undefined` for an optional one that failed. Layers are all in ONE Blob. */
  readonly packages: readonly (FetchedPackage | undefined)[];
  /** Each layer once, for `addLayers`. */
  readonly layers: readonly LayerSource[];
  readonly failures: readonly { readonly request: PackageRequest; readonly error: PackageError }[];
}

const progressMs = 30;

/**
 * Resolves when all that can be had is verified and on its way into the store (`PackageStore.settled`); nothing was mounted. At most about 32 MB of packages are held at a
 * time. A wrong hash is fetched once more, as npm does it, and then fails.
 *
 * @throws {PackageError} of the first request that is not optional and failed, with its `pkgid`; the rest is given up, and what was
 *   stored by then stays for the next time. @throws the reason of `signal`.
 */
export async function fetchPackages(list: readonly PackageRequest[], options: FetchOptions): Promise<FetchResult> {
  const run = new Run(list, options);
  return run.result();
}

/** One tarball that several requests may ask for. */
interface Task {
  readonly request: PackageRequest;
  readonly indexes: number[];
  /** May already be stored under one of these. */
  readonly ids: readonly string[];
  found?: FoundPackage;
  error?: PackageError;
}

class Run {
  readonly #list: readonly PackageRequest[];
  readonly #options: FetchOptions;
  readonly #tasks: readonly Task[];
  readonly #fetcher: PackageFetcher;
  #done = 0;
  #cached = 0;
  #receivedBytes = 0;
  #toldMs = 0;

  constructor(list: readonly PackageRequest[], options: FetchOptions) {
    this.#list = list;
    this.#options = options;
    this.#fetcher = options.fetcher ?? new PackageFetcher(options);
    const tasks = new Map<string, Task>();
    for (const [index, request] of list.entries()) {
      const key = request.integrity ?? request.resolved ?? `${index}`;
      const task = tasks.get(key);
      if (task === undefined)
        tasks.set(key, { request, indexes: [index], ids: request.integrity === undefined ? [] : layerIds(request.integrity) });
      else {
        task.indexes.push(index);
        // One that must be had makes it a must.
        if (request.optional !== true && task.request.optional === true) tasks.set(key, { ...task, request });
      }
    }
    this.#tasks = [...tasks.values()];
  }

  async result(): Promise<FetchResult> {
    const { store, signal } = this.#options;
    const fetcher = this.#fetcher;
    try {
      signal?.throwIfAborted();
      const others = this.#tasks.filter(({ request }) => !fetcher.isAhead(request));
      const known = await store.have(others.flatMap(({ ids }) => ids));
      const missing = this.#tasks.filter((task) => fetcher.isAhead(task.request) || !this.#takeStored(task, known));
      this.#options.onMissing?.(missing.length);
      fetcher.onProgress = (label, bytes) => {
        this.#receivedBytes += bytes;
        this.#tell(label);
      };
      await this.#fetchAll(missing);
    } finally {
      // What was verified is kept whatever happened to the rest.
      fetcher.end();
    }
    signal?.throwIfAborted();
    if (fetcher.isLarge) await store.settled();
    this.#tell('', true);
    return this.#collect();
  }

  #takeStored(task: Task, known: ReadonlyMap<string, StoredPackage>): boolean {
    const id = task.ids.find((one) => known.has(one));
    if (id === undefined) return false;
    task.found = { stored: known.get(id) as StoredPackage, integrity: id.slice(packagePrefix.length), fetched: false };
    this.#cached += task.indexes.length;
    this.#done += task.indexes.length;
    return true;
  }

  /** All at once: the client bounds the requests, the fetcher what they bring. */
  async #fetchAll(tasks: readonly Task[]): Promise<void> {
    const { signal, onCorrupted } = this.#options;
    let failure: unknown;
    const fetching = tasks.map(async (task) => {
      const { request, indexes } = task;
      try {
        task.found = await this.#fetcher.fetch(request, onCorrupted);
        if (!task.found.fetched) this.#cached += indexes.length;
        this.#done += indexes.length;
        this.#tell(labelOf(request));
      } catch (error) {
        if (request.optional === true && error instanceof PackageError) {
          task.error = error.about(labelOf(request));
          this.#done += indexes.length;
          return;
        }
        // The first failure is the cause of those that follow.
        failure ??= error instanceof PackageError ? error.about(labelOf(request)) : error;
        this.#fetcher.stop(failure);
      }
    });
    await Promise.all(fetching);
    // However the pieces put it: they ended because of the caller.
    signal?.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  async #collect(): Promise<FetchResult> {
    const { store } = this.#options;
    const ids = [...new Set(this.#tasks.flatMap(({ found }) => (found === undefined ? [] : [found.stored.id])))];
    const layers = ids.length === 0 ? [] : await store.get(ids);
    const byId = new Map(layers.map((layer) => [layer.id, layer]));
    const packages: (FetchedPackage | undefined)[] = this.#list.map(() => undefined);
    const failures: { request: PackageRequest; error: PackageError }[] = [];
    for (const { indexes, found, error } of this.#tasks) {
      for (const index of indexes) {
        if (found !== undefined) {
          const { stored, integrity, fetched } = found;
          packages[index] = { ...stored, integrity, fetched, layer: byId.get(stored.id) as LayerSource };
        } else if (error !== undefined) failures.push({ request: this.#list[index] as PackageRequest, error });
      }
    }
    return { packages, layers, failures };
  }

  #tell(current: string, isLast = false): void {
    const { onProgress } = this.#options;
    const now = performance.now();
    if (onProgress === undefined || (!isLast && now - this.#toldMs < progressMs)) return;
    this.#toldMs = now;
    onProgress({ done: this.#done, total: this.#list.length, cached: this.#cached, receivedBytes: this.#receivedBytes, current });
  }
}
