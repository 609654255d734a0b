import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { TtyAttributes } from '../wires/process-wire.ts';
import { LineDiscipline } from './line-discipline.ts';

interface Case {
  readonly name: string;
  readonly set?: Partial<TtyAttributes>;
  readonly writes?: string;
  readonly typed: string;
  readonly screen: string;
  readonly reads: readonly string[];
}

/** Recorded by `runtime/tools/record-line-discipline.py` from a Linux tty. */
const cases = JSON.parse(readFileSync(new URL('fixtures/line-discipline.json', import.meta.url), 'utf8')) as readonly Case[];
const toBytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const toText = (bytes: Uint8Array) => String.fromCharCode(...bytes);

function run({ set = {}, writes = '', typed }: Case, step: number): { screen: string; reads: string[] } {
  let screen = '';
  const discipline = new LineDiscipline({
    echo: (bytes) => (screen += toText(bytes)),
    signal: () => {},
    readable: () => {},
  });
  discipline.setAttributes(set);
  screen += toText(discipline.output(toBytes(writes)));
  const bytes = toBytes(typed);
  for (let at = 0; at < bytes.length; at += step) discipline.input(bytes.subarray(at, at + step));
  const reads: string[] = [];
  for (let part = discipline.read(4096); part !== undefined; part = discipline.read(4096)) reads.push(toText(part));
  return { screen, reads };
}

describe('LineDiscipline, against a Linux tty', () => {
  for (const one of cases) {
    it(one.name, () => {
      // Without canonical mode one read takes what several pieces brought; how they were cut says nothing.
      const seen = (reads: readonly string[]) => (one.set?.canonical === false ? [reads.join('')] : reads);
      const single = run(one, 1);
      assert.deepEqual({ screen: single.screen, reads: seen(single.reads) }, { screen: one.screen, reads: seen(one.reads) });
      const whole = run(one, one.typed.length || 1);
      assert.deepEqual(seen(whole.reads), seen(one.reads));
      // A signal key drops the echo that was not shown yet, so there the pieces matter.
      if (!/[\x03\x1a\x1c]/.test(one.typed)) assert.equal(whole.screen, one.screen);
    });
  }
});
