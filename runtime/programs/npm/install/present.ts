/** What is installed already: from npm's hidden lockfile, and from the folders themselves where it does not tell. */
import { S_IFDIR, S_IFLNK } from '../../../base/file-mode.ts';
import type { Disk } from '../disk.ts';
import { hiddenLockPlace, nameAt, type LockEntry } from '../lockfile/lock.ts';
import { isInstalledPlace } from '../lockfile/plan.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';

export interface PresentPackage {
  readonly name: string;
  readonly version: string;
  readonly isLink: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

/** By place. */
export type Present = ReadonlyMap<string, PresentPackage>;

/** Places of packages in a `node_modules` folder: one level, scopes included. */
function childPlaces(disk: Disk, root: string, folder: string): { readonly place: string; readonly isLink: boolean }[] {
  const found: { place: string; isLink: boolean }[] = [];
  for (const { name, type } of disk.list(resolvePath(root, folder))) {
    if (name.startsWith('.')) continue;
    const isLink = type === S_IFLNK;
    if (!isLink && type !== S_IFDIR) continue;
    if (name.startsWith('@') && !isLink) {
      for (const inner of disk.list(resolvePath(root, folder, name))) {
        if (inner.type === S_IFDIR || inner.type === S_IFLNK)
          found.push({ place: `${folder}/${name}/${inner.name}`, isLink: inner.type === S_IFLNK });
      }
    } else found.push({ place: `${folder}/${name}`, isLink });
  }
  return found;
}

/** Without the hidden lockfile: every folder is looked into. */
function walk(disk: Disk, root: string, folder: string, into: Map<string, PresentPackage>): void {
  for (const { place, isLink } of childPlaces(disk, root, folder)) {
    const manifest = tryReadManifest(disk, resolvePath(root, place));
    into.set(place, { name: manifest?.name ?? nameAt(place), version: manifest?.version ?? '', isLink });
    if (!isLink) walk(disk, root, `${place}/node_modules`, into);
  }
}

/**
 * @param folders Folders with a `node_modules` of their own, relative to the root: workspaces. The root itself is the empty one.
 */
export function findPresent(disk: Disk, root: string, folders: readonly string[]): Present {
  const found = new Map<string, PresentPackage>();
  const text = disk.readText(resolvePath(root, hiddenLockPlace));
  let packages: Readonly<Record<string, LockEntry>> | undefined;
  try {
    packages = (JSON.parse(text ?? '') as { packages?: Record<string, LockEntry> }).packages;
  } catch {
    // Damaged or missing: npm looks at the folders then, too.
  }
  for (const [place, entry] of Object.entries(packages ?? {})) {
    // Somebody may have removed or replaced it since.
    if (!isInstalledPlace(place) || disk.lstat(resolvePath(root, place)) === undefined) continue;
    const { integrity, resolved, version = '' } = entry;
    found.set(place, {
      name: entry.name ?? nameAt(place),
      version: entry.link === true ? (packages?.[resolved ?? '']?.version ?? '') : version,
      isLink: entry.link === true,
      ...(integrity === undefined ? {} : { integrity }),
      ...(resolved === undefined ? {} : { resolved }),
    });
  }
  for (const folder of folders) {
    const top = folder === '' ? 'node_modules' : `${folder}/node_modules`;
    if (packages === undefined) walk(disk, root, top, found);
    else {
      for (const { place, isLink } of childPlaces(disk, root, top)) {
        if (found.has(place)) continue;
        const manifest = tryReadManifest(disk, resolvePath(root, place));
        found.set(place, { name: manifest?.name ?? nameAt(place), version: manifest?.version ?? '', isLink });
      }
    }
  }
  return found;
}
