/** `npm ls`: the installed tree, and what is wrong with it. */
import satisfies from 'semver/functions/satisfies.js';
import { compareNames } from '../compare-names.ts';
import type { Colors } from '../progress/colors.ts';
import { drawTree, type DrawnItem } from '../progress/draw-tree.ts';
import { Failure } from '../failure.ts';
import { installedTree, packageId, type InstalledTree } from '../lockfile/installed.ts';
import type { Edge, TreeNode } from '../lockfile/tree.ts';
import { readLock } from '../lockfile/lock.ts';
import { buildTree } from '../lockfile/tree.ts';
import { normalizeManifest, type Manifest } from '../manifest/manifest.ts';
import { readManifestFile, tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { relativePath, resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

/** One line of the tree. */
interface Item {
  readonly node: TreeNode | undefined;
  readonly edge: Edge | undefined;
  readonly id: string;
  readonly depth: number;
  readonly parent: Item | undefined;
  readonly isDeduped: boolean;
  readonly isMissing: boolean;
  readonly isExtraneous: boolean;
  /** What says that it is the wrong one. */
  invalid: string;
  /** Asked for by name on the command line. */
  readonly isNamed: boolean;
  isIncluded: boolean;
  readonly children: Item[];
}

interface Listing {
  readonly session: Session;
  readonly root: string;
  readonly manifest: Manifest;
  readonly tree: InstalledTree;
  readonly args: readonly string[];
  readonly long: boolean;
}

const isOptionalEdge = (edge: Edge | undefined) => edge?.type === 'optional' || edge?.type === 'peerOptional';

/** `npm ls name@range` */
function isAsked(args: readonly string[], node: TreeNode | undefined): boolean {
  if (args.length === 0) return true;
  return args.some((arg) => {
    const at = arg.indexOf('@', 1);
    const [name, range] = at < 0 ? [arg, '*'] : [arg.slice(0, at), arg.slice(at + 1)];
    if (node === undefined) return false;
    return (name === node.name || name === node.packageName) && (range === '*' || satisfies(node.version, range, true));
  });
}

function invalidText(edge: Edge | undefined): string {
  if (edge?.error !== 'invalid') return '';
  const from = edge.from.place === '' ? 'the root project' : edge.from.place;
  return `${JSON.stringify(edge.spec === '' ? '*' : edge.spec)} from ${from}`;
}

/** In the order of a walk by levels, so that a package is shown in full where it is nearest to the root. */
function collect(listing: Listing, keep: (edge: Edge) => boolean): Item[] {
  const { session, tree, args } = listing;
  const { config } = session;
  const depth = config.count('depth');
  const all = config.flag('all');
  const maxDepth = all || args.length > 0 ? (depth ?? Infinity) : (depth ?? 0);
  const omitted = config.omitted;
  const onlyLinks = config.flag('link');
  const top: Item = {
    node: tree.root,
    edge: undefined,
    id: packageId(tree.root),
    depth: 0,
    parent: undefined,
    isDeduped: false,
    isMissing: false,
    isExtraneous: false,
    invalid: '',
    isNamed: false,
    isIncluded: args.length === 0,
    children: [],
  };
  const seen = new Set<TreeNode>([tree.root]);
  const invalid = new Map<TreeNode, string>();
  const items = [top];
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Item;
    const { node } = item;
    // All that was found against it so far, wherever it was asked for.
    if (node !== undefined && !item.isDeduped) item.invalid = invalid.get(node) ?? '';
    if (node === undefined || item.isDeduped) continue;
    const level = node.target.isWorkspace ? 0 : item.depth;
    if (level > maxDepth) continue;
    const next: Item[] = [];
    const paths = new Set<TreeNode>();
    const add = (to: TreeNode | undefined, edge: Edge | undefined) => {
      const isMissing = to === undefined;
      if (to !== undefined) paths.add(to);
      const text = invalidText(edge);
      if (to !== undefined && text !== '') invalid.set(to, [...(invalid.has(to) ? [invalid.get(to)] : []), text].join(', '));
      next.push({
        node: to,
        edge,
        id: to === undefined ? `${edge?.name ?? ''}@${edge?.spec ?? ''}` : packageId(to),
        depth: level + 1,
        parent: item,
        isDeduped: false,
        isMissing,
        isExtraneous: to !== undefined && tree.extraneous.has(to),
        invalid: to === undefined ? invalidText(edge) : (invalid.get(to) ?? ''),
        isNamed: false,
        isIncluded: false,
        children: [],
      });
    };
    for (const edge of node.target.edges.values()) {
      if (!keep(edge)) continue;
      if (level === 0) {
        const type = edge.type === 'peerOptional' ? 'peer' : edge.type;
        if ((omitted as ReadonlySet<string>).has(type)) continue;
        if (onlyLinks && edge.to?.isLink !== true) continue;
      }
      add(edge.to, edge);
    }
    const folder = node.target.place === '' ? 'node_modules/' : `${node.target.place}/node_modules/`;
    for (const child of tree.extraneous) {
      if (child.place.startsWith(folder) && !child.place.slice(folder.length).includes('node_modules/') && !paths.has(child))
        add(child, undefined);
    }
    next.sort((a, b) => compareNames(a.id, b.id));
    for (const one of next) {
      const isDeduped = one.node !== undefined && seen.has(one.node);
      if (one.node !== undefined) seen.add(one.node);
      const asked = isAsked(args, one.node);
      const shown: Item = { ...one, isDeduped, isNamed: asked, isIncluded: asked };
      if (asked) for (let up: Item | undefined = item; up !== undefined; up = up.parent) up.isIncluded = true;
      items.push(shown);
    }
  }
  for (const item of items) if (item.isIncluded && item.parent !== undefined) item.parent.children.push(item);
  return items;
}

function problemsOf({ root }: Listing, item: Item): string[] {
  const problems: string[] = [];
  const path = item.node === undefined ? '' : resolvePath(root, item.node.place);
  if (item.isMissing && !isOptionalEdge(item.edge))
    problems.push(`missing: ${item.id}, required by ${item.edge === undefined ? '' : packageId(item.edge.from)}`);
  if (item.invalid !== '') problems.push(`invalid: ${item.id} ${path}`);
  if (item.isExtraneous) problems.push(`extraneous: ${item.id} ${path}`);
  return problems;
}

function label(listing: Listing, item: Item, paint: Colors): string {
  const { root, manifest, args, long, session } = listing;
  const { node, id } = item;
  let name = node?.target.isWorkspace === true ? paint.blueBright(id) : id;
  if (node?.isRoot === true) {
    const bare = Object.keys(manifest).length === 0 || session.config.global;
    name = bare ? root : `${name}${long ? '\n' : ' '}${root}`;
  }
  const optional = isOptionalEdge(item.edge);
  const unmet = `UNMET ${optional ? 'OPTIONAL ' : ''}DEPENDENCY`;
  const resolved = node?.entry.resolved ?? '';
  const isGit = /^git(?:\+|:)/.test(resolved);
  return [
    item.isMissing ? `${(optional ? paint.yellow : paint.red)(unmet)} ` : '',
    args.length > 0 && item.isNamed ? paint.yellow(name) : name,
    item.isDeduped ? ` ${paint.dim('deduped')}` : '',
    item.invalid === '' ? '' : ` ${paint.red(`invalid: ${item.invalid}`)}`,
    item.isExtraneous ? ` ${paint.red('extraneous')}` : '',
    node?.isOverridden === true && !item.isDeduped ? ` ${paint.dim('overridden')}` : '',
    isGit ? ` (${resolved})` : '',
    node?.isLink === true ? ` -> ./${relativePath(root, resolvePath(root, resolved))}` : '',
    long ? `\n${descriptionOf(listing, node)}` : '',
  ].join('');
}

function descriptionOf({ root, session }: Listing, node: TreeNode | undefined): string {
  if (node === undefined) return '';
  const description = tryReadManifest(session.disk, resolvePath(root, node.place))?.description;
  return typeof description === 'string' ? description : '';
}

function jsonOf(listing: Listing, item: Item): Record<string, unknown> {
  const { root, manifest, long } = listing;
  const { node } = item;
  const found: Record<string, unknown> = {};
  if (node !== undefined && node.version !== '') found['version'] = node.version;
  const resolved = node?.entry.resolved;
  const isShown = node !== undefined && !item.isDeduped;
  if (isShown && resolved !== undefined && !listing.session.config.global)
    found['resolved'] = node.isLink ? `file:${relativePath(resolvePath(root, node.place, '..'), resolvePath(root, resolved))}` : resolved;
  if (node?.isRoot === true) {
    if (Object.keys(manifest).length > 0) found['name'] = manifest.name ?? root.slice(root.lastIndexOf('/') + 1);
  } else if (isShown) found['overridden'] = node?.isOverridden === true;
  if (long && node !== undefined) {
    const own = node.entry as Manifest;
    const { dependencies, ...others } = own;
    Object.assign(found, { name: node.name }, others, node.version === '' ? {} : { _id: `${node.packageName}@${node.version}` }, {
      extraneous: false,
      path: resolvePath(root, node.place),
      _dependencies: { ...dependencies, ...own.optionalDependencies },
      devDependencies: own.devDependencies ?? {},
      peerDependencies: own.peerDependencies ?? {},
    });
  }
  if (item.isExtraneous) found['extraneous'] = true;
  if (item.invalid !== '') found['invalid'] = item.invalid;
  if (item.isMissing && !isOptionalEdge(item.edge)) {
    found['required'] = item.edge?.spec === '' ? '*' : item.edge?.spec;
    found['missing'] = true;
  }
  const problems = problemsOf(listing, item);
  if (item.isIncluded && problems.length > 0) found['problems'] = problems;
  if (item.children.length > 0) {
    found['dependencies'] = Object.fromEntries(
      item.children.map((child) => [child.node?.name ?? child.edge?.name ?? '', jsonOf(listing, child)]),
    );
  }
  return found;
}

function listing(session: Session, args: readonly string[], long: boolean): Listing & { readonly rootError: boolean } {
  const { config, disk } = session;
  const root = config.global ? resolvePath(config.globalPrefix, 'lib') : config.localPrefix;
  let manifest: Manifest = {};
  let rootError = false;
  if (disk.exists(resolvePath(root, 'package.json'))) {
    try {
      manifest = normalizeManifest(readManifestFile(disk, root).content);
    } catch (error) {
      if (!(error instanceof Failure) || (error.code !== undefined && error.code !== 'EJSONPARSE')) throw error;
      rootError = error.code !== undefined; // JSON that is no object is taken for an empty one.
    }
  }
  const workspaces = findWorkspaces(disk, root, manifest);
  const lock = config.flag('package-lock-only') ? readLock(disk, root) : undefined;
  if (config.flag('package-lock-only') && lock === undefined)
    throw new Failure('loadVirtual requires existing shrinkwrap file', { code: 'ENOLOCK' });
  const tree =
    lock === undefined
      ? installedTree(disk, { root, manifest, workspaces })
      : {
          ...buildTree(lock, { root, manifest, workspaces, manifestOf: (folder) => tryReadManifest(disk, folder) }),
          extraneous: new Set<TreeNode>(),
        };
  return { session, root, manifest, tree, args, long, rootError };
}

function runLs(session: Session, args: readonly string[], forWorkspaces: boolean, always: { readonly long: boolean }): Promise<void> {
  const { config, display } = session;
  const long = always.long || config.flag('long');
  const found = listing(session, args, long);
  const { tree, root } = found;
  const chosen = forWorkspaces ? new Set(workspacesOf(session, false).values()) : undefined;
  const withRoot = config.flag('include-workspace-root');
  const keep = (edge: Edge): boolean => {
    const leadsToWorkspace = edge.to?.target.isWorkspace === true;
    if (config.get('workspaces') === false && edge.from.isRoot && leadsToWorkspace) return false;
    if (chosen === undefined || chosen.size === 0) return true;
    if (withRoot && edge.to !== undefined && !leadsToWorkspace) return true;
    if (!edge.from.isRoot) return true;
    return leadsToWorkspace && chosen.has(resolvePath(root, edge.to?.target.place ?? ''));
  };
  const items = collect(found, keep);
  const top = items[0] as Item;
  const problems = [...new Set(items.filter((item) => item.isIncluded).flatMap((item) => problemsOf(found, item)))];
  void tree;
  if (display.json) {
    const result = jsonOf(found, top);
    const ordered: Record<string, unknown> = {};
    for (const key of Object.keys(result)) if (key !== 'dependencies') ordered[key] = result[key];
    const all = found.rootError ? [...problems, `error in ${root}: Failed to parse root package.json`] : problems;
    if (all.length > 0) ordered['problems'] = all;
    if (found.rootError) ordered['invalid'] = true;
    if (result['dependencies'] !== undefined) ordered['dependencies'] = result['dependencies'];
    display.buffer(ordered);
  } else if (config.flag('parseable')) {
    const lines = items
      .filter((item) => item.node !== undefined && item.isIncluded && !item.isDeduped)
      .map((item) => {
        const node = item.node as TreeNode;
        const path = resolvePath(root, node.place);
        if (!long) return path;
        const real = node.isLink ? `:${resolvePath(root, node.target.place)}` : '';
        return `${path}:${item.id}${real}${item.isExtraneous ? ':EXTRANEOUS' : ''}${item.invalid === '' ? '' : ':INVALID'}${node.isOverridden ? ':OVERRIDDEN' : ''}`;
      });
    display.output(lines.join('\n'));
  } else {
    const drawn = (item: Item): DrawnItem => ({ label: label(found, item, display.colors), nodes: item.children.map(drawn) });
    const shown = drawn(top);
    const nodes = shown.nodes.length === 0 ? [{ label: '(empty)', nodes: [] }] : shown.nodes;
    display.output(display.colors.reset(drawTree({ ...shown, nodes }, config.flag('unicode'))));
  }
  if (args.length > 0 && !top.isIncluded) session.exitCode = 1;
  if (found.rootError) throw new Failure('Failed to parse root package.json', { code: 'EJSONPARSE' });
  if (problems.some((problem) => !problem.startsWith('extraneous:'))) throw new Failure(problems.join('\n'), { code: 'ELSPROBLEMS' });
  return Promise.resolve();
}

export const ls: Command = {
  forWorkspaces: true,
  run: (session, args, forWorkspaces) => runLs(session, args, forWorkspaces, { long: false }),
};
export const ll: Command = {
  forWorkspaces: true,
  run: (session, args, forWorkspaces) => runLs(session, args, forWorkspaces, { long: true }),
};
