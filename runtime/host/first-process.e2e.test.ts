/** What the page has to load for `Container.boot()` and `exec('node -e 0')`: the list that the size budget counts (`tools/verify/sizes.ts`). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServedBrowser } from '../testing/served-browser.ts';
import { filesOfFirstProcess } from '../tools/verify/sizes.ts';

type Api = typeof import('../index.ts');

/** They are asked for behind everything else, and this program ends without them. */
const behind = /\/dist\/(node-library-rest|quickjs)\.tar\.gz$/;

test('The first process needs the files that the size budget counts, and no other', { timeout: 60_000 }, async () => {
  const asked = new Set<string>();
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const served = await ServedBrowser.open({
    has: async (path) => {
      if (behind.test(path)) await ended;
      else if (path.includes('/dist/')) asked.add(path.slice(path.indexOf('/dist/') + '/dist/'.length));
      return true;
    },
  });
  try {
    const page = await served.blankPage();
    const { code, stderr } = await page.evaluate(async () => {
      const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
      const container = await Container.boot();
      return container.exec('node -e 0');
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual([...asked].sort(), [...(await filesOfFirstProcess())].sort());
  } finally {
    end();
    await served.close();
  }
});
