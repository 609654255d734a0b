/** `npm outdated`: what is newer than what is there. */
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import { compareNames } from '../compare-names.ts';
import { installedTree } from '../lockfile/installed.ts';
import { parseSpecifier } from '../lockfile/specifier.ts';
import type { Edge, TreeNode } from '../lockfile/tree.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import type { Packument } from '../../../packages/registry-client.ts';
import type { Session } from '../session.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

interface Row {
  readonly name: string;
  readonly path: string | undefined;
  readonly type: string;
  readonly current: string | undefined;
  readonly location: string | undefined;
  readonly wanted: string;
  readonly latest: string;
  readonly workspaceDependent: string | undefined;
  readonly dependent: string;
  readonly dependedByLocation: string;
  readonly homepage: string | undefined;
}

const kinds: Readonly<Record<string, string>> = {
  optional: 'optionalDependencies',
  peerOptional: 'optionalDependencies',
  peer: 'peerDependencies',
  dev: 'devDependencies',
};

/** npm's choice: the tag `latest` where the range allows it, else the newest that is allowed. */
export function pickVersion(packument: Packument, range: string, defaultTag = 'latest'): string | undefined {
  const tags = packument['dist-tags'];
  const versions = Object.keys(packument.versions);
  if (tags[range] !== undefined) return tags[range];
  if (packument.versions[range] !== undefined) return range;
  const latest = tags[defaultTag];
  const allowed = (list: readonly string[]) => maxSatisfying(list, range === '' ? '*' : range, true) ?? undefined;
  if (
    latest !== undefined &&
    packument.versions[latest] !== undefined &&
    (range === '*' || range === '' || allowed([latest]) !== undefined)
  )
    return latest;
  const kept = versions.filter((version) => packument.versions[version]?.deprecated === undefined);
  return allowed(kept) ?? allowed(versions);
}

function table(rows: readonly (readonly string[])[], align: readonly string[]): string {
  const length = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, '').length;
  const sizes = rows[0]?.map((_, column) => Math.max(...rows.map((row) => length(row[column] ?? '')))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const space = ' '.repeat((sizes[column] ?? 0) - length(cell));
          return align[column] === 'r' ? space + cell : cell + space;
        })
        .join('  ')
        .replace(/\s+$/, ''),
    )
    .join('\n');
}

function edgesFor(session: Session, args: readonly string[], nodes: ReadonlyMap<string, TreeNode>, root: TreeNode): Set<Edge> {
  const edges = new Set<Edge>();
  if (args.length > 0) {
    for (const node of nodes.values()) if (args.includes(node.name)) for (const edge of node.edgesIn) edges.add(edge);
    return edges;
  }
  if (session.config.flag('all')) for (const node of nodes.values()) for (const edge of node.edges.values()) edges.add(edge);
  for (const edge of root.edges.values()) {
    edges.add(edge);
    if (edge.to?.target.isWorkspace === true) for (const inner of edge.to.target.edges.values()) edges.add(inner);
  }
  return edges;
}

export const outdated: Command = {
  forWorkspaces: true,
  run: async (session, args, forWorkspaces) => {
    const { config, disk, display } = session;
    const root = config.global ? resolvePath(config.globalPrefix, 'lib') : config.localPrefix;
    const manifest = tryReadManifest(disk, root) ?? {};
    const tree = installedTree(disk, { root, manifest, workspaces: findWorkspaces(disk, root, manifest) });
    const chosen = forWorkspaces ? new Set(workspacesOf(session).values()) : undefined;
    const { client } = await openPackages(session);
    const rows: Row[] = [];
    const one = async (edge: Edge): Promise<void> => {
      if (chosen !== undefined && !chosen.has(resolvePath(root, edge.from.place))) return;
      // Nobody asks for a certain version of a global package.
      const spec = parseSpecifier(config.global ? '*' : edge.spec, root);
      const alias = spec.kind === 'alias' ? spec : undefined;
      const wantedSpec = alias?.of ?? spec;
      const type = kinds[edge.type] ?? 'dependencies';
      if (edge.error === 'missing' && type !== 'dependencies') return;
      if (edge.to === undefined && edge.type === 'optional') return;
      if (edge.type === 'workspace' || !('fetch' in wantedSpec)) return;
      for (const kind of config.omitted) if (edge.to?.entry[kind] === true) return;
      let packument;
      try {
        packument = await client.packument(alias?.name ?? edge.name, { full: config.flag('long'), signal: session.signal });
      } catch (error) {
        if (['E403', 'E404'].includes((error as { code?: string }).code ?? '')) return;
        throw error;
      }
      const [wanted, latest] = [pickVersion(packument, wantedSpec.fetch), pickVersion(packument, '*')];
      if (wanted === undefined || latest === undefined) return;
      const current = edge.to?.version;
      if (current !== undefined && current === wanted && wanted === latest) return;
      rows.push({
        name: alias === undefined ? edge.name : edge.spec.replace('npm', edge.name),
        path: edge.to === undefined ? undefined : resolvePath(root, edge.to.place),
        type,
        current,
        location: edge.to?.place,
        wanted,
        latest,
        workspaceDependent: edge.from.isWorkspace ? `${edge.from.packageName}@${edge.from.version}` : undefined,
        dependent: config.global ? 'global' : edge.from.isRoot ? root.slice(root.lastIndexOf('/') + 1) : edge.from.name,
        dependedByLocation: config.global ? 'global' : edge.from.place,
        homepage: typeof packument['homepage'] === 'string' ? packument['homepage'] : undefined,
      });
    };
    await Promise.all([...edgesFor(session, args, tree.nodes, tree.root)].map(one));
    rows.sort((a, b) => compareNames(a.name, b.name) || compareNames(a.dependent, b.dependent));
    if (rows.length > 0) session.exitCode = 1;
    const long = config.flag('long');
    if (display.json) {
      const result: Record<string, unknown> = {};
      for (const row of rows) {
        const { current, wanted, latest, dependent, path: location, type, homepage, dependedByLocation } = row;
        const shown = { current, wanted, latest, dependent, location, ...(long ? { type, homepage, dependedByLocation } : {}) };
        const known = result[row.name];
        result[row.name] = known === undefined ? shown : [known, shown].flat();
      }
      display.buffer(result);
      return;
    }
    if (rows.length === 0) return;
    if (config.flag('parseable')) {
      const lines = rows.map((row) =>
        [
          row.path,
          `${row.name}@${row.wanted}`,
          row.current === undefined ? 'MISSING' : `${row.name}@${row.current}`,
          `${row.name}@${row.latest}`,
          row.dependent,
          ...(long ? [row.type, row.homepage, row.dependedByLocation] : []),
        ].join(':'),
      );
      display.output(lines.join('\n'));
      return;
    }
    const { bold, underline, yellow, red, cyan, blue } = display.colors;
    const heads = [
      'Package',
      'Current',
      'Wanted',
      'Latest',
      'Location',
      'Depended by',
      ...(long ? ['Package Type', 'Homepage', 'Depended By Location'] : []),
    ];
    const lines = rows.map((row) => [
      row.current === row.wanted ? yellow(row.name) : red(row.name),
      row.current ?? 'MISSING',
      cyan(row.wanted),
      blue(row.latest),
      row.location ?? '-',
      row.workspaceDependent === undefined ? row.dependent : blue(row.workspaceDependent),
      ...(long ? [row.type, blue(row.homepage ?? ''), row.dependedByLocation] : []),
    ]);
    display.output(table([heads.map((head) => bold(underline(head))), ...lines], ['l', 'r', 'r', 'r', 'l']));
  },
};
