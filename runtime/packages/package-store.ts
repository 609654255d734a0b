/**
 * Verified packages as layers, once per browser: in IndexedDB for every container of every tab, in memory where that fails.
 */
import type { BvError } from '../base/errors.ts';
import type { LayerSource } from '../wires/change.ts';
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

export class PackageStore {
  /** Never rejects: without IndexedDB it is in memory, and `onUnsaved` is told. Close it, or the worker's end does. */
  static async open(options: PackageStoreOptions = {}): Promise<PackageStore> {
    throw new Error(`Cannot open ${options.name}`);
  }

  /** False: what is added is gone with this worker. */
  get persistent(): boolean {
    throw new Error('Cannot tell');
  }

  /** What is there, by id. Marks it as used and spares it from eviction while this worker lives. */
  have(ids: readonly string[]): Promise<Map<string, StoredPackage>> {
    throw new Error(ids.join());
  }

  /**
   * Layers in the order of `ids`, all in ONE Blob, ready for `addLayers`. Nothing is read.
   *
   * @throws {BvError} `ERR_BV_STORE` for one that is not there.
   */
  get(ids: readonly string[]): Promise<LayerSource[]> {
    throw new Error(ids.join());
  }

  /** Text of a package's own `package.json`; `undefined` if it has none or is not there. */
  packageJson(id: string): Promise<string | undefined> {
    throw new Error(id);
  }

  /**
   * Keeps packages whose bytes were verified. All of a call are written in one transaction: either all are there or none.
   * A full disk makes room once, then goes on in memory. Never rejects for want of room.
   */
  add(packages: readonly NewPackage[]): Promise<void> {
    throw new Error(String(packages.length));
  }

  /**
   * Runs `fetch` for one package at a time in the whole browser. If another worker was first, waits for it and answers `'there'`
   * where it has stored the package by then. `fetch` resolves once the package was added.
   */
  exclusively(id: string, signal: AbortSignal | undefined, fetch: () => Promise<void>): Promise<'fetched' | 'there'> {
    throw new Error(`${id} ${signal} ${fetch}`);
  }

  /** `npm cache ls`: newest use first. */
  list(): Promise<readonly PackageRow[]> {
    throw new Error('Cannot list');
  }

  /** `npm cache clean`: removes all that is not in use, or only `ids`. Answers what went and what had to stay. */
  clean(ids?: readonly string[]): Promise<{ readonly removed: number; readonly freedBytes: number; readonly kept: number }> {
    throw new Error(String(ids?.length));
  }

  /** `npm cache verify`: reads every package again; removes damaged ones, and what no row names. */
  verify(signal?: AbortSignal): Promise<{ readonly checked: number; readonly bytes: number; readonly removed: readonly string[] }> {
    throw new Error(String(signal?.aborted));
  }

  /** Lets go of what `have` and `get` spared. The kernel spares what it was given (`LayerStore.hold`). */
  close(): void {
    throw new Error('Cannot close');
  }
}
