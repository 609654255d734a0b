/**
 * The registries that a configuration names: who is asked for what, in which order and how often, and which of them are baked folders.
 * Knows nothing of what they answer.
 */
import { bakedFile, parseBakedIndex, type BakedIndex } from './baked-registry.ts';
import { authorizationFor, basicOf, type RegistryAuth } from './credentials.ts';
import type { MetadataCache } from './metadata-cache.ts';
import { PackageError } from './package-error.ts';
import { scopeOf, withSlash } from './registry-address.ts';
import { isPassing, Requests, withoutCredentials, type Answer, type RequestOptions } from './requests.ts';

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

export interface RegistriesOptions {
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

/** One place to ask. */
export interface Candidate {
  readonly url: string;
  readonly baked: boolean;
  /** What the address proves by itself who asks, as the value of a header: its user and password. */
  readonly basic?: string | undefined;
  /** `//user:` of an address with a password, which texts show as npm does: `//user:***@`. */
  readonly user?: string | undefined;
}

export interface Question<T> {
  readonly candidates: readonly Candidate[];
  readonly requestOf: (candidate: Candidate) => RequestOptions;
  readonly read: (answer: Answer, candidate: Candidate) => T;
  /** An answer that is at hand. */
  readonly cachedOf?: (candidate: Candidate) => Answer | undefined;
}

export const maxMetadataBytes = 128 << 20;
/** How long a registry is known to be no baked folder. */
const livingMs = 600_000;

export class Registries {
  readonly #options: RegistriesOptions;
  /** Base addresses. They end with a slash. */
  readonly all: readonly string[];
  readonly #scopes: Readonly<Record<string, string>>;
  readonly #authorization: (url: string) => string | undefined;
  /** By base address: what those had that were given with user and password. */
  readonly #logins = new Map<string, Pick<Candidate, 'basic' | 'user'>>();
  readonly #requests: Requests;
  readonly #indexes = new Map<string, Promise<BakedIndex | undefined>>();

  constructor(options: RegistriesOptions) {
    if (options.registries.length === 0) throw new RangeError('Cannot ask registries: none is given');
    this.#options = options;
    this.all = options.registries.map((address) => this.#baseAddress(address));
    this.#scopes = Object.fromEntries(Object.entries(options.scopes ?? {}).map(([scope, address]) => [scope, this.#baseAddress(address)]));
    const auth = options.auth ?? {};
    const known = [...this.all, ...Object.values(this.#scopes)];
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

  /** User and password are kept apart: they must not get into texts, lockfiles and keys of the cache. */
  #baseAddress(address: string): string {
    const base = withSlash(withoutCredentials(address));
    const basic = basicOf(address);
    const [user] = /\/\/[^/:@]+:(?=[^/@]+@)/.exec(address) ?? [];
    if (basic !== undefined) this.#logins.set(base, { basic, user });
    return base;
  }

  get first(): string {
    return this.all[0] as string;
  }

  /** Those that are asked for a package, in order. */
  of(name: string): readonly string[] {
    const scope = scopeOf(name);
    const own = scope === undefined || !Object.hasOwn(this.#scopes, scope) ? undefined : this.#scopes[scope];
    return own === undefined ? this.all : [own];
  }

  /** Whether another registry of ours may have it under the same name: not what came from some host of its own. */
  mayMirror(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { origin } = new URL(url);
    return this.all.some((registry) => new URL(registry).origin === origin);
  }

  /** A file of a registry. */
  at(registry: string, path: string, baked: boolean): Candidate {
    return { url: `${registry}${path}`, baked, ...this.#logins.get(registry) };
  }

  /** Whether only those get an answer who prove a right to it. */
  isPrivate({ url, basic }: Candidate): boolean {
    return (this.#authorization(url) ?? basic) !== undefined;
  }

  /** Of a baked folder, its index. Asked once; a living registry is remembered as such for a while. */
  bakedIndex(registry: string, signal: AbortSignal | undefined): Promise<BakedIndex | undefined> {
    const known = this.#indexes.get(registry);
    if (known !== undefined) return known;
    const found = this.#findIndex(registry, signal);
    this.#indexes.set(registry, found);
    found.catch(() => this.#indexes.delete(registry));
    return found;
  }

  async #findIndex(registry: string, signal: AbortSignal | undefined): Promise<BakedIndex | undefined> {
    const { cache, cacheMode } = this.#options;
    const key = `living:${registry}`;
    const known = await cache?.get(key);
    if (known !== undefined && (known.freshUntilMs > Date.now() || cacheMode === 'offline')) return undefined;
    try {
      const { url, basic } = this.at(registry, bakedFile, true);
      const { bytes } = await this.#requests.send(url, { signal, basic, maxBytes: maxMetadataBytes });
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
   * Asks one place after the other; those that may do better later once more after npm's pauses.
   *
   * @throws {PackageError} Where all fail, the failure that says most: not that a mirror lacks the package, if another could not be asked.
   */
  async ask<T>({ candidates, requestOf, read, cachedOf }: Question<T>): Promise<T> {
    const { retries = 2, factor = 10, minTimeoutMs = 10_000, maxTimeoutMs = 60_000 } = this.#options.retry ?? {};
    const failures = new Map<Candidate, PackageError>();
    let left = candidates;
    for (let attempt = 0; ; attempt++) {
      for (const candidate of left) {
        const answer = cachedOf?.(candidate);
        if (answer !== undefined) return read(answer, candidate);
        try {
          return read(await this.#requests.send(candidate.url, { ...requestOf(candidate), basic: candidate.basic }), candidate);
        } catch (thrown) {
          if (!(thrown instanceof PackageError)) throw thrown;
          const { user } = candidate;
          if (user !== undefined) thrown.message = thrown.message.replace('//', `${user}***@`);
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

export function parseJson(bytes: Uint8Array, url: string, pkgid: string | undefined): unknown {
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

export function notBaked(pkgid: string, uri: string): PackageError {
  return new PackageError('E404', `404 Not Found - GET ${uri} - not in the baked folder`, {
    statusCode: 404,
    pkgid,
    uri,
    method: 'GET',
    advice: ['The folder has only what the lesson was baked with. Bake it again with this package: npx bavini bake'],
  });
}

export function notCached(url: string, pkgid: string | undefined): PackageError {
  return new PackageError('ENOTCACHED', `request to ${url} failed: cache mode is 'only-if-cached' but no cached response is available.`, {
    uri: url,
    pkgid,
  });
}
