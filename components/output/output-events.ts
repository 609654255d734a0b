/** `bv-output-end`: the command of an output ended by itself. */
export class BvOutputEndEvent extends Event {
  /** 128 + n for a signal. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('bv-output-end', { bubbles: true, composed: true });
    this.exitCode = exitCode;
  }
}

declare global {
  interface HTMLElementEventMap {
    'bv-output-end': BvOutputEndEvent;
  }
}
