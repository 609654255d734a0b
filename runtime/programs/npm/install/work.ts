/** What an install is asked for, what it has decided and fetched by the time it changes the tree, and what it tells. */
import type { FetchedPackage } from '../../../packages/fetch-packages.ts';
import type { PackageFetcher } from '../../../packages/package-fetcher.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Session } from '../session.ts';
import type { Mounts } from './mounts.ts';
import type { Present } from './present.ts';
import type { PlannedPackage, TreePlan } from './tree-plan.ts';
import type { keepPacked } from '../pack/keep-packed.ts';

export interface InstallOptions {
  /** Everything in `node_modules` goes first, as `npm ci` does it; what is mounted already is mounted again. */
  readonly clean?: boolean;
  /** Has begun to fetch some of it; ended here. */
  readonly fetcher?: PackageFetcher;
  /** Nothing is fetched or changed; the result tells what would be. */
  readonly dryRun?: boolean;
  /** Commands are linked to `.bin`. Default true. */
  readonly binLinks?: boolean;
  /** Further folders of links to commands, as places: those whose package goes go, too. */
  readonly commandFolders?: readonly string[];
  /** Packages' own `preinstall`, `install`, `postinstall`. Default true. */
  readonly scripts?: boolean;
  /** Their output is shown while they run, one after the other. */
  readonly foregroundScripts?: boolean;
  /** Asked for each package with scripts. Default: all may run. */
  readonly mayRunScripts?: (node: PlannedPackage) => boolean;
  /** Told of each script of a package that has ended: where, which, its command and all it said; `failed` where it did not end well. */
  readonly onScript?: (script: EndedScript) => void;
  /** What is there by the manager's own account. Default: npm's hidden lockfile, or the folders themselves. */
  readonly present?: Present;
  /** All is put in place again, whatever is there. */
  readonly force?: boolean;
  /** Folders, relative to the root, whose `node_modules` is the manager's even where the plan has nothing in it: workspaces. */
  readonly folders?: readonly string[];
  /** Told of each package that is newly put into its place, before anything is fetched. */
  readonly onFresh?: (node: PlannedPackage) => void;
  /** Told of each tarball that is not what its hash says: `name` as the tree has it, and where it was asked for. */
  readonly onCorrupted?: (name: string, url: string, integrity: string) => void;
  /** A folder of the project whose contents are to be a package (`file:` with a folder), as a tar. */
  readonly tarOf?: (path: string) => Uint8Array<ArrayBuffer>;
  /** Runs when the packages are in place and before lockfiles are written. A failure takes everything back. */
  readonly beforeFiles?: () => Promise<void>;
}

export interface EndedScript {
  readonly node: PlannedPackage;
  readonly event: string;
  readonly command: string;
  /** What it wrote to one and to the other. */
  readonly output: string;
  readonly failed: boolean;
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
  readonly substituted: Mounts['substituted'];
  /** Packages that do not run in a page, and what to do. */
  readonly unusable: Mounts['unusable'];
  /** Optional packages that could not be had and were left out. */
  readonly leftOut: readonly { readonly place: string; readonly name: string; readonly reason: string }[];
}

export interface Work {
  readonly session: Session;
  readonly plan: TreePlan;
  readonly options: InstallOptions;
  readonly present: Present;
  /** Places to make: absent, or something else. */
  readonly fresh: ReadonlySet<string>;
  readonly mounts: Mounts;
  /** By place. */
  readonly fetched: ReadonlyMap<string, FetchedPackage>;
  /** Manifests that the plan does not tell, by place. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** Takes what is not published out of a repository's folder, and says what it lacks. Absent where none is installed. */
  readonly keepPacked?: typeof keepPacked;
  /** Grows when an install script would make native code. */
  readonly unusable: Mounts['unusable'][number][];
  /** Grows when an install script of an optional package fails. */
  readonly leftOut: Map<string, string>;
}

/** Everything that is left out with a package: what is in its folder. */
export function isOut(place: string, leftOut: ReadonlyMap<string, string>): boolean {
  return leftOut.size > 0 && [...leftOut.keys()].some((out) => place === out || place.startsWith(`${out}/`));
}
