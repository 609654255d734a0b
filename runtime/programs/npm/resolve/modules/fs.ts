/** `node:fs` and `node:fs/promises` for npm's code: the session's overlay. */
import { PosixError } from '../../../../base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../../../base/file-mode.ts';
import type { Stat } from '../../../../base/stat.ts';
import { decodeText, encodeText } from '../../../../process/text.ts';
import { session } from '../session.ts';

/* eslint-disable @typescript-eslint/require-await -- promises are what callers expect; the files answer at once */

function entryType(type: number) {
  return { isFile: () => type === S_IFREG, isDirectory: () => type === S_IFDIR, isSymbolicLink: () => type === S_IFLNK };
}

function stats(stat: Stat) {
  return { ...stat, ...entryType(stat.mode & S_IFMT), mtime: new Date(stat.mtimeMs) };
}

type Encoding = string | { readonly encoding?: string } | undefined;

export function readFileSync(path: string, options?: Encoding): string | Uint8Array {
  const bytes = session().overlay.read(path);
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding === undefined ? bytes : decodeText(bytes);
}

export function existsSync(path: string): boolean {
  try {
    session().overlay.stat(path, false);
    return true;
  } catch {
    return false; // Whatever is wrong with it, it is not there for the caller.
  }
}

export async function readFile(path: string, options?: Encoding): Promise<string | Uint8Array> {
  return readFileSync(path, options);
}

export async function writeFile(path: string, data: string | Uint8Array): Promise<void> {
  session().overlay.write(path, typeof data === 'string' ? encodeText(data) : data);
}

export async function stat(path: string) {
  return stats(session().overlay.stat(path, false));
}

export async function lstat(path: string) {
  return stats(session().overlay.stat(path, true));
}

export async function access(path: string): Promise<void> {
  session().overlay.stat(path, false);
}

export async function readdir(path: string, options?: { readonly withFileTypes?: boolean }) {
  const entries = session().overlay.list(path);
  if (options?.withFileTypes !== true) return entries.map(({ name }) => name);
  return entries.map(({ name, type }) => ({ name, ...entryType(type) }));
}

export async function readlink(path: string): Promise<string> {
  return session().overlay.readLink(path);
}

export async function mkdir(path: string): Promise<void> {
  session().overlay.makeFolder(path);
}

export async function rm(path: string): Promise<void> {
  session().overlay.remove(path);
}

/** Nothing is moved or linked while a tree is decided on. */
function refuse(syscall: string) {
  return async (path: string): Promise<never> => {
    throw new PosixError('EROFS', { syscall, path });
  };
}
export const symlink = refuse('symlink');
export const rename = refuse('rename');
export const chmod = refuse('chmod');
export const mkdtemp = refuse('mkdtemp');
export function realpathSync(path: string): never {
  throw new PosixError('EROFS', { syscall: 'realpath', path });
}
