import { assert } from 'chai';
import { deleteDB, type DBSchema } from 'idb';
import { openDatabase } from './open-database.ts';

interface Schema extends DBSchema {
  texts: { key: string; value: string };
}

describe('openDatabase()', () => {
  const name = `test-open-${Date.now()}`;
  const open = () => openDatabase<Schema>(name, 1, { upgrade: (database) => void database.createObjectStore('texts') });
  /** The next so many calls fail with an error of that name. */
  const failing = async (times: number, errorName: string, work: () => Promise<void>) => {
    let left = times;
    const { open: real } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...args) {
      if (left-- > 0) throw new DOMException('Internal error opening backing store for indexedDB.open.', errorName);
      return real.apply(this, args);
    };
    try {
      await work();
    } finally {
      IDBFactory.prototype.open = real;
    }
  };
  const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => (error as Error).name,
    );
  after(() => deleteDB(name));

  it('opens what is locked for a moment', async () => {
    await failing(3, 'UnknownError', async () => {
      const database = await open();
      await database.put('texts', 'kept', 'key');
      database.close();
    });
    const database = await open();
    assert.equal(await database.get('texts', 'key'), 'kept');
    database.close();
  });

  it('tells of what stays locked, and at once of everything else', async () => {
    await failing(4, 'UnknownError', async () => assert.equal(await errorOf(open()), 'UnknownError'));
    await failing(1, 'SecurityError', async () => assert.equal(await errorOf(open()), 'SecurityError'));
  });
});
