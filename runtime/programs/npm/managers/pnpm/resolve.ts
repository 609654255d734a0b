/** pnpm's lockfile for a project: versions chosen, peers settled, written down. */
import { factsOf } from '../facts.ts';
import type { Dependencies } from '../project.ts';
import { isUsualAddress, relativePath } from '../specifiers.ts';
import { choosePnpm, type ChosenPackage, type PnpmChooseOptions } from './choose.ts';
import type { PnpmImporter, PnpmLock, PnpmPackage, PnpmReference, PnpmSnapshot } from './lockfile.ts';
import { settlePeers, type Instance, type SettledImporter } from './peers.ts';

export async function resolvePnpm(options: PnpmChooseOptions): Promise<PnpmLock> {
  const { project, overrides, autoInstallPeers = true } = options;
  const choice = await choosePnpm(options);
  const settled = settlePeers(choice, options.onPeerIssue);
  const importers: Record<string, PnpmImporter> = {};
  const instances = new Map<string, Instance>();
  const needed = new Set<string>();
  const add = (instance: Instance, optional: boolean): void => {
    const isNew = !instances.has(instance.key);
    const becomesNeeded = !optional && !needed.has(instance.key);
    if (!isNew && !becomesNeeded) return;
    instances.set(instance.key, instance);
    if (!optional) needed.add(instance.key);
    for (const [alias, child] of instance.children) {
      if (typeof child !== 'string')
        add(child, optional || instance.package.optionalChildren.has(alias) || instance.package.peers.get(alias)?.optional === true);
    }
  };
  for (const { importer, direct } of settled) {
    const { folder } = importer.workspace;
    const lists: Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, PnpmReference>> = {
      dependencies: {},
      devDependencies: {},
      optionalDependencies: {},
    };
    for (const alias of [...direct.keys()].sort()) {
      const child = direct.get(alias);
      const wanted = importer.direct.get(alias);
      if (child === undefined || wanted === undefined) continue;
      lists[wanted.field][alias] = { specifier: wanted.specifier, version: reference(alias, child, folder) };
      if (typeof child !== 'string') add(child, wanted.field === 'optionalDependencies');
    }
    const { manifest } = importer.workspace;
    importers[folder === '' ? '.' : folder] = {
      ...Object.fromEntries(Object.entries(lists).filter(([, list]) => Object.keys(list).length > 0)),
      ...(manifest.dependenciesMeta === undefined ? {} : { dependenciesMeta: manifest.dependenciesMeta }),
    };
  }
  const packages: Record<string, PnpmPackage> = {};
  const snapshots: Record<string, PnpmSnapshot> = {};
  for (const [key, instance] of instances) {
    packages[instance.package.id] = packageOf(instance.package);
    snapshots[key] = snapshotOf(instance, !needed.has(key));
  }
  return {
    lockfileVersion: '9.0',
    settings: { autoInstallPeers, excludeLinksFromLockfile: false },
    ...catalogsOf(options, settled),
    ...(overrides === undefined || Object.keys(overrides).length === 0 ? {} : { overrides }),
    importers: project.workspaces.length === 1 ? { '.': importers['.'] ?? {} } : importers,
    packages,
    snapshots,
  };
}

/** The rows of catalogs that importers use, and what they lead to. */
function catalogsOf({ catalogs }: PnpmChooseOptions, settled: readonly SettledImporter[]): Pick<PnpmLock, 'catalogs'> {
  const used: Record<string, Record<string, PnpmReference>> = {};
  for (const { importer, direct } of settled) {
    for (const [alias, { specifier }] of importer.direct) {
      const child = direct.get(alias);
      if (!specifier.startsWith('catalog:') || child === undefined || typeof child === 'string') continue;
      const catalog = specifier.slice(8) || 'default';
      (used[catalog] ??= {})[alias] = { specifier: catalogs?.[catalog]?.[alias] ?? '', version: child.package.version };
    }
  }
  const sorted = <T>(rows: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));
  const names = Object.keys(used);
  return names.length === 0 ? {} : { catalogs: sorted(Object.fromEntries(names.map((name) => [name, sorted(used[name] ?? {})]))) };
}

function reference(alias: string, child: Instance | string, folder: string): string {
  if (typeof child === 'string') return `link:${relativePath(folder, child.slice(5))}`;
  return child.key.startsWith(`${alias}@`) ? child.key.slice(alias.length + 1) : child.key;
}

function snapshotOf(instance: Instance, optional: boolean): PnpmSnapshot {
  const { package: pkg } = instance;
  const [plain, maybe]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const [alias, child] of instance.children) {
    const list = pkg.optionalChildren.has(alias) || pkg.peers.get(alias)?.optional === true ? maybe : plain;
    list[alias] = reference(alias, child, '');
  }
  return {
    ...(Object.keys(plain).length === 0 ? {} : { dependencies: plain }),
    ...(Object.keys(maybe).length === 0 ? {} : { optionalDependencies: maybe }),
    ...(instance.transitive.size === 0 ? {} : { transitivePeerDependencies: [...instance.transitive].sort() }),
    ...(optional ? { optional: true } : {}),
  };
}

function packageOf(pkg: ChosenPackage): PnpmPackage {
  const { name, version, found, folder } = pkg;
  const facts = factsOf(found);
  const { integrity, tarball } = found?.dist ?? {};
  const usual = isUsualAddress(tarball, name, version);
  const engines = Object.fromEntries(Object.entries(facts.engines ?? {}).filter(([, range]) => range !== '*'));
  const hasBin = typeof facts.bin === 'string' ? facts.bin !== '' : Object.keys(facts.bin ?? {}).length > 0;
  const bundled = facts.bundleDependencies ?? facts.bundledDependencies;
  const peers: Record<string, string> = Object.fromEntries([...pkg.peers].map(([peer, { range }]) => [peer, range]));
  const optionalPeers = [...pkg.peers].filter(([, { optional }]) => optional).map(([peer]) => [peer, { optional: true }] as const);
  const list = (value: readonly string[] | undefined) => (value === undefined || value.length === 0 ? undefined : value);
  const deprecated = typeof found?.deprecated === 'string' && found.deprecated !== '' ? found.deprecated : undefined;
  return {
    resolution:
      pkg.resolution ??
      (folder !== undefined
        ? { directory: folder, type: 'directory' }
        : { ...(integrity === undefined ? {} : { integrity }), ...(usual ? {} : { tarball }) }),
    ...(pkg.resolution === undefined ? {} : { version }),
    ...optionalField('engines', Object.keys(engines).length === 0 ? undefined : (engines as Dependencies)),
    ...optionalField('cpu', list(facts.cpu)),
    ...optionalField('os', list(facts.os)),
    ...optionalField('libc', list(facts.libc)),
    ...optionalField('deprecated', deprecated),
    ...(hasBin ? { hasBin } : {}),
    ...optionalField('bundledDependencies', Array.isArray(bundled) && bundled.length === 0 ? undefined : bundled),
    ...(Object.keys(peers).length === 0 ? {} : { peerDependencies: peers }),
    ...(optionalPeers.length === 0 ? {} : { peerDependenciesMeta: Object.fromEntries(optionalPeers) }),
  };
}

function optionalField<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]: V });
}
