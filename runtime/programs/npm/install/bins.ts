/** Commands of packages, linked into `.bin` folders as `bin-links` does it. */
import { compareNames } from '../compare-names.ts';
import type { Disk } from '../disk.ts';
import { dirName, relativePath, resolvePath } from '../paths.ts';
import type { Commit } from './commit.ts';

export interface PlannedBin {
  /** Absolute path of the link. */
  readonly path: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** What is linked: a package in a layer already has its files made executable. */
  readonly inLayer: boolean;
}

/** Deeper folders later, then by name: of two commands with one name the first stays. */
export function bySortedPlace(a: { readonly place: string }, b: { readonly place: string }): number {
  const depth = (place: string) => place.split('node_modules/').length;
  return depth(a.place) - depth(b.place) || compareNames(a.place, b.place);
}

/** The `node_modules` folder that a place is in. */
function modulesFolder(place: string): string {
  const at = place.lastIndexOf('node_modules/');
  return place.slice(0, at + 'node_modules'.length);
}

/** The commands of one place, not yet checked for being there. */
export function binsOf(root: string, place: string, bin: Readonly<Record<string, string>>, inLayer: boolean, into?: string): PlannedBin[] {
  const folder = resolvePath(root, into ?? `${modulesFolder(place)}/.bin`);
  return Object.entries(bin).map(([name, file]) => ({
    path: `${folder}/${name.replace(/^.*\//, '')}`,
    file: resolvePath(root, place, file),
    inLayer,
  }));
}

/** Links, one for each path; those that lead nowhere are left out, as npm does it. */
export function linkBins(disk: Disk, commit: Commit, bins: readonly PlannedBin[]): void {
  const seen = new Set<string>();
  for (const { path, file, inLayer } of bins) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (!inLayer && disk.lstat(file) === undefined) continue;
    const target = relativePath(dirName(path), file);
    if (disk.isLink(path) && disk.calls.readlink(path) === target) continue;
    commit.link(target, path);
    if (!inLayer) makeExecutable(disk, commit, file);
  }
}

/** Runs for everyone, and has no carriage return behind `#!`. */
function makeExecutable(disk: Disk, commit: Commit, file: string): void {
  commit.chmod(file, 0o777 & ~disk.calls.umask());
  const bytes = disk.readBytes(file);
  if (bytes === undefined || bytes[0] !== 0x23 || bytes[1] !== 0x21) return;
  const end = bytes.indexOf(10);
  if (end < 1 || end > 2047 || bytes[end - 1] !== 13) return;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  commit.write(file, text.replace(/^(#![^\n]+)\r\n/, '$1\n'));
}
