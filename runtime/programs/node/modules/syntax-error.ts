/**
 * Syntax errors as V8 words and places them, from where the parser stopped. The parser stops at the same token in nearly
 * all cases and words it in its own way; what V8 would have said follows from that token.
 */
import type { ParseFailure } from './syntax.ts';

export interface SyntaxProblem {
  readonly message: string;
  /** Offsets of what V8 underlines. */
  readonly start: number;
  readonly end: number;
}

const reserved = new Set(
  (
    'break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof new return super switch this ' +
    'throw try typeof var void while with null true false'
  ).split(' '),
);
const strictReserved = new Set(['implements', 'interface', 'let', 'package', 'private', 'protected', 'public', 'static', 'yield']);
const word = /[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*/uy;
const number = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?)n?/y;
const punctuator =
  /\.\.\.|=>|>>>=|>>>|<<=|>>=|\*\*=|&&=|\|\|=|\?\?=|===|!==|<<|>>|\*\*|&&|\|\||\?\?|\?\.(?!\d)|==|!=|<=|>=|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|[{}()[\];,<>+\-*/%&|^!~?:=.]/y;

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/** What V8 says when it did not expect the token at `at`. */
function unexpected(source: string, at: number, strict: boolean): SyntaxProblem {
  const unit = source[at];
  const found = (message: string, length: number): SyntaxProblem => ({ message, start: at, end: at + length });
  if (unit === undefined) return found('Unexpected end of input', 0);
  if (unit === '"' || unit === "'") {
    const text = /^(["'])(?:\\[^]|(?!\1)[^\\\n\r])*/.exec(source.slice(at))![0];
    return source[at + text.length] === unit
      ? found('Unexpected string', text.length + 1)
      : found('Invalid or unexpected token', Math.max(1, text.length));
  }
  if (unit === '`') return found('Unexpected template string', 1);
  const identifier = match(word, source, at);
  if (identifier !== undefined) {
    if (reserved.has(identifier)) return found(`Unexpected token '${identifier}'`, identifier.length);
    if (identifier === 'enum' || identifier === 'await') return found('Unexpected reserved word', identifier.length);
    if (strict && strictReserved.has(identifier)) return found('Unexpected strict mode reserved word', identifier.length);
    return found(`Unexpected identifier '${identifier}'`, identifier.length);
  }
  if (/\d|\.\d/.test(source.slice(at, at + 2)) && /[\d.]/.test(unit)) {
    const digits = match(number, source, at);
    if (digits !== undefined && digits !== '') return found('Unexpected number', digits.length);
  }
  const mark = match(punctuator, source, at);
  return mark === undefined ? found('Invalid or unexpected token', 1) : found(`Unexpected token '${mark}'`, mark.length);
}

/** Skips spaces and comments. */
function nextToken(source: string, at: number): number {
  const space = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y;
  space.lastIndex = at;
  return at + space.exec(source)![0].length;
}

/** Whether the innermost bracket open before `at` is the parenthesis of a call. */
function isInArguments(source: string, at: number): boolean {
  let depth = 0;
  for (let i = at - 1; i >= 0; i -= 1) {
    const unit = source[i]!;
    if (unit === ')' || unit === ']' || unit === '}') depth += 1;
    else if (unit === '(' || unit === '[' || unit === '{') {
      if (depth > 0) {
        depth -= 1;
        continue;
      }
      if (unit !== '(') return false;
      const before = /(?:([$\w]+)|[)\]`])\s*$/.exec(source.slice(0, i));
      if (before === null) return false;
      const name = before[1];
      if (name === undefined) return true;
      if (/^(?:if|for|while|switch|with|catch|return|typeof|await|in|of|function)$/.test(name)) return false;
      return !/\bfunction\s*\*?\s*[$\w]*\s*$/.test(source.slice(0, i));
    }
  }
  return false;
}

/** Whether a value ends right before `at`: then, in an argument list, V8 misses the parenthesis. */
function afterValue(source: string, at: number): boolean {
  const before = source.slice(0, at).replace(/(?:\s|\/\*[^]*?\*\/)+$/, '');
  const last = before[before.length - 1];
  return last !== undefined && /[\w$)\]}"'`]/.test(last);
}

type Wording = (parts: RegExpExecArray, at: number, source: string) => Partial<SyntaxProblem> & { readonly message: string };

const wordings: readonly (readonly [RegExp, Wording])[] = [
  [
    /^Unterminated string constant/,
    (_, at, source) => ({ message: 'Invalid or unexpected token', end: at + /^.[^\n\r]*/.exec(source.slice(at))![0].length }),
  ],
  [
    /^Unterminated template/,
    (_, __, source) => ({
      message: source.lastIndexOf('`') < 0 ? 'Invalid or unexpected token' : 'Unterminated template literal',
      start: source.length,
      end: source.length,
    }),
  ],
  [/^Unterminated regular expression/, () => ({ message: 'Invalid regular expression: missing /' })],
  [/^Invalid regular expression flag/, () => ({ message: 'Invalid regular expression flags' })],
  [
    /^(Invalid regular expression: .*)/s,
    ([, text], at, source) => ({
      message: text!,
      start: source.lastIndexOf('/', at - 1),
      end:
        source.lastIndexOf('/', at - 1) + (/^Invalid regular expression: (\/[^]*\/\w*): /.exec(text!)?.[1]!.length ?? source.length - at),
    }),
  ],
  [/^Unterminated comment/, () => ({ message: 'Invalid or unexpected token' })],
  [/^Unexpected character/, () => ({ message: 'Invalid or unexpected token' })],
  [
    /^Identifier directly after number/,
    (_, at, source) => ({ message: 'Invalid or unexpected token', start: /[\w.]*$/.exec(source.slice(0, at))!.index, end: at }),
  ],
  [/^(?:Expected number in radix|Invalid number)/, () => ({ message: 'Invalid or unexpected token' })],
  [/^Numeric separator/, () => ({ message: 'Numeric separators are not allowed at the end of numeric literals' })],
  [/^Identifier '(.*)' has already been declared/, ([, name]) => ({ message: `Identifier '${name}' has already been declared` })],
  [/^Duplicate export 'default'/, () => ({ message: "Identifier '.default' has already been declared" })],
  [/^Duplicate export '(.*)'/, ([, name]) => ({ message: `Duplicate export of '${name}'` })],
  [
    /^Export '(.*)' is not defined/,
    ([, name], at, source) => ({
      message: `Export '${name}' is not defined in module`,
      // The whole of `a as b`.
      end: at + (/^(?:[$\w]+|"[^"]*"|'[^']*')(?:\s+as\s+(?:[$\w]+|"[^"]*"|'[^']*'))?/.exec(source.slice(at))?.[0].length ?? name!.length),
    }),
  ],
  [/^'return' outside of function/, () => ({ message: 'Illegal return statement' })],
  [/^Unsyntactic break/, (_, at, source) => label('break', at, source)],
  [/^Unsyntactic continue/, (_, at, source) => label('continue', at, source)],
  [/^Label '(.*)' is already declared/, ([, name]) => ({ message: `Label '${name}' has already been declared` })],
  [
    /^(?:Assigning to rvalue|Invalid left-hand side in assignment)/,
    (_, at, source) => ({
      message: /^\s*(?:\+\+|--)/.test(source.slice(at))
        ? 'Invalid left-hand side expression in prefix operation'
        : 'Invalid left-hand side in assignment',
    }),
  ],
  [/^Optional chaining cannot appear in left-hand side/, () => ({ message: 'Invalid left-hand side in assignment' })],
  [/^Optional chaining cannot appear in the tag/, () => ({ message: 'Invalid tagged template on optional chain' })],
  [/^Optional chaining cannot appear in the callee of new/, () => ({ message: 'Invalid optional chain from new expression' })],
  [/^(?:Assigning to|Binding) (eval|arguments) in strict mode/, () => ({ message: 'Unexpected eval or arguments in strict mode' })],
  [/^'with' in strict mode/, () => ({ message: 'Strict mode code may not include a with statement' })],
  [
    /^Deleting local variable in strict mode/,
    (_, at, source) => ({ message: 'Delete of an unqualified identifier in strict mode.', start: nextToken(source, at + 6) }),
  ],
  [/^Octal literal in strict mode/, () => ({ message: 'Octal escape sequences are not allowed in strict mode.' })],
  [/^(?:Bad character escape sequence|Expecting Unicode escape)/, () => ({ message: 'Invalid Unicode escape sequence' })],
  [/^Code point out of bounds/, () => ({ message: 'Undefined Unicode code-point' })],
  [/^Duplicate constructor/, () => ({ message: 'A class may only have one constructor' })],
  [/^'new.target' can only be used/, () => ({ message: 'new.target expression is not allowed here' })],
  [/^(?:'super' keyword|super\(\) call) outside/, () => ({ message: "'super' keyword unexpected here" })],
  [
    /^Private field '(#.*)' must be declared/,
    ([, name]) => ({ message: `Private field '${name}' must be declared in an enclosing class` }),
  ],
  [/^Cannot use 'import.meta' outside a module/, () => ({ message: "Cannot use 'import.meta' outside a module" })],
  [/^'import' and 'export' may (?:only )?appear only (?:with|at)/, (_, at, source) => moduleSyntax(at, source)],
  [/^'import' and 'export' may only appear at the top level/, (_, at, source) => moduleSyntax(at, source)],
  [/^Complex binding patterns require an initialization value/, () => ({ message: 'Missing initializer in destructuring declaration' })],
  [/^Shorthand property assignments are valid only/, () => ({ message: 'Invalid shorthand property initializer' })],
  [/^Argument name clash/, () => ({ message: 'Duplicate parameter name not allowed in this context' })],
  [/^Missing catch or finally clause/, () => ({ message: 'Missing catch or finally after try' })],
  [/^Multiple default clauses/, () => ({ message: 'More than one default clause in switch statement' })],
  [
    /^Illegal newline after throw/,
    (_, at, source) => ({
      message: 'Illegal newline after throw',
      start: source.lastIndexOf('throw', at),
      end: source.lastIndexOf('throw', at) + 5,
    }),
  ],
  [/^Parenthesized pattern|^Invalid destructuring/, () => ({ message: 'Invalid destructuring assignment target' })],
  [
    /^(?:Await expression cannot be a default value|Cannot use await.*parameter)/,
    () => ({ message: 'Illegal await-expression in formal parameters of async function' }),
  ],
  [/^Yield expression cannot be a default value/, () => ({ message: 'Yield expression not allowed in formal parameter' })],
  [
    /^Cannot use keyword 'await' outside an async function/,
    () => ({ message: 'await is only valid in async functions and the top level bodies of modules' }),
  ],
  [/^let is disallowed as a lexically bound name/, () => ({ message: 'let is disallowed as a lexically bound name' })],
  [/^Missing initializer in const declaration/, () => ({ message: 'Missing initializer in const declaration' })],
  [/^Redefinition of __proto__ property/, () => ({ message: 'Duplicate __proto__ fields are not allowed in object literals' })],
  [/^Comma is not permitted after the rest element/, () => ({ message: 'Rest element must be last element' })],
  [/^Logical expressions and coalesce/, (_, at, source) => unexpected(source, at, false)],
];

function label(keyword: string, at: number, source: string): { message: string; start?: number; end?: number } {
  const name = /^\w+[^\S\n\r]+([$\w]+)/.exec(source.slice(at));
  if (name !== null) {
    const start = at + name[0].length - name[1]!.length;
    return { message: `Undefined label '${name[1]}'`, start, end: start + name[1]!.length };
  }
  return { message: keyword === 'break' ? 'Illegal break statement' : 'Illegal continue statement: no surrounding iteration statement' };
}

function moduleSyntax(at: number, source: string): { message: string; end: number } {
  if (source.startsWith('export', at)) return { message: "Unexpected token 'export'", end: at + 6 };
  return { message: 'Cannot use import statement outside a module', end: at + 6 };
}

/** `failure` is the parser's error for `source`. */
export function explainSyntaxError(failure: ParseFailure, source: string, options: { readonly strict: boolean }): SyntaxProblem {
  const text = failure.message.replace(/ \(\d+:\d+\)$/, '');
  const at = Math.min(failure.pos, source.length);
  const token = unexpected(source, at, options.strict);
  for (const [pattern, word] of wordings) {
    const parts = pattern.exec(text);
    if (parts === null) continue;
    const wording = word(parts, at, source);
    return { start: at, end: token.end, ...wording };
  }
  if (/^(?:The keyword|Unexpected token|Cannot use keyword|Unexpected reserved word|Escape sequence in keyword)/.test(text)) {
    const keyword = /^The keyword '(\w+)' is reserved/.exec(text)?.[1];
    if (keyword !== undefined)
      return { ...token, message: strictReserved.has(keyword) ? 'Unexpected strict mode reserved word' : 'Unexpected reserved word' };
    const awaiting = /(?<![$\w.])await\s+$/.exec(source.slice(0, at));
    // Where nothing follows that could begin a value, "await" was read as the operator it is in an async function.
    if (awaiting !== null && !/^[)\]},;:]?$/.test(source.slice(at, at + 1))) {
      const message = 'await is only valid in async functions and the top level bodies of modules';
      return { message, start: awaiting.index, end: awaiting.index + 5 };
    }
    const declaration = /(?:\b(const)\s+)[$\w]+\s*$/.exec(source.slice(0, at));
    if (declaration !== null) {
      const start = declaration.index + declaration[0].search(/[$\w]+\s*$/);
      return {
        message: 'Missing initializer in const declaration',
        start,
        end: start + declaration[0].trimEnd().length - (start - declaration.index),
      };
    }
    if (isInArguments(source, at) && afterValue(source, at)) {
      const last = /(?:"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|[$\w]+|\S)(?:\s|\/\*[^]*?\*\/)*$/.exec(
        source.slice(0, at),
      )!;
      return {
        message: 'missing ) after argument list',
        start: last.index,
        end: last.index + last[0].replace(/(?:\s|\/\*[^]*?\*\/)+$/, '').length,
      };
    }
    const unnamed = /\bfunction\s*\*?\s*$/.exec(source.slice(0, at));
    if (unnamed !== null && token.message === "Unexpected token '('") {
      return { message: 'Function statements require a function name', start: unnamed.index, end: unnamed.index + 8 };
    }
  }
  return token;
}
