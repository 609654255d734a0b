import { assert } from 'chai';
import { assertAccessible, clear, inside, next, rendered, show, until } from '../shared/testing/page.ts';
import type { BvErrorEvent, BvReadyEvent } from '../shared/events.ts';
import { setStrings, strings } from '../shared/strings.ts';
import type { BvContainer } from './container-element.ts';

const simple = `<bv-container persist="container-test">
  <script type="bv-file" path="a.txt">author</script>
  <bv-editor file="a.txt"></bv-editor><bv-terminal command="cat a.txt"></bv-terminal><bv-preview></bv-preview>
</bv-container>`;
const containerIn = (place: Element) => place.querySelector('bv-container')!;
const notices = (element: BvContainer) => [...element.shadowRoot!.querySelectorAll('.notices p')].map((notice) => notice.textContent);

describe('<bv-container>', () => {
  afterEach(clear);

  it('breaks no rule of accessibility, in light, dark and right-to-left, with a notice', async () => {
    const place = await show(simple);
    containerIn(place).fail(new Error('Something failed'));
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(containerIn(place)).colorScheme === theme);
      await rendered(place);
      await assertAccessible(place);
    }
    document.documentElement.dir = 'rtl';
    await assertAccessible(place);
  });

  it('shows files before anything is loaded, and starts nothing by itself', async () => {
    const place = await show(simple);
    assert.equal(inside(place.querySelector('bv-editor')!, '.plain').textContent, 'author');
    assert.equal(containerIn(place).state, 'idle');
    assert.isUndefined(containerIn(place).container);
  });

  it('tells of bad paths, also as events, and keeps the other files', async () => {
    const told: string[] = [];
    const listen = (event: Event) => told.push((event as BvErrorEvent).code ?? '');
    document.addEventListener('bv-error', listen);
    const place = await show('<bv-container><pre path="../a">x</pre><pre path="b">y</pre><pre path="b">z</pre></bv-container>');
    document.removeEventListener('bv-error', listen);
    assert.deepEqual(told, ['ERR_BV_PATH_ESCAPE', 'ERR_BV_BAD_TREE']);
    assert.equal(notices(containerIn(place)).length, 2);
    assert.equal(containerIn(place).files.read('b'), 'y');
  });

  it('tells of kept files that the browser has deleted', async () => {
    // As a visit before left it, whose database is gone.
    localStorage.setItem('bavini:kept:container-lost', '');
    const place = await show('<bv-container persist="container-lost"></bv-container>');
    const told: string[] = [];
    containerIn(place).addEventListener('bv-error', (event) => void told.push(event.code ?? ''));
    await containerIn(place).boot();
    await until('the loss to be told', () => told.length > 0);
    await rendered(place);
    assert.deepEqual(told, ['ERR_BV_STORE_LOST']);
    assert.include(notices(containerIn(place)).join(), 'kept as "container-lost"');
  });

  it('boots with files and folders of any name', async () => {
    const paths = ['__proto__', 'constructor/a.js', 'b/__proto__/c', 'toString'];
    const place = await show(`<bv-container>${paths.map((path) => `<pre path="${path}">${path}</pre>`).join('')}</bv-container>`);
    const element = containerIn(place);
    await element.files.write('__proto__', 'edited');
    const container = await element.boot();
    const read = () => Promise.all(paths.map((path) => container.fs.readFile(path, 'utf8')));
    await until('the edit', async () => (await read())[0] === 'edited');
    assert.deepEqual((await read()).slice(1), paths.slice(1));
  });

  it('reads files that are added later', async () => {
    const place = await show('<bv-container><bv-editor file="late.js"></bv-editor></bv-container>');
    containerIn(place).insertAdjacentHTML('beforeend', '<pre path="late.js">here</pre>');
    await until('the text', () => place.querySelector('bv-editor')!.value === 'here');
  });

  it('boots with its files, runs, stops, resets, and ends with its removal', async () => {
    const place = await show(simple);
    const element = containerIn(place);
    const ready = next<BvReadyEvent>(element, 'bv-ready');
    inside(element, '.run').click();
    const { container } = await ready;
    assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'author');
    await until('the command', () => place.querySelector('bv-terminal')!.text.includes('author'));
    assert.equal(element.state, 'running');
    await container.fs.writeFile('a.txt', 'changed');
    await until('the change', () => place.querySelector('bv-editor')!.value === 'changed');
    await element.reset();
    assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'author');
    await until('the original', () => place.querySelector('bv-editor')!.value === 'author');
    inside(element, '.stop').click();
    assert.equal(element.state, 'stopped');
    await until('the end of the shell', async () => (await container.ps()).length === 0);
    element.remove();
    await until('the end of the container', () =>
      container.fs.readdir('.').then(
        () => false,
        () => true,
      ),
    );
  });

  it('goes on when it is moved in the page', async () => {
    const place = await show('<bv-container><pre path="a.txt">x</pre><bv-terminal></bv-terminal></bv-container><aside></aside>');
    const element = containerIn(place);
    await element.run();
    const container = await element.boot();
    const terminal = place.querySelector('bv-terminal')!;
    await until('the prompt', () => terminal.text.includes('$'));
    place.querySelector('aside')!.append(element);
    assert.equal(await element.boot(), container);
    terminal.send('echo moved $((6*7))\r');
    await until('an answer', () => terminal.text.includes('moved 42'));
    assert.equal(element.state, 'running');
  });

  it('keeps what was edited before Run for the next visit, and gives it to the runtime', async () => {
    const first = await show(simple);
    await containerIn(first).files.write('a.txt', 'edited');
    first.remove();
    const second = await show(simple);
    assert.equal(second.querySelector('bv-editor')!.value, 'edited');
    const container = await containerIn(second).boot();
    assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'edited');
    await containerIn(second).reset();
    assert.equal(second.querySelector('bv-editor')!.value, 'author');
  });

  it('has its buttons in reach of the keyboard, in order, and keeps the focus on them', async () => {
    const element = containerIn(await show('<bv-container></bv-container>'));
    const buttons = [...element.shadowRoot!.querySelectorAll('button')];
    assert.deepEqual(
      buttons.map((button) => button.textContent.trim()),
      ['Run', 'Stop', 'Reset'],
    );
    assert.ok(buttons.every((button) => button.tabIndex === 0 && !button.disabled));
    buttons[0]!.focus();
    buttons[0]!.click();
    await until('the run', () => element.state === 'running');
    assert.equal(element.shadowRoot!.activeElement, buttons[0]);
  });

  it('says what it says in other words', async () => {
    const element = containerIn(await show('<bv-container></bv-container>'));
    const { run } = strings;
    setStrings({ run: 'Ausführen' });
    await element.updateComplete;
    assert.equal(inside(element, '.run').textContent.trim(), 'Ausführen');
    setStrings({ run });
  });

  it('shows why it could not start, and starts at the next try', async () => {
    const element = containerIn(await show('<bv-container src="/no-such.zip"></bv-container>'));
    const error = await element.run().then(
      () => undefined,
      (failure: Error & { code: string }) => failure,
    );
    assert.equal(error?.code, 'ERR_BV_ASSET');
    await element.updateComplete;
    assert.equal(element.state, 'failed');
    assert.match(notices(element)[0]!, /no-such\.zip: the server answered 404/);
    element.removeAttribute('src');
    await element.run();
    assert.equal(element.state, 'running');
  });

  it('runs on the engine that its attribute names', async () => {
    const place = await show(`<bv-container engine="quickjs">
      <bv-terminal command="node -p 6*7"></bv-terminal></bv-container>`);
    const element = containerIn(place);
    const frames = () => document.querySelectorAll('iframe').length;
    /** Whether a program runs 4,000 deep: QuickJS ends it at 1,700, whatever the machine. */
    const deep = () =>
      element.container!.exec('node -', {
        input: 'let depth = 0; try { (function deep() { depth++; deep(); })(); } catch { console.log(depth > 4000) }',
      });
    await element.run();
    const terminal = place.querySelector('bv-terminal')!;
    await until('what the program prints', () => terminal.shadowRoot!.textContent.includes('42'));
    assert.equal(element.container!.engine, 'quickjs');
    assert.equal((await deep()).stdout, 'false\n');
    assert.equal(frames(), 0, 'a native program has a frame');
    assert.notInclude(inside(element, '.status').textContent, 'QuickJS', 'it was the author’s choice');

    // Another name holds for what boots from then on.
    element.setAttribute('engine', 'native');
    assert.equal(element.container!.engine, 'quickjs');
    place.remove();
    await until('its end', () => element.container === undefined);
    document.body.append(place);
    await element.run();
    assert.equal(element.container!.engine, 'native');
    assert.equal((await deep()).stdout, 'true\n');
    assert.equal(frames(), 1);
  });

  it('says that there is no such engine', async () => {
    const element = containerIn(await show('<bv-container engine="v8"></bv-container>'));
    const error = await element.run().then(
      () => undefined,
      (failure: Error & { code: string }) => failure,
    );
    assert.equal(error?.code, 'ERR_BV_INVALID_ARGUMENT');
    await element.updateComplete;
    assert.equal(element.state, 'failed');
    assert.deepEqual(notices(element), ['There is no engine "v8": known are "native" and "quickjs"']);
    element.setAttribute('engine', 'quickjs');
    await element.run();
    assert.equal(element.container!.engine, 'quickjs');
  });

  it('has the files of the zip that src names', async () => {
    const { zipSync, strToU8 } = await import('fflate');
    const bytes = new Uint8Array([0, 1, 254, 255]);
    const archive = zipSync({
      'package.json': strToU8('{ "type": "module" }'),
      'src/a.js': strToU8("import './ü.js'; console.log('a')"),
      'src/ü.js': [strToU8("console.log('ü')"), { level: 0 }],
      'data.bin': bytes,
      'both.txt': strToU8('of the zip'),
    });
    const url = URL.createObjectURL(new Blob([archive as Uint8Array<ArrayBuffer>]));
    const place = await show(`<bv-container src="${url}#project.zip"><pre path="both.txt">of the page</pre>
      <bv-editor file="src/a.js"></bv-editor></bv-container>`);
    const element = containerIn(place);
    // Shown before anything runs.
    await until('the text', () => place.querySelector('bv-editor')!.value.includes("console.log('a')"));
    await element.run();
    const { container } = element;
    assert.equal((await container!.exec('node src/a.js && cat both.txt')).stdout, 'ü\na\nof the page');
    assert.deepEqual(await container!.fs.readFile('data.bin'), bytes);
    URL.revokeObjectURL(url);
  });
});
