/** `bun remove`. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { dependencyFields } from '../../manifest-edit.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';
import { reify, sayLockfile } from '../reify.ts';
import { triedLines } from '../tried.ts';
import { manifestsOf } from '../selection.ts';

export async function remove(bun: BunProject, words: Words, names: readonly string[]): Promise<number> {
  await bun.title('remove');
  if (names.length === 0) throw new BunError('no package specified to remove');
  const edits = new Map(manifestsOf(bun, words).map((path) => [path, bun.edit(path)]));
  const all = [...edits.values()];
  const removed = names.filter((name) => all.filter((edit) => edit.remove(name)).length > 0);
  if (removed.length === 0) {
    const isEmpty = all.every((edit) => dependencyFields.every((field) => edit.field(field) === undefined));
    await bun.run.out(isEmpty ? `\npackage.json doesn't have dependencies, there's nothing to remove!` : `\n${bun.time} done`);
    return 0;
  }
  const changed = new Map([...edits].map(([path, { text }]) => [path, text]));
  const before = Object.values(bun.lock()?.packages ?? {}).map(({ id }) => id);
  const reified = await reify(bun, bun.load(changed), words, changed);
  const { lock } = reified;
  if (words.flags.has('lockfile-only')) {
    // These alone, not what only they needed.
    for (const name of removed) bun.run.session.disk.remove(resolvePath(bun.root, 'node_modules', name));
    return sayLockfile(bun, reified);
  }
  if (words.flags.has('dry-run')) {
    const lines = ['', ...triedLines(lock, names), '', ...removed.map((name) => `- ${name}`), `${bun.time} done`];
    await bun.run.out(lines.join('\n'));
    return 0;
  }
  // Another workspace may still need it.
  const left = new Set(Object.values(lock.packages).map(({ id }) => id));
  const isGone = before.length === 0 || before.some((id) => !left.has(id));
  await bun.run.out(
    `\n${removed.map((name) => `- ${name}`).join('\n')}\n${!isGone ? `${bun.time} done` : `${removed.length} package${removed.length === 1 ? '' : 's'} removed ${bun.time}`}`,
  );
  return 0;
}
