/** From Yarn 1's lockfile to the tree it makes, with the commands it links and the note it leaves (`.yarn-integrity`). */
import semver from 'semver';
import type { PlannedCommands, PlannedFile, PlannedNode, TreePlan } from '../../../install/tree-plan.ts';
import { nodeVersion } from '../../../session.ts';
import { factsOf, fitsPlatform, type Facts, type VersionFacts } from '../../facts.ts';
import { commandsOf, type Dependencies, type Project, type ProjectManifest, type Workspace } from '../../project.ts';
import { remoteSpecifier } from '../../remote-specifier.ts';
import type { RemotePackage } from '../../remotes.ts';
import { aliasOf, normalPath, relativePath, splitSpecifier, tarballAddress } from '../../specifiers.ts';
import { hoistClassic, type HoistPackage } from './hoist.ts';
import { addFoundPeers } from './peers.ts';
import type { ClassicEntry, ClassicLock } from './lockfile.ts';

export interface ClassicPackage extends HoistPackage {
  readonly entry?: ClassicEntry;
  readonly workspace?: Workspace;
  /** A folder of the project that a `link:` leads to. */
  readonly link?: string;
  /** A folder or tarball of the project whose contents are copied. */
  readonly file?: string;
  /** What no registry has. */
  readonly remote?: RemotePackage;
  /** The name that its registry knows. */
  readonly published: string;
  readonly optional: boolean;
  /** Grows by the patterns of the peers that were found for it. */
  readonly dependencies: string[];
  readonly peerRanges: Dependencies;
  readonly optionalPeers: ReadonlySet<string>;
}

export interface ClassicLayoutOptions {
  readonly project: Project;
  readonly lock: ClassicLock;
  /** Of every package of the lockfile: commands, peers and platforms are not in it. */
  readonly facts: Facts;
  /** Ends in a slash. */
  readonly registry: string;
  /** Manifests of `file:` folders, by path from the project. */
  readonly folders?: ReadonlyMap<
    string,
    {
      readonly name?: string;
      readonly bin?: unknown;
      readonly peerDependencies?: Dependencies;
      readonly peerDependenciesMeta?: ProjectManifest['peerDependenciesMeta'];
    }
  >;
  /** Left out of the tree (`--production`). */
  readonly production?: boolean;
  readonly ignoreEngines?: boolean;
  /** As `.yarn-integrity` has them. */
  readonly flags?: readonly string[];
}

/** A package that does not fit, and that something needs. */
export class IncompatiblePlatform extends Error {
  readonly package: ClassicPackage;
  constructor(pkg: ClassicPackage, reason: string) {
    super(`${pkg.published}@${pkg.version}: ${reason}`);
    this.package = pkg;
  }
}

const patternsOf = (dependencies: Dependencies | undefined): string[] =>
  Object.entries(dependencies ?? {}).map(([name, range]) => (range === '' ? `${name}@` : `${name}@${range}`));

/** The patterns of a manifest itself, in Yarn's order. */
export function ownPatterns(workspace: Workspace, production = false): string[] {
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = workspace.manifest;
  const plain = Object.fromEntries(Object.entries(dependencies).filter(([name]) => !(name in optionalDependencies)));
  return [...patternsOf(plain), ...(production ? [] : patternsOf(devDependencies)), ...patternsOf(optionalDependencies)];
}

/** What an entry's tarball is found by; empty for what no tarball is asked for. */
export function remoteRange(pattern: string, { resolved = '' }: ClassicEntry): string {
  const { range } = splitSpecifier(pattern);
  const kind = remoteSpecifier(range)?.kind;
  if (kind === undefined) return '';
  return kind === 'file' || resolved === '' ? range : resolved;
}

/** The workspace that a pattern means, as Yarn 1 has it: the name, and a range that its version fits. */
export function workspaceFor(pattern: string, project: Project): Workspace | undefined {
  const { name, range } = splitSpecifier(pattern);
  return project.workspaces.find(
    ({ folder, manifest }) =>
      folder !== '' &&
      manifest.name === name &&
      (semver.validRange(range) === null ? false : semver.satisfies(manifest.version ?? '0.0.0', range, { loose: true })),
  );
}

/** `resolutions` of the project, by name. Only plain names and `**` paths are known. */
export function resolutionFor(name: string, project: Project): string | undefined {
  for (const [path, range] of Object.entries(project.manifest.resolutions ?? {})) {
    if (path.replace(/^(?:\*\*\/)+/, '') === name) return `${name}@${range}`;
  }
  return undefined;
}

export class ClassicPackages {
  readonly #options: ClassicLayoutOptions;
  readonly #byPattern = new Map<string, ClassicPackage>();
  readonly #byEntry = new Map<string, ClassicPackage>();
  readonly #needed = new Set<ClassicEntry>();

  constructor(options: ClassicLayoutOptions) {
    this.#options = options;
    this.#markNeeded();
  }

  /** @throws {RangeError} of a pattern that the lockfile lacks. */
  find = (pattern: string): ClassicPackage => {
    let found = this.#byPattern.get(pattern);
    if (found === undefined) {
      found = this.#make(pattern);
      this.#byPattern.set(pattern, found);
    }
    return found;
  };

  #lookUp(pattern: string): { pattern: string; workspace?: Workspace; entry?: ClassicEntry } {
    const { project, lock } = this.#options;
    const { name } = splitSpecifier(pattern);
    const meant = resolutionFor(name, project) ?? pattern;
    const workspace = workspaceFor(meant, project);
    if (workspace !== undefined) return { pattern: meant, workspace };
    const entry = lock.get(meant) ?? lock.get(meant.replace(/@$/, ''));
    return entry === undefined ? { pattern: meant } : { pattern: meant, entry };
  }

  /** Packages that are reached without an optional step on the way. */
  #markNeeded(): void {
    const { project, production } = this.#options;
    const queue: string[] = [];
    for (const workspace of project.workspaces) {
      const optional = new Set(patternsOf(workspace.manifest.optionalDependencies));
      queue.push(...ownPatterns(workspace, production).filter((pattern) => !optional.has(pattern)));
    }
    for (let pattern = queue.pop(); pattern !== undefined; pattern = queue.pop()) {
      const { entry } = this.#lookUp(pattern);
      if (entry === undefined || this.#needed.has(entry)) continue;
      this.#needed.add(entry);
      queue.push(...patternsOf(entry.dependencies));
    }
  }

  #make(asked: string): ClassicPackage {
    const { project, facts, folders, production, ignoreEngines = false } = this.#options;
    const { pattern, workspace, entry } = this.#lookUp(asked);
    const { name, range } = splitSpecifier(pattern);
    if (workspace !== undefined) {
      return {
        name,
        version: workspace.manifest.version ?? '',
        published: name,
        identity: `workspace:${workspace.folder}`,
        dependencies: ownPatterns(workspace, production),
        peers: Object.keys(workspace.manifest.peerDependencies ?? {}),
        peerRanges: workspace.manifest.peerDependencies ?? {},
        optionalPeers: new Set(
          Object.entries(workspace.manifest.peerDependenciesMeta ?? {})
            .filter(([, { optional: may }]) => may === true)
            .map(([peer]) => peer),
        ),
        incompatible: false,
        optional: false,
        workspace,
      };
    }
    if (range.startsWith('link:')) {
      const link = normalPath(range.slice(5));
      return { ...without(name, entry?.version ?? '0.0.0', `link:${link}`), link };
    }
    if (entry === undefined) throw new RangeError(`"${pattern}" is not in yarn.lock of ${project.root}`);
    const remote = facts.remotes.get(remoteRange(pattern, entry));
    const file = remote === undefined && /^(?:file:|\.{1,2}\/|\/)/.test(range) ? normalPath(range.replace(/^file:/, '')) : undefined;
    const published = aliasOf(range)?.name ?? entry.name ?? name;
    const identity = `${name}@${entry.resolved ?? `${pattern}@${entry.version}`}`;
    const known = this.#byEntry.get(identity);
    if (known !== undefined) return known;
    const described =
      remote?.manifest ?? (file === undefined ? factsOf(facts.version(published, entry.version)) : (folders?.get(file) ?? {}));
    const optional = !this.#needed.has(entry);
    const reason = misfit(described as VersionFacts, ignoreEngines);
    const fits = reason === undefined;
    const pkg: ClassicPackage = {
      name,
      version: entry.version,
      published,
      identity,
      dependencies: [...patternsOf(entry.dependencies), ...patternsOf(entry.optionalDependencies)],
      peers: Object.keys(described.peerDependencies ?? {}),
      peerRanges: described.peerDependencies ?? {},
      optionalPeers: new Set(
        Object.entries(described.peerDependenciesMeta ?? {})
          .filter(([, { optional: may }]) => may === true)
          .map(([peer]) => peer),
      ),
      incompatible: optional && !fits,
      optional,
      entry,
      ...(file === undefined ? {} : { file }),
      ...(remote === undefined ? {} : { remote }),
    };
    if (reason !== undefined && !optional) throw new IncompatiblePlatform(pkg, reason);
    this.#byEntry.set(identity, pkg);
    return pkg;
  }
}

/** Why a package is not for this place. */
function misfit({ os, cpu, engines }: VersionFacts, ignoreEngines: boolean): string | undefined {
  if (!fitsPlatform({ ...(os === undefined ? {} : { os }), ...(cpu === undefined ? {} : { cpu }) }))
    return 'The platform "linux" is incompatible with this module.';
  const wanted = engines?.['node'];
  const version = nodeVersion.slice(1);
  if (ignoreEngines || wanted === undefined || semver.satisfies(version, wanted, { includePrerelease: true })) return undefined;
  return `The engine "node" is incompatible with this module. Expected version "${wanted}". Got "${version}"`;
}

function without(name: string, version: string, identity: string): ClassicPackage {
  return {
    name,
    version,
    published: name,
    identity,
    dependencies: [],
    peers: [],
    peerRanges: {},
    optionalPeers: new Set(),
    incompatible: false,
    optional: false,
  };
}

/** The name of the package that carries all workspaces; Yarn makes one up. */
const aggregator = '*workspaces*';

/** @throws {IncompatiblePlatform} */
export function planClassic(options: ClassicLayoutOptions): { readonly plan: TreePlan; readonly warnings: readonly string[] } {
  const { project, lock, facts, registry, folders } = options;
  const packages = new ClassicPackages(options);
  const inner = project.workspaces.filter(({ folder }) => folder !== '');
  const [root] = project.workspaces;
  const direct = root === undefined ? [] : ownPatterns(root, options.production);
  const directNames = new Set(direct.map((pattern) => splitSpecifier(pattern).name));
  const carrier: ClassicPackage = {
    ...without(aggregator, '1.0.0', aggregator),
    dependencies: inner
      .filter(({ manifest }) => !directNames.has(manifest.name ?? ''))
      .map(({ manifest }) => `${manifest.name ?? ''}@${manifest.version ?? ''}`),
  };
  const find = (pattern: string) => (pattern === `${aggregator}@1.0.0` ? carrier : packages.find(pattern));
  const tops = [...direct, ...(inner.length > 0 ? [`${aggregator}@1.0.0`] : [])];
  const warnings = addFoundPeers(tops, find);
  const hoisted = hoistClassic(tops, find);

  const placed = hoisted.flatMap(({ package: pkg, parts, direct: isDirect }) => {
    if (parts[0] === aggregator) {
      if (parts.length <= 2) return [];
      // A workspace that could not be hoisted: what is below it goes to its own folder.
      const folder = inner.find(({ manifest }) => manifest.name === parts[1])?.folder ?? '';
      return [
        {
          pkg,
          place: `${folder}/${parts
            .slice(2)
            .map((part) => `node_modules/${part}`)
            .join('/')}`,
          isDirect,
        },
      ];
    }
    const owner = inner.find(({ manifest }) => manifest.name === parts[0] && parts.length > 1);
    const isWorkspace = owner !== undefined && packages.find(`${parts[0] ?? ''}@${owner.manifest.version ?? ''}`).workspace === owner;
    const place = isWorkspace
      ? `${owner.folder}/${parts
          .slice(1)
          .map((part) => `node_modules/${part}`)
          .join('/')}`
      : parts.map((part) => `node_modules/${part}`).join('/');
    return [{ pkg, place, isDirect }];
  });
  placed.sort((a, b) => (a.place < b.place ? -1 : 1));
  const places = new Map(placed.map(({ pkg, place }) => [place, pkg]));

  const nodes = placed.map(({ pkg, place }): PlannedNode => {
    const folder = place.slice(0, place.lastIndexOf('/'));
    const target = pkg.workspace?.folder ?? pkg.link;
    if (target !== undefined) return { kind: 'link', place, target: relativePath(folder, target) };
    if (pkg.remote !== undefined) return remoteNode(pkg, pkg.remote, place);
    const described = factsOf(facts.version(pkg.published, pkg.version));
    const bin = commandsOf(pkg.file === undefined ? { name: pkg.published, bin: described.bin } : (folders?.get(pkg.file) ?? {}));
    const deprecated = facts.version(pkg.published, pkg.version)?.deprecated;
    return {
      kind: 'package',
      place,
      name: pkg.file === undefined ? pkg.published : (folders?.get(pkg.file)?.name ?? pkg.name),
      version: pkg.version,
      resolved:
        pkg.file === undefined
          ? (pkg.entry?.resolved?.replace(/#.*$/, '') ?? tarballAddress(registry, pkg.published, pkg.version))
          : `file:${pkg.file}`,
      ...(pkg.entry?.integrity === undefined ? shasum(pkg.entry) : { integrity: pkg.entry.integrity }),
      bundled: false,
      optional: pkg.optional,
      ...(Object.keys(bin).length === 0 ? {} : { bin }),
      hasInstallScript: described.hasInstallScript ?? false,
      ...(described.os === undefined ? {} : { os: described.os }),
      ...(described.cpu === undefined ? {} : { cpu: described.cpu }),
      ...(described.engines === undefined ? {} : { engines: described.engines }),
      ...(typeof deprecated === 'string' ? { deprecated } : {}),
      ...(described.bin === undefined && facts.version(pkg.published, pkg.version) === undefined ? { partial: true as const } : {}),
    };
  });

  const plan: TreePlan = { root: project.root, nodes, files: [integrityNote(options, lock)], binLinks: 'yarn', commands: commandLinks() };
  return { plan, warnings };

  /** Of a folder of the project; what is in the tree, the plan says. */
  function folderBin(pkg: ClassicPackage): { readonly bin?: Readonly<Record<string, string>> } {
    return pkg.workspace === undefined ? {} : { bin: commandsOf(pkg.workspace.manifest) };
  }

  function hasCommands(pkg: ClassicPackage): boolean {
    if (pkg.workspace !== undefined) return Object.keys(commandsOf(pkg.workspace.manifest)).length > 0;
    if (pkg.remote !== undefined) return Object.keys(commandsOf(pkg.remote.manifest)).length > 0;
    if (pkg.file !== undefined) return Object.keys(commandsOf(folders?.get(pkg.file) ?? {})).length > 0;
    return Object.keys(commandsOf({ name: pkg.published, bin: factsOf(facts.version(pkg.published, pkg.version)).bin })).length > 0;
  }

  function realPlace(pkg: ClassicPackage, place: string): string {
    return pkg.workspace?.folder ?? pkg.link ?? place;
  }

  function commandLinks(): readonly PlannedCommands[] {
    const list: PlannedCommands[] = [];
    // Direct dependencies win over others at the top, so they come first here.
    const top = new Map<string, { readonly pkg: ClassicPackage; readonly place: string; readonly isDirect: boolean }>();
    for (const item of placed) if (item.isDirect || !top.has(item.pkg.name)) top.set(item.pkg.name, item);
    const ordered = [...top.values()];
    for (const { pkg, place } of [...ordered.filter(({ isDirect }) => isDirect), ...ordered.filter(({ isDirect }) => !isDirect)]) {
      if (hasCommands(pkg)) list.push({ into: 'node_modules/.bin', from: realPlace(pkg, place), ...folderBin(pkg) });
    }
    for (const { pkg, place } of placed) {
      const folder = realPlace(pkg, place);
      for (const pattern of pkg.dependencies) {
        const dependency = packages.find(pattern);
        if (dependency.incompatible || !hasCommands(dependency)) continue;
        const found = nearest(folder, place, dependency);
        if (found !== undefined)
          list.push({ into: `${folder}/node_modules/.bin`, from: realPlace(dependency, found), ...folderBin(dependency) });
      }
    }
    return list;
  }

  /** The place that a package in `folder` sees under the name. */
  function nearest(folder: string, place: string, dependency: ClassicPackage): string | undefined {
    for (let at = folder === '' ? place : folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const candidate = at === '' ? `node_modules/${dependency.name}` : `${at}/node_modules/${dependency.name}`;
      if (!at.endsWith('/node_modules') && places.get(candidate)?.identity === dependency.identity) return candidate;
      if (at === '' || !at.includes('/'))
        return places.has(`node_modules/${dependency.name}`) ? `node_modules/${dependency.name}` : undefined;
    }
  }

  function integrityNote({ flags = [], production }: ClassicLayoutOptions, entries: ClassicLock): PlannedFile {
    const topLevel = [
      ...(inner.length > 0 ? [...carrierPatterns(), ...direct] : []),
      ...project.workspaces.flatMap((workspace) => [
        ...ownPatterns(workspace, production),
        ...(workspace.folder === '' ? [] : patternsOf(workspace.manifest.peerDependencies)),
      ]),
    ].sort();
    const modules = new Set(['node_modules', ...inner.map(({ folder }) => `${folder}/node_modules`)]);
    const used = [...modules].filter((folder) =>
      [...nodes.map(({ place }) => place), ...commandLinks().map(({ into }) => into)].some((place) => place.startsWith(`${folder}/`)),
    );
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const note = {
      systemParams: 'linux-x64-137',
      modulesFolders: [...(inner.length > 0 && used.includes('node_modules') ? ['node_modules'] : []), ...used].sort(),
      flags,
      linkedModules: [],
      topLevelPatterns: topLevel,
      lockfileEntries: Object.fromEntries(sorted.map(([pattern, entry]) => [pattern, entry.resolved ?? ''])),
      files: [],
      artifacts: {},
    };
    return { path: 'node_modules/.yarn-integrity', text: JSON.stringify(note, null, 2) };
  }

  function carrierPatterns(): string[] {
    return inner.map(({ manifest }) => `${manifest.name ?? ''}@${manifest.version ?? ''}`);
  }
}

function remoteNode(pkg: ClassicPackage, { manifest, tarball, integrity, hasInstallScript }: RemotePackage, place: string): PlannedNode {
  const bin = commandsOf(manifest);
  return {
    kind: 'package',
    place,
    name: manifest.name ?? pkg.name,
    version: pkg.version,
    resolved: tarball,
    ...(pkg.entry?.resolved?.startsWith('git+') === true ? { integrity } : { integrity, ...shasum(pkg.entry) }),
    bundled: false,
    optional: pkg.optional,
    ...(Object.keys(bin).length === 0 ? {} : { bin }),
    hasInstallScript,
  };
}

function shasum(entry: ClassicEntry | undefined): { integrity?: string } {
  const hex = /#([0-9a-f]{40})$/.exec(entry?.resolved ?? '')?.[1];
  if (hex === undefined) return {};
  const bytes = hex.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  return { integrity: `sha1-${btoa(String.fromCharCode(...bytes))}` };
}
