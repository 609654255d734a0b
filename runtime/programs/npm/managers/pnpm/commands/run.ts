/** `pnpm run`, also in many workspaces at once. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { PnpmError } from '../errors.ts';
import { scriptTitle } from '../report.ts';
import type { PnpmProject } from '../pnpm-project.ts';

/** Scripts that are commands themselves. */
export const lifecycleNames = ['test', 'start', 'stop', 'restart'];

export async function runScript(pnpm: PnpmProject, [name, ...args]: readonly string[], words: Words): Promise<number> {
  const { run } = pnpm;
  const own = pnpm.ownFolder;
  if (name === undefined) return listScripts(pnpm, own);
  const passed = [...args, ...words.rest];
  const many = words.flags.has('recursive') || words.flags.has('filter');
  const folders = many ? chosenFolders(pnpm, words).map((folder) => resolvePath(pnpm.root, folder)) : [own];
  const having = folders.filter((folder) => pnpm.scripts(folder)[name] !== undefined);
  if (having.length === 0) {
    if (words.flags.has('if-present')) return 0;
    if (many && folders.length === 0) {
      await run.out('No projects matched the filters');
      return 0;
    }
    if (many) throw new PnpmError('RECURSIVE_RUN_NO_SCRIPT', `None of the selected packages has a "${name}" script`);
    throw new PnpmError('NO_SCRIPT', `Missing script: ${name}`, `Command "${name}" not found.`);
  }
  const withHooks = run.session.config.text('enable-pre-post-scripts') !== 'false';
  const events: readonly string[] = withHooks ? [`pre${name}`, name, `post${name}`] : [name];
  for (const folder of having) {
    for (const event of events) {
      const manifest = JSON.parse(run.session.disk.readText(resolvePath(folder, 'package.json')) ?? '{}') as {
        name?: string;
        version?: string;
      };
      const code = await run.script(folder, event, event === name ? passed : [], {
        before: (command) => run.out(scriptTitle(manifest, event, folder, command)),
      });
      if (code !== 0) {
        if (event === 'test') await run.out(`\u2009ELIFECYCLE\u2009 Test failed. See above for more details.`);
        else await run.out(`\u2009ELIFECYCLE\u2009 Command failed with exit code ${code}.`);
        if (!run.session.disk.exists(resolvePath(folder, 'node_modules'))) {
          await run.out('\u2009WARN\u2009  Local package.json exists, but node_modules missing, did you mean to install?');
        }
        return code;
      }
    }
  }
  return 0;
}

async function listScripts(pnpm: PnpmProject, folder: string): Promise<number> {
  const entries = Object.entries(pnpm.scripts(folder));
  if (entries.length === 0) {
    await pnpm.run.out('There are no scripts specified.');
    return 0;
  }
  const lifecycle = entries.filter(
    ([name]) => lifecycleNames.includes(name) || /^(pre|post)?(install|publish|pack|version|prepare)/.test(name),
  );
  const others = entries.filter((entry) => !lifecycle.includes(entry));
  const show = (list: typeof entries) => list.map(([name, script]) => `  ${name}\n    ${script}`).join('\n');
  const parts = [
    ...(lifecycle.length > 0 ? [`Lifecycle scripts:\n${show(lifecycle)}`] : []),
    ...(others.length > 0 ? [`Commands available via "pnpm run":\n${show(others)}`] : []),
  ];
  await pnpm.run.out(parts.join('\n\n'));
  return 0;
}

/** @returns Folders that `-r`, `--filter` and the current place name. */
function chosenFolders(pnpm: PnpmProject, words: Words): readonly string[] {
  const project = pnpm.load();
  const filter = words.flags.get('filter');
  if (typeof filter === 'string') {
    const chosen = project.workspaces.filter(({ folder, manifest }) => matchesFilter(filter, folder, manifest.name ?? ''));
    return chosen.map(({ folder }) => folder);
  }
  if (words.flags.has('recursive')) return project.workspaces.map(({ folder }) => folder).filter((folder) => folder !== '');
  return [];
}

/** `name`, `@scope/*`, `./folder`, `{folder}`; `!` before it turns it round. */
function matchesFilter(filter: string, folder: string, name: string): boolean {
  if (filter.startsWith('!')) return !matchesFilter(filter.slice(1), folder, name);
  const path = /^(?:\{(.*)\}|(\.{1,2}\/?.*))$/.exec(filter);
  if (path !== null) return folder === (path[1] ?? path[2] ?? '').replace(/^\.\//, '').replace(/\/$/, '');
  const pattern = filter.replace(/^\.\.\.|\.\.\.$/g, '');
  return new RegExp(`^${pattern.replace(/[.+^$()|[\]\\{}]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
}
