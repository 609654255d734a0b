/** Whether a text that is no CommonJS module is an ES module, as Node's C++ side decides. */
import type { NodeRealm } from '../realm.ts';
import { moduleParseOptions } from './compile.ts';
import { parseFailureOf } from './functions.ts';
import { isParseFailure, parse } from './parser.ts';

/** Only an ES module may say these. */
const moduleOnly = new Set([
  'Cannot use import statement outside a module',
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
]);

/** A CommonJS module may not say these, an ES module may. */
const notCommonJs = new Set([
  "Identifier '__filename' has already been declared",
  "Identifier '__dirname' has already been declared",
  "Identifier 'exports' has already been declared",
  "Identifier 'module' has already been declared",
  "Identifier 'require' has already been declared",
  'await is only valid in async functions and the top level bodies of modules',
  'Unexpected reserved word',
  'missing ) after argument list',
  'Unexpected identifier',
]);

const parameters = /^Identifier '(?:__filename|__dirname|exports|module|require)' has already been declared$/;

function parsesAsModule(realm: NodeRealm, source: string): boolean {
  try {
    parse(realm, source, moduleParseOptions);
    return true;
  } catch (error) {
    if (isParseFailure(error)) return false;
    throw error;
  }
}

/** `error` is what the engine said of the text as a CommonJS module. */
export function isEsmInstead(realm: NodeRealm, source: string, error: SyntaxError): boolean {
  const failure = parseFailureOf(realm, source, true);
  if (failure === undefined)
    return parameters.test(error.message) || /redeclaration|duplicate|declare/i.test(error.message) ? parsesAsModule(realm, source) : false;
  const { message } = realm.library.part('wording').explainSyntaxError(failure, source, { strict: false });
  if (moduleOnly.has(message)) return true;
  // Top-level await stops the parser in as many ways as there are operands.
  const awaits = /\bawait\b/.test(source);
  return (notCommonJs.has(message) || awaits) && parsesAsModule(realm, source);
}
