/** What Node prints when an error ends the process: where it was thrown, the stack, the version. */
import type { Realm } from './boot.ts';
import type { CallSiteInfo } from './call-sites.ts';
import { PosixError } from '../../base/errors.ts';
import { noSideEffectsToString } from './detail-string.ts';
import { thrownAt } from './trace-stacks.ts';
import { sourcesOf } from './modules/sources.ts';
import { evaluatedAt, evaluatedName, evaluatedTexts } from './stack/evaluated-texts.ts';
import { madeAt } from './stack/made-at.ts';
import { toldArrow } from './stack/told-arrows.ts';
import { wordingOf } from './stack/wording-of.ts';
import type { Untyped } from './realm.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place of the first frame of a V8-style stack that has one. */
function firstPlace(stack: string, message: string, asMade = false): Place | undefined {
  const frames = stack.startsWith(message) ? stack.slice(message.length) : stack;
  for (const line of frames.split('\n')) {
    const match = /^\s+at (?:.* \((.+):(\d+):(\d+)\)|(?:async )?(.+):(\d+):(\d+))$/.exec(line);
    // Its constructor makes an error, and is not where anything was thrown.
    if (match === null || (!asMade && line.includes('(node:internal/per_context/domexception:'))) continue;
    return { file: match[1] ?? match[4]!, line: Number(match[2] ?? match[5]), column: Number(match[3] ?? match[6]) };
  }
  return undefined;
}

function sourceOf(realm: Realm, file: string): string | undefined {
  if (file.startsWith('node:')) return realm.source(file.slice(5));
  const known = realm.internalBinding('contextify').sourceOf?.(file) as string | undefined;
  if (known !== undefined) return known;
  if (file === '[eval]') return realm.commandLine.values['--eval'] as string | undefined;
  try {
    const path = file.startsWith('file://') ? (realm.requireBuiltin('internal/url').fileURLToPath(file) as string) : file;
    return path.startsWith('/') ? realm.platform.decodeUtf8(realm.syscalls.files.readFile(path)) : undefined;
  } catch (error) {
    if (error instanceof PosixError) return undefined;
    throw error;
  }
}

/**
 * V8 knows where an error was thrown; a stack only tells where it was made. `throw new …` on the same line is where it was thrown; what else the
 * program's texts tell: `stack/throw-site.ts`.
 */
function throwPlace(lines: readonly string[], place: Place): { line: number; column: number } {
  const here = lines[place.line - 1] ?? '';
  const before = here.slice(0, place.column - 1);
  const direct = /(?:^|[^\w$.])throw\s+(?:await\s+)?(?:[\w$.]+\(\s*)*$/.exec(before);
  if (direct !== null) return { line: place.line, column: before.lastIndexOf('throw') + 1 };
  // `try { … } catch (error) { throw error; }` in Node's own code.
  if (place.file.startsWith('node:') && !/\bthrow\b/.test(here)) {
    for (let line = place.line + 1; line <= Math.min(place.line + 5, lines.length); line++) {
      const column = /^\s*throw [\w$]+;/.test(lines[line - 1]!) ? lines[line - 1]!.indexOf('throw') + 1 : 0;
      if (column > 0 && lines.slice(place.line - 1, line).some((text) => text.includes('catch ('))) return { line, column };
    }
  }
  return place;
}

/**
 * Node's own code throws some errors far from where their stack begins: what `hideStackFrames` wraps, failed assertions, an
 * `error` event nobody listens to. Told by the error, found in the source.
 */
function libraryPlace(realm: Realm, error: Untyped, stack: string, enhanced: string, place: Place): Place | undefined {
  const find = (id: string, text: string, after = ''): Place | undefined => {
    const source = realm.source(id);
    const from = source === undefined ? -1 : source.indexOf(after);
    const at = source === undefined || from < 0 ? -1 : source.indexOf(text, from);
    if (source === undefined || at < 0) return undefined;
    const before = source.slice(0, at).split('\n');
    return { file: `node:${id}`, line: before.length, column: before.at(-1)!.length + 1 };
  };
  if (enhanced.includes("\nEmitted 'error' event ") || error.code === 'ERR_UNHANDLED_ERROR') return find('events', 'throw er;');
  if (/\n {4}at (?:EventTarget|[\w.]+) ?\[nodejs\.internal\.kHybridDispatch\]|\n {4}at \[nodejs\.internal\.kHybridDispatch\]/.test(stack))
    return find('internal/event_target', 'throw err;');
  if (error.name === 'DeprecationWarning') return find('internal/process/warning', 'throw warning;') ?? place;
  if (error.code === 'ERR_ASSERTION') {
    if (error.operator === 'fail') return find('assert', 'throw err;', 'function fail(') ?? find('assert', 'throw err;');
    // `assert(value)` and `assert.ok` fail in a helper of their own.
    if (error.operator === '==' && error.expected === true) return find('internal/assert/utils', 'throw err;', 'function innerOk');
    if (error.operator === 'ifError') return find('assert', 'throw newErr;');
    if (error.operator === 'match' || error.operator === 'doesNotMatch') return find('assert', 'throw err;', 'function internalMatch(');
    // What was thrown is not what was expected.
    if (
      /^(?:throws|rejects)$/.test(error.operator as string) &&
      !/^Missing expected (?:exception|rejection)\b/.test(error.message as string)
    ) {
      const { actual, expected } = error as { actual: unknown; expected: unknown };
      const isShape = typeof expected === 'object' && !(realm.internalBinding('types').isRegExp(expected) as boolean);
      if (!isShape) return find('assert', 'throw err;', 'if (throwError) {');
      const isObject = typeof actual === 'object' && actual !== null;
      return find('assert', 'throw err;', isObject ? 'function compareExceptionKey(' : 'function expectedException(');
    }
    return find('assert', 'throw new AssertionError(obj)', 'function innerFail');
  }
  if (typeof error.code === 'string' && /^ERR_/.test(error.code) && !place.file.startsWith('node:internal/bootstrap')) {
    const line = sourceOf(realm, place.file)?.split('\n')[place.line - 1] ?? '';
    const madeHere = /(?:new|ErrorCaptureStackTrace|captureStackTrace)\s*\(?[\w$.]*\s*$|^new\b/.test(
      line.slice(0, place.column - 1) + line.slice(place.column - 1, place.column + 2),
    );
    const ownConstructor = /\bnew\s+(?:[\w$.]+)?$/.test(line.slice(0, place.column - 1)) || line.startsWith('new ', place.column - 1);
    if (!madeHere && !ownConstructor && /^[\w$.]*Error(?: |:)/.test(stack) && stack.includes(`[${error.code as string}]`)) {
      return find('internal/errors', 'throw error;', 'function hideStackFrames');
    }
  }
  return undefined;
}

/** How the library passed on an error that it had caught. */
export interface PassedOn {
  /** Where it did. */
  readonly passedOn: CallSiteInfo | undefined;
  /** V8 does not know any more where the error was made. */
  readonly forgot: boolean;
}

function passedArrow(realm: Realm, { scriptName, lineNumber, columnNumber }: CallSiteInfo): string | undefined {
  const text = sourceOf(realm, scriptName)?.split('\n')[lineNumber - 1];
  return text === undefined ? undefined : `${scriptName}:${lineNumber}\n${text}\n${' '.repeat(columnNumber - 1)}^\n`;
}

/** What a source map has for the place where the error was thrown. */
function mappedArrow(realm: Realm, error: object): string | undefined {
  const { sourceMapErrorSource } = realm.stackCallbacks;
  const made = madeAt(error);
  if (made === undefined || sourceMapErrorSource === undefined) return undefined;
  const place = siteOf(realm, error, '', false) ?? throwPlace(sourceOf(realm, made.file)?.split('\n') ?? [], made);
  return sourceMapErrorSource(made.file, place.line, place.column - 1) as string | undefined;
}

/** The place of an error whose stack is the program's own text, or in a file that a source map names. */
function madeByProgram(error: object): Place | undefined {
  const made = madeAt(error);
  return made === undefined || made.file.startsWith('node:') ? undefined : made;
}

/** Where the program has thrown it, as its texts tell. */
function siteOf(realm: Realm, error: object, stack: string, byLibrary: boolean): Place | undefined {
  const { parsedFrames, throwSite } = realm.library.part('wording');
  const made = madeByProgram(error);
  const message = noSideEffectsToString(error);
  const frames = parsedFrames(stack.startsWith(message) ? stack.slice(message.length) : stack);
  return throwSite(realm, error, made === undefined ? frames : [{ ...made, isConstructor: false }], byLibrary);
}

/** Whether functions of a stack are in texts that catch errors. */
function mayBeCaught(realm: Realm, stack: string): boolean {
  for (const [, file] of stack.matchAll(/((?:\/|file:)[^()\n]*):\d+:\d+\)?$/gm))
    if (sourcesOf(realm).get(file!)?.text.includes('catch') === true) return true;
  return false;
}

/** Of a text that was given to `eval` and could not be read, where the engine's error says as much. */
function unreadArrow(realm: Realm, message: unknown): string | undefined {
  if (evaluatedTexts().length === 0 || typeof message !== 'string') return undefined;
  return wordingOf(realm)?.evaluatedFailure(realm, message)?.arrow;
}

/** Of a text that was given to `eval` or `Function`. */
function evaluatedArrow(place: Place, message: unknown, asMade: boolean): string | undefined {
  const text = evaluatedAt(place.line, place.column, typeof message === 'string' ? message : '');
  if (text === undefined) return undefined;
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const { line, column } = asMade ? place : throwPlace(lines, place);
  const shown = lines[line - 1]!;
  return `${evaluatedName(text)}:${line}\n${shown}\n${shown.slice(0, column - 1).replace(/[^\t]/g, ' ')}^\n`;
}

/** `file:line`, the source line and a caret. */
export function arrowOf(realm: Realm, error: object, passed: PassedOn | undefined, enhanced: string): string | undefined {
  const asMade = passed !== undefined;
  const given = (error as Untyped)[realm.privateSymbols['arrow_message_private_symbol'] as symbol] as unknown;
  if (typeof given === 'string') return given;
  const told = toldArrow(error, asMade);
  if (told !== undefined) return told;
  const unread = (error as Untyped).name === 'SyntaxError' ? unreadArrow(realm, (error as Untyped).message) : undefined;
  if (unread !== undefined) return unread;
  if (passed?.forgot === true && passed.passedOn !== undefined) return passedArrow(realm, passed.passedOn);
  const stack = (error as { stack?: unknown }).stack;
  if (typeof stack !== 'string') return asMade ? undefined : thrown(realm, error);
  const mapped = mappedArrow(realm, error);
  if (mapped !== undefined) return mapped;
  // A stack that already tells its place: the library marks such throws with a comment that the packed text has not.
  if (/^(?:file:\/\/|node:|\/)[^\n]*:\d+\n/.test(stack)) return undefined;
  const place = madeByProgram(error) ?? firstPlace(stack, noSideEffectsToString(error), asMade);
  if (place === undefined) {
    if (asMade) return passed.passedOn === undefined ? undefined : passedArrow(realm, passed.passedOn);
    return thrown(realm, error);
  }
  const known = asMade ? undefined : libraryPlace(realm, error, stack, enhanced, place);
  if (known === undefined && place.file.endsWith('), <anonymous>')) return evaluatedArrow(place, (error as Untyped).message, asMade);
  // The system's errors are made in Node's library, which hands them to the program.
  if (
    !asMade &&
    known === undefined &&
    place.file.startsWith('node:') &&
    (typeof (error as Untyped).syscall === 'string' || typeof (error as Untyped).cmd === 'string')
  ) {
    const by = throwPlace(sourceOf(realm, place.file)?.split('\n') ?? [], place) === place ? thrownBy(realm, error) : undefined;
    if (by !== undefined) return by;
  }
  const isEmitted = enhanced.includes("\nEmitted 'error' event ");
  const isError = realm.internalBinding('types').isNativeError(error) as boolean;
  // What an object says of itself is no stack of V8's.
  if (!isError && !asMade && sourceOf(realm, place.file) === undefined) return thrown(realm, error);
  return arrowIn(realm, known ?? place, known === undefined && !asMade, (isTold, made) => {
    // Nothing that could have happened to it since: nobody waits for the part that reads texts.
    if (asMade || isEmitted || ((isTold || known !== undefined || !/^(?:new\b|[\w$]+\s*\()/.test(made)) && !mayBeCaught(realm, stack)))
      return undefined;
    return siteOf(realm, error, stack, known !== undefined);
  });
}

/**
 * @param asksText Whether the line may tell of the `throw`.
 * @param siteOf Where else it was thrown, told whether the line did, and what it has from the place on.
 */
function arrowIn(
  realm: Realm,
  place: Place,
  asksText: boolean,
  siteOf: (isTold: boolean, made: string) => Place | undefined,
): string | undefined {
  const lines = sourceOf(realm, place.file)?.split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines === undefined) return undefined;
  // A script may begin in the middle of its file's line.
  const offset = (realm.internalBinding('contextify').columnOffsetOf?.(place.file, place.line) as number | undefined) ?? 0;
  const begun = offset === 0 ? place : { ...place, column: place.column - offset };
  const told = asksText ? throwPlace(lines, begun) : begun;
  const site = siteOf(told !== begun, lines[begun.line - 1]?.slice(begun.column - 1) ?? '');
  if (site !== undefined) return arrowIn(realm, site, false, () => undefined);
  const text = lines[told.line - 1];
  if (text === undefined) return undefined;
  // A tab stays a tab above, so that the caret stands below its character.
  const indent = text.slice(0, told.column - 1).replace(/[^\t]/g, ' ');
  return `${place.file}:${told.line}\n${text}\n${indent}^\n`;
}

/** An error whose stack has no frames: where a callback throws it, or, if the main script throws in one place only, there. */
function thrown(realm: Realm, error: object): string | undefined {
  return thrownBy(realm, error) ?? onlyThrow(realm);
}

function thrownBy(realm: Realm, error: object): string | undefined {
  const place = realm.library.part('wording').throwOf(realm, error);
  if (place === undefined) return undefined;
  return `${place.name}:${place.line}\n${place.text}\n${place.text.slice(0, place.column - 1).replace(/[^\t]/g, ' ')}^\n`;
}

function onlyThrow(realm: Realm): string | undefined {
  const file = realm.commandLine.values['[has_eval_string]'] === true ? '[eval]' : (realm.process.argv?.[1] as string | undefined);
  const source = file === undefined ? undefined : sourceOf(realm, file);
  if (file === undefined || source === undefined) return undefined;
  const found = [...source.matchAll(/(?<![\w$.])throw\s/g)];
  return found.length === 1 ? arrowAt(realm, file, source, found[0]!.index) : undefined;
}

/** @param path Of the main script: as a module it goes by its URL. */
function arrowAt(realm: Realm, path: string, source: string, at: number): string {
  const url = `file://${path}`;
  const file = sourcesOf(realm).get(url) === undefined ? path : url;
  const before = source.slice(0, at).split('\n');
  const text = source.split('\n')[before.length - 1]!;
  return `${file}:${before.length}\n${text}\n${before.at(-1)!.replace(/[^\t]/g, ' ')}^\n`;
}

/**
 * Something other than an object has no stack. If the main script throws exactly this value in exactly one place, it was
 * there.
 */
function literalPlace(realm: Realm, value: unknown): string | undefined {
  const file = realm.commandLine.values['[has_eval_string]'] === true ? '[eval]' : (realm.process.argv?.[1] as string | undefined);
  const source = file === undefined ? undefined : sourceOf(realm, file);
  if (file === undefined || source === undefined) return undefined;
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const literal =
    typeof value === 'symbol'
      ? `Symbol\\((["'\`])${escaped(value.description ?? '')}\\1\\)`
      : typeof value === 'string'
        ? `(["'\`])${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1`
        : String(value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + (typeof value === 'bigint' ? 'n' : '');
  const found = [...source.matchAll(new RegExp(`\\bthrow\\s+${literal}(?![\\w$.])`, 'g'))];
  if (found.length !== 1) return undefined;
  return arrowAt(realm, file, source, found[0]!.index);
}

/**
 * What V8's message of a captured stack tells: the line of source and the column, from 0, that it was captured at. The line is empty where it
 * is not known, as of code that QuickJS evaluates, whose frames have no name.
 */
export function sourcePositions(
  realm: Realm,
  error: object,
): {
  readonly sourceLine: string;
  readonly scriptResourceName?: string;
  readonly lineNumber?: number;
  readonly startColumn: number;
} {
  const stack = (error as { stack?: unknown }).stack;
  const place = typeof stack === 'string' ? firstPlace(stack, '') : undefined;
  if (place === undefined) return { sourceLine: '', startColumn: 0 };
  const sourceLine = sourceOf(realm, place.file)?.split(/\r\n|[\n\r\u2028\u2029]/)[place.line - 1] ?? '';
  return { sourceLine, scriptResourceName: place.file, lineNumber: place.line, startColumn: place.column - 1 };
}

/** With `passed`, nothing was thrown to the end of the program: what is shown is where the error was made. */
export function describeUncaught(realm: Realm, error: unknown, passed?: PassedOn): string {
  const end = `\nNode.js ${realm.library.meta.version}\n`;
  const traces = realm.commandLine.values['--trace-uncaught'] === true;
  const hint = traces ? '' : '(Use `node --trace-uncaught ...` to show where the exception was thrown)\n';
  if ((typeof error !== 'object' && typeof error !== 'function') || error === null) {
    const place = passed?.passedOn === undefined ? literalPlace(realm, error) : passedArrow(realm, passed.passedOn);
    // Node prints nothing for a symbol.
    const text = typeof error === 'symbol' && place !== undefined ? '' : noSideEffectsToString(error);
    return `${place === undefined ? 'Uncaught:\n' : `\n${place}`}${text}\n${hint}${end}`;
  }
  let stack: unknown;
  try {
    stack = (error as { stack?: unknown }).stack;
    for (const enhance of [realm.stackCallbacks.enhanceBefore, realm.stackCallbacks.enhanceAfter]) {
      if (enhance === undefined) continue;
      const enhanced: unknown = Reflect.apply(enhance, undefined, [error]);
      if (enhanced !== undefined) stack = enhanced;
    }
  } catch {
    // The program's own code (an inspect function, a getter) failed while the error was shown: the plain stack has to do.
  }
  const arrow = (() => {
    try {
      return arrowOf(realm, error, passed, typeof stack === 'string' ? stack : '');
    } catch {
      return undefined; // A stack that cannot be read has no place to show.
    }
  })();
  const decorated = (error as Untyped)[realm.privateSymbols['decorated_private_symbol'] as symbol] === true;
  const isError = realm.internalBinding('types').isNativeError(error) as boolean;
  const head = arrow === undefined || decorated ? '' : isError ? `${arrow}\n` : `\n${arrow}`;
  if (typeof stack === 'string' && stack !== '') return `${head}${stack}\n${traces ? thrownAt(stack) : ''}${end}`;
  return `${head}${noSideEffectsToString(error)}\n${hint}${end}`;
}
