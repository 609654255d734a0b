import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Harness, type Program, type ScriptedProcess } from './kernel-harness.ts';

const address = { host: '127.0.0.1', port: 8080 };
const bytes = (text: string) => new TextEncoder().encode(text);
const told = async (process: ScriptedProcess, handle: number) =>
  new TextDecoder().decode((await process.call('read', { handle, maxBytes: 1000 })).bytes);

/** Runs `parent` with its end of a socket pair, whose other end is the child's standard input. */
async function run(parent: (process: ScriptedProcess, channel: number) => Promise<void>, child: Program): Promise<void> {
  const main: Program = async (process) => {
    const fds = process.start.fds.filter(({ fd }) => fd > 0);
    const { pid, handles } = await process.call('spawn', {
      file: '/usr/bin/child',
      argv: ['child'],
      env: [],
      cwd: '/',
      umask: 0,
      fds,
      socketPairs: [0],
    });
    await parent(process, handles![0]!);
    await process.call('wait', { child: pid });
  };
  const harness = await Harness.open({ own: { main, child } });
  assert.deepEqual(await harness.run('main'), { code: 0, signal: null, stdout: '', stderr: '' });
  await harness.close();
}

describe('Handles that are passed to another process', () => {
  it('pass() is ahead of what is written afterwards, and what was passed stays open when the sender closes its own', async () => {
    await run(
      async (process, channel) => {
        const { handle } = await process.call('listen', { address, backlog: 5 });
        await process.call('pass', { channel, handle });
        await process.call('write', { handle: channel, bytes: bytes('listener') });
        process.worker.peer.notify({ kind: 'close', pid: process.pid, handle });
        assert.equal(await told(process, channel), 'mine');
        const { handle: client } = await process.call('connect', { address });
        assert.equal(await told(process, client), 'hello');
      },
      async (process) => {
        const channel = process.handle(0);
        assert.equal(await told(process, channel), 'listener');
        const { handle, ...passed } = await process.call('takePassed', { channel });
        assert.deepEqual(passed, { stream: 'listener', local: address });
        await process.call('write', { handle: channel, bytes: bytes('mine') });
        const accepted = await process.call('accept', { handle });
        await process.call('write', { handle: accepted.handle, bytes: bytes('hello') });
      },
    );
  });

  it('takePassed() waits; a connection keeps its names', async () => {
    await run(
      async (process, channel) => {
        assert.equal(await told(process, channel), 'ready');
        const { handle: listener } = await process.call('listen', { address, backlog: 5 });
        const { handle: client, local } = await process.call('connect', { address });
        const { handle } = await process.call('accept', { handle: listener });
        await process.call('pass', { channel, handle });
        process.worker.peer.notify({ kind: 'close', pid: process.pid, handle });
        assert.equal(await told(process, client), JSON.stringify({ stream: 'socket', local: address, remote: local }));
      },
      async (process) => {
        const channel = process.handle(0);
        const taking = process.call('takePassed', { channel });
        await process.call('write', { handle: channel, bytes: bytes('ready') });
        const { handle, ...passed } = await taking;
        await process.call('write', { handle, bytes: bytes(JSON.stringify(passed)) });
      },
    );
  });

  it('what nobody took is closed with the channel, and a wait for more ends', async () => {
    const main: Program = async (process) => {
      const { a, b } = await process.call('socketPair', {});
      const { handle } = await process.call('listen', { address, backlog: 5 });
      await process.call('pass', { channel: a, handle });
      process.worker.peer.notify({ kind: 'close', pid: process.pid, handle });
      const taking = process.call('takePassed', { channel: a });
      for (const end of [b, a]) process.worker.peer.notify({ kind: 'close', pid: process.pid, handle: end });
      await assert.rejects(taking, { code: 'EBADF' });
      await assert.rejects(process.call('connect', { address }), { code: 'ECONNREFUSED' });
    };
    const harness = await Harness.open({ own: { main } });
    assert.deepEqual(await harness.run('main'), { code: 0, signal: null, stdout: '', stderr: '' });
    await harness.close();
  });

  it('fails for what is no connection, no socket, not the caller’s, or too much', async () => {
    const main: Program = async (process) => {
      const { a, b } = await process.call('socketPair', {});
      const { read, write } = await process.call('pipe', {});
      await assert.rejects(process.call('pass', { channel: a, handle: read }), { code: 'EINVAL' });
      await assert.rejects(process.call('pass', { channel: write, handle: a }), { code: 'ENOTSOCK' });
      await assert.rejects(process.call('takePassed', { channel: write }), { code: 'ENOTSOCK' });
      await assert.rejects(process.call('pass', { channel: a, handle: 12345 }), { code: 'EBADF' });
      await assert.rejects(
        (async () => {
          for (;;) await process.call('pass', { channel: a, handle: a });
        })(),
        { code: 'ENOBUFS' },
      );
      process.worker.peer.notify({ kind: 'close', pid: process.pid, handle: b });
      await assert.rejects(process.call('pass', { channel: a, handle: a }), { code: 'EPIPE' });
    };
    const harness = await Harness.open({ own: { main } });
    assert.deepEqual(await harness.run('main'), { code: 0, signal: null, stdout: '', stderr: '' });
    await harness.close();
  });
});
