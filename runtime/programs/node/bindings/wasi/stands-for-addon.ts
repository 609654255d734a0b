import { callSites } from '../../call-sites.ts';
import { filePath, PackageReader } from '../../modules/package-json.ts';
import type { NodeRealm } from '../../realm.ts';

/**
 * Whether the module that loads `node:wasi` belongs to a package for processors of the kind `wasm32`: a native addon's build for
 * WebAssembly, taken since a browser cannot load the native one. Who uses such an addon has asked for nothing experimental.
 */
export function standsForAddon(realm: NodeRealm): boolean {
  const loading = callSites(Infinity, 0).find(({ scriptName }) => /^(\/|file:)/.test(scriptName));
  if (loading === undefined) return false;
  const config = new PackageReader(realm).nearest(filePath(loading.scriptName));
  if (config === undefined) return false;
  const { cpu } = JSON.parse(realm.platform.decodeUtf8(realm.syscalls.files.readFile(config[5]))) as { readonly cpu?: unknown };
  return Array.isArray(cpu) && cpu.includes('wasm32');
}
