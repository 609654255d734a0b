/** pnpm's command line. */
import type { ProgramContext } from '../../../../process/program.ts';
import { resolvePath } from '../../paths.ts';
import { createName, withFlags, type Words } from '../command-line.ts';
import { enterFolder, Exit, isEnd, ManagerRun } from '../manager-run.ts';
import { ManifestSyntaxError } from '../project.ts';
import { dlx, exec, runBare } from './commands/exec.ts';
import { init } from './commands/init.ts';
import { install } from './commands/install.ts';
import { listPackages } from './commands/list.ts';
import { remove } from './commands/remove.ts';
import { lifecycleNames, runScript } from './commands/run.ts';
import { update } from './commands/update.ts';
import { why } from './commands/why.ts';
import { describe, PnpmError } from './errors.ts';
import { unavailable } from './help.ts';
import { checkOptions, readWords, UnknownOption } from './options.ts';
import { sayUsage } from '../usage.ts';
import { pnpmEnvironment } from './environment.ts';
import { pnpmVersion } from './layout.ts';
import { paintPnpm } from './painter.ts';
import { pnpmLook } from './progress.ts';
import { PnpmProject } from './pnpm-project.ts';
import { pnpmSettings } from './settings.ts';

export async function runPnpm(context: ProgramContext, argv: readonly string[]): Promise<number> {
  const early = readWords(argv, '', true);
  const word = aliases[early.operands[0] ?? ''] ?? early.operands[0] ?? '';
  const all = readWords(argv);
  enterFolder(context, (passesWordsOn(word) ? early : all).flags.get('dir'));
  const own = passesWordsOn(word) ? withFlags(early, readWords(early.operands.slice(1), starters.includes(word) ? word : '', true)) : all;
  const run = await ManagerRun.open(context, 'pnpm', pnpmSettings(own));
  run.painter = paintPnpm;
  run.showProgressAs(all.flags.has('silent') ? undefined : pnpmLook);
  try {
    return await dispatch(run, argv);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    const [word = ''] = readWords(argv, '', true).operands;
    const [code, message, hint] = describe(error, run, aliases[word] ?? word);
    // Before pnpm's reporter has begun, and where the output is another program's.
    const toStderr = error instanceof ManifestSyntaxError || error instanceof UnknownOption || word === 'dlx' || word === 'create';
    await (toStderr ? run.err : run.out).call(
      run,
      `\u2009${code === '' ? 'ERROR' : code.startsWith('ERR_') ? code : `ERR_PNPM_${code}`}\u2009 ${message}${hint === undefined ? '' : `\n\n${hint}`}`,
    );
    return code === 'RECURSIVE_EXEC_FIRST_FAIL' ? 254 : 1;
  }
}

const aliases: Readonly<Record<string, string>> = {
  i: 'install',
  uninstall: 'remove',
  un: 'remove',
  rm: 'remove',
  up: 'update',
  upgrade: 'update',
  ls: 'list',
  la: 'list',
  ll: 'list',
  'run-script': 'run',
  t: 'test',
  tst: 'test',
  c: 'config',
  ci: 'ci',
  x: 'exec',
};

async function dispatch(run: ManagerRun, argv: readonly string[]): Promise<number> {
  let first = readWords(argv, '', true);
  // `pnpm recursive run` is `pnpm -r run`.
  if (['recursive', 'multi', 'm'].includes(first.operands[0] ?? ''))
    first = withFlags(first, readWords(['-r', ...first.operands.slice(1)], '', true));
  const [word] = first.operands;
  if (word === undefined) {
    if (first.flags.has('version')) {
      await run.out(pnpmVersion);
      return 0;
    }
    await sayUsage(run, 'pnpm');
    return first.flags.has('help') ? 0 : 1;
  }
  const command = aliases[word] ?? word;
  const inner = withFlags(first, readWords(first.operands.slice(1), command, true));
  const after = inner.operands;
  const pnpm = PnpmProject.open(run);
  run.environmentOf = pnpmEnvironment(known.has(command) && !lifecycleNames.includes(command) ? command : 'run-script');
  const passesOn = passesWordsOn(command);
  // With something to install it is `add`.
  const read = command === 'install' && readWords(argv, command).operands.length > 1 ? 'add' : command;
  const words = passesOn ? first : readWords(argv, read);
  const isStart = lifecycleNames.includes(command) || (passesOn && !starters.includes(command));
  if (command === 'help' || first.flags.has('help') || (!isStart && (passesOn ? inner : words).flags.has('help'))) {
    const [asked = ''] = command === 'help' ? after : [command];
    await sayUsage(run, 'pnpm', aliases[asked] ?? asked);
    return 0;
  }
  run.isSilent = isSilent(
    starters.includes(command) || isStart ? (known.has(command) || starters.includes(command) ? inner : first) : words,
  );
  if (optioned.includes(command)) checkOptions(starters.includes(command) ? inner : words, read);
  switch (command) {
    case 'install':
      return run.inTurn(() => install(pnpm, words, words.operands.slice(1)));
    case 'ci':
      return run.inTurn(() => install(pnpm, { ...words, flags: new Map([...words.flags, ['frozen-lockfile', true]]) }, []));
    case 'add':
      if (words.operands.length < 2) throw new PnpmError('MISSING_PACKAGE_NAME', '`pnpm add` requires the package name');
      return run.inTurn(() => install(pnpm, words, words.operands.slice(1)));
    case 'remove':
      return run.inTurn(() => remove(pnpm, words, words.operands.slice(1)));
    case 'update':
      return run.inTurn(() => update(pnpm, words, words.operands.slice(1)));
    case 'run':
      return runScript(pnpm, after, inner);
    case 'exec':
      return exec(pnpm, after, inner);
    case 'dlx':
      return dlx(pnpm, after, inner);
    case 'create':
      return dlx(pnpm, [starterName(after[0] ?? ''), ...after.slice(1)], inner);
    case 'list':
      return listPackages(pnpm, words);
    case 'why':
      return why(pnpm, words.operands.slice(1));
    case 'init':
      return init(pnpm);
    case 'root':
      await pnpm.run.out(resolvePath(pnpm.root, 'node_modules'));
      return 0;
    case 'bin':
      await pnpm.run.out(resolvePath(pnpm.root, 'node_modules/.bin'));
      return 0;
    default:
      if (lifecycleNames.includes(command)) return runScript(pnpm, [command, ...after], inner);
      if (unavailable.has(command)) throw new PnpmError('NOT_IMPLEMENTED', `"pnpm ${command}" is not available in a page`);
      if (first.flags.has('filter') || first.flags.has('recursive')) return runScript(pnpm, [word, ...first.operands.slice(1)], first);
      return runBare(pnpm, [word, ...first.operands.slice(1)], first);
  }
}

/** Whose options are all known. */
const optioned = ['install', 'ci', 'add', 'remove', 'update', 'list', 'why', 'run', 'dlx', 'init', 'root', 'bin'];

/** What follows the name of what they start is for that. */
const starters = ['run', 'exec', 'dlx', 'create'];

const passesWordsOn = (command: string) => starters.includes(command) || !known.has(command);

const isSilent = ({ flags }: Words) =>
  ['silent', 'quiet', 'parseable'].some((flag) => flags.has(flag)) ||
  flags.get('reporter') === 'silent' ||
  ['silent', 'error', 'warn'].includes(String(flags.get('loglevel')));

const starterName = (name: string) => (name.startsWith('create-') ? name : createName(name));

const known = new Set(['install', 'ci', 'add', 'remove', 'update', 'list', 'why', 'init', 'root', 'bin', 'help', ...lifecycleNames]);
