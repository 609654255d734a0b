import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Page } from 'puppeteer-core';
import { clickElement } from '../../runtime/testing/click-element.ts';
import { root, ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { closureOf } from '../../runtime/tools/verify/sizes.ts';

const example = `
  <bv-container>
    <pre path="main.js">setInterval(() => {}, 1000);</pre>
    <bv-terminal command="node main.js"></bv-terminal>
    <bv-run></bv-run>
    <bv-status></bv-status>
  </bv-container>`;

describe('The entry script', () => {
  it('is one file', async () => {
    assert.deepEqual([...(await closureOf(['bavini.js']))], ['bavini.js']);
  });

  it('has no effect where there is no document, nor has the API', async () => {
    const program = `
      const keys = () => [globalThis, Symbol, Object.prototype].flatMap((object) => Reflect.ownKeys(object));
      const before = keys();
      const elements = await import('bavini/elements');
      const api = await import('bavini');
      console.log(JSON.stringify({
        elements: Object.keys(elements),
        api: Object.keys(api),
        added: keys().filter((key) => !before.includes(key)).map(String),
        running: process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|CloseReq)/.test(name)),
      }));`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
    assert.equal(stderr, '');
    const { elements, api, added, running } = JSON.parse(stdout) as Record<string, string[]>;
    // What a page's own modules import by name is there, and nothing of what is only for late chunks.
    const classes = ['BvContainer', 'BvEditor', 'BvPreview', 'BvTerminal', 'BvElementError'];
    const events = ['Error', 'FileChange', 'Open', 'PreviewConsole', 'PreviewLoad', 'Ready', 'Reset', 'Run', 'Stop'];
    const terminalEvents = ['BvTerminalExitEvent', 'BvTerminalStartEvent'];
    const others = ['defineCheck', 'discover', 'setStrings'];
    assert.deepEqual(elements, [...classes, ...events.map((name) => `Bv${name}Event`), ...terminalEvents, ...others].sort());
    assert.ok(api?.includes('Container'));
    assert.deepEqual(added, []);
    assert.deepEqual(running, []);
  });

  describe('in a page', () => {
    let served: ServedBrowser;
    before(async () => {
      served = await ServedBrowser.open();
    });
    after(() => served.close());

    /** Runs the example with these module scripts; resolves with the paths and queries of all scripts of ours that were loaded. */
    const run = async (...scripts: readonly string[]): Promise<{ readonly page: Page; readonly loaded: readonly string[] }> => {
      const page = await served.blankPage();
      const loaded: string[] = [];
      const errors: unknown[] = [];
      page.on('request', (request) => {
        const { pathname, search } = new URL(request.url());
        if (/\.js$/.test(pathname)) loaded.push(pathname + search);
      });
      page.on('pageerror', (error) => errors.push(error));
      await page.setContent(`${scripts.map((url) => `<script type="module" src="${url}"></script>`).join('')}${example}`);
      await page.waitForFunction(() =>
        ['bv-run', 'bv-status'].every((tag) => (document.querySelector(tag)?.shadowRoot?.textContent.trim() ?? '') !== ''),
      );
      assert.deepEqual(errors, []);
      return { page, loaded };
    };
    const pressed = async (page: Page) => {
      await clickElement(page, 'bv-run >>> button');
      await page.waitForFunction(() => (document.querySelector('bv-container') as unknown as { state: string }).state === 'running');
      return page.$eval('bv-status', ({ shadowRoot }) => shadowRoot!.textContent);
    };

    it('with a query late elements get its modules, not a second copy of it', { timeout: 180_000 }, async () => {
      const { page, loaded } = await run('/dist/bavini.js?v=1');
      assert.match(await pressed(page), /Running/);
      assert.deepEqual(
        loaded.filter((path) => path.includes('bavini.js')),
        ['/dist/bavini.js?v=1'],
      );
      await page.close();
    });

    it('twice, the first copy serves late elements too', { timeout: 180_000 }, async () => {
      const { page } = await run('/dist/bavini.js?first', '/dist/bavini.js?second');
      const kinds = await page.evaluate(async () => {
        const copies = await Promise.all(['first', 'second'].map((query) => import(`/dist/bavini.js?${query}`)));
        const container = document.querySelector('bv-container');
        return copies.map(({ BvContainer }: { BvContainer: new () => HTMLElement }) => container instanceof BvContainer);
      });
      assert.deepEqual(kinds, [true, false]);
      assert.match(await pressed(page), /Running/);
      await page.close();
    });

    it('in a bundle, late elements are loaded as chunks of it', { timeout: 180_000 }, async () => {
      const { metafile } = await build({
        stdin: { contents: "import 'bavini/elements';", resolveDir: root },
        absWorkingDir: root,
        bundle: true,
        splitting: true,
        format: 'esm',
        metafile: true,
        entryNames: 'page',
        outdir: join(root, '.cache/bundled'),
        logLevel: 'error',
      });
      const [name] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === '<stdin>') ?? [];
      const { page, loaded } = await run(`/${name}`);
      assert.ok(loaded.length > 1);
      assert.deepEqual(
        loaded.filter((path) => !path.startsWith('/.cache/bundled/')),
        [],
      );
      await page.close();
    });
  });
});
