/** What unwinds the evaluator when a program leaves a construct early. Thrown, and caught by the construct. */

export class BreakLoop {
  readonly kind: 'break' | 'continue';
  levels: number;
  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

export class ReturnFromFunction {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

export class ExitShell {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** Ctrl-C in an interactive shell: back to the prompt. */
export class Interrupted {
  readonly status = 130;
}
