/**
 * `npm run conformance:node -- DIR [--engine quickjs] [--module path,util] [--kind pure] [--update]`: runs files of Node's
 * own test suite inside bavini in Chromium and compares with the expectations file of the engine. A listed failure that
 * passes fails the run too.
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from 'puppeteer-core';
import { chromiumArguments, findBrowser } from '../browsers.ts';
import { casesOf, type SuiteCase } from './node-suite.ts';
import { readExpectations, writeExpectations, type Expectation, type Status } from './expectations.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'native' },
    module: { type: 'string' },
    kind: { type: 'string', default: 'pure' },
    name: { type: 'string' },
    update: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    parallel: { type: 'string', default: '2' },
  },
});
const root = positionals[0];
if (root === undefined || !existsSync(join(root, 'test/parallel'))) {
  console.error('usage: npm run conformance:node -- DIR, where DIR/test/parallel is a checkout of the suite');
  process.exit(2);
}
const engine = values.engine;
const expectationsFile = resolve(import.meta.dirname, `../../programs/node/conformance/${engine}.tsv`);
const dist = resolve(import.meta.dirname, '../../../dist');

/** Milliseconds a file may take, as the suite's own runner has it for a slow machine. */
const timeoutMs = 15_000;

const modules = values.module?.split(',');
const kinds = values.kind.split(',');
const cases = casesOf(root).filter(
  (one) =>
    (values.name === undefined || one.name.includes(values.name)) &&
    (modules === undefined || modules.includes(one.module)) &&
    (kinds.includes('all') || kinds.includes(one.kind)),
);

/** One tar of what the cases read. */
function suiteTar(): string {
  const file = join(tmpdir(), `bavini-node-suite-${process.pid}.tar`);
  execFileSync('tar', [
    '--format=ustar',
    '-C',
    root!,
    '--exclude=test/fixtures/wpt',
    '--exclude=test/fixtures/wasi*',
    '-cf',
    file,
    'test/common',
    'test/fixtures',
    'test/parallel',
  ]);
  return file;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.gz': 'application/gzip',
};
const tar = suiteTar();
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
const browser = await launch({ executablePath, args: [...chromiumArguments], headless: true });
const page = await browser.newPage();
page.on('pageerror', (error) => console.error(`page: ${String(error)}`));
await page.goto(origin);

/** What the page's side of the runner is called with; made in `open`, used in `run`. */
interface PageRunner {
  runCase(
    name: string,
    flags: readonly string[],
    timeoutMs: number,
  ): Promise<{ code: number | null; signal: string | null; out: string; error: string }>;
}

await page.evaluate(async (engineName: string) => {
  const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof import('../../index.ts');
  const tarBlob = await (await fetch('/suite.tar')).blob();
  const open = async () => {
    const made = await Container.boot({
      engine: engineName as 'native' | 'quickjs',
      env: { NODE_SKIP_FLAG_CHECK: '1', NODE_TEST_KNOWN_GLOBALS: '0', NODE_TEST_DIR: '/tmp' },
    });
    await made.fs.mkdir('/tmp/suite');
    await made.mountLayer('/tmp/suite', tarBlob, 'node-suite');
    return made;
  };
  let container = open();
  const runner: PageRunner = {
    async runCase(name, flags, limitMs) {
      const current = await container;
      const child = await current.spawn('node', [...flags, `test/parallel/${name}`], { cwd: '/tmp/suite', tty: false });
      const text = async (stream: ReadableStream<Uint8Array>) => {
        const bytes = await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer();
        return new TextDecoder().decode(bytes.slice(0, 20_000));
      };
      void child.stdin.close().catch(() => undefined);
      const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<null>((done) => {
        timer = setTimeout(() => done(null), limitMs);
      });
      const status = await Promise.race([child.status, late]);
      clearTimeout(timer);
      if (status === null) {
        await child.kill('SIGKILL');
        // A case that hung may have left children: the next one gets a container of its own.
        if ((await current.ps()).length > 4) {
          current.teardown();
          container = open();
        }
        return { code: null, signal: 'timeout', out: '', error: '' };
      }
      const [out, error] = await outputs;
      return { ...status, out, error };
    },
  };
  (globalThis as unknown as { runner: PageRunner }).runner = runner;
}, engine);

async function run({ name, flags }: SuiteCase): Promise<Expectation> {
  let result;
  try {
    result = await page.evaluate(
      (file, list, limitMs) => (globalThis as unknown as { runner: PageRunner }).runner.runCase(file, list, limitMs),
      name,
      flags,
      timeoutMs,
    );
  } catch (error) {
    return { name, status: 'fail', reason: `runner: ${String(error).split('\n')[0]}` };
  }
  const { code, signal, out, error } = result;
  if (code === 0)
    return {
      name,
      status: out.startsWith('1..0 # Skipped') ? 'skip' : 'pass',
      reason: out.startsWith('1..0') ? out.slice(16, 100).split('\n')[0]! : '',
    };
  if (signal === 'timeout') return { name, status: 'timeout', reason: '' };
  const lines = error.split('\n');
  const told =
    lines.find((line) => /^(\w*Error|AssertionError|\w+ \[\w+\])/.test(line.trim())) ??
    lines.find((line) => line.trim() !== '') ??
    `exit code ${code ?? signal}`;
  if (values.verbose) console.log(`--- ${name}\n${out}${error}`);
  return { name, status: 'fail', reason: told.trim().slice(0, 140) };
}

const results: Expectation[] = [];
const queue = [...cases];
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(values.parallel) }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = await run(next);
      results.push(result);
      if (result.status === 'fail' || result.status === 'timeout')
        console.log(`${result.status.padEnd(8)}${result.name}  ${result.reason}`);
    }
  }),
);
await browser.close();
server.close();
results.sort((a, b) => (a.name < b.name ? -1 : 1));

const moduleOf = new Map(cases.map((one) => [one.name, one.module]));
const table = new Map<string, Record<Status, number>>();
for (const { name, status } of results) {
  const module = moduleOf.get(name)!;
  const row = table.get(module) ?? { pass: 0, fail: 0, skip: 0, timeout: 0 };
  row[status]++;
  table.set(module, row);
}
console.log('\nmodule            pass  fail  timeout  skip');
const total: Record<Status, number> = { pass: 0, fail: 0, skip: 0, timeout: 0 };
for (const [module, row] of [...table].sort()) {
  console.log(
    `${module.padEnd(16)}${String(row.pass).padStart(6)}${String(row.fail).padStart(6)}${String(row.timeout).padStart(9)}${String(row.skip).padStart(6)}`,
  );
  for (const status of Object.keys(row) as Status[]) total[status] += row[status];
}
const share = ((100 * total.pass) / Math.max(1, results.length)).toFixed(1);
console.log(
  `${'total'.padEnd(16)}${String(total.pass).padStart(6)}${String(total.fail).padStart(6)}${String(total.timeout).padStart(9)}${String(total.skip).padStart(6)}   ${share} % of ${results.length} in ${Math.round((performance.now() - started) / 1000)} s`,
);

if (values.update) {
  writeExpectations(expectationsFile, results);
  console.log(`wrote ${results.length} rows to ${expectationsFile}`);
} else {
  const expected = new Map(readExpectations(expectationsFile).map((row) => [row.name, row]));
  const surprises = results.filter(({ name, status }) => (expected.get(name)?.status ?? 'pass') !== status);
  for (const { name, status } of surprises)
    console.log(`unexpected: ${name} is ${status}, expected ${expected.get(name)?.status ?? 'pass'}`);
  console.log(`${results.length - surprises.length} passed, ${surprises.length} failed`);
  process.exitCode = surprises.length > 0 ? 1 : 0;
}
