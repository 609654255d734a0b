/** The rows of the table that `limits.node.test.ts` has not: at the limit it works, one beyond fails as the table says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maxNameBytes, maxPathBytes } from '../fs/names.ts';
import { AuditLog } from './audit-log.ts';
import { layers } from './guards.ts';
import { HandleTable } from './handle-table.ts';
import { MessageParser } from './http1/message-parser.ts';
import { Harness, type Program } from './kernel-harness.ts';
import { limitTable } from './limits.ts';

const fails = (call: Promise<unknown>, code: string) => assert.rejects(call, (error: { code?: string }) => error.code === code);
const throws = (run: () => unknown, code: string) => assert.throws(run, (error: { code?: string }) => error.code === code);

async function running(program: Program, limits: Readonly<Record<string, number>> = {}): Promise<Harness> {
  const harness = await Harness.open({ shared: { program } }, limits);
  const { code, stderr } = await harness.run('program');
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return harness;
}

describe('Limits at their edge', () => {
  it('handlesPerConnection: ENFILE', () => {
    const table = new HandleTable(() => Infinity);
    const object = { stream: 'pipe-read', close() {} } as const;
    const most = limitTable.handlesPerConnection.value;
    for (let count = 0; count < most; count++) table.add(object, null);
    assert.equal(table.size, most);
    throws(() => table.add(object, null), 'ENFILE');
    table.close(1, null);
    table.add(object, null);
  });

  it('files: the last one is made, the next is rejected with ENOSPC and the reader is told', async () => {
    const before = await Harness.open({ shared: { program: async () => {} } });
    const { files } = await before.peer.call('stats', { container: before.container });
    await before.close();
    const harness = await running(
      async (process) => {
        for (const name of ['a', 'b', 'c']) process.worker.files.writeFile(`/tmp/${name}`, new Uint8Array(1));
        for (;;) {
          const rejected = process.worker.notices.find(({ kind }) => kind === 'rejected');
          if (rejected?.kind === 'rejected') {
            assert.equal(rejected.code, 'ENOSPC');
            break;
          }
          await process.call('processes', {});
        }
        assert.deepEqual(
          ['a', 'b', 'c'].map((name) => process.worker.files.exists(`/tmp/${name}`)),
          [true, true, false],
        );
      },
      { files: files + 2 },
    );
    assert.equal((await harness.peer.call('stats', { container: harness.container })).files, files + 2);
    assert.deepEqual(
      harness.notices.flatMap((notice) => (notice.kind === 'limit' ? [notice.limit] : [])),
      ['totalBytes'],
    );
    await harness.close();
  });

  it('pathBytes and nameBytes: ENAMETOOLONG, in the file tree and in calls', async () => {
    assert.equal(limitTable.pathBytes.value, maxPathBytes);
    assert.equal(limitTable.nameBytes.value, maxNameBytes);
    const longest = `/${'a/'.repeat(2046)}ab`; // Its end, a NUL in Linux, counts.
    const harness = await running(async (process) => {
      const { files } = process.worker;
      assert.equal(longest.length, limitTable.pathBytes.value - 1);
      throws(() => files.stat(longest), 'ENOENT');
      throws(() => files.stat(`${longest}c`), 'ENAMETOOLONG');
      await fails(process.spawn(longest), 'ENOENT');
      await fails(process.spawn(`${longest}c`), 'ENAMETOOLONG');
      const name = 'é'.repeat(127);
      files.writeFile(`/tmp/${name}x`, new Uint8Array(1));
      assert.equal(files.exists(`/tmp/${name}x`), true);
      throws(() => files.writeFile(`/tmp/${name}xy`, new Uint8Array(1)), 'ENAMETOOLONG');
    });
    await harness.close();
  });

  it('messageBytes: a write of all that is allowed arrives', async () => {
    const harness = await running(async (process) => {
      const { read, write } = await process.call('pipe', {});
      const { value } = limitTable.messageBytes;
      const written = process.call('write', { handle: write, bytes: new Uint8Array(value) });
      let bytes = 0;
      while (bytes < value) bytes += (await process.call('read', { handle: read, maxBytes: value })).bytes.length;
      await written;
      assert.equal(bytes, value);
    });
    assert.deepEqual(
      harness.notices.filter(({ kind }) => kind === 'limit'),
      [],
    );
    await harness.close();
  });

  it('changesPerMessage: a worker that posts more is ended', async () => {
    const most = limitTable.changesPerMessage.value;
    const post = (count: number): Program => {
      return async (process) => {
        const { files } = process.worker;
        files.writeFile('/tmp/a', new Uint8Array(1));
        await process.call('processes', {});
        for (let i = 0; i < count; i++) files.chmod('/tmp/a', i % 2 === 0 ? 0o600 : 0o644);
        await process.call('processes', {});
      };
    };
    const harness = await Harness.open({ own: { most: post(most), more: post(most + 1) } });
    assert.equal((await harness.run('most')).code, 0);
    assert.deepEqual((await harness.run('more')).signal, 'SIGKILL');
    const fault = await harness.notice(({ kind }) => kind === 'fault');
    assert.match(JSON.stringify(fault), /too many changes at once/);
    await harness.close();
  });

  it('ttyInput: what is typed into a line beyond it is dropped, its end is not', async () => {
    const harness = await Harness.open({
      shared: {
        async line(process) {
          const text = await process.read(0, 10_000);
          await process.write(1, `<${text.length} ${text.endsWith('\n')}>`);
        },
      },
    });
    for (const typed of [limitTable.ttyInput.value - 1, limitTable.ttyInput.value + 100]) {
      const { pid, stdin } = await harness.spawn('line', [], { tty: { columns: 80, rows: 24 } });
      const seen = harness.readUntil(stdin, '>');
      await harness.write(stdin, `${'x'.repeat(typed)}\r`);
      assert.match(await seen, new RegExp(`<${limitTable.ttyInput.value} true>`));
      await harness.wait(pid);
    }
    await harness.close();
  });

  it('pendingCalls: EAGAIN', async () => {
    const harness = await running(async (process) => {
      const { read, write } = await process.call('pipe', {});
      const waiting = Array.from({ length: limitTable.pendingCalls.value }, () => process.call('read', { handle: read, maxBytes: 1 }));
      await fails(process.call('read', { handle: read, maxBytes: 1 }), 'EAGAIN');
      process.notify({ kind: 'close', pid: process.pid, handle: write });
      assert.equal((await Promise.all(waiting)).length, limitTable.pendingCalls.value);
      await process.call('pipe', {});
    });
    await harness.close();
  });

  it('keptExits: the oldest is forgotten', async () => {
    const harness = await Harness.open({ shared: { done: async () => 7 } });
    const pids: number[] = [];
    for (let count = 0; count <= limitTable.keptExits.value; count++) {
      const { pid, stdin, stdout, stderr } = await harness.spawn('done');
      for (const handle of [stdin, stdout, stderr]) harness.peer.notify({ kind: 'close', handle });
      pids.push(pid);
    }
    while ((await harness.peer.call('processes', { container: harness.container })).rows.length > 0);
    await fails(harness.wait(pids[0]!), 'ESRCH');
    assert.equal((await harness.wait(pids[1]!)).code, 7);
    assert.equal((await harness.wait(pids.at(-1)!)).code, 7);
    await harness.close();
  });

  it('httpHeadBytes: EPROTO', () => {
    const head = (bytes: number) => {
      const text = (filler: string) => `HTTP/1.1 204 No Content\r\nx: ${filler}\r\n\r\n`;
      return new TextEncoder().encode(text('x'.repeat(bytes - text('').length)));
    };
    const most = limitTable.httpHeadBytes.value;
    assert.equal(new MessageParser({ expect: 'response' }).push(head(most))[0]?.kind, 'head');
    throws(() => new MessageParser({ expect: 'response' }).push(head(most + 1)), 'EPROTO');
    throws(() => new MessageParser({ expect: 'response' }).push(head(most + 3).subarray(0, most + 1)), 'EPROTO');
  });

  it('auditEvents: the oldest is dropped', () => {
    const log = new AuditLog(() => 0);
    for (let count = 0; count <= limitTable.auditEvents.value; count++) log.add('limit', null, String(count));
    assert.equal(log.events.length, limitTable.auditEvents.value);
    assert.equal(log.events[0]?.text, '1');
  });

  it('workerStart: a worker that does not start in time is ended, and spawn fails with EAGAIN', async () => {
    const timers: { readonly delayMs: number; readonly task: () => void }[] = [];
    const harness = await Harness.open({
      own: { heavy: async () => {} },
      onWorker: () => undefined,
      environment: {
        setTimer(task, delayMs) {
          const timer = { task, delayMs };
          timers.push(timer);
          return () => void timers.splice(timers.indexOf(timer), 1);
        },
      },
    });
    const spawned = harness.spawn('heavy');
    spawned.catch(() => undefined);
    await harness.settle();
    const started = timers.find(({ delayMs }) => delayMs === limitTable.workerStart.value);
    assert.ok(started);
    started.task();
    await fails(spawned, 'EAGAIN');
    assert.match(JSON.stringify(await harness.notice(({ kind }) => kind === 'fault')), /did not start within 120000 ms/);
    await harness.close();
  });

  it('layers: as many as may be are taken at once, one more is a bad message', () => {
    const blob = new Blob([new Uint8Array(1024)]);
    const sources = Array.from({ length: limitTable.layers.value + 1 }, (_, index) => ({ id: `test:${index}`, blob }));
    assert.equal(layers(sources.slice(1)).length, limitTable.layers.value);
    throws(() => layers(sources), 'ERR_BV_BAD_MESSAGE');
  });

  it('every row has a test of this kind', async () => {
    const { readFile } = await import('node:fs/promises');
    const tests = [
      'kernel/limits',
      'kernel/limit-edges',
      'kernel/network',
      'kernel/silence',
      'kernel/idle-containers',
      'kernel/host-files',
      'programs/node/quickjs',
    ];
    const text = (await Promise.all(tests.map((name) => readFile(new URL(`../${name}.node.test.ts`, import.meta.url), 'utf8')))).join('\n');
    const missing = Object.keys(limitTable).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
    assert.deepEqual(missing, []);
  });
});
