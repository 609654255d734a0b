/** From `bun.lock` to the hoisted tree that it describes. */
import type { PlannedCommands, PlannedFile, PlannedNode, PlannedPackage, TreePlan } from '../../install/tree-plan.ts';
import { twinAmong } from '../../install/wasm-twin.ts';
import semver from 'semver';
import { factsOf, fitsPlatform, type Facts } from '../facts.ts';
import { commandsOf, type Project } from '../project.ts';
import { normalPath, relativePath, splitSpecifier, tarballAddress } from '../specifiers.ts';
import { isTarballFile } from '../remote-specifier.ts';
import { keyParts, type BunLock, type BunPackage } from './lockfile.ts';

export interface BunLayoutOptions {
  readonly project: Project;
  readonly lock: BunLock;
  /** For install scripts; without, the packages' own `package.json`s say. */
  readonly facts?: Facts;
  readonly registry: string;
  /** Manifests of `file:` folders, by path from the project. */
  readonly folders?: ReadonlyMap<string, { readonly name?: string; readonly version?: string; readonly bin?: unknown }>;
  /** The version of what no registry has, where it is in place already; `tag` is what its `.bun-tag` says then. */
  readonly installed?: (place: string, tag: string) => string | undefined;
  /** `--production`: without what only devDependencies need. */
  readonly production?: boolean;
  /** `--omit optional`: without what only optionalDependencies need. */
  readonly withoutOptional?: boolean;
}

/** What the key of a package leads to, from the packages that stand around its user. */
export function lookUp(lock: BunLock, from: readonly string[], name: string): string | undefined {
  for (let depth = from.length; depth >= 0; depth--) {
    const key = [...from.slice(0, depth), name].join('/');
    if (lock.packages[key] !== undefined) return key;
  }
  return undefined;
}

/** bun takes the form whose folder has the owner's name in it. */
export const bunArchive = (repository: string, commit: string) =>
  `https://codeload.github.com/${repository}/legacy.tar.gz/${commit.slice(0, 7)}`;

/** The same of a reference in a lockfile: `github:owner/name#0123456`. */
export function lockedArchive(reference: string): string {
  const [repository = '', commit = ''] = reference.replace(/^github:/, '').split('#');
  return bunArchive(repository, commit);
}

/** Where what no registry has comes from; undefined for everything else. */
function remoteAddress(reference: string): string | undefined {
  if (/^https?:/.test(reference)) return reference;
  if (reference.startsWith('github:')) return lockedArchive(reference);
  return isTarballFile(reference) && semver.valid(reference) === null ? `file:${normalPath(reference.replace(/^file:/, ''))}` : undefined;
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Everything but a link, at a place; with the note that stands in what no registry has. */
export function packageNode(
  { facts, registry, folders, installed }: BunLayoutOptions,
  pkg: BunPackage,
  place: string,
): { readonly node: PlannedPackage; readonly tag?: PlannedFile } {
  const { name, range: reference } = splitSpecifier(pkg.id);
  const bin = commandsOf({ name, bin: pkg.info.bin });
  const remote = remoteAddress(reference);
  const source = remote === undefined ? /^file:(.*)$/.exec(reference)?.[1] : undefined;
  const tag = pkg.tag ?? pkg.integrity ?? '';
  const version = remote === undefined ? reference : (facts?.remotes.peek(remote)?.manifest.version ?? installed?.(place, tag) ?? '');
  const described = factsOf(facts?.version(name, reference));
  const address = pkg.address !== undefined && pkg.address !== '' ? pkg.address : tarballAddress(registry, name, reference);
  const node: PlannedPackage = {
    kind: 'package',
    place,
    name,
    version: source === undefined ? version : (folders?.get(source)?.version ?? ''),
    resolved: source === undefined ? (remote ?? address) : `file:${normalPath(source)}`,
    ...(pkg.integrity === undefined ? {} : { integrity: pkg.integrity }),
    bundled: pkg.info.bundled ?? false,
    optional: pkg.info.os !== undefined || pkg.info.cpu !== undefined,
    ...(Object.keys(bin).length === 0 ? {} : { bin }),
    hasInstallScript: pkg.info.hasInstallScript ?? described.hasInstallScript ?? false,
    ...twinAmong(pkg.info.optionalDependencies),
    ...(pkg.info.os === undefined ? {} : { os: list(pkg.info.os) }),
    ...(pkg.info.cpu === undefined ? {} : { cpu: list(pkg.info.cpu) }),
    ...(facts?.version(name, reference) === undefined && source === undefined ? { partial: true as const } : {}),
  };
  return remote === undefined ? { node } : { node, tag: { path: `${place}/.bun-tag`, text: tag } };
}

/** Keys of packages that an install puts in place. */
export function reached({ lock, production, withoutOptional = false }: BunLayoutOptions): Set<string> {
  const keys = new Set<string>();
  const visit = (from: readonly string[], names: Iterable<string>): void => {
    for (const name of names) {
      const key = lookUp(lock, from, name);
      if (key === undefined || keys.has(key)) continue;
      const { info, id } = lock.packages[key] as BunPackage;
      if (!fitsPlatform({ os: list(info.os), cpu: list(info.cpu), libc: list(info.libc) })) continue;
      keys.add(key);
      const workspace = /@workspace:(.*)$/.exec(id.slice(1))?.[1];
      visit(keyParts(key), Object.keys(workspace === undefined ? dependenciesOf(info) : workspaceDependencies(workspace)));
    }
  };
  const dependenciesOf = (info: BunPackage['info']) => ({
    ...info.peerDependencies,
    ...(withoutOptional ? {} : info.optionalDependencies),
    ...info.dependencies,
  });
  const workspaceDependencies = (folder: string) => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = lock.workspaces[folder] ?? {};
    return {
      ...peerDependencies,
      ...(production === true ? {} : devDependencies),
      ...(withoutOptional ? {} : optionalDependencies),
      ...dependencies,
    };
  };
  visit([], Object.keys(workspaceDependencies('')));
  for (const [key, { id }] of Object.entries(lock.packages)) if (/@workspace:/.test(id.slice(1))) visit([], [key]);
  return keys;
}

export function planBun(options: BunLayoutOptions): TreePlan {
  const { project, lock, folders } = options;
  const workspaceOf = (key: string) => /@workspace:(.*)$/.exec(lock.packages[key]?.id.slice(1) ?? '')?.[1];
  const placeOf = (key: string) => {
    const parts = keyParts(key);
    const workspace = parts.length > 1 ? workspaceOf(parts[0] ?? '') : undefined;
    const path = (workspace === undefined ? parts : parts.slice(1)).map((part) => `node_modules/${part}`).join('/');
    return workspace === undefined ? path : `${workspace}/${path}`;
  };
  const nodes: PlannedNode[] = [];
  const commands: PlannedCommands[] = [];
  const files: PlannedFile[] = [];
  for (const key of reached(options)) {
    const pkg = lock.packages[key] as BunPackage;
    const { range: reference } = splitSpecifier(pkg.id);
    const place = placeOf(key);
    const folder = place.slice(0, place.lastIndexOf('/'));
    const into = `${place.slice(0, place.lastIndexOf('node_modules/'))}node_modules/.bin`;
    const linked = /^(?:workspace|link):(.*)$/.exec(reference)?.[1];
    if (linked !== undefined) {
      const target = normalPath(linked);
      const bin = commandsOf(project.workspaces.find((each) => each.folder === target)?.manifest ?? folders?.get(target) ?? {});
      nodes.push({ kind: 'link', place, target: relativePath(folder, target), ...(Object.keys(bin).length === 0 ? {} : { bin }) });
      if (Object.keys(bin).length > 0) commands.push({ into, from: place });
      continue;
    }
    const { node, tag } = packageNode(options, pkg, place);
    nodes.push(node);
    if (tag !== undefined) files.push(tag);
    if (node.bin !== undefined && pkg.info.bundled !== true) commands.push({ into, from: place });
  }
  return { root: project.root, nodes, files, binLinks: 'bun', commands };
}
