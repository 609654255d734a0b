/** Built-in commands that most command lines do without: one script, loaded when the first of them runs. */
import type { Builtin } from './builtin.ts';
import { alias, command, hash, type, which } from './commands.ts';
import { declare, unset } from './declare.ts';
import { getopts } from './getopts.ts';
import { jobBuiltins } from './jobs.ts';
import { formatPrintf } from './printf-format.ts';
import { set, shopt } from './options.ts';
import { mapfile, read } from './read.ts';
import { trap } from './trap.ts';
import { umask } from './umask.ts';

export { formatPrintf };

export const lateBuiltins = {
  ...jobBuiltins,
  alias,
  command,
  declare: (shell, argv, arrays) => declare(shell, argv, arrays, {}),
  export: (shell, argv, arrays) => declare(shell, argv, arrays, { exported: true }),
  getopts,
  hash,
  local: (shell, argv, arrays) => declare(shell, argv, arrays, { local: true }),
  mapfile,
  readarray: mapfile,
  read,
  readonly: (shell, argv, arrays) => declare(shell, argv, arrays, { readonly: true }),
  set,
  shopt,
  trap,
  type,
  typeset: (shell, argv, arrays) => declare(shell, argv, arrays, {}),
  umask,
  unset,
  which,
} as const satisfies Readonly<Record<string, Builtin>>;
