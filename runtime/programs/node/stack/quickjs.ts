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

/** Where the name begins that the engine knows nothing of: WebKit counts from its end. */
export function nameColumn(text: string, column: number): number {
  return (/[\w$]+$/.exec(text.slice(0, column - 1))?.index ?? column - 1) + 1;
}
