/** The positional parameters, taken one by one. */
import type { Shell } from '../shell.ts';

export async function getopts(shell: Shell, argv: readonly string[]): Promise<number> {
  const [, specification = '', name = '', ...given] = argv;
  const args = given.length > 0 ? given : shell.positional;
  const quiet = specification.startsWith(':');
  let index = Number(shell.variables.get('OPTIND') ?? 1) || 1;
  const finish = (value: string, argument?: string) => {
    const at = shell.getoptsAt;
    shell.variables.set('OPTIND', String(index));
    shell.getoptsAt = at;
    shell.variables.set(name, value);
    if (argument === undefined) shell.variables.replace('OPTARG', undefined);
    else shell.variables.set('OPTARG', argument);
  };
  const word = args[index - 1];
  if (shell.getoptsAt === 0) {
    if (word === undefined || !/^-./.test(word) || word === '--') {
      if (word === '--') index++;
      finish('?');
      return 1;
    }
    shell.getoptsAt = 1;
  }
  const letter = (word ?? '')[shell.getoptsAt] as string;
  shell.getoptsAt++;
  const last = shell.getoptsAt >= (word ?? '').length;
  const at = specification.indexOf(letter, quiet ? 1 : 0);
  const advance = () => {
    index++;
    shell.getoptsAt = 0;
  };
  if (letter === ':' || at < 0) {
    if (last) advance();
    if (!quiet && shell.variables.get('OPTERR') !== '0') await shell.write(2, `${shell.name}: illegal option -- ${letter}\n`);
    finish('?', quiet ? letter : undefined);
    return 0;
  }
  if (specification[at + 1] !== ':') {
    if (last) advance();
    finish(letter);
    return 0;
  }
  if (!last) {
    const value = (word ?? '').slice(shell.getoptsAt);
    advance();
    finish(letter, value);
    return 0;
  }
  const value = args[index];
  advance();
  if (value === undefined) {
    if (!quiet) await shell.write(2, `${shell.name}: option requires an argument -- ${letter}\n`);
    finish(quiet ? ':' : '?', quiet ? letter : undefined);
    return 0;
  }
  index++;
  finish(letter, value);
  return 0;
}
