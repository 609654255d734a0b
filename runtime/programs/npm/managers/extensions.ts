/**
 * What Yarn and pnpm add to packages that do not declare what they use. Their list (`@yarnpkg/extensions`, which npm cannot install without
 * Yarn itself) is long and about old versions; these are the ones that today's trees still meet.
 */
import semver from 'semver';

const optionalPeers: readonly { readonly name: string; readonly versions: string; readonly peers: readonly string[] }[] = [
  { name: 'debug', versions: '<4.2.0', peers: ['supports-color'] },
];

export function addedOptionalPeers(name: string, version: string): readonly string[] {
  return optionalPeers.filter((each) => each.name === name && semver.satisfies(version, each.versions)).flatMap(({ peers }) => peers);
}
