/** demo/quickstart.html under Content Security Policies: what runs, what is said, what it looks like. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';
import { entryScript, photograph, press, seen, until, untilShown } from './demo-page.ts';

/** What all of it needs, with the default preview. */
const whole: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'worker-src': "'self' blob:",
  'frame-src': 'blob:',
};

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`Under a Content Security Policy, in ${name}`, () => {
    let served: ServedBrowser;
    let policy = '';
    /** Sent with scripts: a worker has the policy of its script. */
    let scriptPolicy = '';

    before(async () => {
      served = await ServedBrowser.open({
        name,
        headers: (path): Record<string, string> => {
          const sent = path.endsWith('.html') ? policy : path.endsWith('.js') ? scriptPolicy : '';
          return sent === '' ? {} : { 'content-security-policy': sent };
        },
      });
    });
    after(() => served.close());

    /** Opens the page under the policy that differs from the whole in `changes`, and does `act`. */
    const under = async (changes: Readonly<Record<string, string>>, act: (page: Page) => Promise<void>) => {
      policy = Object.entries({ ...whole, ...changes })
        .map(([directive, sources]) => `${directive} ${sources}`)
        .join('; ');
      const page = await served.browser.newPage();
      try {
        await page.setViewport({ width: 1200, height: 900 });
        await page.evaluateOnNewDocument(() => {
          const violations: string[] = [];
          Object.assign(globalThis, { violations });
          document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, target }) => {
            violations.push([effectiveDirective, blockedURI, sourceFile, (target as Node).nodeName].join(' '));
          });
        });
        await page.goto(`${served.origin}/demo/quickstart.html`);
        await act(page);
      } finally {
        await page.close();
      }
    };
    const runs = async (page: Page) => {
      await press(page, 'run');
      return until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
    };
    const message = async (page: Page, tag: string): Promise<string> => {
      const handle = await page.waitForFunction(
        (name) => {
          const found = document.querySelector(name)!.shadowRoot!.querySelector<HTMLElement>('.message');
          return found !== null && /Content Security Policy/.test(found.textContent) ? found.textContent.trim() : false;
        },
        { timeout: 15_000 },
        tag,
      );
      return String(await handle.jsonValue());
    };

    it('that allows what the documents name, all works', { timeout: 180_000 }, () =>
      under({}, async (page) => {
        assert.equal((await runs(page)).status, 'Running');
        await untilShown(page, 'Moons of the planets');
        assert.deepEqual((await seen(page)).notices, []);
      }),
    );

    it('without workers, the notice names worker-src', { timeout: 180_000 }, () =>
      under({ 'worker-src': "'none'" }, async (page) => {
        await press(page, 'run');
        const { notices, status } = await until(page, 'the notice', (now) => now.notices.length > 0);
        assert.match(notices[0]!, /kernel\.js.*Content Security Policy.*worker-src/);
        assert.equal(status, 'Could not start');
      }),
    );

    it('without blob: workers, it runs on QuickJS and says so', { timeout: 180_000 }, () =>
      under({ 'worker-src': "'self'" }, async (page) => {
        const { status, notices } = await runs(page);
        assert.match(status, /QuickJS/);
        assert.deepEqual(notices, []);
      }),
    );

    it('without frames of its own, it runs all the same', { timeout: 180_000 }, () =>
      under({ 'frame-src': "'none'" }, async (page) => {
        assert.equal((await runs(page)).status, 'Running');
        await untilShown(page, 'Moons of the planets');
      }),
    );

    it('without eval, it runs on QuickJS and says so; the preview names what it needs', { timeout: 180_000 }, () =>
      under({ 'script-src': "'self' 'wasm-unsafe-eval'" }, async (page) => {
        assert.match((await runs(page)).status, /QuickJS.*policy/);
        assert.match(await message(page, 'bv-preview'), /'unsafe-inline'.*script-src/);
      }),
    );

    it('without WebAssembly in the workers, the notice names wasm-unsafe-eval', { timeout: 180_000 }, async () => {
      scriptPolicy = "default-src 'self'; script-src 'self'";
      try {
        await under({ 'script-src': "'self'" }, async (page) => {
          await press(page, 'run');
          const { notices } = await until(page, 'the notice', (now) => now.notices.length > 0);
          assert.match(notices.join(), /Content Security Policy.*add 'wasm-unsafe-eval' to its script-src/);
        });
      } finally {
        scriptPolicy = '';
      }
    });

    it('without connections, the notice names connect-src', { timeout: 180_000 }, () =>
      under({ 'connect-src': "'none'" }, async (page) => {
        await press(page, 'run');
        const { notices } = await until(page, 'the notice', (now) => now.notices.length > 0);
        assert.match(notices.join(), /Content Security Policy.*connect-src/);
      }),
    );

    it('that allows the entry script alone, editor and container name script-src, and the code stays', { timeout: 180_000 }, async () => {
      await under({ 'script-src': served.origin + entryScript }, async (page) => {
        assert.match(await message(page, 'bv-editor'), new RegExp(`<bv-editor>.*add ${served.origin} to script-src`));
        assert.match((await seen(page)).editor, /createServer/);
        await press(page, 'run');
        const { notices } = await until(page, 'the notice', (now) => now.notices.length > 0);
        assert.match(notices.join(), new RegExp(`<bv-container>.*add ${served.origin} to script-src`));
        const terminal = await page.evaluate(() => document.querySelector('bv-terminal')!.shadowRoot!.textContent);
        assert.doesNotMatch(terminal, /Starting/);
      });
    });

    it('that forbids inline styles, editor and terminal look as they do without', { timeout: 180_000 }, async () => {
      const look = async (page: Page) => {
        await runs(page);
        await untilShown(page, 'Moons of the planets');
        await page.evaluate(() => (document.querySelector('bv-terminal') as unknown as { send(text: string): void }).send('\u0003'));
        await until(page, 'the prompt', ({ terminal }) => /\$$/.test(terminal));
        await page.evaluate(() => {
          const terminal = document.querySelector('bv-terminal') as unknown as { send(text: string): void; focus(): void };
          terminal.send(`printf '\\033[38;5;208mamber\\033[0m \\033[1;31mred\\033[0m'\r`);
          terminal.focus();
        });
        await until(page, 'the colours', ({ terminal }) => terminal.includes('\namber red'));
        return page.evaluate(async () => {
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          const style = (element: Element) => {
            const { color, fontFamily, fontSize, fontWeight, display, letterSpacing } = getComputedStyle(element);
            const { width, height } = element.getBoundingClientRect();
            return [color, fontFamily, fontSize, fontWeight, display, letterSpacing, Math.round(width), Math.round(height)].join(' ');
          };
          const terminal = document.querySelector('bv-terminal')!.shadowRoot!;
          const rows = [...terminal.querySelectorAll('.xterm-rows > div')].filter((row) => row.textContent.trim() !== '');
          const words = [...terminal.querySelectorAll('.xterm-rows span')].filter(({ textContent }) => /^(amber|red)$/.test(textContent));
          const editor = document.querySelector('bv-editor')!.shadowRoot!;
          const lines = [...editor.querySelectorAll('.cm-line, .cm-gutterElement, .cm-line span')].slice(0, 40);
          return { rows: rows.map(style), words: words.map(style), lines: lines.map(style) };
        });
      };
      let free: Awaited<ReturnType<typeof look>> | undefined;
      await under({}, async (page) => {
        free = await look(page);
      });
      await under({ 'style-src': "'self'" }, async (page) => {
        const strict = await look(page);
        await photograph(page, 'policy-strict-styles');
        assert.ok(strict.words.length >= 2);
        assert.deepEqual(strict, free);
        const violations = await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
        assert.deepEqual(violations, [], 'what the page itself was refused');
      });
    });

    it('that forbids inline styles or blob: sheets, an inline preview looks as it does without', { timeout: 180_000 }, async () => {
      const server = `const sheets = {
        '/linked.css': '@import "/imported.css"; #a { border: 3px solid rgb(1, 2, 3) } p { margin: 7px }',
        '/imported.css': '#a { color: rgb(4, 5, 6); border-width: 1px }',
        '/print.css': '#a { color: red; display: none }',
      };
      require('node:http').createServer(({ url }, response) => {
        response.setHeader('content-type', sheets[url] ? 'text/css' : 'text/html');
        response.end(sheets[url] ?? \`<!doctype html><style>p { margin: 1px; padding: 5px }</style><link rel=stylesheet href=/linked.css>
          <link rel=stylesheet href=/print.css media=print><style>#b { color: rgb(7, 8, 9) }</style>
          <p id=a>a<p id=b style="text-indent: 11px">b<p id=c>c
          <script>
            document.head.append(Object.assign(document.createElement('style'), { textContent: '#c { color: rgb(10, 11, 12) }' }));
            document.querySelector('#c').setAttribute('style', 'letter-spacing: 2px');
            document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/imported.css', onload: () => document.body.append('loaded later') }));
          </script>\`);
      }).listen(3000, () => console.log('Listening'));`;
      const look = async (page: Page) => {
        await page.evaluate(
          (text) => ((document.querySelector('bv-editor') as unknown as { value: string }).value = text),
          server.replaceAll('\\`', '`'),
        );
        await page.evaluate(() => document.querySelector('bv-terminal')!.setAttribute('command', 'node --input-type=commonjs < server.js'));
        await runs(page);
        await untilShown(page, 'loaded later');
        for (const one of page.frames()) {
          const found = await one
            .evaluate(() => {
              const elements = [...document.querySelectorAll('#a, #b, #c')];
              return elements.map((element) => {
                const { color, margin, padding, border, textIndent, letterSpacing, display } = getComputedStyle(element);
                return [color, margin, padding, border, textIndent, letterSpacing, display].join('; ');
              });
            })
            .catch(() => []);
          if (found.length === 3) return found;
        }
        return [];
      };
      const looks: string[][] = [];
      for (const styles of ["'self' 'unsafe-inline' blob:", "'self' 'unsafe-inline'", "'self'"])
        await under({ 'style-src': styles }, async (page) => void looks.push(await look(page)));
      const [free, withoutBlobs, strict] = looks;
      assert.match(free!.join(), /rgb\(4, 5, 6\).*rgb\(7, 8, 9\).*11px.*rgb\(10, 11, 12\).*2px/);
      assert.deepEqual(withoutBlobs, free);
      assert.deepEqual(strict, free);
    });
  });
}
