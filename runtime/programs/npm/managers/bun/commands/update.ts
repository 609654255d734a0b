/** `bun update`. */
import type { Words } from '../../command-line.ts';
import { dependencyFields } from '../../manifest-edit.ts';
import { pickVersion } from '../../pick.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';
import { reify } from '../reify.ts';
import { added } from './add.ts';

export async function update(bun: BunProject, words: Words, names: readonly string[]): Promise<number> {
  if (words.flags.has('dry-run')) throw new BunError('"bun update --dry-run" is not available in a page');
  await bun.title('update');
  const edit = bun.edit('package.json');
  for (const field of dependencyFields) {
    for (const [name, range] of Object.entries(edit.field(field) ?? {})) {
      if (field === 'peerDependencies' || !/^[\^~]?\d/.test(range) || (names.length > 0 && !names.includes(name))) continue;
      const { range: found } = await added(bun, words.flags.has('latest') ? name : `${name}@${range}`, words);
      if (words.flags.has('latest')) edit.set(field, name, found);
      else if (/^[\^~]/.test(range)) {
        const packument = (await bun.run.facts()).packument(name);
        const version = packument === undefined ? undefined : pickVersion(packument, range, { preferLatest: true });
        if (version !== undefined) edit.set(field, name, `${range[0] ?? ''}${version}`);
      }
    }
  }
  const changed = new Map([['package.json', edit.text]]);
  const { count } = await reify(bun, bun.load(changed), words, changed, (name) => names.length === 0 || names.includes(name));
  await bun.run.out(`\n${count} package${count === 1 ? '' : 's'} installed ${bun.time}`);
  return 0;
}
