/** Counts of results per module, as a table for a terminal and for the README. */
import type { Status } from './expectations.ts';

export type Tally = ReadonlyMap<string, Readonly<Record<Status, number>>>;

export function tallyOf(results: Iterable<{ readonly module: string; readonly status: Status }>): Tally {
  const tally = new Map<string, Record<Status, number>>();
  for (const { module, status } of results) {
    const row = tally.get(module) ?? { pass: 0, fail: 0, skip: 0, timeout: 0 };
    row[status]++;
    tally.set(module, row);
  }
  return new Map([...tally].sort());
}

function sumOf(tally: Tally): Record<Status, number> {
  const total = { pass: 0, fail: 0, skip: 0, timeout: 0 };
  for (const row of tally.values()) for (const status of Object.keys(total) as Status[]) total[status] += row[status];
  return total;
}

const filesOf = (row: Readonly<Record<Status, number>>) => row.pass + row.fail + row.skip + row.timeout;

export function tableForTerminal(tally: Tally): string {
  const line = (name: string, row: Readonly<Record<Status, number>>) =>
    `${name.padEnd(16)}${String(row.pass).padStart(6)}${String(row.fail).padStart(6)}${String(row.timeout).padStart(9)}${String(row.skip).padStart(6)}`;
  const total = sumOf(tally);
  const share = ((100 * total.pass) / Math.max(1, filesOf(total))).toFixed(1);
  return [
    'module            pass  fail  timeout  skip',
    ...[...tally].map(([module, row]) => line(module, row)),
    `${line('total', total)}   ${share} % of ${filesOf(total)}`,
  ].join('\n');
}

/** Both tallies are of the same files. What the native engine skips, as real Node on Linux does, is not counted. */
export function tableForReadme(native: Tally, quickjs: Tally): string {
  const counted = (row: Readonly<Record<Status, number>>) => filesOf(row) - row.skip;
  const rows = [...native].map(([module, row]) => [module, counted(row), row.pass, quickjs.get(module)!.pass] as const);
  const [a, b] = [sumOf(native), sumOf(quickjs)];
  const share = (row: Record<Status, number>) => `${row.pass} (${((100 * row.pass) / counted(a)).toFixed(1)} %)`;
  const cells = [
    ['module', 'files', 'native', 'QuickJS'],
    ...rows.map((row) => row.map(String)),
    ['**all**', String(counted(a)), share(a), share(b)],
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  const print = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [print(cells[0]!), rule, ...cells.slice(1).map(print)].join('\n');
}
