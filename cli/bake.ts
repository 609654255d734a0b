/** `bavini bake`: everything that a lesson installs, as static files. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { bakedFiles, type BakedFile, type BakedPackument, type BakedVersion } from '../runtime/packages/baked-registry.ts';
import { verifyIntegrity } from '../runtime/packages/integrity.ts';
import { RegistryClient } from '../runtime/packages/registry-client.ts';
import { decideMounts, type WantedMount } from '../runtime/programs/npm/install/mounts.ts';
import { ownSubstitutions } from '../runtime/programs/npm/install/substitutions.ts';
import { cutMetadata } from '../runtime/programs/npm/resolve/cut-metadata.ts';
import type { PackageSource, Resolution, ResolveRequest } from '../runtime/programs/npm/resolve/request.ts';
import { resolveTree } from '../runtime/programs/npm/resolve/resolve.ts';
import { fetchFrom, writeBaked, type Written } from './baked-folder.ts';
import { nodeFiles } from './node-files.ts';
import type { Registries } from './registries.ts';

export interface BakeOptions {
  /** Absolute. Holds a `package.json`. */
  readonly folder: string;
  readonly registries: Registries;
  /** Absolute. Other lessons may be in it already. */
  readonly out: string;
  /** More packages, each with what it needs: `react@18`, `lodash`. */
  readonly also: readonly string[];
  /** Leaves out what only `devDependencies` name. */
  readonly omitDev: boolean;
  readonly say: (line: string) => void;
}

/** What the page's installer reads of a version beside what decides. */
const alsoKept = ['directories', 'hasInstallScript', '_hasShrinkwrap'];
const atOnce = 8;
/** An author asks whom they like. */
const permit = () => Promise.resolve();

type Fields = Readonly<Record<string, unknown>>;

/** One version of a package, by name and version. */
type Id = { readonly name: string; readonly version: string };

/** What is to be baked, gathered from the lesson and from `--also`. */
class Collection {
  readonly mounts = new Map<string, WantedMount>();
  /** Of which at least the metadata is needed. */
  readonly versions = new Map<string, Id>();
  readonly substituted = new Map<string, string>();
  /** By name and version: what to do about packages that do not run in a page. */
  readonly unusable = new Map<string, string>();

  addVersion({ name, version }: Id): void {
    this.versions.set(`${name}@${version}`, { name, version });
  }

  async add(resolution: Resolution, lock: string | undefined, manifest: Fields, client: RegistryClient): Promise<void> {
    const { plan, considered } = resolution;
    const { wanted, substituted, unusable } = await decideMounts({
      plan,
      own: ownSubstitutions(manifest, []),
      client,
      signal: new AbortController().signal,
    });
    for (const mount of wanted) {
      if (!/^https?:/.test(mount.resolved)) continue; // The lesson's own files.
      this.mounts.set(mount.integrity ?? mount.resolved, mount);
      this.addVersion(mount);
    }
    for (const one of await considered()) this.addVersion(one);
    for (const one of locked(lock)) this.addVersion(one);
    for (const { name, version, by, byVersion } of substituted) this.substituted.set(`${name} ${version}`, `${by} ${byVersion}`);
    for (const { name, version, advice } of unusable) this.unusable.set(`${name} ${version}`, advice);
  }
}

/** Packages of a lock that come from registries, those of other platforms too. */
function locked(lock: string | undefined): Id[] {
  const { packages = {} } = JSON.parse(lock ?? '{}') as {
    packages?: Record<string, { name?: string; version?: string; link?: boolean; inBundle?: boolean; resolved?: string }>;
  };
  return Object.entries(packages).flatMap(([place, { name, version, link, inBundle, resolved = 'https:' }]) => {
    if (!place.includes('node_modules/') || version === undefined || link === true || inBundle === true) return [];
    return resolved.startsWith('http') ? [{ name: name ?? (place.split('node_modules/').at(-1) as string), version }] : [];
  });
}

function cutVersion(version: Fields): Fields {
  const { tarball, integrity, shasum } = (version['dist'] ?? {}) as Fields;
  return { ...cutMetadata(version, alsoKept), dist: { tarball, ...(integrity === undefined ? { shasum } : { integrity }) } };
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function textOf(resolution: Resolution, path: string): string | undefined {
  return resolution.plan.files.find((file) => file.path === path)?.text;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Whether it has to be there, the resolver says.
  }
}

/** Runs `work` in a project of nothing. */
async function inEmptyProject<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bavini-')));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function metadataOf(collection: Collection, client: RegistryClient): Promise<BakedPackument[]> {
  const byName = new Map<string, Set<string>>();
  for (const { name, version } of collection.versions.values()) byName.set(name, (byName.get(name) ?? new Set()).add(version));
  return inTurns([...byName.keys()].sort(), async (name) => {
    const packument = await client.packument(name, { full: true });
    const wanted = byName.get(name) as Set<string>;
    const versions = Object.entries(packument.versions).filter(([version]) => wanted.has(version));
    return {
      name,
      'dist-tags': packument['dist-tags'],
      versions: Object.fromEntries(versions.map(([version, fields]) => [version, cutVersion(fields)])),
    };
  });
}

async function bakeAll(collection: Collection, client: RegistryClient): Promise<BakedFile[]> {
  const packuments = await metadataOf(collection, client);
  const mounts = [...collection.mounts.values()];
  const fetched = await inTurns(mounts, async ({ name, version, resolved, integrity }): Promise<BakedVersion> => {
    const tarball = await client.tarball(resolved, { name, spec: `${name}@${version}`, ...(integrity === undefined ? {} : { integrity }) });
    if (integrity !== undefined) await verifyIntegrity(tarball, integrity);
    return { name, version, tarball, ...(integrity === undefined ? { address: resolved } : { integrity }) };
  });
  const have = new Set(fetched.map(({ name, version }) => `${name}@${version}`));
  const rest = [...collection.versions.values()].filter(({ name, version }) => !have.has(`${name}@${version}`));
  return bakedFiles([...fetched, ...rest], packuments);
}

export interface Baked extends Written {
  readonly packages: number;
  /** `esbuild 0.25.0` → `esbuild-wasm 0.25.0`. */
  readonly substituted: ReadonlyMap<string, string>;
  /** Text of the lesson's `package-lock.json`, as it is or as npm would write it. */
  readonly lock: string | undefined;
}

/**
 * Resolves a lesson as npm would, fetches all that its installation needs, proves that the same comes out of the baked files alone, and
 * writes them. The lesson's folder is not touched.
 *
 * @throws {ResolveError} {PackageError} with npm's codes.
 */
export async function bake({ folder, registries, out, also, omitDev, say }: BakeOptions): Promise<Baked> {
  const { client, config: defaults } = registries;
  const config = { ...defaults, ...(omitDev ? { omit: ['dev'] as const } : {}) };
  const collection = new Collection();
  const base: Omit<ResolveRequest, 'source'> = { root: folder, files: nodeFiles, config, permit };
  const resolution = await resolveTree({ ...base, source: client });
  const lock = textOf(resolution, 'package-lock.json') ?? readText(join(folder, 'package-lock.json'));
  const manifest = JSON.parse(readText(join(folder, 'package.json')) ?? '{}') as Fields;
  for (const { code, lines } of resolution.warnings) for (const line of lines) say(`warning: ${code} ${line}`);
  await collection.add(resolution, lock, manifest, client);
  for (const spec of also) {
    const more = await inEmptyProject((root) => resolveTree({ root, files: nodeFiles, config, permit, add: [spec], source: client }));
    await collection.add(more, textOf(more, 'package-lock.json'), manifest, client);
  }
  const files = await bakeAll(collection, client);
  await prove(base, files, lock);
  const written = writeBaked(out, files);
  say(`${basename(folder)}: ${collection.mounts.size} packages, ${written.tarballs} of them new (${(written.bytes / 1e6).toFixed(1)} MB)`);
  for (const [name, by] of collection.substituted) say(`${basename(folder)}: ${name} is replaced by ${by}`);
  for (const [name, advice] of collection.unusable) say(`${basename(folder)}: ${name} does not run in a page: ${advice}`);
  return { ...written, packages: collection.mounts.size, substituted: collection.substituted, lock };
}

/** Decides on the tree once more, from what was baked and nothing else. */
async function prove(base: Omit<ResolveRequest, 'source'>, files: readonly BakedFile[], lock: string | undefined): Promise<void> {
  const address = 'https://baked.test/';
  const offline = new RegistryClient({ registries: [address], fetch: fetchFrom(files, address), retry: { retries: 0 } });
  // Addresses of tarballs in what is baked are those of upstream, as in the lock.
  const source: PackageSource = {
    packument: (name, options) => offline.packument(name, options),
    tarball: (url, options) => offline.tarball(url, options),
  };
  const again = await resolveTree({ ...base, source });
  const text = textOf(again, 'package-lock.json') ?? lock;
  if (text !== lock) throw new Error(`Cannot bake ${base.root}: the baked packages would give another tree than the registry`);
}
