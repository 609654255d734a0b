import { lessonStrings as strings } from '../lesson-strings.ts';
import type { CheckContext, Criterion } from './check-context.ts';
import type { FileCheck } from './check-spec.ts';
import { differsAsJson } from './json.ts';
import { finds, firstDifference, writtenOf } from './matcher.ts';

export function fileCriteria(spec: FileCheck): Criterion<string | undefined>[] {
  const { path, contains, lacks, matches, equals, json } = spec;
  if (spec.absent)
    return [{ wanted: strings.wantsNoFile(path), differs: (text) => (text === undefined ? undefined : strings.foundFile(path)) }];
  const criteria: Criterion<string | undefined>[] = [];
  const add = (wanted: string, differs: (text: string) => string | undefined) => {
    criteria.push({ wanted, differs: (text) => (text === undefined ? strings.foundNoFile(path) : differs(text)) });
  };
  if (contains !== undefined)
    add(strings.wantsInFile(path, writtenOf(contains)), (text) => (finds(contains, text) ? undefined : strings.foundNotInFile(path)));
  if (matches !== undefined)
    add(strings.wantsMatch(path, String(matches)), (text) => (matches.test(text) ? undefined : strings.foundNotInFile(path)));
  if (lacks !== undefined)
    add(strings.wantsNotInFile(path, writtenOf(lacks)), (text) => (finds(lacks, text) ? strings.foundInFile(path) : undefined));
  if (equals !== undefined)
    add(strings.wantsEqual(path), (text) => {
      const difference = firstDifference(text, equals);
      return difference && strings.foundLine(difference.line, difference.found, difference.wanted);
    });
  if (json !== undefined) add(strings.wantsJson(path, JSON.stringify(json)), (text) => differsAsJson(text, json));
  if (criteria.length === 0) add(strings.wantsFile(path), () => undefined);
  return criteria;
}

export function fileSubject(spec: FileCheck, context: CheckContext): Promise<string | undefined> {
  return context.read(spec.path);
}
