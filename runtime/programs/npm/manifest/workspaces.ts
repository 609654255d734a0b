/** The workspaces of a project: folders that patterns of its `package.json` name. */
import { S_IFDIR, S_IFLNK } from '../../../base/file-mode.ts';
import { compareNames } from '../compare-names.ts';
import type { Disk } from '../disk.ts';
import { Failure } from '../failure.ts';
import { baseName, relativePath, resolvePath } from '../paths.ts';
import { expandBraces, hasMagic, matchesPart, matchesPath } from './glob.ts';
import type { Manifest } from './manifest.ts';
import { tryReadManifest } from './read-manifest.ts';

/** The patterns; empty for none. */
function workspacePatterns({ workspaces }: Manifest): readonly string[] {
  const patterns = Array.isArray(workspaces) ? (workspaces as unknown[]) : (workspaces as { packages?: unknown[] } | undefined)?.packages;
  return (patterns ?? []).filter((pattern): pattern is string => typeof pattern === 'string');
}

/** A pattern as a path from the project: without `./`, a trailing slash. */
function cleanPattern(pattern: string): string {
  return pattern
    .replace(/^\.?\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\/{2,}/g, '/');
}

/** Folders with a `package.json` that a pattern without negation names, relative to the root. */
function expand(disk: Disk, root: string, pattern: string): string[] {
  const found: string[] = [];
  const walk = (folder: string, parts: readonly string[]) => {
    const [part, ...rest] = parts;
    if (part === undefined) {
      if (disk.isFile(resolvePath(root, folder, 'package.json'))) found.push(folder);
      return;
    }
    const names = () =>
      disk
        .list(resolvePath(root, folder))
        .filter(
          ({ name, type }) =>
            name !== 'node_modules' && (type === S_IFDIR || (type === S_IFLNK && disk.isFolder(resolvePath(root, folder, name)))),
        )
        .map(({ name }) => name)
        .sort();
    const child = (name: string) => (folder === '' ? name : `${folder}/${name}`);
    if (part === '**') {
      walk(folder, rest);
      for (const name of names()) if (!name.startsWith('.')) walk(child(name), parts);
    } else if (hasMagic(part)) {
      for (const name of names()) if (matchesPart(name, part)) walk(child(name), rest);
    } else if (part === '.' || part === '') walk(folder, rest);
    else if (disk.isFolder(resolvePath(root, child(part)))) walk(child(part), rest);
  };
  for (const one of expandBraces(cleanPattern(pattern))) walk('', one.split('/'));
  return [...new Set(found)].filter((folder) => folder !== '');
}

/**
 * Name → absolute folder, in npm's order: later patterns may take away what earlier ones named.
 *
 * @throws {Failure} `EDUPLICATEWORKSPACE` where two have one name.
 */
export function findWorkspaces(disk: Disk, root: string, manifest: Manifest): Map<string, string> {
  const folders = new Set<string>();
  for (const pattern of workspacePatterns(manifest)) {
    const negations = /^!*/.exec(pattern)?.[0].length ?? 0;
    const plain = pattern.slice(negations);
    if (negations % 2 === 0) for (const folder of expand(disk, root, plain)) folders.add(folder);
    else for (const folder of folders) if (matchesPath(folder, cleanPattern(plain))) folders.delete(folder);
  }
  const found = new Map<string, string>();
  for (const folder of [...folders].sort((a, b) => compareNames(a, b))) {
    const path = resolvePath(root, folder);
    const name = tryReadManifest(disk, path)?.name ?? nameOfFolder(path);
    const other = found.get(name);
    if (other !== undefined) {
      throw new Failure(
        `must not have multiple workspaces with the same name\n\npackage '${name}' has conflicts in the following paths:\n    ${other}\n    ${path}`,
        {
          code: 'EDUPLICATEWORKSPACE',
        },
      );
    }
    found.set(name, path);
  }
  return found;
}

/** What a package without a name is called after its folder. */
export function nameOfFolder(path: string): string {
  const [name, parent] = [baseName(path), baseName(path.slice(0, path.lastIndexOf('/')))];
  return parent.startsWith('@') ? `${parent}/${name}` : name;
}

export function isWorkspaceOf(disk: Disk, root: string, folder: string): boolean {
  const manifest = tryReadManifest(disk, root);
  if (manifest === undefined) return false;
  try {
    return [...findWorkspaces(disk, root, manifest).values()].includes(folder);
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/**
 * Those that `-w` names: by name, by folder, or by a folder above. All of them without filters.
 *
 * @throws {Failure} where none is named.
 */
export function chooseWorkspaces(
  disk: Disk,
  manifest: Manifest,
  filters: readonly string[],
  where: { readonly root: string; readonly from: string; readonly includeRoot: boolean },
): Map<string, string> {
  const { root, from, includeRoot } = where;
  const all = findWorkspaces(disk, root, manifest);
  const chosen = new Map<string, string>();
  if (includeRoot) chosen.set(manifest.name ?? '', root);
  if (filters.length === 0) for (const [name, path] of all) chosen.set(name, path);
  for (const filter of filters) {
    for (const [name, path] of all) {
      const relative = `${filter.startsWith('./') ? './' : ''}${relativePath(from, path)}`;
      const fits =
        filter === name ||
        resolvePath(from, filter) === path ||
        matchesPath(relative, `${relativePath(root, resolvePath(from, filter))}/*`) ||
        matchesPath(relative, `${filter}/*`);
      if (fits) chosen.set(name, path);
    }
  }
  if (chosen.size === 0) {
    throw new Failure(`No workspaces found${filters.length === 0 ? '!' : `:\n ${filters.map((one) => ` --workspace=${one}`).join('')}`}`);
  }
  return chosen;
}
