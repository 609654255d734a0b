/** `yarn list`. */
import { splitSpecifier } from '../../../specifiers.ts';
import type { ClassicProject } from '../classic-project.ts';
import type { ClassicEntry } from '../lockfile.ts';
import { treeLines } from '../tree-lines.ts';

export async function listPackages(yarn: ClassicProject): Promise<number> {
  await yarn.begin('list');
  const lock = yarn.lock() ?? new Map<string, ClassicEntry>();
  const ids = [...new Set([...lock].map(([pattern, { version }]) => `${splitSpecifier(pattern).name}@${version}`))].sort();
  await yarn.say(treeLines(ids));
  return yarn.done();
}
