/** `bun run --filter`: a script in the workspaces that patterns name, each after those it depends on. */
import semver from 'semver';
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { inOrder, workspaceGraph } from '../../workspace-graph.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';
import { selectWorkspaces } from '../selection.ts';

export async function runFiltered(bun: BunProject, [name = '', ...args]: readonly string[], words: Words): Promise<number> {
  const { run } = bun;
  const filters = words.lists.get('filter') ?? [];
  const project = bun.load();
  const chosen = selectWorkspaces(bun, words, project);
  const shown = filters.map((filter) => `"${filter}"`).join(', ');
  const having = chosen.filter(({ manifest }) => manifest.scripts?.[name] !== undefined);
  if (having.length === 0)
    throw new BunError(`Script "${name}" not found in ${chosen.length} package${chosen.length === 1 ? '' : 's'} matching ${shown}`);
  const graph = workspaceGraph(project, (version, range) => semver.satisfies(version, range, { loose: true }));
  let failed = 0;
  const start = async (folder: string): Promise<void> => {
    const { manifest } = having.find((each) => each.folder === folder) ?? project;
    const title = manifest.name ?? folder;
    for (const event of [`pre${name}`, name, `post${name}`]) {
      if (manifest.scripts?.[event] === undefined) continue;
      const said: Promise<void>[] = [];
      const say = (text: string) => void said.push(run.out(text));
      const code = await run.script(resolvePath(bun.root, folder), event, event === name ? [...args, ...words.rest] : [], {
        onLine: (line) => say(`${title} ${event}: ${line}`),
        onRest: (text) => say(`${title}: ${text}`),
      });
      say(`${title} ${event}: Exited with code ${code}`);
      await Promise.all(said);
      if (code === 0) continue;
      failed = failed === 0 ? code : failed;
      return;
    }
  };
  for (const group of inOrder(
    having.map(({ folder }) => folder),
    graph,
  ))
    await Promise.all(group.map(start));
  return failed;
}
