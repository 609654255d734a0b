import assert from 'node:assert/strict';
import { test } from 'node:test';
import util from 'node:util';
import { colors } from './colors.ts';
import { inspect } from './inspect.ts';

test('inspect(): as util.inspect, for plain data', () => {
  let seed = 7;
  const random = (below: number) => Math.floor(((seed = (seed * 48271) % 2147483647) / 2147483647) * below);
  const words = [
    'a',
    'name',
    'not-a-name',
    'x'.repeat(30),
    "it's",
    'two\nlines',
    'a "b" \'c\'',
    '1.0.0',
    '',
    '\u001b[31m',
    'y'.repeat(70) + '\nz',
  ];
  const word = () => words[random(words.length)] as string;
  const value = (depth: number): unknown => {
    const kind = random(depth > 4 ? 4 : 8);
    if (kind < 2) return word();
    if (kind === 2) return random(100_000) - 5;
    if (kind === 3) return [null, true, undefined][random(3)];
    const isList = kind < 6;
    const length = random(isList ? 9 : 5) * (isList && random(6) === 0 ? 20 : 1);
    if (!isList) return Object.fromEntries(Array.from({ length }, () => [word(), value(depth + 1)]));
    const simple = random(2) === 0;
    return Array.from({ length }, () => (simple ? (random(3) === 0 ? word() : random(1000)) : value(depth + 1)));
  };
  for (let i = 0; i < 3000; i++) {
    const one = value(0);
    assert.equal(inspect(one), util.inspect(one), JSON.stringify(one));
    assert.equal(inspect(one, { paint: colors(true) }), util.inspect(one, { colors: true }), JSON.stringify(one));
    assert.equal(inspect(one, { depth: 5, maxEntries: Infinity }), util.inspect(one, { depth: 5, maxArrayLength: null }));
  }
});
