/** `npm` itself: reads the command line, runs one command, and ends as npm ends. */
import { PosixError } from '../../base/errors.ts';
import type { ProgramContext } from '../../process/program.ts';
import { ProcessEnded } from '../../process/streams.ts';
import { Failure } from './failure.ts';
import type { Command, CommandTable } from './commands/command.ts';
import { commandNames, type CommandName } from './commands/names.ts';
import { tryReadManifest } from './manifest/read-manifest.ts';
import { Session, npmVersion } from './session.ts';

/**
 * @param table The commands that can run where this is.
 * @param argv What follows the program's name.
 */
export async function runNpm(
  context: ProgramContext,
  table: CommandTable,
  argv: readonly string[] = context.argv.slice(1),
): Promise<number> {
  let session: Session;
  try {
    session = await Session.open(context, argv);
  } catch (error) {
    if (error instanceof ProcessEnded || !(error instanceof TypeError)) throw error;
    await context.stderr.write(`Exit prior to config file resolving\ncause\n${error.message}\n`);
    return 1;
  }
  const { config, display } = session;
  for (const { level, title, message, queued, deprecated } of config.messages) {
    if (queued === true) continue;
    const { deprecations } = deprecated === true ? await import('./config/deprecations.ts') : { deprecations: undefined };
    display.log(level, title, deprecations === undefined ? message : `${message} ${deprecations[message] ?? ''}`);
  }
  display.log('verbose', 'title', ['npm', ...config.operands].join(' '));
  let command: Command | undefined;
  try {
    const { name, args } = await commandLine(session);
    if (name === undefined) {
      await display.finish();
      return session.exitCode;
    }
    const load = table[name];
    if (load === undefined) throw new Failure(cannotWait(name));
    command = await load();
    session.command = name;
    await execute(session, name, command, args);
    // A program that npm only starts has dealt with the signal in its own way.
    if (command.isShellout !== true) session.checkInterrupted();
    await display.finish();
    if (session.expectsNode) {
      await context.stdout.flush();
      session.startNode({ later: true });
    }
    return session.exitCode;
  } catch (error) {
    return await fail(session, error, command?.isShellout === true);
  }
}

const cannotWait = (name: string) =>
  `\`npm ${name}\` may need the network, which nothing can wait for here: a program asks for its output with execSync() or spawnSync(). With \`stdio: 'inherit'\` it works, as it does in the terminal, with exec() or with spawn()`;

/** Which command is to run; none where all is said already. */
async function commandLine(session: Session): Promise<{ readonly name?: CommandName; readonly args: readonly string[] }> {
  const { config, display, disk } = session;
  const operands = config.get('versions', 'cli') === true ? ['version'] : [...config.operands];
  if (config.get('version', 'cli') === true) {
    display.output(npmVersion);
    return { args: [] };
  }
  const [word, ...args] = operands;
  if (word === undefined) {
    const { overview } = await import('./commands/help.ts');
    display.output(overview(session));
    session.exitCode = 1;
    return { args };
  }
  if (config.flag('force')) display.warn('using --force', 'Recommended protections disabled.');
  const exact = commandNames.find((name) => name === word);
  if (exact !== undefined) return { name: exact, args };
  const { absenceOf, commandOfWord } = await import('./commands/aliases.ts');
  const found = commandOfWord(word);
  if (found === undefined) {
    const { didYouMean } = await import('./commands/did-you-mean.ts');
    throw new Failure(`Unknown command ${word}`, {
      code: 'EUNKNOWNCOMMAND',
      standard: [
        `Unknown command: "${word}"`,
        didYouMean(tryReadManifest(disk, config.localPrefix), word),
        'To see a list of supported npm commands, run:',
        '  npm help',
      ],
    });
  }
  const absence = absenceOf(found);
  if (absence !== undefined) throw new Failure(absence);
  return { name: found as CommandName, args };
}

async function execute(session: Session, name: CommandName, command: Command, args: readonly string[]): Promise<void> {
  const { config, display } = session;
  for (const { level, title, message, queued } of config.messages) if (queued === true) display.log(level, title, message);
  if (config.flag('usage')) {
    const { usageOf } = await import('./commands/help.ts');
    display.output(usageOf(name));
    return;
  }
  const asked = config.flag('workspaces') || config.list('workspace').length > 0;
  const implicit = config.get('workspace', 'default');
  const isImplicit = Array.isArray(implicit) && implicit.length > 0;
  const forWorkspaces = asked && (!isImplicit || command.ignoresImplicitWorkspace !== true);
  if (forWorkspaces && config.global) throw new Failure('Workspaces not supported for global packages');
  if (forWorkspaces && command.forWorkspaces !== true)
    throw new Failure('This command does not support workspaces.', { code: 'ENOWORKSPACES' });
  if (!config.global && tryReadManifest(session.disk, config.localPrefix)?.['devEngines'] !== undefined) {
    (await import('./manifest/dev-engines.ts')).checkDevEngines(session);
  }
  await command.run(session, args, forWorkspaces);
}

async function fail(session: Session, error: unknown, isShellout: boolean): Promise<number> {
  const { display } = session;
  const isAnswered = isShellout && error instanceof Failure && error.details['scriptFailed'] === true;
  if (session.interruption !== undefined && !isAnswered && !session.context.signal.aborted) {
    await display.finish();
    throw new ProcessEnded({ signal: session.interruption });
  }
  if (error instanceof ProcessEnded) {
    if (!session.context.signal.aborted) await display.finish();
    throw error;
  }
  if (!(error instanceof Error) || (error instanceof PosixError && error.code === 'EPIPE')) throw error;
  const [{ jsonOf, printReport, reportOf }, { RunLog }] = await Promise.all([import('./error-report.ts'), import('./run-log.ts')]);
  const log = new RunLog(session);
  const report = log.report(reportOf(session, error, isShellout));
  printReport(session, report);
  if (!report.quiet && report.standard === undefined) {
    display.log('verbose', 'stack', error.stack ?? '');
    log.write();
  }
  await display.finish(display.json && report.standard === undefined ? jsonOf(report) : undefined);
  return report.exitCode;
}
