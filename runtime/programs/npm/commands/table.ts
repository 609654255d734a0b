/** Every command, loaded when it runs. */
import type { Session } from '../session.ts';
import type { CommandName } from './names.ts';

export interface Command {
  /** @param forWorkspaces `-w` or `--workspaces` was given, and the command can do it. */
  readonly run: (session: Session, args: readonly string[], forWorkspaces: boolean) => Promise<void>;
  /** Can work on some workspaces. */
  readonly forWorkspaces?: boolean;
  /** Being in a workspace's folder is no reason to work on it only. */
  readonly ignoresImplicitWorkspace?: boolean;
  /** Only starts a program: what it says of its failure is enough. */
  readonly isShellout?: boolean;
}

const install = () => import('./install.ts');
const changes = () => import('./change-tree.ts');
const runs = () => import('./run.ts');

export const commandTable: { readonly [C in CommandName]: () => Promise<Command> } = {
  cache: async () => (await import('./cache.ts')).cache,
  ci: async () => (await install()).ci,
  config: async () => (await import('./config.ts')).config,
  dedupe: async () => (await changes()).dedupe,
  exec: async () => (await import('./exec.ts')).exec,
  explain: async () => (await import('./explain.ts')).explain,
  fund: async () => (await import('./fund.ts')).fund,
  get: async () => (await import('./config.ts')).get,
  help: async () => (await import('./help.ts')).help,
  init: async () => (await import('./init.ts')).init,
  install: async () => (await install()).installCommand,
  'install-ci-test': async () => (await install()).installCiTest,
  'install-test': async () => (await install()).installTest,
  ll: async () => (await import('./ls.ts')).ll,
  ls: async () => (await import('./ls.ts')).ls,
  outdated: async () => (await import('./outdated.ts')).outdated,
  pack: async () => (await import('./pack.ts')).pack,
  ping: async () => (await import('./ping.ts')).ping,
  pkg: async () => (await import('./pkg.ts')).pkg,
  prefix: async () => (await import('./folders.ts')).prefix,
  prune: async () => (await changes()).prune,
  rebuild: async () => (await import('./rebuild.ts')).rebuild,
  restart: async () => (await runs()).restart,
  root: async () => (await import('./folders.ts')).root,
  run: async () => (await runs()).run,
  set: async () => (await import('./config.ts')).set,
  start: async () => (await runs()).start,
  stop: async () => (await runs()).stop,
  test: async () => (await runs()).test,
  uninstall: async () => (await changes()).uninstall,
  update: async () => (await changes()).update,
  version: async () => (await import('./version.ts')).version,
  view: async () => (await import('./view.ts')).view,
};
