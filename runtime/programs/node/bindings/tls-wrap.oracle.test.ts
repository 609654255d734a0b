/** Sockets of TLS over streams of the program: whoever only makes one, as the packages `got` and `http2-wrapper` do when they load, may. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCases } from '../modules/compare.node.ts';

const made = String.raw`const { TLSSocket } = require('tls');
const { PassThrough } = require('stream');
const socket = new TLSSocket(new PassThrough());
console.log(socket._handle._parentWrap.constructor.name, socket.encrypted, socket.authorized, socket.writableLength);
socket.on('close', () => console.log('closed'));
socket.destroy();
`;
const connected = String.raw`const socket = require('tls').connect({ socket: new (require('stream').PassThrough)() });
socket.on('error', ({ code, message }) => console.log(code, message));
socket.on('close', () => console.log('closed'));
socket.write('never sent');
`;

const results = await compareCases<'is made' | 'is connected'>({
  'is made': { files: { 'made.cjs': made }, args: ['made.cjs'] },
  'is connected': { files: { 'connected.cjs': connected }, args: ['connected.cjs'] },
});
test('a TLS socket over a stream of the program can be made', () => {
  const { real, ours } = results.get('is made')!;
  assert.equal(real.stdout, 'JSStreamSocket true false 0\nclosed\n');
  assert.deepEqual(ours, real);
});
test('and says what is missing when it connects', () => {
  assert.match(
    results.get('is connected')!.ours.stdout,
    /^ERR_BV_UNSUPPORTED TLS over a stream of the program is not available.*\nclosed\n$/,
  );
});
test('end', () => void setTimeout(() => process.exit(), 100).unref());
