/** What the command lines of all managers share: the project, the registry, scripts, and the files that installs change. */
import type { ProgramContext } from '../../../process/program.ts';
import { ProcessEnded } from '../../../process/streams.ts';
import { Failure } from '../failure.ts';
import type { OtherSettings } from '../config/config.ts';
import { installPlan, type InstallOptions, type InstallResult } from '../install/install-plan.ts';
import type { PlannedPackage, TreePlan } from '../install/tree-plan.ts';
import { takeTurn } from '../install/turns.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { writeTar, type PackedEntry } from '../pack/tar.ts';
import { openPackages } from '../packages.ts';
import type { ProgressLook } from '../progress/spinner.ts';
import type { ResolvedPackument } from '../resolve/request.ts';
import { relativePath, resolvePath, upwards } from '../paths.ts';
import { pathWithBins, quoteForShell, runScript, type StartedScript } from '../scripts/run-script.ts';
import { spawn } from '../scripts/spawn.ts';
import { Session } from '../session.ts';
import { S_IFDIR } from '../../../base/file-mode.ts';
import { Facts } from './facts.ts';
import { mayColor, paintLines, type Painter } from './paint.ts';
import { ManifestSyntaxError, parseManifest, type Project, type ProjectFiles, type ProjectManifest } from './project.ts';
import { dependencyFields } from './manifest-edit.ts';
import { LineSplitter } from './line-splitter.ts';
import { remoteSource } from './remote-source.ts';
import { Remotes, type RemoteSource } from './remotes.ts';
import { splitSpecifier, tarballAddress } from './specifiers.ts';

/** Ends a command with a code, after what it said. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`Exit ${code}`);
    this.code = code;
  }
}

/**
 * Goes to the folder that a flag names, before anything is read.
 *
 * @throws {PosixError} where there is none.
 */
export function enterFolder({ syscalls }: ProgramContext, folder: string | true | undefined): void {
  if (typeof folder === 'string') syscalls.files.chdir(folder);
}

/** What a manager is about to start: a script, or a command where there is none. */
export interface Started {
  readonly folder: string;
  /** Where the manager itself was started (`INIT_CWD` of most scripts). */
  readonly initialFolder: string;
  readonly manifest?: ProjectManifest;
  readonly script?: StartedScript;
  /** The command's name, where it is no script. */
  readonly program?: string;
}

/** @param base What the manager itself was given, and the registry where somebody chose one. */
export type EnvironmentOf = (base: Map<string, string>, started: Started) => Map<string, string>;

export class ManagerRun {
  readonly session: Session;
  readonly context: ProgramContext;
  readonly #started = performance.now();
  #facts: Facts | undefined;
  #environment: ReadonlyMap<string, string> | undefined;

  private constructor(context: ProgramContext, session: Session) {
    this.context = context;
    this.session = session;
    this.root = session.cwd;
    session.environmentOf = (script) => this.environment(script.path, { script });
  }

  /** Flags are the manager's own: npm's configuration comes from files and the environment, and from what `own` says. */
  static async open(context: ProgramContext, heading: string, own?: OtherSettings): Promise<ManagerRun> {
    return new ManagerRun(context, await Session.open(context, [], heading, own));
  }

  /** How long a server may say nothing, in milliseconds. */
  get timeoutMs(): number {
    return this.session.config.count('fetch-timeout') ?? 300_000;
  }

  /** The manager's colours. */
  painter: Painter = (line) => line;

  /** What the commands that it starts find in their environment. */
  environmentOf: EnvironmentOf = (base) => base;

  /** `environmentOf` for a command in `folder`, or for one of its scripts. */
  environment(folder: string, started: { readonly script: StartedScript } | { readonly program: string }): Map<string, string> {
    const manifest = ('script' in started ? (started.script.manifest as ProjectManifest) : undefined) ?? this.#readableManifest(folder);
    const base = new Map(this.context.env);
    const { config } = this.session;
    // A registry that nobody chose is the container's, which knows its mirrors.
    if (!config.isDefault('registry')) base.set('npm_config_registry', this.registry);
    return this.environmentOf(base, {
      folder,
      initialFolder: this.cwd,
      ...(manifest === undefined ? {} : { manifest }),
      ...started,
    });
  }

  /** One that cannot be read says nothing of a command that needs none. */
  #readableManifest(folder: string): ProjectManifest | undefined {
    const path = resolvePath(folder, 'package.json');
    const text = this.session.disk.readText(path);
    try {
      return text === undefined ? undefined : parseManifest(text, path);
    } catch (error) {
      if (error instanceof ManifestSyntaxError) return undefined;
      throw error;
    }
  }

  /** Nothing is said but what is an error of its own stream. */
  isSilent = false;

  /** What moves on a terminal while this manager works, if anything does. */
  showProgressAs(look: ProgressLook | undefined, painter = this.painter): void {
    const { display, config } = this.session;
    display.showProgressAs(look, (line) => (mayColor(true, config.environment()) ? paintLines(line, painter) : line));
  }

  /** Whether the output is a terminal. */
  get isTerminal(): boolean {
    return this.context.stdout.isTty;
  }

  async out(text: string, painter = this.painter): Promise<void> {
    if (!this.isSilent) await this.#write(this.context.stdout, text, painter);
  }

  async err(text: string, painter = this.painter): Promise<void> {
    await this.context.stdout.flush();
    await this.#write(this.context.stderr, text, painter);
  }

  async #write(stream: ProgramContext['stdout'], text: string, painter: Painter): Promise<void> {
    const { isTty } = stream;
    // What moves on a terminal gives way.
    if (isTty) await this.session.display.settled();
    this.#environment ??= this.session.config.environment();
    await stream.write(`${mayColor(isTty, this.#environment) ? paintLines(text, painter) : text}\n`);
    if (isTty) await stream.flush();
  }

  /** Since it began. */
  get elapsedMs(): number {
    return performance.now() - this.#started;
  }

  /** How this manager gets what no registry has. */
  remoteOptions: Pick<RemoteSource, 'archive'> = {};
  /** What `file:` paths of lockfiles begin at: the project's folder, once it is known. */
  root: string;

  get cwd(): string {
    return this.session.cwd;
  }

  /** Ends in a slash. */
  get registry(): string {
    const address = this.session.config.text('registry') ?? this.session.registries[0] ?? '';
    return address.endsWith('/') ? address : `${address}/`;
  }

  async facts(): Promise<Facts> {
    const { client } = await openPackages(this.session);
    return (this.#facts ??= new Facts(
      client,
      this.session.signal,
      new Remotes({ ...remoteSource(this.session, client, () => this.root), ...this.remoteOptions }),
      (name, asked, answered) => {
        const { progress } = this.session.display;
        progress.stage('resolving', asked, name);
        progress.advance(answered);
      },
    ));
  }

  /** What the registry said of a package, if it was asked. */
  known(name: string): ResolvedPackument | undefined {
    return this.#facts?.packument(name);
  }

  /** Where the package of a failure comes from: its address, or what the registry said of it. */
  tarballOf({ uri, pkgid = '' }: { readonly uri: string | undefined; readonly pkgid: string | undefined }): string {
    const { name, range: version } = splitSpecifier(pkgid);
    return uri ?? this.known(name)?.versions?.[version]?.dist?.tarball ?? tarballAddress(this.registry, name, version);
  }

  /** The nearest folder that `isRoot` accepts; the current one if there is none. */
  findRoot(isRoot: (folder: string) => boolean): string {
    return [...upwards(this.cwd)].find(isRoot) ?? this.cwd;
  }

  has(folder: string, file: string): boolean {
    return this.session.disk.isFile(resolvePath(folder, file));
  }

  files(root: string): ProjectFiles {
    const { disk } = this.session;
    return {
      read: (path) => disk.readText(resolvePath(root, path)),
      folders: (path) =>
        disk
          .list(resolvePath(root, path))
          .filter(({ type }) => type === S_IFDIR)
          .map(({ name }) => name),
    };
  }

  /** Manifests of the folders that `file:` and `link:` specifiers of a project name, and of those that these name. */
  localFolders(project: Project): Map<string, ProjectManifest> {
    const found = new Map<string, ProjectManifest>();
    const follow = (folder: string, manifest: ProjectManifest): void => {
      for (const field of dependencyFields) {
        for (const range of Object.values(manifest[field] ?? {})) {
          const path = /^(?:file:|link:|portal:)?(\.{0,2}\/?[^:]*)$/.exec(range)?.[1];
          if (path === undefined || !/^(?:file:|link:|portal:|\.)/.test(range)) continue;
          const place = relativePath(project.root, resolvePath(project.root, folder, path));
          const text = this.session.disk.readText(resolvePath(project.root, place, 'package.json'));
          if (text === undefined || found.has(place)) continue;
          const inner = parseManifest(text, place);
          found.set(place, inner);
          follow(place, inner);
        }
      }
    };
    for (const { folder, manifest } of project.workspaces) follow(folder, manifest);
    return found;
  }

  /** The name of the package in a folder that was named on the command line; undefined if there is none. */
  folderName(text: string): string | undefined {
    const path = resolvePath(this.cwd, text.replace(/^(?:file|link|portal):/, ''));
    const manifest = this.session.disk.readText(resolvePath(path, 'package.json'));
    return manifest === undefined ? undefined : (parseManifest(manifest, path).name ?? path.slice(path.lastIndexOf('/') + 1));
  }

  /** Runs a command that changes what is installed: from what it reads first to the project's last script, no other one is under way. */
  inTurn(command: () => Promise<number>): Promise<number> {
    return takeTurn(this.session, command);
  }

  async install(plan: TreePlan, options: InstallOptions = {}): Promise<InstallResult> {
    const result = await installPlan(this.session, plan, { ...options, tarOf: (path) => this.#tarOf(path) });
    if (this.session.expectsNode) this.session.startNode({ later: true });
    return result;
  }

  /** All files of a folder but what was installed into it. */
  #tarOf(root: string): Uint8Array<ArrayBuffer> {
    const { disk } = this.session;
    const entries: PackedEntry[] = [];
    const walk = (folder: string): void => {
      for (const { name, type } of disk.list(resolvePath(root, folder))) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (name === 'node_modules' || name === '.git') continue;
        const full = resolvePath(root, path);
        if (type === S_IFDIR) walk(path);
        else if (disk.isFile(full))
          entries.push({
            path: `package/${path}`,
            data: disk.readBytes(full) ?? new Uint8Array(0),
            mode: (disk.stat(full)?.mode ?? 0o644) & 0o777,
          });
      }
    };
    walk('');
    return writeTar(entries);
  }

  /** Writes files at once, without an install. */
  write(root: string, path: string, text: string): void {
    this.session.disk.write(resolvePath(root, path), text);
  }

  /**
   * A script of a package, its output as it comes.
   *
   * @param options.quiet Nobody sees what it says.
   * @param options.quote How its manager shows a word of the command line.
   * @returns The exit code.
   */
  async script(
    folder: string,
    event: string,
    args: readonly string[],
    options: {
      readonly before?: (command: string) => Promise<void>;
      readonly quote?: (word: string) => string;
      readonly quiet?: boolean;
      /** Gets what it says, line by line, in the place of the terminal. */
      readonly onLine?: (line: string) => void;
      /** Gets what had no end of line. Default: as a line. */
      readonly onRest?: (text: string) => void;
    } = {},
  ): Promise<number> {
    const text = this.session.disk.readText(resolvePath(folder, 'package.json')) ?? '{}';
    const manifest = parseManifest(text, resolvePath(folder, 'package.json')) as Manifest;
    const command = manifest.scripts?.[event];
    if (command === undefined) return 0;
    await options.before?.([command, ...args.map(options.quote ?? quoteForShell)].join(' '));
    await this.context.stdout.flush();
    const { onLine, onRest = onLine } = options;
    const streams = onLine === undefined ? undefined : ([new LineSplitter(onLine), new LineSplitter(onLine)] as const);
    const code = await this.#codeOf(async () => {
      await runScript(this.session, {
        event,
        path: folder,
        manifest,
        args,
        stdio: options.quiet === true || streams !== undefined ? 'pipe' : 'inherit',
        ...(streams === undefined ? {} : { onOutput: (bytes, stream) => streams[stream === 1 ? 0 : 1].add(bytes) }),
        banner: false,
      });
      return 0;
    });
    for (const stream of streams ?? []) {
      const rest = stream.end();
      if (rest !== '') onRest?.(rest);
    }
    return code;
  }

  /** A program, found as a script in `folder` would find it. @returns Its exit code; undefined if there is no such program. */
  async program(
    folder: string,
    argv: readonly string[],
    before: readonly string[] = [],
    cwd: string = this.cwd,
  ): Promise<number | undefined> {
    const env = this.environment(folder, { program: argv[0] ?? '' });
    env.set('PATH', pathWithBins(folder, env.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin', before));
    await this.context.stdout.flush();
    try {
      const { code, signal } = await spawn(this.session, argv, { cwd, env, stdio: 'inherit' });
      return code ?? (signal === null ? 1 : 128 + (signalNumbers[signal] ?? 15));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #codeOf(run: () => Promise<number>): Promise<number> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Failure) || error.details['scriptFailed'] !== true) throw error;
      const { exitCode, signal } = error.details;
      return exitCode ?? (signal === undefined ? 1 : 128 + (signalNumbers[signal] ?? 15));
    }
  }
}

const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };

/** Whether a package's own scripts may run: those that the project names. */
export function scriptsOnlyOf(names: readonly string[]): (node: PlannedPackage) => boolean {
  const allowed = new Set(names);
  return ({ name }) => allowed.has(name);
}

/** What the user is told of a package that another one stands in for. */
export function substitutionText({ name, version, by, byVersion }: InstallResult['substituted'][number]): string {
  return `${name}@${version} has no version for browsers: ${by}@${byVersion} takes its place here`;
}

/** What the user is told of a package whose native code nothing stands in for. */
export function unusableText({ name, version, advice }: InstallResult['unusable'][number]): string {
  return `${name}@${version} does not run in a page: ${advice}`;
}

/** A failure's text as its manager would begin it. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export const isEnd = (error: unknown) => error instanceof ProcessEnded || (error as { code?: string } | null)?.code === 'EPIPE';
