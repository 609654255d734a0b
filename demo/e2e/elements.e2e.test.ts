/** The elements as different readers meet them: colours, contrast, motion, direction, keyboard; and moved or removed while they run. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { CDPSession, Page } from 'puppeteer-core';
import { clickElement } from '../../runtime/testing/click-element.ts';
import { DemoPages, photograph, press, seen, served, until, untilShown } from './demo-page.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Media features, each with what a reader who wants it has set. */
const modes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  light: { 'prefers-color-scheme': 'light' },
  dark: { 'prefers-color-scheme': 'dark' },
  'more contrast': { 'prefers-contrast': 'more' },
  'more contrast in the dark': { 'prefers-contrast': 'more', 'prefers-color-scheme': 'dark' },
  'forced colours': { 'forced-colors': 'active' },
  'forced colours in the dark': { 'forced-colors': 'active', 'prefers-color-scheme': 'dark' },
  'reduced motion': { 'prefers-reduced-motion': 'reduce' },
};

interface Shifts {
  readonly shifts: string[];
}

describe('The elements of demo/quickstart.html', () => {
  let pages: DemoPages;
  let page: Page;
  let media: CDPSession;

  before(async () => {
    pages = await DemoPages.open();
    page = await pages.page();
    media = await page.createCDPSession();
    await page.evaluateOnNewDocument(() => {
      const shifts: string[] = [];
      (globalThis as unknown as { shifts: string[] }).shifts = shifts;
      new PerformanceObserver((list) => {
        interface Shift {
          readonly value: number;
          readonly sources: readonly { readonly node: Element | null; readonly previousRect: DOMRect; readonly currentRect: DOMRect }[];
        }
        const place = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(' ');
        for (const { value, sources } of list.getEntries() as unknown as Shift[]) {
          const moved = sources.map(({ node, previousRect, currentRect }) => {
            const { host } = (node?.getRootNode() ?? {}) as Partial<ShadowRoot>;
            return `${host?.localName ?? ''} ${node?.nodeName ?? ''}.${node?.className ?? ''} ${place(previousRect)} → ${place(currentRect)}`;
          });
          shifts.push(`${value.toFixed(5)}: ${moved.join('; ')}`);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
  });
  after(() => pages.close());

  const emulate = (features: Readonly<Record<string, string>>) =>
    media.send('Emulation.setEmulatedMedia', { features: Object.entries(features).map(([name, value]) => ({ name, value })) });
  const violations = () =>
    page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(what: object, options: object): Promise<{ violations: Violation[] }> } };
      interface Violation {
        readonly id: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
      }
      // The preview's document is its author's.
      const found = await axe.run({ include: ['bv-container'] }, { resultTypes: ['violations'], iframes: false });
      return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
    });

  it('nothing moves while they load, run and show the preview', { timeout: 60_000 }, async () => {
    await page.goto(`${pages.origin}/demo/quickstart.html`);
    await until(page, 'the editor', ({ editable }) => editable);
    await press(page, 'run');
    await until(page, 'the server', ({ terminal }) => terminal.includes('Listening'));
    await untilShown(page, 'Moons of the planets');
    await page.addScriptTag({ path: axePath });
    const shifts = await page.evaluate(() => (globalThis as unknown as Shifts).shifts);
    assert.deepEqual(shifts, []);
  });

  for (const [name, features] of Object.entries(modes)) {
    it(`break no rule of accessibility with ${name}`, { timeout: 30_000 }, async () => {
      await emulate(features);
      await photograph(page, `elements-${name.replaceAll(' ', '-')}`);
      assert.deepEqual(await violations(), []);
      await emulate({});
    });
  }

  it('animate nothing where reduced motion is asked for', async () => {
    await emulate({ 'prefers-reduced-motion': 'reduce' });
    const moving = await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    assert.equal(moving, 0);
    await emulate({});
  });

  it('are mirrored from right to left, and fit', async () => {
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    const [left, right, wide, room] = await page.evaluate(() => {
      const root = document.querySelector('bv-container')!.shadowRoot!;
      const { left: status } = root.querySelector('.status')!.getBoundingClientRect();
      const { left: run } = root.querySelector('.run')!.getBoundingClientRect();
      return [status, run, document.documentElement.scrollWidth, document.documentElement.clientWidth] as const;
    });
    assert.ok(left < right, 'Run is at the right end of the bar');
    assert.ok(wide <= room);
    const code = await page.evaluate(
      () => getComputedStyle(document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-content')!).direction,
    );
    assert.equal(code, 'ltr', 'code runs from left to right in every language');
    await photograph(page, 'elements-rtl');
    assert.deepEqual(await violations(), []);
    await page.evaluate(() => document.documentElement.removeAttribute('dir'));
  });

  it('can all be reached, left and seen with the keyboard', { timeout: 30_000 }, async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.evaluate(() => document.querySelector<HTMLElement>('bv-container')!.shadowRoot!.querySelector<HTMLElement>('.run')!.focus());
    // A focus that a script sets after a click is not shown; one that a key moves is.
    await page.keyboard.press('Tab');
    await page.keyboard.down('Shift');
    await page.keyboard.press('Tab');
    await page.keyboard.up('Shift');
    const walk: string[] = [];
    for (let step = 0; step < 14; step += 1) {
      const at = await page.evaluate(() => {
        let element: Element | null = document.activeElement;
        let host = '';
        while (element?.shadowRoot?.activeElement) {
          host = element.localName;
          element = element.shadowRoot.activeElement;
        }
        if (element === null || host === '') return { name: element?.localName ?? '', visible: true };
        // Where the ring is drawn around the whole field, an ancestor has it.
        let visible = false;
        for (let one: Element | null = element; one !== null; one = one.parentElement) {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
          visible ||= (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        }
        return { name: `${host} ${element.classList[0] ?? element.localName}`, visible };
      });
      if (at.name === 'a') break;
      walk.push(at.name);
      assert.ok(at.visible, `the focus is seen on ${at.name}`);
      if (/editor|terminal/.test(at.name)) await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
    }
    const told = walk.join(', ');
    for (const wanted of [
      'bv-container run',
      'bv-container stop',
      'bv-container reset',
      'bv-editor',
      'bv-terminal',
      'bv-preview back',
      'bv-preview address',
    ])
      assert.ok(
        walk.some((one) => one.startsWith(wanted)),
        `${wanted} is in ${told}`,
      );
  });

  it('go on when they are moved in the document', { timeout: 30_000 }, async () => {
    await page.evaluate(() => {
      const place = document.createElement('section');
      document.querySelector('main')!.append(place);
      place.append(document.querySelector('bv-container')!);
    });
    assert.equal((await seen(page)).state, 'running');
    assert.match(await served(page, 3000), /Moons of the planets/);
    await untilShown(page, 'Moons of the planets');
    await clickElement(page, 'bv-terminal >>> .xterm-screen');
    await page.keyboard.down('Control');
    await page.keyboard.press('c');
    await page.keyboard.up('Control');
    await until(page, 'the prompt', ({ terminal }) => /\$$/.test(terminal));
  });

  it('end all they started when they are removed', { timeout: 30_000 }, async () => {
    const container = await page.evaluateHandle(() => {
      const element = document.querySelector('bv-container')!;
      element.remove();
      return element as unknown as { state: string; container: unknown };
    });
    await page.waitForFunction(() => document.querySelectorAll('iframe').length === 0, { timeout: 10_000 });
    assert.deepEqual(await container.evaluate(({ state, container: left }) => [state, left === undefined]), ['idle', true]);
    // The kernel, and a shared worker that waits for the next container at most.
    await page.waitForFunction(() => document.querySelectorAll('iframe').length === 0);
    assert.ok(
      page.workers().length <= 2,
      page
        .workers()
        .map((worker) => worker.url())
        .join(),
    );
    assert.deepEqual(pages.errors, []);
  });
});
