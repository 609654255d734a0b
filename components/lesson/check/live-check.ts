/** Checks of what runs in a container. Loaded when there is one. */
import type { Container } from '../../../runtime/index.ts';
import { codeOf } from '../../shared/element-error.ts';
import { customCheck } from '../../shared/custom-checks.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { broken, judged, outcome as outcomeOf, waiting, type CheckOutcome, type CheckRun } from './check-context.ts';
import type { CheckSpec, DomCheck, FileCheck, FunctionCheck, RequestCheck } from './check-spec.ts';
import { commandCriteria, commandSubject } from './command-check.ts';
import { domCriteria, domQuestion } from './dom-check.ts';
import { requestCriteria, requestSubject } from './request-check.ts';
import { testCriteria, testSubject } from './test-check.ts';

/** How often a document is looked at again, in milliseconds: soon enough to feel live, seldom enough to cost nothing. */
const lookMs = 50;

/** Resolves when a server listens on `port`; to false when nothing runs any more that could, or when nobody waits. */
function willListen(container: Container, port: number, { context, signal }: CheckRun): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = container.on('port', (opened, type) => {
      if (opened === port && type === 'open') end(true);
    });
    const ask = () =>
      context.idle().then(
        (idle) => idle && end(container.openPorts.includes(port)),
        () => end(false), // It is gone.
      );
    const timer = setInterval(() => void ask(), lookMs);
    const end = (open: boolean) => {
      stop();
      clearInterval(timer);
      resolve(open);
    };
    signal.addEventListener('abort', () => end(false), { once: true });
  });
}

/** What a request fails with where a server is being restarted, or ends instead of answering. */
const unanswered: ReadonlySet<string | undefined> = new Set(['ERR_BV_PORT_CLOSED', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE']);

async function request(spec: RequestCheck, container: Container, run: CheckRun): Promise<CheckOutcome> {
  const { signal, patient, begin, report } = run;
  let last = waiting(() => strings.noServer(spec.port));
  while (!signal.aborted) {
    if (container.openPorts.includes(spec.port)) {
      begin();
      try {
        return judged(() => requestCriteria(spec), await requestSubject(spec, container, signal));
      } catch (error) {
        if (!unanswered.has(codeOf(error))) throw error;
        last = outcomeOf('failed', () => strings.noAnswer);
      }
    }
    if (!patient) break;
    report(last);
    if (!(await willListen(container, spec.port, run))) return waiting(() => strings.noServerComes(spec.port));
  }
  return last;
}

/** Looks until all is as wanted, since documents change after they have loaded; the time limit ends it. */
async function look(spec: DomCheck, container: Container, { context, signal, patient, begin, report }: CheckRun): Promise<CheckOutcome> {
  let act = true;
  let last = waiting(() => strings.noDocument);
  let loads = context.loads();
  let begun = -1;
  while (!signal.aborted) {
    if (loads !== context.loads()) {
      // What was typed and clicked was of another document.
      loads = context.loads();
      act = true;
    }
    const asked = context.ask(spec.port, domQuestion(spec, { act }));
    if (asked === undefined && (!patient || (container.openPorts.length === 0 && (await context.idle())))) return last;
    if (asked === undefined) report(last);
    else if (begun !== loads) {
      begun = loads;
      begin();
    }
    // It may go away while it is asked: another one comes.
    const answer = await asked?.catch((error: unknown) => {
      if (codeOf(error) !== 'ERR_BV_PEER_GONE') throw error;
    });
    if (answer?.missing === null) act = false;
    const outcome = answer === undefined ? last : judged(() => domCriteria(spec), answer);
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

async function call(spec: FunctionCheck, { context, signal }: CheckRun): Promise<CheckOutcome> {
  const check = customCheck(spec.name);
  if (check === undefined) return broken(() => strings.noFunction(spec.name));
  const result = await check(context.custom(signal));
  if (result === undefined || result === true) return { status: 'passed', wanted: '', found: '' };
  if (result === false) return { status: 'failed', wanted: '', found: '' };
  if (typeof result === 'string') return { status: 'failed', wanted: '', found: result };
  return { status: result.passed ? 'passed' : 'failed', wanted: result.wanted ?? '', found: result.found ?? '' };
}

export async function liveOutcome(spec: Exclude<CheckSpec, FileCheck>, container: Container, run: CheckRun): Promise<CheckOutcome> {
  switch (spec.type) {
    case 'command':
      return judged(() => commandCriteria(spec), await commandSubject(spec, container, run.signal));
    case 'test':
      return judged(() => testCriteria(spec), await testSubject(spec, container, run.signal));
    case 'request':
      return request(spec, container, run);
    case 'dom':
      return look(spec, container, run);
    case 'function':
      return call(spec, run);
  }
}
