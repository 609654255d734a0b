/** A failure that npm reports by a code and texts of its own, beside what the files or the network said. */
export interface FailureDetails {
  readonly code?: string | undefined;
  readonly path?: string | undefined;
  readonly pkgid?: string | undefined;
  /** Of the program that failed, or what npm itself exits with. */
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  /** Printed in place of the block of `npm error` lines. */
  readonly standard?: readonly string[] | undefined;
  /** Nothing more is to be said. */
  readonly quiet?: boolean | undefined;
  readonly cause?: unknown;
  /** What a code's own report needs. */
  readonly [field: string]: unknown;
}

export class Failure extends Error {
  readonly code: string | undefined;
  readonly details: FailureDetails;

  constructor(message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.details = details;
  }
}
