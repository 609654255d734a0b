import { assert } from 'chai';
import type { BvContainer } from '../container/container-element.ts';
import { clear, show } from '../shared/testing/page.ts';
import { answerMessages } from './messages.ts';

type Message = Readonly<Record<string, unknown>>;

/** A frame of this origin that sends to this page and keeps what it gets. */
class Asker {
  readonly got: Message[] = [];
  readonly #frame = document.createElement('iframe');
  readonly #waiting = new Set<() => void>();

  constructor() {
    document.body.append(this.#frame);
    this.#frame.contentWindow!.addEventListener('message', ({ data }) => {
      this.got.push(data as Message);
      for (const look of this.#waiting) look();
    });
  }

  /** As a script of the frame would. */
  send(message: unknown): void {
    const { contentWindow } = this.#frame;
    Object.assign(contentWindow!, { message });
    const script = this.#frame.contentDocument!.createElement('script');
    script.textContent = 'parent.postMessage(message, "*")';
    this.#frame.contentDocument!.body.append(script);
  }

  heard(matches: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.got.find(matches);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async ask(type: string, fields: Message = {}): Promise<Message> {
    const id = Math.random();
    this.send({ type, id, ...fields });
    return this.heard((message) => message['id'] === id);
  }
}

describe('messages of framing pages', () => {
  let end: AbortController;
  let host: BvContainer;
  let asker: Asker;

  beforeEach(async () => {
    end = new AbortController();
    host = (await show('<bv-container id="c"><pre path="a.txt">a</pre></bv-container>')).querySelector('bv-container')!;
    asker = new Asker();
  });
  afterEach(() => {
    end.abort();
    clear();
  });

  it('are answered: files, state, run and stop, events', async () => {
    answerMessages(host, [location.origin], end.signal);
    assert.deepEqual((await asker.ask('bavini:state'))['result'], { state: 'idle', ports: [] });
    assert.equal((await asker.ask('bavini:events'))['ok'], true);
    assert.equal((await asker.ask('bavini:files:set', { files: { 'b.txt': 'b', 'a.txt': null } }))['ok'], true);
    assert.deepEqual((await asker.ask('bavini:files:get'))['result'], { files: { 'b.txt': 'b' } });
    assert.deepEqual((await asker.ask('bavini:files:get', { paths: ['none'] }))['result'], { files: {} });
    assert.equal((await asker.ask('bavini:run'))['ok'], true);
    assert.equal(host.state, 'running');
    await asker.heard((message) => message['event'] === 'state' && message['state'] === 'running');
    await host.container!.spawn('node', ['-e', "require('http').createServer().listen(4000)"]);
    const opened = await asker.heard((message) => (message['ports'] as number[] | undefined)?.includes(4000) === true);
    assert.deepInclude(opened, { type: 'bavini:event', event: 'state', state: 'running' });
    assert.equal((await asker.ask('bavini:stop', { container: 'c' }))['ok'], true);
    assert.equal(host.state, 'stopped');
    assert.equal((await asker.ask('bavini:reset'))['ok'], true);
  });

  it('are refused by name where they make no sense', async () => {
    answerMessages(host, [location.origin], end.signal);
    const errorOf = async (type: string, fields: Message = {}) => ((await asker.ask(type, fields))['error'] as { message: string }).message;
    assert.equal(await errorOf('bavini:eval'), 'There is no request "bavini:eval"');
    assert.equal(await errorOf('bavini:toString'), 'There is no request "bavini:toString"');
    assert.include(await errorOf('bavini:files:set', { files: { '../x': '' } }), 'must stay in the project');
    assert.include(await errorOf('bavini:files:set', { files: { x: 1 } }), 'must be a text');
    assert.include(await errorOf('bavini:files:set', { files: { x: 'x'.repeat(5_000_001) } }), 'more than 5 MB');
    assert.include(await errorOf('bavini:files:get', { paths: 'x' }), 'must be a list');
    assert.equal(host.files.edited, false);
  });

  it('of other origins, and for other containers, get no answer', async () => {
    const heard: string[] = [];
    window.addEventListener('message', ({ data }) => heard.push(String((data as Message)['type'])), { signal: end.signal });
    answerMessages(host, ['https://other.example', '*', 'null', `${location.origin}/path`], end.signal);
    asker.send({ type: 'bavini:files:set', files: { x: '' } });
    asker.send({ type: 'bavini:run', container: 'another' });
    asker.send('done');
    await new Promise<void>((resolve) => {
      const look = () => (heard.length >= 3 ? resolve() : setTimeout(look, 5));
      look();
    });
    assert.deepEqual(asker.got, []);
    assert.equal(host.state, 'idle');
    assert.isFalse(host.files.edited);
  });
});
