import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Parser } from './parser.ts';
import type { Command, SimpleCommand, Word, WordPart } from './ast.ts';

/** The words of the only command of `text`. */
function wordsOf(text: string, options: ConstructorParameters<typeof Parser>[1]): readonly Word[] {
  const command = new Parser(text, options).readAll().items[0]?.first.commands[0] as Command;
  assert.equal(command.kind, 'simple');
  return (command as SimpleCommand).words;
}

it('Parser replaces an alias in a substitution and goes on after it, in quotes and outside', () => {
  const aliases = new Map([['ll', 'ls -l --all']]);
  for (const [text, kinds] of [
    ['echo a$(ll)b"c"', ['text', 'command', 'text', 'double']],
    ['echo a${x:-$(ll)}b', ['text', 'parameter', 'text']],
    ['echo a$(( $(ll) + 1 ))b', ['text', 'arithmetic', 'text']],
  ] as const) {
    const [, word, ...more] = wordsOf(text, { aliases });
    assert.deepEqual(
      word?.parts.map((part) => part.kind),
      kinds,
    );
    assert.equal(more.length, 0);
  }
  const parts = wordsOf('echo "a$(ll)b"', { aliases })[1]?.parts[0] as Extract<WordPart, { kind: 'double' }>;
  assert.deepEqual(parts.parts[2], { kind: 'quoted', text: 'b' });
});

it('Parser reads backquotes with the patterns that the text around them has', () => {
  assert.equal(wordsOf('echo `echo @(a|b)`', {}).length, 2);
  assert.throws(() => wordsOf('echo `echo @(a|b)`', { extglob: false }), /syntax error near unexpected token `\('/);
});
