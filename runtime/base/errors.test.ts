import { assert } from 'chai';
import { PosixError } from './errors.ts';

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
