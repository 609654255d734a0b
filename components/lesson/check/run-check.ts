/** Makes a check: gets what it looks at, compares, and ends at its time limit. */
import { messageOf } from '../../shared/element-error.ts';
import { loadPart } from '../../shared/load-part.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { broken, judged, outcome, waiting, type CheckContext, type CheckOutcome, type CheckRun } from './check-context.ts';
import type { CheckSpec } from './check-spec.ts';
import { commandCriteria } from './command-check.ts';
import { domCriteria } from './dom-check.ts';
import { fileCriteria, fileSubject } from './file-check.ts';
import { loadJson } from './json.ts';
import { requestCriteria } from './request-check.ts';

/** What is wanted, in one sentence: the author's, or the first of ours. */
export function wantedOf(spec: CheckSpec): string {
  if (spec.label !== '') return spec.label;
  switch (spec.type) {
    case 'file':
      return fileCriteria(spec)[0]!.wanted;
    case 'command':
      return commandCriteria(spec)[0]!.wanted;
    case 'request':
      return (requestCriteria(spec)[1] ?? requestCriteria(spec)[0])!.wanted;
    case 'dom':
      return domCriteria(spec).at(-1)!.wanted;
    case 'test':
      return strings.wantsTests(spec.path);
    case 'function':
      return spec.name;
  }
}

/** How long a program that a check waits for may take to start, in milliseconds: an install may come first. */
const startMs = 60_000;

async function outcomeOf(spec: CheckSpec, run: CheckRun): Promise<CheckOutcome> {
  const { context } = run;
  if ('json' in spec && spec.json !== undefined) await loadJson();
  if (spec.type === 'file') return judged(() => fileCriteria(spec), await fileSubject(spec, context));
  const { container } = context;
  if (container === undefined) return waiting(() => strings.notRunning);
  const { liveOutcome } = await loadPart('<bv-check>', () => import('./live-check.ts'));
  run.signal.throwIfAborted();
  return liveOutcome(spec, container, run);
}

/** What is said of a check that has not ended at its time limit. */
function lateOf(spec: CheckSpec): CheckOutcome {
  const seconds = spec.timeoutMs / 1000;
  if (spec.type === 'request') return outcome('failed', () => strings.noAnswerWithin(seconds));
  return broken(() => strings.timedOut(seconds));
}

/**
 * Makes a check and resolves with its outcome: at its time limit at the latest. `report` is told what may still change.
 *
 * @throws the signal's reason.
 */
export async function runCheck(
  spec: CheckSpec,
  context: CheckContext,
  { signal, patient, report }: Omit<CheckRun, 'context' | 'begin'>,
): Promise<CheckOutcome> {
  signal.throwIfAborted();
  const ended = new AbortController();
  let last: CheckOutcome | undefined;
  let begin = () => {};
  const limit = new Promise<CheckOutcome>((resolve, reject) => {
    const end = () => resolve(last ?? lateOf(spec));
    const abort = () => reject(signal.reason as Error);
    const whole = setTimeout(end, spec.timeoutMs + (patient ? startMs : 0));
    let timer = patient ? undefined : whole;
    begin = () => {
      clearTimeout(timer);
      last = undefined;
      timer = setTimeout(end, spec.timeoutMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    ended.signal.addEventListener('abort', () => {
      clearTimeout(whole);
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
    if (spec.type !== 'request' && spec.type !== 'dom') begin();
  });
  limit.catch(() => undefined); // Told by the race.
  const making = outcomeOf(spec, {
    context,
    patient,
    begin: () => {
      if (!ended.signal.aborted) begin();
    },
    signal: AbortSignal.any([signal, ended.signal]),
    report: (now) => {
      last = now;
      if (!ended.signal.aborted) report(now);
    },
  }).catch((error: unknown) => broken(() => strings.checkFailed(messageOf(error))));
  try {
    return await Promise.race([making, limit]);
  } finally {
    ended.abort();
  }
}
