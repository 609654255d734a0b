import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutputLog } from './output-log.ts';

const linesOf = (log: OutputLog) => log.entries.map(({ values }) => values.join(' '));
const made = (limit = 1000) => Object.assign(new OutputLog(() => undefined), { limit });

describe('OutputLog', () => {
  it('cuts what a program prints into lines, however it comes', () => {
    const log = made();
    for (const text of ['a', 'b\nc\n\nd', '', '\n', 'e']) log.write('stdout', 'info', text);
    assert.deepEqual(linesOf(log), ['ab', 'c', '', 'd', 'e']);
  });

  it('keeps streams apart', () => {
    const log = made();
    log.write('stdout', 'info', 'one ');
    log.write('stderr', 'error', 'bad\n');
    log.write('stdout', 'info', 'line\n');
    assert.deepEqual(linesOf(log), ['one line', 'bad']);
    assert.deepEqual(
      log.entries.map(({ level }) => level),
      ['info', 'error'],
    );
  });

  it('shows of a line with carriage returns what was written last', () => {
    const log = made();
    for (const text of ['10 %\r', '50 %\r', '100 %\n', 'windows\r\n']) log.write('stdout', 'info', text);
    assert.deepEqual(linesOf(log), ['100 %', 'windows']);
  });

  it('keeps the last lines of a flood, and counts the others', () => {
    const log = made(3);
    log.write('stdout', 'info', Array.from({ length: 100_000 }, (_, at) => `${at}\n`).join(''));
    assert.deepEqual(linesOf(log), ['99997', '99998', '99999']);
    assert.equal(log.added, 100_000);
    assert.equal(log.dropped, 99_997);
    log.clear();
    assert.equal(log.dropped, 0);
    assert.deepEqual(linesOf(log), []);
  });

  it('cuts a line without end', () => {
    const log = made();
    for (let at = 0; at < 50; at += 1) log.write('stdout', 'info', 'x'.repeat(1000));
    assert.equal(linesOf(log)[0]?.length, 20_000);
  });

  it('goes on after an unended line fell out of the last ones', () => {
    const log = made(2);
    log.write('stdout', 'info', 'open');
    for (const value of ['a', 'b', 'c']) log.add('info', 'page', [value]);
    log.write('stdout', 'info', ' again\n');
    assert.deepEqual(linesOf(log), ['c', ' again']);
  });

  it('counts what a page repeats, of programs it shows each line', () => {
    const log = made();
    for (let at = 0; at < 3; at += 1) log.add('warn', 'page', ['again', 1]);
    log.add('error', 'page', ['again', 1]);
    log.add('error', 'page', ['again', '1']);
    log.write('stdout', 'info', 'x\nx\n');
    assert.deepEqual(
      log.entries.map(({ count }) => count),
      [3, 1, 1, 1, 1],
    );
  });
});
