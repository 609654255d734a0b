import { assert } from 'chai';
import { EditRecord } from './edit-record.ts';

describe('EditRecord', () => {
  const key = 'bavini:edits:record-test';
  afterEach(() => localStorage.removeItem(key));

  it('keeps edits under a name, and nothing without one', () => {
    const first = new EditRecord('record-test');
    first.set('a.js', { text: 'x', dirty: true });
    first.set('b.js', { text: null, dirty: false });
    first.startsOver = true;
    const second = new EditRecord('record-test');
    assert.deepEqual(
      [...second.edits],
      [
        ['a.js', { text: 'x', dirty: true }],
        ['b.js', { text: null, dirty: false }],
      ],
    );
    assert.isTrue(second.startsOver);
    new EditRecord(undefined).set('a.js', { text: 'x', dirty: true });
    assert.equal(new EditRecord(undefined).edits.size, 0);
  });

  it('tells once that an edit cannot be kept', () => {
    let told = 0;
    const record = new EditRecord('record-test', () => (told += 1));
    const native = Storage.prototype.setItem;
    Storage.prototype.setItem = () => {
      throw new DOMException('It is full', 'QuotaExceededError');
    };
    try {
      record.set('a.js', { text: 'x', dirty: true });
      record.set('b.js', { text: 'y', dirty: true });
    } finally {
      Storage.prototype.setItem = native;
    }
    assert.equal(told, 1);
    assert.deepEqual([...record.edits.keys()], ['a.js', 'b.js']);
  });

  it('writes over nothing that another page kept meanwhile', () => {
    const first = new EditRecord('record-test');
    const second = new EditRecord('record-test');
    first.set('a.js', { text: 'of the first', dirty: true });
    second.set('b.js', { text: 'of the second', dirty: true });
    first.set('c.js', { text: 'more', dirty: true });
    assert.deepEqual([...new EditRecord('record-test').edits.keys()].sort(), ['a.js', 'b.js', 'c.js']);
    // Each hears of the other's, once.
    assert.deepEqual([...first.adopt()], ['b.js']);
    assert.deepEqual([...second.adopt()].sort(), ['a.js', 'c.js']);
    assert.equal(second.adopt().size, 0);
    // Of one file the later edit stays, and what one deleted does not come back by the other.
    second.set('a.js', { text: 'of both', dirty: true });
    first.delete('c.js');
    second.set('b.js', { text: 'again', dirty: true });
    assert.deepEqual(
      [...new EditRecord('record-test').edits].map(([path, { text }]) => `${path} ${text}`),
      ['a.js of both', 'b.js again'],
    );
    first.clear();
    first.startsOver = true;
    second.adopt();
    assert.equal(second.edits.size, 0);
    assert.isTrue(second.startsOver);
  });

  it('leaves nothing behind when all is forgotten', () => {
    const record = new EditRecord('record-test');
    record.set('a.js', { text: 'x', dirty: false });
    record.clear();
    assert.isNull(localStorage.getItem(key));
  });

  it('takes a damaged record for none, and drops what has no known form', () => {
    localStorage.setItem(key, '{"edits":');
    assert.equal(new EditRecord('record-test').edits.size, 0);
    localStorage.setItem(key, JSON.stringify({ edits: { a: 1, b: { text: 2 }, c: { text: 'ok', dirty: 'yes' } }, startsOver: 1 }));
    const record = new EditRecord('record-test');
    assert.deepEqual([...record.edits], [['c', { text: 'ok', dirty: false }]]);
    assert.isFalse(record.startsOver);
    assert.isUndefined(record.get('constructor'));
  });
});
