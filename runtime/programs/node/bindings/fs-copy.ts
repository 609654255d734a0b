import { errnoTable, type ErrnoName } from '../../../base/errno.ts';
import { PosixError } from '../../../base/errors.ts';
import type { FileCalls, Stat } from '../../../process/syscalls.ts';
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
const isSame = (a: Stat, b: Stat | undefined): boolean => b !== undefined && a.ino === b.ino && a.dev === b.dev;
const isSocket = (stat: Stat): boolean => (stat.mode & 0o170000) === 0o140000;
const isRegular = (stat: Stat): boolean => (stat.mode & 0o170000) === 0o100000;

/** Where the C library's words are not libuv's. */
const otherWords: Readonly<Record<string, string>> = { EEXIST: 'File exists' };

interface CopyOptions {
  readonly force: boolean;
  readonly dereference: boolean;
  readonly errorOnExist: boolean;
  /** Symbolic links keep their text. */
  readonly verbatim: boolean;
  readonly times: boolean;
}

function fail(code: string, message: string): never {
  throw nativeError(Error, code, message);
}

/** As C++ tells what its library of files throws. */
function systemError(code: ErrnoName, path: string): Error {
  const [errno, text] = errnoTable[code];
  const words = otherWords[code] ?? text[0]!.toUpperCase() + text.slice(1);
  return Object.assign(new Error(`${code}, ${words} '${path}'`), { errno, code, path, syscall: 'cp' });
}

/** What `fs.cpSync` asks before it copies, the replacement of one file, and the copy of a folder. */
export function makeCopies(realm: NodeRealm): Untyped {
  const { pathOf, translate } = fsRequests(realm);
  const files = (): FileCalls => realm.syscalls.files;
  const { resolve } = realm.requireBuiltin('path') as { resolve(...paths: string[]): string };
  const makeFolder = (path: string): void => realm.internalBinding('fs').mkdir(path, 0o777, true);

  function statOf(path: string, follow: boolean): Stat | undefined {
    try {
      return follow ? files().stat(path) : files().lstat(path);
    } catch (error) {
      if (error instanceof PosixError && error.code === 'ENOENT') return undefined;
      throw translate(error, { syscall: follow ? 'stat' : 'lstat', path });
    }
  }

  /** Of what may not be there, or not be reached. */
  function foundAt(path: string): Stat | undefined {
    try {
      return files().stat(path);
    } catch {
      return undefined;
    }
  }

  /** Text of a link, which counts from the working directory, whatever it is in. */
  const isFolder = (path: string): boolean => {
    const stat = foundAt(path);
    return stat !== undefined && isDirectory(stat);
  };
  const isInside = (folder: string, path: string): boolean => join(path, '').startsWith(join(folder, ''));

  /** What is there of the path is resolved, the rest is tidied up. */
  function canonical(path: string): string {
    const parts = path.split('/');
    for (let count = parts.length; count > 1; count--) {
      const there = parts.slice(0, count).join('/');
      if (foundAt(there) !== undefined) return resolve(files().realpath(there), ...parts.slice(count));
    }
    return resolve(path);
  }

  function copyLink(from: string, to: string, options: CopyOptions): void {
    const text = files().readlink(from);
    if (options.verbatim) {
      files().symlink(text, to);
      return;
    }
    const there = foundAt(to);
    if (there !== undefined && isSymlink(files().lstat(to))) {
      const old = files().readlink(to);
      if (!options.dereference && isFolder(text) && isInside(text, old)) {
        fail('ERR_FS_CP_EINVAL', `Cannot copy ${text} to a subdirectory of self ${old}`);
      }
      if (isDirectory(there) && isInside(old, text)) fail('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', `cannot overwrite ${old} with ${text}`);
      files().unlink(to);
    } else if (there !== undefined && isRegular(there) && (!options.dereference || (!options.force && options.errorOnExist))) {
      throw systemError('EEXIST', to);
    }
    files().symlink(canonical(text.startsWith('/') ? text : `${resolve(folderOf(from))}/${text}`), to);
  }

  function copyFile(from: string, to: string, options: CopyOptions): void {
    const there = foundAt(to);
    if (there !== undefined) {
      if (!isRegular(there)) throw new PosixError('EINVAL');
      const same = isSame(files().stat(from), there);
      if (same || (!options.force && options.errorOnExist)) {
        const code = 'ERR_FS_CP_EEXIST';
        fail(code, `[${code}]: Target already exists: cp returned EEXIST (${to} already exists)`);
      }
      if (!options.force) return;
    }
    files().copyFile(from, to, false);
    if (!options.times) return;
    const stat = files().stat(from);
    files().utimes(to, stat.atimeMs, stat.mtimeMs);
  }

  function copyTree(source: string, target: string, options: CopyOptions): void {
    makeFolder(target);
    try {
      for (const { name } of files().readdir(source)) {
        const [from, to] = [join(source, name), join(target, name)];
        const stat = files().lstat(from);
        if (isSymlink(stat)) copyLink(from, to, options);
        else if (isRegular(stat)) copyFile(from, to, options);
        else if (isDirectory(stat)) {
          const there = statOf(to, true);
          // There Node itself aborts.
          if (there !== undefined && !isDirectory(there)) {
            fail('ERR_FS_CP_DIR_TO_NON_DIR', `Cannot overwrite non-directory ${to} with directory ${from}`);
          }
          copyTree(from, to, options);
        }
      }
    } catch (error) {
      throw error instanceof PosixError ? systemError(error.code, target) : error;
    }
  }

  return {
    cpSyncCheckPaths(from: unknown, to: unknown, dereference: boolean, recursive: boolean) {
      const [source, target] = [pathOf(from), pathOf(to)];
      const have = statOf(source, dereference);
      if (have === undefined) throw translate(new PosixError('ENOENT'), { syscall: dereference ? 'stat' : 'lstat', path: source });
      const there = statOf(target, dereference);
      const shown = isDirectory(have) ? `${source.replace(/\/+$/, '')}/` : source;
      const itself = foundAt(source);
      if (there !== undefined) {
        if (itself !== undefined && isSame(itself, foundAt(target))) fail('ERR_FS_CP_EINVAL', `src and dest cannot be the same ${target}`);
        if (isDirectory(have) && !isDirectory(there)) {
          fail('ERR_FS_CP_DIR_TO_NON_DIR', `Cannot overwrite non-directory ${target} with directory ${source}`);
        }
        if (!isDirectory(have) && isDirectory(there)) {
          fail('ERR_FS_CP_NON_DIR_TO_DIR', `Cannot overwrite directory ${target} with non-directory ${source}`);
        }
      }
      if (isDirectory(have)) {
        let isBelow = isInside(resolve(source), resolve(target));
        for (let path = resolve(folderOf(target)); path !== '/' && !isBelow; path = folderOf(path)) isBelow = isSame(have, foundAt(path));
        if (isBelow) fail('ERR_FS_CP_EINVAL', `Cannot copy ${shown} to a subdirectory of self ${target}`);
        if (!recursive) fail('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${shown}`);
      }
      if (isSocket(have)) fail('ERR_FS_CP_SOCKET', `Cannot copy a socket file: ${target}`);
      if (there === undefined) makeFolder(folderOf(target));
    },
    cpSyncOverrideFile(from: unknown, to: unknown, mode: number, times: boolean) {
      const [source, target] = [pathOf(from), pathOf(to)];
      try {
        files().unlink(target);
        files().copyFile(source, target, (mode & 1) !== 0);
        if (times) {
          const stat = files().stat(source);
          files().utimes(target, stat.atimeMs, stat.mtimeMs);
        }
      } catch (error) {
        throw translate(error, { syscall: 'cp', path: source, dest: target });
      }
    },
    cpSyncCopyDir(
      from: unknown,
      to: unknown,
      force: boolean,
      dereference: boolean,
      errorOnExist: boolean,
      verbatim: boolean,
      times: boolean,
    ) {
      copyTree(pathOf(from), pathOf(to), { force, dereference, errorOnExist, verbatim, times });
    },
  };
}
