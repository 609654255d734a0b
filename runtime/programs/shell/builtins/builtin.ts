import type { Shell } from '../shell.ts';
import type { Assignment } from '../syntax/ast.ts';

/** Carried out by the shell itself. It writes through the shell's table of descriptors. `arrays`: the arguments that are `name=(…)`. */
export type Builtin = (shell: Shell, argv: readonly string[], arrays?: readonly (Assignment | undefined)[]) => Promise<number>;
