/** What is told where the browser has deleted what a container kept. */
import { assert } from 'chai';
import { bootContainer, endContainers, hangMs, within } from '../testing/page-container.ts';
import type { Container } from '../index.ts';

const name = 'lost-store';
const mark = `bavini:kept:${name}`;

/** As the browser does it, behind our back. */
function deleteDatabase(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(`bavini:${name}`);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('It was not deleted'));
  });
}

describe('A container whose kept files the browser has deleted', () => {
  after(endContainers);
  beforeEach(async () => {
    await deleteDatabase();
    localStorage.removeItem(mark);
  });

  /** What it tells, by the time it has answered a call. */
  async function boot(options: { readonly listensLate?: boolean } = {}) {
    const container = await bootContainer({ persist: name });
    if (options.listensLate === true) await container.stats();
    const told: { readonly code?: string; readonly message: string }[] = [];
    container.on('error', (error) => void told.push(error));
    await container.stats();
    return { container, told };
  }

  async function keep(container: Container): Promise<void> {
    await container.fs.writeFile('a.txt', 'kept');
    await within(hangMs, () => 'Nothing was stored', container.sync());
  }

  /** The name is free again once the store is closed. */
  async function leave(container: Container): Promise<void> {
    container.teardown();
    await within(
      hangMs,
      () => 'The name was not given back',
      navigator.locks.request(`bavini:${name}`, () => undefined),
    );
  }

  it('tells so once, with the name, and keeps files again', async () => {
    const first = await boot();
    assert.isNull(localStorage.getItem(mark), 'nothing is stored yet');
    await keep(first.container);
    assert.isNotNull(localStorage.getItem(mark));
    await leave(first.container);

    await deleteDatabase();
    const second = await boot();
    assert.isFalse(second.container.restored);
    assert.deepEqual(second.told, [
      { code: 'ERR_BV_STORE_LOST', message: `Cannot restore the files that were kept as "${name}": this browser has deleted them` },
    ]);
    await leave(second.container);
    const third = await boot();
    assert.deepEqual(third.told, []);
    await keep(third.container);
    await leave(third.container);

    await deleteDatabase();
    const fourth = await boot({ listensLate: true });
    assert.deepEqual(
      fourth.told.map(({ code }) => code),
      ['ERR_BV_STORE_LOST'],
    );
    await leave(fourth.container);
  });

  it('tells nothing at a first visit, of files that are there, and where the page has no storage of its own', async () => {
    const first = await boot();
    assert.deepEqual(first.told, []);
    await keep(first.container);
    await leave(first.container);
    localStorage.removeItem(mark); // As before this version, or where only that was cleared.
    const second = await boot();
    assert.isTrue(second.container.restored);
    assert.deepEqual(second.told, []);
    assert.isNotNull(localStorage.getItem(mark));
    await leave(second.container);

    await deleteDatabase();
    const own = Object.getOwnPropertyDescriptor(window, 'localStorage')!;
    Object.defineProperty(window, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('Access is denied', 'SecurityError');
      },
    });
    try {
      const third = await boot();
      assert.deepEqual(third.told, []);
      await keep(third.container);
      await third.container.reset();
      await leave(third.container);
    } finally {
      Object.defineProperty(window, 'localStorage', own);
    }
  });

  it('reset() is no loss', async () => {
    const first = await boot();
    await keep(first.container);
    const forgotten = first.container.reset();
    assert.isNull(localStorage.getItem(mark), 'while there is nothing to lose');
    await forgotten;
    assert.isNotNull(localStorage.getItem(mark), 'the author’s files are kept now');
    await leave(first.container);
    const second = await boot();
    assert.deepEqual(second.told, []);
    await leave(second.container);
  });
});
