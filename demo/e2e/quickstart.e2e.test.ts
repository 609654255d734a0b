import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import { clickElement } from '../../runtime/testing/click-element.ts';
import { DemoPages, photograph, press, seen, served, until, untilShown } from './demo-page.ts';

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`demo/quickstart.html in ${name}`, () => {
    let pages: DemoPages;
    let page: Page;
    const requests: string[] = [];
    let author = '';

    before(async () => {
      pages = await DemoPages.open(name);
      page = await pages.page();
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    });
    after(() => pages.close());

    /** Puts `text` in the place of `old`, as a reader does who selects it and pastes. */
    const edit = async (old: string, text: string) => {
      await until(page, 'the editor', ({ editable, editor }) => editable && editor.includes(old));
      await clickElement(page, 'bv-editor >>> .cm-content');
      await page.evaluate((before) => {
        const root = document.querySelector('bv-editor')!.shadowRoot!;
        const walker = document.createTreeWalker(root.querySelector('.cm-content')!, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const at = node.textContent!.indexOf(before);
          if (at < 0) continue;
          getSelection()!.setBaseAndExtent(node, at, node, at + before.length);
          return;
        }
        throw new Error('The text is not in one piece on the screen');
      }, old);
      // All at once in Chromium; Firefox takes no more than one.
      for (const part of name === 'chromium' ? [text] : text) await page.keyboard.sendCharacter(part);
    };

    it('shows the code and a Run button, with only the entry script loaded', async () => {
      await page.goto(`${pages.origin}/demo/quickstart.html`);
      const now = await seen(page);
      author = now.editor;
      assert.match(now.editor, /^import \{ createServer \}/);
      assert.equal(now.status, 'Not started');
      assert.deepEqual(
        requests.filter((path) => path.endsWith('.js') && !path.includes('/chunks/')),
        ['/dist/bavini.js'],
      );
      assert.ok(!requests.some((path) => /kernel|process-node|node-library|shared/.test(path)));
      await photograph(page, `quickstart-1-loaded${name === 'chromium' ? '' : '-firefox'}`);
    });

    it('Run starts the server and shows the preview', async () => {
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Listening on http://localhost:3000'));
      assert.match(await served(page, 3000), /<h1>Moons of the planets<\/h1>/);
      await untilShown(page, 'Moons of the planets');
      await photograph(page, `quickstart-2-running${name === 'chromium' ? '' : '-firefox'}`);
    });

    it('an edit restarts the server and reloads the preview', async () => {
      await edit('Served by Node', 'Edited by a reader, served by Node');
      await until(page, 'a second start', ({ terminal }) => terminal.includes('Restarting') || terminal.split('Listening').length > 2);
      await page.waitForFunction(
        async () => {
          const element = document.querySelector('bv-container') as unknown as { container: { fetch(port: number): Promise<Response> } };
          const text = await element.container.fetch(3000).then(
            (response) => response.text(),
            () => '',
          );
          return text.includes('Edited by a reader');
        },
        { timeout: 15_000, polling: 200 },
      );
      await untilShown(page, 'Edited by a reader');
      await photograph(page, `quickstart-3-edited${name === 'chromium' ? '' : '-firefox'}`);
    });

    it('Ctrl-C stops it and gives a prompt, with which the reader goes on', async () => {
      await clickElement(page, 'bv-terminal >>> .xterm-screen');
      await page.keyboard.down('Control');
      await page.keyboard.press('c');
      await page.keyboard.up('Control');
      await until(page, 'the prompt', ({ terminal }) => /\$$/.test(terminal));
      await page.keyboard.type('ls\n');
      await until(page, 'the list of files', ({ terminal }) => /data\.json\s+package\.json\s+server\.js/.test(terminal));
      await photograph(page, `quickstart-4-stopped${name === 'chromium' ? '' : '-firefox'}`);
    });

    it('a file that the shell changes changes in the editor', async () => {
      await page.keyboard.type('echo "// from the shell" >> server.js\n');
      await until(page, 'the line', ({ editor }) => editor.endsWith('// from the shell\n'));
    });

    it('the edits are there after a reload, before and after Run', async () => {
      await page.reload();
      const before = await until(page, 'the edit', ({ editor }) => editor.includes('Edited by a reader'));
      assert.ok(before.editor.endsWith('// from the shell\n'));
      assert.equal(before.state, 'idle');
      await photograph(page, `quickstart-5-reloaded${name === 'chromium' ? '' : '-firefox'}`);
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
      assert.match(await served(page, 3000), /Edited by a reader/);
    });

    it('an edit made before Run is what runs', async () => {
      await page.reload();
      await until(page, 'the editor', ({ editable }) => editable);
      await edit('Edited by a reader', 'Edited before Run');
      await page.reload();
      await until(page, 'the edit', ({ editor }) => editor.includes('Edited before Run'));
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
      assert.match(await served(page, 3000), /Edited before Run/);
    });

    it('Reset brings the author’s version back, Undo the reader’s', async () => {
      await press(page, 'reset');
      await until(page, 'the original', ({ editor }) => editor === author);
      await photograph(page, `quickstart-6-reset${name === 'chromium' ? '' : '-firefox'}`);
      await press(page, 'undo');
      await until(page, 'the edit', ({ editor }) => editor.includes('Edited before Run'));
      await press(page, 'reset');
      await until(page, 'the original', ({ editor }) => editor === author);
      await page.reload();
      assert.equal((await until(page, 'the original', ({ editor }) => editor !== '')).editor, author);
      await press(page, 'run');
      await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
      assert.doesNotMatch(await served(page, 3000), /Edited/);
    });

    it('Stop ends the server', async () => {
      await press(page, 'stop');
      await until(page, 'the end', ({ state, terminal }) => state === 'stopped' && terminal.includes('[stopped]'));
      await assert.rejects(served(page, 3000), /ERR_BV_PORT_CLOSED|Nothing listens|Cannot/);
      assert.deepEqual(pages.errors, []);
    });
  });
}
