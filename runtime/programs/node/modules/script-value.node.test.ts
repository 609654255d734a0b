import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { parse } from 'acorn';
import { Edits } from './edits.ts';
import { valuedIn } from './script-value.ts';
import type { Node } from './syntax.ts';

/** The script with its value assigned; undefined where it is not known what gives it. */
function assigning(source: string): string | undefined {
  const { body } = parse(source, { ecmaVersion: 'latest', sourceType: 'script' }) as unknown as { body: Node[] };
  const valued = valuedIn(body);
  if (valued === undefined) return undefined;
  const edits = new Edits(source);
  for (const { start } of valued) edits.open(start, 'out.value=(');
  for (const { end } of valued) edits.close(source[end - 1] === ';' ? end - 1 : end, ')');
  return edits.apply('', '').code;
}

test('a script assigns the value that eval gives', () => {
  const scripts = [
    '1',
    '1; 2;',
    '1, 2',
    '(function () {}).name',
    '1; var a = 2',
    '1; function f() { 5 }',
    '1; class A { static { 7 } }',
    '1;;',
    'var a = 1',
    '',
    'if (true) 1; else 2',
    'if (true) { 1; 2 }',
    'if (false) 1',
    '1; if (true) {} else 2',
    'if (false) 1; else if (true) { 2 } else 3',
    'if (true) { [1].map(() => { 5 }); }',
    'if (true) { 1; var a = 2 }',
  ];
  for (const source of scripts) {
    const out: { value: unknown } = { value: undefined };
    const code = assigning(source);
    assert.ok(code !== undefined, source);
    runInNewContext(code, { out });
    assert.equal(JSON.stringify(out.value), JSON.stringify(runInNewContext(source)), source);
  }
});

test('a script that throws needs no value', () => {
  assert.equal(assigning('throw new Error()'), 'throw new Error()');
});

test('where the value is not known nothing is changed', () => {
  for (const source of ['1; {}', "'use strict'", 'for (const a of [1, 2]) { a; if (a === 2) continue }', 'try { 1 } finally { 2 }'])
    assert.equal(assigning(source), undefined, source);
});
