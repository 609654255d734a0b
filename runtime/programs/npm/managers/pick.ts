/** Which version a range means. The managers differ in what they prefer. */
import semver from 'semver';
import type { ResolvedPackument } from '../resolve/request.ts';

export interface PickOptions {
  /** The version behind `latest` wins if it fits, even where there is a higher one. */
  readonly preferLatest?: boolean;
  /** One that is not deprecated wins. */
  readonly avoidDeprecated?: boolean;
  /** These come first, the higher the number; of the same weight the highest version. */
  readonly preferred?: ReadonlyMap<string, number>;
}

/** Undefined if nothing fits. A range may be a tag. */
export function pickVersion(packument: ResolvedPackument, range: string, options: PickOptions = {}): string | undefined {
  const { preferLatest = false, avoidDeprecated = false, preferred } = options;
  const versions = packument.versions ?? {};
  const tags = packument['dist-tags'] ?? {};
  const wanted = range.trim() === '' ? (preferLatest ? '*' : 'latest') : range.trim();
  const tagged = Object.hasOwn(tags, wanted) ? tags[wanted] : undefined;
  if (tagged !== undefined) return tagged;
  if (semver.valid(wanted, true) !== null) {
    const exact = semver.clean(wanted, true) ?? wanted;
    return versions[exact] === undefined ? undefined : exact;
  }
  if (semver.validRange(wanted, true) === null) return undefined;
  if (preferred !== undefined) {
    const weights = new Map<number, string[]>();
    for (const [version, weight] of preferred) {
      if (versions[version] !== undefined && semver.satisfies(version, wanted, true))
        weights.set(weight, [...(weights.get(weight) ?? []), version]);
    }
    for (const weight of [...weights.keys()].sort((a, b) => b - a)) {
      const best = semver.maxSatisfying(weights.get(weight) ?? [], wanted, true);
      if (best !== null) return best;
    }
  }
  const { latest } = tags;
  if (preferLatest && latest !== undefined && versions[latest] !== undefined && (wanted === '*' || semver.satisfies(latest, wanted, true)))
    return latest;
  const all = Object.keys(versions).filter((version) => semver.valid(version, true) !== null);
  const best = semver.maxSatisfying(all, wanted, true);
  if (best === null) return undefined;
  if (avoidDeprecated && versions[best]?.deprecated) {
    const sound = semver.maxSatisfying(
      all.filter((version) => !versions[version]?.deprecated),
      wanted,
      true,
    );
    if (sound !== null) return sound;
  }
  return best;
}

/** Nothing in the registry fits. `code` says how: the name is unknown, or no version fits. */
export class NoMatch extends Error {
  readonly kind: 'package' | 'version';
  readonly packageName: string;
  readonly range: string;
  /** Why the registry could not be asked, where that is it. */
  readonly failure: unknown;
  /** The package whose dependency it is; the project's own where there is none. */
  requiredBy: string | undefined;

  constructor(kind: NoMatch['kind'], packageName: string, range: string, failure?: unknown) {
    super(`Nothing matches ${packageName}@${range}`);
    this.kind = kind;
    this.packageName = packageName;
    this.range = range;
    this.failure = failure;
  }
}
