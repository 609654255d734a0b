/** What differs between two texts, by the `diff` package. */
import { diffLines } from 'diff';

export interface DifferenceRow {
  readonly kind: 'same' | 'added' | 'removed' | 'skipped';
  readonly text: string;
}

/** Lines of context around what differs. */
const around = 3;

/** From `mine` to `theirs`, line by line; runs of equal lines are cut short. */
export function differenceOf(mine: string, theirs: string): readonly DifferenceRow[] {
  const rows: DifferenceRow[] = [];
  const parts = diffLines(mine, theirs);
  for (const [index, { value, added, removed }] of parts.entries()) {
    const lines = value.replace(/\n$/, '').split('\n');
    if (added || removed) {
      for (const text of lines) rows.push({ kind: added ? 'added' : 'removed', text });
      continue;
    }
    const [before, after] = [index === 0 ? 0 : around, index === parts.length - 1 ? 0 : around];
    const cut = lines.length > before + after + 1;
    for (const text of cut ? lines.slice(0, before) : lines) rows.push({ kind: 'same', text });
    if (!cut) continue;
    rows.push({ kind: 'skipped', text: '' });
    for (const text of lines.slice(lines.length - after)) rows.push({ kind: 'same', text });
  }
  return rows;
}
