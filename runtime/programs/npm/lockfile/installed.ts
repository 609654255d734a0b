/** What is really in `node_modules`, as a graph: from npm's hidden lockfile where it holds, else from the packages themselves. */
import type { Disk } from '../disk.ts';
import { findPresent } from '../install/present.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { dirName, relativePath, resolvePath } from '../paths.ts';
import { hiddenLockPlace, type LockEntry } from './lock.ts';
import { buildTree, type LockTree, type TreeNode } from './tree.ts';

export interface InstalledTree extends LockTree {
  /** Nobody asks for them. */
  readonly extraneous: ReadonlySet<TreeNode>;
}

export function installedTree(
  disk: Disk,
  request: { readonly root: string; readonly manifest: Manifest; readonly workspaces: ReadonlyMap<string, string> },
): InstalledTree {
  const { root, manifest, workspaces } = request;
  const folders = ['', ...[...workspaces.values()].map((path) => relativePath(root, path))];
  const text = disk.readText(resolvePath(root, hiddenLockPlace));
  let known: Readonly<Record<string, LockEntry>> = {};
  try {
    known = (JSON.parse(text ?? '{}') as { packages?: Record<string, LockEntry> }).packages ?? {};
  } catch {
    // Damaged: then the packages themselves are asked.
  }
  const packages = new Map<string, LockEntry>();
  const addFolder = (place: string) => {
    if (place === '' || packages.has(place)) return;
    packages.set(place, { ...((tryReadManifest(disk, resolvePath(root, place)) ?? {}) as LockEntry) });
  };
  for (const [place, { isLink }] of findPresent(disk, root, folders)) {
    const path = resolvePath(root, place);
    if (isLink) {
      const target = relativePath(root, resolvePath(dirName(path), disk.isLink(path) ? disk.calls.readlink(path) : path));
      packages.set(place, { resolved: target, link: true });
      addFolder(target);
    } else packages.set(place, known[place] ?? { ...((tryReadManifest(disk, path) ?? {}) as LockEntry) });
  }
  for (const [place, entry] of Object.entries(known))
    if (!packages.has(place) && !place.includes('node_modules/')) packages.set(place, entry);
  const tree = buildTree({ packages }, { root, manifest, workspaces, manifestOf: (folder) => tryReadManifest(disk, folder) });
  const reached = new Set<TreeNode>();
  const queue: TreeNode[] = [tree.root];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    queue.push(node.target);
    for (const { to } of node.edges.values()) if (to !== undefined) queue.push(to);
  }
  const extraneous = new Set([...tree.nodes.values()].filter((node) => !reached.has(node)));
  return { ...tree, extraneous };
}

/** `name@version`, as npm names what is at a place: aliases and folders without a version say so. */
export function packageId(node: TreeNode): string {
  const { name, packageName, version } = node;
  const own = version === '' ? `${packageName}@` : `${packageName}@${version}`;
  return packageName === name || node.isLink || !node.place.includes('node_modules/') ? own : `${name}@npm:${own}`;
}
