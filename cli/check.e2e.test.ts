import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findBrowser } from '../runtime/tools/browsers.ts';
import type { StepReport } from './lesson/check-report.ts';
import { Program } from './testing/program.ts';

describe('bavini check, in Chromium', () => {
  let program: Program;
  const browser = findBrowser('chromium') ?? '';

  before(async () => {
    program = await Program.build('check');
  });
  after(() => program[Symbol.dispose]());

  it('passes the lessons that bavini init writes', async () => {
    await program.run('init', 'page');
    await program.run('init', 'folder', '--markdown');
    const { code, stdout, stderr } = await program.run('check', 'page/index.html', 'folder', '--browser', browser);
    assert.equal(stderr, '');
    assert.equal(
      stdout,
      'ok     page/index.html: greet\nok     page/index.html: polite\nok     folder: greetings-greet\nok     folder: greetings-polite\nAll 4 steps are right\n',
    );
    assert.equal(code, 0);
  });

  it('fails steps that are solved at the start, are not solved by their solution, or have none', async () => {
    await program.run('init', 'wrong');
    const html = readFileSync(join(program.area, 'wrong/index.html'), 'utf8');
    const step = (name: string, inner: string) => `<bv-step name="${name}" label="${name}"><p>Text</p>${inner}</bv-step>`;
    const never = '<bv-check type="file" path="greet.js" contains="never &lt;there>"></bv-check>';
    program.write({
      'wrong/index.html': html
        .replace('stdout="Hello Ada!"', 'stdout="Goodbye"')
        .replace(
          '</bv-lesson>',
          `${step('easy', '<bv-check type="file" path="greet.js" contains="greet"></bv-check><bv-solution><script type="bv-file" path="a.txt">1</script></bv-solution>')}${step('open', never)}${step('read', '')}</bv-lesson>`,
        ),
    });
    const json = await program.run('check', 'wrong', '--browser', browser, '--reporter', 'json');
    assert.equal(json.code, 1);
    const reports = JSON.parse(json.stdout) as StepReport[];
    assert.deepEqual(
      reports.map(({ step: name, problems, unchecked }) => [name, problems.map((problem) => problem.split(':')[0]), unchecked]),
      [
        ['greet', [], false],
        ['polite', ['With the solution a check does not pass'], false],
        ['easy', ['All checks pass before the reader has done anything'], false],
        ['open', ['It has checks and no solution'], false],
        ['read', [], true],
      ],
    );
    const junit = await program.run('check', 'wrong', '--browser', browser, '--reporter', 'junit');
    assert.equal(junit.code, 1);
    assert.match(junit.stdout, /<testsuite name="bavini check" tests="5" failures="3" skipped="1">/);
    assert.match(junit.stdout, /<testcase classname="wrong" name="polite" time="[\d.]+"><failure message="With the solution/);
  });
});
