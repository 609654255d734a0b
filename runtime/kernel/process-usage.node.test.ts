/** What processes say that they took, as the page is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerUsage } from '../wires/process-wire.ts';
import { Harness } from './kernel-harness.ts';

describe('What processes have taken', () => {
  const opened = async (usage: WorkerUsage | undefined) => {
    let now = 1000;
    const harness = await Harness.open({
      own: { own: (process) => new Promise(() => process.worker.peer) },
      shared: { shared: () => new Promise(() => undefined) },
      environment: { now: () => now },
    });
    await harness.spawn('own');
    await harness.spawn('shared');
    const [own] = [...harness.workers.values()].filter(({ processes }) =>
      [...processes.values()].some(({ start }) => start.program === 'own'),
    );
    own!.usage = usage;
    const rows = async () => {
      const { rows } = await harness.peer.call('processes', { container: harness.container });
      return Object.fromEntries(rows.map(({ command, activeMs, memoryBytes }) => [command, [activeMs, memoryBytes]]));
    };
    return { harness, own: own!, rows, pass: (ms: number) => (now += ms) };
  };

  it('is asked at each look, and known at the next', async () => {
    const { harness, own, rows } = await opened({ activeMs: 20, memoryBytes: 65536 });
    assert.deepEqual(await rows(), { own: [undefined, undefined], shared: [undefined, undefined] });
    await harness.peer.call('stats', { container: harness.container }); // The answer is before that of this.
    assert.deepEqual(await rows(), { own: [20, 65536], shared: [undefined, undefined] });
    own.usage = { activeMs: 30 };
    await rows();
    await harness.peer.call('stats', { container: harness.container });
    assert.deepEqual((await rows())['own'], [30, undefined]);
    await harness.close();
  });

  it('of a worker that does not answer is all the time since it was asked', async () => {
    const { harness, own, rows, pass } = await opened({ activeMs: 20 });
    await rows();
    await harness.peer.call('stats', { container: harness.container });
    own.answersPings = false;
    assert.deepEqual((await rows())['own'], [20, undefined]);
    pass(500);
    assert.deepEqual((await rows())['own'], [520, undefined]);
    assert.equal(own.pings, 2, 'it is not asked again before it has answered');
    own.peer.notify({ kind: 'alive' }); // Of a program that never returns to its event loop.
    await harness.peer.call('stats', { container: harness.container });
    assert.deepEqual((await rows())['own'], [520, undefined]);
    await harness.close();
  });

  it('that cannot be ends the worker', async () => {
    const { harness, rows } = await opened({ activeMs: -1 });
    await rows();
    await harness.notice(({ kind }) => kind === 'fault');
    assert.deepEqual(await rows(), { shared: [undefined, undefined] });
    await harness.close();
  });
});
