/** `npm explain`: why a package is there. */
import satisfies from 'semver/functions/satisfies.js';
import { Failure } from '../failure.ts';
import { installedTree, type InstalledTree } from '../lockfile/installed.ts';
import type { Edge, TreeNode } from '../lockfile/tree.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { relativePath, resolvePath } from '../paths.ts';
import type { Colors } from '../progress/colors.ts';
import type { Session } from '../session.ts';
import { usageFailure } from './help.ts';
import type { Command } from './command.ts';

class Explanation {
  readonly #tree: InstalledTree;
  readonly #paint: Colors;
  readonly #root: string;
  /** On the way from the package that is asked about: a circle is shown once. */
  readonly #seen = new Set<TreeNode>();
  /** Of those alone npm says what they are there for, wherever they appear. */
  readonly #asked: ReadonlySet<TreeNode>;

  constructor(tree: InstalledTree, { root, paint, asked }: { root: string; paint: Colors; asked: ReadonlySet<TreeNode> }) {
    this.#tree = tree;
    this.#root = root;
    this.#paint = paint;
    this.#asked = asked;
  }

  node(node: TreeNode): string {
    return this.#name(node) + this.#dependents(node) + this.#links(node);
  }

  #name(node: TreeNode): string {
    const paint = this.#paint;
    const { dev, optional, peer, inBundle } = node.entry;
    const extra = !this.#asked.has(node)
      ? []
      : this.#tree.extraneous.has(node)
        ? [paint.red('extraneous')]
        : [
            ...(dev === true ? [paint.blue('dev')] : []),
            ...(optional === true ? [paint.magenta('optional')] : []),
            ...(peer === true ? [paint.magentaBright('peer')] : []),
            ...(inBundle === true ? [paint.underline(paint.cyan('bundled'))] : []),
            ...(node.isOverridden ? [paint.dim('overridden')] : []),
          ];
    const id = `${node.packageName}@${node.version}`;
    const shown = node.isWorkspace ? paint.blueBright(id) : id;
    return `${[shown, ...extra].join(' ')}${node.place === '' ? '' : paint.dim(`\n${node.place}`)}`;
  }

  #dependents(node: TreeNode): string {
    const edges = node.edgesIn.filter((edge) => edge.error === undefined && edge.to === node);
    if (edges.length === 0) return '';
    return `\n${edges.map((edge) => this.#edge(edge)).join('\n')}`.split('\n').join('\n  ');
  }

  #links(node: TreeNode): string {
    const links = [...this.#tree.nodes.values()].filter((one) => one.isLink && one.target === node);
    if (links.length === 0) return '';
    return `\n${links.map((link) => this.node(link)).join('\n')}`.split('\n').join('\n  ');
  }

  #edge({ from, name, spec, rawSpec, type, to }: Edge): string {
    const paint = this.#paint;
    const asked =
      type === 'workspace' ? paint.bold(relativePath(this.#root, spec.slice('file:'.length))) : `${name}@"${spec === '' ? '*' : spec}"`;
    const what = spec === rawSpec ? asked : `${paint.dim('overridden')} ${asked} (was "${rawSpec}")`;
    const kind = type === 'prod' ? '' : `${this.#type(type)} `;
    const bundled = to?.entry.inBundle === true ? `${paint.underline(paint.cyan('bundled'))} ` : '';
    return `${kind}${bundled}${what} from ${this.#from(from)}`;
  }

  #type(type: string): string {
    const paint = this.#paint;
    if (type === 'dev') return paint.blue(type);
    if (type === 'optional') return paint.magenta(type);
    if (type === 'peer') return paint.magentaBright(type);
    return type === 'workspace' ? paint.blueBright(type) : type;
  }

  #from(node: TreeNode): string {
    if (node.isRoot) return 'the root project';
    if (this.#seen.has(node)) return this.#name(node);
    this.#seen.add(node);
    const text = this.node(node);
    this.#seen.delete(node);
    return text;
  }
}

function nodesFor(session: Session, tree: InstalledTree, root: string, arg: string): TreeNode[] {
  const all = [...tree.nodes.values()].filter((node) => !node.isRoot);
  const named = all.filter(({ packageName }) => packageName === arg);
  if (/^(?:@[^/]+\/)?[^/@]+$/.test(arg)) return named;
  const place = tree.nodes.get(arg.replace(/\/+$/, '')) ?? tree.nodes.get(relativePath(root, resolvePath(session.cwd, arg)));
  if (place !== undefined) return [place];
  const at = arg.indexOf('@', 1);
  if (at < 0) return [];
  return all.filter(({ packageName, version }) => packageName === arg.slice(0, at) && satisfies(version, arg.slice(at + 1), true));
}

function jsonOf(tree: InstalledTree, root: string, node: TreeNode, seen: ReadonlySet<TreeNode>): object {
  const inner = new Set([...seen, node]);
  const dependents = node.edgesIn
    .filter((edge) => edge.error === undefined && edge.to === node)
    .map(({ type, name, spec, rawSpec, from }) => ({
      type,
      name,
      spec: spec === '' ? '*' : spec,
      ...(spec === rawSpec ? {} : { rawSpec, overridden: true }),
      from: from.isRoot
        ? { location: root }
        : seen.has(from)
          ? { name: from.packageName, version: from.version, location: from.place }
          : jsonOf(tree, root, from, inner),
    }));
  return { name: node.packageName, version: node.version, location: node.place, isWorkspace: node.isWorkspace, dependents };
}

export const explain: Command = {
  forWorkspaces: true,
  run: (session, args) => {
    if (args.length === 0) throw usageFailure('explain');
    const { config, disk, display } = session;
    const root = config.localPrefix;
    const manifest = readManifest(disk, root);
    const tree = installedTree(disk, { root, manifest, workspaces: findWorkspaces(disk, root, manifest) });
    const nodes = new Set(args.flatMap((arg) => nodesFor(session, tree, root, arg)));
    if (nodes.size === 0) throw new Failure(`No dependencies found matching ${args.join(', ')}`);
    if (display.json) {
      display.buffer(
        [...nodes].map((node) => {
          const { dev = false, optional = false, devOptional = false, peer = false, inBundle = false } = node.entry;
          const flags = tree.extraneous.has(node)
            ? { extraneous: true }
            : { dev, optional, devOptional, peer, bundled: inBundle, overridden: node.isOverridden };
          return { ...jsonOf(tree, root, node, new Set()), ...flags };
        }),
      );
    } else
      display.output(
        [...nodes].map((node) => new Explanation(tree, { root, paint: display.colors, asked: nodes }).node(node)).join('\n\n'),
      );
    return Promise.resolve();
  },
};
