import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lessonOf, LessonFormatError } from './lesson-format.ts';

const step = { name: 'start', label: 'Start', html: '<p>Hello</p>' };
const lesson = (more: object) => ({ format: 'bavini-lesson', version: 1, steps: [step], ...more });

describe('lessonOf', () => {
  it('takes a whole lesson, with fields of later versions', () => {
    const whole = lesson({
      order: 'free',
      later: 1,
      files: { 'a/b.js': '1', 'logo.png': { base64: 'AA==' } },
      steps: [
        {
          ...step,
          from: 'lesson',
          files: { 'c.js': null },
          patches: ['--- a\n+++ b\n'],
          checks: [{ type: 'file', path: 'a.js', absent: true, port: 3000 }],
          hints: ['<p>Look</p>'],
        },
      ],
    });
    assert.equal(lessonOf(whole), whole);
  });

  const wrong: readonly [string, unknown, string][] = [
    ['no object', [], 'Cannot read the lesson: it must be an object'],
    ['another format', {}, 'Cannot read the lesson: format must be "bavini-lesson"'],
    ['a newer version', lesson({ version: 2 }), 'Cannot read the lesson: version is 2, this version of bavini reads 1'],
    ['no steps', lesson({ steps: [] }), 'Cannot read the lesson: steps must hold a step'],
    ['a step without its prose', lesson({ steps: [{ name: 'a', label: 'A' }] }), 'Cannot read the lesson: steps[0].html must be a text'],
    [
      'two steps of one name',
      lesson({ steps: [step, step] }),
      'Cannot read the lesson: steps[1].name is the name of steps[0], too: "start"',
    ],
    [
      'a path that leads out',
      lesson({ steps: [{ ...step, files: { '../a': '' } }] }),
      'Cannot read the lesson: steps[0].files["../a"] must be named by a path in the project, without "." and ".."',
    ],
    ['a file that is a number', lesson({ files: { a: 1 } }), 'Cannot read the lesson: files["a"] must be an object'],
    [
      'a setting that is an object',
      lesson({ steps: [{ ...step, checks: [{ type: 'file', json: {} }] }] }),
      'Cannot read the lesson: steps[0].checks[0].json must be a text, a number, true or false',
    ],
    [
      'an unknown origin',
      lesson({ steps: [{ ...step, from: 'x' }] }),
      'Cannot read the lesson: steps[0].from must be one of solution, start, lesson',
    ],
  ];
  for (const [what, value, message] of wrong) {
    it(`says where ${what} is`, () => {
      assert.throws(
        () => lessonOf(value),
        (error) => error instanceof LessonFormatError && error.message === message,
      );
    });
  }
});
