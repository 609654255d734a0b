/**
 * Packages that are native code, and what runs in a page in their place, where they do not name their own build for WebAssembly
 * (`wasm-twin.ts`). The one table: names, versions and lockfiles stay npm's, only
 * what is mounted differs. Authors add to it by `"bavini": { "substitutions": { … } }` in `package.json`, or by
 * `bavini-substitutions[]=name=other@version` in `.npmrc`.
 */

import satisfies from 'semver/functions/satisfies.js';
import { isBuildOfPlatform } from './wasm-twin.ts';

/** What becomes of a native package. */
export type Substitution =
  /** Another package is mounted in its place; `version` is that of the original where it is not said. */
  | { readonly kind: 'replace'; readonly by: string; readonly version?: string }
  /** Its JavaScript is used; a build of its native part for WebAssembly is mounted in its folder `into` (default: `node_modules`), named `as`. */
  | { readonly kind: 'with'; readonly also: readonly string[]; readonly version?: string; readonly into?: string; readonly as?: string }
  /** An empty package of the name. */
  | { readonly kind: 'empty' }
  /** Only a native binary, of one platform: a package of the name that cannot be loaded and says why. */
  | { readonly kind: 'binary'; readonly advice?: string }
  /** Native, and nothing can take its place: mounted without what its install script would build or fetch; the install says so. */
  | { readonly kind: 'absent'; readonly advice: string }
  /** Nothing can take its place, and it would only hang or say nothing of use: it cannot be loaded and says why, as the install does. */
  | { readonly kind: 'refused'; readonly advice: string }
  /** Works without its native part, which its install script would build. */
  | { readonly kind: 'unbuilt' };

interface Row {
  /** A name, or its beginning and `*`. */
  readonly name: string;
  /** Those that the row is about. Default: all. */
  readonly versions?: string;
  readonly use: Substitution;
}

// Its threads are Emscripten's, which are workers.
const sharp = 'it waits for threads that share memory, which pages can only run in turns; jimp works on images in JavaScript';
const sqlite = 'sql.js is SQLite as WebAssembly';
const drawing = 'pureimage draws in JavaScript';
const monorepo = 'npm run --workspaces runs a script of each workspace';
const browsers = 'the browsers that it drives are native programs; jsdom is a document in JavaScript';

export const substitutionRows: readonly Row[] = [
  // 7 is compiled to a program of each platform; 6 is the same language, with the compiler's API that 7 does not have
  { name: 'typescript', versions: '>=7.0.0-0', use: { kind: 'replace', by: 'typescript', version: '^6.0.0' } },
  { name: '@typescript/typescript-*', use: { kind: 'binary', advice: 'typescript 6 is there for it' } },
  // the same program and API; slower
  { name: 'esbuild', use: { kind: 'replace', by: 'esbuild-wasm' } },
  { name: '@esbuild/*', use: { kind: 'binary', advice: 'esbuild-wasm is there for it' } },
  // the same program and API, since 4.0
  { name: 'rollup', use: { kind: 'replace', by: '@rollup/wasm-node' } },
  { name: '@rollup/rollup-*', use: { kind: 'binary' } },
  // the same API; `init()` is called by its Node entry
  { name: 'lightningcss', use: { kind: 'replace', by: 'lightningcss-wasm' } },
  { name: 'lightningcss-*', use: { kind: 'binary' } },
  // the same API without plugins
  { name: '@swc/core', use: { kind: 'replace', by: '@swc/wasm' } },
  { name: '@swc/core-*', use: { kind: 'binary' } },
  // Sass itself, compiled to JavaScript
  { name: 'sass-embedded', use: { kind: 'replace', by: 'sass' } },
  { name: 'sass-embedded-*', use: { kind: 'binary' } },
  // Sass itself, with the same legacy API
  { name: 'node-sass', use: { kind: 'replace', by: 'sass', version: '^1.0.0' } },
  // the same API in JavaScript
  { name: 'bcrypt', use: { kind: 'replace', by: 'bcryptjs', version: '^3.0.0' } },
  // where it looks for a download of its own
  { name: 'next', use: { kind: 'with', also: ['@next/swc-wasm-nodejs'], into: 'wasm' } },
  { name: '@next/swc-linux-*', use: { kind: 'binary', advice: '@next/swc-wasm-nodejs is there for it' } },
  // their own fallbacks, which newer versions do not list
  { name: 'oxc-parser', use: { kind: 'with', also: ['@oxc-parser/binding-wasm32-wasi'] } },
  { name: '@oxc-parser/binding-linux-*', use: { kind: 'binary' } },
  { name: 'unrs-resolver', use: { kind: 'with', also: ['@unrs/resolver-binding-wasm32-wasi'] } },
  { name: '@unrs/resolver-binding-linux-*', use: { kind: 'binary' } },
  // have fallbacks in JavaScript
  { name: 'bufferutil', use: { kind: 'unbuilt' } },
  { name: 'utf-8-validate', use: { kind: 'unbuilt' } },
  // their install scripts only print
  { name: 'core-js', use: { kind: 'unbuilt' } },
  { name: 'core-js-pure', use: { kind: 'unbuilt' } },
  { name: 'msgpackr-extract', use: { kind: 'unbuilt' } },
  { name: '@msgpackr-extract/*', use: { kind: 'binary' } },
  { name: 'sharp', use: { kind: 'refused', advice: sharp } },
  { name: '@img/sharp-wasm32', use: { kind: 'refused', advice: sharp } },
  { name: '@img/sharp-libvips-*', use: { kind: 'binary', advice: sharp } },
  { name: '@img/sharp-linux*', use: { kind: 'binary', advice: sharp } },
  // Its builds for WebAssembly since 4.2 see no file that changes: how they walk folders again, only Unix and Windows have.
  // Its command line names the files that changed, which those before 4.3 do not read.
  {
    name: '@tailwindcss/oxide',
    versions: '>=4.2.0-0',
    use: { kind: 'with', also: ['@tailwindcss/oxide-wasm32-wasi'], version: '~4.1.18' },
  },
  {
    name: '@tailwindcss/cli',
    use: { kind: 'with', also: ['@tailwindcss/oxide-wasm32-wasi'], version: '^4.3.0', as: '@tailwindcss/oxide' },
  },
  // what it loads as its native part: its own build for WebAssembly, over `fs.watch()`; later ones hide their functions and do not load in Node
  { name: '@parcel/watcher', use: { kind: 'unbuilt' } },
  { name: '@parcel/watcher-linux-x64-glibc', use: { kind: 'replace', by: '@parcel/watcher-wasm', version: '~2.5.0 <2.5.4' } },
  { name: '@parcel/watcher-linux-*', use: { kind: 'binary', advice: '@parcel/watcher-wasm is there for it' } },
  { name: '@turbo/linux-*', use: { kind: 'refused', advice: monorepo } },
  { name: '@nx/nx-linux-*', use: { kind: 'refused', advice: monorepo } },
  { name: '@biomejs/cli-linux-*', use: { kind: 'refused', advice: 'eslint and prettier are JavaScript' } },
  { name: '@oxlint/binding-linux-*', use: { kind: 'refused', advice: 'eslint is JavaScript' } },
  { name: '@typescript/native-preview-linux-*', use: { kind: 'refused', advice: 'typescript 6 is JavaScript' } },
  { name: '@libsql/linux-*', use: { kind: 'refused', advice: sqlite } },
  { name: 'argon2', use: { kind: 'absent', advice: '@node-rs/argon2@2.0.2 has a build for WebAssembly' } },
  { name: 'better-sqlite3', use: { kind: 'absent', advice: sqlite } },
  { name: 'sqlite3', use: { kind: 'absent', advice: sqlite } },
  { name: 'canvas', use: { kind: 'absent', advice: drawing } },
  { name: '@napi-rs/canvas-linux-*', use: { kind: 'refused', advice: drawing } },
  { name: '@tensorflow/tfjs-node', use: { kind: 'absent', advice: '@tensorflow/tfjs is JavaScript' } },
  { name: 'onnxruntime-node', use: { kind: 'absent', advice: 'onnxruntime-web is WebAssembly' } },
  { name: 'cypress', use: { kind: 'absent', advice: browsers } },
  { name: 'playwright', use: { kind: 'absent', advice: browsers } },
  { name: 'puppeteer', use: { kind: 'absent', advice: browsers } },
  { name: 'electron', use: { kind: 'absent', advice: 'its windows are a native program' } },
  // the client needs none, with a driver that is JavaScript
  {
    name: '@prisma/engines',
    use: {
      kind: 'absent',
      advice:
        'the engine is a native program; PRISMA_SCHEMA_ENGINE_BINARY=/bin/false npx prisma generate makes a client without it, which runs with pglite-prisma-adapter',
    },
  },
];

/** Programs that compile native code or fetch it compiled, as they are called by install scripts. */
const builder =
  /(?:^|[\s;&|(/])(?:node-gyp|node-gyp-build|node-gyp-build-optional-packages|prebuild-install|node-pre-gyp|cmake-js|prebuildify)(?:$|[\s;&|)])/;

/** Whether an install script makes native code. */
export function buildsNativeCode(command: string): boolean {
  return builder.test(command);
}

/** The author's own, by name; `null` takes a row of the table away. */
export type OwnSubstitutions = ReadonlyMap<string, Substitution | null>;

/** `name@version` or a name; `false` for an empty package; `true` or null for the package as it is. */
function ofValue(value: unknown): Substitution | null | undefined {
  if (value === false) return { kind: 'empty' };
  if (value === true || value === null) return null;
  if (typeof value !== 'string' || value === '') return undefined;
  const at = value.indexOf('@', 1);
  return at < 0 ? { kind: 'replace', by: value } : { kind: 'replace', by: value.slice(0, at), version: value.slice(at + 1) };
}

/** What `package.json` (`bavini.substitutions`) and lines of `.npmrc` say. */
export function ownSubstitutions(manifest: Readonly<Record<string, unknown>>, lines: readonly string[]): OwnSubstitutions {
  const found = new Map<string, Substitution | null>();
  const add = (name: string, value: unknown) => {
    const substitution = ofValue(value);
    if (substitution !== undefined) found.set(name, substitution);
  };
  for (const line of lines) {
    const [name = '', value = ''] = line.split(/=(.*)/s);
    add(name.trim(), value.trim() === 'false' ? false : value.trim() === 'true' ? true : value.trim());
  }
  const { bavini } = manifest;
  const table = typeof bavini === 'object' && bavini !== null ? (bavini as { substitutions?: unknown }).substitutions : undefined;
  if (typeof table === 'object' && table !== null) for (const [name, value] of Object.entries(table)) add(name, value);
  return found;
}

const exact = new Map(substitutionRows.filter(({ name }) => !name.endsWith('*')).map((row) => [row.name, row]));
const beginnings = substitutionRows.filter(({ name }) => name.endsWith('*')).map(({ name, use }) => [name.slice(0, -1), use] as const);

/** A package; `twin` is its own build for WebAssembly. */
interface Id {
  readonly name: string;
  readonly version: string;
  readonly twin?: string;
  readonly os?: unknown;
  readonly cpu?: unknown;
}

const nativeAlone: Substitution = { kind: 'refused', advice: 'it is native code, which no browser runs' };
const noBuilds: ReadonlySet<string> = new Set();

/**
 * Undefined for a package that is mounted as it is.
 *
 * @param builds How the names of builds begin that have a twin for WebAssembly (`buildsOf()`).
 */
export function substitutionFor({ name, version, twin, os, cpu }: Id, own: OwnSubstitutions, builds = noBuilds): Substitution | undefined {
  if (own.has(name)) return own.get(name) ?? undefined;
  const row = exact.get(name);
  if (row !== undefined && (row.versions === undefined || satisfies(version, row.versions, true))) return row.use;
  if (twin !== undefined) return { kind: 'with', also: [twin] };
  for (const build of builds) if (name.startsWith(build)) return { kind: 'binary', advice: `${build}wasm32-wasi is there for it` };
  const beginning = beginnings.find(([start]) => name.startsWith(start) && name !== start)?.[1];
  return beginning ?? (isBuildOfPlatform({ os, cpu }) ? nativeAlone : undefined);
}
