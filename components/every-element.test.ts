import { assert } from 'chai';
import { LeakCheck, type LiveCounts } from '../runtime/testing/leak-check.ts';
import { clear, show, until } from './shared/testing/page.ts';

const leaks = LeakCheck.install();

type Shown = Element & Readonly<Record<string, unknown>>;

const says = (words: RegExp) => (element: Shown) => words.test(element.shadowRoot?.textContent ?? '');
const has = (selector: string) => (element: Shown) => (element.shadowRoot?.querySelector(selector) ?? null) !== null;

/** How one sees that an element works: that it shows what it can only know by having found its container, or its parts. */
const works: Readonly<Record<string, (element: Shown) => boolean>> = {
  'bv-container': says(/Run[^]*Not started/),
  'bv-editor': ({ value }) => value === 'const one = 1;\n',
  'bv-terminal': says(/Press Run to start it/),
  'bv-preview': says(/appears here once it runs/),
  'bv-files': says(/a\.js/),
  'bv-layout': has('[role=separator]'),
  'bv-tabs': has('[role=tab] + [role=tab]'),
  'bv-output': has('[role=log]'),
  'bv-run': has('button:not([aria-disabled=true])'),
  'bv-reset': has('button:not([aria-disabled=true])'),
  'bv-share': has('button[aria-disabled=false]'),
  'bv-status': says(/Not started/),
  'bv-lesson': ({ step }) => step === 'one',
  'bv-step': ({ current }) => current === true,
  'bv-check': says(/a\.js contains/),
  'bv-hint': says(/Hint/),
  'bv-solution': says(/Solution/),
};

const inContainer = `
  <bv-editor file="a.js"></bv-editor>
  <bv-terminal command="node a.js"></bv-terminal>
  <bv-preview port="3000"></bv-preview>
  <bv-files></bv-files>
  <bv-layout><div>left</div><div>right</div></bv-layout>
  <bv-tabs><div>first</div><div>second</div></bv-tabs>
  <bv-output></bv-output>
  <bv-run></bv-run>
  <bv-reset></bv-reset>
  <bv-share></bv-share>
  <bv-status></bv-status>
  <bv-lesson>
    <bv-step name="one" label="One">
      <bv-check type="file" path="a.js" contains="two">Write it into a.js.</bv-check>
      <bv-hint><p>It is a word.</p></bv-hint>
      <bv-solution><p>Like this.</p></bv-solution>
    </bv-step>
  </bv-lesson>`;

const containerOf = (content: string) =>
  `<bv-container><script type="bv-file" path="a.js">const one = 1;\n</script>${content}</bv-container>`;
const all = containerOf(inContainer);

/** What does not work of our elements in `place`, by tag. */
function idle(place: ParentNode): readonly string[] {
  return Object.entries(works).flatMap(([tag, isWorking]) => {
    const element = place.querySelector(tag) as Shown | null;
    return element?.matches(':defined') === true && isWorking(element) ? [] : [tag];
  });
}

/** Until all our elements in `place` work. */
async function allWork(place: ParentNode): Promise<void> {
  await until('all elements that work', () => idle(place).length === 0).catch((error: unknown) => {
    throw new Error(`${idle(place).join(', ')} did not work`, { cause: error });
  });
}

describe('Every element', () => {
  let start: LiveCounts;
  let errors: unknown[];
  const onError = (event: Event) => errors.push((event as Event & { message?: unknown }).message);

  before(async () => {
    // What the code itself leaves on the page comes with the first ones.
    await allWork(await show(all));
    clear();
    await new Promise((resolve) => setTimeout(resolve, 0)); // They end in a microtask.
    start = leaks.counts;
  });
  beforeEach(() => {
    errors = [];
    document.body.addEventListener('bv-error', onError);
  });
  afterEach(async () => {
    document.body.removeEventListener('bv-error', onError);
    clear();
    assert.deepEqual(errors, []);
    await leaks.settled(start);
  });

  it('is not set in what a page says of its own text', async () => {
    const style =
      'font: italic 700 20px/3 serif; letter-spacing: 2px; text-align: center; text-indent: 1em; text-shadow: 1px 1px red;' +
      'text-transform: uppercase; white-space: pre; word-break: break-all; word-spacing: 4px';
    const place = await show(`<div style="${style}">${all}</div>`);
    await allWork(place);
    for (const tag of Object.keys(works)) {
      const { fontStyle, fontWeight, letterSpacing, textAlign, textIndent, textShadow, textTransform, whiteSpace, wordBreak, wordSpacing } =
        getComputedStyle(place.querySelector(tag)!);
      assert.deepEqual(
        [fontStyle, fontWeight, letterSpacing, textAlign, textIndent, textShadow, textTransform, whiteSpace, wordBreak, wordSpacing],
        ['normal', '400', 'normal', 'start', '0px', 'none', 'none', 'normal', 'normal', '0px'],
        tag,
      );
    }
  });

  it('works in a shadow root', async () => {
    const host = document.createElement('div');
    const root = host.attachShadow({ mode: 'open' });
    document.body.append(host);
    root.innerHTML = all;
    await allWork(root);
  });

  it('works in a dialog that is opened later', async () => {
    const place = await show(`<dialog>${all}</dialog>`);
    const dialog = place.querySelector('dialog')!;
    await until('the container', () => dialog.querySelector('bv-container')!.matches(':defined'));
    dialog.showModal();
    await allWork(dialog);
    dialog.close();
  });

  it('works with the container that it is moved to', async () => {
    const place = await show(`${all}${containerOf('')}`);
    await allWork(place);
    const [from, to] = place.querySelectorAll('bv-container');
    for (const element of [...from!.children].filter(({ localName }) => localName.startsWith('bv-'))) to!.append(element);
    from!.remove();
    await allWork(place);
    assert.strictEqual(place.querySelector('bv-editor')!.parentElement, to);
  });

  it('goes on when the page around it is moved', async () => {
    const place = await show(`<section></section><div>${all}</div>`);
    await allWork(place);
    place.querySelector('section')!.append(place.querySelector('div')!);
    await allWork(place);
  });

  it('works as a clone', async () => {
    const place = await show(all);
    await allWork(place);
    const clone = place.firstElementChild!.cloneNode(true);
    place.replaceChildren(clone);
    await allWork(place);
  });

  it('works when the script comes after it', async () => {
    const frame = document.createElement('iframe');
    frame.srcdoc = `<!doctype html><body>${all}<script type="module" src="${new URL('define.ts', import.meta.url).href}"></script>`;
    document.body.append(frame);
    await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    await allWork(frame.contentDocument!);
  });

  it('ends all it started when a script puts another page in its place, which works, too', async () => {
    const address = location.href;
    const place = await show(all);
    await allWork(place);
    history.pushState(null, '', '?another-page');
    place.innerHTML = all;
    await allWork(place);
    history.replaceState(null, '', address);
  });
});
