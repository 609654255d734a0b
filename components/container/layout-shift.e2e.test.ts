/** Nothing moves when the elements are defined, with `bavini.css` in the page. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';

const editor = '<bv-editor file="a.js"></bv-editor>';
const terminal = '<bv-terminal command="node a.js"></bv-terminal>';
const output = '<bv-output></bv-output>';
const preview = '<bv-preview port="3000"></bv-preview>';
const contents = {
  'an editor, a terminal and a preview': editor + terminal + preview,
  'an editor and a preview': editor + preview,
  'an editor': editor,
  'a terminal': terminal,
  'text between them': `<p>One</p>${editor}<p>Two</p>${terminal}`,
  'a terminal after a preview': preview + terminal,
  'an editor and an output': editor + output,
  'an editor, a preview and an output': editor + preview + output,
  'all four panes and text': `${editor}${terminal}${output}${preview}<p>Below</p>`,
};
const widths = [1200, 700, 360];

for (const browser of ['chromium', 'firefox'] as const) {
  if (findBrowser(browser) === undefined) continue;
  describe(`What is about to be a <bv-container> in ${browser}`, () => {
    let served: ServedBrowser;
    let page: Page;
    before(async () => {
      served = await ServedBrowser.open({ name: browser });
      page = await served.blankPage();
    });
    after(() => served.close());

    const boxes = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('main *:not(pre, script)')].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return `${element.localName} ${[x, y, width, height].map((value) => value.toFixed(1)).join(' ')}`;
        }),
      );

    for (const [what, html] of Object.entries(contents)) {
      for (const attributes of what === 'an editor' ? ['', 'toolbar="none"'] : ['']) {
        it(`stands where it will stand, with ${what} ${attributes}`.trimEnd(), async () => {
          for (const width of widths) {
            await page.setViewport({ width, height: 900 });
            await page.reload();
            await page.evaluate(async (text) => {
              const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/dist/bavini.css' });
              await new Promise((loaded, failed) => {
                sheet.onload = loaded;
                sheet.onerror = () => failed(new Error('there is no style sheet'));
                document.head.append(sheet);
              });
              document.body.innerHTML = `<main>${text}</main>`;
            }, `<h1>A page</h1><bv-container ${attributes}><pre path="a.js">let x = 1;\nlet y;</pre>${html}</bv-container><p>After</p>`);
            const undefinedOnes = await boxes();
            assert.equal(await page.evaluate(() => customElements.get('bv-container')), undefined);
            await page.evaluate(async () => {
              await import(new URL('/dist/bavini.js', location.href).href);
              const all = document.querySelectorAll<HTMLElement & { updateComplete: Promise<unknown> }>(
                'main :is(bv-container, bv-container *)',
              );
              for (const one of all) {
                // Some are loaded when a page has them.
                if (one.localName.startsWith('bv-')) await customElements.whenDefined(one.localName);
                await one.updateComplete;
              }
            });
            assert.deepEqual(await boxes(), undefinedOnes, `${width} pixels wide`);
          }
        });
      }
    }
  });
}
