import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Harness, type Program } from './kernel-harness.ts';

const idle: Program = () => new Promise<never>(() => {});

describe('A worker that says nothing', () => {
  const limits = { silentMs: 40 };

  it('is told of to the page, and ended with SIGXCPU and a last word if the page says that it shares its memory', async () => {
    const harness = await Harness.open({ own: { loop: idle } }, limits);
    const { pid, stderr } = await harness.spawn('loop');
    const [worker] = harness.workers.values();
    worker!.answersPings = false;
    const silent = await harness.notice(({ kind }) => kind === 'silent');
    assert.ok(silent.kind === 'silent');
    harness.peer.notify({ kind: 'sharesMemory', worker: silent.worker });
    const { code, signal } = await harness.wait(pid);
    assert.deepEqual({ code, signal }, { code: null, signal: 'SIGXCPU' });
    assert.match(await harness.drain(stderr), /^\nFATAL ERROR: .* after 40 ms .*\(limit "silentMs"\)\n$/);
    const told = await harness.notice(({ kind }) => kind === 'limit');
    assert.equal(told.kind === 'limit' && told.limit, 'silentMs');
    await harness.close();
  });

  it('lives if it speaks before the page has answered', async () => {
    const harness = await Harness.open({ own: { loop: idle } }, limits);
    const { pid } = await harness.spawn('loop');
    const [worker] = harness.workers.values();
    worker!.answersPings = false;
    const silent = await harness.notice(({ kind }) => kind === 'silent');
    worker!.peer.notify({ kind: 'alive' });
    worker!.answersPings = true;
    await harness.settle();
    assert.ok(silent.kind === 'silent');
    harness.peer.notify({ kind: 'sharesMemory', worker: silent.worker });
    await harness.settle();
    assert.equal(
      (await harness.peer.call('processes', { container: harness.container })).rows.find((row) => row.pid === pid)?.state,
      'running',
    );
    await harness.close();
  });

  it('a worker that answers is never told of, nor is the shared one asked', async () => {
    const harness = await Harness.open({ own: { loop: idle }, shared: { other: idle } }, limits);
    await harness.spawn('loop');
    await harness.spawn('other');
    const asked = async () => {
      for (;;) {
        const counts = [...harness.workers.values()].map((worker) => worker.pings);
        if (Math.max(...counts) >= 12) return counts;
        await harness.settle();
      }
    };
    assert.equal(Math.min(...(await asked())), 0, 'the shared worker');
    assert.deepEqual(
      harness.notices.filter(({ kind }) => kind === 'silent'),
      [],
    );
    await harness.close();
  });

  it('one that the browser ended for lack of memory has a last word', async () => {
    const harness = await Harness.open({ own: { loop: idle } });
    const { pid, stderr } = await harness.spawn('loop');
    const [id] = harness.workers.keys();
    const error = { kind: 'bv', code: 'ERR_BV_PEER_GONE', message: 'gone' } as const;
    harness.peer.notify({ kind: 'workerFailed', worker: id!, error, outOfMemory: true });
    const { signal } = await harness.wait(pid);
    assert.equal(signal, 'SIGKILL');
    assert.match(await harness.drain(stderr), /^\nFATAL ERROR: JavaScript heap out of memory: /);
    await harness.close();
  });

  it('workers that died together are gone together: none of them is handed what comes next', async () => {
    let runs = 0;
    const harness = await Harness.open({
      own: { bomb: () => ((runs += 1) <= 2 ? new Promise<never>(() => {}) : Promise.resolve(0)) },
      shared: {
        shell: async (process) => {
          const children = [await process.spawn('/usr/bin/bomb'), await process.spawn('/usr/bin/bomb')];
          await process.write(1, 'both run\n');
          const [died] = await Promise.all(children.map((child) => process.call('wait', { child })));
          const next = await process.call('wait', { child: await process.spawn('/usr/bin/bomb') });
          await process.write(1, `${died!.signal}, then ${next?.code}`);
        },
      },
    });
    const { container, peer } = harness;
    const { stdout, stderr } = await harness.spawn('shell');
    await harness.readUntil(stdout, 'both run\n');
    await peer.call('warm', { container, program: 'bomb' });
    const dead = [...harness.workers].filter(
      ([, worker]) => ![...worker.processes.values()].some(({ start }) => start.program === 'shell'),
    );
    assert.equal(dead.length, 3, 'two that run and one that waits');
    while (!dead.every(([, { notices }]) => notices.some(({ kind }) => kind === 'welcome'))) await harness.settle();
    await harness.settle(); // They have greeted, too.
    for (const [, worker] of dead) worker.peer.close();
    const error = { kind: 'bv', code: 'ERR_BV_PEER_GONE', message: 'gone' } as const;
    peer.notify({ kind: 'workersFailed', workers: dead.map(([id]) => id), error, outOfMemory: true });
    assert.equal(await harness.drain(stdout), 'SIGKILL, then 0');
    assert.match(await harness.drain(stderr), /^(\nFATAL ERROR: JavaScript heap out of memory: .*\n){2}$/);
    await harness.close();
  });
});
