import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withLinks } from './file-links.ts';

const project = { workdir: '/home/project', files: new Set(['index.js', 'src/app.ts', 'public/main.js', 'my file.js']) };

function linksOf(text: string) {
  const pieces = withLinks(text, project);
  assert.equal(pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join(''), text);
  return pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [[piece.link.file, piece.link.line, piece.link.column]]));
}

describe('withLinks()', () => {
  for (const [text, ...expected] of [
    ['    at main (/home/project/index.js:3:9)', ['index.js', 3, 9]],
    ['    at file:///home/project/lib/new.mjs:12:1', ['lib/new.mjs', 12, 1]],
    ['/home/project/index.js:7', ['index.js', 7, undefined]],
    ['src/app.ts(4,5): error TS2322: Type', ['src/app.ts', 4, 5]],
    ['./src/app.ts:4:5 and index.js:1', ['src/app.ts', 4, 5], ['index.js', 1, undefined]],
    ['at http://localhost:3000/main.js?t=17:8:2', ['public/main.js', 8, 2]],
    ['at http://localhost:5173/src/app.ts:8:2', ['src/app.ts', 8, 2]],
    ['at http://localhost:5173/@fs/home/project/index.js:8:2', ['index.js', 8, 2]],
    ['at node:internal/modules/run_main:107:5'],
    ['at /usr/lib/node_modules/x/index.js:1:1'],
    ['at unknown.js:1:1, 12:30:45, v1.2:3'],
    ['http://localhost:3000/none.js:1:1'],
    ['index.js without a line'],
  ] as const)
    it(`finds ${expected.length} in ${JSON.stringify(text)}`, () => assert.deepEqual(linksOf(text), expected));

  it('is quick with long words, slashes and dots', () => {
    for (const part of ['a', '/', '.', 'a/', 'a.', '%', 'a.js:1/']) linksOf(part.repeat(20_000));
  });

  it('links nothing before the container runs', () => {
    assert.deepEqual(withLinks('index.js:1', undefined), ['index.js:1']);
  });
});
