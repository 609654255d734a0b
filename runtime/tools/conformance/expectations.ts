/** What a run of somebody else's suite is expected to come to: a tab-separated row a file, with an actionable reason. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Status = 'pass' | 'fail' | 'skip' | 'timeout';

export interface Expectation {
  readonly name: string;
  readonly status: Status;
  /** Empty for a pass. */
  readonly reason: string;
}

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

/** Keeps the rows of files that were not run now. */
export function writeExpectations(file: string, results: readonly Expectation[]): void {
  const rows = new Map(readExpectations(file).map((row) => [row.name, row]));
  for (const row of results) {
    if (row.status === 'pass') rows.delete(row.name);
    else rows.set(row.name, row);
  }
  mkdirSync(dirname(file), { recursive: true });
  const lines = [...rows.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, status, reason }) => `${name}\t${status}\t${reason.replaceAll('\t', ' ')}`);
  writeFileSync(
    file,
    `# File, status, reason. Files that are not listed pass. Written by npm run conformance:node -- DIR --update\n${lines.join('\n')}\n`,
  );
}
