/**
 * Records what npm says of each of its commands that ours has (`npm <command> --help`), for usage errors and help:
 * `node runtime/tools/record-npm-usage.ts` with npm 11 on the path.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { commandNames } from '../programs/npm/commands/names.ts';

const texts: Record<string, string> = {};
for (const name of commandNames) {
  texts[name] = execFileSync('npm', [name, '--help', '--userconfig=/dev/null', '--loglevel=error'], { encoding: 'utf8' }).trimEnd();
}
writeFileSync(
  'runtime/programs/npm/commands/usage-texts.ts',
  `/** Written by \`node runtime/tools/record-npm-usage.ts\`: what npm 11 prints for \`npm <command> --help\`. */
export const usageTexts: Readonly<Record<string, string>> = ${JSON.stringify(texts, null, 2)};
`,
);
