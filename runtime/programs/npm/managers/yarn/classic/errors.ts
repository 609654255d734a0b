/** Yarn 1's errors. */
import { PackageError } from '../../../../../packages/package-error.ts';
import { messageOf, type ManagerRun } from '../../manager-run.ts';
import { NoMatch } from '../../pick.ts';
import { ManifestSyntaxError } from '../../project.ts';
import { isTarballFile } from '../../remote-specifier.ts';
import { LockNeedsUpdate } from './resolve.ts';

export class ClassicError extends Error {}

export function describe(error: unknown, run: ManagerRun): string {
  if (error instanceof LockNeedsUpdate) return 'Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.';
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure instanceof PackageError && failure.code === 'ENOTCACHED')
      return `Couldn't find any versions for "${packageName}" that matches "${range}" in our cache (possible versions are ""). This is usually caused by a missing entry in the lockfile, running Yarn without the --offline flag may help fix this issue.`;
    if (failure instanceof PackageError) return describeFailure(failure, packageName, run);
    return kind === 'package'
      ? `Couldn't find package "${packageName}" on the "npm" registry.`
      : `Couldn't find any versions for "${packageName}" that matches "${range}"`;
  }
  if (error instanceof ManifestSyntaxError) return `SyntaxError: ${error.path}: ${error.message}`;
  return error instanceof PackageError ? describeFailure(error, error.pkgid?.replace(/(?<=.)@.*$/, '') ?? '', run) : messageOf(error);
}

function describeFailure(error: PackageError, name: string, run: ManagerRun): string {
  const { uri = '', statusCode, body, found, code, message } = error;
  if (code === 'EIDLETIMEOUT') return `Error: ${uri}: ESOCKETTIMEDOUT`;
  if (message.startsWith('invalid json response body'))
    return `Received malformed response from registry for "${name}". The registry may be down.`;
  if (code === 'EINTEGRITY' && found !== undefined)
    return `${run.tarballOf(error)}: Integrity check failed for "${name}" (computed integrity doesn't match our records, got "${found}")`;
  // Of a tarball there is nothing that its registry says.
  if (isTarballFile(uri) || uri.startsWith('https://codeload.github.com/')) {
    const status = /^(\d+ .*?) - /.exec(message)?.[1];
    if (status !== undefined) return `Error: ${uri}: Request failed "${status}"`;
  }
  const said = (body as { error?: unknown } | undefined)?.error;
  return statusCode === undefined || typeof said !== 'string' ? message : `Error: ${uri}: ${said}`;
}
