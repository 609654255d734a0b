/** The order of names, against the collator that Node has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareNames } from './compare-names.ts';

const { compare } = new Intl.Collator('en');
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

function same(a: string, b: string): void {
  assert.equal(compareNames(a, b), Math.sign(compare(a, b)), `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
}

test('compareNames() has each two characters of ASCII in the order of the collator, alone and where they are not the first', () => {
  const all = Array.from({ length: 128 }, (_, i) => String.fromCharCode(i));
  for (const a of all) {
    for (const b of all) {
      same(a, b);
      same(`x${a}`, `x${b}`);
      same(`${a}x`, `${b}y`);
      same(`${a}a`, `${b}A`);
      same(a, `${a}${b}`);
    }
  }
});

test('compareNames() has names of few characters in the order of the collator', () => {
  let seed = Number(process.env['BV_SEED'] ?? 1);
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const alphabets = [printable, ['a', 'A', 'b', 'B', '-'], ['@', '/', '-', '_', '.', 'a', 'Z', '1'], ['a', 'A', '́', 'é', '\t', 'ß']];
  for (let round = 0; round < 200_000; round++) {
    const alphabet = alphabets[round % alphabets.length] as readonly string[];
    const word = () => Array.from({ length: random(7) }, () => alphabet[random(alphabet.length)]).join('');
    same(word(), word());
  }
});

test('compareNames() sorts what npm sorts', () => {
  const names = [
    'node_modules/zod',
    'node_modules/@types/node',
    'node_modules/React',
    'node_modules/react',
    'node_modules/react-dom',
    'node_modules/react/node_modules/a',
    'é',
  ];
  assert.deepEqual([...names].sort(compareNames), [...names].sort(compare));
});
