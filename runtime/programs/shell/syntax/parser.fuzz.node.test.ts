import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ShellSyntaxError } from './ast.ts';
import { Parser } from './parser.ts';

/** A generator with a seed, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x100000000;
  };
}

const pieces = [
  'if ',
  'then ',
  'fi ',
  'for ',
  'in ',
  'do ',
  'done ',
  'case ',
  'esac ',
  ';;',
  '{ ',
  '} ',
  '(',
  ')',
  '((',
  '))',
  '[[ ',
  ' ]]',
  '$(',
  '${',
  '}',
  '$((',
  '`',
  '"',
  "'",
  '\\',
  '\n',
  ';',
  '&',
  '|',
  '&&',
  '||',
  '<',
  '>',
  '<<E\n',
  'E\n',
  '<<<',
  '2>&1',
  'a',
  'b=1 ',
  'x[1]=',
  'x=(',
  ' ',
  '#',
  '!',
  '*',
  '?',
  '~',
  '$x',
  '$@',
  '@(',
  '%%',
  '//',
  ':-',
  '=~',
  'function ',
  'f() ',
];

it('Parser, given any text, ends with a tree or a ShellSyntaxError', { timeout: 60_000 }, () => {
  const next = random(7);
  for (let round = 0; round < 20_000; round++) {
    let text = '';
    for (let i = Math.floor(next() * 25); i >= 0; i--) text += pieces[Math.floor(next() * pieces.length)];
    const started = performance.now();
    try {
      new Parser(text, { interactive: round % 2 === 0 }).readAll();
    } catch (error) {
      assert.ok(error instanceof ShellSyntaxError, `${JSON.stringify(text)}: ${String(error)}`);
    }
    assert.ok(performance.now() - started < 2000, `slow: ${JSON.stringify(text)}`);
  }
});

it('Parser refuses text that is nested too deeply', () => {
  for (const open of ['(', '$(', '{ ', '"$(', '${x:-', '[[ ( ', 'if '])
    assert.throws(() => new Parser(open.repeat(20_000)).readAll(), ShellSyntaxError);
});
