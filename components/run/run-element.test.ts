import { assert } from 'chai';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, inside, next, rendered, show, until } from '../shared/testing/page.ts';
import './bv-reset.ts';
import './bv-run.ts';

const saying = (element: Element) => inside(element, 'button').textContent.trim();

describe('<bv-run> and <bv-reset>', () => {
  afterEach(() => clear());

  it('are accessible, and named by their own words or by what is put into them', async () => {
    const place = await show(`<bv-container id="c" toolbar="none"><pre path="a.txt">a</pre></bv-container>
      <bv-run for="c"></bv-run> <bv-reset for="c"></bv-reset> <bv-run for="c">Try it</bv-run>`);
    await assertAccessible(place);
    assert.equal(saying(place.querySelector('bv-run')!), 'Run');
    assert.equal(saying(place.querySelector('bv-reset')!), 'Reset');
    const bar = inside(place.querySelector('bv-container')!, '.bar');
    assert.isAtMost(bar.getBoundingClientRect().height, 1, 'the toolbar is hidden');
    assert.equal(getComputedStyle(inside(place.querySelector('bv-container')!, '.run')).display, 'none');
    for (const tag of ['bv-run', 'bv-reset'] as const) {
      const element = place.querySelector(tag)!;
      element.focus();
      assert.equal(document.activeElement, element);
    }
  });

  it('runs, restarts and stops, and keeps the focus while the container boots', async () => {
    const place = await show('<bv-container id="c"></bv-container><bv-run for="c" toggle></bv-run><bv-run for="c"></bv-run>');
    const host = place.querySelector('bv-container')!;
    const [toggle, run] = place.querySelectorAll('bv-run');
    inside(toggle!, 'button').focus();
    inside(toggle!, 'button').click();
    await rendered(place);
    assert.equal(host.state, 'booting');
    assert.equal(inside(run!, 'button').getAttribute('aria-disabled'), 'true');
    assert.equal(document.activeElement, toggle);
    inside(run!, 'button').click();
    await until('the run', () => host.state === 'running');
    await rendered(place);
    assert.equal(host.runCount, 1, 'nothing happens while it boots');
    assert.deepEqual([saying(toggle!), saying(run!)], ['Stop', 'Restart']);
    inside(toggle!, 'button').click();
    assert.equal(host.state, 'stopped');
    inside(run!, 'button').click();
    await until('the next run', () => host.runCount === 2);
  });

  it('brings the files back', async () => {
    const place = await show('<bv-container><pre path="a.txt">a</pre><bv-reset></bv-reset></bv-container>');
    const host = place.querySelector('bv-container')!;
    await host.files.write('a.txt', 'b');
    const reset = next(host, 'bv-reset');
    inside(place.querySelector('bv-reset')!, 'button').click();
    await reset;
    assert.equal(host.files.read('a.txt'), 'a');
  });

  it('say that there is no container', async () => {
    const place = await show('<bv-run></bv-run><bv-reset for="none"></bv-reset>');
    assert.include(inside(place.querySelector('bv-run')!, '.message').textContent, 'must be inside a <bv-container>');
    assert.include(inside(place.querySelector('bv-reset')!, '.message').textContent, 'finds no <bv-container id="none">');
  });

  it('follow their container when they are moved to another', async () => {
    const place = await show('<bv-container id="a"><bv-run></bv-run></bv-container><bv-container id="b"></bv-container>');
    const [, b] = place.querySelectorAll('bv-container');
    const run = place.querySelector('bv-run')!;
    b!.append(run);
    await rendered(place);
    inside(run, 'button').click();
    assert.equal(b!.state, 'booting');
    run.remove();
    await until('the run', () => b!.state === 'running');
  });
});
