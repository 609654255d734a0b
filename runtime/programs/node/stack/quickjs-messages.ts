/** What QuickJS says when it throws, in V8's words. */
import { withAuthorsNames } from './imported-names.ts';

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
export function quickJsMessage(said: string, text: string | undefined, column: number): string {
  const message = withAuthorsNames(said);
  for (const [pattern, words] of rewordings) if (pattern.test(message)) return message.replace(pattern, words);
  if (message === 'not a function' && text !== undefined) {
    const callee = /[\w$.#]+$/.exec(text.slice(0, column - 1))?.[0];
    if (callee !== undefined)
      return `${callee} is not ${/\bnew\s+[\w$.#]+$/.test(text.slice(0, column - 1)) ? 'a constructor' : 'a function'}`;
  }
  return message;
}
