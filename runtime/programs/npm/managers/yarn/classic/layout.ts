/** From Yarn 1's lockfile to the tree it makes, with the commands it links and the note it leaves (`.yarn-integrity`). */
import type { PlannedCommands, PlannedFile, PlannedNode, TreePlan } from '../../../install/tree-plan.ts';
import { twinAmong } from '../../../install/wasm-twin.ts';
import { factsOf } from '../../facts.ts';
import { commandsOf } from '../../project.ts';
import type { RemotePackage } from '../../remotes.ts';
import { relativePath, splitSpecifier, tarballAddress } from '../../specifiers.ts';
import { hoistClassic } from './hoist.ts';
import { ClassicPackages, ownPatterns, patternsOf, without, type ClassicLayoutOptions, type ClassicPackage } from './packages.ts';
import { addFoundPeers } from './peers.ts';
import type { ClassicEntry, ClassicLock } from './lockfile.ts';

/** The name of the package that carries all workspaces; Yarn makes one up. */
const aggregator = '*workspaces*';

/** @throws {IncompatiblePlatform} */
export function planClassic(options: ClassicLayoutOptions): { readonly plan: TreePlan; readonly warnings: readonly string[] } {
  const { project, lock, facts, registry, folders } = options;
  const packages = new ClassicPackages(options);
  const inner = project.workspaces.filter(({ folder }) => folder !== '');
  const [root] = project.workspaces;
  const direct = root === undefined ? [] : ownPatterns(root);
  const wanted = new Set(root === undefined ? [] : ownPatterns(root, options.production));
  const directNames = new Set(direct.map((pattern) => splitSpecifier(pattern).name));
  const carrier: ClassicPackage = {
    ...without(aggregator, '1.0.0', aggregator),
    dependencies: inner
      .filter(({ manifest }) => !directNames.has(manifest.name ?? ''))
      .map(({ manifest }) => `${manifest.name ?? ''}@${manifest.version ?? ''}`),
  };
  const find = (pattern: string) => (pattern === `${aggregator}@1.0.0` ? carrier : packages.find(pattern));
  const tops = [...direct, ...(inner.length > 0 ? [`${aggregator}@1.0.0`] : [])];
  const warnings = addFoundPeers(tops, find);
  const leftOut = new Set(direct.filter((pattern) => !wanted.has(pattern)));
  const hoisted = hoistClassic(tops, find, leftOut);

  const placed = hoisted.flatMap(({ package: pkg, parts, direct: isDirect }) => {
    if (parts[0] === aggregator) {
      if (parts.length <= 2) return [];
      // A workspace that could not be hoisted: what is below it goes to its own folder.
      const folder = inner.find(({ manifest }) => manifest.name === parts[1])?.folder ?? '';
      return [
        {
          pkg,
          place: `${folder}/${parts
            .slice(2)
            .map((part) => `node_modules/${part}`)
            .join('/')}`,
          isDirect,
        },
      ];
    }
    const owner = inner.find(({ manifest }) => manifest.name === parts[0] && parts.length > 1);
    const isWorkspace = owner !== undefined && packages.find(`${parts[0] ?? ''}@${owner.manifest.version ?? ''}`).workspace === owner;
    const place = isWorkspace
      ? `${owner.folder}/${parts
          .slice(1)
          .map((part) => `node_modules/${part}`)
          .join('/')}`
      : parts.map((part) => `node_modules/${part}`).join('/');
    return [{ pkg, place, isDirect }];
  });
  placed.sort((a, b) => (a.place < b.place ? -1 : 1));
  const places = new Map(placed.map(({ pkg, place }) => [place, pkg]));

  const nodes = placed.map(({ pkg, place }): PlannedNode => {
    const folder = place.slice(0, place.lastIndexOf('/'));
    const target = pkg.workspace?.folder ?? pkg.link;
    if (target !== undefined) return { kind: 'link', place, target: relativePath(folder, target) };
    if (pkg.remote !== undefined) return remoteNode(pkg, pkg.remote, place);
    const described = factsOf(facts.version(pkg.published, pkg.version));
    const bin = commandsOf(pkg.file === undefined ? { name: pkg.published, bin: described.bin } : (folders?.get(pkg.file) ?? {}));
    const deprecated = facts.version(pkg.published, pkg.version)?.deprecated;
    return {
      kind: 'package',
      place,
      name: pkg.file === undefined ? pkg.published : (folders?.get(pkg.file)?.name ?? pkg.name),
      version: pkg.version,
      resolved:
        pkg.file === undefined
          ? (pkg.entry?.resolved?.replace(/#.*$/, '') ?? tarballAddress(registry, pkg.published, pkg.version))
          : `file:${pkg.file}`,
      ...(pkg.entry?.integrity === undefined ? shasum(pkg.entry) : { integrity: pkg.entry.integrity }),
      bundled: false,
      optional: pkg.optional,
      ...(Object.keys(bin).length === 0 ? {} : { bin }),
      hasInstallScript: described.hasInstallScript ?? false,
      ...twinAmong(pkg.entry?.optionalDependencies),
      ...(described.os === undefined ? {} : { os: described.os }),
      ...(described.cpu === undefined ? {} : { cpu: described.cpu }),
      ...(described.engines === undefined ? {} : { engines: described.engines }),
      ...(typeof deprecated === 'string' ? { deprecated } : {}),
      ...(described.bin === undefined && facts.version(pkg.published, pkg.version) === undefined ? { partial: true as const } : {}),
    };
  });

  const plan: TreePlan = { root: project.root, nodes, files: [integrityNote(options, lock)], binLinks: 'yarn', commands: commandLinks() };
  return { plan, warnings };

  /** Of a folder of the project; what is in the tree, the plan says. */
  function folderBin(pkg: ClassicPackage): { readonly bin?: Readonly<Record<string, string>> } {
    return pkg.workspace === undefined ? {} : { bin: commandsOf(pkg.workspace.manifest) };
  }

  function hasCommands(pkg: ClassicPackage): boolean {
    if (pkg.workspace !== undefined) return Object.keys(commandsOf(pkg.workspace.manifest)).length > 0;
    if (pkg.remote !== undefined) return Object.keys(commandsOf(pkg.remote.manifest)).length > 0;
    if (pkg.file !== undefined) return Object.keys(commandsOf(folders?.get(pkg.file) ?? {})).length > 0;
    return Object.keys(commandsOf({ name: pkg.published, bin: factsOf(facts.version(pkg.published, pkg.version)).bin })).length > 0;
  }

  function realPlace(pkg: ClassicPackage, place: string): string {
    return pkg.workspace?.folder ?? pkg.link ?? place;
  }

  function commandLinks(): readonly PlannedCommands[] {
    const list: PlannedCommands[] = [];
    // Direct dependencies win over others at the top, so they come first here.
    const top = new Map<string, { readonly pkg: ClassicPackage; readonly place: string; readonly isDirect: boolean }>();
    for (const item of placed) if (item.isDirect || !top.has(item.pkg.name)) top.set(item.pkg.name, item);
    const ordered = [...top.values()];
    for (const { pkg, place } of [...ordered.filter(({ isDirect }) => isDirect), ...ordered.filter(({ isDirect }) => !isDirect)]) {
      if (hasCommands(pkg)) list.push({ into: 'node_modules/.bin', from: realPlace(pkg, place), ...folderBin(pkg) });
    }
    for (const { pkg, place } of placed) {
      const folder = realPlace(pkg, place);
      for (const pattern of pkg.dependencies) {
        const dependency = packages.find(pattern);
        if (dependency.incompatible || !hasCommands(dependency)) continue;
        const found = nearest(folder, place, dependency);
        if (found !== undefined)
          list.push({ into: `${folder}/node_modules/.bin`, from: realPlace(dependency, found), ...folderBin(dependency) });
      }
    }
    return list;
  }

  /** The place that a package in `folder` sees under the name. */
  function nearest(folder: string, place: string, dependency: ClassicPackage): string | undefined {
    for (let at = folder === '' ? place : folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const candidate = at === '' ? `node_modules/${dependency.name}` : `${at}/node_modules/${dependency.name}`;
      if (!at.endsWith('/node_modules') && places.get(candidate)?.identity === dependency.identity) return candidate;
      if (at === '' || !at.includes('/'))
        return places.has(`node_modules/${dependency.name}`) ? `node_modules/${dependency.name}` : undefined;
    }
  }

  function integrityNote({ flags = [], production }: ClassicLayoutOptions, entries: ClassicLock): PlannedFile {
    const topLevel = [
      ...(inner.length > 0 ? [...carrierPatterns(), ...direct] : []),
      ...project.workspaces.flatMap((workspace) => [
        ...ownPatterns(workspace, production),
        ...(workspace.folder === '' ? [] : patternsOf(workspace.manifest.peerDependencies)),
      ]),
    ].sort();
    const modules = new Set(['node_modules', ...inner.map(({ folder }) => `${folder}/node_modules`)]);
    const used = [...modules].filter((folder) =>
      [...nodes.map(({ place }) => place), ...commandLinks().map(({ into }) => into)].some((place) => place.startsWith(`${folder}/`)),
    );
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const note = {
      systemParams: 'linux-x64-137',
      modulesFolders: [...(inner.length > 0 && used.includes('node_modules') ? ['node_modules'] : []), ...used].sort(),
      flags,
      linkedModules: [],
      topLevelPatterns: topLevel,
      lockfileEntries: Object.fromEntries(sorted.map(([pattern, entry]) => [pattern, entry.resolved ?? ''])),
      files: [],
      artifacts: {},
    };
    return { path: 'node_modules/.yarn-integrity', text: JSON.stringify(note, null, 2) };
  }

  function carrierPatterns(): string[] {
    return inner.map(({ manifest }) => `${manifest.name ?? ''}@${manifest.version ?? ''}`);
  }
}

function remoteNode(pkg: ClassicPackage, { manifest, tarball, integrity, hasInstallScript }: RemotePackage, place: string): PlannedNode {
  const bin = commandsOf(manifest);
  return {
    kind: 'package',
    place,
    name: manifest.name ?? pkg.name,
    version: pkg.version,
    resolved: tarball,
    ...(pkg.entry?.resolved?.startsWith('git+') === true ? { integrity } : { integrity, ...shasum(pkg.entry) }),
    bundled: false,
    optional: pkg.optional,
    ...(Object.keys(bin).length === 0 ? {} : { bin }),
    hasInstallScript,
  };
}

function shasum(entry: ClassicEntry | undefined): { integrity?: string } {
  const hex = /#([0-9a-f]{40})$/.exec(entry?.resolved ?? '')?.[1];
  if (hex === undefined) return {};
  const bytes = hex.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  return { integrity: `sha1-${btoa(String.fromCharCode(...bytes))}` };
}
