import { assert } from 'chai';
import { editorEnglish } from '../editor/editor-strings.ts';
import { fencesEnglish } from '../fences/fences-strings.ts';
import { filesEnglish } from '../files/files-strings.ts';
import { layoutEnglish } from '../layout/layout-strings.ts';
import { lessonEnglish } from '../lesson/lesson-strings.ts';
import { outputEnglish } from '../output/output-strings.ts';
import { runEnglish } from '../run/run-strings.ts';
import { shareEnglish } from '../share/share-strings.ts';
import { english, setStrings } from '../shared/strings.ts';
import { clear, inside, show, until } from '../shared/testing/page.ts';
import { statusEnglish } from '../status/status-strings.ts';
import { tabsEnglish } from '../tabs/tabs-strings.ts';
import { terminalEnglish } from '../terminal/terminal-strings.ts';

const tables = {
  '': english,
  'editor.': editorEnglish,
  'fences.': fencesEnglish,
  'files.': filesEnglish,
  'layout.': layoutEnglish,
  'lesson.': lessonEnglish,
  'output.': outputEnglish,
  'run.': runEnglish,
  'share.': shareEnglish,
  'status.': statusEnglish,
  'tabs.': tabsEnglish,
  'terminal.': terminalEnglish,
};

/** What a text looks like that comes from a table: no letter of a language in it. */
const mark = '◆';

/** Each text as a mark, with what is filled in: that is names, numbers, and other texts of the tables. */
function marked(text: unknown): unknown {
  if (typeof text === 'string') return mark;
  if (typeof text === 'function') {
    return (...filled: unknown[]) => `${mark}${filled.filter((value) => typeof value === 'string' || typeof value === 'number').join(' ')}`;
  }
  return Object.fromEntries(Object.entries(text as object).map(([name, value]) => [name, marked(value)]));
}

/** Of the author's words and the program's there are only names. */
const content = `
  <script type="bv-file" path="zz.js">setInterval(() => {}, 1000); console.error('zz');\n</script>
  <bv-editor file="zz.js" tabs tools="format find"></bv-editor>
  <bv-terminal command="node zz.js"></bv-terminal>
  <bv-preview port="3000"></bv-preview>
  <bv-files></bv-files>
  <bv-layout><div>1</div><div>2</div></bv-layout>
  <bv-tabs><div label="3">3</div><div label="4">4</div></bv-tabs>
  <bv-output command="node zz.js"></bv-output>
  <bv-run></bv-run>
  <bv-reset></bv-reset>
  <bv-share></bv-share>
  <bv-status></bv-status>
  <bv-lesson label="5">
    <bv-step name="6" label="6">
      <bv-check type="file" path="zz.js" contains="7">7</bv-check>
      <bv-hint>8</bv-hint>
      <bv-solution>9<script type="bv-file" path="zz.js">7;\n</script></bv-solution>
    </bv-step>
    <bv-step name="10" label="10"></bv-step>
  </bv-lesson>
  <pre data-fence><code class="language-js">11</code></pre>`;

/** Attributes that are read, or read out. */
const spoken = ['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label'];

/** Names that every language has, what the test itself wrote, and what a browser or a program says. */
const known = [
  /zz(\.js)?/gu,
  /\bbavini\b/gu,
  /https?:\/\/\S*/gu,
  /\bnode\b/gu,
  /\bMB\b|\bkB\b|\bs\b/gu,
  /QuickJS|StackBlitz|CodeSandbox/gu,
  /\^C/gu,
  /bv-[a-z]+/gu,
];

function isTranslated(text: string): boolean {
  return !/\p{L}/u.test(known.reduce((rest, name) => rest.replace(name, ''), text));
}

/** All that is said in `root` and the shadow roots in it, without code: each as `tag: text`. */
function textsIn(root: ParentNode, within = ''): readonly string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll('*')) {
    if (element.matches('style, script, iframe, .cm-content, .cm-content *, .xterm, .xterm *')) continue;
    for (const name of spoken) {
      const value = element.getAttribute(name);
      if (value !== null) found.push(`${within}${element.localName}[${name}]: ${value}`);
    }
    for (const node of element.childNodes) {
      if (node instanceof Text && node.data.trim() !== '') found.push(`${within}${element.localName}: ${node.data.trim()}`);
    }
    if (element.shadowRoot !== null) found.push(...textsIn(element.shadowRoot, `${within}${element.localName} `));
  }
  return found;
}

function assertTranslated(place: ParentNode): void {
  const texts = textsIn(place);
  assert.include(texts.join('\n'), mark);
  const stray = texts.filter((text) => !isTranslated(text.slice(text.indexOf(': ') + 2)));
  assert.deepEqual([...new Set(stray)], []);
}

describe('Texts of the elements', () => {
  before(() => {
    const all = Object.entries(tables).flatMap(([prefix, table]) =>
      Object.entries(table).map(([name, text]) => [`${prefix}${name}`, marked(text)] as const),
    );
    setStrings(Object.fromEntries(all));
  });
  after(() => {
    const all = Object.entries(tables).flatMap(([prefix, table]) =>
      Object.entries(table).map(([name]) => [`${prefix}${name}`, undefined] as const),
    );
    setStrings(Object.fromEntries(all));
  });
  afterEach(clear);

  it('all come from the tables, before anything ran', async () => {
    const place = await show(`<bv-container>${content}</bv-container>`);
    await until('the lesson', () => place.querySelector('bv-lesson')!.matches(':defined'));
    await until('the editor', () => place.querySelector('bv-editor')!.shadowRoot?.querySelector('.cm-content') !== null);
    assertTranslated(place);
  });

  it('all come from the tables, while it runs and with all opened', async () => {
    const place = await show(`<bv-container>${content}</bv-container>`);
    const element = (tag: string) => place.querySelector(tag)!;
    await until('the lesson', () => element('bv-lesson').matches(':defined'));
    inside(element('bv-container'), '.run').click();
    await until('the program', () => inside(element('bv-output'), '.log').textContent!.includes('zz'));
    for (const tag of ['bv-hint', 'bv-solution']) inside<HTMLDetailsElement>(element(tag), 'details').open = true;
    await until('the solution', () => element('bv-solution').shadowRoot!.querySelector('.compare') !== null);
    inside(element('bv-solution'), '.compare').click();
    inside(element('bv-lesson'), '.check').click();
    await until('the check', () => element('bv-check').shadowRoot!.querySelector('.check.failed') !== null);
    inside<HTMLDetailsElement>(element('bv-status'), 'details').open = true;
    inside(element('bv-files'), 'button.more').click();
    assertTranslated(place);
  });

  it('all come from the tables, where something is wrong', async () => {
    const lone = ['bv-editor', 'bv-terminal', 'bv-preview', 'bv-files', 'bv-output', 'bv-run', 'bv-reset', 'bv-share', 'bv-status'].map(
      (tag) => `<${tag} for="zz"></${tag}>`,
    );
    const place = await show(`<bv-container><bv-editor file="zz.js"></bv-editor></bv-container>${lone.join('')}`);
    for (const element of place.querySelectorAll('[for]'))
      await until(element.localName, () => element.shadowRoot?.textContent?.includes(mark) === true);
    await until('the editor', () => inside(place.querySelector('bv-editor')!, '.message').textContent!.includes(mark));
    assertTranslated(place);
  });
});
