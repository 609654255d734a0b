/**
 * Types out of TypeScript, every other character left where it is: what Node asks `internal/deps/amaro` for. sucrase decides which
 * tokens are types; they become spaces. Syntax that would need other code than what is left is refused.
 *
 * This file is bundled as a builtin of Node's library, so that it is read and evaluated when a first `.ts` file is.
 */
import * as helperModule from 'sucrase/dist/HelperManager.js';
import * as nameModule from 'sucrase/dist/NameManager.js';
import * as parserModule from 'sucrase/dist/parser/index.js';
import type { Token } from 'sucrase/dist/parser/index.js';
import * as processorModule from 'sucrase/dist/TokenProcessor.js';
import * as rootModule from 'sucrase/dist/transformers/RootTransformer.js';
import { findUnsupported } from './unsupported.ts';

export interface StripOptions {
  readonly mode?: 'strip-only' | 'transform';
  readonly filename?: string;
  readonly sourceMap?: boolean;
}

/** The shape in which amaro fails. */
export class StripError extends Error {
  readonly code: 'UnsupportedSyntax' | 'InvalidSyntax';
  readonly filename: string;
  readonly startLine: number;
  readonly snippet: string;

  constructor(code: StripError['code'], message: string, source: string, filename: string, start: number, end: number) {
    super(message);
    this.code = code;
    this.filename = filename;
    const before = source.slice(0, start).split('\n');
    this.startLine = before.length;
    const lines = source.split('\n');
    const at = before.length - 1;
    const line = lines[at] ?? '';
    const column = before[at]!.length;
    const marks = '^'.repeat(Math.max(0, Math.min(end - start, line.length - column)));
    // One line before and one after, if they hold anything.
    const around = (index: number) => (lines[index] ? `${lines[index]}\n` : '');
    this.snippet = `${around(at - 1)}${line}\n${marks === '' ? '' : `${' '.repeat(column)}${marks}\n`}${around(at + 1)}`;
  }
}

// CommonJS packages: what `default` is depends on who loads them.
const pick = <T>(module: T, name: string): Function => {
  const exports = module as Record<string, unknown> & { default?: unknown };
  if (typeof exports[name] === 'function') return exports[name] as Function;
  const inner = exports.default as Record<string, unknown> | Function;
  if (typeof inner === 'function') return inner;
  return (inner[name] ?? inner['default']) as Function;
};
const parse = pick(parserModule, 'parse') as typeof parserModule.parse;
const HelperManager = pick(helperModule, 'HelperManager') as typeof helperModule.HelperManager;
const NameManager = pick(nameModule, 'default') as typeof nameModule.default;
const RootTransformer = pick(rootModule, 'default') as typeof rootModule.default;
const TokenProcessor = pick(processorModule, 'default') as typeof processorModule.default;

/** Notes which tokens the transformer copies. */
class KeptTokens extends TokenProcessor {
  readonly kept = new Set<number>();

  override copyToken(): void {
    this.kept.add(this.tokenIndex);
    super.copyToken();
  }
  override copyTokenWithPrefix(prefix: string): void {
    this.kept.add(this.tokenIndex);
    super.copyTokenWithPrefix(prefix);
  }
  override replaceToken(code: string): void {
    this.kept.delete(this.tokenIndex);
    super.replaceToken(code);
  }
  override replaceTokenTrimmingLeftWhitespace(code: string): void {
    this.kept.delete(this.tokenIndex);
    super.replaceTokenTrimmingLeftWhitespace(code);
  }
}

interface ParseError extends Error {
  readonly pos?: number;
}

/** @throws {StripError} */
export function transformSync(source: string, options: StripOptions = {}): { code: string; map: undefined } {
  const filename = options.filename ?? '';
  if (options.mode === 'transform' || options.sourceMap === true) {
    throw new StripError(
      'UnsupportedSyntax',
      'Only type stripping is supported, not the transformation of TypeScript',
      source,
      filename,
      0,
      0,
    );
  }
  // A hashbang is a comment to us; the parser knows none.
  const text = source.startsWith('#!') ? `//${source.slice(2)}` : source;
  let tokens: Token[];
  let scopes: unknown[];
  try {
    ({ tokens, scopes } = parse(text, false, true, false));
  } catch (error) {
    const at = (error as ParseError).pos ?? 0;
    throw new StripError('InvalidSyntax', invalidMessage(error as ParseError, text, at), source, filename, at, at + 1);
  }
  const unsupported = findUnsupported(text, tokens);
  if (unsupported !== undefined)
    throw new StripError('UnsupportedSyntax', unsupported.message, source, filename, unsupported.start, unsupported.end);
  const names = new NameManager(text, tokens);
  const helperManager = new HelperManager(names);
  const tokenProcessor = new KeptTokens(text, tokens, false, true, helperManager);
  const context = { tokenProcessor, scopes, nameManager: names, importProcessor: null, helperManager };
  const settings = { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true, preserveDynamicImport: true };
  new RootTransformer(context, settings.transforms, false, settings).transform();
  return { code: blankRemoved(source, tokens, tokenProcessor.kept), map: undefined };
}

function invalidMessage(error: ParseError, text: string, at: number): string {
  if (at >= text.trimEnd().length) return "Expected ',', got '<eof>'";
  const word = /^(?:[\w$]+|.)/.exec(text.slice(at))?.[0] ?? '';
  return word === '' ? error.message : `Unexpected token \`${word}\``;
}

/** Spaces for tokens that were not kept and for what lies between two of them. */
function blankRemoved(source: string, tokens: readonly Token[], kept: ReadonlySet<number>): string {
  let code = '';
  let at = 0;
  let removedBefore = false;
  for (const [index, token] of tokens.entries()) {
    if (token.end <= token.start) continue;
    const isKept = kept.has(index) || isRewritten(source, tokens, index);
    const gap = source.slice(at, token.start);
    code += removedBefore && !isKept ? blank(gap) : gap;
    const own = source.slice(token.start, token.end);
    if (isKept) code += own;
    else if (!removedBefore && needsSemicolon(source, code, tokens, kept, index)) code += `;${blank(own.slice(1))}`;
    else code += blank(own);
    removedBefore = !isKept;
    at = token.end;
  }
  return code + source.slice(at);
}

/** What the transformer moves or writes anew, and need not be where types become spaces. */
function isRewritten(source: string, tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]!;
  if (token.isType) return false;
  const text = source.slice(token.start, token.end);
  if (text === ',')
    return (
      source[tokens[index + 1]?.start ?? source.length] === '{' &&
      /^(?:[\w$]+)$/.test(source.slice(tokens[index - 1]!.start, tokens[index - 1]!.end))
    );
  return text === '=>' || text === 'async' || text === '(' || text === ')';
}

const blank = (text: string): string => text.replace(/[^\n\r\u2028\u2029]/g, ' ');

/** Where a removed statement stood between two that would now run into each other. */
function needsSemicolon(source: string, before: string, tokens: readonly Token[], kept: ReadonlySet<number>, index: number): boolean {
  if (!/^(?:type|interface|declare|import|export|abstract|function|async|namespace)\b/.test(source.slice(tokens[index]!.start)))
    return false;
  const last = before.trimEnd().slice(-1);
  if (last === '' || last === ';' || last === '{' || last === '}' || last === '(' || last === ',') return false;
  let next = index;
  while (next < tokens.length && !kept.has(next)) next += 1;
  return (
    next < tokens.length &&
    /^[([`+\-/*]/.test(source.slice(tokens[next]!.start)) &&
    source.slice(tokens[index]!.start, tokens[next]!.start).includes('\n')
  );
}
