/** What `bavini check` found, for people and for CI. */

export interface StepReport {
  readonly page: string;
  readonly step: string;
  readonly seconds: number;
  /** Nothing: the step is as it has to be. */
  readonly problems: readonly string[];
  /** There is nothing to check. */
  readonly unchecked: boolean;
}

export type ReporterName = 'text' | 'json' | 'junit';
export const reporterNames: readonly ReporterName[] = ['text', 'json', 'junit'];

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // XML cannot hold them at all.
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '\ufffd');

function junit(reports: readonly StepReport[]): string {
  const cases = reports.map(({ page, step, seconds, problems, unchecked }) => {
    const inner = unchecked
      ? '<skipped message="the step has no checks"/>'
      : problems.map((problem) => `<failure message="${escaped(problem)}"/>`).join('');
    return `    <testcase classname="${escaped(page)}" name="${escaped(step)}" time="${seconds.toFixed(3)}">${inner}</testcase>`;
  });
  const failed = reports.filter(({ problems }) => problems.length > 0).length;
  const skipped = reports.filter(({ unchecked }) => unchecked).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="bavini check" tests="${reports.length}" failures="${failed}" skipped="${skipped}">
${cases.join('\n')}
  </testsuite>
</testsuites>`;
}

function plain(reports: readonly StepReport[]): string {
  const lines = reports.flatMap(({ page, step, problems, unchecked }) => [
    `${problems.length > 0 ? 'not ok' : 'ok    '} ${page}: ${step}${unchecked ? ' (it has no checks)' : ''}`,
    ...problems.map((problem) => `       ${problem.replaceAll('\n', '\n       ')}`),
  ]);
  const failed = reports.filter(({ problems }) => problems.length > 0).length;
  return [...lines, failed === 0 ? `All ${reports.length} steps are right` : `${failed} of ${reports.length} steps are wrong`].join('\n');
}

export function reportText(reports: readonly StepReport[], reporter: ReporterName): string {
  switch (reporter) {
    case 'text':
      return plain(reports);
    case 'json':
      return JSON.stringify(reports, null, 1);
    case 'junit':
      return junit(reports);
  }
}
