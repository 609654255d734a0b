/** `yarn init`. */
import { resolvePath } from '../../../../paths.ts';
import type { Words } from '../../../command-line.ts';
import type { BerryProject } from '../berry-project.ts';
import { berryVersion } from '../help.ts';

export async function init(yarn: BerryProject, words: Words): Promise<number> {
  const { cwd } = yarn.run;
  const before = yarn.run.session.disk.readText(resolvePath(cwd, 'package.json'));
  const manifest = {
    name: cwd.slice(cwd.lastIndexOf('/') + 1),
    packageManager: `yarn@${berryVersion}`,
    ...(words.flags.has('private') || words.flags.has('p') ? { private: true } : {}),
    ...(before === undefined ? {} : (JSON.parse(before) as object)),
  };
  yarn.run.write(cwd, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  if (!yarn.run.has(cwd, 'yarn.lock')) yarn.run.write(cwd, 'yarn.lock', '');
  await yarn.run.out(JSON.stringify(manifest, null, 2));
  return 0;
}
