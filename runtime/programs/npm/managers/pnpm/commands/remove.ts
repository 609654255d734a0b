/** `pnpm remove`. */
import type { Words } from '../../command-line.ts';
import { manifestPathOf } from '../../manager-project.ts';
import { PnpmError } from '../errors.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { reify } from '../reify.ts';
import { selectWorkspaces } from '../selection.ts';

export async function remove(pnpm: PnpmProject, words: Words, names: readonly string[]): Promise<number> {
  if (names.length === 0) throw new PnpmError('MUST_REMOVE_SOMETHING', 'At least one dependency name should be specified for removal');
  const project = pnpm.load();
  const selected = selectWorkspaces(pnpm, words)?.folders;
  if (selected?.length === 0) {
    await pnpm.run.out(`No projects matched the filters in "${pnpm.root}"`);
    return 0;
  }
  const target = selected?.[0] ?? pnpm.target(project, words);
  const edits = new Map((selected ?? [target]).map((folder) => [manifestPathOf(folder), pnpm.edit(manifestPathOf(folder))]));
  // One of many need not have it.
  const missing = names.filter((name) => [...edits.values()].filter((edit) => edit.remove(name)).length === 0);
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
  return reify(pnpm, project, words, new Map([...edits].map(([path, { text }]) => [path, text])));
}
