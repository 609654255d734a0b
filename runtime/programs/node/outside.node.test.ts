/** Hosts outside of the container, over http and https: what the gateway is asked for, and what a program sees of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

const packages = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

/** The files of an installed package, as a tree of modules of the program. */
function filesOf(name: string): Record<string, string> {
  const folder = join(packages, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name: file }) => [
      `node_modules/${relative(packages, join(parentPath, file))}`,
      readFileSync(join(parentPath, file), 'utf8'),
    ]),
  );
}

for (const engine of ['native', 'quickjs'] as const) {
  describe(`A host outside, on the ${engine} engine`, { timeout: 300_000 }, () => {
    const asked: string[] = [];
    const opened: string[] = [];
    const http = createServer();
    const sockets = new WebSocketServer({ server: http, verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== '/closed' });
    sockets.on('connection', (socket, { url }) => {
      if (url === '/cut') socket.terminate();
      socket.on('message', (data: Buffer, isBinary) => {
        if (String(data) === 'close') socket.close(1011, 'no more');
        else socket.send(data, { binary: isBinary });
      });
    });
    const kernel = new KernelInNode(
      engine,
      {},
      {
        allow: ['api.example.com'],
        webSocket: (url, protocols) => {
          const { protocol, pathname, search } = new URL(url);
          opened.push(`${protocol}${pathname}${search}`);
          return new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}${pathname}`, [...protocols]);
        },
        fetch: (url, { method, headers, body }) => {
          const own = headers.filter(([name]) => /^(x-|content-type)/i.test(name)).map(([name, value]) => `${name}: ${value}`);
          asked.push([method, url, ...own, ...(body === undefined ? [] : [new TextDecoder().decode(body)])].join(' '));
          return Promise.resolve(new Response(`answer to ${method} ${url}`, { status: 203, headers: { 'X-Served': 'yes' } }));
        },
      },
    );
    before(async () => {
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      await kernel.boot();
    });
    after(async () => {
      await kernel.close();
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      http.close();
    });

    async function run(source: string): Promise<string> {
      asked.length = 0;
      await kernel.mount('/home/app', { 'main.mjs': source });
      const { stdout, stderr } = await kernel.run(['main.mjs']);
      return stdout + stderr;
    }

    // A thread of these tests has real Node's `fetch` already, which is not ours: on the native engine only a browser shows it.
    const withFetch = engine === 'quickjs' ? it : () => undefined;
    withFetch('fetch() asks by https and by http', async () => {
      const said = await run(`
        for (const url of ['https://api.example.com/a?b=c', 'http://api.example.com/d', 'https://api.example.com:8443/e']) {
          const response = await fetch(url, { headers: { 'x-own': 'value' } });
          console.log(response.status, response.headers.get('x-served'), await response.text());
        }
        const posted = await fetch('https://api.example.com/f', { method: 'POST', body: JSON.stringify({ g: 1 }), headers: { 'content-type': 'application/json' } });
        console.log(await posted.text());`);
      assert.equal(
        said,
        `203 yes answer to GET https://api.example.com/a?b=c
203 yes answer to GET http://api.example.com/d
203 yes answer to GET https://api.example.com:8443/e
answer to POST https://api.example.com/f
`,
      );
      assert.deepEqual(asked, [
        'GET https://api.example.com/a?b=c x-own: value',
        'GET http://api.example.com/d x-own: value',
        'GET https://api.example.com:8443/e x-own: value',
        'POST https://api.example.com/f content-type: application/json {"g":1}',
      ]);
    });

    it('node:https asks on connections that are kept, and tells of them', async () => {
      const said = await run(`
        import https from 'node:https';
        import { text } from 'node:stream/consumers';
        const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
        const ask = (path) => new Promise((resolve, reject) => https.get('https://api.example.com' + path, { agent }, resolve).on('error', reject));
        const first = await ask('/1');
        const { socket } = first;
        console.log(first.statusCode, await text(first), socket.encrypted, socket.authorized, socket.getProtocol(), socket.getPeerCertificate());
        const second = await ask('/2');
        console.log(await text(second));
        agent.destroy();
        const request = https.request({ host: 'api.example.com', path: '/3', method: 'PUT' }, async (response) => console.log(await text(response)));
        request.end('body');`);
      assert.equal(
        said,
        `203 answer to GET https://api.example.com/1 true true unknown {}
answer to GET https://api.example.com/2
answer to PUT https://api.example.com/3
`,
      );
      assert.deepEqual(asked, ['GET https://api.example.com/1', 'GET https://api.example.com/2', 'PUT https://api.example.com/3 body']);
    });

    it('what was written before the handshake was over is not lost, and tls.connect() tells of it', async () => {
      const said = await run(`
        import tls from 'node:tls';
        const socket = tls.connect({ host: 'api.example.com', port: 443, ALPNProtocols: ['h2', 'http/1.1'] }, () => console.log('secure', socket.authorized, socket.alpnProtocol));
        socket.write('GET /early HTTP/1.1\\r\\nHost: api.example.com\\r\\nConnection: close\\r\\n\\r\\n');
        let all = '';
        for await (const chunk of socket) all += chunk;
        console.log(all.split('\\r\\n')[0], all.includes('answer to GET https://api.example.com/early'));`);
      assert.equal(said, 'secure true http/1.1\nHTTP/1.1 203  true\n');
    });

    it('the ws package has its sockets carried by the browser', async () => {
      await kernel.mount('/home/app', filesOf('ws'));
      const said = await run(`
        import { once } from 'node:events';
        import WebSocket from 'ws';
        const socket = new WebSocket('wss://api.example.com/chat?key=1', ['json']);
        const heard = [];
        socket.on('message', (data, isBinary) => {
          heard.push(isBinary ? data.length : String(data));
          if (heard.length === 3) socket.ping('p');
        });
        socket.on('pong', (data) => {
          console.log(...heard, String(data));
          socket.send('close');
        });
        socket.on('close', (code, reason) => console.log('closed', code, String(reason)));
        await once(socket, 'open');
        console.log(socket.protocol);
        socket.send('héllo');
        socket.send(Buffer.alloc(100_000, 7));
        socket.send('');
        await once(socket, 'close');
        const own = new WebSocket('ws://api.example.com/own');
        await once(own, 'open');
        own.close(4001, 'mine');
        console.log('closed', (await once(own, 'close')).join(' '));
        const cut = new WebSocket('ws://api.example.com/cut');
        console.log('cut', (await once(cut, 'close'))[0]);`);
      assert.equal(said, 'json\nhéllo 100000  p\nclosed 1011 no more\nclosed 4001 mine\ncut 1006\n');
      assert.deepEqual(opened.splice(0), ['wss:/chat?key=1', 'ws:/own', 'ws:/cut']);
    });

    it('a WebSocket that no browser can open is refused, and the reader told why', async () => {
      const said = await run(`
        import WebSocket from 'ws';
        const failure = (url, options) => new Promise((resolve) => {
          new WebSocket(url, options).on('unexpected-response', async (_, response) => resolve(response.statusCode + ' ' + (await response.toArray()).join('')));
        });
        console.log(await failure('wss://api.example.com/', { headers: { Authorization: 'Bearer x', 'X-Own': 'y' } }));
        console.log(await failure('wss://api.example.com/closed'));`);
      const refusal =
        'A browser cannot send authorization, x-own with a WebSocket: put what wss://api.example.com/ is to know into the address or the protocols';
      assert.equal(said, `501 ${refusal}\n\n502 The page's browser could not open a WebSocket to wss://api.example.com/closed\n\n`);
      assert.deepEqual(kernel.refusals, [refusal]);
      assert.deepEqual(opened.splice(0), ['wss:/closed']);
    });

    it('a host that the author did not name is not found', async () => {
      const said = await run(`
        import https from 'node:https';
        https.get('https://other.example.com/').on('error', (error) => console.log(error.code, error.syscall, error.hostname));
        `);
      assert.equal(said, 'ENOTFOUND getaddrinfo other.example.com\n');
      assert.deepEqual(asked, []);
    });

    it('what only an own handshake could do fails by name', async () => {
      const said = await run(`
        import https from 'node:https';
        import net from 'node:net';
        import tls from 'node:tls';
        const failure = async (work) => {
          try {
            await work();
            return 'nothing failed';
          } catch (error) {
            return error.code + ' ' + error.message;
          }
        };
        const ended = (socket) => new Promise((resolve, reject) => socket.on('error', reject).on('secureConnect', resolve));
        console.log(await failure(() => ended(tls.connect({ host: 'api.example.com', port: 443, checkServerIdentity: () => undefined }))));
        console.log(await failure(() => tls.connect({ host: 'api.example.com', port: 443, ca: 'certificate' })));
        console.log(await failure(() => https.createServer({ key: 'key', cert: 'certificate' })));
        const server = net.createServer((socket) => socket.on('data', (bytes) => console.log('plain text', bytes)).on('error', () => {})).listen(0);
        await new Promise((resolve) => server.on('listening', resolve));
        const inside = tls.connect(server.address().port);
        inside.write('secret');
        console.log(await failure(() => ended(inside)));
        server.close();
        // As msw and nock do: the server's answers come from within the program, and no handshake ever begins.
        const mocked = tls.connect({ host: 'api.example.com', port: 443, checkServerIdentity: (name, certificate) => console.log('mocked', name, certificate) });
        mocked._handle.start = mocked._handle.verifyError = () => {};
        const secured = ended(mocked);
        mocked._handle.onhandshakedone();
        await secured;
        console.log(mocked.authorized);
        mocked.destroy();`);
      assert.equal(
        said,
        `ERR_BV_UNSUPPORTED checkServerIdentity is not available: the page's browser verifies servers and shows no certificates
ERR_BV_UNSUPPORTED TLS with \`ca\` is not available: the page's browser has its own certificates, and there are no TLS servers in a container
ERR_BV_UNSUPPORTED TLS with \`cert\` is not available: the page's browser has its own certificates, and there are no TLS servers in a container
ERR_BV_UNSUPPORTED TLS is not available: nothing between programs of a container is encrypted; connect with http, or to a host outside
mocked api.example.com {}
true
`,
      );
      assert.deepEqual(asked, []);
    });
  });
}
