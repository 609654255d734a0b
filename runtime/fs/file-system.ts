/**
 * POSIX file calls on a tree, for one set of credentials. Paths are absolute. Every call checks what Linux checks, in its
 * order, against the tree as it is here, then commits the change; so what it answers is right unless another process
 * did something to the same name at the same time. Failures are `PosixError`s without syscall and path: the caller,
 * who knows what it was asked, adds them.
 */
import { R_OK, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, S_ISGID, S_ISVTX, W_OK, X_OK } from '../base/file-mode.ts';
import type { Ino } from '../base/ids.ts';
import { O_ACCMODE, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_PATH, O_RDONLY, O_TRUNC, O_WRONLY } from '../base/open-flags.ts';
import type { Attributes, Change, SharedOffsetId } from '../wires/change.ts';
import { fail, FileQueries } from './file-queries.ts';
import type { Inode } from './inode.ts';
import { fitsIn, isValidName, maxPathBytes } from './names.ts';
import { checkRoom, OpenFile, type FileHost } from './open-file.ts';
import type { Place } from './path-walk.ts';

const temporaryCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export class FileSystem extends FileQueries implements FileHost {
  /** The same files for another user. */
  as(credentials: { readonly uid: number; readonly gid: number; readonly umask: number }): FileSystem {
    return new FileSystem(this.host, {
      ...credentials,
      now: this.clock,
      random: this.random,
      maxFileBytes: this.maxFileBytes,
      maxTotalBytes: this.maxTotalBytes,
      maxFiles: this.maxFiles,
    });
  }

  open(path: string, flags: number, mode: number): OpenFile {
    const place = this.#opening(path, flags);
    let { node } = place;
    if (node === undefined) {
      node = this.#make(place, S_IFREG | (mode & 0o7777 & ~this.credentials.umask), (flags & O_EXCL) !== 0 ? { exclusive: true } : {});
    } else if ((flags & O_TRUNC) !== 0 && node.isFile) {
      this.host.commit({ kind: 'truncate', ino: node.ino, size: 0, timeMs: this.now() });
    }
    return new OpenFile(this, node.ino, flags, path);
  }

  /** Everything that can keep `open` from opening what is there, or from making what is not. */
  #opening(path: string, flags: number): Place {
    const creates = (flags & O_CREAT) !== 0;
    const exclusive = creates && (flags & O_EXCL) !== 0;
    if (creates && path.endsWith('/')) {
      // Linux does not even look what is there.
      const { name } = this.walkParent(path);
      if (name !== '' && name !== '.' && name !== '..') fail('EISDIR');
    }
    const place = this.walk(path, (flags & O_NOFOLLOW) === 0 && !exclusive);
    const { node } = place;
    if (node === undefined) {
      if (!creates) fail('ENOENT');
      if ((flags & O_DIRECTORY) !== 0) fail('EINVAL');
      if (place.slash) fail('EISDIR'); // The target of a link ended with a slash.
      return place;
    }
    if (exclusive) fail('EEXIST');
    if (node.isSymlink && (flags & O_PATH) === 0) fail((flags & O_DIRECTORY) !== 0 ? 'ENOTDIR' : 'ELOOP');
    if ((flags & O_DIRECTORY) !== 0 && !node.isDirectory) fail('ENOTDIR');
    if (node.isDirectory && ((flags & O_ACCMODE) !== O_RDONLY || creates)) fail('EISDIR');
    if ((node.mode & S_IFMT) === S_IFSOCK && (flags & O_PATH) === 0) fail('ENXIO');
    if ((flags & O_PATH) === 0) {
      const access = (flags & O_ACCMODE) === O_RDONLY ? R_OK : (flags & O_ACCMODE) === O_WRONLY ? W_OK : R_OK | W_OK;
      this.need(node, access | ((flags & O_TRUNC) !== 0 ? W_OK : 0));
      if (node.isDirectory && (flags & O_TRUNC) !== 0) fail('EISDIR');
    }
    return place;
  }

  /** A file that another process handed over by descriptor. */
  adopt(transfer: { readonly ino: Ino; readonly flags: number; readonly shared: SharedOffsetId; readonly path: string }): OpenFile {
    return new OpenFile(this, transfer.ino, transfer.flags, transfer.path, transfer.shared);
  }

  /** Makes the file or replaces its contents, in one change. `bytes` may be written afterwards. */
  writeFile(path: string, bytes: Uint8Array, mode = 0o666): void {
    const place = this.walk(path, true);
    if (place.node === undefined) {
      if (place.slash) fail('EISDIR');
      checkRoom(this, undefined, bytes.length);
      this.#make(place, S_IFREG | (mode & 0o7777 & ~this.credentials.umask), { data: { kind: 'bytes', bytes: bytes.slice() } });
      return;
    }
    if (place.node.isDirectory) fail('EISDIR');
    if (!place.node.isFile) fail('EINVAL');
    this.need(place.node, W_OK);
    checkRoom(this, place.node, bytes.length);
    this.host.commit({ kind: 'replace', ino: place.node.ino, data: { kind: 'bytes', bytes: bytes.slice() }, timeMs: this.now() });
  }

  mkdir(path: string, mode: number): void {
    const place = this.walkParent(path);
    if (place.node !== undefined) fail('EEXIST');
    this.#make(place, S_IFDIR | (mode & 0o1777 & ~this.credentials.umask), { exclusive: true });
  }

  /** As Node's `mkdir` with `recursive`: the first directory that was made, if any. */
  mkdirp(path: string, mode = 0o777): string | undefined {
    let first: string | undefined;
    let at = '';
    for (const part of path.split('/')) {
      if (part === '') continue;
      at += `/${part}`;
      const { node } = this.walk(at, true);
      if (node === undefined) {
        this.mkdir(at, mode);
        first ??= at;
      } else if (!node.isDirectory) fail(at.length >= path.replace(/\/+$/, '').length ? 'EEXIST' : 'ENOTDIR');
    }
    return first;
  }

  /** Makes `prefix` plus six characters that no entry has yet. */
  mkdtemp(prefix: string): string {
    for (let attempt = 0; attempt < 100; attempt++) {
      let path = prefix;
      for (let i = 0; i < 6; i++) path += temporaryCharacters[Math.floor(this.random() * temporaryCharacters.length)] ?? 'A';
      if (this.walkParent(path).node !== undefined) continue;
      this.mkdir(path, 0o700);
      return path;
    }
    return fail('EEXIST');
  }

  rmdir(path: string): void {
    const place = this.walkParent(path);
    if (place.name === '') fail('EBUSY');
    if (place.name === '.') fail('EINVAL');
    if (place.name === '..') fail('ENOTEMPTY');
    const node = place.node ?? fail('ENOENT');
    this.#needRemovable(place.parent, node);
    if (!node.isDirectory) fail('ENOTDIR');
    if (this.tree.entriesOf(node).size > 0) fail('ENOTEMPTY');
    this.host.commit({ kind: 'unlink', parent: place.parent.ino, name: place.name, timeMs: this.now() });
  }

  unlink(path: string): void {
    const place = this.walkParent(path);
    if (place.name === '' || place.name === '.' || place.name === '..') fail('EISDIR');
    const node = place.node ?? fail('ENOENT');
    this.#needRemovable(place.parent, node);
    if (node.isDirectory) fail('EISDIR');
    if (place.slash) fail('ENOTDIR');
    this.host.commit({ kind: 'unlink', parent: place.parent.ino, name: place.name, timeMs: this.now() });
  }

  /** Removes what is there with all below it; nothing if nothing is there. For the kernel and the coreutils. */
  removeAll(path: string): void {
    const place = this.walkParent(path);
    if (place.node === undefined) return;
    if (place.name === '' || place.name === '.' || place.name === '..') fail('EBUSY');
    const stack: { parent: Inode; name: string; node: Inode; open: boolean }[] = [
      { parent: place.parent, name: place.name, node: place.node, open: false },
    ];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { parent, name, node } = top;
      if (node.isDirectory && !top.open) {
        top.open = true;
        // What a layer brought goes in one change, unread.
        if (node.mount !== undefined) {
          this.need(node, W_OK | X_OK);
          this.host.commit({ kind: 'unmount', ino: node.ino });
        }
        if (this.tree.entriesOf(node).size > 0) this.need(node, W_OK | X_OK);
        for (const child of this.tree.entriesOf(node).keys()) {
          const inner = this.tree.lookup(node, child);
          if (inner !== undefined) stack.push({ parent: node, name: child, node: inner, open: false });
        }
        continue;
      }
      this.#needRemovable(parent, node);
      this.host.commit({ kind: 'unlink', parent: parent.ino, name, timeMs: this.now() });
      stack.pop();
    }
  }

  rename(from: string, to: string): void {
    const source = this.walkParent(from);
    const target = this.walkParent(to);
    for (const { name } of [source, target]) if (name === '' || name === '.' || name === '..') fail('EBUSY');
    const node = source.node ?? fail('ENOENT');
    const replaced = target.node;
    if (!node.isDirectory && (source.slash || target.slash)) fail('ENOTDIR');
    if (node.isDirectory) {
      for (
        let above: Inode | undefined = target.parent;
        above !== undefined && above !== this.tree.root;
        above = this.tree.node(above.parent)
      ) {
        if (above === node) fail('EINVAL');
      }
    }
    if (replaced?.isDirectory) {
      for (
        let above: Inode | undefined = source.parent;
        above !== undefined && above !== this.tree.root;
        above = this.tree.node(above.parent)
      ) {
        if (above === replaced) fail('ENOTEMPTY');
      }
    }
    if (replaced === node) return;
    this.#needRemovable(source.parent, node);
    if (replaced === undefined) this.need(target.parent, W_OK | X_OK);
    else {
      this.#needRemovable(target.parent, replaced);
      if (node.isDirectory && !replaced.isDirectory) fail('ENOTDIR');
      if (!node.isDirectory && replaced.isDirectory) fail('EISDIR');
    }
    // Its `..` changes, which is a write to it.
    if (node.isDirectory && source.parent !== target.parent) this.need(node, W_OK);
    if (replaced?.isDirectory && this.tree.entriesOf(replaced).size > 0) fail('ENOTEMPTY');
    this.host.commit({
      kind: 'rename',
      parent: source.parent.ino,
      name: source.name,
      toParent: target.parent.ino,
      toName: target.name,
      timeMs: this.now(),
    });
  }

  link(existing: string, path: string): void {
    const node = this.existing(existing, false);
    const place = this.walkParent(path);
    if (place.node !== undefined) fail('EEXIST');
    if (place.slash) fail('ENOENT');
    this.need(place.parent, W_OK | X_OK);
    if (node.isDirectory) fail('EPERM');
    this.host.commit({ kind: 'link', parent: place.parent.ino, name: place.name, ino: node.ino, timeMs: this.now() });
  }

  symlink(target: string, path: string): void {
    if (target === '') fail('ENOENT');
    if (!fitsIn(target, maxPathBytes - 1)) fail('ENAMETOOLONG');
    const place = this.walkParent(path);
    if (place.node !== undefined) fail('EEXIST');
    if (place.slash) fail('ENOENT');
    this.#make(place, S_IFLNK | 0o777, { target });
  }

  chmod(path: string, mode: number): void {
    this.#chmod(this.existing(path, true), mode);
  }

  fchmod(file: OpenFile, mode: number): void {
    this.#chmod(file.node, mode);
  }

  chown(path: string, uid: number, gid: number): void {
    this.#chown(this.existing(path, true), uid, gid);
  }

  lchown(path: string, uid: number, gid: number): void {
    this.#chown(this.existing(path, false), uid, gid);
  }

  fchown(file: OpenFile, uid: number, gid: number): void {
    this.#chown(file.node, uid, gid);
  }

  utimes(path: string, atimeMs: number, mtimeMs: number): void {
    this.#utimes(this.existing(path, true), atimeMs, mtimeMs);
  }

  lutimes(path: string, atimeMs: number, mtimeMs: number): void {
    this.#utimes(this.existing(path, false), atimeMs, mtimeMs);
  }

  futimes(file: OpenFile, atimeMs: number, mtimeMs: number): void {
    this.#utimes(file.node, atimeMs, mtimeMs);
  }

  truncate(path: string, size: number): void {
    if (size < 0) fail('EINVAL');
    const node = this.existing(path, true);
    if (node.isDirectory) fail('EISDIR');
    if (!node.isFile) fail('EINVAL');
    this.need(node, W_OK);
    checkRoom(this, node, size);
    this.host.commit({ kind: 'truncate', ino: node.ino, size, timeMs: this.now() });
  }

  /** A file of a layer is copied by reference and shares its bytes until one of the two is written. */
  copyFile(from: string, to: string, exclusive: boolean): void {
    const node = this.existing(from, true);
    this.need(node, R_OK);
    const place = this.#opening(to, O_WRONLY | O_CREAT | (exclusive ? O_EXCL : 0));
    const target = place.node;
    if (target === undefined) this.need(place.parent, W_OK | X_OK);
    if (target === node) return;
    if (node.isDirectory) fail('EISDIR');
    if (!node.isFile || (target !== undefined && !target.isFile)) fail('EINVAL');
    checkRoom(this, target, node.counted);
    const data = this.dataOf(node);
    if (target === undefined) {
      this.#make(place, S_IFREG | (node.mode & 0o7777), exclusive ? { data, exclusive } : { data });
      return;
    }
    this.host.commit({ kind: 'replace', ino: target.ino, data, timeMs: this.now() });
    // As libuv's: the mode goes with the contents, where the caller may set it.
    const { uid } = this.credentials;
    if (target.mode !== node.mode && (uid === 0 || uid === target.uid)) this.#set(target, { mode: node.mode & 0o7777 });
  }

  /** Makes a socket's name (`S_IFSOCK`), or a device with `rdev`. Fails with `EEXIST`. */
  mknod(path: string, mode: number, rdev = 0): void {
    const place = this.walkParent(path);
    if (place.node !== undefined) fail('EEXIST');
    if (place.slash) fail('ENOENT');
    this.#make(place, (mode & S_IFMT) | (mode & 0o7777 & ~this.credentials.umask), rdev === 0 ? {} : { rdev });
  }

  /** Mounts a layer the tree has been given. Fails with `ENOENT` for an unknown one, `ENOTDIR`, or `EBUSY` where one is mounted. */
  mount(path: string, layer: string): void {
    const node = this.existing(path, true);
    if (!node.isDirectory) fail('ENOTDIR');
    this.need(node, W_OK);
    if (node.mount !== undefined) fail('EBUSY');
    const found = this.tree.layers.get(layer) ?? fail('ENOENT');
    this.host.commit({ kind: 'mount', ino: node.ino, layer, inoBase: this.host.allocateIno(found.inoCount) });
  }

  /** Removes what a layer brought, with all that was written below its folders. Fails with `EINVAL` if none is mounted there. */
  unmount(path: string): void {
    const node = this.existing(path, true);
    if (node.mount === undefined) fail('EINVAL');
    this.need(node, W_OK);
    this.host.commit({ kind: 'unmount', ino: node.ino });
  }

  /** Whether the name of `node` may be taken out of `parent`, whose sticky bit asks for ownership. */
  #needRemovable(parent: Inode, node: Inode): void {
    this.need(parent, W_OK | X_OK);
    const { uid } = this.credentials;
    if ((parent.mode & S_ISVTX) !== 0 && uid !== 0 && uid !== node.uid && uid !== parent.uid) fail('EPERM');
  }

  #make(place: Place, mode: number, more: Partial<Pick<Change & { kind: 'create' }, 'target' | 'data' | 'rdev' | 'exclusive'>>): Inode {
    const { parent, name } = place;
    if (!isValidName(name)) fail(name === '' || name === '.' || name === '..' ? 'EEXIST' : 'EINVAL');
    if (parent.nlink === 0) fail('ENOENT');
    this.need(parent, W_OK | X_OK);
    if (this.tree.files >= this.maxFiles) fail('ENOSPC');
    const inherits = (parent.mode & S_ISGID) !== 0;
    const ino = this.host.allocateIno();
    this.host.commit({
      kind: 'create',
      parent: parent.ino,
      name,
      ino,
      mode: inherits && (mode & S_IFMT) === S_IFDIR ? mode | S_ISGID : mode,
      uid: this.credentials.uid,
      gid: inherits ? parent.gid : this.credentials.gid,
      timeMs: this.now(),
      ...more,
    });
    return this.tree.node(ino) ?? fail('EIO');
  }

  #chmod(node: Inode, mode: number): void {
    this.#needOwner(node);
    this.#set(node, { mode: mode & 0o7777 });
  }

  #chown(node: Inode, uid: number, gid: number): void {
    const who = this.credentials;
    if (who.uid !== 0) {
      const keepsUser = uid === -1 || uid === 0xffffffff || uid === node.uid;
      const keepsGroup = gid === -1 || gid === 0xffffffff || gid === node.gid || gid === who.gid;
      if (!keepsUser || !keepsGroup || (node.uid !== who.uid && !(isUnset(uid) && isUnset(gid)))) fail('EPERM');
    }
    const set: { uid?: number; gid?: number; mode?: number } = {};
    if (!isUnset(uid)) set.uid = uid;
    if (!isUnset(gid)) set.gid = gid;
    // A new owner must not get the old one's set-id bits.
    if (node.isFile && (node.mode & 0o6000) !== 0 && who.uid !== 0) set.mode = node.mode & 0o1777;
    this.#set(node, set);
  }

  #utimes(node: Inode, atimeMs: number, mtimeMs: number): void {
    this.#needOwner(node);
    this.#set(node, { atimeMs, mtimeMs });
  }

  #needOwner(node: Inode): void {
    if (this.credentials.uid !== 0 && this.credentials.uid !== node.uid) fail('EPERM');
  }

  #set(node: Inode, set: Attributes): void {
    this.host.commit({ kind: 'attributes', ino: node.ino, set: { ...set, ctimeMs: this.now() } });
  }
}

function isUnset(id: number): boolean {
  return id === -1 || id === 0xffffffff;
}
