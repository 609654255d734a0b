import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import { entries } from './runtime/tools/build/entries.ts';
import { importsAtOnce } from './runtime/tools/build/imports-at-once.ts';
import { collectLicences } from './runtime/tools/build/licences.ts';
import { nodeImports, npmModules, requireReturnsDefault } from './runtime/tools/build/npm-modules.ts';
import { nodeParts, partInputs, partsOutput } from './runtime/tools/build/node-parts.ts';
import { aloneChunk, oneScript } from './runtime/tools/build/one-script.ts';
import { strictXterm } from './runtime/tools/build/strict-xterm.ts';
import { ownLit } from './runtime/tools/build/own-lit.ts';
import { sharedDecorate } from './runtime/tools/build/shared-decorate.ts';
import { smallStyles } from './runtime/tools/build/small-styles.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** A path as patterns here have it, on every system. */
function posixPath(/** @type {string} */ path) {
  return path.replaceAll('\\', '/');
}

/** Where npm gets packages on this machine, so that what is built asks the same registry by default. */
function defaultRegistry() {
  return execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', shell: process.platform === 'win32' }).trim();
}

/**
 * What every install with a lockfile runs is one chunk, a third smaller than its twenty parts, and what one without needs besides another:
 * each file costs the browser's threads some milliseconds. What `main` has is loaded first, and asks for the others.
 *
 * @param {string} path A module's file.
 */
function chunkOf(path) {
  const id = posixPath(path);
  if (/\/node_modules\/idb\/|commonjsHelpers/.test(id)) return 'npm';
  // Of semver what locks need; the resolver and other package managers bring the rest.
  const ofSemver = /\/node_modules\/semver\/(.*?)\.js/.exec(id)?.[1] ?? '';
  if (/^(classes|internal|functions\/(cmp|compare|n?eq|[gl]te?|parse|satisfies|valid)$|ranges\/(max-satisfying|valid)$)/.test(ofSemver))
    return 'npm';
  if (ofSemver !== '' || /\/node_modules\/(minimatch|brace-expansion|balanced-match)\//.test(id)) return 'npm-more';
  // Without what marks the copies that Rollup's plugins make.
  const file = posixPath(relative(root, path.replace(/^\0|\?.*$/g, '')));
  // Only where something has to be fetched.
  if (/^runtime\/packages\/(package-tar|tar-headers|tar-encode|gunzip|dropped-buffers|manifest-bins|turns)\.ts$/.test(file))
    return 'npm-unpack';
  if (/^runtime\/(packages\/(?!metadata-cache|testing)|fs\/stores\/)/.test(file)) return 'npm';
  if (file === 'runtime/packages/metadata-cache.ts') return 'change-tree';
  const part = /^runtime\/programs\/npm\/(.*)\.ts$/.exec(file)?.[1] ?? '';
  // Small parts of the resolver that others need as well: each on its own is a request.
  if (/^(main|asked-ahead|new-here|managers\/index)$/.test(part)) return 'main';
  if (/^(commands\/change-tree|progress\/paint-conflict|resolve\/(ask-early|load|remembered|fetch-ahead))$/.test(part))
    return 'change-tree';
  if (/^(cli|packages|permit-request|commands\/(install|reify|table)|install\/install-plan)$/.test(part)) return 'npm';
  if (/^(manifest\/(json-error|package-name)|progress\/inspect|resolve\/(session|github-commit|modules\/process)$)/.test(part))
    return 'npm-more';
  if (
    /^(install\/(?!install-plan|package-scripts)|lockfile\/(?!installed)|config\/(?!deprecations)|(session|disk|paths|failure|versions|compare-names)$)/.test(
      part,
    )
  )
    return 'npm';
  return /^progress\/(colors|display|spinner)$|^manifest\/(?!query|save-manifest|dev-engines|package-name)|^commands\/names$/.test(part)
    ? 'npm'
    : undefined;
}

/**
 * The other package managers have modules of the same names as npm: `managers/yarn/classic/cli.ts` is in `yarn-classic-cli-….js`.
 *
 * @param {string | undefined} id The module that Rollup names the chunk by.
 */
function managerChunk(id) {
  return /\/npm\/managers\/(.*)\.ts$/.exec(posixPath(id ?? ''))?.[1]?.replaceAll('/', '-');
}

/** @type {(entry: import('./runtime/tools/build/entries.ts').Entry, quick: boolean) => import('rollup').OutputOptions} */
function outputOf(entry, quick) {
  const classic = entry.form === 'classic';
  return {
    dir: 'dist',
    format: classic ? 'iife' : 'es',
    entryFileNames: '[name].js',
    chunkFileNames: ({ moduleIds }) => `chunks/${managerChunk(moduleIds.at(-1)) ?? '[name]'}-[hash].js`,
    inlineDynamicImports: (classic && entry.parts !== true) || entry.node === true,
    generatedCode: 'es2015',
    ...(entry.alone === true ? { manualChunks: aloneChunk(entry.name, entry.input) } : {}),
    ...(entry.group === 'shared' ? { manualChunks: chunkOf, onlyExplicitManualChunks: true } : {}),
    ...(classic && entry.parts !== true ? { name: 'bavini', exports: 'auto' } : {}),
    ...(entry.parts === true ? partsOutput(entry.input) : {}),
    plugins: quick
      ? []
      : [
          terser({
            ecma: 2020,
            module: !classic,
            toplevel: entry.parts === true,
            keep_classnames: entry.keepNames === true,
            keep_fnames: entry.keepNames === true,
            compress: { passes: 2 },
            format: { comments: false },
            maxWorkers: 1,
          }),
        ],
  };
}

/**
 * `--configQuick` leaves out minification; `--configOnly kernel,sw` builds these entries only.
 *
 * @param {Record<string, unknown>} args Command line of rollup.
 * @returns {import('rollup').RollupOptions[]} One build for each group of the table in `runtime/tools/build/entries.ts`.
 */
export default function config(args) {
  const quick = args.configQuick !== undefined && args.configQuick !== false;
  const only = typeof args.configOnly === 'string' ? args.configOnly.split(',') : undefined;
  const groups = new Map();
  const define = { __DEFAULT_REGISTRY__: JSON.stringify(defaultRegistry()) };
  for (const entry of entries) {
    if (only !== undefined && !only.includes(entry.name)) continue;
    if (!existsSync(entry.input)) {
      console.log(`skip     ${entry.name}.js: there is no ${entry.input}`);
      continue;
    }
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  }
  return [...groups.values()].map((group) => ({
    input: { ...Object.fromEntries(group.map((entry) => [entry.name, entry.input])), ...(group[0].parts === true ? partInputs() : {}) },
    output: outputOf(group[0], quick),
    // No chunk imports from an entry: WebKit evaluates a worker's own script once more for that, and so does every browser for a
    // script with a query, as some hosts give it. The classes of one copy are strangers to the other.
    preserveEntrySignatures: group[0].parts === true ? 'allow-extension' : 'strict',
    treeshake: {
      moduleSideEffects: (id, external) => !external && !/\/node_modules\/(@codemirror|@lezer|@noble|acorn|sucrase)\//.test(posixPath(id)),
    },
    plugins: [
      npmModules(),
      ...group.filter(({ alone }) => alone === true).map(({ name }) => oneScript(name)),
      ...(group[0].node === true ? [nodeImports()] : []),
      resolve({ browser: true, exportConditions: ['browser', 'production'], extensions: ['.mjs', '.js', '.ts', '.json'] }),
      esbuild({
        target: 'es2022',
        define,
        tsconfig: false,
        tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false, verbatimModuleSyntax: true } },
      }),
      sharedDecorate(),
      ownLit(),
      ...(quick ? [] : [smallStyles()]),
      strictXterm(),
      commonjs({ requireReturnsDefault }),
      collectLicences(),
      ...(group[0].group === 'shared' ? [importsAtOnce(/\/programs\/npm\/main\.ts$/)] : []),
      ...(group[0].parts === true ? [nodeParts()] : []),
    ],
    onLog(level, log, handle) {
      if (log.code === 'CIRCULAR_DEPENDENCY' && log.ids?.every((id) => posixPath(id).includes('/node_modules/'))) return;
      if (log.code === 'THIS_IS_UNDEFINED') return;
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(`${relative(root, log.id ?? '')}: cannot resolve "${log.exporter}"`);
      handle(level, log);
    },
  }));
}
