/** Yarn 1's choice of versions: what the lockfile has stays; else the highest that fits, `latest` first. */
import type { Facts } from '../../facts.ts';
import { NoMatch, pickVersion } from '../../pick.ts';
import type { Dependencies, Project } from '../../project.ts';
import { isRegistryRange, remoteSpecifier } from '../../remote-specifier.ts';
import { aliasOf, normalPath, splitSpecifier } from '../../specifiers.ts';
import { ownPatterns, resolutionFor, workspaceFor } from './packages.ts';
import type { ClassicEntry, ClassicLock } from './lockfile.ts';

export interface ClassicResolveOptions {
  readonly project: Project;
  /** What is kept. */
  readonly lock: ClassicLock;
  readonly facts: Facts;
  readonly folders?: ReadonlyMap<
    string,
    { readonly version?: string; readonly dependencies?: Dependencies; readonly optionalDependencies?: Dependencies }
  >;
  /** The lockfile must say everything. */
  readonly frozen?: boolean;
}

/** `yarn install --frozen-lockfile`, and the lockfile does not fit. */
export class LockNeedsUpdate extends Error {}

const only = (dependencies: Dependencies | undefined, without: Dependencies = {}): Record<string, string> | undefined => {
  const entries = Object.entries(dependencies ?? {}).filter(([name]) => !(name in without));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

/** @throws {NoMatch} {@link LockNeedsUpdate} */
export async function resolveClassic({ project, lock, facts, folders, frozen }: ClassicResolveOptions): Promise<ClassicLock> {
  const result: ClassicLock = new Map();
  const byRemote = new Map<string, ClassicEntry>();
  const asked = new Set<string>();
  let wave = project.workspaces.flatMap((workspace) => ownPatterns(workspace));
  while (wave.length > 0) {
    const overridden = wave.map((pattern) => [pattern, resolutionFor(splitSpecifier(pattern).name, project)] as const);
    const patterns = [...new Set(overridden.map(([pattern, resolution]) => resolution ?? pattern))].filter(
      (pattern) => !asked.has(pattern),
    );
    for (const pattern of patterns) asked.add(pattern);
    const open = patterns.filter((pattern) => workspaceFor(pattern, project) === undefined);
    if (frozen === true && open.some((pattern) => !lock.has(pattern))) throw new LockNeedsUpdate();
    await facts.loadAll(open.filter((pattern) => !lock.has(pattern) && isPublished(pattern)).map(publishedName));
    await facts.remotes.loadAll(open.filter((pattern) => !lock.has(pattern)).map((pattern) => splitSpecifier(pattern).range));
    const entries = open.map((pattern) => {
      const entry = lock.get(pattern) ?? choose(pattern);
      // What no registry has is the same only under the same name.
      const remote = isPublished(pattern) && entry.resolved !== undefined ? entry.resolved : `${pattern}@${entry.version}`;
      const same = byRemote.get(remote) ?? entry;
      byRemote.set(remote, same);
      result.set(pattern, same);
      return same;
    });
    for (const [pattern, resolution] of overridden) {
      const entry = resolution === undefined ? undefined : result.get(resolution);
      if (entry !== undefined) result.set(pattern, entry);
    }
    // What links lead to has its own `node_modules`, and is resolved here all the same.
    const linked = open.flatMap((pattern) => folders?.get(linkedFolder(pattern) ?? '*') ?? []);
    wave = [...entries, ...linked].flatMap(({ dependencies, optionalDependencies }) =>
      Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, range]) => `${name}@${range}`),
    );
  }
  return result;

  function remoteEntry(range: string): ClassicEntry | undefined {
    const remote = facts.remotes.get(range);
    const specifier = remoteSpecifier(range);
    if (remote === undefined || specifier === undefined) return undefined;
    const { manifest, tarball, shasum, commit = '' } = remote;
    const isAddress = specifier.kind === 'repository' && !specifier.isShort;
    const resolved =
      specifier.kind !== 'repository' ? `${range}#${shasum}` : isAddress ? `${range.replace(/#.*$/s, '')}#${commit}` : tarball;
    return entryOf({ version: manifest.version ?? '0.0.0', resolved }, manifest);
  }

  function choose(pattern: string): ClassicEntry {
    const { name, range } = splitSpecifier(pattern);
    if (range.startsWith('link:')) return { version: '0.0.0', uid: '' };
    const remote = remoteEntry(range);
    if (remote !== undefined) return remote;
    if (!isPublished(pattern)) {
      const folder = folders?.get(normalPath(range.replace(/^file:/, '')));
      if (folder === undefined) throw new NoMatch('package', name, range);
      return entryOf({ version: folder.version ?? '0.0.0' }, folder);
    }
    const published = publishedName(pattern);
    const packument = facts.packument(published);
    if (packument === undefined) throw new NoMatch('package', published, range, facts.failure(published));
    const version = pickVersion(packument, aliasOf(range)?.range ?? range, { preferLatest: true });
    const found = version === undefined ? undefined : packument.versions?.[version];
    if (version === undefined || found === undefined) throw new NoMatch('version', published, aliasOf(range)?.range ?? range);
    const { tarball = '', shasum, integrity } = found.dist ?? {};
    return entryOf(
      { version, resolved: shasum === undefined ? tarball : `${tarball}#${shasum}`, ...(integrity === undefined ? {} : { integrity }) },
      found,
    );
  }
}

const linkedFolder = (pattern: string) => {
  const { range } = splitSpecifier(pattern);
  return range.startsWith('link:') ? normalPath(range.slice('link:'.length)) : undefined;
};

const isPublished = (pattern: string) => isRegistryRange(splitSpecifier(pattern).range);

function publishedName(pattern: string): string {
  const { name, range } = splitSpecifier(pattern);
  return aliasOf(range)?.name ?? name;
}

function entryOf(
  base: ClassicEntry,
  { dependencies, optionalDependencies }: { readonly dependencies?: Dependencies; readonly optionalDependencies?: Dependencies },
): ClassicEntry {
  const plain = only(dependencies, optionalDependencies);
  const optional = only(optionalDependencies);
  return {
    ...base,
    ...(plain === undefined ? {} : { dependencies: plain }),
    ...(optional === undefined ? {} : { optionalDependencies: optional }),
  };
}
