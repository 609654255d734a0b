/** One run of a package manager: what it was started with, its configuration, and what it says. */
import { Config, type OtherSettings } from './config/config.ts';
import { Disk } from './disk.ts';
import { Display, logLevels, type LogLevel } from './progress/display.ts';
import { resolvePath } from './paths.ts';
import type { ProgramContext } from '../../process/program.ts';
import type { Calls } from '../../process/streams.ts';
import { ProcessEnded } from '../../process/streams.ts';
import { isWorkspaceOf } from './manifest/workspaces.ts';
import type { StartedScript } from './scripts/run-script.ts';
import { nodeVersion, npmVersion } from './versions.ts';

export { nodeVersion, npmVersion };

export class Session {
  readonly context: ProgramContext;
  readonly disk: Disk;
  readonly config: Config;
  readonly display: Display;
  /** Of the container, in order of preference; each ends in a slash. */
  readonly registries: readonly string[];
  readonly cwd: string;
  /** `performance.now()` when it began. */
  readonly started = performance.now();
  readonly #interrupted = new AbortController();
  #interruption: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined;
  /** A `node` is to be started when nothing is left to do: beside a download it would hold much, and slow it down. */
  expectsNode = false;
  /** Set by the command itself, where it ends well but not with 0. */
  exitCode = 0;
  /** As npm names it to scripts (`npm_command`). */
  command = '';
  /** What another manager tells its scripts, in the place of what npm does. */
  environmentOf: ((started: StartedScript) => Map<string, string>) | undefined;

  private constructor(
    context: ProgramContext,
    registries: readonly string[],
    argv: readonly string[],
    heading: string,
    other: OtherSettings | undefined,
  ) {
    this.context = context;
    this.disk = new Disk(context.syscalls.files);
    this.cwd = this.disk.calls.cwd();
    this.registries = registries;
    const [stdoutTty, stderrTty] = [context.stdout.isTty, context.stderr.isTty];
    this.config = new Config({
      disk: this.disk,
      cwd: this.cwd,
      argv,
      other,
      env: context.env,
      registry: registries[0] ?? '',
      nodeVersion,
      npmVersion,
      stdoutTty,
      stderrTty,
      isWorkspace: (root, folder) => isWorkspaceOf(this.disk, root, folder),
    });
    const { config } = this;
    const color = config.get('color');
    this.display = new Display(context, {
      heading: config.text('heading') ?? heading,
      level: logLevels.find((level) => level === config.text('loglevel')) ?? 'notice',
      colorOutput: color === 'always' || (color === true && stdoutTty),
      colorMessages: color === 'always' || (color === true && stderrTty),
      progress: config.flag('progress') && stdoutTty && stderrTty && context.env.get('TERM') !== 'dumb',
      unicode: config.flag('unicode'),
      json: config.flag('json'),
    });
  }

  /**
   * @param argv What follows the program's name.
   * @param heading What begins each message of this program.
   * @param other What this program has settings of its own for.
   */
  static async open(
    context: ProgramContext,
    argv: readonly string[] = context.argv.slice(1),
    heading = 'npm',
    other?: OtherSettings,
  ): Promise<Session> {
    const { registries } = await context.calls.call('registries', {});
    const session = new Session(
      context,
      registries.map((address) => (address.endsWith('/') ? address : `${address}/`)),
      argv,
      heading,
      other,
    );
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      context.syscalls.onSignal(signal, () => {
        session.#interruption ??= signal;
        session.#interrupted.abort(new ProcessEnded({ signal }));
      });
    }
    return session;
  }

  get calls(): Calls {
    return this.context.calls;
  }

  /** Aborted by Ctrl-C and other polite requests to end: what is under way is to leave everything as it was. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#interrupted.signal, this.context.signal]);
  }

  /** @throws {ProcessEnded} once it was asked to end: then the process ends by that signal. */
  checkInterrupted(): void {
    this.calls.check();
    if (this.#interruption !== undefined) throw new ProcessEnded({ signal: this.#interruption });
  }

  /** The signal that ends this run. */
  get interruption(): 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined {
    return this.#interruption;
  }

  /** Who installs packages runs `node` next. With `later` what is left to say comes first. */
  startNode(how: { readonly later?: boolean } = {}): void {
    this.calls.call('warm', { program: 'node', ...how }).catch(() => undefined); // Then it starts when it is asked for.
  }

  get silent(): boolean {
    return this.display.silent;
  }

  /** npm's own cache folder. */
  get cacheFolder(): string {
    return this.config.text('cache') ?? resolvePath(this.config.home, '.npm');
  }

  level(level: LogLevel): boolean {
    return this.display.shows(level);
  }
}
