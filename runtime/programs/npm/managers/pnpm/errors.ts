/** pnpm's errors: a code and a sentence. */
import { PackageError } from '../../../../packages/package-error.ts';
import { messageOf, type ManagerRun } from '../manager-run.ts';
import { NoMatch } from '../pick.ts';
import { isRegistryRange, isTarballFile } from '../remote-specifier.ts';
import { ManifestSyntaxError } from '../project.ts';
import { NoWorkspacePackage } from './choose.ts';
import { PnpmLockError } from './lockfile.ts';

/** An error with pnpm's code. */
export class PnpmError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

type Described = readonly [code: string, message: string, hint?: string | undefined];

/** @param command Its name; what `dlx` fetches is no dependency of anything. */
export function describe(error: unknown, run: ManagerRun, command: string): Described {
  if (command === 'dlx' || command === 'create') {
    const [code, message, hint] = describeOne(error, run, command);
    return [code, message, hint?.replace(`${placeOf(undefined, run)}\n\n`, '')];
  }
  return describeOne(error, run, command);
}

function describeOne(error: unknown, run: ManagerRun, command: string): Described {
  if (error instanceof PnpmError) return [error.code, error.message, error.hint];
  if (error instanceof PnpmLockError) return [error.code, error.message];
  if (error instanceof NoWorkspacePackage) return ['WORKSPACE_PKG_NOT_FOUND', error.message];
  if (error instanceof NoMatch) return describeNoMatch(error, run);
  if (error instanceof ManifestSyntaxError) {
    const near = error.text.slice(0, 40).replaceAll('\n', '');
    return ['', `${error.message} while parsing '${near}' in ${error.path}\nFor help, run: pnpm help ${command}`];
  }
  if (error instanceof PackageError) return describePackageError(error, run);
  const { code } = error as { code?: string };
  return [code === undefined || /^ERR_/.test(code) ? '' : code, messageOf(error)];
}

function describeNoMatch(error: NoMatch, run: ManagerRun): Described {
  const { kind, packageName, range, failure } = error;
  const place = placeOf(error.requiredBy, run);
  const isPublished = isRegistryRange(range);
  if (failure instanceof PackageError && failure.code === 'ENOTCACHED')
    return ['NO_OFFLINE_META', `Failed to resolve ${packageName}@${range} in package mirror ${failure.uri ?? ''}`, place];
  if (failure instanceof PackageError) return describePackageError(failure, run, isPublished ? packageName : '', place);
  if (failure !== undefined && !isPublished) return ['', messageOf(failure), place];
  const all = run.known(packageName);
  if (kind === 'package' || all === undefined)
    return ['NO_MATCHING_VERSION', `No matching version found for ${packageName}@${range}`, place];
  const count = Object.keys(all.versions ?? {}).length;
  const latest = all['dist-tags']?.['latest'] ?? '';
  return [
    'NO_MATCHING_VERSION',
    `No matching version found for ${packageName}@${range} while fetching it from ${run.registry}`,
    `${place}\n\nThe latest release of ${packageName} is "${latest}".\n\nIf you need the full list of all ${count} published versions run "pnpm view ${packageName} versions".`,
  ];
}

const placeOf = (requiredBy: string | undefined, run: ManagerRun) =>
  `This error happened while installing ${requiredBy === undefined ? `a direct dependency of ${run.cwd}` : `the dependencies of ${requiredBy}`}`;

function describePackageError(error: PackageError, run: ManagerRun, name = '', place = placeOf(undefined, run)): Described {
  const { code, statusCode, uri = '', expected, found } = error;
  const unsent = 'No authorization header was set for the request.';
  const asked = (status: number, text: string) => `GET ${uri.replaceAll('%2f', '%2F')}: ${text} - ${status}`;
  if (code === 'E404' && name !== '') {
    const missing = `${name} is not in the npm registry, or you have no permission to fetch it.`;
    return ['FETCH_404', asked(404, 'Not Found'), `${place}\n\n${missing}\n\n${unsent}`];
  }
  if (statusCode !== undefined && statusCode >= 400) {
    const text = /^\d+ (.*?) - /.exec(error.message)?.[1] ?? '';
    const isRefused = statusCode === 401 || statusCode === 403 || statusCode === 404;
    return [`FETCH_${statusCode}`, asked(statusCode, text), isRefused ? `${place}\n\n${unsent}` : place];
  }
  if (code === 'EIDLETIMEOUT') {
    const text = `request to ${uri} failed, reason: Socket timeout`;
    if (isTarballFile(uri)) return ['ERR_SOCKET_TIMEOUT', text, `${place}\n\nFetchError: ${text}`];
    return ['META_FETCH_FAIL', `GET ${uri}: ${text}`, place];
  }
  const invalid = /^invalid json response body at \S+ reason: (.*)$/s.exec(error.message)?.[1];
  if (invalid !== undefined) return ['BROKEN_METADATA_JSON', invalid, place];
  if (code === 'EINTEGRITY' && found !== undefined) {
    return [
      'TARBALL_INTEGRITY',
      `Got unexpected checksum for "${run.tarballOf(error)}". Wanted "${expected ?? ''}". Got "${found}".`,
      `${place}\n\n${tarballAdvice}`,
    ];
  }
  return ['META_FETCH_FAIL', error.message, error.advice.length === 0 ? undefined : error.advice.join('\n')];
}

const tarballAdvice = `The downloaded tarball does not match the integrity recorded in the lockfile. pnpm will not silently overwrite the locked integrity — that would defeat the lockfile's protection if a registry or proxy is serving tampered content.

If you trust the new content (legitimate republish, or stale local metadata cache):

  - Run "pnpm store prune" and retry, in case only the metadata cache is out of date.
  - Run "pnpm install --update-checksums" to refresh the locked integrity from the registry.

If you did not expect this package to change, treat it as a potential supply-chain issue and verify the new content before re-running with --update-checksums.`;
