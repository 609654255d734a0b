/** The workspaces that `--filter` means. */
import { relativePath, resolvePath } from '../../paths.ts';
import type { Words } from '../command-line.ts';
import { manifestPathOf } from '../manager-project.ts';
import type { Project, Workspace } from '../project.ts';
import type { BunProject } from './bun-project.ts';
import { BunError } from './errors.ts';

/** @throws {BunError} where a filter is there and means none. */
export function selectWorkspaces(bun: BunProject, words: Words, project: Project): readonly Workspace[] {
  const filters = words.lists.get('filter') ?? [];
  const chosen = project.workspaces.filter(
    ({ folder, manifest }) => folder !== '' && filters.some((filter) => isMatch(bun, filter, folder, manifest.name ?? '')),
  );
  if (chosen.length === 0)
    throw new BunError(`No workspace packages matched the filter ${filters.map((filter) => `"${filter}"`).join(', ')}`);
  return chosen;
}

/** The manifests that a command changes: those of the filter, else the nearest. */
export function manifestsOf(bun: BunProject, words: Words): readonly string[] {
  if (!words.lists.has('filter')) return [manifestPathOf(bun.ownFolder.slice(bun.root.length + 1))];
  return selectWorkspaces(bun, words, bun.load()).map(({ folder }) => manifestPathOf(folder));
}

/** A name, or a path that begins with `./`; both may have stars. */
function isMatch(bun: BunProject, filter: string, folder: string, name: string): boolean {
  if (filter.startsWith('!')) return !isMatch(bun, filter.slice(1), folder, name);
  const isPath = /^\.{1,2}(?:\/|$)/.test(filter);
  const pattern = isPath ? relativePath(bun.root, resolvePath(bun.run.cwd, filter)) : filter;
  const source = pattern
    .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', isPath ? '[^/]*' : '.*')
    .replaceAll('\0', '.*');
  return new RegExp(`^${source}$`).test(isPath ? folder : name);
}
