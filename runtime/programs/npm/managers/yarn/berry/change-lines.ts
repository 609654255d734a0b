/** What an install changes, in two lines. */
import { dependencyFields } from '../../manifest-edit.ts';
import type { Project } from '../../project.ts';
import { patchedRange } from './patches.ts';
import { withProtocol } from './resolve.ts';
import type { BerryLock } from './lockfile.ts';

/** What came and what went, as many as fit into a line. */
export function changeLines(before: BerryLock | undefined, next: BerryLock, project: Project): string[] {
  const ids = (lock: BerryLock | undefined) =>
    new Set(
      [...(lock?.entries.values() ?? [])]
        .filter(({ resolution }) => !resolution.includes('@workspace:'))
        .map(({ resolution }) => resolution),
    );
  const direct = new Set(
    project.workspaces.flatMap(({ manifest }) =>
      dependencyFields.flatMap((field) =>
        Object.entries(manifest[field] ?? {}).map(
          ([name, range]) => next.entries.get(`${name}@${patchedRange(name, withProtocol(range)) ?? withProtocol(range)}`)?.resolution,
        ),
      ),
    ),
  );
  const [old, now] = [ids(before), ids(next)];
  const line = (sign: string, list: readonly string[]): string[] => {
    if (list.length === 0) return [];
    const rank = (id: string) => (sign === '+' && direct.has(id) ? 0 : 1);
    const sorted = [...list].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    return [`${sign} ${truncated(sorted)}`];
  };
  return [
    ...line(
      '+',
      [...now].filter((id) => !old.has(id)),
    ),
    ...line(
      '-',
      [...old].filter((id) => !now.has(id)),
    ),
  ];
}

/** Where the output is no terminal, less what begins a line. */
const widthOfLists = 166;

/** As many as fit, the first in any case. */
export function truncated(ids: readonly string[]): string {
  const shown: string[] = [];
  let left = widthOfLists;
  for (const id of ids) {
    if (shown.length > 0 && left < id.length + 2) break;
    shown.push(id);
    left -= id.length + 2;
  }
  if (shown.length === ids.length) return shown.join(', ');
  const digits = String(ids.length - shown.length).length;
  while (shown.length > 1 && left < 'and  more.'.length + digits) left += (shown.pop() ?? '').length + 2;
  return `${shown.join(', ')}, and ${ids.length - shown.length} more.`;
}
