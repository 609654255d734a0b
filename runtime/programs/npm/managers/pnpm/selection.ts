/** The workspaces that `-r` and `--filter` mean. */
import { relativePath, resolvePath } from '../../paths.ts';
import type { Words } from '../command-line.ts';
import type { Project } from '../project.ts';
import { reachable, reversed, workspaceGraph, type WorkspaceGraph } from '../workspace-graph.ts';
import { PnpmError } from './errors.ts';
import type { PnpmProject } from './pnpm-project.ts';

export interface Selection {
  readonly project: Project;
  /** In the order of their folders. */
  readonly folders: readonly string[];
  readonly graph: WorkspaceGraph;
}

/** Undefined where neither flag is there: the command is about one package. */
export function selectWorkspaces(pnpm: PnpmProject, words: Words): Selection | undefined {
  const filters = words.lists.get('filter') ?? [];
  if (!words.flags.has('recursive') && filters.length === 0) return undefined;
  const project = pnpm.load();
  const graph = workspaceGraph(project);
  const inner = project.workspaces.map(({ folder }) => folder).filter((folder) => folder !== '');
  if (filters.length === 0) return { project, graph, folders: inner };
  const [without, wanted] = [filters.filter((each) => each.startsWith('!')), filters.filter((each) => !each.startsWith('!'))];
  const chosen = new Set(wanted.length === 0 ? inner : wanted.flatMap((filter) => [...matching(pnpm, filter, project, graph)]));
  for (const filter of without) for (const folder of matching(pnpm, filter.slice(1), project, graph)) chosen.delete(folder);
  return { project, graph, folders: project.workspaces.map(({ folder }) => folder).filter((folder) => chosen.has(folder)) };
}

/** `name`, `@scope/*`, `./folder`, `{folder}`; `...` before or behind it adds what needs it or what it needs, `^` leaves itself out. */
function matching(pnpm: PnpmProject, filter: string, project: Project, graph: WorkspaceGraph): ReadonlySet<string> {
  const [, users = '', first = '', middle = '', second = '', needed = ''] = /^(\.\.\.)?(\^)?(.*?)(\^)?(\.\.\.)?$/.exec(filter) ?? [];
  if (/\[.*\]/.test(middle)) throw new PnpmError('NOT_IMPLEMENTED', `The filter "${filter}" asks git what changed, which no page can`);
  const own = project.workspaces
    .filter(({ folder, manifest }) => isMatch(pnpm, middle, folder, manifest.name ?? ''))
    .map(({ folder }) => folder);
  const found = new Set(first === '' && second === '' ? own : []);
  for (const folder of own) {
    if (needed !== '') for (const each of reachable(graph, folder)) found.add(each);
    if (users !== '') for (const each of reachable(reversed(graph), folder)) found.add(each);
  }
  return found;
}

function isMatch(pnpm: PnpmProject, text: string, folder: string, name: string): boolean {
  const path = /^\{(.*)\}$/.exec(text)?.[1] ?? (/^\.{1,2}(?:\/|$)/.test(text) ? text : undefined);
  if (path !== undefined) {
    const from = relativePath(pnpm.root, resolvePath(pnpm.run.cwd, path.replace(/\/\*{1,2}$/, '')));
    if (/\/\*{1,2}$/.test(path)) return folder.startsWith(from === '' ? '' : `${from}/`) && folder !== '';
    return folder === from;
  }
  return new RegExp(`^${text.replace(/[.+^$()|[\]\\{}]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
}
