import { errnoTable } from '../../../base/errno.ts';
import { PosixError } from '../../../base/errors.ts';
import { withWholeStack } from '../stack/whole-stacks.ts';

/** libuv's number for the end of a stream; the kernel has none. */
export const UV_EOF = -4095;

/** The negative number that libuv would return; what is no POSIX failure counts as an i/o error. */
export function errnoOf(error: unknown): number {
  return error instanceof PosixError ? error.errno : -errnoTable.EIO[0];
}

export function uv(name: keyof typeof errnoTable): number {
  return -errnoTable[name][0];
}

/** An error as Node's C++ throws it: the code is a property, and not part of the stack's first line. */
export function nativeError(Made: new (message: string) => Error, code: string, message: string): Error {
  return Object.assign(
    withWholeStack(() => new Made(message)),
    { code },
  );
}
