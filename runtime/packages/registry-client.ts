/**
 * What packages there are, and their tarballs: from registries in order of preference, as npm's own client asks them (retries, texts,
 * credentials), or from baked folders. Knows nothing of ranges and trees.
 */
import type { MetadataCache } from './metadata-cache.ts';

/** Credentials as `.npmrc` has them, by the address they are for without its scheme: `//host:port/path/`. */
export interface RegistryAuth {
  readonly _authToken?: string;
  /** `user:password` in base64. */
  readonly _auth?: string;
  readonly username?: string;
  /** In base64. */
  readonly _password?: string;
}

/** npm's `prefer-offline`, `prefer-online` and `offline`. */
export type CacheMode = 'default' | 'prefer-offline' | 'prefer-online' | 'offline';

export interface RetryOptions {
  /** npm's `fetch-retries`. Default 2. */
  readonly retries?: number;
  /** npm's `fetch-retry-factor`. Default 10. */
  readonly factor?: number;
  /** npm's `fetch-retry-mintimeout`, in milliseconds. Default 10,000. */
  readonly minTimeoutMs?: number;
  /** npm's `fetch-retry-maxtimeout`, in milliseconds. Default 60,000. */
  readonly maxTimeoutMs?: number;
}

export interface RegistryClientOptions {
  /** Base addresses in order of preference: a later one is asked where an earlier has not the package or cannot be reached. */
  readonly registries: readonly string[];
  /** Registries of scopes, by `@scope`: the only ones that are asked for its packages. */
  readonly scopes?: Readonly<Record<string, string>>;
  /** The longest address that a request is below counts, as npm has it. */
  readonly auth?: Readonly<Record<string, RegistryAuth>>;
  /** Asked before every request, again before each attempt. Rejects where the container may not. Gets no credentials. */
  readonly permit?: (url: string) => Promise<unknown>;
  readonly retry?: RetryOptions;
  /** npm's `fetch-timeout`: how long a server may be silent, in milliseconds. Default 300,000. */
  readonly timeoutMs?: number;
  /** npm's `maxsockets`: requests at a time. Default 15. */
  readonly maxSockets?: number;
  readonly cacheMode?: CacheMode;
  /** Packuments between runs. Absent: only this client remembers what it was told. */
  readonly cache?: MetadataCache;
  /** npm's `replace-registry-host` for addresses in lockfiles: `npmjs` (default), `never`, `always` or a host. */
  readonly replaceRegistryHost?: string;
  /** Told before each new attempt, for `http` lines of a log. */
  readonly onRetry?: (attempt: { readonly url: string; readonly attempt: number; readonly why: string; readonly waitMs: number }) => void;
  /** Told of each request that was answered. */
  readonly onResponse?: (response: {
    readonly url: string;
    readonly status: number;
    readonly ms: number;
    readonly cached: boolean;
  }) => void;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

export interface PackumentVersion {
  readonly name: string;
  readonly version: string;
  readonly dist: { readonly tarball: string; readonly integrity?: string; readonly shasum?: string; readonly unpackedSize?: number };
  readonly deprecated?: string;
  readonly [field: string]: unknown;
}

/** As the registry gave it; the abbreviated form has only what an install needs. Shared: nobody writes to it. */
export interface Packument {
  readonly name: string;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, PackumentVersion>>;
  readonly modified?: string;
  /** Full form only. */
  readonly time?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface PackumentOptions {
  /** Everything (`npm view`), not only what an install needs. */
  readonly full?: boolean;
  /** What was asked for (`react@^19.0.0`), for error texts. Default: the name. */
  readonly spec?: string;
  readonly signal?: AbortSignal;
}

export interface TarballOptions {
  /** Finds it in baked folders, and names the cached copy. It is NOT checked here but by `fetchPackages` or `verifyIntegrity`. */
  readonly integrity?: string;
  /** Whose tarball it is: decides on the registry that may replace the address's host. */
  readonly name?: string;
  readonly spec?: string;
  readonly signal?: AbortSignal;
  /** Called as bytes arrive. `total` is unknown where the server does not say. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
}

export class RegistryClient {
  constructor(options: RegistryClientOptions) {
    throw new Error(`Cannot ask ${options.registries.length} registries`);
  }

  /** The first registry that is asked for a package, as npm's `pickRegistry` has it. Ends with a slash. */
  registryOf(name: string): string {
    throw new Error(name);
  }

  /** The address a packument comes from: for texts. */
  packumentUrl(name: string): string {
    throw new Error(name);
  }

  /**
   * What a registry knows of a package. One request for each name, however often it is asked for while the client lives.
   *
   * @throws {PackageError} `E404` if no registry has it, else what the first registry failed with.
   */
  packument(name: string, options?: PackumentOptions): Promise<Packument> {
    throw new Error(`${name} ${options?.spec}`);
  }

  /** Where a version's tarball is by npm's convention, for locks that leave it out: `<registry>/<name>/-/<base>-<version>.tgz`. */
  tarballUrl(name: string, version: string): string {
    throw new Error(`${name} ${version}`);
  }

  /** The address that is really asked for one in a lockfile: npm's `replace-registry-host`. */
  replaceHost(url: string, name?: string): string {
    throw new Error(`${url} ${name}`);
  }

  /**
   * The bytes of a tarball, not verified. Not remembered: the store keeps what was made of it.
   *
   * @throws {PackageError}
   */
  tarball(url: string, options?: TarballOptions): Promise<Uint8Array<ArrayBuffer>> {
    throw new Error(`${url} ${options?.spec}`);
  }

  /** Some other path of the first registry that is living (`-/v1/search?…`), as JSON. Never from baked folders. */
  json(path: string, options?: { readonly signal?: AbortSignal; readonly method?: string; readonly body?: unknown }): Promise<unknown> {
    throw new Error(`${path} ${options?.method}`);
  }
}
