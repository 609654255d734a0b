/** `npm run` and the commands that only run a script of their name. */
import { Failure } from '../failure.ts';
import { idOf, type Manifest } from '../manifest/manifest.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { chooseWorkspaces } from '../manifest/workspaces.ts';
import { resolvePath } from '../paths.ts';
import { runScript } from '../scripts/run-script.ts';
import type { Session } from '../session.ts';
import type { Command } from './command.ts';

/** The workspaces that `-w` and `--workspaces` name, by name. */
export function workspacesOf(session: Session, includeRoot = session.config.flag('include-workspace-root')): Map<string, string> {
  const { config, disk, cwd } = session;
  const root = config.localPrefix;
  const from = cwd.startsWith(root) ? cwd : root;
  return chooseWorkspaces(disk, readManifest(disk, root), config.list('workspace'), { root, from, includeRoot });
}

async function runEvent(session: Session, event: string, args: readonly string[], path: string, workspace?: string): Promise<void> {
  const { disk, config } = session;
  const read = readManifest(disk, path);
  const scripts: Record<string, string> = { ...read.scripts };
  if (event === 'restart') scripts['restart'] ??= 'npm stop --if-present && npm start';
  if (event === 'env') scripts['env'] ??= 'env';
  const manifest: Manifest = { ...read, scripts };
  const isServer = event === 'start' && disk.isFile(resolvePath(path, 'server.js'));
  if (!Object.hasOwn(scripts, event) && !isServer) {
    if (config.flag('if-present')) return;
    const where = workspace !== undefined && path !== config.localPrefix ? ` --workspace=${idOf(manifest) ?? manifest.name ?? ''}` : '';
    const { didYouMean } = await import('./did-you-mean.ts');
    throw new Failure(
      [`Missing script: "${event}"${didYouMean(manifest, event)}`, '', 'To see a list of scripts, run:', `  npm run${where}`].join('\n'),
    );
  }
  const events: (readonly [string, readonly string[]])[] = [[event, args]];
  if (!config.flag('ignore-scripts')) {
    if (scripts[`pre${event}`] !== undefined && scripts[`pre${event}`] !== '') events.unshift([`pre${event}`, []]);
    if (scripts[`post${event}`] !== undefined && scripts[`post${event}`] !== '') events.push([`post${event}`, []]);
  }
  for (const [name, words] of events) await runScript(session, { event: name, path, manifest, args: words, stdio: 'inherit' });
}

const lifecycleScripts = new Set(
  `prepare prepublishOnly prepack postpack dependencies preinstall install postinstall prepublish publish postpublish prerestart restart
  postrestart prestart start poststart prestop stop poststop pretest test posttest preuninstall uninstall postuninstall preversion version
  postversion`.split(/\s+/),
);

/** Whether anything was printed. */
function listScripts(session: Session, path: string, workspace?: string): boolean {
  const { display, disk } = session;
  const manifest = readManifest(disk, path);
  const entries = Object.entries(manifest.scripts ?? {});
  if (session.silent) return false;
  if (display.json) {
    display.buffer(workspace === undefined ? (manifest.scripts ?? {}) : { [workspace]: manifest.scripts ?? {} });
    return false;
  }
  if (entries.length === 0) return false;
  if (session.config.flag('parseable')) {
    display.output(entries.map((entry) => (workspace === undefined ? entry : [workspace, ...entry]).join(':')).join('\n'));
    return false;
  }
  const { reset, bold, cyan, dim, blue } = display.colors;
  const of = `in ${cyan(idOf(manifest) ?? manifest.name ?? 'undefined')}`;
  const title = (text: string) => reset(bold(text));
  const lifecycle = entries.filter(([name]) => lifecycleScripts.has(name));
  const others = entries.filter(([name]) => !lifecycleScripts.has(name));
  const show = ([name, script]: [string, string]) => {
    display.output(`  ${name}`);
    display.output(`    ${dim(script)}`);
  };
  if (lifecycle.length > 0) {
    display.output(`${title('Lifecycle scripts')} included ${of}:`);
    lifecycle.forEach(show);
  }
  if (others.length > 0) {
    const via = `via \`${blue('npm run')}\`:`;
    display.output(lifecycle.length === 0 ? `${title('Scripts')} available ${of} ${via}` : `available ${via}`);
    others.forEach(show);
  }
  return true;
}

async function runCommand(session: Session, args: readonly string[], forWorkspaces: boolean): Promise<void> {
  const [event, ...rest] = args;
  if (!forWorkspaces) {
    const path = session.config.localPrefix;
    if (event === undefined) listScripts(session, path);
    else await runEvent(session, event, rest, path);
    return;
  }
  const all = [...workspacesOf(session)];
  for (const [name, path] of all) {
    const isLast = path === all.at(-1)?.[1];
    if (event === undefined) {
      if (listScripts(session, path, name) && !isLast) session.display.output();
      continue;
    }
    const manifest = readManifest(session.disk, path);
    try {
      await runEvent(session, event, rest, path, name);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      session.checkInterrupted();
      const { printReport, reportOf } = await import('../error-report.ts');
      const report = reportOf(session, error, false);
      printReport(session, {
        ...report,
        facts: [
          ['', `Lifecycle script \`${event}\` failed with error:`],
          ...report.facts,
          ['workspace', idOf(manifest) ?? manifest.name ?? ''],
          ['location', path],
        ],
      });
      session.exitCode = report.exitCode;
      if (!isLast) session.display.outputError('');
    }
  }
}

export const run: Command = { forWorkspaces: true, isShellout: true, run: runCommand };

function ofName(name: string): Command {
  return { ...run, run: (session, args, forWorkspaces) => runCommand(session, [name, ...args], forWorkspaces) };
}

export const test = ofName('test');
export const start = ofName('start');
export const stop = ofName('stop');
export const restart = ofName('restart');
