/** `<bv-preview>` with the hosts that use a service worker, over a real server, in real browsers; and workers that come and go. */
import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Frame, Page } from 'puppeteer-core';
import { closeServer, launchBrowser, root } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import { serve } from '../../runtime/tools/serve.ts';
import { expectedLogs, serverSource } from './preview-app.ts';

type Served = Awaited<ReturnType<typeof serve>>;

/** What the page keeps of its preview. */
interface Kept {
  readonly logs: [string, unknown][];
  readonly errors: string[];
  loads: number;
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  for (const host of ['service-worker', 'origin'] as const) {
    describe(`<bv-preview> with the host "${host}" in ${name}`, () => {
      let browser: Browser;
      let folder: string;
      let own: Served;
      let other: Served;
      let page: Page;

      before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'bavini-'));
        await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
        await cp(join(root, 'runtime/testing/blank.html'), join(folder, 'blank.html'));
        own = await serve({ root: folder, port: 0, cors: false });
        other = await serve({ root: folder, port: 0, cors: true });
        browser = await launchBrowser(name);
        page = await open();
      });
      after(async () => {
        for (const { server } of [own, other]) closeServer(server);
        await browser.close();
        await rm(folder, { recursive: true });
      });
      afterEach(async () => {
        assert.deepEqual((await kept(page)).errors, []);
      });

      /** A page with a running server and its preview. */
      async function open({ loads = true } = {}): Promise<Page> {
        const opened = await browser.newPage();
        await opened.goto(`${own.origin}/blank.html`);
        await opened.evaluate(
          async (preview: string, origin: string, source: string) => {
            const seen: Kept = { logs: [], errors: [], loads: 0 };
            (globalThis as unknown as { seen: Kept }).seen = seen;
            document.addEventListener('bv-console', (event) => {
              const { args } = event as Event & { args: readonly unknown[] };
              seen.logs.push([String(args[0]), args[1]]);
            });
            document.addEventListener('bv-error', (event) => void seen.errors.push(String((event as Event & { error: Error }).error)));
            document.addEventListener('bv-load', () => (seen.loads += 1));
            document.body.innerHTML = `<bv-container preview="${preview}">
              <script type="bv-file" path="server.mjs"></script>
              <bv-terminal command="node server.mjs"></bv-terminal>
              <bv-preview port="3000" origin="${origin}"></bv-preview></bv-container>`;
            document.querySelector('script')!.textContent = source;
            await import(new URL('/dist/bavini.js', location.href).href);
            await (document.querySelector('bv-container') as unknown as { run(): Promise<void> }).run();
          },
          host,
          `${other.origin}/dist/preview-host/`,
          serverSource,
        );
        if (loads) await told(opened);
        return opened;
      }

      /** When the first document has told all it has to tell: what it still waits for would fail if another took its place. */
      async function told(of: Page): Promise<void> {
        await loaded(of, 0);
        const wanted = Object.keys(expectedLogs).length;
        await of
          .waitForFunction((count) => (globalThis as unknown as { seen: Kept }).seen.logs.length >= count, { timeout: 10_000 }, wanted)
          .catch(() => undefined); // The test sees what is missing.
      }

      const kept = (from: Page) => from.evaluate(() => (globalThis as unknown as { seen: Kept }).seen);
      const address = () =>
        page.evaluate(() => document.querySelector('bv-preview')!.shadowRoot!.querySelector<HTMLInputElement>('.address')!.value);
      const message = () =>
        page.evaluate(() => {
          const shown = document.querySelector('bv-preview')!.shadowRoot!.querySelector<HTMLElement>('.message')!;
          return shown.hidden ? '' : shown.textContent.trim();
        });

      /** After the load number `from`; answers the number of loads. */
      async function loaded(of: Page, from: number): Promise<number> {
        try {
          await of.waitForFunction((count) => (globalThis as unknown as { seen: Kept }).seen.loads > count, { timeout: 15_000 }, from);
        } catch (error) {
          const shown = await of.evaluate(() => document.querySelector('bv-preview')?.shadowRoot?.textContent);
          throw new Error(`Not loaded: ${JSON.stringify(await kept(of))} ${String(shown)}`, { cause: error });
        }
        return (await kept(of)).loads;
      }

      /** Does `act`, waits for the document that comes of it, and answers its heading. */
      async function goes(act: () => Promise<unknown>): Promise<string> {
        const { loads } = await kept(page);
        await act();
        await loaded(page, loads);
        return heading();
      }
      async function heading(): Promise<string> {
        return shownDocument().evaluate(() => document.querySelector('h1')?.textContent ?? '');
      }
      /** The frame of the server's document. */
      function shownDocument(): Frame {
        const frames = page.frames().filter((frame) => frame.url().startsWith('http') && frame.childFrames().length === 0);
        const frame = frames.find((one) => one !== page.mainFrame());
        assert.ok(
          frame,
          page
            .frames()
            .map((one) => one.url())
            .join(),
        );
        return frame;
      }
      const click = (selector: string) => shownDocument().evaluate((what) => document.querySelector<HTMLElement>(what)!.click(), selector);
      const bar = (button: string) =>
        page.evaluate((what) => document.querySelector('bv-preview')!.shadowRoot!.querySelector<HTMLElement>(what)!.click(), `.${button}`);
      const navigate = (path: string) =>
        page.evaluate(
          (to) => (document.querySelector('bv-preview') as unknown as { navigate(path: string): Promise<void> }).navigate(to),
          path,
        );
      /** Where the worker is registered. */
      function hostFrame(): Frame | Page {
        return host === 'service-worker' ? page : page.frames().find((frame) => frame.url().includes('bv-own'))!;
      }
      const unregister = () =>
        hostFrame().evaluate(async () => {
          for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
        });

      it('carries documents, modules, styles, images, requests, event streams and WebSockets', { timeout: 30_000 }, async () => {
        const logs = Object.fromEntries((await kept(page)).logs);
        assert.deepEqual(logs, expectedLogs);
        assert.equal(await address(), 'http://localhost:3000/');
      });

      it('forms, redirects and cookies', { timeout: 30_000 }, async () => {
        const cookies = await goes(() => click('#send'));
        assert.match(cookies, /^Ada .*visitor=7/);
        assert.match(cookies, /sent=1/);
        assert.equal(await address(), 'http://localhost:3000/thanks?name=Ada');
      });

      it('links, the history buttons and reload', { timeout: 60_000 }, async () => {
        assert.equal(await goes(() => click('#link')), 'Visit 1');
        assert.equal(await address(), 'http://localhost:3000/two');
        assert.match(await goes(() => bar('back')), /^Ada/);
        assert.equal(await goes(() => bar('forward')), 'Visit 2');
        assert.equal(await goes(() => bar('reload')), 'Visit 3');
        assert.equal(await goes(() => click('#three')), 'Three');
        assert.equal(await address(), 'http://localhost:3000/three');
      });

      if (name === 'chromium') {
        it('goes on when the browser has stopped the worker', { timeout: 30_000 }, async () => {
          const stop = async () => {
            const own = await page.createCDPSession();
            await own.send('ServiceWorker.enable');
            await own.send('ServiceWorker.stopAllWorkers');
            await own.detach();
          };
          await stop();
          assert.equal(await goes(() => click('#four')), 'Four');
          await stop();
          assert.match(await goes(() => navigate('/two')), /^Visit/);
        });
      }

      it('goes on when the worker is not registered any more', { timeout: 30_000 }, async () => {
        await goes(() => navigate('/three'));
        await unregister();
        assert.equal(await goes(() => click('#four')), 'Four');
        await unregister();
        assert.match(await goes(() => navigate('/two')), /^Visit/);
        await unregister();
        assert.match(await goes(() => bar('reload')), /^Visit/);
      });

      it('goes on when a new version of the worker takes over', { timeout: 30_000 }, async () => {
        const script = join(folder, host === 'origin' ? 'dist/preview-host/sw.js' : 'dist/sw.js');
        await appendFile(script, '\n// The next version.\n');
        await hostFrame().evaluate(async () => {
          const [registration] = await navigator.serviceWorker.getRegistrations();
          await registration!.update();
        });
        assert.equal(await goes(() => navigate('/three')), 'Three');
        assert.equal(await goes(() => click('#four')), 'Four');
      });

      it('says so when the worker’s script is missing, and goes on when it is back', { timeout: 60_000 }, async () => {
        const script = join(folder, host === 'origin' ? 'dist/preview-host/sw.js' : 'dist/sw.js');
        await unregister();
        // While a document of it is open, Chromium brings an unregistered worker back without its script.
        await page.close();
        await rename(script, `${script}.away`);
        page = await open({ loads: false });
        await page.waitForFunction(() => (globalThis as unknown as { seen: Kept }).seen.errors.length > 0, { timeout: 20_000 });
        assert.match((await kept(page)).errors.join(), /sw\.js/);
        assert.match(await message(), /sw\.js/);
        await rename(`${script}.away`, script);
        await page.evaluate(() => ((globalThis as unknown as { seen: Kept }).seen.errors.length = 0));
        assert.equal(await goes(() => navigate('/three')), 'Three');
        assert.equal(await message(), '');
      });

      it('another page takes the place of the one before', { timeout: 60_000 }, async () => {
        const before = page;
        page = await open();
        assert.equal(await goes(() => navigate('/three')), 'Three');
        await before.close();
        assert.equal(await goes(() => click('#four')), 'Four');
        assert.match(await goes(() => navigate('/two')), /^Visit/);
      });

      it('what asks for a preview that is over is answered', { timeout: 30_000 }, async () => {
        const url = shownDocument().url();
        await page.evaluate(() => document.querySelector('bv-preview')!.remove());
        const late = await page.evaluate(async (href) => {
          const frame = document.createElement('iframe');
          const loaded = new Promise((resolve) => (frame.onload = resolve));
          frame.src = href;
          document.body.append(frame);
          const timer = new Promise((resolve) => setTimeout(() => resolve('no answer'), 10_000));
          return Promise.race([loaded.then(() => 'answer'), timer]);
        }, url);
        assert.equal(late, 'answer');
      });
    });
  }
}
