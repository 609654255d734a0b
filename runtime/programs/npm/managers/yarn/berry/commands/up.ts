/** `yarn up`. */
import type { Words } from '../../../command-line.ts';
import { manifestPathOf } from '../../../manager-project.ts';
import { dependencyFields } from '../../../manifest-edit.ts';
import { splitSpecifier } from '../../../specifiers.ts';
import type { BerryProject } from '../berry-project.ts';
import { UsageError } from '../errors.ts';
import { reify } from '../reify.ts';
import { added } from './add.ts';

export async function up(yarn: BerryProject, words: Words, texts: readonly string[]): Promise<number> {
  if (texts.length === 0) throw new UsageError('Not enough positional arguments.');
  const changed = new Map<string, string>();
  const names = new Set<string>();
  yarn.report.begin();
  for (const { folder } of yarn.load().workspaces) {
    const path = manifestPathOf(folder);
    const edit = yarn.edit(path);
    for (const text of texts) {
      const { name: pattern, range } = splitSpecifier(text);
      const shape = new RegExp(`^${pattern.replace(/[.+^$()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
      for (const field of dependencyFields) {
        for (const name of Object.keys(edit.field(field) ?? {})) {
          if (!shape.test(name) || field === 'peerDependencies') continue;
          names.add(name);
          if (!words.flags.has('recursive'))
            edit.set(field, name, (await added(yarn, range === '' ? name : `${name}@${range}`, words)).range);
        }
      }
    }
    changed.set(path, edit.text);
  }
  const lock = yarn.lock();
  const kept =
    lock === undefined
      ? undefined
      : { ...lock, entries: new Map([...lock.entries].filter(([descriptor]) => !names.has(splitSpecifier(descriptor).name))) };
  return reify(yarn, yarn.load(changed), changed, kept === undefined ? {} : { lock: kept });
}
