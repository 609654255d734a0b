/** Errors in texts that were given to `eval` or `Function` and cannot be read: V8's words, and the line that it shows. */
import { scriptParseOptions } from '../modules/compile-script.ts';
import { placeOf } from '../modules/compile.ts';
import { arrowText, isParseFailure, parse, sourceLine } from '../modules/parser.ts';
import { explainSyntaxError, type SyntaxProblem } from '../modules/syntax-error.ts';
import type { NodeRealm } from '../realm.ts';
import { evaluatedName, evaluatedTexts, madeText } from './evaluated-texts.ts';

export interface EvaluatedFailure {
  readonly message: string;
  readonly arrow: string;
}

/** @param parametersEnd Where the parameters that `Function` was given end. */
function failureIn(realm: NodeRealm, text: string, parametersEnd = 0): EvaluatedFailure | undefined {
  let problem: SyntaxProblem;
  try {
    parse(realm, text, { ...scriptParseOptions(false), allowSuperOutsideMethod: true, allowReturnOutsideFunction: false });
    return undefined;
  } catch (error) {
    if (!isParseFailure(error)) throw error;
    problem = explainSyntaxError(error, text, { strict: false });
  }
  if (problem.start < parametersEnd && /[\w$\])}'"`]\s*$/.test(text.slice(0, problem.start)))
    problem = { message: 'Arg string terminates parameters early', start: problem.start, end: problem.start + 1 };
  const place = placeOf(text, problem.start);
  const arrow = arrowText(evaluatedName(text), place, sourceLine(text, place.line), problem.end - problem.start);
  return { message: problem.message, arrow };
}

/** @param message In V8's words, where they are known. Undefined if none of the texts that `eval` was given last has such an error. */
export function evaluatedFailure(realm: NodeRealm, message?: string): EvaluatedFailure | undefined {
  for (const text of evaluatedTexts().slice(0, 10)) {
    const failure = failureIn(realm, text);
    if (failure !== undefined && (message === undefined || failure.message === message)) return failure;
  }
  return undefined;
}

/** Of one text. */
export const failureOf = (realm: NodeRealm, text: string): EvaluatedFailure | undefined => failureIn(realm, text);

export function madeFailure(realm: NodeRealm, keywords: string, texts: readonly string[]): EvaluatedFailure | undefined {
  const parameters = texts.slice(0, -1).join();
  return failureIn(realm, madeText(keywords, texts), `(${keywords} anonymous(${parameters}\n`.length);
}
