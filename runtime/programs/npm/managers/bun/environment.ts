/** What bun tells what it starts. */
import type { EnvironmentOf } from '../manager-run.ts';
import { setManager, setPackage, setScript, userAgent } from '../started-environment.ts';
import { bunVersion } from './help.ts';

/** @param command As npm names it: `run-script`, `exec`; undefined for an install, which says nothing of it. */
export const bunEnvironment =
  (command: string | undefined): EnvironmentOf =>
  (env, started) => {
    setManager(env, 'bun', userAgent('bun', bunVersion));
    setPackage(env, started, { fields: ['name', 'version', 'config'] });
    setScript(env, started);
    env.set('npm_config_local_prefix', started.folder).set('NODE', '/bin/node');
    if (command === undefined) return env.set('INIT_CWD', started.initialFolder);
    if (command === 'exec') env.set('npm_lifecycle_event', 'bunx').set('npm_lifecycle_script', started.program ?? '');
    return env.set('npm_command', command);
  };
