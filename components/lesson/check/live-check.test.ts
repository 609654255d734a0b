import { assert } from 'chai';
import { defineCheck } from '../../index.ts';
import { assertAccessible, clear, inside, rendered, show, until } from '../../shared/testing/page.ts';
import '../lesson/bv-lesson.ts';
import type { BvLesson } from '../lesson/lesson-element.ts';
import type { BvCheck } from './check-element.ts';

const server = `require('http').createServer((request, response) => {
  if (request.url === '/page') {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><h1>Hello</h1><input id="name"><button>Greet</button><output></output><script>' +
      'document.querySelector("button").onclick = () => setTimeout(() => ' +
      '(document.querySelector("output").textContent = "Hi, " + document.querySelector("#name").value))</' + 'script>');
  } else if (request.url === '/bye') request.socket.destroy();
  else if (request.method === 'POST') request.pipe(response);
  else {
    response.statusCode = request.url === '/' ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, list: [1] }));
  }
}).listen(3000)`;

const markup = (checks: string, preview = '3000/page') => `<bv-lesson><bv-container>
    <script type="bv-file" path="server.js">${server.replace('script>', "scr' + 'ipt>")}</script>
    <script type="bv-file" path="sum.test.js">
      const { it } = require('node:test');
      const assert = require('node:assert');
      it('adds', () => assert.equal(1 + 1, 3));
      it('is', () => {});
    </script>
    <bv-editor file="server.js"></bv-editor><bv-terminal command="node server.js"></bv-terminal><bv-preview></bv-preview>
  </bv-container>
  <bv-step name="one" label="One" preview="${preview}">${checks}</bv-step></bv-lesson>`;

/** What each check found, by what it wanted. */
async function made(checks: string, preview?: string): Promise<{ lesson: BvLesson; found: (readonly [string, string])[] }> {
  const place = await show(markup(checks, preview));
  const lesson = place.querySelector('bv-lesson')!;
  await lesson.check();
  await rendered(place);
  const found = [...lesson.querySelectorAll('bv-check')].map(({ status, result }) => [status, result?.found ?? ''] as const);
  return { lesson, found };
}

describe('Checks of what runs', () => {
  afterEach(clear);

  it('look at commands: their code, what they print and their errors', async () => {
    const { found, lesson } = await made(`
      <bv-check type="command" timeout="120" run="node -p 1+1" stdout="2"></bv-check>
      <bv-check type="command" timeout="120" run="node -p 1+1" stdout="/^3$/"></bv-check>
      <bv-check type="command" timeout="120" run="cat; exit 3" input="in" code="3" stdout="in"></bv-check>
      <bv-check type="command" timeout="120" run="echo oops >&2; exit 4"></bv-check>
      <bv-check type="command" timeout="120" run="echo oops >&2" stderr="oops" stdout="x"></bv-check>`);
    assert.deepEqual(found, [
      ['passed', ''],
      ['failed', 'It printed:\n2'],
      ['passed', ''],
      ['failed', 'It ended with 4 and printed:\noops'],
      ['failed', 'It printed nothing but an error:\noops'],
    ]);
    assert.equal(lesson.querySelector('bv-container')!.state, 'idle', 'it boots, and starts nothing');
    assert.equal(inside(lesson, '.summary').textContent, '2 of 5 checks have passed.');
    await assertAccessible(lesson);
  });

  it('run tests, and name the one that fails', async () => {
    const { found } = await made('<bv-check type="test" path="sum.test.js" timeout="120"></bv-check>');
    assert.equal(found[0]![0], 'failed');
    assert.match(found[0]![1], /^The test “adds” fails\.\n.*2 == 3/s);
  });

  it('say so at once when what was run has ended without a server', async () => {
    const place = await show(
      markup('<bv-check type="request" timeout="120"></bv-check><bv-check type="dom" selector="h1" timeout="120"></bv-check>').replace(
        'command="node server.js"',
        'command="true"',
      ),
    );
    const lesson = place.querySelector('bv-lesson')!;
    const outcomes = await lesson.check();
    assert.deepEqual(
      outcomes.map((outcome) => [outcome?.status, outcome?.found]),
      [
        ['waiting', 'Nothing listens on port 3000, and no program runs any more that could.'],
        ['waiting', 'The preview shows nothing yet: press Run.'],
      ],
    );
  });

  it('ask servers, which they start: status, headers, body, JSON', async () => {
    const { found } = await made(`
      <bv-check type="request" status="200" header="Content-Type: application/json" json='{"list":[1]}' timeout="120"></bv-check>
      <bv-check type="request" path="/none" timeout="120"></bv-check>
      <bv-check type="request" path="/x" status="404" header="x-none" timeout="120"></bv-check>
      <bv-check type="request" path="/x" status="404" json='{"path":"/y"}' timeout="120"></bv-check>
      <bv-check type="request" method="POST" send="there" body="there" timeout="120"></bv-check>`);
    assert.deepEqual(found, [
      ['passed', ''],
      ['failed', 'The status is 404, and the answer:\n{"path":"/none","list":[1]}'],
      ['failed', 'There is no header x-none.'],
      ['failed', 'path is "/x"; wanted is "/y"'],
      ['passed', ''],
    ]);
  });

  it('look into the preview, type and click there, and wait for what comes of it', async () => {
    const { found, lesson } = await made(`
      <bv-check type="dom" selector="output" text="Hi, Ada" fill="#name => Ada" click="button" timeout="120"></bv-check>
      <bv-check type="dom" selector="h1" text="Hello" visible count="1" timeout="120"></bv-check>`);
    assert.deepEqual(found, [
      ['passed', ''],
      ['passed', ''],
    ]);
    assert.isTrue(lesson.isDone('one'));
  });

  it('say that nothing runs, rather than that something is wrong', async () => {
    const place = await show(markup('<bv-check type="request" timeout="120" port="4000"></bv-check>'));
    const lesson = place.querySelector('bv-lesson')!;
    await lesson.ready;
    await lesson.querySelector('bv-container')!.boot();
    const check = place.querySelector('bv-check')!;
    void lesson.check();
    await until('the result', () => check.status === 'waiting');
    assert.deepEqual(check.result, { status: 'waiting', wanted: '', found: 'Nothing listens on port 4000: press Run.' });
  });

  it('are the page’s own functions, which may fail, throw or never end', async () => {
    const seen: unknown[] = [];
    defineCheck('files', async ({ files, exec }) => {
      seen.push((await files.read('server.js'))?.length, (await exec('echo hi')).stdout);
    });
    defineCheck('text', () => 'It is too short.');
    defineCheck('object', () => Promise.resolve({ passed: false, wanted: 'More', found: 'Less' }));
    defineCheck('throws', () => {
      throw new Error('bug');
    });
    let aborted: AbortSignal | undefined;
    defineCheck('endless', ({ signal }) => {
      aborted = signal;
      return new Promise(() => undefined);
    });
    const { found, lesson } = await made(`
      <bv-check type="function" name="files" label="a"></bv-check>
      <bv-check type="function" name="text" label="b"></bv-check>
      <bv-check type="function" name="object" label="c"></bv-check>
      <bv-check type="function" name="throws" label="d"></bv-check>
      <bv-check type="function" name="endless" label="e" timeout="0.05"></bv-check>
      <bv-check type="function" name="none" label="f"></bv-check>`);
    assert.deepEqual(found, [
      ['passed', ''],
      ['failed', 'It is too short.'],
      ['failed', 'Less'],
      ['broken', 'The check itself failed: bug'],
      ['broken', 'It did not end within 0.05 seconds, and was stopped.'],
      ['broken', 'The page defines no check “none”: it must call defineCheck()'],
    ]);
    assert.deepEqual(seen, [lesson.textOf('server.js')!.length, 'hi\n']);
    assert.isTrue(aborted?.aborted);
  });

  it('are made again by themselves after an edit, and when a server is started again', async () => {
    const { lesson, found } = await made(`
      <bv-check type="command" timeout="120" run="node more.js" stdout="more"></bv-check>
      <bv-check type="request" path="/none" timeout="120"></bv-check>`);
    assert.deepEqual(
      found.map(([status]) => status),
      ['failed', 'failed'],
    );
    const element = lesson.querySelector('bv-container')!;
    const checks = [...lesson.querySelectorAll('bv-check')] as BvCheck[];
    await element.files.write('more.js', 'console.log("more")');
    await until('the command', () => checks[0]!.status === 'passed');
    await element.files.write('server.js', 'require("http").createServer((q, s) => s.end("yes")).listen(3000)');
    await element.run();
    await until('the answer', () => checks[1]!.status === 'passed');
    await until('the step', () => lesson.isDone('one')); // The command may be made once more meanwhile.
  });

  it('ask the program as the reader edited it, not the one that began before', async () => {
    const { lesson, found } = await made('<bv-check type="request" path="/none" timeout="120"></bv-check>');
    assert.equal(found[0]![0], 'failed');
    const element = lesson.querySelector('bv-container')!;
    await element.files.write('server.js', 'require("http").createServer((q, s) => s.end("yes")).listen(3000)');
    const [outcome] = await lesson.check();
    assert.equal(outcome?.status, 'passed');
  });
});
