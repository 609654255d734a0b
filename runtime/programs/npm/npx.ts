/** `npx`: `npm exec` with a command line of its own. */
import type { ProgramContext } from '../../process/program.ts';
import { runNpm } from './cli.ts';
import type { CommandTable } from './commands/command.ts';
import { settings, shorthands } from './config/settings.ts';

/** Options that take no value. */
const switches = new Set([
  ...Object.entries(settings)
    .filter(([, { type }]) => type.includes('boolean'))
    .map(([name]) => name),
  'no-install',
  'quiet',
  'q',
  'version',
  'v',
  'help',
  'h',
]);

/** They are followed by a value. */
const withValue = new Set(['package', 'p', 'cache', 'userconfig', 'call', 'c', 'shell']);

/** What `npx` was given, as `npm exec` understands it: the first word that is no option ends them. */
export function npxArguments(argv: readonly string[]): string[] {
  const args = [...argv];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') break;
    if (!arg.startsWith('-')) {
      args.splice(i, 0, '--');
      break;
    }
    const [key = '', ...values] = arg.replace(/^-+/, '').split('=');
    const joined = values.length > 0;
    const value = joined ? `=${values.join('=')}` : '';
    const spelled = Object.hasOwn(shorthands, key) ? shorthands[key] : undefined;
    if (key === 'p') args[i] = `--package${value}`;
    else if (key === 'shell') args[i] = `--script-shell${value}`;
    else if (key === 'no-install') args[i] = '--yes=false';
    else if (spelled !== undefined) {
      args.splice(i, 1, ...spelled, ...(joined ? [values.join('=')] : []));
      i--;
      continue;
    }
    if (!joined && !switches.has(key) && (withValue.has(key) || !(args[i + 1] ?? '-').startsWith('-'))) i++;
  }
  return args;
}

export function runNpx(context: ProgramContext, table: CommandTable): Promise<number> {
  return runNpm(context, table, ['exec', ...npxArguments(context.argv.slice(1))]);
}
