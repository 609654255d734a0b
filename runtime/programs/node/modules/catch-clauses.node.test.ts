import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'acorn';
import { catchClauses, catchClausesOf, editCatchClauses, mayCatch, withoutCaught } from './catch-clauses.ts';
import { scriptParseOptions } from './compile-script.ts';
import { moduleParseOptions } from './compile.ts';
import { Edits } from './edits.ts';
import type { Node } from './syntax.ts';

const root = join(import.meta.dirname, '../../../..');

function parsed(text: string): Node {
  try {
    return parse(text, scriptParseOptions(true) as never) as unknown as Node;
  } catch {
    return parse(text, moduleParseOptions as never) as unknown as Node;
  }
}

const bodies = (clauses: readonly { readonly body: number; readonly bodyEnd: number }[]) =>
  clauses.map(({ body, bodyEnd }) => [body, bodyEnd]).sort((a, b) => a[0]! - b[0]!);

function edited(text: string): string {
  const edits = new Edits(text);
  editCatchClauses(text, catchClauses(text)!, edits, '$bvh');
  return edits.apply('', '').code;
}

describe('catchClauses()', () => {
  it('finds clauses, and nothing that only looks like one', () => {
    for (const [text, count] of [
      ['try { a() } catch (e) { b() }', 1],
      ['try {} catch {} finally {}', 0],
      ['try { try {} catch (a) {} } catch (b) { try {} catch (c) {} }', 3],
      ['try {} catch ({ message, ...rest }) {} try {} catch ([a = (1, 2)]) {}', 2],
      ['try {} /* } */ catch /* ( */ ( /* ) */ e /* { */ ) // x {\n { }', 1],
      ['class A { try() {} catch(e) {} } x = { try() {}, catch(e) {} }', 0],
      ['a.try; { } a.catch(e); promise.then(b).catch((e) => {})', 0],
      ['x = "try {} catch (e) {}" + \'try {} catch (e) {}\' + `try {} catch (e) {} ${1}`', 0],
      ['x = `${(() => { try {} catch (e) { return `${e}` } })()}`', 1],
      ['// try {} catch (e) {}\n/* try {} catch (e) {} */ /try {} catch (e) {}/.test(a)', 0],
      ['a = b / c; try {} catch (e) {} d = e / f', 1],
      ['if (a) /[/"]/.test(b); try {} catch (e) {}', 1],
      ['a = (b) / 2; x = a[0] / "/"; try {} catch (e) {}', 1],
      ['a++ / 2; "/"; try {} catch (e) {} /"/.test(a)', 1],
      ['return /"/; try {} catch (e) {}', 1],
      ['try {} catch (e) {}\n/"{/.test(x)', 1],
      ['x = { a: 1 } / "2"; try {} catch (e) {}', 1],
      ['#!/usr/bin/env node "\ntry {} catch (e) {}', 1],
      ['x = "\\\r\n\\"" ; try {} catch (e) {}', 1],
    ] as const) {
      const found = catchClauses(text);
      assert.equal(found?.length, count, text);
      assert.deepEqual(bodies(found!), bodies(catchClausesOf(parsed(text))), text);
    }
  });

  it('says so where it cannot tell a division from a regular expression', () => {
    for (const text of ['x = function () {} / 1 / y; try {} catch (e) {}', 'class A {} /"/.test(a); try {} catch (e) {}'])
      assert.equal(catchClauses(text), undefined, text);
    for (const text of ['try {} catch (e) {', 'x = "', 'x = `', '/*', ')']) assert.equal(catchClauses(text), undefined, text);
  });

  it('finds what a parser finds in what packages have', () => {
    let unsure = 0;
    let seen = 0;
    for (const folder of [
      'acorn/dist',
      'rollup/dist/shared',
      'undici/lib/core',
      '@npmcli/arborist/lib/arborist',
      'chai',
      'js-yaml/dist',
      'puppeteer-core/lib/cjs/puppeteer/node',
    ]) {
      for (const file of readdirSync(join(root, 'node_modules', folder))) {
        if (!/\.[cm]?js$/.test(file)) continue;
        const text = readFileSync(join(root, 'node_modules', folder, file), 'utf8');
        if (!mayCatch(text)) continue;
        seen += 1;
        const found = catchClauses(text);
        if (found === undefined) unsure += 1;
        else assert.deepEqual(bodies(found), bodies(catchClausesOf(parsed(text))), file);
      }
    }
    assert.ok(seen > 20, `${seen} files`);
    assert.equal(unsure, 0);
  });
});

describe('editCatchClauses()', () => {
  it('shows what is caught before anything else sees it', () => {
    const text =
      "const seen = []; for (const n of [1, 2]) try { throw { message: n } } catch ({ message = 'none' }) { seen.push(message); continue } try { throw 3 } catch (e) { seen.push(e) } return seen";
    const shown: unknown[] = [];
    const run = new Function('$bvh', edited(text)) as (helper: object) => unknown;
    assert.deepEqual(run({ c: (error: unknown) => (shown.push(error), error) }), [1, 2, 3]);
    assert.deepEqual(shown, [{ message: 1 }, { message: 2 }, 3]);
  });

  it('can be undone', () => {
    for (const text of [
      'try { a() } catch (e) { b() } finally { }',
      'try {} catch ( { message } ) { f() } g()',
      'try {} catch (/* why */ e) { var e } try {} catch ([$a, b_1]) { try {} catch (ünder) {} }',
    ]) {
      assert.notEqual(edited(text), text);
      parsed(edited(text));
      assert.equal(withoutCaught(edited(text)), text);
    }
  });
});
