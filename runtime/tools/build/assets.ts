/** The files of `dist/` that are copied out of packages instead of being bundled. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages, readPackage } from './licences.ts';
import type { Output } from './output.ts';

const require = createRequire(import.meta.url);
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

function countLicence(folder: string): void {
  bundledPackages.set(folder, readPackage(folder));
}

/** The WebAssembly binaries: fetched lazily beside the script, so that no page pays for them in a bundle. */
export async function writeAssets(output: Output): Promise<void> {
  const quickjs = join(modules, '@jitl/quickjs-wasmfile-release-sync');
  await output.write('quickjs.wasm', await readFile(join(quickjs, 'dist/emscripten-module.wasm')));
  countLicence(quickjs);
  // Undici's package carries llhttp's official WebAssembly build as a Buffer.
  const llhttp = require('undici/lib/llhttp/llhttp-wasm.js') as Uint8Array;
  await output.write('llhttp.wasm', llhttp);
  countLicence(dirname(require.resolve('undici/package.json')));
}
