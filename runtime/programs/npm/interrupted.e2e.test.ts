/**
 * Installs in a page that a closed tab, a lost network or a full disk ends, or that another tab makes at the same time: the project is as
 * before or done, and the next one repairs it.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import type * as api from '../../index.ts';
import { ServedBrowser } from '../../testing/served-browser.ts';
import { findBrowser } from '../../tools/browsers.ts';
import { startRegistry, type MadePackage, type TestRegistry } from './testing/registry.ts';

/** Bytes that do not get smaller in a tarball. */
function noise(bytes: number): string {
  let state = 1;
  return Array.from({ length: bytes }, () => String.fromCharCode(33 + ((state = (state * 48_271) % 2_147_483_647) % 94))).join('');
}

/** Bytes the site may keep where the disk is full. Firefox gives no group of sites less than this. */
const quotas = { chromium: 3_000_000, firefox: 10 * 2 ** 20 } as const;

/** What the test of this number installs: a browser keeps packages. */
function ofTest(id: number): readonly MadePackage[] {
  const names = Array.from({ length: 8 }, (_, index) => `part-${id}-${index}`);
  const dependencies = Object.fromEntries(names.map((name) => [name, '1']));
  return [{ name: `all-${id}`, version: '1.0.0', manifest: { dependencies } }, ...names.map((name) => ({ name, version: '1.0.0' }))];
}
const packages: readonly MadePackage[] = [
  { name: 'before', version: '1.0.0' },
  ...[1, 2, 3, 4, 5, 6, 7].flatMap(ofTest),
  { name: 'large', version: '1.0.0', files: { 'a.txt': noise(12 * 2 ** 20) } },
];
const manifest = JSON.stringify({ name: 'project', version: '1.0.0', dependencies: { before: '1' } });

interface Holder {
  readonly container: api.Container;
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`An install in ${name}`, () => {
    let served: ServedBrowser;
    let registry: TestRegistry;
    let page: Page;
    let id = 0;
    let beforeTree: string;

    before(async () => {
      registry = await startRegistry(packages);
      served = await ServedBrowser.open({
        name,
        // In kilobytes, of all sites; one may have a fifth of it.
        extraPrefsFirefox: { 'dom.quotaManager.temporaryStorage.fixedLimit': quotas[name] / 1024 },
      });
    });
    after(async () => {
      await registry.close();
      await served.close();
    });

    /** A page with the container of this test, as it was kept. */
    async function open(): Promise<void> {
      page = await served.blankPage();
      await boot();
    }
    const boot = () =>
      page.evaluate(
        async (address, persist) => {
          const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof api;
          Object.assign(globalThis, {
            container: await Container.boot({ registry: address, persist, env: { npm_config_fetch_retries: '0' } }),
          });
        },
        registry.address,
        `interrupted-${id}`,
      );
    const run = (line: string, inPage = page) =>
      inPage.evaluate(async (text) => {
        const { stdout, stderr, code } = await (globalThis as unknown as Holder).container.exec(text);
        return { stdout, stderr, code };
      }, line);
    const tree = async () => (await run('find . -type f -o -type l | sort; cat package.json package-lock.json')).stdout;
    const keep = () => page.evaluate(() => (globalThis as unknown as Holder).container.sync());

    /** The project of this test, and what is in it. */
    async function begin(): Promise<void> {
      await page.evaluate((text) => (globalThis as unknown as Holder).container.fs.writeFile('package.json', text), manifest);
      const { code, stderr } = await run('npm install');
      assert.equal(code, 0, stderr);
      await keep();
      beforeTree = await tree();
    }

    beforeEach(() => {
      id += 1;
      registry.intercept = undefined;
    });

    /** It installs what was asked for before, and all of it is there. */
    async function goesOn(): Promise<void> {
      const { code, stderr } = await run(`npm install all-${id} && npm ls --all`);
      assert.equal(code, 0, stderr);
      assert.equal((await run(`node -p "require('all-${id}') + require('part-${id}-7')"`)).stdout, `all-${id}@1.0.0part-${id}-7@1.0.0\n`);
      assert.equal((await run('ls -A node_modules | wc -l')).stdout.trim(), '11');
    }

    // First: where a site has used its storage, Chromium looks at what it may use only some time later again.
    it('for which the disk has no room', { timeout: 120_000 }, async () => {
      page = await served.blankPage();
      const session = name === 'chromium' ? await page.createCDPSession() : undefined;
      await session?.send('Storage.overrideQuotaForOrigin', { origin: served.origin, quotaSize: quotas.chromium });
      await boot();
      await begin();
      const { code, stdout, stderr } = await run(`npm install large all-${id}`);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /added 10 packages/);
      const use = `node -p "require('large') + require('fs').statSync('node_modules/large/a.txt').size"`;
      assert.equal((await run(use)).stdout, `large@1.0.0${12 * 2 ** 20}\n`);
      assert.match((await keep().catch((error: unknown) => String(error))) ?? '', /no more room for this site/);
      await page.close();
      await open();
      assert.equal(await tree(), beforeTree);
      await goesOn();
      await page.close();
    });

    for (const last of [1, 8])
      it(`in a tab that is closed when ${last} of 9 packages are there`, { timeout: 120_000 }, async () => {
        await open();
        await begin();
        let answered = 0;
        const stopped = Promise.withResolvers<undefined>();
        registry.intercept = (path) => {
          if (!path.endsWith('.tgz')) return false;
          if (answered++ < last) return false;
          stopped.resolve(undefined);
          return true; // Never answered.
        };
        void run(`npm install all-${id}`).catch(() => undefined);
        await stopped.promise;
        await page.close();
        registry.intercept = undefined;
        await open();
        assert.equal(await tree(), beforeTree);
        await goesOn();
        await page.close();
      });

    it('in a tab that is closed as soon as all packages are there', { timeout: 120_000 }, async () => {
      await open();
      await begin();
      let answered = 0;
      const done = Promise.withResolvers<undefined>();
      registry.intercept = (path) => {
        if (path.endsWith('.tgz') && ++answered === 9) done.resolve(undefined);
        return false;
      };
      void run(`npm install all-${id}`).catch(() => undefined);
      await done.promise;
      await page.close();
      await open();
      const now = await tree();
      if (now !== beforeTree) assert.equal((await run('npm ls --all')).code, 0, now);
      await goesOn();
      await page.close();
    });

    it('whose network goes away', { timeout: 120_000 }, async () => {
      await open();
      await begin();
      let answered = 0;
      registry.intercept = (path, response) => {
        if (!path.endsWith('.tgz') || answered++ < 3) return false;
        response.destroy();
        return true;
      };
      const { code, stderr } = await run(`npm install all-${id}`);
      assert.equal(code, 1);
      assert.match(stderr, /^npm error code (?:ECONNRESET|ENETWORK|EAI_AGAIN|ECONNREFUSED|ERR_\w+)$/m);
      assert.match(stderr, /part-\d-\d/);
      assert.equal(await tree(), beforeTree);
      registry.intercept = undefined;
      await goesOn();
      await page.close();
    });

    // Both write to the one store of packages; what belongs to the container is the first tab's, of which the second has a copy.
    for (const isClosed of [false, true])
      it(`beside one of the same container in another tab${isClosed ? ', which is closed' : ''}`, { timeout: 120_000 }, async () => {
        await open();
        await begin();
        const first = page;
        await open();
        const second = page;
        assert.notEqual(first, second);
        const begun = Promise.withResolvers<undefined>();
        let answered = 0;
        registry.intercept = (path) => {
          if (path.endsWith('.tgz') && ++answered === 4) begun.resolve(undefined);
          return false;
        };
        const line = `npm install all-${id}`;
        const both = [first, second].map((one) => run(line, one));
        if (isClosed) {
          await begun.promise;
          both.splice(0, 1)[0]?.catch(() => undefined);
          await first.close();
        }
        for (const { code, stderr } of await Promise.all(both)) assert.equal(code, 0, stderr);
        await goesOn();
        await second.close();
        page = first;
        if (!isClosed) {
          await goesOn();
          await keep();
          const whole = await tree();
          await first.close();
          await open();
          assert.equal(await tree(), whole);
        } else await open();
        await goesOn();
        // What both stored is what was verified: also for who has nothing but the store.
        registry.intercept = () => true; // Never answered.
        const again = await run('rm -r node_modules && npm ci --offline && npm ls --all');
        assert.equal(again.code, 0, again.stderr);
        assert.match((await run('npm cache verify')).stdout, /(?:^|\n)Cache verified/);
        await page.close();
      });
  });
}
