/** The author's disk as the resolver reads files. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync, type Dirent } from 'node:fs';
import { errnoTable, type ErrnoName } from '../runtime/base/errno.ts';
import { PosixError } from '../runtime/base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../runtime/base/file-mode.ts';
import type { ResolveFiles } from '../runtime/programs/npm/resolve/request.ts';

/** Node's errors, as ours. */
function posix<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    throw Object.hasOwn(errnoTable, code) ? new PosixError(code as ErrnoName) : error;
  }
}

function typeOf(entry: Dirent): number {
  return entry.isDirectory() ? S_IFDIR : entry.isSymbolicLink() ? S_IFLNK : S_IFREG;
}

export const nodeFiles: ResolveFiles = {
  readFile: (path) => posix(() => new Uint8Array(readFileSync(path))),
  stat: (path) => posix(() => statSync(path)),
  lstat: (path) => posix(() => lstatSync(path)),
  readlink: (path) => posix(() => readlinkSync(path)),
  readdir: (path) => posix(() => readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, type: typeOf(entry) }))),
};
