/** `test` and `[`. */
import { evaluateTest, TestError } from '../execution/conditional.ts';
import type { Shell } from '../shell.ts';

export async function test(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  if (argv[0] === '[') {
    if (args.at(-1) !== ']') {
      await shell.complain("[: missing `]'");
      return 2;
    }
    args = args.slice(0, -1);
  }
  try {
    return evaluateTest(shell, args) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await shell.complain(`${argv[0]}: ${error.message}`);
    return 2;
  }
}
