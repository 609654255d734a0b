/** Real metadata, cut to what the recorded projects ask for: from the configured registry, once, into `fixtures/registry.json.gz`. */
import npa from 'npm-package-arg';
import pickManifest from 'npm-pick-manifest';
import { madeUpPackages, type NpmProject } from '../../programs/npm/resolve/testing/projects.ts';
import { cutMetadata } from '../../programs/npm/resolve/cut-metadata.ts';
import type { FrozenPackages } from '../../programs/npm/resolve/testing/frozen-registry.ts';
import type { PackumentVersion, ResolvedPackument } from '../../programs/npm/resolve/request.ts';

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

type Fields = Readonly<Record<string, unknown>>;
type Ranges = Readonly<Record<string, string>>;

/** All that a project's manifests and steps name, as `[name, range]`. */
function rangesOf({ files, steps }: NpmProject): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  const overrides = (value: unknown): void => {
    for (const [name, inner] of Object.entries((value ?? {}) as Fields)) {
      if (typeof inner === 'string') found.push([name.replace(/(?!^)@.*$/, ''), inner]);
      else {
        if (typeof (inner as Fields)['.'] === 'string') found.push([name, (inner as Ranges)['.'] as string]);
        overrides(inner);
      }
    }
  };
  for (const value of [files, ...steps.map((step) => step.files ?? {})].flatMap((group) => Object.entries(group))) {
    let manifest: unknown = value[1];
    if (typeof manifest === 'string' && value[0].endsWith('package.json')) {
      try {
        manifest = JSON.parse(manifest);
      } catch {
        continue; // One of the projects is about just that.
      }
    }
    if (typeof manifest !== 'object' || manifest === null) continue;
    const fields = ('tarball' in manifest ? manifest.tarball : manifest) as Fields;
    for (const field of dependencyFields) found.push(...Object.entries((fields[field] ?? {}) as Ranges));
    overrides(fields['overrides']);
  }
  for (const spec of steps.flatMap((step) => step.request?.add ?? [])) {
    const { name, rawSpec } = npa(spec);
    if (name !== undefined) found.push([name, rawSpec]);
  }
  return found;
}

/** Which versions could be picked by anyone, followed to the end. */
export async function freeze(
  projects: readonly NpmProject[],
  extra: readonly string[],
  fetchPackument: (name: string) => Promise<ResolvedPackument | undefined>,
): Promise<FrozenPackages> {
  const packuments = new Map<string, Promise<ResolvedPackument | undefined>>();
  const versions = new Map<string, Map<string, PackumentVersion>>();
  const tags = new Map<string, ResolvedPackument>();
  const seen = new Set<string>();
  const packumentOf = (name: string) => {
    const madeUp = (madeUpPackages as unknown as FrozenPackages)[name];
    const found = packuments.get(name) ?? (madeUp === undefined ? fetchPackument(name) : Promise.resolve(madeUp));
    packuments.set(name, found);
    return found;
  };
  const follow = async (name: string, range: string): Promise<void> => {
    if (seen.has(`${name}@${range}`)) return;
    seen.add(`${name}@${range}`);
    let spec;
    try {
      spec = npa.resolve(name, range, '/');
      spec = spec.subSpec ?? spec;
    } catch {
      return; // One of the projects is about just that.
    }
    if (!spec.registry || spec.name === undefined) return;
    const packument = await packumentOf(spec.name);
    if (packument === undefined) return;
    tags.set(spec.name, packument);
    const picked = versions.get(spec.name) ?? new Map<string, PackumentVersion>();
    versions.set(spec.name, picked);
    const take = (version: PackumentVersion | undefined) => {
      if (version === undefined || picked.has(version.version)) return [];
      picked.set(version.version, version);
      return dependencyFields
        .filter((field) => field !== 'devDependencies')
        .flatMap((field) => Object.entries((version[field] ?? {}) as Ranges));
    };
    const next = Object.values(packument['dist-tags'] ?? {})
      .filter((version) => version === packument['dist-tags']?.['latest'])
      .flatMap((version) => take(packument.versions?.[version]));
    try {
      next.push(...take(pickManifest<PackumentVersion>(packument, spec.fetchSpec ?? '', {})));
    } catch {
      // No version fits: whoever installs it is told.
    }
    await Promise.all(next.map(([dependency, wanted]) => follow(dependency, wanted)));
  };
  await Promise.all(projects.flatMap(rangesOf).map(([name, range]) => follow(name, range)));
  await Promise.all(extra.map((name) => follow(name, 'latest')));

  const frozen: Record<string, ResolvedPackument> = {};
  for (const name of [...versions.keys()].sort()) {
    const picked = versions.get(name) as Map<string, PackumentVersion>;
    const order = Object.keys(tags.get(name)?.versions ?? {}).filter((version) => picked.has(version));
    const isMadeUp = name in madeUpPackages;
    frozen[name] = {
      name,
      'dist-tags': Object.fromEntries(Object.entries(tags.get(name)?.['dist-tags'] ?? {}).filter(([, version]) => picked.has(version))),
      versions: Object.fromEntries(
        order.map((version) => [version, isMadeUp ? picked.get(version) : cutMetadata(picked.get(version) as PackumentVersion)]),
      ) as never,
    };
  }
  return frozen;
}
