/** Installs: against real npm and almostnode, from the same registry. */
import type { Page } from 'puppeteer-core';
import { ms, type Bench, type Measurement, type OwnBrowser } from '../bench.ts';
import { median, treePss } from '../measure.ts';
import { PeakMemory } from '../peak-memory.ts';
import { RealNpm } from '../real-npm.ts';

type Api = typeof import('../../runtime/index.ts');
type Files = Readonly<Record<string, string>>;

interface Project {
  readonly files: Files;
  readonly registry: string;
}

/** In a page: a container that a reader has just started, kept for {@link timeLines}. */
async function startContainer({ files, registry }: Project): Promise<void> {
  const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
  const container = await Container.boot({ files, registry });
  await container.exec('true');
  (globalThis as { container?: unknown }).container = container;
}

/** In the same page: how long each line takes. */
async function timeLines(lines: readonly string[]): Promise<number[]> {
  const { container } = globalThis as unknown as { readonly container: Awaited<ReturnType<Api['Container']['boot']>> };
  const took: number[] = [];
  for (const line of lines) {
    const start = performance.now();
    const { code, stdout, stderr } = await container.exec(line);
    took.push(performance.now() - start);
    if (code !== 0) throw new Error(`${line} ended with ${code}: ${stdout}${stderr}`);
  }
  // What was fetched is durable before the page goes: `cache ls` waits for it.
  await container.exec('npm cache ls');
  container.teardown();
  return took;
}

async function timesOf(own: OwnBrowser, bench: Bench, files: Files, ...lines: readonly string[]): Promise<number[]> {
  return own.onPage(async (page) => {
    await page.evaluate(startContainer, { files, registry: bench.registryAddress });
    return page.evaluate(timeLines, lines);
  });
}

interface ColdAndWarm {
  readonly cold: number[];
  readonly warm: number[];
}

/** Each cold one in a browser of its own, and the warm one in the next page of it; before each, what is compared. */
async function coldAndWarm(
  bench: Bench,
  measure: (own: OwnBrowser) => Promise<number>,
  other: () => Promise<void> = async () => {},
): Promise<ColdAndWarm> {
  const found: ColdAndWarm = { cold: [], warm: [] };
  for (let run = 0; run < bench.runs; run++) {
    await other();
    await bench.withBrowser(async (own) => {
      found.cold.push(await measure(own));
      found.warm.push(await measure(own));
    });
  }
  return found;
}

const ratio = (a: readonly number[], b: readonly number[]) => (median(a) / median(b)).toFixed(2);

export const installs: Measurement = {
  name: 'installs',
  needsRegistry: true,
  async measure(bench) {
    const files = bench.registry.project('vite-react-ts');
    const theirs = bench.registry.projectForNpm('vite-react-ts');
    const npm = new RealNpm(bench.registryAddress);
    const real: ColdAndWarm = { cold: [], warm: [] };
    // In turns, since a machine is not always as busy.
    const ours = await coldAndWarm(
      bench,
      async (own) => (await timesOf(own, bench, files, 'npm ci'))[0]!,
      async () => {
        npm.prepare(theirs, { cold: true });
        real.cold.push(await npm.install('ci'));
        npm.prepare(theirs, { cold: false });
        real.warm.push(await npm.install('ci'));
      },
    );
    npm.remove();
    const value = (mine: readonly number[], npms: readonly number[]) =>
      `${ms(median(mine))} (real npm ${ms(median(npms))}, ratio ${ratio(mine, npms)})`;
    return [
      {
        what: '`npm ci` of react + vite + TypeScript + ESLint (200 packages), nothing cached',
        value: value(ours.cold, real.cold),
        mustReach: '≤ 1.5 × real npm',
        aim: '0.5 ×',
      },
      {
        what: 'the same, packages in the store / in npm’s cache',
        value: value(ours.warm, real.warm),
        mustReach: '≤ 0.15 × real npm',
        aim: '0.03 ×',
      },
    ];
  },
};

export const required: Measurement = {
  name: 'required',
  needsRegistry: true,
  async measure(bench) {
    const files = bench.registry.project('express');
    const script = "require('express')";
    const npm = new RealNpm(bench.registryAddress);
    npm.prepare(bench.registry.projectForNpm('express'), { cold: true });
    await npm.install('ci');
    const real: number[] = [];
    const ours: number[] = [];
    for (let run = 0; run < bench.runs; run++) {
      real.push(await npm.node('-e', script));
      ours.push((await timesOf(bench.shared, bench, files, 'npm ci', `node -e "${script}"`))[1]!);
    }
    npm.remove();
    return [
      {
        what: '`node -e "require(\'express\')"` right after an install',
        value: `${ms(median(ours))} (real Node ${ms(median(real))}, ratio ${ratio(ours, real)})`,
        mustReach: '≤ 3 × real Node',
        aim: '1.5 ×',
      },
    ];
  },
};

/** In a page: almostnode's own installer, without its step that fetches a compiler from the network. */
async function timeAlmostnode({ files, registry }: Project): Promise<number> {
  interface Almostnode {
    createContainer(): { vfs: { writeFileSync(path: string, text: string): void } };
    PackageManager: new (
      vfs: unknown,
      options: { registry: string },
    ) => { installFromPackageJson(options: { transform: boolean }): Promise<{ added: readonly string[] }> };
  }
  const { createContainer, PackageManager } = (await import(new URL('/peers/almostnode.js', location.href).href)) as Almostnode;
  const { vfs } = createContainer();
  vfs.writeFileSync('/package.json', files['package.json'] ?? '{}');
  const start = performance.now();
  const { added } = await new PackageManager(vfs, { registry: registry.replace(/\/$/, '') }).installFromPackageJson({ transform: false });
  if (added.length === 0) throw new Error('almostnode installed nothing');
  return performance.now() - start;
}

export const small: Measurement = {
  name: 'small',
  needsRegistry: true,
  async measure(bench) {
    const files = bench.registry.project('small');
    // Nobody has a lock: almostnode reads none.
    const unlocked = { 'package.json': files['package.json'] };
    const almostnode: ColdAndWarm = { cold: [], warm: [] };
    const peer = (own: OwnBrowser) =>
      own.onPage((page: Page) => page.evaluate(timeAlmostnode, { files: unlocked, registry: bench.registryAddress }));
    const resolved = await coldAndWarm(
      bench,
      async (own) => (await timesOf(own, bench, unlocked, 'npm install'))[0]!,
      () =>
        bench.withBrowser(async (own) => {
          almostnode.cold.push(await peer(own));
          almostnode.warm.push(await peer(own));
        }),
    );
    const locked = await coldAndWarm(bench, async (own) => (await timesOf(own, bench, files, 'npm ci'))[0]!);
    return [
      {
        what: 'react, react-dom, zod, framer-motion from the store: `npm ci` / `npm install` without a lock',
        value: `${ms(median(locked.warm))} / ${ms(median(resolved.warm))}`,
        mustReach: '≤ 200 ms',
        aim: '50 ms',
      },
      {
        what: 'the same without a lock, nothing cached / again, against almostnode’s `npm.install`',
        value: `${ms(median(resolved.cold))} / ${ms(median(resolved.warm))} (almostnode ${ms(median(almostnode.cold))} / ${ms(median(almostnode.warm))}, ratios ${ratio(resolved.cold, almostnode.cold)} / ${ratio(resolved.warm, almostnode.warm)})`,
        mustReach: 'faster',
        aim: '5 × faster',
      },
    ];
  },
};

export const peak: Measurement = {
  name: 'peak',
  needsRegistry: true,
  async measure(bench) {
    const files = bench.registry.project('large');
    const count = Object.keys((JSON.parse(files['package-lock.json']) as { packages: object }).packages).length - 1;
    const over: number[] = [];
    for (let run = 0; run < Math.min(bench.runs, 3); run++) {
      await bench.withBrowser((own) =>
        own.onPage(async (page) => {
          const { pid } = own;
          await page.evaluate(startContainer, { files, registry: bench.registryAddress });
          await new Promise((later) => setTimeout(later, 2000));
          const idle = pid === undefined ? undefined : treePss(pid);
          if (pid === undefined || idle === undefined) return;
          const watched = new PeakMemory(pid);
          await page.evaluate(timeLines, ['npm ci']);
          const most = await watched.stop();
          if (most !== undefined) over.push(most - idle);
        }),
      );
    }
    return [
      {
        what: `peak memory of \`npm ci\` of ${count} packages, nothing cached, over the idle container`,
        value: over.length === 0 ? 'not known here' : `${Math.round(median(over) / 1e6)} MB`,
        mustReach: '≤ 200 MB',
        aim: '',
      },
    ];
  },
};

export const disk: Measurement = {
  name: 'disk',
  needsRegistry: true,
  measure: (bench) =>
    bench.withBrowser(async (own) => {
      const files = bench.registry.project('vite-react-ts');
      await timesOf(own, bench, {}, 'true');
      const before = own.indexedDbBytes();
      bench.registry.takeTarBytes();
      await timesOf(own, bench, files, 'npm ci');
      const written = own.indexedDbBytes() - before;
      const tars = bench.registry.takeTarBytes();
      return [
        {
          what: 'IndexedDB on disk after an install, over the uncompressed tars of its packages',
          value: `${(written / tars).toFixed(2)} × (${(written / 1e6).toFixed(1)} MB of ${(tars / 1e6).toFixed(1)} MB)`,
          mustReach: '≤ 1.1 ×',
          aim: '',
        },
      ];
    }),
};
