/**
 * `npm run bench`: medians, and ratios against peers, in one run in Chromium. Nothing here passes or fails; it prints what
 * it measured and the machine it measured on. `--only boot,pipe` picks rows, `--runs 5` sets the number of fresh pages.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { chromiumArguments, findBrowser } from '../runtime/tools/browsers.ts';
import { median, quantile, treePss } from './measure.ts';
import { bundlePeers } from './peers.ts';
import { serve } from './serve.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string', default: '7' } } });
const only = values.only?.split(',');
const runs = Number(values.runs);

interface Row {
  readonly what: string;
  readonly value: string;
  readonly mustReach: string;
  readonly aim: string;
}
const rows: Row[] = [];
const wanted = (name: string) => only === undefined || only.includes(name);
const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

/** A folder of small CommonJS modules, as a tar for us and as files for real Node. */
function smallModules(count: number): { folder: string; tar: Uint8Array } {
  const folder = mkdtempSync(join(tmpdir(), 'bavini-bench-'));
  mkdirSync(join(folder, 'lib'));
  for (let index = 0; index < count; index++) {
    writeFileSync(
      join(folder, `lib/m${index}.js`),
      `'use strict';\nconst value = ${index};\nfunction add(x) {\n  return x + value;\n}\nmodule.exports = { value, add };\n`,
    );
  }
  writeFileSync(
    join(folder, 'all.js'),
    `const start = process.hrtime.bigint();\nlet sum = 0;\nfor (let i = 0; i < ${count}; i++) sum += require('./lib/m' + i + '.js').add(1);\nconsole.log(Number(process.hrtime.bigint() - start) / 1e6, sum);\n`,
  );
  const tar = execFileSync('tar', ['--format=ustar', '-C', folder, '-cf', '-', 'all.js', 'lib'], { maxBuffer: 1 << 28 });
  return { folder, tar };
}

const modules = smallModules(1000);
await bundlePeers();
const { server, origin } = await serve(new Map([['/modules.tar', modules.tar]]));
const executablePath = findBrowser('chromium');
if (executablePath === undefined) throw new Error('Cannot find Chromium: install it, or set CHROME_PATH');
const browser: Browser = await launch({ executablePath, args: [...chromiumArguments], headless: true });

/** A fresh page, so that nothing is cached in memory; what the browser has on disk stays. */
async function onPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`page: ${String(error)}`));
  await page.goto(origin);
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

type Api = typeof import('../runtime/index.ts');

if (wanted('boot')) {
  const echo = (page: Page) =>
    page.evaluate(async () => {
      const start = performance.now();
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot();
      const { stdout } = await container.exec('echo hi');
      if (stdout !== 'hi\n') throw new Error(`echo said ${JSON.stringify(stdout)}`);
      return performance.now() - start;
    });
  const echoOfAlmostnode = (page: Page) =>
    page.evaluate(async () => {
      const start = performance.now();
      const { createContainer } = (await import(new URL('/peers/almostnode.js', location.href).href)) as {
        createContainer(): { run(line: string): Promise<{ stdout: string }> };
      };
      const { stdout } = await createContainer().run('echo hi');
      if (stdout !== 'hi\n') throw new Error(`echo said ${JSON.stringify(stdout)}`);
      return performance.now() - start;
    });
  const echoOfLifo = (page: Page) =>
    page.evaluate(async () => {
      const start = performance.now();
      const { Sandbox } = (await import(new URL('/peers/lifo.js', location.href).href)) as {
        Sandbox: { create(): Promise<{ commands: { run(line: string): Promise<{ stdout: string }> } }> };
      };
      const { stdout } = await (await Sandbox.create()).commands.run('echo hi');
      if (stdout !== 'hi\n') throw new Error(`echo said ${JSON.stringify(stdout)}`);
      return performance.now() - start;
    });
  // In turns, after a page that nobody counts: the first pages of a browser are the slowest.
  await onPage(echo);
  const ours: number[] = [];
  const almostnode: number[] = [];
  const lifo: number[] = [];
  for (let index = 0; index < runs; index++) {
    ours.push(await onPage(echo));
    almostnode.push(await onPage(echoOfAlmostnode));
    lifo.push(await onPage(echoOfLifo));
  }
  rows.push({
    what: 'script evaluated → first output of `echo`',
    value: `${ms(median(ours))} (almostnode ${ms(median(almostnode))}, ratio ${(median(ours) / median(almostnode)).toFixed(2)}; lifo ${ms(median(lifo))})`,
    mustReach: "≤ almostnode's",
    aim: '150 ms',
  });
}

if (wanted('node')) {
  const first: number[] = [];
  const pooled: number[] = [];
  for (let index = 0; index < runs; index++) {
    const [cold, ...warm] = await onPage((page) =>
      page.evaluate(async () => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
        const container = await Container.boot();
        await container.exec('true');
        const all: number[] = [];
        for (let turn = 0; turn < 6; turn++) {
          const start = performance.now();
          const { stdout, stderr } = await container.exec(`node -e "console.log(1)"`);
          if (stdout !== '1\n') throw new Error(`node said ${JSON.stringify(stdout + stderr)}`);
          all.push(performance.now() - start);
          await new Promise((later) => setTimeout(later, 400)); // The pool fills again while nobody waits.
        }
        return all;
      }),
    );
    first.push(cold!);
    pooled.push(...warm);
  }
  rows.push({
    what: '`node -e "console.log(1)"`, first / pooled',
    value: `${ms(median(first))} / ${ms(median(pooled))}`,
    mustReach: '≤ 400 ms / ≤ 60 ms',
    aim: '150 / 15 ms',
  });
}

if (wanted('pipe')) {
  const warm = await onPage((page) =>
    page.evaluate(async () => {
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot();
      const all: number[] = [];
      for (let turn = 0; turn < 60; turn++) {
        const start = performance.now();
        const { stdout } = await container.exec('echo a | tr a b');
        if (stdout !== 'b\n') throw new Error(`tr said ${JSON.stringify(stdout)}`);
        if (turn >= 10) all.push(performance.now() - start);
      }
      return all;
    }),
  );
  rows.push({ what: 'warm `echo a | tr a b`', value: ms(median(warm)), mustReach: '≤ 5 ms', aim: '1 ms' });
}

if (wanted('require')) {
  const real: number[] = [];
  for (let index = 0; index < runs; index++) {
    real.push(Number(execFileSync(process.execPath, [join(modules.folder, 'all.js')], { encoding: 'utf8' }).split(' ')[0]));
  }
  const ours = await onPage((page) =>
    page.evaluate(async (count) => {
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot();
      await container.fs.mkdir('/tmp/modules');
      await container.mountLayer('/tmp/modules', await (await fetch('/modules.tar')).blob(), 'bench-modules');
      const all: number[] = [];
      for (let turn = 0; turn < count; turn++) {
        const { stdout, stderr } = await container.exec('node /tmp/modules/all.js');
        const told = Number(stdout.split(' ')[0]);
        if (!(told > 0)) throw new Error(`node said ${JSON.stringify(stdout + stderr)}`);
        all.push(told);
      }
      return all;
    }, runs),
  );
  rows.push({
    what: '`require` of 1,000 small files from a layer',
    value: `${ms(median(ours))} (real Node ${ms(median(real))}, ratio ${(median(ours) / median(real)).toFixed(2)})`,
    mustReach: '≤ 2 × real Node',
    aim: '1 ×',
  });
}

if (wanted('get')) {
  /** A page of the preview that asks its own server again and again, and tells how long each answer took. */
  const script = `(async () => {
    const took = [];
    for (let turn = 0; turn < 220; turn++) {
      const start = performance.now();
      if ((await (await fetch('/data')).text()) !== 'hello') throw new Error('the server said something else');
      if (turn >= 20) took.push(performance.now() - start);
    }
    console.log(JSON.stringify(took));
  })()`;
  const inline = await onPage((page) =>
    page.evaluate(async (text) => {
      await import(new URL('/dist/bavini.js', location.href).href);
      const container = document.createElement('bv-container') as HTMLElement & { run(): Promise<void> };
      const files = {
        's.js': `require('http').createServer((q, s) => q.url === '/data' ? s.end('hello') : s.setHeader('content-type', 'text/html').end(${JSON.stringify(`<!doctype html><script>${text}</script>`)})).listen(3000)`,
      };
      for (const [path, content] of Object.entries(files)) {
        const file = document.createElement('script');
        file.type = 'bv-file';
        file.setAttribute('path', path);
        file.textContent = content.replaceAll('</script>', '<\\/script>');
        container.append(file);
      }
      const terminal = document.createElement('bv-terminal');
      terminal.setAttribute('command', 'node s.js');
      const shown = document.createElement('bv-preview');
      shown.setAttribute('port', '3000');
      container.append(terminal, shown);
      const told = new Promise<string>((resolve, reject) => {
        shown.addEventListener('bv-console', (event) => resolve(String((event as Event & { args: unknown[] }).args[0])));
        shown.addEventListener('bv-error', (event) => reject((event as Event & { error: Error }).error));
      });
      document.body.append(container);
      await container.run();
      return JSON.parse(await told) as number[];
    }, script),
  );
  const direct = await onPage((page) =>
    page.evaluate(async () => {
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot({ files: { 's.js': `require('http').createServer((q, s) => s.end('hello')).listen(3000)` } });
      const ready = new Promise((open) => container.on('server-ready', open));
      await container.spawn('node', ['s.js']);
      await ready;
      const took: number[] = [];
      for (let turn = 0; turn < 220; turn++) {
        const start = performance.now();
        if ((await (await container.fetch(3000, '/')).text()) !== 'hello') throw new Error('the server said something else');
        if (turn >= 20) took.push(performance.now() - start);
      }
      return took;
    }),
  );
  rows.push({
    what: 'GET through the preview host to `node:http`, p50',
    value: `${ms(median(inline))} (p99 ${ms(quantile(inline, 0.99))}; \`container.fetch()\` ${ms(median(direct))})`,
    mustReach: '≤ 8 ms',
    aim: '2 ms',
  });
}

if (wanted('key')) {
  const all = await onPage((page) =>
    page.evaluate(async () => {
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot();
      const shell = await container.spawn('sh', ['-i']);
      const reader = shell.output.getReader();
      const writer = shell.input.getWriter();
      await reader.read();
      await new Promise((later) => setTimeout(later, 300));
      const took: number[] = [];
      for (let turn = 0; turn < 300; turn++) {
        const start = performance.now();
        await writer.write('x');
        let seen = '';
        while (!seen.includes('x')) seen += (await reader.read()).value ?? 'x';
        if (turn >= 20) took.push(performance.now() - start);
        if (turn % 40 === 39) {
          await writer.write('\u0015');
          await reader.read();
        }
      }
      return took;
    }),
  );
  rows.push({
    what: 'key pressed in the terminal → echoed, p99',
    value: `${ms(quantile(all, 0.99))} (p50 ${ms(median(all))})`,
    mustReach: '≤ 16 ms',
    aim: '4 ms',
  });
}

if (wanted('tasks')) {
  const longest = await onPage((page) =>
    page.evaluate(async () => {
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot({
        files: {
          'build.js': `const fs = require('fs'); const { gzipSync } = require('zlib');
            for (let round = 0; round < 40; round++) {
              fs.mkdirSync('out/' + round, { recursive: true });
              for (let i = 0; i < 50; i++) fs.writeFileSync('out/' + round + '/' + i + '.js', 'export const x = ' + i + ';'.repeat(2000));
              gzipSync(Buffer.alloc(200000, round)); console.log('built', round, 'x'.repeat(500));
            }`,
        },
      });
      const tasks: number[] = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
        entryTypes: ['longtask'],
      });
      const { code, stderr } = await container.exec('node build.js');
      if (code !== 0) throw new Error(stderr);
      await new Promise((later) => setTimeout(later, 200));
      return tasks;
    }),
  );
  rows.push({
    what: "page's long tasks while a build-like process runs",
    value: longest.length === 0 ? 'none over 50 ms' : `${longest.length}, longest ${ms(Math.max(...longest))}`,
    mustReach: 'none over 50 ms',
    aim: '',
  });
}

if (wanted('memory')) {
  const pid = browser.process()?.pid;
  const page = await browser.newPage();
  await page.goto(origin);
  await new Promise((later) => setTimeout(later, 2000));
  const before = pid === undefined ? undefined : treePss(pid);
  await page.evaluate(async () => {
    const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
    const container = await Container.boot();
    await container.exec('echo hi');
    (globalThis as { kept?: unknown }).kept = container;
  });
  await new Promise((later) => setTimeout(later, 2000));
  const booted = pid === undefined ? undefined : treePss(pid);
  await page.evaluate(async () => {
    await (globalThis as unknown as { kept: { exec(line: string): Promise<unknown> } }).kept.exec('node -e 0');
  });
  await new Promise((later) => setTimeout(later, 3000));
  const warm = pid === undefined ? undefined : treePss(pid);
  const mb = (bytes: number | undefined) =>
    bytes === undefined || before === undefined ? 'not known here' : `${Math.round((bytes - before) / 1e6)} MB`;
  rows.push({
    what: 'memory of an idle container over a blank page, shell only / with a pooled `node`',
    value: `${mb(booted)} / ${mb(warm)}`,
    mustReach: '≤ 100 MB',
    aim: '40 MB',
  });
  await page.close();
}

const version = await browser.version();
await browser.close();
server.close();
rmSync(modules.folder, { recursive: true });

const date = new Date().toISOString().slice(0, 10);
console.log(
  `\n${version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, ${date}; medians of ${runs} fresh pages\n`,
);
console.log('| what | measured | must reach | aim |\n| --- | --- | --- | --- |');
for (const { what, value, mustReach, aim } of rows) console.log(`| ${what} | ${value} | ${mustReach} | ${aim} |`);
