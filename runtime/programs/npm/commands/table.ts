/** Every command, loaded when it runs. */
import type { Command } from './command.ts';
import type { CommandName } from './names.ts';

const install = () => import('./install.ts');
const changes = () => import('./change-tree.ts');
const runs = () => import('./run.ts');

const urls = () => import('./package-url.ts');
const scripts = () => import('./install-scripts.ts');

export const commandTable: { readonly [C in CommandName]: () => Promise<Command> } = {
  'approve-scripts': async () => (await scripts()).approveScripts,
  bugs: async () => (await urls()).bugs,
  cache: async () => (await import('./cache.ts')).cache,
  ci: async () => (await install()).ci,
  config: async () => (await import('./config.ts')).config,
  dedupe: async () => (await changes()).dedupe,
  'deny-scripts': async () => (await scripts()).denyScripts,
  docs: async () => (await urls()).docs,
  exec: async () => (await import('./exec.ts')).exec,
  explain: async () => (await import('./explain.ts')).explain,
  explore: async () => (await import('./explore.ts')).explore,
  'find-dupes': async () => (await changes()).findDupes,
  fund: async () => (await import('./fund.ts')).fund,
  get: async () => (await import('./config.ts')).get,
  help: async () => (await import('./help.ts')).help,
  init: async () => (await import('./init.ts')).init,
  install: async () => (await install()).installCommand,
  'install-ci-test': async () => (await install()).installCiTest,
  'install-scripts': async () => (await scripts()).installScripts,
  'install-test': async () => (await install()).installTest,
  link: async () => (await import('./link.ts')).link,
  ll: async () => (await import('./ls.ts')).ll,
  ls: async () => (await import('./ls.ts')).ls,
  outdated: async () => (await import('./outdated.ts')).outdated,
  pack: async () => (await import('./pack.ts')).pack,
  ping: async () => (await import('./ping.ts')).ping,
  pkg: async () => (await import('./pkg.ts')).pkg,
  prefix: async () => (await import('./folders.ts')).prefix,
  prune: async () => (await changes()).prune,
  rebuild: async () => (await import('./rebuild.ts')).rebuild,
  repo: async () => (await urls()).repo,
  restart: async () => (await runs()).restart,
  root: async () => (await import('./folders.ts')).root,
  run: async () => (await runs()).run,
  set: async () => (await import('./config.ts')).set,
  shrinkwrap: async () => (await import('./shrinkwrap.ts')).shrinkwrap,
  start: async () => (await runs()).start,
  stop: async () => (await runs()).stop,
  test: async () => (await runs()).test,
  uninstall: async () => (await changes()).uninstall,
  update: async () => (await changes()).update,
  version: async () => (await import('./version.ts')).versionCommand(async (...args) => (await changes()).updateWorkspaces(...args)),
  view: async () => (await import('./view.ts')).view,
};
