/** What pnpm tells what it starts. */
import { quoteForShell } from '../../scripts/run-script.ts';
import type { EnvironmentOf } from '../manager-run.ts';
import { setManager, setPackage, setScript, userAgent } from '../started-environment.ts';
import { pnpmVersion } from './layout.ts';

/** @param command As npm names it: `install`, `run-script`. */
export const pnpmEnvironment =
  (command: string): EnvironmentOf =>
  (env, started) => {
    const { script, manifest, folder, initialFolder } = started;
    env.set('npm_config_verify_deps_before_run', 'false').set('pnpm_config_verify_deps_before_run', 'false');
    if (script === undefined) {
      env.set('npm_config_user_agent', userAgent('pnpm', pnpmVersion)).set('npm_command', 'exec');
      if (manifest?.name !== undefined) env.set('PNPM_PACKAGE_NAME', manifest.name);
      return env;
    }
    setManager(env, 'pnpm', userAgent('pnpm', pnpmVersion));
    setPackage(env, started, { fields: ['name', 'version', 'config', 'engines', 'bin'] });
    setScript(env, started);
    env
      .set('INIT_CWD', initialFolder)
      .set('npm_command', command)
      .set('npm_config_frozen_lockfile', '')
      .set('NODE', '/bin/node')
      .set('PNPM_SCRIPT_SRC_DIR', folder);
    env.set('npm_lifecycle_script', [script.command, ...script.args.map(quoteForShell)].join(' '));
    return env;
  };
