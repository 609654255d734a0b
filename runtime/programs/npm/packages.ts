/** The registries and the store of one run, made when they are first needed: `npm run` never loads them. */
import type { MetadataCache } from '../../packages/metadata-cache.ts';
import type { PackageStore } from '../../packages/package-store.ts';
import type { CacheMode, RegistryAuth, RegistryClient } from '../../packages/registry-client.ts';
import type { Config } from './config/config.ts';
import { scopes } from './config/registries.ts';
import type { Session } from './session.ts';

export interface Packages {
  readonly client: RegistryClient;
  readonly store: PackageStore;
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

/** Of the database of what registries said. */
const metadataCacheName = 'bavini-packuments';

/** Of the whole worker: packages are the same for all programs of the container. */
let opening: Promise<PackageStore> | undefined;
let cache: Promise<MetadataCache> | undefined;

async function openStore(onUnsaved: (message: string) => void): Promise<PackageStore> {
  const { PackageStore } = await import('../../packages/package-store.ts');
  return PackageStore.open({ onUnsaved: (error) => onUnsaved(error.message) });
}

/** Opened when the first packument is asked for, which an install with a lockfile never does. */
const lazyCache: MetadataCache = {
  // Whoever asks does not wait for the making of what is empty.
  get: async (key) => {
    const opening = openCache();
    return (await isNewHere()) ? undefined : (await opening).get(key);
  },
  put: async (key, entry) => {
    const opening = openCache();
    newHere = Promise.resolve(false);
    return (await opening).put(key, entry);
  },
  clear: async () => (await openCache()).clear(),
  list: async () => (await openCache()).list(),
};

function openCache(): Promise<MetadataCache> {
  void isNewHere(); // Which it is no more once this is open.
  return (cache ??= import('../../packages/metadata-cache.ts').then(({ openMetadataCache }) =>
    openMetadataCache({ name: metadataCacheName }),
  ));
}

let newHere: Promise<boolean> | undefined;

/**
 * Whether no registry was ever asked in this browser, so that neither answers nor decisions are remembered: what is needed can be asked for
 * at once. False where the browser does not say.
 */
export function isNewHere(): Promise<boolean> {
  return (newHere ??= hasNoCache());
}

async function hasNoCache(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).every(({ name }) => name !== metadataCacheName);
  } catch {
    return false;
  }
}

/**
 * Begins to open what deciding on a tree needs, while the rest of it is loaded. Who needs it opens it as well, and is told of a failure.
 *
 * @param root Of the project.
 */
export function openAhead(session: Session, root: string): void {
  openCache().catch(() => undefined);
  const asking = async () => {
    const { client } = await openPackages(session);
    // Else an earlier decision may be enough.
    if (await isNewHere()) (await import('./resolve/ask-early.ts')).askEarly(session, root, client);
  };
  asking().catch(() => undefined);
}

const opened = new WeakMap<Session, Promise<Packages>>();

export function openPackages(session: Session): Promise<Packages> {
  let packages = opened.get(session);
  if (packages === undefined) opened.set(session, (packages = open(session)));
  return packages;
}

async function open(session: Session): Promise<Packages> {
  const { config, calls, display } = session;
  const [{ RegistryClient }, store] = await Promise.all([
    import('../../packages/registry-client.ts'),
    // Where there is no IndexedDB at all nobody expects packages to be kept.
    (opening ??= openStore((message) => display.log('indexedDB' in globalThis ? 'warn' : 'verbose', 'cache', message))),
  ]);
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
    replaceRegistryHost: config.text('replace-registry-host') ?? 'npmjs',
    onRetry: ({ url, attempt, why }) => display.log('http', 'fetch', `GET ${url} attempt ${attempt} failed with ${why}`),
    onResponse: ({ url, status, ms, cached }) =>
      display.log('http', 'fetch', `GET ${status} ${url} ${Math.round(ms)}ms${cached ? ' (cache hit)' : ''}`),
  });
  return { client, store, metadata: lazyCache };
}
