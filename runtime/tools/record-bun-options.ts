/**
 * Writes `programs/npm/managers/bun/option-rows.ts`: the options that the real bun takes of those of its commands that ours has, from what
 * they say with `--help`; and those of other managers that it takes and knows nothing of, found by trying them.
 * `node runtime/tools/record-bun-options.ts`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { settings } from '../programs/npm/config/settings.ts';
import { commandOf, installManagers } from './real-managers.ts';

installManagers();
const homes = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'options-'));
const { command, env } = commandOf('bun', 'http://127.0.0.1:9/', homes);
const [program = '', ...first] = command;

function optionsOf(name: string): string[] {
  const { stdout, stderr } = spawnSync(program, [...first, name, '--help'], { cwd: homes, env, encoding: 'utf8' });
  const found: string[] = [];
  for (const line of `${stdout}${stderr}`.split('\n')) {
    const [, letter, option, value] = /^ {2,6}(?:-(\w), )? *--([\w-]+)(=<val>)?(?: |$)/.exec(line) ?? [];
    if (option !== undefined) found.push(`${option}${letter === undefined ? '' : `|${letter}`}${value === undefined ? '' : '='}`);
  }
  if (found.length === 0) throw new Error(`bun ${name} --help names no options`);
  return found;
}

const commands = ['install', 'add', 'remove', 'update', 'why'];
const options = new Map(commands.map((name) => [name, optionsOf(name)]));
/** Of Yarn 1 and pnpm, those that people type. */
const more = 'ignore-engines pure-lockfile shamefully-hoist prefer-frozen-lockfile';
const own = new Set([...options.values()].flat().map((option) => option.replace(/[|=].*$/, '')));
fs.writeFileSync(path.join(homes, 'package.json'), '{}');
const isTaken = (option: string) => {
  const { stderr } = spawnSync(program, [...first, 'install', '--lockfile-only', `--${option}`], { cwd: homes, env, encoding: 'utf8' });
  return !stderr.includes(`has no --${option} flag`);
};
const foreign = more.split(' ').filter((option) => !own.has(option) && !Object.hasOwn(settings, option) && isTaken(option));
fs.rmSync(homes, { recursive: true });
const rows = new Map<string, string[]>();
for (const option of new Set([...options.values()].flat())) {
  const row = commands.filter((name) => options.get(name)?.includes(option)).join(' ');
  rows.set(row, [...(rows.get(row) ?? []), option]);
}
fs.writeFileSync(
  path.join(import.meta.dirname, '../programs/npm/managers/bun/option-rows.ts'),
  `/**
 * Written by \`node runtime/tools/record-bun-options.ts\`: commands, and the options that these know. A letter stands behind a bar; one that
 * ends with \`=\` has a value.
 */
export const optionRows: readonly (readonly [commands: string, options: string])[] = ${JSON.stringify([...rows].map(([row, names]) => [row, names.join(' ')]))};

/** Of other managers, beside npm's settings. */
export const foreignOptions = '${foreign.join(' ')}';
`,
);
