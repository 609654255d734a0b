/** QuickJS's frames in V8's terms: which built-in functions show, and where in a line a call counts. */
import type { Frame } from './call-site.ts';

/** Built-in functions that have a frame in V8 too, by QuickJS's name for them. */
const shown: Readonly<Record<string, string>> = {
  forEach: 'Array.forEach',
  map: 'Array.map',
  filter: 'Array.filter',
  some: 'Array.some',
  every: 'Array.every',
  reduce: 'Array.reduce',
  reduceRight: 'Array.reduceRight',
  find: 'Array.find',
  findIndex: 'Array.findIndex',
  sort: 'Array.sort',
  flatMap: 'Array.flatMap',
  from: 'Array.from',
  replace: 'String.replace',
  parse: 'JSON.parse',
  stringify: 'JSON.stringify',
  Promise: 'new Promise',
};

/** A frame of a built-in function, undefined if V8 shows none. */
export function nativeFrame(frame: Frame): Frame | undefined {
  const name = frame.functionName === null ? undefined : shown[frame.functionName];
  return name === undefined ? undefined : { ...frame, functionName: name };
}

/**
 * QuickJS counts a call from its parenthesis and a property from its dot; V8 from the name, or from `new`. Both from 1.
 *
 * @param text The line.
 */
export function callColumn(text: string, column: number): number {
  const at = column - 1;
  if (text[at] === '.') return column + 1;
  if (text[at] !== '(') return column;
  const before = text.slice(0, at);
  const made = /\bnew\s+[\w$.#]+$/.exec(before);
  if (made !== null) return made.index + 1;
  const name = /[\w$#]+$/.exec(before);
  return name === null ? column : name.index + 1;
}

const rewordings: readonly (readonly [RegExp, string])[] = [
  [/^cannot read property '(.*)' of (null|undefined)$/, "Cannot read properties of $2 (reading '$1')"],
  [/^cannot set property '(.*)' of (null|undefined)$/, "Cannot set properties of $2 (setting '$1')"],
  [/^'(.*)' is not defined$/, '$1 is not defined'],
  [/^(.*) is not initialized$/, "Cannot access '$1' before initialization"],
  [/^'.*' is read-only$/, 'Assignment to constant variable.'],
  [/^cannot convert symbol to string$/, 'Cannot convert a Symbol value to a string'],
  [/^cannot convert symbol to number$/, 'Cannot convert a Symbol value to a number'],
  [/^stack overflow$/, 'Maximum call stack size exceeded'],
];

/**
 * V8's words for what QuickJS says.
 *
 * @param text The line it was thrown in, if it is known, and where.
 */
export function v8Message(message: string, text: string | undefined, column: number): string {
  for (const [pattern, words] of rewordings) if (pattern.test(message)) return message.replace(pattern, words);
  if (message === 'not a function' && text !== undefined) {
    const callee = /[\w$.#]+$/.exec(text.slice(0, column - 1))?.[0];
    if (callee !== undefined)
      return `${callee} is not ${/\bnew\s+[\w$.#]+$/.test(text.slice(0, column - 1)) ? 'a constructor' : 'a function'}`;
  }
  return message;
}
