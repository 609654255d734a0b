import { assert } from 'chai';
import { assertAccessible, clear, inside, show, until } from '../shared/testing/page.ts';
import { autoScript } from './auto-script.ts';
import type { BvFence } from './fence-element.ts';
import { code } from './testing/markup.ts';
import { PageFences } from './watch-fences.ts';

const fence = (language: string, text: string, more = '') =>
  `<pre ${more}><code class="language-${language}">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>`;

describe('A fence of a page with data-auto', () => {
  let page: PageFences | undefined;

  afterEach(() => {
    page?.stop();
    page = undefined;
    clear();
  });

  async function live(html: string, words = ''): Promise<{ place: HTMLElement; fences: BvFence[] }> {
    const place = await show(html);
    page = new PageFences(document, words);
    const fences = [...place.querySelectorAll('bv-fence')];
    for (const one of fences) await one.updateComplete;
    return { place, fences };
  }

  const output = (one: BvFence) => one.shadowRoot?.querySelector('.output')?.textContent ?? '';
  const status = (one: BvFence) => one.shadowRoot?.querySelector('.status')?.textContent ?? '';

  async function run(one: BvFence): Promise<string> {
    inside(one, 'button.run').click();
    await until('the end', () => status(one) !== '' && !/Starting|Running/.test(status(one)));
    return output(one);
  }

  it('is accessible, before it runs and while it is edited', async () => {
    const { fences } = await live(fence('js', code));
    await assertAccessible(fences[0]!);
    inside(fences[0]!, 'button.edit').click();
    await until(
      'the editor',
      () => fences[0]!.shadowRoot?.querySelector('bv-editor')?.shadowRoot?.querySelector('.cm-content') instanceof HTMLElement,
    );
    await assertAccessible(fences[0]!);
  });

  it('moves nothing on the page, whatever the page lays it out with', async () => {
    for (const style of ['', 'display:grid;row-gap:20px', 'display:flex;flex-direction:column;gap:12px']) {
      const html = `<section style="${style}"><p>Before</p>${fence('js', code, 'style="margin:16px 0;padding:16px"')}<p class="after">After</p></section>`;
      const { place, fences } = await live('');
      place.innerHTML = html;
      const after = place.querySelector('.after')!;
      const before = after.getBoundingClientRect().top;
      await until('the fence', () => place.querySelector('bv-fence') !== null);
      await place.querySelector('bv-fence')!.updateComplete;
      assert.equal(after.getBoundingClientRect().top, before, style);
      assert.lengthOf(fences, 0);
      const run = inside(place.querySelector('bv-fence')!, 'button.run').getBoundingClientRect();
      const block = place.querySelector('pre')!.getBoundingClientRect();
      assert.isBelow(Math.abs((run.top + run.bottom) / 2 - block.bottom), 2, `on the lower edge: ${style}`);
      assert.isAtMost(run.right, block.right);
      page?.stop();
      clear();
    }
  });

  it('shows what the program prints, and its exit code', async () => {
    const { fences } = await live(`${fence('js', code)}${fence('ts', 'const a: number = 1;\nconsole.error(a);\nprocess.exit(3);')}`);
    assert.equal(await run(fences[0]!), 'hello Ada\n');
    assert.equal(status(fences[0]!), 'Ended');
    assert.equal(await run(fences[1]!), '1\n');
    assert.equal(status(fences[1]!), 'Ended with code 3');
    assert.equal(inside(fences[1]!, '.output span').className, 'error');
    await assertAccessible(fences[1]!);
  });

  it('runs shell, and modules of either kind', async () => {
    const { fences } = await live(
      `${fence('sh', 'for i in 1 2; do echo $i; done')}${fence('js', "import { sep } from 'node:path';\nconsole.log(sep, await 1);")}${fence('js', "console.log(require('path').sep);")}`,
    );
    assert.equal(await run(fences[0]!), '1\n2\n');
    assert.equal(await run(fences[1]!), '/ 1\n');
    assert.equal(await run(fences[2]!), '/\n');
  });

  it('shares files with the others of its session, and of the page with data-auto="shared"', async () => {
    const { fences } = await live(
      `${fence('js', 'export const answer = 41;', 'data-file="answer.mjs"')}
       ${fence('js', "import { answer } from './answer.mjs';\nconsole.log(answer);", 'data-file="main.mjs"')}
       ${fence('js', 'export const answer = 42;', 'data-file="answer.mjs"')}
       ${fence('sh', 'node main.mjs; ls')}
       ${fence('json', '{ "a": 1 }', 'data-file="a.json"')}`,
      'shared',
    );
    assert.lengthOf(fences, 5);
    assert.lengthOf(document.querySelectorAll('bv-container'), 0, 'nothing is made before a run');
    assert.equal(await run(fences[1]!), '41\n', 'what stands before it');
    assert.equal(await run(fences[3]!), '42\na.json\nanswer.mjs\nexample.sh\nmain.mjs\n');
    assert.lengthOf(document.querySelectorAll('bv-container'), 1);
    assert.isNull(fences[4]!.shadowRoot!.querySelector('.run'), 'a file is edited only');
    page?.stop();
    await until('the end of the container', () => document.querySelector('bv-container') === null);
  });

  it('keeps apart what does not share', async () => {
    const { fences } = await live(
      `${fence('sh', 'echo 1 > a.txt; ls')}${fence('sh', 'ls')}${fence('sh', 'ls', 'data-bv="session=x"')}${fence('json', '{}', 'data-file="a.json"')}`,
    );
    assert.lengthOf(fences, 3, 'a file nobody can read stays as it is');
    await run(fences[0]!);
    assert.equal(await run(fences[1]!), 'example.sh\n');
    assert.equal(await run(fences[2]!), 'example.sh\n');
  });

  it('is edited in its place, run with Control Enter, and becomes what it was', async () => {
    const { place, fences } = await live(`<pre style="color: red"><code class="language-js">console.log(1)</code></pre>`);
    const one = fences[0]!;
    const before = place.querySelector('pre')!.outerHTML;
    inside(one, 'button.edit').click();
    await until(
      'the editor',
      () => one.shadowRoot?.querySelector('bv-editor')?.shadowRoot?.querySelector('.cm-content') instanceof HTMLElement,
    );
    assert.equal(getComputedStyle(place.querySelector('pre')!).display, 'none');
    const editor = one.shadowRoot!.querySelector('bv-editor')!;
    assert.equal(editor.value, 'console.log(1)\n');
    await until('the focus', () => one.shadowRoot!.activeElement === editor);
    editor.value = 'console.log(2)\n';
    editor
      .shadowRoot!.querySelector('.cm-content')!
      .dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    await until('the output', () => output(one) === '2\n' && status(one) === 'Ended');
    inside(one, 'button.reset').click();
    await until('the fence', () => one.shadowRoot!.querySelector('bv-editor') === null);
    assert.equal(place.querySelector('pre')!.outerHTML, before);
    assert.equal(await run(one), '1\n');
  });

  it('shows a page, with the style of its session, and ends its server', async () => {
    const { fences } = await live(
      `${fence('html', '<link rel="stylesheet" href="style.css"><h1>Shown</h1>', 'data-file="index.html"')}${fence('css', 'h1 { color: rgb(1, 2, 3) }', 'data-file="style.css"')}`,
      'shared',
    );
    inside(fences[1]!, 'button.run').click();
    await until('the preview', () => fences[1]!.shadowRoot!.querySelector('bv-preview') !== null);
    const { container } = document.querySelector('bv-container') as unknown as { container: import('../../runtime/index.ts').Container };
    const [port] = container.openPorts;
    assert.include(await (await container.fetch(port!, '/')).text(), '<h1>Shown</h1>');
    assert.include(await (await container.fetch(port!, '/style.css')).text(), 'rgb(1, 2, 3)');
    inside(fences[1]!, 'button.stop').click();
    await until('the end of the server', () => container.openPorts.length === 0);
    await fences[1]!.updateComplete;
    assert.equal(status(fences[1]!), 'Stopped');
  });

  it('comes with pages that are shown without loading, and goes with them', async () => {
    const { place } = await live('<article></article>');
    const article = place.querySelector('article')!;
    article.innerHTML = fence('js', '1');
    await until('the fence', () => article.querySelector('bv-fence') !== null);
    const first = article.querySelector('bv-fence');
    // Put away as markup and brought back, as some routers do.
    const kept = article.innerHTML;
    article.innerHTML = '';
    article.innerHTML = kept;
    await until(
      'one fence of its own',
      () => article.querySelectorAll('bv-fence').length === 1 && article.querySelector('bv-fence')?.block !== undefined,
    );
    assert.notEqual(article.querySelector('bv-fence'), first);
    // A framework that patches the page turns a fence into another.
    article.querySelector('code')!.className = 'language-text';
    article.append(document.createElement('p'));
    await until('no fence', () => article.querySelector('bv-fence') === null);
  });

  it('is only that which is marked, with data-auto="marked"', async () => {
    const { place } = await live(`${fence('js', '1')}${fence('js', '2', 'data-bv="run"')}`, 'marked');
    assert.lengthOf(place.querySelectorAll('bv-fence'), 1);
    assert.equal(place.querySelector('bv-fence')?.previousElementSibling?.textContent, '2');
  });

  it('is told by the script tag of this package', () => {
    const url = 'https://cdn.test/bavini.js';
    for (const src of ['/other.js', '/bavini.js']) {
      const script = document.createElement('script');
      script.type = 'text/plain';
      script.src = src;
      script.dataset['auto'] = '';
      document.body.append(script);
    }
    assert.equal(autoScript(url)?.getAttribute('src'), '/bavini.js');
    document.querySelector<HTMLScriptElement>('script[src="/other.js"][data-auto]')!.src = url;
    assert.equal(autoScript(url)?.src, url);
    document.body.replaceChildren();
    assert.isUndefined(autoScript(url));
  });
});
