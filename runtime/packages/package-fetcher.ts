/** Packages on their way into the store: each is downloaded, verified and unpacked once, whoever asks for it and however often. */
import { Budget, Share } from './budget.ts';
import { damageCheck } from './damage-check.ts';
import { hashOf, layerId, layerIds, packagePrefix, verifyIntegrity } from './integrity.ts';
import { PackageError } from './package-error.ts';
import type { PackageStore, StoredPackage } from './package-store.ts';
import type * as packageTar from './package-tar.ts';
import type { RegistryClient } from './registry-client.ts';
import { StoreBatch } from './store-batch.ts';
import { UnpackRoom } from './unpack-room.ts';

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

export interface FoundPackage {
  readonly stored: StoredPackage;
  /** The hash that was verified or, where none was asked for, found. */
  readonly integrity: string;
  /** It came over the network just now. */
  readonly fetched: boolean;
}

export interface FetcherOptions {
  readonly client: RegistryClient;
  readonly store: PackageStore;
  readonly signal?: AbortSignal;
}

/** Told of a tarball that is not what its hash says. `url` is where it was asked for. */
export type OnCorrupted = (request: PackageRequest, url: string) => void;

/** What tarballs unpack to, held at a time. */
const heldBytes = 32 << 20;
/** Assumed of a tarball where the server says nothing. */
const presumedBytes = 128 << 10;
/** How many times its size a tarball unpacks to, as a rule: room is made for that before it is read. */
const presumedRatio = 5;

export function labelOf({ name, version }: PackageRequest): string {
  return `${name}@${version}`;
}

/** At most about 32 MB of packages are held at a time, save for one that is larger. Whoever makes one must `end()` it. */
export class PackageFetcher {
  readonly #client: RegistryClient;
  readonly #store: PackageStore;
  readonly #stop = new AbortController();
  /** Who waits for room waits for writes. */
  readonly #budget = new Budget(heldBytes, () => this.#batch.hurry());
  readonly #room: UnpackRoom;
  readonly #batch: StoreBatch;
  /** Asked for before it was known that they are needed, by integrity. */
  readonly #ahead = new Map<string, Promise<FoundPackage>>();
  /** Of those, where the tarball was asked for that was not what its hash says. */
  readonly #corrupted = new Map<string, string>();
  readonly #release: () => void;
  /** Loaded when there is something to unpack, while it comes. */
  #tars: Promise<typeof packageTar> | undefined;
  #unpacking: Promise<unknown> = Promise.resolve();
  /** What the store had when packages were first fetched ahead. */
  #stored: Promise<ReadonlySet<string>> | undefined;
  #bytes = 0;
  /** Told as bytes arrive. */
  onProgress: ((label: string, bytes: number) => void) | undefined;

  constructor({ client, store, signal }: FetcherOptions) {
    this.#client = client;
    this.#store = store;
    this.#room = new UnpackRoom(() => this.#batch.begin());
    this.#batch = new StoreBatch(store, () => this.#room.clear());
    const forward = () => this.stop(signal?.reason);
    signal?.addEventListener('abort', forward, { once: true });
    this.#release = () => signal?.removeEventListener('abort', forward);
    if (signal?.aborted === true) forward();
  }

  /** Gives up what is under way: it fails with `reason`. */
  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }

  /** Keeps what was verified, without waiting until that is durable, and gives up what nobody waits for. */
  end(): void {
    this.#release();
    this.#batch.begin();
    this.#batch.hurry();
    this.stop(new DOMException('The packages were not needed', 'AbortError'));
  }

  /** So much was fetched that what is not durable yet should not be held any longer. */
  get isLarge(): boolean {
    return this.#bytes > heldBytes;
  }

  /** Fetches packages that will most likely be asked for. Nothing of it is told until they are. */
  async fetchAhead(requests: readonly PackageRequest[]): Promise<void> {
    const stored = await (this.#stored ??= this.#store.ids());
    for (const request of requests) {
      const { integrity } = request;
      if (integrity === undefined || this.#ahead.has(integrity) || this.#stop.signal.aborted) continue;
      if (layerIds(integrity).some((id) => stored.has(id))) continue;
      const found = this.#fetch(request, { isAhead: true });
      found.catch(() => undefined); // Who asks for it is told.
      this.#ahead.set(integrity, found);
    }
  }

  /** Whether it was fetched ahead, or is being fetched. */
  isAhead({ integrity }: PackageRequest): boolean {
    return integrity !== undefined && this.#ahead.has(integrity);
  }

  /**
   * Resolves when it is verified and unpacked: {@link end} gives it to the store. A wrong hash is fetched once more, as npm does it, and then fails.
   *
   * @throws {PackageError} @throws what it was stopped with.
   */
  async fetch(request: PackageRequest, onCorrupted?: OnCorrupted): Promise<FoundPackage> {
    const { integrity = '' } = request;
    const ahead = this.#ahead.get(integrity);
    if (ahead !== undefined) {
      try {
        return await ahead;
      } catch (error) {
        if (!this.#corrupted.has(integrity) || this.#stop.signal.aborted) throw error;
      }
    }
    return this.#fetch(request, { isAhead: false, onCorrupted });
  }

  async #fetch(request: PackageRequest, how: How): Promise<FoundPackage> {
    const ids = request.integrity === undefined ? [] : layerIds(request.integrity);
    const [id] = ids;
    if (id === undefined) return (await this.#fetchNow(request, how)).found;
    let tell: (found: FoundPackage) => void = () => undefined;
    const told = new Promise<FoundPackage>((resolve) => (tell = resolve));
    // Other workers wait until it is durable, this one does not.
    const fetching = this.#store.exclusively(
      id,
      this.#stop.signal,
      async () => {
        const { found, durable } = await this.#fetchNow(request, how);
        tell(found);
        await durable;
      },
      () => this.#batch.hurry(),
    );
    const afterwards = fetching.then(async (outcome) => {
      if (outcome === 'fetched') return told;
      const [stored] = (await this.#store.have(ids)).values();
      // Taken away again in between: this one's turn.
      return stored === undefined
        ? (await this.#fetchNow(request, how)).found
        : { stored, integrity: stored.id.slice(packagePrefix.length), fetched: false };
    });
    return Promise.race([told, afterwards]);
  }

  async #fetchNow(request: PackageRequest, how: How): Promise<Stored> {
    const held = new Share(this.#budget);
    try {
      const { signal } = this.#stop;
      const loading = (this.#tars ??= import('./package-tar.ts'));
      loading.catch(() => {}); // Told where it is waited for.
      if (request.bytes !== undefined) await held.take(request.bytes.length, signal);
      const checked = await (request.bytes === undefined ? this.#download(request, held, how) : check(request, request.bytes));
      signal.throwIfAborted();
      const { unpackPackage } = await loading;
      return await this.#inTurn(() => this.#unpack(request, checked, held, unpackPackage));
    } catch (error) {
      held.release();
      throw error;
    }
  }

  /** The tarball itself is let go of: nobody needs it any more while its package is stored. */
  async #unpack(
    request: PackageRequest,
    { tarball, hash }: Checked,
    held: Share,
    unpackPackage: typeof packageTar.unpackPackage,
  ): Promise<Stored> {
    const { parts, size, facts } = await unpackPackage(tarball, { signal: this.#stop.signal, room: this.#room });
    held.grow(size);
    this.#bytes += size;
    const stored = { id: layerId(hash), size, facts };
    this.#room.keep(parts);
    const durable = this.#batch.add({ ...stored, parts, label: labelOf(request), check: damageCheck(parts) });
    void durable.then(() => held.release());
    return { found: { stored, integrity: hash, fetched: true }, durable };
  }

  async #download(request: PackageRequest, held: Share, { isAhead, onCorrupted }: How): Promise<Checked> {
    const { signal } = this.#stop;
    const { name, version, integrity, resolved } = request;
    const label = labelOf(request);
    const url = resolved ?? this.#client.tarballUrl(name, version);
    const before = integrity === undefined ? undefined : this.#corrupted.get(integrity);
    if (before !== undefined) onCorrupted?.(request, before);
    for (let attempt = before === undefined ? 0 : 1; ; attempt++) {
      let last = 0;
      const tarball = await this.#client.tarball(url, {
        signal,
        name,
        spec: label,
        ...(integrity === undefined ? {} : { integrity }),
        isKept: this.#store.persistent,
        admit: (total) => held.take((total ?? presumedBytes) * presumedRatio, signal),
        onProgress: (received) => {
          held.grow(received);
          this.onProgress?.(label, received < last ? received : received - last);
          last = received;
        },
      });
      try {
        return await check(request, tarball);
      } catch (error) {
        if (!(error instanceof PackageError) || error.code !== 'EINTEGRITY') throw error;
        const asked = this.#client.replaceHost(url);
        if (isAhead) this.#corrupted.set(integrity ?? '', asked);
        else onCorrupted?.(request, asked);
        if (isAhead || attempt > 0) throw error;
      }
    }
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
}

interface How {
  /** A guess: a wrong hash is not told, and not tried again, until somebody asks. */
  readonly isAhead: boolean;
  readonly onCorrupted?: OnCorrupted | undefined;
}

interface Stored {
  readonly found: FoundPackage;
  readonly durable: Promise<void>;
}

interface Checked {
  readonly tarball: Uint8Array<ArrayBuffer>;
  readonly hash: string;
}

async function check({ integrity }: PackageRequest, tarball: Uint8Array<ArrayBuffer>): Promise<Checked> {
  return { tarball, hash: integrity === undefined ? await hashOf(tarball) : await verifyIntegrity(tarball, integrity) };
}
