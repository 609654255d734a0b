/** Which package is mounted at each place: the planned ones, or what takes their place in a page. */
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import satisfies from 'semver/functions/satisfies.js';
import { integrityOfDist } from '../../../packages/integrity.ts';
import type { Packument, PackumentVersion, RegistryClient } from '../../../packages/registry-client.ts';
import type { PlannedPackage, TreePlan } from './tree-plan.ts';
import { substitutionFor, type OwnSubstitutions } from './substitutions.ts';
import { buildsOf } from './wasm-twin.ts';

export interface WantedMount {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** Address of the tarball; a path for `file:`. */
  readonly resolved: string;
  readonly integrity?: string;
  readonly optional: boolean;
  /** Of the plan; undefined for what only a substitution needs. */
  readonly node?: PlannedPackage;
}

export interface EmptyPackage {
  readonly place: string;
  readonly node: PlannedPackage;
  /** What loading it fails with. */
  readonly error?: string;
}

export interface Mounts {
  readonly wanted: readonly WantedMount[];
  /** Packages of which only the name is there; some say why when they are loaded. */
  readonly empty: readonly EmptyPackage[];
  /** Places whose install scripts do not run. */
  readonly unbuilt: ReadonlySet<string>;
  /** Packages that do not run in a page, and what to do. */
  readonly unusable: readonly { readonly name: string; readonly version: string; readonly advice: string }[];
  readonly substituted: readonly { readonly name: string; readonly version: string; readonly by: string; readonly byVersion: string }[];
}

export interface MountsRequest {
  readonly plan: TreePlan;
  readonly own: OwnSubstitutions;
  /** Only needed for substitutions. */
  readonly client: Pick<RegistryClient, 'packument'>;
  readonly signal: AbortSignal;
}

function versionFor(packument: Packument, range: string): PackumentVersion | undefined {
  const exact = packument.versions[range];
  if (exact !== undefined) return exact;
  // As npm chooses: the newest is not always the best.
  const { latest } = packument['dist-tags'];
  if (latest !== undefined && packument.versions[latest] !== undefined && satisfies(latest, range, true)) return packument.versions[latest];
  const best = maxSatisfying(Object.keys(packument.versions), range, true);
  return best === null ? undefined : packument.versions[best];
}

/** The twin of a version; of one that has none, the nearest earlier one of its major version: twins are published late. */
function twinFor({ versions }: Packument, version: string): PackumentVersion | undefined {
  const [major = ''] = version.split('.');
  const nearest = versions[version] === undefined ? maxSatisfying(Object.keys(versions), `>=${major}.0.0 <=${version}`, true) : version;
  return nearest === null ? undefined : versions[nearest];
}

function mountOf(place: string, found: PackumentVersion, optional: boolean, node?: PlannedPackage): WantedMount {
  const integrity = integrityOfDist(found.dist);
  return {
    place,
    name: found.name,
    version: found.version,
    resolved: found.dist.tarball,
    optional,
    ...(integrity === undefined ? {} : { integrity }),
    ...(node === undefined ? {} : { node }),
  };
}

/** The package itself. */
function plannedMount(node: PlannedPackage): WantedMount {
  const { place, name, version, resolved, optional, integrity } = node;
  return { place, name, version, resolved, optional, node, ...(integrity === undefined ? {} : { integrity }) };
}

/** Peers, too: nobody else would install them. */
function neededBy(version: PackumentVersion): Readonly<Record<string, string>> {
  type Ranges = Readonly<Record<string, string>>;
  const { dependencies, peerDependencies, peerDependenciesMeta } = version as {
    readonly dependencies?: Ranges;
    readonly peerDependencies?: Ranges;
    readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  };
  const peers = Object.entries(peerDependencies ?? {}).filter(([name]) => peerDependenciesMeta?.[name]?.optional !== true);
  return { ...Object.fromEntries(peers), ...dependencies };
}

/** @throws {PackageError} where what takes a place cannot be found; the package itself is then of no use either. */
export async function decideMounts({ plan, own, client, signal }: MountsRequest): Promise<Mounts> {
  const wanted: WantedMount[] = [];
  const empty: EmptyPackage[] = [];
  const unusable: Mounts['unusable'][number][] = [];
  const unbuilt = new Set<string>();
  const substituted: Mounts['substituted'][number][] = [];
  const planned = new Map<string, PlannedPackage>();
  const builds = new Set<string>();
  for (const node of plan.nodes) {
    if (node.kind !== 'package') continue;
    planned.set(node.place, node);
    if (node.twin !== undefined) builds.add(buildsOf(node.twin));
  }

  /** What `name` means to code in `place`. */
  const seen = (place: string, name: string): PlannedPackage | undefined => {
    for (let folder = place; ;) {
      const found = planned.get(`${folder}/node_modules/${name}`);
      if (found !== undefined) return found;
      const at = folder.lastIndexOf('/node_modules/');
      if (at < 0) return planned.get(`node_modules/${name}`);
      folder = folder.slice(0, at);
    }
  };
  /** What a substitute needs and the tree has not, in the substitute's own `node_modules`. */
  const addMissing = async (top: string, from: PackumentVersion, have: Set<string>): Promise<void> => {
    for (const [name, range] of Object.entries(neededBy(from))) {
      if (have.has(name)) continue;
      const there = seen(top, name);
      if (there !== undefined && satisfies(there.version, range, true)) continue;
      const found = versionFor(await client.packument(name, { signal }), range);
      if (found === undefined) continue;
      have.add(name);
      wanted.push(mountOf(`${top}/node_modules/${name}`, found, true));
      await addMissing(top, found, have);
    }
  };

  for (const node of planned.values()) {
    if (node.bundled) continue;
    const use = substitutionFor(node, own, builds);
    if (use === undefined || use.kind === 'unbuilt' || use.kind === 'with' || use.kind === 'absent') {
      wanted.push(plannedMount(node));
    }
    if (use === undefined) continue;
    unbuilt.add(node.place);
    const { place, name, version } = node;
    if (use.kind === 'absent' || use.kind === 'refused') unusable.push({ name, version, advice: use.advice });
    if (use.kind === 'refused') empty.push({ place, node, error: `${name}@${version} does not run in a page: ${use.advice}` });
    if (use.kind === 'empty') empty.push({ place, node });
    if (use.kind === 'binary') {
      const reason = use.advice === undefined ? '' : `: ${use.advice}`;
      empty.push({ place, node, error: `${name}@${version} is native code, which no browser runs${reason}` });
    }
    if (use.kind !== 'replace' && use.kind !== 'with') continue;
    const names = use.kind === 'replace' ? [use.by] : use.also;
    for (const by of names) {
      let found: PackumentVersion | undefined;
      try {
        const packument = await client.packument(by, { signal });
        found = use.version === undefined ? twinFor(packument, node.version) : versionFor(packument, use.version);
      } catch (error) {
        if (use.kind === 'replace' && !node.optional) throw error;
      }
      if (found === undefined) {
        // The package itself, whose native part then says what it cannot do.
        if (use.kind === 'replace') {
          wanted.push(plannedMount(node));
          unbuilt.delete(node.place);
        }
        unusable.push({ name, version, advice: `no version of ${by} was found that fits` });
        continue;
      }
      const into = use.kind === 'replace' ? place : `${place}/${use.into ?? 'node_modules'}/${use.as ?? by}`;
      wanted.push(mountOf(into, found, node.optional, use.kind === 'replace' ? node : undefined));
      substituted.push({ name: use.kind === 'with' ? (use.as ?? name) : name, version, by, byVersion: found.version });
      await addMissing(node.place, found, new Set());
    }
  }
  return { wanted, empty, unbuilt, unusable, substituted };
}
