/** `yarn remove`. */
import { manifestPathOf } from '../../../manager-project.ts';
import type { BerryProject } from '../berry-project.ts';
import { UsageError } from '../errors.ts';
import { reify } from '../reify.ts';

export async function remove(yarn: BerryProject, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0;
  const path = manifestPathOf(yarn.ownWorkspace());
  const edit = yarn.edit(path);
  const missing = names.filter((name) => !edit.remove(name));
  if (missing.length > 0)
    throw new UsageError(
      `${missing.length > 1 ? 'Patterns' : 'Pattern'} ${missing.join(', ')} ${missing.length > 1 ? "don't" : "doesn't"} match any packages referenced by this workspace\n\n$ yarn remove [-A,--all] [--mode #0] ...`,
    );
  const changed = new Map([[path, edit.text]]);
  return reify(yarn, yarn.load(changed), changed, {});
}
