/**
 * `npm run conformance:node -- DIR [options]`: runs files of Node's own test suite inside bavini in Chromium and compares
 * with the expectations file of the engine. A listed failure that passes fails the run too.
 *
 *     --engine quickjs         default: native
 *     --module path,util       of these modules; default: all
 *     --kind files,server      default: pure; `all`
 *     --folder es-module       below DIR/test; default: parallel
 *     --name TEXT,TEXT         files whose names contain one of them
 *     --resume                 leaves out what the interrupted run before had done
 *     --update                 merges the results into the expectations file
 *     --readme                 runs nothing: writes the README's table from both expectations files
 *     --seconds 270            starts no case later; exit code 3 says that --resume has more to do
 *     --dist FOLDER            the build that is measured; default: dist
 *     --parallel 2 --verbose
 */
import { createServer } from 'node:http';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser } from '../browsers.ts';
import { casesOf, type SuiteCase } from './node-suite.ts';
import { readExpectations, writeExpectations, type Expectation, type Status } from './expectations.ts';
import { SuitePage } from './suite-page.ts';
import { tableForReadme, tableForTerminal, tallyOf } from './tally.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'native' },
    module: { type: 'string' },
    kind: { type: 'string', default: 'pure' },
    folder: { type: 'string', default: 'parallel' },
    name: { type: 'string' },
    resume: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    parallel: { type: 'string', default: '2' },
    dist: { type: 'string' },
    seconds: { type: 'string', default: 'Infinity' },
  },
});
const root = positionals[0];
if (root === undefined || !existsSync(join(root, 'test/parallel'))) {
  console.error('usage: npm run conformance:node -- DIR, where DIR/test/parallel is a checkout of the suite');
  process.exit(2);
}
const project = resolve(import.meta.dirname, '../../..');
const { engine } = values;
const dist = values.dist ?? join(project, 'dist');
const expectationsOf = (name: string) => join(project, `runtime/programs/node/conformance/${name}.tsv`);

/** Milliseconds a file may take. */
const timeoutMs = 15_000;

const modules = values.module?.split(',');
const kinds = values.kind.split(',');
const cases = casesOf(root, values.folder.split(',')).filter(
  (one) =>
    (values.name === undefined || values.name.split(',').some((part) => one.name.includes(part))) &&
    (modules === undefined || modules.includes(one.module)) &&
    (kinds.includes('all') || kinds.includes(one.kind)),
);

if (values.readme) {
  const tally = (name: string) => {
    const listed = new Map(readExpectations(expectationsOf(name)).map((row) => [row.name, row.status]));
    return tallyOf(cases.map((one) => ({ module: one.module, status: listed.get(one.name) ?? 'pass' })));
  };
  const file = join(project, 'README.md');
  const [start, end] = ['<!-- conformance:node -->', '<!-- /conformance:node -->'];
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md must hold ${start} and ${end}`);
  const table = tableForReadme(tally('native'), tally('quickjs'));
  writeFileSync(file, `${text.slice(0, from)}${start}\n\n${table}\n\n${text.slice(to)}`);
  process.exit(0);
}

/** One tar of what the cases read. */
const tar = join(tmpdir(), `bavini-node-suite-${process.pid}.tar`);
process.once('exit', () => rmSync(tar, { force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
execFileSync('tar', [
  '--format=ustar',
  '-C',
  root,
  '--exclude=test/fixtures/wpt',
  '--exclude=test/fixtures/wasi*',
  '-cf',
  tar,
  ...new Set(['test/common', 'test/fixtures', 'test/parallel', ...values.folder.split(',').map((folder) => `test/${folder}`)]),
]);

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.gz': 'application/gzip',
};
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path === '/') {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>conformance</title>');
    return;
  }
  const file = path === '/suite.tar' ? tar : join(dist, path.replace(/^\/dist\//, ''));
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const address = server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

const executablePath = findBrowser('chromium');
if (executablePath === undefined) {
  console.error('Cannot find Chromium: install it, or set CHROME_PATH');
  process.exit(2);
}

/** What stderr says of the cause, for a person who is to write the reason. */
function toldBy(error: string): string | undefined {
  const lines = error.split('\n').map((line) => line.trim());
  return (lines.find((line) => /^\[?(\w*Error|AssertionError|\w+ \[\w+\])/.test(line)) ?? lines.find((line) => line !== ''))?.slice(0, 140);
}

async function run(page: SuitePage, one: SuiteCase): Promise<Expectation> {
  const { name } = one;
  const { end, code, signal, out, error } = await page.run(one);
  if (values.verbose) console.log(`--- ${name}\n${out}${error}`);
  if (end === 'timeout') return { name, status: 'timeout', reason: toldBy(error) ?? '' };
  if (end === 'died') return { name, status: 'fail', reason: `the page died: ${error}` };
  if (code !== 0) return { name, status: 'fail', reason: toldBy(error) ?? `exit code ${code ?? signal}` };
  const skipped = /^1\.\.0 # Skipped:? ?(.*)/.exec(out);
  return skipped === null ? { name, status: 'pass', reason: '' } : { name, status: 'skip', reason: skipped[1]! };
}

/** One row of JSON a result, written as it comes, so that an interrupted run can go on. */
const journal = join(project, `.cache/conformance/${engine}.jsonl`);
mkdirSync(join(project, '.cache/conformance'), { recursive: true });
const results = new Map<string, Expectation>();
if (values.resume && existsSync(journal)) {
  for (const line of readFileSync(journal, 'utf8').split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as Expectation;
    if (cases.some((one) => one.name === row.name)) results.set(row.name, row);
  }
} else rmSync(journal, { force: true });

const queue = cases.filter((one) => !results.has(one.name));
const count = queue.length;
const started = performance.now();
await Promise.all(
  Array.from({ length: Math.min(Number(values.parallel), count) }, async (_, lane) => {
    const page = new SuitePage({ executablePath, origin, engine, timeoutMs }, `${lane}-`);
    while (queue.length > 0 && performance.now() - started < Number(values.seconds) * 1000) {
      const next = queue.shift()!;
      const from = performance.now();
      const result = await run(page, next);
      results.set(result.name, result);
      appendFileSync(journal, `${JSON.stringify(result)}\n`);
      if (result.status !== 'pass')
        console.log(`[${count - queue.length}/${count}] ${result.status.padEnd(8)}${result.name}  ${result.reason}`);
      else if (values.verbose) console.log(`pass ${result.name} ${Math.round(performance.now() - from)} ms`);
    }
    await page.close();
  }),
);
server.close();

const outcomes = [...results.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
const moduleOf = new Map(cases.map((one) => [one.name, one.module]));
console.log(`\n${tableForTerminal(tallyOf(outcomes.map(({ name, status }) => ({ module: moduleOf.get(name)!, status }))))}`);
console.log(`${count - queue.length} run in ${Math.round((performance.now() - started) / 1000)} s, ${queue.length} left`);

if (values.update) {
  writeExpectations(expectationsOf(engine), outcomes);
  console.log(`merged ${outcomes.length} results into ${expectationsOf(engine)}`);
} else {
  const expected = new Map<string, Status>(readExpectations(expectationsOf(engine)).map((row) => [row.name, row.status]));
  const surprises = outcomes.filter(({ name, status }) => (expected.get(name) ?? 'pass') !== status);
  for (const { name, status } of surprises) console.log(`unexpected: ${name} is ${status}, expected ${expected.get(name) ?? 'pass'}`);
  console.log(`${outcomes.length - surprises.length} passed, ${surprises.length} failed`);
  process.exitCode = surprises.length > 0 ? 1 : 0;
}
if (queue.length > 0) process.exitCode = 3;
