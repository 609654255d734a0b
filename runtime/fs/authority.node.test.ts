import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BvError } from '../base/errors.ts';
import { installMemoryBlobs, readMemoryBlob } from '../testing/memory-blob.ts';
import { dumpTree } from '../testing/replica-model.ts';
import { Authority, inosPerConnection } from './authority.ts';
import { FileSystem } from './file-system.ts';
import { Replica } from './replica.ts';
import { restoreTree } from './snapshot.ts';
import { Tree } from './tree.ts';

let restore: () => void;
before(() => {
  restore = installMemoryBlobs();
});
after(() => restore());

function newAuthority(limits = {}): Authority {
  return new Authority(new Tree({ reader: readMemoryBlob, keepsOrphans: true, uid: 1000, gid: 1000 }), { limits });
}

function connected(authority: Authority) {
  const connection = authority.connect();
  const replica = new Replica(restoreTree(connection.snapshot, { reader: readMemoryBlob }), connection.inoBase);
  return { connection, replica, fs: new FileSystem(replica) };
}

describe('AuthorityConnection', () => {
  const base = inosPerConnection;
  const create = { kind: 'create', parent: 1, name: 'f', ino: base, mode: 0o100644, uid: 0, gid: 0, timeMs: 0 };
  const hostile: readonly (readonly [string, unknown])[] = [
    ['no list', { length: 1 }],
    ['null', [null]],
    ['no known kind', [{ kind: 'format' }]],
    ['a prototype for a kind', [{ kind: '__proto__' }]],
    ['a name with a slash', [{ ...create, name: 'a/b' }]],
    ['a name with NUL', [{ ...create, name: 'a\0' }]],
    ['a dot', [{ ...create, name: '.' }]],
    ['two dots', [{ ...create, name: '..' }]],
    ['an empty name', [{ ...create, name: '' }]],
    ['a name of 256 bytes', [{ ...create, name: 'é'.repeat(128) }]],
    ['a name that is no string', [{ ...create, name: { toString: () => 'x' } }]],
    ['the root as a new inode', [{ ...create, ino: 1 }]],
    ["another connection's inode", [{ ...create, ino: base * 2 }]],
    ['an inode given twice', [create, { ...create, name: 'g' }]],
    ['a fraction of an inode', [{ ...create, ino: base + 0.5 }]],
    ['a device', [{ ...create, mode: 0o020666 }]],
    ['a mode out of range', [{ ...create, mode: -1 }]],
    ['a link without a target', [{ ...create, mode: 0o120777 }]],
    ['a file with a target', [{ ...create, target: 'x' }]],
    ['a directory with contents', [{ ...create, mode: 0o040755, data: { kind: 'bytes', bytes: new Uint8Array(1) } }]],
    ['contents of no kind', [{ ...create, data: { kind: 'url' } }]],
    ['a false Blob', [{ ...create, data: { kind: 'blob', blob: { size: 5 } } }]],
    ['bytes that are an array', [{ kind: 'write', ino: 1, at: 0, bytes: [1], timeMs: 0 }]],
    ['shared memory', [{ kind: 'write', ino: 1, at: 0, bytes: new Uint8Array(new SharedArrayBuffer(1)), timeMs: 0 }]],
    ['a negative offset', [{ kind: 'write', ino: 1, at: -1, bytes: new Uint8Array(1), timeMs: 0 }]],
    ['an endless offset', [{ kind: 'write', ino: 1, at: Infinity, bytes: new Uint8Array(1), timeMs: 0 }]],
    ['an offset that is null', [{ kind: 'write', ino: 1, at: null, bytes: new Uint8Array(1), timeMs: 0 }]],
    ['a size of NaN', [{ kind: 'truncate', ino: 1, size: Number.NaN, timeMs: 0 }]],
    ['a time of NaN', [{ kind: 'truncate', ino: 1, size: 0, timeMs: Number.NaN }]],
    ['attributes of null', [{ kind: 'attributes', ino: 1, set: null }]],
    ['a file type as attributes', [{ kind: 'attributes', ino: 1, set: { mode: 0o100644 } }]],
    ['an unknown layer', [{ kind: 'mount', ino: 1, layer: 'none', inoBase: base }]],
    ['a rename to a path', [{ kind: 'rename', parent: 1, name: 'a', toParent: 1, toName: '../b', timeMs: 0 }]],
    ['a negative seek', [{ kind: 'seek', shared: 1, offset: -1 }]],
  ];
  for (const [what, changes] of hostile) {
    it(`receive() refuses ${what}`, () => {
      const { connection } = connected(newAuthority());
      assert.throws(
        () => connection.receive(changes),
        (error) => error instanceof BvError && error.code === 'ERR_BV_BAD_MESSAGE',
      );
    });
  }

  it('receive() takes on nothing but the fields it knows', () => {
    const authority = newAuthority();
    const { connection } = connected(authority);
    const seen: object[] = [];
    authority.subscribe((change) => seen.push(change));
    connection.receive([{ ...create, evil: 'x', __proto__: { polluted: true } }]);
    assert.deepEqual(Object.keys(seen[0] as object), ['kind', 'parent', 'name', 'ino', 'mode', 'uid', 'gid', 'timeMs']);
  });

  it('a change beyond a limit is taken back at its sender and happens nowhere else', () => {
    const authority = newAuthority({ maxTotalBytes: 1000 });
    const [a, b] = [connected(authority), connected(authority)];
    a.fs.writeFile('/big', new Uint8Array(900));
    b.fs.writeFile('/big2', new Uint8Array(900));
    b.fs.writeFile('/small', new Uint8Array(10));
    a.connection.receive(a.replica.takeOutgoing());
    b.connection.receive(b.replica.takeOutgoing());
    const notices = b.connection.takeOutgoing();
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['changes', 'rejected', 'acknowledged'],
    );
    for (const notice of notices) {
      if (notice.kind === 'changes') b.replica.receive(notice.changes, notice.acknowledged);
      else if (notice.kind === 'acknowledged') b.replica.acknowledge(notice.acknowledged);
      else if (notice.kind === 'rejected') {
        assert.deepEqual([notice.index, notice.code, notice.path], [0, 'ENOSPC', '/big2']);
        b.replica.reject(notice.index);
      }
    }
    assert.equal(dumpTree(b.replica.tree), dumpTree(authority.tree));
    assert.deepEqual(
      b.fs.readdir('/').map(({ name }) => name),
      ['big', 'small'],
    );
  });

  it('a path never grows beyond 4,095 bytes, by renaming neither', () => {
    const authority = newAuthority();
    const { connection } = connected(authority);
    let parent = 1;
    for (let i = 0; i < 20; i++) {
      connection.receive([{ ...create, parent, name: 'd'.repeat(250), ino: base + i, mode: 0o040755 }]);
      parent = base + i;
    }
    const rejected = connection.takeOutgoing().filter(({ kind }) => kind === 'rejected');
    assert.equal((rejected[0] as { code: string }).code, 'ENAMETOOLONG');
  });

  it('the loser of an exclusive creation is told, and its writes reach the file that is there', () => {
    const authority = newAuthority();
    const [a, b] = [connected(authority), connected(authority)];
    a.fs.open('/lock', 0o302, 0o644).close();
    const file = b.fs.open('/lock', 0o302, 0o644);
    file.write(new TextEncoder().encode('b'), null);
    a.connection.receive(a.replica.takeOutgoing());
    b.connection.receive(b.replica.takeOutgoing());
    const conflict = b.connection.takeOutgoing().find(({ kind }) => kind === 'conflict');
    assert.deepEqual(conflict, { kind: 'conflict', index: 0, path: '/lock' });
    assert.equal(authority.tree.contents(new FileSystem(authority).nodeAt('/lock', { follow: true })).length, 1);
  });

  it('an open file that was removed can be handed to a child by descriptor', () => {
    const authority = newAuthority();
    const parent = connected(authority);
    const file = parent.fs.open('/tmp', 0o102, 0o600);
    file.write(new TextEncoder().encode('here-document'), null);
    parent.fs.unlink('/tmp');
    file.seek(0);
    const transfer = file.share(() => parent.replica.allocateShared());
    parent.connection.receive(parent.replica.takeOutgoing());
    const child = connected(authority);
    const inherited = child.fs.adopt({ ...transfer, flags: 2, path: '/tmp' });
    const bytes = new Uint8Array(4);
    assert.equal(inherited.read(bytes, null), 4);
    assert.equal(new TextDecoder().decode(bytes), 'here');
    assert.equal(inherited.offset, 4);
  });
});
