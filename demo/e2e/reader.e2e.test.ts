/** A page as a reader meets it: before anything runs, without scripts, on a slow line, on a phone, on paper. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { HTTPRequest, Page } from 'puppeteer-core';
import { DemoPages, entryScript, photograph, press, seen, until, untilShown } from './demo-page.ts';

const code = Array.from({ length: 60 }, (_, line) => `console.log('line ${line + 1} of the program');`).join('\n');

/** A page with its code in `<pre>`, the container `above` pixels below the top. */
const article = (above: number) => `<!doctype html>
  <html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>An article</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/demo/demo.css">
  <script type="module" src="/dist/bavini.js"></script>
  <div style="block-size: ${above}px"></div>
  <bv-container>
    <pre path="main.js">${code}</pre>
    <bv-editor file="main.js"></bv-editor>
    <bv-terminal command="node main.js"></bv-terminal>
  </bv-container>
  <p id="after">After the example</p>`;

describe('A reader', () => {
  let pages: DemoPages;
  let page: Page;
  let requests: string[];

  before(async () => {
    pages = await DemoPages.open();
  });
  after(() => pages.close());
  beforeEach(async () => {
    page = await pages.page();
    requests = [];
    page.on('request', (request) => {
      if (request.url().startsWith('http')) requests.push(new URL(request.url()).pathname);
    });
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(pages.errors, []);
  });

  /** Opens `html` as a page of the server. */
  const open = async (html: string) => {
    await page.setRequestInterception(true);
    page.on('request', (request: HTTPRequest) => {
      if (request.url().endsWith('/article.html')) void request.respond({ contentType: 'text/html', body: html });
      else void request.continue();
    });
    await page.goto(`${pages.origin}/article.html`, { waitUntil: 'networkidle0' });
  };
  /** What the editor shows as plain text, before its own code has come. */
  const plain = () => page.evaluate(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.plain')?.textContent ?? null);

  it('who scrolls past loads the entry script alone; the editor comes with the example', { timeout: 30_000 }, async () => {
    await open(article(5000));
    const loaded = ['/article.html', '/demo/demo.css', entryScript];
    assert.deepEqual(requests, loaded);
    assert.equal((await plain())?.trimEnd(), code);
    await page.evaluate(() => document.querySelector('bv-container')!.scrollIntoView());
    await until(page, 'the editor', ({ editable }) => editable);
    const chunks = requests.slice(loaded.length);
    assert.ok(chunks.length > 0);
    assert.ok(
      chunks.every((path) => path.startsWith('/dist/chunks/')),
      chunks.join(),
    );
    assert.ok(!chunks.some((path) => /screen|preview|runtime|container/.test(path)), chunks.join());
    assert.equal(page.workers().length, 0);
  });

  it('who has no scripts sees the code, and all that follows it', async () => {
    await page.setJavaScriptEnabled(false);
    await open(article(0));
    const shown = await page.$eval('pre', (pre) => {
      const { bottom } = pre.getBoundingClientRect();
      return { text: pre.innerText, bottom, next: document.getElementById('after')!.getBoundingClientRect().top };
    });
    assert.equal(shown.text, code);
    assert.ok(shown.next >= shown.bottom, 'the text after the example is below it');
    await photograph(page, 'reader-without-scripts');
  });

  it('who selects the code before the editor has come copies the text itself', async () => {
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.includes('/chunks/')) void request.abort();
      else void request.continue();
    });
    await page.goto(`${pages.origin}/demo/quickstart.html`);
    await page.waitForFunction(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.message') !== null);
    const message = await page.evaluate(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.message')!.textContent);
    assert.match(message, /Could not load <bv-editor>/);
    const selected = await page.evaluate(() => {
      const text = document.querySelector('bv-editor')!.shadowRoot!.querySelector('.plain')!;
      const { userSelect } = getComputedStyle(text);
      getSelection()!.selectAllChildren(text);
      return { userSelect, text: getSelection()!.toString() };
    });
    assert.notEqual(selected.userSelect, 'none');
    assert.match(selected.text, /^import \{ createServer \} from 'node:http';\nimport/);
  });

  it('who reads by keyboard scrolls the code before the editor has come', async () => {
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.includes('/chunks/')) void request.abort();
      else void request.continue();
    });
    await page.goto(`${pages.origin}/demo/quickstart.html`);
    await page.waitForFunction(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.plain') !== null);
    await page.evaluate(() => document.querySelector<HTMLElement>('bv-editor')!.focus());
    await page.keyboard.press('End');
    await page.keyboard.down('ArrowRight');
    await page.waitForFunction(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.plain')!.scrollLeft > 0);
    await page.keyboard.up('ArrowRight');
    const named = await page.evaluate(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.plain')!.ariaLabel);
    assert.equal(named, 'Code, server.js');
  });

  it('who has a slow line is told at once that it starts, and keeps the focus', { timeout: 90_000 }, async () => {
    await page.goto(`${pages.origin}/demo/quickstart.html`);
    await until(page, 'the editor', ({ editable }) => editable);
    const devtools = await page.createCDPSession();
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 150,
      downloadThroughput: 1_600_000 / 8,
      uploadThroughput: 750_000 / 8,
    });
    const told = await page.evaluate(async () => {
      const container = document.querySelector('bv-container')!;
      const run = container.shadowRoot!.querySelector<HTMLElement>('.run')!;
      run.focus();
      run.click();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return {
        status: container.shadowRoot!.querySelector('.status')!.textContent.trim(),
        waiting: container.querySelector('bv-terminal')!.shadowRoot!.querySelector('.waiting p')!.textContent,
        disabled: run.matches(':disabled'),
        focused: container.shadowRoot!.activeElement === run,
      };
    });
    assert.deepEqual(told, { status: 'Starting …', waiting: 'Starting …', disabled: false, focused: true });
    await photograph(page, 'reader-slow-line');
    await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'), { timeoutMs: 60_000 });
    await untilShown(page, 'Moons of the planets');
    const focused = await page.evaluate(() => document.querySelector('bv-container')!.shadowRoot!.activeElement?.className);
    assert.match(focused ?? '', /run/);
  });

  it('who has a phone runs, edits and scrolls by touch', { timeout: 60_000 }, async () => {
    await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
    await page.goto(`${pages.origin}/demo/quickstart.html`);
    const run = await page.waitForSelector('bv-container >>> button.run', { visible: true });
    assert.equal((await seen(page)).editable, false, 'the editor waits for the first touch');
    await run!.tap();
    await until(page, 'the editor', ({ editable }) => editable);
    await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
    const line = await page.waitForSelector('bv-editor >>> .cm-line', { visible: true });
    await line!.tap();
    await page.keyboard.press('Home');
    await page.keyboard.type('// by touch\n');
    await until(
      page,
      'the second start',
      ({ terminal, editor }) => editor.startsWith('// by touch') && /Restarting[^]*Listening/.test(terminal),
    );
    await page.evaluate(() => document.querySelector('bv-preview')!.scrollIntoView());
    await untilShown(page, 'Moons of the planets');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    await photograph(page, 'reader-phone-preview');
    // A finger that moves over the code scrolls the code.
    await page.evaluate(() => document.querySelector('bv-editor')!.scrollIntoView());
    const editor = (await (await page.$('bv-editor'))!.boundingBox())!;
    const touch = await page.touchscreen.touchStart(180, editor.y + 300);
    for (let y = 300; y >= 100; y -= 20) await touch.move(180, editor.y + y);
    await touch.end();
    await page.waitForFunction(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-scroller')!.scrollTop > 0);
  });

  it('who prints the page has the whole code on paper', { timeout: 30_000 }, async () => {
    await open(article(0));
    await until(page, 'the editor', ({ editable }) => editable);
    await page.emulateMediaType('print');
    await page.waitForFunction(() => {
      const content = document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-content')!;
      return content.textContent.includes('line 60 of');
    });
    const cut = await page.evaluate(() => {
      const editor = document.querySelector('bv-editor')!;
      const last = [...editor.shadowRoot!.querySelectorAll('.cm-line')].at(-1)!.getBoundingClientRect();
      const bar = document.querySelector('bv-container')!.shadowRoot!.querySelector('.bar')!;
      return { below: last.bottom - editor.getBoundingClientRect().bottom, bar: getComputedStyle(bar).display };
    });
    assert.ok(cut.below <= 1, `the last line is ${cut.below} px below the end of the editor`);
    assert.equal(cut.bar, 'none');
    await photograph(page, 'reader-print');
  });

  it('who runs two examples of a page has both', { timeout: 30_000 }, async () => {
    await page.goto(`${pages.origin}/demo/two-containers.html`);
    assert.equal((await seen(page, 'second')).state, 'idle');
    await press(page, 'run', 'first');
    await until(page, 'the first', ({ terminal }) => terminal.includes('The first listens'), { id: 'first' });
    assert.equal((await seen(page, 'second')).state, 'idle', 'a container runs when its own button is pressed');
  });
});
