/** `yarn exec`, `yarn dlx`. */
import type { Words } from '../../../command-line.ts';
import { NoMatch } from '../../../pick.ts';
import { PreparationError } from '../errors.ts';
import { berryWords } from '../../flags.ts';
import type { BerryProject } from '../berry-project.ts';

export async function exec(yarn: BerryProject, argv: readonly string[]): Promise<number> {
  const code = await yarn.run.program(yarn.root, argv);
  if (code !== undefined) return code;
  await yarn.run.err(`command not found: ${argv[0] ?? ''}`);
  return 127;
}

export async function dlx(yarn: BerryProject, argv: readonly string[], words: Words): Promise<number> {
  const { runFetchedLine } = await import('../../../fetched-command.ts');
  const own = berryWords(argv, true);
  const line = [...own.operands, ...own.rest, ...words.rest];
  return runFetchedLine(yarn.run, line, { ...words, flags: new Map([...words.flags, ...own.flags]) }).catch((error: unknown) => {
    throw error instanceof NoMatch ? new PreparationError(error.packageName, error) : error;
  });
}
