import { assert } from 'chai';
import { assertAccessible, clear, inside, next, rendered, show, until } from '../shared/testing/page.ts';
import type { BvTerminalExitEvent } from '../shared/events.ts';
import type { BvTerminal } from './terminal-element.ts';

const markup = '<bv-container><pre path="a.txt">text\n</pre><bv-terminal command="cat a.txt"></bv-terminal></bv-container>';
const terminalIn = (place: Element) => place.querySelector('bv-terminal')!;
const textarea = (terminal: BvTerminal) => inside<HTMLTextAreaElement>(terminal, '.xterm-helper-textarea');

async function running(html = markup): Promise<{ place: HTMLElement; terminal: BvTerminal }> {
  const place = await show(html);
  await place.querySelector('bv-container')!.run();
  const terminal = terminalIn(place);
  await until('the prompt', () => terminal.text.trimEnd().endsWith('$'));
  return { place, terminal };
}

describe('<bv-terminal>', () => {
  afterEach(clear);

  it('breaks no rule of accessibility, waiting and running, in light and dark', async () => {
    const place = await show(markup);
    await assertAccessible(place);
    await place.querySelector('bv-container')!.run();
    await until('the output', () => terminalIn(place).text.includes('text'));
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(terminalIn(place)).colorScheme === theme);
      await rendered(place);
      await assertAccessible(place);
    }
    assert.match(textarea(terminalIn(place)).getAttribute('aria-label')!, /Terminal, cat a\.txt.*Escape, then Tab/);
  });

  it('says what it will run, and keeps its size when it does', async () => {
    const place = await show(markup);
    const terminal = terminalIn(place);
    assert.match(inside(terminal, '.waiting').textContent, /\$ cat a\.txt\s+Press Run/);
    const size = terminal.getBoundingClientRect();
    await place.querySelector('bv-container')!.run();
    await until('the output', () => terminal.text.includes('text'));
    assert.deepEqual(terminal.getBoundingClientRect(), size);
  });

  it('goes on saying so while its container has booted for something else, such as a check', async () => {
    const place = await show(markup);
    const terminal = terminalIn(place);
    await place.querySelector('bv-container')!.boot();
    await until('the screen', () => terminal.shadowRoot!.querySelector('.xterm') !== null);
    assert.match(inside(terminal, '.waiting').textContent, /\$ cat a\.txt\s+Press Run/);
    assert.equal(getComputedStyle(inside(terminal, '.xterm')).visibility, 'hidden');
    await place.querySelector('bv-container')!.run();
    await until('the output', () => terminal.text.includes('text'));
    assert.isNull(terminal.shadowRoot!.querySelector('.waiting'));
    assert.equal(getComputedStyle(inside(terminal, '.xterm')).visibility, 'visible');
  });

  it('types the command as a reader would: it is echoed once, and the prompt comes back', async () => {
    const { terminal } = await running();
    await until('the output', () => /text\n.*\$$/.test(terminal.text));
    assert.equal(terminal.text.split('cat a.txt').length, 2);
  });

  it('shows a cursor at the prompt before it is ever focused, and none where nothing can be typed', async () => {
    const { place, terminal } = await running();
    const cursor = () => terminal.shadowRoot!.querySelector('.xterm-cursor') !== null;
    await until('the cursor', cursor);
    place.querySelector('bv-container')!.stop();
    await until('no cursor', () => terminal.text.endsWith('[stopped]') && !cursor());
    await place.querySelector('bv-container')!.run();
    await until('the cursor again', () => terminal.text.endsWith('$') && cursor());
  });

  it('interrupts with Ctrl-C, and goes on', async () => {
    const { terminal } = await running('<bv-container><bv-terminal></bv-terminal></bv-container>');
    terminal.send('sleep 100\r');
    await until('the echo', () => terminal.text.includes('sleep 100'));
    terminal.send('\x03');
    terminal.send('echo after $((1+1))\r');
    await until('the answer', () => terminal.text.includes('after 2'));
  });

  it('says that the shell ended, and starts it again with Enter', async () => {
    const { place, terminal } = await running();
    const ended = next<BvTerminalExitEvent>(place, 'bv-terminal-exit');
    terminal.send('exit 3\r');
    assert.equal((await ended).exitCode, 3);
    assert.match(terminal.text, /process ended with code 3; press Enter/);
    const again = next(place, 'bv-terminal-start');
    textarea(terminal).dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true, cancelable: true }));
    await again;
    await until('the output', () => /text\n.*\$$/.test(terminal.text));
  });

  it('tells the program its size', async () => {
    const { terminal } = await running('<bv-container><bv-terminal></bv-terminal></bv-container>');
    const columns = async () => {
      terminal.clear();
      terminal.send("node -p '`is ${process.stdout.columns}`'\r");
      // A row that was once the rest of a longer one counts as the rest of the one above it.
      await until('the size', () => /is \d+$/m.test(terminal.text));
      return Number(/is (\d+)$/m.exec(terminal.text)![1]);
    };
    const before = await columns();
    terminal.style.inlineSize = '300px';
    terminal.clear();
    await until('fewer columns', async () => (await columns()) < before);
  });

  it('leaves Tab to the browser after Escape', async () => {
    const { terminal } = await running();
    const press = (key: string, keyCode: number) =>
      textarea(terminal).dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true }));
    assert.isFalse(press('Tab', 9), 'the shell completes');
    press('Escape', 27);
    assert.isTrue(press('Tab', 9), 'the browser moves the focus');
  });

  it('has the keys that phones have not: they act, hold Control for the next one, and leave the focus where it is', async () => {
    const { terminal } = await running();
    const row = inside(terminal, '.keys');
    assert.equal(getComputedStyle(row).display === 'none', !matchMedia('(pointer: coarse)').matches);
    const key = (name: string) => [...row.querySelectorAll('button')].find((one) => (one.ariaLabel ?? one.textContent) === name)!;
    key('Arrow up').click();
    await until('the last command', () => terminal.text.endsWith('$ cat a.txt'));
    assert.equal(key('^C').title, 'Interrupt the program');
    key('^C').click();
    await until('a new prompt', () => terminal.text.endsWith('$'));
    key('Vertical bar').click();
    await until('what is printed on it', () => terminal.text.endsWith('$ |'));
    key('Ctrl').click();
    assert.equal(key('Ctrl').ariaPressed, 'true');
    textarea(terminal).dispatchEvent(
      new KeyboardEvent('keypress', { key: 'u', charCode: 117, keyCode: 117, bubbles: true, cancelable: true }),
    );
    await until('the line to be empty', () => terminal.text.endsWith('$'));
    assert.equal(key('Ctrl').ariaPressed, 'false');
    const down = new MouseEvent('mousedown', { bubbles: true, cancelable: true });
    assert.isFalse(key('Tilde').dispatchEvent(down), 'it does not take the focus');
    terminal.readonly = true;
    await terminal.updateComplete;
    assert.isTrue(row.hidden);
  });

  it('makes of letters with Control what keyboards do', async () => {
    const { controlled } = await import('./key-row.ts');
    assert.deepEqual(['c', 'C', '[', ' ', '?', 'é', '1'].map(controlled), ['\x03', '\x03', '\x1b', '\0', '\x7f', 'é', '1']);
  });

  it('ends its shell with its removal', async () => {
    const { place, terminal } = await running();
    const container = await place.querySelector('bv-container')!.boot();
    assert.lengthOf(await container.ps(), 1);
    terminal.remove();
    await until('the end', async () => (await container.ps()).length === 0);
  });

  it('says that it has no container', async () => {
    const place = await show('<bv-terminal></bv-terminal>');
    assert.match(inside(terminalIn(place), '.message').textContent, /must be inside a <bv-container>/);
  });
});
