/** What Yarn 4 tells what it starts. */
import type { EnvironmentOf } from '../../manager-run.ts';
import { setManager, setPackage, userAgent } from '../../started-environment.ts';
import { berryVersion } from './help.ts';

/** @param root The project's folder. */
export const berryEnvironment =
  (root: string): EnvironmentOf =>
  (env, started) => {
    env.set('INIT_CWD', started.initialFolder).set('PROJECT_CWD', root);
    setManager(env, 'yarn', userAgent('yarn', berryVersion));
    setPackage(env, started, { fields: ['name', 'version'] });
    if (started.script !== undefined) env.set('npm_lifecycle_event', started.script.event);
    return env;
  };
