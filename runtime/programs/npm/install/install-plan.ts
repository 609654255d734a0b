/** What is asked of, and answered by, `installPlan`: the one way from a planned tree to a tree on the disk. */
import type { TreePlan } from './tree-plan.ts';
import type { PackageFetcher } from './package-fetcher.ts';

export interface InstallOptions {
  readonly fetcher: PackageFetcher;
  /** Everything in `node_modules` goes first, as `npm ci` does it; what is mounted already is mounted again. */
  readonly clean?: boolean;
  /** Nothing is fetched or changed; the result tells what would be. */
  readonly dryRun?: boolean;
  /** Commands are linked to `.bin`. Default true. */
  readonly binLinks?: boolean;
  /** Packages' own `preinstall`, `install`, `postinstall`. Default true. */
  readonly scripts?: boolean;
  /** Their output is shown while they run, one after the other. */
  readonly foregroundScripts?: boolean;
  /** Asked for each package with scripts. Default: all may run. */
  readonly mayRunScripts?: (place: string) => boolean;
}

/** One package that came, went or changed. */
export interface InstalledChange {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** The version that was there before, of one that changed. */
  readonly from?: string;
}

export interface InstallResult {
  readonly added: readonly InstalledChange[];
  readonly removed: readonly InstalledChange[];
  readonly changed: readonly InstalledChange[];
  /** Packages whose place another one takes here: `esbuild` → `esbuild-wasm`. */
  readonly substituted: readonly { readonly name: string; readonly version: string; readonly by: string; readonly byVersion: string }[];
  /** Optional packages that could not be had and were left out. */
  readonly leftOut: readonly { readonly place: string; readonly name: string; readonly reason: string }[];
}

export type { TreePlan };
