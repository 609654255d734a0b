/** What Firefox says when it throws, in V8's words. */
import type { ThrownAt } from './expressions.ts';
import { placedMessage } from './gecko-places.ts';
import { withAuthorsNames } from './imported-names.ts';

/** Of what the message alone tells. */
const rewordings: readonly (readonly [RegExp, string])[] = [
  [/^can't access property "(.*)", .* is (null|undefined)$/s, "Cannot read properties of $2 (reading '$1')"],
  [/^can't access property "(.*)" of (null|undefined)$/s, "Cannot read properties of $2 (reading '$1')"],
  [/^can't access property (Symbol\.\w+)(?:, .* is| of) (null|undefined)$/s, "Cannot read properties of $2 (reading 'Symbol($1)')"],
  [/^can't access property Symbol\("(.*)"\)(?:, .* is| of) (null|undefined)$/s, "Cannot read properties of $2 (reading 'Symbol($1)')"],
  [/^can't access property ([-\d.e+]+)(?:, .* is| of) (null|undefined)$/s, "Cannot read properties of $2 (reading '$1')"],
  [/^can't access lexical declaration '(.*)' before initialization$/, "Cannot access '$1' before initialization"],
  [/^assignment to undeclared variable (.*)$/, '$1 is not defined'],
  [/^invalid assignment to const '.*'$/, 'Assignment to constant variable.'],
  [/^redeclaration of (?:\w+) (.*)$/, "Identifier '$1' has already been declared"],
  [/^No Promise in Promise\.any was resolved$/, 'All promises were rejected'],
  [/^too much recursion$/, 'Maximum call stack size exceeded'],
  [/^invalid date$/, 'Invalid time value'],
  [/^malformed URI sequence$/, 'URI malformed'],
  [/^can't convert symbol to (string|number)$/, 'Cannot convert a Symbol value to a $1'],
  [/^reduce of empty array with no initial value$/, 'Reduce of empty array with no initial value'],
  [/^reduce of empty iterator with no initial value$/, 'Reduce of a done iterator with no initial value'],
  [
    /^(.*) can't be converted to BigInt because it isn't an integer$/,
    'The number $1 cannot be converted to a BigInt because it is not an integer',
  ],
  [/^Invalid type: first can't be a Regular Expression$/, 'First argument to String.prototype.startsWith must not be a regular expression'],
  [/^undefined currency in NumberFormat\(\) with currency style$/, 'Currency code is required with currency style.'],
  [/^Date\.prototype\.\w+ called on incompatible .*$/s, 'this is not a Date object.'],
  [/^BigInt division by zero$/, 'Division by zero'],
  [/^BigInt negative exponent$/, 'undefined must be positive'],
  [/^radix must be an integer at least 2 and no greater than 36$/, 'toString() radix argument must be between 2 and 36'],
  [/^form must be one of 'NFC'.*$/, 'The normalization form should be one of NFC, NFD, NFKC, NFKD.'],
  [/^(.*) is not a valid code point$/, 'Invalid code point $1'],
  [/^(matchAll|replaceAll) must be called with a global RegExp$/, 'String.prototype.$1 called with a non-global RegExp argument'],
  [/^invalid language tag: .*$/, 'Incorrect locale information provided'],
  [/^invalid time zone: (.*)$/, 'Invalid time zone specified: $1'],
  [/^WeakMap key .* must be an object or an unregistered symbol$/s, 'Invalid value used as weak map key'],
  [/^WeakSet value .* must be an object or an unregistered symbol$/s, 'Invalid value used in weak set'],
  [/^cannot use the given object as the target of a WeakRef$/, 'WeakRef: invalid target'],
  [/^cannot use 'in' operator to search for "(.*)" in "(.*)"$/s, "Cannot use 'in' operator to search for '$1' in $2"],
  [/^invalid 'instanceof' operand .*$/s, "Right-hand side of 'instanceof' is not an object"],
  [/^'prototype' property of .* is not an object$/s, "Function has non-object prototype 'undefined' in instanceof check"],
  [/^can't redefine non-configurable property "(.*)"$/, 'Cannot redefine property: $1'],
  [/^Property descriptor must be an object, got (.*)$/, 'Property description must be an object: $1'],
  [
    /^property descriptors must not specify a value or be writable when a getter or setter has been specified$/,
    'Invalid property descriptor. Cannot both specify accessors and a value or writable attribute',
  ],
  [/^can't set prototype: it would cause a prototype chain cycle$/, 'Cyclic __proto__ value'],
  [
    /^Object\.setPrototypeOf: At least 2 arguments required, but only 1 passed$/,
    'Object prototype may only be an Object or null: undefined',
  ],
  [/^can't set prototype of this object$/, '#<Object> is not extensible'],
  [
    /^must call super constructor before using 'this' in derived class constructor$/,
    "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
  ],
  [/^super\(\) called twice in derived class constructor$/, 'Super constructor may only be called once'],
  [/^derived class constructor returned invalid value .*$/s, 'Derived constructors may only return object or undefined'],
  [/^calling a builtin Promise constructor without new is forbidden$/, "Promise constructor cannot be invoked without 'new'"],
  [/^calling a builtin (\w+) constructor without new is forbidden$/, "Constructor $1 requires 'new'"],
  [/^can't assign to property "(.*)" on "(.*)": not an object$/s, "Cannot create property '$1' on string '$2'"],
  [/^can't assign to property "(.*)" on (\d.*): not an object$/s, "Cannot create property '$1' on number '$2'"],
  [/^can't assign to property "(.*)" on (true|false): not an object$/s, "Cannot create property '$1' on boolean '$2'"],
  [/^already executing generator$/, 'Generator is already running'],
  [/^\[Symbol\.iterator\]\(\) returned a non-object value$/, 'Result of the Symbol.iterator method is not an object'],
  [/^illegal operation attempted on a revoked proxy$/, "Cannot perform 'get' on a proxy that has been revoked"],
  [/^`target` argument of Proxy must be an object.*$/s, 'Cannot create proxy with a non-object as target or handler'],
  [/^`target` argument of (Reflect\.\w+) must be an object.*$/s, '$1 called on non-object'],
  [/^proxy (\w+) handler returned false for property '"(.*)"'$/, "'$1' on proxy: trap returned falsish for property '$2'"],
  [
    /^can't delete property '"(.*)"': proxy deleteProperty handler returned false$/,
    "'deleteProperty' on proxy: trap returned falsish for property '$1'",
  ],
  [/^can't convert .* to (?:string|number|primitive type).*$/s, 'Cannot convert object to primitive value'],
  [/^offset is outside the bounds of the DataView$/, 'Offset is outside the bounds of the DataView'],
  [/^source array is too long$/, 'offset is out of bounds'],
  [/^buffer length for (\w+) should be a multiple of (\d)$/, 'byte length of $1 should be a multiple of $2'],
  [/^start offset of (\w+) should be a multiple of (\d)$/, 'start offset of $1 should be a multiple of $2'],
  [/^Iterator constructor can't be used directly$/, 'Abstract class Iterator not directly constructable'],
  [/^second argument to Function\.prototype\.apply must be an array$/, 'CreateListFromArrayLike called on non-object'],
  [/^unreachable executed$/, 'unreachable'],
  [/^integer divide by zero$/, 'divide by zero'],
  [/^index out of bounds$/, 'memory access out of bounds'],
  [/^BigInt value can't be serialized in JSON$/, 'Do not know how to serialize a BigInt'],
];

/** @param place Where it was thrown, if that is known; asked for only where it tells something. */
export function geckoMessage(error: Error, message: string, place: () => ThrownAt | undefined): string {
  const plain = withAuthorsNames(message);
  const told = placedMessage(error, plain, place);
  if (told !== undefined) return told;
  for (const [pattern, words] of rewordings) if (pattern.test(plain)) return plain.replace(pattern, words);
  return error instanceof TypeError ? plain : message;
}
