import { assert } from 'chai';
import { assertAccessible, clear, inside, rendered, show, until } from '../shared/testing/page.ts';
import type { BvFileChangeEvent } from '../shared/events.ts';
import { changeBetween } from './changes.ts';
import type { BvEditor } from './editor-element.ts';

const markup = `<bv-container>
  <script type="bv-file" path="a.js">const a = 1;\n</script><script type="bv-file" path="b.css">p { color: red }</script>
  <bv-editor file="a.js"></bv-editor>
</bv-container>`;
const editorIn = (place: Element) => place.querySelector('bv-editor')!;
const content = (editor: BvEditor) => inside(editor, '.cm-content');
const loaded = (editor: BvEditor) => until('the editor', () => editor.shadowRoot!.querySelector('.cm-content') !== null);

/** Types at the end of the text, as the browser does for a keyboard. */
async function type(editor: BvEditor, text: string): Promise<void> {
  editor.focus();
  await until('the focus', () => editor.shadowRoot!.activeElement === content(editor));
  const selection = getSelection()!;
  selection.selectAllChildren(content(editor));
  selection.collapseToEnd();
  document.execCommand('insertText', false, text);
}

describe('<bv-editor>', () => {
  afterEach(clear);

  it('breaks no rule of accessibility, as plain text and as an editor, in light and dark', async () => {
    const place = await show(markup);
    await assertAccessible(place);
    await loaded(editorIn(place));
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(editorIn(place)).colorScheme === theme);
      await rendered(place);
      await assertAccessible(place);
    }
    assert.equal(content(editorIn(place)).getAttribute('aria-label'), 'Code editor, a.js');
    assert.match(content(editorIn(place)).getAttribute('aria-description')!, /Escape, then Tab/);
  });

  it('shows selectable text first, at the very place where the editor will have it', async () => {
    const editor = editorIn(await show(markup));
    const plain = inside(editor, '.plain');
    assert.notEqual(getComputedStyle(plain).userSelect, 'none');
    const rectangleOf = (node: Node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, top, height } = range.getBoundingClientRect();
      return [left, top, height].map(Math.round);
    };
    const word = (root: Element) => document.createTreeWalker(root, NodeFilter.SHOW_TEXT).nextNode()!;
    const before = rectangleOf(word(plain));
    const size = editor.getBoundingClientRect();
    await loaded(editor);
    await until('colours', () => content(editor).querySelector('.cm-line span') !== null);
    const after = rectangleOf(word(content(editor).querySelector('.cm-line')!));
    assert.closeTo(after[0]!, before[0]!, 1);
    assert.closeTo(after[1]!, before[1]!, 3);
    assert.deepEqual(editor.getBoundingClientRect(), size);
  });

  it('tells of the reader’s edits only, and gives them to the container', async () => {
    const place = await show(markup);
    const editor = editorIn(place);
    const told: string[] = [];
    editor.addEventListener('bv-change', (event: BvFileChangeEvent) => told.push(event.value));
    await loaded(editor);
    editor.value = 'let b;\n';
    assert.deepEqual(told, []);
    await type(editor, 'let c;');
    await until('the event', () => told.length === 1);
    assert.equal(editor.value, 'let b;\nlet c;');
    assert.deepEqual(told, ['let b;\nlet c;']);
    assert.equal(place.querySelector('bv-container')!.files.read('a.js'), 'let b;\nlet c;');
  });

  it('does not edit when it is readonly', async () => {
    const editor = editorIn(await show(markup));
    editor.readonly = true;
    await loaded(editor);
    await type(editor, 'x');
    assert.equal(editor.value, 'const a = 1;\n');
  });

  it('shows another file when `file` changes, without losing what was typed', async () => {
    const place = await show(markup);
    const editor = editorIn(place);
    await loaded(editor);
    await type(editor, '// typed');
    editor.file = 'b.css';
    await editor.updateComplete;
    assert.equal(editor.value, 'p { color: red }');
    assert.equal(place.querySelector('bv-container')!.files.read('a.js'), 'const a = 1;\n// typed');
    assert.equal(content(editor).getAttribute('aria-label'), 'Code editor, b.css');
  });

  it('keeps text, history and cursor when it is moved, and shows the file again after it was removed', async () => {
    const place = await show(markup);
    const editor = editorIn(place);
    await loaded(editor);
    await type(editor, 'typed');
    const container = place.querySelector('bv-container')!;
    container.prepend(editor);
    assert.equal(editor.value, 'const a = 1;\ntyped');
    assert.isNotNull(editor.shadowRoot!.querySelector('.cm-content'));
    editor.remove();
    await until('the release', () => editor.shadowRoot!.querySelector('.cm-content') === null);
    container.append(editor);
    assert.equal(editor.value, 'const a = 1;\ntyped');
  });

  it('lets Tab out after Escape, and indents with it before', async () => {
    const editor = editorIn(await show(markup));
    await loaded(editor);
    await type(editor, 'x');
    const press = (key: string, keyCode: number) =>
      content(editor).dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true, composed: true }));
    assert.isFalse(press('Tab', 9), 'Tab is taken');
    assert.match(editor.value, /^\s+x$/m);
    press('Escape', 27);
    assert.isTrue(press('Tab', 9), 'Tab is left to the browser');
  });

  it('says that there is no such file, no text, no container', async () => {
    const place = await show(
      '<bv-container><bv-editor file="none.js"></bv-editor></bv-container><bv-editor file="x" for="nowhere"></bv-editor>',
    );
    const messages = [...place.querySelectorAll('bv-editor')].map((editor) => inside(editor, '.message').textContent);
    assert.match(messages[0]!, /There is no file "none\.js"/);
    assert.match(messages[1]!, /finds no <bv-container id="nowhere">/);
  });

  for (const [what, markup] of Object.entries({
    'has a path that leads out of it': '<bv-container><pre path="../a">x</pre>',
    'has a file twice': '<bv-container><pre path="a">x</pre><pre path="a">y</pre>',
    'cannot load its files': '<bv-container src="/none/files.json">',
  })) {
    it(`says that there is no such file where the container ${what}, too`, async () => {
      const place = await show(
        `${markup}<bv-editor file="none.js"></bv-editor><bv-editor files="a none.js" file="none.js"></bv-editor></bv-container>`,
      );
      const container = place.querySelector('bv-container')!;
      await until('the other error', () => container.shadowRoot!.querySelector('.notices p') !== null);
      await rendered(place);
      for (const editor of place.querySelectorAll('bv-editor'))
        assert.match(inside(editor, '.message').textContent, /There is no file "none\.js"/);
    });
  }

  it('finds a container by `for`, also one that comes later', async () => {
    const place = await show('<bv-editor for="here" file="a"></bv-editor>');
    place.insertAdjacentHTML('beforeend', '<bv-container id="here"><pre path="a">found</pre></bv-container>');
    editorIn(place).for = '';
    await editorIn(place).updateComplete;
    editorIn(place).for = 'here';
    await until('the text', () => editorIn(place).value === 'found');
  });
});

describe('changeBetween()', () => {
  it('is the smallest one piece', () => {
    assert.deepEqual(changeBetween('abcdef', 'abXdef'), { from: 2, to: 3, insert: 'X' });
    assert.deepEqual(changeBetween('aaa', 'aaaa'), { from: 3, to: 3, insert: 'a' });
    assert.deepEqual(changeBetween('', 'x'), { from: 0, to: 0, insert: 'x' });
    assert.deepEqual(changeBetween('abc', ''), { from: 0, to: 3, insert: '' });
  });
});
