/** What a reader finds in a kept container after a real reload, with the author's files from each place they can come from. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { TarWriter } from '../../runtime/fs/tar-writer.ts';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import type { BvContainer } from './container-element.ts';

type Files = Readonly<Record<string, string>>;

/** How a page gives its files. */
const sources: Readonly<Record<string, (files: Files) => Promise<{ readonly inline: Files; readonly src?: string }>>> = {
  'files in the page': (files) => Promise.resolve({ inline: files }),
  'a JSON tree': (files) => {
    const tree: Record<string, unknown> = {};
    for (const [path, contents] of Object.entries(files)) {
      const [name = '', folder] = path.split('/').reverse();
      if (folder === undefined) tree[name] = { file: { contents } };
      else Object.assign(((tree[folder] ??= { directory: {} }) as { directory: object }).directory, { [name]: { file: { contents } } });
    }
    return Promise.resolve({ inline: {}, src: `data:application/json;base64,${Buffer.from(JSON.stringify(tree)).toString('base64')}` });
  },
  'a template': async (files) => {
    const writer = new TarWriter();
    for (const [path, text] of Object.entries(files)) writer.add({ path, type: 'file', mode: 0o644, mtimeMs: 0 }, Buffer.from(text));
    const bytes = Buffer.from(await new Blob(writer.end()).arrayBuffer());
    return { inline: {}, src: `data:application/x-tar;base64,${bytes.toString('base64')}` };
  },
};

for (const browser of ['chromium', 'firefox'] as const) {
  if (findBrowser(browser) === undefined) continue;
  describe(`A kept <bv-container> in ${browser}`, () => {
    let served: ServedBrowser;
    let page: Page;
    before(async () => {
      served = await ServedBrowser.open({ name: browser });
      page = await served.blankPage();
    });
    after(() => served.close());

    /** Loads the page anew, as its author has it now. */
    async function load(persist: string, files: Files, source: (typeof sources)[string]): Promise<void> {
      await page.reload();
      await page.evaluate(
        async (name, { inline, src }) => {
          await import(new URL('/dist/bavini.js', location.href).href);
          const container = document.createElement('bv-container');
          container.setAttribute('persist', name);
          if (src !== undefined) container.setAttribute('src', src);
          for (const [path, text] of Object.entries(inline)) {
            const file = Object.assign(document.createElement('script'), { type: 'bv-file', textContent: text });
            file.setAttribute('path', path);
            container.append(file);
          }
          const editor = document.createElement('bv-editor');
          editor.setAttribute('file', 'a.txt');
          container.append(editor);
          document.body.append(container);
        },
        persist,
        await source(files),
      );
    }
    /** Boots, runs a line of shell, and answers what it printed when all is kept. */
    const shell = (line: string) =>
      page.evaluate(async (text) => {
        const container = await document.querySelector<BvContainer>('bv-container')!.boot();
        const { stdout, stderr } = await container.exec(text);
        await container.sync();
        return stdout + stderr;
      }, line);
    const all = () =>
      shell(
        'for file in $(ls -R | cat); do [ -f $file ] && echo $file=$(cat $file); done; for file in folder/*; do [ -f $file ] && echo $file=$(cat $file); done; true',
      );
    const press = (button: string) =>
      page.evaluate((name) => document.querySelector('bv-container')!.shadowRoot!.querySelector<HTMLElement>(`.${name}`)!.click(), button);
    const shown = async (wanted: string) => {
      await page.waitForFunction(
        (text) => {
          const { value, shadowRoot } = document.querySelector('bv-editor') as unknown as { value: string; shadowRoot: ShadowRoot };
          return (shadowRoot.querySelector('.message')?.textContent ?? value).includes(text);
        },
        { timeout: 60_000, polling: 50 },
        wanted,
      );
    };

    it('keeps what was edited in two tabs before a boot, and shows it in both', { timeout: 180_000 }, async () => {
      const files = { 'a.txt': 'a1', 'b.txt': 'b1' };
      await load('two-tabs', files, sources['files in the page']!);
      const first = page;
      const write = (path: string, text: string) =>
        page.evaluate((one, other) => document.querySelector<BvContainer>('bv-container')!.files.replace(one, other), path, text);
      try {
        page = await served.blankPage();
        await load('two-tabs', files, sources['files in the page']!);
        const second = page;
        await write('b.txt', 'of the second');
        page = first;
        await write('a.txt', 'of the first');
        page = second;
        await shown('of the first');
        await write('a.txt', 'of both');
        page = first;
        await shown('of both');
        // The one that boots has it all; what the other does then is brought to it.
        assert.equal(await all(), 'a.txt=of both\nb.txt=of the second\n');
        page = second;
        await write('a.txt', 'once more');
        page = first;
        await shown('once more');
        assert.equal(await all(), 'a.txt=once more\nb.txt=of the second\n');
        await second.close();
      } finally {
        page = first;
      }
    });

    it('says in a second tab that what is changed there is not kept', { timeout: 180_000 }, async () => {
      const files = { 'a.txt': 'a1' };
      await load('open-twice', files, sources['files in the page']!);
      assert.equal(await shell('echo first > a.txt; cat a.txt'), 'first\n');
      const first = page;
      const second = await served.blankPage();
      try {
        page = second;
        await load('open-twice', files, sources['files in the page']!);
        assert.equal(await shell('cat a.txt; echo second > a.txt; cat a.txt'), 'first\nsecond\n');
        const said = () => document.querySelector('bv-container')!.shadowRoot!.querySelector('.notices')!.textContent.trim();
        assert.match(await second.evaluate(said), /^This example is open in another tab\. Edits made here are not kept\./);
        assert.equal(await first.evaluate(said), '');
        await second.close();
      } finally {
        page = first;
      }
      assert.equal(await shell('cat a.txt'), 'first\n');
      await load('open-twice', files, sources['files in the page']!);
      assert.equal(await shell('cat a.txt'), 'first\n');
    });

    for (const [name, source] of Object.entries(sources)) {
      it(`has what the reader made of ${name}`, { timeout: 180_000 }, async () => {
        const persist = `kept-${name}`;
        const first = { 'a.txt': 'a1', 'b.txt': 'b1', 'c.txt': 'c1', 'd.txt': 'd1', 'folder/e.txt': 'e1' };
        await load(persist, first, source);
        await shown('a1');
        await shell('rm a.txt; mv b.txt renamed.txt; rm -r folder; echo reader > c.txt');
        await shown('There is no file');

        // The same page again: before it boots, the deleted file is not shown; after that, nothing came back.
        await load(persist, first, source);
        await shown('There is no file');
        assert.equal(await all(), 'c.txt=reader\nd.txt=d1\nrenamed.txt=b1\n');

        // Another version of it: what was left alone follows.
        const second = { 'a.txt': 'a2', 'b.txt': 'b2', 'c.txt': 'c2', 'd.txt': 'd2', 'folder/e.txt': 'e2', 'new.txt': 'n2' };
        await load(persist, second, source);
        assert.equal(await all(), 'c.txt=reader\nd.txt=d2\nnew.txt=n2\nrenamed.txt=b1\n');

        // Reset before Run, and what the next visit has of that.
        await load(persist, second, source);
        await press('reset');
        await shown('a2');
        const whole = 'a.txt=a2\nb.txt=b2\nc.txt=c2\nd.txt=d2\nnew.txt=n2\nfolder/e.txt=e2\n';
        assert.equal(await all(), whole);
        await load(persist, second, source);
        await shown('a2');
        assert.equal(await all(), whole);
      });
    }
  });
}
