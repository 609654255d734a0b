/** A word cannot be expanded; the command does not run. `fatal` ends a shell that is not interactive. */
export class ExpansionError extends Error {
  readonly fatal: boolean;
  constructor(message: string, fatal = true) {
    super(message);
    this.fatal = fatal;
  }
}
