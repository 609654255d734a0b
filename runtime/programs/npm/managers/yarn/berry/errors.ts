/** Yarn 4's errors. */
import { PackageError } from '../../../../../packages/package-error.ts';
import { messageOf } from '../../manager-run.ts';
import { isRegistryRange } from '../../remote-specifier.ts';
import { CatalogError } from './meant.ts';
import { NotApproved } from './resolve.ts';
import { NoMatch } from '../../pick.ts';
import { ManifestSyntaxError } from '../../project.ts';

/** Wrong use; Yarn says so in other words than for what fails. */
export class UsageError extends Error {}

/** What cannot be read as a command line. */
export class UnknownSyntax extends Error {}

/** A message of a report, with its number. */
export class ReportError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What was named on the command line leads to nothing. */
export class PreparationError extends Error {
  readonly text: string;
  constructor(text: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.text = text;
  }
}

/** A number and lines; the first is the message itself. @param timeoutMs How long it waited for servers that said nothing. */
export function describe(error: unknown, timeoutMs: number): readonly [code: number, ...lines: readonly string[]] {
  if (error instanceof NotApproved) return [80, error.message];
  if (error instanceof CatalogError) return [82, error.message];
  if (error instanceof ReportError) return [error.code, error.message];
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    const isPublished = isRegistryRange(range);
    const wanted = `${packageName}@${isPublished ? 'npm:' : ''}${range}`;
    if (failure instanceof PackageError) return describeFailure(failure, timeoutMs, `${wanted}: `, isPublished);
    if (failure !== undefined && !isPublished) return [1, messageOf(failure)];
    return kind === 'package' ? [35, `${wanted}: Package not found`] : [82, `${wanted}: No candidates found`];
  }
  if (error instanceof ManifestSyntaxError) return [1, `${error.message} (when parsing ${error.path})`];
  if (error instanceof PackageError) return describeFailure(error, timeoutMs);
  return [1, messageOf(error)];
}

/** Of a range that is a tag, or none. */
export function describePreparation({ cause }: PreparationError, timeoutMs: number): readonly [code: number, ...lines: readonly string[]] {
  if (!(cause instanceof NoMatch)) return describe(cause, timeoutMs);
  if (cause.failure instanceof PackageError) return describeFailure(cause.failure, timeoutMs);
  return [16, `Registry failed to return tag "${cause.range}"`];
}

function describeFailure(
  { statusCode, message, uri = '', method = 'GET', code }: PackageError,
  timeoutMs: number,
  about = '',
  isMetadata = true,
): readonly [code: number, ...lines: readonly string[]] {
  if (code === 'EINTEGRITY') return [1, message];
  if (code === 'EIDLETIMEOUT') return [1, `RequestError: Timeout awaiting 'socket' for ${timeoutMs}ms`];
  if (statusCode === 401) return [41, `${about}Invalid authentication (as an anonymous user)`];
  const invalid = /^invalid json response body at \S+ reason: (.*)$/s.exec(message)?.[1];
  if (invalid !== undefined) return [1, `SyntaxError: ${about}${invalid}`];
  const status = /^\d+ (.*?) - /.exec(message)?.[1] ?? 'Not Found';
  const number = code === 'E404' ? 404 : statusCode;
  if (number === undefined || number < 400) return [1, message];
  const what =
    number === 404 && isMetadata
      ? 'Package not found'
      : number >= 500
        ? 'The registry appears to be down (using a local cache might have protected you against such outages)'
        : 'The remote server failed to provide the requested resource';
  return [
    35,
    `${about}${what}`,
    `  Response Code: ${number} (${status})`,
    `  Request Method: ${method}`,
    `  Request URL: ${uri}`,
    '  Request Retry Count: 0 (can be increased via httpRetry)',
  ];
}
