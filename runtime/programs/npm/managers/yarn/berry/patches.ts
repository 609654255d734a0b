/** Packages that Yarn 4 patches by itself: they are asked for through the patch, and the lockfile has both. */
import semver from 'semver';
import { builtinPatches } from './builtin-patches.ts';

export const isPatched = (name: string) => builtinPatches.some((row) => row.name === name);

const rowOf = (name: string, version: string) =>
  builtinPatches.find(
    (row) => row.name === name && row.range !== undefined && semver.satisfies(version, row.range, { includePrerelease: true }),
  );

/** Whether the patch changes anything in a version. */
export const changesVersion = (name: string, version: string) => rowOf(name, version) !== undefined;

const hashOf = (name: string, version: string) =>
  (rowOf(name, version) ?? builtinPatches.find((row) => row.name === name && row.range === undefined))?.hash ?? '';

/** The range that asks for the patched package; undefined where there is no patch. */
export function patchedRange(name: string, range: string): string | undefined {
  if (!isPatched(name) || !range.startsWith('npm:')) return undefined;
  const source = encodeURIComponent(range).replaceAll('%5E', '^').replaceAll('%2C', ',');
  return `patch:${name}@${source}#optional!builtin<compat/${name}>`;
}

/** The range that a patched one is made of. */
export const patchedSource = (range: string) => decodeURIComponent(/@(npm%3A[^#]+)#/.exec(range)?.[1] ?? '');

/** The locator of a patched version. */
export const patchedLocator = (name: string, version: string) =>
  `${name}@patch:${name}@${encodeURIComponent(`npm:${version}`)}#optional!builtin<compat/${name}>::version=${version}&hash=${hashOf(name, version)}`;
