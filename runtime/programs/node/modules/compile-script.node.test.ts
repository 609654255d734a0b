import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayNeedEdits } from './compile-script.ts';

describe('mayNeedEdits()', () => {
  it('passes over types in comments, which need no parser', () => {
    for (const text of [
      `/** @type {import('.')} */\nmodule.exports = Error;\n`,
      `/** @type {<T>(a: T[]) => Function} as in import('.') */\n`,
      `// @ts-ignore\n/** @param {Exclude<import('./list.d.ts').get, false>} x */ f();`,
      `/**\n * @typedef {import ("a").B} B\n * @returns {Promise<import('b')>}\n */`,
    ]) {
      assert.equal(mayNeedEdits(text, false), false, text);
    }
  });

  it('sees every import() of the code', () => {
    for (const text of [
      `import('a')`,
      `/** @type {import('.')} */ (import('a'))`,
      `/** @type {x} */ import('a')`,
      `// @type {x\nimport('a')`,
      '`@type {${import("a")}}`',
      `"@type {" + import('a')`,
      `/@type {/.test(import('a'))`,
      `x = '@type {', import(a)`,
      `import /* a */ ('b')`,
    ]) {
      assert.equal(mayNeedEdits(text, false), true, text);
    }
  });
});
