/** What an install changes, in two lines. */
import { dependencyFields } from '../../manifest-edit.ts';
import type { Project } from '../../project.ts';
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
        Object.entries(manifest[field] ?? {}).map(([name, range]) => next.entries.get(`${name}@${withProtocol(range)}`)?.resolution),
      ),
    ),
  );
  const [old, now] = [ids(before), ids(next)];
  const line = (sign: string, list: readonly string[]): string[] => {
    if (list.length === 0) return [];
    const rank = (id: string) => (sign === '+' && direct.has(id) ? 0 : 1);
    const sorted = [...list].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const shown: string[] = [];
    for (let length = 0; shown.length < sorted.length;) {
      const id = sorted[shown.length] ?? '';
      length += id.length + 2;
      if (shown.length > 0 && length > 145) break;
      shown.push(id);
    }
    const more = sorted.length - shown.length;
    return [`${sign} ${shown.join(', ')}${more === 0 ? '' : `, and ${more} more.`}`];
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
