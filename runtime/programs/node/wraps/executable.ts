import { PosixError } from '../../../base/errors.ts';
import type { FileCalls } from '../../../process/syscalls.ts';
import { errnoOf, uv } from './errors.ts';

const X_OK = 1;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
/** What `execvp(3)` searches where the environment has no `PATH`. */
const defaultPath = '/bin:/usr/bin';
const maxInterpreterLine = 256;
/** An interpreter below this is a program built into the kernel, and no file. */
const builtInPrefix = '/dev/bavini/';

export type Lookup = { readonly file: string; readonly errno?: undefined } | { readonly file?: undefined; readonly errno: number };

function join(directory: string, name: string): string {
  return `${directory.replace(/\/$/, '')}/${name}`;
}

/** 0 or what `execve(2)` would answer, as far as it can be told from the files: the `#!` line's interpreter included. */
function check(files: FileCalls, file: string, depth = 0): number {
  try {
    const stat = files.stat(file);
    if ((stat.mode & S_IFMT) === S_IFDIR) return uv('EACCES');
    files.access(file, X_OK);
    const fd = files.open(file, 0, 0);
    try {
      const head = new Uint8Array(maxInterpreterLine);
      const length = files.read(fd, head, 0);
      if (length < 2 || head[0] !== 0x23 || head[1] !== 0x21) return 0;
      let line = '';
      for (let i = 2; i < length && head[i] !== 0x0a; i++) line += String.fromCharCode(head[i] ?? 0);
      const interpreter = line.trim().split(/[ \t]/)[0] ?? '';
      if (interpreter.startsWith(builtInPrefix)) return 0;
      if (interpreter === '' || depth > 4) return uv('ENOEXEC');
      return check(files, interpreter, depth + 1);
    } finally {
      files.close(fd);
    }
  } catch (error) {
    return errnoOf(error);
  }
}

/** `execvp(3)`: finds `name` along `path`, or relative to `cwd` if it has a slash. */
export function findExecutable(
  files: FileCalls,
  name: string,
  options: { readonly path: string | undefined; readonly cwd: string },
): Lookup {
  if (name === '') return { errno: uv('ENOENT') };
  if (name.includes('/')) {
    const file = name.startsWith('/') ? name : join(options.cwd, name);
    const errno = check(files, file);
    return errno === 0 ? { file } : { errno };
  }
  let denied = false;
  for (const directory of (options.path ?? defaultPath).split(':')) {
    const file = join(directory === '' ? options.cwd : directory.startsWith('/') ? directory : join(options.cwd, directory), name);
    const errno = check(files, file);
    if (errno === 0) return { file };
    if (errno === uv('EACCES')) denied = true;
    else if (errno !== uv('ENOENT') && errno !== uv('ENOTDIR')) return { errno };
  }
  return { errno: uv(denied ? 'EACCES' : 'ENOENT') };
}

/** Whether a process can start there: 0 or a negative number. */
export function checkDirectory(files: FileCalls, path: string): number {
  try {
    return (files.stat(path).mode & S_IFMT) === S_IFDIR ? 0 : uv('ENOTDIR');
  } catch (error) {
    return error instanceof PosixError ? error.errno : uv('EIO');
  }
}
