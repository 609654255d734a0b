/** The one way from a planned tree to a tree on the disk, whichever package manager planned it. */
import { layerIds } from '../../../packages/integrity.ts';
import type { FetchedPackage, PackageRequest } from '../../../packages/fetch-packages.ts';
import { Failure } from '../failure.ts';
import { isInstalledPlace } from '../lockfile/plan.ts';
import { normalizeManifest, type Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import { dirName, resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { binsOf, bySortedPlace, linkBins, type PlannedBin } from './bins.ts';
import { Commit, removeLeftovers } from './commit.ts';
import { decideMounts, type Mounts, type WantedMount } from './mounts.ts';
import { findPresent, type Present } from './present.ts';
import { ownSubstitutions } from './substitutions.ts';
import { takeTurn } from './turns.ts';
import type { PlannedLink, PlannedNode, PlannedPackage, TreePlan } from './tree-plan.ts';

export interface InstallOptions {
  /** Everything in `node_modules` goes first, as `npm ci` does it; what is mounted already is mounted again. */
  readonly clean?: boolean;
  /** Nothing is fetched or changed; the result tells what would be. */
  readonly dryRun?: boolean;
  /** Commands are linked to `.bin`. Default true. */
  readonly binLinks?: boolean;
  /** Further folders of links to commands, as places: those whose package goes go, too. */
  readonly commandFolders?: readonly string[];
  /** Packages' own `preinstall`, `install`, `postinstall`. Default true. */
  readonly scripts?: boolean;
  /** Their output is shown while they run, one after the other. */
  readonly foregroundScripts?: boolean;
  /** Asked for each package with scripts. Default: all may run. */
  readonly mayRunScripts?: (node: PlannedPackage) => boolean;
  /** What is there by the manager's own account. Default: npm's hidden lockfile, or the folders themselves. */
  readonly present?: Present;
  /** Told of each package that is newly put into its place, before anything is fetched. */
  readonly onFresh?: (node: PlannedPackage) => void;
  /** A folder of the project whose contents are to be a package (`file:` with a folder), as a tar. */
  readonly tarOf?: (path: string) => Uint8Array<ArrayBuffer>;
  /** Runs when the packages are in place and before lockfiles are written. A failure takes everything back. */
  readonly beforeFiles?: () => Promise<void>;
}

/** One package that came, went or changed. */
export interface InstalledChange {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** The version that was there before, of one that changed. */
  readonly from?: string;
}

export interface InstallResult {
  readonly added: readonly InstalledChange[];
  readonly removed: readonly InstalledChange[];
  readonly changed: readonly InstalledChange[];
  /** Packages whose place another one takes here: `esbuild` → `esbuild-wasm`. */
  readonly substituted: Mounts['substituted'];
  /** Optional packages that could not be had and were left out. */
  readonly leftOut: readonly { readonly place: string; readonly name: string; readonly reason: string }[];
}

interface Work {
  readonly session: Session;
  readonly plan: TreePlan;
  readonly options: InstallOptions;
  readonly present: Present;
  /** Places to make: absent, or something else. */
  readonly fresh: ReadonlySet<string>;
  readonly mounts: Mounts;
  /** By place. */
  readonly fetched: ReadonlyMap<string, FetchedPackage>;
  /** Manifests that the plan does not tell, by place. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** Grows when an install script of an optional package fails. */
  readonly leftOut: Map<string, string>;
}

/**
 * Makes `node_modules` what the plan says. Waits for its turn; fetches and verifies everything; then, in one piece that nobody sees
 * half of, changes the tree. Scripts of packages run after that and before the plan's files are written.
 *
 * @throws {PackageError} `Failure`, the signal's reason: then everything is as it was.
 */
export function installPlan(session: Session, plan: TreePlan, options: InstallOptions = {}): Promise<InstallResult> {
  return takeTurn(session, () => install(session, plan, options));
}

/** Folders of the author that have a `node_modules`: the project, workspaces, linked packages. */
function ownFolders(plan: TreePlan): string[] {
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

function freshPlaces(session: Session, plan: TreePlan, mounts: Mounts, present: Present, clean: boolean): Set<string> {
  const wanted = new Map(mounts.wanted.map((want) => [want.place, want]));
  const fresh = new Set<string>();
  const isBelowFresh = (place: string) => {
    for (let at = place.lastIndexOf('/node_modules/'); at > 0; at = place.lastIndexOf('/node_modules/', at - 1)) {
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
function changesOf(plan: TreePlan, present: Present, leftOut: ReadonlyMap<string, string>, clean: boolean) {
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

async function install(session: Session, plan: TreePlan, options: InstallOptions): Promise<InstallResult> {
  const { disk, display, signal } = session;
  const { root } = plan;
  const { client, store } = await openPackages(session);
  const manifest = tryReadManifest(disk, root) ?? {};
  const own = ownSubstitutions(manifest, session.config.list('bavini-substitutions'));
  const clean = options.clean === true;
  const present = options.present ?? findPresent(disk, root, ownFolders(plan));
  const mounts = await decideMounts({ plan, own, client, signal });
  const fresh = freshPlaces(session, plan, mounts, present, clean);
  const { substituted } = mounts;
  if (options.dryRun === true) return { ...changesOf(plan, present, new Map(), clean), substituted, leftOut: [] };

  for (const node of plan.nodes) if (node.kind === 'package' && fresh.has(node.place)) options.onFresh?.(node);
  const missing = mounts.wanted.filter(({ place }) => fresh.has(place));
  const leftOut = new Map<string, string>();
  const fetched = new Map<string, FetchedPackage>();
  if (missing.length > 0) {
    const { fetchPackages } = await import('../../../packages/fetch-packages.ts');
    const requests = missing.map((want) => requestFor(session, root, want, options.tarOf));
    display.progress.stage('fetching', requests.length);
    const { packages, layers, failures } = await fetchPackages(requests, {
      client,
      store,
      signal,
      onProgress: ({ done }) => display.progress.advance(done),
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
    if (text !== undefined) manifests.set(place, normalizeManifest(JSON.parse(text)));
  }
  session.checkInterrupted();
  display.progress.stage('linking');
  await commitAll({ session, plan, options, present, fresh, mounts, fetched, manifests, leftOut });
  const reasons = [...leftOut].map(([place, reason]) => ({
    place,
    name: mounts.wanted.find((want) => want.place === place)?.name ?? '',
    reason,
  }));
  return { ...changesOf(plan, present, leftOut, clean), substituted, leftOut: reasons };
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

/** Everything that is left out with a package: what is in its folder. */
function isOut(place: string, leftOut: ReadonlyMap<string, string>): boolean {
  return leftOut.size > 0 && [...leftOut.keys()].some((out) => place === out || place.startsWith(`${out}/`));
}

async function commitAll(work: Work): Promise<void> {
  const { session, plan, options } = work;
  const commit = new Commit(session.disk, plan.root);
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
    await runAll(work, commit, scripts, links);
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

function changeTree(work: Work, commit: Commit): void {
  const { session, plan, options, present, fresh, mounts, fetched, leftOut } = work;
  const { root } = plan;
  const { disk } = session;
  if (options.clean === true) {
    for (const folder of ownFolders(plan)) {
      const path = resolvePath(root, folder, 'node_modules');
      for (const { name } of disk.list(path)) if (!name.startsWith('.bavini-aside-')) commit.retire(`${path}/${name}`);
    }
  } else {
    const planned = new Set(plan.nodes.map(({ place }) => place));
    const goes = [...present.keys()].filter((place) => !planned.has(place) || fresh.has(place));
    for (const place of [...goes, ...fresh].sort()) commit.retire(resolvePath(root, place));
    for (const place of goes) removeEmptyScope(disk, commit, resolvePath(root, place));
  }
  const empty = new Set(mounts.empty.map(({ place }) => place));
  const links = new Map(plan.nodes.filter((node) => node.kind === 'link').map((node) => [node.place, node]));
  for (const place of [...fresh].sort()) {
    if (isOut(place, leftOut)) continue;
    const path = resolvePath(root, place);
    const layer = fetched.get(place)?.id;
    const link = links.get(place);
    if (layer !== undefined) commit.mount(path, layer);
    else if (link !== undefined) commit.link(link.target, path);
    else if (empty.has(place)) {
      const node = mounts.empty.find((one) => one.place === place) as PlannedPackage;
      commit.write(`${path}/package.json`, `${JSON.stringify({ name: node.name, version: node.version }, null, 2)}\n`);
    }
  }
  if (options.binLinks !== false) {
    removeStaleBins(work, commit);
    linkBins(disk, commit, allBins(work, false));
  }
}

function removeEmptyScope(disk: Session['disk'], commit: Commit, path: string): void {
  const folder = dirName(path);
  if (folder.slice(folder.lastIndexOf('/') + 1).startsWith('@') && disk.isFolder(folder) && disk.list(folder).length === 0)
    commit.retire(folder);
}

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
function allBins(work: Work, ofLinks: boolean): PlannedBin[] {
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
function removeStaleBins(work: Work, commit: Commit): void {
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

/** The plan's files, and the end of what was put aside. */
function finish(work: Work, commit: Commit): void {
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

/** Fresh packages with install scripts, in npm's order. */
function scriptsToRun(work: Work): PlannedPackage[] {
  const { plan, fresh, mounts, leftOut, options, manifests, fetched } = work;
  return plan.nodes
    .filter((node): node is PlannedPackage => node.kind === 'package' && fresh.has(node.place) && !isOut(node.place, leftOut))
    .filter((node) => {
      if (mounts.unbuilt.has(node.place)) return false;
      const manifest = node.partial === true ? manifests.get(node.place) : undefined;
      const { scripts = {} } = manifest ?? {};
      const has =
        node.hasInstallScript ||
        scripts['preinstall'] !== undefined ||
        scripts['install'] !== undefined ||
        scripts['postinstall'] !== undefined ||
        (manifest !== undefined && manifest.gypfile !== false && fetched.get(node.place)?.facts.hasBindingGyp === true);
      return has && options.mayRunScripts?.(node) !== false;
    })
    .sort(bySortedPlace);
}

/** Linked packages of the project run their scripts at every install. */
function linksToBuild({ session, plan }: Work): { readonly node: PlannedLink; readonly manifest: Manifest; readonly path: string }[] {
  return plan.nodes
    .filter((node): node is PlannedLink => node.kind === 'link' && isInstalledPlace(node.place))
    .sort(bySortedPlace)
    .flatMap((node) => {
      const path = resolvePath(plan.root, dirName(node.place), node.target);
      // What a link in a package leads to is the package's own affair.
      if (path.includes('/node_modules/')) return [];
      const manifest = tryReadManifest(session.disk, path);
      const { scripts = {} } = manifest ?? {};
      const has =
        node.bin !== undefined || ['preinstall', 'install', 'postinstall', 'prepare'].some((event) => scripts[event] !== undefined);
      return manifest === undefined || !has ? [] : [{ node, manifest, path }];
    });
}

async function runAll(
  work: Work,
  commit: Commit,
  packages: readonly PlannedPackage[],
  links: ReturnType<typeof linksToBuild>,
): Promise<void> {
  const { session, plan, options } = work;
  const { disk } = session;
  const { runScript } = await import('../scripts/run-script.ts');
  const failed = new Set<string>();
  const runs = packages.map((node) => {
    const path = resolvePath(plan.root, node.place);
    return { node, path, manifest: tryReadManifest(disk, path) ?? {} };
  });
  for (const event of ['preinstall', 'install', 'postinstall'] as const) {
    const one = async ({ node, path, manifest }: (typeof runs)[number]) => {
      if (failed.has(node.place)) return;
      try {
        await runScript(session, {
          event,
          path,
          manifest,
          stdio: options.foregroundScripts === true ? 'inherit' : 'pipe',
          env: {
            npm_package_resolved: node.resolved,
            npm_package_integrity: node.integrity,
            npm_package_optional: node.optional ? '1' : '',
            npm_package_dev: '',
            npm_package_peer: '',
            npm_package_dev_optional: '',
          },
        });
      } catch (error) {
        if (!node.optional || !(error instanceof Failure)) throw error;
        failed.add(node.place);
        session.display.log('verbose', 'reify', `failed optional dependency ${path}`);
        disk.calls.together(() => disk.remove(path));
      }
    };
    display(session, event, runs.length);
    if (options.foregroundScripts === true) for (const run of runs) await one(run);
    else await Promise.all(runs.map(one));
  }
  const ofLink = async (event: string) => {
    for (const { path, manifest } of links) {
      if (manifest.scripts?.[event] === undefined) continue;
      await runScript(session, { event, path, manifest, stdio: options.foregroundScripts === true ? 'inherit' : 'pipe' });
    }
  };
  await ofLink('preinstall');
  await ofLink('prepare');
  if (options.binLinks !== false) disk.calls.together(() => linkBins(disk, commit, allBins(work, true)));
  await ofLink('install');
  await ofLink('postinstall');
  for (const place of failed) work.leftOut.set(place, 'its install script failed');
}

function display(session: Session, event: string, count: number): void {
  if (count > 0) session.display.progress.stage(`running ${event} scripts`);
}
