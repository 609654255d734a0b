/** `npm fund`: where installed packages ask for money. */
import rcompare from 'semver/functions/rcompare.js';
import valid from 'semver/functions/valid.js';
import { Failure } from '../failure.ts';
import { directOf, isFunding, isFundingSource, normalizedFunding, unseen, type FundingSource } from '../lockfile/funding.ts';
import { installedTree } from '../lockfile/installed.ts';
import type { TreeNode } from '../lockfile/tree.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import { drawTree, type DrawnItem } from '../progress/draw-tree.ts';
import type { Session } from '../session.ts';
import { showAddress } from './open-url.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

/** A package that asks for money, and those below it that do. */
interface Funded {
  readonly name?: string;
  readonly version?: string;
  funding?: unknown;
  dependencies?: Record<string, Funded>;
}

/** What packages that ask for nothing themselves have below them is shown in their place. */
interface Below {
  readonly own: Record<string, Funded>;
  trailing: Record<string, Funded>;
}

const sourcesOf = (funding: unknown): FundingSource[] => [normalizedFunding(funding)].flat().filter(isFundingSource);

class Report {
  readonly #seen = new Set<string>();
  readonly #only: ReadonlySet<TreeNode> | undefined;
  count = 0;

  constructor(only: ReadonlySet<TreeNode> | undefined) {
    this.#only = only;
  }

  below(node: TreeNode): Record<string, Funded> {
    const { own, trailing } = this.#below(node);
    return { ...own, ...trailing };
  }

  #below(node: TreeNode): Below {
    const found: Below = { own: {}, trailing: {} };
    const fresh = unseen(
      directOf(node).filter((one) => this.#only?.has(one) !== false),
      this.#seen,
    ).map((target) => {
      const { funding } = target.entry;
      const item: Funded = target.version === '' ? {} : { version: target.version };
      if (isFunding(funding)) {
        item.funding = normalizedFunding(funding);
        this.count++;
      }
      return { node: target, item };
    });
    for (const { node: one, item } of fresh) {
      const below = one.edges.size > 0 ? this.below(one) : {};
      const has = Object.keys(below).length > 0;
      if (has) item.dependencies = below;
      if (item.funding !== undefined) found.own[one.packageName] = item;
      else if (has) found.trailing = { ...found.trailing, ...below };
    }
    return found;
  }
}

/** What some workspaces need, and they themselves. */
function neededBy(root: TreeNode, names: ReadonlySet<string>): Set<TreeNode> {
  const found = new Set<TreeNode>();
  for (const { type, name, to } of root.edges.values())
    if (type === 'workspace' && names.has(name) && to !== undefined) found.add(to.target);
  for (const node of found) for (const { to } of node.edges.values()) if (to !== undefined) found.add(to.target);
  return found;
}

function draw({ display, config }: Session, all: Funded): string {
  const unicode = config.flag('unicode');
  const byAddress = new Map<string, { label: string; nodes: DrawnItem[] }>();
  const idOf = ({ name = '', version }: Funded) => `${name}${version === undefined ? '' : `@${version}`}`;
  const visit = (item: Funded): DrawnItem | undefined => {
    const [source] = sourcesOf(item.funding);
    const id = idOf(item);
    const known = source === undefined ? undefined : byAddress.get(source.url);
    let shown: { label: string; nodes: DrawnItem[] } | undefined;
    if (known !== undefined) known.label += `${display.colors.dim(',')} ${id}`;
    else if (source === undefined) shown = { label: id, nodes: [] };
    else {
      shown = { label: drawTree({ label: display.colors.blue(source.url), nodes: [{ label: id, nodes: [] }] }, unicode).trim(), nodes: [] };
      byAddress.set(source.url, shown);
    }
    const children = Object.entries(item.dependencies ?? {}).flatMap(([name, one]) => visit({ ...one, name }) ?? []);
    shown?.nodes.push(...children);
    return shown;
  };
  return drawTree(visit(all) as DrawnItem, unicode);
}

const titleOf = ({ type }: FundingSource) =>
  `${type === undefined || type === '' ? 'Funding' : `${type} funding`} available at the following URL`;

async function manifestFor(session: Session, nodes: readonly TreeNode[], spec: string): Promise<Manifest> {
  const { config, disk, cwd } = session;
  if (spec === '.' || /^(?:\.{0,2}\/|\.\.$)/.test(spec)) {
    const path = resolvePath(cwd, spec);
    const node = nodes.find(({ place }) => resolvePath(config.localPrefix, place) === path);
    return (node?.entry ?? (disk.isFolder(path) ? readManifest(disk, path) : {})) as Manifest;
  }
  const name = spec.replace(/(?!^)@.*$/, '');
  const [node] = nodes
    .filter((one) => !one.isLink && one.name === name && valid(one.version) !== null)
    .sort((a, b) => rcompare(a.version, b.version));
  if (node !== undefined) return node.entry as Manifest;
  const { client } = await openPackages(session);
  const packument = await client.packument(name, { signal: session.signal }).catch(() => undefined);
  return (packument?.versions[packument['dist-tags']['latest'] ?? ''] ?? {}) as Manifest;
}

async function showOne(session: Session, nodes: readonly TreeNode[], spec: string, which: number | undefined): Promise<void> {
  const sources = sourcesOf((await manifestFor(session, nodes, spec)).funding);
  if (sources.length === 0) throw new Failure(`No valid funding method available for: ${spec}`, { code: 'ENOFUND' });
  const chosen = which === undefined ? (sources.length === 1 ? sources[0] : undefined) : sources[which - 1];
  if (chosen !== undefined) {
    showAddress(session, chosen.url, titleOf(chosen));
    return;
  }
  session.display.output(
    [
      ...(which === undefined ? [] : [`--which=${which} is not a valid index`]),
      ...sources.map((source, i) => `${i + 1}: ${titleOf(source)}: ${source.url}`),
      'Run `npm fund [<package-spec>] --which=1`, for example, to open the first funding URL listed in that package',
    ].join('\n'),
  );
}

export const fund: Command = {
  forWorkspaces: true,
  run: async (session, args, forWorkspaces) => {
    const { config, disk, display } = session;
    const which = config.count('which');
    if (which !== undefined && (!Number.isInteger(which) || which < 1)) {
      throw new Failure('`npm fund [<package-spec>] --which=fundingSourceNumber` must be given a positive integer', {
        code: 'EFUNDNUMBER',
      });
    }
    if (config.global) throw new Failure('`npm fund` does not support global packages', { code: 'EFUNDGLOBAL' });
    const root = config.localPrefix;
    const manifest = readManifest(disk, root);
    const tree = installedTree(disk, { root, manifest, workspaces: findWorkspaces(disk, root, manifest) });
    const [spec] = args;
    if (spec !== undefined) return showOne(session, [...tree.nodes.values()], spec, which);
    const report = new Report(forWorkspaces ? neededBy(tree.root, new Set(workspacesOf(session, false).keys())) : undefined);
    const dependencies = report.below(tree.root);
    const all = {
      length: report.count,
      name: manifest.name ?? root.slice(root.lastIndexOf('/') + 1),
      ...(manifest.version === undefined ? {} : { version: manifest.version }),
      ...(manifest.funding === undefined ? {} : { funding: normalizedFunding(manifest.funding) }),
      dependencies,
    };
    if (display.json) display.buffer(all);
    else display.output(draw(session, all));
  },
};
