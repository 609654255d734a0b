import { assert } from 'chai';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, rendered, show, until } from '../shared/testing/page.ts';
import type { BvTabs } from './tabs-element.ts';

async function tabs(children = '<p label="One">1</p><p aria-label="Two">2</p><p>3</p>'): Promise<BvTabs> {
  const place = await show(`<bv-tabs>${children}</bv-tabs>`);
  const element = place.querySelector('bv-tabs')!;
  await until('the element', () => element.matches(':defined') && element.shadowRoot?.querySelector('[role=tab]') !== null);
  await rendered(place);
  return element;
}

const list = (element: BvTabs) => [...element.shadowRoot!.querySelectorAll<HTMLElement>('[role=tab]')];
const shown = (element: BvTabs) =>
  [...element.children].filter((child) => (child as HTMLElement).checkVisibility()).map((child) => child.textContent);

describe('<bv-tabs>', () => {
  afterEach(clear);

  it('breaks no rule of accessibility, in light and dark', async () => {
    const element = await tabs();
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(element).colorScheme === theme);
      await assertAccessible(element);
    }
    assert.deepEqual(
      list(element).map((tab) => tab.textContent!.trim()),
      ['One', 'Two', 'Tab 3'],
    );
  });

  it('shows one, by click and by keys, in the direction of the text', async () => {
    const element = await tabs();
    const told: number[] = [];
    element.addEventListener('bv-select', () => told.push(element.selected));
    const press = async (key: string) => {
      element.shadowRoot!.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await element.updateComplete;
      return shown(element).join();
    };
    assert.deepEqual(shown(element), ['1']);
    list(element)[1]!.click();
    await element.updateComplete;
    assert.deepEqual(shown(element), ['2']);
    list(element)[1]!.focus();
    assert.equal(await press('ArrowRight'), '3');
    assert.equal(await press('ArrowRight'), '1');
    assert.equal(await press('End'), '3');
    assert.equal(await press('Home'), '1');
    document.documentElement.dir = 'rtl';
    assert.equal(await press('ArrowLeft'), '2');
    assert.deepEqual(told, [1, 2, 0, 2, 0, 1]);
    assert.equal(element.shadowRoot!.activeElement, list(element)[1]);
  });

  it('takes the place of a tab as a text, too, which frameworks set it to', async () => {
    await tabs();
    const other = Object.assign(document.createElement('bv-tabs'), { selected: '1' as unknown as number });
    assert.strictEqual(other.selected, 1);
  });

  it('keeps what is shown when others come and go, and when it is moved', async () => {
    const element = await tabs();
    element.selected = 1;
    await element.updateComplete;
    element.firstElementChild!.remove();
    await until('the tab to go', () => list(element).length === 2);
    assert.deepEqual(shown(element), ['2']);
    element.parentElement!.append(element);
    element.firstElementChild!.setAttribute('aria-label', 'Renamed');
    await until('the name', () => list(element)[0]!.textContent!.trim() === 'Renamed');
    element.selected = 99;
    await element.updateComplete;
    assert.equal(element.selected, 1);
  });
});
