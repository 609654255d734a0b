/** bun's errors. */
import semver from 'semver';
import { PackageError } from '../../../../packages/package-error.ts';
import type { ManagerRun } from '../manager-run.ts';
import { messageOf } from '../manager-run.ts';
import { NoMatch } from '../pick.ts';
import { isRegistryRange } from '../remote-specifier.ts';
import { ManifestSyntaxError } from '../project.ts';

export class BunError extends Error {
  readonly more: readonly string[];
  /** @param more Lines below it. */
  constructor(message: string, ...more: readonly string[]) {
    super(message);
    this.more = more;
  }
}

export function describe(run: ManagerRun, error: unknown): readonly string[] {
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (!isRegistryRange(range) && failure !== undefined)
      return [...describe(run, failure), `error: ${packageName}@${range} failed to resolve`];
    if (failure instanceof PackageError && failure.code === 'ENOTCACHED')
      return [
        `error: --offline: no cached manifest for "${packageName}" (run once online, or use --prefer-offline)`,
        `error: ${packageName}@${range || 'latest'} failed to resolve`,
      ];
    const unresolved = range === '' || range === 'latest' ? [] : [`error: ${packageName}@${range} failed to resolve`];
    if (failure instanceof PackageError && failure.code !== 'E404') return [...describeFailure(failure, packageName), ...unresolved];
    if (kind === 'package') return [`error: GET ${run.registry}${packageName.replace('/', '%2f')} - 404`, ...unresolved];
    return [
      semver.validRange(range) === null
        ? `error: Package "${packageName}" with tag "${range}" not found, but package exists`
        : `error: No version matching "${range}" found for specifier "${packageName}" (but package exists)`,
      `error: ${packageName}@${range || 'latest'} failed to resolve`,
    ];
  }
  if (error instanceof ManifestSyntaxError) {
    return [...describeSyntax(error), `ParserError: failed to parse '${error.path}'`];
  }
  if (error instanceof PackageError) return describeFailure(error, error.pkgid?.replace(/(?<=.)@.*$/, '') ?? '');
  if (error instanceof BunError) return [`error: ${error.message}`, ...error.more];
  return [`error: ${messageOf(error)}`];
}

function describeFailure({ code, statusCode, uri = '', message }: PackageError, name: string): readonly string[] {
  if (code === 'EINTEGRITY')
    return [`error: Integrity check failed for tarball: ${name}`, `error: IntegrityCheckFailed extracting tarball from ${name}`];
  if (statusCode !== undefined && statusCode >= 400) return [`error: GET ${uri} - ${statusCode}`];
  const invalid = /^invalid json response body at \S+ reason: (.*)$/s.exec(message)?.[1];
  return invalid === undefined
    ? [`error: ${message}`]
    : [`error: ${invalid}`, '', `error: PackageFailedToParse parsing package manifest for ${name}`];
}

/** The line, and what is wrong with it. */
function describeSyntax({ message, path, text }: ManifestSyntaxError): readonly string[] {
  const [, what = message, position, line, column] =
    /^(.*?) in JSON at position (\d+)(?: \(line (\d+) column (\d+)\))?/.exec(message) ?? [];
  if (position === undefined || line === undefined || column === undefined) return [`error: ${message}`, `    at ${path}`];
  const found = /^(?:"(?:[^"\\]|\\.)*"|[\w.+-]+|.)/s.exec(text.slice(Number(position)))?.[0] ?? '';
  const expected = /^Expected '(.)' after/.exec(what)?.[1];
  const source = `${line} | ${text.split('\n')[Number(line) - 1] ?? ''}`;
  return [
    source,
    `${' '.repeat(`${line} | `.length + Number(column) - 1)}^`,
    `error: ${expected === undefined ? what : `Expected "${expected}" but found "${found}"`}`,
    `    at ${path}:${line}:${column}`,
  ];
}
