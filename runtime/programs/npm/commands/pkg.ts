/** `npm pkg`: reads and changes `package.json`. */
import { Failure } from '../failure.ts';
import { deleteField, queryFields, setField } from '../manifest/query.ts';
import { readManifestFile } from '../manifest/read-manifest.ts';
import { saveManifest } from '../manifest/save-manifest.ts';
import type { Session } from '../session.ts';
import { usageFailure } from './help.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

function onPath(session: Session, [action, ...args]: readonly string[], path: string, workspace?: string): void {
  const { display, disk, config } = session;
  if (action === 'get') display.json = true;
  const file = readManifestFile(disk, path);
  const { content } = file;
  const save = () => saveManifest(disk, file);
  if (action === 'get') {
    let result: unknown = content;
    if (args.length > 0) {
      const found = Object.assign({}, ...args.map((arg) => queryFields(content, arg))) as Record<string, unknown>;
      const keys = Object.keys(found);
      result = keys.length === 1 && args.length === 1 ? found[args[0] as string] : found;
    }
    display.buffer(workspace === undefined ? result : { [workspace]: result });
    return;
  }
  if (action === 'set') {
    const wrong = 'npm pkg set expects a key=value pair of args.';
    if (args.length === 0) throw usageFailure('pkg', wrong);
    for (const arg of args) {
      const [key = '', value = ''] = arg.split(/=(.*)/s);
      if (key === '' || value === '') throw usageFailure('pkg', wrong);
      setField(content, key, display.json ? JSON.parse(value) : value, config.flag('force'));
    }
    display.json = false;
    save();
    return;
  }
  if (action === 'delete') {
    if (args.length === 0 || args.includes('')) throw usageFailure('pkg', 'npm pkg delete expects key args.');
    for (const arg of args) deleteField(content, arg);
    save();
    return;
  }
  if (action === 'fix') throw new Failure('`npm pkg fix` is not implemented here.');
  throw usageFailure('pkg');
}

export const pkg: Command = {
  forWorkspaces: true,
  run: (session, args, forWorkspaces) => {
    if (session.config.global) throw new Failure("There's no package.json file to manage on global mode", { code: 'EPKGGLOBAL' });
    if (!forWorkspaces) onPath(session, args, session.config.localPrefix);
    else for (const [name, path] of workspacesOf(session)) onPath(session, args, path, name);
    return Promise.resolve();
  },
};
