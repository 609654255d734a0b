import type { BvErrorCode } from '../../runtime/index.ts';

/**
 * A failure an element found by itself, with the runtime's codes.
 *
 * The runtime's own class is not used, because naming it would load the runtime before anybody asked for it.
 */
export class BvElementError extends Error {
  readonly code: BvErrorCode;

  constructor(code: BvErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'BvError';
    this.code = code;
  }
}

/** What a reader is shown of a failure: its sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Its permanent code, if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
