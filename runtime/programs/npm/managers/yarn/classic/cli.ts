/** Yarn 1's command line. */
import type { ProgramContext } from '../../../../../process/program.ts';
import type { Disk } from '../../../disk.ts';
import { resolvePath } from '../../../paths.ts';
import { createName, withFlags, type Words } from '../../command-line.ts';
import { Exit, isEnd, ManagerRun } from '../../manager-run.ts';
import { workspaceRoot } from '../../manager-project.ts';
import { ClassicProject } from './classic-project.ts';
import { add } from './commands/add.ts';
import { create, exec } from './commands/exec.ts';
import { init } from './commands/init.ts';
import { install } from './commands/install.ts';
import { listPackages } from './commands/list.ts';
import { remove } from './commands/remove.ts';
import { runScript } from './commands/run.ts';
import { upgrade } from './commands/upgrade.ts';
import { why } from './commands/why.ts';
import { inWorkspace, workspaces } from './commands/workspaces.ts';
import { classicEnvironment } from './environment.ts';
import { ClassicError, describe } from './errors.ts';
import { classicWords } from '../flags.ts';
import { sayUsage } from '../../usage.ts';
import { paintClassic } from './painter.ts';
import { classicLook } from './progress.ts';
import { classicVersion, unavailable } from './help.ts';
import { classicSettings } from './settings.ts';

/** @param own The words that are not for what is started. */
export async function runClassic(context: ProgramContext, disk: Disk, argv: readonly string[], own: Words): Promise<number> {
  const run = await ManagerRun.open(context, 'yarn', classicSettings(own, disk, context.env.get('HOME') ?? '/'));
  const documented: Documented = { page: undefined };
  run.painter = paintClassic;
  run.showProgressAs(classicWords(argv).flags.has('silent') ? undefined : classicLook);
  try {
    return await dispatch(run, argv, documented);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    await run.err(`error ${describe(error, run)}`);
    if (documented.page !== undefined)
      await run.out(`info Visit https://yarnpkg.com/en/docs/cli/${documented.page} for documentation about this command.`);
    return 1;
  }
}

/** What follows the name of what they start is for that. */
const starters = ['run', 'exec', 'create', 'workspace', 'workspaces'];
const managing = ['install', 'add', 'remove', 'upgrade', 'list', 'why', 'init', 'bin'];

/** The page that is named after an error. */
interface Documented {
  page: string | undefined;
}

async function dispatch(run: ManagerRun, argv: readonly string[], documented: Documented): Promise<number> {
  const first = classicWords(argv, true);
  const [word = 'install', ...after] = first.operands;
  if (first.operands.length === 0 && first.flags.has('version')) {
    await run.out(classicVersion);
    return 0;
  }
  const words = classicWords(argv);
  const started = classicWords(after, true);
  const own = managing.includes(word) ? words : word === 'run' ? started : first;
  const yarn = new ClassicProject(run, workspaceRoot(run), { silent: first.flags.has('silent') || own.flags.has('silent') });
  const operands = words.operands.slice(first.operands.length === 0 ? 0 : 1);
  documented.page = word;
  yarn.run.environmentOf = classicEnvironment(managing.includes(word) || starters.includes(word) ? word : 'run', argv);
  const asks = starters.includes(word) ? withFlags(first, started) : managing.includes(word) ? words : first;
  if (word === 'help' || asks.flags.has('help')) {
    await sayUsage(run, 'yarn', word === 'help' ? after[0] : first.operands.length === 0 ? '' : word);
    return 0;
  }
  switch (word) {
    case 'install':
      if (operands.length > 0)
        throw new ClassicError(
          '`install` has been replaced with `add` to add new dependencies. Run "yarn add ' + operands.join(' ') + '" instead.',
        );
      return run.inTurn(() => install(yarn, words));
    case 'add':
      return run.inTurn(() => add(yarn, words, operands));
    case 'remove':
      return run.inTurn(() => remove(yarn, words, operands));
    case 'upgrade':
      return run.inTurn(() => upgrade(yarn, words, operands));
    case 'run':
    case 'run-script':
      documented.page = 'run';
      return runScript(yarn, started.operands, withFlags(first, started));
    case 'exec':
      return exec(yarn, [...after, ...first.rest]);
    case 'dlx':
    case 'create':
      return create(yarn, word === 'create' ? [createName(after[0] ?? ''), ...after.slice(1)] : after);
    case 'list':
      return listPackages(yarn);
    case 'why':
      return why(yarn, operands);
    case 'init':
      return init(yarn, words);
    case 'workspace':
      return inWorkspace(yarn, after);
    case 'workspaces':
      return workspaces(yarn, after);
    case 'bin':
      await yarn.run.out(resolvePath(yarn.root, 'node_modules/.bin'));
      return 0;
    case 'cache':
      throw new ClassicError('The cache is shared by all package managers here: use "npm cache".');
    default:
      if (unavailable.has(word)) throw new ClassicError(`"yarn ${word}" is not available in a page.`);
      documented.page = 'run';
      return runScript(yarn, [word, ...after], first);
  }
}
