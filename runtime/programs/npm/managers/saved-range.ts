/** What `package.json` gets for a package of a registry that was asked for on the command line. */
import semver from 'semver';
import type { Facts } from './facts.ts';
import { NoMatch, pickVersion, type PickOptions } from './pick.ts';
import { aliasOf } from './specifiers.ts';

/**
 * @param prefix Before a version that was not asked for itself.
 * @param saves What becomes of a range: it stays, or the version that was found takes its place.
 * @throws {NoMatch} if there is none.
 */
export async function savedRange(
  facts: Facts,
  { name, range }: { readonly name: string; readonly range: string },
  { prefix, pick, saves = 'wanted' }: { readonly prefix: string; readonly pick: PickOptions; readonly saves?: 'wanted' | 'found' },
): Promise<string> {
  const alias = aliasOf(range);
  const published = alias?.name ?? name;
  const wanted = alias?.range ?? range;
  const packument = await facts.load(published);
  if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
  const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, pick);
  if (version === undefined) throw new NoMatch('version', published, wanted);
  const isTag = wanted === '' || packument['dist-tags']?.[wanted] !== undefined;
  const saved = isTag ? `${prefix}${version}` : saves === 'found' && semver.valid(wanted) === null ? ofFound(wanted, version) : wanted;
  return alias === undefined ? saved : `npm:${published}@${saved}`;
}

/** `1`, `^1.0.0` → `^1.2.3`; `~1.0` → `~1.0.4`. */
const ofFound = (wanted: string, version: string) => `${wanted.startsWith('~') ? '~' : '^'}${version}`;
