/** What an author wrote into a `<bv-step>`. */
import { authorFilesOf, dedent, filePath } from '../../container/author-files.ts';
import { messageOf } from '../../shared/element-error.ts';
import type { StepOrigin } from '../lesson-format.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { BvStep } from './step-element.ts';
import type { Change, StepSource } from './step-files.ts';

interface Written {
  readonly files: Change;
  readonly patches: readonly string[];
  readonly problems: readonly string[];
}

/** The files and patches directly in `parent`. */
function writtenIn(parent: Element, step: string): Written {
  const { files: written, errors } = authorFilesOf(parent);
  const problems = errors.map((error) => strings.stepFile(step, error.message));
  const files = new Map<string, string | null>(written);
  for (const element of parent.querySelectorAll(':scope > script[type="bv-file"][deleted]')) {
    try {
      files.set(filePath(element.getAttribute('path') ?? ''), null);
    } catch (error) {
      problems.push(strings.stepFile(step, messageOf(error)));
    }
  }
  const patches = [...parent.querySelectorAll(':scope > script[type="bv-patch"]')].map(({ textContent }) => dedent(textContent));
  return { files, patches, problems };
}

const origins: readonly string[] = ['solution', 'start', 'lesson'] satisfies StepOrigin[];

export function stepSourceOf(step: BvStep): { readonly source: StepSource; readonly problems: readonly string[] } {
  const { name } = step;
  const own = writtenIn(step, name);
  const solution = step.querySelector(':scope > bv-solution');
  const solved: Written = solution === null ? { files: new Map(), patches: [], problems: [] } : writtenIn(solution, name);
  const from = step.getAttribute('from') ?? '';
  return {
    source: {
      name,
      from: (origins.includes(from) ? from : 'solution') as StepOrigin,
      files: own.files,
      patches: own.patches,
      solution: solved.files,
      solutionPatches: solved.patches,
    },
    problems: [...own.problems, ...solved.problems],
  };
}
