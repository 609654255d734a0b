/** `pnpm remove`. */
import type { Words } from '../../command-line.ts';
import { manifestPathOf } from '../../manager-project.ts';
import { PnpmError } from '../errors.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { reify } from '../reify.ts';

export async function remove(pnpm: PnpmProject, words: Words, names: readonly string[]): Promise<number> {
  if (names.length === 0) throw new PnpmError('MUST_REMOVE_SOMETHING', 'At least one dependency name should be specified for removal');
  const project = pnpm.load();
  const target = pnpm.target(project, words);
  const path = manifestPathOf(target);
  const edit = pnpm.edit(path);
  const missing = names.filter((name) => !edit.remove(name));
  if (missing.length > 0) {
    const available = (['devDependencies', 'dependencies', 'optionalDependencies'] as const).flatMap((field) =>
      Object.keys(project.workspaces.find(({ folder }) => folder === target)?.manifest[field] ?? {}),
    );
    throw new PnpmError(
      'CANNOT_REMOVE_MISSING_DEPS',
      `Cannot remove ${missing.map((name) => `'${name}'`).join(', ')}: no such ${missing.length > 1 ? 'dependencies' : 'dependency'} found`,
      available.length === 0 ? undefined : `Available dependencies: ${available.join(', ')}`,
    );
  }
  return reify(pnpm, project, words, new Map([[path, edit.text]]));
}
