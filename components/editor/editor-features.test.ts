import { assert } from 'chai';
import { BvOpenEvent } from '../shared/events.ts';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, inside, rendered, show, until } from '../shared/testing/page.ts';
import type { BvEditor } from './editor-element.ts';

const content = (editor: BvEditor) => inside(editor, '.cm-content');
const loaded = (editor: BvEditor) => until('the editor', () => editor.shadowRoot!.querySelector('.cm-content') !== null);
const linesOf = (editor: BvEditor) => [...content(editor).querySelectorAll('.cm-line')].map((line) => line.textContent);
const tabsOf = (editor: BvEditor) => [...editor.shadowRoot!.querySelectorAll<HTMLElement>('[role=tab]')];
const shownTab = (editor: BvEditor) =>
  tabsOf(editor)
    .find((tab) => tab.ariaSelected === 'true')
    ?.textContent?.trim();

async function editor(files: Record<string, string>, attributes: string): Promise<BvEditor> {
  const scripts = Object.entries(files).map(([path, text]) => `<script type="bv-file" path="${path}">${text}</script>`);
  const place = await show(`<bv-container>${scripts.join('')}<bv-editor ${attributes}></bv-editor></bv-container>`);
  const found = place.querySelector('bv-editor')!;
  await loaded(found);
  return found;
}

/** Types where the selection is. */
async function type(target: BvEditor, text: string): Promise<void> {
  target.focus();
  await until('the focus', () => target.shadowRoot!.activeElement === content(target));
  document.execCommand('insertText', false, text);
}

const press = (target: Element, key: string, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true, ...more }));

describe('<bv-editor> with several files', () => {
  afterEach(clear);
  const files = { 'a.js': 'const a = 1;\n', 'src/b.css': 'p {}\n', 'c.md': '# c\n' };

  it('is a list of tabs that breaks no rule, in light, dark and right-to-left', async () => {
    const element = await editor(files, 'files="a.js src/b.css"');
    await element.reveal('c.md');
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(element).colorScheme === theme);
      await rendered(element.parentElement!);
      await assertAccessible(element);
    }
    document.documentElement.dir = 'rtl';
    await assertAccessible(element);
    assert.deepEqual(
      tabsOf(element).map((tab) => tab.textContent!.trim()),
      ['a.js', 'b.css', 'c.md'],
    );
  });

  it('goes from tab to tab by arrows, Home and End, and closes by Delete what it did not begin with', async () => {
    const element = await editor(files, 'files="a.js src/b.css"');
    await element.reveal('c.md', undefined, undefined, { keepFocus: true });
    const go = async (key: string) => {
      press(element.shadowRoot!.activeElement!, key);
      await element.updateComplete;
      return shownTab(element);
    };
    tabsOf(element)[2]!.focus();
    assert.equal(await go('ArrowRight'), 'a.js');
    assert.equal(await go('ArrowLeft'), 'c.md');
    assert.equal(await go('Home'), 'a.js');
    assert.equal(await go('Delete'), 'a.js', 'the author’s stays');
    assert.equal(await go('End'), 'c.md');
    document.documentElement.dir = 'rtl';
    assert.equal(await go('ArrowRight'), 'b.css');
    assert.equal(await go('ArrowLeft'), 'c.md');
    assert.equal(await go('Delete'), 'b.css');
    assert.equal(tabsOf(element).length, 2);
    assert.equal(element.shadowRoot!.activeElement, tabsOf(element)[1], 'the focus stays among the tabs');
  });

  it('keeps history, selection and text of each tab', async () => {
    const element = await editor(files, 'files="a.js src/b.css"');
    await element.reveal('a.js', 1, 7);
    await type(element, 'typed');
    element.file = 'src/b.css';
    await element.updateComplete;
    assert.equal(element.value, 'p {}\n');
    assert.equal(element.closest('bv-container')!.files.read('a.js'), 'const typeda = 1;\n');
    element.file = 'a.js';
    await element.updateComplete;
    await type(element, '_');
    assert.equal(element.value, 'const typed_a = 1;\n', 'the cursor was kept');
    const isMac = navigator.platform.startsWith('Mac');
    press(content(element), 'z', { keyCode: 90, ctrlKey: !isMac, metaKey: isMac });
    press(content(element), 'z', { keyCode: 90, ctrlKey: !isMac, metaKey: isMac });
    assert.equal(element.value, 'const a = 1;\n', 'the history was kept');
  });

  it('answers bv-open where the file is open, else where there are tabs', async () => {
    const place = await show(`<bv-container><pre path="a.js">1\n2\n3</pre><pre path="b.js">b</pre><pre path="c.js">c</pre>
      <bv-editor file="b.js"></bv-editor><bv-editor files="a.js"></bv-editor></bv-container>`);
    const [single, tabbed] = [...place.querySelectorAll('bv-editor')] as [BvEditor, BvEditor];
    await loaded(single);
    await loaded(tabbed);
    const container = place.querySelector('bv-container')!;
    assert.isFalse(container.dispatchEvent(new BvOpenEvent('a.js', 2, 2)), 'answered');
    await until('the focus', () => tabbed.shadowRoot!.activeElement === content(tabbed));
    await type(tabbed, 'x');
    assert.equal(tabbed.value, '1\n2x\n3');
    container.dispatchEvent(new BvOpenEvent('b.js', 1, 1));
    await until('the focus', () => single.shadowRoot!.activeElement === content(single));
    container.dispatchEvent(new BvOpenEvent('c.js', undefined, undefined, { keepFocus: true }));
    await until('the tab', () => shownTab(tabbed) === 'c.js');
    assert.equal(single.shadowRoot!.activeElement, content(single));
    assert.equal(single.file, 'b.js');
  });

  it('answers bv-open where it has no file yet, and says nothing of one before', async () => {
    const place = await show('<bv-container><pre path="a.js">one</pre><bv-editor></bv-editor></bv-container>');
    const element = place.querySelector('bv-editor')!;
    await loaded(element);
    assert.isNull(element.shadowRoot!.querySelector('[role=alert], .problem'));
    const container = place.querySelector('bv-container')!;
    assert.isFalse(container.dispatchEvent(new BvOpenEvent('a.js', undefined, undefined, { keepFocus: true })), 'answered');
    await until('the file', () => element.value === 'one');
    element.remove();
    await until('nobody to answer', () => container.dispatchEvent(new BvOpenEvent('a.js')));
  });

  it('follows files that are moved and removed', async () => {
    const element = await editor(files, 'files="a.js"');
    const { files: working } = element.closest('bv-container')!;
    await element.reveal('c.md');
    await type(element, 'mine ');
    await working.move('c.md', 'docs/d.md');
    await element.updateComplete;
    assert.equal(shownTab(element), 'd.md');
    assert.equal(element.value, 'mine # c\n');
    await working.remove('docs/d.md');
    await element.updateComplete;
    assert.equal(shownTab(element), 'a.js');
    assert.equal(element.file, 'a.js');
  });

  it('shows in one editor what is typed in another', async () => {
    const place = await show(
      '<bv-container><pre path="a">one</pre><bv-editor file="a"></bv-editor><bv-editor file="a"></bv-editor></bv-container>',
    );
    const [first, second] = [...place.querySelectorAll('bv-editor')] as [BvEditor, BvEditor];
    await loaded(first);
    await loaded(second);
    await type(first, 'X');
    first.flush();
    assert.equal(second.value, 'Xone');
  });
});

describe('<bv-editor> with marked regions', () => {
  afterEach(clear);
  const text = [
    '// bv:hide',
    'secret();',
    '// bv:end',
    'shown();',
    '// bv:readonly',
    'fixed();',
    '// bv:end',
    '// bv:fold the rest',
    'folded();',
    'more();',
    '// bv:end',
    '// bv:focus',
    'here();',
    '// bv:end',
    'last();',
  ].join('\n');

  it('does not show marks and what they hide, before the editor is there and after', async () => {
    const place = await show(
      `<bv-container><script type="bv-file" path="a.js">${text}</script><bv-editor file="a.js"></bv-editor></bv-container>`,
    );
    const element = place.querySelector('bv-editor')!;
    const wanted = ['shown();', 'fixed();', '⋯ the rest', 'here();', 'last();'];
    assert.deepEqual(inside(element, '.plain').textContent!.trim().split('\n'), wanted);
    await loaded(element);
    assert.deepEqual(linesOf(element), wanted);
    const numbers = [...element.shadowRoot!.querySelectorAll<HTMLElement>('.cm-lineNumbers .cm-gutterElement')];
    assert.deepEqual(
      numbers.filter(({ style }) => style.visibility !== 'hidden').map((number) => number.textContent),
      ['4', '6', '9', '13', '15'],
      'the numbers are those of the file',
    );
    assert.equal(element.value, text, 'the file keeps them');
    await assertAccessible(element);
    inside(element, '.cm-foldPlaceholder').click();
    assert.include(linesOf(element), 'more();');
  });

  it('puts the cursor where the focus region is, and lets nothing be edited that is fixed or hidden', async () => {
    const element = await editor({ 'a.js': text }, 'file="a.js"');
    await type(element, 'x');
    assert.equal(element.value, text.replace('here', 'xhere'));
    await element.reveal('a.js', 6, 3);
    await type(element, 'Q');
    assert.notInclude(element.value, 'Q');
    assert.match(inside(element, '.cm-announced').textContent!, /cannot be edited/);
    // The end of the line before a mark, and the start of the one behind.
    await element.reveal('a.js', 4, 99);
    await type(element, '//');
    assert.include(element.value, 'shown();//\n// bv:readonly');
    press(content(element), 'Delete', { keyCode: 46 });
    assert.include(element.value, 'shown();//\n// bv:readonly', 'a mark does not become a part of the line before');
    // All of it: what is protected stays.
    const isMac = navigator.platform.startsWith('Mac');
    press(content(element), 'a', { keyCode: 65, ctrlKey: !isMac, metaKey: isMac });
    press(content(element), 'Delete', { keyCode: 46 });
    assert.include(element.value, 'secret();');
    assert.include(element.value, 'fixed();');
    assert.notInclude(element.value, 'last();');
  });

  it('takes what programs write as it is, marks too', async () => {
    const element = await editor({ 'a.js': text }, 'file="a.js"');
    element.value = 'one\n# bv:hide\ntwo\n# bv:end';
    assert.deepEqual(linesOf(element), ['one']);
  });
});

describe('<bv-editor> with marked lines', () => {
  afterEach(clear);

  it('highlights lines and shows what is said about them, for eyes and ears', async () => {
    const element = await editor({ 'a.js': '1;\n2;\n3;\n4;', 'b.js': 'b' }, 'files="a.js b.js" highlight="1,3-4 b.js:1"');
    element.annotations = [
      { line: 2, message: 'Say what it is', severity: 'error' },
      { file: 'b.js', line: 1, message: 'Of the other file' },
      { line: 99, message: 'nowhere' },
    ];
    await element.updateComplete;
    const highlighted = () => [...content(element).querySelectorAll('.cm-highlightLine')].map((line) => line.textContent);
    assert.deepEqual(highlighted(), ['1;', '3;', '4;']);
    assert.equal(inside(element, '.cm-annotation').textContent, 'Error: Say what it is');
    assert.equal(inside(element, 'ul.visually-hidden').textContent, 'Line 2. Error: Say what it isLine 99. Note: nowhere');
    await assertAccessible(element);
    document.documentElement.dataset['theme'] = 'dark';
    await until('the theme', () => getComputedStyle(element).colorScheme === 'dark');
    await assertAccessible(element);
    element.file = 'b.js';
    await element.updateComplete;
    assert.deepEqual(highlighted(), ['b']);
    assert.equal(inside(element, '.cm-annotation').textContent, 'Note: Of the other file');
  });
});

describe('<bv-editor> and its tools', () => {
  afterEach(clear);

  it('compares with another text, takes over a part of it, and ends that', async () => {
    const element = await editor({ 'a.js': 'one();\ntwo();\nthree();\n' }, 'file="a.js"');
    assert.equal(await element.compareWith('one();\n2();\nthree();\n'), 1);
    assert.equal(inside(element, '.cm-comparison [role=status]').textContent, 'Compared: 1 difference');
    assert.match(inside(element, '.cm-deletedChunk').textContent!, /2\(\);/);
    await assertAccessible(element);
    const take = [...element.shadowRoot!.querySelectorAll('button')].find((button) => button.textContent === 'Take over')!;
    take.click();
    assert.equal(element.value, 'one();\n2();\nthree();\n');
    await until('the status', () => inside(element, '.cm-comparison [role=status]').textContent === 'Compared: no difference');
    await element.compareWith(null);
    assert.isNull(element.shadowRoot!.querySelector('.cm-comparison'));
  });

  it('formats by the project’s options, in one step, and says what it cannot', async () => {
    const element = await editor(
      { 'a.js': 'let  a=  "1"', '.prettierrc': '{ "singleQuote": true }', 'b.zig': 'x', 'c.json': '{' },
      'file="a.js" tools="format find"',
    );
    inside(element, '.tool').click();
    await until('the format', () => element.value === "let a = '1';\n");
    const errors: string[] = [];
    element.closest('bv-container')!.addEventListener('bv-error', (event) => errors.push(event.message));
    element.file = 'b.zig';
    await element.updateComplete;
    await element.format();
    element.file = 'c.json';
    await element.updateComplete;
    await element.format();
    assert.match(errors[0]!, /Cannot format "b\.zig": there is no formatter/);
    assert.match(errors[1]!, /Cannot format "c\.json": Unexpected token/);
  });

  it('leaves what cannot be edited as it is when it formats', async () => {
    const text = 'let  a;\n// bv:readonly\nlet  b;\n// bv:end\nlet  c;\n';
    const element = await editor({ 'a.ts': text }, 'file="a.ts"');
    await element.format();
    assert.equal(element.value, 'let a;\n// bv:readonly\nlet  b;\n// bv:end\nlet c;\n');
  });

  it('finds by a key, in a panel that breaks no rule', async () => {
    const element = await editor({ 'a.js': 'needle\nhay' }, 'file="a.js"');
    const isMac = navigator.platform.startsWith('Mac');
    press(content(element), 'f', { keyCode: 70, ctrlKey: !isMac, metaKey: isMac });
    await until('the panel', () => element.shadowRoot!.querySelector('.cm-search') !== null);
    await assertAccessible(element);
    const fill = (name: string, text: string) => {
      const field = inside<HTMLInputElement>(element, `.cm-search [name=${name}]`);
      field.value = text;
      field.dispatchEvent(new Event('change', { bubbles: true }));
      field.dispatchEvent(new KeyboardEvent('keyup', { key: text.at(-1)!, bubbles: true }));
    };
    fill('search', 'hay');
    await until('what was found', () => element.shadowRoot!.querySelector('.cm-searchMatch')?.textContent === 'hay');
    fill('replace', 'straw');
    inside(element, '.cm-search [name=replaceAll]').click();
    assert.equal(element.value, 'needle\nstraw');
  });

  it('has the keys of vim if they are asked for, and a way out of it', async () => {
    const element = await editor({ 'a.js': 'abc' }, 'file="a.js" keys="vim"');
    await until('vim', () => element.shadowRoot!.querySelector('.cm-vim-panel, .cm-vimMode, .cm-fat-cursor') !== null);
    element.focus();
    press(content(element), 'x', { keyCode: 88 });
    await until('the deletion', () => element.value === 'bc');
    assert.isFalse(press(content(element), 'm', { keyCode: 77, ctrlKey: true }));
    assert.isTrue(press(content(element), 'Tab', { keyCode: 9 }), 'Tab is left to the browser');
  });

  it('colours languages by the file’s name', async () => {
    const names = {
      'a.js': 'const a = 1',
      'a.jsx': 'const a = <p>1</p>',
      'a.tsx': 'const a: number = <p>1</p>',
      'a.html': '<p class="a">1</p>',
      'a.css': 'p { color: red }',
      'a.json': '{ "a": 1 }',
      'a.c': 'int main() {}',
      'a.ts': 'const a: number = 1',
      'a.vue': '<template><p>a</p></template>',
      'a.svelte': '<script>let a = 1</scr' + 'ipt>',
      'a.scss': '$a: 1px;',
      'a.md': '# head',
      'a.py': 'def a(): pass',
      'a.rs': 'fn main() {}',
      'a.go': 'func main() {}',
      'a.cpp': 'int main() {}',
      'a.sql': 'SELECT 1',
      'a.yaml': 'a: true',
      'a.xml': '<a b="c"/>',
      'a.sh': 'if true; then echo; fi',
      Dockerfile: 'FROM scratch',
      script: '#!/usr/bin/env python3\nimport a',
    };
    const place = await show('<bv-container><bv-editor></bv-editor></bv-container>');
    const container = place.querySelector('bv-container')!;
    container.files.load(new Map(Object.entries(names)), undefined);
    const element = place.querySelector('bv-editor')!;
    for (const name of Object.keys(names)) {
      await element.reveal(name);
      await until(`the colours of ${name}`, () => content(element).querySelector('.cm-line span') !== null);
    }
  });
});
