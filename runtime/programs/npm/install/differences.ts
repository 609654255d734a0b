/** What of a planned tree is not there yet, and npm's account of it. */
import { layerIds } from '../../../packages/integrity.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { bySortedPlace } from './bins.ts';
import type { Mounts, WantedMount } from './mounts.ts';
import type { Present } from './present.ts';
import type { PlannedNode, TreePlan } from './tree-plan.ts';
import type { InstalledChange } from './work.ts';

/** Folders of the author that have a `node_modules`: the project, workspaces, linked packages. */
export function ownFolders(plan: TreePlan): string[] {
  const folders = new Set(['']);
  for (const { place } of plan.nodes) {
    const at = place.indexOf('node_modules/');
    folders.add(place.slice(0, Math.max(0, at - 1)));
  }
  return [...folders];
}

/** Whether what is at a place may stay. */
function mayStay(session: Session, plan: TreePlan, node: PlannedNode, want: WantedMount | undefined, present: Present): boolean {
  const { disk } = session;
  const path = resolvePath(plan.root, node.place);
  if (node.kind === 'link') return disk.isLink(path) && disk.calls.readlink(path) === node.target;
  const there = present.get(node.place);
  if (there === undefined || there.isLink || disk.isLink(path)) return false;
  if (want === undefined) return there.version === node.version && there.name === node.name;
  const layer = mountedAt(session, path);
  if (layer !== undefined) return layerIds(want.integrity ?? '').includes(layer);
  // Written by a template or by hand: npm's hidden lockfile speaks for it.
  if (there.version !== node.version || there.name !== node.name) return false;
  if (want.node !== undefined && want.version === node.version && want.name === node.name) {
    return there.integrity === undefined || node.integrity === undefined || there.integrity === node.integrity;
  }
  return false;
}

function mountedAt({ disk }: Session, path: string): string | undefined {
  return disk.isFolder(path) ? disk.calls.mounted(path) : undefined;
}

export function freshPlaces(session: Session, plan: TreePlan, mounts: Mounts, present: Present, clean: boolean): Set<string> {
  const wanted = new Map(mounts.wanted.map((want) => [want.place, want]));
  const fresh = new Set<string>();
  const isBelowFresh = (place: string) => {
    for (let at = place.lastIndexOf('/'); at > 0; at = place.lastIndexOf('/', at - 1)) {
      if (fresh.has(place.slice(0, at))) return true;
    }
    return false;
  };
  for (const node of [...plan.nodes].sort(bySortedPlace)) {
    if (clean || isBelowFresh(node.place) || (!isBundled(node) && !mayStay(session, plan, node, wanted.get(node.place), present))) {
      fresh.add(node.place);
    }
  }
  // What only a substitution needs comes and goes with it.
  for (const { place, node } of mounts.wanted) if (node === undefined && isBelowFresh(place)) fresh.add(place);
  return fresh;
}

const isBundled = (node: PlannedNode) => node.kind === 'package' && node.bundled;

/** npm's own account of what is different, whatever is really done. */
export function changesOf(plan: TreePlan, present: Present, leftOut: ReadonlyMap<string, string>, clean: boolean) {
  const added: InstalledChange[] = [];
  const changed: InstalledChange[] = [];
  const places = new Set<string>();
  for (const node of plan.nodes) {
    if (leftOut.has(node.place)) continue;
    places.add(node.place);
    // npm finds them when it unpacks the package around them, and does not count them.
    if (isBundled(node)) continue;
    const there = clean ? undefined : present.get(node.place);
    const now =
      node.kind === 'package'
        ? { name: node.name, version: node.version }
        : { name: node.place.split('node_modules/').at(-1) ?? '', version: '' };
    if (there === undefined) added.push({ place: node.place, ...now });
    else if (
      node.kind === 'link'
        ? !there.isLink
        : there.isLink || there.version !== node.version || there.name !== node.name || differs(there.integrity, node.integrity)
    ) {
      changed.push({ place: node.place, ...now, from: there.version });
    }
  }
  const removed = clean
    ? []
    : [...present].filter(([place]) => !places.has(place)).map(([place, { name, version }]) => ({ place, name, version }));
  return { added, removed, changed };
}

const differs = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && a !== b;
