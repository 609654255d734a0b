/** The parser, which is part of Node's library and loaded when first needed, and its errors made into the program's. */
import { perRealm } from '../wraps/per-realm.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { sourcesOf } from './sources.ts';
import { placeOf, type Place } from './compile.ts';
import type { Node, Parse, ParseFailure } from './syntax.ts';

/** `import source x from 'y'` and `import.source('y')`, which the parser does not know. */
const parserOf = perRealm((realm: NodeRealm): Parse => {
  const acorn = realm.requireBuiltin('internal/deps/acorn/acorn/dist/acorn') as Untyped;
  return (source, options) => acorn.Parser.parse(source, options) as Node;
});

/** Fails with the parser's own error. */
export function parse(realm: NodeRealm, source: string, options: Record<string, unknown>): Node {
  return parserOf(realm)(source, options);
}

export function isParseFailure(error: unknown): error is ParseFailure {
  return error instanceof SyntaxError && typeof (error as Partial<ParseFailure>).pos === 'number';
}

/** Where an error is, as Node prints it above the stack: the file and line, the line's text, and a mark below it. */
export function arrowText(name: string, place: Place, line: string, length: number): string {
  const indent = line.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
  return `${name}:${place.line}\n${line}\n${indent}${'^'.repeat(Math.max(0, Math.min(length, line.length - place.column + 1)))}\n`;
}

export function sourceLine(source: string, line: number): string {
  return source.split(/\r\n|[\n\r\u2028\u2029]/, line)[line - 1] ?? '';
}

/** Puts `arrow` where Node's C++ side does, for the library and the printer of uncaught errors. */
export function decorate(realm: NodeRealm, error: object, arrow: string): void {
  const { arrow_message_private_symbol: key } = realm.privateSymbols;
  Object.defineProperty(error, key!, { value: arrow, writable: true, enumerable: false, configurable: true });
}

export interface ScriptOrigin {
  readonly name: string;
  readonly strict: boolean;
  readonly lineOffset?: number;
  readonly columnOffset?: number;
}

/** The SyntaxError that V8 would have thrown where the parser failed. `engine` is the engine's own error, if it made one. */
export function syntaxError(
  realm: NodeRealm,
  failure: ParseFailure,
  source: string,
  origin: ScriptOrigin,
  engine?: SyntaxError,
): SyntaxError {
  const problem = realm.library.part('wording').explainSyntaxError(failure, source, { strict: origin.strict });
  const error = engine ?? new SyntaxError(problem.message);
  const place = placeOf(source, problem.start);
  const line = place.line + (origin.lineOffset ?? 0);
  decorate(
    realm,
    error,
    arrowText(origin.name, { line, column: place.column }, sourceLine(source, place.line), problem.end - problem.start),
  );
  sourcesOf(realm).add(origin.name, {
    text: source,
    columns: [],
    lineOffset: origin.lineOffset ?? 0,
    columnOffset: origin.columnOffset ?? 0,
  });
  return error;
}

/** Frames of ours would count against `Error.stackTraceLimit`; `above` is the function that the library called. */
export function withoutFramesAbove<E extends Error>(error: E, above: Function): E {
  (Error as { captureStackTrace?: (error: Error, above: Function) => void }).captureStackTrace?.(error, above);
  return error;
}

/** `DecorateErrorStack`: where the error is goes before its stack, for all to see. */
export function decorateStack<E extends Error>(realm: NodeRealm, error: E): E {
  const { arrow_message_private_symbol: arrowKey, decorated_private_symbol: decoratedKey } = realm.privateSymbols;
  const arrow: unknown = (error as Untyped)[arrowKey!];
  const { stack } = error;
  if (typeof arrow !== 'string' || typeof stack !== 'string') return error;
  Object.defineProperty(error, 'stack', { value: `${arrow}\n${stack}`, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(error, decoratedKey!, { value: true, writable: true, enumerable: false, configurable: true });
  return error;
}
