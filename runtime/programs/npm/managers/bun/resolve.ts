/** bun's choice of versions and places: each range its best version, `latest` first; places as high as nothing of that name stands in the way. */
import semver from 'semver';
import { factsOf, type Facts, type PackumentVersion } from '../facts.ts';
import { NoMatch, pickVersion } from '../pick.ts';
import type { Dependencies, Project, Workspace } from '../project.ts';
import { aliasOf, isDefaultRegistry, normalPath, splitSpecifier, tarballAddress } from '../specifiers.ts';
import { remoteSpecifier, isRegistryRange } from '../remote-specifier.ts';
import type { RemotePackage } from '../remotes.ts';
import { lockedArchive, lookUp } from './layout.ts';
import { keyParts, type BunLock, type BunPackage, type BunPackageInfo, type BunWorkspace } from './lockfile.ts';

export interface BunResolveOptions {
  readonly project: Project;
  readonly facts: Facts;
  readonly lock?: BunLock;
  /** Ends in a slash. */
  readonly registry: string;
  readonly folders?: ReadonlyMap<
    string,
    { readonly name?: string; readonly version?: string; readonly bin?: unknown; readonly dependencies?: Dependencies }
  >;
}

type Kind = 'dev' | 'plain' | 'optional' | 'peer';

interface Wish {
  readonly name: string;
  readonly range: string;
  readonly kind: Kind;
  /** Comes in the tarball of who asks. */
  readonly bundled: boolean;
}

interface Chosen {
  readonly id: string;
  readonly version: string;
  readonly found?: PackumentVersion;
  readonly workspace?: Workspace;
  readonly folder?: string;
  /** What no registry has. */
  readonly remote?: RemotePackage;
  readonly isLink: boolean;
  wishes: readonly Wish[];
}

interface Tree {
  readonly path: readonly string[];
  readonly parent: Tree | undefined;
  readonly held: Map<string, { readonly chosen: Chosen; readonly kind: Kind; readonly ofRoot: boolean }>;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const sortedEntries = (list: Dependencies | undefined) => Object.entries(list ?? {}).sort(([a], [b]) => byText(a, b));

export async function resolveBun(options: BunResolveOptions): Promise<BunLock> {
  return new BunResolver(options).run();
}

class BunResolver {
  readonly #options: BunResolveOptions;
  readonly #chosen = new Map<string, Chosen>();
  /** By the id of who asks and the name. */
  readonly #edges = new Map<string, Chosen | undefined>();
  readonly #overrides: Readonly<Record<string, string>>;

  constructor(options: BunResolveOptions) {
    this.#options = options;
    const { overrides, resolutions } = options.project.manifest;
    this.#overrides = Object.fromEntries(
      Object.entries({ ...resolutions, ...overrides })
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
        .map(([name, range]) => [name.replace(/^\*\*\//, ''), range]),
    );
  }

  async run(): Promise<BunLock> {
    const { project, lock } = this.#options;
    const [root] = project.workspaces;
    const tops = project.workspaces.map((workspace): Chosen => ({
      id: workspace.folder === '' ? '' : `${workspace.manifest.name ?? ''}@workspace:${workspace.folder}`,
      version: workspace.manifest.version ?? '',
      workspace,
      isLink: false,
      wishes: wishesOf(workspace),
    }));
    for (const top of tops) this.#chosen.set(top.id, top);
    await this.#chooseAll(tops);
    const packages = this.#place(tops);
    const overrides = sortedEntries(this.#overrides);
    return {
      lockfileVersion: lock?.lockfileVersion ?? 2,
      ...(lock === undefined ? { configVersion: 1 } : lock.configVersion === undefined ? {} : { configVersion: lock.configVersion }),
      workspaces: Object.fromEntries(project.workspaces.map((workspace) => [workspace.folder, workspaceRow(workspace)])),
      ...(root?.manifest.trustedDependencies === undefined ? {} : { trustedDependencies: root.manifest.trustedDependencies }),
      ...(overrides.length === 0 ? {} : { overrides: Object.fromEntries(overrides) }),
      packages,
    };
  }

  async #chooseAll(tops: readonly Chosen[]): Promise<void> {
    let wave = [...tops];
    const peers: { readonly from: Chosen; readonly wish: Wish }[] = [];
    const expanded = new Set<Chosen>(wave);
    while (wave.length > 0 || peers.length > 0) {
      // Peers come last: whatever is there already serves them.
      const wishes = wave.length > 0 ? wave.flatMap((from) => from.wishes.map((wish) => ({ from, wish }))) : peers.splice(0);
      const now = wave.length > 0 ? wishes.filter(({ wish }) => wish.kind !== 'peer') : wishes;
      if (wave.length > 0) peers.push(...wishes.filter(({ wish }) => wish.kind === 'peer'));
      await this.#options.facts.loadAll(now.flatMap(({ wish }) => this.#publishedName(wish) ?? []));
      const { remotes } = this.#options.facts;
      for (const { from, wish } of now) void this.#sources.set(`${from.id}\n${wish.name}\n${wish.kind}`, this.#source(from, wish));
      await Promise.all(now.map(({ from, wish }) => remotes.loadAll([this.#sourceOf(from, wish)], folderOf(from))));
      const next: Chosen[] = [];
      for (const { from, wish } of now) {
        const chosen = this.#choose(from, wish);
        this.#edges.set(`${from.id}\n${wish.name}\n${wish.kind}`, chosen);
        if (chosen === undefined || expanded.has(chosen)) continue;
        expanded.add(chosen);
        next.push(chosen);
      }
      wave = next;
    }
  }

  #range({ name, range }: Wish): string {
    return this.#overrides[name] ?? range;
  }

  #publishedName(wish: Wish): string | undefined {
    const range = this.#range(wish);
    return isRegistryRange(range) ? (aliasOf(range)?.name ?? wish.name) : undefined;
  }

  /** By edge: what the lockfile has in the place of a branch or a tag. */
  readonly #sources = new Map<string, string>();

  #sourceOf(from: Chosen, wish: Wish): string {
    return this.#sources.get(`${from.id}\n${wish.name}\n${wish.kind}`) ?? '';
  }

  #source(from: Chosen, wish: Wish): string {
    const range = this.#range(wish);
    if (remoteSpecifier(range)?.kind !== 'repository') return range;
    const { lock } = this.#options;
    if (lock === undefined || from.workspace === undefined || !isLockedWish(lock, from.workspace, wish)) return range;
    const path = from.workspace.folder === '' ? [] : [from.workspace.manifest.name ?? ''];
    const key = lookUp(lock, path, wish.name);
    const { range: reference } = splitSpecifier(key === undefined ? '' : (lock.packages[key]?.id ?? ''));
    return remoteSpecifier(reference)?.kind === 'repository' ? lockedArchive(reference) : range;
  }

  #remote(wish: Wish, range: string, remote: RemotePackage): Chosen {
    const { name = wish.name, version = '' } = remote.manifest;
    const found = { ...remote.manifest, name, version, hasInstallScript: remote.hasInstallScript } as PackumentVersion;
    const short = remote.commit?.slice(0, 7) ?? /\/([^/]+)$/.exec(remote.tarball)?.[1] ?? '';
    const specifier = remoteSpecifier(range);
    const reference = specifier?.kind === 'repository' ? `github:${specifier.name}#${short}` : range.replace(/^file:/, '');
    return this.#keep({ id: `${name}@${reference}`, version, found, remote, isLink: false, wishes: packageWishes(found) });
  }

  #choose(from: Chosen, wish: Wish): Chosen | undefined {
    const { project, facts, folders } = this.#options;
    const range = this.#range(wish);
    const workspace = project.workspaces.find(
      ({ folder, manifest }) =>
        folder !== '' &&
        manifest.name === wish.name &&
        (range.startsWith('workspace:') || semver.satisfies(manifest.version ?? '0.0.0', range, { loose: true })),
    );
    if (workspace !== undefined) return this.#chosen.get(`${wish.name}@workspace:${workspace.folder}`);
    if (range.startsWith('link:')) return this.#keep({ id: `${wish.name}@${range}`, version: '', isLink: true, wishes: [] });
    const source = this.#sourceOf(from, wish);
    let remote: RemotePackage | undefined;
    try {
      remote = facts.remotes.get(source, folderOf(from));
    } catch (error) {
      if (wish.kind === 'optional') return undefined;
      throw new NoMatch('package', wish.name, range, error);
    }
    if (remote !== undefined) return this.#remote(wish, range, remote);
    if (/^(?:file:|\.{1,2}\/)/.test(range)) {
      const folder = normalPath(`${folderOf(from)}/${range.replace(/^file:/, '')}`);
      const described = folders?.get(folder);
      if (described === undefined) throw new NoMatch('package', wish.name, range);
      return this.#keep({
        id: `${described.name ?? wish.name}@file:${folder}`,
        version: described.version ?? '',
        folder,
        found: described as PackumentVersion,
        isLink: false,
        wishes: packageWishes(described as PackumentVersion),
      });
    }
    const name = this.#publishedName(wish);
    if (name === undefined) throw new NoMatch('version', wish.name, range);
    if (wish.kind === 'peer') {
      const there = [...this.#chosen.values()].filter(({ id }) => splitSpecifier(id).name === name && !id.includes('@workspace:'));
      const fitting = there.filter(({ version }) => semver.valid(version) !== null && semver.satisfies(version, range, { loose: true }));
      if (fitting[0] !== undefined) return fitting[0];
      const direct = this.#edges.get(`\n${name}\nplain`) ?? this.#edges.get(`\n${name}\ndev`);
      if (direct !== undefined) return direct;
    }
    const packument = facts.packument(name);
    const wanted = aliasOf(range)?.range ?? range;
    const kept = this.#kept(from, wish, wanted);
    const version = kept ?? (packument === undefined ? undefined : pickVersion(packument, wanted, { preferLatest: true }));
    const found = version === undefined ? undefined : packument?.versions?.[version];
    if (version === undefined || found === undefined) {
      if (wish.kind === 'optional') return undefined;
      throw new NoMatch(packument === undefined ? 'package' : 'version', name, wanted, facts.failure(name));
    }
    return this.#keep({ id: `${name}@${version}`, version, found, isLink: false, wishes: packageWishes(found) });
  }

  /** What the lockfile has for it. */
  #kept(from: Chosen, wish: Wish, wanted: string): string | undefined {
    const { lock } = this.#options;
    if (lock === undefined) return undefined;
    const users =
      from.workspace === undefined
        ? Object.entries(lock.packages)
            .filter(([, { id }]) => id === from.id)
            .map(([key]) => keyParts(key))
        : [from.workspace.folder === '' ? [] : [from.workspace.manifest.name ?? '']];
    if (from.workspace !== undefined && !isLockedWish(lock, from.workspace, wish)) return undefined;
    for (const path of users) {
      const key = lookUp(lock, path, wish.name);
      const { name, range: version } = splitSpecifier(key === undefined ? '' : (lock.packages[key]?.id ?? ''));
      if (
        name === (this.#publishedName(wish) ?? '') &&
        (semver.validRange(wanted) === null || semver.satisfies(version, wanted, { loose: true }))
      )
        return version;
    }
    return undefined;
  }

  #keep(chosen: Chosen): Chosen {
    const known = this.#chosen.get(chosen.id);
    if (known !== undefined) return known;
    this.#chosen.set(chosen.id, chosen);
    return chosen;
  }

  #place(tops: readonly Chosen[]): Record<string, BunPackage> {
    const [top] = tops;
    const root: Tree = { path: [], parent: undefined, held: new Map() };
    const queue: { readonly chosen: Chosen; readonly tree: Tree }[] = [];
    const packages: Record<string, BunPackage> = {};
    const put = (tree: Tree, name: string, chosen: Chosen, kind: Kind, bundled: boolean): void => {
      tree.held.set(name, { chosen, kind, ofRoot: tree === root && queue.length === 0 });
      const path = [...tree.path, name];
      packages[path.join('/')] = this.#row(chosen, bundled);
      queue.push({ chosen, tree: { path, parent: tree, held: new Map() } });
    };
    const fill = (from: Chosen, tree: Tree, extra: readonly Chosen[]): void => {
      const wishes = [...from.wishes];
      for (const workspace of extra)
        wishes.push({ name: workspace.workspace?.manifest.name ?? '', range: 'workspace:', kind: 'plain', bundled: false });
      wishes.sort((a, b) => byText(a.name, b.name));
      for (const wish of wishes.sort((a, b) => rank(a, extra) - rank(b, extra))) {
        const chosen =
          extra.find((each) => each.workspace?.manifest.name === wish.name) ?? this.#edges.get(`${from.id}\n${wish.name}\n${wish.kind}`);
        if (chosen === undefined) continue;
        if (wish.bundled) {
          put(tree, wish.name, chosen, wish.kind, true);
          continue;
        }
        const place = highest(tree, wish, chosen, true);
        if (place !== undefined && place !== 'conflict') put(place, wish.name, chosen, wish.kind, false);
      }
    };
    if (top !== undefined) fill(top, root, tops.slice(1));
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) fill(item.chosen, item.tree, []);
    return packages;
  }

  #row(chosen: Chosen, bundled: boolean): BunPackage {
    const { registry } = this.#options;
    if (chosen.workspace !== undefined || chosen.isLink) return { id: chosen.id, info: {} };
    const { name } = splitSpecifier(chosen.id);
    const { found } = chosen;
    const facts = factsOf(found);
    const optionalPeers = Object.entries(facts.peerDependenciesMeta ?? {})
      .filter(([, { optional }]) => optional === true)
      .map(([peer]) => peer);
    const peers = { ...Object.fromEntries(optionalPeers.map((peer) => [peer, '*'])), ...facts.peerDependencies };
    const plain = Object.entries(found?.dependencies ?? {}).filter(([dependency]) => !(dependency in (found?.optionalDependencies ?? {})));
    const one = (list: readonly string[] | undefined, known: readonly string[]) => {
      const values = (list ?? []).filter((each) => known.includes(each.replace('!', '')));
      if (list === undefined || list.length === 0) return undefined;
      if (values.length === 0) return 'none';
      return values.length === 1 ? values[0] : values;
    };
    const os = one(facts.os, ['aix', 'darwin', 'freebsd', 'linux', 'openbsd', 'sunos', 'win32', 'android']);
    const cpu = one(facts.cpu, ['arm', 'arm64', 'ia32', 'mips', 'mipsel', 'ppc', 'ppc64', 's390', 's390x', 'x32', 'x64']);
    const libc = one(facts.libc, ['glibc', 'musl']);
    const bin = binField(facts.bin);
    const info: BunPackageInfo = {
      ...(plain.length === 0 ? {} : { dependencies: Object.fromEntries(plain.sort(([a], [b]) => byText(a, b))) }),
      ...(Object.keys(found?.optionalDependencies ?? {}).length === 0
        ? {}
        : { optionalDependencies: Object.fromEntries(sortedEntries(found?.optionalDependencies)) }),
      ...(Object.keys(peers).length === 0 ? {} : { peerDependencies: Object.fromEntries(sortedEntries(peers)) }),
      ...(optionalPeers.length === 0 ? {} : { optionalPeers: optionalPeers.sort(byText) }),
      ...(os === undefined ? {} : { os }),
      ...(cpu === undefined ? {} : { cpu }),
      ...(libc === undefined ? {} : { libc }),
      ...(facts.hasInstallScript === true ? { hasInstallScript: true } : {}),
      ...(bin === undefined ? {} : { bin }),
      ...(bundled ? { bundled: true } : {}),
    };
    if (chosen.folder !== undefined) return { id: chosen.id, info };
    if (chosen.remote !== undefined) {
      const { range: reference } = splitSpecifier(chosen.id);
      const tag = reference.startsWith('github:') ? reference.slice('github:'.length).replace(/[/#]/g, '-') : undefined;
      return { id: chosen.id, info, ...(tag === undefined ? {} : { tag }), integrity: chosen.remote.integrity };
    }
    const { tarball = tarballAddress(registry, name, chosen.version), integrity } = found?.dist ?? {};
    return { id: chosen.id, address: isDefaultRegistry(tarball) ? '' : tarball, info, ...(integrity === undefined ? {} : { integrity }) };
  }
}

const folderOf = ({ workspace, folder }: Chosen) => workspace?.folder ?? folder ?? '';

/** Whether a workspace asked for the same when the lockfile was written. */
function isLockedWish(lock: BunLock, { folder }: Workspace, { name, range }: Wish): boolean {
  const row = lock.workspaces[folder];
  return (row?.dependencies?.[name] ?? row?.devDependencies?.[name] ?? row?.optionalDependencies?.[name]) === range;
}

/** Workspaces first, then by kind. */
function rank(wish: Wish, workspaces: readonly Chosen[]): number {
  if (workspaces.some((each) => each.workspace?.manifest.name === wish.name)) return 0;
  return wish.kind === 'peer' ? 2 : 1;
}

/** The tree that takes it; undefined if it is in one of them already, or must do with what is. */
function highest(tree: Tree, wish: Wish, chosen: Chosen, isOwn: boolean): Tree | 'conflict' | undefined {
  const there = tree.held.get(wish.name);
  if (there !== undefined) {
    if (there.chosen === chosen) return undefined;
    if (isOwn && (there.kind === 'dev') !== (wish.kind === 'dev')) return undefined;
    if (wish.kind === 'peer') {
      if (semver.validRange(wish.range) !== null && semver.satisfies(there.chosen.version, wish.range, { loose: true })) return undefined;
      if (there.ofRoot) return undefined;
    }
    return isOwn ? undefined : 'conflict';
  }
  if (tree.parent !== undefined) {
    const above = highest(tree.parent, wish, chosen, false);
    if (!isOwn || above !== 'conflict') return above;
  }
  return tree;
}

function wishesOf({ manifest }: Workspace): readonly Wish[] {
  const make = (list: Dependencies | undefined, kind: Kind) =>
    Object.entries(list ?? {}).map(([name, range]): Wish => ({ name, range, kind, bundled: false }));
  const meta = manifest.peerDependenciesMeta ?? {};
  return [
    ...make(manifest.devDependencies, 'dev'),
    ...make(manifest.dependencies, 'plain').filter(({ name }) => !(name in (manifest.optionalDependencies ?? {}))),
    ...make(manifest.optionalDependencies, 'optional'),
    ...make(manifest.peerDependencies, 'peer').filter(({ name }) => meta[name]?.optional !== true),
  ];
}

function packageWishes(found: PackumentVersion): readonly Wish[] {
  const { dependencies = {}, optionalDependencies = {} } = found;
  const { peerDependencies = {}, peerDependenciesMeta = {}, bundleDependencies, bundledDependencies } = factsOf(found);
  const bundled = bundleDependencies ?? bundledDependencies ?? [];
  const isBundled = (name: string) => bundled === true || (Array.isArray(bundled) && bundled.includes(name));
  return [
    ...Object.entries(dependencies)
      .filter(([name]) => !(name in optionalDependencies))
      .map(([name, range]): Wish => ({ name, range, kind: 'plain', bundled: isBundled(name) })),
    ...Object.entries(optionalDependencies).map(([name, range]): Wish => ({ name, range, kind: 'optional', bundled: isBundled(name) })),
    ...Object.entries(peerDependencies)
      .filter(([name]) => peerDependenciesMeta[name]?.optional !== true && !(name in dependencies))
      .map(([name, range]): Wish => ({ name, range, kind: 'peer', bundled: false })),
  ];
}

function workspaceRow({ folder, manifest }: Workspace): BunWorkspace {
  const list = (dependencies: Dependencies | undefined) =>
    Object.keys(dependencies ?? {}).length === 0 ? undefined : Object.fromEntries(sortedEntries(dependencies));
  const [dependencies, devDependencies, optionalDependencies, peerDependencies] = [
    list(manifest.dependencies),
    list(manifest.devDependencies),
    list(manifest.optionalDependencies),
    list(manifest.peerDependencies),
  ];
  const optionalPeers = Object.entries(manifest.peerDependenciesMeta ?? {})
    .filter(([, { optional }]) => optional === true)
    .map(([peer]) => peer);
  return {
    ...(manifest.name === undefined ? {} : { name: manifest.name }),
    ...(folder === '' || manifest.version === undefined ? {} : { version: manifest.version }),
    ...(folder === '' || manifest.bin === undefined ? {} : { bin: manifest.bin }),
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(devDependencies === undefined ? {} : { devDependencies }),
    ...(optionalDependencies === undefined ? {} : { optionalDependencies }),
    ...(peerDependencies === undefined ? {} : { peerDependencies }),
    ...(optionalPeers.length === 0 ? {} : { optionalPeers }),
  };
}

function binField(bin: string | Dependencies | undefined): string | Dependencies | undefined {
  if (bin === undefined || bin === '') return undefined;
  return typeof bin === 'string' || Object.keys(bin).length > 0 ? bin : undefined;
}
