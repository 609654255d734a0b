import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parse } from 'acorn';
import type { Node } from '../modules/syntax.ts';
import { throwerOf } from './throwers.ts';

function thrower(text: string, message: string): string | undefined {
  const node = (parse(text, { ecmaVersion: 'latest' }) as unknown as Node)['body'][0].expression as Node;
  const how = node.type === 'NewExpression' ? 'new' : node['callee'].type === 'MemberExpression' ? 'method' : 'plain';
  return throwerOf({ node, how }, text, message);
}

function thrown(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown');
}

it('throwerOf() names the built-in functions that V8 shows', () => {
  for (const text of [
    "JSON.parse('{')",
    'JSON.stringify({ n: 1n })',
    "'x'.repeat(-1)",
    "'x'.normalize('y')",
    "decodeURI('%')",
    "encodeURIComponent('\\ud800')",
    '[].reduceRight((a) => a)',
    "BigInt('x')",
    'BigInt(1.5)',
    '(1).toString(1)',
    '(1).toPrecision(200)',
    'new Date(NaN).toISOString()',
    "new RegExp('[')",
    'new WeakMap([1])',
    'String.fromCodePoint(-1)',
    'Object.entries(undefined)',
    'Reflect.getPrototypeOf(1)',
    'Object.create(1)',
  ]) {
    const { message, stack = '' } = thrown(() => new Function(`return ${text}`)() as unknown);
    const [, shown] = /^ {4}at (.+) \(<anonymous>\)$/m.exec(stack) ?? [];
    assert.ok(shown !== undefined, stack);
    assert.equal(thrower(text, message), shown, text);
  }
});

it('throwerOf() names none where a call itself fails, or a function of the program', () => {
  assert.equal(thrower('JSON.parse(text)', 'text is not defined'), undefined);
  assert.equal(thrower("'x'.repeat(-1)", "'x'.repeat is not a function"), undefined);
  assert.equal(thrower("parse('{')", 'Unexpected end of JSON input'), undefined);
  assert.equal(thrower("new SyntaxError('no JSON')", 'no JSON'), undefined);
});
