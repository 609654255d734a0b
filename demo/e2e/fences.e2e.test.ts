import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { DemoPages, photograph, untilShown } from './demo-page.ts';

/** What the fence at `index` shows under it. */
const result = (page: Page, index: number) =>
  page.evaluate((at) => document.querySelectorAll('bv-fence')[at]?.shadowRoot?.querySelector('.output')?.textContent ?? '', index);

async function untilResult(page: Page, index: number, text: string): Promise<void> {
  await page.waitForFunction(
    (at, wanted) => document.querySelectorAll('bv-fence')[at]?.shadowRoot?.querySelector('.output')?.textContent === wanted,
    { timeout: 0 },
    index,
    text,
  );
}

const press = (page: Page, index: number, button: string) =>
  page.evaluate(
    (at, name) => document.querySelectorAll('bv-fence')[at]!.shadowRoot!.querySelector<HTMLElement>(`.${name}`)!.click(),
    index,
    button,
  );

describe('fences.html', () => {
  let pages: DemoPages;

  before(async () => {
    pages = await DemoPages.open();
  });
  after(() => pages.close());

  it('moves nothing when its fences become live, and runs them in their place', async () => {
    const page = await pages.page();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await page.evaluateOnNewDocument(() => {
      const shifts: number[] = ((globalThis as unknown as { shifts: number[] }).shifts = []);
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(`${pages.origin}/demo/fences.html`);
    await page.waitForFunction(() => document.querySelectorAll('bv-fence').length === 4, { timeout: 0 });
    assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts), []);
    assert.ok(!requested.some((path) => /kernel|index\.js|code-view/.test(path)), `nothing heavy: ${requested.join(' ')}`);
    await photograph(page, 'fences-idle');

    await press(page, 1, 'run');
    await untilResult(page, 1, 'Hello Ada\n');
    await press(page, 3, 'run');
    await page.waitForFunction(
      () => /3 greet\.js/.test(document.querySelectorAll('bv-fence')[3]!.shadowRoot!.querySelector('.output')?.textContent ?? ''),
      { timeout: 0 },
    );
    assert.match(await result(page, 3), /^example-2\.js\nexample\.js\nexample\.sh\ngreet\.js\n/m);
    await press(page, 2, 'run');
    await untilShown(page, 'Hello from the server');
    await press(page, 0, 'edit');
    await page.waitForFunction(
      () =>
        document.querySelector('bv-fence')!.shadowRoot!.querySelector('bv-editor')?.shadowRoot?.querySelector('.cm-content') instanceof
        HTMLElement,
      { timeout: 0 },
    );
    await photograph(page, 'fences');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await page.evaluate(() => document.documentElement.style.setProperty('color-scheme', 'light dark'));
    await photograph(page, 'fences-dark');
    assert.deepEqual(pages.errors, []);
    await page.close();
  });
});
