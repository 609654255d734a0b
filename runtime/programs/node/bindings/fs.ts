import { joinBytes } from '../../../base/bytes.ts';
import { errnoTable } from '../../../base/errno.ts';
import { PosixError } from '../../../base/errors.ts';
import type { FileCalls } from '../../../process/syscalls.ts';
import { encodingOf, type EncodingName } from '../encodings.ts';
import { heldOutput } from '../held-output.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { bytesOf } from './buffer.ts';
import { makeFileHandle } from './file-handle.ts';
import { makeMainResolve } from './fs-main-resolve.ts';
import { fsRequests, type Settle } from './fs-requests.ts';
import { direntType, FIELDS, fillStat, isDirectory, statArray } from './fs-stat.ts';
import { makeStatWatcher } from './stat-watcher.ts';

const COPYFILE_EXCL = 1;
const O_RDONLY = 0;
const MAX_FD = 2147483647;
const EXTENSIONLESS_FORMAT_JAVASCRIPT = 0;
const EXTENSIONLESS_FORMAT_WASM = 1;

const copyNames = ['cpSyncCheckPaths', 'cpSyncOverrideFile', 'cpSyncCopyDir'] as const;

const positionOf = (position: unknown): number | null => {
  if (typeof position === 'bigint') return position < 0n ? null : Number(position);
  return typeof position === 'number' && position >= 0 ? position : null;
};

/** libuv sorts what it reads of a folder by bytes. */
const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `internalBinding('fs')`, over the process's own replica of the files. */
export function makeFs(realm: NodeRealm): Untyped {
  const requests = fsRequests(realm);
  const { run, runLater, pathOf, named, encodings } = requests;
  const files = (): FileCalls => realm.syscalls.files;
  const statValues = new Float64Array(2 * FIELDS);
  const bigintStatValues = new BigInt64Array(2 * FIELDS);
  const statFsValues = new Float64Array(8);
  const bigintStatFsValues = new BigInt64Array(8);
  const FileHandle = makeFileHandle(realm);
  let madeCopies: Untyped;
  const copies = (): Untyped => (madeCopies ??= realm.library.part('bindings').makeCopies(realm));

  /** One path, no result. */
  const simple =
    (syscall: string, work: (path: string, ...args: Untyped[]) => void, argumentCount: number) =>
    (given: unknown, ...rest: unknown[]): unknown => {
      const path = pathOf(given);
      return run(rest[argumentCount], { syscall, path }, () => work(path, ...rest.slice(0, argumentCount)));
    };
  /** Node's C++ checks descriptors, at the call, in every style. */
  const checkFd = (fd: unknown): void => {
    if (typeof fd !== 'number' || !Number.isInteger(fd) || fd < 0 || fd > MAX_FD)
      realm.requireBuiltin('internal/validators').validateInteger(fd, 'fd', 0, MAX_FD);
  };
  /** Of `access` and `copyFile`: three bits. */
  const checkMode = (mode: unknown): void => {
    if (typeof mode !== 'number' || !Number.isInteger(mode) || mode < 0 || mode > 7)
      realm.requireBuiltin('internal/validators').validateInteger(mode, 'mode', 0, 7);
  };
  const simpleFd =
    (syscall: string, work: (fd: number, ...args: Untyped[]) => void, argumentCount: number) =>
    (fd: number, ...rest: unknown[]): unknown => {
      checkFd(fd);
      return run(rest[argumentCount], { syscall }, () => work(fd, ...rest.slice(0, argumentCount)));
    };
  const twoPaths = (syscall: string, work: (from: string, to: string) => void) => (from: unknown, to: unknown, request?: unknown) => {
    const [path, dest] = [pathOf(from), pathOf(to)];
    return run(request, { syscall, path, dest }, () => work(path, dest));
  };

  const statCall = (syscall: 'stat' | 'lstat') => (given: unknown, bigint: unknown, request?: unknown, throwIfNoEntry?: unknown) => {
    const path = pathOf(given);
    const read = () => {
      try {
        return files()[syscall](path);
      } catch (error) {
        if (throwIfNoEntry === false && error instanceof PosixError && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
          return undefined;
        throw error;
      }
    };
    return run(request, { syscall, path }, () => {
      const stat = read();
      if (stat === undefined) return undefined;
      if (request !== undefined) return statArray(stat, bigint === true);
      const values = bigint === true ? bigintStatValues : statValues;
      fillStat(values, stat);
      return values;
    });
  };

  const streamOf = (fd: number) => {
    const info = realm.syscalls.descriptors.info(fd);
    return info?.kind === 'stream' ? info : undefined;
  };
  const readInto = (fd: number, into: Uint8Array, position: unknown, request: unknown): unknown => {
    checkFd(fd);
    const stream = request === undefined ? undefined : streamOf(fd);
    if (stream === undefined) return run(request, { syscall: 'read' }, () => files().read(fd, into, positionOf(position)));
    return runLater<number>(request, { syscall: 'read' }, (settle) => {
      realm.syscalls.call('read', { handle: stream.handle, maxBytes: into.length }, (outcome) => {
        if (outcome.error !== undefined) return settle(outcome.error);
        into.set(outcome.result.bytes);
        settle(null, outcome.result.bytes.length);
      });
    });
  };
  /** A synchronous write reports by a context object; Node's library reads `errno` and `code` off it. */
  const write = (fd: number, bytes: Uint8Array, position: unknown, request: unknown, context?: Untyped): unknown => {
    checkFd(fd);
    const at = positionOf(position);
    const work = () => {
      if (at !== null || (fd !== 1 && fd !== 2)) return files().write(fd, bytes, at);
      let written = bytes.length;
      heldOutput(realm).write(bytes, (known) => (written = files().write(fd, known, null)));
      return written;
    };
    if (context === undefined || request !== undefined) return requests.runSoon(request, { syscall: 'write' }, work);
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      context.errno = error.errno;
      context.code = error.code;
      context.syscall = 'write';
      return undefined;
    }
  };

  /** Answers the first that was made, as it stands in `path`. */
  const makeDirectories = (path: string, mode: number): string | undefined => {
    const make = (folder: string) => files().mkdir(folder.replace(/(?<=.)\/+$/, ''), mode);
    const isThere = (folder: string) => isDirectory(files().stat(folder));
    const missing = [path];
    let first: string | undefined;
    for (let next = missing.pop(); next !== undefined; next = missing.pop()) {
      try {
        make(next);
        first ??= next;
      } catch (error) {
        if (!(error instanceof PosixError)) throw error;
        const slash = next.lastIndexOf('/');
        if (error.code === 'ENOENT' && first === undefined && slash >= 0 && next !== '/') {
          missing.push(next, next.slice(0, slash) || '/');
          continue;
        }
        let there;
        try {
          there = isThere(next);
        } catch {
          throw error; // What is in the way cannot be looked at: the first failure says more.
        }
        if (!there) throw new PosixError(missing.length > 0 ? 'ENOTDIR' : 'EEXIST');
      }
    }
    return first;
  };

  const removeTree = (path: string, recursive: boolean): void => {
    let stat;
    try {
      stat = files().lstat(path);
    } catch (error) {
      if (error instanceof PosixError && error.code === 'ENOENT') return;
      throw error;
    }
    if (!isDirectory(stat)) return files().unlink(path);
    if (!recursive) throw new PosixError('EISDIR');
    for (const { name } of files().readdir(path)) removeTree(`${path.replace(/\/$/, '')}/${name}`, true);
    files().rmdir(path);
  };

  const writeVector = (fd: number, chunks: readonly ArrayBufferView[], position: unknown): number => {
    let total = 0;
    let at = positionOf(position);
    for (const chunk of chunks) {
      const bytes = bytesOf(chunk);
      const written = files().write(fd, bytes, at);
      total += written;
      if (at !== null) at += written;
      if (written < bytes.length) break;
    }
    return total;
  };
  const readVector = (fd: number, chunks: readonly ArrayBufferView[], position: unknown): number => {
    let total = 0;
    let at = positionOf(position);
    for (const chunk of chunks) {
      const bytes = bytesOf(chunk);
      const read = files().read(fd, bytes, at);
      total += read;
      if (at !== null) at += read;
      if (read < bytes.length) break;
    }
    return total;
  };
  const readAll = (fd: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = new Uint8Array(65536);
      const count = files().read(fd, part, null);
      if (count === 0) break;
      parts.push(part.subarray(0, count));
    }
    return joinBytes(parts);
  };

  const sync = (syscall: 'fsync' | 'fdatasync') => (fd: number, request?: unknown) => {
    checkFd(fd);
    if (request === undefined) return run(undefined, { syscall }, () => void files().fstat(fd));
    return runLater<undefined>(request, { syscall }, (settle: Settle<undefined>) => {
      files().fstat(fd);
      realm.syscalls.call('sync', {}, (outcome) => settle(outcome.error ?? null));
    });
  };

  const open = (path: string, flags: number, mode: number) => files().open(path, flags, mode);

  return {
    kUsePromises: requests.kUsePromises,
    kFsStatsFieldsNumber: FIELDS,
    FSReqCallback: requests.FSReqCallback,
    FileHandle,
    StatWatcher: makeStatWatcher(realm),
    statValues,
    bigintStatValues,
    statFsValues,
    bigintStatFsValues,
    access(given: unknown, mode: unknown = 0, request?: unknown) {
      const path = pathOf(given);
      checkMode(mode);
      return run(request, { syscall: 'access', path }, () => files().access(path, mode as number));
    },
    close: simpleFd(
      'close',
      (fd) => {
        if (fd === 1 || fd === 2) heldOutput(realm).flush();
        files().close(fd);
      },
      0,
    ),
    existsSync: (given: unknown) => files().typeOf(pathOf(given)) !== 0,
    open(given: unknown, flags: number, mode: number, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'open', path }, () => open(path, flags, mode));
    },
    openFileHandle(given: unknown, flags: number, mode: number, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'open', path }, () => new FileHandle(open(path, flags, mode)));
    },
    read(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: unknown, request?: unknown) {
      return readInto(fd, bytesOf(buffer).subarray(offset, offset + length), position, request);
    },
    readBuffers: (fd: number, chunks: readonly ArrayBufferView[], position: unknown, request?: unknown) =>
      run(request, { syscall: 'read' }, () => readVector(fd, chunks, position)),
    readFileUtf8(target: unknown, flags: number) {
      if (typeof target === 'number') return run(undefined, { syscall: 'read' }, () => encodings.decode(readAll(target), 'utf8'));
      const path = pathOf(target);
      const read = () => {
        if ((flags & 3) === O_RDONLY) return files().readFile(path);
        const fd = open(path, flags, 0o666);
        try {
          return readAll(fd);
        } finally {
          files().close(fd);
        }
      };
      try {
        return encodings.decode(read(), 'utf8');
      } catch (error) {
        if (error instanceof PosixError && error.code === 'EISDIR') throw realm.uvException(error.errno, 'read');
        throw requests.translate(error, { syscall: 'open', path });
      }
    },
    writeFileUtf8(target: unknown, text: string, flags: number, mode: number) {
      const bytes = realm.platform.encodeUtf8(text);
      const path = typeof target === 'number' ? undefined : pathOf(target);
      const fd =
        path === undefined ? (target as number) : (run(undefined, { syscall: 'open', path }, () => open(path, flags, mode)) as number);
      try {
        run(undefined, { syscall: 'write', path }, () => {
          for (let at = 0; at < bytes.length;) at += files().write(fd, bytes.subarray(at), null);
        });
      } finally {
        if (path !== undefined) files().close(fd);
      }
    },
    writeBuffer: (
      fd: number,
      buffer: ArrayBufferView,
      offset: number,
      length: number,
      position: unknown,
      request?: unknown,
      context?: Untyped,
    ) => write(fd, bytesOf(buffer).subarray(offset, offset + length), position, request, context),
    writeBuffers: (fd: number, chunks: readonly ArrayBufferView[], position: unknown, request?: unknown) =>
      run(request, { syscall: 'write' }, () => writeVector(fd, chunks, position)),
    writeString(fd: number, text: string, position: unknown, encoding: unknown, request?: unknown, context?: Untyped) {
      const kind = encodingOf(encoding, 'utf8');
      return write(fd, encodings.encode(text, (kind === 'buffer' ? 'utf8' : kind) as EncodingName), position, request, context);
    },
    fsync: sync('fsync'),
    fdatasync: sync('fdatasync'),
    rename: twoPaths('rename', (from, to) => files().rename(from, to)),
    link: twoPaths('link', (from, to) => files().link(from, to)),
    symlink(target: unknown, given: unknown, _flags: number, request?: unknown) {
      const [path, dest] = [pathOf(target), pathOf(given)];
      return run(request, { syscall: 'symlink', path, dest }, () => files().symlink(path, dest));
    },
    copyFile(from: unknown, to: unknown, mode = 0, request?: unknown) {
      const [path, dest] = [pathOf(from), pathOf(to)];
      checkMode(mode);
      return run(request, { syscall: 'copyfile', path, dest }, () => files().copyFile(path, dest, (mode & COPYFILE_EXCL) !== 0));
    },
    ftruncate: simpleFd('ftruncate', (fd, size: number) => files().ftruncate(fd, size ?? 0), 1),
    rmdir: simple('rmdir', (path) => files().rmdir(path), 0),
    unlink: simple('unlink', (path) => files().unlink(path), 0),
    rmSync(given: unknown, _maxRetries: number, recursive: boolean) {
      const path = pathOf(given);
      try {
        removeTree(path, recursive);
      } catch (error) {
        throw requests.translate(error, { syscall: 'rm', path });
      }
    },
    mkdir(given: unknown, mode: number, recursive: boolean, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'mkdir', path, losesThrown: true }, () =>
        recursive ? makeDirectories(path, mode) : files().mkdir(path, mode),
      );
    },
    mkdtemp(given: unknown, encoding: unknown, request?: unknown) {
      const prefix = pathOf(given);
      return run(request, { syscall: 'mkdtemp', path: `${prefix}XXXXXX`, losesThrown: true }, () =>
        named(files().mkdtemp(prefix), encoding),
      );
    },
    readdir(given: unknown, encoding: unknown, withTypes: boolean, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'scandir', path }, () => {
        const entries = [...files().readdir(path)].sort((a, b) => byBytes(a.name, b.name));
        const names = entries.map((entry) => named(entry.name, encoding));
        return withTypes ? [names, entries.map((entry) => direntType(entry.type))] : names;
      });
    },
    internalModuleStat(...args: unknown[]) {
      const path = args.find((arg) => typeof arg === 'string') as string;
      const type = files().typeOf(path);
      return type === 0 ? -errnoTable.ENOENT[0] : isDirectory({ mode: type }) ? 1 : 0;
    },
    stat: statCall('stat'),
    lstat: statCall('lstat'),
    fstat(fd: number, bigint: unknown, request?: unknown, shouldNotThrow?: unknown) {
      void shouldNotThrow;
      checkFd(fd);
      return run(request, { syscall: 'fstat' }, () => {
        const stat = files().fstat(fd);
        if (request !== undefined) return statArray(stat, bigint === true);
        const values = bigint === true ? bigintStatValues : statValues;
        fillStat(values, stat);
        return values;
      });
    },
    statfs(given: unknown, bigint: unknown, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'statfs', path }, () => {
        const { type, bsize, blocks, bfree, bavail, files: total, ffree } = files().statfs(path);
        const numbers = [type, bsize, bsize, blocks, bfree, bavail, total, ffree];
        if (bigint === true) {
          const values = request === undefined ? bigintStatFsValues : new BigInt64Array(8);
          numbers.forEach((value, index) => (values[index] = BigInt(value)));
          return values;
        }
        const values = request === undefined ? statFsValues : new Float64Array(8);
        values.set(numbers);
        return values;
      });
    },
    readlink(given: unknown, encoding: unknown, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'readlink', path, losesThrown: true }, () => named(files().readlink(path), encoding));
    },
    realpath(given: unknown, encoding: unknown, request?: unknown) {
      const path = pathOf(given);
      return run(request, { syscall: 'realpath', path, losesThrown: true }, () => named(files().realpath(path), encoding));
    },
    chmod: simple('chmod', (path, mode: number) => files().chmod(path, mode), 1),
    fchmod: simpleFd('fchmod', (fd, mode: number) => files().fchmod(fd, mode), 1),
    chown: simple('chown', (path, uid: number, gid: number) => files().chown(path, uid, gid), 2),
    lchown: simple('lchown', (path, uid: number, gid: number) => files().lchown(path, uid, gid), 2),
    fchown: simpleFd('fchown', (fd, uid: number, gid: number) => files().fchown(fd, uid, gid), 2),
    utimes: simple('utime', (path, atime: number, mtime: number) => files().utimes(path, atime * 1000, mtime * 1000), 2),
    lutimes: simple('lutime', (path, atime: number, mtime: number) => files().lutimes(path, atime * 1000, mtime * 1000), 2),
    futimes: simpleFd('futime', (fd, atime: number, mtime: number) => files().futimes(fd, atime * 1000, mtime * 1000), 2),
    ...Object.fromEntries(copyNames.map((name) => [name, (...args: unknown[]) => copies()[name](...args) as unknown])),
    legacyMainResolve: makeMainResolve(realm),
    getFormatOfExtensionlessFile(given: string) {
      const magic = new Uint8Array(4);
      try {
        const fd = open(given, O_RDONLY, 0);
        try {
          files().read(fd, magic, 0);
        } finally {
          files().close(fd);
        }
      } catch (error) {
        if (error instanceof PosixError) return EXTENSIONLESS_FORMAT_JAVASCRIPT;
        throw error;
      }
      return magic[0] === 0 && magic[1] === 0x61 && magic[2] === 0x73 && magic[3] === 0x6d
        ? EXTENSIONLESS_FORMAT_WASM
        : EXTENSIONLESS_FORMAT_JAVASCRIPT;
    },
    UV_EOF: -errnoTable.EOF[0],
  };
}
