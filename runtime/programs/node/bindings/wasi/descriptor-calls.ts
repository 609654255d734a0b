import { errnos, fdFlag, fileType, right as may, WasiError, whence } from './abi.ts';
import { typeOf, type Descriptor } from './descriptors.ts';
import type { Vector } from './memory.ts';
import type { WasiSystem } from './system.ts';

const encoder = new TextEncoder();

/** `pread` and its like take no place before the start of a file. */
function placeOf(offset: bigint): number {
  if (offset < 0n) throw new WasiError('EINVAL');
  return Number(offset);
}

/** Where the next read or write of a file is; null for streams. */
function positionOf(row: Descriptor): number | null {
  return row.type === fileType.regular && !row.inherited ? row.offset : null;
}

function readInto(system: WasiSystem, row: Descriptor, vectors: readonly Vector[], from: number | null): number {
  if (row.type === fileType.directory) throw new WasiError('EISDIR');
  let count = 0;
  for (const { at, size } of vectors) {
    if (size === 0) continue;
    const bytes = new Uint8Array(size);
    const read = system.fs.read(row.fd, bytes, 0, size, from === null ? -1 : from + count) as number;
    system.mem.setBytes(at, bytes.subarray(0, read));
    count += read;
    if (read < size) break;
  }
  return count;
}

function writeFrom(system: WasiSystem, row: Descriptor, vectors: readonly Vector[], to: number | null): number {
  let count = 0;
  for (const { at, size } of vectors) {
    if (size === 0) continue;
    const context: { code?: string } = {};
    const bytes = system.mem.bytes(at, size);
    const written = system.fs.writeBuffer(row.fd, bytes, 0, size, to === null ? null : to + count, undefined, context) as number;
    if (context.code !== undefined) throw new WasiError(errnos[context.code] === undefined ? 'EIO' : context.code);
    count += written;
    if (written < size) break;
  }
  return count;
}

/** The functions that work on what is open. */
export const descriptorCalls = (system: WasiSystem) => ({
  fd_advise(fd: number, _offset: bigint, _size: bigint, advice: number): void {
    const row = system.table.get(fd, may.FD_ADVISE);
    if (row.type === fileType.directory) throw new WasiError('EBADF');
    if (advice < 0 || advice > 5) throw new WasiError('EINVAL');
  },
  fd_allocate(fd: number, offset: bigint, size: bigint): void {
    const row = system.table.get(fd, may.FD_ALLOCATE);
    if (size < 1n) throw new WasiError('EINVAL');
    const wanted = Number(offset + size);
    if (system.files.fstat(row.fd).size < wanted) system.files.ftruncate(row.fd, wanted);
  },
  fd_close(fd: number): void {
    const row = system.table.get(fd);
    system.table.remove(fd);
    if (!row.inherited) system.files.close(row.fd);
  },
  fd_datasync(fd: number): void {
    system.table.get(fd, may.FD_DATASYNC);
  },
  fd_sync(fd: number): void {
    system.table.get(fd, may.FD_SYNC);
  },

  fd_fdstat_get(fd: number, at: number): void {
    const { type, flags, rights, inheriting } = system.table.get(fd);
    const memory = system.mem;
    memory.setBytes(at, new Uint8Array(24));
    memory.setByte(at, type);
    memory.setU16(at + 2, flags);
    memory.setU64(at + 8, rights);
    memory.setU64(at + 16, inheriting);
  },
  fd_fdstat_set_flags(fd: number, flags: number): void {
    const row = system.table.get(fd, may.FD_FDSTAT_SET_FLAGS);
    // What was opened stays as it was opened; appending is ours.
    if ((flags & ~(fdFlag.append | fdFlag.nonBlocking)) !== 0) throw new WasiError('ENOSYS');
    row.flags = flags;
  },
  fd_fdstat_set_rights(fd: number, rights: bigint, inheriting: bigint): void {
    const row = system.table.get(fd);
    const [base, inherited] = [BigInt.asUintN(64, rights), BigInt.asUintN(64, inheriting)];
    if ((base | row.rights) !== row.rights || (inherited | row.inheriting) !== row.inheriting) throw new WasiError('ENOTCAPABLE');
    row.rights = base;
    row.inheriting = inherited;
  },

  fd_filestat_get(fd: number, at: number): void {
    system.setStat(at, system.files.fstat(system.table.get(fd, may.FD_FILESTAT_GET).fd));
  },
  fd_filestat_set_size(fd: number, size: bigint): void {
    system.files.ftruncate(system.table.get(fd, may.FD_FILESTAT_SET_SIZE).fd, Number(BigInt.asUintN(64, size)));
  },

  fd_filestat_set_times(fd: number, atime: bigint, mtime: bigint, flags: number): void {
    const row = system.table.get(fd, may.FD_FILESTAT_SET_TIMES);
    system.files.futimes(row.fd, ...system.times(system.files.fstat(row.fd), atime, mtime, flags));
  },

  fd_prestat_get(fd: number, at: number): void {
    const row = system.table.get(fd);
    if (!row.preopened) throw new WasiError('EINVAL');
    system.mem.setU32(at, 0);
    system.mem.setU32(at + 4, encoder.encode(row.virtualPath).length);
  },
  fd_prestat_dir_name(fd: number, at: number, size: number): void {
    const row = system.table.get(fd);
    if (!row.preopened) throw new WasiError('EBADF');
    const bytes = encoder.encode(row.virtualPath);
    if (bytes.length > size >>> 0) throw new WasiError('ENOBUFS');
    system.mem.setBytes(at, bytes);
  },

  fd_read(fd: number, vectors: number, count: number, at: number): void {
    const row = system.table.get(fd, may.FD_READ);
    const read = readInto(system, row, system.mem.vectors(vectors, count), positionOf(row));
    row.offset += read;
    system.mem.setU32(at, read);
  },
  fd_pread(fd: number, vectors: number, count: number, offset: bigint, at: number): void {
    const row = system.table.get(fd, may.FD_READ | may.FD_SEEK);
    if (row.type === fileType.stream) throw new WasiError('ESPIPE');
    system.mem.setU32(at, readInto(system, row, system.mem.vectors(vectors, count), placeOf(offset)));
  },
  fd_write(fd: number, vectors: number, count: number, at: number): void {
    const row = system.table.get(fd, may.FD_WRITE);
    if ((row.flags & fdFlag.append) !== 0 && row.type === fileType.regular) row.offset = system.files.fstat(row.fd).size;
    const written = writeFrom(system, row, system.mem.vectors(vectors, count), positionOf(row));
    row.offset += written;
    system.mem.setU32(at, written);
  },
  fd_pwrite(fd: number, vectors: number, count: number, offset: bigint, at: number): void {
    const row = system.table.get(fd, may.FD_WRITE | may.FD_SEEK);
    if (row.type === fileType.stream) throw new WasiError('ESPIPE');
    system.mem.setU32(at, writeFrom(system, row, system.mem.vectors(vectors, count), placeOf(offset)));
  },

  fd_seek(fd: number, offset: bigint, from: number, at: number): void {
    const row = system.table.get(fd, offset === 0n && from === whence.current ? may.FD_TELL : may.FD_SEEK | may.FD_TELL);
    if (row.type !== fileType.regular) throw new WasiError('ESPIPE');
    const base =
      from === whence.set ? 0 : from === whence.current ? row.offset : from === whence.end ? system.files.fstat(row.fd).size : undefined;
    if (base === undefined || base + Number(offset) < 0) throw new WasiError('EINVAL');
    row.offset = base + Number(offset);
    system.mem.setU64(at, BigInt(row.offset));
  },
  fd_tell(fd: number, at: number): void {
    system.mem.setU64(at, BigInt(system.table.get(fd, may.FD_TELL).offset));
  },

  fd_renumber(from: number, to: number): void {
    if (from === to) return;
    system.table.get(from);
    const replaced = system.table.get(to);
    if (!replaced.inherited) system.files.close(replaced.fd);
    system.table.move(from, to);
  },

  /** `d_next` is the number of the entry after it, so that a program may go on anywhere. */
  fd_readdir(fd: number, at: number, size: number, cookie: bigint, used: number): void {
    const row = system.table.get(fd, may.FD_READDIR);
    if (row.realPath === undefined) throw new WasiError('ENOTDIR');
    const entries = system.files.readdir(row.realPath);
    let end = 0;
    for (let index = Number(BigInt.asUintN(64, cookie)); index < entries.length && end < size >>> 0; index++) {
      const { name, type } = entries[index]!;
      const bytes = encoder.encode(name);
      const entry = new Uint8Array(24 + bytes.length);
      const view = new DataView(entry.buffer);
      view.setBigUint64(0, BigInt(index + 1), true);
      view.setBigUint64(8, BigInt(system.files.lstat(`${row.realPath}/${name}`).ino), true);
      view.setUint32(16, bytes.length, true);
      view.setUint8(20, typeOf(type));
      entry.set(bytes, 24);
      // An entry that is cut off tells the program to come again with more room.
      const part = entry.subarray(0, (size >>> 0) - end);
      system.mem.setBytes((at >>> 0) + end, part);
      end += part.length;
    }
    system.mem.setU32(used, end);
  },
});
