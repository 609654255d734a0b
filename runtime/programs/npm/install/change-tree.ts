/** From what was decided and fetched to the folders of the project: all of it in one piece that can be taken back. */
import { resolvePath, dirName } from '../paths.ts';
import type { Session } from '../session.ts';
import { linkBins } from './bins.ts';
import { asidePrefix, type Commit } from './commit.ts';
import { ownFolders } from './differences.ts';
import type { EmptyPackage } from './mounts.ts';
import { allBins, removeStaleBins } from './planned-bins.ts';
import { isOut, type Work } from './work.ts';

export function changeTree(work: Work, commit: Commit): void {
  const { session, plan, options, present, fresh, mounts, fetched, leftOut } = work;
  const { root } = plan;
  const { disk } = session;
  if (options.clean === true) {
    for (const folder of ownFolders(plan)) {
      const path = resolvePath(root, folder, 'node_modules');
      for (const { name } of disk.list(path)) if (!name.startsWith(asidePrefix)) commit.retire(`${path}/${name}`);
    }
  } else {
    const planned = new Set(plan.nodes.map(({ place }) => place));
    const goes = [...present.keys()].filter((place) => !planned.has(place) || fresh.has(place));
    for (const place of [...goes, ...fresh].sort()) commit.retire(resolvePath(root, place));
    for (const place of goes) removeEmptyScope(disk, commit, resolvePath(root, place));
  }
  const empty = new Map(mounts.empty.map((one) => [one.place, one]));
  const links = new Map(plan.nodes.filter((node) => node.kind === 'link').map((node) => [node.place, node]));
  const repositories = new Set(
    plan.nodes.filter((node) => node.kind === 'package' && node.isRepository === true).map(({ place }) => place),
  );
  for (const place of [...fresh].sort()) {
    if (isOut(place, leftOut)) continue;
    const path = resolvePath(root, place);
    const layer = fetched.get(place)?.id;
    const link = links.get(place);
    if (layer !== undefined) {
      commit.mount(path, layer);
      const lack = repositories.has(place) ? work.keepPacked?.(disk, path) : undefined;
      if (lack !== undefined) session.display.warn('git', lack);
    } else if (link !== undefined) commit.link(link.target, path);
    else {
      const named = empty.get(place);
      if (named !== undefined) writeEmpty(commit, path, named);
    }
  }
  if (options.binLinks !== false) {
    removeStaleBins(work, commit);
    linkBins(disk, commit, allBins(work, false));
  }
}

function writeEmpty(commit: Commit, path: string, { node: { name, version }, error }: EmptyPackage): void {
  commit.write(`${path}/package.json`, `${JSON.stringify({ name, version }, null, 2)}\n`);
  if (error !== undefined) {
    commit.write(`${path}/index.js`, `throw Object.assign(new Error(${JSON.stringify(error)}), { code: 'ERR_DLOPEN_FAILED' });\n`);
  }
}

function removeEmptyScope(disk: Session['disk'], commit: Commit, path: string): void {
  const folder = dirName(path);
  if (folder.slice(folder.lastIndexOf('/') + 1).startsWith('@') && disk.isFolder(folder) && disk.list(folder).length === 0)
    commit.retire(folder);
}

/** The plan's files, and the end of what was put aside. */
export function finish(work: Work, commit: Commit): void {
  const { session, plan, leftOut } = work;
  for (const { path, text } of plan.files) {
    const shown = leftOut.size > 0 && path.endsWith('.package-lock.json') ? withoutPlaces(text, leftOut) : text;
    commit.write(resolvePath(plan.root, path), shown);
  }
  commit.finish();
  const modules = resolvePath(plan.root, 'node_modules');
  if (plan.nodes.length === 0 && session.disk.isFolder(modules) && session.disk.list(modules).length === 0) session.disk.remove(modules);
}

function withoutPlaces(text: string, leftOut: ReadonlyMap<string, string>): string {
  const lock = JSON.parse(text) as { packages: Record<string, unknown> };
  for (const place of Object.keys(lock.packages)) if (isOut(place, leftOut)) delete lock.packages[place];
  return `${JSON.stringify(lock, null, 2)}\n`;
}
