import { filePath, PackageReader, type PackageConfig } from '../modules/package-json.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { nativeError } from '../wraps/errors.ts';

const compileCacheStatus = ['FAILED', 'ENABLED', 'ALREADY_ENABLED', 'DISABLED'];

/** `internalBinding('modules')`: readers of `package.json`, and V8's code cache, of which there is none here. */
export function makeModules(realm: NodeRealm): Untyped {
  const reader = new PackageReader(realm);
  const array = (config: PackageConfig | undefined): Untyped => (config === undefined ? undefined : [...config]);
  return {
    readPackageJSON: (path: string, isEsm?: boolean, base?: string, specifier?: string) =>
      array(reader.read(path, isEsm === true ? { base, specifier } : {})),
    getNearestParentPackageJSON: (path: string) => array(reader.nearest(path)),
    getNearestParentPackageJSONType: (path: string) => reader.nearest(path)?.[2] ?? 'none',
    getPackageScopeConfig(url: string) {
      const found = reader.scope(filePath(url));
      return typeof found === 'string' ? found : array(found);
    },
    getPackageType(url: string) {
      const found = reader.scope(filePath(url));
      return typeof found === 'string' || found[2] === 'none' ? undefined : found[2];
    },
    /** `[status, message]`: there is no code of the engine's own that could be kept. */
    enableCompileCache(folder: unknown) {
      if (typeof folder !== 'string') throw nativeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'cacheDir should be a string');
      return [compileCacheStatus.indexOf('DISABLED'), 'The engine gives no access to its compiled code'];
    },
    getCompileCacheDir: () => undefined,
    flushCompileCache: () => undefined,
    getCompileCacheEntry: () => undefined,
    saveCompileCacheEntry: () => undefined,
    /** `dirname` and `filename` of an `import.meta`. */
    setLazyPathHelpers(meta: Record<string, unknown>, url: string) {
      const filename = realm.requireBuiltin('internal/url').fileURLToPath(url) as string;
      meta['dirname'] = realm.requireBuiltin('path').dirname(filename) as string;
      meta['filename'] = filename;
    },
    compileCacheStatus,
    cachedCodeTypes: Object.assign(Object.create(null) as object, {
      kCommonJS: 0,
      kESM: 1,
      kStrippedTypeScript: 2,
      kTransformedTypeScript: 3,
      kTransformedTypeScriptWithSourceMaps: 4,
    }),
    moduleFormats: Object.assign(Object.create(null) as object, { kCommonJS: 0, kModule: 1 }),
  };
}
