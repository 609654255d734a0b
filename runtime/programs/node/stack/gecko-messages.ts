/** What Firefox says when it throws, in V8's words. */
import { withAuthorsNames } from './imported-names.ts';

const rewordings: readonly (readonly [RegExp, string])[] = [
  [/^can't access property "(.*)", .* is (null|undefined)$/s, "Cannot read properties of $2 (reading '$1')"],
  [/^can't access property "(.*)" of (null|undefined)$/s, "Cannot read properties of $2 (reading '$1')"],
  [/^can't access property (Symbol\.\w+) of (null|undefined)$/, "Cannot read properties of $2 (reading 'Symbol($1)')"],
  [/^can't access lexical declaration '(.*)' before initialization$/, "Cannot access '$1' before initialization"],
  [/^invalid assignment to const '.*'$/, 'Assignment to constant variable.'],
  [/^No Promise in Promise\.any was resolved$/, 'All promises were rejected'],
  [/^too much recursion$/, 'Maximum call stack size exceeded'],
  [/^invalid array length$/, 'Invalid array length'],
  [/^invalid date$/, 'Invalid time value'],
  [/^malformed URI sequence$/, 'URI malformed'],
  [/^can't convert symbol to string$/, 'Cannot convert a Symbol value to a string'],
  [/^can't convert symbol to number$/, 'Cannot convert a Symbol value to a number'],
  [/^can't convert BigInt to number$/, 'Cannot mix BigInt and other types, use explicit conversions'],
  [/^reduce of empty array with no initial value$/, 'Reduce of empty array with no initial value'],
  [
    /^(.*) can't be converted to BigInt because it isn't an integer$/,
    'The number $1 cannot be converted to a BigInt because it is not an integer',
  ],
  [/^class constructors must be invoked with 'new'$/, "Class constructor cannot be invoked without 'new'"],
  [/^can't define property "(.*)": Object is not extensible$/, 'Cannot define property $1, object is not extensible'],
  [/^can't convert (?:undefined|null) to object$/, 'Cannot convert undefined or null to object'],
];

/**
 * @param line The line it was thrown in, if that is known.
 * @param column Where in it.
 */
export function geckoMessage(error: Error, message: string, line: string | undefined, column: number): string {
  const plain = withAuthorsNames(message);
  for (const [pattern, words] of rewordings) {
    if (!pattern.test(plain)) continue;
    const said = plain.replace(pattern, words);
    const property = / \(reading '(.*)'\)$/s.exec(said)?.[1];
    const written = property === undefined || line === undefined ? -1 : line.indexOf(`.${property}`, column - 1);
    const assigned =
      written >= 0 && /^\s*(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])/.test(line!.slice(written + 1 + property!.length));
    return assigned ? said.replace('Cannot read', 'Cannot set').replace(" (reading '", " (setting '") : said;
  }
  return error instanceof TypeError ? plain : message;
}
