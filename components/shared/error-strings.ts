import type { BvErrorCode } from '../../runtime/index.ts';
import { BvElementError, codeOf, messageOf } from './element-error.ts';
import { stringsOf } from './strings.ts';

/** A sentence for each kind of failure, in the languages that are not English: there the message itself is one. */
export type ErrorStrings = Readonly<Record<BvErrorCode, string>>;

const errorStrings: Readonly<Record<string, string | undefined>> = stringsOf('errors', {});

/**
 * What a reader is shown of a failure: what kind it is in their language, then what happened in the runtime's words. What an element found
 * by itself is said in their language already. Read it when text is rendered, or within `saidBy()`.
 */
export function shownMessageOf(error: unknown): string {
  const kind = error instanceof BvElementError ? undefined : errorStrings[codeOf(error) ?? ''];
  return kind === undefined ? messageOf(error) : `${kind} (${messageOf(error)})`;
}
