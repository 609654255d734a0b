/** `yarn remove`. */
import type { Words } from '../../../command-line.ts';
import { manifestPathOf } from '../../../manager-project.ts';
import type { ClassicProject } from '../classic-project.ts';
import { ClassicError } from '../errors.ts';
import { reify } from '../reify.ts';

export async function remove(yarn: ClassicProject, words: Words, names: readonly string[]): Promise<number> {
  await yarn.begin('remove');
  if (names.length === 0) throw new ClassicError('Not enough arguments, expected at least 1.');
  if (yarn.lock() === undefined) throw new ClassicError('No lockfile in this directory. Run `yarn install` to generate one.');
  const project = yarn.load();
  const path = manifestPathOf(yarn.ownWorkspace(project));
  const edit = yarn.edit(path);
  let step = 1;
  const steps = names.length + 1;
  for (const name of names) {
    await yarn.say(`[${step++}/${steps}] Removing module ${name}...`);
    if (!edit.remove(name, undefined, true)) throw new ClassicError("This module isn't specified in a package.json file.");
  }
  await yarn.say(`[${step}/${steps}] Regenerating lockfile and installing missing dependencies...`);
  const changed = new Map([[path, edit.text]]);
  await reify(yarn, yarn.load(changed), words, changed, yarn.lock() ?? new Map(), { from: 5 });
  await yarn.say('success Uninstalled packages.');
  return yarn.done();
}
