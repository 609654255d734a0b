/**
 * Each recipe is installed, built and used as its readers would: below a path that only its own configuration names.
 *
 * `RECIPES` names others than those that CI has the time for, or `all`.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { photograph, press, until, untilShown } from '../demo/e2e/demo-page.ts';
import { launchBrowser } from '../runtime/testing/served-browser.ts';
import { BuiltSite, PackedPackage } from './testing/built-site.ts';
import { recipes } from './testing/recipe-list.ts';
import type { Recipe } from './testing/recipe-list.ts';

const wanted = process.env['RECIPES']?.split(',');
const chosen = recipes.filter(({ name, elsewhere }) =>
  wanted === undefined ? elsewhere !== true : wanted.includes('all') || wanted.includes(name),
);

/** Whether the recipe's own program is there, or was asked for, in which case its absence is a failure. */
function isThere({ needs }: Recipe): boolean {
  if (needs === undefined || wanted !== undefined) return true;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, needs)));
}

/** A page of a recipe, and what went wrong on it. */
interface Visit {
  readonly page: Page;
  readonly site: BuiltSite;
  readonly problems: readonly string[];
}

/** Presses the link of the site's own menu that says `text`, and waits for its page. */
async function follow(page: Page, text: string): Promise<void> {
  const link = await page.waitForFunction(
    (name) => [...document.querySelectorAll('a')].find((one) => one.checkVisibility() && one.textContent.trim() === name),
    { timeout: 0 },
    text,
  );
  // Of a page that is shown without loading it, this is the change of the address.
  await Promise.all([page.waitForNavigation({ timeout: 0 }), (link as ElementHandle<HTMLAnchorElement>).click()]);
}

/** Runs the first fence, and waits for its end. */
async function runFence(page: Page): Promise<string> {
  await page.waitForFunction(() => document.querySelector('bv-fence')?.shadowRoot?.querySelector('.run') instanceof HTMLElement, {
    timeout: 0,
  });
  await page.$eval('bv-fence', (fence) => (fence as unknown as { run(): Promise<void> }).run());
  return page.$eval('bv-fence', (fence) => fence.shadowRoot!.querySelector('.output')?.textContent ?? '');
}

async function runServer(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('bv-container:defined') !== null, { timeout: 0 });
  await until(page, 'the container', ({ state, editable }) => state === 'idle' && editable);
  await press(page, 'run');
  await until(page, 'the server', ({ terminal }) => terminal.includes('Listening on port 3000'));
  await untilShown(page, 'Hello from');
}

/** Until the text of the page, and of the editor in it, is that of a dark page, or of a light one. */
const untilDark = (page: Page, dark: boolean) =>
  page.waitForFunction(
    (expected) =>
      [document.body, document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-content')!].every((element) => {
        const [red] = /\d+/.exec(getComputedStyle(element).color) ?? [];
        return Number(red) > 127 === expected;
      }),
    { timeout: 0 },
    dark,
  );

/** Until no program runs, and no frame is left: all that stays of the runtime is its kernel. */
async function untilLeft(page: Page): Promise<void> {
  const left = () => page.workers().length === 1 && /\/kernel[^/]*\.js$/.test(page.workers()[0]?.url() ?? '') && page.frames().length === 1;
  while (!left()) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
}

function describeRecipe({ name, singlePage = false, otherPage = 'Fences', lesson = false, goDark }: Recipe, visit: () => Visit): void {
  it('shows and runs what is on its page', async () => {
    const { page, site, problems } = visit();
    await page.goto(site.address);
    await runServer(page);
    await photograph(page, `recipe-${name}`);
    assert.deepEqual(problems, []);
  });

  it('follows its theme into the dark', async () => {
    const { page } = visit();
    await untilDark(page, false);
    if (goDark === undefined) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    else await goDark(page);
    await untilDark(page, true);
    await photograph(page, `recipe-${name}-dark`);
  });

  it('goes to another page and back, and leaves nothing running', async () => {
    const { page, problems } = visit();
    await page.evaluate(() => ((globalThis as unknown as { same?: boolean }).same = true));
    await follow(page, otherPage);
    if (otherPage === 'Fences') {
      assert.equal(await runFence(page), 'Hello Ada\n');
      await photograph(page, `recipe-${name}-fences`);
    }
    assert.equal(await page.evaluate(() => (globalThis as unknown as { same?: boolean }).same ?? false), singlePage);
    await follow(page, 'Server');
    await runServer(page);
    await follow(page, otherPage);
    // What was loaded anew has nothing of the page before.
    if (singlePage) await untilLeft(page);
    assert.deepEqual(problems, []);
  });

  if (!lesson) return;
  it('checks its lesson', async () => {
    const { page, problems } = visit();
    await follow(page, 'Lesson');
    interface Lesson {
      check(): Promise<readonly { readonly status: string }[]>;
      applySolution(): Promise<void>;
    }
    await page.waitForFunction(() => document.querySelector('bv-lesson:defined') !== null, { timeout: 0 });
    const statuses = () =>
      page.$eval('bv-lesson', async (element) => (await (element as unknown as Lesson).check()).map(({ status }) => status));
    assert.deepEqual(await statuses(), ['failed']);
    await page.$eval('bv-lesson', (element) => (element as unknown as Lesson).applySolution());
    assert.deepEqual(await statuses(), ['passed']);
    await photograph(page, `recipe-${name}-lesson`);
    assert.deepEqual(problems, []);
  });
}

describe('The recipes', () => {
  let packed: PackedPackage;
  let browser: Browser;

  before(async () => {
    packed = await PackedPackage.pack();
    browser = await launchBrowser();
  });
  after(async () => {
    packed.close();
    await browser.close();
  });

  for (const recipe of chosen) {
    describe(`for ${recipe.name}`, { skip: isThere(recipe) ? false : `there is no ${recipe.needs} on the path` }, () => {
      let site: BuiltSite;
      let page: Page;
      const problems: string[] = [];

      before(async () => {
        site = await BuiltSite.build(recipe, packed);
        page = await browser.newPage();
        page.setDefaultTimeout(0); // The test's own limit is the only one.
        await page.setViewport({ width: 1280, height: 900 });
        page.on('pageerror', (error) => problems.push(`${page.url()}: ${String(error)}`));
        page.on('console', (message) => {
          if (['error', 'warn'].includes(message.type())) problems.push(`${page.url()}: ${message.text()} ${message.location().url ?? ''}`);
        });
      });
      after(async () => {
        await page.close();
        site.close();
      });

      describeRecipe(recipe, () => ({ page, site, problems }));
    });
  }
});
