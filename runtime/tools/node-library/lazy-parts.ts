/** Bundles the bindings that `runtime/programs/node/bindings/lazy.ts` evaluates at first use. */
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { packagesOfOutputs } from '../build/licences.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const parts = [
  { name: 'crypto', file: 'crypto/index.ts', exported: 'makeCrypto' },
  { name: 'crypto-work', file: 'crypto/work.ts', exported: 'makeCryptoWork' },
  { name: 'crypto-curves', file: 'crypto/noble-curves.ts', exported: 'makeNobleCurves' },
  { name: 'crypto-post-quantum', file: 'crypto/noble-post-quantum.ts', exported: 'makeNoblePostQuantum' },
  { name: 'crypto-aes', file: 'crypto/noble-aes.ts', exported: 'makeNobleAes' },
  { name: 'zlib', file: 'zlib/index.ts', exported: 'makeZlib' },
  { name: 'zlib-codecs', file: 'zlib/codecs.ts', exported: 'makeCodecs' },
  { name: 'brotli', file: 'zlib/brotli-decode-codec.ts', exported: 'makeBrotliDecoder' },
  { name: 'wasi', file: 'wasi/index.ts', exported: 'makeWasi' },
] as const;

export interface LazyParts {
  /** Each a function of `{ getRandomValues }` that gives the binding's `MakeBinding`, by its id among the sources of Node's library. */
  readonly sources: ReadonlyMap<string, string>;
  /** Folders of the packages that they have code of, below the project's. */
  readonly packageFolders: ReadonlySet<string>;
}

/** Takes about 0.2 s. */
export function bundleLazyParts(): LazyParts {
  const sources = new Map<string, string>();
  const packageFolders = new Set<string>();
  for (const { name, file, exported } of parts) {
    const { outputFiles, metafile } = buildSync({
      stdin: {
        contents: `export { ${exported} as make } from './runtime/programs/node/bindings/${file}';`,
        resolveDir: root,
        loader: 'ts',
      },
      absWorkingDir: root,
      bundle: true,
      format: 'iife',
      globalName: 'part',
      target: 'es2022',
      minify: true,
      // Node's `globalThis.crypto` rests on the binding that is being made; libraries find the platform's randomness instead.
      define: { 'globalThis.crypto': 'platformCrypto' },
      // Programs see these names: `util.inspect(handle)`, stacks.
      keepNames: true,
      legalComments: 'none',
      treeShaking: true,
      write: false,
      metafile: true,
    });
    for (const folder of packagesOfOutputs(metafile)) packageFolders.add(folder);
    sources.set(`bavini/${name}`, `(function (platformCrypto) {${outputFiles[0]!.text}\nreturn part.make;\n})`);
  }
  return { sources, packageFolders };
}
