/** Yarn 4's choice of versions: what the lockfile has for a descriptor stays; else the highest that fits and is not deprecated. */
import semver from 'semver';
import { factsOf, type Facts, type PackumentVersion } from '../../facts.ts';
import { NoMatch, pickVersion } from '../../pick.ts';
import type { Dependencies, Project, ProjectManifest, Workspace } from '../../project.ts';
import { isRegistryRange, remoteSpecifier } from '../../remote-specifier.ts';
import type { RemotePackage } from '../../remotes.ts';
import { isUsualAddress, normalPath } from '../../specifiers.ts';
import { workspaceName } from './layout.ts';
import { changesVersion, isPatched, patchedLocator, patchedRange, patchedSource } from './patches.ts';
import type { BerryEntry, BerryLock } from './lockfile.ts';

export interface BerryResolveOptions {
  readonly project: Project;
  readonly facts: Facts;
  readonly lock?: BerryLock;
  readonly folders?: ReadonlyMap<string, ProjectManifest>;
  /** What Yarn notes of what packages are made of; without, entries have none, and Yarn adds it. */
  readonly sums?: BerrySums;
  /** Whether a repository may be asked, by its address. Default: all. */
  readonly isApproved?: (address: string) => boolean;
  /** An entry with what settings add to its dependencies. Default: nothing. */
  readonly meant?: (entry: BerryEntry) => BerryEntry;
}

export interface BerrySums {
  /** A checksum. */
  readonly published: (found: PackumentVersion) => Promise<string>;
  /** Of the copy that a patch begins with. */
  readonly copied: (found: PackumentVersion) => Promise<string>;
  readonly remote: (remote: RemotePackage, name: string) => Promise<string>;
  readonly folder: (path: string, name: string) => Promise<{ readonly hash: string; readonly checksum: string }>;
  /** A hash of the file itself. */
  readonly file: (remote: RemotePackage) => Promise<string>;
}

/** A repository that the project's settings do not name. */
export class NotApproved extends Error {
  constructor(descriptor: string, address: string) {
    super(
      `${descriptor}: Request to '${address}' has been blocked because it doesn't match any of the patterns in 'approvedGitRepositories'`,
    );
  }
}

const lockVersion = '10';
export const lockCacheKey = '10c0';

/** A descriptor, and who asks. */
interface Asked {
  readonly name: string;
  readonly range: string;
  readonly from: string;
  /** Without the patch that Yarn has for it. */
  readonly isPlain?: true;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export interface BerryResolution {
  readonly lock: BerryLock;
  /** Fetches what has no checksum yet, and notes it. `onSigned` is told at first and after each. */
  readonly sign: (onSigned?: (done: number, total: number) => void) => Promise<void>;
}

export async function resolveBerry(options: BerryResolveOptions): Promise<BerryResolution> {
  const { project, facts, lock, folders, sums, isApproved = () => true, meant = (entry) => entry } = options;
  const entries = new Map<string, BerryEntry>();
  const byResolution = new Map<string, BerryEntry>();
  const unsigned: { readonly entry: BerryEntry; readonly checksum: (sums: BerrySums) => Promise<string> }[] = [];
  const overrides = new Map(
    Object.entries(project.manifest.resolutions ?? {}).map(([path, range]) => [path.replace(/^.*\*\*\//, ''), withProtocol(range)]),
  );
  const asked = new Set<string>();
  let wave: Asked[] = [];
  const ask = (name: string, range: string, from: string) => wave.push({ name, range, from });

  for (const workspace of project.workspaces) {
    const { folder } = workspace;
    const name = workspaceName(project, folder);
    const locator = `${name}@workspace:${folder === '' ? '.' : folder}`;
    const entry = workspaceEntry(workspace, locator);
    entries.set(locator, entry);
    byResolution.set(locator, entry);
    for (const [dependency, range] of Object.entries(meant(entry).dependencies ?? {})) ask(dependency, range, locator);
  }

  while (wave.length > 0) {
    const now = wave.map((each) => bind(each, overrides.get(each.name))).filter(({ descriptor }) => !asked.has(descriptor));
    wave = [];
    for (const { descriptor } of now) asked.add(descriptor);
    await facts.loadAll(
      now.flatMap(({ name, range, descriptor }) =>
        lock?.entries.has(descriptor) === true || !/^(?:npm|patch):/.test(range) ? [] : [publishedName(name, range)],
      ),
    );
    for (const { range, descriptor, from } of now) {
      const plain = unbound(range);
      const specifier = remoteSpecifier(plain);
      if (specifier === undefined || keep(descriptor) !== undefined) continue;
      const address =
        specifier.kind === 'repository' ? repositoryAddress(specifier.name) : specifier.kind === 'git' ? specifier.address : '';
      if (address !== '' && !isApproved(address)) throw new NotApproved(descriptor, address);
      await facts.remotes.loadAll([plain], folderOf(from));
    }
    for (const { name, range, descriptor, from } of now) {
      if (entries.has(descriptor)) continue;
      const workspace = workspaceFor(project, name, range);
      const entry =
        workspace === undefined
          ? (keep(descriptor) ?? (await make(name, range, descriptor, from)))
          : entries.get(`${name}@workspace:${workspace.folder === '' ? '.' : workspace.folder}`);
      if (entry === undefined) throw new NoMatch('version', name, range);
      const same = byResolution.get(entry.resolution) ?? entry;
      byResolution.set(entry.resolution, same);
      entries.set(descriptor, same);
      if (workspace !== undefined) continue;
      for (const [dependency, wanted] of Object.entries(meant(same).dependencies ?? {})) ask(dependency, wanted, same.resolution);
      if (range.startsWith('patch:')) wave.push({ name, range: patchedSource(range), from, isPlain: true });
    }
  }
  const sign: BerryResolution['sign'] = async (onSigned) => {
    if (sums === undefined || unsigned.length === 0) return;
    const total = unsigned.length;
    let done = 0;
    onSigned?.(done, total);
    const work = async (): Promise<void> => {
      for (let next = unsigned.shift(); next !== undefined; next = unsigned.shift()) {
        (next.entry as { checksum?: string }).checksum = await next.checksum(sums);
        onSigned?.(++done, total);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
  };
  return { lock: { version: lockVersion, cacheKey: lockCacheKey, entries }, sign };

  /** Files and folders of the project may have changed since. */
  function keep(descriptor: string): BerryEntry | undefined {
    return /::locator=/.test(descriptor) ? undefined : lock?.entries.get(descriptor);
  }

  async function makeRemote(name: string, plain: string, descriptor: string, from: string, remote: RemotePackage): Promise<BerryEntry> {
    const found = { ...remote.manifest, name, version: remote.manifest.version ?? '0.0.0' } as PackumentVersion;
    const specifier = remoteSpecifier(plain);
    let resolution = `${name}@${plain}`;
    if (specifier?.kind === 'repository') resolution = `${name}@${repositoryAddress(specifier.name)}#commit=${remote.commit ?? ''}`;
    if (specifier?.kind === 'file') {
      const hash = sums === undefined ? '' : `hash=${await sums.file(remote)}&`;
      resolution = `${name}@${plain}#${plain.slice('file:'.length)}::${hash}locator=${encodeURIComponent(from)}`;
    }
    const entry = packageEntry(found, resolution, found.version);
    // The resolution says which file it is: what was noted of the same one holds.
    const before = lock?.entries.get(descriptor);
    if (before?.checksum !== undefined && before.resolution === resolution) return { ...entry, checksum: before.checksum };
    if (conditionsOf(found) === undefined) unsigned.push({ entry, checksum: (all) => all.remote(remote, name) });
    return entry;
  }

  async function make(name: string, range: string, descriptor: string, from: string): Promise<BerryEntry> {
    const plain = unbound(range);
    const path = plain.replace(/^[a-z]+:/, '');
    const folder = normalPath(`${folderOf(from)}/${path}`);
    const manifest = folders?.get(folder);
    if (range.startsWith('link:')) return { version: localVersion, resolution: descriptor, languageName: 'node', linkType: 'soft' };
    if (range.startsWith('portal:')) {
      if (manifest === undefined) throw new NoMatch('package', name, range);
      return { ...packageEntry(manifest as unknown as PackumentVersion, descriptor, localVersion), linkType: 'soft' };
    }
    let remote: RemotePackage | undefined;
    try {
      remote = facts.remotes.get(plain, folderOf(from));
    } catch (error) {
      throw new NoMatch('package', name, plain, error);
    }
    if (remote !== undefined) return makeRemote(name, plain, descriptor, from, remote);
    if (range.startsWith('file:')) {
      if (manifest === undefined) throw new NoMatch('package', name, range);
      const made = await sums?.folder(folder, name);
      const hash = made === undefined ? '' : `hash=${made.hash}&`;
      const entry = packageEntry(
        manifest as unknown as PackumentVersion,
        `${name}@file:${path}#${path}::${hash}locator=${encodeURIComponent(from)}`,
        manifest.version ?? '0.0.0',
      );
      return made === undefined ? entry : { ...entry, checksum: made.checksum };
    }
    const isPatch = range.startsWith('patch:');
    const source = isPatch ? patchedSource(range) : range;
    if (!source.startsWith('npm:')) throw new NoMatch('version', name, range);
    const published = publishedName(name, source);
    const wanted = aliasRange(source);
    const packument = await facts.load(published);
    if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
    const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, { avoidDeprecated: true });
    const found = version === undefined ? undefined : packument.versions?.[version];
    if (version === undefined || found === undefined) throw new NoMatch('version', published, wanted);
    const { tarball } = found.dist ?? {};
    const isUsual = isUsualAddress(tarball, published, version);
    const locator = `${published}@npm:${version}${isUsual ? '' : `::__archiveUrl=${encodeURIComponent(tarball ?? '')}`}`;
    if (isPatch) {
      const entry = packageEntry(found, patchedLocator(published, version), version);
      // The patches themselves are Yarn's: it adds the checksum of what they change.
      if (conditionsOf(found) === undefined && !changesVersion(published, version))
        unsigned.push({ entry, checksum: (all) => all.copied(found) });
      return entry;
    }
    const entry = packageEntry(found, locator, version);
    // What may not be installed at all is not fetched, but for what is to be patched.
    if (conditionsOf(found) === undefined || isPatched(published)) unsigned.push({ entry, checksum: (all) => all.published(found) });
    return entry;
  }
}

const localVersion = '0.0.0-use.local';

export const withProtocol = (range: string) => (/^[a-z]+:/.test(range) || !isRegistryRange(range) ? range : `npm:${range}`);

/** Without who asks. */
const unbound = (range: string) => (/^(?:file|link|portal):/.test(range) ? range.replace(/::.*$/s, '') : range);

/** The folder of a workspace's locator; of other packages none is known. */
const folderOf = (locator: string) => normalPath(/@workspace:([^:]*)$/.exec(locator)?.[1] ?? '');

const repositoryAddress = (name: string) => `https://github.com/${name}.git`;

function publishedName(name: string, range: string): string {
  return /^npm:(@?[^@/]+(?:\/[^@]+)?)@/.exec(range)?.[1] ?? name;
}

function aliasRange(range: string): string {
  return /^npm:@?[^@/]+(?:\/[^@]+)?@(.*)$/.exec(range)?.[1] ?? range.slice(4);
}

/** The descriptor that a wish becomes: overridden, patched, bound to who asks. */
function bind({ name, range, from, isPlain }: Asked, override: string | undefined): Asked & { readonly descriptor: string } {
  let bound = override ?? range;
  if (isPlain !== true) bound = patchedRange(name, bound) ?? bound;
  if (/^(?:\.{0,2}\/)/.test(bound)) bound = `file:${bound}`;
  if (/^(?:file|link|portal):/.test(bound)) bound = `${bound}::locator=${encodeURIComponent(from)}`;
  const descriptor = `${name}@${bound}`;
  return { name, range: bound, from, descriptor };
}

function workspaceFor(project: Project, name: string, range: string): Workspace | undefined {
  const wanted = /^workspace:(.*)$/.exec(range)?.[1];
  return project.workspaces.find(({ folder, manifest }) => {
    if (workspaceName(project, folder) !== name) return false;
    if (wanted !== undefined) return /^[\^~*]?$/.test(wanted) || wanted === folder || semver.validRange(wanted) !== null;
    return (
      range.startsWith('npm:') &&
      manifest.version !== undefined &&
      semver.validRange(range.slice(4)) !== null &&
      semver.satisfies(manifest.version, range.slice(4))
    );
  });
}

function workspaceEntry({ manifest }: Workspace, locator: string): BerryEntry {
  const all = { ...manifest.devDependencies, ...manifest.dependencies, ...manifest.optionalDependencies };
  const entry = packageEntry(
    {
      name: manifest.name ?? '',
      version: '',
      dependencies: all,
      optionalDependencies: manifest.optionalDependencies ?? {},
      peerDependencies: manifest.peerDependencies ?? {},
      ...(manifest.peerDependenciesMeta === undefined ? {} : { peerDependenciesMeta: manifest.peerDependenciesMeta }),
      bin: manifest.bin,
    },
    locator,
    localVersion,
  );
  return { ...entry, languageName: 'unknown', linkType: 'soft' };
}

function conditionsOf(found: PackumentVersion): string | undefined {
  const { os, cpu, libc } = factsOf(found);
  const one = (name: string, list: readonly string[] | undefined) =>
    list === undefined || list.length === 0 ? [] : [`${name}=${list.length === 1 ? (list[0] ?? '') : `(${list.join(' | ')})`}`];
  const parts = [...one('os', os), ...one('cpu', cpu), ...one('libc', libc)];
  return parts.length === 0 ? undefined : parts.join(' & ');
}

function packageEntry(found: PackumentVersion, resolution: string, version: string): BerryEntry {
  const facts = factsOf(found);
  const optional = found.optionalDependencies ?? {};
  const dependencies: Record<string, string> = {};
  for (const [name, range] of Object.entries({ ...found.dependencies, ...optional })) dependencies[name] = withProtocol(range);
  // Built from source where the platform is another: needs what builds it.
  if (found.name === 'fsevents' && dependencies['node-gyp'] === undefined) dependencies['node-gyp'] = 'npm:latest';
  const bin =
    typeof facts.bin === 'string' ? (facts.bin === '' ? {} : { [found.name.replace(/^@[^/]*\//, '')]: facts.bin }) : (facts.bin ?? {});
  const bins = Object.fromEntries(Object.entries(bin).map(([command, file]) => [command, file]));
  const meta = Object.fromEntries(Object.keys(optional).map((name) => [name, { optional: true }]));
  const peerMeta = Object.fromEntries(
    Object.entries(facts.peerDependenciesMeta ?? {})
      .filter(([, each]) => each.optional === true)
      .map(([name]) => [name, { optional: true }]),
  );
  const conditions = conditionsOf(found);
  const some = <T extends object>(value: T | undefined) => (value === undefined || Object.keys(value).length === 0 ? undefined : value);
  const fields = {
    dependencies: some(Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => byText(a, b)))),
    peerDependencies: some(facts.peerDependencies as Dependencies | undefined),
    dependenciesMeta: some(meta),
    peerDependenciesMeta: some(peerMeta),
    bin: some(bins),
    conditions,
  };
  return {
    version,
    resolution,
    ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<BerryEntry>),
    languageName: 'node',
    linkType: 'hard',
  };
}
