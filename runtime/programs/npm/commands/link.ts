/** `npm link`: the project as a global package, or a global package in the project, both as links. */
import { Failure } from '../failure.ts';
import { takeTurn } from '../install/turns.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { installResolved } from './change-tree.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

const isFolder = (arg: string) => /^(?:file:|\.{0,2}\/|\.{1,2}$|~\/)/.test(arg);

/** What runs in `work` is about the global packages. */
async function globally(session: Session, work: () => Promise<void>): Promise<void> {
  const { config } = session;
  config.set('global', true);
  try {
    session.disk.makeFolders(resolvePath(config.globalPrefix, 'lib'));
    await work();
  } finally {
    config.set('global', false);
  }
}

async function linkInto(session: Session, args: readonly string[]): Promise<void> {
  const { config, disk, cwd } = session;
  const modules = resolvePath(config.globalPrefix, 'lib/node_modules');
  const nameOf = (arg: string) => {
    if (!isFolder(arg)) return arg.replace(/(?!^)@.*$/, '');
    return readManifest(disk, resolvePath(cwd, arg.replace(/^file:/, ''))).name ?? '';
  };
  const names = args.map(nameOf);
  const missing = args.filter((arg, i) => isFolder(arg) || !disk.exists(resolvePath(modules, names[i] ?? '')));
  if (missing.length > 0) await globally(session, () => installResolved(session, missing, { quiet: true, prune: false }));
  const kinds = ['save-optional', 'save-peer', 'save-dev', 'save-prod'];
  const save = (!config.isDefault('save') && config.flag('save')) || kinds.some((kind) => config.flag(kind));
  await installResolved(
    session,
    names.map((name) => `file:${resolvePath(modules, name)}`),
    { save, prune: false },
  );
}

async function runLink(session: Session, given: readonly string[], forWorkspaces: boolean): Promise<void> {
  const { config, cwd } = session;
  if (config.global) throw new Failure('link should never be --global.\nPlease re-run this command with --local', { code: 'ELINKGLOBAL' });
  config.set('install-links', false);
  const args = given.filter((arg) => resolvePath(cwd, arg) !== config.prefix);
  if (args.length > 0) return linkInto(session, args);
  const folders = forWorkspaces ? [...workspacesOf(session, false).values()] : [config.prefix];
  await globally(session, () =>
    installResolved(
      session,
      folders.map((folder) => `file:${folder}`),
    ),
  );
}

export const link: Command = {
  forWorkspaces: true,
  run: (session, args, forWorkspaces) => takeTurn(session, () => runLink(session, args, forWorkspaces)),
};
