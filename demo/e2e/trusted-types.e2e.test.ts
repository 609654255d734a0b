/** demo/quickstart.html on a page that requires trusted types, in each browser that has them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import { press, seen, until, untilShown } from './demo-page.ts';

interface Holder {
  readonly container: import('../../runtime/index.ts').Container;
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`On a page that requires trusted types, in ${name}`, () => {
    let served: ServedBrowser;
    /** Of more policies that are allowed. */
    let names = '';

    before(async () => {
      served = await ServedBrowser.open({
        name,
        headers: (path): Record<string, string> =>
          path.endsWith('.html')
            ? { 'content-security-policy': `require-trusted-types-for 'script'; trusted-types bavini bavini-elements ${names}` }
            : {},
      });
    });
    after(() => served.close());

    /** Runs the page whose policy allows these names beside ours. */
    const under = async (allowed: string, act: (page: Page) => Promise<void>) => {
      names = allowed;
      const page = await served.browser.newPage();
      try {
        await page.setViewport({ width: 1200, height: 900 });
        await page.goto(`${served.origin}/demo/quickstart.html`);
        assert.equal(await page.evaluate(() => 'trustedTypes' in globalThis), true, 'the browser has them');
        await page.waitForFunction(() => customElements.get('bv-container') !== undefined);
        await press(page, 'run');
        await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
        await act(page);
        assert.deepEqual((await seen(page)).notices, []);
        const own = await page.evaluate(() => {
          const { trustedTypes } = globalThis as unknown as { trustedTypes: { defaultPolicy: unknown } };
          return trustedTypes.defaultPolicy;
        });
        assert.equal(own, null, 'the page itself trusts no strings');
      } finally {
        await page.close();
      }
    };
    const exec = (page: Page, line: string) =>
      page.evaluate(async (text) => {
        const { stdout, stderr } = await (document.querySelector('bv-container') as unknown as Holder).container.exec(text);
        return stdout + stderr;
      }, line);

    it('ours alone: all but an inline preview, on QuickJS; the preview says what it needs', { timeout: 60_000 }, () =>
      under('', async (page) => {
        await until(page, 'the editor', ({ editable }) => editable);
        assert.match((await seen(page)).status, /QuickJS/);
        assert.equal(await exec(page, `node -p "new Function('return 6 * 7')()"`), '42\n');
        await page.waitForFunction(
          () => document.querySelector('bv-preview')!.shadowRoot!.querySelector('.message')?.textContent?.includes('trusted types'),
          { timeout: 15_000 },
        );
        const message = await page.evaluate(() => document.querySelector('bv-preview')!.shadowRoot!.querySelector('.message')!.textContent);
        assert.match(message, /add default to trusted-types, or choose the preview host "origin"/);
      }),
    );

    it('ours and default: the native engine and an inline preview, too', { timeout: 60_000 }, () =>
      under('default', async (page) => {
        assert.equal((await seen(page)).status, 'Running');
        await untilShown(page, 'Moons of the planets');
        assert.equal(await exec(page, `node -p "new Function('return 6 * 7')() + eval('1')"`), '43\n');
        const thread = `new (require("worker_threads").Worker)("console.log(eval(String(7)))", { eval: true })`;
        assert.equal(await exec(page, `node -e '${thread}'`), '7\n');
      }),
    );
  });
}
