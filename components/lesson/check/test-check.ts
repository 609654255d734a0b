import type { Container, ExecResult } from '../../../runtime/index.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { Criterion } from './check-context.ts';
import type { TestCheck } from './check-spec.ts';
import { foundCode } from './command-check.ts';
import { excerpt } from './matcher.ts';

interface FailedTest {
  readonly name: string;
  readonly message: string;
}

/** The failing tests of a TAP report that hold no other tests, with what their assertion says. */
export function failedTests(tap: string): FailedTest[] {
  const lines = tap.split('\n');
  return lines.flatMap((line, index) => {
    const found = /^\s*not ok \d+ - (.*?)(?: # .*)?$/.exec(line);
    if (found === null) return [];
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((one) => /^\s*\.\.\.$/.test(one));
    const details = rest.slice(0, end < 0 ? undefined : end);
    if (details.some((one) => /failureType: 'subtestsFailed'/.test(one))) return [];
    return [{ name: found[1]!.replace(/\\(.)/g, '$1'), message: errorOf(details) }];
  });
}

/** What a YAML block says under `error`. */
function errorOf(lines: readonly string[]): string {
  const at = lines.findIndex((line) => /^\s*error: /.test(line));
  if (at < 0) return '';
  const [, indent = '', first = ''] = /^(\s*)error: (.*)$/.exec(lines[at]!) ?? [];
  if (!/^\|-?$/.test(first)) return first.replace(/^'(.*)'$/, '$1').replace(/^"(.*)"$/, '$1');
  const block = lines.slice(at + 1);
  const end = block.findIndex((line) => line.trim() !== '' && !line.startsWith(`${indent} `));
  return block
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.trim())
    .join(' ')
    .trim();
}

export function testCriteria(spec: TestCheck): Criterion<ExecResult>[] {
  return [
    {
      wanted: strings.wantsTests(spec.path),
      differs: (result) => {
        if (result.code === 0) return undefined;
        const failed = failedTests(result.stdout);
        const [first] = failed;
        if (first === undefined) return foundCode(result);
        return strings.foundFailedTests(failed.length, first.name, excerpt(first.message));
      },
    },
  ];
}

export function testSubject(spec: TestCheck, container: Container, signal: AbortSignal): Promise<ExecResult> {
  const path = spec.path.replaceAll("'", `'\\''`);
  return container.exec(`node --test --test-reporter=tap '${path}'`, { signal });
}
