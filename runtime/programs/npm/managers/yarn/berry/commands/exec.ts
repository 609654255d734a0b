/** `yarn exec`, `yarn dlx`. */
import { NoMatch } from '../../../pick.ts';
import { truncated } from '../change-lines.ts';
import { PreparationError } from '../errors.ts';
import { berryVersion } from '../help.ts';
import { withFlags, type Words } from '../../../command-line.ts';
import { fetchedWords } from '../../flags.ts';
import type { BerryProject } from '../berry-project.ts';

export async function exec(yarn: BerryProject, argv: readonly string[]): Promise<number> {
  const code = await yarn.run.program(yarn.root, argv);
  if (code !== undefined) return code;
  await yarn.run.err(`command not found: ${argv[0] ?? ''}`);
  return 127;
}

export async function dlx(yarn: BerryProject, argv: readonly string[], words: Words): Promise<number> {
  const { runFetchedLine } = await import('../../../fetched-command.ts');
  const own = fetchedWords(argv, true);
  const line = [...own.operands, ...own.rest, ...words.rest];
  const { report } = yarn;
  const onInstalled = async (_: number, ids: readonly string[]) => {
    await report.line(0, `· Yarn ${berryVersion}`);
    await report.open('Resolution step');
    await report.line(85, `│ + ${truncated(ids.map((id) => id.replace(/(?<=.)@/, '@npm:')))}`);
    for (const step of ['Fetch', 'Link']) {
      await report.close();
      await report.open(`${step} step`);
    }
    await report.close();
    await report.done();
    await yarn.run.out('');
  };
  return runFetchedLine(yarn.run, line, withFlags(words, own), own.flags.has('quiet') ? {} : { onInstalled }).catch((error: unknown) => {
    throw error instanceof NoMatch ? new PreparationError(error.packageName, error) : error;
  });
}
