/** Which program a file is, and which file a command names: what `execve(2)` and `PATH` say. */
import { PosixError } from '../base/errors.ts';
import { X_OK } from '../base/file-mode.ts';
import type { FileSystem } from './file-system.ts';

/** What a file that was to be executed comes down to. */
export interface Executable {
  /** A built-in program. */
  readonly program: string;
  /** The file that names it, as `execve` leaves it in `/proc/self/exe`. */
  readonly file: string;
  readonly argv: readonly string[];
}

/** A file with this and the name of a built-in program as its first line is that program. */
export const builtInPrefix = '/dev/bavini/';
/** BINPRM_BUF_SIZE of Linux: what is looked at of a first line. */
const maxLine = 256;
const maxDepth = 4;

/**
 * Resolves `file` as `execve(2)` does: permissions, then `#!` lines, each with at most one argument. Fails with `ENOENT` (also
 * for a missing interpreter), `EACCES` (not executable, or a directory), `ENOEXEC` (WebAssembly or another binary, which
 * no built-in program runs), `ELOOP` (interpreters of interpreters).
 */
export function resolveExecutable(fs: FileSystem, file: string, argv: readonly string[], isProgram: (name: string) => boolean): Executable {
  let path = file;
  let args = argv;
  for (let depth = 0; ; depth++) {
    const node = fs.nodeAt(path, { follow: true });
    if (node.isDirectory || !node.isFile) throw new PosixError('EACCES');
    fs.access(path, X_OK);
    const line = firstLine(fs.tree.contents(node));
    if (line === undefined) throw new PosixError('ENOEXEC');
    const { interpreter, argument } = line;
    if (interpreter.startsWith(builtInPrefix)) {
      const program = interpreter.slice(builtInPrefix.length);
      if (!isProgram(program)) throw new PosixError('ENOENT');
      return { program, file: path, argv: args };
    }
    if (depth >= maxDepth) throw new PosixError('ELOOP');
    args = [interpreter, ...(argument === undefined ? [] : [argument]), path, ...args.slice(1)];
    path = interpreter;
    if (!path.startsWith('/')) throw new PosixError('ENOENT');
  }
}

/** The `#!` line; undefined if there is none. An interpreter cut off by the limit is `ENOEXEC`, as on Linux. */
function firstLine(bytes: Uint8Array): { readonly interpreter: string; readonly argument: string | undefined } | undefined {
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return undefined;
  const head = bytes.subarray(2, maxLine);
  const newline = head.indexOf(10);
  const nul = head.indexOf(0);
  if (nul >= 0 && (newline < 0 || nul < newline)) return undefined;
  const complete = newline >= 0 || bytes.length < maxLine;
  const text = new TextDecoder().decode(newline < 0 ? head : head.subarray(0, newline)).replace(/^[ \t]+|[ \t]+$/g, '');
  const match = /^([^ \t]+)(?:[ \t]+(.*))?$/.exec(text);
  if (!match || (!complete && match[2] === undefined)) return undefined;
  return { interpreter: match[1]!, argument: match[2] };
}

/**
 * The file that `command` names: itself if it has a slash, else the first executable of that name along `PATH`. Fails with
 * `ENOENT`, or `EACCES` if all that was found may not be executed.
 */
export function findCommand(fs: FileSystem, command: string, searchPath: string, cwd: string): string {
  if (command === '') throw new PosixError('ENOENT');
  if (command.includes('/')) return command.startsWith('/') ? command : `${cwd === '/' ? '' : cwd}/${command}`;
  let denied = false;
  for (const folder of searchPath.split(':')) {
    const base = folder === '' ? cwd : folder.startsWith('/') ? folder : `${cwd}/${folder}`;
    const path = `${base === '/' ? '' : base}/${command}`;
    try {
      const node = fs.nodeAt(path, { follow: true });
      if (!node.isFile) continue;
      fs.access(path, X_OK);
      return path;
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      if (error.code === 'EACCES') denied = true;
    }
  }
  throw new PosixError(denied ? 'EACCES' : 'ENOENT');
}
