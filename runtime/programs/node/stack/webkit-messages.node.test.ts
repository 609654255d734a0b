import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webkitHappening } from './webkit.ts';
import { webkitMessage } from './webkit-messages.ts';

/** What WebKitGTK 2.50 said, the line it said it of, and the column there. */
const said: readonly (readonly [message: string, line: string, column: number, v8: string])[] = [
  ["null is not an object (evaluating 'null.x')", '  null.x;', 7, "Cannot read properties of null (reading 'x')"],
  ["undefined is not an object (evaluating 'a.b.c')", 'a.b.c', 4, "Cannot read properties of undefined (reading 'c')"],
  ["undefined is not an object (evaluating 'a.b.c()')", 'a.b.c()', 4, "Cannot read properties of undefined (reading 'c')"],
  ["undefined is not an object (evaluating 'a.b.c = 1')", 'a.b.c = 1', 4, "Cannot set properties of undefined (setting 'c')"],
  ["Can't find variable: nope", 'nope', 5, 'nope is not defined'],
  ["a.b is not a function. (In 'a.b()', 'a.b' is undefined)", 'a.b()', 4, 'a.b is not a function'],
  ["(0,$bv.used) is not a function. (In '(0,$bv.used)()', '(0,$bv.used)' is 1)", 'used()', 1, 'used is not a function'],
  ["undefined is not a constructor (evaluating 'new vm.Nothing()')", 'new vm.Nothing()', 15, 'vm.Nothing is not a constructor'],
  ['Attempted to assign to readonly property.', 'x = 2;', 1, 'Assignment to constant variable.'],
  ['Attempted to assign to readonly property.', 'o.x = 2;', 3, 'Attempted to assign to readonly property.'],
  ['Maximum call stack size exceeded.', 'f()', 2, 'Maximum call stack size exceeded'],
  ['What nobody has reworded', '', 1, 'What nobody has reworded'],
];

test("webkitMessage() gives V8's words", () => {
  for (const [message, line, column, expected] of said) assert.equal(webkitMessage(message, line, column), expected);
});

test('webkitHappening() tells what was under way', () => {
  assert.equal(webkitHappening(new TypeError("undefined is not an object (evaluating 'a.b.c')")), 'property c');
  assert.equal(webkitHappening(new TypeError('Attempted to assign to readonly property.')), 'assignment');
  assert.equal(webkitHappening(new ReferenceError("Can't find variable: x")), 'none');
  assert.equal(webkitHappening(new TypeError("f is not a function. (In 'f()', 'f' is 1)")), 'function');
});
