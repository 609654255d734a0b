/** Everything between a plan and `addLayers`: downloads, verifies, unpacks and stores what is missing, all at once. */
import type { LayerSource } from '../wires/change.ts';
import { Budget, Share } from './budget.ts';
import { hashOf, layerId, layerIds, packagePrefix, verifyIntegrity } from './integrity.ts';
import { PackageError } from './package-error.ts';
import type { PackageStore, StoredPackage } from './package-store.ts';
import type * as packageTar from './package-tar.ts';
import type { RegistryClient } from './registry-client.ts';
import { StoreBatch } from './store-batch.ts';

export interface PackageRequest {
  /** For messages and registries: the package's own name and version. */
  readonly name: string;
  readonly version: string;
  /** Address of the tarball. Absent only with `bytes`. */
  readonly resolved?: string;
  /** A tarball that is at hand already (`file:x.tgz`). */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** As the lockfile or the packument has it. Absent: taken as it comes, and `integrity` of the result is what was found. */
  readonly integrity?: string;
  /** A failure is told in the result and does not end the rest. */
  readonly optional?: boolean;
}

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
  readonly signal?: AbortSignal;
  /** Called at most every 30 ms, and at the end. */
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Told of each tarball that is not what its hash says. `url` is where it was asked for. */
  readonly onCorrupted?: (request: PackageRequest, url: string) => void;
}

export interface FetchResult {
  /** In the order of the requests; `undefined` for an optional one that failed. Layers are all in ONE Blob. */
  readonly packages: readonly (FetchedPackage | undefined)[];
  /** Each layer once, for `addLayers`. */
  readonly layers: readonly LayerSource[];
  readonly failures: readonly { readonly request: PackageRequest; readonly error: PackageError }[];
}

/** Tarballs and what they unpack to, held at a time. */
const heldBytes = 32 << 20;
const progressMs = 30;
/** Assumed of a tarball before the server says more. */
const presumedBytes = 256 << 10;

/**
 * Resolves when all that can be had is in the store and verified; nothing was mounted. At most about 32 MB of tarballs are held at a
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
  found?: { readonly stored: StoredPackage; readonly integrity: string; readonly fetched: boolean };
  error?: PackageError;
}

class Run {
  readonly #list: readonly PackageRequest[];
  readonly #options: FetchOptions;
  readonly #tasks: readonly Task[];
  /** Ends what is under way once one request has failed. */
  readonly #stop = new AbortController();
  readonly #budget = new Budget(heldBytes);
  readonly #batch: StoreBatch;
  /** Loaded when there is something to unpack, while it comes. */
  #tars: Promise<typeof packageTar> | undefined;
  #unpacking: Promise<unknown> = Promise.resolve();
  /** Tasks that are not over. */
  #pending = 0;
  #done = 0;
  #cached = 0;
  #receivedBytes = 0;
  #toldMs = 0;

  constructor(list: readonly PackageRequest[], options: FetchOptions) {
    this.#list = list;
    this.#options = options;
    this.#batch = new StoreBatch(options.store);
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
    signal?.throwIfAborted();
    const forward = () => this.#stop.abort(signal?.reason);
    signal?.addEventListener('abort', forward, { once: true });
    try {
      const known = await store.have(this.#tasks.flatMap(({ ids }) => ids));
      const missing = this.#tasks.filter((task) => !this.#takeStored(task, known));
      await this.#fetchAll(missing);
    } finally {
      signal?.removeEventListener('abort', forward);
      // What was verified is kept whatever happened to the rest.
      await this.#batch.flush();
    }
    signal?.throwIfAborted();
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

  /** All at once: the client bounds the requests, the budget what they bring. */
  async #fetchAll(tasks: readonly Task[]): Promise<void> {
    let failure: unknown;
    this.#pending = tasks.length;
    await Promise.all(
      tasks.map(async (task) => {
        try {
          await this.#fetch(task);
          this.#done += task.indexes.length;
          this.#tell(labelOf(task.request));
        } catch (error) {
          if (task.request.optional === true && error instanceof PackageError) {
            task.error = error.about(labelOf(task.request));
            this.#done += task.indexes.length;
            return;
          }
          // The first failure is the cause of those that follow.
          failure ??= error instanceof PackageError ? error.about(labelOf(task.request)) : error;
          this.#stop.abort(failure);
        } finally {
          this.#pending--;
        }
      }),
    );
    // However the pieces put it: they ended because of the caller.
    this.#options.signal?.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  async #fetch(task: Task): Promise<void> {
    const { store } = this.#options;
    const [id] = task.ids;
    if (id === undefined) return this.#fetchNow(task);
    const { signal } = this.#stop;
    const outcome = await store.exclusively(id, signal, () => this.#fetchNow(task));
    if (outcome === 'fetched') return;
    const known = await store.have(task.ids);
    // Taken away again in between: this one's turn.
    if (known.size === 0) return this.#fetchNow(task);
    this.#takeStored(task, known);
    this.#done -= task.indexes.length;
  }

  async #fetchNow(task: Task): Promise<void> {
    const { request } = task;
    const held = new Share(this.#budget);
    try {
      const { unpacked, hash } = await this.#unpacked(request, held);
      held.grow(unpacked.size);
      const stored = { id: layerId(hash), size: unpacked.size, facts: unpacked.facts };
      const added = this.#batch.add({ ...stored, parts: unpacked.parts, label: labelOf(request) });
      // Nobody else is to come: no reason to wait for more.
      if (this.#batch.waiting >= this.#pending) void this.#batch.flush().catch(() => {}); // `added` fails of the same.
      await added;
      task.found = { stored, integrity: hash, fetched: true };
    } finally {
      held.release();
    }
  }

  /** The tarball itself is let go of: nobody needs it any more while its package is stored. */
  async #unpacked(request: PackageRequest, held: Share): Promise<{ readonly unpacked: packageTar.PackageTar; readonly hash: string }> {
    const { signal } = this.#stop;
    const loading = (this.#tars ??= import('./package-tar.ts'));
    loading.catch(() => {}); // Told where it is waited for.
    if (request.bytes !== undefined) await held.take(request.bytes.length, signal);
    const { tarball, hash } = request.bytes === undefined ? await this.#download(request, held) : await this.#check(request, request.bytes);
    signal.throwIfAborted();
    const { unpackPackage } = await loading;
    return { unpacked: await this.#inTurn(() => unpackPackage(tarball, { signal })), hash };
  }

  async #download(request: PackageRequest, held: Share): Promise<{ readonly tarball: Uint8Array<ArrayBuffer>; readonly hash: string }> {
    const { client } = this.#options;
    const { signal } = this.#stop;
    const { name, version, integrity, resolved } = request;
    const url = resolved ?? client.tarballUrl(name, version);
    for (let attempt = 0; ; attempt++) {
      let before = 0;
      const tarball = await client.tarball(url, {
        signal,
        name,
        spec: labelOf(request),
        ...(integrity === undefined ? {} : { integrity }),
        admit: (total) => held.take(total ?? presumedBytes, signal),
        onProgress: (received) => {
          held.grow(received);
          this.#receivedBytes += received < before ? received : received - before;
          before = received;
          this.#tell(labelOf(request));
        },
      });
      try {
        return await this.#check(request, tarball);
      } catch (error) {
        if (!(error instanceof PackageError) || error.code !== 'EINTEGRITY') throw error;
        this.#options.onCorrupted?.(request, client.replaceHost(url));
        if (attempt > 0) throw error;
      }
    }
  }

  async #check({ integrity }: PackageRequest, tarball: Uint8Array<ArrayBuffer>) {
    return { tarball, hash: integrity === undefined ? await hashOf(tarball) : await verifyIntegrity(tarball, integrity) };
  }

  /** Unpacking keeps the worker busy: one after the other holds less. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#unpacking;
    const mine = (async () => {
      await before.catch(() => {}); // Told where it belongs.
      this.#stop.signal.throwIfAborted();
      return work();
    })();
    this.#unpacking = mine;
    return mine;
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

function labelOf({ name, version }: PackageRequest): string {
  return `${name}@${version}`;
}
