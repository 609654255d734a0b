/** A demo page in a real browser, as the end-to-end tests drive it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { clickElement } from '../../runtime/testing/click-element.ts';
import { root, ServedBrowser } from '../../runtime/testing/served-browser.ts';
import type { BrowserName } from '../../runtime/tools/browsers.ts';

/** All that a page loads for its script tag. */
export const entryScript = '/dist/bavini.js';

/** What a page shows of the first container, or of the one with an id. */
export interface Seen {
  readonly state: string;
  readonly status: string;
  readonly editor: string;
  /** The editor's own code has been loaded. */
  readonly editable: boolean;
  readonly terminal: string;
  readonly notices: readonly string[];
}

export class DemoPages {
  readonly origin: string;
  readonly browser: Browser;
  readonly #served: ServedBrowser;
  /** Uncaught errors of all pages. */
  readonly errors: string[] = [];

  private constructor(served: ServedBrowser) {
    this.browser = served.browser;
    this.origin = served.origin;
    this.#served = served;
  }

  static async open(name: BrowserName = 'chromium'): Promise<DemoPages> {
    return new DemoPages(await ServedBrowser.open({ name }));
  }

  close(): Promise<void> {
    return this.#served.close();
  }

  async page(): Promise<Page> {
    const page = await this.browser.newPage();
    await page.setViewport({ width: 1200, height: 900 });
    page.on('pageerror', (error) => {
      // Firefox (153) tells of what a policy refused, and of a rejection in a worker whose event was prevented: that of an async
      // function in which a process ended.
      if (!/^Error: (?:Error: $|Content-Security-Policy: )/.test(String(error))) this.errors.push(String(error));
    });
    return page;
  }
}

export function seen(page: Page, id = ''): Promise<Seen> {
  return page.evaluate((name) => {
    const container = document.querySelector(name === '' ? 'bv-container' : `#${name}`)!;
    const texts = (selector: string) => [...container.shadowRoot!.querySelectorAll(selector)].map((element) => element.textContent.trim());
    const of = (tag: string, property: string) =>
      ((container.querySelector(tag) as unknown as Record<string, string>)?.[property] ?? '') as string;
    return {
      state: (container as unknown as { state: string }).state,
      status: texts('.status')[0] ?? '',
      editor: of('bv-editor', 'value'),
      editable: (container.querySelector('bv-editor')?.shadowRoot?.querySelector('.cm-content') ?? null) !== null,
      terminal: of('bv-terminal', 'text'),
      notices: texts('.notices p'),
    };
  }, id);
}

/** Only what hangs is cut off by it: no test passes or fails by how fast the machine is. */
const hangMs = 180_000;

/** Looks again until `wanted` holds; fails with what was seen last. */
export async function until(page: Page, what: string, wanted: (now: Seen) => boolean, { id = '', timeoutMs = hangMs } = {}): Promise<Seen> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const now = await seen(page, id);
    if (wanted(now)) return now;
    if (performance.now() > end) throw new Error(`${what} did not come: ${JSON.stringify(now, null, 1)}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))));
  }
}

export async function press(page: Page, button: 'run' | 'stop' | 'reset' | 'undo', id = ''): Promise<void> {
  await clickElement(page, `${id === '' ? 'bv-container' : `#${id}`} >>> button.${button}`);
}

/** What the server on `port` answers. */
export function served(page: Page, port: number, id = ''): Promise<string> {
  return page.evaluate(
    async (number, name) => {
      const element = document.querySelector(name === '' ? 'bv-container' : `#${name}`) as unknown as {
        container: { fetch(port: number): Promise<Response> };
      };
      return (await element.container.fetch(number)).text();
    },
    port,
    id,
  );
}

/** Looks again until a document in a preview has `text`. */
export async function untilShown(page: Page, text: string, timeoutMs = hangMs): Promise<void> {
  const end = performance.now() + timeoutMs;
  let found: string[] = [];
  while (!found.some((one) => one.includes(text))) {
    if (performance.now() > end) throw new Error(`No preview shows ${JSON.stringify(text)}: ${JSON.stringify(found)}`);
    const frames = page.frames().filter((frame) => frame !== page.mainFrame());
    // A frame may be gone by the time it is asked.
    found = await Promise.all(frames.map((frame) => frame.evaluate(() => document.body?.innerText ?? '').catch(() => '')));
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  }
}

/** For people who want to see what the test saw. */
export async function photograph(page: Page, name: string): Promise<void> {
  mkdirSync(join(root, '.cache/screenshots'), { recursive: true });
  await page.screenshot({ path: join(root, `.cache/screenshots/${name}.png`) as `${string}.png` });
}
