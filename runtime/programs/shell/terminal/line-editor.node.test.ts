import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Calls } from '../../../process/streams.ts';
import { decodeText, encodeText } from '../../../process/text.ts';
import type { Completer } from './completion.ts';
import { LineEditor } from './line-editor.ts';
import { Interrupted } from '../execution/control-flow.ts';

/** A terminal that types `keys`, one read each, and remembers its modes. */
function typing(keys: readonly string[], history: string[] = []) {
  const left = [...keys];
  const modes: boolean[] = [];
  let shown = '';
  const call = (op: string, args: { bytes?: Uint8Array; attributes?: { canonical: boolean } }) => {
    if (op === 'read') return Promise.resolve({ bytes: encodeText(left.shift() ?? '') });
    if (op === 'write') shown += decodeText(args.bytes as Uint8Array);
    if (op === 'setTty') modes.push(args.attributes?.canonical as boolean);
    return Promise.resolve({ size: { columns: 20, rows: 5 } });
  };
  const calls = { call, signal: new AbortController().signal } as unknown as Calls;
  const completer = {
    complete: (line: string) => ({ start: 0, candidates: line === 'ec' ? ['echo '] : [], labels: ['echo'] }),
  } as unknown as Completer;
  return {
    line: new LineEditor(calls, 1, history, completer, () => new AbortController().signal).readLine('$ '),
    modes,
    shown: () => shown,
  };
}

it('LineEditor gives the edited line and leaves the terminal cooked', async () => {
  const { line, modes } = typing(['helo', '\x1b[D', 'l', '\x01', 'X', '\x05', '!', '\r']);
  assert.equal(await line, 'Xhello!');
  assert.deepEqual(modes, [false, true]);
});
it('LineEditor recalls, searches and completes', async () => {
  assert.equal(await typing(['\x1b[A', '\x1b[A', '\r'], ['one', 'two']).line, 'one');
  assert.equal(await typing(['\x12', 'on', '\r'], ['one', 'two']).line, 'one');
  assert.equal(await typing(['ec', '\t', 'x\r']).line, 'echo x');
});
it('LineEditor kills and yanks, and takes wide characters as one', async () => {
  assert.equal(await typing(['a b', '\x17', '\x19', '\x19', '\r']).line, 'a bb');
  assert.equal(await typing(['日本', '\x7f', '語\r']).line, '日語');
});
it('LineEditor ends on Ctrl-D in an empty line and is interrupted by Ctrl-C', async () => {
  assert.equal(await typing(['\x04']).line, null);
  await assert.rejects(typing(['abc', '\x03']).line, (error) => error instanceof Interrupted);
});
