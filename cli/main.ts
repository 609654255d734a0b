#!/usr/bin/env node
/** `npx bavini`: the command line for authors. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ResolveError } from '../runtime/programs/npm/resolve/request.ts';
import { FoundProblems, UsageError, type Command } from './command.ts';
import { bakeCommand } from './commands/bake.ts';
import { checkCommand } from './commands/check.ts';
import { devCommand } from './commands/dev.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { packCommand } from './commands/pack.ts';

const commands: readonly Command[] = [initCommand, devCommand, checkCommand, packCommand, bakeCommand, doctorCommand];

/** Column of what is said of a command or an option. */
const column = 28;

function helpOf({ name, operands, summary, optionHelp }: Command): string {
  const lines = summary.map((line, index) => `${(index === 0 ? `  bavini ${name} ${operands}` : '').padEnd(column)}${line}`);
  return [...lines, ...optionHelp.map(([option, text]) => `    ${option}`.padEnd(column) + text)].join('\n');
}

const help = `Usage: bavini <command>

${commands.map(helpOf).join('\n\n')}

  bavini --version, -v
  bavini --help, -h         of a command: bavini <command> --help`;

/** Beside the built script, or at the project's root when it is run from source. */
function version(): string {
  const manifest = ['../../package.json', '../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  return manifest === undefined ? 'unknown' : (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') return say(version());
  const asksHelp = name === undefined || name === 'help' || args.includes('--help') || args.includes('-h');
  const command = commands.find((one) => one.name === (name === 'help' ? rest[0] : name));
  if (asksHelp) return say(command === undefined ? help : `Usage:\n\n${helpOf(command)}`);
  if (command === undefined) throw new UsageError(name.startsWith('-') ? `There is no option "${name}"` : `There is no command "${name}"`);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: rest, allowPositionals: true, options: command.options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  await command.run({ ...parsed, say });
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  if (error instanceof FoundProblems) return;
  const lines =
    error instanceof UsageError
      ? [error.message, 'Try "bavini --help"']
      : error instanceof ResolveError
        ? [`Cannot resolve (${error.code})`, ...error.report]
        : [error instanceof Error ? error.message : String(error), ...((error as { advice?: readonly string[] }).advice ?? [])];
  process.stderr.write(lines.map((line) => `bavini: ${line}`.trimEnd()).join('\n') + '\n');
});
