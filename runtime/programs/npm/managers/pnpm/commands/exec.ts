/** `pnpm exec`, `pnpm <command>`, `pnpm dlx`. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { PnpmError } from '../errors.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { selectWorkspaces, type Selection } from '../selection.ts';
import { runScript } from './run.ts';
import { groupsOf } from './run-many.ts';

export async function exec(pnpm: PnpmProject, argv: readonly string[], words: Words): Promise<number> {
  const command = [...argv, ...words.rest];
  if (command.length === 0) throw new PnpmError('EXEC_MISSING_COMMAND', "'pnpm exec' requires a command to run");
  const selection = selectWorkspaces(pnpm, words);
  if (selection !== undefined) return execMany(pnpm, command, words, selection);
  const own = words.flags.has('workspace-root') ? pnpm.root : pnpm.ownFolder;
  const code = await pnpm.run.program(own, command);
  if (code === undefined) throw new PnpmError('RECURSIVE_EXEC_FIRST_FAIL', `Command "${command[0] ?? ''}" not found`);
  return code;
}

async function execMany(pnpm: PnpmProject, command: readonly string[], words: Words, selection: Selection): Promise<number> {
  for (const folder of groupsOf(selection, words).flat()) {
    const path = resolvePath(pnpm.root, folder);
    const code = await pnpm.run.program(path, command, [], path);
    if (code === 0) continue;
    const text =
      code === undefined ? `Command "${command[0] ?? ''}" not found` : `Command failed with exit code ${code}: ${command.join(' ')}`;
    await pnpm.run.out(`${path}:\n\u2009ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\u2009 ${text}`);
    return 1;
  }
  return 0;
}

/** `pnpm <word>`: a script of that name, or a command of a package. */
export async function runBare(pnpm: PnpmProject, argv: readonly string[], words: Words): Promise<number> {
  const own = pnpm.ownFolder;
  if (pnpm.scripts(own)[argv[0] ?? ''] !== undefined) return runScript(pnpm, argv, words);
  const code = await pnpm.run.program(own, [...argv, ...words.rest]);
  if (code === undefined) throw new PnpmError('RECURSIVE_EXEC_FIRST_FAIL', `Command "${argv[0] ?? ''}" not found`);
  return code;
}

export async function dlx(pnpm: PnpmProject, argv: readonly string[], words: Words): Promise<number> {
  const { runFetchedLine } = await import('../../fetched-command.ts');
  const line = [...argv, ...words.rest];
  if (line.length === 0) throw new PnpmError('DLX_MISSING_PACKAGE', "'pnpm dlx' requires a package name");
  return runFetchedLine(pnpm.run, line, words, {
    onInstalled: (count) =>
      pnpm.run.err(
        `Packages: +${count}\n${'+'.repeat(Math.min(count, 80))}\nProgress: resolved ${count}, reused 0, downloaded ${count}, added ${count}, done`,
      ),
  });
}
