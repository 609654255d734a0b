/** Starting, `node`, pipes and `require`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { ms, type Measurement } from '../bench.ts';
import { median } from '../measure.ts';

type Api = typeof import('../../runtime/index.ts');

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

export const boot: Measurement = {
  name: 'boot',
  async measure({ runs, shared }) {
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
    await shared.onPage(echo);
    const ours: number[] = [];
    const almostnode: number[] = [];
    const lifo: number[] = [];
    for (let index = 0; index < runs; index++) {
      ours.push(await shared.onPage(echo));
      almostnode.push(await shared.onPage(echoOfAlmostnode));
      lifo.push(await shared.onPage(echoOfLifo));
    }
    return [
      {
        what: 'script evaluated → first output of `echo`',
        value: `${ms(median(ours))} (almostnode ${ms(median(almostnode))}, ratio ${(median(ours) / median(almostnode)).toFixed(2)}; lifo ${ms(median(lifo))})`,
        mustReach: "≤ almostnode's",
        aim: '150 ms',
      },
    ];
  },
};

export const node: Measurement = {
  name: 'node',
  async measure({ runs, shared }) {
    const first: number[] = [];
    const pooled: number[] = [];
    for (let index = 0; index < runs; index++) {
      const [cold, ...warm] = await shared.onPage((page) =>
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
    return [
      {
        what: '`node -e "console.log(1)"`, first / pooled',
        value: `${ms(median(first))} / ${ms(median(pooled))}`,
        mustReach: '≤ 400 ms / ≤ 60 ms',
        aim: '150 / 15 ms',
      },
    ];
  },
};

export const pipe: Measurement = {
  name: 'pipe',
  async measure({ shared }) {
    const warm = await shared.onPage((page) =>
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
    return [{ what: 'warm `echo a | tr a b`', value: ms(median(warm)), mustReach: '≤ 5 ms', aim: '1 ms' }];
  },
};

export const require: Measurement = {
  name: 'require',
  async measure({ runs, shared, answers }) {
    const modules = smallModules(1000);
    answers.set('/modules.tar', modules.tar);
    const real: number[] = [];
    for (let index = 0; index < runs; index++) {
      real.push(Number(execFileSync(process.execPath, [join(modules.folder, 'all.js')], { encoding: 'utf8' }).split(' ')[0]));
    }
    const ours = await shared.onPage((page) =>
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
    rmSync(modules.folder, { recursive: true });
    return [
      {
        what: '`require` of 1,000 small files from a layer',
        value: `${ms(median(ours))} (real Node ${ms(median(real))}, ratio ${(median(ours) / median(real)).toFixed(2)})`,
        mustReach: '≤ 2 × real Node',
        aim: '1 ×',
      },
    ];
  },
};
