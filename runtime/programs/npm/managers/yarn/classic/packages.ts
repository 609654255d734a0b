/** What the patterns of Yarn 1's lockfile lead to: packages with what they need, workspaces, links. */
import semver from 'semver';
import { nodeVersion } from '../../../session.ts';
import { factsOf, fitsPlatform, type Facts, type VersionFacts } from '../../facts.ts';
import type { Dependencies, Project, ProjectManifest, Workspace } from '../../project.ts';
import { remoteSpecifier } from '../../remote-specifier.ts';
import type { RemotePackage } from '../../remotes.ts';
import { aliasOf, normalPath, splitSpecifier } from '../../specifiers.ts';
import type { HoistPackage } from './hoist.ts';
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

export const patternsOf = (dependencies: Dependencies | undefined): string[] =>
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

export function without(name: string, version: string, identity: string): ClassicPackage {
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
