/** `npm shrinkwrap`: the lockfile under the name that is published. */
import { Failure } from '../failure.ts';
import { hiddenLockPlace, lockNames } from '../lockfile/lock.ts';
import { formatJson, parseJson } from '../manifest/json.ts';
import { resolvePath } from '../paths.ts';
import type { Command } from './command.ts';

export const shrinkwrap: Command = {
  run: (session) => {
    const { config, disk, display } = session;
    if (config.global) throw new Failure('`npm shrinkwrap` does not work for global packages', { code: 'ESHRINKWRAPGLOBAL' });
    const root = config.localPrefix;
    const [published, usual] = lockNames;
    const wanted = Number(config.text('lockfile-version'));
    const done = (message: string) => display.log('notice', '', message);
    const target = resolvePath(root, published);
    const place = [published, usual, hiddenLockPlace].find((one) => disk.exists(resolvePath(root, one)));
    if (place === undefined) {
      throw new Failure('Cannot make npm-shrinkwrap.json: there is neither a lockfile nor anything installed. Run `npm install` first');
    }
    const { value, format } = parseJson(disk.readText(resolvePath(root, place)) ?? '');
    const lock = value as { lockfileVersion?: number };
    if ((wanted === 1 || wanted === 2 || wanted === 3) && wanted !== lock.lockfileVersion) {
      throw new Failure(
        `\`npm shrinkwrap\` does not change the lockfile's version here; run \`npm install --lockfile-version=${wanted}\` first.`,
      );
    }
    if (place === published) done('npm-shrinkwrap.json up to date');
    else {
      disk.write(target, formatJson(lock, format));
      if (place === usual) disk.remove(resolvePath(root, usual));
      done(place === usual ? 'package-lock.json has been renamed to npm-shrinkwrap.json' : 'created a lockfile as npm-shrinkwrap.json');
    }
    return Promise.resolve();
  },
};
