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
