import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import type {} from '../../components/define.ts';
import { DemoPages, photograph } from './demo-page.ts';

describe('demo/playground.html', () => {
  let pages: DemoPages;
  let page: Page;

  /** Waits for what is in the shadow root of an element: no selector of the page's finds that there came something. */
  const shown = (element: string, selector: string) =>
    page.waitForFunction(
      (outer, inner) => (document.querySelector(outer)?.shadowRoot?.querySelector(inner) ?? null) !== null,
      { timeout: 0 },
      element,
      selector,
    );

  before(async () => {
    pages = await DemoPages.open();
    page = await pages.page();
    await page.goto(`${pages.origin}/demo/playground.html`);
    await shown('bv-files', '[role=treeitem][data-path="views/page.js"]');
    await shown('bv-editor', '.cm-content');
  });
  after(() => pages.close());

  it('shows files, tabs and panes before anything runs, in light, dark and on a phone', async () => {
    await photograph(page, 'playground-1-light');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await photograph(page, 'playground-2-dark');
    await page.emulateMediaFeatures([]);
    await page.setViewport({ width: 360, height: 800 });
    await photograph(page, 'playground-3-phone');
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wider, 0, 'nothing is to be scrolled sideways');
    assert.deepEqual(pages.errors, []);
  });

  it('takes folders that are dropped from the desktop, with all that is in them but what is read-only', async () => {
    const desktop = mkdtempSync(join(tmpdir(), 'bavini-desktop-'));
    const session = await page.createCDPSession();
    const drop = async (...names: readonly string[]) => {
      const box = (await (await page.$('bv-files >>> [role=treeitem][data-path="package.json"]'))!.boundingBox())!;
      const data = { items: [], files: names.map((name) => join(desktop, name)), dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
        await session.send('Input.dispatchDragEvent', { type, x: box.x + box.width / 2, y: box.y + box.height / 2, data });
    };
    const texts = (selector: string) =>
      page.evaluate((inner) => {
        const roots = ['bv-files', 'bv-container'].map((tag) => document.querySelector(tag)!.shadowRoot!);
        return roots.map((root) => [...root.querySelectorAll(inner)].map(({ textContent }) => textContent.trim()));
      }, selector);
    try {
      // More than a browser hands out at once.
      mkdirSync(join(desktop, 'app/many'), { recursive: true });
      for (let at = 0; at < 150; at++) writeFileSync(join(desktop, `app/many/${at}.txt`), `file ${at}`);
      mkdirSync(join(desktop, 'app/empty/inner'), { recursive: true });
      mkdirSync(join(desktop, 'nothing'));
      writeFileSync(join(desktop, 'package.json'), '{ "name": "mine" }');
      await drop('app', 'package.json');
      await shown('bv-files', '[role=treeitem][data-path="app"]');
      await page.waitForFunction(() => document.querySelector('bv-files')!.shadowRoot!.querySelector('.notice p') !== null, { timeout: 0 });
      assert.deepEqual((await texts('.notice p'))[0], ['Added 150 files. "package.json" is read-only']);
      assert.deepEqual(
        await page.evaluate(() => {
          const { files } = document.querySelector('bv-container')!;
          return [files.read('app/many/149.txt'), files.paths.has('app/empty/inner/'), files.read('package.json')?.includes('mine')];
        }),
        ['file 149', true, false],
      );
      await drop('nothing');
      await shown('bv-files', '[role=treeitem][data-path="nothing"]');
      assert.deepEqual((await texts('.notices p'))[1], [], 'nothing went wrong');
    } finally {
      rmSync(desktop, { recursive: true });
      await session.detach();
    }
  });

  it('marks in the tree what was typed into a file of a folder, once it runs', async () => {
    await page.setViewport({ width: 1280, height: 1000 });
    await (await page.$('bv-container >>> .run'))!.click();
    await page.waitForFunction(() => document.querySelector('bv-container')!.container?.openPorts.includes(3000), { timeout: 0 });
    await (await page.$('bv-files >>> [role=treeitem][data-path="views/page.js"]'))!.click();
    await page.waitForFunction(() => document.querySelector('bv-editor')!.file === 'views/page.js', { timeout: 0 });
    await (await page.$('bv-editor >>> .cm-content'))!.click();
    await page.keyboard.type('// more');
    await shown('bv-files', '.row.modified[data-path="views/page.js"]');
    const text = await page.evaluate(() => document.querySelector('bv-container')!.container!.fs.readFile('views/page.js', 'utf8'));
    assert.match(text, /\/\/ more/);
    await photograph(page, 'playground-4-runs');
    assert.deepEqual(pages.errors, []);
  });
});
