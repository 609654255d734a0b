/** What a reader loses when the browser has no room left: nothing that was kept, and nothing of the session. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CDPSession, Page } from 'puppeteer-core';
import { ServedBrowser } from '../testing/served-browser.ts';
import { findBrowser } from '../tools/browsers.ts';

type Api = typeof import('../index.ts');

/** Bytes the site may keep. Firefox gives no group of sites less than this. */
const quotas = { chromium: 3_000_000, firefox: 10 * 2 ** 20 } as const;

interface Kept {
  readonly container: Awaited<ReturnType<Api['Container']['boot']>>;
  readonly errors: { message: string; code?: string }[];
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  const quota = quotas[name];
  describe(`A container that persists, where ${name} has no more room`, () => {
    let served: ServedBrowser;
    let page: Page;
    /** The quota lasts as long as the session that set it. */
    let session: CDPSession | undefined;

    before(async () => {
      served = await ServedBrowser.open({
        name,
        // In kilobytes, of all sites; one may have a fifth of it.
        extraPrefsFirefox: { 'dom.quotaManager.temporaryStorage.fixedLimit': quota / 1024 },
      });
      page = await served.blankPage();
      if (name === 'chromium') session = await page.createCDPSession();
    });
    after(() => served.close());

    const setQuota = async (quotaSize?: number) => {
      await session?.send('Storage.overrideQuotaForOrigin', { origin: served.origin, ...(quotaSize === undefined ? {} : { quotaSize }) });
    };
    const boot = () =>
      page.evaluate(async () => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
        const container = await Container.boot({ persist: 'full' });
        const errors: Kept['errors'] = [];
        container.on('error', (error) => errors.push(error));
        Object.assign(globalThis, { container, errors });
        return container.restored;
      });
    /** Writes `bytes` that cannot be compressed, and answers what `sync()` said of them. */
    const write = (path: string, bytes: number) =>
      page.evaluate(
        async (name: string, length: number) => {
          const { container } = globalThis as unknown as Kept;
          const data = new Uint8Array(length);
          for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
          await container.fs.writeFile(name, data);
          return container.sync().then(
            () => 'kept',
            (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
          );
        },
        path,
        bytes,
      );
    const run = (line: string) =>
      page.evaluate(async (text: string) => (await (globalThis as unknown as Kept).container.exec(text)).stdout, line);

    it('says so, the session goes on, and what was kept before is there after a reload', { timeout: 180_000 }, async () => {
      await setQuota(quota);
      assert.equal(await boot(), false);
      assert.equal(await write('early.bin', 100_000), 'kept');
      const early = await run('cksum early.bin || wc -c early.bin');

      const refused = await write('large.bin', 2 * quota);
      assert.match(refused, /^ERR_BV_QUOTA: Cannot store the files of "full": the browser has no more room for this site/);
      const errors = await page.evaluate(() => (globalThis as unknown as Kept).errors);
      assert.deepEqual(
        errors.map(({ code }) => code),
        ['ERR_BV_QUOTA'],
        'told once, as an event, too',
      );

      // The session has all files, and makes more of them.
      assert.equal(await run('wc -c < large.bin'), `${2 * quota}\n`);
      assert.equal(await run("echo more > more.txt; node -p \"require('fs').readFileSync('more.txt', 'utf8').trim()\""), 'more\n');

      await page.reload();
      assert.equal(await boot(), true);
      assert.match(await run('ls'), /^early\.bin$/m);
      assert.equal(await run('cksum early.bin || wc -c early.bin'), early);

      // With room again it keeps again: what was too much was never stored.
      await setQuota();
      assert.equal(await write('late.bin', 100_000), 'kept');
      await page.reload();
      assert.equal(await boot(), true);
      assert.match(await run('ls'), /^early\.bin\nlate\.bin$/m);
    });

    it('an element tells of it as bv-error, and the reader reads it', { timeout: 180_000 }, async () => {
      await setQuota(quota);
      const told = await page.evaluate(async (bytes: number) => {
        await import(new URL('/dist/bavini.js', location.href).href);
        const element = document.createElement('bv-container');
        element.setAttribute('persist', 'full-element');
        const event = new Promise<string>((resolve) => {
          element.addEventListener('bv-error', (error) => resolve((error as Event & { code?: string }).code ?? 'none'));
        });
        document.body.append(element);
        const container = await (element as unknown as { boot(): Promise<Kept['container']> }).boot();
        const data = new Uint8Array(bytes);
        for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
        await container.fs.writeFile('large.bin', data);
        const code = await event;
        await (element as unknown as { updateComplete: Promise<unknown> }).updateComplete;
        return [code, element.shadowRoot!.querySelector('.notices')!.textContent.trim()];
      }, 2 * quota);
      assert.equal(told[0], 'ERR_BV_QUOTA');
      assert.match(told[1]!, /Cannot store the files of "full-element": the browser has no more room for this site/);
      await setQuota();
    });
  });
}
