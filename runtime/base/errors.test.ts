import { assert } from 'chai';
import { BvError, errorFromData, errorToData, PosixError, type ErrorData } from './errors.ts';

describe('PosixError', () => {
  it('has the text and fields of Node’s file system errors', () => {
    const error = new PosixError('ENOENT', { syscall: 'open', path: '/none' });
    assert.equal(error.message, "ENOENT: no such file or directory, open '/none'");
    assert.equal(error.errno, -2);
    assert.deepEqual(Object.keys(error).sort(), ['code', 'errno', 'name', 'path', 'syscall']);
  });

  it('names both paths of a call that has two', () => {
    const error = new PosixError('EXDEV', { syscall: 'rename', path: '/a', dest: '/b' });
    assert.equal(error.message, "EXDEV: cross-device link not permitted, rename '/a' -> '/b'");
  });

  it('about() adds what the layer above knows and keeps what is said', () => {
    const inner = new PosixError('EACCES', { syscall: 'open' });
    const outer = PosixError.about(inner, { syscall: 'read', path: '/secret' }) as PosixError;
    assert.equal(outer.syscall, 'open');
    assert.equal(outer.path, '/secret');
  });

  it('about() leaves other errors alone', () => {
    const error = new TypeError('bug');
    assert.strictEqual(PosixError.about(error, { path: '/x' }), error);
  });
});

describe('errorFromData()', () => {
  it('is undone by errorToData()', () => {
    const errors = [
      new PosixError('EXDEV', { syscall: 'rename', path: '/a', dest: '/b' }),
      new BvError('ERR_BV_LIMIT', 'full'),
      new RangeError('far'),
      Object.assign(new Error('own'), { name: 'OwnError' }),
    ];
    for (const error of errors) {
      const again = errorFromData(structuredClone(errorToData(error)));
      assert.strictEqual(again.constructor, error.constructor);
      assert.deepInclude(again, { ...error, name: error.name, message: error.message });
    }
  });

  it('makes an error of whatever a peer sent in its place', () => {
    const noText = { toString: 0, valueOf: 0 };
    const sent: readonly unknown[] = [
      undefined,
      null,
      7,
      {},
      { kind: 'other', name: 'Error', message: noText },
      { kind: 'other', name: noText, message: '' },
      { kind: 'other', name: 'constructor', message: 'of every object' },
      { kind: 'bv', code: 'ERR_BV_LIMIT', message: noText },
      { kind: 'bv', code: 'toString', message: '' },
      { kind: 'posix', code: 'ENOENT', syscall: noText },
      { kind: 'posix', code: 'ENOENT', syscall: 'open', path: noText },
      { kind: 'posix', code: '__proto__' },
    ];
    for (const data of sent) assert.instanceOf(errorFromData(structuredClone(data) as ErrorData), Error);
  });
});
