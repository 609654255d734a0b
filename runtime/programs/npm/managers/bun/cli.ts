/** bun's command line, as far as it manages packages. Its own runtime is not here: scripts and commands run in `node`. */
import type { ProgramContext } from '../../../../process/program.ts';
import { resolvePath } from '../../paths.ts';
import { Disk } from '../../disk.ts';
import { parseWords, withFlags, type Words } from '../command-line.ts';
import { enterFolder, Exit, isEnd, ManagerRun } from '../manager-run.ts';
import { workspaceRoot } from '../manager-project.ts';
import { BunProject } from './bun-project.ts';
import { add } from './commands/add.ts';
import { init } from './commands/init.ts';
import { install } from './commands/install.ts';
import { listPackages } from './commands/list.ts';
import { remove } from './commands/remove.ts';
import { runScript } from './commands/run.ts';
import { runFiltered } from './commands/run-filtered.ts';
import { update } from './commands/update.ts';
import { why } from './commands/why.ts';
import { bunx } from './commands/x.ts';
import { bunEnvironment } from './environment.ts';
import { BunError, describe } from './errors.ts';
import { checkOptions, readWords, WrongArgument } from './options.ts';
import { bunSettings, readBunfig, type Bunfig } from './settings.ts';
import { sayUsage } from '../usage.ts';
import { paintBun } from './painter.ts';
import { bunLook } from './progress.ts';
import { bunVersion, revision, unavailable } from './help.ts';

const aliases: Readonly<Record<string, string>> = { i: 'install', a: 'add', rm: 'remove', r: 'remove', c: 'create' };
/** Every word after these is theirs. */
const managing = ['install', 'ci', 'add', 'remove', 'update', 'init', 'pm', 'list', 'why'];

/** Of what starts something. */
const valuedFlags = ['cwd', 'registry', 'filter', 'package'];
const shortFlags = { F: 'filter', v: 'version', h: 'help' };

export async function runBun(context: ProgramContext, argv: readonly string[]): Promise<number> {
  const own = ownWords(argv);
  enterFolder(context, own.flags.get('cwd'));
  const { registries } = await context.calls.call('registries', {});
  const bunfig = readBunfig(new Disk(context.syscalls.files), context.env.get('HOME') ?? '/');
  const settings = bunSettings(bunfig, own, context.env, registries[0] ?? '');
  const run = await ManagerRun.open(context, 'bun', settings);
  run.painter = paintBun;
  run.showProgressAs(argv.includes('--silent') || own.flags.has('no-progress') ? undefined : bunLook);
  try {
    return await dispatch(run, argv, own, bunfig);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    if (error instanceof WrongArgument) {
      run.isSilent = false;
      await sayUsage(run, 'bun', commandOf(own));
    }
    for (const line of describe(run, error)) await run.err(line);
    return 1;
  }
}

/** The words that are not for what is started. */
function ownWords(argv: readonly string[]): Words {
  const first = parseWords(argv, valuedFlags, shortFlags, true);
  const command = commandOf(first);
  if (managing.includes(command)) return withFlags(first, readWords(argv, command));
  const [, ...after] = first.operands;
  return command === 'run' || command === 'x' ? withFlags(first, parseWords(after, valuedFlags, shortFlags, true)) : first;
}

const commandOf = ({ operands: [word = ''] }: Words) => aliases[word] ?? word;

async function dispatch(run: ManagerRun, argv: readonly string[], own: Words, bunfig: Bunfig): Promise<number> {
  const first = parseWords(argv, valuedFlags, shortFlags, true);
  const [word, ...after] = first.operands;
  if (word === undefined) {
    if (first.flags.has('version') || first.flags.has('revision')) {
      await run.out(first.flags.has('revision') ? `${bunVersion}+${revision}` : bunVersion);
      return 0;
    }
    await sayUsage(run, 'bun');
    return 0;
  }
  const bun = new BunProject(run, workspaceRoot(run));
  const inner = withFlags(first, parseWords(after, valuedFlags, shortFlags, true));
  const command = commandOf(first);
  const linker = managing.includes(command) ? (own.flags.get('linker') ?? bunfig.install.get('linker')) : undefined;
  const words = linker === undefined ? own : { ...own, flags: new Map([...own.flags, ['linker', linker]]) };
  const operands = words.operands.slice(1);
  run.environmentOf = bunEnvironment(
    managing.includes(command) ? undefined : command === 'x' || command === 'create' ? 'exec' : 'run-script',
  );
  const asks = ['run', 'x', 'create'].includes(command) ? inner : managing.includes(command) ? words : first;
  if (word === 'help' || asks.flags.has('help')) {
    await sayUsage(run, 'bun', word === 'help' ? '' : command);
    return 0;
  }
  // These two take what they do not know.
  if (managing.includes(command) && command !== 'init' && command !== 'pm') checkOptions(own, command);
  if (linker !== undefined && linker !== 'isolated' && linker !== 'hoisted')
    throw new BunError(`Invalid value for --linker: "${String(linker)}". Must be 'isolated' or 'hoisted'.`);
  if (managing.includes(command)) for (const line of bunfig.unread) await run.err(`warn: bunfig.toml: "${line}" is not read in a page`);
  run.isSilent = managing.includes(command) && (words.flags.has('silent') || words.flags.has('no-summary'));
  switch (command) {
    case 'install':
      return run.inTurn(() => (operands.length > 0 ? add(bun, words, operands) : install(bun, words)));
    case 'ci':
      return run.inTurn(() => install(bun, { ...words, flags: new Map([...words.flags, ['frozen-lockfile', true]]) }));
    case 'add':
      return run.inTurn(() => add(bun, words, operands));
    case 'remove':
      return run.inTurn(() => remove(bun, words, operands));
    case 'update':
      return run.inTurn(() => update(bun, words, operands));
    case 'run':
      if (inner.lists.has('filter')) return runFiltered(bun, inner.operands, inner);
      return runScript(bun, inner.operands, inner);
    case 'x':
      return bunx(bun, after, first);
    case 'create': {
      const [name = '', ...rest] = after;
      return bunx(bun, [name.startsWith('@') ? name.replace('/', '/create-') : `create-${name}`, ...rest], first);
    }
    case 'init':
      return init(bun);
    case 'pm':
      if (after[0] === 'ls' || after[0] === 'list') return listPackages(bun);
      if (after[0] === 'bin') {
        await bun.run.out(resolvePath(bun.root, 'node_modules/.bin'));
        return 0;
      }
      throw new BunError(`"bun pm ${after[0] ?? ''}" is not available in a page`);
    case 'list':
      return listPackages(bun);
    case 'why':
      return why(bun, operands);
    default:
      if (unavailable.has(word)) throw new BunError(`"bun ${word}" needs bun's own runtime, which no page can run; use node`);
      return first.lists.has('filter') ? runFiltered(bun, [word, ...after], first) : runScript(bun, [word, ...after], first);
  }
}
