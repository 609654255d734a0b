/** Goes through the lessons of a page in a real browser, as a reader would who first does nothing and then takes the solution. */
import type { Page } from 'puppeteer-core';
import type { StepReport } from './check-report.ts';

/** What the page gives of `<bv-lesson>`; the command line holds none of the elements. */
interface LessonElement {
  readonly steps: readonly { readonly name: string; readonly label: string }[];
  readonly ready: Promise<void>;
  readonly updateComplete: Promise<unknown>;
  go(name: string): Promise<void>;
  check(): Promise<readonly (Outcome | undefined)[]>;
  solutionOf(name: string): ReadonlyMap<string, string | null>;
  applySolution(name?: string): Promise<void>;
}

interface Outcome {
  readonly status: 'passed' | 'failed' | 'waiting' | 'broken';
  readonly wanted: string;
  readonly found: string;
}

interface StepOutcomes {
  readonly start: readonly Outcome[];
  readonly solved: readonly Outcome[] | undefined;
}

/** The steps of each lesson of the page, in order. */
async function stepsOf(page: Page): Promise<readonly (readonly string[])[]> {
  return page.evaluate(async () => {
    const found = [...document.querySelectorAll('bv-lesson')];
    if (found.length === 0) return [];
    const failed = new Promise<never>((_, reject) =>
      document.addEventListener('bv-error', (event) => reject(new Error((event as unknown as { message: string }).message))),
    );
    await Promise.race([customElements.whenDefined('bv-lesson'), failed]);
    const lessons = found as unknown as LessonElement[];
    await Promise.race([Promise.all(lessons.map(({ ready }) => ready)), failed]);
    return lessons.map(({ steps }) => steps.map(({ name }) => name));
  });
}

function outcomesOf(page: Page, lesson: number, step: string): Promise<StepOutcomes> {
  return page.evaluate(
    async (index, name) => {
      const element = document.querySelectorAll('bv-lesson')[index] as unknown as LessonElement;
      const made = (outcomes: readonly (Outcome | undefined)[]) =>
        outcomes.map((one) => ({ status: one?.status ?? 'waiting', wanted: one?.wanted ?? '', found: one?.found ?? '' }));
      await element.go(name);
      const start = made(await element.check());
      if (element.solutionOf(name).size === 0) return { start, solved: undefined };
      await element.applySolution(name);
      return { start, solved: made(await element.check()) };
    },
    lesson,
    step,
  );
}

const said = ({ status, wanted, found }: Outcome) => `${wanted || 'a check'}${found === '' ? '' : `: ${found}`} (${status})`;

function problemsOf({ start, solved }: StepOutcomes): string[] {
  if (start.length === 0) return [];
  const problems: string[] = [];
  if (start.every(({ status }) => status === 'passed')) problems.push('All checks pass before the reader has done anything');
  for (const outcome of start) if (outcome.status === 'broken') problems.push(`At the start a check cannot be made: ${said(outcome)}`);
  if (solved === undefined) problems.push('It has checks and no solution');
  for (const outcome of solved ?? [])
    if (outcome.status !== 'passed') problems.push(`With the solution a check does not pass: ${said(outcome)}`);
  return problems;
}

/**
 * The reports of all steps of the page at `url`.
 *
 * @param name Of the page, for the reports.
 */
export async function checkPage(page: Page, url: string, name: string): Promise<StepReport[]> {
  const answer = await page.goto(url);
  if (answer?.ok() !== true)
    throw new Error(`Cannot open ${name}: the server answered ${answer?.status() ?? 'nothing'}: ${(await answer?.text()) ?? ''}`.trim());
  const reports: StepReport[] = [];
  for (const [lesson, steps] of (await stepsOf(page)).entries()) {
    for (const step of steps) {
      const began = performance.now();
      const told = (problems: readonly string[], unchecked = false) =>
        reports.push({ page: name, step, seconds: (performance.now() - began) / 1000, problems, unchecked });
      try {
        const outcomes = await outcomesOf(page, lesson, step);
        told(problemsOf(outcomes), outcomes.start.length === 0);
      } catch (error) {
        told([`It cannot be gone through: ${error instanceof Error ? error.message : String(error)}`]);
      }
    }
  }
  return reports;
}
