/** What WebKit says when it throws, in V8's words. */
import { propertyRead } from './webkit.ts';
import { withAuthorsNames } from './imported-names.ts';

const rewordings: readonly (readonly [RegExp, string])[] = [
  [/^Can't find variable: (.*)$/s, '$1 is not defined'],
  [/^Cannot access '(.*)' before initialization\.$/s, "Cannot access '$1' before initialization"],
  [/^(.*) is not a function\. \(In '.*', '.*' is .*\)$/s, '$1 is not a function'],
  [/^.* is not a constructor \(evaluating 'new ([^(]*).*'\)$/s, '$1 is not a constructor'],
  [/^undefined is not a function \(near '\.\.\..* of (.*?)(?:\.\.\.)?'\)$/s, '$1 is not iterable'],
  [/^Cannot call a class constructor (.+) without \|new\|$/s, "Class constructor $1 cannot be invoked without 'new'"],
  [/^Cannot call a class constructor without \|new\|$/s, "Class constructor cannot be invoked without 'new'"],
  [/^Maximum call stack size exceeded\.$/, 'Maximum call stack size exceeded'],
  [/^Array size is not a small enough positive integer\.$/, 'Invalid array length'],
  [/^Invalid Date$/, 'Invalid time value'],
  [/^Cannot convert a symbol to a (string|number)$/, 'Cannot convert a Symbol value to a $1'],
  [/^Invalid mix of BigInt and other type in .*$/, 'Cannot mix BigInt and other types, use explicit conversions'],
  [/^Conversion from 'BigInt' to 'number' is not allowed\.$/, 'Cannot convert a BigInt value to a number'],
  [/^reduce of empty array with no initial value$/, 'Reduce of empty array with no initial value'],
  [/^URI error$/, 'URI malformed'],
  [/^Attempting to define property on object that is not extensible\.$/, 'Cannot define property, object is not extensible'],
];

/**
 * V8's words for what WebKit says.
 *
 * @param line The line it was thrown in, if it is known.
 * @param column Where in it.
 */
export function webkitMessage(message: string, line: string | undefined, column: number): string {
  const property = propertyRead(message);
  if (property !== undefined) {
    const of = message.startsWith('null') ? 'null' : 'undefined';
    const set = / \(evaluating '.*[\w$]\s*=[^=>].*'\)$/s.test(message);
    return `Cannot ${set ? 'set' : 'read'} properties of ${of} (${set ? 'setting' : 'reading'} '${property}')`;
  }
  if (message === 'Attempted to assign to readonly property.' && line !== undefined) {
    const assigned = /^[\w$]+\s*(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?!=)|^(?:\+\+|--)[\w$]+|^[\w$]+(?:\+\+|--)/;
    if (assigned.test(line.slice(column - 1)) && line[column - 2] !== '.') return 'Assignment to constant variable.';
  }
  const plain = withAuthorsNames(message);
  for (const [pattern, words] of rewordings) if (pattern.test(plain)) return plain.replace(pattern, words);
  return plain;
}
