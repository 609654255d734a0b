/** The hosts over a real container: `node` runs the server. */
import { assert } from 'chai';
import { Container, setAssetBase } from '../../../runtime/index.ts';
import { createPreviewHost, type PreviewConsoleEvent, type PreviewHostName } from '../preview-host.ts';
import { nextEvent } from './testing/fake-container.ts';

setAssetBase('/dist/');

const scriptsPage = `<!doctype html><title>Scripts</title><script>console.log('page', window.first)</script>
<script type="module">console.log('module', window.first, (await import('./greet.js')).greet('all'));
  console.log('named', await import('named').then((one) => one.default, () => 'no'))</script>`;

const server = `
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
const page = \`<!doctype html><title>Real</title><script type="module">
  import { greet } from './greet.js';
  console.log('greet', greet('reader'));
  console.log('post', await (await fetch('/echo', { method: 'POST', body: 'body' })).text());
  const events = new EventSource('/events');
  events.onmessage = (event) => { console.log('event', event.data); events.close(); };
  const socket = new WebSocket('ws://' + location.host + '/socket');
  socket.onmessage = (event) => { console.log('socket', event.data); socket.close(1000, 'bye'); };
  socket.onclose = (event) => console.log('closed', event.code);
</script>\`;
const http = createServer((request, response) => {
  if (request.url === '/scripts') return response.setHeader('Content-Type', 'text/html').end(${JSON.stringify(scriptsPage)});
  if (request.url === '/named.js') return response.setHeader('Content-Type', 'text/javascript').end('export default "by the map";');
  if (request.url === '/') return response.setHeader('Set-Cookie', 'seen=yes').setHeader('Content-Type', 'text/html').end(page);
  if (request.url === '/greet.js') return response.setHeader('Content-Type', 'text/javascript').end('export const greet = (name) => "hello " + name;');
  if (request.url === '/echo') return void request.on('data', (chunk) => response.write(chunk)).on('end', () => response.end(' ' + request.headers.cookie));
  if (request.url === '/events') return void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: tick\\n\\n');
  response.writeHead(404).end();
});
http.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
  socket.once('data', () => socket.end(Buffer.from([0x88, 2, 0x03, 0xe8])));
});
http.listen(3000);
`;

describe('Previews of a real server', function () {
  this.timeout(60_000);
  let container: Container;

  before(async () => {
    container = await Container.boot({ files: { 'package.json': '{"type":"module"}', 'server.js': server } });
    const ready = new Promise<void>((resolve) => void container.on('server-ready', () => resolve()));
    await container.spawn('node', ['server.js']);
    await ready;
  });
  after(() => container.teardown());

  for (const name of ['inline', 'service-worker', 'origin'] satisfies PreviewHostName[]) {
    it(`${name}: documents, modules, requests, cookies, event streams and WebSockets`, async () => {
      const origin = `${await (await fetch('/__second-origin')).text()}/dist/preview-host/`;
      const stop = new AbortController();
      const host = await createPreviewHost(name, { container, port: 3000, path: '/', title: 'Test', signal: stop.signal, origin });
      const logs = new Map<unknown, unknown>();
      host.addEventListener('bv-preview-console', (event) =>
        logs.set((event as PreviewConsoleEvent).args[0], (event as PreviewConsoleEvent).args[1]),
      );
      document.body.append(host.frame);
      while (!logs.has('closed') || !logs.has('event')) {
        await nextEvent(host, 'bv-preview-console', { timeoutMs: 15_000 }).catch((error: unknown) => {
          throw new Error(`${String(error)}: ${JSON.stringify([...logs])}`);
        });
      }
      assert.deepEqual(Object.fromEntries(logs), {
        greet: 'hello reader',
        post: 'body seen=yes',
        event: 'tick',
        socket: 'hi',
        closed: 1000,
      });
      assert.equal(host.title, 'Real');
      stop.abort();
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });

    it(`${name}: setPreviewScript() gives documents that are loaded from then on their first script`, async () => {
      const origin = `${await (await fetch('/__second-origin')).text()}/dist/preview-host/`;
      const stop = new AbortController();
      const host = await createPreviewHost(name, { container, port: 3000, path: '/scripts', title: 'Test', signal: stop.signal, origin });
      let logs = new Map<unknown, unknown>();
      let heard = Promise.withResolvers<void>();
      host.addEventListener('bv-preview-console', (event) => {
        const [first, ...rest] = (event as PreviewConsoleEvent).args;
        logs.set(first, rest.join(' '));
        if (first === 'named') heard.resolve();
      });
      /** What the next document says. */
      const said = async (load?: () => Promise<void>) => {
        await load?.();
        await heard.promise;
        const all = Object.fromEntries(logs);
        logs = new Map();
        heard = Promise.withResolvers<void>();
        return all;
      };
      document.body.append(host.frame);
      const alone = { page: 'undefined', module: 'undefined hello all', named: 'no' };
      assert.deepEqual(await said(), alone);

      await container.setPreviewScript(`window.first = '</script><!-- <script>'; console.log('script', document.scripts.length > 0)`);
      assert.isEmpty([...logs], 'what is shown already stays as it is');
      const first = '</script><!-- <script>';
      assert.deepEqual(await said(() => host.reload()), { ...alone, script: 'true', page: first, module: `${first} hello all` });

      await container.setPreviewScript(`import { greet } from '/greet.js'; window.first = greet('module')`, { type: 'module' });
      assert.deepEqual(await said(() => host.reload()), { ...alone, module: 'hello module hello all' });

      await container.setPreviewScript('{ "imports": { "named": "/named.js" } }', { type: 'importmap' });
      assert.deepEqual(await said(() => host.reload()), { ...alone, named: 'by the map' });

      await container.setPreviewScript('');
      assert.deepEqual(await said(() => host.reload()), alone);
      stop.abort();
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });
  }

  it('setPreviewScript() refuses what is no type of a script by name', async () => {
    const error: unknown = await container.setPreviewScript('1', { type: 'text/x' as 'module' }).catch((reason: unknown) => reason);
    assert.equal(String(error), 'TypeError: Cannot set a preview script of type "text/x": known are "module" and "importmap"');
    assert.isUndefined(container.previewScript);
  });
});
