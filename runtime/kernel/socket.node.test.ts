import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nobody } from './kernel-object.ts';
import { makeSocketPair } from './socket.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const text = async (bytes: Uint8Array | Promise<Uint8Array>) => new TextDecoder().decode(await bytes);
const address = { host: '127.0.0.1', port: 1 };

describe('makeSocketPair()', () => {
  it('a local socket that closes with unread bytes: its peer reads what is there, then ECONNRESET, and cannot write', async () => {
    const { a, b } = makeSocketPair();
    a.write(encode('unread'), nobody);
    b.write(encode('last'), nobody);
    b.close();
    assert.throws(() => a.write(encode('x'), nobody), { code: 'EPIPE' });
    assert.equal(await text(a.read(10, nobody)), 'last');
    assert.throws(() => a.read(10, nobody), { code: 'ECONNRESET' });
  });

  it('a local socket that closes with nothing unread: its peer reads to the end', async () => {
    const { a, b } = makeSocketPair();
    const reading = a.read(10, nobody);
    b.close();
    assert.equal(await text(reading), '');
    assert.throws(() => a.write(encode('x'), nobody), { code: 'EPIPE' });
  });

  it('TCP: its peer fails with ECONNRESET both ways, and what was not read is lost', () => {
    const ends = { local: address, remote: address };
    const { a, b } = makeSocketPair(undefined, ends, ends);
    a.write(encode('unread'), nobody);
    b.write(encode('lost'), nobody);
    b.close();
    assert.throws(() => a.write(encode('x'), nobody), { code: 'ECONNRESET' });
    assert.throws(() => a.read(10, nobody), { code: 'ECONNRESET' });
  });
});
