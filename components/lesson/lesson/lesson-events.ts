import type { CheckOutcome } from '../check/check-context.ts';

const everywhere = { bubbles: true, composed: true } as const;

/** `bv-step`: another step is shown, and its files are there. */
export class BvStepEvent extends Event {
  readonly step: string;
  /** From 0. */
  readonly index: number;

  constructor(step: string, index: number) {
    super('bv-step', everywhere);
    this.step = step;
    this.index = index;
  }
}

/** `bv-check`: a check was made. Sent by the `<bv-check>`. */
export class BvCheckEvent extends Event {
  readonly step: string;
  readonly outcome: CheckOutcome;

  constructor(step: string, outcome: CheckOutcome) {
    super('bv-check', everywhere);
    this.step = step;
    this.outcome = outcome;
  }
}

/** `bv-done`: all checks of a step have passed for the first time, or all steps are done. */
export class BvDoneEvent extends Event {
  readonly step: string;
  /** Whether it was the last step that was not done. */
  readonly lesson: boolean;

  constructor(step: string, lesson: boolean) {
    super('bv-done', everywhere);
    this.step = step;
    this.lesson = lesson;
  }
}

declare global {
  interface HTMLElementEventMap {
    'bv-step': BvStepEvent;
    'bv-check': BvCheckEvent;
    'bv-done': BvDoneEvent;
  }
}
