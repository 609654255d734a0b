/** Runs the test suites and counts their tests. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { projectFiles } from './files.ts';
import { linesOf, run } from './report.ts';
import type { Outcome } from './report.ts';

/** Tests that need Node, and those that compare with the real thing in Node. */
export async function runNodeTests(): Promise<Outcome> {
  const files = projectFiles().filter((file) => /\.(node|oracle)\.test\.ts$/.test(file) && !file.startsWith('bench/'));
  return runNodeFiles(files);
}

/** Demo pages in a real browser, driven from Node. */
export async function runEndToEndTests(): Promise<Outcome> {
  return runNodeFiles(projectFiles().filter((file) => /\.e2e\.test\.ts$/.test(file)));
}

async function runNodeFiles(files: readonly string[]): Promise<Outcome> {
  if (files.length === 0) return { passed: 0, failed: 0, lines: ['no such test'] };
  const { code, output } = await run(process.execPath, [
    '--test',
    '--test-reporter=tap',
    '--test-concurrency=1',
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
      .filter((detail) => !/^\s*(---|duration_ms|type:|stack:)/.test(detail));
    return [line.trim(), ...details.slice(0, 14)];
  });
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
type CountsByFile = Record<string, Record<string, Counts>>;

/** Undefined if the runner did not come to its end. */
async function runInBrowsers(args: readonly string[], browsers: string | undefined): Promise<{ counts?: CountsByFile; output: string }> {
  rmSync('.cache/browser-tests.json', { force: true });
  const { output } = await run(process.execPath, ['node_modules/@web/test-runner/dist/bin.js', ...args], {
    live: true,
    env: browsers === undefined ? {} : { BROWSERS: browsers },
  });
  if (!existsSync('.cache/browser-tests.json')) return { output };
  return { counts: JSON.parse(readFileSync('.cache/browser-tests.json', 'utf8')) as CountsByFile, output };
}

/**
 * Web Test Runner in every browser that is installed, or in `browser`. A file that fails is run once more by itself, and
 * named: what passes then depended on the machine's load or on the files before it, which is worth a look and no verdict.
 */
export async function runBrowserTests(browser: string | undefined): Promise<Outcome> {
  const { counts, output } = await runInBrowsers([], browser);
  if (counts === undefined) return { passed: 0, failed: 1, lines: linesOf(output).slice(-20) };
  const lines: string[] = [];
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, files] of Object.entries(counts)) {
    for (const [file, first] of Object.entries(files)) {
      if (first.failed === 0) continue;
      const again = (await runInBrowsers(['--files', file], name.toLowerCase())).counts?.[name]?.[file];
      if (again === undefined) continue;
      files[file] = again;
      lines.push(`${name}: ${file} failed among the others, and by itself ${again.failed === 0 ? 'passed' : 'failed again'}`);
    }
    const sum = { passed: 0, failed: 0, skipped: 0 };
    for (const count of Object.values(files)) for (const key of ['passed', 'failed', 'skipped'] as const) sum[key] += count[key];
    lines.push(`${name}: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
    for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += sum[key];
  }
  return { passed: total.passed, failed: total.failed, lines };
}
