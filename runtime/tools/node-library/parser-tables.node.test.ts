import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dumpSources } from './dump.ts';
import { loadNodeLibrary } from './load.ts';
import { findPinnedNode } from './pinned-node.ts';

interface Parser {
  isIdentifierStart(code: number, astral: boolean): boolean;
  isIdentifierChar(code: number, astral: boolean): boolean;
  parse(source: string, options: object): unknown;
}

const id = 'internal/deps/acorn/acorn/dist/acorn';

function parserOf(source: string | undefined): Parser {
  const exports = {};
  new Function('exports', 'module', source ?? '')(exports, { exports });
  return exports as Parser;
}

const own = parserOf(dumpSources(findPinnedNode().binary)[id]);
const ours = parserOf(loadNodeLibrary().sources.get(id));

test('the parser without tables knows the characters of names that it knew with them', () => {
  const different: string[] = [];
  for (const code of [NaN, ...Array(0x110000).keys()]) {
    if (
      own.isIdentifierStart(code, true) === ours.isIdentifierStart(code, true) &&
      own.isIdentifierChar(code, true) === ours.isIdentifierChar(code, true)
    )
      continue;
    different.push(code.toString(16));
  }
  assert.deepEqual(different, []);
});

test('the parser without tables takes and refuses the properties in regular expressions that it did with them', () => {
  const outcome = ({ parse }: Parser, source: string): string => {
    try {
      parse(source, { ecmaVersion: 'latest' });
      return 'taken';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const names = ['Lu', 'Letter', 'Any', 'ASCII', 'Emoji', 'EPres', 'ID_Start', 'Greek', 'Script', 'RGI_Emoji', 'Basic_Emoji', 'None', ''];
  const values = ['Lu', 'Letter', 'Greek', 'Grek', 'Kawi', 'Any', 'None', ''];
  const keys = ['gc', 'General_Category', 'sc', 'Script', 'scx', 'Script_Extensions', 'Block', 'Lu'];
  for (const property of [...names, ...keys.flatMap((key) => values.map((value) => `${key}=${value}`))])
    for (const form of [`/\\p{${property}}/u`, `/\\P{${property}}/u`, `/[\\p{${property}}]/v`, `/\\P{${property}}/v`])
      assert.equal(outcome(ours, form), outcome(own, form), form);
});
