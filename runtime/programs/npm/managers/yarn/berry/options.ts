/** The options of Yarn 4's commands, and what of them is not here. */
import { UnknownSyntax, UsageError } from './errors.ts';

/** As the real one's `--help` has them: an option in brackets, `#0` where a word belongs to it. */
const usages: Readonly<Record<string, string>> = {
  install:
    '[--json] [--immutable] [--immutable-cache] [--refresh-lockfile] [--check-cache] [--check-resolutions] [--inline-builds] [--mode #0]',
  add: '[--json] [-F,--fixed] [-E,--exact] [-T,--tilde] [-C,--caret] [-D,--dev] [-P,--peer] [-O,--optional] [--prefer-dev] [-i,--interactive] [--cached] [--no-time-gate] [--mode #0] ...',
  remove: '[-A,--all] [--mode #0] ...',
  up: '[-i,--interactive] [-F,--fixed] [-E,--exact] [-T,--tilde] [-C,--caret] [-R,--recursive] [--no-time-gate] [--mode #0] ...',
  dlx: '[-p,--package #0] [-q,--quiet] <command> ...',
  why: '[-R,--recursive] [--json] [--peers] <package>',
};

/** Those of Yarn 1 that are still read. */
const hidden: Readonly<Record<string, string>> = {
  install:
    '[--frozen-lockfile] [--ignore-engines] [--non-interactive] [--prefer-offline] [--production] [--cache-folder #0] [--registry #0] [--network-timeout #0] [--silent]',
  add: '[--silent]',
};

/** What changes what is said or done, and not here. What is about caches and checks of them changes nothing. */
const notHere: Readonly<Record<string, readonly string[]>> = {
  install: ['json'],
  add: ['json', 'fixed', 'prefer-dev', 'interactive'],
  remove: ['all'],
  up: ['interactive', 'fixed'],
  why: ['recursive', 'json', 'peers'],
};

/** The line that tells how a command is used. */
export const usageLine = (command: string) => `yarn ${command} ${usages[command] ?? ''}`;

/** @param argv What follows the command's name. @throws {UnknownSyntax} for an option that it has not. @throws {UsageError} for one that is not here. */
export function checkOptions(command: string, argv: readonly string[]): void {
  const usage = usages[command];
  if (usage === undefined) return;
  const known = new Map<string, { readonly name: string; readonly isValued: boolean }>();
  for (const [, short, name = '', value] of `${usage} ${hidden[command] ?? ''}`.matchAll(/\[(?:-(\w),)?--([\w-]+)( #0)?\]/g)) {
    const option = { name, isValued: value !== undefined };
    known.set(`--${name}`, option).set(`--no-${name}`, option);
    if (short !== undefined) known.set(`-${short}`, option);
  }
  let operands = 0;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') return;
    if (!/^-./.test(word)) {
      // What follows the command is for that.
      if (command === 'dlx') return;
      if (command === 'install') throw new UnknownSyntax(`Extraneous positional argument ("${word}").\n\n$ ${usageLine(command)}`);
      operands += 1;
      continue;
    }
    const written = word.replace(/=.*$/s, '');
    const names = /^-\w{2,}$/.test(written) ? [...written.slice(1)].map((letter) => `-${letter}`) : [written];
    const found = names.map((name) => known.get(name));
    if (found.includes(undefined)) throw new UnknownSyntax(unknownText(command, argv, { option: written, operands }));
    const missing = found.find((option) => notHere[command]?.includes(option?.name ?? '') === true);
    if (missing !== undefined) throw new UsageError(`"yarn ${command} --${missing.name}" is not available in a page.`);
    if (written === word && found.at(-1)?.isValued === true) index += 1;
  }
}

function unknownText(
  command: string,
  argv: readonly string[],
  { option, operands }: { readonly option: string; readonly operands: number },
): string {
  const line = usageLine(command);
  if (operands === 0 || !line.endsWith(' ...')) return `Unsupported option name ("${option}").\n\n$ ${line}`;
  // The command could go on in as many ways.
  const ways = Array.from({ length: operands + 1 }, (_, index) => `${`${index}`.padStart(3)}. ${line}`);
  return `Command not found; did you mean one of:\n\n${ways.join('\n')}\n\nWhile running ${[command, ...argv].join(' ')}`;
}
