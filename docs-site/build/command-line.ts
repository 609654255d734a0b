/** What the command line says of itself. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

let help: string | undefined;

export function commandHelp(): string {
  help ??= execFileSync(process.execPath, [join(import.meta.dirname, '../../cli/main.ts'), '--help'], { encoding: 'utf8' });
  return help.trimEnd();
}
