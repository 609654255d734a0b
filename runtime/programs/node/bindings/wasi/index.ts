/**
 * `internalBinding('wasi')`: WASI preview 1 for `node:wasi`, over the process's own descriptors and files. What each function must do
 * and return: `wasi_snapshot_preview1.witx`; what Node's does beyond it: uvwasi. Sockets that were not inherited do not exist.
 */
import type { Stat } from '../../../../base/stat.ts';
import {
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_DSYNC,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} from '../../../../base/open-flags.ts';
import type { MakeBinding, NodeRealm, Untyped } from '../../realm.ts';
import { clock, errnos, fdFlag, fileType, followLinks, openFlag, right, timeFlag, WasiError, whence } from './abi.ts';
import { DescriptorTable, errnoOf, rightsOfType, typeOf, type Descriptor } from './descriptors.ts';
import { ProgramMemory, stringsSize, type Vector } from './memory.ts';
import { pollOnce } from './poll.ts';
import { resolveIn, type Links } from './sandbox-path.ts';

const encoder = new TextEncoder();
const nanoseconds = (milliseconds: number) => BigInt(Math.round(milliseconds * 1e6));

const may = right;

export const makeWasi: MakeBinding = (realm) => {
  class WASI {
    constructor(args: readonly string[], env: readonly string[], preopens: readonly string[], stdio: readonly number[]) {
      const system = new WasiSystem(realm, args, env, preopens, stdio);
      for (const name of functionNames) {
        const run = system[name] as (this: WasiSystem, ...values: never[]) => number | void;
        Object.defineProperty(this, name, {
          value: (...values: never[]) => {
            if (system.memory === undefined)
              throw Object.assign(new Error('wasi.start() has not been called'), { code: 'ERR_WASI_NOT_STARTED' });
            try {
              return run.apply(system, values) ?? 0;
            } catch (error) {
              const errno = errnoOf(error);
              if (errno === undefined) throw error;
              return errno;
            }
          },
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      Object.defineProperty(this, '_setMemory', {
        value(memory: unknown) {
          if (!(memory instanceof WebAssembly.Memory)) {
            const { ERR_INVALID_ARG_TYPE } = realm.requireBuiltin('internal/errors').codes as Untyped;
            throw Object.assign(new ERR_INVALID_ARG_TYPE('instance.exports.memory', 'WebAssembly.Memory', memory), {
              message: '"instance.exports.memory" property must be a WebAssembly.Memory object',
            });
          }
          system.memory = new ProgramMemory(memory);
        },
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
  return { WASI };
};

/** As `uvwasi_init` fails. */
function initFailure(error: unknown): unknown {
  const code = (error as { readonly code?: string }).code;
  if (code === undefined || errnos[code] === undefined) return error;
  const name = `UVWASI_${code}`;
  return Object.assign(new Error(`${name}, uvwasi_init`), { errno: errnos[code], code: name, syscall: 'uvwasi_init' });
}

class WasiSystem {
  memory: ProgramMemory | undefined;
  readonly #realm: NodeRealm;
  readonly #args: readonly string[];
  readonly #env: readonly string[];
  readonly #table = new DescriptorTable();
  readonly #links: Links;

  constructor(realm: NodeRealm, args: readonly string[], env: readonly string[], preopens: readonly string[], stdio: readonly number[]) {
    this.#realm = realm;
    this.#args = args;
    this.#env = env;
    this.#links = {
      readlink: (path) => {
        try {
          return this.#files.readlink(path);
        } catch (error) {
          if (errnoOf(error) === undefined) throw error;
          return undefined;
        }
      },
    };
    try {
      for (const fd of stdio) this.#table.add(this.#describe(fd, { inherited: true }));
      for (let index = 0; index < preopens.length; index += 2) {
        const realPath = this.#files.realpath(preopens[index + 1] as string);
        const fd = this.#files.open(realPath, O_RDONLY | O_DIRECTORY, 0);
        this.#table.add(this.#describe(fd, { preopened: true, virtualPath: preopens[index] as string, realPath }));
      }
    } catch (error) {
      throw initFailure(error);
    }
  }

  get #files() {
    return this.#realm.syscalls.files;
  }

  /** Reads and writes go through Node's own binding, which knows how standard input is waited for and output is held. */
  get #fs(): Untyped {
    return this.#realm.internalBinding('fs');
  }

  get #mem(): ProgramMemory {
    return this.memory as ProgramMemory;
  }

  #describe(
    fd: number,
    more: { preopened?: boolean; inherited?: boolean; virtualPath?: string; realPath?: string; flags?: number } = {},
  ): Descriptor {
    const type = typeOf(this.#files.fstat(fd).mode);
    const info = this.#realm.syscalls.descriptors.info(fd);
    const isTty = info?.kind === 'stream' && (info.stream === 'tty' || info.stream === 'pty-master');
    return {
      fd,
      type,
      preopened: more.preopened ?? false,
      inherited: more.inherited ?? false,
      ...(more.virtualPath === undefined ? {} : { virtualPath: more.virtualPath }),
      ...(more.realPath === undefined ? {} : { realPath: more.realPath }),
      ...rightsOfType(type, isTty),
      flags: more.flags ?? 0,
      offset: 0,
    };
  }

  #path(row: Descriptor, at: number, size: number, follow = false): string {
    return resolveIn(row, this.#mem.text(at, size), follow, this.#links);
  }

  // --- Arguments, environment, clocks, randomness -----------------------------------------------------------------

  args_get(table: number, at: number): void {
    this.#mem.setStrings(table, at, this.#args);
  }
  args_sizes_get(count: number, size: number): void {
    this.#mem.setU32(count, this.#args.length);
    this.#mem.setU32(size, stringsSize(this.#args));
  }
  environ_get(table: number, at: number): void {
    this.#mem.setStrings(table, at, this.#env);
  }
  environ_sizes_get(count: number, size: number): void {
    this.#mem.setU32(count, this.#env.length);
    this.#mem.setU32(size, stringsSize(this.#env));
  }

  #now(id: number): bigint {
    const { platform } = this.#realm;
    switch (id) {
      case clock.realtime:
        return nanoseconds(Date.now());
      case clock.monotonic:
      case clock.processTime:
      case clock.threadTime:
        return nanoseconds(platform.now());
      default:
        throw new WasiError('EINVAL');
    }
  }
  clock_res_get(id: number, at: number): void {
    this.#now(id);
    // The best that a page may be told (5 µs), or a whole millisecond of the calendar.
    this.#mem.setU64(at, id === clock.realtime ? 1_000_000n : 5000n);
  }
  clock_time_get(id: number, _precision: bigint, at: number): void {
    this.#mem.setU64(at, this.#now(id));
  }

  random_get(at: number, size: number): void {
    const bytes = new Uint8Array(size >>> 0);
    this.#realm.platform.randomFill(bytes);
    this.#mem.setBytes(at, bytes);
  }

  // --- Descriptors --------------------------------------------------------------------------------------------------

  fd_advise(fd: number, _offset: bigint, _size: bigint, advice: number): void {
    const row = this.#table.get(fd, may.FD_ADVISE);
    if (row.type === fileType.directory) throw new WasiError('EBADF');
    if (advice < 0 || advice > 5) throw new WasiError('EINVAL');
  }
  fd_allocate(fd: number, offset: bigint, size: bigint): void {
    const row = this.#table.get(fd, may.FD_ALLOCATE);
    if (size < 1n) throw new WasiError('EINVAL');
    const wanted = Number(offset + size);
    if (this.#files.fstat(row.fd).size < wanted) this.#files.ftruncate(row.fd, wanted);
  }
  fd_close(fd: number): void {
    const row = this.#table.get(fd);
    this.#table.remove(fd);
    if (!row.inherited) this.#files.close(row.fd);
  }
  fd_datasync(fd: number): void {
    this.#table.get(fd, may.FD_DATASYNC);
  }
  fd_sync(fd: number): void {
    this.#table.get(fd, may.FD_SYNC);
  }

  fd_fdstat_get(fd: number, at: number): void {
    const { type, flags, rights, inheriting } = this.#table.get(fd);
    const memory = this.#mem;
    memory.setBytes(at, new Uint8Array(24));
    memory.setByte(at, type);
    memory.setU16(at + 2, flags);
    memory.setU64(at + 8, rights);
    memory.setU64(at + 16, inheriting);
  }
  fd_fdstat_set_flags(fd: number, flags: number): void {
    const row = this.#table.get(fd, may.FD_FDSTAT_SET_FLAGS);
    // What was opened stays as it was opened; appending is ours.
    if ((flags & ~(fdFlag.append | fdFlag.nonBlocking)) !== 0) throw new WasiError('ENOSYS');
    row.flags = flags;
  }
  fd_fdstat_set_rights(fd: number, rights: bigint, inheriting: bigint): void {
    const row = this.#table.get(fd);
    const [base, inherited] = [BigInt.asUintN(64, rights), BigInt.asUintN(64, inheriting)];
    if ((base | row.rights) !== row.rights || (inherited | row.inheriting) !== row.inheriting) throw new WasiError('ENOTCAPABLE');
    row.rights = base;
    row.inheriting = inherited;
  }

  #setStat(at: number, stat: Stat): void {
    const memory = this.#mem;
    memory.setBytes(at, new Uint8Array(64));
    memory.setU64(at, BigInt(stat.dev));
    memory.setU64(at + 8, BigInt(stat.ino));
    memory.setByte(at + 16, typeOf(stat.mode));
    memory.setU64(at + 24, BigInt(stat.nlink));
    memory.setU64(at + 32, BigInt(stat.size));
    memory.setU64(at + 40, nanoseconds(stat.atimeMs));
    memory.setU64(at + 48, nanoseconds(stat.mtimeMs));
    memory.setU64(at + 56, nanoseconds(stat.ctimeMs));
  }
  fd_filestat_get(fd: number, at: number): void {
    this.#setStat(at, this.#files.fstat(this.#table.get(fd, may.FD_FILESTAT_GET).fd));
  }
  fd_filestat_set_size(fd: number, size: bigint): void {
    this.#files.ftruncate(this.#table.get(fd, may.FD_FILESTAT_SET_SIZE).fd, Number(BigInt.asUintN(64, size)));
  }

  #times(stat: Stat, atime: bigint, mtime: bigint, flags: number): [number, number] {
    if (
      (flags & ~(timeFlag.atime | timeFlag.atimeNow | timeFlag.mtime | timeFlag.mtimeNow)) !== 0 ||
      (flags & (timeFlag.atime | timeFlag.atimeNow)) === (timeFlag.atime | timeFlag.atimeNow) ||
      (flags & (timeFlag.mtime | timeFlag.mtimeNow)) === (timeFlag.mtime | timeFlag.mtimeNow)
    )
      throw new WasiError('EINVAL');
    const now = Date.now();
    const milliseconds = (time: bigint) => Number(BigInt.asUintN(64, time)) / 1e6;
    return [
      flags & timeFlag.atimeNow ? now : flags & timeFlag.atime ? milliseconds(atime) : stat.atimeMs,
      flags & timeFlag.mtimeNow ? now : flags & timeFlag.mtime ? milliseconds(mtime) : stat.mtimeMs,
    ];
  }
  fd_filestat_set_times(fd: number, atime: bigint, mtime: bigint, flags: number): void {
    const row = this.#table.get(fd, may.FD_FILESTAT_SET_TIMES);
    this.#files.futimes(row.fd, ...this.#times(this.#files.fstat(row.fd), atime, mtime, flags));
  }

  fd_prestat_get(fd: number, at: number): void {
    const row = this.#table.get(fd);
    if (!row.preopened) throw new WasiError('EINVAL');
    this.#mem.setU32(at, 0);
    this.#mem.setU32(at + 4, encoder.encode(row.virtualPath).length);
  }
  fd_prestat_dir_name(fd: number, at: number, size: number): void {
    const row = this.#table.get(fd);
    if (!row.preopened) throw new WasiError('EBADF');
    const bytes = encoder.encode(row.virtualPath);
    if (bytes.length > size >>> 0) throw new WasiError('ENOBUFS');
    this.#mem.setBytes(at, bytes);
  }

  /** Where the next read or write of a file is; null for streams. */
  #positionOf(row: Descriptor): number | null {
    return row.type === fileType.regular && !row.inherited ? row.offset : null;
  }
  #readInto(row: Descriptor, vectors: readonly Vector[], from: number | null): number {
    if (row.type === fileType.directory) throw new WasiError('EISDIR');
    let count = 0;
    for (const { at, size } of vectors) {
      if (size === 0) continue;
      const bytes = new Uint8Array(size);
      const read = this.#fs.read(row.fd, bytes, 0, size, from === null ? -1 : from + count) as number;
      this.#mem.setBytes(at, bytes.subarray(0, read));
      count += read;
      if (read < size) break;
    }
    return count;
  }
  #writeFrom(row: Descriptor, vectors: readonly Vector[], to: number | null): number {
    let count = 0;
    for (const { at, size } of vectors) {
      if (size === 0) continue;
      const context: { code?: string } = {};
      const bytes = this.#mem.bytes(at, size);
      const written = this.#fs.writeBuffer(row.fd, bytes, 0, size, to === null ? null : to + count, undefined, context) as number;
      if (context.code !== undefined) throw new WasiError(errnos[context.code] === undefined ? 'EIO' : context.code);
      count += written;
      if (written < size) break;
    }
    return count;
  }

  fd_read(fd: number, vectors: number, count: number, at: number): void {
    const row = this.#table.get(fd, may.FD_READ);
    const read = this.#readInto(row, this.#mem.vectors(vectors, count), this.#positionOf(row));
    row.offset += read;
    this.#mem.setU32(at, read);
  }
  fd_pread(fd: number, vectors: number, count: number, offset: bigint, at: number): void {
    const row = this.#table.get(fd, may.FD_READ | may.FD_SEEK);
    if (row.type === fileType.stream) throw new WasiError('ESPIPE');
    this.#mem.setU32(at, this.#readInto(row, this.#mem.vectors(vectors, count), Number(offset)));
  }
  fd_write(fd: number, vectors: number, count: number, at: number): void {
    const row = this.#table.get(fd, may.FD_WRITE);
    if ((row.flags & fdFlag.append) !== 0 && row.type === fileType.regular) row.offset = this.#files.fstat(row.fd).size;
    const written = this.#writeFrom(row, this.#mem.vectors(vectors, count), this.#positionOf(row));
    row.offset += written;
    this.#mem.setU32(at, written);
  }
  fd_pwrite(fd: number, vectors: number, count: number, offset: bigint, at: number): void {
    const row = this.#table.get(fd, may.FD_WRITE | may.FD_SEEK);
    if (row.type === fileType.stream) throw new WasiError('ESPIPE');
    this.#mem.setU32(at, this.#writeFrom(row, this.#mem.vectors(vectors, count), Number(offset)));
  }

  fd_seek(fd: number, offset: bigint, from: number, at: number): void {
    const row = this.#table.get(fd, offset === 0n && from === whence.current ? may.FD_TELL : may.FD_SEEK | may.FD_TELL);
    if (row.type !== fileType.regular) throw new WasiError('ESPIPE');
    const base =
      from === whence.set ? 0 : from === whence.current ? row.offset : from === whence.end ? this.#files.fstat(row.fd).size : undefined;
    if (base === undefined || base + Number(offset) < 0) throw new WasiError('EINVAL');
    row.offset = base + Number(offset);
    this.#mem.setU64(at, BigInt(row.offset));
  }
  fd_tell(fd: number, at: number): void {
    this.#mem.setU64(at, BigInt(this.#table.get(fd, may.FD_TELL).offset));
  }

  fd_renumber(from: number, to: number): void {
    if (from === to) return;
    this.#table.get(from);
    const replaced = this.#table.get(to);
    if (!replaced.inherited) this.#files.close(replaced.fd);
    this.#table.move(from, to);
  }

  /** `d_next` is the number of the entry after it, so that a program may go on anywhere. */
  fd_readdir(fd: number, at: number, size: number, cookie: bigint, used: number): void {
    const row = this.#table.get(fd, may.FD_READDIR);
    if (row.realPath === undefined) throw new WasiError('ENOTDIR');
    const entries = this.#files.readdir(row.realPath);
    let end = 0;
    for (let index = Number(BigInt.asUintN(64, cookie)); index < entries.length && end < size >>> 0; index++) {
      const { name, type } = entries[index]!;
      const bytes = encoder.encode(name);
      const entry = new Uint8Array(24 + bytes.length);
      const view = new DataView(entry.buffer);
      view.setBigUint64(0, BigInt(index + 1), true);
      view.setBigUint64(8, BigInt(this.#files.lstat(`${row.realPath}/${name}`).ino), true);
      view.setUint32(16, bytes.length, true);
      view.setUint8(20, typeOf(type));
      entry.set(bytes, 24);
      // An entry that is cut off tells the program to come again with more room.
      const part = entry.subarray(0, (size >>> 0) - end);
      this.#mem.setBytes((at >>> 0) + end, part);
      end += part.length;
    }
    this.#mem.setU32(used, end);
  }

  // --- Paths --------------------------------------------------------------------------------------------------------

  path_create_directory(fd: number, path: number, size: number): void {
    this.#files.mkdir(this.#path(this.#table.get(fd, may.PATH_CREATE_DIRECTORY), path, size), 0o777);
  }
  path_filestat_get(fd: number, flags: number, path: number, size: number, at: number): void {
    const real = this.#path(this.#table.get(fd, may.PATH_FILESTAT_GET), path, size, (flags & followLinks) !== 0);
    this.#setStat(at, this.#files.lstat(real));
  }
  path_filestat_set_times(fd: number, flags: number, path: number, size: number, atime: bigint, mtime: bigint, times: number): void {
    const real = this.#path(this.#table.get(fd, may.PATH_FILESTAT_SET_TIMES), path, size, (flags & followLinks) !== 0);
    this.#files.lutimes(real, ...this.#times(this.#files.lstat(real), atime, mtime, times));
  }
  path_link(fd: number, flags: number, path: number, size: number, toFd: number, toPath: number, toSize: number): void {
    const from = this.#path(this.#table.get(fd, may.PATH_LINK_SOURCE), path, size, (flags & followLinks) !== 0);
    this.#files.link(from, this.#path(this.#table.get(toFd, may.PATH_LINK_TARGET), toPath, toSize));
  }

  path_open(
    fd: number,
    lookup: number,
    path: number,
    size: number,
    create: number,
    rights: bigint,
    inheriting: bigint,
    flags: number,
    at: number,
  ): void {
    const wanted = BigInt.asUintN(64, rights);
    const reads = (wanted & (may.FD_READDIR | may.FD_READ)) !== 0n;
    const writes = (wanted & (may.FD_DATASYNC | may.FD_WRITE | may.FD_ALLOCATE | may.FD_FILESTAT_SET_SIZE)) !== 0n;
    let needed = may.PATH_OPEN;
    let open = writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
    if ((create & openFlag.create) !== 0) {
      open |= O_CREAT;
      needed |= may.PATH_CREATE_FILE;
    }
    if ((create & openFlag.directory) !== 0) open |= O_DIRECTORY;
    if ((create & openFlag.exclusive) !== 0) open |= O_EXCL;
    if ((create & openFlag.truncate) !== 0) {
      open |= O_TRUNC;
      needed |= may.PATH_FILESTAT_SET_SIZE;
    }
    if ((flags & fdFlag.append) !== 0) open |= O_APPEND;
    if ((flags & fdFlag.dataSync) !== 0) open |= O_DSYNC;
    if ((flags & (fdFlag.sync | fdFlag.readSync)) !== 0) open |= O_SYNC;
    if ((flags & fdFlag.nonBlocking) !== 0) open |= O_NONBLOCK;
    const follow = (lookup & followLinks) !== 0;
    const row = this.#table.get(fd, needed);
    const text = this.#mem.text(path, size);
    const real = resolveIn(row, text, follow, this.#links);
    const opened = this.#files.open(real, open | O_NOFOLLOW, 0o666);
    try {
      const virtualPath = text.startsWith('/') ? text : `${row.virtualPath === '/' ? '' : row.virtualPath}/${text}`;
      const made = this.#describe(opened, { virtualPath, realPath: real.replace(/(?<=.)\/+$/, ''), flags });
      if (made.type !== fileType.directory) Object.assign(made, { virtualPath: undefined, realPath: undefined });
      made.rights &= wanted;
      made.inheriting &= BigInt.asUintN(64, inheriting);
      this.#mem.setU32(at, this.#table.add(made));
    } catch (error) {
      this.#files.close(opened);
      throw error;
    }
  }

  path_readlink(fd: number, path: number, size: number, at: number, room: number, used: number): void {
    const target = encoder.encode(this.#files.readlink(this.#path(this.#table.get(fd, may.PATH_READLINK), path, size)));
    if (target.length >= room >>> 0) throw new WasiError('ENOBUFS');
    this.#mem.setBytes(at, target);
    this.#mem.setU32(used, target.length);
  }
  path_remove_directory(fd: number, path: number, size: number): void {
    this.#files.rmdir(this.#path(this.#table.get(fd, may.PATH_REMOVE_DIRECTORY), path, size));
  }
  path_rename(fd: number, path: number, size: number, toFd: number, toPath: number, toSize: number): void {
    const from = this.#path(this.#table.get(fd, may.PATH_RENAME_SOURCE), path, size);
    this.#files.rename(from, this.#path(this.#table.get(toFd, may.PATH_RENAME_TARGET), toPath, toSize));
  }
  path_symlink(target: number, targetSize: number, fd: number, path: number, size: number): void {
    const text = this.#mem.text(target, targetSize);
    if (text.startsWith('/')) throw new WasiError('ENOTSUP');
    this.#files.symlink(text, this.#path(this.#table.get(fd, may.PATH_SYMLINK), path, size));
  }
  path_unlink_file(fd: number, path: number, size: number): void {
    this.#files.unlink(this.#path(this.#table.get(fd, may.PATH_UNLINK_FILE), path, size));
  }

  // --- The process --------------------------------------------------------------------------------------------------

  poll_oneoff(subscriptions: number, events: number, count: number, at: number): void {
    const sleep = (milliseconds: number) => this.#realm.internalBinding('util').sleep(milliseconds);
    this.#mem.setU32(at, pollOnce(this.#mem, subscriptions, events, count, { now: (id) => this.#now(id), sleep, table: this.#table }));
  }
  proc_exit(code: number): void {
    this.#realm.process['reallyExit'](code);
  }
  proc_raise(signal: number): void {
    // The numbers of WASI's signals are Linux's, where both have one.
    this.#realm.process['kill'](this.#realm.process['pid'], signal);
  }
  sched_yield(): void {}

  sock_accept(fd: number): void {
    this.#noSocket(fd);
  }
  sock_recv(fd: number): void {
    this.#noSocket(fd);
  }
  sock_send(fd: number): void {
    this.#noSocket(fd);
  }
  sock_shutdown(fd: number): void {
    this.#noSocket(fd);
  }
  #noSocket(fd: number): never {
    this.#table.get(fd);
    throw new WasiError('ENOTSOCK');
  }
}

type FunctionName = Exclude<keyof WasiSystem, 'memory'>;
const functionNames = Object.getOwnPropertyNames(WasiSystem.prototype).filter((name) => name !== 'constructor') as FunctionName[];
