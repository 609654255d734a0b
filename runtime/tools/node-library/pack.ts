/** Patches and shrinks Node's library and sorts it into two layers. Kept in `.cache/node-library/` until an input changes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answersFile, dumpSources, recordedAnswers } from './dump.ts';
import type { DumpedMeta } from './dump.ts';
import { patches } from './patches.ts';
import { buildSync } from 'esbuild';
import { packagesOfOutputs } from '../build/licences.ts';
import { findPinnedNode } from './pinned-node.ts';
import { configOf, type LibraryMeta } from '../../programs/node/library.ts';
import { isInRest, whyLeftOut } from './selection.ts';
import { blankComments, minify, minifyWhole } from './shrink.ts';

export interface PackedLibrary {
  /** In the order in which `node -e 0` loads them, then by name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly meta: LibraryMeta;
  /** Ids of the second layer, `node-library-rest`. */
  readonly rest: readonly string[];
  /** Folders of the packages beside Node that `sources` have code of, below the project's. */
  readonly packages: readonly string[];
}

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = fileURLToPath(new URL('../../../.cache/node-library', import.meta.url));

/** Fails if a patch does not find what it expects, or names a builtin that is not shipped. */
function patchAll(natives: Readonly<Record<string, string>>): Map<string, string> {
  const sources = new Map(Object.entries(natives));
  for (const { id, why, apply } of patches) {
    const source = sources.get(id);
    if (source === undefined) throw new Error(`Cannot patch "${id}" (${why}): Node has no such builtin`);
    let patched;
    try {
      patched = apply(source);
    } catch (error) {
      throw new Error(`Cannot patch "${id}" (${why})`, { cause: error });
    }
    if (patched === source) throw new Error(`Cannot patch "${id}" (${why}): nothing changed`);
    sources.set(id, patched);
  }
  return sources;
}

/** Where Node's library asks for types to be stripped. Ours takes the place of its WebAssembly. */
const typeScriptId = 'internal/deps/amaro/dist/index';
const typeScriptFolder = fileURLToPath(new URL('../../programs/node/typescript/', import.meta.url));

/** Nobody sees its names: programs cannot load it. */
const parserId = 'internal/deps/acorn/acorn/dist/acorn';

/** A builtin of its own, so that nothing of it is read before the first TypeScript file. */
function bundleTypeScript(): { readonly text: string; readonly packages: readonly string[] } {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [join(typeScriptFolder, 'strip.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
  });
  return { text: outputFiles[0]!.text, packages: [...packagesOfOutputs(metafile)] };
}

/** What `node --help` prints, which nobody else asks for. */
function optionHelp({ optionInfo }: DumpedMeta): Record<string, string> {
  return Object.fromEntries(optionInfo.map(([name, { helpText }]) => [name, helpText]));
}

/** @throws {Error} if processes would not make of it what was dumped */
function configWithoutFiles({ config, builtinIds }: DumpedMeta): string {
  const parsed = JSON.parse(config) as { variables: { node_library_files: string[] } };
  const whole = JSON.stringify(parsed);
  parsed.variables.node_library_files = [];
  const shipped = JSON.stringify(parsed);
  if (configOf({ config: shipped, builtinIds }) !== whole) throw new Error('Cannot ship process.config: its files are not the builtins');
  return shipped;
}

/** What processes read of it, and nothing else: they all wait for it. */
function shippedOf(meta: DumpedMeta): Omit<LibraryMeta, 'leftOut'> {
  const { version, versions, release, constants, builtinIds, uvErrors, optionAliases, optionTypes, envSettings } = meta;
  const optionInfo = meta.optionInfo.map(([name, { envVarSettings, type, defaultIsTrue }]): LibraryMeta['optionInfo'][number] => [
    name,
    { envVarSettings, type, defaultIsTrue },
  ]);
  const switches = new Set(
    optionInfo.flatMap(([name, { type }]) => (type === optionTypes.kBoolean ? [name, name.replace('--', '--no-')] : [])),
  );
  const optionValues = Object.fromEntries(Object.entries(meta.optionValues).filter(([name]) => !switches.has(name)));
  const config = configWithoutFiles(meta);
  return {
    version,
    versions,
    release,
    config,
    constants,
    builtinIds,
    uvErrors,
    optionValues,
    optionInfo,
    optionAliases,
    optionTypes,
    envSettings,
  };
}

function shrunk(id: string, source: string, isLate: boolean): string {
  if (id === parserId) return minifyWhole(source);
  return id.startsWith('internal/deps/') ? minify(source) : blankComments(source, { besideCode: isLate });
}

function pack(): PackedLibrary {
  const { binary, version } = findPinnedNode();
  const natives = dumpSources(binary);
  const { meta, http2, engineOptions } = recordedAnswers(version);
  const patched = patchAll(natives);
  const sources = new Map<string, string>();
  const reasons: Record<string, string> = {};
  for (const id of new Set([...meta.bootOrder, ...Object.keys(natives).sort()])) {
    const why = whyLeftOut(id, meta.bootOrder);
    if (why !== undefined) {
      reasons[id] = why;
      continue;
    }
    const source = patched.get(id) ?? '';
    sources.set(id, shrunk(id, source, isInRest(id, meta.bootOrder)));
  }
  sources.set('bavini/http2-data', `return ${JSON.stringify(http2)};`);
  const { text, packages } = bundleTypeScript();
  sources.set(typeScriptId, text);
  delete reasons[typeScriptId];
  sources.set('bavini/option-help', `return ${JSON.stringify(optionHelp(meta))};`);
  sources.set('bavini/engine-options', `return ${JSON.stringify(engineOptions)};`);
  const rest = [...sources.keys()].filter((id) => isInRest(id, meta.bootOrder));
  return { sources, meta: { ...shippedOf(meta), leftOut: reasons }, rest, packages };
}

function inputHash(version: string): string {
  const hash = createHash('sha256').update(version).update(readFileSync(answersFile));
  for (const name of readdirSync(here).sort())
    if (name.endsWith('.ts') && !name.endsWith('.test.ts')) hash.update(readFileSync(join(here, name)));
  for (const name of readdirSync(typeScriptFolder).sort()) hash.update(readFileSync(join(typeScriptFolder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** From the cache where that is younger than every input, else made anew (about 3 s). */
export function packLibrary(): PackedLibrary {
  const { version } = findPinnedNode();
  const file = join(cache, `${version}-${inputHash(version)}.json`);
  if (existsSync(file)) {
    const { sources, ...others } = JSON.parse(readFileSync(file, 'utf8')) as Omit<PackedLibrary, 'sources'> & {
      sources: [string, string][];
    };
    return { sources: new Map(sources), ...others };
  }
  const library = pack();
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${file}.${process.pid}.part`, JSON.stringify({ ...library, sources: [...library.sources] }));
  renameSync(`${file}.${process.pid}.part`, file);
  return library;
}
