/** The client against `ws`, a server that the whole field uses. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import type { Container } from '../../../../runtime/index.ts';
import { WebSocketClient } from './websocket-client.ts';
import { WebSocketProtocolError, WebSocketReader, encodeFrame, opcodes } from '../../../../runtime/base/websocket-frames.ts';

const http = createServer();
const server = new WebSocketServer({
  server: http,
  perMessageDeflate: true,
  handleProtocols: (offered) => (offered.has('b') ? 'b' : false),
});
let port = 0;

before(async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
});
after(() => {
  for (const client of server.clients) client.terminate();
  server.close();
  http.closeAllConnections();
  http.close();
});

const container = { connect: (to: number) => Promise.resolve(Duplex.toWeb(connect(to, '127.0.0.1'))) } as unknown as Container;

async function open({ protocols = [] as string[] } = {}) {
  const messages: (string | Uint8Array)[] = [];
  let sent = 0;
  let wake: () => void = () => undefined;
  const closed = Promise.withResolvers<{ code: number; reason: string; clean: boolean }>();
  const connected = new Promise<ServerSocket>((resolve) => server.once('connection', resolve));
  const client = await WebSocketClient.open(container, {
    url: new URL(`ws://localhost:${port}/chat?x=1`),
    protocols,
    origin: 'http://localhost:3000',
    cookie: 'a=1',
    onSetCookie: () => undefined,
    onMessage: (data) => {
      messages.push(data);
      wake();
    },
    onSent: (bytes) => (sent += bytes),
    onClose: (close) => closed.resolve(close),
  });
  const until = async (count: number) => {
    while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return messages;
  };
  return { client, peer: await connected, until, closed: closed.promise, sent: () => sent };
}

for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
  test(`a message of ${length} bytes goes there and back, as text and as bytes`, async () => {
    const { client, peer, until, closed, sent } = await open();
    peer.on('message', (data: Buffer, isBinary) => peer.send(data, { binary: isBinary }));
    client.send('é'.repeat(length >> 1).padEnd(length >> 1, 'x'));
    client.send(new Uint8Array(length).map((_, index) => index & 255));
    const [text, bytes] = await until(2);
    assert.equal(text, 'é'.repeat(length >> 1));
    assert.deepEqual(
      bytes,
      new Uint8Array(length).map((_, index) => index & 255),
    );
    assert.ok(sent() >= length);
    client.close(1000, 'done');
    assert.deepEqual(await closed, { code: 1000, reason: 'done', clean: true });
  });
}

test('the server sees origin, cookie and the protocol it chose', async () => {
  const request = new Promise<import('node:http').IncomingMessage>((resolve) => server.once('connection', (_, one) => resolve(one)));
  const { client, closed } = await open({ protocols: ['a', 'b'] });
  const { headers, url } = await request;
  assert.equal(client.protocol, 'b');
  assert.deepEqual([headers.origin, headers.cookie, url], ['http://localhost:3000', 'a=1', '/chat?x=1']);
  client.close(null, '');
  assert.equal((await closed).code, 1005);
});

test('pings are answered, fragments put together, a close of the server reported', async () => {
  const { peer, until, closed } = await open();
  const pong = new Promise<string>((resolve) => peer.once('pong', (data) => resolve(data.toString())));
  peer.ping('p');
  assert.equal(await pong, 'p');
  peer.send('one ', { fin: false });
  peer.send('two ', { fin: false });
  peer.send('three', { fin: true });
  assert.deepEqual(await until(1), ['one two three']);
  peer.close(4001, 'bye');
  assert.deepEqual(await closed, { code: 4001, reason: 'bye', clean: true });
});

test('a connection that breaks is closed with 1006', async () => {
  const { peer, closed } = await open();
  peer.terminate();
  assert.deepEqual(await closed, { code: 1006, reason: '', clean: false });
});

test('a server that speaks HTTP only is refused', async () => {
  const plain = createServer((_, response) => response.end('no'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const url = new URL(`ws://localhost:${(plain.address() as AddressInfo).port}/`);
  const none = () => undefined;
  const options = { url, protocols: [], origin: '', cookie: '', onSetCookie: none, onMessage: none, onSent: none, onClose: none };
  await assert.rejects(WebSocketClient.open(container, options), { code: 'ERR_BV_UNSUPPORTED' });
  plain.closeAllConnections();
  plain.close();
});

function unmasked(first: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(first, payload.length, ...payload);
}

test('frames cut anywhere are read, and broken ones refused with the code the standard names', () => {
  const text = new TextEncoder().encode('hé');
  const bytes = [...unmasked(0x01, text.subarray(0, 2)), ...unmasked(0x89, Uint8Array.of(1)), ...unmasked(0x80, text.subarray(2))];
  const reader = new WebSocketReader({ maxMessageBytes: 1000, from: 'server' });
  const events = bytes.flatMap((byte) => [...reader.push(Uint8Array.of(byte))]);
  assert.deepEqual(events, [
    { kind: 'ping', payload: Uint8Array.of(1) },
    { kind: 'message', data: 'hé' },
  ]);
  const refuses = (bytes: Uint8Array, code: number) =>
    assert.throws(
      () => [...new WebSocketReader({ maxMessageBytes: 100, from: 'server' }).push(bytes)],
      (error) => error instanceof WebSocketProtocolError && error.closeCode === code,
    );
  refuses(unmasked(0xc1, text), 1002);
  refuses(encodeFrame(opcodes.text, text, new Uint8Array(4)), 1002);
  refuses(unmasked(0x80, text), 1002);
  refuses(unmasked(0x83, text), 1002);
  refuses(unmasked(0x09, text), 1002);
  refuses(unmasked(0x81, Uint8Array.of(0xff)), 1007);
  refuses(unmasked(0x88, Uint8Array.of(3, 237)), 1002);
  refuses(Uint8Array.of(0x82, 126, 1, 0), 1009);
});
