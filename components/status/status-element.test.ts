import { assert } from 'chai';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, inside, rendered, show, until } from '../shared/testing/page.ts';
import './bv-status.ts';

const said = (element: Element) => inside(element, '[role="status"]').textContent;

describe('<bv-status>', () => {
  afterEach(() => clear());

  it('tells the state and the ports, and what runs and costs once its details are open', async () => {
    const place = await show(`<bv-container></bv-container><bv-container id="c"></bv-container><bv-status for="c"></bv-status>`);
    const host = place.querySelector<HTMLElementTagNameMap['bv-container']>('#c')!;
    const status = place.querySelector('bv-status')!;
    assert.equal(said(status), 'Not started');
    await assertAccessible(place);
    const booted = host.run();
    await rendered(place);
    assert.equal(said(status), 'Starting …');
    await booted;
    await until('the state', () => said(status) === 'Running');
    const program = await host.container!.spawn('sleep', ['1000'], { tty: false });
    assert.notInclude(inside(status, 'details').textContent, 'sleep', 'nothing is asked for while they are closed');
    inside(status, 'summary').click();
    await until('the program', () => inside(status, 'details').textContent.includes('sleep'));
    await assertAccessible(place);
    await program.kill();
    await until('the end of the program', () => !inside(status, 'details').textContent.includes('sleep'));
    assert.include(inside(status, '.costs').textContent, 'Workers');
    host.stop();
    await until('the state', () => said(status) === 'Stopped');
  });

  it('goes on when it is moved, and asks nothing after it was removed', async () => {
    const place = await show('<bv-container><div></div><bv-status></bv-status></bv-container>');
    const host = place.querySelector('bv-container')!;
    const status = place.querySelector('bv-status')!;
    await host.boot();
    inside(status, 'summary').click();
    host.querySelector('div')!.append(status);
    await until('the costs', () => inside(status, '.costs').textContent.includes('Workers'));
    status.remove();
    await rendered(place);
    let asked = 0;
    Object.assign(host.container!, { ps: () => (asked += 1) });
    place.append(status);
    await rendered(place);
    assert.equal(said(status), '<bv-status> must be inside a <bv-container>, or name one with for="…"');
    assert.equal(asked, 0);
  });

  it('counts the files of the runtime where a bundler has named them', async () => {
    const key = Symbol.for('bavini files');
    const address = new URL('/dist/bavini.css?named-by-a-bundler', location.href).href;
    Object.assign(globalThis, { [key]: { urls: { 'kernel.js': address } } });
    try {
      await (await fetch(address)).text();
      const place = await show('<bv-container><bv-status></bv-status></bv-container>');
      await until('the file', () => inside(place.querySelector('bv-status')!, '.costs').textContent.includes('in 1 file'));
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
  });

  it('leaves the details out', async () => {
    const place = await show('<bv-container><bv-status brief></bv-status></bv-container>');
    assert.isNull(place.querySelector('bv-status')!.shadowRoot!.querySelector('details'));
  });
});
