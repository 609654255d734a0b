/** `pnpm run`, also in many workspaces at once. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { PnpmError } from '../errors.ts';
import { scriptTitle } from '../report.ts';
import { selectWorkspaces } from '../selection.ts';
import { runMany } from './run-many.ts';
import type { PnpmProject } from '../pnpm-project.ts';

/** Scripts that are commands themselves. */
export const lifecycleNames = ['test', 'start', 'stop', 'restart'];

export async function runScript(pnpm: PnpmProject, [name, ...args]: readonly string[], words: Words): Promise<number> {
  const { run } = pnpm;
  const own = words.flags.has('workspace-root') ? pnpm.root : pnpm.ownFolder;
  if (name === undefined) return listScripts(pnpm, own);
  const passed = [...args, ...words.rest];
  const selection = selectWorkspaces(pnpm, words);
  if (selection !== undefined) return runMany(pnpm, name, passed, words, selection);
  if (pnpm.scripts(own)[name] === undefined) {
    if (words.flags.has('if-present')) return 0;
    throw new PnpmError('NO_SCRIPT', `Missing script: ${name}`, `Command "${name}" not found.`);
  }
  const withHooks = run.session.config.text('enable-pre-post-scripts') !== 'false';
  const events: readonly string[] = withHooks ? [`pre${name}`, name, `post${name}`] : [name];
  for (const event of events) {
    const manifest = JSON.parse(run.session.disk.readText(resolvePath(own, 'package.json')) ?? '{}') as {
      name?: string;
      version?: string;
    };
    const code = await run.script(own, event, event === name ? passed : [], {
      before: (command) => run.out(scriptTitle(manifest, event, own, command)),
    });
    if (code !== 0) {
      if (event === 'test') await run.out(`\u2009ELIFECYCLE\u2009 Test failed. See above for more details.`);
      else await run.out(`\u2009ELIFECYCLE\u2009 Command failed with exit code ${code}.`);
      if (!run.session.disk.exists(resolvePath(own, 'node_modules'))) {
        await run.out('\u2009WARN\u2009  Local package.json exists, but node_modules missing, did you mean to install?');
      }
      return code;
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
