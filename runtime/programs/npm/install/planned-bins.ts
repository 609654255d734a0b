/** Which commands a planned tree has, and which links to commands are of no use any more. */
import { resolvePath } from '../paths.ts';
import { binsOf, bySortedPlace, type PlannedBin } from './bins.ts';
import type { Commit } from './commit.ts';
import type { PlannedNode, PlannedPackage } from './tree-plan.ts';
import { isOut, type Work } from './work.ts';

function binOf(work: Work, node: PlannedPackage): Readonly<Record<string, string>> | undefined {
  if (node.bin !== undefined && node.partial !== true) return substituteBin(work, node) ?? node.bin;
  return work.manifests.get(node.place)?.bin ?? node.bin;
}

/** A substitute brings its own files under the same names. */
function substituteBin(work: Work, node: PlannedPackage): Readonly<Record<string, string>> | undefined {
  const found = work.fetched.get(node.place);
  if (found === undefined || node.bin === undefined || found.facts.bins.length === 0) return undefined;
  const known = Object.values(node.bin).map((file) => file.replace(/^\.\//, ''));
  if (known.every((file) => found.facts.bins.includes(file))) return undefined;
  const byName = new Map(found.facts.bins.map((file) => [(file.split('/').at(-1) ?? '').replace(/\.[cm]?js$/, ''), file]));
  return Object.fromEntries(Object.entries(node.bin).map(([name, file]) => [name, byName.get(name) ?? file]));
}

/** @param ofLinks Those of linked packages, which come after their scripts, or of all others. */
export function allBins(work: Work, ofLinks: boolean): PlannedBin[] {
  const { plan, fetched, leftOut, mounts } = work;
  const { root } = plan;
  const byPlace = new Map(plan.nodes.map((node) => [node.place, node]));
  const empty = new Set(mounts.empty.map(({ place }) => place));
  const one = (node: PlannedNode, into?: string): PlannedBin[] => {
    if (isOut(node.place, leftOut) || empty.has(node.place)) return [];
    if (node.kind === 'link') return node.bin === undefined ? [] : binsOf(root, node.place, node.bin, false, into);
    const bin = binOf(work, node);
    if (bin === undefined) return [];
    const found = fetched.get(node.place);
    const bins = binsOf(root, node.place, bin, found !== undefined, into);
    if (found === undefined) return bins;
    const files = new Set(found.facts.bins);
    const folder = resolvePath(root, node.place);
    return bins.filter(({ file }) => files.has(file.slice(folder.length + 1)));
  };
  if (plan.commands !== undefined) {
    if (ofLinks) return [];
    return plan.commands.flatMap(({ into, from, bin }) => {
      const node = byPlace.get(from);
      return node === undefined ? binsOf(root, from, bin ?? {}, false, into) : one(node, into);
    });
  }
  return [...plan.nodes]
    .filter((node) => (node.kind === 'link') === ofLinks)
    .sort(bySortedPlace)
    .flatMap((node) => one(node));
}

/** Links in `.bin` folders whose package is gone. */
export function removeStaleBins(work: Work, commit: Commit): void {
  const { session, plan, present, fresh } = work;
  const { disk } = session;
  const { root } = plan;
  if (work.options.clean === true) return;
  const keep = new Set([...allBins(work, false), ...allBins(work, true)].map(({ path }) => path));
  const planned = new Set(plan.nodes.map(({ place }) => place));
  const folders = new Set<string>(work.options.commandFolders);
  for (const place of [...present.keys(), ...fresh]) {
    if (!planned.has(place) || fresh.has(place)) folders.add(`${place.slice(0, place.lastIndexOf('node_modules/'))}node_modules/.bin`);
  }
  for (const folder of folders) {
    const path = resolvePath(root, folder);
    for (const { name } of disk.list(path)) {
      const link = `${path}/${name}`;
      if (keep.has(link) || !disk.isLink(link)) continue;
      const target = resolvePath(path, disk.calls.readlink(link));
      if (!target.startsWith(`${root === '/' ? '' : root}/`)) continue;
      if (disk.lstat(target) === undefined) commit.retire(link);
    }
    if (folder.endsWith('.bin') && disk.isFolder(path) && disk.list(path).length === 0) commit.retire(path);
  }
}
