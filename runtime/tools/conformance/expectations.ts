/** What a run of somebody else's suite is expected to come to: a tab-separated row a file, with an actionable reason. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Status = 'pass' | 'fail' | 'skip' | 'timeout';

export interface Expectation {
  readonly name: string;
  readonly status: Status;
  /** What is missing, or why a browser cannot. Empty for a pass. */
  readonly reason: string;
}

/** Stands before what the runner could say itself: a person has yet to write the reason. */
const unexplained = 'unexplained: ';

/** Files that are not listed are expected to pass. */
export function readExpectations(file: string): readonly Expectation[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', status = 'fail', reason = ''] = line.split('\t');
      return { name, status: status as Status, reason };
    });
}

/** Keeps the rows of files that were not run now, and the reasons that somebody wrote. */
export function writeExpectations(file: string, results: readonly Expectation[]): void {
  const rows = new Map(readExpectations(file).map((row) => [row.name, row]));
  for (const { name, status, reason } of results) {
    const known = rows.get(name);
    if (status === 'pass') rows.delete(name);
    else if (known === undefined || known.status !== status || known.reason.startsWith(unexplained))
      rows.set(name, { name, status, reason: status === 'skip' ? reason : unexplained + reason });
  }
  mkdirSync(dirname(file), { recursive: true });
  const lines = [...rows.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, status, reason }) => `${name}\t${status}\t${reason.replaceAll(/[\t\n]/g, ' ')}`);
  writeFileSync(
    file,
    `# File, status, reason. Files that are not listed pass. Written by npm run conformance:node -- DIR --update\n${lines.join('\n')}\n`,
  );
}
