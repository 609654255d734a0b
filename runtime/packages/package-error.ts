/** What goes wrong between a registry and a mounted package, with the codes and texts that npm's users know. */

/** Append-only. npm's own codes where npm has one; the rest says what only a browser can run into. */
export const packageErrorCodes = [
  /** The bytes do not have the hash that was asked for. npm's. */
  'EINTEGRITY',
  /** HTTP answers, as npm names them. Other statuses are `E` and the number too. */
  'E400',
  'E401',
  'E403',
  'E404',
  'E429',
  'E500',
  /** A one-time password is wanted. npm's. */
  'EOTP',
  /** An answer that is no JSON, or too large. npm's. */
  'FETCH_ERROR',
  /** The server went silent for the whole `fetch-timeout`. npm's. */
  'EIDLETIMEOUT',
  /** Offline mode, and nothing is cached. npm's. */
  'ENOTCACHED',
  /** The tarball is no tar, or cut off. node-tar's. */
  'TAR_BAD_ARCHIVE',
  /** The tarball is no gzip stream that can be read to its end. Node's. */
  'Z_DATA_ERROR',
  /** The tarball unpacks to more than any honest package. */
  'ETOOLARGE',
  /** The host cannot be reached, as far as a page can tell. */
  'ENETWORK',
  /** The host answers, but not to pages of this origin. */
  'ECORS',
  /** A page that came over https asks for http. */
  'EINSECURE',
  /** The page's own content security policy forbids the request. */
  'ECSP',
  /** The container's network permissions forbid the request. */
  'EPERMISSION',
  /** The browser is offline. */
  'EOFFLINE',
] as const;
export type PackageErrorCode = (typeof packageErrorCodes)[number] | `E${number}`;

export interface PackageErrorFacts {
  /** What was asked for, as npm shows it: `react@^19.0.0`, or the name alone. */
  readonly pkgid?: string | undefined;
  /** Without credentials. */
  readonly uri?: string | undefined;
  readonly statusCode?: number | undefined;
  readonly method?: string | undefined;
  /** Of HTTP answers, those that commands decide by: `www-authenticate`. Lower case. */
  readonly headers?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The answer, parsed if it is JSON. */
  readonly body?: unknown;
  /** What to do about it: whole lines, to be printed after the message. */
  readonly advice?: readonly string[] | undefined;
  readonly cause?: unknown;
  /** Of `EINTEGRITY`: what was found, and what was wanted. */
  readonly found?: string | undefined;
  readonly expected?: string | undefined;
}

/** Shape of npm's errors: commands print `code`, `message` and, by code, more lines. Never holds a token. */
export class PackageError extends Error {
  readonly code: PackageErrorCode;
  readonly pkgid: string | undefined;
  readonly uri: string | undefined;
  readonly statusCode: number | undefined;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: unknown;
  readonly advice: readonly string[];
  readonly found: string | undefined;
  readonly expected: string | undefined;

  constructor(code: PackageErrorCode, message: string, facts: PackageErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'PackageError';
    this.code = code;
    this.pkgid = facts.pkgid;
    this.uri = facts.uri;
    this.statusCode = facts.statusCode;
    this.method = facts.method;
    this.headers = facts.headers ?? {};
    this.body = facts.body;
    this.advice = facts.advice ?? [];
    this.found = facts.found;
    this.expected = facts.expected;
  }

  /** The same failure, about a package that only the caller knows. What is already said is kept. */
  about(pkgid: string): PackageError {
    return this.pkgid === undefined
      ? new PackageError(this.code, this.message, { ...(this as PackageErrorFacts), cause: this.cause, pkgid })
      : this;
  }
}
