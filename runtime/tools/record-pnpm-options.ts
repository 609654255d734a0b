/**
 * Writes `programs/npm/managers/pnpm/option-rows.ts`: the options that the real pnpm takes of its commands, those of them that ours has.
 * `node runtime/tools/record-pnpm-options.ts` asks the tables in the real one's own bundle.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installManagers, managersCache } from './real-managers.ts';

type Types = Readonly<Record<string, string>>;

installManagers();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pnpm-'));
fs.cpSync(path.join(managersCache, 'node_modules/pnpm'), folder, { recursive: true });
const bundle = path.join(folder, 'dist/pnpm.cjs');
const before = '    function getCliOptionsTypes(commandName) {\n';
const source = fs.readFileSync(bundle, 'utf8');
if (source.split(before).length !== 2) throw new Error(`${bundle} has no table of commands where it was before`);
// A type is told by its name; of a list of types only whether a word may be left out matters.
const tell = `
    const told = (types) => Object.fromEntries(Object.entries(types).map(([name, type]) =>
      [name, type === Boolean || (Array.isArray(type) && type.includes(Boolean)) ? 'flag' : 'value']));
    setImmediate(() => require('node:fs').writeFileSync(process.env.TOLD, JSON.stringify({ global: told(exports2.GLOBAL_OPTIONS),
      commands: Object.fromEntries(Object.keys(cliOptionsTypesByCommandName).map((name) => [name, told(getCliOptionsTypes(name))])) })));
`;
fs.writeFileSync(bundle, source.replace(before, tell + before));
const answer = path.join(folder, 'told.json');
execFileSync(process.execPath, [path.join(folder, 'bin/pnpm.cjs'), 'root'], { cwd: folder, env: { ...process.env, TOLD: answer } });
const { global, commands } = JSON.parse(fs.readFileSync(answer, 'utf8')) as { global: Types; commands: Readonly<Record<string, Types>> };
fs.rmSync(folder, { recursive: true });

const ours = ['install', 'ci', 'add', 'remove', 'update', 'list', 'why', 'run', 'dlx', 'init', 'root', 'bin'];
const named = (name: string, type: string | undefined) => (type === 'value' ? `${name}=` : name);
const rows = new Map([['', Object.entries(global).map(([name, type]) => named(name, type))]]);
for (const name of new Set(ours.flatMap((command) => Object.keys(commands[command] ?? {})))) {
  if (name in global) continue;
  const knowing = ours.filter((command) => commands[command]?.[name] !== undefined);
  const row = knowing.join(' ');
  rows.set(row, [...(rows.get(row) ?? []), named(name, commands[knowing[0] ?? '']?.[name])]);
}
const table = [...rows].map(([row, names]) => [row, names.join(' ')]);
fs.writeFileSync(
  path.join(import.meta.dirname, '../programs/npm/managers/pnpm/option-rows.ts'),
  `/**
 * Written by \`node runtime/tools/record-pnpm-options.ts\`: commands, none for all of them, and the options that these know. One that ends
 * with \`=\` has a value.
 */
export const optionRows: readonly (readonly [commands: string, options: string])[] = ${JSON.stringify(table)};
`,
);
