/**
 * The package managers inside of a program that waits for them (`execSync`, `spawnSync`): what needs no network. Evaluated in QuickJS,
 * where nothing is loaded later.
 */
import type { ProgramContext, TrustedProgram } from '../../process/program.ts';
import { runNpm } from './cli.ts';
import type { Command, CommandTable } from './commands/command.ts';
import { config, get, set } from './commands/config.ts';
import { installedBin, runLine } from './commands/exec-line.ts';
import { explain } from './commands/explain.ts';
import { explore } from './commands/explore.ts';
import { prefix, root } from './commands/folders.ts';
import { help, usageFailure } from './commands/help.ts';
import { template } from './commands/init-template.ts';
import { ll, ls } from './commands/ls.ts';
import { pkg } from './commands/pkg.ts';
import { restart, run, start, stop, test } from './commands/run.ts';
import { versionCommand } from './commands/version.ts';
import { Failure } from './failure.ts';
import { runNpx } from './npx.ts';
import type { Session } from './session.ts';

const instead = "With `stdio: 'inherit'` it works, as it does in the terminal, with exec() or with spawn()";

const cannotFetch = (what: string) =>
  new Failure(
    `${what} needs the network, which nothing can wait for here: a program asks for its output with execSync() or spawnSync(). ${instead}`,
  );

/** Commands that the project has, or that are installed globally. */
const exec: Command = {
  isShellout: true,
  run: async (session, args) => {
    const { config: settings, cwd } = session;
    const call = settings.text('call') ?? '';
    const [command] = args;
    if (call !== '' && command !== undefined) throw usageFailure('exec');
    const place = { runPath: cwd, packagePath: settings.localPrefix };
    if (call !== '' || command === undefined) return runLine(session, args, call, [], place);
    const bins = settings.list('package').length > 0 ? undefined : installedBin(session, command, place.packagePath);
    if (bins === undefined) throw cannotFetch(`\`npx ${command}\`, which is not installed,`);
    return runLine(session, args, call, [bins], place);
  },
};

const init: Command = {
  run: (session, [word]) => {
    if (word !== undefined) throw cannotFetch(`\`npm init ${word}\``);
    return template(session, session.cwd);
  },
};

const version = versionCommand((_session: Session) => Promise.reject(cannotFetch('What follows the version of a workspace')));

const loaded = (command: Command) => () => Promise.resolve(command);
const table: CommandTable = {
  config: loaded(config),
  exec: loaded(exec),
  explain: loaded(explain),
  explore: loaded(explore),
  get: loaded(get),
  help: loaded(help),
  init: loaded(init),
  ll: loaded(ll),
  ls: loaded(ls),
  pkg: loaded(pkg),
  prefix: loaded(prefix),
  restart: loaded(restart),
  root: loaded(root),
  run: loaded(run),
  set: loaded(set),
  start: loaded(start),
  stop: loaded(stop),
  test: loaded(test),
  version: loaded(version),
};

export const npm: TrustedProgram = { run: (context) => runNpm(context, table) };
export const npx: TrustedProgram = { run: (context) => runNpx(context, table) };

async function refuse({ argv, stderr }: ProgramContext): Promise<number> {
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  await stderr.write(`${name}: cannot run while a program waits for its output, with execSync() or spawnSync(). ${instead}\n`);
  return 1;
}

const refused: TrustedProgram = { run: refuse };
export { refused as bun, refused as bunx, refused as pnpm, refused as pnpx, refused as yarn, refused as yarnpkg };
