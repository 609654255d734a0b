import type { LibraryMeta } from './library.ts';
import { withWholeStack } from './stack/whole-stacks.ts';

/** What `UVException` of Node's C++ side makes: message, and the properties in its order. */
export function uvException(meta: LibraryMeta, errno: number, syscall: string, path?: string, dest?: string, text?: string): Error {
  const known = meta.uvErrors.find(([number]) => number === errno);
  const code = known?.[1] ?? `Unknown system error ${errno}`;
  let message = `${code}: ${text ?? known?.[2] ?? code}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const error = withWholeStack(() => new Error(message)) as Error & Record<string, unknown>;
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}
