/** The table of built-in commands. */
import { ExitShell, ReturnFromFunction } from '../execution/control-flow.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';
import type { lateBuiltins } from './late.ts';
import { exitWith, loopControl, source } from './control.ts';
import { cd, pwd } from './directories.ts';
import { shift } from './shift.ts';
import { echo, printf } from './output.ts';
import { test } from './test.ts';

export const specialBuiltins = new Set([
  ':',
  '.',
  'source',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
]);

async function letCommand(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv.length === 1) {
    await shell.complain('let: expression expected');
    return 1;
  }
  let value = 0n;
  for (const expression of argv.slice(1)) value = shell.expander.calculate(expression);
  return value === 0n ? 1 : 0;
}

async function help(shell: Shell): Promise<number> {
  await shell.write(1, `Shell commands: ${[...shell.builtins.keys()].sort().join(' ')}\n`);
  return 0;
}

async function history(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv[1] === '-c') {
    shell.history.length = 0;
    return 0;
  }
  const count = argv[1] === undefined ? shell.history.length : Number(argv[1]);
  const from = Math.max(0, shell.history.length - count);
  await shell.write(
    1,
    shell.history
      .slice(from)
      .map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}\n`)
      .join(''),
  );
  return 0;
}

const unsupported: Builtin = async (shell, argv) => {
  await shell.complain(`${argv[0]}: not supported in this shell`);
  return 1;
};

/** By name, so that the table is whole without them. */
const late: { readonly [Name in keyof typeof lateBuiltins]: true } = {
  alias: true,
  bg: true,
  command: true,
  declare: true,
  disown: true,
  export: true,
  fg: true,
  getopts: true,
  hash: true,
  jobs: true,
  kill: true,
  local: true,
  mapfile: true,
  read: true,
  readarray: true,
  readonly: true,
  set: true,
  shopt: true,
  trap: true,
  type: true,
  typeset: true,
  umask: true,
  unset: true,
  wait: true,
  which: true,
};

function loadedLate(name: keyof typeof lateBuiltins): Builtin {
  return async (shell, argv, arrays) => {
    const builtin: Builtin = (await import('./late.ts')).lateBuiltins[name];
    return builtin(shell, argv, arrays);
  };
}

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', async () => 0],
  ['true', async () => 0],
  ['false', async () => 1],
  ['echo', echo],
  ['printf', printf],
  ['cd', cd],
  ['pwd', pwd],
  ['shift', shift],
  ['eval', (shell, argv) => (argv.length > 1 ? shell.evaluate(argv.slice(argv[1] === '--' ? 2 : 1).join(' ')) : Promise.resolve(0))],
  ['exec', async () => 0],
  ['exit', (shell, argv) => exitWith(shell, argv, (status) => new ExitShell(status))],
  [
    'return',
    async (shell, argv) => {
      if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
        await shell.complain("return: can only `return' from a function or sourced script");
        return 2;
      }
      return exitWith(shell, argv, (status) => new ReturnFromFunction(status));
    },
  ],
  ['break', loopControl],
  ['continue', loopControl],
  ['.', source],
  ['source', source],
  [
    'builtin',
    async (shell, argv) => {
      const found = builtins.get(argv[1] ?? ':');
      if (found !== undefined) return found(shell, argv.slice(1));
      await shell.complain(`builtin: ${argv[1]}: not a shell builtin`);
      return 1;
    },
  ],
  [
    'unalias',
    async (shell, argv) => {
      if (argv[1] === '-a') shell.aliases.clear();
      let status = 0;
      for (const name of argv.slice(1)) {
        if (name === '-a' || shell.aliases.delete(name)) continue;
        await shell.complain(`unalias: ${name}: not found`);
        status = 1;
      }
      return status;
    },
  ],
  ['test', test],
  ['[', test],
  ['let', letCommand],
  ['help', help],
  ['history', history],
  [
    'times',
    async (shell) => {
      await shell.write(1, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
      return 0;
    },
  ],
  ['ulimit', unsupported],
  ['bind', unsupported],
  ['complete', unsupported],
  ['compgen', unsupported],
  ...Object.keys(late).map((name): [string, Builtin] => [name, loadedLate(name as keyof typeof lateBuiltins)]),
]);
