/** `npm fund`: where installed packages ask for money. */
import { installedTree } from '../lockfile/installed.ts';
import type { TreeNode } from '../lockfile/tree.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import type { Command } from './table.ts';

/** The first address, or undefined. */
function addressOf(funding: unknown): string | undefined {
  const first: unknown = Array.isArray(funding) ? funding[0] : funding;
  const url = typeof first === 'string' ? first : (first as { url?: unknown } | undefined)?.url;
  return typeof url === 'string' && /^https?:\/\/./.test(url) ? url : undefined;
}

export const fund: Command = {
  run: (session) => {
    const { config, disk, display } = session;
    const root = config.localPrefix;
    const manifest = readManifest(disk, root);
    const tree = installedTree(disk, { root, manifest, workspaces: findWorkspaces(disk, root, manifest) });
    const byAddress = new Map<string, TreeNode[]>();
    const seen = new Set<string>();
    for (const node of tree.nodes.values()) {
      const url = node.isRoot || node.isLink ? undefined : addressOf(node.entry.funding);
      const id = `${node.packageName}@${node.version}`;
      if (url === undefined || seen.has(id)) continue;
      seen.add(id);
      byAddress.set(url, [...(byAddress.get(url) ?? []), node]);
    }
    if (display.json) {
      const dependencies = Object.fromEntries(
        [...byAddress.values()].flat().map((node) => [node.packageName, { version: node.version, funding: node.entry.funding }]),
      );
      display.buffer({
        length: seen.size,
        name: manifest.name ?? root,
        ...(manifest.version === undefined ? {} : { version: manifest.version }),
        dependencies,
      });
      return Promise.resolve();
    }
    const unicode = config.flag('unicode');
    const [branch, last, bar] = unicode ? ['├── ', '└── ', '│'] : ['+-- ', '`-- ', '|'];
    const lines = [manifest.name === undefined ? root : `${manifest.name}@${manifest.version ?? ''}`];
    const entries = [...byAddress];
    entries.forEach(([url, nodes], i) => {
      const isLast = i === entries.length - 1;
      lines.push(`${isLast ? last : branch}${display.colors.blue(url)}`);
      const ids = nodes.map(({ packageName, version }) => `${packageName}@${version}`).join(`${display.colors.dim(',')} `);
      lines.push(`${isLast ? ' ' : bar}   ${last}${ids}`);
    });
    display.output(`${lines.join('\n')}\n`);
    return Promise.resolve();
  },
};
