/** What an install needs of registries: whole packages as layers. `runtime/packages` does it; tests do it from memory. */
import type { LayerSource } from '../../../wires/change.ts';

export interface WantedPackage {
  readonly name: string;
  readonly version: string;
  /** Where its tarball is. */
  readonly resolved: string;
  readonly integrity?: string;
}

export interface FetchedPackage {
  readonly wanted: WantedPackage;
  /** Its id is `npm1:` and the integrity. */
  readonly layer: LayerSource;
  /** Of what was really fetched. */
  readonly integrity: string;
}

export interface PackageFetcher {
  /**
   * Fetches, verifies and unpacks all that is not in the store. `failed` is told of what cannot be had; without it, or if it
   * throws, the first such failure ends it all.
   *
   * @throws {Error} with npm's `code`: `E404`, `EINTEGRITY`, `ETIMEDOUT` …
   */
  fetch(
    wanted: readonly WantedPackage[],
    options: {
      readonly signal: AbortSignal;
      readonly onProgress?: (done: number, total: number) => void;
      readonly failed?: (wanted: WantedPackage, error: unknown) => void;
    },
  ): Promise<readonly FetchedPackage[]>;
}
