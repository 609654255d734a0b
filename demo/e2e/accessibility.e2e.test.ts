/** A page with every element, as readers meet it who press keys, hear it, zoom, or read from right to left: `every-element.html`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { KeyInput, Page } from 'puppeteer-core';
import type { BrowserName } from '../../runtime/tools/browsers.ts';
import { root, ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { outlineOf } from './accessibility-outline.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What has the focus: its element and what it is called; `nothing` where a reader with a keyboard is lost. */
const focused = (page: Page) =>
  page.evaluate(() => {
    let at = document.activeElement;
    let host = '';
    while (at?.shadowRoot?.activeElement) {
      host = `${at.localName} `;
      at = at.shadowRoot.activeElement;
    }
    if (at === null || at === document.body) return 'nothing';
    const name = at.ariaLabel ?? at.textContent.trim().replace(/\s+/g, ' ');
    return `${host}${at.role ?? at.localName} ${name}`;
  });

/** Presses keys, each such as `Shift+Tab`. */
async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const held = key.split('+') as KeyInput[];
    const last = held.pop()!;
    for (const one of held) await page.keyboard.down(one);
    await page.keyboard.press(last);
    for (const one of held.reverse()) await page.keyboard.up(one);
  }
}

/** Looks again at each frame until it is so; only what hangs is cut off, by the test runner. */
async function untilFocused(page: Page, wanted: string | RegExp): Promise<void> {
  for (;;) {
    const now = await focused(page);
    assert.notEqual(now, 'nothing');
    if (typeof wanted === 'string' ? now === wanted : wanted.test(now)) return;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20))));
  }
}

/** From one link to the other by Tab, as the documentation says: Escape first where Tab is the program's. */
async function walk(page: Page, from: 'before' | 'after'): Promise<readonly string[]> {
  await page.evaluate((id) => document.getElementById(id)!.focus(), from);
  const stops: string[] = [];
  for (;;) {
    const now = await focused(page);
    if (/ textbox | textarea /.test(now)) await press(page, 'Escape');
    await press(page, from === 'before' ? 'Tab' : 'Shift+Tab');
    const next = await focused(page);
    assert.notEqual(next, 'nothing', `after ${now}`);
    if (next === (from === 'before' ? 'a After' : 'a Before')) return stops;
    stops.push(next);
    assert.ok(stops.length < 100, `the walk goes round: ${stops.join(', ')}`);
  }
}

/** Media features of readers who see the page in other colours than most. */
const colours: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'in the dark': { 'prefers-color-scheme': 'dark' },
  'with more contrast': { 'prefers-contrast': 'more' },
  'with more contrast, in the dark': { 'prefers-contrast': 'more', 'prefers-color-scheme': 'dark' },
  'in forced colours': { 'forced-colors': 'active' },
  'in forced colours, in the dark': { 'forced-colors': 'active', 'prefers-color-scheme': 'dark' },
};

const stops = [
  'bv-container button Restart',
  'bv-container button Stop',
  'bv-container button Reset',
  'bv-files button New file',
  'bv-files button New folder',
  'bv-files button More actions',
  'bv-files treeitem views',
  'bv-layout separator Size of Files and Editor',
  'bv-editor tab server.js',
  'bv-editor button Format',
  'bv-editor button Find',
  'bv-editor textbox Editor',
  'bv-layout separator Size of Editor and Results',
  'bv-tabs tab Terminal',
  'bv-terminal textarea Terminal. Keys go to the program. To leave the terminal press Escape, then Tab.',
  'bv-run button Restart',
  'bv-reset button Reset',
  'bv-share button Share',
  'bv-status summary Details',
  'bv-lesson summary Step 1 of 2 The first step',
  'bv-hint summary Hint',
  'bv-solution summary Solution',
  'bv-lesson button Previous',
  'bv-lesson button Check',
  'bv-lesson button Next',
  'bv-lesson summary Start over',
  'bv-container button Run',
  'bv-container button Stop',
  'bv-container button Reset',
  'bv-editor textbox Code editor, a.js',
  'bv-fence button Run',
  'bv-fence button Edit',
];

for (const name of ['chromium', 'firefox'] satisfies readonly BrowserName[])
  describe(`Every element, in ${name}`, () => {
    let served: ServedBrowser;
    let page: Page;
    const errors: string[] = [];

    /** Shows the terminal and runs the program, until all that tells of it does. */
    const run = async () => {
      await page.evaluate(async () => {
        (document.querySelector('bv-tabs') as unknown as { selected: number }).selected = 1;
        await (document.querySelector('#app') as unknown as { run(): Promise<void> }).run();
      });
      await page.waitForFunction(
        () =>
          (document.querySelector('#app bv-terminal') as unknown as { text: string }).text.includes('Listening') &&
          document.querySelector('bv-status')!.shadowRoot!.textContent.includes('3000'),
        { timeout: 0 },
      );
    };

    before(async () => {
      served = await ServedBrowser.open({ name });
      page = await served.browser.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.setViewport({ width: 1200, height: 900 });
      await page.goto(`${served.origin}/demo/e2e/every-element.html`);
      const isWhole = () => {
        const inside = (selector: string, part: string) => document.querySelector(selector)?.shadowRoot?.querySelector(part);
        return (
          ['#app bv-editor', 'bv-lesson bv-editor'].every((editor) => inside(editor, '.cm-content')) &&
          inside('bv-lesson', '.next') &&
          inside('bv-fence', 'button') &&
          inside('bv-share', 'button') &&
          inside('bv-status', 'summary') &&
          inside('bv-files', '[role=treeitem]')
        );
      };
      // What is far from the viewport is loaded as the reader comes near.
      await page.evaluate(() => document.querySelector('bv-lesson')!.scrollIntoView());
      await page.waitForFunction(isWhole, { timeout: 0 });
      await page.evaluate(() => scrollTo(0, 0));
      await run();
      await page.addScriptTag({ path: axePath });
    });
    after(async () => {
      await served.close();
      assert.deepEqual(errors, []);
    });

    const assertAccessible = async (state: string) => {
      const found = await page.evaluate(async () => {
        interface Found {
          readonly violations: readonly {
            readonly id: string;
            readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
          }[];
        }
        const { axe } = globalThis as unknown as { axe: { run(what: object, options: object): Promise<Found> } };
        const { violations } = await axe.run(document, { resultTypes: ['violations'], iframes: false });
        return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
      });
      assert.deepEqual(found, [], state);
    };
    const focus = (element: string, part: string) =>
      page.evaluate((host, inner) => document.querySelector(host)!.shadowRoot!.querySelector<HTMLElement>(inner)!.focus(), element, part);

    it('is walked through with Tab, forth and back, and nothing holds the reader', async () => {
      assert.deepEqual(await walk(page, 'before'), stops);
      assert.deepEqual(await walk(page, 'after'), [...stops].reverse());
      await assertAccessible('running');
    });

    if (name === 'chromium')
      it('is heard as what it is: every role, name and state, and what is told when it changes', async () => {
        const expected = readFileSync(join(root, 'demo/e2e/every-element.outline.txt'), 'utf8');
        assert.deepEqual((await outlineOf(page)).split('\n'), expected.trimEnd().split('\n'));
      });

    it('gives the focus back after dialogs, menus, names and deletions', async () => {
      await focus('bv-share', 'button');
      await press(page, 'Enter');
      await untilFocused(page, 'bv-share button Close');
      await assertAccessible('with the dialog');
      await press(page, 'Escape');
      await untilFocused(page, 'bv-share button Share');

      await focus('bv-files', '[role=treeitem]');
      await press(page, 'End');
      await untilFocused(page, 'bv-files treeitem server.js');
      await press(page, 'F2');
      await untilFocused(page, 'bv-files input Name');
      await press(page, 'Escape');
      await untilFocused(page, 'bv-files treeitem server.js');
      await press(page, 'Shift+F10');
      await untilFocused(page, 'bv-files menuitem New file');
      await assertAccessible('with the menu');
      await press(page, 'Escape');
      await untilFocused(page, 'bv-files treeitem server.js');
      await press(page, 'ArrowUp');
      await untilFocused(page, 'bv-files treeitem page.js');
      await press(page, 'Delete');
      await untilFocused(page, /^bv-files treeitem (page.js, deleted|server.js)$/);
      await focus('bv-files', '.undo');
      await press(page, 'Enter');
      await untilFocused(page, /^bv-files treeitem /);
    });

    it('moves among tabs and panes with the arrows, as the text runs', async () => {
      const pane = () =>
        page.evaluate(() =>
          Number(document.querySelector('bv-layout')!.shadowRoot!.querySelector('.separator')!.getAttribute('aria-valuenow')),
        );
      for (const [direction, forth, back] of [
        ['ltr', 'ArrowRight', 'ArrowLeft'],
        ['rtl', 'ArrowLeft', 'ArrowRight'],
      ] as const) {
        await page.evaluate((dir) => (document.documentElement.dir = dir), direction);
        await focus('bv-tabs', '[aria-selected=true]');
        await press(page, forth);
        await untilFocused(page, 'bv-tabs tab Output');
        await press(page, back);
        await untilFocused(page, 'bv-tabs tab Terminal');
        await focus('bv-layout', '.separator');
        const before = await pane();
        await press(page, forth);
        await page.waitForFunction(
          (size) =>
            Number(document.querySelector('bv-layout')!.shadowRoot!.querySelector('.separator')!.getAttribute('aria-valuenow')) > size,
          { timeout: 0 },
          before,
        );
        await press(page, back);
        await focus('bv-files', '[role=treeitem]');
        await press(page, back);
        await page.waitForFunction(
          () => document.querySelector('bv-files')!.shadowRoot!.querySelector('[role=treeitem]')!.getAttribute('aria-expanded') === 'false',
          { timeout: 0 },
        );
        await press(page, forth, 'Home');
        await untilFocused(page, 'bv-files treeitem views');
      }
      await assertAccessible('from right to left');
      await page.evaluate(() => document.documentElement.removeAttribute('dir'));
    });

    if (name === 'chromium')
      it('can be read in the colours of every reader', async () => {
        await page.evaluate(() => document.querySelector<HTMLElement>('#app bv-editor')!.focus());
        const media = await page.createCDPSession();
        for (const [reader, features] of Object.entries(colours)) {
          await media.send('Emulation.setEmulatedMedia', {
            features: Object.entries(features).map(([feature, value]) => ({ name: feature, value })),
          });
          // Elements look at their colours a task later, and are drawn anew.
          await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 0)));
          await assertAccessible(reader);
        }
        await media.send('Emulation.setEmulatedMedia', { features: [] });
        await media.detach();
      });

    it('keeps the reader of a lesson in it when all is forgotten', async () => {
      await focus('bv-lesson', '.reset summary');
      await press(page, 'Enter');
      await focus('bv-lesson', '.reset .lesson');
      await press(page, 'Enter');
      await page.waitForFunction(() => document.querySelector('bv-lesson')!.shadowRoot!.querySelector('.yes') !== null, { timeout: 0 });
      await assertAccessible('with the question');
      await focus('bv-lesson', '.no');
      await press(page, 'Enter');
      await untilFocused(page, 'bv-lesson summary Start over');
      await focus('bv-lesson', '.reset .lesson');
      await press(page, 'Enter');
      await page.waitForFunction(() => document.querySelector('bv-lesson')!.shadowRoot!.querySelector('.yes') !== null, { timeout: 0 });
      await focus('bv-lesson', '.yes');
      await press(page, 'Enter');
      await untilFocused(page, 'bv-lesson summary Start over');
    });

    if (name === 'chromium')
      it('fits a phone and 400 % of zoom: nothing is wider than it, all can be hit with a thumb, and the terminal has its keys', async () => {
        await page.setViewport({ width: 320, height: 700, isMobile: true, hasTouch: true }); // Loads the page anew.
        await page.waitForFunction(
          () =>
            ['bv-tabs', 'bv-status', 'bv-lesson'].every((tag) => document.querySelector(tag)?.shadowRoot?.querySelector('button, summary')),
          { timeout: 0 },
        );
        await run();
        // A tab that can be closed.
        await page.evaluate(async () => {
          await document.querySelector('bv-container')!.files.write('more.js', '1;\n');
          await document.querySelector<HTMLElementTagNameMap['bv-editor']>('#app bv-editor')!.reveal('more.js');
        });
        await page.waitForFunction(() => document.querySelector('#app bv-editor')!.shadowRoot!.querySelector('.close') !== null, {
          timeout: 60_000,
        });
        await page.addScriptTag({ path: axePath });
        const seen = await page.evaluate(() => {
          const wide: string[] = [];
          const small: string[] = [];
          const look = (place: Document | ShadowRoot) => {
            for (const element of place.querySelectorAll<HTMLElement>('*')) {
              if (element.shadowRoot !== null) look(element.shadowRoot);
              const { width, height, right } = element.getBoundingClientRect();
              if (width === 0 || !element.checkVisibility()) continue;
              const said = `${(place as Partial<ShadowRoot>).host?.localName ?? ''} ${element.localName} ${element.ariaLabel ?? element.textContent.trim()}`;
              if (element.matches('button, summary, input, [role=treeitem]') && (width < 44 || height < 44))
                small.push(`${said} ${width.toFixed()} × ${height.toFixed()}`);
              if (right > innerWidth + 0.5 && element.closest('.xterm, .code, .plain, pre, .tabs') === null) wide.push(said);
            }
          };
          look(document);
          return { wide, small, scrolls: document.documentElement.scrollWidth > innerWidth };
        });
        assert.deepEqual(seen, { wide: [], small: [], scrolls: false });
        const shown = () => page.evaluate(() => (document.querySelector('#app bv-terminal') as unknown as { text: string }).text);
        const key = (label: string) =>
          page.evaluate((name) => {
            const row = document.querySelector('#app bv-terminal')!.shadowRoot!.querySelector('.keys')!;
            const button = [...row.querySelectorAll('button')].find((one) => (one.ariaLabel ?? one.textContent) === name)!;
            button.scrollIntoView({ block: 'center' });
            const { x, y, width, height } = button.getBoundingClientRect();
            return { x: x + width / 2, y: y + height / 2 };
          }, label);
        const tap = async (label: string) => {
          const { x, y } = await key(label);
          await page.touchscreen.tap(x, y);
        };
        await focus('#app bv-terminal', 'textarea');
        await tap('Ctrl');
        assert.match(await focused(page), /^bv-terminal textarea /, 'the keyboard stays');
        await page.keyboard.press('c');
        await page.waitForFunction(
          () => (document.querySelector('#app bv-terminal') as unknown as { text: string }).text.trimEnd().endsWith('$'),
          { timeout: 0 },
        );
        await tap('Arrow up');
        await page.waitForFunction(
          () => (document.querySelector('#app bv-terminal') as unknown as { text: string }).text.trimEnd().endsWith('$ node server.js'),
          { timeout: 0 },
        );
        await tap('^C');
        assert.match(await shown(), /Listening/);
        await assertAccessible('on a phone');
      });
  });
