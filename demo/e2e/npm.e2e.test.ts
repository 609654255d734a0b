/** `npm.html`: from packages that were baked before, to an edit that appears while the page runs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Frame, Page } from 'puppeteer-core';
import { ensureDemoPackages } from '../../runtime/tools/demo-packages.ts';
import { clickElement } from '../../runtime/testing/click-element.ts';
import { DemoPages, photograph, press, until, untilShown } from './demo-page.ts';

describe('demo/npm.html', () => {
  let pages: DemoPages;
  let page: Page;
  /** Addresses of other machines. */
  const strangers: string[] = [];

  before(async () => {
    await ensureDemoPackages();
    pages = await DemoPages.open();
    page = await pages.page();
    page.on('request', (request) => {
      const url = request.url();
      if (url.startsWith('http') && !url.startsWith(pages.origin)) strangers.push(url);
    });
  });
  after(() => pages.close());

  async function tide(): Promise<Frame> {
    for (const frame of page.frames()) {
      if (frame !== page.mainFrame() && (await frame.evaluate(() => document.querySelector('.sea') !== null).catch(() => false)))
        return frame;
    }
    return assert.fail('No frame has the tide');
  }

  it('installs, starts Vite and shows the page', { timeout: 240_000 }, async () => {
    await page.goto(`${pages.origin}/demo/npm.html`);
    await until(page, 'the editor', ({ editable, editor }) => editable && editor.includes('Tide at'));
    await press(page, 'run');
    await until(page, 'the install', ({ terminal }) => /added \d+ packages in /.test(terminal), { timeoutMs: 60_000 });
    await until(page, 'the server', ({ terminal }) => terminal.includes('http://localhost:5173/'), { timeoutMs: 120_000 });
    await untilShown(page, 'Tide at 6:00', 60_000);
  });

  it('an edit appears, and what the reader did stays', { timeout: 120_000 }, async () => {
    const frame = await tide();
    await frame.evaluate(() => {
      const slider = document.querySelector('input')!;
      // React asks the element's own setter.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(slider, '9');
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      Object.assign(globalThis, { sameDocument: true });
    });
    await untilShown(page, 'Tide at 9:00');
    await page.evaluate(() => {
      const editor = document.querySelector('bv-editor') as unknown as { value: string };
      editor.value = editor.value.replace('Tide at', 'The tide at');
    });
    await untilShown(page, 'The tide at 9:00', 60_000);
    assert.equal(await frame.evaluate(() => 'sameDocument' in globalThis), true, 'the document was loaded anew');
  });

  for (const scheme of ['light', 'dark']) {
    it(`is seen in ${scheme} colours, wide and narrow`, async () => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      for (const width of [1200, 360]) {
        await page.setViewport({ width, height: 900 });
        const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(wide! <= room!, `${width}: nothing sticks out`);
        await photograph(page, `npm-${scheme}-${width}`);
      }
    });
  }

  it('leaves a shell in which npm goes on', { timeout: 60_000 }, async () => {
    await page.setViewport({ width: 1200, height: 900 });
    await clickElement(page, 'bv-terminal >>> .xterm-screen');
    await page.keyboard.down('Control');
    await page.keyboard.press('c');
    await page.keyboard.up('Control');
    await until(page, 'the prompt', ({ terminal }) => /\$$/.test(terminal));
    await page.keyboard.type('npm ls --depth=0\n');
    await until(page, 'the list', ({ terminal }) => /react-dom@19\.\d+\.\d+\s[^]*vite@7\.\d+\.\d+\s[^]*\$$/.test(terminal));
    assert.deepEqual(strangers, []);
    assert.deepEqual(pages.errors, []);
  });
});
