/** From pnpm's lockfile to its tree: every instance once below `node_modules/.pnpm`, and links to them. */
import type { PlannedCommands, PlannedFile, PlannedNode, TreePlan } from '../../install/tree-plan.ts';
import { twinAmong } from '../../install/wasm-twin.ts';
import { factsOf, fitsPlatform, type Facts } from '../facts.ts';
import { commandsOf, type Project } from '../project.ts';
import { normalPath, relativePath, tarballAddress } from '../specifiers.ts';
import { nameOfKey, packageKey, snapshotKey, writePnpmLock, type PnpmImporter, type PnpmLock, type PnpmReference } from './lockfile.ts';
import { virtualPlace } from './virtual-store.ts';

export const pnpmVersion = '10.34.9';

export interface PnpmLayoutOptions {
  readonly project: Project;
  readonly lock: PnpmLock;
  /** For the commands of packages that have some; without, their own `package.json` says. */
  readonly facts?: Facts;
  /** Ends in a slash. */
  readonly registry: string;
  /** Manifests of `file:` folders, by path from the project. */
  readonly folders?: ReadonlyMap<string, { readonly name?: string; readonly version?: string; readonly bin?: unknown }>;
  /** Groups left out (`--prod`, `--dev`, `--no-optional`). */
  readonly omit?: ReadonlySet<'dependencies' | 'devDependencies' | 'optionalDependencies'>;
  /** The lockfile was there before: then pnpm does not link a package's commands into its own folder. */
  readonly frozen?: boolean;
  /** Names that packages find without declaring them. Default: all. */
  readonly hoistPattern?: readonly string[];
  /** Names that the project itself finds so. Default: none. */
  readonly publicHoistPattern?: readonly string[];
  /** For `.modules.yaml`. */
  readonly now?: Date;
}

/** What is reached from the importers, and what is left out because it does not fit. */
interface Reach {
  readonly keys: ReadonlySet<string>;
  readonly skipped: ReadonlySet<string>;
}

export function importerReferences(
  importer: PnpmImporter,
  omit: PnpmLayoutOptions['omit'] = new Set(),
): Readonly<Record<string, PnpmReference>> {
  return {
    ...(omit.has('devDependencies') ? {} : importer.devDependencies),
    ...(omit.has('dependencies') ? {} : importer.dependencies),
    ...(omit.has('optionalDependencies') ? {} : importer.optionalDependencies),
  };
}

function childrenOf(lock: PnpmLock, key: string, withOptional: boolean): Readonly<Record<string, string>> {
  const { dependencies, optionalDependencies } = lock.snapshots[key] ?? {};
  return { ...dependencies, ...(withOptional ? optionalDependencies : {}) };
}

function reach({ lock, omit = new Set() }: PnpmLayoutOptions): Reach {
  const [keys, skipped] = [new Set<string>(), new Set<string>()];
  const visit = (alias: string, reference: string): void => {
    const key = snapshotKey(alias, reference);
    if (key === undefined || keys.has(key) || skipped.has(key)) return;
    const pkg = lock.packages[packageKey(key)];
    if (lock.snapshots[key]?.optional === true && !fitsPlatform(pkg ?? {})) {
      skipped.add(key);
      return;
    }
    keys.add(key);
    for (const [name, child] of Object.entries(childrenOf(lock, key, !omit.has('optionalDependencies')))) visit(name, child);
  };
  for (const importer of Object.values(lock.importers)) {
    for (const [alias, { version }] of Object.entries(importerReferences(importer, omit))) visit(alias, version);
  }
  // All below something skipped is skipped, unless it is used elsewhere too.
  const below = (key: string): void => {
    for (const [name, child] of Object.entries(childrenOf(lock, key, true))) {
      const inner = snapshotKey(name, child);
      if (inner === undefined || keys.has(inner) || skipped.has(inner)) continue;
      skipped.add(inner);
      below(inner);
    }
  };
  for (const key of [...skipped]) below(key);
  return { keys, skipped };
}

export function planPnpm(options: PnpmLayoutOptions): TreePlan {
  const { project, lock, registry, facts, folders } = options;
  const { keys, skipped } = reach(options);
  const nodes: PlannedNode[] = [];
  const commands: PlannedCommands[] = [];

  const version = (key: string) => lock.packages[packageKey(key)]?.version ?? packageKey(key).slice(nameOfKey(key).length + 1);
  const directory = (key: string) => lock.packages[packageKey(key)]?.resolution.directory;
  const bins = (key: string): Readonly<Record<string, string>> => {
    const folder = directory(key);
    if (folder !== undefined) return commandsOf(folders?.get(folder) ?? {});
    const name = nameOfKey(key);
    return commandsOf({ name, bin: factsOf(facts?.version(name, version(key))).bin });
  };
  const hasBin = (key: string) => lock.packages[packageKey(key)]?.hasBin === true;
  const workspace = (folder: string) => project.workspaces.find((each) => each.folder === folder);
  const place = (key: string) => virtualPlace(key);
  const link = (at: string, key: string) => {
    const bin = hasBin(key) ? bins(key) : {};
    nodes.push({
      kind: 'link',
      place: at,
      target: relativePath(at.slice(0, at.lastIndexOf('/')), place(key)),
      ...(Object.keys(bin).length === 0 ? {} : { bin }),
    });
  };

  for (const key of keys) {
    const pkg = lock.packages[packageKey(key)];
    const name = nameOfKey(key);
    const own = place(key);
    const folder = directory(key);
    const bin = hasBin(key) ? bins(key) : {};
    const described = factsOf(facts?.version(name, version(key)));
    nodes.push({
      kind: 'package',
      place: own,
      name: folder === undefined ? name : (folders?.get(folder)?.name ?? name),
      version: folder === undefined ? version(key) : (folders?.get(folder)?.version ?? ''),
      resolved: folder === undefined ? (pkg?.resolution.tarball ?? tarballAddress(registry, name, version(key))) : `file:${folder}`,
      ...(pkg?.resolution.integrity === undefined ? {} : { integrity: pkg.resolution.integrity }),
      bundled: false,
      optional: lock.snapshots[key]?.optional ?? false,
      ...(Object.keys(bin).length === 0 ? {} : { bin }),
      hasInstallScript: described.hasInstallScript ?? false,
      ...twinAmong(lock.snapshots[key]?.optionalDependencies),
      ...(pkg?.os === undefined ? {} : { os: pkg.os }),
      ...(pkg?.cpu === undefined ? {} : { cpu: pkg.cpu }),
      ...(pkg?.engines === undefined ? {} : { engines: pkg.engines }),
      ...(pkg?.deprecated === undefined ? {} : { deprecated: pkg.deprecated }),
      ...(facts?.version(name, version(key)) === undefined && folder === undefined ? { partial: true as const } : {}),
    });
    const store = own.slice(0, -name.length - 1);
    const into = `${own}/node_modules/.bin`;
    for (const [alias, reference] of Object.entries(childrenOf(lock, key, true))) {
      const child = snapshotKey(alias, reference);
      if (child === undefined) {
        const target = normalPath(reference.slice(5));
        const at = `${store}/${alias}`;
        nodes.push({ kind: 'link', place: at, target: relativePath(at.slice(0, at.lastIndexOf('/')), target) });
        const bin = commandsOf(workspace(target)?.manifest ?? {});
        if (Object.keys(bin).length > 0) commands.push({ into, from: target, bin });
      } else if (keys.has(child)) {
        if (alias !== name) link(`${store}/${alias}`, child);
        if (hasBin(child)) commands.push({ into, from: place(child) });
      }
    }
    if (hasBin(key) && options.frozen !== true) commands.push({ into, from: own });
  }

  for (const [folder, importer] of Object.entries(lock.importers)) {
    const root = folder === '.' ? '' : `${folder}/`;
    const into = `${root}node_modules/.bin`;
    for (const [alias, { version: reference }] of Object.entries(importerReferences(importer, options.omit))) {
      const key = snapshotKey(alias, reference);
      const at = `${root}node_modules/${alias}`;
      if (key === undefined) {
        const target = normalPath(`${root}${reference.slice(5)}`);
        const manifest = workspace(target)?.manifest ?? folders?.get(target) ?? {};
        nodes.push({ kind: 'link', place: at, target: relativePath(at.slice(0, at.lastIndexOf('/')), target) });
        const bin = commandsOf(manifest);
        if (Object.keys(bin).length > 0) commands.push({ into, from: target, bin });
      } else if (keys.has(key)) {
        link(at, key);
        if (hasBin(key)) commands.push({ into, from: place(key) });
      }
    }
  }

  const hoisted = hoist(options, keys);
  const hoistedTo = (alias: string) => (hoistKind(alias, options) === 'public' ? 'node_modules' : 'node_modules/.pnpm/node_modules');
  for (const [alias, key] of hoisted.packages) {
    const into = hoistedTo(alias);
    link(`${into}/${alias}`, key);
    if (hasBin(key)) commands.push({ into: `${into}/.bin`, from: `${into}/${alias}` });
  }
  for (const [alias, folder] of hoisted.workspaces) {
    const at = `${hoistedTo(alias)}/${alias}`;
    nodes.push({ kind: 'link', place: at, target: relativePath(at.slice(0, at.lastIndexOf('/')), folder) });
  }

  const files =
    keys.size + skipped.size === 0 && nodes.length === 0
      ? []
      : [modulesNote(options, hoisted.packages, skipped), currentLock(lock, keys, options.omit ?? new Set())];
  return { root: project.root, nodes, files, binLinks: 'pnpm', commands };
}

/** Where a name that nobody of the project asks for is offered; undefined: nowhere. */
function hoistKind(
  alias: string,
  { hoistPattern = ['*'], publicHoistPattern = [] }: Pick<PnpmLayoutOptions, 'hoistPattern' | 'publicHoistPattern'>,
): 'public' | 'private' | undefined {
  return matches(alias, publicHoistPattern) ? 'public' : matches(alias, hoistPattern) ? 'private' : undefined;
}

/** The last pattern that fits decides; with `!` in front of all of them what fits none is meant. */
function matches(name: string, patterns: readonly string[]): boolean {
  let found = patterns.length > 0 && patterns.every((pattern) => pattern.startsWith('!'));
  for (const pattern of patterns) {
    const text = pattern.replace(/^!/, '').replace(/[.+^$()|[\]\\{}?]/g, '\\$&');
    if (new RegExp(`^${text.replaceAll('*', '.*')}$`).test(name)) found = !pattern.startsWith('!');
  }
  return found;
}

/**
 * What `node_modules/.pnpm/node_modules`, or the project's own `node_modules`, offers to those that use what they do not declare: of each
 * name the one least deep, then the first by key. Names that the root asks for are at the top already.
 */
function hoist(
  { lock, project, omit, ...patterns }: PnpmLayoutOptions,
  keys: ReadonlySet<string>,
): { packages: Map<string, string>; workspaces: Map<string, string> } {
  const direct = new Map<string, string>();
  const walked = new Set<string>();
  type Step = readonly string[];
  const step = (references: Readonly<Record<string, string>>): Step => {
    const found: string[] = [];
    for (const [alias, reference] of Object.entries(references)) {
      const key = snapshotKey(alias, reference);
      if (key === undefined || !keys.has(key) || walked.has(key)) continue;
      walked.add(key);
      found.push(key);
    }
    return found;
  };
  const levels: { readonly key: string; readonly depth: number; readonly children: Readonly<Record<string, string>> }[] = [];
  const walk = (depth: number, found: Step): void => {
    const next: Step[] = [];
    for (const key of found) {
      const references = childrenOf(lock, key, true);
      next.push(step(references));
      const children: Record<string, string> = {};
      for (const [alias, reference] of Object.entries(references)) {
        const child = snapshotKey(alias, reference);
        if (child !== undefined && keys.has(child)) children[alias] = child;
      }
      levels.push({ key, depth, children });
    }
    for (const each of next) walk(depth + 1, each);
  };
  const workspaces = new Map<string, string>();
  for (const { folder, manifest } of project.workspaces)
    if (folder !== '' && manifest.name !== undefined) workspaces.set(manifest.name, folder);
  const roots: string[] = [];
  for (const importer of Object.values(lock.importers)) {
    const references = importerReferences(importer, omit);
    for (const [alias, { version }] of Object.entries(references)) {
      const key = snapshotKey(alias, version);
      if (key !== undefined && keys.has(key) && !direct.has(alias)) direct.set(alias, key);
    }
    roots.push(...step(Object.fromEntries(Object.entries(references).map(([alias, { version }]) => [alias, version]))));
  }
  walk(0, roots);
  const taken = new Set(Object.keys(importerReferences(lock.importers['.'] ?? {}, omit)).map((alias) => alias.toLowerCase()));
  const packages = new Map<string, string>();
  for (const name of [...workspaces.keys()]) {
    if (taken.has(name.toLowerCase()) || hoistKind(name, patterns) === undefined) workspaces.delete(name);
    else taken.add(name.toLowerCase());
  }
  const sorted = levels.sort((a, b) => (a.depth === b.depth ? (a.key < b.key ? -1 : 1) : a.depth - b.depth));
  for (const children of [Object.fromEntries(direct), ...sorted.map((each) => each.children)]) {
    for (const [alias, key] of Object.entries(children)) {
      if (taken.has(alias.toLowerCase()) || hoistKind(alias, patterns) === undefined) continue;
      taken.add(alias.toLowerCase());
      packages.set(alias, key);
    }
  }
  return { packages, workspaces };
}

function modulesNote(
  { registry, now = new Date(), omit = new Set(), hoistPattern = ['*'], publicHoistPattern = [] }: PnpmLayoutOptions,
  hoisted: ReadonlyMap<string, string>,
  skipped: ReadonlySet<string>,
): PlannedFile {
  const hoistedDependencies: Record<string, Record<string, 'public' | 'private'>> = {};
  for (const [alias, key] of hoisted)
    (hoistedDependencies[key] ??= {})[alias] = hoistKind(alias, { hoistPattern, publicHoistPattern }) ?? 'private';
  const note = {
    hoistedDependencies,
    hoistPattern,
    included: {
      dependencies: !omit.has('dependencies'),
      devDependencies: !omit.has('devDependencies'),
      optionalDependencies: !omit.has('optionalDependencies'),
    },
    injectedDeps: {},
    layoutVersion: 5,
    nodeLinker: 'isolated',
    packageManager: `pnpm@${pnpmVersion}`,
    pendingBuilds: [],
    publicHoistPattern,
    prunedAt: now.toUTCString(),
    registries: { default: registry },
    skipped: [...skipped].sort(),
    storeDir: '/root/.local/share/pnpm/store/v10',
    virtualStoreDir: '.pnpm',
    virtualStoreDirMaxLength: 120,
  };
  return { path: 'node_modules/.modules.yaml', text: JSON.stringify(note, null, 2) };
}

/** What is in place now: the lockfile without what was skipped or left out. */
function currentLock(lock: PnpmLock, keys: ReadonlySet<string>, omit: NonNullable<PnpmLayoutOptions['omit']>): PlannedFile {
  const snapshots = Object.fromEntries(Object.entries(lock.snapshots).filter(([key]) => keys.has(key)));
  const kept = (importer: PnpmImporter) =>
    Object.fromEntries(Object.entries(importer).filter(([field]) => !(omit as ReadonlySet<string>).has(field)));
  const importers = Object.fromEntries(Object.entries(lock.importers).map(([folder, importer]) => [folder, kept(importer)]));
  const left = new Set(Object.keys(snapshots).map(packageKey));
  const packages = Object.fromEntries(Object.entries(lock.packages).filter(([key]) => left.has(key)));
  return { path: 'node_modules/.pnpm/lock.yaml', text: writePnpmLock({ ...lock, importers, packages, snapshots }) };
}
