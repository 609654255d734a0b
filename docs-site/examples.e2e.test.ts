/** Every example of the site, run as a reader would: Run, and what it says it shows is there. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { clickElement } from '../runtime/testing/click-element.ts';
import { exampleNames, readExample } from './build/examples.ts';
import { ServedSite } from './testing/served-site.ts';

describe('The examples of the site', () => {
  let site: ServedSite;
  /** The first page that shows an example, by its name. */
  const pages = new Map<string, string>();

  before(async () => {
    site = await ServedSite.open();
    for (const file of readdirSync(site.folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('index.html') || file.startsWith('bavini')) continue;
      for (const [, name] of readFileSync(join(site.folder, file), 'utf8').matchAll(/data-example="([^"]+)"/g))
        if (!pages.has(name!)) pages.set(name!, file.replace(/index\.html$/, '').replaceAll('\\', '/'));
    }
  });
  after(() => site.close());

  const shown = (page: Page, name: string) =>
    page.$eval(`[data-example="${name}"] bv-container`, (container) => ({
      terminal: (container.querySelector('bv-terminal') as unknown as { text?: string } | null)?.text ?? '',
      output: (container.querySelector('bv-output') as unknown as { text?: string } | null)?.text ?? '',
      notices: [...container.shadowRoot!.querySelectorAll('.notices p')].map(({ textContent }) => textContent),
    }));
  const previews = async (page: Page) => {
    const frames = page.frames().filter((frame) => frame !== page.mainFrame());
    // A frame may be gone by the time it is asked.
    return (await Promise.all(frames.map((frame) => frame.evaluate(() => document.body?.innerText ?? '').catch(() => '')))).join('\n');
  };

  /** The blocks of a page of `content/` that are in `language`. */
  const fencesOf = (file: string, language: string) => {
    const text = readFileSync(join(import.meta.dirname, 'content', file), 'utf8');
    return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter((match) => match[1] === language).map((match) => match[2]!);
  };

  const nextLook = (page: Page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))));

  /** The start of a step fails its checks, its solution passes them. */
  const learn = async (page: Page, step: string) => {
    interface Lesson extends Element {
      readonly step: string;
      go(name: string): Promise<void>;
      check(): Promise<readonly ({ readonly status: string } | undefined)[]>;
      applySolution(): Promise<void>;
      isDone(name: string): boolean;
    }
    const check = () => page.$eval('bv-lesson', async (lesson) => (await (lesson as Lesson).check()).map((outcome) => outcome?.status));
    await page.$eval('bv-lesson', (lesson, name) => (lesson as Lesson).go(name), step);
    const before = await check();
    assert.ok(before.includes('failed'), `${step} asks for something: ${before.join()}`);
    await page.$eval('bv-lesson', (lesson) => (lesson as Lesson).applySolution());
    // A server may be about to start again.
    while ((await check()).some((status) => status !== 'passed')) await nextLook(page);
    assert.ok(await page.$eval('bv-lesson', (lesson, name) => (lesson as Lesson).isDone(name), step));
  };

  for (const name of exampleNames()) {
    it(`${name} shows what it says`, { timeout: 120_000 }, async () => {
      const url = pages.get(name);
      assert.ok(url !== undefined, 'it is on a page');
      const { shows, lesson, more } = readExample(name);
      const page = await site.page();
      await page.goto(`${site.address}${url}`);
      const button = more === undefined ? 'bv-container >>> button.run' : 'bv-run >>> button';
      await clickElement(page, `[data-example="${name}"] ${button}`);
      for (const end = Date.now() + 100_000; ;) {
        const now = await shown(page, name);
        const seen = await previews(page);
        const unexpected = now.notices.filter((notice) => !(shows.notices ?? []).some((text) => notice.includes(text)));
        assert.deepEqual(unexpected, []);
        const missing = [
          ...(shows.terminal ?? []).filter((text) => !now.terminal.includes(text)),
          ...(shows.output ?? []).filter((text) => !now.output.includes(text)),
          ...(shows.preview ?? []).filter((text) => !seen.includes(text)),
        ];
        if (missing.length === 0) break;
        if (Date.now() > end) {
          const state = await page.$eval(`[data-example="${name}"] bv-container`, (container) => (container as { state?: unknown }).state);
          assert.deepEqual([], { missing, now, state });
        }
        await nextLook(page);
      }
      for (const step of lesson?.steps ?? []) await learn(page, step.name);
      await page.close();
    });
  }

  const textOf = (page: Page) => page.$eval('bv-terminal', (terminal) => (terminal as unknown as { readonly text: string }).text);
  const run = (page: Page) => clickElement(page, 'bv-container >>> button.run');

  it('the page of the quick start is whole', { timeout: 120_000 }, async () => {
    const page = await site.pageOf(fencesOf('start/quick-start.md', 'html').find((text) => text.startsWith('<!doctype'))!);
    await run(page);
    while (!(await previews(page)).includes('Hello')) await nextLook(page);
    await page.close();
  });

  it('the policies of the guide are enough', { timeout: 120_000 }, async () => {
    const [strict = '', native = ''] = fencesOf('guides/content-security-policy.md', 'text').map((text) =>
      text.replaceAll(/\s+/g, ' ').trim(),
    );
    const program = `<!doctype html><title>Policy</title><script type="module" src="/bavini/bavini.js"></script>
<bv-container><script type="bv-file" path="a.js">console.log('It', 'runs');</script>
<bv-editor file="a.js"></bv-editor><bv-terminal command="node a.js"></bv-terminal></bv-container>`;
    const terminal = await site.pageOf(program, strict);
    await run(terminal);
    while (!(await textOf(terminal)).includes('It runs')) await nextLook(terminal);
    await terminal.close();
    const whole = fencesOf('start/quick-start.md', 'html').find((text) => text.startsWith('<!doctype'))!;
    const preview = await site.pageOf(whole, native);
    await run(preview);
    while (!(await previews(preview)).includes('Hello')) await nextLook(preview);
    await preview.close();
  });

  it('a plain code fence runs in its place, with the file of another', { timeout: 120_000 }, async () => {
    const page = await site.page();
    await page.goto(`${site.address}guides/code-fences/`);
    await page.waitForFunction(
      () => document.querySelectorAll('bv-fence')[1]?.shadowRoot?.querySelector('button.run') instanceof HTMLElement,
    );
    await page.evaluate(() => document.querySelectorAll('bv-fence')[1]!.shadowRoot!.querySelector<HTMLElement>('button.run')!.click());
    await page.waitForFunction(
      () => document.querySelectorAll('bv-fence')[1]!.shadowRoot!.querySelector('.output')?.textContent === 'Hello, fence\n',
    );
    await page.close();
  });

  it('need nothing but the site, and put no error on the console', () => {
    assert.deepEqual(site.problems, []);
  });
});
