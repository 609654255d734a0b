import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessSyscalls } from './process-syscalls.ts';
import { afterInput } from './standard-input.ts';

/** A clock whose tasks run when told to, timers behind them. */
function makeClock() {
  const tasks: (() => void)[] = [];
  const timers: (() => void)[] = [];
  return {
    postTask: (task: () => void) => void tasks.push(task),
    setTimer: (task: () => void) => timers.push(task),
    clearTimer: () => undefined,
    /** Runs one task, or a timer where there is none. */
    turn: () => (tasks.shift() ?? timers.shift())?.(),
  };
}

/** A process whose standard input is no pipe. */
function makeProcess() {
  const answers: [string, unknown][] = [];
  const process = {
    earlierInput: undefined,
    start: {},
    descriptors: { info: () => undefined },
    answer: (question: string, found: unknown) => void answers.push([question, found]),
  };
  return { answers, process: process as unknown as ProcessSyscalls };
}

test('afterInput() has a program that waits for its library do what it can do before', () => {
  const clock = makeClock();
  const { process, answers } = makeProcess();
  let isHere = false;
  let pieces = 0;
  let begun = 0;
  const layers = { hasEngine: () => true, hasLibrary: () => isHere, meanwhile: () => ++pieces < 3 };
  afterInput(clock, process, () => begun++, layers, true);
  assert.equal(pieces, 1);
  clock.turn();
  clock.turn();
  assert.equal(pieces, 3, 'a piece each turn');
  clock.turn();
  assert.deepEqual([pieces, begun], [4, 0], 'there are no more: it looks now and then');
  isHere = true;
  clock.turn();
  clock.turn();
  assert.deepEqual([pieces, begun, answers], [4, 1, []]);
});

test('afterInput() has it do no more once the library is there, or will not come', () => {
  for (const state of ['here', 'failed']) {
    const clock = makeClock();
    const { process, answers } = makeProcess();
    let isOver = false;
    let pieces = 0;
    let begun = 0;
    const hasLibrary = () => isOver && state === 'here';
    const layers = { hasEngine: () => true, hasLibrary, hasFailed: () => isOver && state === 'failed', meanwhile: () => ++pieces > 0 };
    afterInput(clock, process, () => begun++, layers, true);
    clock.turn();
    isOver = true;
    clock.turn();
    clock.turn();
    assert.deepEqual([pieces, begun], [2, 1]);
    assert.deepEqual(answers, state === 'here' ? [] : [['library', false]]);
  }
});
