/** Runs the test suites and counts their tests. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { projectFiles } from './files.ts';
import { linesOf, run } from './report.ts';
import type { Outcome } from './report.ts';

/** Tests that need Node, and those that compare with the real thing in Node. */
export async function runNodeTests(): Promise<Outcome> {
  const files = projectFiles().filter((file) => /\.(node|oracle)\.test\.ts$/.test(file) && !file.startsWith('bench/'));
  return runNodeFiles(files, os.availableParallelism());
}

/** Demo pages in a real browser, driven from Node. */
export async function runEndToEndTests(): Promise<Outcome> {
  return runNodeFiles(
    projectFiles().filter((file) => /\.e2e\.test\.ts$/.test(file)),
    1,
  );
}

/** @param atOnce Browsers have the machine for themselves. */
async function runNodeFiles(files: readonly string[], atOnce: number): Promise<Outcome> {
  if (files.length === 0) return { passed: 0, failed: 0, lines: ['no such test'] };
  const { code, output } = await run(process.execPath, [
    '--test',
    '--test-reporter=tap',
    `--test-concurrency=${atOnce}`,
    '--test-timeout=300000',
    ...files,
  ]);
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  const lines = failed === 0 && code === 0 ? [`${files.length} files`] : failures(output);
  const skipped = count('skipped') + count('todo');
  if (skipped > 0) lines.push(`${skipped} skipped`);
  return { passed: count('pass'), failed: failed === 0 && code !== 0 ? 1 : failed, lines };
}

/** The failing leaves of a TAP stream, with their diagnostics. */
function failures(tap: string): string[] {
  const lines = tap.split('\n');
  return lines.flatMap((line, index) => {
    if (!/^\s*not ok /.test(line)) return [];
    const end = lines.findIndex((other, at) => at > index && /^\s*\.\.\.$/.test(other));
    const details = lines
      .slice(index + 1, end < 0 ? index + 20 : end)
      .filter((detail) => !/^\s*(---|duration_ms|type:|stack:)|node_modules\//.test(detail));
    return [line.trim(), ...details.slice(0, 14)];
  });
}

/** Web Test Runner in every browser that is installed, or in `browser`. */
export async function runBrowserTests(browser: string | undefined): Promise<Outcome> {
  rmSync('.cache/browser-tests.json', { force: true });
  const { code, output } = await run(process.execPath, ['node_modules/@web/test-runner/dist/bin.js'], {
    live: true,
    env: browser === undefined ? {} : { BROWSERS: browser },
  });
  if (!existsSync('.cache/browser-tests.json')) return { passed: 0, failed: 1, lines: linesOf(output).slice(-20) };
  const counts = JSON.parse(readFileSync('.cache/browser-tests.json', 'utf8')) as Record<
    string,
    { passed: number; failed: number; skipped: number }
  >;
  const totals = Object.values(counts);
  const failed = totals.reduce((sum, one) => sum + one.failed, 0);
  return {
    passed: totals.reduce((sum, one) => sum + one.passed, 0),
    failed: failed === 0 && code !== 0 ? 1 : failed,
    lines: Object.entries(counts).map(
      ([name, { passed, failed: bad, skipped }]) => `${name}: ${passed} passed, ${bad} failed, ${skipped} skipped`,
    ),
  };
}
