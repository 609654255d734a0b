import type { Container, ExecResult } from '../../../runtime/index.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { Criterion } from './check-context.ts';
import type { CommandCheck } from './check-spec.ts';
import { excerpt, finds, writtenOf } from './matcher.ts';

export function commandCriteria(spec: CommandCheck): Criterion<ExecResult>[] {
  const { run, code, stdout, stderr } = spec;
  const criteria: Criterion<ExecResult>[] = [];
  // What it printed tells more than its code.
  if (stdout !== undefined)
    criteria.push({
      wanted: strings.wantsPrinted(run, writtenOf(stdout)),
      differs: (result) => (finds(stdout, result.stdout) ? undefined : foundPrinted(result)),
    });
  if (stderr !== undefined)
    criteria.push({
      wanted: strings.wantsError(run, writtenOf(stderr)),
      differs: (result) => (finds(stderr, result.stderr) ? undefined : strings.foundError(excerpt(result.stderr))),
    });
  criteria.push({
    wanted: strings.wantsCode(run, code),
    differs: (result) => (result.code === code ? undefined : foundCode(result)),
  });
  return criteria;
}

function foundPrinted({ stdout, stderr }: ExecResult): string {
  if (stdout.trim() !== '') return strings.foundPrinted(excerpt(stdout));
  return stderr.trim() === '' ? strings.foundNothingPrinted : strings.foundOnlyError(excerpt(stderr));
}

export function commandSubject(spec: CommandCheck, container: Container, signal: AbortSignal): Promise<ExecResult> {
  return container.exec(spec.run, { signal, ...(spec.input === undefined ? {} : { input: spec.input }) });
}

/** How a program ended that should have ended otherwise. */
export function foundCode({ code, signal, stdout, stderr }: ExecResult): string {
  return strings.foundCode(code === null ? String(signal) : String(code), excerpt(stderr || stdout));
}
