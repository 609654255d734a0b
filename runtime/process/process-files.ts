/** The file calls of one process: its directory, mask and descriptors over the worker's replica. */
import { joinBytes } from '../base/bytes.ts';
import type { Dispose } from '../base/disposers.ts';
import { PosixError } from '../base/errors.ts';
import type { Fd } from '../base/ids.ts';
import { deviceOf, type Device } from '../fs/devices.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { S_IFCHR, S_IFIFO, S_IFSOCK, X_OK } from '../base/file-mode.ts';
import { O_ACCMODE, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../base/open-flags.ts';
import type { OpenFile } from '../fs/open-file.ts';
import type { StreamKind } from '../wires/process-wire.ts';
import type { DescriptorTable, StreamDescription } from './descriptor-table.ts';
import type { DirectoryEntry, FileCalls, Stat, WatchEvent } from './syscalls.ts';

/** What file calls need beyond the replica. */
export interface FileCallsOwner {
  readonly descriptors: DescriptorTable;
  readonly files: FileSystem;
  /** Posts bytes to a stream without waiting. */
  post(stream: StreamDescription, bytes: Uint8Array): void;
  /** Bytes of a stream that have arrived: their number, 0 at its end, undefined if there are none. */
  readHeld(stream: StreamDescription, into: Uint8Array): number | undefined;
  changedDirectory(path: string): void;
  watch(path: string, options: { readonly recursive: boolean }, listener: (event: WatchEvent) => void): Dispose;
  randomFill(bytes: Uint8Array): void;
  /** Posts the changes that `run` makes as one. */
  together<T>(run: () => T): T;
  /** At every call that a loop without end could consist of. */
  called(): void;
  /** The program looks at what a path leads to, or at all names of a directory. */
  saw?(path: string, names?: boolean): void;
}

/** Bytes that synchronous writes to one stream may have under way before `EAGAIN`. */
const maxUnaccepted = 16 * 1024 * 1024;

const streamTypes: Readonly<Record<StreamKind, number>> = {
  'pipe-read': S_IFIFO,
  'pipe-write': S_IFIFO,
  socket: S_IFSOCK,
  listener: S_IFSOCK,
  channel: S_IFSOCK,
  tty: S_IFCHR,
  'pty-master': S_IFCHR,
};

/** `/dev/fd/n` and `/proc/self/fd/n`: the descriptor that a path names. */
const descriptorPath = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

export class ProcessFiles implements FileCalls {
  readonly #owner: FileCallsOwner;
  #files: FileSystem;
  #cwd: string;
  #umask: number;

  constructor(owner: FileCallsOwner, options: { readonly cwd: string; readonly umask: number }) {
    this.#owner = owner;
    this.#files = owner.files;
    this.#cwd = options.cwd;
    this.#umask = options.umask;
  }

  /** Absolute, without `.` or `..` taken out: those go through symbolic links. */
  #at(path: string): string {
    this.#owner.called();
    if (path === '') throw new PosixError('ENOENT');
    return path.startsWith('/') ? path : this.#cwd === '/' ? `/${path}` : `${this.#cwd}/${path}`;
  }

  /** {@link #at}, of what is looked at. */
  #seen(path: string, names?: boolean): string {
    const at = this.#at(path);
    this.#owner.saw?.(at, names);
    return at;
  }

  open(path: string, flags: number, mode: number): Fd {
    const at = (flags & O_TRUNC) === 0 ? this.#seen(path) : this.#at(path);
    const { descriptors } = this.#owner;
    const named = descriptorPath.exec(at);
    if (named !== null) return this.#again(Number(named[1]), flags);
    const file = this.#files.open(at, flags, mode);
    const device = deviceOfFile(file);
    if (device?.name === 'stdin' || device?.name === 'stdout' || device?.name === 'stderr') {
      file.close();
      return this.#again(['stdin', 'stdout', 'stderr'].indexOf(device.name), flags);
    }
    if (device?.name === 'tty') {
      file.close();
      const tty = descriptors.list().find((fd) => {
        const info = descriptors.info(fd);
        return info?.kind === 'stream' && info.stream === 'tty';
      });
      if (tty === undefined) throw new PosixError('ENXIO');
      return descriptors.duplicate(tty);
    }
    return descriptors.addFile(file);
  }

  /** What `/dev/fd/n` opens: a file anew, with an offset of its own; of anything else the same description. */
  #again(fd: Fd, flags: number): Fd {
    const { descriptors } = this.#owner;
    if (!descriptors.has(fd)) throw new PosixError('ENOENT');
    const description = descriptors.get(fd);
    if (description.kind === 'file') {
      try {
        if (this.#files.stat(description.file.path).ino === description.file.node.ino)
          return descriptors.addFile(this.#files.open(description.file.path, flags, 0));
      } catch (error) {
        if (!(error instanceof PosixError)) throw error; // Its name is gone; the description is all there is.
      }
    }
    return descriptors.duplicate(fd);
  }

  close(fd: Fd): void {
    this.#owner.descriptors.close(fd);
  }

  read(fd: Fd, into: Uint8Array, position: number | null): number {
    this.#owner.called();
    const description = this.#owner.descriptors.get(fd);
    if (description.kind === 'stream') {
      if (position !== null && position >= 0) throw new PosixError('ESPIPE');
      if (description.stream === 'pipe-write') throw new PosixError('EBADF');
      if (into.length === 0) return 0;
      const count = this.#owner.readHeld(description, into);
      if (count === undefined) throw new PosixError('EAGAIN');
      return count;
    }
    const { file } = description;
    const device = deviceOfFile(file);
    if (device === undefined) {
      this.#owner.saw?.(file.path);
      return file.read(into, position);
    }
    if ((file.flags & O_ACCMODE) === O_WRONLY) throw new PosixError('EBADF');
    switch (device.name) {
      case 'zero':
      case 'full':
        into.fill(0);
        return into.length;
      case 'random':
      case 'urandom':
        this.#owner.randomFill(into);
        return into.length;
      default:
        return 0;
    }
  }

  write(fd: Fd, bytes: Uint8Array, position: number | null): number {
    this.#owner.called();
    const description = this.#owner.descriptors.get(fd);
    if (description.kind === 'stream') {
      if (position !== null && position >= 0) throw new PosixError('ESPIPE');
      if (description.stream === 'pipe-read' || description.stream === 'listener') throw new PosixError('EBADF');
      if (description.failed !== undefined) throw description.failed;
      if (description.unaccepted + bytes.length > maxUnaccepted) throw new PosixError('EAGAIN');
      if (bytes.length > 0) this.#owner.post(description, bytes.slice());
      return bytes.length;
    }
    const { file } = description;
    const device = deviceOfFile(file);
    if (device === undefined) return file.write(bytes, position);
    if ((file.flags & O_ACCMODE) === O_RDONLY) throw new PosixError('EBADF');
    if (device.name === 'full') throw new PosixError('ENOSPC');
    return bytes.length;
  }

  readFile(path: string): Uint8Array {
    const at = this.#seen(path);
    if (descriptorPath.test(at) || deviceOfPath(this.#files, at) !== undefined) return this.#readToEnd(path);
    return this.#files.readFile(at);
  }

  #readToEnd(path: string): Uint8Array {
    const fd = this.open(path, O_RDONLY, 0);
    try {
      const parts: Uint8Array[] = [];
      for (;;) {
        const part = new Uint8Array(65_536);
        const count = this.read(fd, part, null);
        if (count === 0) break;
        parts.push(part.subarray(0, count));
      }
      return joinBytes(parts);
    } finally {
      this.close(fd);
    }
  }

  typeOf(path: string): number {
    return this.#files.typeOf(this.#seen(path));
  }

  stat(path: string): Stat {
    return this.#files.stat(this.#seen(path));
  }

  lstat(path: string): Stat {
    return this.#files.lstat(this.#seen(path));
  }

  fstat(fd: Fd): Stat {
    const description = this.#owner.descriptors.get(fd);
    if (description.kind === 'file') {
      this.#owner.saw?.(description.file.path);
      return this.#files.fstat(description.file);
    }
    const { uid, gid } = this.#files.credentials;
    return {
      dev: 0x18,
      ino: description.handle,
      mode: streamTypes[description.stream] | 0o620,
      nlink: 1,
      uid,
      gid,
      rdev: streamTypes[description.stream] === S_IFCHR ? 0x8800 : 0,
      size: 0,
      blksize: 4096,
      blocks: 0,
      atimeMs: 0,
      mtimeMs: 0,
      ctimeMs: 0,
      birthtimeMs: 0,
    };
  }

  access(path: string, mode: number): void {
    this.#files.access(this.#seen(path), mode);
  }

  readdir(path: string): readonly DirectoryEntry[] {
    const at = this.#seen(path, true);
    if (/^\/(?:dev|proc\/self)\/fd\/?$/.test(at)) {
      return this.#owner.descriptors.list().map((fd) => ({ name: String(fd), type: 0o120000 }));
    }
    return this.#files.readdir(at);
  }

  mkdir(path: string, mode: number): void {
    this.#files.mkdir(this.#at(path), mode);
  }

  mkdtemp(prefix: string): string {
    const made = this.#files.mkdtemp(this.#at(prefix));
    return prefix + made.slice(made.length - 6);
  }

  rmdir(path: string): void {
    this.#files.rmdir(this.#at(path));
  }

  unlink(path: string): void {
    this.#files.unlink(this.#at(path));
  }

  rename(from: string, to: string): void {
    this.#files.rename(this.#at(from), this.#at(to));
  }

  link(existing: string, path: string): void {
    this.#files.link(this.#at(existing), this.#at(path));
  }

  symlink(target: string, path: string): void {
    this.#files.symlink(target, this.#at(path));
  }

  bindSocket(path: string): void {
    this.#files.mknod(this.#at(path), S_IFSOCK | 0o777);
  }

  readlink(path: string): string {
    return this.#files.readlink(this.#seen(path));
  }

  realpath(path: string): string {
    return this.#files.realpath(this.#seen(path));
  }

  chmod(path: string, mode: number): void {
    this.#files.chmod(this.#at(path), mode);
  }

  chown(path: string, uid: number, gid: number): void {
    this.#files.chown(this.#at(path), uid, gid);
  }

  lchown(path: string, uid: number, gid: number): void {
    this.#files.lchown(this.#at(path), uid, gid);
  }

  utimes(path: string, atimeMs: number, mtimeMs: number): void {
    this.#files.utimes(this.#at(path), atimeMs, mtimeMs);
  }

  lutimes(path: string, atimeMs: number, mtimeMs: number): void {
    this.#files.lutimes(this.#at(path), atimeMs, mtimeMs);
  }

  truncate(path: string, size: number): void {
    this.#files.truncate(this.#at(path), size);
  }

  /** The open file behind a descriptor. @throws {PosixError} `EBADF`, or `otherwise` for a stream. */
  #file(fd: Fd, otherwise: 'EINVAL' | 'EBADF' = 'EINVAL'): OpenFile {
    const description = this.#owner.descriptors.get(fd);
    if (description.kind !== 'file') throw new PosixError(otherwise);
    return description.file;
  }

  fchmod(fd: Fd, mode: number): void {
    this.#files.fchmod(this.#file(fd), mode);
  }

  fchown(fd: Fd, uid: number, gid: number): void {
    this.#files.fchown(this.#file(fd), uid, gid);
  }

  futimes(fd: Fd, atimeMs: number, mtimeMs: number): void {
    this.#files.futimes(this.#file(fd), atimeMs, mtimeMs);
  }

  ftruncate(fd: Fd, size: number): void {
    this.#file(fd).truncate(size);
  }

  copyFile(from: string, to: string, exclusive: boolean): void {
    const source = this.#seen(from);
    if (deviceOfPath(this.#files, source) === undefined) return this.#files.copyFile(source, this.#at(to), exclusive);
    // libuv copies as many bytes as a file has: a device has none.
    const fd = this.open(to, O_WRONLY | O_CREAT | (exclusive ? O_EXCL : O_TRUNC), 0o666);
    this.fchmod(fd, 0o666);
    this.close(fd);
  }

  statfs(path: string): ReturnType<FileCalls['statfs']> {
    return this.#files.statfs(this.#at(path));
  }

  watch(path: string, options: { readonly recursive: boolean }, listener: (event: WatchEvent) => void): Dispose {
    return this.#owner.watch(this.#at(path), options, listener);
  }

  mount(path: string, layer: string): void {
    this.#files.mount(this.#at(path), layer);
  }

  unmount(path: string): void {
    this.#files.unmount(this.#at(path));
  }

  together<T>(run: () => T): T {
    return this.#owner.together(run);
  }

  mounted(path: string): string | undefined {
    return this.#files.nodeAt(this.#at(path), { follow: true }).mount?.layer.id;
  }

  cwd(): string {
    return this.#cwd;
  }

  chdir(path: string): void {
    const at = this.#files.realpath(this.#at(path));
    if ((this.#files.stat(at).mode & 0o170000) !== 0o040000) throw new PosixError('ENOTDIR');
    this.#files.access(at, X_OK);
    this.#cwd = at;
    this.#owner.changedDirectory(at);
  }

  umask(mask?: number): number {
    const old = this.#umask;
    if (mask !== undefined) {
      this.#umask = mask & 0o777;
      const { uid, gid } = this.#files.credentials;
      this.#files = this.#files.as({ uid, gid, umask: this.#umask });
    }
    return old;
  }
}

function deviceOfFile(file: OpenFile): Device | undefined {
  const { rdev } = file.node;
  return rdev === 0 ? undefined : deviceOf(rdev);
}

function deviceOfPath(files: FileSystem, path: string): Device | undefined {
  if (!path.startsWith('/dev/')) return undefined;
  try {
    const { rdev } = files.nodeAt(path, { follow: true });
    return rdev === 0 ? undefined : deviceOf(rdev);
  } catch {
    return undefined; // Whoever opens it says what is wrong.
  }
}
