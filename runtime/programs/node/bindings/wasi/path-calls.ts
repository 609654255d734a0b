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
import { fdFlag, fileType, followLinks, openFlag, right as may, WasiError } from './abi.ts';
import { resolveIn } from './sandbox-path.ts';
import type { WasiSystem } from './system.ts';

const encoder = new TextEncoder();

/** The functions that name files below a directory. */
export const pathCalls = (system: WasiSystem) => ({
  path_create_directory(fd: number, path: number, size: number): void {
    system.files.mkdir(system.path(system.table.get(fd, may.PATH_CREATE_DIRECTORY), path, size), 0o777);
  },
  path_filestat_get(fd: number, flags: number, path: number, size: number, at: number): void {
    const real = system.path(system.table.get(fd, may.PATH_FILESTAT_GET), path, size, (flags & followLinks) !== 0);
    system.setStat(at, system.files.lstat(real));
  },
  path_filestat_set_times(fd: number, flags: number, path: number, size: number, atime: bigint, mtime: bigint, times: number): void {
    const real = system.path(system.table.get(fd, may.PATH_FILESTAT_SET_TIMES), path, size, (flags & followLinks) !== 0);
    system.files.lutimes(real, ...system.times(system.files.lstat(real), atime, mtime, times));
  },
  path_link(fd: number, flags: number, path: number, size: number, toFd: number, toPath: number, toSize: number): void {
    const from = system.path(system.table.get(fd, may.PATH_LINK_SOURCE), path, size, (flags & followLinks) !== 0);
    system.files.link(from, system.path(system.table.get(toFd, may.PATH_LINK_TARGET), toPath, toSize));
  },

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
    const row = system.table.get(fd, needed);
    const text = system.mem.text(path, size);
    const real = resolveIn(row, text, follow, system.links);
    const opened = system.files.open(real, open | O_NOFOLLOW, 0o666);
    try {
      const virtualPath = text.startsWith('/') ? text : `${row.virtualPath === '/' ? '' : row.virtualPath}/${text}`;
      const made = system.describe(opened, { virtualPath, realPath: real.replace(/(?<=.)\/+$/, ''), flags });
      if (made.type !== fileType.directory) Object.assign(made, { virtualPath: undefined, realPath: undefined });
      made.rights &= wanted;
      made.inheriting &= BigInt.asUintN(64, inheriting);
      system.mem.setU32(at, system.table.add(made));
    } catch (error) {
      system.files.close(opened);
      throw error;
    }
  },

  path_readlink(fd: number, path: number, size: number, at: number, room: number, used: number): void {
    const target = encoder.encode(system.files.readlink(system.path(system.table.get(fd, may.PATH_READLINK), path, size)));
    if (target.length >= room >>> 0) throw new WasiError('ENOBUFS');
    system.mem.setBytes(at, target);
    system.mem.setU32(used, target.length);
  },
  path_remove_directory(fd: number, path: number, size: number): void {
    system.files.rmdir(system.path(system.table.get(fd, may.PATH_REMOVE_DIRECTORY), path, size));
  },
  path_rename(fd: number, path: number, size: number, toFd: number, toPath: number, toSize: number): void {
    const from = system.path(system.table.get(fd, may.PATH_RENAME_SOURCE), path, size);
    system.files.rename(from, system.path(system.table.get(toFd, may.PATH_RENAME_TARGET), toPath, toSize));
  },
  path_symlink(target: number, targetSize: number, fd: number, path: number, size: number): void {
    const text = system.mem.text(target, targetSize);
    if (text.startsWith('/')) throw new WasiError('ENOTSUP');
    system.files.symlink(text, system.path(system.table.get(fd, may.PATH_SYMLINK), path, size));
  },
  path_unlink_file(fd: number, path: number, size: number): void {
    system.files.unlink(system.path(system.table.get(fd, may.PATH_UNLINK_FILE), path, size));
  },
});
