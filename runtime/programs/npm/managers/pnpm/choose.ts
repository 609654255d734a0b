/**
 * pnpm's choice of versions, without regard to peers: every package once for each version, its children by name. What is missing as a peer
 * is chosen too, as if the project asked for it (`auto-install-peers`).
 */
import semver from 'semver';
import { addedOptionalPeers } from '../extensions.ts';
import { factsOf, type Facts, type PackumentVersion } from '../facts.ts';
import { NoMatch, pickVersion } from '../pick.ts';
import type { Dependencies, Project, Workspace } from '../project.ts';
import { isRegistryRange, remoteSpecifier } from '../remote-specifier.ts';
import type { RemotePackage } from '../remotes.ts';
import { aliasOf, normalPath } from '../specifiers.ts';
import type { PeerIssue } from './peer-report.ts';
import { nameOfKey, packageKey, snapshotKey, type PnpmLock, type PnpmResolution } from './lockfile.ts';

export interface PnpmPeer {
  readonly range: string;
  readonly optional: boolean;
}

/** One version of a package. */
export interface ChosenPackage {
  /** `name@version`, `name@file:folder`, `name@https://…`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly found?: PackumentVersion;
  readonly folder?: string;
  /** Of what no registry has. */
  readonly resolution?: PnpmResolution;
  /** By alias the id of another, or `link:folder`. */
  readonly children: Map<string, string>;
  readonly optionalChildren: ReadonlySet<string>;
  readonly peers: ReadonlyMap<string, PnpmPeer>;
}

export interface ChosenImporter {
  readonly workspace: Workspace;
  /** As its manifest asks, by alias. */
  readonly direct: Map<
    string,
    { readonly specifier: string; readonly id: string; readonly field: 'dependencies' | 'devDependencies' | 'optionalDependencies' }
  >;
  /** Peers of something below that nothing provides; they count as the project's own when peers are settled. */
  readonly hoisted: Map<string, string>;
}

export interface PnpmChoice {
  readonly packages: ReadonlyMap<string, ChosenPackage>;
  readonly importers: readonly ChosenImporter[];
}

export interface PnpmChooseOptions {
  /** Told of each peer that is another version than it should be. */
  readonly onPeerIssue?: (issue: PeerIssue) => void;
  readonly project: Project;
  readonly facts: Facts;
  readonly lock?: PnpmLock;
  readonly overrides?: Dependencies;
  /** Ranges of the command line, by the folder of a workspace and by alias: they decide, whatever the manifest then has. */
  readonly asked?: ReadonlyMap<string, Dependencies>;
  readonly autoInstallPeers?: boolean;
  readonly linkWorkspacePackages?: boolean;
  readonly catalogs?: Readonly<Record<string, Dependencies>>;
  readonly folders?: ReadonlyMap<
    string,
    { readonly name?: string; readonly version?: string; readonly dependencies?: Dependencies; readonly peerDependencies?: Dependencies }
  >;
}

/** A `workspace:` specifier that no workspace fits. */
export class NoWorkspacePackage extends Error {
  readonly packageName: string;
  readonly range: string;
  readonly importer: string;
  constructor(packageName: string, range: string, importer: string) {
    super(
      `In ${importer}: "${packageName}@${range}" is in the dependencies but no package named "${packageName}" is present in the workspace`,
    );
    this.packageName = packageName;
    this.range = range;
    this.importer = importer;
  }
}

type Preferred = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** How much a range of the project itself counts against a version that is merely there. */
const directWeight = 1000;

export async function choosePnpm(options: PnpmChooseOptions): Promise<PnpmChoice> {
  return new Chooser(options).run();
}

class Chooser {
  readonly #options: PnpmChooseOptions;
  readonly #packages = new Map<string, ChosenPackage>();
  readonly #lockedVersions = new Map<string, string[]>();

  constructor(options: PnpmChooseOptions) {
    this.#options = options;
    for (const key of Object.keys(options.lock?.packages ?? {})) {
      const name = nameOfKey(key);
      this.#lockedVersions.set(name, [...(this.#lockedVersions.get(name) ?? []), key.slice(name.length + 1)]);
    }
  }

  async run(): Promise<PnpmChoice> {
    const { project, autoInstallPeers = true } = this.#options;
    const importers = project.workspaces.map((workspace): ChosenImporter => ({ workspace, direct: new Map(), hoisted: new Map() }));
    await Promise.all(importers.map((importer) => this.#chooseDirect(importer)));
    if (autoInstallPeers) {
      for (const importer of importers) {
        for (let again = true; again;) again = await this.#hoistMissing(importer, importers[0]);
      }
    }
    return { packages: this.#packages, importers };
  }

  async #chooseDirect(importer: ChosenImporter): Promise<void> {
    const { project, autoInstallPeers = true } = this.#options;
    const { manifest, folder } = importer.workspace;
    const lists = {
      dependencies: manifest.dependencies ?? {},
      devDependencies: manifest.devDependencies ?? {},
      optionalDependencies: manifest.optionalDependencies ?? {},
    };
    // Optional over plain over for development; its own peers count as dependencies.
    const all = {
      ...(autoInstallPeers ? manifest.peerDependencies : {}),
      ...lists.devDependencies,
      ...lists.dependencies,
      ...lists.optionalDependencies,
    };
    const preferred = this.#preferredFor(all);
    const asked = this.#options.asked?.get(folder) ?? {};
    const found = await this.#resolveAll({ ...all, ...asked }, preferred, {
      importer: folder === '' ? '.' : folder,
      locked: (alias, specifier) => {
        const locked = this.#options.lock?.importers[folder === '' ? '.' : folder];
        const reference = locked?.dependencies?.[alias] ?? locked?.devDependencies?.[alias] ?? locked?.optionalDependencies?.[alias];
        const stays = reference?.specifier === specifier || (alias in asked && semver.validRange(asked[alias] ?? '') !== null);
        return stays ? reference?.version : undefined;
      },
    });
    for (const [alias, id] of found) {
      const field =
        alias in lists.optionalDependencies
          ? 'optionalDependencies'
          : alias in lists.dependencies
            ? 'dependencies'
            : alias in lists.devDependencies
              ? 'devDependencies'
              : 'dependencies';
      importer.direct.set(alias, { specifier: this.#override(alias, all[alias] ?? '', project.manifest.name), id, field });
    }
    await this.#chooseBelow([...found.values()], preferred);
  }

  #preferredFor(direct: Dependencies): Preferred {
    const map = new Map<string, Map<string, number>>();
    const add = (name: string, version: string, weight: number) => {
      const versions = map.get(name) ?? new Map<string, number>();
      map.set(name, versions);
      versions.set(version, (versions.get(version) ?? 0) + weight);
    };
    for (const [name, versions] of this.#lockedVersions) for (const version of versions) add(name, version, 1);
    for (const [name, range] of Object.entries(direct)) {
      if (semver.validRange(range, true) === null) continue;
      for (const version of Object.keys(this.#options.facts.packument(name)?.versions ?? {})) {
        if (semver.satisfies(version, range, true)) add(name, version, directWeight);
      }
    }
    return map;
  }

  #override(name: string, range: string, parent?: string): string {
    for (const [selector, target] of Object.entries(this.#options.overrides ?? {})) {
      const [scope, last = selector] = selector.includes('>') ? (selector.split('>') as [string, string]) : [undefined, selector];
      const at = last.indexOf('@', 1);
      const own = at < 0 ? last : last.slice(0, at);
      if (own !== name || (scope !== undefined && scope.replace(/(?<=.)@.*$/, '') !== parent)) continue;
      const wanted = at < 0 ? undefined : last.slice(at + 1);
      if (wanted !== undefined && (semver.validRange(range) === null || !semver.subset(range, wanted))) continue;
      return target;
    }
    return range;
  }

  /** Ids by alias; what is optional and cannot be had is left out. */
  async #resolveAll(
    dependencies: Dependencies,
    preferred: Preferred,
    from: {
      readonly importer?: string;
      readonly parent?: string;
      readonly parentId?: string;
      readonly optional?: Dependencies;
      readonly locked?: (alias: string, specifier: string) => string | undefined;
    },
  ): Promise<Map<string, string>> {
    const { facts } = this.#options;
    const wanted = Object.entries(dependencies).map(
      ([alias, range]) => [alias, this.#override(alias, this.#catalogRange(alias, range), from.parent)] as const,
    );
    await facts.loadAll(wanted.filter(([, range]) => isRegistryRange(range)).map(([alias, range]) => aliasOf(range)?.name ?? alias));
    const folder = from.importer === undefined || from.importer === '.' ? '' : from.importer;
    const sources = new Map(wanted.map(([alias, range]) => [alias, lockedSource(alias, range, from.locked)]));
    await facts.remotes.loadAll(sources.values(), folder);
    const result = new Map<string, string>();
    for (const [alias, range] of wanted) {
      if (range === '-') continue;
      try {
        const remote = this.#remoteOf(alias, sources.get(alias) ?? range, folder);
        result.set(alias, remote === undefined ? this.#resolveOne(alias, range, preferred, from) : this.#addRemote(alias, remote));
      } catch (error) {
        if (!(error instanceof NoMatch)) throw error;
        error.requiredBy ??= from.parentId;
        if (from.optional === undefined || !(alias in from.optional)) throw error;
      }
    }
    return result;
  }

  #catalogRange(alias: string, range: string): string {
    if (!range.startsWith('catalog:')) return range;
    const found = this.#options.catalogs?.[range.slice(8) || 'default']?.[alias];
    if (found === undefined) throw new NoMatch('version', alias, range);
    return found;
  }

  #resolveOne(
    alias: string,
    range: string,
    preferred: Preferred,
    { importer, locked }: { readonly importer?: string; readonly locked?: (alias: string, specifier: string) => string | undefined },
  ): string {
    const { project, facts, folders, linkWorkspacePackages = false } = this.#options;
    const base = importer === undefined || importer === '.' ? '' : importer;
    if (range.startsWith('link:')) return `link:${normalPath(`${base}/${range.slice(5)}`)}`;
    const isWorkspaceRange = range.startsWith('workspace:');
    if (isWorkspaceRange || linkWorkspacePackages) {
      const inner = isWorkspaceRange ? range.slice(10) : range;
      const named = /^(@?[^@]+)@(.*)$/.exec(inner);
      const [name, wanted] = isWorkspaceRange && named !== null ? [named[1] ?? alias, named[2] ?? ''] : [alias, inner];
      const isPath = /^\.{1,2}\//.test(inner);
      const workspace = project.workspaces.find(({ folder, manifest }) =>
        isPath
          ? folder === normalPath(`${base}/${inner}`)
          : manifest.name === name &&
            (/^[*^~]?$/.test(wanted) || semver.satisfies(manifest.version ?? '0.0.0', wanted, { includePrerelease: true })),
      );
      if (workspace !== undefined) return `link:${workspace.folder}`;
      if (isWorkspaceRange) throw new NoWorkspacePackage(name, range, base === '' ? project.root : `${project.root}/${base}`);
    }
    if (/^(?:file:|\.{1,2}\/|\/)/.test(range)) {
      const folder = normalPath(`${base}/${range.replace(/^file:/, '')}`);
      const described = folders?.get(folder);
      if (described === undefined) throw new NoMatch('package', alias, range);
      const id = `${described.name ?? alias}@file:${folder}`;
      this.#add(id, described.name ?? alias, described.version ?? '0.0.0', described as PackumentVersion, { folder });
      return id;
    }
    const name = aliasOf(range)?.name ?? alias;
    const wanted = aliasOf(range)?.range ?? range;
    const packument = facts.packument(name);
    if (packument === undefined) throw new NoMatch('package', name, wanted, facts.failure(name));
    const lockedKey = snapshotKey(alias, locked?.(alias, range) ?? '');
    const lockedVersion =
      lockedKey === undefined || nameOfKey(lockedKey) !== name ? undefined : packageKey(lockedKey).slice(name.length + 1);
    const version =
      lockedVersion !== undefined &&
      packument.versions?.[lockedVersion] !== undefined &&
      (semver.satisfies(lockedVersion, wanted, true) || semver.validRange(wanted) === null)
        ? lockedVersion
        : pickVersion(packument, wanted, {
            preferLatest: true,
            avoidDeprecated: true,
            preferred: this.#withLatest(packument['dist-tags']?.['latest'], preferred.get(name)),
          });
    const found = version === undefined ? undefined : packument.versions?.[version];
    if (version === undefined || found === undefined) throw new NoMatch('version', name, wanted);
    const id = `${name}@${version}`;
    this.#add(id, name, version, found);
    return id;
  }

  /** Among versions of the same weight the latest wins. */
  #withLatest(latest: string | undefined, versions: ReadonlyMap<string, number> | undefined): ReadonlyMap<string, number> {
    const weight = latest === undefined ? undefined : versions?.get(latest);
    if (versions === undefined) return new Map();
    return weight === undefined || latest === undefined ? versions : new Map([...versions, [latest, weight + 0.5]]);
  }

  /** @throws {NoMatch} of what could not be had. */
  #remoteOf(alias: string, source: string, folder: string): RemotePackage | undefined {
    try {
      return this.#options.facts.remotes.get(source, folder);
    } catch (error) {
      throw new NoMatch('package', alias, source, error);
    }
  }

  /** @returns Its id. */
  #addRemote(alias: string, { manifest, tarball, integrity, commit, hasInstallScript }: RemotePackage): string {
    const { name = alias, version = '0.0.0' } = manifest;
    const id = `${name}@${tarball}`;
    const isGitHosted = commit !== undefined || tarball.startsWith('https://codeload.github.com/');
    const found = { ...manifest, name, version, hasInstallScript } as PackumentVersion;
    this.#add(id, name, version, found, { resolution: { ...(isGitHosted ? { gitHosted: true } : {}), integrity, tarball } });
    return id;
  }

  #add(id: string, name: string, version: string, found: PackumentVersion, from: Pick<ChosenPackage, 'folder' | 'resolution'> = {}): void {
    if (this.#packages.has(id)) return;
    const { dependencies = {}, optionalDependencies = {} } = found;
    const { peerDependencies = {}, peerDependenciesMeta = {} } = factsOf(found);
    const peers = new Map<string, PnpmPeer>();
    const own = { ...dependencies, ...optionalDependencies };
    for (const [peer, range] of Object.entries(peerDependencies)) {
      if (!(peer in own)) peers.set(peer, { range, optional: peerDependenciesMeta[peer]?.optional === true });
    }
    for (const [peer, { optional }] of Object.entries(peerDependenciesMeta)) {
      if (!peers.has(peer) && !(peer in own) && optional === true) peers.set(peer, { range: '*', optional: true });
    }
    for (const peer of addedOptionalPeers(name, version))
      if (!peers.has(peer) && !(peer in own)) peers.set(peer, { range: '*', optional: true });
    this.#packages.set(id, {
      id,
      name,
      version,
      found,
      children: new Map(),
      optionalChildren: new Set(Object.keys(optionalDependencies)),
      peers,
      ...from,
    });
  }

  readonly #expanded = new Set<string>();

  /** Level by level; what is chosen on the way down is preferred further down. */
  async #chooseBelow(ids: readonly string[], preferred: Preferred): Promise<void> {
    let wave = [{ ids, preferred }];
    while (wave.length > 0) {
      const next: { ids: readonly string[]; preferred: Preferred }[] = [];
      for (const { ids: level, preferred: above } of wave) {
        const here = new Map(above);
        for (const id of level) {
          const pkg = this.#packages.get(id);
          if (pkg === undefined) continue;
          const versions = new Map(here.get(pkg.name) ?? []);
          if (!versions.has(pkg.version)) versions.set(pkg.version, 1);
          here.set(pkg.name, versions);
        }
        for (const id of level) {
          const pkg = this.#packages.get(id);
          if (pkg === undefined || this.#expanded.has(id)) continue;
          this.#expanded.add(id);
          const children = await this.#childrenOf(pkg, here);
          next.push({ ids: children, preferred: here });
        }
      }
      wave = next;
    }
  }

  async #childrenOf(pkg: ChosenPackage, preferred: Preferred): Promise<readonly string[]> {
    const { dependencies = {}, optionalDependencies = {} } = pkg.found ?? {};
    const { bundleDependencies, bundledDependencies } = factsOf(pkg.found);
    const bundled = bundleDependencies ?? bundledDependencies ?? [];
    const isBundled = (name: string) => bundled === true || (Array.isArray(bundled) && bundled.includes(name));
    const wanted = Object.fromEntries(Object.entries({ ...dependencies, ...optionalDependencies }).filter(([name]) => !isBundled(name)));
    const snapshots = Object.entries(this.#options.lock?.snapshots ?? {}).filter(([key]) => packageKey(key) === pkg.id);
    const found = await this.#resolveAll(wanted, preferred, {
      parent: pkg.name,
      parentId: `${pkg.name}@${pkg.version}`,
      optional: optionalDependencies,
      ...(pkg.folder === undefined ? {} : { importer: pkg.folder }),
      locked: (alias) =>
        snapshots
          .map(([, { dependencies: plain, optionalDependencies: optional }]) => plain?.[alias] ?? optional?.[alias])
          .find((each) => each !== undefined),
    });
    for (const [alias, id] of found) pkg.children.set(alias, id);
    return [...found.values()];
  }

  /** One round for an importer: chooses what its packages miss; false once nothing is missing any more. */
  async #hoistMissing(importer: ChosenImporter, root: ChosenImporter | undefined): Promise<boolean> {
    const missing = new Map<string, { ranges: string[]; optional: boolean }>();
    const provided = new Map<string, string>();
    const seen = new Set<string>();
    const visit = (id: string, above: ReadonlySet<string>): void => {
      const pkg = this.#packages.get(id);
      if (pkg === undefined) return;
      const key = `${id}|${[...above]
        .filter((name) => this.#peerNames.has(name))
        .sort()
        .join()}`;
      if (seen.has(key)) return;
      seen.add(key);
      for (const [peer, { range, optional }] of pkg.peers) {
        if (above.has(peer)) continue;
        const entry = missing.get(peer) ?? { ranges: [], optional: true };
        missing.set(peer, entry);
        entry.ranges.push(range);
        if (!optional) entry.optional = false;
      }
      const below = new Set([...above, ...pkg.children.keys()]);
      for (const child of pkg.children.values()) visit(child, below);
    };
    for (const pkg of this.#packages.values()) for (const peer of pkg.peers.keys()) this.#peerNames.add(peer);
    const rootNames = root === undefined || root === importer ? [] : [...root.direct.keys()];
    const top = new Set([...importer.direct.keys(), ...importer.hoisted.keys(), ...rootNames]);
    for (const { id } of importer.direct.values()) visit(id, top);
    for (const id of importer.hoisted.values()) visit(id, top);
    const wanted: Record<string, string> = {};
    for (const [peer, { ranges, optional }] of missing) {
      if (provided.has(peer)) continue;
      const versions = [
        ...new Set([
          ...[...this.#packages.values()].filter(({ name }) => name === peer).map(({ version }) => version),
          ...(this.#lockedVersions.get(peer) ?? []),
        ]),
      ];
      if (optional) {
        const best = semver.maxSatisfying(
          versions.filter((version) => ranges.every((range) => semver.satisfies(version, range))),
          '*',
        );
        if (best !== null) wanted[peer] = best;
      } else {
        const best = semver.maxSatisfying(versions, '*', { includePrerelease: true });
        wanted[peer] = best ?? [...new Set(ranges)].join(' ');
      }
    }
    if (Object.keys(wanted).length === 0) return false;
    const preferred = this.#preferredFor({});
    const found = await this.#resolveAll(wanted, preferred, { optional: wanted });
    for (const peer of Object.keys(wanted)) {
      const id = found.get(peer);
      if (id !== undefined) importer.hoisted.set(peer, id);
    }
    await this.#chooseBelow([...found.values()], preferred);
    return found.size > 0;
  }

  readonly #peerNames = new Set<string>();
}

/** What the lockfile has in the place of a branch or a tag. */
function lockedSource(alias: string, range: string, locked?: (alias: string, specifier: string) => string | undefined): string {
  if (remoteSpecifier(range)?.kind !== 'repository') return range;
  const key = snapshotKey(alias, locked?.(alias, range) ?? '');
  const address = key === undefined ? '' : packageKey(key).slice(nameOfKey(key).length + 1);
  return remoteSpecifier(address)?.kind === 'tarball' ? address : range;
}
