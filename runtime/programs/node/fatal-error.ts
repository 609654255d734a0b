/** What Node prints when an error ends the process: where it was thrown, the stack, the version. */
import type { Realm } from './boot.ts';
import { PosixError } from '../../base/errors.ts';
import { noSideEffectsToString } from './bindings/errors.ts';
import type { Untyped } from './realm.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place of the first frame of a V8-style stack that has one. */
function firstPlace(stack: string, message: string): Place | undefined {
  const frames = stack.startsWith(message) ? stack.slice(message.length) : stack;
  for (const line of frames.split('\n')) {
    const match = /^\s+at (?:.* \((.+):(\d+):(\d+)\)|(?:async )?(.+):(\d+):(\d+))$/.exec(line);
    if (match === null) continue;
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
 * V8 knows where an error was thrown; a stack only tells where it was made. `throw new …` on the same line, or the nearest
 * `throw name` below `name = new …`, is where it was thrown.
 */
function throwPlace(lines: readonly string[], place: Place): { line: number; column: number } {
  const here = lines[place.line - 1] ?? '';
  const before = here.slice(0, place.column - 1);
  const direct = /(?:^|[^\w$.])throw\s+(?:await\s+)?$/.exec(before);
  if (direct !== null) return { line: place.line, column: before.lastIndexOf('throw') + 1 };
  const assigned = /(?:const|let|var|^|[\s;{(])\s*([\w$]+)\s*=\s*$/.exec(before);
  if (assigned !== null) {
    const name = assigned[1]!.replaceAll('$', '\\$');
    const thrown = new RegExp(`(?:^|[^\\w$.])throw\\s+${name}\\s*(?:;|}|$)`);
    for (let line = place.line; line <= Math.min(place.line + 20, lines.length); line++) {
      const text = line === place.line ? `${' '.repeat(place.column - 1)}${here.slice(place.column - 1)}` : lines[line - 1]!;
      if (thrown.test(text)) return { line, column: text.search(new RegExp(`throw\\s+${name}\\s*(?:;|}|$)`)) + 1 };
    }
  }
  return place;
}

/** `file:line`, the source line and a caret. */
function arrowOf(realm: Realm, error: object, fromPromise: boolean): string | undefined {
  const given = (error as Untyped)[realm.privateSymbols['arrow_message_private_symbol'] as symbol] as unknown;
  if (typeof given === 'string') return given;
  const stack = (error as { stack?: unknown }).stack;
  if (typeof stack !== 'string') return undefined;
  const place = firstPlace(stack, noSideEffectsToString(error));
  if (place === undefined) return undefined;
  const source = sourceOf(realm, place.file);
  if (source === undefined) return undefined;
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
  const { line, column } = fromPromise ? place : throwPlace(lines, place);
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  // A tab stays a tab above, so that the caret stands below its character.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return `${place.file}:${line}\n${text}\n${indent}^\n`;
}

export function describeUncaught(realm: Realm, error: unknown, fromPromise: boolean): string {
  const end = `\nNode.js ${realm.library.meta.version}\n`;
  const hint = '(Use `node --trace-uncaught ...` to show where the exception was thrown)\n';
  if (typeof error !== 'object' || error === null) {
    const text = typeof error === 'string' ? error : noSideEffectsToString(error);
    return `Uncaught:\n${typeof error === 'string' ? `'${text}'` : text}\n${hint}${end}`;
  }
  const arrow = (() => {
    try {
      return arrowOf(realm, error, fromPromise);
    } catch {
      return undefined; // A stack that cannot be read has no place to show.
    }
  })();
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
  const decorated = (error as Untyped)[realm.privateSymbols['decorated_private_symbol'] as symbol] === true;
  const head = arrow === undefined || decorated ? '' : `${arrow}\n`;
  if (typeof stack === 'string' && stack !== '') return `${head}${stack}\n${end}`;
  return `${head}${noSideEffectsToString(error)}\n${hint}${end}`;
}
