import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Calls } from '../../../process/streams.ts';
import { decodeText, encodeText } from '../../../process/text.ts';
import type { Shell } from '../shell.ts';
import { Completer } from './completion.ts';
import { LineEditor } from './line-editor.ts';
import { Interrupted } from '../execution/control-flow.ts';

/** A terminal that types `keys`, one read each, and remembers its modes. */
function typing(keys: readonly string[], history: string[] = [], given?: Completer) {
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
  const completer =
    given ??
    ({
      complete: (line: string) => ({ start: 0, candidates: line === 'ec' ? ['echo '] : [], labels: ['echo'] }),
    } as unknown as Completer);
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
it('LineEditor moves and kills by words, to the start and to the end', async () => {
  assert.equal(await typing(['one two', '\x1bb', 'X', '\r']).line, 'one Xtwo');
  assert.equal(await typing(['one two', '\x01', '\x1bf', 'X', '\r']).line, 'oneX two');
  assert.equal(await typing(['one two', '\x01', '\x1bd', '\x05', '\x19', '\r']).line, ' twoone');
  assert.equal(await typing(['one two-x', '\x1b\x7f', '\r']).line, 'one two-');
  assert.equal(await typing(['one two-x', '\x17', '\r']).line, 'one ');
  assert.equal(await typing(['abc', '\x02', '\x0b', '\x01', '\x19', '\r']).line, 'cab');
  assert.equal(await typing(['abc', '\x02', '\x15', '\x05', '\x19', '\r']).line, 'cab');
  assert.equal(await typing(['ab', '\x14', '\r']).line, 'ba');
  assert.equal(await typing(['abc', '\x1b[1~', '\x04', '\x1b[4~', '\x1b[D', '\x1b[3~', '\r']).line, 'b');
});
it('LineEditor keeps what was begun while the history is looked through', async () => {
  assert.equal(await typing(['dra', '\x1b[A', '\x1b[A', '\x1b[B', '\x1b[B', 'ft', '\r'], ['one', 'two']).line, 'draft');
  assert.equal(await typing(['\x1b<', '\r'], ['one', 'two']).line, 'one');
  assert.equal(await typing(['x', '\x1b<', '\x1b>', '\r'], ['one', 'two']).line, 'x');
  assert.equal(await typing(['cat ', '\x1b.', '\r'], ['one', 'ls -l two']).line, 'cat two');
  assert.equal(await typing(['cat ', '\x1b.', '\x1b.', '\r'], ['ls one', 'ls two']).line, 'cat one');
});
it('LineEditor goes back to the line on Ctrl-G, further back on each Ctrl-R, and says when nothing is found', async () => {
  const history = ['echo 1', 'ls', 'echo 2'];
  assert.equal(await typing(['beg', '\x12', 'ech', '\x07', 'in\r'], history).line, 'begin');
  assert.equal(await typing(['\x12', 'ech', '\x12', '\r'], history).line, 'echo 1');
  assert.equal(await typing(['\x12', 'ech', '\x05', '3\r'], history).line, 'echo 23');
  const none = typing(['\x12', 'zzz', '\x07', '\r'], history);
  assert.equal(await none.line, '');
  assert.match(none.shown(), /\(failed reverse-i-search\)`zzz'/);
});
it('LineEditor takes a paste of several lines as one text', async () => {
  assert.equal(await typing(['\x1b[200~for i in 1 2; do\r  echo $i\t\rdone\x1b[201~', '\r']).line, 'for i in 1 2; do\n  echo $i\t\ndone');
});

/** A shell with a few files, as the completer sees it. */
const shell = {
  builtins: new Map([['echo', 0]]),
  functions: new Map([['fun', 0]]),
  aliases: new Map(),
  variables: { names: () => ['HOME', 'HOST'], get: (name: string) => (name === 'PATH' ? '/bin' : undefined) },
  homeOf: () => '/root',
  directories: {
    list: (path: string) =>
      ({ '.': ['a b', 'a*c', 'dir x', 'plain', '.hidden'], 'dir x': ['in side'], '/bin': ['ls', 'funny'], '/root': ['home'] })[
        path.replace(/(?<=.)\/$/, '')
      ],
    isDirectory: (path: string) => path.endsWith('dir x'),
  },
} as unknown as Shell;
const completed = async (line: string, ...more: string[]) => typing([line, '\t', ...more, '\r'], [], new Completer(shell)).line;

it('Completer completes commands, files, variables and homes, quoted as they were begun', async () => {
  assert.equal(await completed('l'), 'ls ');
  assert.equal(await completed('echo | fun'), 'echo | fun');
  assert.equal(await completed('cat pl'), 'cat plain ');
  assert.equal(await completed('cat di'), 'cat dir\\ x/');
  assert.equal(await completed('cat dir\\ x/'), 'cat dir\\ x/in\\ side ');
  assert.equal(await completed('cat "dir x/i'), 'cat "dir x/in side" ');
  assert.equal(await completed("cat 'd"), "cat 'dir x/");
  assert.equal(await completed('cat "'), 'cat "');
  assert.equal(await completed('cat .h'), 'cat .hidden ');
  assert.equal(await completed('cat <pl'), 'cat <plain ');
  assert.equal(await completed('echo $HOM'), 'echo $HOME');
  assert.equal(await completed('cat ~/h'), 'cat ~/home ');
});
it('Completer adds no half of an escape where candidates part', async () => {
  assert.equal(await completed('cat a'), 'cat a');
});
