import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldPort } from './held-port.ts';

function makePort() {
  const said: unknown[] = [];
  return { said, port: new HeldPort({ onmessage: null, postMessage: (message) => void said.push(message) }) };
}

test('what is posted while a port holds is said in order, as it was then', () => {
  const { said, port } = makePort();
  port.postMessage('a', []);
  port.hold();
  const bytes = new Uint8Array([1]);
  port.postMessage({ bytes }, []);
  bytes[0] = 2;
  port.hold();
  port.postMessage('b', []);
  assert.deepEqual(said, ['a']);
  port.release();
  assert.deepEqual(said, ['a', { bytes: new Uint8Array([1]) }]);
  assert.equal(port.isHolding, true);
  port.release();
  port.postMessage('c', []);
  assert.deepEqual(said.slice(2), ['b', 'c']);
  assert.equal(port.isHolding, false);
});

test('what is dropped was never said', () => {
  const { said, port } = makePort();
  port.hold();
  port.postMessage('a', []);
  port.drop();
  port.postMessage('b', []);
  assert.deepEqual(said, ['b']);
});

test('a worker that holds is no endless loop', () => {
  const { said, port } = makePort();
  port.hold();
  const alive = { kind: 'notice', notice: { kind: 'alive' } };
  port.postMessage(alive, []);
  assert.deepEqual(said, [alive]);
});
