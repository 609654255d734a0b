/** Built-in functions that V8 shows as the innermost frame of what they throw; other engines show none. */
import type { Use } from './outline.ts';

/** Of the error's message in V8's words, of what was called as it is written, and what V8 shows. */
const throwers: readonly (readonly [message: RegExp, called: RegExp, shown: string])[] = [
  [/\bJSON\b/, /^JSON(Parse)$/, 'parse'],
  [/\bJSON\b|^Do not know how to serialize a BigInt/, /^JSON\.(parse|stringify)$/, 'JSON.$1'],
  [/^Invalid count value: |^The normalization form should be /, /\.(repeat|normalize)$/, 'String.$1'],
  [/^Invalid code point /, /^String\.(fromCodePoint)$/, 'String.$1'],
  [/^URI malformed$/, /^((?:de|en)codeURI(?:Component)?)$/, '$1'],
  [/^Reduce of empty array with no initial value$/, /\.(reduce|reduceRight)$/, 'Array.$1'],
  [/^Cannot convert .* to a BigInt$|cannot be converted to a BigInt/, /^(BigInt)$/, '$1'],
  [/^to\w+\(\) .*argument must be between /, /\.(to(?:Fixed|Precision|Exponential|String))$/, 'Number.$1'],
  [/^Invalid time value$/, /\.(toISOString)$/, 'Date.$1'],
  [/^Invalid (?:regular expression: |flags supplied to RegExp)/, /^new (RegExp)$/, 'new $1'],
  [/./, /^((?:new )?(?:Async|Generator|AsyncGenerator)?Function)$/, '$1'],
  [/./, /^\d+,\s*(eval)$/, '$1'],
  [/^Iterator value .* is not an entry object$/, /^new ((?:Weak)?Map)$/, 'new $1'],
  [
    /^Object prototype may only be |^Cannot convert undefined or null to object$|^Cannot (?:re)?define property|called on (?:non-object|null or undefined)$|^Property description must be an object/,
    /^((?:Object|Reflect)\.\w+)$/,
    '$1',
  ],
];

/** @param text Of the script that `use` is in. */
export function throwerOf({ node, how }: Use, text: string, message: string): string | undefined {
  const callee = node['callee'] as { readonly start: number; readonly end: number } | undefined;
  if (callee === undefined || how === 'read') return undefined;
  const written = `${how === 'new' ? 'new ' : ''}${text.slice(callee.start, callee.end)}`;
  for (const [words, called, shown] of throwers)
    if (called.test(written) && words.test(message)) return shown.replace('$1', called.exec(written)![1]!);
  return undefined;
}
