/** What `package.json` gets for a package of a registry that was asked for on the command line. */
import semver from 'semver';
import type { Facts } from './facts.ts';
import { NoMatch, pickVersion, type PickOptions } from './pick.ts';
import { aliasOf } from './specifiers.ts';

/**
 * @param prefix Before a version that was not asked for itself.
 * @param pin What is put before the version that was found in the place of a range; undefined: `prefix`. Absent: ranges stay.
 * @throws {NoMatch} if there is none.
 */
export async function savedRange(
  facts: Facts,
  { name, range }: { readonly name: string; readonly range: string },
  { prefix, pick, pin }: { readonly prefix: string; readonly pick: PickOptions; readonly pin?: (wanted: string) => string | undefined },
): Promise<string> {
  const alias = aliasOf(range);
  const published = alias?.name ?? name;
  const wanted = alias?.range ?? range;
  const packument = await facts.load(published);
  if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
  const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, pick);
  if (version === undefined) throw new NoMatch('version', published, wanted);
  const isTag = wanted === '' || packument['dist-tags']?.[wanted] !== undefined;
  const pinned = semver.prerelease(version) === null ? `${pin?.(wanted) ?? prefix}${version}` : version;
  const saved = pin === undefined ? (isTag ? `${prefix}${version}` : wanted) : pinned;
  return alias === undefined ? saved : `npm:${published}@${saved}`;
}
