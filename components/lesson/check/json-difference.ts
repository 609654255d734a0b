import { lessonStrings as strings } from '../lesson-strings.ts';
import { jsonDifference } from './json-subset.ts';

/** What JSON there is, compared with what is wanted: in words. */
export function differsAsJson(text: string, wanted: unknown): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return strings.foundNoJson((error as Error).message);
  }
  const difference = jsonDifference(parsed, wanted);
  if (difference === undefined) return undefined;
  if (difference.found === undefined) return strings.foundNoValue(difference.path, difference.wanted);
  return strings.foundValue(difference.path, difference.found, difference.wanted);
}
