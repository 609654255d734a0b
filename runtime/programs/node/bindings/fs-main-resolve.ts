import type { NodeRealm } from '../realm.ts';

/** Where a package without `exports` may begin: first with its `main`, then without. */
const withMain = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'] as const;
const withoutMain = ['index.js', 'index.json', 'index.node'] as const;

/** `legacyMainResolve(packageJsonPath, main, base)`: the index of the first candidate that is a file. */
export function makeMainResolve(realm: NodeRealm): (packageJson: string, main: string | undefined, base?: string) => number {
  const isFile = (path: string): boolean => realm.internalBinding('fs').internalModuleStat(path) === 0;
  return (packageJson, main, base) => {
    const { URL, fileURLToPath } = realm.requireBuiltin('internal/url');
    const folder = packageJson.startsWith('file:')
      ? (fileURLToPath(new URL('.', packageJson)) as string)
      : packageJson.replace(/[^/]*$/, '');
    if (typeof main === 'string' && main !== '') {
      const path = folder + main.replace(/^\.\//, '');
      for (const [index, ending] of withMain.entries()) if (isFile(path + ending)) return index;
    }
    for (const [index, name] of withoutMain.entries()) if (isFile(folder + name)) return withMain.length + index;
    const { codes } = realm.requireBuiltin('internal/errors');
    throw new codes.ERR_MODULE_NOT_FOUND(folder, base === undefined ? undefined : base.startsWith('file:') ? fileURLToPath(base) : base);
  };
}
