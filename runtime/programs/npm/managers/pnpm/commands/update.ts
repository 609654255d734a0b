/** `pnpm update`. */
import type { Words } from '../../command-line.ts';
import { manifestPathOf } from '../../manager-project.ts';
import { dependencyFields } from '../../manifest-edit.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { reify } from '../reify.ts';
import { rangeToSave } from './install.ts';

export async function update(pnpm: PnpmProject, words: Words, names: readonly string[]): Promise<number> {
  const project = pnpm.load();
  const changed = new Map<string, string>();
  if (words.flags.has('latest')) {
    for (const { folder } of project.workspaces) {
      const path = manifestPathOf(folder);
      const edit = pnpm.edit(path);
      for (const field of dependencyFields) {
        for (const [name, range] of Object.entries(edit.field(field) ?? {})) {
          if ((names.length > 0 && !names.includes(name)) || /^(?:workspace|link|file|npm):/.test(range) || field === 'peerDependencies')
            continue;
          edit.set(field, name, await rangeToSave(pnpm, project, { name, range: 'latest', current: range, target: folder }, words));
        }
      }
      changed.set(path, edit.text);
    }
  }
  return reify(pnpm, project, words, changed, { update: names.length === 0 ? 'all' : new Set(names) });
}
