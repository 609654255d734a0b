/** Arborist's tree as a `TreePlan`, and what it changes. */
import npa from 'npm-package-arg';
import type { TreeNode } from '@npmcli/arborist';
import type { PlannedNode } from '../install/tree-plan.ts';
import { twinAmong } from '../install/wasm-twin.ts';
import { dirName, relativePath } from '../paths.ts';
import type { ResolveRequest, TreeChange } from './request.ts';

type Fields = {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly os?: readonly string[] | string;
  readonly cpu?: readonly string[] | string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly deprecated?: string;
};

/** Places of packages: what is in a `node_modules`. Workspaces and the project itself are folders of the author. */
export function isInstalled(node: TreeNode): boolean {
  return !node.isTop && /(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/.test(node.location);
}

function addressOf(node: TreeNode, { root, source, config }: ResolveRequest): string {
  const { resolved } = node;
  const { packageName: name, version } = node;
  if (resolved === null || resolved === '') {
    if (node.inDepBundle) return '';
    return source.tarballUrl?.(name, version) ?? `${config.registry}${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
  }
  if (resolved.startsWith('file:')) {
    const path = resolved.slice('file:'.length);
    return `file:${path.startsWith('/') ? relativePath(root, path) : path}`;
  }
  if (/^https?:/.test(resolved)) return resolved;
  return npa(resolved).hosted?.tarball({ noCommittish: false }) ?? resolved;
}

export function plannedNode(node: TreeNode, request: ResolveRequest): PlannedNode {
  const place = node.location;
  const { bin, os, cpu, engines, deprecated, optionalDependencies } = (node.isLink ? node.target : node).package as Fields;
  const bins = bin === undefined || Object.keys(bin).length === 0 ? {} : { bin };
  if (node.isLink) return { kind: 'link', place, target: relativePath(dirName(node.path), node.realpath), ...bins };
  return {
    kind: 'package',
    place,
    name: node.packageName,
    version: node.version,
    resolved: addressOf(node, request),
    ...(/^git[+:]/.test(node.resolved ?? '') ? { isRepository: true as const } : {}),
    ...(node.integrity === null || node.integrity === undefined || node.integrity === '' ? {} : { integrity: node.integrity }),
    bundled: node.inDepBundle,
    optional: node.optional,
    ...bins,
    hasInstallScript: node.hasInstallScript === true,
    ...(os === undefined ? {} : { os: [os].flat() }),
    ...(cpu === undefined ? {} : { cpu: [cpu].flat() }),
    ...(engines === undefined ? {} : { engines }),
    ...(typeof deprecated === 'string' && deprecated !== '' ? { deprecated } : {}),
    ...twinAmong(optionalDependencies),
  };
}

/** What is in `node_modules`, by place. */
export type Installed = ReadonlyMap<string, { readonly name: string; readonly version: string }>;

/** Of the text of `node_modules/.package-lock.json`; empty if it is damaged. */
export function installedOf(hiddenLock: string): Installed {
  try {
    const { packages = {} } = JSON.parse(hiddenLock) as {
      packages?: Record<string, { name?: string; version?: string; link?: boolean; resolved?: string }>;
    };
    return new Map(
      Object.entries(packages)
        .filter(([place]) => /(^|\/)node_modules\//.test(place))
        .map(([place, { name, version, link, resolved }]) => [
          place,
          {
            name: name ?? (place.split('node_modules/').at(-1) as string),
            version: (link === true ? packages[resolved ?? '']?.version : version) ?? '',
          },
        ]),
    );
  } catch {
    return new Map(); // As npm does: what it cannot read is as if it were not there.
  }
}

export function changesBetween(before: Installed, after: Installed): { added: TreeChange[]; removed: TreeChange[]; changed: TreeChange[] } {
  const added: TreeChange[] = [];
  const changed: TreeChange[] = [];
  for (const [place, now] of after) {
    const then = before.get(place);
    if (then === undefined) added.push({ place, ...now });
    else if (then.version !== now.version || then.name !== now.name) changed.push({ place, ...now, from: then.version });
  }
  const removed = [...before].filter(([place]) => !after.has(place)).map(([place, then]) => ({ place, ...then }));
  return { added, removed, changed };
}
