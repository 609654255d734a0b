import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { closeServer, root } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import { serve } from '../../runtime/tools/serve.ts';
import type { Page } from 'puppeteer-core';
import { DemoPages, photograph, press, seen, served, until, untilShown } from './demo-page.ts';

interface Holder {
  readonly container: import('../../runtime/index.ts').Container;
}

/** The notes of `template.html`, after adding one. */
function notes(page: Page, text?: string): Promise<string[]> {
  return page.evaluate(async (added) => {
    const { container } = document.querySelector('bv-container') as unknown as Holder;
    const answer = await container.fetch(
      3000,
      '/api/notes',
      added === undefined ? {} : { method: 'POST', body: JSON.stringify({ text: added }) },
    );
    return ((await answer.json()) as { text: string }[]).map((note) => note.text);
  }, text);
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`The other demo pages in ${name}`, () => {
    let pages: DemoPages;

    before(async () => {
      pages = await DemoPages.open(name);
    });
    after(() => pages.close());
    afterEach(() => assert.deepEqual(pages.errors, []));
    const photo = (page: Page, what: string) => photograph(page, name === 'chromium' ? what : `${what}-${name}`);

    it('two-containers.html: both serve port 3000, and neither sees the other', async () => {
      const page = await pages.page();
      const requests: string[] = [];
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
      await page.goto(`${pages.origin}/demo/two-containers.html`);
      await press(page, 'run', 'first');
      await press(page, 'run', 'second');
      await until(page, 'the first', ({ terminal }) => terminal.includes('The first listens'), { id: 'first' });
      const second = await until(page, 'the second', ({ terminal }) => terminal.includes('The second listens'), { id: 'second' });
      assert.match(second.terminal, /only-here\.txt/);
      assert.equal(await served(page, 3000, 'first'), 'The first has server.js');
      assert.equal(await served(page, 3000, 'second'), 'The second has notes, server.js');
      const commands = await page.evaluate(async () => {
        const own = (id: string) => (document.getElementById(id) as unknown as Holder).container;
        const all = await Promise.all(['first', 'second'].map((id) => own(id).ps()));
        return all.map((rows) => rows.map(({ command }) => command).filter((command) => command.endsWith('server.js')).length);
      });
      assert.deepEqual(commands, [2, 2], 'each has its watcher and its server');
      assert.equal(requests.filter((path) => path.endsWith('/kernel.js')).length, 1, 'one runtime');
      await press(page, 'stop', 'second');
      await until(page, 'the end', ({ state }) => state === 'stopped', { id: 'second' });
      assert.equal(await served(page, 3000, 'first'), 'The first has server.js');
      await photo(page, 'two-containers');
      await page.close();
    });

    it('template.html: mounts a template as one layer, keeps what is changed, and brings the template back', async () => {
      const page = await pages.page();
      await page.goto(`${pages.origin}/demo/template.html`);
      await until(page, 'the code', ({ editor }) => editor.includes('export class Notes'));
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Notes on http://localhost:3000'));
      await untilShown(page, 'This server runs in your browser');
      await photo(page, 'template');
      const layers = await page.evaluate(async () => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof import('../../runtime/index.ts');
        const plain = await Container.boot();
        const own = (document.querySelector('bv-container') as unknown as Holder).container;
        const counts = [(await own.stats()).layers, (await plain.stats()).layers];
        plain.teardown();
        return counts;
      });
      assert.equal(layers[0], layers[1]! + 1, 'one more than those of programs');
      assert.deepEqual(await notes(page), ['This server runs in your browser']);
      assert.deepEqual(await notes(page, 'Milk'), ['This server runs in your browser', 'Milk']);
      await page.evaluate(() => (document.querySelector('bv-container') as unknown as Holder).container.sync());

      await page.reload();
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Notes on http://localhost:3000'));
      assert.deepEqual(await notes(page), ['This server runs in your browser', 'Milk'], 'kept over a reload');
      const test = await page.evaluate(() => (document.querySelector('bv-container') as unknown as Holder).container.exec('node --test'));
      assert.equal(test.code, 0, test.stdout + test.stderr);
      assert.match(test.stdout, /pass 1/);
      await press(page, 'reset');
      await page.waitForFunction(async () => {
        const { container } = document.querySelector('bv-container') as unknown as Holder;
        return !(await container.exec('cat notes.json')).stdout.includes('Milk');
      });
      assert.deepEqual(await notes(page), ['This server runs in your browser']);
      await page.close();
    });

    it('csp-quickjs.html: runs on QuickJS, and says so', async () => {
      const page = await pages.page();
      await page.goto(`${pages.origin}/demo/csp-quickjs.html`);
      await press(page, 'run');
      const now = await until(page, 'the primes', ({ terminal }) => /59, 61, 67, 71/.test(terminal));
      assert.match(now.status, /QuickJS/);
      const font = await page.evaluate(() => {
        const rows = document.querySelector('bv-terminal')!.shadowRoot!.querySelector('.xterm-rows')!;
        return getComputedStyle(rows).fontFamily;
      });
      assert.match(font, /monospace/, 'the terminal has its styles, which xterm.js writes inline');
      await photo(page, 'csp-quickjs');
      await page.close();
    });

    it('cross-origin.html: works with the script of another origin', async () => {
      const cdn = await serve({ root, port: 0, cors: true });
      const page = await pages.page();
      const own: string[] = [];
      page.on('request', (request) => {
        const { origin, pathname } = new URL(request.url());
        if (origin === pages.origin) own.push(pathname);
      });
      await page.goto(`${pages.origin}/demo/cross-origin.html?from=${encodeURIComponent(`${cdn.origin}/dist/`)}`);
      await page.waitForFunction(() => customElements.get('bv-container') !== undefined);
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
      assert.equal(await served(page, 3000), 'Hello from another origin');
      await untilShown(page, 'Hello from another origin');
      assert.ok(!own.some((path) => path.startsWith('/dist/')), 'nothing of the runtime came from the page’s own host');
      await photo(page, 'cross-origin');
      await page.close();
      closeServer(cdn.server);
    });

    it('preview-hosts.html: each host shows what it can', { timeout: 180_000 }, async () => {
      const other = await serve({ root, port: 0, cors: true });
      after(() => closeServer(other.server));
      for (const host of ['service-worker', 'origin', 'inline']) {
        const page = await pages.page();
        await page.goto(
          `${pages.origin}/demo/preview-hosts.html?host=${host}&origin=${encodeURIComponent(`${other.origin}/dist/preview-host/`)}`,
        );
        await page.waitForFunction(() => customElements.get('bv-container') !== undefined);
        await press(page, 'run');
        await untilShown(
          page,
          host === 'service-worker' ? `${pages.origin}/dist/bv-preview/` : host === 'origin' ? other.origin : 'localhost:3000',
        );
        await untilShown(page, 'Visit 1');
        if (host !== 'inline') await untilShown(page, 'A document in a document');
        await photo(page, `preview-hosts-${host}`);
        await page.close();
      }
    });

    // Firefox tells no shifts, and has no way to ask for dark mode.
    if (name !== 'chromium') return;
    it('quickstart.html in dark mode on a phone: nothing is cut off sideways, nothing moves', async () => {
      const page = await pages.page();
      await page.setViewport({ width: 390, height: 844, deviceScaleFactor: 2 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      await page.evaluateOnNewDocument(() => {
        const shifts = ((globalThis as unknown as { shifts: number[] }).shifts = []);
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value as never);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.goto(`${pages.origin}/demo/quickstart.html`);
      await until(page, 'the editor', ({ editable }) => editable);
      await photo(page, 'quickstart-phone-dark');
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
      const [wide, shift] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
      ]);
      assert.equal(wide, 390);
      assert.equal(shift, 0);
      await page.screenshot({ path: `${root}/.cache/screenshots/quickstart-phone-dark-running.png`, fullPage: true });
      assert.equal((await seen(page)).state, 'running');
      await page.close();
    });
  });
}
