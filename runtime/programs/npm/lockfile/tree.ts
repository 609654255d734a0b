/** The graph that a lock describes: who depends on whom, and whether what is there is what was asked for. */
import satisfies from 'semver/functions/satisfies.js';
import type { Manifest } from '../manifest/manifest.ts';
import { nameOfFolder } from '../manifest/workspaces.ts';
import { relativePath, resolvePath } from '../paths.ts';
import { Failure } from '../failure.ts';
import { nameAt, type Lock, type LockEntry } from './lock.ts';
import { Override } from './overrides.ts';
import { parseSpecifier } from './specifier.ts';

export type EdgeType = 'prod' | 'dev' | 'optional' | 'peer' | 'peerOptional' | 'workspace';

export interface Edge {
  readonly from: TreeNode;
  readonly name: string;
  /** What is asked for, with the project's overrides. */
  readonly spec: string;
  /** As it is written. */
  readonly rawSpec: string;
  readonly type: EdgeType;
  readonly to: TreeNode | undefined;
  /** Why it does not hold: nothing is there, or something else is. */
  readonly error: 'missing' | 'invalid' | undefined;
}

export interface TreeNode {
  readonly place: string;
  /** Of its folder. */
  readonly name: string;
  /** Of its manifest. */
  readonly packageName: string;
  readonly version: string;
  readonly entry: LockEntry;
  /** Of a link: where it leads. */
  readonly target: TreeNode;
  readonly isLink: boolean;
  readonly isRoot: boolean;
  readonly isWorkspace: boolean;
  /** Its version is what an override asks for. */
  readonly isOverridden: boolean;
  /** By name. Of a link: none. */
  readonly edges: ReadonlyMap<string, Edge>;
  readonly edgesIn: readonly Edge[];
}

interface BuildingEdge extends Edge {
  readonly from: Building;
  readonly to: Building | undefined;
  spec: string;
  error: Edge['error'];
  override?: Override;
}

interface Building {
  place: string;
  name: string;
  packageName: string;
  version: string;
  entry: LockEntry;
  target: Building;
  isLink: boolean;
  isRoot: boolean;
  isWorkspace: boolean;
  isOverridden: boolean;
  override?: Override;
  edges: Map<string, BuildingEdge>;
  edgesIn: BuildingEdge[];
}

export interface LockTree {
  readonly root: TreeNode;
  /** By place, the root too. */
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /** Dependencies that do not hold, in the order of places. */
  readonly problems: readonly Edge[];
}

type Kinds = Pick<LockEntry, 'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies' | 'peerDependenciesMeta'>;

/** What a package asks for, by name and in npm's order; the later kinds win. */
export function dependenciesOf(kinds: Kinds, withDev: boolean): Map<string, { readonly type: EdgeType; readonly spec: string }> {
  const found = new Map<string, { type: EdgeType; spec: string }>();
  const { peerDependencies = {}, peerDependenciesMeta = {}, dependencies = {}, optionalDependencies = {}, devDependencies = {} } = kinds;
  const add = (type: EdgeType, all: readonly (readonly [string, string])[]) => {
    for (const [name, spec] of all) {
      found.delete(name);
      found.set(name, { type, spec });
    }
  };
  const peers = Object.entries(peerDependencies);
  const isOptional = (name: string) => peerDependenciesMeta[name]?.optional === true;
  add(
    'peer',
    peers.filter(([name]) => !isOptional(name)),
  );
  add(
    'peerOptional',
    peers.filter(([name]) => isOptional(name)),
  );
  add('prod', Object.entries(dependencies));
  add('optional', Object.entries(optionalDependencies));
  if (withDev) add('dev', Object.entries(devDependencies));
  return found;
}

/** The place of `name` as code in `place` finds it. */
function find(nodes: ReadonlyMap<string, Building>, place: string, name: string): Building | undefined {
  for (let folder = place; ;) {
    const found = nodes.get(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`);
    if (found !== undefined) return found;
    if (folder === '') return undefined;
    // Up: out of `node_modules/x`, or from a workspace's folder to the one it is in.
    const at = folder.lastIndexOf('node_modules/');
    const slash = folder.lastIndexOf('/');
    if (
      at >= 0 &&
      !folder
        .slice(at + 'node_modules/'.length)
        .replace(/^@[^/]*\//, '')
        .includes('/')
    )
      folder = folder.slice(0, Math.max(0, at - 1));
    else folder = slash < 0 ? '' : folder.slice(0, slash);
  }
}

/** The folder that holds a package's `node_modules`, which peers are looked for in. */
function parentPlace(place: string): string {
  const at = place.lastIndexOf('node_modules/');
  return at <= 0 ? '' : place.slice(0, at - 1);
}

/** What `$name` stands for in the value of an override. */
function referred(value: string, manifests: readonly Kinds[]): string {
  const name = value.slice(1);
  for (const { devDependencies, optionalDependencies, dependencies, peerDependencies } of manifests) {
    const spec = devDependencies?.[name] ?? optionalDependencies?.[name] ?? dependencies?.[name] ?? peerDependencies?.[name];
    if (spec !== undefined) return spec;
  }
  throw new Failure(`Unable to resolve reference ${value}`);
}

/** Lets the project's overrides count for all that is asked for below it. */
function override(root: Building, overrides: object): void {
  root.override = new Override(overrides);
  // Rules that contradict one another could take turns for ever.
  const turns = new Map<Building, number>();
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const edge of node.edges.values()) {
      const rule = node.override?.ruleFor(edge.name, edge.rawSpec);
      if (rule === undefined) continue;
      edge.override = rule;
      if (rule.name === edge.name && rule.value !== '*')
        edge.spec = rule.value.startsWith('$') ? referred(rule.value, [root.entry, node.entry]) : rule.value;
      for (const to of new Set([edge.to, edge.to?.target])) {
        if (to === undefined) continue;
        const before = to.override;
        const now = before === undefined ? rule : before.with(rule);
        const turn = turns.get(to) ?? 0;
        if (now === undefined || now === before || turn > 20) continue;
        turns.set(to, turn + 1);
        to.override = now;
        waiting.push(to);
      }
    }
  }
}

export interface TreeRequest {
  /** Absolute path of the project. */
  readonly root: string;
  readonly manifest: Manifest;
  /** Name → absolute folder. */
  readonly workspaces: ReadonlyMap<string, string>;
  /** The manifest of a folder outside of `node_modules`, as it is now. Undefined: what the lock says of it. */
  readonly manifestOf?: (folder: string) => Manifest | undefined;
}

export function buildTree(lock: Pick<Lock, 'packages'>, { root, manifest, workspaces, manifestOf }: TreeRequest): LockTree {
  const nodes = new Map<string, Building>();
  const add = (place: string, entry: LockEntry): Building => {
    const name = place === '' ? (manifest.name ?? nameOfFolder(root)) : nameAt(place);
    const node = {
      place,
      name,
      packageName: entry.name ?? name,
      version: entry.version ?? '',
      entry,
      isLink: entry.link === true,
      isRoot: place === '',
      isWorkspace: false,
      isOverridden: false,
      edges: new Map(),
      edgesIn: [],
    } as Partial<Building> as Building;
    node.target = node;
    nodes.set(place, node);
    return node;
  };
  const rootNode = add('', { ...(manifest as LockEntry) });
  for (const [place, entry] of lock.packages) {
    if (place === '') continue;
    const isOwn = !place.startsWith('node_modules/') && !place.includes('/node_modules/') && entry.link !== true;
    const now = isOwn ? manifestOf?.(resolvePath(root, place)) : undefined;
    add(place, now === undefined ? entry : { ...entry, ...(now as LockEntry) });
  }
  for (const node of nodes.values()) {
    if (!node.isLink) continue;
    const target = nodes.get(relativePath(root, resolvePath(root, node.entry.resolved ?? '')));
    if (target === undefined) continue;
    node.target = target;
    node.version = target.version;
    node.packageName = target.packageName;
  }
  for (const folder of workspaces.values()) {
    const place = relativePath(root, folder);
    const node = nodes.get(place);
    if (node !== undefined) node.isWorkspace = true;
  }
  const connect = (from: Building, name: string, type: EdgeType, spec: string) => {
    const isPeer = type === 'peer' || type === 'peerOptional';
    const isTop = from.isRoot || !from.place.includes('node_modules/');
    const to = find(nodes, isPeer && !isTop ? parentPlace(from.place) : from.place, name);
    const edge: BuildingEdge = { from, name, spec, rawSpec: spec, type, to, error: undefined };
    from.edges.set(name, edge);
    if (to !== undefined) {
      to.edgesIn.push(edge);
      if (to.target !== to) to.target.edgesIn.push(edge);
    }
  };
  for (const node of nodes.values()) {
    if (node.isLink) continue;
    const isTop = node.isRoot || (!node.place.startsWith('node_modules/') && !node.place.includes('/node_modules/'));
    for (const [name, { type, spec }] of dependenciesOf(node.entry, isTop)) connect(node, name, type, spec);
    if (node.isRoot) for (const [name, folder] of workspaces) connect(node, name, 'workspace', `file:${folder}`);
  }
  if (Object.keys(manifest.overrides ?? {}).length > 0) override(rootNode, manifest.overrides ?? {});
  const problems: Edge[] = [];
  for (const node of nodes.values()) {
    for (const edge of node.edges.values()) {
      const { name, type, to, spec, rawSpec } = edge;
      if (node.isRoot && spec !== rawSpec)
        throw new Failure(`Override for ${name}@${rawSpec} conflicts with direct dependency`, { code: 'EOVERRIDE' });
      if (to === undefined) edge.error = type === 'optional' || type === 'peerOptional' ? undefined : 'missing';
      else if (type !== 'workspace') {
        const where = resolvePath(root, node.place);
        const fits = (text: string) => fulfils(to, text, where, root, rootNode.entry, lock.packages.get(node.place));
        const rule = to.entry.inBundle === true || to.entry.hasShrinkwrap === true ? undefined : edge.override;
        const good = rule === undefined ? fits(rawSpec) : fits(spec) || (rule.name === name && fits(rawSpec) && !fits(rule.range));
        const contradicted = rule !== undefined && to.edges.size > 0 && to.override !== undefined && rule.with(to.override) === undefined;
        if (!good || contradicted) edge.error = 'invalid';
        if (rule?.name === to.name && to.override?.name === to.name && rule.value === to.version && rule !== node.override)
          to.isOverridden = true;
      }
      if (edge.error !== undefined) problems.push(edge);
    }
  }
  return { root: rootNode, nodes, problems };
}

/** Whether what is at a place is what `spec` asks for: arborist's `depValid`. */
function fulfils(node: Building, spec: string, where: string, root: string, rootEntry: LockEntry, locked: LockEntry | undefined): boolean {
  const wanted = parseSpecifier(spec, where);
  switch (wanted.kind) {
    case 'range':
      return wanted.fetch === '*' || satisfies(node.version, wanted.fetch, true);
    case 'version':
      return satisfies(node.version, wanted.fetch, true);
    case 'tag':
      return /^https?:/.test(node.entry.resolved ?? '');
    case 'alias':
      return (
        wanted.name === node.packageName &&
        (wanted.of.kind === 'range' || wanted.of.kind === 'version'
          ? wanted.of.fetch === '*' || satisfies(node.version, wanted.of.fetch, true)
          : true)
      );
    case 'folder':
      return node.isLink && resolvePath(root, node.entry.resolved ?? '') === wanted.path;
    case 'file':
      return !node.isLink && resolvePath(root, (node.entry.resolved ?? '').replace(/^file:/, '')) === wanted.path;
    case 'remote':
      return node.entry.resolved === wanted.url;
    case 'git': {
      const has = parseSpecifier(node.entry.resolved ?? '', root);
      if (has.kind !== 'git' || has.repository !== wanted.repository) return false;
      const range = /^semver:(.*)$/.exec(wanted.committish)?.[1];
      if (range !== undefined) return satisfies(node.version, decodeURIComponent(range), true);
      if (/^[a-fA-F\d]{40,64}$/.test(wanted.committish)) return has.committish === wanted.committish;
      const asked = { ...locked?.dependencies, ...locked?.optionalDependencies, ...locked?.devDependencies, ...locked?.peerDependencies }[
        node.name
      ];
      if (asked === undefined) return true;
      const before = parseSpecifier(asked, root);
      void rootEntry;
      return before.kind !== 'git' || before.committish === wanted.committish;
    }
    case 'unsupported':
      return false;
  }
}

/** The nodes that are only there for an optional dependency which cannot be had: arborist's `optionalSet`. */
export function optionalSet(node: TreeNode, left: ReadonlySet<TreeNode>): Set<TreeNode> {
  const set = new Set([node]);
  for (const one of set) for (const edge of one.edgesIn) if (edge.type !== 'optional' && edge.type !== 'peerOptional') set.add(edge.from);
  const counts = (edge: Edge) => edge.to !== undefined && !set.has(edge.to) && !left.has(edge.from);
  const all = new Set(set);
  for (const one of all) for (const edge of one.edges.values()) if (edge.to !== undefined && counts(edge)) all.add(edge.to);
  for (let changed = true; changed;) {
    changed = false;
    for (const one of all) {
      if (one.edgesIn.some((edge) => !all.has(edge.from) && counts(edge))) {
        all.delete(one);
        changed = true;
      }
    }
  }
  return all;
}
