import type { NodeRealm } from '../realm.ts';
import { nativeError } from '../wraps/errors.ts';

/** Where a package without `exports` may begin: first with its `main`, then without. */
const withMain = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'] as const;
const withoutMain = ['index.js', 'index.json', 'index.node'] as const;

/** `legacyMainResolve(packageJsonPath, main, base)`: the index of the first candidate that is a file. */
export function makeMainResolve(realm: NodeRealm): (packageJson: string, main: string | undefined, base?: string) => number {
  const isFile = (path: string): boolean => realm.internalBinding('fs').internalModuleStat(path) === 0;
  return (packageJson, main, base) => {
    const { URL, fileURLToPath } = realm.requireBuiltin('internal/url');
    const { resolve } = realm.requireBuiltin('path') as { resolve(...paths: string[]): string };
    const folder = packageJson.startsWith('file:')
      ? (fileURLToPath(new URL('.', packageJson)) as string)
      : packageJson.replace(/[^/]*$/, '');
    if (typeof main === 'string' && main !== '') {
      const path = resolve(folder, main);
      for (const [index, ending] of withMain.entries()) if (isFile(path + ending)) return index;
    }
    for (const [index, name] of withoutMain.entries()) if (isFile(folder + name)) return withMain.length + index;
    const looked = typeof main === 'string' ? resolve(folder, main) : `${folder}index.js`;
    const from = base?.startsWith('file:') === true ? (fileURLToPath(base) as string) : base;
    throw nativeError(Error, 'ERR_MODULE_NOT_FOUND', `Cannot find package '${looked}' imported from ${from}`);
  };
}
