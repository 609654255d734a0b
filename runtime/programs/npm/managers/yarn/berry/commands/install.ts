/** `yarn install`. */
import type { Words } from '../../../command-line.ts';
import type { BerryProject } from '../berry-project.ts';
import { reify } from '../reify.ts';

export async function install(yarn: BerryProject, words: Words): Promise<number> {
  if (!yarn.has('package.json')) yarn.write('package.json', '{}\n');
  const immutable =
    (words.flags.has('immutable') && words.flags.get('immutable') !== 'false') ||
    (yarn.settings.enableImmutableInstalls === true && !words.flags.has('no-immutable'));
  return reify(yarn, yarn.load(), new Map(), {
    immutable,
    skipBuild: words.flags.get('mode') === 'skip-build',
    lockOnly: words.flags.get('mode') === 'update-lockfile',
  });
}
