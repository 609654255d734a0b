import { PosixError } from '../../../base/errors.ts';
import type { Stat } from '../../../process/syscalls.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { fsRequests } from './fs-requests.ts';
import { isDirectory, isSymlink } from './fs-stat.ts';
import { nativeError } from '../wraps/errors.ts';

const folderOf = (path: string): string =>
  path
    .replace(/\/+$/, '')
    .replace(/[^/]*$/, '')
    .replace(/(.)\/+$/, '$1') || (path.startsWith('/') ? '/' : '.');
const join = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`;

interface CopyOptions {
  readonly force: boolean;
  readonly dereference: boolean;
  readonly errorOnExist: boolean;
  /** Symbolic links keep their text. */
  readonly verbatim: boolean;
  readonly times: boolean;
}

function statOf(realm: NodeRealm, path: string, follow: boolean): Stat | undefined {
  try {
    return follow ? realm.syscalls.files.stat(path) : realm.syscalls.files.lstat(path);
  } catch (error) {
    if (error instanceof PosixError && error.code === 'ENOENT') return undefined;
    throw requestsError(realm, error, follow ? 'stat' : 'lstat', path);
  }
}

const requestsError = (realm: NodeRealm, error: unknown, syscall: string, path: string, dest?: string): unknown =>
  fsRequests(realm).translate(error, { syscall, path, dest });

function copyError(realm: NodeRealm, code: string, message: string, path: string, errno: number, posix: string): Error {
  const { codes } = realm.requireBuiltin('internal/errors');
  return new codes[code]({ message, path, syscall: 'cp', errno, code: posix }) as Error;
}

/** What `fs.cpSync` asks before it copies, and the replacement of one file. */
export function makeCopies(realm: NodeRealm): Untyped {
  const { pathOf } = fsRequests(realm);
  return {
    cpSyncCheckPaths(from: unknown, to: unknown, dereference: boolean, recursive: boolean) {
      const [source, target] = [pathOf(from), pathOf(to)];
      const have = statOf(realm, source, dereference);
      // The library's own `lstat` tells of it.
      if (have === undefined) return;
      const there = statOf(realm, target, dereference);
      const fail = (code: string, message: string): never => {
        throw nativeError(Error, code, message);
      };
      const shown = isDirectory(have) ? `${source.replace(/\/+$/, '')}/` : source;
      if (there !== undefined) {
        if (have.ino === there.ino && have.dev === there.dev) fail('ERR_FS_CP_EINVAL', `src and dest cannot be the same ${target}`);
        if (isDirectory(have) && !isDirectory(there)) {
          fail('ERR_FS_CP_DIR_TO_NON_DIR', `Cannot overwrite non-directory ${target} with directory ${source}`);
        }
        if (!isDirectory(have) && isDirectory(there)) {
          fail('ERR_FS_CP_NON_DIR_TO_DIR', `Cannot overwrite directory ${target} with non-directory ${source}`);
        }
      }
      if (isDirectory(have)) {
        const { resolve } = realm.requireBuiltin('path') as { resolve(path: string): string };
        if (`${resolve(target)}/`.startsWith(`${resolve(source)}/`)) {
          fail('ERR_FS_CP_EINVAL', `Cannot copy ${shown} to a subdirectory of self ${target}`);
        }
        if (!recursive) {
          fail('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${shown}`);
        }
      }
      if (there === undefined) realm.internalBinding('fs').mkdir(folderOf(target), 0o777, true);
    },
    cpSyncOverrideFile(from: unknown, to: unknown, mode: number, times: boolean) {
      const [source, target] = [pathOf(from), pathOf(to)];
      const { files } = realm.syscalls;
      try {
        files.unlink(target);
        files.copyFile(source, target, (mode & 1) !== 0);
        if (times) {
          const stat = files.stat(source);
          files.utimes(target, stat.atimeMs, stat.mtimeMs);
        }
      } catch (error) {
        throw requestsError(realm, error, 'cp', source, target);
      }
    },
  };
}

/** Copies a folder with all that is in it. */
export function copyTree(realm: NodeRealm, source: string, target: string, options: CopyOptions): void {
  const { files } = realm.syscalls;
  const { resolve } = realm.requireBuiltin('path') as { resolve(...paths: string[]): string };
  realm.internalBinding('fs').mkdir(target, 0o777, true);
  for (const { name } of files.readdir(source)) {
    const [from, to] = [join(source, name), join(target, name)];
    const stat = options.dereference ? files.stat(from) : files.lstat(from);
    const there = statOf(realm, to, false);
    if (isDirectory(stat)) {
      if (there !== undefined && !isDirectory(there)) {
        throw copyError(realm, 'ERR_FS_CP_DIR_TO_NON_DIR', `cannot overwrite non-directory ${to} with directory ${from}`, to, 21, 'EISDIR');
      }
      copyTree(realm, from, to, options);
      continue;
    }
    if (isSymlink(stat)) {
      const text = files.readlink(from);
      if (there !== undefined) files.unlink(to);
      files.symlink(options.verbatim ? text : resolve(folderOf(from), text), to);
      continue;
    }
    if (there !== undefined) {
      if (isDirectory(there)) {
        throw copyError(
          realm,
          'ERR_FS_CP_NON_DIR_TO_DIR',
          `cannot overwrite directory ${to} with non-directory ${from}`,
          to,
          20,
          'ENOTDIR',
        );
      }
      if (!options.force) {
        if (options.errorOnExist) {
          const code = 'ERR_FS_CP_EEXIST';
          throw nativeError(Error, code, `[${code}]: Target already exists: cp returned EEXIST (${to} already exists)`);
        }
        continue;
      }
      files.unlink(to);
    }
    files.copyFile(from, to, false);
    if (options.times) files.utimes(to, stat.atimeMs, stat.mtimeMs);
  }
}
