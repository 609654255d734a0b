/** What a resolver is asked, and what it answers. This file is all that is loaded before the resolver itself is needed. */
import type { FileCalls } from '../../../process/syscalls.ts';
import type { TreePlan } from '../install/tree-plan.ts';

/** One version, as abbreviated metadata has it. What is not named here is passed on as it is. */
export interface PackumentVersion {
  readonly name: string;
  readonly version: string;
  readonly dist?: { readonly tarball?: string; readonly integrity?: string; readonly shasum?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly deprecated?: string | boolean;
  readonly [field: string]: unknown;
}

export interface ResolvedPackument {
  readonly name: string;
  readonly 'dist-tags'?: Readonly<Record<string, string>>;
  readonly versions?: Readonly<Record<string, PackumentVersion>>;
  readonly time?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/**
 * Where packages come from: the `RegistryClient` of `runtime/packages` is one. Failures carry npm's code (`E404`, `E401`, …) and text.
 */
export interface PackageSource {
  /** What a registry says of a package. Asked many times at once; one request for each name. */
  packument(
    name: string,
    options: { readonly full?: boolean; readonly spec?: string; readonly signal?: AbortSignal },
  ): Promise<ResolvedPackument>;
  /** The bytes of a tarball, not verified. */
  tarball(
    address: string,
    options: { readonly integrity?: string; readonly name?: string; readonly spec?: string; readonly signal?: AbortSignal },
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** The address that is really asked for one in a lockfile. Absent: that itself. */
  replaceHost?(address: string, name?: string): string;
  /** Where a version's tarball is, for locks that leave it out. Absent: by npm's convention, at the configured registry. */
  tarballUrl?(name: string, version: string): string;
}

export type SaveType = 'prod' | 'dev' | 'optional' | 'peer' | 'peerOptional';

/** npm's configuration, as far as it changes the tree. Names and defaults are npm's. */
export interface ResolveConfig {
  /** Ends in a slash. */
  readonly registry: string;
  /** `@scope` to the address of its registry. */
  readonly scopes?: Readonly<Record<string, string>>;
  readonly defaultTag?: string;
  /** ISO 8601. Versions published later are not there. */
  readonly before?: string;
  readonly legacyPeerDeps?: boolean;
  readonly strictPeerDeps?: boolean;
  readonly preferDedupe?: boolean;
  readonly installLinks?: boolean;
  readonly installStrategy?: 'hoisted' | 'nested' | 'shallow';
  readonly force?: boolean;
  readonly engineStrict?: boolean;
  readonly omit?: readonly ('dev' | 'optional' | 'peer')[];
  readonly include?: readonly ('prod' | 'dev' | 'optional' | 'peer')[];
  /** False: neither read nor written. Default true. */
  readonly packageLock?: boolean;
  readonly lockfileVersion?: 1 | 2 | 3;
  readonly omitLockfileRegistryResolved?: boolean;
  /** What our `node` says of itself: `v24.21.0`, `linux`, `x64`. */
  readonly nodeVersion: string;
  readonly npmVersion: string;
  readonly os?: string;
  readonly cpu?: string;
  readonly libc?: string;
  /** Default true. */
  readonly save?: boolean;
  readonly saveExact?: boolean;
  readonly saveBundle?: boolean;
  /** False: what nobody asks for stays. Default true. */
  readonly prune?: boolean;
  /** Default `^`. */
  readonly savePrefix?: string;
}

/** Read only: nothing below the project changes while a tree is decided on. */
export type ResolveFiles = Pick<FileCalls, 'readFile' | 'stat' | 'lstat' | 'readdir' | 'readlink'>;

export interface ResolveRequest {
  /** Absolute path of the folder with the project's `package.json`. */
  readonly root: string;
  /** Where the paths of what is added begin. Default: `root`. */
  readonly cwd?: string;
  readonly files: ResolveFiles;
  readonly source: PackageSource;
  /**
   * Asked before GitHub is: which commit a branch, tag or short hash stands for. Rejects where the container may not. Absent: only full
   * hashes of commits can be installed.
   */
  readonly permit?: (address: string) => Promise<unknown>;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  readonly config: ResolveConfig;
  /** `install` by default; `dedupe` and `prune` change no ranges. */
  readonly task?: 'install' | 'dedupe' | 'prune';
  /** Specifiers as given on the command line: `react`, `react@18`, `file:../x`, `./x`, `user/repository`. */
  readonly add?: readonly string[];
  /** Names. */
  readonly remove?: readonly string[];
  /** Names, or true for everything. */
  readonly update?: true | readonly string[];
  /** Where what is added goes; absent: where it is already, else `dependencies`. */
  readonly saveType?: SaveType;
  /** Names of workspaces (`-w`) that the task is about. */
  readonly workspaces?: readonly string[];
  readonly includeWorkspaceRoot?: boolean;
  /** False: `--no-workspaces`. Default true. */
  readonly workspacesEnabled?: boolean;
  /** What is in `node_modules` is taken away first, so that nothing of it stays. */
  readonly clean?: boolean;
  readonly signal?: AbortSignal;
  /** Told of versions that will most likely be in the tree, as soon as they are guessed. npm's own code decides later. */
  readonly onGuess?: (version: PackumentVersion) => void;
  /** For progress: how many packages are known by now, and the name last asked for. */
  readonly onProgress?: (known: number, name: string) => void;
}

/** `name@version` at a place of the tree; `from` where another version was there. */
export interface TreeChange {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  readonly from?: string;
}

/** What npm prints as `npm warn <code> …`, one line each; `code` is empty where npm has none. */
export interface ResolveWarning {
  readonly code: string;
  readonly lines: readonly string[];
}

/** The tree that was decided on, and what is to be said of it. Plain data. */
export interface Decision {
  /** With `package.json`s and lockfiles that are to change; nothing was written yet. */
  readonly plan: TreePlan;
  readonly added: readonly TreeChange[];
  readonly removed: readonly TreeChange[];
  readonly changed: readonly TreeChange[];
  readonly warnings: readonly ResolveWarning[];
  /** Packages of the plan that their authors no longer recommend and that were not there before. */
  readonly deprecations: readonly { readonly name: string; readonly version: string; readonly message: string }[];
}

export interface Resolution extends Decision {
  /** Every version that a range was found to mean on the way, whether or not it is in the plan: what resolving again would ask for. */
  readonly considered: () => Promise<readonly { readonly name: string; readonly version: string }[]>;
}

/** Of a failed call. */
export interface FileFacts {
  readonly syscall?: string;
  readonly path?: string;
  readonly errno?: number;
}

/** Why no tree could be made. `code` is npm's: `ERESOLVE`, `ETARGET`, `E404`, `EJSONPARSE`, `EINVALIDPACKAGENAME`, `EBADENGINE` … */
export class ResolveError extends Error {
  readonly code: string;
  /** What npm prints behind `npm error`, line for line, without `npm error code …` and the note about the log. */
  readonly report: readonly string[];
  declare readonly syscall?: string;
  declare readonly path?: string;
  declare readonly errno?: number;
  /** What npm saves for later reading (`eresolve-report.txt`), where it has one. */
  readonly details?: string;
  /** What was warned of before. */
  warnings: readonly ResolveWarning[] = [];

  constructor(
    code: string,
    message: string,
    report: readonly string[],
    options: { readonly details?: string; readonly cause?: unknown; readonly facts?: FileFacts } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ResolveError';
    this.code = code;
    this.report = report;
    if (options.details !== undefined) this.details = options.details;
    const { syscall, path, errno } = options.facts ?? {};
    if (errno !== undefined) Object.assign(this, { syscall, path, errno });
  }
}
