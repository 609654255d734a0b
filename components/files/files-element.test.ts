import { assert } from 'chai';
import { unzipSync } from 'fflate';
import type { BvOpenEvent } from '../shared/events.ts';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, inside, rendered, show, until } from '../shared/testing/page.ts';
import type { BvFiles } from './files-element.ts';

const files = {
  'package.json': '{}',
  'src/index.js': 'index',
  'src/lib/deep.js': 'deep',
  'README.md': '# readme',
  'node_modules/x/index.js': 'x',
};

async function tree(attributes = '', bytes: Record<string, Uint8Array> = {}): Promise<BvFiles> {
  const place = await show(`<bv-container><bv-files ${attributes}></bv-files></bv-container>`);
  place
    .querySelector('bv-container')!
    .files.load(new Map<string, string | Uint8Array>([...Object.entries(files), ...Object.entries(bytes)]), undefined);
  const element = place.querySelector('bv-files') as BvFiles;
  await until('the element', () => element.matches(':defined'));
  await until('the rows', () => rowsOf(element).length > 0);
  return element;
}

const elements = (element: BvFiles) => [...element.shadowRoot!.querySelectorAll<HTMLElement>('[role=treeitem]')];
const rowsOf = (element: BvFiles) => elements(element).map((row) => row.getAttribute('aria-label') ?? 'input');
const rowOf = (element: BvFiles, path: string) => elements(element).find((row) => row.dataset['path'] === path)!;
const focused = (element: BvFiles) => (element.shadowRoot!.activeElement as HTMLElement | null)?.dataset['path'];
const notice = (element: BvFiles) => element.shadowRoot!.querySelector('.notice p')?.textContent;
const hostOf = (element: BvFiles) => element.closest('bv-container')!;

async function press(element: BvFiles, key: string, more: KeyboardEventInit = {}): Promise<void> {
  const target = element.shadowRoot!.activeElement!;
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true, ...more }));
  await element.updateComplete;
  await element.settled;
  await element.updateComplete;
}

/** Types a name into the field that has the focus. */
async function name(element: BvFiles, text: string): Promise<void> {
  await until('the field', () => element.shadowRoot!.activeElement?.localName === 'input');
  (element.shadowRoot!.activeElement as HTMLInputElement).value = text;
  await press(element, 'Enter');
}

describe('<bv-files>', () => {
  afterEach(clear);

  it('keeps readers from editing what it protects, in editors too; programs may', async () => {
    const place = await show(`<bv-container>
      <script type="bv-file" path="src/index.js">index</script><script type="bv-file" path="README.md"># readme</script>
      <bv-files readonly="src/**"></bv-files><bv-editor files="src/index.js README.md"></bv-editor></bv-container>`);
    const [element, editor] = [place.querySelector('bv-files')!, place.querySelector('bv-editor')!];
    const content = () => editor.shadowRoot!.querySelector<HTMLElement>('.cm-content');
    editor.focus();
    await until('the editor', () => content() !== null);
    const isReadonly = () => content()!.ariaReadOnly === 'true';
    await until('the protection', isReadonly);
    await hostOf(element).files.replace('src/index.js', 'a program’s');
    await until('the text', () => editor.value === 'a program’s');
    editor.file = 'README.md';
    await until('the other file', () => editor.value === '# readme');
    assert.isFalse(isReadonly());
    element.readonly = 'README.md';
    await until('other protection', isReadonly);
    element.remove();
    await until('its end', () => !isReadonly());
  });

  it('breaks no rule of accessibility: as a tree, with marks, a field, a notice, the menu; in light, dark, right-to-left', async () => {
    const element = await tree('expanded="src" readonly="package.json"');
    await hostOf(element).files.write('src/index.js', 'edited');
    await hostOf(element).files.write('new.js', '');
    await hostOf(element).files.remove('README.md');
    await until('the marks', () => rowsOf(element).includes('README.md, deleted'));
    rowOf(element, 'src/index.js').focus();
    await press(element, 'F2');
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(element).colorScheme === theme);
      await rendered(hostOf(element));
      await assertAccessible(element);
    }
    await press(element, 'Escape');
    await press(element, 'x', { ctrlKey: true });
    document.documentElement.dir = 'rtl';
    await press(element, 'F10', { shiftKey: true });
    await until('the menu', () => inside(element, '.menu').matches(':popover-open'));
    await assertAccessible(element);
    assert.deepEqual(rowsOf(element), [
      'node_modules',
      'src',
      'lib',
      'index.js, changed, cut',
      'new.js, added',
      'package.json, read-only',
      'README.md, deleted',
    ]);
  });

  it('is walked through by keys alone', async () => {
    const element = await tree('hide="node_modules/**"');
    assert.equal(elements(element).filter((row) => row.tabIndex === 0).length, 1);
    elements(element)[0]!.focus();
    const walk = async (...keys: string[]) => {
      for (const key of keys) await press(element, key);
      return focused(element);
    };
    assert.equal(focused(element), 'src');
    assert.equal(await walk('ArrowRight', 'ArrowRight'), 'src/lib');
    assert.equal(await walk('ArrowRight', 'ArrowDown'), 'src/lib/deep.js');
    assert.equal(await walk('ArrowLeft'), 'src/lib');
    assert.equal(await walk('End'), 'README.md');
    assert.equal(await walk('Home'), 'src');
    assert.equal(await walk('p'), 'package.json');
    assert.equal(await walk('Home', 'ArrowLeft', 'ArrowDown'), 'package.json');
    assert.equal(await walk('Home', '*', 'ArrowDown'), 'src/lib');
    assert.equal(rowOf(element, 'src').ariaExpanded, 'true');
    assert.equal(rowOf(element, 'src/lib').getAttribute('aria-level'), '2');
    assert.equal(rowOf(element, 'src/lib').getAttribute('aria-setsize'), '2');
  });

  it('opens files in the editors of its container, by a click, Space and Enter', async () => {
    const element = await tree();
    const opened: string[] = [];
    hostOf(element).addEventListener('bv-open', (event: BvOpenEvent) => opened.push(`${event.file} ${event.keepFocus}`));
    rowOf(element, 'README.md').click();
    await press(element, ' ');
    await press(element, 'Enter');
    assert.deepEqual(opened, ['README.md true', 'README.md true', 'README.md false']);
  });

  it('creates files and folders where the focus is, refusing names that cannot be', async () => {
    const element = await tree('hide="node_modules/**"');
    const { files: working } = hostOf(element);
    rowOf(element, 'src').focus();
    inside(element, 'button.file').click();
    await name(element, 'index.js');
    assert.match(inside(element, '.problem').textContent!, /There is "index\.js" already/);
    await name(element, '../out.js');
    assert.match(inside(element, '.problem').textContent!, /cannot be a name/);
    await name(element, 'views/home.js');
    await until('the focus on it', () => focused(element) === 'src/views/home.js');
    assert.equal(working.read('src/views/home.js'), '');
    rowOf(element, 'README.md').focus();
    inside(element, 'button.folder').click();
    await name(element, 'assets');
    await until('the folder', () => rowsOf(element).includes('assets'));
    await until('the focus', () => focused(element) === 'assets');
    inside(element, 'button.file').click();
    await until('the field', () => element.shadowRoot!.activeElement?.localName === 'input');
    await press(element, 'Escape');
    assert.equal(focused(element), 'assets', 'the focus returns');
    assert.notInclude(rowsOf(element), 'input');
  });

  it('renames, moves by cut and paste, deletes, and undoes that', async () => {
    const element = await tree('hide="node_modules/**" readonly="package.json"');
    const { files: working } = hostOf(element);
    rowOf(element, 'README.md').focus();
    await press(element, 'F2');
    await name(element, 'docs.md');
    await until('the name', () => focused(element) === 'docs.md');
    await press(element, 'x', { ctrlKey: true });
    assert.match(notice(element)!, /Cut docs\.md/);
    await press(element, 'Home');
    await press(element, 'v', { ctrlKey: true });
    await until('the move', () => focused(element) === 'src/docs.md');
    assert.equal(working.read('src/docs.md'), '# readme');
    assert.equal(notice(element), 'Moved docs.md to src.');
    inside(element, '.undo').click();
    await until('the way back', () => working.read('docs.md') === '# readme');
    await until('the row', () => rowOf(element, 'src') !== undefined && elements(element).some((row) => row.dataset['path'] === 'docs.md'));
    rowOf(element, 'src').focus();
    await press(element, 'Delete');
    await until('the removal', () => working.read('src/index.js') === undefined);
    assert.equal(notice(element), 'Deleted src.');
    inside(element, '.undo').click();
    await until('its return', () => working.read('src/lib/deep.js') === 'deep');
    await until('the row', () => elements(element).some((row) => row.dataset['path'] === 'src'));
    rowOf(element, 'package.json').focus();
    await press(element, 'Delete');
    await press(element, 'F2');
    assert.equal(working.read('package.json'), '{}');
    assert.match(notice(element)!, /read-only/);
  });

  it('has a menu by Shift-F10 and by the pointer, which gives the focus back', async () => {
    const element = await tree('hide="node_modules/**"');
    rowOf(element, 'README.md').focus();
    await press(element, 'F10', { shiftKey: true });
    const menu = () => inside(element, '.menu');
    await until('the menu', () => menu().matches(':popover-open'));
    const at = () => element.shadowRoot!.activeElement?.querySelector('span')?.textContent;
    assert.equal(at(), 'New file');
    await press(element, 'ArrowUp');
    assert.equal(at(), 'Download as zip');
    await press(element, 'Home');
    await press(element, 'r');
    assert.equal(at(), 'Rename');
    await press(element, 'Escape');
    assert.isFalse(menu().matches(':popover-open'));
    assert.equal(focused(element), 'README.md');
    const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, composed: true, clientX: 10, clientY: 10 });
    assert.isFalse(rowOf(element, 'src').dispatchEvent(event), 'not the browser’s');
    await until('the menu', () => menu().matches(':popover-open'));
    [...menu().querySelectorAll('button')].find((item) => item.textContent!.includes('Delete'))!.click();
    await until('the removal', () => notice(element) === 'Deleted src.');
  });

  it('moves by drag and drop, and takes files from the desktop', async () => {
    const element = await tree('hide="node_modules/**"');
    const { files: working } = hostOf(element);
    const data = new DataTransfer();
    const drag = (type: string, path: string, dataTransfer = data) =>
      rowOf(element, path).dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer }));
    drag('dragstart', 'README.md');
    assert.isFalse(drag('dragover', 'src'), 'a place to drop it');
    drag('drop', 'src');
    await until('the move', () => working.read('src/README.md') === '# readme');
    const desktop = new DataTransfer();
    desktop.items.add(new File(['from outside'], 'out.txt'));
    drag('drop', 'package.json', desktop);
    await until('the file', () => working.read('out.txt') === 'from outside');
    await until('the notice', () => notice(element) === 'Added 1 file.');
  });

  /** Presses an item of the menu of a row. */
  const choose = async (element: BvFiles, path: string, item: string) => {
    rowOf(element, path).focus();
    await press(element, 'F10', { shiftKey: true });
    await until('the menu', () => inside(element, '.menu').matches(':popover-open'));
    [...inside(element, '.menu').querySelectorAll('button')].find(({ textContent }) => textContent!.trim().startsWith(item))!.click();
  };

  it('takes a folder with all that is in it, by the browser’s dialog for folders', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('upload', { create: true });
    const put = async (handle: FileSystemDirectoryHandle, name: string, text: string) => {
      const writable = await (await handle.getFileHandle(name, { create: true })).createWritable();
      await writable.write(text);
      await writable.close();
    };
    await put(folder, 'top.txt', 'top');
    await put(await folder.getDirectoryHandle('inner', { create: true }), 'deep.txt', 'deep');
    const before = Object.getOwnPropertyDescriptor(window, 'showDirectoryPicker');
    Object.defineProperty(window, 'showDirectoryPicker', { configurable: true, value: () => Promise.resolve(folder) });
    try {
      const element = await tree('hide="node_modules/**"');
      await choose(element, 'src', 'Add a folder');
      const { files: working } = hostOf(element);
      await until('the folder', () => working.read('src/upload/inner/deep.txt') === 'deep');
      assert.equal(working.read('src/upload/top.txt'), 'top');
      await until('the notice', () => notice(element) === 'Added 2 files.');
      Object.defineProperty(window, 'showDirectoryPicker', {
        configurable: true,
        value: () => Promise.reject(new DOMException('The user aborted a request', 'AbortError')),
      });
      await choose(element, 'src', 'Add a folder');
      await rendered(hostOf(element));
      assert.equal(notice(element), 'Added 2 files.', 'who closes the dialog wants nothing');
    } finally {
      if (before === undefined) Reflect.deleteProperty(window, 'showDirectoryPicker');
      else Object.defineProperty(window, 'showDirectoryPicker', before);
      await root.removeEntry('upload', { recursive: true });
    }
  });

  it('takes a folder by a field for files where the browser has no such dialog', async () => {
    const before = Object.getOwnPropertyDescriptor(window, 'showDirectoryPicker');
    Object.defineProperty(window, 'showDirectoryPicker', { configurable: true, value: undefined });
    const native = HTMLInputElement.prototype.click;
    const inputs: HTMLInputElement[] = [];
    HTMLInputElement.prototype.click = function click() {
      inputs.push(this);
    };
    try {
      const element = await tree('hide="node_modules/**"');
      await choose(element, 'src', 'Add a folder');
      await until('the field', () => inputs.length === 1);
      assert.isTrue(inputs[0]!.webkitdirectory);
      const picked = new DataTransfer();
      for (const path of ['up/a.txt', 'up/../../../out.txt']) {
        const file = new File([path], path.split('/').at(-1)!);
        Object.defineProperty(file, 'webkitRelativePath', { value: path });
        picked.items.add(file);
      }
      // A copy has not what the browser knows of a folder's files.
      Object.defineProperty(inputs[0], 'files', {
        value: Array.from(picked.files, (file, at) =>
          Object.defineProperty(file, 'webkitRelativePath', { value: ['up/a.txt', 'up/../../../out.txt'][at] }),
        ),
      });
      inputs[0]!.dispatchEvent(new Event('change'));
      const { files: working } = hostOf(element);
      await until('the files', () => working.read('src/up/a.txt') === 'up/a.txt');
      assert.equal(working.read('src/up/out.txt'), 'up/../../../out.txt', 'no path leads out');
    } finally {
      HTMLInputElement.prototype.click = native;
      if (before === undefined) Reflect.deleteProperty(window, 'showDirectoryPicker');
      else Object.defineProperty(window, 'showDirectoryPicker', before);
    }
  });

  it('gives a file as it is, a folder and the project as a zip, without what is hidden', async () => {
    const saved: { name: string; blob: Promise<Blob> }[] = [];
    const native = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function click() {
      saved.push({ name: this.download, blob: fetch(this.href).then((response) => response.blob()) });
    };
    const entries = async (at: number) => Object.keys(unzipSync(new Uint8Array(await (await saved[at]!.blob).arrayBuffer()))).sort();
    try {
      const element = await tree('hide="node_modules/** src/hidden/**"', { 'src/hidden/a.txt': new Uint8Array([65]) });
      await choose(element, 'README.md', 'Download');
      await until('the file', () => saved.length === 1);
      assert.deepEqual([saved[0]!.name, await (await saved[0]!.blob).text()], ['README.md', '# readme']);
      assert.isUndefined(hostOf(element).container, 'that needs no boot');
      await hostOf(element).files.write('src/new.js', 'edited');
      await choose(element, 'src', 'Download as zip');
      await until('the folder', () => saved.length === 2);
      assert.equal(saved[1]!.name, 'src.zip');
      assert.deepEqual(
        (await entries(1)).filter((path) => !path.endsWith('/')),
        ['index.js', 'lib/deep.js', 'new.js'],
      );
      rowOf(element, 'README.md').focus();
      inside(element, 'button.more').click();
      await until('the menu', () => inside(element, '.menu').matches(':popover-open'));
      [...inside(element, '.menu').querySelectorAll('button')].at(-1)!.click();
      await until('the project', () => saved.length === 3);
      assert.equal(saved[2]!.name, 'project.zip');
      const all = await entries(2);
      assert.includeMembers(all, ['README.md', 'package.json', 'src/lib/deep.js', 'src/new.js']);
      assert.isFalse(
        all.some((path) => path.startsWith('node_modules')),
        all.join(),
      );
    } finally {
      HTMLAnchorElement.prototype.click = native;
    }
  });

  it('follows the container once it runs, and does the same in it, with files that are no text', async () => {
    const element = await tree('hide="node_modules/**"', { 'logo.png': new Uint8Array([0xff, 0xd8, 0xff]) });
    const host = hostOf(element);
    rowOf(element, 'logo.png').focus();
    await press(element, 'F2');
    await name(element, 'icon.png');
    // Only a container can rename it.
    await until('the boot', () => host.container !== undefined);
    await until('the row', () => rowsOf(element).includes('icon.png, added'));
    const container = host.container!;
    assert.equal((await container.fs.readFile('icon.png')).length, 3);
    await container.exec('echo made > made.txt; mkdir dist; echo changed > README.md');
    await until('what a program did', () =>
      ['made.txt, added', 'dist', 'README.md, changed'].every((row) => rowsOf(element).includes(row)),
    );
    rowOf(element, 'icon.png').focus();
    await press(element, 'Delete');
    await until('the removal', () => notice(element) === 'Deleted icon.png.');
    await until('the row to go', () => !rowsOf(element).includes('icon.png, added'));
    inside(element, '.undo').click();
    await until('its return', () => rowsOf(element).includes('icon.png, added'));
    assert.equal((await container.fs.readFile('icon.png')).length, 3);
    await host.reset();
    await until('the author’s files', () => rowsOf(element).join() === 'src,logo.png,package.json,README.md');
  });

  it('keeps what is open when it is moved, and ends with its removal', async () => {
    const element = await tree('expanded="src"');
    const host = hostOf(element);
    host.prepend(element);
    await element.settled;
    assert.include(rowsOf(element), 'lib');
    element.remove();
    await Promise.resolve();
    await host.files.write('unseen.txt', '');
    host.append(element);
    await until('the new file', () => rowsOf(element).includes('unseen.txt, added'));
  });

  it('says that there is nothing, and no container', async () => {
    const place = await show('<bv-container><bv-files></bv-files></bv-container><bv-files for="nowhere"></bv-files>');
    const [empty, lost] = [...place.querySelectorAll('bv-files')] as [BvFiles, BvFiles];
    await until('the elements', () => lost.shadowRoot?.querySelector('.hint') !== null && lost.matches(':defined'));
    await rendered(place);
    assert.equal(inside(empty, '.hint').textContent, 'There are no files.');
    assert.match(inside(lost, '.hint').textContent!, /finds no <bv-container/);
    await assertAccessible(empty);
  });
});
