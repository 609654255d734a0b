import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Harness, type Program, type ScriptedProcess } from './kernel-harness.ts';
import { LimitSet, limitTable } from './limits.ts';

const fails = (call: Promise<unknown>, code: string) => assert.rejects(call, (error: { code?: string }) => error.code === code);
const idle: Program = () => new Promise<never>(() => {});

/** Runs `program` under those limits; what it throws fails the test. Answers the limits the reader was told of. */
async function under(
  limits: Readonly<Record<string, number>>,
  program: Program,
  own: Readonly<Record<string, Program>> = {},
): Promise<readonly string[]> {
  const harness = await Harness.open({ shared: { program, idle }, own }, limits);
  const { code, stderr } = await harness.run('program');
  await harness.settle();
  await harness.close();
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return harness.notices.flatMap((notice) => (notice.kind === 'limit' ? [notice.limit] : []));
}

describe('Limits', () => {
  it('are changed only by name and within reason', () => {
    assert.equal(new LimitSet({ processes: 5 }).get('processes'), 5);
    assert.equal(new LimitSet().get('processes'), limitTable.processes.value);
    assert.throws(() => new LimitSet({ nothing: 1 }), RangeError);
    assert.throws(() => new LimitSet({ toString: 1 }), RangeError);
    assert.throws(() => new LimitSet({ workersPerPage: 1000 }), RangeError);
    for (const value of [0, -1, 1.5, Infinity, NaN]) assert.throws(() => new LimitSet({ processes: value }), RangeError);
  });

  it('processes: the last one runs, the next fails with EAGAIN', async () => {
    const told = await under({ processes: 3 }, async (process) => {
      await process.spawn('/usr/bin/idle', [], { fds: [] });
      await process.spawn('/usr/bin/idle', [], { fds: [] });
      await fails(process.spawn('/usr/bin/idle'), 'EAGAIN');
    });
    assert.deepEqual(told, ['processes']);
  });

  it('workersPerPage: EAGAIN', async () => {
    const told = await under(
      {},
      async (process) => {
        const { workersPerPage } = limitTable;
        for (let count = 1; count < workersPerPage.value; count++) await process.spawn('/usr/bin/heavy', [], { fds: [] });
        await fails(process.spawn('/usr/bin/heavy', [], { fds: [] }), 'EAGAIN');
      },
      { heavy: idle },
    );
    assert.deepEqual(told, ['workersPerPage']);
  });

  it('openFiles: EMFILE, and room again after closing', async () => {
    await under({ openFiles: 10 }, async (process) => {
      // Three standard descriptors are open.
      const { read } = await process.call('pipe', {});
      await process.call('pipe', {});
      await process.call('pipe', {});
      await fails(process.call('pipe', {}), 'EMFILE');
      await process.call('duplicate', { handle: read });
      await fails(process.call('duplicate', { handle: read }), 'EMFILE');
      await fails(process.call('listen', { address: { host: '::', port: 0 }, backlog: 1 }), 'EMFILE');
      process.notify({ kind: 'close', pid: process.pid, handle: read });
      await process.call('listen', { address: { host: '::', port: 0 }, backlog: 1 });
    });
  });

  it('messageBytes: ENOBUFS for one byte more', async () => {
    const told = await under({}, async (process) => {
      const { write } = await process.call('pipe', {});
      await fails(process.call('write', { handle: write, bytes: new Uint8Array(limitTable.messageBytes.value + 1) }), 'ENOBUFS');
    });
    assert.deepEqual(told, ['messageBytes']);
  });

  it('pipeCapacity and queuedBytes: a full pipe makes the writer wait, too much of that fails with ENOBUFS', async () => {
    const told = await under({ queuedBytes: 1000 }, async (process) => {
      const { read, write } = await process.call('pipe', {});
      const capacity = limitTable.pipeCapacity.value;
      await process.call('write', { handle: write, bytes: new Uint8Array(capacity) });
      let accepted = false;
      const waiting = process.call('write', { handle: write, bytes: new Uint8Array(1000) }).then(() => (accepted = true));
      await fails(process.call('write', { handle: write, bytes: new Uint8Array(1) }), 'ENOBUFS');
      assert.equal(accepted, false);
      const { bytes } = await process.call('read', { handle: read, maxBytes: 2 * capacity });
      assert.equal(bytes.length, capacity);
      await waiting;
    });
    assert.deepEqual(told, ['queuedBytes']);
  });

  const rejected = async (process: ScriptedProcess): Promise<string> => {
    for (;;) {
      const found = process.worker.notices.find(({ kind }) => kind === 'rejected');
      if (found?.kind === 'rejected') return found.code;
      await process.call('processes', {});
    }
  };
  for (const [limit, value, code, write] of [
    ['fileSize', 100, 'EFBIG', (process: ScriptedProcess) => process.worker.files.writeFile('/tmp/a', new Uint8Array(101))],
    ['totalBytes', 10_000, 'ENOSPC', (process: ScriptedProcess) => process.worker.files.writeFile('/tmp/a', new Uint8Array(10_000))],
  ] as const) {
    it(`${limit}: a change beyond it is rejected with ${code} and taken back`, async () => {
      const told = await under({ [limit]: value }, async (process) => {
        process.worker.files.writeFile('/tmp/small', new Uint8Array(100));
        write(process);
        assert.equal(await rejected(process), code);
        assert.equal(process.worker.files.exists('/tmp/a'), false);
        assert.equal(process.worker.files.stat('/tmp/small').size, 100);
      });
      assert.deepEqual(told, [limit]);
    });
  }

  it('argumentBytes and argumentItemBytes: E2BIG', async () => {
    await under({ argumentBytes: 10_000 }, async (process) => {
      await process.spawn('/usr/bin/idle', ['x'.repeat(5000)], { env: [], fds: [] });
      await fails(process.spawn('/usr/bin/idle', ['x'.repeat(9990)], { env: [] }), 'E2BIG');
      await fails(process.spawn('/usr/bin/idle', [], { env: [['A', 'x'.repeat(9990)]] }), 'E2BIG');
    });
    await under({}, async (process) => {
      await process.spawn('/usr/bin/idle', ['x'.repeat(limitTable.argumentItemBytes.value)], { fds: [] });
      await fails(process.spawn('/usr/bin/idle', ['x'.repeat(limitTable.argumentItemBytes.value + 1)]), 'E2BIG');
    });
  });

  it('connections: ENFILE', async () => {
    await under({ connections: 2 }, async (process) => {
      const { address } = await process.call('listen', { address: { host: '127.0.0.1', port: 0 }, backlog: 10 });
      await process.call('connect', { address });
      await process.call('connect', { address });
      await fails(process.call('connect', { address }), 'ENFILE');
    });
  });

  it('backlog: ECONNREFUSED', async () => {
    await under({ backlog: 1 }, async (process) => {
      const { address } = await process.call('listen', { address: { host: '127.0.0.1', port: 0 }, backlog: 511 });
      await process.call('connect', { address });
      await fails(process.call('connect', { address }), 'ECONNREFUSED');
    });
  });

  it('channelMessages: messages to a thread that does not start are kept up to a number', async () => {
    const told = await under({ channelMessages: 2 }, async (process) => {
      const { a } = await process.call('channelPair', {});
      for (let i = 0; i < 3; i++) process.notify({ kind: 'post', pid: process.pid, handle: a, data: i });
      await process.call('processes', {});
    });
    assert.deepEqual(told, ['channelMessages']);
  });

  it('poolSize: no more idle workers than that, whatever a program asks for', async () => {
    const harness = await Harness.open({ own: { idle }, pool: 100 });
    await harness.peer.call('warm', { container: harness.container, program: 'idle' });
    await harness.settle();
    assert.equal(harness.kernel.counts.workers, limitTable.poolSize.value);
    await harness.close();
  });

  it('messages: a change is there before whatever is sent after it, in every worker', async () => {
    const rounds = 200;
    const encode = (text: string) => new TextEncoder().encode(text);
    const reader: Program = async (process) => {
      for (let round = 0; round < rounds; round++) {
        const text = await process.read(0, 8);
        const found = new TextDecoder().decode(process.worker.files.readFile('/tmp/shared'));
        if (Number(found) < Number(text)) throw new TypeError(`Read ${text} but found ${found}`);
        process.worker.files.writeFile('/tmp/back', encode(text));
        await process.write(1, 'k');
      }
    };
    const writer: Program = async (process) => {
      const { handles } = await process.call('spawn', {
        file: '/usr/bin/reader',
        argv: ['reader'],
        env: [],
        cwd: '/',
        umask: 0,
        fds: [process.start.fds[2]!],
        socketPairs: [0, 1],
      });
      const [to, from] = handles!;
      for (let round = 0; round < rounds; round++) {
        process.worker.files.writeFile('/tmp/shared', encode(String(round)));
        await process.call('write', { handle: to!, bytes: encode(String(round).padStart(8)) });
        await process.call('read', { handle: from!, maxBytes: 1 });
        assert.equal(new TextDecoder().decode(process.worker.files.readFile('/tmp/back')).trim(), String(round));
      }
    };
    const harness = await Harness.open({ own: { reader, writer } });
    assert.deepEqual(await harness.run('writer'), { code: 0, signal: null, stdout: '', stderr: '' });
    await harness.close();
  });

  it('cancelled reads lose no bytes, whenever the cancelling comes', async () => {
    await under({}, async (process) => {
      const { read, write } = await process.call('pipe', {});
      const text = 'abcdefghijklmnopqrstuvwxyz';
      let got = '';
      for (const character of text) {
        const stop = new AbortController();
        const cancelled = process.call('read', { handle: read, maxBytes: 10 }, stop.signal).then(
          ({ bytes }) => void (got += new TextDecoder().decode(bytes)),
          () => undefined,
        );
        const written = process.call('write', { handle: write, bytes: new TextEncoder().encode(character) });
        if (character.charCodeAt(0) % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
        stop.abort();
        await Promise.all([written, cancelled]);
      }
      process.notify({ kind: 'close', pid: process.pid, handle: write });
      for (;;) {
        const { bytes } = await process.call('read', { handle: read, maxBytes: 100 });
        if (bytes.length === 0) break;
        got += new TextDecoder().decode(bytes);
      }
      assert.equal(got, text);
    });
  });
});
