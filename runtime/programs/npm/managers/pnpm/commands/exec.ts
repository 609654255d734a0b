/** `pnpm exec`, `pnpm <command>`, `pnpm dlx`. */
import type { Words } from '../../command-line.ts';
import { PnpmError } from '../errors.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { runScript } from './run.ts';

export async function exec(pnpm: PnpmProject, argv: readonly string[], words: Words): Promise<number> {
  const command = [...argv, ...words.rest];
  if (command.length === 0) throw new PnpmError('EXEC_MISSING_COMMAND', "'pnpm exec' requires a command to run");
  const own = pnpm.ownFolder;
  const code = await pnpm.run.program(own, command);
  if (code === undefined) throw new PnpmError('RECURSIVE_EXEC_FIRST_FAIL', `Command "${command[0] ?? ''}" not found`);
  return code;
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
