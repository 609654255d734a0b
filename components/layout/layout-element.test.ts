import { assert } from 'chai';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, rendered, show, until } from '../shared/testing/page.ts';
import type { BvLayout } from './layout-element.ts';

async function layout(
  attributes: string,
  children = '<p label="one">1</p><p label="two">2</p><p>3</p>',
  width = '60rem',
): Promise<BvLayout> {
  const place = await show(`<div style="inline-size: ${width}"><bv-layout ${attributes}>${children}</bv-layout></div>`);
  const element = place.querySelector('bv-layout')!;
  await until('the element', () => element.shadowRoot?.querySelector('.pane') !== null && element.matches(':defined'));
  await rendered(place);
  return element;
}

const separators = (element: BvLayout) => [...element.shadowRoot!.querySelectorAll<HTMLElement>('[role=separator]')];
const widths = (element: BvLayout) => [...element.children].map((child) => Math.round(child.getBoundingClientRect().width));

async function press(element: BvLayout, index: number, key: string): Promise<number> {
  separators(element)[index]!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await element.updateComplete;
  return Number(separators(element)[index]!.ariaValueNow);
}

describe('<bv-layout>', () => {
  afterEach(clear);

  it('breaks no rule of accessibility, and names its borders', async () => {
    const element = await layout('preset="ide"');
    await assertAccessible(element);
    assert.deepEqual(
      separators(element).map((one) => one.getAttribute('aria-label')),
      ['Size of one and two', 'Size of two and pane 3'],
    );
  });

  it('has its preset’s sizes, and the author’s', async () => {
    const element = await layout('preset="ide"');
    const near = (found: readonly number[], wanted: readonly number[]) => found.forEach((one, at) => assert.closeTo(one, wanted[at]!, 6));
    near(widths(element), [192, 432, 336]);
    element.sizes = '50 25 25';
    await element.updateComplete;
    near(widths(element), [480, 240, 240]);
  });

  it('calls its borders what its panes are called by now', async () => {
    const element = await layout('');
    element.children[0]!.setAttribute('label', 'three');
    await until('the name', () => separators(element)[0]!.ariaLabel?.includes('three') === true);
    assert.include(separators(element)[0]!.ariaLabel, 'two');
  });

  it('is resized by keys in the direction of the text, collapses and comes back', async () => {
    const element = await layout('', '<p>1</p><p>2</p>');
    assert.equal(await press(element, 0, 'ArrowRight'), 52);
    assert.equal(await press(element, 0, 'ArrowLeft'), 50);
    assert.equal(await press(element, 0, 'Home'), 0);
    assert.equal(getComputedStyle(element.shadowRoot!.querySelector('.pane')!).visibility, 'hidden', 'nothing in it gets the focus');
    assert.equal(await press(element, 0, 'End'), 100);
    element.sizes = '40 60';
    await element.updateComplete;
    assert.equal(await press(element, 0, 'Enter'), 0);
    assert.equal(await press(element, 0, 'Enter'), 40);
    document.documentElement.dir = 'rtl';
    assert.equal(await press(element, 0, 'ArrowLeft'), 42);
  });

  it('is resized by the pointer', async () => {
    const element = await layout('', '<p>1</p><p>2</p>');
    const separator = separators(element)[0]!;
    const { left, top } = element.getBoundingClientRect();
    const captured: number[] = [];
    separator.setPointerCapture = (id) => void captured.push(id);
    const point = (type: string, x: number) =>
      separator.dispatchEvent(
        new PointerEvent(type, { pointerId: 7, clientX: left + x, clientY: top + 5, bubbles: true, cancelable: true }),
      );
    point('pointerdown', 480);
    point('pointermove', 240);
    point('pointerup', 240);
    await element.updateComplete;
    assert.deepEqual(captured, [7]);
    assert.closeTo(widths(element)[0]!, 240, 2);
    point('pointermove', 700);
    await element.updateComplete;
    assert.closeTo(widths(element)[0]!, 240, 2, 'let go');
  });

  it('keeps what the reader chose', async () => {
    const first = await layout('persist="here"', '<p>1</p><p>2</p>');
    await press(first, 0, 'ArrowRight');
    first.remove();
    const second = await layout('persist="here"', '<p>1</p><p>2</p>');
    assert.equal(separators(second)[0]!.ariaValueNow, '52');
  });

  it('stacks where it is narrow, and nests', async () => {
    const nested = '<bv-layout preset="stack"><p>1</p><p>2</p></bv-layout><p>3</p>';
    const wide = await layout('', nested);
    const inner = wide.querySelector('bv-layout')!;
    assert.equal(separators(inner)[0]!.ariaOrientation, 'horizontal');
    assert.closeTo(inner.getBoundingClientRect().height, wide.getBoundingClientRect().height, 1);
    const narrow = await layout('', '<p>1</p><p>2</p>', '22rem');
    const [one, two] = [...narrow.children].map((child) => child.getBoundingClientRect());
    assert.equal(getComputedStyle(separators(narrow)[0]!).display, 'none');
    assert.equal(one!.left, two!.left);
    assert.isAtLeast(two!.top, one!.bottom);
    await assertAccessible(narrow);
  });

  it('takes panes that come and go, also after it was moved', async () => {
    const element = await layout('', '<p>1</p><p>2</p>');
    element.parentElement!.before(element);
    element.append(document.createElement('section'));
    await until('the pane', () => element.shadowRoot!.querySelectorAll('.pane').length === 3);
    element.remove();
    await Promise.resolve();
    element.lastElementChild!.remove();
    document.querySelector('main')!.append(element);
    await until('the panes', () => element.shadowRoot!.querySelectorAll('.pane').length === 2);
  });
});
