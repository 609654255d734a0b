/**
 * Records what npm says of each of its commands that ours has (`npm <command> --help`), for usage errors and help:
 * `node runtime/tools/record-npm-usage.ts` with npm 11 on the path.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { commandNames } from '../programs/npm/commands/names.ts';
import { usagePartsOf } from './npm-usage-parts.ts';

const texts: Record<string, string> = {};
for (const name of commandNames) {
  texts[name] = execFileSync('npm', [name, '--help', '--userconfig=/dev/null', '--loglevel=error'], { encoding: 'utf8' }).trimEnd();
}
writeFileSync('runtime/programs/npm/commands/usage-parts.ts', usagePartsOf(texts));
const { usageText } = await import('../programs/npm/commands/usage-texts.ts');
for (const [name, text] of Object.entries(texts)) assert.equal(usageText(name), text);
