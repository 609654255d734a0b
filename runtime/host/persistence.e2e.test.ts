/** Kills a real browser at random moments while a page writes: nothing acknowledged may be lost, and the store must open. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { closeServer, launchBrowser, root } from '../testing/served-browser.ts';
import { serve } from '../tools/serve.ts';

type Api = typeof import('../index.ts');

/** Kills, each in a browser of its own on the same profile. */
const kills = 20;

describe('A container that persists, in a browser that is killed', () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let running: Browser | undefined;
  const profile = mkdtempSync(join(tmpdir(), 'bavini-kill-'));

  before(async () => {
    served = await serve({ root, port: 0, cors: false });
  });
  after(() => {
    running?.process()?.kill('SIGKILL');
    closeServer(served.server);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  const open = async (): Promise<{ browser: Browser; page: Page }> => {
    const browser = await launchBrowser('chromium', { userDataDir: profile });
    running = browser;
    const page = await browser.newPage();
    await page.goto(`${served.origin}/runtime/testing/blank.html`);
    return { browser, page };
  };

  it(`keeps all that sync() acknowledged, ${kills} times in a row`, { timeout: 240_000 }, async () => {
    let acknowledged = -1;
    for (let round = 0; round < kills; round++) {
      const { browser, page } = await open();
      const killAt = Math.random() * 400;
      // Its connection ends before it does, and two browsers must not have one profile.
      const killed = new Promise<void>((done) => browser.process()!.once('exit', () => done()));
      await page.exposeFunction('acknowledge', (count: number) => {
        acknowledged = Math.max(acknowledged, count);
      });
      const found = await page.evaluate(async (from: number) => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
        const container = await Container.boot({ persist: 'kill-test' });
        (globalThis as { container?: unknown }).container = container;
        const missing: string[] = [];
        const errors: string[] = [];
        container.on('error', ({ message }) => void errors.push(message));
        for (let index = 0; index <= from; index++) {
          const text = await container.fs.readFile(`n${index}.txt`, 'utf8').catch((error: Error) => error.message);
          if (text !== `${index} ${'x'.repeat(index % 997)}`) missing.push(`n${index}.txt: ${text.slice(0, 80)}`);
        }
        return { missing, errors, restored: container.restored, elsewhere: container.storedElsewhere };
      }, acknowledged);
      const told = `restored ${found.restored}, stored elsewhere ${found.elsewhere}, errors: ${found.errors.join('; ')}`;
      assert.deepEqual(found.missing, [], `after kill ${round}, with ${acknowledged + 1} files acknowledged; ${told}`);
      assert.equal(found.restored, acknowledged >= 0 || found.restored);
      assert.equal(found.elsewhere, false, 'the killed tab no longer holds the name');
      const writing = page
        .evaluate(async (from: number) => {
          const { container, acknowledge } = globalThis as unknown as {
            container: Awaited<ReturnType<Api['Container']['boot']>>;
            acknowledge(count: number): Promise<void>;
          };
          for (let index = from; ; index++) {
            await container.fs.writeFile(`n${index}.txt`, `${index} ${'x'.repeat(index % 997)}`);
            await container.sync();
            void acknowledge(index);
          }
        }, acknowledged + 1)
        .catch(() => undefined); // The browser was killed, which is the point.
      await new Promise((later) => setTimeout(later, killAt));
      browser.process()!.kill('SIGKILL');
      await Promise.all([killed, writing]);
    }
    assert.ok(acknowledged >= kills, `only ${acknowledged + 1} writes were acknowledged in ${kills} rounds`);
  });
});
