/** What of a version's metadata decides on trees and locks: all that baked folders and recorded registries keep. */

const deciding: ReadonlySet<string> = new Set([
  'name',
  'version',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bundleDependencies',
  'bundledDependencies',
  'acceptDependencies',
  'workspaces',
  'bin',
  'engines',
  'os',
  'cpu',
  'libc',
  'license',
  'licenses',
  'funding',
  'deprecated',
]);
const installScripts: ReadonlySet<string> = new Set(['preinstall', 'install', 'postinstall']);

type Fields = Readonly<Record<string, unknown>>;

/** @param also More fields that are kept. */
export function cutMetadata(version: Fields, also: readonly string[] = []): Fields {
  const kept = Object.entries(version).filter(([field, value]) => value !== undefined && (deciding.has(field) || also.includes(field)));
  const scripts = Object.entries((version['scripts'] ?? {}) as Fields).filter(([name]) => installScripts.has(name));
  return { ...Object.fromEntries(kept), ...(scripts.length === 0 ? {} : { scripts: Object.fromEntries(scripts) }) };
}
