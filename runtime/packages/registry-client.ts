/**
 * What packages there are, and their tarballs: from registries in order of preference, as npm's own client asks them (retries, texts,
 * credentials), or from baked folders. Knows nothing of ranges and trees.
 */
import { bakedFile, bakedMetadataPath, bakedTarballPath, parseBakedIndex, type BakedIndex } from './baked-registry.ts';
import { base64Of, digest } from './digest.ts';
import { authorizationFor, type RegistryAuth } from './credentials.ts';
import { decisiveHashes, hexOfDigest, parseIntegrity } from './integrity.ts';
import type { CachedText, MetadataCache } from './metadata-cache.ts';
import { PackageError } from './package-error.ts';
import { atRegistry, packumentAddress, replaceRegistryHost, scopeOf, tarballAddress, withSlash } from './registry-address.ts';
import { isPassing, Requests, withoutCredentials, type Answer, type RequestOptions } from './requests.ts';

export type { RegistryAuth } from './credentials.ts';

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
  /** Waited for once the answer has begun and before it is read, so that the caller bounds what it holds. Again for each attempt. */
  readonly admit?: (total: number | undefined) => Promise<void>;
}

const maxPackumentBytes = 128 << 20;
const maxTarballBytes = 256 << 20;
/** How long a registry is known to be no baked folder. */
const livingMs = 600_000;
const abbreviated = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*';

/** Marks our own answers. */
const fromCache = 'x-from-cache';

/** One place to ask. */
interface Candidate {
  readonly url: string;
  readonly baked: boolean;
}

/** The answer to a request for a packument. */
interface FoundMetadata {
  readonly bytes: () => Uint8Array<ArrayBuffer>;
  /** The cache had it, and it still holds. */
  readonly isKnown: boolean;
  readonly candidate: Candidate;
  readonly pkgid: string;
  readonly mark: () => Promise<string | undefined>;
}

function packumentKey(name: string, { full = false }: PackumentOptions): string {
  return `${full ? 'full' : 'corgi'}:${name}`;
}

export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #registries: readonly string[];
  readonly #scopes: Readonly<Record<string, string>>;
  readonly #authorization: (url: string) => string | undefined;
  readonly #requests: Requests;
  readonly #packuments = new Map<string, Promise<Packument>>();
  /** Of each packument that was read. */
  readonly #marks = new Map<string, Promise<string | undefined>>();
  readonly #baked = new Map<string, Promise<BakedIndex | undefined>>();

  constructor(options: RegistryClientOptions) {
    if (options.registries.length === 0) throw new RangeError('Cannot ask registries: none is given');
    this.#options = options;
    this.#registries = options.registries.map(baseAddress);
    this.#scopes = Object.fromEntries(Object.entries(options.scopes ?? {}).map(([scope, address]) => [scope, baseAddress(address)]));
    const auth = options.auth ?? {};
    const known = [...this.#registries, ...Object.values(this.#scopes)];
    this.#authorization = (url) => authorizationFor(url, known, auth);
    this.#requests = new Requests({
      permit: options.permit,
      authorization: this.#authorization,
      maxSockets: options.maxSockets ?? 15,
      timeoutMs: options.timeoutMs ?? 300_000,
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      onResponse: options.onResponse,
    });
  }

  get #first(): string {
    return this.#registries[0] as string;
  }

  /** The first registry that is asked for a package, as npm's `pickRegistry` has it. Ends with a slash. */
  registryOf(name: string): string {
    return this.#registriesOf(name)[0] as string;
  }

  /** The address a packument comes from: for texts. */
  packumentUrl(name: string): string {
    return packumentAddress(this.registryOf(name), name);
  }

  /**
   * What a registry knows of a package. One request for each name, however often it is asked for while the client lives.
   *
   * @throws {PackageError} `E404` if no registry has it, else what the first registry failed with.
   */
  packument(name: string, options: PackumentOptions = {}): Promise<Packument> {
    const key = packumentKey(name, options);
    const known = this.#packuments.get(key);
    if (known !== undefined) return known;
    const asked = this.#metadata(name, options, ({ bytes, mark, candidate, pkgid }) => {
      const packument = packumentOf(bytes(), candidate, pkgid);
      this.#marks.set(key, mark());
      return packument;
    });
    this.#packuments.set(key, asked);
    asked.catch(() => this.#packuments.delete(key));
    return asked;
  }

  /**
   * What tells the present answer to {@link packument} from another one: that of this client where it was asked, else what the registry
   * says now. Undefined for what only those may see who have credentials.
   *
   * @throws {PackageError} as {@link packument}.
   */
  async packumentMark(name: string, options: PackumentOptions = {}): Promise<string | undefined> {
    const key = packumentKey(name, options);
    const asked = this.#packuments.get(key);
    if (asked === undefined) {
      return this.#metadata(name, options, ({ bytes, mark, isKnown, candidate, pkgid }) => {
        if (!isKnown) packumentOf(bytes(), candidate, pkgid); // What is none must not be kept.
        return mark();
      });
    }
    await asked;
    return this.#marks.get(key);
  }

  /** Where a version's tarball is by npm's convention, for locks that leave it out: `<registry>/<name>/-/<base>-<version>.tgz`. */
  tarballUrl(name: string, version: string): string {
    return tarballAddress(this.registryOf(name), name, version);
  }

  /** The address that is really asked for one in a lockfile: npm's `replace-registry-host`. */
  replaceHost(url: string): string {
    return replaceRegistryHost(url, this.#first, this.#options.replaceRegistryHost ?? 'npmjs');
  }

  /**
   * The bytes of a tarball, not verified. Not remembered: the store keeps what was made of it.
   *
   * @throws {PackageError}
   */
  async tarball(url: string, options: TarballOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { signal, onProgress, admit, name, spec, integrity } = options;
    const candidates: Candidate[] = [];
    const add = (address: string | undefined, baked: boolean) => {
      if (address !== undefined && !candidates.some((one) => one.url === address)) candidates.push({ url: address, baked });
    };
    const registries = name === undefined ? this.#registries : this.#registriesOf(name);
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      throw new PackageError('FETCH_ERROR', `Cannot fetch the tarball "${url}": it has no http address`, { pkgid: spec ?? name });
    }
    const asked = withoutCredentials(this.replaceHost(url));
    let living = false;
    let missing: PackageError | undefined;
    for (const registry of registries) {
      const index = await this.#index(registry, signal);
      if (index === undefined) {
        living = true;
        if (candidates.every(({ baked }) => baked)) add(asked, false);
        // What has a hash to be checked by may come from anywhere.
        if (integrity !== undefined || this.#isOfRegistry(asked)) add(atRegistry(asked, registry), false);
        continue;
      }
      const hex = bakedHex(index, url, integrity);
      if (hex !== undefined) add(`${registry}${bakedTarballPath(hex)}`, true);
      else missing = notBaked(spec ?? name ?? url, url);
    }
    if (!living) add(asked, false);
    if (this.#options.cacheMode === 'offline') {
      const [local] = candidates.filter(({ baked }) => baked);
      if (local === undefined) throw missing ?? notCached(asked, spec);
      candidates.splice(0, candidates.length, local);
    }
    const request = { signal, onProgress, admit, pkgid: spec ?? name, maxBytes: maxTarballBytes };
    try {
      return await this.#ask(
        candidates,
        () => request,
        ({ bytes }) => bytes,
      );
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
    if (this.#options.cacheMode === 'offline') throw notCached(`${this.#first}${path}`, undefined);
    const candidates: Candidate[] = [];
    for (const registry of this.#registries) {
      if ((await this.#index(registry, options.signal)) === undefined) candidates.push({ url: `${registry}${path}`, baked: false });
    }
    const [only] = candidates;
    if (only === undefined) throw notBaked(path, `${this.#first}${path}`);
    return this.#ask(
      options.method === undefined || options.method === 'GET' ? candidates : [only],
      () => ({ ...options, accept: 'application/json', maxBytes: maxPackumentBytes }),
      ({ bytes, url }) => parseJson(bytes, url, undefined),
    );
  }

  #registriesOf(name: string): readonly string[] {
    const scope = scopeOf(name);
    const own = scope === undefined || !Object.hasOwn(this.#scopes, scope) ? undefined : this.#scopes[scope];
    return own === undefined ? this.#registries : [own];
  }

  /** Finds a packument, in the cache where that is fresh, and keeps it there. */
  async #metadata<T>(name: string, { full = false, spec, signal }: PackumentOptions, read: (found: FoundMetadata) => T): Promise<T> {
    const { cache, cacheMode = 'default' } = this.#options;
    const candidates: Candidate[] = [];
    for (const registry of this.#registriesOf(name)) {
      const baked = (await this.#index(registry, signal)) !== undefined;
      candidates.push({ url: baked ? `${registry}${bakedMetadataPath(name)}` : packumentAddress(registry, name), baked });
    }
    const pkgid = spec ?? name;
    const keyOf = (url: string) => `${full ? 'full' : 'corgi'}:${url}`;
    const cached = new Map<string, CachedText>();
    if (cache !== undefined) {
      for (const { url } of candidates.filter((one) => this.#isPublic(one))) {
        const entry = await cache.get(keyOf(url));
        if (entry !== undefined) cached.set(url, entry);
      }
    }
    const now = Date.now();
    const usable = ({ url, baked }: Candidate) => {
      const entry = baked ? undefined : cached.get(url);
      const fresh =
        cacheMode === 'offline' || cacheMode === 'prefer-offline' || (cacheMode === 'default' && (entry?.freshUntilMs ?? 0) > now);
      return fresh ? entry : undefined;
    };
    const askable = cacheMode === 'offline' ? candidates.filter((one) => one.baked || usable(one) !== undefined) : candidates;
    if (askable.length === 0) throw notCached((candidates[0] as Candidate).url, pkgid);
    return this.#ask(
      askable,
      ({ url, baked }) => ({
        signal,
        pkgid,
        accept: full ? 'application/json' : abbreviated,
        maxBytes: maxPackumentBytes,
        ...(baked ? {} : revalidation(url, cached.get(url))),
      }),
      (answer, candidate) => {
        const before = cached.get(candidate.url);
        const key = keyOf(candidate.url);
        const found = (bytes: () => Uint8Array<ArrayBuffer>, etag: string | undefined, isKnown: boolean) =>
          read({ bytes, isKnown, candidate, pkgid, mark: () => this.#markOf(candidate, bytes, etag) });
        if (answer.status === 304 && before !== undefined) {
          const now = { ...before, ...freshness(answer.headers, before.etag) };
          if (!answer.headers.has(fromCache)) void cache?.put(key, now);
          return found(() => new TextEncoder().encode(before.text), now.etag, true);
        }
        const value = found(() => answer.bytes, answer.headers.get('etag') ?? undefined, false);
        if (this.#isPublic(candidate) && cache !== undefined && !/no-store/.test(answer.headers.get('cache-control') ?? '')) {
          const text = new TextDecoder().decode(answer.bytes);
          void cache.put(key, { text, storedMs: now, ...freshness(answer.headers, undefined) });
        }
        return value;
      },
      (one) => {
        const entry = usable(one);
        return entry === undefined ? undefined : cachedAnswer(one.url, entry);
      },
    );
  }

  async #markOf({ url }: Candidate, bytes: () => Uint8Array<ArrayBuffer>, etag: string | undefined): Promise<string | undefined> {
    if (this.#authorization(url) !== undefined) return undefined;
    return `${url} ${etag ?? base64Of(await digest('SHA-256', bytes()))}`;
  }

  /** The cache is of all containers: what somebody has to prove a right to is not for it, as baked files need not be. */
  #isPublic({ url, baked }: Candidate): boolean {
    return !baked && this.#authorization(url) === undefined;
  }

  /** Whether another registry of ours may have it under the same name: not what came from some host of its own. */
  #isOfRegistry(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { origin } = new URL(url);
    return this.#registries.some((registry) => new URL(registry).origin === origin);
  }

  /** Of a baked folder, its index. Asked once; a living registry is remembered as such for a while. */
  #index(registry: string, signal: AbortSignal | undefined): Promise<BakedIndex | undefined> {
    const known = this.#baked.get(registry);
    if (known !== undefined) return known;
    const found = this.#findIndex(registry, signal);
    this.#baked.set(registry, found);
    found.catch(() => this.#baked.delete(registry));
    return found;
  }

  async #findIndex(registry: string, signal: AbortSignal | undefined): Promise<BakedIndex | undefined> {
    const { cache, cacheMode } = this.#options;
    const key = `living:${registry}`;
    const known = await cache?.get(key);
    if (known !== undefined && (known.freshUntilMs > Date.now() || cacheMode === 'offline')) return undefined;
    try {
      const { bytes } = await this.#requests.send(`${registry}${bakedFile}`, { signal, maxBytes: maxPackumentBytes });
      const index = parseBakedIndex(new TextDecoder().decode(bytes));
      if (index !== undefined) return index;
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
      // Whoever cannot be reached is asked as a living registry is, which tells why.
      if (error.code !== 'E404') return undefined;
    }
    void cache?.put(key, { text: '', etag: undefined, storedMs: Date.now(), freshUntilMs: Date.now() + livingMs });
    return undefined;
  }

  /**
   * Asks one place after the other; those that may do better later once more after npm's pauses. Where all fail, the failure that says
   * most is thrown: not that a mirror lacks the package, if another could not be asked.
   */
  async #ask<T>(
    candidates: readonly Candidate[],
    requestOf: (candidate: Candidate) => RequestOptions,
    read: (answer: Answer, candidate: Candidate) => T,
    cachedOf: (candidate: Candidate) => Answer | undefined = () => undefined,
  ): Promise<T> {
    const { retries = 2, factor = 10, minTimeoutMs = 10_000, maxTimeoutMs = 60_000 } = this.#options.retry ?? {};
    const failures = new Map<Candidate, PackageError>();
    let left = candidates;
    for (let attempt = 0; ; attempt++) {
      for (const candidate of left) {
        const answer = cachedOf(candidate);
        if (answer !== undefined) return read(answer, candidate);
        try {
          return read(await this.#requests.send(candidate.url, requestOf(candidate)), candidate);
        } catch (thrown) {
          if (!(thrown instanceof PackageError)) throw thrown;
          const { pkgid } = requestOf(candidate);
          // A static server says that a file is not there by 404, or by a page for everything.
          const isMissing = candidate.baked && (thrown.code === 'E404' || thrown.code === 'FETCH_ERROR');
          const error = isMissing ? notBaked(pkgid ?? candidate.url, candidate.url) : thrown;
          failures.set(candidate, error);
          // Credentials that are refused must be seen, not evaded.
          if (error.statusCode === 401 || error.statusCode === 403) throw error;
        }
      }
      left = left.filter((candidate) => isPassing(failures.get(candidate)));
      const [next] = left;
      if (next === undefined || attempt >= retries) break;
      const failure = failures.get(next) as PackageError;
      const wait = Math.min(Math.max(minTimeoutMs * factor ** attempt, retryAfterMs(failure)), maxTimeoutMs);
      this.#options.onRetry?.({ url: next.url, attempt: attempt + 1, why: failure.message, waitMs: wait });
      await pause(wait, requestOf(next).signal);
    }
    const all = [...failures.values()];
    throw all.find(({ code }) => code !== 'E404' && code !== 'EPERMISSION') ?? all.find(({ code }) => code === 'E404') ?? all[0];
  }
}

/** User and password in an address are sent nowhere: they must not get into texts, lockfiles and keys of the cache either. */
function baseAddress(address: string): string {
  return withSlash(withoutCredentials(address));
}

function bakedHex(index: BakedIndex, url: string, integrity: string | undefined): string | undefined {
  const hashes = decisiveHashes(parseIntegrity(integrity) ?? new Map());
  for (const hash of hashes) {
    if (hash.startsWith('sha512-')) return hexOfDigest(hash.slice('sha512-'.length));
    if (Object.hasOwn(index.aliases, hash)) return index.aliases[hash];
  }
  return Object.hasOwn(index.aliases, url) ? index.aliases[url] : undefined;
}

/** How a copy that may be old is asked for again. From another origin the browser's own cache does it without a preflight. */
function revalidation(url: string, cached: CachedText | undefined): Partial<RequestOptions> {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  if (cached?.etag === undefined) return cached === undefined ? {} : { cache: 'no-cache' };
  return location === undefined || location.origin === new URL(url).origin ? { etag: cached.etag } : { cache: 'no-cache' };
}

function freshness(headers: Headers, before: string | undefined): Pick<CachedText, 'etag' | 'freshUntilMs'> {
  const control = headers.get('cache-control') ?? '';
  const seconds = /no-cache/.test(control) ? 0 : Number(/max-age=(\d+)/.exec(control)?.[1] ?? 0);
  return { etag: headers.get('etag') ?? before, freshUntilMs: Date.now() + seconds * 1000 };
}

/** As if the server had said that nothing changed. */
function cachedAnswer(url: string, { etag }: CachedText): Answer {
  return {
    status: 304,
    url,
    bytes: new Uint8Array(),
    headers: new Headers({ [fromCache]: '1', ...(etag === undefined ? {} : { etag }) }),
  };
}

function retryAfterMs({ headers }: PackageError): number {
  const [value] = headers['retry-after'] ?? [];
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
  });
}

function parseJson(bytes: Uint8Array, url: string, pkgid: string | undefined): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const isPage = text.trimStart().startsWith('<');
    // As V8 says it, whatever the browser.
    const why = isPage ? `Unexpected token '<', "${text.slice(0, 10)}"... is not valid JSON` : (error as Error).message;
    throw new PackageError('FETCH_ERROR', `invalid json response body at ${url} reason: ${why}`, {
      uri: url,
      pkgid,
      cause: error,
      advice: isPage ? ['The address answers with a web page: it is no registry, or it asks to log in. Check the "registry" setting.'] : [],
    });
  }
}

function packumentOf(bytes: Uint8Array, { url, baked }: Candidate, pkgid: string): Packument {
  const value = parseJson(bytes, url, pkgid);
  if (typeof value !== 'object' || value === null || typeof (value as Packument).versions !== 'object') {
    // A package whose versions are all unpublished has none; who picks one says so.
    const empty = { name: pkgid, 'dist-tags': {}, versions: {} };
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !baked) return { ...empty, ...value };
    throw new PackageError('FETCH_ERROR', `invalid packument at ${url}`, { uri: url, pkgid });
  }
  return value as Packument;
}

function notBaked(pkgid: string, uri: string): PackageError {
  return new PackageError('E404', `404 Not Found - GET ${uri} - not in the baked folder`, {
    statusCode: 404,
    pkgid,
    uri,
    method: 'GET',
    advice: ['The folder has only what the lesson was baked with. Bake it again with this package: npx bavini bake'],
  });
}

function notCached(url: string, pkgid: string | undefined): PackageError {
  return new PackageError('ENOTCACHED', `request to ${url} failed: cache mode is 'only-if-cached' but no cached response is available.`, {
    uri: url,
    pkgid,
  });
}
