/** V8's call sites: how one prints, and ours for engines that have none. */

import type { EvaluatedScript } from './evaluated.ts';

/** https://v8.dev/docs/stack-trace-api, the part that is asked of every frame. */
export interface CallSite {
  getThis(): unknown;
  getTypeName(): string | null;
  getFunction(): Function | undefined;
  getFunctionName(): string | null;
  getMethodName(): string | null;
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getEvalOrigin(): string | undefined;
  isToplevel(): boolean;
  isEval(): boolean;
  isNative(): boolean;
  isConstructor(): boolean;
  isAsync(): boolean;
  isPromiseAll(): boolean;
  getPromiseIndex(): number | null;
  getScriptNameOrSourceURL(): string | null;
  getScriptHash(): string;
  getEnclosingLineNumber(): number | null;
  getEnclosingColumnNumber(): number | null;
  getPosition(): number;
  toString(): string;
}

function location(site: CallSite): string {
  if (site.isNative()) return 'native';
  const name = site.getScriptNameOrSourceURL();
  let text = '';
  if (typeof name !== 'string' && site.isEval()) text += `${site.getEvalOrigin() ?? ''}, `;
  text += typeof name === 'string' && name !== '' ? name : '<anonymous>';
  const line = site.getLineNumber();
  if (line !== null && line !== -1) {
    text += `:${line}`;
    const column = site.getColumnNumber();
    if (column !== null && column !== -1) text += `:${column}`;
  }
  return text;
}

/** Accessors, private methods and names that are no identifiers stand alone. */
const identifier = /^[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*$/u;

function methodCall(site: CallSite): string {
  const type = site.getTypeName();
  const method = site.getMethodName();
  const name = site.getFunctionName();
  if (!name) return `${type === null ? '' : `${type}.`}${method || '<anonymous>'}`;
  let text = type && identifier.test(name) && !name.startsWith(`${type}.`) ? `${type}.${name}` : name;
  if (method && name !== method && !name.endsWith(`.${method}`) && !name.endsWith(` ${method}`)) text += ` [as ${method}]`;
  return text;
}

/** As V8 prints a frame after `    at `. */
export function printCallSite(site: CallSite): string {
  let text = '';
  if (site.isAsync()) {
    text = 'async ';
    const index = site.getPromiseIndex();
    if (index !== null) return `${text}Promise.${site.getFunctionName()} (index ${index})`;
  }
  const name = site.getFunctionName();
  if (!site.isToplevel() && !site.isConstructor()) text += methodCall(site);
  else if (site.isConstructor()) text += `new ${name || '<anonymous>'}`;
  else if (name) text += name;
  else return text + location(site);
  return `${text} (${location(site)})`;
}

export interface Frame {
  readonly functionName: string | null;
  readonly fileName: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly isNative: boolean;
  readonly isConstructor: boolean;
  readonly isAsync: boolean;
  /** `Promise.all` and the like wait for the promise of this index. */
  readonly promiseIndex?: number;
  /** What it was called on, where that is known. */
  readonly typeName?: string;
  readonly methodName?: string;
  /** The line in the text that the engine has. */
  readonly engineLine?: number;
  /** The code is what `eval` was given. */
  readonly evaluated?: EvaluatedScript | undefined;
  /** … by another name than `eval`. */
  readonly indirect?: boolean;
  /** Who called `eval`, where that is known: `eval at f (/a.js:1:2)`. */
  readonly evalOrigin?: string;
}

/** A call site made of what an engine's stack text tells. What the text does not tell is as in strict code. */
export class ParsedCallSite implements CallSite {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  getThis(): undefined {
    return undefined;
  }
  getTypeName(): string | null {
    // The body of a CommonJS module is called on `module.exports`.
    return this.#frame.functionName === 'Object.<anonymous>' ? 'Object' : (this.#frame.typeName ?? null);
  }
  getFunction(): undefined {
    return undefined;
  }
  getFunctionName(): string | null {
    return this.#frame.functionName === 'Object.<anonymous>' ? null : this.#frame.functionName;
  }
  getMethodName(): string | null {
    return this.#frame.methodName ?? null;
  }
  getFileName(): string | undefined {
    return this.#frame.fileName;
  }
  getLineNumber(): number | null {
    return this.#frame.isNative ? null : this.#frame.line;
  }
  getColumnNumber(): number | null {
    return this.#frame.isNative ? null : this.#frame.column;
  }
  getEvalOrigin(): string | undefined {
    return this.#frame.evalOrigin;
  }
  isToplevel(): boolean {
    return this.#frame.functionName !== 'Object.<anonymous>' && this.#frame.typeName === undefined && !this.#frame.isConstructor;
  }
  isEval(): boolean {
    return this.#frame.evalOrigin !== undefined;
  }
  isNative(): boolean {
    return false;
  }
  isConstructor(): boolean {
    return this.#frame.isConstructor;
  }
  isAsync(): boolean {
    return this.#frame.isAsync;
  }
  isPromiseAll(): boolean {
    return this.#frame.promiseIndex !== undefined && this.#frame.functionName === 'all';
  }
  getPromiseIndex(): number | null {
    return this.#frame.promiseIndex ?? null;
  }
  getScriptNameOrSourceURL(): string | null {
    return this.#frame.fileName ?? null;
  }
  getScriptHash(): string {
    return '';
  }
  getEnclosingLineNumber(): number | null {
    return this.getLineNumber();
  }
  getEnclosingColumnNumber(): number | null {
    return this.getColumnNumber();
  }
  getPosition(): number {
    return 0;
  }
  toString(): string {
    return printCallSite(this);
  }
}
Object.defineProperty(ParsedCallSite, 'name', { value: 'CallSite' });
