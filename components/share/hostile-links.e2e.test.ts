/** What a stranger's link may hold, opened in a real page: each is refused by its code, and the page goes on with its author's files. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'puppeteer-core';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { until } from '../../demo/e2e/demo-page.ts';

const author = "console.log('The author');";
const packed = (text: string | Buffer) => `#bv=1.${deflateRawSync(text).toString('base64url')}`;
const withFiles = (files: string) => packed(`{"in":"","files":${files}}`);
const valid = withFiles('{"main.js":"1"}');

const refused: Readonly<Record<string, readonly [fragment: string, code: string]>> = {
  // Firefox opens no address that is longer than 1 MiB, Chromium none of 2 MiB.
  'a million characters': [`#bv=1.${'A'.repeat(1_000_000)}`, 'ERR_BV_LIMIT'],
  'a hundred megabytes, packed': [packed(Buffer.alloc(60_000_000, ' ')), 'ERR_BV_LIMIT'],
  'too many files': [withFiles(JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`f${at}`, ''])))), 'ERR_BV_LIMIT'],
  'no compressed data': ['#bv=1.not-compressed', 'ERR_BV_BAD_ARCHIVE'],
  'half of a link': [valid.slice(0, -10), 'ERR_BV_BAD_ARCHIVE'],
  'no JSON': [packed('{"in":'), 'ERR_BV_BAD_ARCHIVE'],
  'bytes that are no text': [packed(Buffer.from([0x22, 0xff, 0xfe, 0x22])), 'ERR_BV_BAD_ARCHIVE'],
  'no files': [packed('[]'), 'ERR_BV_BAD_ARCHIVE'],
  'a file that is no text': [withFiles('{"main.js":{"toString":1}}'), 'ERR_BV_BAD_ARCHIVE'],
  'another version': [valid.replace('=1.', '=2.'), 'ERR_BV_WIRE_VERSION'],
  'a path out of the project': [withFiles('{"main.js":"1","../../etc/passwd":"x"}'), 'ERR_BV_PATH_ESCAPE'],
  'a path that goes in and out': [withFiles('{"a/../../main.js":"x"}'), 'ERR_BV_PATH_ESCAPE'],
  'an absolute path': [withFiles('{"/bin/node":"x"}'), 'ERR_BV_PATH_ESCAPE'],
  'a path with a zero byte': [withFiles('{"main.js\\u0000.txt":"x"}'), 'ERR_BV_PATH_ESCAPE'],
};

for (const name of ['chromium', 'firefox'] as const) {
  describe(`A page that is opened by a hostile link in ${name}`, { timeout: 300_000 }, () => {
    let served: ServedBrowser;
    let page: Page;
    const problems: string[] = [];
    before(async () => {
      served = await ServedBrowser.open({ name });
      page = await served.browser.newPage();
      page.on('pageerror', (error) => problems.push(String(error)));
    });
    after(() => served.close());

    /** Gives the codes that the page told. */
    async function open(fragment: string): Promise<readonly string[]> {
      await page.goto('about:blank');
      await page.goto(`${served.origin}/runtime/testing/blank.html${fragment}`);
      return page.evaluate(async (text) => {
        const codes: string[] = [];
        document.addEventListener('bv-error', (event) => codes.push((event as Event & { code?: string }).code ?? ''));
        document.body.innerHTML = `<bv-container><pre path="main.js">${text}</pre><bv-editor file="main.js"></bv-editor><bv-terminal command="node main.js"></bv-terminal></bv-container>`;
        await import(new URL('/dist/bavini.js', location.href).href);
        const notices = () => document.querySelector('bv-container')?.shadowRoot?.querySelector('.notices p') ?? null;
        while (notices() === null) await new Promise((resolve) => setTimeout(resolve, 20));
        return codes;
      }, author);
    }

    for (const [what, [fragment, code]] of Object.entries(refused)) {
      it(`refuses ${what}`, async () => {
        assert.deepEqual(await open(fragment), [code]);
        const { notices, editor } = await until(page, 'the author’s file', (now) => now.editor !== '');
        assert.equal(editor, author);
        assert.match(notices.join('\n'), /Cannot open the link: /);
        assert.deepEqual(problems, []);
      });
    }

    it('runs its author’s files afterwards', async () => {
      await open(refused['a path out of the project']![0]);
      await page.evaluate(() => (document.querySelector('bv-container') as unknown as { run(): Promise<void> }).run());
      await until(page, 'the output', ({ terminal }) => terminal.includes('The author'));
    });

    it('takes the names of an object’s own for names of files', async () => {
      const names = ['__proto__', 'constructor', 'toString', 'a/__proto__/b'];
      const files = names.map((one) => `${JSON.stringify(one)}:"polluted"`).join();
      assert.deepEqual(await open(withFiles(`{${files},"main.js":"console.log(require('fs').readFileSync('__proto__', 'utf8'))"}`)), []);
      assert.deepEqual(await page.evaluate(() => [typeof {}.toString, Object.keys(Object.prototype)]), ['function', []]);
      await page.evaluate(() => (document.querySelector('bv-container') as unknown as { run(): Promise<void> }).run());
      await until(page, 'the file', ({ terminal }) => terminal.includes('polluted'));
      assert.deepEqual(problems, []);
    });
  });
}
