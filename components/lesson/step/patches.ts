/** Unified diffs, by the `diff` package. Loaded by lessons that have some. */
import { applyPatch, parsePatch } from 'diff';
import type { StructuredPatch } from 'diff';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { ApplyPatch } from './step-files.ts';

/** Without the `a/` and `b/` of git, and what follows a tab. Undefined for no file. */
function pathOf(name: string | undefined): string | undefined {
  const path = name?.split('\t', 1)[0]?.trim();
  return path === undefined || path === '/dev/null' || path === '' ? undefined : path.replace(/^([ab]|\.)\//, '');
}

/** The first hunk that does not fit, from 1: the hunks before it do. */
function firstMisfit(text: string, patch: StructuredPatch): number {
  const fits = (count: number) => applyPatch(text, { ...patch, hunks: patch.hunks.slice(0, count) }) !== false;
  for (let count = 1; count < patch.hunks.length; count++) if (!fits(count)) return count;
  return patch.hunks.length;
}

export const applyPatches: ApplyPatch = (text, files, step) => {
  const changes = new Map<string, string | null>();
  const problems: string[] = [];
  let patches: StructuredPatch[];
  try {
    patches = parsePatch(text).filter(({ hunks }) => hunks.length > 0);
    if (patches.length === 0) throw new SyntaxError('it has no hunk (@@ … @@)');
  } catch (error) {
    return { files: changes, problems: [strings.patchUnreadable(step, (error as Error).message)] };
  }
  for (const patch of patches) {
    const [from, to] = [pathOf(patch.oldFileName), pathOf(patch.newFileName)];
    const path = from ?? to;
    if (path === undefined) {
      problems.push(strings.patchUnreadable(step, 'it names no file (--- and +++)'));
      continue;
    }
    const before = from === undefined ? '' : (changes.get(from) ?? files.get(from));
    if (typeof before !== 'string') {
      problems.push(strings.patchMissing(step, path));
      continue;
    }
    const after = applyPatch(before, patch);
    if (after === false) {
      const number = firstMisfit(before, patch);
      const { oldStart, oldLines, newStart, newLines } = patch.hunks[number - 1]!;
      problems.push(strings.patchFails(step, path, number, `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`));
      continue;
    }
    if (from !== undefined && from !== to) changes.set(from, null);
    if (to !== undefined) changes.set(to, after);
  }
  return { files: changes, problems };
};
