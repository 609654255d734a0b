import { assert } from 'chai';
import { openContractFiles } from '../testing/contract-files.ts';
import { describeFileSystem } from '../testing/file-system-contract.ts';
import { FileSystem } from './file-system.ts';
import { S_IFDIR, S_IFREG } from '../base/file-mode.ts';

const text = (value: string) => new TextEncoder().encode(value);
const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return '';
};

describeFileSystem('FileSystem', openContractFiles, { permissions: true }, { describe, it });

describe('FileSystem', () => {
  const open = () => openContractFiles().system;

  it('keeps times as POSIX has them', () => {
    const { host } = open();
    let clock = 100;
    const fs = new FileSystem(host, { now: () => clock });
    fs.mkdir('/d', 0o755);
    fs.writeFile('/d/f', text('a'));
    const born = fs.stat('/d/f');
    assert.deepEqual([born.atimeMs, born.mtimeMs, born.ctimeMs, born.birthtimeMs], [100, 100, 100, 100]);
    clock = 200;
    fs.writeFile('/d/f', text('b'));
    assert.deepEqual([fs.stat('/d/f').mtimeMs, fs.stat('/d/f').ctimeMs, fs.stat('/d').mtimeMs], [200, 200, 100]);
    clock = 300;
    fs.chmod('/d/f', 0o600);
    assert.deepEqual([fs.stat('/d/f').mtimeMs, fs.stat('/d/f').ctimeMs], [200, 300]);
    clock = 400;
    fs.rename('/d/f', '/d/g');
    assert.deepEqual([fs.stat('/d').mtimeMs, fs.stat('/d/g').ctimeMs, fs.stat('/d/g').mtimeMs], [400, 400, 200]);
  });

  it('typeOf() answers without failing', () => {
    const fs = open();
    fs.mkdir('/d', 0o755);
    fs.writeFile('/d/f', text('x'));
    assert.deepEqual(
      ['/d', '/d/f', '/d/none', '/d/f/x', '/none/x', ''].map((path) => fs.typeOf(path)),
      [S_IFDIR, S_IFREG, 0, 0, 0, 0],
    );
  });

  it('a sticky directory lets nobody but owners remove names', () => {
    const fs = open();
    fs.mkdir('/tmp', 0o777);
    fs.chmod('/tmp', 0o1777);
    fs.writeFile('/tmp/mine', text('x'));
    const other = fs.as({ uid: 1001, gid: 1001, umask: 0o022 });
    other.writeFile('/tmp/theirs', text('x'));
    assert.equal(
      code(() => other.unlink('/tmp/mine')),
      'EPERM',
    );
    assert.equal(
      code(() => other.rename('/tmp/mine', '/tmp/taken')),
      'EPERM',
    );
    other.unlink('/tmp/theirs');
  });

  it('chown() is for root, who may do everything but run what nobody may', () => {
    const fs = open();
    fs.writeFile('/f', text('x'), 0o000);
    fs.chmod('/f', 0);
    assert.equal(
      code(() => fs.chown('/f', 0, 0)),
      'EPERM',
    );
    const root = fs.as({ uid: 0, gid: 0, umask: 0o022 });
    root.chown('/f', 5, 6);
    assert.deepEqual([root.stat('/f').uid, root.stat('/f').gid], [5, 6]);
    root.access('/f', 6);
    assert.equal(
      code(() => root.access('/f', 1)),
      'EACCES',
    );
    assert.equal(
      code(() => fs.readFile('/f')),
      'EACCES',
    );
  });

  it('fails at its limits with EFBIG and ENOSPC, and writes nothing', () => {
    const { host } = open();
    const fs = new FileSystem(host, { maxFileBytes: 100, maxTotalBytes: 150, maxFiles: 3 });
    fs.writeFile('/a', new Uint8Array(100));
    assert.equal(
      code(() => fs.writeFile('/a', new Uint8Array(101))),
      'EFBIG',
    );
    assert.equal(
      code(() => fs.writeFile('/b', new Uint8Array(51))),
      'ENOSPC',
    );
    assert.equal(
      code(() => fs.truncate('/a', 101)),
      'EFBIG',
    );
    fs.writeFile('/b', new Uint8Array(50));
    assert.equal(
      code(() => fs.writeFile('/c', new Uint8Array(0))),
      'ENOSPC',
    );
    assert.equal(fs.tree.fileBytes, 150);
    fs.unlink('/a');
    assert.equal(fs.tree.fileBytes, 50);
  });

  it('mkdtemp() makes a directory of its own', () => {
    const fs = open();
    const [a, b] = [fs.mkdtemp('/t-'), fs.mkdtemp('/t-')];
    assert.match(a, /^\/t-[A-Za-z0-9]{6}$/);
    assert.notEqual(a, b);
    assert.equal(fs.stat(a).mode & 0o777, 0o700);
  });

  it('descriptors that share an offset move it together', () => {
    const fs = open();
    fs.writeFile('/f', text('abcdef'));
    const first = fs.open('/f', 2, 0);
    const transfer = first.share(() => fs.host.allocateIno() as number);
    const second = fs.adopt({ ...transfer, flags: 2, path: '/f' });
    const bytes = new Uint8Array(2);
    first.read(bytes, null);
    second.read(bytes, null);
    assert.equal(new TextDecoder().decode(bytes), 'cd');
    first.write(text('X'), null);
    assert.equal(second.offset, 5);
    assert.equal(new TextDecoder().decode(fs.readFile('/f')), 'abcdXf');
    first.close();
    assert.equal(
      code(() => first.read(bytes, null)),
      'EBADF',
    );
    second.close();
  });
});
