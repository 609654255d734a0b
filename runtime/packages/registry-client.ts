/**
 * What packages there are, and their tarballs: from registries in order of preference, as npm's own client asks them (retries, texts,
 * credentials), or from baked folders. Knows nothing of ranges and trees.
 */
import { bakedTarballPath, type BakedIndex } from './baked-registry.ts';
import { basicOf } from './credentials.ts';
import { decisiveHashes, hexOfDigest, parseIntegrity } from './integrity.ts';
import { PackageError } from './package-error.ts';
import { Packuments, type Packument, type PackumentOptions } from './packuments.ts';
import { maxMetadataBytes, notBaked, notCached, parseJson, Registries, type Candidate, type RegistriesOptions } from './registries.ts';
import { packumentPath, replaceRegistryHost, tarballAddress, tarballPath } from './registry-address.ts';
import { withoutCredentials } from './requests.ts';

export type { RegistryAuth } from './credentials.ts';
export type { Packument, PackumentOptions, PackumentVersion } from './packuments.ts';
export type { CacheMode } from './registries.ts';

export interface RegistryClientOptions extends RegistriesOptions {
  /** npm's `replace-registry-host` for addresses in lockfiles: `npmjs` (default), `never`, `always` or a host. */
  readonly replaceRegistryHost?: string;
}

export interface TarballOptions {
  /** Finds it in baked folders, and names the cached copy. It is NOT checked here but by `fetchPackages` or `verifyIntegrity`. */
  readonly integrity?: string;
  /** The caller keeps what is made of it: the browser's own cache does not. */
  readonly isKept?: boolean;
  /** Whose tarball it is: decides on the registry that may replace the address's host. */
  readonly name?: string;
  readonly spec?: string;
  readonly signal?: AbortSignal;
  /** Called as bytes arrive. `total` is unknown where the server does not say. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  /** Waited for once the answer has begun and before it is read, so that the caller bounds what it holds. Again for each attempt. */
  readonly admit?: (total: number | undefined) => Promise<void>;
}

const maxTarballBytes = 256 << 20;

export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #registries: Registries;
  readonly #packuments: Packuments;

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#registries = new Registries(options);
    this.#packuments = new Packuments(this.#registries, options);
  }

  /** The first registry that is asked for a package, as npm's `pickRegistry` has it. Ends with a slash. */
  registryOf(name: string): string {
    return this.#registries.of(name)[0] as string;
  }

  /** The address a packument comes from: for texts. */
  packumentUrl(name: string): string {
    return `${this.registryOf(name)}${packumentPath(name)}`;
  }

  /** See {@link Packuments.get}. */
  packument(name: string, options: PackumentOptions = {}): Promise<Packument> {
    return this.#packuments.get(name, options);
  }

  /** See {@link Packuments.mark}. */
  packumentMark(name: string, options: PackumentOptions = {}): Promise<string | undefined> {
    return this.#packuments.mark(name, options);
  }

  /** Where a version's tarball is by npm's convention, for locks that leave it out: `<registry>/<name>/-/<base>-<version>.tgz`. */
  tarballUrl(name: string, version: string): string {
    return tarballAddress(this.registryOf(name), name, version);
  }

  /** The address that is really asked for one in a lockfile: npm's `replace-registry-host`. */
  replaceHost(url: string): string {
    return replaceRegistryHost(url, this.#registries.first, this.#options.replaceRegistryHost ?? 'npmjs');
  }

  /**
   * The bytes of a tarball, not verified. Not remembered: the store keeps what was made of it.
   *
   * @throws {PackageError}
   */
  async tarball(url: string, options: TarballOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { signal, onProgress, admit, name, spec, integrity, isKept } = options;
    const candidates: Candidate[] = [];
    const add = (one: Candidate) => {
      if (!candidates.some(({ url }) => url === one.url)) candidates.push(one);
    };
    const registries = name === undefined ? this.#registries.all : this.#registries.of(name);
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      throw new PackageError('FETCH_ERROR', `Cannot fetch the tarball "${url}": it has no http address`, { pkgid: spec ?? name });
    }
    const address = this.replaceHost(url);
    const asked = withoutCredentials(address);
    const itself = { url: asked, baked: false, basic: basicOf(address) };
    let living = false;
    let missing: PackageError | undefined;
    for (const registry of registries) {
      const index = await this.#registries.bakedIndex(registry, signal);
      if (index === undefined) {
        living = true;
        if (candidates.every(({ baked }) => baked)) add(itself);
        // What has a hash to be checked by may come from anywhere.
        const path = integrity !== undefined || this.#registries.mayMirror(asked) ? tarballPath(asked) : undefined;
        if (path !== undefined) add(this.#registries.at(registry, path, false));
        continue;
      }
      const hex = bakedHex(index, url, integrity);
      if (hex !== undefined) add(this.#registries.at(registry, bakedTarballPath(hex), true));
      else missing = notBaked(spec ?? name ?? url, url);
    }
    if (!living) add(itself);
    if (this.#options.cacheMode === 'offline') {
      const [local] = candidates.filter(({ baked }) => baked);
      if (local === undefined) throw missing ?? notCached(asked, spec);
      candidates.splice(0, candidates.length, local);
    }
    const request = {
      signal,
      onProgress,
      admit,
      pkgid: spec ?? name,
      maxBytes: maxTarballBytes,
      ...(isKept === true ? { cache: 'no-store' as const } : {}),
    };
    try {
      return await this.#registries.ask({ candidates, requestOf: () => request, read: ({ bytes }) => bytes });
    } catch (error) {
      // An address outside of what was baked is no news: that the folder lacks the package is.
      throw missing !== undefined && !living && error instanceof PackageError ? missing : error;
    }
  }

  /** Some other path of the first registry that is living (`-/v1/search?…`), as JSON. Never from baked folders. */
  async json(
    path: string,
    options: { readonly signal?: AbortSignal; readonly method?: string; readonly body?: unknown } = {},
  ): Promise<unknown> {
    const { all, first } = this.#registries;
    if (this.#options.cacheMode === 'offline') throw notCached(`${first}${path}`, undefined);
    const candidates: Candidate[] = [];
    for (const registry of all) {
      if ((await this.#registries.bakedIndex(registry, options.signal)) === undefined) {
        candidates.push(this.#registries.at(registry, path, false));
      }
    }
    const [only] = candidates;
    if (only === undefined) throw notBaked(path, `${first}${path}`);
    return this.#registries.ask({
      candidates: options.method === undefined || options.method === 'GET' ? candidates : [only],
      requestOf: () => ({ ...options, accept: 'application/json', maxBytes: maxMetadataBytes }),
      read: ({ bytes, url }) => parseJson(bytes, url, undefined),
    });
  }
}

function bakedHex(index: BakedIndex, url: string, integrity: string | undefined): string | undefined {
  const hashes = decisiveHashes(parseIntegrity(integrity) ?? new Map());
  for (const hash of hashes) {
    if (hash.startsWith('sha512-')) return hexOfDigest(hash.slice('sha512-'.length));
    if (Object.hasOwn(index.aliases, hash)) return index.aliases[hash];
  }
  return Object.hasOwn(index.aliases, url) ? index.aliases[url] : undefined;
}
