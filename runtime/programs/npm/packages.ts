/** The registries and the store of one run, made when they are first needed: `npm run` never loads them. */
import type { MetadataCache } from '../../packages/metadata-cache.ts';
import type { PackageStore } from '../../packages/package-store.ts';
import type { CacheMode, RegistryAuth, RegistryClient } from '../../packages/registry-client.ts';
import { fetchAsked } from './asked-ahead.ts';
import type { Config } from './config/config.ts';
import { scopes } from './config/registries.ts';
import { metadataCacheName, noLongerNew, wasNewHere } from './new-here.ts';
import type { Session } from './session.ts';

export interface Packages extends Registry {
  readonly store: PackageStore;
}

export interface Registry {
  readonly client: RegistryClient;
  /** What registries said, and what was decided on it. */
  readonly metadata: MetadataCache;
}

const authKeys = ['_authToken', '_auth', 'username', '_password'] as const;

/** Credentials by the address they are for, as `.npmrc` has them. */
export function authOf(config: Config): Record<string, RegistryAuth> {
  const found: Record<string, Record<string, string>> = {};
  for (const level of ['global', 'user', 'project', 'env', 'cli'] as const) {
    for (const [name, value] of config.level(level).values) {
      const colon = name.lastIndexOf(':');
      const key = name.slice(colon + 1);
      if (!name.startsWith('//') || typeof value !== 'string' || !(authKeys as readonly string[]).includes(key)) continue;
      const address = name.slice(0, colon);
      (found[address.endsWith('/') ? address : `${address}/`] ??= {})[key] = value;
    }
  }
  return found;
}

function cacheMode(config: Config): CacheMode {
  if (config.flag('offline')) return 'offline';
  if (config.flag('prefer-offline')) return 'prefer-offline';
  return config.flag('prefer-online') ? 'prefer-online' : 'default';
}

/** Of the whole worker: packages are the same for all programs of the container. */
let opening: Promise<PackageStore> | undefined;
let cache: Promise<MetadataCache> | undefined;

/** Why packages are not kept for the next visit, until somebody is there to be told. */
let untold: string | undefined;
let tellUnsaved: ((message: string) => void) | undefined;

async function openStore(): Promise<PackageStore> {
  const { PackageStore } = await import('../../packages/package-store.ts');
  const onUnsaved = ({ message }: Error) => {
    if (tellUnsaved === undefined) untold = message;
    else tellUnsaved(message);
  };
  return PackageStore.open({ onUnsaved });
}

/** Begins what an install waits for, before there is a run. */
export function openStoreAhead(): Promise<PackageStore> {
  return (opening ??= openStore());
}

function listenForUnsaved({ display }: Session): void {
  // Where there is no IndexedDB at all nobody expects packages to be kept.
  tellUnsaved ??= (message) => display.log('indexedDB' in globalThis ? 'warn' : 'verbose', 'cache', message);
  if (untold !== undefined) tellUnsaved(untold);
  untold = undefined;
}

/** Keys of what this worker has put into the cache. */
const putHere = new Set<string>();

/** Opened when the first packument is asked for, which an install with a lockfile never does. */
const lazyCache: MetadataCache = {
  // Whoever asks does not wait for the making of what is empty.
  get: async (key) => {
    const opening = openCache();
    return !putHere.has(key) && (await wasNewHere()) ? undefined : (await opening).get(key);
  },
  put: async (key, entry) => {
    const opening = openCache();
    noLongerNew();
    putHere.add(key);
    return (await opening).put(key, entry);
  },
  clear: async () => (await openCache()).clear(),
  list: async () => (await openCache()).list(),
};

/** Who needs it opens it as well, and is told of a failure. */
export function openCacheAhead(): void {
  openCache().catch(() => undefined);
}

function openCache(): Promise<MetadataCache> {
  void wasNewHere(); // Which it is no more once this is open.
  return (cache ??= import('../../packages/metadata-cache.ts').then(({ openMetadataCache }) =>
    openMetadataCache({ name: metadataCacheName }),
  ));
}

const opened = new WeakMap<Session, { readonly registry: Promise<Registry>; readonly packages: Promise<Packages> }>();

/** The registries alone: there before the store is open. */
export function openRegistry(session: Session): Promise<Registry> {
  return openOnce(session).registry;
}

export function openPackages(session: Session): Promise<Packages> {
  return openOnce(session).packages;
}

function openOnce(session: Session): { readonly registry: Promise<Registry>; readonly packages: Promise<Packages> } {
  const known = opened.get(session);
  if (known !== undefined) return known;
  listenForUnsaved(session);
  const registry = makeRegistry(session);
  const packages = Promise.all([registry, openStoreAhead()]).then(([one, store]) => ({ ...one, store }));
  packages.catch(() => undefined); // Told where it is waited for.
  const both = { registry, packages };
  opened.set(session, both);
  return both;
}

async function makeRegistry(session: Session): Promise<Registry> {
  const { config, calls, display } = session;
  const { RegistryClient } = await import('../../packages/registry-client.ts');
  const registry = config.text('registry') ?? '';
  const client = new RegistryClient({
    registries: config.isDefault('registry') ? session.registries : [registry.endsWith('/') ? registry : `${registry}/`],
    scopes: scopes(config),
    auth: authOf(config),
    permit: (url) => calls.call('permitRequest', { url }),
    retry: {
      retries: config.count('fetch-retries') ?? 2,
      factor: config.count('fetch-retry-factor') ?? 10,
      minTimeoutMs: config.count('fetch-retry-mintimeout') ?? 10_000,
      maxTimeoutMs: config.count('fetch-retry-maxtimeout') ?? 60_000,
    },
    timeoutMs: config.count('fetch-timeout') ?? 300_000,
    maxSockets: config.count('maxsockets') ?? 15,
    cacheMode: cacheMode(config),
    cache: lazyCache,
    fetch: fetchAsked,
    replaceRegistryHost: config.text('replace-registry-host') ?? 'npmjs',
    onRetry: ({ url, attempt, why }) => display.log('http', 'fetch', `GET ${url} attempt ${attempt} failed with ${why}`),
    onResponse: ({ url, status, ms, cached }) =>
      display.log('http', 'fetch', `GET ${status} ${url} ${Math.round(ms)}ms${cached ? ' (cache hit)' : ''}`),
  });
  return { client, metadata: lazyCache };
}
