/** A lock that fits its project → the tree to install, without any resolving. */
import { compareNames } from '../compare-names.ts';
import { Failure } from '../failure.ts';
import { idOf } from '../manifest/manifest.ts';
import type { PlannedNode, TreePlan } from '../install/tree-plan.ts';
import { twinAmong } from '../install/wasm-twin.ts';
import { dirName, relativePath, resolvePath } from '../paths.ts';
import { engineWarning, fitsEngines, fitsPlatform, type Machine } from './platform.ts';
import { hiddenLockPlace, type Lock, type LockEntry } from './lock.ts';
import { optionalSet, type LockTree, type TreeNode } from './tree.ts';

export interface PlanRequest {
  readonly root: string;
  readonly machine: Machine;
  readonly omit: ReadonlySet<'dev' | 'optional' | 'peer'>;
  readonly force: boolean;
  readonly engineStrict: boolean;
  /** Told of `EBADENGINE`. */
  readonly warn: (code: string, message: string) => void;
  /** Where a tarball is whose address the lock leaves out. */
  readonly tarballUrl: (name: string, version: string) => string;
}

function isOmitted({ dev, optional, devOptional, peer }: LockEntry, omit: ReadonlySet<string>): boolean {
  return (
    (peer === true && omit.has('peer')) ||
    (dev === true && omit.has('dev')) ||
    (optional === true && omit.has('optional')) ||
    (devOptional === true && omit.has('optional') && omit.has('dev'))
  );
}

/** Below `node_modules`: what an install makes. All else is the project's own. */
export function isInstalledPlace(place: string): boolean {
  return place.startsWith('node_modules/') || place.includes('/node_modules/');
}

/** @throws {Failure} `EBADPLATFORM`; `EBADENGINE` where engines are strict. */
export function planFromLock(lock: Lock, tree: LockTree, request: PlanRequest): TreePlan {
  const { machine, omit, root } = request;
  const left = new Set<TreeNode>();
  for (const node of tree.nodes.values()) {
    const { entry } = node;
    if (node.isLink || left.has(node)) continue;
    const id = idOf({ name: node.packageName, version: node.version }) ?? node.packageName;
    if (entry.optional === true) {
      if (!fitsEngines(entry, machine) || !fitsPlatform(entry, machine)) for (const one of optionalSet(node, left)) left.add(one);
      continue;
    }
    if (isOmitted(entry, omit)) continue;
    const { devEngines } = entry as { readonly devEngines?: unknown };
    if (!(node.isRoot && devEngines !== undefined) && !fitsEngines(entry, { ...machine, ...(request.force ? { nodeVersion: '' } : {}) })) {
      if (request.engineStrict) throw new Failure('Unsupported engine', { code: 'EBADENGINE', pkgid: id, required: entry.engines });
      request.warn('EBADENGINE', engineWarning(id, entry.engines ?? {}, machine));
    }
    if (!request.force && !fitsPlatform(entry, machine)) {
      const { os, cpu, libc } = entry;
      throw new Failure('Unsupported platform', {
        code: 'EBADPLATFORM',
        pkgid: id,
        required: { os, cpu, libc },
        current: { os: machine.os, cpu: machine.cpu, libc: machine.libc },
      });
    }
  }
  const kept = [...tree.nodes.values()].filter((node) => !node.isRoot && !left.has(node) && !isOmitted(node.entry, omit));
  // What a link leads to is somebody else's, even where it is in a `node_modules`.
  const targets = new Set(kept.filter(({ isLink }) => isLink).map(({ target }) => target));
  const nodes = kept
    .filter((node) => isInstalledPlace(node.place) && !targets.has(node))
    .map((node) => plannedNode(node, request, lock.version === 1));
  return {
    root,
    nodes,
    files: nodes.length === 0 ? [] : [{ path: hiddenLockPlace, text: hiddenLockText(lock, kept) }],
    binLinks: 'npm',
  };
}

/** A commit of a repository of GitHub, as lockfiles have it. */
const repositoryAddress = /^git\+(?:ssh|https|git):\/\/(?:[^@/]*@)?github\.com\/([^/#]+\/[^/#]+?)(?:\.git)?#([\da-f]{40})$/;

function plannedNode(node: TreeNode, { root, tarballUrl }: PlanRequest, partial: boolean): PlannedNode {
  const { place, entry, packageName, version } = node;
  if (node.isLink) {
    const { bin } = node.target.entry;
    const target = relativePath(resolvePath(root, dirName(place)), resolvePath(root, entry.resolved ?? ''));
    return { kind: 'link', place, target, ...(bin === undefined ? {} : { bin }) };
  }
  const { bin, os, cpu, engines, deprecated } = entry;
  const [, repository, commit] = repositoryAddress.exec(entry.resolved ?? '') ?? [];
  // What npm packs of a repository is not the tarball that is fetched.
  const integrity = repository === undefined ? entry.integrity : undefined;
  const address = repository === undefined ? entry.resolved : `https://codeload.github.com/${repository}/tar.gz/${commit}`;
  // What the project itself bundles comes from a registry, as everything else.
  const bundled = entry.inBundle === true && entry.resolved === undefined;
  return {
    kind: 'package',
    place,
    name: packageName,
    version,
    resolved: bundled ? '' : (address ?? tarballUrl(packageName, version)),
    ...(repository === undefined ? {} : { isRepository: true as const }),
    bundled,
    optional: entry.optional === true,
    hasInstallScript: entry.hasInstallScript === true,
    ...(integrity === undefined ? {} : { integrity }),
    ...(bin === undefined ? {} : { bin }),
    ...(os === undefined ? {} : { os }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(engines === undefined ? {} : { engines }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...twinAmong(entry.optionalDependencies),
    ...(partial ? { partial } : {}),
  };
}

/** `node_modules/.package-lock.json`, as npm writes it: what is really there, always in version 3. */
function hiddenLockText(lock: Lock, kept: readonly TreeNode[]): string {
  const packages = Object.fromEntries(
    kept
      .filter(({ place }) => lock.packages.has(place))
      .map(({ place }) => [place, lock.packages.get(place)] as const)
      .sort(([a], [b]) => compareNames(a, b)),
  );
  const { name, packageVersion } = lock;
  return `${JSON.stringify(
    {
      ...(name === undefined ? {} : { name }),
      ...(packageVersion === undefined ? {} : { version: packageVersion }),
      lockfileVersion: 3,
      requires: true,
      packages,
    },
    null,
    lock.format.indent === '' ? '  ' : lock.format.indent,
  )}\n`;
}
