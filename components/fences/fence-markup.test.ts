import { assert } from 'chai';
import { clear, show } from '../shared/testing/page.ts';
import { fencesIn, textOf } from './fence-markup.ts';
import { code, highlighted } from './testing/markup.ts';

describe('The fences of a page', () => {
  afterEach(clear);

  for (const { name, html, block } of highlighted) {
    it(`are found and read as ${name} writes them`, async () => {
      const place = await show(`<p>Before</p>${html}<p>After</p>`);
      const fences = fencesIn(place);
      assert.equal(fences.length, 1);
      const [fence] = fences;
      assert.equal(fence?.kind, 'node');
      assert.equal(fence?.block, place.querySelector(block));
      assert.equal(fence && textOf(fence), code);
    });
  }

  it('keep their empty lines and their indentation', async () => {
    const lines = ['if (x) {', '', '  y();', '}'];
    const shiki = lines.map((line) => `<span class="line"><span>${line}</span></span>`).join('\n');
    const starlight = lines.map((line) => `<div class="ec-line"><div class="code">${line === '' ? '\n' : line}</div></div>`).join('');
    const docusaurus = lines
      .map(
        (line) =>
          `<span class="token-line">${line === '' ? '<span class="token plain" style="display:inline-block"></span>' : line}<br></span>`,
      )
      .join('');
    for (const markup of [shiki, starlight, docusaurus]) {
      const place = await show(`<pre class="language-js"><code>${markup}</code></pre>`);
      assert.equal(textOf(fencesIn(place)[0]!), 'if (x) {\n\n  y();\n}\n');
    }
  });

  it('are live in what can be run, and left alone in what cannot', async () => {
    const languages = ['js', 'mjs', 'cjs', 'ts', 'typescript', 'sh', 'bash', 'console', 'html', 'css', 'python', 'jsx', 'text', 'json'];
    const place = await show(languages.map((name) => `<pre><code class="language-${name}">x</code></pre>`).join(''));
    assert.deepEqual(
      fencesIn(place).map(({ language, kind }) => `${language} ${kind}`),
      [
        'js node',
        'mjs node',
        'cjs node',
        'ts node',
        'typescript node',
        'sh shell',
        'bash shell',
        'console shell',
        'html page',
        'css style',
      ],
    );
    assert.lengthOf(fencesIn(await show('<pre><code>no language</code></pre><pre>text</pre>')), 0);
  });

  it('can be turned off one by one, or for a part of the page', async () => {
    const pre = '<pre><code class="language-js">1</code></pre>';
    const place = await show(
      `<pre data-bv="off"><code class="language-js">1</code></pre>
       <pre><code class="language-js nobv">1</code></pre>
       <div class="highlight nobv">${pre}</div>
       <section data-bv="off"><p>All of it</p>${pre}${pre}</section>
       <pre><code class="language-js,off">1</code></pre>
       <bv-container><pre path="a.js" class="language-js">1</pre></bv-container>`,
    );
    assert.lengthOf(fencesIn(place), 0);
  });

  it('have their options from attributes, from the words after the language, and the title of a theme', async () => {
    const options = async (html: string) => fencesIn(await show(html))[0]?.options;
    const expected = { off: false, run: true, file: 'src/server.js', session: 'a' };
    assert.deepEqual(await options('<pre data-bv="run file=src/server.js session=a"><code class="language-js">1</code></pre>'), expected);
    assert.deepEqual(await options('<pre><code class="language-js,run,file=src/server.js,session=a">1</code></pre>'), expected);
    assert.deepEqual(
      await options(`<pre><code class="language-js" metastring='run file="src/server.js" session=a {1,3}'>1</code></pre>`),
      expected,
    );
    assert.deepEqual(
      await options(
        '<div class="highlight" data-bv="run" data-file="src/server.js" data-session="a"><pre><code class="language-js">1</code></pre></div>',
      ),
      expected,
    );
    assert.deepEqual(
      await options(
        '<div data-bv="run file=src/server.js session=a"><div class="language-js"><pre><code class="language-js">1</code></pre></div></div>',
      ),
      expected,
    );
    const titled = await options(
      '<div class="expressive-code"><figure class="frame has-title"><figcaption class="header"><span class="title">package.json</span></figcaption><pre data-language="json"><code><div class="ec-line"><div class="code">{}</div></div></code></pre></figure></div>',
    );
    assert.equal(titled?.file, 'package.json');
    const hostile = await options('<pre data-bv="file=../../etc/passwd"><code class="language-js">1</code></pre>');
    assert.equal(hostile?.file, undefined);
  });

  it('do not take prose for a part of a fence', async () => {
    const place = await show('<div class="content code"><p>Prose</p><pre><code class="language-js">1</code></pre></div>');
    assert.equal(fencesIn(place)[0]?.block.localName, 'pre');
  });

  it('of a terminal session are what was typed', async () => {
    const place = await show(
      '<pre><code class="language-console">$ echo a \\\n&gt;   b\na b\n$ ls | wc -l\n3\n</code></pre><pre><code class="language-sh">echo "$HOME"\n</code></pre>',
    );
    const [session, script] = fencesIn(place);
    assert.equal(textOf(session!), 'echo a \\\n  b\nls | wc -l\n');
    assert.equal(textOf(script!), 'echo "$HOME"\n');
  });
});
