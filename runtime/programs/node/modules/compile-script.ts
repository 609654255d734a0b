/** Scripts and CommonJS modules: only `import()` and `await` of async functions need edits, and most texts have neither. */
import { catchClauses, catchClausesOf, editCatchClauses, mayCatch, mayNameAwaited } from './catch-clauses.ts';
import { Edits, type ColumnMap } from './edits.ts';
import { keepTypeof } from './keep-typeof.ts';
import { chooseNames } from './helper-names.ts';
import { Rewriter } from './rewrite.ts';
import type { Node, Parse } from './syntax.ts';

export interface CompiledScript {
  readonly code: string;
  readonly columns: ColumnMap;
  /** The name under which the code expects our helper object, or undefined if it needs none. */
  readonly helper: string | undefined;
}

export interface ScriptOptions {
  /** The text is a function's body: `return` and `new.target` are allowed. */
  readonly isFunctionBody: boolean;
  readonly keepContext: boolean;
  /** Whether what is caught is shown to the helper first (`HelperNames`). */
  readonly showCaught?: boolean;
  /** The code runs in a `vm` context: what it knows without declaring it, the parameters of a function. */
  readonly inContext?: readonly string[] | undefined;
}

/**
 * Beyond this many units a text is parsed for its `await`s only where the async context is in use already, and what it catches is not
 * shown to the helper. The bundles of
 * frameworks (Next's are of 1.8 and 2.6 MB, 0.2 to 0.3 s) are below it, TypeScript's compiler (9 MB, 0.8 s at each start) is above.
 */
export const lazyAwaitLimit = 4_000_000;

export function scriptParseOptions(isFunctionBody: boolean): Record<string, unknown> {
  return {
    ecmaVersion: 'latest',
    sourceType: 'script',
    allowHashBang: true,
    allowReturnOutsideFunction: isFunctionBody,
    allowSuperOutsideMethod: false,
  };
}

/**
 * Types in comments: `@type {import('.')}`, which many packages have in each of their files. Code has no `@`, so it stands in a comment,
 * a string, a template or a regular expression, and nothing between it and the word can end one of these.
 */
const typeImports = /@\w+[ \t]*\{[^\n\r\u2028\u2029`$'"/]{0,500}?\bimport\s*\(/g;

/** Whether a text may hold what must be edited. Cheap, and never wrongly false. */
export function mayNeedEdits(source: string, keepContext: boolean): boolean {
  if (source.includes('import')) {
    const code = source.includes('@') ? source.replace(typeImports, '@') : source;
    if (/\bimport\s*(?:\(|\/[*/])/.test(code)) return true;
  }
  if (source.includes('eval') && /\beval\s*\)?\s*\(/.test(source)) return true;
  return keepContext && source.includes('await') && /\bawait\b/.test(source) && /\basync\b/.test(source);
}

/** @throws the parser's SyntaxError. */
export function compileScript(source: string, parse: Parse, options: ScriptOptions): CompiledScript {
  const edits = new Edits(source);
  let helper: string | undefined;
  const { inContext, showCaught = false } = options;
  const asksTypes = inContext !== undefined && source.includes('typeof');
  if (asksTypes || mayNeedEdits(source, options.keepContext)) {
    const names = chooseNames(source);
    const program: Node = parse(source, scriptParseOptions(options.isFunctionBody));
    const caught = (showCaught || mayNameAwaited(source)) && mayCatch(source) ? catchClausesOf(program) : [];
    const rewriter = new Rewriter({
      source,
      edits,
      names,
      imported: new Set(),
      topLevel: 'none',
      keepContext: options.keepContext,
      isModule: false,
      followFrames: options.keepContext && showCaught && inContext === undefined,
    });
    rewriter.program(program);
    if (asksTypes) keepTypeof(program, edits, names.helper, inContext);
    editCatchClauses(source, caught, edits, names.helper, showCaught ? 'c' : 'n');
    if (asksTypes || rewriter.usesHelper || caught.length > 0) helper = names.helper;
  } else if (showCaught && mayCatch(source)) {
    const caught = catchClauses(source) ?? catchClausesOf(parse(source, scriptParseOptions(options.isFunctionBody)));
    const names = chooseNames(source);
    editCatchClauses(source, caught, edits, names.helper);
    if (caught.length > 0) helper = names.helper;
  }
  if (source.startsWith('#!')) edits.replace(0, 2, '//');
  return { ...edits.apply('', ''), helper };
}

/** The same columns after `prefix` was put before the first line. */
export function withPrefix(columns: ColumnMap, prefix: string): ColumnMap {
  const { length } = prefix;
  if (length === 0) return columns;
  const moved = [1, 1, -1, 1, length + 1, 1];
  for (let i = 0; i < columns.length; i += 3) moved.push(columns[i]!, columns[i + 1]! + (columns[i] === 1 ? length : 0), columns[i + 2]!);
  return moved;
}
