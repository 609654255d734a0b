/** Numbers of WASI preview 1 (`wasi_snapshot_preview1.witx`). */

/** Error numbers by the names of errno. */
export const errnos: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'SUCCESS E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECHILD ECONNABORTED ECONNREFUSED ' +
    'ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP ' +
    'EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ' +
    'ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENXIO EOVERFLOW EOWNERDEAD EPERM EPIPE EPROTO ' +
    'EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV ENOTCAPABLE'
  )
    .split(' ')
    .map((name, number) => [name, number]),
);

/** A failure on its way to the caller, as a number. */
export class WasiError extends Error {
  readonly errno: number;
  constructor(name: string) {
    super(name);
    this.errno = errnos[name] as number;
  }
}

const rightNames = [
  'FD_DATASYNC',
  'FD_READ',
  'FD_SEEK',
  'FD_FDSTAT_SET_FLAGS',
  'FD_SYNC',
  'FD_TELL',
  'FD_WRITE',
  'FD_ADVISE',
  'FD_ALLOCATE',
  'PATH_CREATE_DIRECTORY',
  'PATH_CREATE_FILE',
  'PATH_LINK_SOURCE',
  'PATH_LINK_TARGET',
  'PATH_OPEN',
  'FD_READDIR',
  'PATH_READLINK',
  'PATH_RENAME_SOURCE',
  'PATH_RENAME_TARGET',
  'PATH_FILESTAT_GET',
  'PATH_FILESTAT_SET_SIZE',
  'PATH_FILESTAT_SET_TIMES',
  'FD_FILESTAT_GET',
  'FD_FILESTAT_SET_SIZE',
  'FD_FILESTAT_SET_TIMES',
  'PATH_SYMLINK',
  'PATH_REMOVE_DIRECTORY',
  'PATH_UNLINK_FILE',
  'POLL_FD_READWRITE',
  'SOCK_SHUTDOWN',
  'SOCK_ACCEPT',
] as const;
type RightName = (typeof rightNames)[number];

/** In the order of their bits. */
export const right = Object.fromEntries(rightNames.map((name, bit) => [name, 1n << BigInt(bit)])) as Readonly<Record<RightName, bigint>>;

const rightsOf = (names: readonly RightName[]): bigint => names.reduce((all, name) => all | right[name], 0n);

export const allRights = (1n << 30n) - 1n;
export const fileRights = rightsOf([
  'FD_DATASYNC',
  'FD_READ',
  'FD_SEEK',
  'FD_FDSTAT_SET_FLAGS',
  'FD_SYNC',
  'FD_TELL',
  'FD_WRITE',
  'FD_ADVISE',
  'FD_ALLOCATE',
  'FD_FILESTAT_GET',
  'FD_FILESTAT_SET_SIZE',
  'FD_FILESTAT_SET_TIMES',
  'POLL_FD_READWRITE',
]);
export const directoryRights = rightsOf([
  'FD_FDSTAT_SET_FLAGS',
  'FD_SYNC',
  'FD_ADVISE',
  'PATH_CREATE_DIRECTORY',
  'PATH_CREATE_FILE',
  'PATH_LINK_SOURCE',
  'PATH_LINK_TARGET',
  'PATH_OPEN',
  'FD_READDIR',
  'PATH_READLINK',
  'PATH_RENAME_SOURCE',
  'PATH_RENAME_TARGET',
  'PATH_FILESTAT_GET',
  'PATH_FILESTAT_SET_SIZE',
  'PATH_FILESTAT_SET_TIMES',
  'FD_FILESTAT_GET',
  'FD_FILESTAT_SET_TIMES',
  'PATH_SYMLINK',
  'PATH_UNLINK_FILE',
  'PATH_REMOVE_DIRECTORY',
  'POLL_FD_READWRITE',
]);
export const ttyRights = rightsOf(['FD_READ', 'FD_FDSTAT_SET_FLAGS', 'FD_WRITE', 'FD_FILESTAT_GET', 'POLL_FD_READWRITE']);
export const streamRights = ttyRights | rightsOf(['SOCK_SHUTDOWN']);

export const fileType = { unknown: 0, blockDevice: 1, characterDevice: 2, directory: 3, regular: 4, stream: 6, link: 7 } as const;
export const fdFlag = { append: 1, dataSync: 2, nonBlocking: 4, readSync: 8, sync: 16 } as const;
export const openFlag = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
export const timeFlag = { atime: 1, atimeNow: 2, mtime: 4, mtimeNow: 8 } as const;
export const whence = { set: 0, current: 1, end: 2 } as const;
export const clock = { realtime: 0, monotonic: 1, processTime: 2, threadTime: 3 } as const;
export const eventType = { clock: 0, read: 1, write: 2 } as const;
/** Of a `lookupflags`: a link at the end of the path is followed. */
export const followLinks = 1;
