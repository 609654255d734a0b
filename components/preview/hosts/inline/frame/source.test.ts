import { assert } from 'chai';
import { rewriteSource } from './source.ts';

const script = (text: string) => rewriteSource(text, 'script', 'http://localhost:3000/a.js');
const free = '__bvOf(globalThis).location';

describe('rewriteSource()', () => {
  it('replaces the variable where it is the window’s', () => {
    assert.equal(script('location.href = location.pathname'), `${free}.href = ${free}.pathname`);
    assert.equal(script('typeof location; x = { location }; f(location)'), `typeof ${free}; x = { location:${free} }; f(${free})`);
    assert.equal(script('({ location: 1 }); a: for (;;) break a'), '({ location: 1 }); a: for (;;) break a');
  });

  it('leaves variables of the program’s own alone', () => {
    for (const text of [
      'function f(location) { return location }',
      '{ let location = 1; location++ }',
      'function f() { if (x) { var location = 1 } return location }',
      'try {} catch (location) { location }',
      'const f = ({ a: [location = 2] }) => location',
      'for (const location of list) use(location)',
      '(function location() { location() })',
    ]) {
      assert.equal(script(text), text);
    }
    assert.equal(rewriteSource('import { location } from "x"; location.a', 'module', ''), 'import { location } from "x"; location.a');
    assert.equal(script('{ let location } location'), `{ let location } ${free}`);
  });

  it('asks whose property it is where it is a member', () => {
    assert.equal(script('window.location.href'), '__bvOf(window).location.href');
    assert.equal(script('a?.b.location = 1'.replace('?.', '.')), '__bvOf(a.b).location = 1');
    assert.equal(script('location.location'), `__bvOf(${free}).location`);
    assert.equal(script('var { location: l } = document'), 'var { location: l } = __bvOf(document)');
  });

  it('leads import() of scripts to the loader, relative to the script', () => {
    assert.equal(script('import("./b.js")'), '((u,o)=>__bvImport(u,"http://localhost:3000/a.js",o))("./b.js")');
    assert.equal(rewriteSource('import("./b.js")', 'module', 'x'), 'import("./b.js")');
  });

  it('has what is evaluated rewritten, where it is, and under another name', () => {
    assert.equal(script('eval(text)'), 'eval(__bvCode(text,"http://localhost:3000/a.js"))');
    assert.equal(script('eval(a.location)'), 'eval(__bvCode(__bvOf(a).location,"http://localhost:3000/a.js"))');
    assert.equal(script('(0, eval)(text); eval?.(text); f(eval)'), '(0, __bvEval)(text); __bvEval?.(text); f(__bvEval)');
    for (const text of [
      'a.eval(text)',
      'eval()',
      'eval(...list)',
      'function f(eval) { eval(text) }',
      'function f(location) { eval(text) }',
    ])
      assert.equal(script(text), text);
    assert.equal(rewriteSource('import("./b.js")', 'code', 'x'), '((u,o)=>__bvImport(u,"x",o))("./b.js")');
    assert.equal(rewriteSource('var location = 1; location', 'code', 'x'), 'var location = 1; location');
  });

  it('returns what does not parse unchanged', () => {
    assert.equal(script('location = ='), 'location = =');
  });
});
