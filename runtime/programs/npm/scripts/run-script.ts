/** One script of a package, as `@npmcli/run-script` runs it. */
import { ProcessEnded } from '../../../process/streams.ts';
import { decodeText } from '../../../process/text.ts';
import { Failure } from '../failure.ts';
import { idOf, type Manifest } from '../manifest/manifest.ts';
import { resolvePath, upwards } from '../paths.ts';
import { turnOf, turnVariable } from '../install/turns.ts';
import type { Session } from '../session.ts';
import { spawn, type SpawnOptions } from './spawn.ts';

export interface ScriptRequest {
  readonly event: string;
  /** The folder of the package. */
  readonly path: string;
  readonly manifest: Manifest;
  /** Added to the command, each as one word. */
  readonly args?: readonly string[];
  /** Instead of what the manifest says. */
  readonly command?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdio: 'inherit' | 'pipe';
  /** Of what is written to pipes, as it comes. */
  readonly onOutput?: SpawnOptions['onOutput'];
  /** Folders that are looked in for commands before all others. */
  readonly binFolders?: readonly string[];
  /** Default true, where `stdio` is `inherit`. */
  readonly banner?: boolean;
  /** Whether the banner says whose script it is. Default true. */
  readonly named?: boolean;
}

export interface ScriptResult {
  /** Undefined: there was nothing to run. */
  readonly command?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is about to run, as those see it who say what it finds in its environment. */
export interface StartedScript {
  readonly event: string;
  readonly path: string;
  readonly manifest: Manifest;
  readonly command: string;
  readonly args: readonly string[];
}

/** `npm_package_…` */
export function manifestEnvironment(manifest: Manifest): Map<string, string> {
  const env = new Map<string, string>();
  const add = (key: string, value: unknown) => {
    if (value === undefined) return;
    if (value === null || value === false) env.set(key, '');
    else if (Array.isArray(value)) value.forEach((one, i) => add(`${key}_${i}`, one));
    else if (typeof value === 'object') for (const [name, one] of Object.entries(value)) add(`${key}_${name}`, one);
    else env.set(key, String(value as string | number));
  };
  const { name, version, config, engines, bin } = manifest as Manifest & { readonly config?: unknown };
  for (const [key, value] of Object.entries({ name, version, config, engines, bin })) add(`npm_package_${key}`, value);
  return env;
}

/** What npm tells its scripts. */
function npmEnvironment(session: Session, { event, path, manifest, command }: StartedScript, more: ScriptRequest['env'] = {}) {
  const env = session.config.environment();
  for (const [name, value] of [...Object.entries(more), ...manifestEnvironment(manifest)]) {
    if (value !== undefined) env.set(name, value);
  }
  env.set('npm_command', session.command);
  env.set('npm_package_json', resolvePath(path, 'package.json'));
  env.set('npm_lifecycle_event', event);
  env.set('npm_lifecycle_script', command);
  env.set('npm_execpath', '/bin/npm');
  env.set('npm_node_execpath', '/bin/node');
  env.set('NODE', '/bin/node');
  env.set('COLOR', session.config.flag('color') && session.context.stdout.isTty ? '1' : '0');
  return env;
}

/** `PATH` with the commands of the packages of this folder and all above it. */
export function pathWithBins(folder: string, path: string, before: readonly string[] = []): string {
  const bins = [...upwards(folder)].map((parent) => resolvePath(parent, 'node_modules/.bin'));
  return [...before, ...bins, '/usr/lib/npm/node-gyp-bin', path].join(':');
}

/** A word as `sh` reads it back. */
export function quoteForShell(word: string): string {
  if (word === '') return "''";
  if (!/[\t \n\r"#$&'()*;<>?\\`|~]/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`.replace(/^(?:'')+(?!$)/, '').replace(/\\'''/g, "\\'");
}

/** What would run; undefined for nothing. */
export function commandOf(session: Session, manifest: Manifest, event: string, path: string): string | undefined {
  const { scripts = {} } = manifest;
  if (Object.hasOwn(scripts, event) && scripts[event] !== '') return scripts[event];
  if (
    event === 'install' &&
    scripts['preinstall'] === undefined &&
    manifest.gypfile !== false &&
    session.disk.isFile(resolvePath(path, 'binding.gyp'))
  ) {
    return 'node-gyp rebuild';
  }
  if (event === 'start' && session.disk.isFile(resolvePath(path, 'server.js'))) return 'node server.js';
  return undefined;
}

/**
 * Runs a script to its end.
 *
 * @throws {Failure} with the program's exit code or signal, `cmd`, `args`, `path` and what it wrote, where it did not end well.
 */
export async function runScript(session: Session, request: ScriptRequest): Promise<ScriptResult> {
  const { event, path, manifest, args = [], stdio } = request;
  const command = request.command ?? commandOf(session, manifest, event, path);
  if (command === undefined) return { stdout: '', stderr: '' };
  if (stdio === 'inherit' && request.banner !== false && !session.silent) {
    const id = request.named === false ? undefined : idOf(manifest);
    const shown = `> ${command.trim().replaceAll('\n', '\n> ')}${args.length > 0 ? ` ${args.join(' ')}` : ''}`;
    const banner = `\n> ${id === undefined ? '' : `${id} `}${event}\n${shown}\n`;
    if (session.display.json) session.display.outputError(banner);
    else session.display.output(banner);
  }
  const started = { event, path, manifest, command, args };
  const env = session.environmentOf?.(started) ?? npmEnvironment(session, started, request.env);
  const turn = turnOf(session);
  if (turn !== 0) env.set(turnVariable, String(turn));
  env.set('PATH', pathWithBins(path, env.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin', request.binFolders));
  const shell = session.config.text('script-shell') ?? 'sh';
  const line = [command, ...args.map(quoteForShell)].join(' ');
  const { onOutput } = request;
  const ended = await spawn(session, [shell, '-c', line], { cwd: path, env, stdio, ...(onOutput === undefined ? {} : { onOutput }) });
  const [stdout, stderr] = [decodeText(ended.stdout), decodeText(ended.stderr)];
  if (ended.code === 0) return { command, stdout, stderr };
  const { code, signal } = ended;
  // As npm does: it ends by the signal that ended its program.
  if (signal !== null && stdio === 'inherit') throw new ProcessEnded({ signal });
  throw new Failure('command failed', {
    exitCode: code ?? undefined,
    signal: signal ?? undefined,
    cmd: shell,
    args: ['-c', line],
    path,
    event,
    script: command,
    pkgid: idOf(manifest),
    stdout,
    stderr,
    scriptFailed: true,
  });
}
