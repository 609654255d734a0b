/** What settings make of dependencies: catalogs and `packageExtensions`. The lockfile does not tell it. */
import semver from 'semver';
import type { Dependencies } from '../../project.ts';
import { splitSpecifier } from '../../specifiers.ts';
import type { BerryEntry, BerryLock } from './lockfile.ts';
import { withProtocol } from './resolve.ts';

type Meant = Pick<BerryEntry, 'dependencies' | 'peerDependencies' | 'peerDependenciesMeta'>;

export interface DependencySettings {
  readonly catalog?: Dependencies;
  readonly catalogs?: Readonly<Record<string, Dependencies>>;
  /** By `name@range`. */
  readonly packageExtensions?: Readonly<Record<string, Meant>>;
}

/** A range in a catalog that there is not. */
export class CatalogError extends Error {}

/** An entry of the lockfile with what its package is to have. @throws {CatalogError} when it is called, for what is in no catalog. */
export function meantBy({ catalog, catalogs = {}, packageExtensions = {} }: DependencySettings): (entry: BerryEntry) => BerryEntry {
  const extensions = Object.entries(packageExtensions).map(([key, added]) => ({ ...splitSpecifier(key), added }));
  const rangeOf = (name: string, range: string): string => {
    if (!range.startsWith('catalog:')) return range;
    const of = range.slice('catalog:'.length);
    const rows = of === '' ? catalog : catalogs[of];
    const where = of === '' ? 'default catalog' : `catalog "${of}"`;
    if (Object.keys(rows ?? {}).length === 0) throw new CatalogError(`${name}@${range}: ${where} not found or empty`);
    const found = rows?.[name];
    if (found === undefined) throw new CatalogError(`${name}@${range}: entry not found in ${where}`);
    return withProtocol(found);
  };
  return (entry) => {
    const { dependencies = {}, linkType, resolution, version } = entry;
    const isCatalogued = Object.values(dependencies).some((range) => range.startsWith('catalog:'));
    const { name } = splitSpecifier(resolution);
    const fitting = extensions.filter(
      (each) => linkType === 'hard' && each.name === name && semver.satisfies(version, each.range, { includePrerelease: true }),
    );
    if (!isCatalogued && fitting.length === 0) return entry;
    const all = (field: 'dependencies' | 'peerDependencies') =>
      Object.assign({}, ...fitting.map(({ added }) => added[field])) as Dependencies;
    const protocols = Object.entries(all('dependencies')).map(([added, range]) => [added, withProtocol(range)]);
    return {
      ...entry,
      dependencies: Object.fromEntries([
        ...protocols,
        ...Object.entries(dependencies).map(([dependency, range]) => [dependency, rangeOf(dependency, range)]),
      ]) as Dependencies,
      peerDependencies: { ...all('peerDependencies'), ...entry.peerDependencies },
      peerDependenciesMeta: Object.assign(
        {},
        entry.peerDependenciesMeta,
        ...fitting.map(({ added }) => added.peerDependenciesMeta),
      ) as NonNullable<BerryEntry['peerDependenciesMeta']>,
    };
  };
}

/** The whole lockfile so. */
export function meantLock(lock: BerryLock, meant: (entry: BerryEntry) => BerryEntry): BerryLock {
  const made = new Map([...new Set(lock.entries.values())].map((entry) => [entry, meant(entry)]));
  return { ...lock, entries: new Map([...lock.entries].map(([descriptor, entry]) => [descriptor, made.get(entry) ?? entry])) };
}
