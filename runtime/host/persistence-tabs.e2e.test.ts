/** What is kept from one visit to the next, in tabs of a real browser. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { ServedBrowser } from '../testing/served-browser.ts';
import { findBrowser } from '../tools/browsers.ts';

type Api = typeof import('../index.ts');
type Container = Awaited<ReturnType<Api['Container']['boot']>>;
interface Scope {
  api: Api;
  container: Container;
  errors: { message: string; code?: string }[];
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`A container that persists, in ${name}`, () => {
    let served: ServedBrowser;

    before(async () => {
      served = await ServedBrowser.open({ name });
    });
    after(() => served.close());

    /** A tab with a container of that name. */
    async function open(
      persist: string,
      files: Readonly<Record<string, string>> = {},
    ): Promise<{ page: Page; restored: boolean; elsewhere: boolean }> {
      const page = await served.blankPage();
      const found = await page.evaluate(
        async (kept: string, author: Record<string, string>) => {
          const scope = globalThis as unknown as Scope;
          scope.api = (await import(new URL('/dist/index.js', location.href).href)) as Api;
          scope.container = await scope.api.Container.boot({ persist: kept, files: author });
          scope.errors = [];
          scope.container.on('error', (error) => scope.errors.push(error));
          return { restored: scope.container.restored, elsewhere: scope.container.storedElsewhere };
        },
        persist,
        { ...files },
      );
      return { page, ...found };
    }

    const exec = (page: Page, line: string): Promise<string> =>
      page.evaluate(async (commandLine: string) => {
        const { stdout, stderr } = await (globalThis as unknown as Scope).container.exec(commandLine);
        return stdout + stderr;
      }, line);
    /** Closes the tab without any farewell, as a reload does. */
    const leave = (page: Page) => page.close();

    it(
      'keeps what programs and the page wrote, follows the author in the rest; memory file systems are empty again',
      { timeout: 180_000 },
      async () => {
        const first = await open('visits', { 'a.txt': 'author', 'b.txt': 'author' });
        assert.deepEqual([first.restored, first.elsewhere], [false, false]);
        await exec(
          first.page,
          'echo reader > a.txt; mkdir d; echo x > d/x; chmod +x d/x; ln -s d/x link; echo secret > /tmp/secret; cp /usr/lib/node/meta.json copy.json 2>/dev/null; echo moved > /tmp/m; mv /tmp/m kept-from-tmp',
        );
        await first.page.evaluate(() => (globalThis as unknown as Scope).container.sync());
        await leave(first.page);
        const second = await open('visits', { 'a.txt': 'author', 'b.txt': 'new author', 'c.txt': 'new' });
        assert.equal(second.restored, true);
        assert.equal(
          await exec(second.page, 'cat a.txt b.txt c.txt link kept-from-tmp; ls /tmp; test -x d/x && echo executable'),
          'reader\nnew authornewx\nmoved\nexecutable\n',
        );
        await second.page.evaluate(() => (globalThis as unknown as Scope).container.reset());
        assert.equal(await exec(second.page, 'ls; cat a.txt b.txt'), 'a.txt\nb.txt\nc.txt\nauthornew author');
        await leave(second.page);
        const third = await open('visits', { 'a.txt': 'author' });
        // What the author dropped and nobody has touched is gone.
        assert.equal(await exec(third.page, 'ls; cat a.txt'), 'a.txt\nauthor');
        await leave(third.page);
      },
    );

    it('is durable 250 ms after a write that nobody waited for', { timeout: 180_000 }, async () => {
      const first = await open('soon');
      await exec(first.page, 'echo soon > soon.txt');
      // The promise is one of time, so time has to pass.
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await first.page.evaluate(async () => (await (globalThis as unknown as Scope).container.stats()).unsavedChanges), 0);
      await leave(first.page);
      const second = await open('soon');
      assert.equal(await exec(second.page, 'cat soon.txt'), 'soon\n');
      await leave(second.page);
    });

    it('resolves a program’s fsync when all before it is durable', { timeout: 180_000 }, async () => {
      const first = await open('fsync');
      const unsaved = await first.page.evaluate(async () => {
        const { container } = globalThis as unknown as Scope;
        const { stdout, stderr } = await container.exec(
          `node -e "const fs = require('fs'); const fd = fs.openSync('f', 'w'); fs.writeSync(fd, 'synced'); fs.fsync(fd, (e) => console.log(e))"`,
        );
        return `${stdout}${stderr}${(await container.stats()).unsavedChanges}`;
      });
      assert.equal(unsaved, 'null\n0');
      await leave(first.page);
      const second = await open('fsync');
      assert.equal(await exec(second.page, 'cat f'), 'synced');
      await leave(second.page);
    });

    it('opens a copy in a second tab, which says so and keeps nothing', { timeout: 180_000 }, async () => {
      const first = await open('shared-name');
      await exec(first.page, 'echo first > f');
      await first.page.evaluate(() => (globalThis as unknown as Scope).container.sync());
      const second = await open('shared-name');
      assert.deepEqual([second.restored, second.elsewhere], [true, true]);
      assert.equal(await exec(second.page, 'cat f; echo second > f; cat f'), 'first\nsecond\n');
      assert.equal(await exec(first.page, 'cat f'), 'first\n');
      await leave(second.page);
      await leave(first.page);
      const third = await open('shared-name');
      assert.equal(third.elsewhere, false);
      assert.equal(await exec(third.page, 'cat f'), 'first\n');
      await leave(third.page);
    });

    it('keeps mounted layers, and what was written over them', { timeout: 180_000 }, async () => {
      const first = await open('layers');
      await first.page.evaluate(async () => {
        const { container } = globalThis as unknown as Scope;
        await container.exec('mkdir src; echo one > src/one; echo two > src/two');
        const packed = new Blob([(await container.export('src', { format: 'binary' })) as Uint8Array<ArrayBuffer>]);
        const tar = await new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).blob();
        await container.mountLayer('layer', tar, 'test:layer');
        await container.exec('echo changed > layer/two; cp layer/one copied');
        await container.sync();
      });
      await leave(first.page);
      const second = await open('layers');
      assert.equal(await exec(second.page, 'cat layer/one layer/two copied'), 'one\nchanged\none\n');
      await leave(second.page);
    });
  });
}
