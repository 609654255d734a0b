/** The positional parameters, taken one by one. */
import type { Shell } from '../shell.ts';

export async function shift(shell: Shell, argv: readonly string[]): Promise<number> {
  const count = Number(argv[1] ?? 1);
  if (!Number.isInteger(count)) {
    await shell.complain(`shift: ${argv[1]}: numeric argument required`);
    return 1;
  }
  if (count < 0 || count > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(count);
  return 0;
}
