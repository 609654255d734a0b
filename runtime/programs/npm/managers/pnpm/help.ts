/** What `pnpm help` says, and what no page can do. */
import { pnpmVersion } from './layout.ts';

export const helpText = `Version ${pnpmVersion}
Usage: pnpm [command] [flags]
       pnpm [ -h | --help | -v | --version ]

Manage your dependencies:
      add                  Installs a package and any packages that it depends on. By default, any new package is installed as a prod dependency
   i, install              Install all dependencies for a project
  rm, remove               Removes packages from node_modules and from the project's package.json
  up, update               Updates packages to their latest version based on the specified range

Review your dependencies:
  ls, list                 Print all the versions of packages that are installed
      why                  Shows all packages that depend on the specified package

Run your scripts:
      exec                 Executes a shell command in scope of a project
      run                  Runs a defined package script
      start                Runs an arbitrary command specified in the package's "start" property of its "scripts" object
   t, test                 Runs a package's "test" script, if one was provided

Other:
      create               Create a project from a "create-*" or "@foo/create-*" starter kit
      dlx                  Fetches a package from the registry without installing it as a dependency, hot loads it, and runs whatever default command binary it exposes
      init                 Create a package.json file`;

export const unavailable = new Set([
  'publish',
  'login',
  'logout',
  'store',
  'server',
  'patch',
  'patch-commit',
  'deploy',
  'setup',
  'env',
  'self-update',
  'link',
  'unlink',
  'audit',
  'outdated',
  'pack',
  'config',
  'import',
  'rebuild',
  'prune',
  'fetch',
  'approve-builds',
  'dedupe',
  'licenses',
]);
