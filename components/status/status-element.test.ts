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

  it('tells how long programs were busy, and what an engine of ours holds', async () => {
    const place = await show('<bv-container><bv-status></bv-status></bv-container>');
    const status = place.querySelector('bv-status')!;
    const { container } = place.querySelector('bv-container')!;
    const booted = container ?? (await place.querySelector('bv-container')!.boot());
    const row = { ppid: 1, pgid: 2, sid: 2, state: 'running', tty: null, startedMs: Date.now() - 65_000 } as const;
    let rows: readonly object[] = [
      { ...row, pid: 2, command: 'sh' },
      { ...row, pid: 3, command: 'node server.js', activeMs: 1240 },
    ];
    Object.assign(booted, { ps: () => Promise.resolve(rows) });
    inside(status, 'summary').click();
    const cells = () =>
      [...status.shadowRoot!.querySelectorAll('.scrolls tr')].map((one) => [...one.children].map((cell) => cell.textContent.trim()));
    await until('the programs', () => cells().length === 3);
    assert.deepEqual(cells()[0], ['Program', 'ID', 'Runs for', 'Busy for']);
    assert.deepEqual([cells()[1]![3], cells()[2]![3]], ['', '1.2 s']);
    rows = [{ ...row, pid: 4, command: 'node', activeMs: 90, memoryBytes: 20_000_000 }];
    inside(status, 'summary').click();
    inside(status, 'summary').click();
    await until('the memory', () => cells()[0]?.length === 5);
    assert.deepEqual([cells()[0]![4], cells()[1]![3], cells()[1]![4]], ['Memory', '0.1 s', '20 MB']);
    await assertAccessible(place);
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
