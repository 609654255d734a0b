/**
 * `dist/bundled/` and what stands before it: the package as bundlers and their development servers take it without any configuration.
 *
 * A bundler gives every file a name of its own, and follows only what it recognises. So:
 *
 * - A file that is data is named by `new URL('…', import.meta.url)`, which webpack, Vite, Rspack, Turbopack and Parcel follow. Scripts that are
 *   data have copies that do not end in `.js`: such a file would be minified (webpack), rewritten (Vite's server) or bundled (Parcel).
 * - A worker's script is a module of the page that tells its own address, where `import.meta.url` is one: chunks of Vite, Rollup and esbuild. Vite's
 *   own form for workers refuses scripts with chunks unless it is configured. Others know `new Worker(new URL('…', import.meta.url))`; the
 *   parentheses in ours hide it from Vite, which looks for text and not for syntax.
 * - Modules that a package exports end in `.jsx`: Vite's server puts what ends in `.js` into one file elsewhere, where nothing is found.
 */
import { readFile } from 'node:fs/promises';
import type { OutputChunk } from 'rollup';
import type { Output } from './output.ts';

/** Scripts whose text is handed on. */
const texts = [
  'process-node.js',
  'preview-frame.js',
  'preview-source.js',
  'preview-modules.js',
  'preview-client.js',
  'quickjs-program.js',
  'quickjs-shared.js',
  'quickjs-packages.js',
];
const data = ['node-library.tar.gz', 'node-library-rest.tar.gz', 'quickjs.tar.gz', 'quickjs.wasm'];
export const workers = ['kernel.js', 'shared.js', 'process-quickjs.js'];

/**
 * `import()` of our own in a worker. Vite wraps every one in its `__vitePreload()`, which needs a document. Vite 7 finds them in the text, which
 * the second parentheses keep it from; Vite 8 in the syntax tree: there the nearest `__vitePreload` is this one, which only loads.
 */
const workerImport = (name: string) => `(__vitePreload=>import((${name})))(load=>load())`;

const note = '// Made by `runtime/tools/build/bundled.ts`, for bundlers alone.\n';

function filesModule(): string {
  const rows = [
    ...texts.map((name) => `    '${name}': new URL('./${name}.txt', import.meta.url).href,\n`),
    ...data.map((name) => `    '${name}': new URL('../${name}', import.meta.url).href,\n`),
  ];
  return `${note}globalThis[Symbol.for('bavini files')] ??= {\n  urls: {\n${rows.join('')}  },\n};\n`;
}

function pageModule(): string {
  const rows = workers.map(
    (name) =>
      `  '${name}': () =>\n    typeof __webpack_require__ === 'function' || !tellsAddress\n      ? new Worker((new URL(/* @vite-ignore */ './${name}', import.meta.url)), { type: 'module' })\n      : import('./${name}').then(own),\n`,
  );
  return `${note}import './files.js';

const key = Symbol.for('bavini files');
// In one file with this module (esbuild without splitting) nothing is named by the bundler: what is beside the script counts.
const own = ({ url }) => (url === import.meta.url ? void delete globalThis[key] : url);
const tellsAddress = typeof location === 'object' && import.meta.url.split(':')[0] === location.protocol.slice(0, -1);

globalThis[key].workers ??= {
${rows.join('')}};
`;
}

/** Imported by the page it does nothing but tell where it is. */
const workerModule = (name: string) => `${note}import './files.js';

export const url = import.meta.url;

// An error of the worker, as if it stood here.
const fail = (error) => setTimeout(() => { throw error; });
if (typeof document === 'undefined') ${workerImport(`'../${name}'`)}.catch(fail);
`;

const exported = (from: string) => `${note}import './bundled/page.js';\n\nexport * from './${from}';\n`;

/** A script of workers, as bundlers leave it whole. A module that neither imports nor exports is taken for CommonJS. */
export function workerCode({ code, imports, exports }: OutputChunk): string {
  const written = code.replace(/\bimport\((["']\.\/[^"']+["'])\)/g, (_whole, name: string) => workerImport(name));
  return imports.length + exports.length === 0 ? `${written.trimEnd()}\nexport{};\n` : written;
}

/** After everything else is in `dist/`. */
export async function writeBundled(output: Output): Promise<void> {
  for (const name of texts) await output.write(`bundled/${name}.txt`, await readFile(`dist/${name}`));
  await output.write('bundled/files.js', filesModule());
  await output.write('bundled/page.js', pageModule());
  for (const name of workers) await output.write(`bundled/${name}`, workerModule(name));
  await output.write('elements.jsx', exported('bavini.js'));
  await output.write('api.jsx', exported('index.js'));
  const react = await readFile('dist/react.js', 'utf8');
  await output.write('react.jsx', react.replace("'./bavini.js'", "'./elements.jsx'"));
}
