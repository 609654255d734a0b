/** `bun x`, `bunx`. */
import { parseWords, withFlags, type Words } from '../../command-line.ts';
import { splitSpecifier } from '../../specifiers.ts';
import type { BunProject } from '../bun-project.ts';

/** Flags of its own, in front of the package, with a value. `--bun` changes nothing: there is `node` alone. */
const valued = ['package', 'cwd', 'env-file', 'registry', 'minimum-release-age', 'ca', 'cafile'];

export async function bunx(bun: BunProject, argv: readonly string[], words: Words): Promise<number> {
  const given = parseWords(argv, valued, { p: 'package' }, true);
  const [word, ...args] = [...given.operands, ...given.rest, ...words.rest];
  if (word === undefined) {
    await bun.run.out(`Usage: bunx [...flags] <package>[@version] [...flags and arguments for the package]`);
    return 1;
  }
  const own = bun.ownFolder;
  const { name, range } = splitSpecifier(word);
  // Commands of the project and of the path are not fetched.
  const mayBeOnPath = range === '' && !name.includes('/') && !given.flags.has('package');
  const code = mayBeOnPath ? await bun.run.program(own, [name, ...args]) : undefined;
  if (code !== undefined) return code;
  const { runFetchedLine } = await import('../../fetched-command.ts');
  return runFetchedLine(bun.run, [word, ...args], withFlags(words, given), {
    onInstalled: (count) => bun.run.err(`Resolving dependencies\nResolved, downloaded and extracted [${count}]\nSaved lockfile`),
  });
}
