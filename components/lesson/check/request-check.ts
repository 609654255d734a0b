import type { Container } from '../../../runtime/index.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { Criterion } from './check-context.ts';
import type { RequestCheck } from './check-spec.ts';
import { differsAsJson } from './json.ts';
import { excerpt, finds, writtenOf } from './matcher.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export function requestCriteria(spec: RequestCheck): Criterion<Answer>[] {
  const { method, status, headers, body, json } = spec;
  const what = `${method} ${spec.path}`;
  const criteria: Criterion<Answer>[] = [
    {
      wanted: strings.wantsStatus(what, status),
      differs: (answer) => (answer.status === status ? undefined : strings.foundStatus(answer.status, excerpt(answer.body))),
    },
  ];
  for (const { name, value } of headers)
    criteria.push({
      wanted: strings.wantsHeader(what, name, writtenOf(value)),
      differs: (answer) => {
        const found = answer.headers.get(name);
        if (found === null) return strings.foundNoHeader(name);
        return finds(value, found) ? undefined : strings.foundHeader(name, found);
      },
    });
  if (body !== undefined)
    criteria.push({
      wanted: strings.wantsBody(what, writtenOf(body)),
      differs: (answer) =>
        finds(body, answer.body) ? undefined : answer.body === '' ? strings.foundNoBody : strings.foundBody(excerpt(answer.body)),
    });
  if (json !== undefined)
    criteria.push({ wanted: strings.wantsJsonBody(what, JSON.stringify(json)), differs: (answer) => differsAsJson(answer.body, json) });
  return criteria;
}

export async function requestSubject(spec: RequestCheck, container: Container, signal: AbortSignal): Promise<Answer> {
  const response = await container.fetch(spec.port, spec.path, {
    method: spec.method,
    signal,
    ...(spec.send === undefined ? {} : { body: spec.send }),
    ...(spec.sendType === undefined ? {} : { headers: { 'content-type': spec.sendType } }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
