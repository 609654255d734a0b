/** npm's errors as its users see them: the lines behind `npm error`. */
import { nameProblems } from '../manifest/package-name.ts';
import { reportConflict, type Conflict } from './explain.ts';
import { ResolveError, type ResolveConfig } from './request.ts';

/** What npm's code and the registry client put on errors. */
interface NpmError extends Error {
  readonly code?: string;
  readonly pkgid?: string;
  readonly path?: string;
  readonly syscall?: string;
  readonly errno?: number;
  readonly package?: string;
  readonly required?: Readonly<Record<string, unknown>>;
  readonly current?: Readonly<Record<string, unknown>>;
  readonly advice?: readonly string[];
}

/** Prefix and text, which may have several lines. */
type Part = readonly [prefix: string, text: string];

function partsOf(error: NpmError, config: ResolveConfig): readonly Part[] {
  const { message, pkgid } = error;
  switch (error.code) {
    case 'EALLOWGIT':
      return [
        ['', message],
        ['', `Refusing to fetch "${error.package}"`],
      ];
    case 'EJSONPARSE':
      return [
        ['JSON.parse', message],
        ['JSON.parse', 'Failed to parse JSON data.\nNote: package.json must be actual JSON, not just JavaScript.'],
      ];
    case 'E404':
      return [
        ['404', message.replace(/^404\s+/, '')],
        ...(pkgid === undefined || pkgid === '-'
          ? []
          : ([
              ['404', ''],
              ['404', ` The requested resource '${pkgid}' could not be found or you do not have permission to access it.`],
              ...notValid(pkgid.replace(/(?!^)@.*$/, '')),
              ['404', ''],
              ['404', 'Note that you can also install from a'],
              ['404', 'tarball, folder, http url, or git url.'],
            ] as const)),
      ];
    case 'EBADPLATFORM':
      return platformParts(error);
    case 'ETARGET':
      return [
        ['notarget', message],
        ['notarget', "In most cases you or one of your dependencies are requesting a package version that doesn't exist."],
      ];
    case 'E403':
      return [
        ['403', message],
        [
          '403',
          'In most cases, you or one of your dependencies are requesting a package version that is forbidden by your security policy, or on a server you do not have access to.',
        ],
      ];
    case 'EBADENGINE':
      return [
        ['engine', message],
        ['engine', `Not compatible with your version of node/npm: ${pkgid}`],
        [
          'notsup',
          `Not compatible with your version of node/npm: ${pkgid}\nRequired: ${JSON.stringify(error.required)}\nActual:   ${JSON.stringify({ node: config.nodeVersion, npm: config.npmVersion })}`,
        ],
      ];
    case 'ENOENT':
      return [
        ['enoent', message],
        ['enoent', 'This is related to npm not being able to find a file.\n'],
      ];
    default:
      return [['', message]];
  }
}

function platformParts({ required = {}, current = {}, pkgid }: NpmError): readonly Part[] {
  const expected: Record<string, unknown> = {};
  const actual: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(required)) {
    if (Array.isArray(value) ? value.length > 0 : value !== undefined) expected[key] = Array.isArray(value) ? value.join(',') : value;
    else delete actual[key];
  }
  const longest = Math.max(...Object.keys(expected).map((key) => key.length));
  const lines = Object.keys(expected).flatMap((key) => {
    const blanks = ' '.repeat(longest - key.length + 1);
    return [`Valid ${key}: ${blanks}${expected[key]}`, `Actual ${key}:${blanks}${actual[key]}`];
  });
  return [
    ['notsup', `Unsupported platform for ${pkgid}: wanted ${JSON.stringify(expected)} (current: ${JSON.stringify(actual)})`],
    ['notsup', lines.join('\n')],
  ];
}

function notValid(name: string): readonly Part[] {
  const problems = nameProblems(name);
  if (problems.length === 0) return [];
  return [['404', 'This package name is not valid, because '], ...problems.map((problem, i): Part => ['404', ` ${i + 1}. ${problem}`])];
}

function linesOf(parts: readonly Part[]): string[] {
  return parts.flatMap(([prefix, text]) =>
    text.split('\n').map((line) => (prefix === '' ? line : line === '' ? prefix : `${prefix} ${line}`)),
  );
}

/** What failed, as a `ResolveError`. Aborts and what is not an error stay as they are. */
export function reported(error: unknown, config: ResolveConfig, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true || !(error instanceof Error) || error instanceof ResolveError) return error;
  const known = error as NpmError;
  if (known.code === 'ERESOLVE') {
    const { text, file } = reportConflict(error as unknown as Conflict);
    return new ResolveError(
      'ERESOLVE',
      known.message,
      linesOf([
        ['ERESOLVE', known.message],
        ['', ''],
        ['', text],
      ]),
      { details: file, cause: error },
    );
  }
  if (typeof known.code !== 'string') return error;
  return new ResolveError(known.code, known.message, [...linesOf(partsOf(known, config)), ...(known.advice ?? [])], {
    cause: error,
    facts: known,
  });
}
