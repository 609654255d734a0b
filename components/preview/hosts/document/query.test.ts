import { assert } from 'chai';
import { setAssetBase, type BvError } from '../../../../runtime/index.ts';
import { createPreviewHost, type PreviewAnswer, type PreviewHost, type PreviewQuestion } from '../../preview-host.ts';
import { FakeContainer, nextEvent } from '../testing/fake-container.ts';

setAssetBase('/dist/');

const page = `<!doctype html><title>Asked</title>
<h1 lang="en">Hello  <b>there</b></h1><p hidden>nothing</p><p style="visibility:hidden">ghost</p>
<label>Name <input id="name" value="Ada"></label><button type="button">Greet</button><output></output>
<script>
  const input = document.querySelector('input');
  let typed = '';
  input.addEventListener('input', () => (typed = input.value));
  document.querySelector('button').addEventListener('click', () => (document.querySelector('output').textContent = 'Hi, ' + typed));
</script>`;

let stop: AbortController | undefined;

async function shown(html: string): Promise<PreviewHost> {
  stop = new AbortController();
  const container = new FakeContainer({ '/': html });
  const host = await createPreviewHost('inline', {
    container: container.asContainer,
    port: 3000,
    path: '/',
    title: 'Test',
    signal: stop.signal,
  });
  const loaded = nextEvent(host, 'bv-preview-load');
  document.body.append(host.frame);
  await loaded;
  return host;
}

const ask = (host: PreviewHost, selector: string, more: Partial<PreviewQuestion> = {}): Promise<PreviewAnswer> =>
  host.query({ selector, attribute: null, actions: [], ...more });

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error as BvError).code,
  );
}

describe('PreviewHost.query', () => {
  afterEach(() => stop?.abort());

  it('tells of the first element: its text, its attribute, whether it is shown, and how many there are', async () => {
    const host = await shown(page);
    assert.deepEqual(await ask(host, 'h1', { attribute: 'lang' }), {
      ...{ count: 1, visible: true, text: 'Hello there', attribute: 'en', missing: null },
    });
    assert.include(await ask(host, 'p'), { count: 2, visible: false });
    assert.include(await ask(host, 'p:nth-of-type(2)'), { count: 1, visible: false });
    assert.include(await ask(host, '#name'), { text: 'Ada', attribute: null });
    assert.deepEqual(await ask(host, '.none', { attribute: 'id' }), { count: 0, visible: false, text: '', attribute: null, missing: null });
  });

  it('types and clicks first, as a reader would', async () => {
    const host = await shown(page);
    const actions = [
      { kind: 'fill', selector: '#name', text: 'Grace' },
      { kind: 'click', selector: 'button' },
    ] as const;
    assert.include(await ask(host, 'output', { actions }), { text: 'Hi, Grace', missing: null });
  });

  it('names what it cannot use, and does nothing after it', async () => {
    const host = await shown(page);
    const actions = [
      { kind: 'click', selector: '#none' },
      { kind: 'fill', selector: '#name', text: 'Grace' },
    ] as const;
    assert.include(await ask(host, '#name', { actions }), { text: 'Ada', missing: '#none' });
  });

  it('refuses what is no selector, and what is asked after the end', async () => {
    const host = await shown(page);
    assert.equal(await codeOf(ask(host, 'h1[')), 'ERR_BV_INVALID_ARGUMENT');
    stop?.abort();
    assert.equal(await codeOf(ask(host, 'h1')), 'ERR_BV_PEER_GONE');
  });

  it('lets a document lie in its texts, and no further', async () => {
    const host = await shown(
      `<!doctype html><script>Object.defineProperty(HTMLElement.prototype, 'innerText', { get: () => ({ toString: 1, slice: () => ({ a: 1 }) }) })</script><h1>x</h1>`,
    );
    const failed = nextEvent(host, 'bv-preview-error');
    assert.equal(await codeOf(ask(host, 'h1')), 'ERR_BV_BAD_MESSAGE');
    await failed;
  });
});
