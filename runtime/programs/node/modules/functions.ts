/** Function bodies made into functions of the program, with their positions kept: CommonJS modules and `vm.compileFunction`. */
import type { NodeRealm } from '../realm.ts';
import { asyncContextOf } from './async-context.ts';
import { compileScript, lazyAwaitLimit, scriptParseOptions, withPrefix, type CompiledScript } from './compile-script.ts';
import { magicComment } from './compile.ts';
import { dynamicImport, loaderCallbacks, type Referrer } from './dynamic-import.ts';
import { isParseFailure, parse, decorateStack, syntaxError, withoutFramesAbove } from './parser.ts';
import { isV8 } from './is-v8.ts';
import { noteFile, noteHelper, sourcesOf } from './sources.ts';
import { addStringHelpers, noteReferrer } from './strings.ts';
import type { ParseFailure } from './syntax.ts';

export interface FunctionRequest {
  /** The function of a binding that the library called: a syntax error's stack starts above it. */
  readonly above?: Function;
  readonly source: string;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly referrer: Referrer;
  readonly lineOffset?: number;
  readonly columnOffset?: number;
}

/** What code compiled for `referrer` is handed. */
export function helperFor(realm: NodeRealm, referrer: Referrer, name = referrer.name): object {
  const helper = Object.create(asyncContextOf(realm).helpers) as object;
  noteHelper(helper, name);
  const callbacks = loaderCallbacks(realm);
  Object.defineProperty(helper, 'import', {
    value: (specifier: unknown, options: unknown) => dynamicImport(callbacks, referrer, specifier, options),
  });
  addStringHelpers(realm, helper);
  return helper;
}

/** Edits a text, or leaves it as it is if the parser cannot read it: then the engine will say what is wrong with it. */
export function tryCompileScript(realm: NodeRealm, source: string, isFunctionBody: boolean, inContext?: readonly string[]): CompiledScript {
  const keepContext = source.length < lazyAwaitLimit || asyncContextOf(realm).current() !== undefined;
  try {
    return compileScript(source, (text, options) => parse(realm, text, options), {
      isFunctionBody,
      keepContext,
      showCaught: !isV8(realm) && source.length < lazyAwaitLimit,
      inContext,
    });
  } catch (error) {
    if (!isParseFailure(error)) throw error;
    return { code: source.startsWith('#!') ? `//${source.slice(2)}` : source, columns: [], helper: undefined };
  }
}

/** What the parser says is wrong with a text that the engine refused. */
export function parseFailureOf(realm: NodeRealm, source: string, isFunctionBody: boolean): ParseFailure | undefined {
  try {
    parse(realm, source, scriptParseOptions(isFunctionBody));
    return undefined;
  } catch (error) {
    if (isParseFailure(error)) return error;
    throw error;
  }
}

/** @throws {SyntaxError} as V8 words it, with where it is. */
export function makeFunction(realm: NodeRealm, request: FunctionRequest): Function {
  const { source, name, parameters, referrer, lineOffset = 0, columnOffset = 0 } = request;
  const { code, columns, helper } = tryCompileScript(realm, source, true);
  const open = helper === undefined ? '' : `(function (${helper}) {return `;
  const head = `${open}(function (${parameters.join(', ')}) {`;
  const shown = magicComment(source, 'sourceURL') ?? name;
  noteFile(shown, name);
  sourcesOf(realm).add(shown, {
    text: source,
    columns: withPrefix(columns, head),
    ...(code === source ? {} : { code: () => head + tryCompileScript(realm, source, true).code }),
    lineOffset,
    columnOffset,
  });
  noteReferrer(realm, referrer, shown);
  const text = `${head}${code}\n})${helper === undefined ? '' : '})'}`;
  let made: unknown;
  try {
    made = realm.platform.evaluate(text, shown);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const failure = parseFailureOf(realm, source, true);
    const told =
      failure === undefined
        ? error
        : syntaxError(realm, failure, source, { name, strict: false, lineOffset, columnOffset }, engineError(realm, error, failure));
    throw decorateStack(realm, request.above === undefined ? told : withoutFramesAbove(told, request.above));
  }
  return helper === undefined ? (made as Function) : (made as (helper: object) => Function)(helperFor(realm, referrer, shown));
}

/** V8's own wording is kept where V8 is the engine; a text that closes our wrapper has misled it. */
function engineError(realm: NodeRealm, error: SyntaxError, failure: ParseFailure): SyntaxError | undefined {
  void failure;
  return isV8(realm) &&
    error.message !== "Unexpected token '}'" &&
    error.message !== "Unexpected token ')'" &&
    error.message !== 'missing ) after argument list'
    ? error
    : undefined;
}
