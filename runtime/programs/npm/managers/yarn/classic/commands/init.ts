/** `yarn init`. */
import { resolvePath } from '../../../../paths.ts';
import type { Words } from '../../../command-line.ts';
import type { ClassicProject } from '../classic-project.ts';

export async function init(yarn: ClassicProject, words: Words): Promise<number> {
  await yarn.begin('init');
  const { cwd } = yarn.run;
  const manifest = {
    name: cwd.slice(cwd.lastIndexOf('/') + 1),
    version: '1.0.0',
    main: 'index.js',
    license: 'MIT',
    ...(words.flags.has('private') || words.flags.has('p') ? { private: true } : {}),
  };
  const before = yarn.run.session.disk.readText(resolvePath(cwd, 'package.json'));
  yarn.run.write(
    cwd,
    'package.json',
    `${JSON.stringify({ ...manifest, ...(before === undefined ? {} : (JSON.parse(before) as object)) }, null, 2)}\n`,
  );
  if (!words.flags.has('yes'))
    await yarn.warn(
      'The yes flag has been set. This will automatically answer yes to all questions, which may have security implications.',
    );
  await yarn.say('success Saved package.json');
  return yarn.done();
}
