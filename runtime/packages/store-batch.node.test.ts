import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Budget } from './budget.ts';
import { FetchTurns } from './fetch-turns.ts';
import type { HeldPack, NewPackage, PackageStore } from './package-store.ts';
import { StoreBatch } from './store-batch.ts';

const facts = { files: 0, unpackedBytes: 0, bundled: [], hasBindingGyp: false, bins: [] };
const one = (id: string): NewPackage => ({ id, parts: [], size: 1, facts });

/** What a batch asks of a store: ids that are held, and those of each write. */
function open() {
  const held: string[] = [];
  const written: string[][] = [];
  const store = {
    hold(packages: readonly NewPackage[]) {
      held.push(...packages.map(({ id }) => id));
      return { layers: packages, pack: new Blob() };
    },
    async write(packs: readonly HeldPack[]) {
      written.push(packs.flatMap(({ layers }) => layers.map(({ id }) => id)));
    },
  };
  return { held, written, batch: new StoreBatch(store as unknown as PackageStore, () => undefined) };
}

describe('StoreBatch', () => {
  it('holds what it is given, and writes all of it at once when somebody is in a hurry; from then on at once', async () => {
    const { held, written, batch } = open();
    const durable = [batch.add(one('a'))];
    batch.begin();
    durable.push(batch.add(one('b')));
    batch.begin();
    assert.deepEqual([held, written], [['a', 'b'], []]);
    batch.hurry();
    assert.deepEqual(written, [['a', 'b']]);
    durable.push(batch.add(one('c')));
    batch.begin();
    assert.deepEqual(written, [['a', 'b'], ['c']]);
    await Promise.all(durable);
  });

  it('writes a second later where nobody is', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { written, batch } = open();
    const durable = batch.add(one('a'));
    batch.begin();
    t.mock.timers.tick(999);
    assert.deepEqual(written, []);
    t.mock.timers.tick(1);
    assert.deepEqual(written, [['a']]);
    await durable;
  });
});

describe('who waits', () => {
  it('for bytes of a budget is told of', async () => {
    let waits = 0;
    const budget = new Budget(10, () => waits++);
    const { signal } = new AbortController();
    await budget.take(10, signal);
    assert.equal(waits, 0);
    const second = budget.take(1, signal);
    assert.equal(waits, 1);
    budget.give(10);
    await second;
  });

  it('for who fetches the same package is told of', async () => {
    const turns = new FetchTurns({ isThere: async () => true, isShared: () => false });
    let [waits, stored] = [0, () => {}];
    const onWait = () => {
      waits++;
      stored();
    };
    const first = turns.take('a', undefined, () => new Promise<void>((resolve) => (stored = resolve)), onWait);
    assert.equal(waits, 0);
    assert.equal(await turns.take('a', undefined, async () => undefined, onWait), 'there');
    assert.equal(waits, 1);
    assert.equal(await first, 'fetched');
  });
});
