/**
 * Where a text catches errors. A parser would take longer to read a file than the engine: this looks at brackets, strings, comments and
 * regular expressions alone, and says so where it is not sure which of them it reads.
 */
import type { Edits } from './edits.ts';
import { eachChild, type Node } from './syntax.ts';

/** Offsets of a `catch (…) { … }`. */
export interface CatchClause {
  /** Of what is between the parentheses. */
  readonly start: number;
  readonly end: number;
  /** Behind the opening brace of the body, and at the closing one. */
  readonly body: number;
  readonly bodyEnd: number;
}

const identifier = /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u;
const wordBefore = /[$\w\u0080-\uffff]/;
const lineEnd = /[\n\r\u2028\u2029]/g;
const following = /(?:\s|\/\*[^]*?\*\/|\/\/.*)*catch\b/y;
const interesting = /['"`(){}]|\/[*/]?/g;
const regularExpression = /\/(?:[^\\/[\n\r\u2028\u2029]|\\[^\n\r\u2028\u2029]|\[(?:[^\]\\\n\r\u2028\u2029]|\\[^\n\r\u2028\u2029])*\])+\//y;
/** What an expression can follow. */
const beforeExpression = /^(?:await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)$/;
const beforeStatement = /^(?:if|for|while|with)$/;

type Bracket = '(' | 'catch (' | 'statement (' | 'try {' | 'catch {' | 'block {' | 'object {' | 'unknown {' | '${';

interface Open {
  readonly kind: Bracket;
  readonly at: number;
}

export const mayCatch = (source: string): boolean => source.includes('catch') && /\bcatch\s*(?:\(|\/[*/])/.test(source);

/** In the order of their ends. Undefined where only a parser can tell. */
export function catchClauses(source: string): CatchClause[] | undefined {
  const clauses: CatchClause[] = [];
  const open: Open[] = [];
  /** Comments with nothing but space between them, read last. */
  let comments = { start: -1, end: -1 };
  /** The last letter of the keyword that follows the block of a `try`. */
  let keywordEnd = -1;
  let closed: Open | undefined;
  let param: { start: number; end: number } | undefined;
  const params: { start: number; end: number; body: number }[] = [];
  /** The last character before `at` that is code. */
  const before = (at: number): number => {
    let found = at - 1;
    for (;;) {
      while (found >= 0 && source.charCodeAt(found) <= 32) found -= 1;
      if (found + 1 === comments.end) found = comments.start - 1;
      else if (found >= 0 && /\s/.test(source[found]!)) found -= 1;
      else return found;
    }
  };
  const wordStart = (last: number): number => {
    let start = last + 1;
    while (start > 0 && wordBefore.test(source[start - 1]!)) start -= 1;
    return start;
  };
  /** The keyword that ends at `last`, if it is no property. */
  const keyword = (last: number): string => {
    const start = wordStart(last);
    return source[start - 1] === '.' && source[start - 2] !== '.' ? '.' : source.slice(start, last + 1);
  };
  const skipTo = (end: RegExp, from: number): number => {
    end.lastIndex = from;
    return end.exec(source)?.index ?? source.length;
  };
  const text = (from: number): number => {
    const quote = source[from];
    for (let at = from + 1; at < source.length; at += 1) {
      const unit = source[at]!;
      if (unit === quote) return at + 1;
      if (unit === '\\') at += source.startsWith('\r\n', at + 1) ? 2 : 1;
      else if (unit === '\n' || unit === '\r') return -1;
    }
    return -1;
  };
  /** Behind the end of a template, or behind the `${` that `from` leads to. */
  const template = (from: number): number => {
    for (let at = from; at < source.length; at += 1) {
      const unit = source[at]!;
      if (unit === '`') return at + 1;
      if (unit === '\\') at += 1;
      else if (unit === '$' && source[at + 1] === '{') {
        open.push({ kind: '${', at });
        return at + 2;
      }
    }
    return -1;
  };
  /** Whether a slash begins a regular expression; undefined if that depends on what an earlier brace was. */
  const isExpression = (at: number): boolean | undefined => {
    const last = before(at);
    if (last < 0) return true;
    const unit = source[last]!;
    if (unit === ')') return closed?.kind === 'statement (';
    if (unit === '}') {
      if (closed === undefined || closed.kind === 'unknown {') return undefined;
      return closed.kind !== 'object {' && closed.kind !== '${';
    }
    if (unit === ']' || unit === '"' || unit === "'" || unit === '`' || unit === '/') return unit === '/' ? undefined : false;
    if ((unit === '+' || unit === '-') && source[last - 1] === unit) return false;
    return !wordBefore.test(unit) || beforeExpression.test(keyword(last));
  };
  const brace = (at: number): Bracket => {
    const last = before(at);
    if (param !== undefined) {
      const isBody = source[last] === ')' && last === param.end;
      if (isBody) params.push({ ...param, body: at + 1 });
      param = undefined;
      if (isBody) return 'catch {';
    }
    const unit = source[last] ?? ';';
    if (unit === ';' || unit === '{' || unit === '}') return 'block {';
    if (unit === ')') return closed?.kind === 'statement (' ? 'block {' : 'unknown {';
    if (unit === '>' && source[last - 1] === '=') return 'block {';
    if (!wordBefore.test(unit)) return unit === ':' ? 'unknown {' : 'object {';
    const word = keyword(last);
    if (word === 'try') return 'try {';
    if (word === 'do' || word === 'else' || word === 'finally' || word === 'catch') return 'block {';
    return word === 'return' || word === 'typeof' ? 'object {' : 'unknown {';
  };
  const parenthesis = (at: number): Bracket => {
    const last = before(at);
    if (!wordBefore.test(source[last] ?? '')) return '(';
    if (last === keywordEnd) return 'catch (';
    const word = keyword(last);
    if (beforeStatement.test(word)) return 'statement (';
    return word === 'await' && keyword(before(wordStart(last))) === 'for' ? 'statement (' : '(';
  };
  let at = source.startsWith('#!') ? skipTo(lineEnd, 0) : 0;
  for (;;) {
    interesting.lastIndex = at;
    const found = interesting.exec(source);
    if (found === null) return open.length === 0 ? clauses : undefined;
    const start = found.index;
    const [token] = found;
    at = start + token.length;
    switch (token) {
      case '//':
      case '/*': {
        // `/*` and `//` in a regular expression are behind its beginning, which is read as a whole.
        const last = before(start);
        at = token === '//' ? skipTo(lineEnd, at) : source.indexOf('*/', at) + 2;
        if (at === 1) return undefined;
        comments = {
          start: last + 1 === comments.start || (comments.start >= 0 && last < comments.start) ? comments.start : start,
          end: at,
        };
        break;
      }
      case '/': {
        const expression = isExpression(start);
        if (expression === undefined) return undefined;
        if (!expression) break;
        regularExpression.lastIndex = start;
        if (!regularExpression.test(source)) return undefined;
        at = regularExpression.lastIndex;
        while (/[a-z]/.test(source[at] ?? '')) at += 1;
        break;
      }
      case '"':
      case "'":
        at = text(start);
        if (at < 0) return undefined;
        break;
      case '`':
        at = template(start + 1);
        if (at < 0) return undefined;
        break;
      case '(':
        open.push({ kind: parenthesis(start), at: start });
        break;
      case '{':
        open.push({ kind: brace(start), at: start });
        break;
      case ')':
        closed = open.pop();
        if (closed === undefined || !closed.kind.endsWith('(')) return undefined;
        if (closed.kind === 'catch (') param = { start: closed.at + 1, end: start };
        break;
      default:
        closed = open.pop();
        if (closed === undefined || closed.kind.endsWith('(')) return undefined;
        if (closed.kind === 'try {') {
          following.lastIndex = at;
          keywordEnd = following.test(source) ? following.lastIndex - 1 : -1;
        }
        if (closed.kind === 'catch {') clauses.push({ ...params.pop()!, bodyEnd: start });
        else if (closed.kind === '${') {
          at = template(at);
          if (at < 0) return undefined;
        }
        break;
    }
  }
}

/** As {@link catchClauses}, of a text that was parsed. */
export function catchClausesOf(program: Node): CatchClause[] {
  const clauses: CatchClause[] = [];
  const look = (node: Node): void => {
    eachChild(node, look);
    if (node.type !== 'CatchClause' || node['param'] === null) return;
    const param = node['param'] as Node;
    const body = node['body'] as Node;
    clauses.push({ start: param.start, end: param.end, body: body.start + 1, bodyEnd: body.end - 1 });
  };
  look(program);
  return clauses;
}

/**
 * Lets a method of the helper (`HelperNames`) see what each clause catches before the program does. Nothing but insertions: {@link withoutCaught} takes them
 * out again.
 */
export function editCatchClauses(
  source: string,
  clauses: readonly CatchClause[],
  edits: Edits,
  helper: string,
  method: 'c' | 'n' = 'c',
): void {
  for (const { start, end, body, bodyEnd } of clauses) {
    const param = source
      .slice(start, end)
      .replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
      .trim();
    if (identifier.test(param)) {
      // As what closes the brace: the first statement may begin with a call that is handed to the helper.
      edits.close(body, `${helper}.${method}(${param});`);
      continue;
    }
    // `catch ({ message }) {`: `catch ($bve){let { message }=$bvh.c($bve); {`, its parenthesis that of the call.
    edits.open(start, '$bve){let ');
    edits.open(end, `=${helper}.${method}($bve`);
    edits.open(body - 1, '/*$bv*/;');
    edits.close(bodyEnd + 1, '/*$bv*/}');
  }
}

const inserted =
  /(?:\$bv(?:\d+_h|h|s\[\d+\])|primordials)\.[cn]\([$\u200c\u200d\p{ID_Continue}]+\);|\$bve\)\{let |=(?:\$bv(?:\d+_h|h|s\[\d+\])|primordials)\.[cn]\(\$bve|\/\*\$bv\*\/[;}]|primordials\.p\(this\);try\{|\}catch\(\$e\).*?\.q\(\)\}/gu;

/** Whether V8 may call by our names what is awaited: taken apart, or called on. */
export const mayNameAwaited = (source: string): boolean => source.includes('await') && /(?:[\]}]\s*=|\()\s*await\b/.test(source);

/** The text of a function before {@link editCatchClauses}, and before what `builtins.ts` puts around functions of the library that call back. */
export const withoutCaught = (text: string): string => text.replace(inserted, '');
