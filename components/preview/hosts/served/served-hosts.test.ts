import { assert } from 'chai';
import { setAssetBase, type BvError } from '../../../../runtime/index.ts';
import { PREVIEW_WIRE_VERSION } from '../../../../runtime/wires/preview-wire.ts';
import { createPreviewHost, type PreviewConsoleEvent, type PreviewHost, type PreviewHostOptions } from '../../preview-host.ts';
import { FakeContainer, nextEvent } from '../testing/fake-container.ts';
import { echoWebSocket } from '../testing/fake-web-socket-server.ts';

setAssetBase('/dist/');

/** What the document of the tests says of itself. */
const page = `<!doctype html><html><head><title>Served</title><link rel=stylesheet href="css/main.css"><script type=module src="./main.js"></script></head>
  <body><p id=p>x</p><a id=next href="/old">next</a></body></html>`;

function makeContainer(): FakeContainer {
  const container = new FakeContainer((request) => {
    if (request.path === '/api')
      return { type: 'text/plain', body: `${request.method} ${request.body} ${request.headers.get('x-cookie') ?? ''}` };
    if (request.path === '/old') return { status: 302, headers: [['Location', '/next']] };
    const routes: Record<string, string> = {
      '/': page,
      '/next': '<!doctype html><title>Next</title>',
      '/css/main.css': '@import "more.css"; p { color: rgb(1, 2, 3) }',
      '/css/more.css': 'p { background-color: rgb(4, 5, 6) }',
      '/dep.js': 'export const dep = import.meta.url;',
      '/main.js': `import { dep } from './dep.js';
        const style = getComputedStyle(document.getElementById('p'));
        console.log('style', style.color + style.backgroundColor);
        console.log('dep', dep);
        console.log('fetch', await (await fetch('/api', { method: 'POST', body: 'b' })).text());
        console.log('big', (await (await fetch('/big')).arrayBuffer()).byteLength);
        const socket = new WebSocket('ws://' + location.host + '/ws');
        socket.onmessage = (event) => { console.log('socket', event.data); socket.close(); setTimeout(() => document.getElementById('next').click(), 50); };
        socket.onopen = () => socket.send('hi');`,
    };
    if (request.path === '/big') return { type: 'application/octet-stream', body: new Uint8Array(500_000) };
    const body = routes[request.url.pathname];
    return body === undefined
      ? undefined
      : {
          body,
          headers: [
            ['Set-Cookie', 'c=1; Path=/'],
            ['X-Frame-Options', 'DENY'],
            ['Content-Security-Policy', "default-src 'none'"],
          ],
        };
  });
  container.onConnect = (pipe) => void echoWebSocket(pipe);
  return container;
}

async function walk(
  name: 'service-worker' | 'origin',
  more: Partial<PreviewHostOptions>,
): Promise<{ host: PreviewHost; container: FakeContainer; logs: Map<unknown, unknown>; stop: AbortController }> {
  const container = makeContainer();
  const stop = new AbortController();
  const host = await createPreviewHost(name, {
    container: container.asContainer,
    port: 3000,
    path: '/',
    title: 'Test',
    signal: stop.signal,
    ...more,
  });
  const logs = new Map<unknown, unknown>();
  host.addEventListener('bv-preview-console', (event) =>
    logs.set((event as PreviewConsoleEvent).args[0], (event as PreviewConsoleEvent).args[1]),
  );
  const errors: string[] = [];
  host.addEventListener('bv-preview-error', (event) => errors.push((event as Event & { error: Error }).error.message));
  document.body.append(host.frame);
  const end = performance.now() + 15_000;
  while (host.title !== 'Next' && performance.now() < end)
    await nextEvent(host, 'bv-preview-navigate', { timeoutMs: 15_000 }).catch(() => undefined);
  assert.equal(
    host.title,
    'Next',
    `logs: ${JSON.stringify([...logs])}; errors: ${errors.join()}; requests: ${container.requests.map((one) => one.path).join()}`,
  );
  return { host, container, logs, stop };
}

async function check({ host, logs }: { host: PreviewHost; logs: Map<unknown, unknown> }): Promise<void> {
  assert.equal(logs.get('style'), 'rgb(1, 2, 3)rgb(4, 5, 6)');
  assert.equal(logs.get('fetch'), 'POST b c=1');
  assert.equal(logs.get('big'), 500_000);
  assert.equal(logs.get('socket'), 'hi');
  assert.equal(host.url, 'http://localhost:3000/next');
  assert.include(await host.query({ selector: 'title', attribute: null, actions: [] }), { count: 1, text: 'Next' });
}

describe('The service worker preview host', () => {
  afterEach(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  });

  it('serves documents, modules, styles, requests, WebSockets and redirects, and recovers from an unregistered worker', async () => {
    const first = await walk('service-worker', {});
    await check(first);
    assert.isTrue(first.host.can.wholePlatform);
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    const loaded = nextEvent(first.host, 'bv-preview-load');
    await first.host.navigate('/next?again');
    await loaded;
    first.stop.abort();
    const second = await walk('service-worker', {});
    await check(second);
    second.stop.abort();
  });

  it('gives a worker that lost its connections a new one, and refuses one of another version', async () => {
    const { host, stop } = await walk('service-worker', {});
    const [registration] = await navigator.serviceWorker.getRegistrations();
    const worker = registration?.active;
    // A port to nobody takes the place of the session's, as after the page's end of it is gone.
    const session = new URL(host.can.newTabUrl ?? '').pathname.split('/').at(-3);
    const { port1, port2 } = new MessageChannel();
    const refused = new Promise<{ op: string; args: { version: number } }>((resolve) => {
      port1.onmessage = (event) => {
        const call = event.data as { kind: string; id: number; op: string; args: { version: number } };
        if (call.kind === 'call' && call.op === 'hello') {
          port1.postMessage({ kind: 'failure', id: call.id, error: { kind: 'bv', code: 'ERR_BV_WIRE_VERSION', message: 'other' } });
          resolve(call);
        }
      };
    });
    worker?.postMessage({ kind: 'bv-preview-connect', session, port: 3000 }, [port2]);
    assert.equal((await refused).args.version, PREVIEW_WIRE_VERSION);
    const loaded = nextEvent(host, 'bv-preview-load');
    await host.navigate('/next?recovered');
    await loaded;
    assert.equal(host.url, 'http://localhost:3000/next?recovered');
    stop.abort();
  });

  it('answers 504 for a session no page runs', async () => {
    const { host, stop } = await walk('service-worker', {});
    const url = (host.can.newTabUrl ?? '').replace(/bv-preview\/[^/]+/, 'bv-preview/none');
    const frame = document.createElement('iframe');
    frame.src = url;
    const loaded = nextEvent(frame, 'load');
    document.body.append(frame);
    await loaded;
    assert.include(frame.contentDocument?.body.textContent ?? '', 'No open page runs this preview');
    frame.remove();
    stop.abort();
  });
});

describe('A preview host that does not exist', () => {
  it('fails by name', async () => {
    const options = { container: makeContainer().asContainer, port: 3000, path: '/', title: 'Test', signal: new AbortController().signal };
    const error: unknown = await createPreviewHost('frame' as 'inline', options).catch((reason: unknown) => reason);
    assert.equal((error as BvError).code, 'ERR_BV_INVALID_ARGUMENT');
    assert.include((error as BvError).message, 'There is no preview host "frame"');
  });
});

describe('The origin preview host', () => {
  it('shows the whole platform from another origin', async () => {
    const origin = await (await fetch('/__second-origin')).text();
    const opened = await walk('origin', { origin: `${origin}/dist/preview-host/` });
    await check(opened);
    assert.equal(opened.logs.get('dep'), `${origin}/dist/preview-host/dep.js`);
    opened.stop.abort();
  });

  it('fails by name without an origin, and with the page’s own', async () => {
    const signal = new AbortController().signal;
    const options = { container: makeContainer().asContainer, port: 3000, path: '/', title: 'Test', signal };
    for (const more of [{}, { origin: '/dist/preview-host' }]) {
      const error = await createPreviewHost('origin', { ...options, ...more }).then(
        () => undefined,
        (reason: unknown) => reason as BvError,
      );
      assert.equal(error?.code, 'ERR_BV_UNSUPPORTED');
    }
  });
});
