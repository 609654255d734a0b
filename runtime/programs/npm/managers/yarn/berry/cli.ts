/** Yarn 4's command line, with its `node-modules` linker. */
import type { ProgramContext } from '../../../../../process/program.ts';
import type { OtherSettings } from '../../../config/config.ts';
import type { Disk } from '../../../disk.ts';
import { resolvePath } from '../../../paths.ts';
import { createName, withFlags } from '../../command-line.ts';
import { Exit, isEnd, ManagerRun } from '../../manager-run.ts';
import { BerryProject } from './berry-project.ts';
import { add } from './commands/add.ts';
import { dlx, exec } from './commands/exec.ts';
import { init } from './commands/init.ts';
import { install } from './commands/install.ts';
import { listPackages } from './commands/list.ts';
import { remove } from './commands/remove.ts';
import { runScript } from './commands/run.ts';
import { up } from './commands/up.ts';
import { why } from './commands/why.ts';
import { inWorkspace, workspaces } from './commands/workspaces.ts';
import { berryEnvironment } from './environment.ts';
import { UnknownSyntax, UsageError } from './errors.ts';
import { berryWords } from '../flags.ts';
import { berryVersion, unavailable } from './help.ts';
import { sayUsage } from '../../usage.ts';
import { checkOptions } from './options.ts';
import { paintBerry, paintUsage } from './painter.ts';
import { berryLook } from './progress.ts';
import { berrySettings } from './registry-settings.ts';
import { BerryReport } from './report.ts';

export async function runBerry(context: ProgramContext, disk: Disk, argv: readonly string[]): Promise<number> {
  const { registries } = await context.calls.call('registries', {});
  let settings: OtherSettings | Error;
  try {
    settings = berrySettings(disk, context.env, registries[0] ?? '');
  } catch (error) {
    settings = error as Error;
  }
  const run = await ManagerRun.open(context, 'yarn', settings instanceof Error ? {} : settings);
  const report = new BerryReport(run);
  run.painter = paintUsage;
  run.showProgressAs(berryLook, (line) => paintBerry(line, 'info'));
  try {
    if (settings instanceof Error) throw settings;
    return await dispatch(run, report, argv);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    if (error instanceof UnknownSyntax) {
      await run.out(`Unknown Syntax Error: ${error.message}`);
      return 1;
    }
    if (error instanceof UsageError) {
      await run.out(`Usage Error: ${error.message}`);
      return 1;
    }
    await report.failed(error);
    return 1;
  }
}

/** What follows the name of what they start is for that. */
const starters = ['run', 'exec', 'dlx', 'create', 'workspace'];
const managing = ['install', 'add', 'remove', 'up', 'init', 'why', 'info', 'list', 'workspaces', 'bin'];

async function dispatch(run: ManagerRun, report: BerryReport, argv: readonly string[]): Promise<number> {
  const first = berryWords(argv, true);
  const [word = 'install', ...after] = first.operands;
  if (first.operands.length === 0 && first.flags.has('version')) {
    await run.out(berryVersion);
    return 0;
  }
  const yarn = new BerryProject(run, report);
  run.environmentOf = berryEnvironment(yarn.root);
  const words = berryWords(argv);
  const operands = words.operands.slice(first.operands.length === 0 ? 0 : 1);
  const asks = starters.includes(word) ? withFlags(first, berryWords(after, true)) : managing.includes(word) ? words : first;
  if (word === 'help' || asks.flags.has('help')) {
    const command = word === 'workspaces' ? `${word} ${after.find((each) => !each.startsWith('-')) ?? ''}` : word;
    await sayUsage(run, 'berry', first.operands.length === 0 ? '' : command);
    return 0;
  }
  checkOptions(word, first.operands.length === 0 ? argv : after);
  switch (word) {
    case 'install':
      return run.inTurn(() => install(yarn, words));
    case 'add':
      return run.inTurn(() => add(yarn, words, operands));
    case 'remove':
      return run.inTurn(() => remove(yarn, operands));
    case 'up':
      return run.inTurn(() => up(yarn, words, operands));
    case 'run':
      return runScript(yarn, after, first);
    case 'exec':
      return exec(yarn, [...after, ...first.rest]);
    case 'dlx':
      return dlx(yarn, after, first);
    case 'create':
      return dlx(yarn, [createName(after[0] ?? ''), ...after.slice(1)], first);
    case 'init':
      return init(yarn, words);
    case 'why':
      return why(yarn, operands);
    case 'info':
    case 'list':
      return listPackages(yarn);
    case 'workspace':
      return inWorkspace(yarn, after);
    case 'workspaces':
      return workspaces(yarn, after, argv);
    case 'bin':
      for (const { name } of yarn.run.session.disk.list(resolvePath(yarn.root, 'node_modules/.bin'))) await yarn.run.out(name);
      return 0;
    default:
      if (unavailable.has(word)) throw new UsageError(`"yarn ${word}" is not available in a page.`);
      return runScript(yarn, [word, ...after], first);
  }
}
