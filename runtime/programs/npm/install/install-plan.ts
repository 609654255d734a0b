/** The one way from a planned tree to a tree on the disk, whichever package manager planned it. */
import type { FetchedPackage, PackageRequest } from '../../../packages/fetch-packages.ts';
import { Failure } from '../failure.ts';
import { normalizeManifest, type Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import { nameAt } from '../lockfile/lock.ts';
import type { Session } from '../session.ts';
import { changeTree, finish } from './change-tree.ts';
import { Commit, removeLeftovers } from './commit.ts';
import { changesOf, freshPlaces, ownFolders } from './differences.ts';
import { decideMounts, type WantedMount } from './mounts.ts';
import { findPresent } from './present.ts';
import { linksToBuild, scriptsToRun } from './scripts-to-run.ts';
import { ownSubstitutions } from './substitutions.ts';
import { takeTurn } from './turns.ts';
import type { TreePlan } from './tree-plan.ts';
import type { InstallOptions, InstallResult, Work } from './work.ts';

export type { InstallOptions, InstallResult } from './work.ts';

/**
 * Makes `node_modules` what the plan says. Waits for its turn; fetches and verifies everything; then, in one piece that nobody sees
 * half of, changes the tree. Scripts of packages run after that and before the plan's files are written.
 *
 * @throws {PackageError} `Failure`, the signal's reason: then everything is as it was.
 */
export function installPlan(session: Session, plan: TreePlan, options: InstallOptions = {}): Promise<InstallResult> {
  return takeTurn(session, () => install(session, plan, options));
}

async function install(session: Session, plan: TreePlan, options: InstallOptions): Promise<InstallResult> {
  const { disk, display, signal } = session;
  const { root } = plan;
  const { client, store } = await openPackages(session);
  const manifest = tryReadManifest(disk, root) ?? {};
  const own = ownSubstitutions(manifest, session.config.list('bavini-substitutions'));
  const { clean = false, force = false } = options;
  const present = options.present ?? findPresent(disk, root, [...new Set([...ownFolders(plan), ...(options.folders ?? [])])]);
  const mounts = await decideMounts({ plan, own, client, signal });
  const fresh = freshPlaces(session, plan, mounts, present, clean || force);
  const { substituted } = mounts;
  // What is put in place again is told as new.
  const stays = force ? new Map([...present].filter(([place]) => !fresh.has(place))) : present;
  if (options.dryRun === true) return { ...changesOf(plan, stays, new Map(), clean), substituted, unusable: mounts.unusable, leftOut: [] };

  for (const node of plan.nodes) if (node.kind === 'package' && fresh.has(node.place)) options.onFresh?.(node);
  const missing = mounts.wanted.filter(({ place }) => fresh.has(place));
  const leftOut = new Map<string, string>();
  const fetched = new Map<string, FetchedPackage>();
  let isStored = false;
  if (missing.length > 0) {
    const { fetchPackages } = await import('../../../packages/fetch-packages.ts');
    const requests = missing.map((want) => requestFor(session, root, want, options.tarOf));
    display.progress.stage('fetching', requests.length);
    const { packages, layers, failures } = await fetchPackages(requests, {
      client,
      store,
      signal,
      ...(options.fetcher === undefined ? {} : { fetcher: options.fetcher }),
      onMissing: (tarballs) => {
        isStored = tarballs === 0;
        // What is left to do keeps this thread alone busy: the worker starts beside it.
        if (isStored) session.startNode();
      },
      onProgress: ({ done, current, cached }) => display.progress.advance(done, { current, cached }),
      onCorrupted: (request, url) => {
        const { place } = missing[requests.indexOf(request)] as WantedMount;
        options.onCorrupted?.(nameAt(place), url, request.integrity ?? '');
      },
    });
    packages.forEach((found, i) => {
      const { place } = missing[i] as WantedMount;
      if (found !== undefined) fetched.set(place, found);
      else leftOut.set(place, failures.find(({ request }) => request === requests[i])?.error.message ?? 'it could not be fetched');
    });
    session.checkInterrupted();
    if (layers.length > 0) await session.calls.call('addLayers', { layers });
  }
  const manifests = new Map<string, Manifest>();
  for (const { place, node } of missing) {
    const found = fetched.get(place);
    if (found === undefined || (node !== undefined && node.partial !== true)) continue;
    const text = await store.packageJson(found.id);
    const manifest = text === undefined ? undefined : manifestIn(text);
    if (manifest !== undefined) manifests.set(place, manifest);
  }
  session.checkInterrupted();
  display.progress.stage('linking');
  const unusable = [...mounts.unusable];
  const hasRepository = plan.nodes.some((node) => node.kind === 'package' && node.isRepository === true && fresh.has(node.place));
  const packing = hasRepository ? await import('../pack/keep-packed.ts') : {};
  if (missing.length > 0 && !isStored) session.expectsNode = true;
  await commitAll({ session, plan, options, present, fresh, mounts, fetched, manifests, unusable, leftOut, ...packing });
  const reasons = [...leftOut].map(([place, reason]) => ({
    place,
    name: mounts.wanted.find((want) => want.place === place)?.name ?? '',
    reason,
  }));
  return { ...changesOf(plan, stays, leftOut, clean), substituted, unusable, leftOut: reasons };
}

function requestFor(
  session: Session,
  root: string,
  { name, version, resolved, integrity, optional }: WantedMount,
  tarOf: InstallOptions['tarOf'],
): PackageRequest {
  const base = { name, version, ...(optional ? { optional } : {}), ...(integrity === undefined ? {} : { integrity }) };
  if (!resolved.startsWith('file:')) return { ...base, resolved };
  const path = resolvePath(root, resolved.slice('file:'.length));
  const bytes = tarOf !== undefined && session.disk.isFolder(path) ? tarOf(path) : session.disk.readBytes(path);
  if (bytes === undefined) {
    throw new Failure(`ENOENT: no such file or directory, open '${path}'`, { code: 'ENOENT', syscall: 'open', path, errno: -2 });
  }
  return { ...base, resolved, bytes: bytes as Uint8Array<ArrayBuffer> };
}

/** One that cannot be read tells nothing, as where a tree is read from the disk. */
function manifestIn(text: string): Manifest | undefined {
  try {
    return normalizeManifest(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function commitAll(work: Work): Promise<void> {
  const { session, plan, options } = work;
  const commit = new Commit(session.disk, plan.root, session.context.signal);
  const scripts = options.scripts === false ? [] : scriptsToRun(work);
  const links = options.scripts === false ? [] : linksToBuild(work);
  const waits = scripts.length > 0 || links.length > 0 || options.beforeFiles !== undefined;
  const guarded = (run: () => void) => {
    session.disk.calls.together(() => {
      try {
        run();
      } catch (error) {
        commit.rollBack();
        throw error;
      }
    });
  };
  guarded(() => {
    if (!waits) removeLeftovers(session.disk, plan.root);
    changeTree(work, commit);
    if (!waits) finish(work, commit);
  });
  if (!waits) return;
  try {
    if (scripts.length + links.length > 0) await (await import('./package-scripts.ts')).runAll(work, commit, scripts, links);
    await options.beforeFiles?.();
    session.checkInterrupted();
  } catch (error) {
    if (!session.context.signal.aborted) session.disk.calls.together(() => commit.rollBack());
    throw error;
  }
  guarded(() => {
    finish(work, commit);
    removeLeftovers(session.disk, plan.root);
  });
}
