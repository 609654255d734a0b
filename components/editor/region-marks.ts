/**
 * Regions of a file, marked by comments of any language that are alone on their line: `// bv:hide` … `// bv:end`.
 *
 * The marks stay in the file, so that line numbers are those of stack traces and `git diff`; editors do not show them.
 */

/** `hide`: not shown. `fold`: closed at first. `readonly`: cannot be edited. `focus`: what the reader should look at. */
export type RegionKind = 'hide' | 'fold' | 'readonly' | 'focus';

/** Lines are counted from 1. */
export interface Region {
  readonly kind: RegionKind;
  /** What stands after the mark: of a fold, what is shown in its place. */
  readonly title: string;
  /** The line of the opening mark. */
  readonly first: number;
  /** The line of the closing mark; one beyond the last where there is none. */
  readonly end: number;
}

const mark =
  /^\s*(?:\/\/+|#+|--+|;+|%+|"|'|\{?\/\*+|<!--|\(\*)\s*bv:(hide|fold|readonly|focus|end)(?:\s+(.*?))?\s*(?:\*+\/\}?|-->|\*\))?\s*$/;

/** In the order of their opening marks. A mark that closes nothing is shown as the text that it is. */
export function regionsOf(text: string): readonly Region[] {
  if (!text.includes('bv:')) return [];
  const lines = text.split(/\r?\n/);
  const open: { kind: RegionKind; title: string; first: number }[] = [];
  const found: Region[] = [];
  lines.forEach((line, index) => {
    const [, kind, title = ''] = mark.exec(line) ?? [];
    if (kind === 'end') {
      const last = open.pop();
      if (last !== undefined) found.push({ ...last, end: index + 1 });
    } else if (kind !== undefined) open.push({ kind: kind as RegionKind, title, first: index + 1 });
  });
  for (const one of open) found.push({ ...one, end: lines.length + 1 });
  return found.sort((one, other) => one.first - other.first);
}

/** What an editor shows of `text` at first. */
export function visibleText(text: string): string {
  const regions = regionsOf(text);
  if (regions.length === 0) return text;
  const lines: (string | undefined)[] = text.split('\n');
  for (const { kind, title, first, end } of regions) {
    lines[first - 1] = undefined;
    if (end <= lines.length) lines[end - 1] = undefined;
    if (kind === 'hide' || kind === 'fold') lines.fill(undefined, first - 1, end - 1);
    if (kind === 'fold') lines[first] = `⋯ ${title}`;
  }
  return lines.filter((line) => line !== undefined).join('\n');
}
