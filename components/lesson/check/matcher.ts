/** Texts that an author wants to find. */

/** A regular expression, or a text whose blanks and line breaks count as one blank. */
export type Pattern = string | RegExp;

const slashed = /^\/(.+)\/([dgimsuvy]*)$/s;

/** `/…/flags` is a regular expression, anything else a text. @throws {SyntaxError} */
export function patternOf(written: string): Pattern {
  const parts = slashed.exec(written);
  return parts === null ? written : expressionOf(written);
}

/** With or without slashes. @throws {SyntaxError} */
export function expressionOf(written: string): RegExp {
  const parts = slashed.exec(written);
  const expression = parts === null ? new RegExp(written, 'm') : new RegExp(parts[1]!, parts[2]);
  // Those two remember where they stopped.
  return new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''));
}

function squashed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function finds(pattern: Pattern, text: string): boolean {
  return typeof pattern === 'string' ? squashed(text).includes(squashed(pattern)) : pattern.test(text);
}

/** As an author wrote it. */
export function writtenOf(pattern: Pattern): string {
  return typeof pattern === 'string' ? pattern.trim() : String(pattern);
}

/** Without what an editor does not show: blanks at the ends of lines, line breaks at the end. */
function shown(text: string): string[] {
  return text
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

export interface LineDifference {
  /** From 1. */
  readonly line: number;
  /** Undefined after the last line. */
  readonly found: string | undefined;
  readonly wanted: string | undefined;
}

/** The first line in which two texts differ, apart from blanks at ends. */
export function firstDifference(found: string, wanted: string): LineDifference | undefined {
  const [left, right] = [shown(found), shown(wanted)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    if (left[index] !== right[index]) return { line: index + 1, found: left[index], wanted: right[index] };
  }
  return undefined;
}

/** As much of a text as a reader can use. */
export function excerpt(text: string, maxLength = 300): string {
  const trimmed = text.trim();
  return trimmed.length <= maxLength ? trimmed : `${trimmed.slice(0, maxLength)}…`;
}
