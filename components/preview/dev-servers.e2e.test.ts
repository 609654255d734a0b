/**
 * Servers that real packages make, seen in a preview: what they send on their own comes, and modules are replaced while the page runs.
 * Some in each browser; all with `npm run test:packages`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Frame, Page } from 'puppeteer-core';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { ensureBaked } from '../../runtime/tools/baked-packages.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import { devServers, type DevServer } from './testing/dev-servers.ts';

/** What the page keeps. */
interface Kept {
  readonly logs: string[];
  readonly errors: string[];
}
interface Holder {
  readonly container: import('../../runtime/index.ts').Container;
}

const groups = process.env['PACKAGE_GROUPS']?.split(',');
const all = groups !== undefined;
/** Those that only talk. */
const withFrameworks = groups?.includes('frameworks') === true;
const talkers = ['ws', 'socket.io', ...(withFrameworks ? (['astro'] as const) : [])] as const;
const everyFramework = ['vite-react', 'vite-8-react', 'vite-vue', ...(withFrameworks ? (['next'] as const) : [])] as const;
const frameworks = all
  ? { chromium: everyFramework, firefox: everyFramework }
  : { chromium: ['vite-8-react', 'vite-vue'] as const, firefox: ['vite-react'] as const };

for (const browser of ['chromium', 'firefox'] as const) {
  if (findBrowser(browser) === undefined) continue;
  describe(`Servers of packages in a preview in ${browser}`, () => {
    let served: ServedBrowser;
    let baked: string;
    let page: Page;
    before(async () => {
      baked = await ensureBaked(['basic', 'servers', 'bundlers', 'frameworks'], undefined, [...talkers, ...frameworks[browser]]);
      served = await ServedBrowser.open({ name: browser });
    });
    after(() => served.close());
    afterEach(() => page.close());

    /** A page whose container installs a project and starts its server. */
    async function open(name: string, { files, command, port }: DevServer): Promise<void> {
      const own = (file: string) => readFileSync(join(baked, 'projects', name, file), 'utf8');
      page = await served.blankPage();
      await page.evaluate(
        async (all: Readonly<Record<string, string>>, run: string, at: number) => {
          const kept: Kept = { logs: [], errors: [] };
          Object.assign(globalThis, { kept });
          document.addEventListener('bv-console', (event) => {
            kept.logs.push((event as Event & { args: readonly unknown[] }).args.join(' '));
          });
          document.addEventListener('bv-error', (event) => kept.errors.push(String((event as Event & { error: Error }).error)));
          const container = document.createElement('bv-container');
          container.setAttribute('registry', `${location.origin}/.cache/baked/`);
          for (const [path, text] of Object.entries(all)) {
            const file = Object.assign(document.createElement('script'), { type: 'bv-file', textContent: text });
            file.setAttribute('path', path);
            container.append(file);
          }
          const terminal = document.createElement('bv-terminal');
          terminal.setAttribute('command', `npm install && ${run}`);
          const preview = document.createElement('bv-preview');
          preview.setAttribute('port', String(at));
          container.append(terminal, preview);
          document.body.append(container);
          await import(new URL('/dist/bavini.js', location.href).href);
          await (container as unknown as { run(): Promise<void> }).run();
        },
        { ...files, 'package.json': own('package.json'), 'package-lock.json': own('package-lock.json') },
        command,
        port,
      );
    }

    /** What the server has printed; for messages of failures. */
    const terminal = () => page.evaluate(() => (document.querySelector('bv-terminal') as unknown as { text: string }).text);

    /** When the documents' console has said all of it, in any order. */
    async function logged(...wanted: readonly string[]): Promise<void> {
      const all = (texts: readonly string[]) => texts.every((text) => (globalThis as unknown as { kept: Kept }).kept.logs.includes(text));
      await page.waitForFunction(all, { timeout: 180_000 }, wanted).catch(async () => {
        const { logs, errors } = await page.evaluate(() => (globalThis as unknown as { kept: Kept }).kept);
        assert.fail(`${wanted.join(', ')} did not all come: ${JSON.stringify({ logs, errors }, null, 1)}\n${await terminal()}`);
      });
    }

    /** The frame of a document with `selector`. */
    async function frameWith(selector: string): Promise<Frame> {
      for (const frame of page.frames()) {
        if (frame === page.mainFrame()) continue;
        const has = await frame.evaluate((wanted) => document.querySelector(wanted) !== null, selector).catch(() => false);
        if (has) return frame;
      }
      return assert.fail(`No frame has ${selector}\n${await terminal()}`);
    }

    for (const name of talkers) {
      it(`${name}: what it sends is seen`, { timeout: 240_000 }, async () => {
        const server: DevServer = devServers[name];
        await open(name, server);
        await logged(...server.says);
      });
    }

    for (const name of frameworks[browser]) {
      it(`${name}: a changed component takes the old one's place and keeps its state`, { timeout: 240_000 }, async () => {
        const server = devServers[name];
        const { file, from, to, prints } = server.edit;
        await open(name, server);
        await logged(...server.says);
        const frame = await frameWith('button');
        const text = () => frame.evaluate(() => document.querySelector('button')!.textContent);
        const untilText = (wanted: string) =>
          frame
            .waitForFunction((one) => document.querySelector('button')?.textContent === one, { timeout: 60_000 }, wanted)
            .catch(async () => assert.fail(`The button says ${JSON.stringify(await text())}, not ${wanted}\n${await terminal()}`));
        await untilText('count 0');
        await frame.evaluate(() => {
          Object.assign(globalThis, { sameDocument: true });
          document.querySelector('button')!.click();
        });
        await untilText('count 1');
        await page.evaluate(
          async (path, before, now) => {
            const { container } = document.querySelector('bv-container') as unknown as Holder;
            const source = await container.fs.readFile(path, 'utf8');
            await container.fs.writeFile(path, source.replace(before, now));
          },
          file,
          from,
          to,
        );
        await untilText('changed 1');
        assert.equal(await frame.evaluate(() => 'sameDocument' in globalThis), true, 'the document was loaded anew');
        assert.ok((await terminal()).includes(prints), await terminal());
      });
    }
  });
}
