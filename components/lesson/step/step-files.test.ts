import { assert } from 'chai';
import { differenceOf } from './difference.ts';
import { applyPatches } from './patches.ts';
import { changeOf, statesOf } from './step-files.ts';
import type { StepSource } from './step-files.ts';
import { chosen, edited, editState } from './three-way.ts';

const empty = { from: 'solution', files: new Map(), patches: [], solution: new Map(), solutionPatches: [] } as const;
const step = (name: string, more: Partial<StepSource> = {}): StepSource => ({ ...empty, name, ...more });
const plain = (files: ReadonlyMap<string, string | Uint8Array>) => Object.fromEntries(files);

describe('statesOf', () => {
  const lesson = new Map([['a.js', 'one\ntwo\nthree\n']]);

  it('starts a step where the one before ends, as it started, or with the lesson', () => {
    const steps = [
      step('first', { files: new Map([['b.js', 'b']]), solution: new Map([['a.js', 'solved']]) }),
      step('second'),
      step('third', { from: 'start', files: new Map([['b.js', null]]) }),
      step('fourth', { from: 'lesson' }),
    ];
    const { states, problems } = statesOf(lesson, steps, applyPatches);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      states.map(({ start }) => plain(start)),
      [
        { 'a.js': 'one\ntwo\nthree\n', 'b.js': 'b' },
        { 'a.js': 'solved', 'b.js': 'b' },
        { 'a.js': 'solved' },
        { 'a.js': 'one\ntwo\nthree\n' },
      ],
    );
    assert.deepEqual(plain(states[0]!.end), { 'a.js': 'solved', 'b.js': 'b' });
  });

  it('tells of a file that is to be deleted and is not there', () => {
    const { problems } = statesOf(lesson, [step('first', { files: new Map([['none.js', null]]) })], applyPatches);
    assert.deepEqual(problems, ['Step “first”: cannot delete “none.js”: there is no such file']);
  });

  it('applies patches that change, make, move and delete files', () => {
    const patch = `--- a/a.js
+++ b/a.js
@@ -1,3 +1,3 @@
 one
-two
+2
 three
--- /dev/null
+++ b/new.js
@@ -0,0 +1,1 @@
+new
`;
    const gone = '--- a/new.js\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-new\n';
    const { states, problems } = statesOf(lesson, [step('first', { patches: [patch] }), step('second', { patches: [gone] })], applyPatches);
    assert.deepEqual(problems, []);
    assert.deepEqual(plain(states[0]!.start), { 'a.js': 'one\n2\nthree\n', 'new.js': 'new\n' });
    assert.deepEqual(plain(states[1]!.start), { 'a.js': 'one\n2\nthree\n' });
  });

  it('names the file and the hunk of a patch that no longer applies, and leaves the file', () => {
    const text = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const patch = `--- a.js
+++ a.js
@@ -1,2 +1,2 @@
-line 0
+first
 line 1
@@ -30,2 +30,2 @@
-gone
+new
 line 30
`;
    const { states, problems } = statesOf(new Map([['a.js', text]]), [step('one', { patches: [patch] })], applyPatches);
    assert.deepEqual(problems, ['Step “one”: the patch of “a.js” does not apply: hunk 2 (@@ -30,2 +30,2 @@) does not fit']);
    assert.equal(states[0]!.start.get('a.js'), text);
  });

  it('tells of a patch without hunks, with wrong counts, and of a file that is not there', () => {
    const problems = (patch: string) => statesOf(lesson, [step('s', { patches: [patch] })], applyPatches).problems;
    assert.match(problems('hello')[0]!, /^Step “s”: a patch cannot be read: it has no hunk/);
    assert.match(problems('--- a.js\n+++ a.js\n@@ -1,3 +1,9 @@\n one\n')[0]!, /^Step “s”: a patch cannot be read: /);
    assert.deepEqual(problems('--- x.js\n+++ x.js\n@@ -1,1 +1,1 @@\n-a\n+b\n'), [
      'Step “s”: the patch of “x.js” does not apply: there is no such file',
    ]);
  });

  it('reads packed files', () => {
    const files = changeOf({ a: 'text', b: { base64: 'AQI=' }, c: null });
    assert.deepEqual(
      [...files],
      [
        ['a', 'text'],
        ['b', new Uint8Array([1, 2])],
        ['c', null],
      ],
    );
  });
});

describe('three-way', () => {
  it('follows the author where the reader wrote nothing, keeps an edit, tells where both changed', () => {
    assert.equal(editState(undefined, 'new'), 'none');
    const edit = edited(undefined, 'old', 'mine');
    assert.deepEqual(edit, { base: 'old', text: 'mine' });
    assert.equal(editState(edit, 'old'), 'kept');
    assert.equal(editState(edit, 'new'), 'differs');
    assert.equal(editState(edit, 'mine'), 'none');
    assert.deepEqual(edited(edit, 'new', 'mine too'), { base: 'old', text: 'mine too' });
    assert.isUndefined(edited(edit, 'new', 'new'));
    assert.equal(editState(chosen(edit!, 'new'), 'new'), 'kept');
    assert.equal(editState(chosen(edit!, 'new'), 'newer'), 'differs');
  });

  it('counts a deleted file as an edit', () => {
    assert.deepEqual(edited(undefined, 'old', null), { base: 'old', text: null });
    assert.equal(editState({ base: 'old', text: 'mine' }, null), 'differs');
  });
});

describe('differenceOf', () => {
  it('shows what differs with what is around it', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}`);
    const rows = differenceOf(`${lines.join('\n')}\n`, `${lines.with(10, 'ten').join('\n')}\n`);
    assert.deepEqual(
      rows.map(({ kind, text }) => `${kind} ${text}`.trim()),
      [...['skipped', 'same 7', 'same 8', 'same 9', 'removed 10', 'added ten', 'same 11', 'same 12', 'same 13', 'skipped']],
    );
    assert.deepEqual(differenceOf('a\n', 'a\n'), [{ kind: 'same', text: 'a' }]);
  });
});
