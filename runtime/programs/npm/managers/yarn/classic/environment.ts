/** What Yarn 1 tells what it starts. */
import type { EnvironmentOf } from '../../manager-run.ts';
import { commandsOf } from '../../project.ts';
import { setManager, setScript, userAgent } from '../../started-environment.ts';
import { classicVersion } from './help.ts';

/** What it has in its configuration where nobody says otherwise. */
const configuration: Readonly<Record<string, string>> = {
  bin_links: 'true',
  ignore_optional: '',
  ignore_scripts: '',
  init_license: 'MIT',
  init_version: '1.0.0',
  save_prefix: '^',
  strict_ssl: 'true',
  version_commit_hooks: 'true',
  version_git_message: 'v%s',
  version_git_sign: '',
  version_git_tag: 'true',
  version_tag_prefix: 'v',
};

/** @param command Of the command line. @param argv All of it. */
export const classicEnvironment =
  (command: string, argv: readonly string[]): EnvironmentOf =>
  (env, started) => {
    const { manifest, script } = started;
    for (const [name, value] of Object.entries(configuration)) env.set(`npm_config_${name}`, value);
    setManager(env, 'yarn', userAgent('yarn', classicVersion));
    const cooked = command === 'run' && script !== undefined ? [command, script.event] : [command];
    env.set('npm_config_argv', JSON.stringify({ remain: [], cooked, original: argv }));
    env.set('INIT_CWD', started.initialFolder).set('NODE', '/bin/node').set('npm_lifecycle_event', command);
    setScript(env, started);
    const add = (name: string, value: unknown): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value))
          if (!key.startsWith('_')) add(`${name}_${key.replace(/[^a-zA-Z0-9_]/g, '_')}`, inner);
      } else if (value !== undefined && value !== null)
        env.set(name, String(value).includes('\n') ? JSON.stringify(String(value)) : String(value as string));
    };
    if (manifest !== undefined) {
      const bin = commandsOf(manifest);
      add('npm_package', { ...manifest, bin });
    }
    return env;
  };
