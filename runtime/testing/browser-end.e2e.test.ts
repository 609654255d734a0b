/** What a test that drives a browser is told when that ends, and that it is told. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { clickElement } from './click-element.ts';
import { launchBrowser, root } from './served-browser.ts';

describe('watchEnd(), of a browser of a test', () => {
  it('lets close() tell how it ended by itself', { timeout: 60_000 }, async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    const waiting = assert.rejects(page.evaluate(() => new Promise(() => undefined)));
    browser.process()!.kill('SIGKILL');
    await waiting;
    await assert.rejects(browser.close(), /^Error: The browser ended by itself: SIGKILL/);
  });

  it('ends it when a page crashes, and tells which', { timeout: 60_000 }, async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto('data:text/html,crashes');
    const waiting = assert.rejects(page.evaluate(() => new Promise(() => undefined)));
    const session = await page.createCDPSession();
    void session.send('Page.crash').catch(() => undefined); // Who crashes does not answer.
    await waiting;
    await assert.rejects(browser.close(), /^Error: The page "data:text\/html,crashes" crashed: \w+, \d+/);
  });

  it('lets one that was closed be', { timeout: 60_000 }, async () => {
    const browser = await launchBrowser();
    await browser.newPage();
    await browser.close();
  });
});

describe('clickElement()', () => {
  it('sees what an element renders into its shadow root, as the last change of the page', { timeout: 60_000 }, async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent('<x-late></x-late>');
      const clicked = clickElement(page, 'x-late >>> button');
      await page.evaluate(async () => {
        const shadow = document.querySelector('x-late')!.attachShadow({ mode: 'open' });
        for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
        shadow.innerHTML = '<button onclick="globalThis.pressed = true">Press</button>';
      });
      await clicked;
      assert.equal(await page.evaluate(() => (globalThis as { pressed?: boolean }).pressed), true);
    } finally {
      await browser.close();
    }
  });

  it('ends with its page and with its browser, and keeps no process alive', { timeout: 60_000 }, async () => {
    const program = `
      import { clickElement } from './runtime/testing/click-element.ts';
      import { launchBrowser } from './runtime/testing/served-browser.ts';
      const browser = await launchBrowser();
      for (const end of [(page) => page.close(), () => browser.process().kill('SIGKILL')]) {
        const page = await browser.newPage();
        page.setDefaultTimeout(0);
        await page.setContent('<button id="never" disabled>');
        const clicked = clickElement(page, '#never').then(() => 'clicked', ({ message }) => message);
        await page.waitForSelector('#never');
        await end(page);
        console.log(await clicked);
      }
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const told = await child.stdout.toArray();
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.equal(Buffer.concat(told as Buffer[]).toString(), 'The page was closed before "#never" could be clicked\n'.repeat(2));
  });
});
