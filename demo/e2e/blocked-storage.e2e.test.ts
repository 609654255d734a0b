/** Pages whose browser lets them store nothing, by its own privacy settings: all works, and says that nothing is kept. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import type { BvLesson } from '../../components/lesson/lesson/lesson-element.ts';
import { closeServer, launchBrowser, root } from '../../runtime/testing/served-browser.ts';
import { serve } from '../../runtime/tools/serve.ts';
import { press, until, untilShown } from './demo-page.ts';

const edited = '// mine\n';
const notKept = 'Edits made here are not kept.';

for (const name of ['chromium', 'firefox'] as const)
  describe(`Where ${name} blocks all storage`, () => {
    let browser: Browser;
    let page: Page;
    let server: Server;
    let origin: string;
    const errors: string[] = [];
    const profile = mkdtempSync(join(tmpdir(), 'bavini-blocked-'));

    before(async () => {
      if (name === 'chromium') {
        // As "Block all site data" of its settings writes it.
        mkdirSync(join(profile, 'Default'));
        const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
        writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(settings));
      }
      browser = await launchBrowser(
        name,
        name === 'chromium' ? { userDataDir: profile } : { extraPrefsFirefox: { 'network.cookie.cookieBehavior': 2 } },
      );
      ({ server, origin } = await serve({ root, port: 0, cors: false }));
      page = await browser.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
    });
    after(async () => {
      closeServer(server);
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
      assert.deepEqual(errors, []);
    });

    it('an example tells so at the first edit, and runs', { timeout: 180_000 }, async () => {
      await page.goto(`${origin}/demo/quickstart.html`);
      const { notices } = await until(page, 'the container', ({ state }) => state === 'idle');
      assert.deepEqual(notices, [], 'nothing is lost yet');
      const stored = () => {
        try {
          return String(localStorage.length);
        } catch (error) {
          return (error as Error).name;
        }
      };
      assert.equal(await page.evaluate(stored), 'SecurityError');
      await page.evaluate((text) => {
        const { files } = document.querySelector('bv-container')!;
        return files.write('server.js', text + files.read('server.js')!);
      }, edited);
      await until(page, 'the notice', (now) => now.notices.join() === notKept);
      await press(page, 'run');
      const now = await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
      assert.ok(now.notices.includes(notKept), now.notices.join('\n'));
      assert.ok(!now.notices.some((notice) => /another tab/.test(notice)), now.notices.join('\n'));
      await untilShown(page, 'Moons of the planets');
      assert.ok((await page.evaluate(() => document.querySelector('bv-container')!.files.read('server.js')))?.startsWith(edited));
    });

    it('a lesson tells so at once, and checks what the reader does', { timeout: 180_000 }, async () => {
      await page.goto(`${origin}/demo/lesson.html`);
      await page.waitForFunction(() => (document.querySelector('bv-lesson')?.step ?? '') !== '', { timeout: 0 });
      const told = await page.$eval('bv-lesson', (lesson) => lesson.shadowRoot!.querySelector('.notice, .message')!.textContent);
      assert.equal(told, 'This browser keeps nothing for this page: what you do here lasts until you leave it.');
      const statuses = await page.$eval('bv-lesson', async (element) => {
        const lesson = element as BvLesson;
        await lesson.applySolution();
        return (await lesson.check()).map((outcome) => outcome?.status);
      });
      assert.deepEqual(statuses, ['passed', 'passed']);
    });
  });
