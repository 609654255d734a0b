import { assert } from 'chai';
import { assertAccessible, clear, inside, rendered, show, until } from '../shared/testing/page.ts';
import type { BvPreview } from './preview-element.ts';

const markup = `<bv-container>
  <pre path="server.js">require('http').createServer((q, s) => s.end('hello')).listen(3000)</pre>
  <bv-terminal command="sh"></bv-terminal><bv-preview></bv-preview>
</bv-container>`;
const previewIn = (place: Element) => place.querySelector('bv-preview')!;
const said = (preview: BvPreview) => inside(preview, '.message').textContent;

describe('<bv-preview>', () => {
  afterEach(clear);

  it('breaks no rule of accessibility, in light, dark and right-to-left', async () => {
    const place = await show(markup);
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(previewIn(place)).colorScheme === theme);
      await rendered(place);
      await assertAccessible(place);
    }
    document.documentElement.dir = 'rtl';
    await assertAccessible(place);
  });

  it('takes its port as a text, too, which frameworks set it to', async () => {
    await show('');
    const preview = Object.assign(document.createElement('bv-preview'), { port: '4000' as unknown as number });
    assert.strictEqual(preview.port, 4000);
  });

  it('says that nothing runs, then that it waits', async () => {
    const place = await show(markup);
    const size = previewIn(place).getBoundingClientRect();
    assert.equal(said(previewIn(place)), 'What the program serves appears here once it runs.');
    await place.querySelector('bv-container')!.run();
    await until('the other text', () => said(previewIn(place)) === 'Waiting for a server on port 3000 …');
    assert.deepEqual(previewIn(place).getBoundingClientRect(), size);
  });

  it('names the port that a server is on, where that is another', async () => {
    const place = await show(markup);
    const element = place.querySelector('bv-container')!;
    const container = await element.boot();
    await element.run();
    await container.spawn('node', ['-e', `require('http').createServer().listen(4000)`], { tty: false });
    await until('the text', () => said(previewIn(place)) === 'Nothing listens on port 3000 yet; what listens is on 4000.');
  });

  it('says that the server stopped, and is ready for the next', async () => {
    const place = await show(markup);
    const element = place.querySelector('bv-container')!;
    const container = await element.boot();
    await element.run();
    const start = async () => {
      const process = await container.spawn('node', ['server.js'], { tty: false });
      await until('the server', () => container.openPorts.includes(3000));
      return process;
    };
    const server = await start();
    await until('no more waiting', () => !/Waiting|once it runs/.test(said(previewIn(place))));
    await server.kill('SIGKILL');
    await until('the text', () => said(previewIn(place)) === 'The server on port 3000 stopped.');
    await start();
    await until('another text', () => said(previewIn(place)) !== 'The server on port 3000 stopped.');
  });

  it('shows its address, and none with `no-bar`', async () => {
    const place = await show('<bv-container><bv-preview port="8080" path="/docs"></bv-preview></bv-container>');
    assert.equal(inside<HTMLInputElement>(previewIn(place), '.address').value, 'http://localhost:8080/docs');
    previewIn(place).noBar = true;
    await previewIn(place).updateComplete;
    assert.isNull(previewIn(place).shadowRoot!.querySelector('.address'));
    await assertAccessible(place);
  });

  it('keeps its bar within itself, however narrow it is', async () => {
    const place = await show('<bv-container preview="service-worker"><bv-preview></bv-preview></bv-container>');
    const preview = previewIn(place);
    for (const width of [360, 240]) {
      place.style.width = `${width}px`;
      const { left, right } = preview.getBoundingClientRect();
      for (const part of preview.shadowRoot!.querySelectorAll('.bar, .bar > *')) {
        const place = part.getBoundingClientRect();
        assert.isAtLeast(place.left, left, part.className);
        assert.isAtMost(place.right, right, part.className);
      }
    }
  });

  it('says that it has no container', async () => {
    const place = await show('<bv-preview></bv-preview>');
    assert.match(said(previewIn(place)), /must be inside a <bv-container>/);
  });
});
