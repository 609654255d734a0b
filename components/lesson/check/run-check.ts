/** Makes a check: gets what it looks at, compares, and ends at its time limit. */
import type { Container } from '../../../runtime/index.ts';
import { codeOf, messageOf } from '../../shared/element-error.ts';
import { customCheck } from '../../shared/custom-checks.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { CheckContext, CheckOutcome, Criterion } from './check-context.ts';
import type { CheckSpec, DomCheck, FunctionCheck, RequestCheck } from './check-spec.ts';
import { commandCriteria, commandSubject } from './command-check.ts';
import { domCriteria, domQuestion } from './dom-check.ts';
import { fileCriteria, fileSubject } from './file-check.ts';
import { requestCriteria, requestSubject } from './request-check.ts';
import { testCriteria, testSubject } from './test-check.ts';

/** How often a document is looked at again, in milliseconds: soon enough to feel live, seldom enough to cost nothing. */
const lookMs = 100;

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
      return testCriteria(spec)[0]!.wanted;
    case 'function':
      return spec.name;
  }
}

function judged<Subject>(criteria: readonly Criterion<Subject>[], subject: Subject): CheckOutcome {
  for (const { wanted, differs } of criteria) {
    const found = differs(subject);
    if (found !== undefined) return { status: 'failed', wanted, found };
  }
  return { status: 'passed', wanted: '', found: '' };
}

const waiting = (found: string): CheckOutcome => ({ status: 'waiting', wanted: '', found });
const broken = (found: string): CheckOutcome => ({ status: 'broken', wanted: '', found });

interface Run {
  readonly context: CheckContext;
  readonly signal: AbortSignal;
  /** Waits for a server or a document that is not there yet. */
  readonly patient: boolean;
  /** Tells an outcome that may still change. */
  readonly report: (outcome: CheckOutcome) => void;
}

/** Resolves when a server listens on `port`, or when nobody waits any more. */
function portOpen(container: Container, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = container.on('port', (opened, type) => {
      if (opened === port && type === 'open') end();
    });
    const end = () => {
      stop();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

/** What a request fails with where a server is being restarted, or ends instead of answering. */
const unanswered: ReadonlySet<string | undefined> = new Set(['ERR_BV_PORT_CLOSED', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE']);

async function request(spec: RequestCheck, container: Container, { signal, patient, report }: Run): Promise<CheckOutcome> {
  let last = waiting(strings.noServer(spec.port));
  while (!signal.aborted) {
    if (container.openPorts.includes(spec.port)) {
      try {
        return judged(requestCriteria(spec), await requestSubject(spec, container, signal));
      } catch (error) {
        if (!unanswered.has(codeOf(error))) throw error;
        last = { status: 'failed', wanted: '', found: strings.noAnswer };
      }
    }
    if (!patient) break;
    report(last);
    await portOpen(container, spec.port, signal);
  }
  return last;
}

/** Looks until all is as wanted, since documents change after they have loaded; the time limit ends it. */
async function look(spec: DomCheck, { context, signal, patient, report }: Run): Promise<CheckOutcome> {
  const criteria = domCriteria(spec);
  let act = true;
  let last = waiting(strings.noDocument);
  let loads = context.loads();
  while (!signal.aborted) {
    if (loads !== context.loads()) {
      // What was typed and clicked was of another document.
      loads = context.loads();
      act = true;
    }
    const asked = context.ask(spec.port, domQuestion(spec, { act }));
    if (asked === undefined && !patient) return last;
    if (asked === undefined) report(last);
    // It may go away while it is asked: another one comes.
    const answer = await asked?.catch((error: unknown) => {
      if (codeOf(error) !== 'ERR_BV_PEER_GONE') throw error;
    });
    if (answer?.missing === null) act = false;
    const outcome = answer === undefined ? last : judged(criteria, answer);
    if (outcome.status === 'passed') return outcome;
    if (outcome.found !== last.found) report(outcome);
    last = outcome;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lookMs);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
  return last;
}

async function call(spec: FunctionCheck, { context, signal }: Run): Promise<CheckOutcome> {
  const check = customCheck(spec.name);
  if (check === undefined) return broken(strings.noFunction(spec.name));
  const result = await check(context.custom(signal));
  if (result === undefined || result === true) return { status: 'passed', wanted: '', found: '' };
  if (result === false) return { status: 'failed', wanted: '', found: '' };
  if (typeof result === 'string') return { status: 'failed', wanted: '', found: result };
  return { status: result.passed ? 'passed' : 'failed', wanted: result.wanted ?? '', found: result.found ?? '' };
}

async function outcomeOf(spec: CheckSpec, run: Run): Promise<CheckOutcome> {
  const { context, signal } = run;
  if (spec.type === 'file') return judged(fileCriteria(spec), await fileSubject(spec, context));
  const { container } = context;
  if (container === undefined) return waiting(strings.notRunning);
  switch (spec.type) {
    case 'command':
      return judged(commandCriteria(spec), await commandSubject(spec, container, signal));
    case 'test':
      return judged(testCriteria(spec), await testSubject(spec, container, signal));
    case 'request':
      return request(spec, container, run);
    case 'dom':
      return look(spec, run);
    case 'function':
      return call(spec, run);
  }
}

/** What is said of a check that has not ended at its time limit. */
function lateOf(spec: CheckSpec): CheckOutcome {
  const seconds = spec.timeoutMs / 1000;
  if (spec.type === 'request') return { status: 'failed', wanted: '', found: strings.noAnswerWithin(seconds) };
  return broken(strings.timedOut(seconds));
}

/**
 * Makes a check and resolves with its outcome: at its time limit at the latest. `report` is told what may still change.
 *
 * @throws the signal's reason.
 */
export async function runCheck(
  spec: CheckSpec,
  context: CheckContext,
  { signal, patient, report }: Omit<Run, 'context'>,
): Promise<CheckOutcome> {
  signal.throwIfAborted();
  const ended = new AbortController();
  let last: CheckOutcome | undefined;
  const limit = new Promise<CheckOutcome>((resolve, reject) => {
    const timer = setTimeout(() => resolve(last ?? lateOf(spec)), spec.timeoutMs);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    ended.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
  });
  limit.catch(() => undefined); // Told by the race.
  const making = outcomeOf(spec, {
    context,
    patient,
    signal: AbortSignal.any([signal, ended.signal]),
    report: (outcome) => {
      last = outcome;
      if (!ended.signal.aborted) report(outcome);
    },
  }).catch((error: unknown) => {
    return broken(strings.checkFailed(messageOf(error)));
  });
  try {
    return await Promise.race([making, limit]);
  } finally {
    ended.abort();
  }
}
