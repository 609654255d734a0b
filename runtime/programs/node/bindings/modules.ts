import { PosixError } from '../../../base/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

/** As the library reads it: JSON text for objects and arrays; `exports` given as a string stays bare. */
type PackageTuple = [name: string | undefined, main: string | undefined, type: string, imports: string | undefined, exports: string | undefined, path: string];

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** `internalBinding('modules')`: `package.json` files, read once each. */
export function makeModules(realm: NodeRealm): Untyped {
  const cache = new Map<string, PackageTuple | undefined>();

  const read = (path: string, isEsm?: boolean, base?: string, specifier?: string): PackageTuple | undefined => {
    if (cache.has(path)) return cache.get(path);
    let text: string;
    try {
      text = realm.platform.decodeUtf8(realm.syscalls.files.readFile(path));
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      cache.set(path, undefined);
      return undefined;
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    } catch {
      const { codes } = realm.requireBuiltin('internal/errors');
      const from = base === undefined ? undefined : specifier === undefined ? base : `"${specifier}" from ${base.startsWith('file:') ? realm.requireBuiltin('internal/url').fileURLToPath(base) : base}`;
      void isEsm;
      throw new codes.ERR_INVALID_PACKAGE_CONFIG(path, from, undefined);
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      const { codes } = realm.requireBuiltin('internal/errors');
      throw new codes.ERR_INVALID_PACKAGE_CONFIG(path, undefined, undefined);
    }
    const fields = parsed as Record<string, unknown>;
    const text_ = (value: unknown) => (typeof value === 'string' ? value : undefined);
    const json = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined);
    const type = fields['type'] === 'module' || fields['type'] === 'commonjs' ? fields['type'] : 'none';
    const exports = fields['exports'];
    const tuple: PackageTuple = [
      text_(fields['name']),
      text_(fields['main']),
      type,
      json(fields['imports']),
      typeof exports === 'string' ? exports : json(exports),
      path,
    ];
    cache.set(path, tuple);
    return tuple;
  };

  const nearest = (path: string): PackageTuple | undefined => {
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      if (!folder.endsWith('/node_modules')) {
        const found = read(`${folder === '/' ? '' : folder}/package.json`);
        if (found !== undefined) return found;
      }
      if (folder === '/') return undefined;
    }
  };

  /** From the module at a URL upwards; the last path looked at if there is none. */
  const scope = (resolved: string): PackageTuple | string => {
    const { URL, fileURLToPath } = realm.requireBuiltin('internal/url');
    let url = new URL('./package.json', resolved);
    for (;;) {
      if ((url.pathname as string).endsWith('node_modules/package.json')) break;
      const found = read(fileURLToPath(url) as string);
      if (found !== undefined) return found;
      const last = url.pathname as string;
      url = new URL('../package.json', url);
      if (url.pathname === last) break;
    }
    return fileURLToPath(url) as string;
  };

  return {
    readPackageJSON: read,
    getNearestParentPackageJSON: nearest,
    getNearestParentPackageJSONType: (path: string) => nearest(path)?.[2] ?? 'none',
    getPackageScopeConfig: scope,
    getPackageType(resolved: string) {
      const found = scope(resolved);
      const type = typeof found === 'string' ? 'none' : found[2];
      return type === 'none' ? undefined : type;
    },
    enableCompileCache: () => [3],
    getCompileCacheDir: () => undefined,
    flushCompileCache: () => {},
    getCompileCacheEntry: () => undefined,
    saveCompileCacheEntry: () => {},
    setLazyPathHelpers: () => {},
    compileCacheStatus: ['FAILED', 'ENABLED', 'ALREADY_ENABLED', 'DISABLED'],
    cachedCodeTypes: Object.assign(Object.create(null) as object, {
      kCommonJS: 0, kESM: 1, kStrippedTypeScript: 2, kTransformedTypeScript: 3, kTransformedTypeScriptWithSourceMaps: 4,
    }),
    moduleFormats: Object.assign(Object.create(null) as object, { kCommonJS: 0, kModule: 1 }),
  };
}
