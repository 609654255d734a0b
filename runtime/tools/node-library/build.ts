/** Writes the layers of Node's library into `dist/`. */
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Output } from '../build/output.ts';
import { countPackage } from '../build/licences.ts';
import { followedSource } from './followed.ts';
import { gzipBest, gzipSmall } from './gzip-small.ts';
import { bundleLazyParts } from './lazy-parts.ts';
import { packLibrary } from './pack.ts';
import { nodeLicence } from './pinned-node.ts';
import { packTar } from './tar.ts';
import type { TarFile } from './tar.ts';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * `node-library.tar.gz` holds `meta.json`, then `lib/<id>.js` in the order in which `node -e 0` loads them;
 * `node-library-rest.tar.gz` the others, the bindings and parts of the program that are evaluated at first use, llhttp's WebAssembly, and Node's licence (29 kB, which the first would be slower for; it is also part of
 * `THIRD-PARTY-LICENSES.txt`).
 */
export async function writeNodeLibrary(
  output: Output,
  { parts, quick }: { readonly parts: ReadonlyMap<string, string>; readonly quick: boolean },
): Promise<void> {
  const { sources, meta, packages, rest: ids } = packLibrary();
  const rest = new Set(ids);
  const files = (second: boolean): TarFile[] =>
    [...sources].filter(([id]) => rest.has(id) === second).map(([id, text]) => ({ name: `lib/${id}.js`, text }));
  const lazy = bundleLazyParts();
  for (const folder of [...packages, ...lazy.packageFolders]) countPackage(resolve(root, folder));
  const partSources = [...parts].map(([name, text]): [string, string] => [`bavini/part-${name}`, text]);
  const followed = ['bavini/followed', followedSource(sources)] as const;
  const lazyFiles = [...lazy.sources, ...partSources, followed].map(([id, text]) => ({ name: `lib/${id}.js`, text }));
  // Undici's package carries llhttp's official WebAssembly build as a Buffer.
  const llhttp = { name: 'native/llhttp.wasm', text: require('undici/lib/llhttp/llhttp-wasm.js') as Uint8Array };
  countPackage(dirname(require.resolve('undici/package.json')));
  const licence = { name: 'LICENSE', text: nodeLicence() };
  for (const [name, content] of [
    ['node-library', [{ name: 'meta.json', text: JSON.stringify(meta) }, ...files(false)]],
    ['node-library-rest', [...files(true), ...lazyFiles, llhttp, licence]],
  ] as const) {
    const tar = packTar(content);
    // Half a minute for the other would not make any process start sooner.
    const packed = quick || name !== 'node-library' ? gzipBest(tar) : await gzipSmall(tar);
    console.log(`         ${name}.tar.gz: ${content.length} files, ${(packed.length / 1000).toFixed(0)} kB`);
    await output.write(`${name}.tar.gz`, packed);
  }
}
