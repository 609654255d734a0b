/**
 * Scripts of `vm`: their top-level declarations must outlive them, which code given to `eval` does not do by itself.
 * `let`, `const` and classes become `var`s (no column moves), and who runs the script makes those names before it runs.
 */
import type { NodeRealm } from '../realm.ts';
import { asyncContextOf } from './async-context.ts';
import { scriptParseOptions } from './compile-script.ts';
import { catchClausesOf, editCatchClauses, mayCatch } from './catch-clauses.ts';
import { Edits, type ColumnMap } from './edits.ts';
import { isV8 } from './is-v8.ts';
import { keepTypeof } from './keep-typeof.ts';
import { decorateStack, isParseFailure, parse, syntaxError, withoutFramesAbove } from './parser.ts';
import { chooseNames } from './helper-names.ts';
import { Rewriter } from './rewrite.ts';
import { Scope } from './scope.ts';
import { valuedIn } from './script-value.ts';
import { eachBinding, type Node } from './syntax.ts';
import type { Referrer } from './dynamic-import.ts';

export interface ScriptText {
  readonly source: string;
  readonly name: string;
  readonly lineOffset: number;
  readonly columnOffset: number;
}

export interface ScriptRequest extends ScriptText {
  readonly referrer: Referrer;
  /** How long it may run. */
  readonly timeoutMs?: number;
}

export interface PreparedScript {
  readonly code: string;
  readonly columns: ColumnMap;
  /** `import()` or `await` needs the helper. */
  readonly usesHelper: boolean;
  readonly strict: boolean;
  /** The code assigns its value to `result`, if it has one. */
  readonly assignsResult: boolean;
  readonly vars: readonly string[];
  readonly functions: readonly string[];
  readonly lexicals: readonly { readonly name: string; readonly constant: boolean }[];
}

export type ScriptPlace = 'global' | 'context';

/** @throws {SyntaxError} as V8 words it. */
export function checkScript(realm: NodeRealm, text: ScriptText, above: Function): void {
  parseScript(realm, text, above);
}

function parseScript(realm: NodeRealm, { source, name, lineOffset, columnOffset }: ScriptText, above?: Function): Node {
  try {
    return parse(realm, source, scriptParseOptions(false));
  } catch (error) {
    if (!isParseFailure(error)) throw error;
    const told = syntaxError(realm, error, source, { name, strict: false, lineOffset, columnOffset });
    throw decorateStack(realm, above === undefined ? told : withoutFramesAbove(told, above));
  }
}

/**
 * @param helper An expression that the code can use for our helper object.
 * @param result What the code is to assign its value to, where it is known which statements give it.
 */
export function prepareScript(
  realm: NodeRealm,
  text: ScriptText & { readonly timeoutMs?: number },
  place: ScriptPlace,
  helper: string,
  result?: string,
): PreparedScript {
  const { source } = text;
  const program = parseScript(realm, text);
  const body = program['body'] as Node[];
  const edits = new Edits(source);
  const strict = body.some((statement) => statement['directive'] === 'use strict');
  const valued = result === undefined ? undefined : valuedIn(body);
  for (const { start } of valued ?? []) edits.open(start, `${result}=(`);
  const lexicals: { name: string; constant: boolean }[] = [];
  const functions: string[] = [];
  for (const statement of body) {
    if (statement.type === 'FunctionDeclaration') functions.push(statement['id'].name);
    else if (statement.type === 'ClassDeclaration') {
      const name = statement['id'].name as string;
      lexicals.push({ name, constant: false });
      edits.open(statement.start, strict ? `${name}=` : `var ${name}=`);
      edits.close(statement.end, ';');
    } else if (statement.type === 'VariableDeclaration' && (statement['kind'] === 'let' || statement['kind'] === 'const')) {
      for (const declarator of statement['declarations'] as Node[]) {
        eachBinding(declarator['id'], ({ name }) => lexicals.push({ name: name as string, constant: statement['kind'] === 'const' }));
        // A `var` without a value would leave what the name had.
        if (declarator['init'] === null) edits.close(declarator.end, '=void 0');
      }
      if (!strict || place === 'global') {
        edits.replace(
          statement.start,
          statement.start + (statement['kind'] as string).length,
          statement['kind'] === 'let' ? 'var' : 'var  ',
        );
      }
    }
    // Strict code keeps its `var`s to itself: there they are assignments to names made before.
    if (strict && place === 'context' && statement.type === 'VariableDeclaration') {
      edits.blank(statement.start, statement.start + (statement['kind'] as string).length);
      for (const declarator of statement['declarations'] as Node[]) {
        if (declarator['id'].type === 'Identifier') continue;
        edits.open(declarator.start, '(');
        edits.close(declarator.end, ')');
      }
    }
  }
  const scope = new Scope();
  for (const statement of body) scope.declareVars(statement);
  const names = { ...chooseNames(source), helper };
  const rewriter = new Rewriter({
    source,
    edits,
    names,
    imported: new Set(),
    topLevel: 'none',
    keepContext: asyncContextOf(realm).current() !== undefined || source.includes('await'),
    isModule: false,
    followFrames: !isV8(realm) && place === 'global',
    limited: text.timeoutMs !== undefined,
    receivers: place === 'context' && !strict,
  });
  rewriter.program(program);
  const caught = !isV8(realm) && mayCatch(source) ? catchClausesOf(program) : [];
  editCatchClauses(source, caught, edits, helper);
  if (place === 'context') keepTypeof(program, edits, helper);
  const hoist = place === 'context' && functions.length > 0;
  if (hoist) {
    let at = source.startsWith('#!') ? (/[\n\r\u2028\u2029]/.exec(source)?.index ?? source.length) : 0;
    for (const statement of body) if (typeof statement['directive'] === 'string') at = statement.end;
    edits.close(at, `${at === 0 ? '' : ';'}${helper}.hoist({${[...new Set(functions)].join()}});`);
  }
  if (source.startsWith('#!')) edits.replace(0, 2, '//');
  for (const { end } of valued ?? []) edits.close(source[end - 1] === ';' ? end - 1 : end, ')');
  return {
    ...edits.apply('', ''),
    usesHelper: rewriter.usesHelper || caught.length > 0 || hoist || place === 'context',
    strict,
    assignsResult: valued !== undefined,
    vars: [...scope.names],
    functions: [...new Set(functions)],
    lexicals,
  };
}
