/** What Yarn 1 says of packages that a command brought. */
import { splitSpecifier } from '../../specifiers.ts';
import type { ClassicProject } from './classic-project.ts';
import type { ClassicLock } from './lockfile.ts';
import type { Reified } from './reify.ts';
import { treeLines } from './tree-lines.ts';

export interface SavedOptions {
  /** What was locked before. */
  readonly before: ClassicLock;
  /** Names that are told in any case. */
  readonly asked?: ReadonlySet<string>;
  /** Names that the project itself asks for, of those that are of interest. */
  readonly own: readonly string[];
}

export async function saySaved(yarn: ClassicProject, { lock, top }: Reified, { before, asked, own }: SavedOptions): Promise<void> {
  const known = new Set([...before.values()].map(({ resolved }) => resolved));
  const fresh = [
    ...new Set(
      [...lock]
        .filter(([pattern, { resolved }]) => !known.has(resolved) || asked?.has(splitSpecifier(pattern).name) === true)
        .map(([pattern, { version }]) => `${splitSpecifier(pattern).name}@${version}`)
        .filter((id) => top.has(id)),
    ),
  ].sort();
  const direct = fresh.filter((id) => own.includes(splitSpecifier(id).name));
  await yarn.say(fresh.length === 1 ? 'success Saved 1 new dependency.' : `success Saved ${fresh.length} new dependencies.`);
  if (fresh.length === 0) return;
  await yarn.say(['info Direct dependencies', ...(direct.length === 0 ? [] : [treeLines(direct)])].join('\n'));
  await yarn.say(`info All dependencies\n${treeLines(fresh)}`);
}
