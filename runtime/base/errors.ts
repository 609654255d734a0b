import { errnoTable, type ErrnoName } from './errno.ts';

/** What the failing call was acting on. */
export interface SyscallSubject {
  readonly syscall?: string | undefined;
  readonly path?: string | undefined;
  /** The second path of `rename`, `link`, `symlink` and `copyfile`. */
  readonly dest?: string | undefined;
}

/** A failure the running program may handle. Shape and text follow Node's `fs` errors. */
export class PosixError extends Error {
  readonly code: ErrnoName;
  /** Negative, as Node reports it. */
  readonly errno: number;
  declare readonly syscall?: string;
  declare readonly path?: string;
  declare readonly dest?: string;

  constructor(code: ErrnoName, subject: SyscallSubject = {}) {
    const [number, text] = errnoTable[code];
    const at = subject.path === undefined ? '' : ` '${subject.path}'`;
    const to = subject.dest === undefined ? '' : ` -> '${subject.dest}'`;
    super(`${code}: ${text}${subject.syscall === undefined ? '' : `, ${subject.syscall}${at}${to}`}`);
    this.name = 'PosixError';
    this.code = code;
    this.errno = -number;
    if (subject.syscall !== undefined) this.syscall = subject.syscall;
    if (subject.path !== undefined) this.path = subject.path;
    if (subject.dest !== undefined) this.dest = subject.dest;
  }

  /** The same failure with the call and path that the layer above knows; what is already said is kept. */
  static about(error: unknown, subject: SyscallSubject): unknown {
    if (!(error instanceof PosixError)) return error;
    return new PosixError(error.code, {
      syscall: error.syscall ?? subject.syscall,
      path: error.path ?? subject.path,
      dest: error.dest ?? subject.dest,
    });
  }
}

/** Every platform failure, append-only. The comment says when it is raised. */
export const bvErrorCodes = [
  /** The other side of a port went away; all its pending calls fail with this. */
  'ERR_BV_PEER_GONE',
  /** The two sides of a wire speak different versions. */
  'ERR_BV_WIRE_VERSION',
  /** A message does not have the shape its wire defines. */
  'ERR_BV_BAD_MESSAGE',
  /** A runtime asset could not be loaded; the message names the asset and, where known, the CSP directive. */
  'ERR_BV_ASSET',
  /** A file tree given by the author is malformed. */
  'ERR_BV_BAD_TREE',
  /** A path leaves the root it must stay under. */
  'ERR_BV_PATH_ESCAPE',
  /** The store is full; the running session goes on, nothing saved earlier is lost. */
  'ERR_BV_QUOTA',
  /** Stored data could not be read or written. */
  'ERR_BV_STORE',
  /** Another tab holds the same persistent name; this container works on a copy. */
  'ERR_BV_STORE_BUSY',
  /** A limit of the runtime was reached. */
  'ERR_BV_LIMIT',
  /** The page's environment cannot do this; the message names what would enable it. */
  'ERR_BV_UNSUPPORTED',
  /** Nothing listens on the port. */
  'ERR_BV_PORT_CLOSED',
  /** The container was torn down. */
  'ERR_BV_TORN_DOWN',
  /** A snapshot or archive is damaged or not of a known form. */
  'ERR_BV_BAD_ARCHIVE',
  /** An option that an author or a page gave makes no sense; the message names it. */
  'ERR_BV_INVALID_ARGUMENT',
  /** What was kept under a persistent name is gone: the browser has deleted it. */
  'ERR_BV_STORE_LOST',
] as const;
export type BvErrorCode = (typeof bvErrorCodes)[number];

/** The platform failed. Decide by `code`, never by message. */
export class BvError extends Error {
  readonly code: BvErrorCode;
  constructor(code: BvErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'BvError';
    this.code = code;
  }
}

/** An error in the form that crosses a wire. */
export type ErrorData =
  | { readonly kind: 'posix'; readonly code: ErrnoName; readonly syscall?: string; readonly path?: string; readonly dest?: string }
  | { readonly kind: 'bv'; readonly code: BvErrorCode; readonly message: string }
  | { readonly kind: 'other'; readonly name: string; readonly message: string };

/** Errors cross as data and come back as the same class with the same `code`. */
export function errorToData(error: unknown): ErrorData {
  if (error instanceof PosixError) {
    return {
      kind: 'posix',
      code: error.code,
      ...(error.syscall === undefined ? {} : { syscall: error.syscall }),
      ...(error.path === undefined ? {} : { path: error.path }),
      ...(error.dest === undefined ? {} : { dest: error.dest }),
    };
  }
  if (error instanceof BvError) return { kind: 'bv', code: error.code, message: error.message };
  if (error instanceof Error) return { kind: 'other', name: error.name, message: error.message };
  return { kind: 'other', name: 'Error', message: String(error) };
}

const builtInErrors: Readonly<Record<string, new (message: string) => Error>> = { TypeError, RangeError, SyntaxError };

/** Total: whatever an untrusted peer sent becomes an `Error`. */
export function errorFromData(data: ErrorData): Error {
  try {
    if (data?.kind === 'posix' && Object.hasOwn(errnoTable, data.code)) return new PosixError(data.code, data);
    if (data?.kind === 'bv' && bvErrorCodes.includes(data.code)) return new BvError(data.code, String(data.message));
    if (data?.kind === 'other') {
      const make = Object.hasOwn(builtInErrors, data.name) ? builtInErrors[data.name] : undefined;
      if (make !== undefined) return new make(String(data.message));
      const error = new Error(String(data.message));
      error.name = String(data.name);
      return error;
    }
  } catch {
    // An object in the place of a text, with a `toString` that is none.
  }
  return new BvError('ERR_BV_BAD_MESSAGE', 'The peer sent an error that has no known form');
}
