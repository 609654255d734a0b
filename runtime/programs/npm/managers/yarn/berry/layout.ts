/** From Yarn's lockfile to the tree that its `node-modules` linker makes, with its note (`.yarn-state.yml`). */
import type { PlannedCommands, PlannedFile, PlannedNode, TreePlan } from '../../../install/tree-plan.ts';
import { twinAmong } from '../../../install/wasm-twin.ts';
import { factsOf, fitsPlatform, type Facts } from '../../facts.ts';
import { commandsOf, type Project } from '../../project.ts';
import { normalPath, relativePath, splitSpecifier, tarballAddress } from '../../specifiers.ts';
import { archiveAddress } from '../../remotes.ts';
import { addedOptionalPeers } from '../../extensions.ts';
import { hoistBerry, type HoistInput, type HoistOutput } from './hoist.ts';
import type { BerryEntry, BerryLock } from './lockfile.ts';
import { locatorText, VirtualPackages, type BerryPackage } from './virtual.ts';

export interface BerryLayoutOptions {
  readonly project: Project;
  readonly lock: BerryLock;
  /** For install scripts; without, the packages' own `package.json`s say. */
  readonly facts?: Facts;
  readonly registry: string;
  /** Manifests of `file:` folders, by path from the project. */
  readonly folders?: ReadonlyMap<string, { readonly name?: string; readonly version?: string; readonly bin?: unknown }>;
}

const nested = '$wsroot$';

/** The name Yarn gives to a workspace: its own, or one made of its folder. */
export function workspaceName(project: Project, folder: string): string {
  const own = project.workspaces.find((each) => each.folder === folder)?.manifest.name;
  return own ?? `root-workspace-${folder === '' ? '0b6124' : folder.replace(/\W/g, '-')}`;
}

export const referenceOf = (folder: string) => `workspace:${folder === '' ? '.' : folder}`;

/** `os=linux & cpu=(x64 | arm64)`. */
function conditionsFit(conditions: string | undefined): boolean {
  if (conditions === undefined) return true;
  const lists: Record<string, string[]> = {};
  for (const part of conditions.split('&')) {
    const [, key = '', list = ''] = /^\s*(\w+)=\(?([^)]*)\)?\s*$/.exec(part) ?? [];
    lists[key] = list.split('|').map((each) => each.trim());
  }
  return fitsPlatform(lists);
}

interface Located {
  readonly place: string;
  readonly locator: string;
  readonly aliases: readonly string[];
}

export function planBerry(options: BerryLayoutOptions): TreePlan {
  const { project, lock, facts, registry, folders } = options;
  const entryOf = new Map<string, BerryEntry>();
  const originals = new Map<string, BerryPackage>();
  const resolutions = new Map<string, string>();
  const left = new Set<string>();
  for (const [descriptor, entry] of lock.entries) {
    resolutions.set(descriptor, entry.resolution);
    if (originals.has(entry.resolution)) continue;
    const { name, range: reference } = splitSpecifier(entry.resolution);
    entryOf.set(entry.resolution, entry);
    if (!conditionsFit(entry.conditions)) left.add(entry.resolution);
    originals.set(entry.resolution, {
      name,
      reference,
      version: entry.version,
      linkType: entry.linkType,
      dependencies: new Map(Object.entries(entry.dependencies ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))),
      peers: new Set([
        ...Object.keys(entry.peerDependencies ?? {}),
        ...Object.keys(entry.peerDependenciesMeta ?? {}),
        ...addedOptionalPeers(name, entry.version),
      ]),
    });
  }
  // `resolutions` of the project change what descriptors mean.
  const overrides = new Map(
    Object.entries(project.manifest.resolutions ?? {}).map(([path, range]) => [
      path.replace(/^.*\*\*\//, ''),
      /^[a-z]+:/.test(range) ? range : `npm:${range}`,
    ]),
  );
  for (const pkg of originals.values()) {
    for (const [name] of pkg.dependencies) {
      const range = overrides.get(name);
      if (range !== undefined) pkg.dependencies.set(name, range);
    }
    const workspace = pkg.reference.startsWith('workspace:');
    for (const [name, range] of pkg.dependencies) {
      // Folders are bound to who asks for them.
      if (/^(?:file|link|portal|\.{1,2}\/)/.test(range) && !range.includes('::')) {
        const bound = `${/^\.{1,2}\//.test(range) ? 'file:' : ''}${range}::locator=${encodeURIComponent(`${pkg.name}@${pkg.reference}`)}`;
        if (workspace && resolutions.has(`${name}@${bound}`)) pkg.dependencies.set(name, bound);
      }
    }
  }
  const virtual = new VirtualPackages(originals, resolutions);
  const tops = project.workspaces.map(({ folder }) => ({ name: workspaceName(project, folder), reference: referenceOf(folder) }));
  for (const top of tops) virtual.addTop(top);

  const located = hoistedPlaces(project, virtual, left);
  const packageAt = (locator: string) => virtual.packages.get(locator);
  const original = (locator: string) => locator.replace(/@virtual:[0-9a-f]+#/, '@');
  const target = (locator: string): string | undefined => {
    const { reference } = packageAt(locator) ?? { reference: '' };
    const real = reference.slice(reference.indexOf('#') + 1);
    if (real.startsWith('workspace:')) return normalPath(real.slice(10));
    if (/^(?:link|portal):/.test(reference)) return normalPath(reference.replace(/^\w+:/, '').replace(/::.*$/, ''));
    return undefined;
  };
  const workspaceFolder = (locator: string) => {
    const reference = locator.slice(locator.indexOf('@workspace:') + 1);
    return reference.startsWith('workspace:') ? normalPath(reference.slice(10)) : undefined;
  };
  const folderOf = (reference: string) => (/^file:/.test(reference) ? normalPath(reference.slice(5).replace(/#.*$|::.*$/, '')) : undefined);
  const binOf = (locator: string): Readonly<Record<string, string>> => {
    const folder = target(locator) ?? workspaceFolder(locator);
    if (folder === undefined) return entryOf.get(original(locator))?.bin ?? {};
    return commandsOf(project.workspaces.find((each) => each.folder === folder)?.manifest ?? folders?.get(folder) ?? {});
  };

  const nodes: PlannedNode[] = [];
  const commands: PlannedCommands[] = [];
  for (const { place, locator } of located) {
    const pkg = packageAt(locator);
    if (pkg === undefined || place === '') continue;
    const folder = place.slice(0, place.lastIndexOf('/'));
    const bin = binOf(locator);
    const link = target(locator);
    if (link !== undefined)
      nodes.push({ kind: 'link', place, target: relativePath(folder, link), ...(Object.keys(bin).length === 0 ? {} : { bin }) });
    else {
      const entry = entryOf.get(original(locator));
      const real = pkg.reference.replace(/^virtual:[0-9a-f]+#/, '');
      const source = folderOf(pkg.reference);
      const described = factsOf(facts?.version(pkg.name, pkg.version));
      const dist = facts?.version(pkg.name, pkg.version)?.dist;
      nodes.push({
        kind: 'package',
        place,
        name: pkg.name,
        version: pkg.version,
        resolved:
          source !== undefined
            ? `file:${source}`
            : /^https?:/.test(real)
              ? (repositoryArchive(real) ?? real)
              : (archiveOf(real) ?? tarballAddress(registry, pkg.name, pkg.version)),
        ...(dist?.integrity === undefined ? {} : { integrity: dist.integrity }),
        bundled: false,
        optional: entry?.conditions !== undefined,
        ...(Object.keys(bin).length === 0 ? {} : { bin }),
        hasInstallScript: described.hasInstallScript ?? false,
        ...twinAmong(entry?.dependencies),
        ...(facts?.version(pkg.name, pkg.version) === undefined && source === undefined ? { partial: true as const } : {}),
      });
    }
  }
  const links = commandLinks(project, located, binOf);
  for (const { location, from, locator } of links) {
    const isFolder = !from.includes('node_modules/');
    commands.push({
      into: `${location === '' ? '' : `${location}/`}node_modules/.bin`,
      from,
      ...(isFolder ? { bin: binOf(locator) } : {}),
    });
  }
  return { root: project.root, nodes, files: [stateNote(project, located, links, binOf)], binLinks: 'yarn', commands };
}

/** The tarball of a commit of GitHub. */
function repositoryArchive(reference: string): string | undefined {
  const [, name, commit] = /^https:\/\/github\.com\/([^/#]+\/[^/#]+?)(?:\.git)?#commit=([0-9a-f]{40})/.exec(reference) ?? [];
  return name === undefined || commit === undefined ? undefined : archiveAddress(name, commit);
}

/** `__archiveUrl` of a locator. */
function archiveOf(reference: string): string | undefined {
  const url = /::.*__archiveUrl=([^&]+)/.exec(reference)?.[1];
  return url === undefined ? undefined : decodeURIComponent(url);
}

function hoistedPlaces(project: Project, virtual: VirtualPackages, left: ReadonlySet<string>): Located[] {
  const top = { name: workspaceName(project, ''), reference: 'workspace:.' };
  const nodes = new Map<string, HoistInput>();
  const packageOf = (name: string, reference: string) => virtual.packages.get(`${name}@${reference}`);
  const isWorkspace = (reference: string) => reference.slice(reference.indexOf('#') + 1).startsWith('workspace:');

  /** By name; itself first, then its peers as they were not found, then what was. */
  const dependenciesOf = (pkg: BerryPackage): Map<string, { readonly name: string; readonly reference: string } | null> => {
    const map = new Map<string, { name: string; reference: string } | null>([[pkg.name, { name: pkg.name, reference: pkg.reference }]]);
    for (const peer of pkg.peers) map.set(peer, null);
    for (const [name, range] of pkg.dependencies) {
      const locator = virtual.resolutions.get(`${name}@${range}`);
      if (locator === undefined || left.has(locator.replace(/@virtual:[0-9a-f]+#/, '@'))) continue;
      const { name: own, range: reference } = splitSpecifier(locator);
      map.set(name, { name: own, reference });
    }
    return map;
  };

  /** Workspaces by the nearest workspace around them. */
  const inner = new Map<string, string[]>();
  const folders = project.workspaces.map(({ folder }) => folder).filter((folder) => folder !== '');
  for (const folder of folders) {
    const around = folders.filter((other) => folder.startsWith(`${other}/`)).sort((a, b) => b.length - a.length)[0] ?? '';
    inner.set(around, [...(inner.get(around) ?? []), folder]);
  }

  const tree: HoistInput = {
    name: top.name,
    identName: top.name,
    reference: top.reference,
    peerNames: new Set(packageOf(top.name, top.reference)?.peers),
    dependencies: new Set(),
    kind: 'workspace',
    priority: 0,
  };
  const add = (name: string, identName: string, reference: string, parent: HoistInput, parentPackage: BerryPackage): void => {
    const pkg = packageOf(identName.replace(nested, ''), reference);
    if (pkg === undefined) return;
    const key = `${identName}@${reference}:${name}`;
    let node = nodes.get(key);
    const isSeen = node !== undefined;
    if (node === undefined && identName === top.name && reference === top.reference) {
      node = tree;
      nodes.set(key, tree);
    }
    if (node === undefined) {
      const kind = pkg.linkType === 'soft' && identName.endsWith(nested) ? 'workspace' : 'regular';
      node = {
        name,
        identName,
        reference,
        dependencies: new Set(),
        peerNames: kind === 'workspace' ? new Set() : new Set(pkg.peers),
        kind,
        priority: 0,
      };
      nodes.set(key, node);
    }
    node.priority = Math.max(node.priority, parentPackage.linkType === 'soft' ? 1 : 0);
    parent.dependencies.add(node);
    const isPortal = reference.startsWith('portal:');
    const isLinkOnly = node !== tree && pkg.linkType === 'soft' && !identName.endsWith(nested) && !isPortal;
    if (isSeen || isLinkOnly) return;
    for (const [dependency, locator] of dependenciesOf(pkg)) {
      if (locator !== null) add(dependency, locator.name, locator.reference, node, pkg);
    }
    if (isWorkspace(reference)) {
      const folder = normalPath(reference.slice(reference.lastIndexOf(':') + 1));
      for (const child of inner.get(folder) ?? []) {
        const childName = `${workspaceName(project, child)}${nested}`;
        add(childName, childName, referenceOf(child), node, pkg);
      }
    }
  };
  const topPackage = packageOf(top.name, top.reference);
  if (topPackage !== undefined) add(top.name, top.name, top.reference, tree, topPackage);

  const found = new Map<string, { locator: string; aliases: string[] }>([['', { locator: locatorText(top), aliases: [] }]]);
  const open = new Set<HoistOutput>();
  const place = (pkg: HoistOutput, prefix: string): void => {
    if (open.has(pkg)) return;
    open.add(pkg);
    const own = [...pkg.references].sort().join('#');
    for (const dependency of pkg.dependencies) {
      const references = [...dependency.references].sort();
      if (dependency.identName === pkg.identName.replace(nested, '') && references.join('#') === own) continue;
      const [reference = ''] = references;
      const isSoft = packageOf(dependency.identName.replace(nested, ''), reference)?.linkType === 'soft';
      const real = reference.slice(reference.indexOf('#') + 1);
      const at = `${prefix === '' ? '' : `${prefix}/`}node_modules/${dependency.name}`;
      if (!dependency.name.endsWith(nested)) {
        const folder = real.startsWith('workspace:') ? normalPath(real.slice(10)) : undefined;
        const isAnonymous = folder !== undefined && project.workspaces.find((each) => each.folder === folder)?.manifest.name === undefined;
        if (!isAnonymous) {
          const before = found.get(at);
          const aliases = [
            ...references.slice(1),
            ...(before === undefined ? [] : [...before.aliases, splitSpecifier(before.locator).range]),
          ];
          found.set(at, { locator: `${dependency.identName}@${reference}`, aliases });
        }
      }
      const target = /^(?:workspace|portal):([^:]*)/.exec(real)?.[1];
      place(dependency, isSoft && target !== undefined ? normalPath(target) : at);
    }
  };
  place(hoistBerry(tree), '');
  return [...found].map(([at, value]) => ({ place: at, ...value }));
}

/** Each `node_modules` has the commands of what is directly in it; of two with the same name the later one counts. */
function commandLinks(
  project: Project,
  located: readonly Located[],
  binOf: (locator: string) => Readonly<Record<string, string>>,
): { readonly location: string; readonly from: string; readonly locator: string }[] {
  const list: { location: string; from: string; locator: string }[] = [];
  for (const { place, locator } of located) {
    const at = place.lastIndexOf('node_modules/');
    if (place === '' || Object.keys(binOf(locator)).length === 0) continue;
    list.push({ location: place.slice(0, Math.max(0, at - 1)), from: place, locator });
  }
  // A workspace with packages of its own has its own commands beside theirs.
  for (const { folder } of project.workspaces) {
    const locator = `${workspaceName(project, folder)}@${referenceOf(folder)}`;
    const hasOwn = located.some(({ place }) => place.startsWith(`${folder === '' ? '' : `${folder}/`}node_modules/`));
    if (hasOwn && Object.keys(binOf(locator)).length > 0) list.push({ location: folder, from: folder, locator });
  }
  return list.reverse();
}

function stateNote(
  project: Project,
  located: readonly Located[],
  links: readonly { readonly location: string; readonly from: string; readonly locator: string }[],
  binOf: (locator: string) => Readonly<Record<string, string>>,
): PlannedFile {
  const byLocator = new Map<string, { places: string[]; aliases: readonly string[] }>();
  for (const { place, locator, aliases } of located) {
    const record = byLocator.get(locator);
    if (record === undefined) byLocator.set(locator, { places: [place], aliases });
    else record.places.push(place);
  }
  const depth = (place: string) => place.split('/').length;
  let text =
    '# Warning: This file is automatically generated. Removing it is fine, but will\n# cause your node_modules installation to become invalidated.\n\n__metadata:\n  version: 1\n  nmMode: classic\n';
  for (const locator of [...byLocator.keys()].sort()) {
    const { places, aliases } = byLocator.get(locator) ?? { places: [], aliases: [] };
    text += `\n${JSON.stringify(locator)}:\n  locations:\n`;
    for (const place of places.sort((a, b) => depth(b) - depth(a) || (b > a ? 1 : -1))) text += `    - ${JSON.stringify(place)}\n`;
    if (aliases.length > 0) text += `  aliases:\n${aliases.map((alias) => `    - ${JSON.stringify(alias)}\n`).join('')}`;
    if (locator !== `${workspaceName(project, '')}@workspace:.` || links.length === 0) continue;
    text += '  bin:\n';
    const locations = new Map<string, Map<string, string>>();
    for (const link of [...links].reverse()) {
      const own = locations.get(link.location) ?? new Map<string, string>();
      locations.set(link.location, own);
      for (const [command, file] of Object.entries(binOf(link.locator))) {
        own.set(
          command,
          normalPath(`${relativePath(`${link.location === '' ? '' : `${link.location}/`}node_modules`, link.from)}/${file}`),
        );
      }
    }
    for (const [location, own] of locations) {
      text += `    ${JSON.stringify(location === '' ? '.' : `${location}/`)}:\n`;
      for (const [command, target] of own) text += `      ${JSON.stringify(command)}: ${JSON.stringify(target)}\n`;
    }
  }
  return { path: 'node_modules/.yarn-state.yml', text };
}
