/** Everything between a plan and `addLayers`: downloads, verifies, unpacks and stores what is missing, all at once. */
import type { LayerSource } from '../wires/change.ts';
import type { PackageError } from './package-error.ts';
import type { PackageStore, StoredPackage } from './package-store.ts';
import type { RegistryClient } from './registry-client.ts';

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
}

export interface FetchResult {
  /** In the order of the requests; `undefined` for an optional one that failed. Layers are all in ONE Blob. */
  readonly packages: readonly (FetchedPackage | undefined)[];
  /** Each layer once, for `addLayers`. */
  readonly layers: readonly LayerSource[];
  readonly failures: readonly { readonly request: PackageRequest; readonly error: PackageError }[];
}

/**
 * Resolves when all that can be had is in the store and verified; nothing was mounted. At most about 32 MB of tarballs are held at a
 * time. A wrong hash is fetched once more, as npm does it, and then fails.
 *
 * @throws {PackageError} of the first request that is not optional and failed, with its `pkgid`; the rest is given up, and what was
 *   stored by then stays for the next time. @throws the reason of `signal`.
 */
export async function fetchPackages(list: readonly PackageRequest[], options: FetchOptions): Promise<FetchResult> {
  throw new Error(`${list.length} ${options.signal?.aborted}`);
}
