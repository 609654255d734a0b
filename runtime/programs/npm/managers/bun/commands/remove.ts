/** `bun remove`. */
import type { Words } from '../../command-line.ts';
import { dependencyFields } from '../../manifest-edit.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';
import { reify } from '../reify.ts';

export async function remove(bun: BunProject, words: Words, names: readonly string[]): Promise<number> {
  await bun.title('remove');
  if (names.length === 0) throw new BunError('no package specified to remove');
  const edit = bun.edit('package.json');
  const removed = names.filter((name) => edit.remove(name));
  if (removed.length === 0) {
    const isEmpty = dependencyFields.every((field) => edit.field(field) === undefined);
    await bun.run.out(isEmpty ? `\npackage.json doesn't have dependencies, there's nothing to remove!` : `\n${bun.time} done`);
    return 0;
  }
  const changed = new Map([['package.json', edit.text]]);
  await reify(bun, bun.load(changed), words, changed);
  await bun.run.out(
    `\n${removed.map((name) => `- ${name}`).join('\n')}\n${removed.length} package${removed.length === 1 ? '' : 's'} removed ${bun.time}`,
  );
  return 0;
}
