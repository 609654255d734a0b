/** What a check can look at. */
import type { Container } from '../../../runtime/index.ts';
import type { CustomCheckContext } from '../../shared/custom-checks.ts';
import type { PreviewAnswer, PreviewQuestion } from '../../preview/preview-interface.ts';

export interface CheckContext {
  /** Text of a file; undefined if there is none or it is not text. */
  read(path: string): Promise<string | undefined>;
  /** Undefined before a boot. */
  readonly container: Container | undefined;
  /** Asks the preview of `port`, or the first one. Undefined if there is none that shows a document. */
  ask(port: number | undefined, question: PreviewQuestion): Promise<PreviewAnswer> | undefined;
  /** Whether all that was run has ended or waits for the reader: nothing will listen on a port by itself any more. */
  idle(): Promise<boolean>;
  /** How many documents the previews have loaded. */
  loads(): number;
  /** What the page's own functions are given. */
  custom(signal: AbortSignal): CustomCheckContext;
}

/** One thing that is wanted of a subject: a file's text, an answer, … */
export interface Criterion<Subject> {
  readonly wanted: string;
  /** What there is instead; undefined if it is as wanted. */
  readonly differs: (subject: Subject) => string | undefined;
}

/**
 * `waiting`: what is to be looked at does not run. `broken`: the check could not be made, or its function failed.
 */
export interface CheckOutcome {
  readonly status: 'passed' | 'failed' | 'waiting' | 'broken';
  /** What is wanted: of what is not there, else of the whole. */
  readonly wanted: string;
  /** What there is instead; empty if all is well. */
  readonly found: string;
}

export interface CheckRun {
  readonly context: CheckContext;
  readonly signal: AbortSignal;
  /** Waits for a server or a document that is not there yet. */
  readonly patient: boolean;
  /** What is to be looked at is there: the time limit begins. */
  readonly begin: () => void;
  /** Tells an outcome that may still change. */
  readonly report: (outcome: CheckOutcome) => void;
}

/** What is said of it whenever it is read: in the language that is spoken then, which may come late, or be changed. */
export function outcome(status: CheckOutcome['status'], found: () => string, wanted: () => string = () => ''): CheckOutcome {
  return {
    status,
    get wanted() {
      return wanted();
    },
    get found() {
      return found();
    },
  };
}

/** The first criterion that is not met. */
export function judged<Subject>(criteria: () => readonly Criterion<Subject>[], subject: Subject): CheckOutcome {
  const at = criteria().findIndex(({ differs }) => differs(subject) !== undefined);
  if (at < 0) return { status: 'passed', wanted: '', found: '' };
  return outcome(
    'failed',
    () => criteria()[at]!.differs(subject) ?? '',
    () => criteria()[at]!.wanted,
  );
}

export const waiting = (found: () => string): CheckOutcome => outcome('waiting', found);
export const broken = (found: () => string): CheckOutcome => outcome('broken', found);
