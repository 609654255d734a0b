import { assert } from 'chai';
import { changesSomething, checkOf, CheckSpecError, needsContainer, type CheckAttributes } from './check-spec.ts';
import { jsonDifference } from './json-subset.ts';
import { excerpt, expressionOf, finds, firstDifference, patternOf, writtenOf } from './matcher.ts';
import type { PreviewAnswer } from '../../preview/preview-interface.ts';
import type { Criterion } from './check-context.ts';
import { domCriteria } from './dom-check.ts';
import { fileCriteria } from './file-check.ts';
import { loadJson } from './json.ts';
import { failedTests } from './test-check.ts';

describe('checkOf', () => {
  it('reads each kind, with what is usual where nothing is said', () => {
    assert.deepEqual(checkOf({ type: 'file', path: './a.js', contains: 'x' }), {
      ...{ type: 'file', label: '', timeoutMs: 5000, path: 'a.js', absent: false, contains: 'x', lacks: undefined, equals: undefined },
      ...{ json: undefined, matches: undefined },
    });
    assert.deepEqual(checkOf({ type: 'request' }), {
      ...{ type: 'request', label: '', timeoutMs: 10_000, port: 3000, path: '/', status: 200, method: 'GET', send: undefined },
      ...{ sendType: undefined, headers: [], body: undefined, json: undefined },
    });
    const command = checkOf({ type: 'command', run: 'node a.js', code: '1', stdout: '/^a$/m', timeout: '2' });
    assert.deepEqual(command.type === 'command' && [command.code, command.stdout, command.timeoutMs], [1, /^a$/m, 2000]);
    const request = checkOf({ type: 'request', method: 'post', send: '{}', header: 'Content-Type: json\nX-A:/b/i', json: '{"a":1}' });
    assert.deepEqual(request.type === 'request' && [request.method, request.headers, request.json], [
      'POST',
      [
        { name: 'Content-Type', value: 'json' },
        { name: 'X-A', value: /b/i },
      ],
      { a: 1 },
    ]);
    const dom = checkOf({ type: 'dom', selector: 'a', attribute: 'href=/x', fill: '[name=q] => a => b', click: 'button', visible: '' });
    assert.deepEqual(dom.type === 'dom' && [dom.attribute, dom.fill, dom.visible], [
      { name: 'href', value: '/x' },
      { selector: '[name=q]', text: 'a => b' },
      true,
    ]);
  });

  it('knows what needs a container, and what changes something', () => {
    const of = (attributes: CheckAttributes) => [needsContainer(checkOf(attributes)), changesSomething(checkOf(attributes))];
    assert.deepEqual(of({ type: 'file', path: 'a' }), [false, false]);
    assert.deepEqual(of({ type: 'request' }), [true, false]);
    assert.deepEqual(of({ type: 'request', method: 'POST' }), [true, true]);
    assert.deepEqual(of({ type: 'dom', selector: 'a' }), [true, false]);
    assert.deepEqual(of({ type: 'dom', selector: 'a', click: 'b' }), [true, true]);
  });

  const wrong: readonly [CheckAttributes, string][] = [
    [{}, 'There is no check of type “”: known are file, dom, request, command, test, function'],
    [{ type: 'toString' }, 'There is no check of type “toString”: known are file, dom, request, command, test, function'],
    [{ type: 'command' }, 'A check of type “command” needs the attribute run'],
    [{ type: 'request', port: 'x' }, 'Cannot read the attribute port of a check: “x” is no number from 0'],
    [{ type: 'dom', selector: 'a', fill: 'b' }, 'Cannot read the attribute fill of a check: expected selector => text'],
  ];
  for (const [attributes, message] of wrong) {
    it(`says that ${JSON.stringify(attributes)} is wrong`, () => {
      assert.throws(() => checkOf(attributes), CheckSpecError, message);
    });
  }

  it('says why a regular expression or JSON cannot be read', () => {
    assert.throws(() => checkOf({ type: 'file', path: 'a', matches: '(' }), /^Cannot read the attribute matches of a check: /);
    assert.throws(() => checkOf({ type: 'file', path: 'a', json: '{' }), /Cannot read the attribute json of a check: /);
  });
});

/** What each criterion of a check finds wrong with a subject; nothing where all is as wanted. */
function wrongIn<Subject>(criteria: readonly Criterion<Subject>[], subject: Subject): readonly string[] {
  return criteria.map(({ differs }) => differs(subject)).filter((found) => found !== undefined);
}

describe('fileCriteria', () => {
  const of = (attributes: CheckAttributes, text: string | undefined) => {
    const spec = checkOf({ type: 'file', path: 'a.js', ...attributes });
    return wrongIn(spec.type === 'file' ? fileCriteria(spec) : [], text);
  };

  it('want a file, its text, what it lacks and matches, its JSON, or that there is none', async () => {
    await loadJson();
    assert.deepEqual(of({}, 'x'), []);
    assert.deepEqual(of({}, undefined), ['There is no file a.js.']);
    assert.deepEqual(of({ absent: '' }, undefined), []);
    assert.deepEqual(of({ absent: '' }, 'x'), ['There is a.js.']);
    assert.deepEqual(of({ contains: 'a  b' }, 'a\nb'), []);
    assert.deepEqual(of({ contains: 'c' }, 'a'), ['It is not in a.js.']);
    assert.deepEqual(of({ lacks: 'var ' }, 'let a'), []);
    assert.deepEqual(of({ lacks: 'var ' }, 'var a'), ['It is in a.js.']);
    assert.deepEqual(of({ matches: '^let \\w+$' }, 'let a'), []);
    assert.deepEqual(of({ matches: '^let$' }, 'let a'), ['It is not in a.js.']);
    assert.deepEqual(of({ equals: 'a\nb' }, 'a \nb\n'), []);
    assert.match(of({ equals: 'a\nb' }, 'a\nc')[0]!, /^Line 2 /);
    assert.deepEqual(of({ json: '{"a":{"b":1}}' }, '{"a":{"b":1,"c":2}}'), []);
    assert.deepEqual(of({ json: '{"a":{"b":1}}' }, '{"a":{"b":3}}'), ['a.b is 3; wanted is 1']);
    assert.match(of({ json: '{}' }, '{')[0]!, /JSON/);
    assert.deepEqual(of({ contains: 'b', lacks: 'a' }, 'a'), ['It is not in a.js.', 'It is in a.js.']);
  });
});

describe('domCriteria', () => {
  const shown: PreviewAnswer = { count: 1, visible: true, text: 'Hello Ada', attribute: '/home', missing: null };
  const of = (attributes: CheckAttributes, answer: Partial<PreviewAnswer>) => {
    const spec = checkOf({ type: 'dom', selector: 'a', ...attributes });
    return wrongIn(spec.type === 'dom' ? domCriteria(spec) : [], { ...shown, ...answer });
  };

  it('want an element, many or none, to be seen, its text, its attribute', () => {
    assert.deepEqual(of({}, {}), []);
    assert.lengthOf(of({}, { count: 0 }), 1);
    assert.deepEqual(of({ count: '2' }, { count: 2 }), []);
    assert.lengthOf(of({ count: '2' }, { count: 1 }), 1);
    assert.deepEqual(of({ absent: '' }, { count: 0 }), []);
    assert.lengthOf(of({ absent: '' }, {}), 1);
    assert.deepEqual(of({ visible: '' }, {}), []);
    assert.lengthOf(of({ visible: '' }, { visible: false }), 1);
    assert.deepEqual(of({ text: 'Ada' }, {}), []);
    assert.include(of({ text: 'Eve' }, {})[0], 'Hello Ada');
    assert.deepEqual(of({ attribute: 'href' }, {}), []);
    assert.deepEqual(of({ attribute: 'href=/home' }, {}), []);
    assert.include(of({ attribute: 'href=/away' }, {})[0], '/home');
    assert.include(of({ attribute: 'href' }, { attribute: null })[0], 'href');
    assert.include(of({}, { missing: 'button' })[0], 'button', 'what was to be clicked is not there');
  });
});

describe('patterns', () => {
  it('take blanks and line breaks for one blank, unless they are expressions', () => {
    assert.ok(finds(patternOf('a  b'), 'x a\n   b y'));
    assert.ok(!finds(patternOf('a b'), 'ab'));
    assert.ok(finds(patternOf('/^b$/m'), 'a\nb'));
    assert.ok(!finds(patternOf('/^b$/'), 'a\nb'));
    assert.equal(writtenOf(patternOf(' a ')), 'a');
    assert.equal(writtenOf(patternOf('/a/gi')), '/a/i');
    const sticky = expressionOf('/a/y');
    assert.deepEqual([sticky.test('ba'), sticky.test('ba')], [true, true]);
  });

  it('name the first line that differs, but for blanks at ends', () => {
    assert.equal(firstDifference('a \r\nb\n\n', 'a\nb'), undefined);
    assert.deepEqual(firstDifference('a\nb', 'a\nc'), { line: 2, found: 'b', wanted: 'c' });
    assert.deepEqual(firstDifference('a', 'a\nc'), { line: 2, found: undefined, wanted: 'c' });
  });

  it('cut what is too long', () => {
    assert.equal(excerpt(` ${'x'.repeat(400)}`).length, 301);
  });
});

describe('jsonDifference', () => {
  it('lets objects hold more, and lists not', () => {
    assert.equal(jsonDifference({ a: 1, b: { c: [1, { d: 2, e: 3 }] } }, { b: { c: [1, { d: 2 }] } }), undefined);
    assert.deepEqual(jsonDifference({ b: { c: [1, 3] } }, { b: { c: [1, 2] } }), { path: 'b.c[1]', found: '3', wanted: '2' });
    assert.deepEqual(jsonDifference({ a: [1, 2] }, { a: [1] }), { path: 'a', found: '[1,2]', wanted: '[1]' });
    assert.deepEqual(jsonDifference({}, { toString: 1 }), { path: 'toString', found: undefined, wanted: '1' });
    assert.deepEqual(jsonDifference(null, { a: 1 }), { path: '', found: 'null', wanted: '{"a":1}' });
  });
});

describe('failedTests', () => {
  it('names the failing tests of a TAP report, and what their assertion says', () => {
    const tap = `TAP version 13
# Subtest: adds
    # Subtest: small numbers
    not ok 1 - small numbers
      ---
      duration_ms: 1
      failureType: 'testCodeFailure'
      error: |-
        Expected values to be strictly equal:

        3 !== 4

      code: 'ERR_ASSERTION'
      ...
    1..1
not ok 1 - adds
  ---
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
not ok 2 - takes away # later
  ---
  error: 'no'
  ...
1..2`;
    assert.deepEqual(failedTests(tap), [
      { name: 'small numbers', message: 'Expected values to be strictly equal:  3 !== 4' },
      { name: 'takes away', message: 'no' },
    ]);
  });
});
