/** What registries know of packages: asked once, kept between runs, and marks that tell one answer from a later one. */
import { bakedMetadataPath } from './baked-registry.ts';
import { base64Of, digest } from './digest.ts';
import type { CachedText, MetadataCache } from './metadata-cache.ts';
import { PackageError } from './package-error.ts';
import { maxMetadataBytes, notCached, parseJson, type CacheMode, type Candidate, type Registries } from './registries.ts';
import { packumentPath } from './registry-address.ts';
import type { Answer, RequestOptions } from './requests.ts';

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

const abbreviated = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*';

/** Marks our own answers. */
const fromCache = 'x-from-cache';

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

export class Packuments {
  readonly #registries: Registries;
  readonly #cache: MetadataCache | undefined;
  readonly #cacheMode: CacheMode;
  readonly #asked = new Map<string, Promise<Packument>>();
  /** Of each packument that was read. */
  readonly #marks = new Map<string, Promise<string | undefined>>();

  constructor(registries: Registries, options: { readonly cache?: MetadataCache | undefined; readonly cacheMode?: CacheMode | undefined }) {
    this.#registries = registries;
    this.#cache = options.cache;
    this.#cacheMode = options.cacheMode ?? 'default';
  }

  /**
   * What a registry knows of a package. One request for each name, however often it is asked for.
   *
   * @throws {PackageError} `E404` if no registry has it, else what the first registry failed with.
   */
  get(name: string, options: PackumentOptions = {}): Promise<Packument> {
    const key = packumentKey(name, options);
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#metadata(name, options, ({ bytes, mark, candidate, pkgid }) => {
      const packument = packumentOf(bytes(), candidate, pkgid);
      this.#marks.set(key, mark());
      return packument;
    });
    this.#asked.set(key, asked);
    asked.catch(() => this.#asked.delete(key));
    return asked;
  }

  /**
   * What tells the present answer to {@link get} from another one: that of before where it was asked, else what the registry says now.
   * Undefined for what only those may see who have credentials.
   *
   * @throws {PackageError} as {@link get}.
   */
  async mark(name: string, options: PackumentOptions = {}): Promise<string | undefined> {
    const key = packumentKey(name, options);
    const asked = this.#asked.get(key);
    if (asked === undefined) {
      return this.#metadata(name, options, ({ bytes, mark, isKnown, candidate, pkgid }) => {
        if (!isKnown) packumentOf(bytes(), candidate, pkgid); // What is none must not be kept.
        return mark();
      });
    }
    await asked;
    return this.#marks.get(key);
  }

  /** Finds a packument, in the cache where that is fresh, and keeps it there. */
  async #metadata<T>(name: string, { full = false, spec, signal }: PackumentOptions, read: (found: FoundMetadata) => T): Promise<T> {
    const registries = this.#registries;
    const [cache, cacheMode] = [this.#cache, this.#cacheMode];
    const candidates: Candidate[] = [];
    for (const registry of registries.of(name)) {
      const baked = (await registries.bakedIndex(registry, signal)) !== undefined;
      candidates.push(registries.at(registry, baked ? bakedMetadataPath(name) : packumentPath(name), baked));
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
    return registries.ask({
      candidates: askable,
      requestOf: ({ url, baked }) => ({
        signal,
        pkgid,
        accept: full ? 'application/json' : abbreviated,
        maxBytes: maxMetadataBytes,
        ...(baked ? {} : revalidation(url, cached.get(url))),
      }),
      read: (answer, candidate) => {
        const before = cached.get(candidate.url);
        const key = keyOf(candidate.url);
        const found = (bytes: () => Uint8Array<ArrayBuffer>, etag: string | undefined, isKnown: boolean) =>
          read({ bytes, isKnown, candidate, pkgid, mark: () => this.#markOf(candidate, bytes, etag) });
        if (answer.status === 304 && before !== undefined) {
          const entry = { ...before, ...freshness(answer.headers, before.etag) };
          if (!answer.headers.has(fromCache)) void cache?.put(key, entry);
          return found(() => new TextEncoder().encode(before.text), entry.etag, true);
        }
        const value = found(() => answer.bytes, answer.headers.get('etag') ?? undefined, false);
        if (this.#isPublic(candidate) && cache !== undefined && !/no-store/.test(answer.headers.get('cache-control') ?? '')) {
          const text = new TextDecoder().decode(answer.bytes);
          void cache.put(key, { text, storedMs: now, ...freshness(answer.headers, undefined) });
        }
        return value;
      },
      cachedOf: (one) => {
        const entry = usable(one);
        return entry === undefined ? undefined : cachedAnswer(one.url, entry);
      },
    });
  }

  async #markOf(candidate: Candidate, bytes: () => Uint8Array<ArrayBuffer>, etag: string | undefined): Promise<string | undefined> {
    if (this.#registries.isPrivate(candidate)) return undefined;
    return `${candidate.url} ${etag ?? base64Of(await digest('SHA-256', bytes()))}`;
  }

  /** The cache is of all containers: what somebody has to prove a right to is not for it, as baked files need not be. */
  #isPublic(candidate: Candidate): boolean {
    return !candidate.baked && !this.#registries.isPrivate(candidate);
  }
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
