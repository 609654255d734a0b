/**
 * A site that shows its pages without loading them: nothing of a container that was left stays behind, however often readers come and go.
 * Counted are things, not bytes: what is left of each visit would be there twenty times.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CDPSession, JSHandle, Page } from 'puppeteer-core';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { until, untilShown } from './demo-page.ts';

const visits = 20;

const markup = `<bv-container>
  <pre path="server.js">require('node:http').createServer((_, response) => response.end('Hello')).listen(3000, () => console.log('Listening'));</pre>
  <bv-files></bv-files>
  <bv-editor file="server.js"></bv-editor>
  <bv-terminal command="node server.js"></bv-terminal>
  <bv-output></bv-output>
  <bv-preview port="3000"></bv-preview>
  <bv-status></bv-status>
</bv-container>`;

interface Counting {
  readonly objectUrls: Set<string>;
}

/** What lives in the page, after all garbage is collected. */
async function living(page: Page, devtools: CDPSession): Promise<Readonly<Record<string, number>>> {
  const count = async (prototype: string, prefix = '') => {
    const object = await page.evaluateHandle(`${prototype}.prototype`);
    const all = (await page.queryObjects(object as never)) as unknown as JSHandle<readonly Element[]>;
    const number = await all.evaluate(
      // Prototypes are objects of their kind, too.
      (list, start) => list.filter((one) => !Object.hasOwn(one, 'constructor') && (start === '' || one.localName.startsWith(start))).length,
      prefix,
    );
    await Promise.all([object.dispose(), all.dispose()]);
    return number;
  };
  const counts = {
    elements: await count('HTMLElement', 'bv-'),
    frames: await count('HTMLIFrameElement'),
    workers: page.workers().length,
    workerObjects: await count('Worker'),
    ports: await count('MessagePort'),
    observers: await count('ResizeObserver'),
    objectUrls: await page.evaluate(() => (window as unknown as { counting: Counting }).counting.objectUrls.size),
  };
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return {
    ...counts,
    listeners: metric('JSEventListeners'),
    nodes: metric('Nodes'),
    documents: metric('Documents'),
    contexts: metric('Frames'),
  };
}

describe('A page that readers come to and leave without loading another', { timeout: 600_000 }, () => {
  let served: ServedBrowser;
  let page: Page;
  let devtools: CDPSession;
  const problems: string[] = [];

  before(async () => {
    served = await ServedBrowser.open();
    page = await served.blankPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.evaluateOnNewDocument(() => {
      const objectUrls = new Set<string>();
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (object) => {
        const url = createObjectURL.call(URL, object);
        objectUrls.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => {
        objectUrls.delete(url);
        revokeObjectURL.call(URL, url);
      };
      Object.assign(window, { counting: { objectUrls } });
    });
    await page.reload();
    await page.evaluate(() => import(new URL('/dist/bavini.js', location.href).href).then(() => undefined));
    devtools = await page.createCDPSession();
    await devtools.send('Performance.enable');
  });
  after(() => served.close());

  async function visit(): Promise<void> {
    await page.evaluate((html) => {
      history.pushState(null, '', '?here');
      document.body.innerHTML = html;
    }, markup);
    await page.waitForFunction(() => document.querySelector('bv-container:defined') !== null, { timeout: 0 });
    await page.evaluate(() => (document.querySelector('bv-container') as unknown as { run(): Promise<void> }).run());
    await page.evaluate(() => (document.querySelector('bv-editor') as HTMLElement).focus());
    await until(page, 'the server', ({ terminal, editable }) => editable && terminal.includes('Listening'));
    await untilShown(page, 'Hello');
    await page.evaluate(() => {
      history.pushState(null, '', '?elsewhere');
      document.body.innerHTML = '<p>Another page</p>';
    });
    // All that stays of the runtime is its kernel.
    while (page.workers().length > 1 || page.frames().length > 1)
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  }

  it(`is the same after ${visits} visits as after the first ones`, async () => {
    // What is loaded and made once comes with these.
    for (let number = 0; number < 3; number += 1) await visit();
    const before = await living(page, devtools);
    for (let number = 0; number < visits; number += 1) await visit();
    const now = await living(page, devtools);
    const more = Object.entries(now).filter(([what, number]) => number > before[what]!);
    assert.deepEqual(more, [], `${JSON.stringify(before)} became ${JSON.stringify(now)}`);
    assert.deepEqual(problems, []);
  });
});
