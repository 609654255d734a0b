/** `yarn upgrade`. */
import type { Words } from '../../../command-line.ts';
import { manifestPathOf } from '../../../manager-project.ts';
import { dependencyFields } from '../../../manifest-edit.ts';
import { splitSpecifier } from '../../../specifiers.ts';
import type { ClassicProject } from '../classic-project.ts';
import type { ClassicEntry } from '../lockfile.ts';
import { reify } from '../reify.ts';
import { saySaved } from '../saved-lines.ts';
import { added } from './add.ts';

export async function upgrade(yarn: ClassicProject, words: Words, names: readonly string[]): Promise<number> {
  await yarn.begin('upgrade');
  const changed = new Map<string, string>();
  const project = yarn.load();
  if (words.flags.has('latest') || words.flags.has('L')) {
    const path = manifestPathOf(yarn.ownWorkspace(project));
    const edit = yarn.edit(path);
    for (const field of dependencyFields) {
      for (const name of Object.keys(edit.field(field) ?? {})) {
        if (field !== 'peerDependencies' && (names.length === 0 || names.includes(name)))
          edit.set(field, name, (await added(yarn, name, words)).range);
      }
    }
    changed.set(path, edit.text);
  }
  const before = yarn.lock() ?? new Map<string, ClassicEntry>();
  const lock = new Map([...before].filter(([pattern]) => names.length > 0 && !names.includes(splitSpecifier(pattern).name)));
  const after = yarn.load(changed);
  const result = await reify(yarn, after, words, changed, lock, { force: true });
  const own = after.workspaces.find(({ folder }) => folder === '')?.manifest ?? {};
  await saySaved(yarn, result, {
    before: names.length === 0 ? new Map() : before,
    own: dependencyFields.flatMap((field) => Object.keys(own[field] ?? {})),
  });
  return yarn.done();
}
