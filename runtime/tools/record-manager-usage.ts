/**
 * Records what the real pnpm, Yarn 1, Yarn 4 and bun say of themselves and of the commands that ours have:
 * `node runtime/tools/record-manager-usage.ts`; writes `programs/npm/managers/usage/`. Of their options and commands, only those that ours know
 * are kept.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { realManagers, type RealManager } from '../programs/npm/managers/testing/projects.ts';
import { commandOf, installManagers } from './real-managers.ts';

interface Known {
  /** The words of commands whose texts are kept. */
  readonly commands: readonly string[];
  /** The options that ours read. */
  readonly options: readonly string[];
}

const words = (text: string) => text.split(' ');

const known: Readonly<Record<RealManager, Known>> = {
  pnpm: {
    commands: words('install ci add remove update list why exec run create dlx init root bin'),
    options: words(
      'bail dev dir fetch-timeout filter frozen-lockfile help if-present ignore-scripts ignore-workspace-root-check latest lockfile-only no-bail no-optional no-sort package parallel prod recursive registry reporter-hide-prefix resume-from reverse save-dev save-exact save-optional save-peer save-prod sort stream version workspace workspace-concurrency workspace-root',
    ),
  },
  yarn: {
    commands: words('install add remove upgrade run exec create list why init workspace workspaces bin'),
    options: words(
      'cwd check-files dev exact force frozen-lockfile help ignore-engines ignore-scripts ignore-workspace-root-check latest network-timeout no-lockfile optional pattern peer private production pure-lockfile registry silent tilde version yes',
    ),
  },
  berry: {
    commands: [
      'install',
      'add',
      'remove',
      'up',
      'run',
      'exec',
      'dlx',
      'init',
      'info',
      'why',
      'workspace',
      'workspaces foreach',
      'workspaces list',
      'bin',
    ],
    options: words(
      'all caret dev exact exclude from help immutable include json mode optional package parallel peer private quiet recursive tilde topological verbose version',
    ),
  },
  bun: {
    commands: words('install ci add remove update run x init why'),
    options: words(
      'cwd dev exact filter frozen-lockfile help ignore-scripts latest no-save omit optional package peer production registry revision silent version',
    ),
  },
};

/** Drops what an option or a command that ours does not know says, with the lines that go on with it. */
function cut(text: string, manager: RealManager): string {
  const { commands, options } = known[manager];
  const mayKeep = (option: string) => options.includes(option) || options.includes(option.replace(/^no-/, ''));
  const names = new Set([...commands.map((command) => command.split(' ')[0] as string), 'create']);
  const kept: string[] = [];
  let dropping: number | undefined;
  let inCommands = false;
  for (const line of text.split('\n')) {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (/^\s*Commands:$/.test(line)) inCommands = true;
    const option = /^ {2,6}(?:-\w,? *)?\[?--/.test(line) ? /--(?:\[no-\])?([\w-]+)/.exec(line)?.[1] : /^ {2,6}-(\w) {2,}/.exec(line)?.[1];
    const command = commandOfLine(line, manager, inCommands);
    if (option !== undefined || command !== undefined) {
      const drops = option !== undefined ? !mayKeep(option) || /\[<since>\]/.test(line) : !names.has(command ?? '');
      dropping = drops ? indent : undefined;
      if (drops) continue;
    } else if (dropping !== undefined) {
      if (line.trim() !== '' && indent > dropping) continue;
      dropping = undefined;
    }
    kept.push(line);
  }
  return withoutEmptySections(withoutExamples(kept.join('\n'), mayKeep), manager, mayKeep);
}

/** Drops bun's examples of options that ours does not know, with what is said above them. */
function withoutExamples(text: string, mayKeep: (option: string) => boolean): string {
  const isExample = (line: string) => /^ {2}(?:\$ )?bun /.test(line);
  const isKnown = (line: string) =>
    [...line.matchAll(/ (?:--([\w-]+)|-([a-zA-Z])\b)/g)].every(([, option, letter = '']) =>
      option === undefined ? 'dDEFLpy'.includes(letter) : mayKeep(option) || option === 'yes' || option === 'prod',
    );
  const paragraphs = text.split('\n\n').flatMap((paragraph) => {
    const lines = paragraph.split('\n');
    const left = lines.filter((line) => !isExample(line) || isKnown(line));
    return lines.some(isExample) && !left.some(isExample) ? [] : [left.join('\n')];
  });
  return paragraphs.join('\n\n');
}

/** The first word of the command that a line of an overview is about. */
function commandOfLine(line: string, manager: RealManager, inCommands: boolean): string | undefined {
  switch (manager) {
    case 'pnpm':
      return /^ {2,6}(?:\w+, )?(\w[\w-]*) {2,}\S/.exec(line)?.[1];
    case 'yarn':
      return inCommands ? /^ {4}- (\w[\w-]*)/.exec(line)?.[1] : undefined;
    case 'berry':
      return /^ {2}yarn ([\w-]+)/.exec(line)?.[1];
    case 'bun':
      return inCommands ? (/^ {2}([a-z]\w*) /.exec(line)?.[1] ?? undefined) : undefined;
  }
}

function withoutEmptySections(text: string, manager: RealManager, mayKeep: (option: string) => boolean): string {
  const result =
    manager === 'berry'
      ? text
          .replace(/ \[(?:-\w,)?--([\w-]+)(?: #0)?\]/g, (found, option: string) => (mayKeep(option) ? found : ''))
          // Its prose is about what is not here, too.
          .replace(/\n\nDetails\n[\s\S]*$/, '')
      : text.replace(/^\(more flags in .*\n+/m, '');
  return result
    .replace(/^(?:\S[^\n]* commands|Output:)\n+(?=\S)/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd();
}

installManagers();
const homes = fs.mkdtempSync(path.join(os.tmpdir(), 'usage-'));
const folder = path.join(import.meta.dirname, '../programs/npm/managers/usage');
for (const manager of realManagers) {
  const { command, env } = commandOf(manager, 'http://127.0.0.1:9/', homes);
  const [program = '', ...first] = command;
  const cwd = path.join(homes, `${manager}-project`);
  fs.mkdirSync(cwd);
  fs.writeFileSync(path.join(cwd, 'package.json'), '{"name":"project","scripts":{"test":"true"}}');
  const texts: Record<string, string> = {};
  for (const word of ['', ...known[manager].commands]) {
    const { stdout, stderr } = spawnSync(
      program,
      [...first, ...(manager === 'pnpm' ? ['help', word] : [...word.split(' '), '--help']).filter((each) => each !== '')],
      {
        cwd,
        env: { ...env, COLUMNS: '80' },
        encoding: 'utf8',
      },
    );
    texts[word] = cut((stdout || stderr).replaceAll(` (default: ${cwd})`, '').replace(/\(default:\s+\S*project\)/g, ''), manager);
  }
  fs.writeFileSync(
    path.join(folder, `${manager}.ts`),
    `/** Written by \`node runtime/tools/record-manager-usage.ts\`: what the real one says with \`--help\`, of what ours can do. */
export const usage: Readonly<Record<string, string>> = ${JSON.stringify(texts, null, 2)};
`,
  );
}
fs.rmSync(homes, { recursive: true });
