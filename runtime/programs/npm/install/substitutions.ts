/**
 * Packages that are native code, and what runs in a page in their place. The one table: names, versions and lockfiles stay npm's, only
 * what is mounted differs. Authors add to it by `"bavini": { "substitutions": { … } }` in `package.json`, or by
 * `bavini-substitutions[]=name=other@version` in `.npmrc`.
 */

/** What becomes of a native package. */
export type Substitution =
  /** Another package is mounted in its place; `version` is that of the original where it is not said. */
  | { readonly kind: 'replace'; readonly by: string; readonly version?: string }
  /** Its JavaScript is used; a build of its native part for WebAssembly is mounted beside it, in its own `node_modules`. */
  | { readonly kind: 'with'; readonly also: readonly string[]; readonly version?: string }
  /** Only a native binary: an empty package of the name is enough. */
  | { readonly kind: 'empty' }
  /** Works without its native part, which its install script would build. */
  | { readonly kind: 'unbuilt' };

interface Row {
  /** A name, or its beginning and `*`. */
  readonly name: string;
  readonly use: Substitution;
}

export const substitutionRows: readonly Row[] = [
  // the same program and API; slower
  { name: 'esbuild', use: { kind: 'replace', by: 'esbuild-wasm' } },
  // the binaries of esbuild
  { name: '@esbuild/*', use: { kind: 'empty' } },
  // the same program and API, since 4.0
  { name: 'rollup', use: { kind: 'replace', by: '@rollup/wasm-node' } },
  // the parsers of rollup
  { name: '@rollup/rollup-*', use: { kind: 'empty' } },
  // the same API; `init()` is called by its Node entry
  { name: 'lightningcss', use: { kind: 'replace', by: 'lightningcss-wasm' } },
  // the binaries of lightningcss
  { name: 'lightningcss-*', use: { kind: 'empty' } },
  // the same API without plugins
  { name: '@swc/core', use: { kind: 'replace', by: '@swc/wasm' } },
  // the binaries of swc
  { name: '@swc/core-*', use: { kind: 'empty' } },
  // Sass itself, compiled to JavaScript
  { name: 'sass-embedded', use: { kind: 'replace', by: 'sass' } },
  // the binaries of sass-embedded
  { name: 'sass-embedded-*', use: { kind: 'empty' } },
  // Sass itself, with the same legacy API
  { name: 'node-sass', use: { kind: 'replace', by: 'sass', version: '^1.0.0' } },
  // loads its WebAssembly build where there is no binary
  { name: 'sharp', use: { kind: 'with', also: ['@img/sharp-wasm32'] } },
  // native libraries of sharp
  { name: '@img/sharp-libvips-*', use: { kind: 'empty' } },
  // the binaries of sharp
  { name: '@img/sharp-linux*', use: { kind: 'empty' } },
  // the same API in JavaScript
  { name: 'bcrypt', use: { kind: 'replace', by: 'bcryptjs', version: '^3.0.0' } },
  // watches through node:fs
  { name: '@parcel/watcher', use: { kind: 'replace', by: '@parcel/watcher-wasm' } },
  // the binaries of @parcel/watcher
  { name: '@parcel/watcher-linux-*', use: { kind: 'empty' } },
  // next loads @next/swc-wasm-nodejs where there is no binary
  { name: '@next/swc-linux-*', use: { kind: 'empty' } },
  // its own fallback
  { name: '@tailwindcss/oxide', use: { kind: 'with', also: ['@tailwindcss/oxide-wasm32-wasi'] } },
  // the binaries of @tailwindcss/oxide
  { name: '@tailwindcss/oxide-linux-*', use: { kind: 'empty' } },
  // its own fallback
  { name: 'rolldown', use: { kind: 'with', also: ['@rolldown/binding-wasm32-wasi'] } },
  // the binaries of rolldown
  { name: '@rolldown/binding-linux-*', use: { kind: 'empty' } },
  // its own fallback
  { name: 'oxc-parser', use: { kind: 'with', also: ['@oxc-parser/binding-wasm32-wasi'] } },
  // the binaries of oxc-parser
  { name: '@oxc-parser/binding-linux-*', use: { kind: 'empty' } },
  // its own fallback
  { name: 'unrs-resolver', use: { kind: 'with', also: ['@unrs/resolver-binding-wasm32-wasi'] } },
  // the binaries of unrs-resolver
  { name: '@unrs/resolver-binding-linux-*', use: { kind: 'empty' } },
  // has a fallback in JavaScript
  { name: 'bufferutil', use: { kind: 'unbuilt' } },
  // has a fallback in JavaScript
  { name: 'utf-8-validate', use: { kind: 'unbuilt' } },
  // its install script only prints
  { name: 'core-js', use: { kind: 'unbuilt' } },
  // its install script only prints
  { name: 'core-js-pure', use: { kind: 'unbuilt' } },
];

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

const exact = new Map(substitutionRows.filter(({ name }) => !name.endsWith('*')).map(({ name, use }) => [name, use]));
const beginnings = substitutionRows.filter(({ name }) => name.endsWith('*')).map(({ name, use }) => [name.slice(0, -1), use] as const);

/** Undefined for a package that is mounted as it is. */
export function substitutionFor(name: string, own: OwnSubstitutions): Substitution | undefined {
  if (own.has(name)) return own.get(name) ?? undefined;
  return exact.get(name) ?? beginnings.find(([start]) => name.startsWith(start) && name !== start)?.[1];
}
