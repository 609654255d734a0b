/** The files of `dist/` that are copied out of packages instead of being bundled. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countPackage, readPackage } from './licences.ts';
import type { Output } from './output.ts';
import { withOwnNamespaces } from './own-namespaces.ts';
import { exportTable } from './quickjs-wasm.ts';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** The build whose imports, exports and memory the engine knows by name and place. */
const quickJsVersion = '0.32.0';

/** Fetched lazily beside the script, so that no page pays for them in a bundle. */
export async function writeAssets(output: Output): Promise<void> {
  const quickjs = join(modules, '@jitl/quickjs-wasmfile-release-sync');
  const { version } = readPackage(quickjs);
  if (version !== quickJsVersion)
    throw new Error(`Cannot ship QuickJS ${version}: runtime/process/engines/quickjs/instance.ts knows ${quickJsVersion} only`);
  await output.write('quickjs.wasm', exportTable(await readFile(join(quickjs, 'dist/emscripten-module.wasm'))));
  countPackage(quickjs);
  // Loaded into inline previews that have module scripts; a script of its own, as it must run before any of theirs.
  const shims = join(modules, 'es-module-shims');
  await output.write('preview-modules.js', withOwnNamespaces(await readFile(join(shims, 'dist/es-module-shims.js'), 'utf8')));
  countPackage(shims);
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  await output.write('bavini.css', await readFile(join(root, 'components/bavini.css')));
  // The folder for another origin is whole in itself.
  await output.write('preview-host/index.html', await readFile(join(root, 'sw/preview-host/index.html')));
}
