import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { openContractFiles } from '../testing/contract-files.ts';
import { runContractLine, type ContractFiles } from '../testing/contract-line.ts';
import { Watchers } from './watchers.ts';

/** Calls in a folder `/w` that is watched, and what both ways of watching must tell of each. */
const cases: readonly (readonly [string, readonly string[], string?])[] = [
  ['a new file', ['open /w/a creat,w']],
  ['a file written', ['append /w/file x']],
  ['a file removed', ['unlink /w/file']],
  ['a file renamed', ['rename /w/file /w/other']],
  ['a file moved out', ['rename /w/file /out']],
  ['a file moved in', ['rename /outside /w/in']],
  ['a directory made and removed', ['mkdir /w/d', 'rmdir /w/d']],
  ['a link made', ['symlink x /w/l']],
  ['a mode changed', ['chmod /w/file 600']],
  ['something deeper', ['append /w/deep/file x']],
];

const settle = () => new Promise((resolve) => setTimeout(resolve, 60));

function prepare(files: ContractFiles): void {
  for (const line of ['mkdir /w', 'put /w/file 1', 'mkdir /w/deep', 'put /w/deep/file 1', 'put /outside 1']) runContractLine(files, line);
}

function run(files: ContractFiles, line: string): void {
  const [operation, path = '', text = ''] = line.split(' ');
  if (operation !== 'append') return void runContractLine(files, line);
  const handle = files.open(path, 0o2001, 0);
  handle.write(new TextEncoder().encode(text), null);
  handle.close();
}

/** As `cases`, of the file that is watched itself. */
const fileCases: readonly (readonly [string, readonly string[]])[] = [
  ['its mode', ['chmod /w/file 600']],
  ['its removal', ['unlink /w/file']],
  ['its new name', ['rename /w/file /w/other', 'append /w/other x', 'put /w/file 2']],
  ['another in its place', ['rename /outside /w/file', 'append /w/file x']],
  ['a name less', ['link /w/file /w/second', 'unlink /w/second']],
];

describe('Watchers', () => {
  for (const [what, lines, watched = '/w'] of [...cases, ...fileCases.map(([what, lines]) => [what, lines, '/w/file'] as const)]) {
    it(`tell of ${what} as fs.watch on Linux does${watched === '/w' ? '' : ' of a file'}`, async () => {
      const ours = openContractFiles();
      prepare(ours);
      const root = fs.mkdtempSync(`${tmpdir()}/watch-`);
      try {
        const theirs = nodeFiles(root);
        prepare(theirs);
        const wanted: string[] = [];
        const watcher = fs.watch(`${root}${watched}`, (event, name) => wanted.push(`${event} ${name}`));
        await settle();
        for (const line of lines) run(theirs, line);
        await settle();
        watcher.close();

        const found: string[] = [];
        const end = new Watchers(ours.system.tree).watch(
          ours.system.nodeAt(watched, { follow: true }),
          { recursive: false },
          ({ kind, name }) => found.push(`${kind} ${name === '' ? 'file' : name}`),
        );
        for (const line of lines) run(ours, line);
        end();
        assert.deepEqual(found, wanted);
        assert.equal(ours.system.tree.listener, undefined);
      } finally {
        fs.rmSync(root, { recursive: true });
      }
    });
  }

  it('tell a recursive listener of everything below, by its path', () => {
    const ours = openContractFiles();
    prepare(ours);
    const found: string[] = [];
    new Watchers(ours.system.tree).watch(ours.system.nodeAt('/w', { follow: true }), { recursive: true }, ({ kind, name }) =>
      found.push(`${kind} ${name}`),
    );
    run(ours, 'append /w/deep/file x');
    run(ours, 'mkdir /w/deep/er');
    run(ours, 'append /outside x');
    assert.deepEqual(found, ['change deep/file', 'rename deep/er']);
  });

  it('tell of a watched file itself by an empty name, also once it is renamed', () => {
    const ours = openContractFiles();
    prepare(ours);
    const found: string[] = [];
    new Watchers(ours.system.tree).watch(ours.system.nodeAt('/w/file', { follow: true }), { recursive: false }, ({ kind, name }) =>
      found.push(`${kind} ${name}`),
    );
    run(ours, 'append /w/file x');
    run(ours, 'rename /w/file /w/other');
    run(ours, 'append /w/other x');
    run(ours, 'unlink /w/other');
    assert.deepEqual(found, ['change ', 'rename ', 'change ', 'change ', 'rename ', 'rename ']);
  });
});

/** The calls the cases need, on Node's `fs` below `root`. */
function nodeFiles(root: string): ContractFiles {
  return {
    mkdir: (path: string, mode: number) => fs.mkdirSync(root + path, mode),
    rmdir: (path: string) => fs.rmdirSync(root + path),
    unlink: (path: string) => fs.unlinkSync(root + path),
    rename: (from: string, to: string) => fs.renameSync(root + from, root + to),
    link: (from: string, to: string) => fs.linkSync(root + from, root + to),
    symlink: (target: string, path: string) => fs.symlinkSync(target, root + path),
    chmod: (path: string, mode: number) => fs.chmodSync(root + path, mode),
    open: (path: string, flags: number, mode: number) => {
      const fd = fs.openSync(root + path, flags, mode);
      return { write: (bytes: Uint8Array) => fs.writeSync(fd, bytes), close: () => fs.closeSync(fd) };
    },
  } as unknown as ContractFiles;
}
