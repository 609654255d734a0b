/** Previews, terminals, and what the page itself feels. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ms, type Measurement } from '../bench.ts';
import { median, quantile, treePss } from '../measure.ts';

type Api = typeof import('../../runtime/index.ts');

export const get: Measurement = {
  name: 'get',
  async measure({ shared }) {
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
    const inline = await shared.onPage((page) =>
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
          shown.addEventListener('bv-console', (event) =>
            resolve(String((event as Event & { readonly args: readonly unknown[] }).args[0])),
          );
          shown.addEventListener('bv-error', (event) => reject((event as Event & { error: Error }).error));
        });
        document.body.append(container);
        await container.run();
        return JSON.parse(await told) as number[];
      }, script),
    );
    const direct = await shared.onPage((page) =>
      page.evaluate(async () => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
        const container = await Container.boot({
          files: { 's.js': `require('http').createServer((q, s) => s.end('hello')).listen(3000)` },
        });
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
    return [
      {
        what: 'GET through the preview host to `node:http`, p50',
        value: `${ms(median(inline))} (p99 ${ms(quantile(inline, 0.99))}; \`container.fetch()\` ${ms(median(direct))})`,
        mustReach: '≤ 8 ms',
        aim: '2 ms',
      },
    ];
  },
};

export const key: Measurement = {
  name: 'key',
  async measure({ shared }) {
    const all = await shared.onPage((page) =>
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
    return [
      {
        what: 'key pressed in the terminal → echoed, p99',
        value: `${ms(quantile(all, 0.99))} (p50 ${ms(median(all))})`,
        mustReach: '≤ 16 ms',
        aim: '4 ms',
      },
    ];
  },
};

export const tasks: Measurement = {
  name: 'tasks',
  async measure({ runs, shared }) {
    const longest = await shared.onPage((page) =>
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
    return [
      {
        what: "page's long tasks while a build-like process runs",
        value: longest.length === 0 ? 'none over 50 ms' : `${longest.length}, longest ${ms(Math.max(...longest))}`,
        mustReach: 'none over 50 ms',
        aim: '',
      },
    ];
  },
};

export const ends: Measurement = {
  name: 'ends',
  async measure({ shared }) {
    const [key, kill, handled] = await shared.onPage((page) =>
      page.evaluate(async () => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
        const container = await Container.boot();
        await container.exec('node -e 0');
        // What is typed is echoed, and must not look like what it prints.
        const loop = `console.log('loop' + 'ing'); for (;;);`;
        const took: number[][] = [[], [], []];
        for (let turn = 0; turn < 5; turn++) {
          const shell = await container.spawn('sh', ['-i']);
          const reader = shell.output.getReader();
          const writer = shell.input.getWriter();
          const until = async (wanted: string) => {
            for (let seen = ''; !seen.includes(wanted);) {
              const { done, value } = await reader.read();
              if (done) throw new Error(`the shell ended after ${JSON.stringify(seen)}`);
              seen += value;
            }
          };
          await until('$ ');
          await writer.write(`node -e "${loop}"\r`);
          await until('looping');
          let start = performance.now();
          await writer.write('\u0003');
          await until('$ ');
          took[0]!.push(performance.now() - start);
          shell.kill('SIGKILL');
          for (const [row, program] of [loop, `process.on('SIGTERM', () => {}); setImmediate(() => { ${loop} })`].entries()) {
            const process = await container.spawn('node', ['-e', program], { tty: false });
            await process.stdout.getReader().read();
            start = performance.now();
            await process.kill();
            await process.exit;
            took[row + 1]!.push(performance.now() - start);
          }
        }
        return took;
      }),
    );
    return [
      {
        what: 'endless loop: Ctrl-C → prompt / `kill()` → exit / `kill()` of one that handles SIGTERM → exit',
        value: `${ms(median(key!))} / ${ms(median(kill!))} / ${ms(median(handled!))}`,
        mustReach: '≤ 1 s each',
        aim: '',
      },
    ];
  },
};

/** A project of 10 MB in 1,000 files. */
function largeTemplate(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'bavini-bench-'));
  for (let index = 0; index < 1000; index++) {
    const line = (number: number) => `export const value${number} = ${(number * 2654435761 * (index + 1)) % 1_000_003};\n`;
    writeFileSync(join(folder, `m${index}.js`), Array.from({ length: 320 }, (_, number) => line(number)).join(''));
  }
  const tar = execFileSync('tar', ['--format=ustar', '-C', folder, '-czf', '-', '.'], { maxBuffer: 1 << 28 });
  rmSync(folder, { recursive: true });
  return tar;
}

export const template: Measurement = {
  name: 'template',
  async measure({ shared, answers }) {
    answers.set('/template.tar.gz', largeTemplate());
    const longest = await shared.onPage((page) =>
      page.evaluate(async () => {
        await import(new URL('/dist/bavini.js', location.href).href);
        const tasks: number[] = [];
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
          entryTypes: ['longtask'],
        });
        // Twice: the second finds what the first kept.
        for (let visit = 0; visit < 2; visit++) {
          const element = document.createElement('bv-container') as HTMLElement & {
            boot(): Promise<import('../../runtime/index.ts').Container>;
          };
          element.setAttribute('persist', 'bench-template');
          element.setAttribute('src', '/template.tar.gz');
          document.body.append(element);
          const container = await element.boot();
          if ((await container.exec('ls | wc -l')).stdout.trim() !== '1000') throw new Error('the template is not there');
          await container.sync();
          element.remove();
        }
        await new Promise((later) => setTimeout(later, 200));
        return tasks;
      }),
    );
    return [
      {
        what: "page's long tasks while a template of 10 MB in 1,000 files is fetched, mounted and kept",
        value: longest.length === 0 ? 'none over 50 ms' : `${longest.length}, longest ${ms(Math.max(...longest))}`,
        mustReach: 'none over 50 ms',
        aim: '',
      },
    ];
  },
};

export const memory: Measurement = {
  name: 'memory',
  measure: ({ withBrowser }) =>
    withBrowser((own) =>
      own.onPage(async (page) => {
        const { pid } = own;
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
        return [
          {
            what: 'memory of an idle container over a blank page, shell only / with a pooled `node`',
            value: `${mb(booted)} / ${mb(warm)}`,
            mustReach: '≤ 100 MB',
            aim: '40 MB',
          },
        ];
      }),
    ),
};
