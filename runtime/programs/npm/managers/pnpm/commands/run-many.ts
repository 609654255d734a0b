/** `pnpm -r run`: a script in many workspaces, those first that others need. */
import { relativePath, resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { Exit } from '../../manager-run.ts';
import { parseManifest } from '../../project.ts';
import { inOrder } from '../../workspace-graph.ts';
import { PnpmError } from '../errors.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { scriptTitle } from '../report.ts';
import type { Selection } from '../selection.ts';

/** How many run at once. */
const usualConcurrency = 4;

interface Failed {
  readonly folder: string;
  readonly text: string;
  readonly code: number;
}

/** The folders in the order of their dependencies, as the flags want it. */
export function groupsOf({ folders, graph, project }: Selection, { flags }: Words): readonly (readonly string[])[] {
  const groups = flags.has('no-sort') || flags.get('sort') === 'false' || flags.has('parallel') ? [folders] : inOrder(folders, graph);
  const ordered = flags.has('reverse') ? [...groups].reverse() : groups;
  const from = flags.get('resume-from');
  if (typeof from !== 'string') return ordered;
  const first = project.workspaces.find(({ manifest }) => manifest.name === from)?.folder;
  const at = ordered.findIndex((group) => group.includes(first ?? ''));
  if (at < 0) throw new PnpmError('RESUME_FROM_NOT_FOUND', `Cannot find package ${from}. Could not determine where to resume from.`);
  return ordered.slice(at);
}

async function sayScope(pnpm: PnpmProject, { folders, project }: Selection): Promise<void> {
  const all = project.workspaces.length;
  if (folders.length > 1)
    await pnpm.run.out(`Scope: ${folders.length === all ? `all ${all}` : `${folders.length} of ${all}`} workspace projects`);
}

export async function runMany(
  pnpm: PnpmProject,
  name: string,
  args: readonly string[],
  words: Words,
  selection: Selection,
): Promise<number> {
  const { run } = pnpm;
  const { flags } = words;
  if (selection.folders.length === 0) {
    await run.out(`No projects matched the filters in "${pnpm.root}"`);
    return 0;
  }
  await sayScope(pnpm, selection);
  const having = selection.folders.filter((folder) => pnpm.scripts(resolvePath(pnpm.root, folder))[name] !== undefined);
  if (having.length === 0) {
    if (flags.has('if-present') || name === 'test') return 0;
    throw new PnpmError('RECURSIVE_RUN_NO_SCRIPT', `None of the selected packages has a "${name}" script`);
  }
  const wanted = flags.get('workspace-concurrency');
  const concurrency = flags.has('parallel') ? Infinity : typeof wanted === 'string' ? Math.max(1, Number(wanted)) : usualConcurrency;
  const isPlain = !flags.has('stream') && !flags.has('parallel') && (selection.folders.length === 1 || concurrency === 1);
  const bails = !flags.has('no-bail') && flags.get('bail') !== 'false';
  const failures: Failed[] = [];
  let passed = 0;
  const start = async (folder: string): Promise<void> => {
    const failure = await runOne(pnpm, folder, name, args, { isPlain, hidesPrefix: flags.has('reporter-hide-prefix') });
    if (failure === undefined) passed++;
    else failures.push(failure);
  };
  for (const group of groupsOf(selection, words)) {
    const queue = group.filter((folder) => having.includes(folder));
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined && (failures.length === 0 || !bails); next = queue.shift()) await start(next);
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
    const [first] = failures;
    if (first === undefined || !bails) continue;
    await run.out(`${first.folder}:\n\u2009ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL\u2009 ${first.text}\nExit status ${first.code}`);
    throw new Exit(first.code);
  }
  if (failures.length === 0) return 0;
  const all = failures.map(({ folder, text, code }) => `${folder}:\n\u2009ERROR\u2009 ${text}\nExit status ${code}`);
  await run.out(`\u2009ERR_PNPM_RECURSIVE_FAIL\u2009 \n\n\nSummary: ${failures.length} fails, ${passed} passes\n\n${all.join('\n\n')}`);
  return 1;
}

async function runOne(
  pnpm: PnpmProject,
  folder: string,
  name: string,
  args: readonly string[],
  { isPlain, hidesPrefix }: { readonly isPlain: boolean; readonly hidesPrefix: boolean },
): Promise<Failed | undefined> {
  const { run } = pnpm;
  const path = resolvePath(pnpm.root, folder);
  const manifest = parseManifest(run.session.disk.readText(resolvePath(path, 'package.json')) ?? '{}', path);
  const where = relativePath(run.cwd, path) || '.';
  const withHooks = run.session.config.text('enable-pre-post-scripts') !== 'false';
  for (const event of withHooks ? [`pre${name}`, name, `post${name}`] : [name]) {
    if (manifest.scripts?.[event] === undefined) continue;
    const said: Promise<void>[] = [];
    let shown = '';
    const code = await run.script(path, event, event === name ? args : [], {
      before: async (command) => {
        shown = command;
        await run.out(isPlain ? scriptTitle(manifest, event, path, command) : `${where} ${event}$ ${command}`);
      },
      ...(isPlain ? {} : { onLine: (line) => void said.push(run.out(hidesPrefix ? line : `${where} ${event}: ${line}`)) }),
    });
    await Promise.all(said);
    if (!isPlain) await run.out(`${where} ${event}: ${code === 0 ? 'Done' : 'Failed'}`);
    if (code !== 0) return { folder: path, text: `${manifest.name ?? ''}@${manifest.version ?? ''} ${event}: \`${shown}\``, code };
  }
  return undefined;
}
