/** What npm prints when a command fails: `npm error code …`, then what each code has to say, then where the log is. */
import { Failure } from './failure.ts';
import { jsonProblem } from './manifest/json-error.ts';
import { nameProblems } from './manifest/package-name.ts';
import { resolvePath } from './paths.ts';
import { paintConflict } from './progress/paint-conflict.ts';
import { nodeVersion, npmVersion, type Session } from './session.ts';

/** Title and message. */
type Line = readonly [string, string];

export interface ErrorReport {
  readonly code?: string | number;
  readonly exitCode: number;
  /** `code`, `path`, `errno` …: in front of all others. */
  readonly facts: readonly Line[];
  readonly summary: readonly Line[];
  readonly detail: readonly Line[];
  /** Printed on standard output in place of all of it. */
  readonly standard?: readonly string[];
  /** Nothing is printed: the program that failed has said it. */
  readonly quiet: boolean;
  /** Where npm keeps a longer text for later reading. */
  readonly file?: { readonly name: string; readonly text: string };
}

/** What every kind of error may carry; each is asked for what it has. */
interface Fields {
  readonly code?: string;
  readonly message: string;
  readonly report?: readonly string[];
  readonly details?: unknown;
  readonly pkgid?: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly dest?: string;
  readonly errno?: number;
  readonly file?: string;
  readonly cmd?: string;
  readonly args?: readonly string[];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly signal?: string;
  readonly advice?: readonly string[];
  readonly required?: unknown;
  readonly current?: unknown;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly json?: unknown;
  readonly cause?: unknown;
  /** Values as npm prints them. */
  readonly shown?: string;
}

function fieldsOf(error: Error): Fields {
  const own = error instanceof Failure ? error.details : {};
  return { ...(error as unknown as Fields), ...own, message: error.message } as Fields;
}

/** A conflict of git is no JSON; npm would merge it, which needs both histories. */
function isConflict(text: string): boolean {
  return /^<{7}/m.test(text) && /^={7}/m.test(text) && /^>{7}/m.test(text);
}

function platformDetail(required: Readonly<Record<string, unknown>>, current: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(required).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
  const longest = Math.max(...rows.map(([key]) => key.length));
  return rows
    .flatMap(([key, value]) => {
      const padding = key.length === longest ? 1 : 1 + (longest - key.length);
      return [
        `Valid ${key}:${' '.repeat(padding + 1)}${Array.isArray(value) ? value.join(',') : String(value)}`,
        `Actual ${key}:${' '.repeat(padding)}${String(current[key])}`,
      ];
    })
    .join('\n');
}

function bodyOf(session: Session, error: Error, fields: Fields): { summary: Line[]; detail: Line[] } {
  const { message, code } = fields;
  const summary: Line[] = [];
  const detail: Line[] = [];
  const say = (title: string, text: string) => summary.push([title, text]);
  const tell = (title: string, ...lines: string[]) => detail.push([title, lines.join('\n')]);
  switch (code) {
    case 'EJSONPARSE': {
      const source = fields.path === resolvePath(session.config.prefix, 'package.json') ? session.disk.readText(fields.path) : undefined;
      if (source !== undefined && isConflict(source)) {
        tell('', 'Merge conflict detected in your package.json.', '', 'Please resolve the package.json conflict and retry.');
        break;
      }
      const text = typeof fields.json === 'string' ? jsonProblem(fields.json) : undefined;
      say('JSON.parse', text === undefined ? message : message === '' ? text : `${message}: JSONParseError: ${text}`);
      tell('JSON.parse', 'Failed to parse JSON data.', 'Note: package.json must be actual JSON, not just JavaScript.');
      break;
    }
    case 'E401':
    case 'EOTP': {
      const schemes = (fields.headers?.['www-authenticate'] ?? []).map((value) => value.split(/[,\s]+/)[0]);
      if (code === 'EOTP' || /one-time pass/.test(message)) {
        say('', 'This operation requires a one-time password from your authenticator.');
        tell(
          '',
          'You can provide a one-time password by passing --otp=<code> to the command you ran.',
          'If you already provided a one-time password then it is likely that you either typoed it, or it timed out. Please try again.',
        );
      } else if (schemes.includes('Bearer')) {
        say('', 'Unable to authenticate, your authentication token seems to be invalid.');
        tell('', 'To correct this please try logging in again with:', '  npm login');
      } else if (schemes.includes('Basic')) {
        say('', 'Incorrect or missing password.');
        tell(
          '',
          'If you were doing some other operation then your saved credentials are probably out of date.',
          'Check them in your .npmrc.',
        );
      } else say('', message);
      break;
    }
    case 'E403':
      say('403', message);
      tell(
        '403',
        'In most cases, you or one of your dependencies are requesting a package version that is forbidden by your security policy, or on a server you do not have access to.',
      );
      break;
    case 'E404': {
      say('404', message.replace(/^404\s+/, ''));
      const { pkgid } = fields;
      if (pkgid === undefined || pkgid === '-') break;
      tell('404', '');
      tell('404', ` The requested resource '${pkgid}' could not be found or you do not have permission to access it.`);
      const problems = nameProblems(pkgid.replace(/(?!^)@.*$/, ''));
      if (problems.length > 0) {
        tell('404', 'This package name is not valid, because ');
        problems.forEach((problem, i) => tell('404', ` ${i + 1}. ${problem}`));
      }
      tell('404', '');
      tell('404', 'Note that you can also install from a');
      tell('404', 'tarball, folder, http url, or git url.');
      break;
    }
    case 'EACCES':
    case 'EPERM':
      say('', `Error: ${message}`);
      tell(
        '',
        '',
        'The operation was rejected by your operating system.',
        'It is likely you do not have the permissions to access this file as the current user',
        '',
        'If you believe this might be a permissions issue, please double-check the permissions of the file and its containing directories, or try running the command again as root/Administrator.',
      );
      break;
    case 'ETARGET':
      say('notarget', message);
      tell('notarget', "In most cases you or one of your dependencies are requesting a package version that doesn't exist.");
      break;
    case 'EBADPLATFORM': {
      const required = (fields.required ?? {}) as Record<string, unknown>;
      const current = (fields.current ?? {}) as Record<string, unknown>;
      const kept = Object.entries(required).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
      const wanted = Object.fromEntries(kept.map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : value]));
      const actual = Object.fromEntries(kept.map(([key]) => [key, current[key]]));
      say(
        'notsup',
        `Unsupported platform for ${fields.pkgid ?? ''}: wanted ${JSON.stringify(wanted)} (current: ${JSON.stringify(actual)})`,
      );
      tell('notsup', platformDetail(required, current));
      break;
    }
    case 'EBADENGINE':
      say('engine', message);
      say('engine', `Not compatible with your version of node/npm: ${fields.pkgid ?? ''}`);
      tell(
        'notsup',
        `Not compatible with your version of node/npm: ${fields.pkgid ?? ''}`,
        `Required: ${JSON.stringify(fields.required)}`,
        `Actual:   ${JSON.stringify({ node: nodeVersion, npm: npmVersion })}`,
      );
      break;
    case 'EBADDEVENGINES':
      say('EBADDEVENGINES', message);
      tell('EBADDEVENGINES', fields.shown ?? '');
      break;
    case 'EEXIST':
      say('', message);
      say('', `File exists: ${fields.dest ?? fields.path ?? ''}`);
      tell('', 'Remove the existing file and try again, or run npm');
      tell('', 'with --force to overwrite files recklessly.');
      break;
    case 'ENOSPC':
      say('nospc', message);
      tell('nospc', 'There appears to be insufficient space on your system to finish.', 'Clear up some disk space and try again.');
      break;
    case 'EROFS':
      say('rofs', message);
      tell('rofs', "Often virtualized file systems, or other file systems that don't support symlinks, give this error.");
      break;
    case 'ENOENT':
      say('enoent', message);
      tell(
        'enoent',
        'This is related to npm not being able to find a file.',
        fields.file === undefined ? '' : `\nCheck if the file '${fields.file}' is present.`,
      );
      break;
    case 'ENOLOCK':
      say(session.command, 'This command requires an existing lockfile.');
      tell(session.command, 'Try creating one first with: npm i --package-lock-only');
      break;
    case 'ENETWORK':
    case 'EOFFLINE':
    case 'ECORS':
    case 'ECSP':
    case 'EPERMISSION':
    case 'EIDLETIMEOUT':
    case 'ETIMEDOUT':
      say('network', message);
      for (const line of fields.advice ?? []) tell('network', line);
      break;
    default:
      say('', message);
      if (fields.cause instanceof Error && !(fields.cause instanceof SyntaxError)) tell('cause', fields.cause.message);
      if (fields.signal !== undefined) tell('signal', fields.signal);
      if (fields.cmd !== undefined && fields.args !== undefined) tell('command', [fields.cmd, ...fields.args].join(' '));
      for (const text of [fields.stdout, fields.stderr]) if (text !== undefined && text !== '') tell('', text.trim());
      for (const line of fields.advice ?? []) tell('', line);
  }
  void error;
  return { summary, detail };
}

/** Lines of a report that begin with what npm has as their title. */
const reportTitle = /^(40[34]|notarget|notsup|engine|enoent|JSON\.parse|ERESOLVE)(?: |$)/;

function titled(lines: readonly string[], paint = (line: string) => line): Line[] {
  return lines.map((line) => {
    const title = reportTitle.exec(line);
    return title === null ? ['', paint(line)] : [title[1]!, line.slice(title[0].length)];
  });
}

/** @param isShellout The command only starts a program, which says itself what is wrong. */
export function reportOf(session: Session, error: Error, isShellout: boolean): ErrorReport {
  const fields = fieldsOf(error);
  const details = error instanceof Failure ? error.details : {};
  const exitCode = typeof details.exitCode === 'number' && details.exitCode !== 0 ? details.exitCode : errorExitCode(fields);
  const base = { exitCode, facts: [] as Line[], summary: [] as Line[], detail: [] as Line[], quiet: false };
  if (details.standard !== undefined) return { ...base, exitCode: 1, standard: details.standard };
  if (details.quiet === true) return { ...base, quiet: true };
  const isScript = details['scriptFailed'] === true;
  if (isShellout && isScript && details.exitCode !== undefined) return { ...base, code: details.exitCode, quiet: true };
  const code = isScript
    ? details.exitCode === undefined
      ? undefined
      : String(details.exitCode)
    : (fields.code ?? /^(?:Error: )?(E[A-Z]+)/.exec(error.message)?.[1]);
  const facts: Line[] = [];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '' && value !== 0) facts.push([name, String(value)]);
  };
  add('code', code);
  add('syscall', fields.syscall);
  add('file', fields.file);
  // npm's own error of this kind does not carry it.
  if (code !== 'EJSONPARSE') add('path', fields.path);
  add('dest', fields.dest);
  // What npm's `fetch` fails with has its code as its number, too.
  add('errno', fields.errno ?? (code === 'FETCH_ERROR' ? code : undefined));
  if (fields.report !== undefined) {
    const lines = titled(fields.report, code === 'ERESOLVE' ? (line) => paintConflict(line, session.display.messageColors) : undefined);
    // The message is the summary; an engine that does not fit is told twice.
    const summarized = error.message.split('\n').length + (code === 'EBADENGINE' ? 1 : 0);
    return {
      ...base,
      ...(code === undefined ? {} : { code }),
      facts,
      summary: lines.slice(0, summarized),
      detail: lines.slice(summarized),
      ...(fields.code === 'ERESOLVE' && typeof fields.details === 'string'
        ? { file: { name: 'eresolve-report.txt', text: fields.details } }
        : {}),
    };
  }
  const { summary, detail } = bodyOf(session, error, fields);
  return { ...base, ...(code === undefined ? {} : { code }), facts, summary, detail };
}

function errorExitCode({ errno }: Fields): number {
  return typeof errno === 'number' && errno !== 0 ? errno & 255 : 1;
}

/** Prints a report; `logFile` is told of at the end if there is one. */
export function printReport(session: Session, report: ErrorReport): void {
  const { display } = session;
  if (report.quiet) return;
  if (report.standard !== undefined) {
    for (const line of report.standard) display.output(line);
    return;
  }
  for (const [title, message] of [...report.facts, ...report.summary, ...report.detail]) display.error(title, message);
}

/** What `--json` prints of it. */
export function jsonOf(report: ErrorReport): object {
  const text = (lines: readonly Line[]) =>
    lines
      .map(([, message]) => message)
      .join('\n')
      .trim();
  return { ...(report.code === undefined ? {} : { code: report.code }), summary: text(report.summary), detail: text(report.detail) };
}
