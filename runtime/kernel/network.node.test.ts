import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { S_IFSOCK } from '../base/file-mode.ts';
import type { SocketAddress } from '../wires/process-wire.ts';
import { Gateway, type GatewayOptions, type WebSocketOpening } from './gateway.ts';
import { fromLatin1, latin1 } from './http1/message-parser.ts';
import { Harness, type Program, type ScriptedProcess } from './kernel-harness.ts';
import { nobody } from './kernel-object.ts';
import { limitTable } from './limits.ts';
import { Network } from './network.ts';
import { makeSocketPair, type Socket } from './socket.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const failsWith = (code: string, run: () => unknown) => assert.throws(run, (error: { code?: string }) => error.code === code);
const fails = (call: Promise<unknown>, code: string) => assert.rejects(call, (error: { code?: string }) => error.code === code);

/** Microtasks have run to their end. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

function open(maxConnections = 100) {
  const ports: string[] = [];
  const network = new Network({
    channel: {},
    maxBacklog: 2,
    maxConnections,
    onListening: () => {},
    onPort: (port, state) => void ports.push(`${port} ${state}`),
    outbound: () => {
      throw new TypeError('Nothing here leaves the container');
    },
  });
  const listen = (host: string, port: number) => network.listen({ address: { host, port }, owner: 1 }, 10);
  const connect = (host: string, port: number) => network.connect({ host, port }, nobody) as Socket;
  return { network, ports, listen, connect };
}

describe('Network', () => {
  it('refuses an address in use, wildcards and both families considered', () => {
    for (const [first, second, taken] of [
      ['127.0.0.1', '127.0.0.1', true],
      ['127.0.0.1', '127.0.0.2', false],
      ['127.0.0.1', '0.0.0.0', true],
      ['0.0.0.0', '127.0.0.1', true],
      ['::', '127.0.0.1', true],
      ['127.0.0.1', '::', true],
      ['::', '::1', true],
      ['::1', '0.0.0.0', false],
      ['::1', '127.0.0.1', false],
      ['localhost', '127.0.0.1', true],
      ['::ffff:127.0.0.1', '127.0.0.1', true],
      ['::ffff:0.0.0.0', '127.0.0.1', true],
      ['::1', '::ffff:0.0.0.0', false],
    ] as const) {
      const { listen } = open();
      listen(first, 3000);
      if (taken) failsWith('EADDRINUSE', () => listen(second, 3000));
      else listen(second, 3000);
    }
    failsWith('EADDRNOTAVAIL', () => open().listen('93.184.216.34', 80));
  });

  it('connects to the most exact listener', () => {
    const { listen, connect } = open();
    failsWith('ECONNREFUSED', () => connect('127.0.0.1', 80));
    listen('::1', 80);
    failsWith('ECONNREFUSED', () => connect('127.0.0.1', 80));
    const any = listen('0.0.0.0', 80);
    const client = connect('localhost', 80);
    const server = any.accept(nobody) as Socket;
    assert.deepEqual(server.remote, client.local);
    assert.deepEqual(server.local, { host: '127.0.0.1', port: 80 });
    const { listen: listen6, connect: connect6 } = open();
    const dual = listen6('::', 81);
    connect6('127.0.0.1', 81);
    assert.deepEqual((dual.accept(nobody) as Socket).local, { host: '::ffff:127.0.0.1', port: 81 });
  });

  it('picks free ports and tells when ports open and close', () => {
    const { listen, ports, network } = open();
    const one = listen('127.0.0.1', 0);
    const two = listen('127.0.0.1', 0);
    const [a, b] = [one.address, two.address] as [{ port: number }, { port: number }];
    assert.notEqual(a.port, b.port);
    const also = network.listen({ address: { host: '::1', port: a.port }, owner: 1 }, 1);
    one.close();
    assert.deepEqual(ports, [`${a.port} open`, `${b.port} open`]);
    also.close();
    assert.deepEqual(ports, [`${a.port} open`, `${b.port} open`, `${a.port} close`]);
  });

  it('holds the backlog, refuses beyond it, and resets what is left when the listener closes', async () => {
    const { listen, connect } = open();
    const listener = listen('127.0.0.1', 80);
    const [first] = [connect('127.0.0.1', 80), connect('127.0.0.1', 80)];
    failsWith('ECONNREFUSED', () => connect('127.0.0.1', 80));
    listener.close();
    failsWith('ECONNRESET', () => first.read(10, nobody));
  });

  it('counts connections until both ends are closed', () => {
    const { listen, connect, network } = open(1);
    const listener = listen('127.0.0.1', 80);
    const client = connect('127.0.0.1', 80);
    failsWith('ENFILE', () => connect('127.0.0.1', 80));
    const server = listener.accept(nobody) as Socket;
    client.close();
    assert.equal(network.connections, 1);
    server.close();
    assert.equal(network.connections, 0);
  });

  it('half-closes, and resets who left bytes unread', async () => {
    const { listen, connect } = open();
    const listener = listen('127.0.0.1', 80);
    const client = connect('127.0.0.1', 80);
    const server = listener.accept(nobody) as Socket;
    client.write(encode('ask'), nobody);
    client.shutdown();
    assert.equal(decode((await server.read(10, nobody)) as Uint8Array), 'ask');
    assert.equal(((await server.read(10, nobody)) as Uint8Array).length, 0);
    server.write(encode('answer'), nobody);
    assert.equal(decode((await client.read(10, nobody)) as Uint8Array), 'answer');
    failsWith('EPIPE', () => client.write(encode('more'), nobody));
    server.write(encode('unread'), nobody);
    client.close();
    failsWith('ECONNRESET', () => server.write(encode('x'), nobody));
  });
});

/** An HTTP server as a program of the container: answers each request by `answer`. */
const server =
  (answer: (request: string, process: ScriptedProcess) => string | Promise<string>, options: { closes?: boolean } = {}): Program =>
  async (process) => {
    const address: SocketAddress = { host: '127.0.0.1', port: 3000 };
    const { handle } = await process.call('listen', { address, backlog: 511 });
    for (;;) {
      const { handle: socket } = await process.call('accept', { handle });
      void (async () => {
        let held = '';
        for (;;) {
          const { bytes } = await process.call('read', { handle: socket, maxBytes: 65_536 });
          if (bytes.length === 0) break;
          held += latin1(bytes);
          if (!held.includes('\r\n\r\n')) continue;
          const text = await answer(held, process);
          held = '';
          await process.call('write', { handle: socket, bytes: fromLatin1(text) });
          if (options.closes) break;
        }
        process.notify({ kind: 'close', pid: process.pid, handle: socket });
      })().catch(() => undefined);
    }
  };

async function serving(program: Program) {
  const harness = await Harness.open({ own: { server: program } });
  const { pid } = await harness.spawn('server');
  await harness.notice((notice) => notice.kind === 'port' && notice.port === 3000 && notice.state === 'open');
  const fetch = async (method = 'GET', body: Uint8Array | null = null) => {
    const { head, body: handle } = await harness.peer.call('fetch', {
      container: harness.container,
      port: 3000,
      head: { method, target: '/x?y', headers: [['X-A', 'b']] },
      body,
    });
    return { status: head.status, headers: head.headers, text: await harness.drain(handle) };
  };
  return { harness, pid, fetch };
}

describe('Kernel, of addresses', () => {
  it('tells all processes what is listened on and by whom, before it answers and after who listened has ended', async () => {
    const address = (port: number): SocketAddress => ({ host: '127.0.0.1', port });
    const seen = new Map<number, ScriptedProcess>();
    const listening: Program = async (process) => {
      seen.set(process.pid, process);
      await process.call('listen', { address: address(3000 + process.pid), backlog: 511 });
      const own = process.worker.listening.filter(({ owner }) => owner === process.pid);
      assert.deepEqual(own, [{ address: address(3000 + process.pid), owner: process.pid }]);
      await new Promise<never>(() => {});
    };
    const harness = await Harness.open({ own: { listening } });
    const first = await harness.spawn('listening');
    await harness.notice((notice) => notice.kind === 'port' && notice.port === 3000 + first.pid);
    const second = await harness.spawn('listening');
    await harness.notice((notice) => notice.kind === 'port' && notice.port === 3000 + second.pid);
    await harness.settle();
    const all = [first, second].map(({ pid }) => ({ address: address(3000 + pid), owner: pid }));
    for (const { pid } of [first, second]) assert.deepEqual(seen.get(pid)?.worker.listening, all);
    await harness.peer.call('kill', { container: harness.container, pid: first.pid, signal: 'SIGKILL', group: false });
    await harness.notice((notice) => notice.kind === 'port' && notice.state === 'close');
    await harness.settle();
    assert.deepEqual(seen.get(second.pid)?.worker.listening, all.slice(1));
    await harness.close();
  });
});

describe('Kernel fetch', () => {
  it('asks a server in the container, again over the same connection', async () => {
    const requests: string[] = [];
    const { harness, fetch } = await serving(
      server((request) => {
        requests.push(request);
        return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
      }),
    );
    assert.deepEqual(await fetch(), { status: 200, headers: [['Transfer-Encoding', 'chunked']], text: 'abc' });
    assert.equal((await fetch()).text, 'abc');
    assert.equal(requests[0], 'GET /x?y HTTP/1.1\r\nHost: localhost:3000\r\nX-A: b\r\nConnection: keep-alive\r\n\r\n');
    assert.equal((await fetch('POST', encode('body'))).text, 'abc');
    assert.match(requests[2]!, /^POST \/x\?y HTTP\/1\.1\r\n[^]*Content-Length: 4\r\n/);
    await harness.close();
  });

  it('says that nothing listens, that the server broke off, and that it speaks no HTTP', async () => {
    const answers = ['', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', 'hello\r\n\r\n'];
    const { harness, pid, fetch } = await serving(server(() => answers.shift()!, { closes: true }));
    await fails(fetch(), 'ECONNRESET');
    await fails(fetch(), 'ECONNRESET');
    await fails(fetch(), 'EPROTO');
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGKILL', group: false });
    await fails(fetch(), 'ERR_BV_PORT_CLOSED');
    await harness.notice((notice) => notice.kind === 'port' && notice.state === 'close');
    await harness.close();
  });

  it('a server that dies during a request ends the request', async () => {
    const { harness, pid, fetch } = await serving(server(() => new Promise<never>(() => {})));
    const asked = fetch();
    await harness.settle();
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGKILL', group: false });
    await fails(asked, 'ECONNRESET');
    await harness.close();
  });

  it('streams a large body without holding it', async () => {
    const size = 2_000_000;
    const { harness, fetch } = await serving(server(() => `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`));
    assert.equal((await fetch()).text.length, size);
    await harness.close();
  });

  it('keeps ports of one container from another', async () => {
    const { harness } = await serving(server(() => ''));
    const other = await harness.createContainer();
    await fails(harness.peer.call('connect', { container: other, port: 3000 }), 'ERR_BV_PORT_CLOSED');
    await harness.close();
  });

  it('listens on a socket path that the process has bound, once', async () => {
    const bound: Program = async (process) => {
      process.worker.files.mknod('/tmp/a.sock', S_IFSOCK | 0o755);
      await process.call('listen', { address: { path: '/tmp/a.sock' }, backlog: 1, bound: true });
      await fails(process.call('listen', { address: { path: '/tmp/a.sock' }, backlog: 1, bound: true }), 'EADDRINUSE');
      await fails(process.call('listen', { address: { path: '/tmp' }, backlog: 1, bound: true }), 'EADDRINUSE');
      await fails(process.call('listen', { address: { path: '/tmp/none' }, backlog: 1, bound: true }), 'ENOENT');
    };
    const harness = await Harness.open({ shared: { bound } });
    assert.deepEqual(await harness.run('bound'), { code: 0, signal: null, stdout: '', stderr: '' });
    await harness.close();
  });

  it('joins processes by a socket path, which has its name in the file tree', async () => {
    const path = '/tmp/a.sock';
    const both: Program = async (process) => {
      const { handle } = await process.call('listen', { address: { path }, backlog: 1 });
      await fails(process.call('listen', { address: { path }, backlog: 1 }), 'EADDRINUSE');
      await fails(process.call('connect', { address: { path: '/tmp/none.sock' } }), 'ENOENT');
      const [{ handle: client }, { handle: accepted }] = await Promise.all([
        process.call('connect', { address: { path } }),
        process.call('accept', { handle }),
      ]);
      await process.call('write', { handle: client, bytes: encode('hi') });
      const { bytes } = await process.call('read', { handle: accepted, maxBytes: 10 });
      await process.write(
        1,
        decode(bytes) +
          process.worker.files
            .readdir('/tmp')
            .map(({ name }) => name)
            .join(),
      );
      process.notify({ kind: 'close', pid: process.pid, handle });
      await fails(process.call('connect', { address: { path } }), 'ECONNREFUSED');
    };
    const harness = await Harness.open({ shared: { both } });
    assert.deepEqual(await harness.run('both'), { code: 0, signal: null, stdout: 'hia.sock', stderr: '' });
    await harness.close();
  });
});

describe('Gateway', () => {
  /** What a gateway needs beside what a test is about. Its timers run when the test says so. */
  const around = (given: Partial<GatewayOptions>) => {
    const timers = new Map<() => void, number>();
    const options: GatewayOptions = {
      allow: [],
      channel: {},
      fetch: undefined,
      onDenied: () => {},
      onWebSocket: () => {},
      setTimer: (task, delayMs) => {
        timers.set(task, delayMs);
        return () => void timers.delete(task);
      },
      ...given,
    };
    return { gateway: new Gateway(options), timers };
  };
  const gateway = (allow: readonly string[], fetch?: GatewayOptions['fetch']) => {
    const denied: string[] = [];
    return { denied, ...around({ allow, fetch, onDenied: (_host, message) => void denied.push(message) }) };
  };
  /** When the gateway waits for that long: the time is over. */
  const passes = async (timers: Map<() => void, number>, delayMs: number) => {
    for (;;) {
      const [task] = [...timers].find(([, delay]) => delay === delayMs) ?? [];
      if (task !== undefined) {
        timers.delete(task);
        task();
        return;
      }
      await turn();
    }
  };
  const all = async (socket: Socket) => {
    let text = '';
    for (let bytes = await socket.read(65_536, nobody); bytes.length > 0; bytes = await socket.read(65_536, nobody)) text += latin1(bytes);
    return text;
  };

  it('lets nothing out by default and says what would', () => {
    const { gateway: closed, denied } = gateway([]);
    failsWith('ECONNREFUSED', () => closed.connect('example.com', 80));
    assert.equal(closed.lookup('example.com'), undefined);
    assert.match(denied[0]!, /"example\.com".*allow the host with `network`/);
  });

  it('knows hosts by rule and gives them addresses', () => {
    const { gateway: some } = gateway(['example.com', '*.example.org']);
    assert.equal(some.lookup('example.com'), '240.0.0.1');
    assert.equal(some.lookup('a.example.org'), '240.0.0.2');
    assert.equal(some.lookup('EXAMPLE.com'), '240.0.0.1');
    assert.equal(some.lookup('example.org'), undefined);
    assert.equal(some.lookup('evilexample.com'), undefined);
    assert.equal(some.lookup('a/b@example.com'), undefined);
  });

  it('performs requests by fetch, one after the other on one connection', async () => {
    const asked: unknown[] = [];
    const { gateway: open } = gateway(['api.example.com'], (url, { method, headers, body, credentials }) => {
      asked.push([url, method, headers, body && decode(body), credentials]);
      return Promise.resolve(new Response('answer', { status: 203, headers: { 'X-B': 'c', 'Content-Encoding': 'gzip' } }));
    });
    const socket = open.connect(open.lookup('api.example.com')!, 443);
    open.startTls(socket);
    void socket.write(
      fromLatin1(
        'POST /a HTTP/1.1\r\nHost: other\r\nX-A: b\r\nUser-Agent: node\r\nContent-Length: 2\r\n\r\nokGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      ),
      nobody,
    );
    const text = await all(socket);
    assert.deepEqual(asked, [
      ['https://api.example.com/a', 'POST', [['X-A', 'b']], 'ok', 'omit'],
      ['https://api.example.com/b', 'GET', [], undefined, 'omit'],
    ]);
    assert.equal(text.split('6\r\nanswer\r\n0\r\n\r\n').length, 3);
    assert.doesNotMatch(text, /gzip/);
  });

  it('speaks https only where the program began TLS, whatever the port', async () => {
    const asked: string[] = [];
    const { gateway: open } = gateway(['*'], (url) => {
      asked.push(url);
      return Promise.resolve(new Response(null, { status: 204 }));
    });
    for (const [port, secure] of [
      [443, true],
      [443, false],
      [80, true],
      [80, false],
      [8443, true],
      [3000, false],
    ] as const) {
      const socket = open.connect('a.example', port);
      if (secure) open.startTls(socket);
      void socket.write(fromLatin1('GET /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), nobody);
      assert.match(await all(socket), /^HTTP\/1\.1 204 /);
    }
    assert.deepEqual(asked, [
      'https://a.example/p',
      'http://a.example:443/p',
      'https://a.example:80/p',
      'http://a.example/p',
      'https://a.example:8443/p',
      'http://a.example:3000/p',
    ]);
    failsWith('EPROTO', () => open.startTls(makeSocketPair().a));
  });

  it('follows no redirect to a host that was not allowed, and notes every address', async () => {
    const noted: string[] = [];
    const ask = async (allow: readonly string[], answer: Partial<Response>) => {
      const modes: string[] = [];
      const { gateway: open } = around({
        allow,
        onRequest: (address) => noted.push(address),
        fetch: (_url, { redirect }) => {
          modes.push(redirect);
          return Promise.resolve(Object.defineProperties(new Response('there'), Object.getOwnPropertyDescriptors(answer)));
        },
      });
      const socket = open.connect('a.example', 80);
      void socket.write(fromLatin1('GET /from?secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), nobody);
      const text = await all(socket);
      return [modes.join(), text] as const;
    };
    // As browsers answer `manual`: nothing but that it is a redirect.
    const [named, refused] = await ask(['a.example'], { type: 'opaqueredirect', status: 0 });
    assert.equal(named, 'manual');
    assert.match(refused, /^HTTP\/1\.1 502 [^]*a\.example redirects, and no browser says where to/);
    const [every, followed] = await ask(['*'], { redirected: true, url: 'https://b.example/to?secret' });
    assert.equal(every, 'follow');
    assert.match(followed, /^HTTP\/1\.1 200 [^]*there/);
    assert.deepEqual(noted, ['http://a.example/from', 'http://a.example/from', 'https://b.example/to']);
  });

  it('answers what it cannot do with an error of its own', async () => {
    const { gateway: open } = gateway(['*'], () => Promise.reject(new TypeError('Failed to fetch')));
    const refused = open.connect('a.b', 80);
    void refused.write(fromLatin1('GET / HTTP/1.1\r\n\r\n'), nobody);
    assert.match(await all(refused), /^HTTP\/1\.1 502 [^]*Failed to fetch/);
    const garbled = open.connect('a.b', 80);
    void garbled.write(fromLatin1('\x16\x03\x01 hello\r\n\r\n'), nobody);
    assert.match(await all(garbled), /^HTTP\/1\.1 400 /);
  });

  it('closes a connection that is kept and not used, as servers do, and says when it will', async () => {
    const { gateway: open, timers } = gateway(['*'], () => Promise.resolve(new Response('answer')));
    const socket = open.connect('a.b', 80);
    await socket.write(fromLatin1('GET / HTTP/1.1\r\n\r\n'), nobody);
    await passes(timers, limitTable.outboundIdle.value);
    const text = await all(socket);
    assert.match(text, /^HTTP\/1\.1 200 [^]*\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n[^]*answer\r\n0\r\n\r\n$/);
    assert.equal(timers.size, 0);
    const silent = open.connect('a.b', 80);
    await passes(timers, limitTable.outboundStall.value);
    assert.equal(await all(silent), '');
  });

  it('resets a connection in the middle of a request, or of an answer that nobody reads', async () => {
    const { gateway: open, timers } = gateway(['*'], () => Promise.resolve(new Response('x'.repeat(200_000))));
    const half = open.connect('a.b', 80);
    await half.write(fromLatin1('POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab'), nobody);
    await turn();
    await passes(timers, limitTable.outboundStall.value);
    await fails(all(half), 'ECONNRESET');
    const unread = open.connect('a.b', 80);
    await unread.write(fromLatin1('GET / HTTP/1.1\r\n\r\n'), nobody);
    await turn(); // The request is read; what waits from now on is the answer.
    await passes(timers, limitTable.outboundStall.value);
    await fails(all(unread), 'ECONNRESET');
    assert.equal(timers.size, 0);
  });

  it('asks no more of a host when the program closes its end', async () => {
    const cancelled = Promise.withResolvers<void>();
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel: () => cancelled.resolve(),
    });
    const { gateway: open } = gateway(['*'], () => Promise.resolve(new Response(endless)));
    const socket = open.connect('a.b', 80);
    await socket.write(fromLatin1('GET / HTTP/1.1\r\n\r\n'), nobody);
    await socket.read(65_536, nobody);
    socket.close();
    await cancelled.promise;
  });

  it('gives a connection that asks for a WebSocket away, with what came behind the request', async () => {
    const given = Promise.withResolvers<[WebSocketOpening, Socket]>();
    const noted: string[] = [];
    const { gateway: open, timers } = around({
      allow: ['a.example'],
      fetch: () => Promise.reject(new Error('it is no request of HTTP')),
      onRequest: (address) => noted.push(address),
      onWebSocket: (opening, socket) => given.resolve([opening, socket]),
    });
    const socket = open.connect('a.example', 443);
    open.startTls(socket);
    await socket.write(fromLatin1('GET /chat?key=1 HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\nfirst'), nobody);
    const [opening, far] = await given.promise;
    assert.deepEqual(opening, {
      url: 'wss://a.example/chat?key=1',
      headers: [
        ['Upgrade', 'WebSocket'],
        ['Connection', 'Upgrade'],
      ],
    });
    assert.deepEqual(noted, ['wss://a.example/chat']);
    assert.equal(latin1(await far.read(65_536, nobody)), 'first');
    await far.write(fromLatin1('answer'), nobody);
    far.close();
    assert.equal(await all(socket), 'answer');
    assert.equal(timers.size, 0);
  });
});
