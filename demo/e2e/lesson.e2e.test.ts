import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { clickElement } from '../../runtime/testing/click-element.ts';
import { DemoPages, photograph, until, untilShown } from './demo-page.ts';

interface Lesson {
  readonly step: string;
  readonly summary: string;
  readonly checks: readonly string[];
  readonly problems: readonly string[];
  readonly done: readonly string[];
  /** What has the focus, as a screen reader names it. */
  readonly focus: string;
}

function look(page: Page): Promise<Lesson> {
  return page.evaluate(() => {
    const lesson = document.querySelector('bv-lesson') as unknown as HTMLElement & {
      step: string;
      steps: readonly { name: string; shadowRoot: ShadowRoot }[];
      isDone(name: string): boolean;
    };
    const texts = (selector: string) => [...(lesson.shadowRoot?.querySelectorAll(selector) ?? [])].map((one) => one.textContent.trim());
    const focused = (root: Document | ShadowRoot): Element | null => {
      const inner = root.activeElement?.shadowRoot ?? null;
      return inner === null ? root.activeElement : focused(inner);
    };
    const focus = focused(document);
    return {
      step: lesson.step ?? '',
      summary: texts('.summary')[0] ?? '',
      problems: texts('.message'),
      checks: [...document.querySelectorAll(`bv-step[name="${lesson.step}"] bv-check`)].map(
        (check) => (check as unknown as { status: string }).status,
      ),
      done: (lesson.steps ?? []).map(({ name }) => name).filter((name) => lesson.isDone(name)),
      focus: focus?.getAttribute('aria-label') ?? focus?.textContent.trim() ?? '',
    };
  });
}

async function untilLesson(page: Page, what: string, wanted: (now: Lesson) => boolean): Promise<Lesson> {
  for (let end = performance.now() + 180_000; ;) {
    const now = await look(page);
    if (wanted(now)) return now;
    if (performance.now() > end) throw new Error(`${what} did not come: ${JSON.stringify(now, null, 1)}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))));
  }
}

describe('demo/lesson.html', () => {
  let pages: DemoPages;
  let page: Page;
  const requests: string[] = [];

  before(async () => {
    pages = await DemoPages.open();
    page = await pages.page();
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  });
  after(() => pages.close());

  const press = (button: string) => clickElement(page, `bv-lesson >>> ${button}`);
  /** Opens the solution of the step that is shown, and uses it. */
  const solve = async (step: string) => {
    await clickElement(page, `bv-step[name=${step}] bv-solution >>> summary`);
    await clickElement(page, `bv-step[name=${step}] bv-solution >>> .apply`);
  };

  it('shows the first step beside the editor, without the runtime', async () => {
    await page.goto(`${pages.origin}/demo/lesson.html`);
    const now = await untilLesson(page, 'the step', ({ step }) => step !== '');
    assert.deepEqual(
      { ...now, focus: '' },
      { step: 'hello', summary: '', checks: ['unchecked', 'unchecked'], problems: [], done: [], focus: '' },
    );
    assert.ok(!requests.some((path) => /kernel|process-node|node-library/.test(path)));
    await until(page, 'the editor', ({ editable }) => editable);
    await photograph(page, 'lesson-1-light');
  });

  it('checks a file as it is typed, before anything runs', async () => {
    await clickElement(page, 'bv-editor >>> .cm-content');
    await page.evaluate(() => {
      const editor = document.querySelector('bv-editor') as unknown as { shadowRoot: ShadowRoot };
      const line = [...editor.shadowRoot.querySelectorAll('.cm-line')].find((one) => one.textContent.includes('What is answered'))!;
      getSelection()!.selectAllChildren(line);
    });
    await page.keyboard.sendCharacter("  response.end('Hello');");
    const now = await untilLesson(page, 'the check', ({ checks }) => checks[0] === 'passed');
    assert.deepEqual(now.checks, ['passed', 'unchecked']);
    assert.ok(!requests.some((path) => /kernel|process-node|node-library/.test(path)));
  });

  it('Check starts the server and asks it; the next step opens', async () => {
    await press('.check');
    await untilLesson(page, 'the checks', ({ summary }) => summary === 'All 2 checks have passed.');
    await untilShown(page, 'Hello');
    await photograph(page, 'lesson-2-passed');
    await page.waitForSelector('bv-lesson >>> .next', { visible: true });
    await page.locator('bv-lesson >>> .next').scroll({});
    await page.evaluate(() => document.querySelector('bv-lesson')!.shadowRoot!.querySelector<HTMLButtonElement>('.next')!.focus());
    await page.keyboard.press('Enter');
    const now = await untilLesson(page, 'the next step', ({ step, focus }) => step === 'status' && focus !== 'Next');
    assert.equal(now.focus, 'Step 2 of 4: Not found');
    assert.deepEqual(now.done, ['hello']);
    assert.ok(new URL(page.url()).hash === '#step=status');
  });

  it('says what it found, and compares with the solution', async () => {
    await press('.check');
    await untilLesson(page, 'the checks', ({ checks }) => checks[0] === 'passed' && checks[1] === 'failed');
    const text = await page.evaluate(() => document.querySelector('bv-step[name=status] bv-check:nth-of-type(2)')!.shadowRoot!.textContent);
    assert.match(text, /The status is 200, and the answer:\s+Hello/);
    await clickElement(page, 'bv-step[name=status] bv-solution >>> summary');
    await clickElement(page, 'bv-step[name=status] bv-solution >>> .compare');
    await page.waitForFunction(
      () => document.querySelector('bv-step[name=status] bv-solution')!.shadowRoot!.querySelector('ins .sign') !== null,
    );
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await photograph(page, 'lesson-3-dark');
    await page.emulateMediaFeatures([]);
    await clickElement(page, 'bv-step[name=status] bv-solution >>> .apply');
    await press('.check');
    await untilLesson(page, 'the checks', ({ done }) => done.includes('status'));
  });

  it('runs a command, looks into the preview, types and clicks there', async () => {
    await press('.next');
    await untilLesson(page, 'the step', ({ step }) => step === 'page');
    await solve('page');
    await press('.check');
    await untilLesson(page, 'the checks', ({ done }) => done.includes('page'));
    await press('.next');
    await untilLesson(page, 'the step', ({ step }) => step === 'button');
    await solve('button');
    await press('.check');
    const now = await untilLesson(page, 'the checks', ({ done }) => done.includes('button'));
    assert.deepEqual(now.done, ['hello', 'status', 'page', 'button']);
    await photograph(page, 'lesson-4-done');
  });

  it('is where it was when the reader comes back, on a phone too', async () => {
    await page.setViewport({ width: 360, height: 740, hasTouch: true, isMobile: true });
    await page.goto(`${pages.origin}/demo/index.html`);
    await page.goto(`${pages.origin}/demo/lesson.html`);
    const now = await untilLesson(page, 'the step', ({ step }) => step !== '');
    assert.equal(now.step, 'button');
    assert.equal(now.done.length, 4);
    await until(page, 'the kept file', ({ editor }) => editor.includes("'Hi, ' + value"));
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wider, 0);
    const small = await page.evaluate(() =>
      [...document.querySelector('bv-lesson')!.shadowRoot!.querySelectorAll('button, summary')]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
        .map((one) => one.textContent.trim()),
    );
    assert.deepEqual(small, [], 'a thumb finds them');
    await photograph(page, 'lesson-5-phone');
  });

  it('is whole on paper: every step, the code of open solutions, no buttons', async () => {
    await page.setViewport({ width: 794, height: 1123 });
    await page.waitForFunction(() => document.querySelector('bv-lesson')?.step === 'button', { timeout: 0 });
    await page.$eval('bv-step[name=button] bv-solution', async (solution) => {
      solution.open = true;
      await solution.updateComplete;
    });
    await page.emulateMediaType('print');
    const paper = await page.evaluate(() => {
      const solution = document.querySelector('bv-step[name=button] bv-solution')!.shadowRoot!;
      const cut = [...solution.querySelectorAll('pre')].filter(
        ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => scrollWidth > clientWidth || scrollHeight > clientHeight,
      );
      const roots = [document.querySelector('bv-lesson')!, ...document.querySelectorAll('bv-solution, bv-container')];
      const buttons = roots.flatMap(({ shadowRoot }) => [...shadowRoot!.querySelectorAll('button')].filter((one) => one.checkVisibility()));
      return {
        steps: [...document.querySelectorAll('bv-step')].map((step) => step.checkVisibility()),
        code: solution.querySelectorAll('pre').length,
        cut: cut.length,
        buttons: buttons.map(({ textContent }) => textContent.trim()),
      };
    });
    assert.deepEqual(paper, { steps: [true, true, true, true], code: 1, cut: 0, buttons: [] });
    await photograph(page, 'lesson-6-print');
    await page.emulateMediaType();
  });

  it('throws nothing', () => assert.deepEqual(pages.errors, []));
});
