import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import type {} from '../../components/define.ts';
import type { BvOutput } from '../../components/output/output-element.ts';
import type { BvShare } from '../../components/share/share-element.ts';
import { DemoPages, photograph, press, untilShown } from './demo-page.ts';

interface Sent {
  readonly action: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
}

describe('demo/output.html', () => {
  let pages: DemoPages;
  let page: Page;

  const untilPrinted = (pattern: string) =>
    page.waitForFunction((text) => new RegExp(text).test((document.querySelector('bv-output') as BvOutput).text), { timeout: 0 }, pattern);
  const inShare = (selector: string) =>
    page.evaluate((wanted) => document.querySelector('bv-share')!.shadowRoot!.querySelector<HTMLElement>(wanted)!.click(), selector);

  before(async () => {
    pages = await DemoPages.open();
    page = await pages.page();
    await page.goto(`${pages.origin}/demo/output.html`);
    await page.waitForFunction(
      () => document.querySelector('bv-output:defined') !== null && document.querySelector('bv-share:defined') !== null,
      {
        timeout: 0,
      },
    );
  });
  after(() => pages.close());

  it('shows what programs print and what the page logs, with places that open the editor', async () => {
    await press(page, 'run');
    await untilPrinted('It fails here[^]*Listening on port 3000[^]*GET /');
    await untilShown(page, 'Colours');
    await untilPrinted('There are[^]*Blue is a warning[^]*No such colour[^]*Quiet');
    await photograph(page, 'output-light');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await photograph(page, 'output-dark');
    await page.emulateMediaFeatures([]);
    await page.evaluate(() => {
      const links = document.querySelector('bv-output')!.shadowRoot!.querySelectorAll<HTMLElement>('.log a, .log button');
      [...links].find(({ textContent }) => /fail\.js:\d/.test(textContent))!.click();
    });
    await page.waitForFunction(() => document.querySelector('bv-editor')!.file === 'fail.js', { timeout: 0 });
    const status = await page.evaluate(() => document.querySelector('bv-status')!.shadowRoot!.querySelector('.now')!.textContent);
    assert.match(status, /3000/);
  });

  it('shares: a link that another visitor opens, and forms for other places', async () => {
    await page.evaluate(() => document.querySelector('bv-container')!.files.replace('fail.js', '// shared\n'));
    await page.evaluate(() => (document.querySelector('bv-share') as BvShare).open());
    const link = await page.evaluate(() => document.querySelector('bv-share')!.shadowRoot!.querySelector('input')!.value);
    assert.match(link, /\/demo\/output\.html#bv=1\./);
    await photograph(page, 'output-share');

    await page.evaluate(() => {
      const sent: Sent[] = ((globalThis as unknown as { sent: Sent[] }).sent = []);
      // The forms go to services of others: here they are looked at, and not sent.
      HTMLFormElement.prototype.submit = function submit() {
        const fields = [...new FormData(this)].map(([name, value]) => [name, String(value)] as const);
        sent.push({ action: this.action, target: this.target, fields });
      };
    });
    await inShare('.stackblitz');
    await inShare('.codesandbox');
    const [stackblitz, codesandbox] = await page.evaluate(() => (globalThis as unknown as { sent: Sent[] }).sent);
    assert.equal(stackblitz!.action, 'https://stackblitz.com/run');
    assert.equal(stackblitz!.target, '_blank');
    const { 'project[files][fail.js]': text, 'project[template]': template } = Object.fromEntries(stackblitz!.fields);
    assert.deepEqual([text, template], ['// shared\n', 'node']);
    assert.equal(codesandbox!.action, 'https://codesandbox.io/api/v1/sandboxes/define');
    assert.ok(codesandbox!.fields.some(([name, value]) => name === 'parameters' && value.length > 100));

    const context = await pages.browser.createBrowserContext();
    try {
      const visitor = await context.newPage();
      await visitor.goto(link);
      await visitor.waitForFunction(() => document.querySelector('bv-container')?.files?.read('fail.js') === '// shared\n', { timeout: 0 });
      const notice = await visitor.evaluate(
        () => document.querySelector('bv-container')!.shadowRoot!.querySelector('.notices')!.textContent,
      );
      assert.match(notice, /comes from the link/);
    } finally {
      await context.close();
    }
    assert.deepEqual(
      pages.errors.filter((error) => !error.includes('No such colour')),
      [],
    );
  });
});
