/** `npm root` and `npm prefix`. */
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import type { Command } from './command.ts';

/** Where packages are: the project's `node_modules`, or the global one. */
export function modulesFolderOf({ config }: Session): string {
  return config.global ? resolvePath(config.globalPrefix, 'lib/node_modules') : resolvePath(config.localPrefix, 'node_modules');
}

export const root: Command = {
  ignoresImplicitWorkspace: true,
  run: (session) => {
    session.display.output(modulesFolderOf(session));
    return Promise.resolve();
  },
};

export const prefix: Command = {
  ignoresImplicitWorkspace: true,
  run: (session) => {
    session.display.output(session.config.prefix);
    return Promise.resolve();
  },
};
