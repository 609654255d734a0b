import { assert } from 'chai';
import { bootContainer, endContainers } from '../testing/page-container.ts';
import type { Container } from '../index.ts';

async function failure(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('Nothing failed');
}

describe('Bad input', function () {
  this.timeout(120_000);
  let container: Container;
  before(async () => {
    container = await bootContainer({
      files: {
        'kept.txt': 'kept',
        'text.txt': 'echo as a script\n',
        'binary.bin': new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0, 0]),
        'no-interpreter': '#!/usr/bin/nothing\n',
        'folder/x': '',
      },
    });
    await container.exec('chmod +x text.txt binary.bin no-interpreter');
  });
  after(async () => {
    assert.equal(await container.fs.readFile('kept.txt', 'utf8'), 'kept', 'nothing was lost');
    await endContainers();
  });

  it('a malformed tree is refused as a whole, saying where', async () => {
    const error = await failure(
      container.mount({ 'kept.txt': { file: { contents: 'overwritten' } }, a: { directory: { b: { file: {} } } } } as never),
    );
    assert.equal(error.code, 'ERR_BV_BAD_TREE');
    assert.include(error.message, '"a/b"');
    assert.equal(await container.fs.readFile('kept.txt', 'utf8'), 'kept');
  });

  it('a path that leaves the root is refused, in files and in archives', async () => {
    assert.equal((await failure(bootContainer({ files: { 'a/../../b': 'x' } }))).code, 'ERR_BV_PATH_ESCAPE');
    assert.equal((await failure(container.fs.readFile('../../../../etc/none'))).code, 'ENOENT', 'above the root is the root');
  });

  it('an archive that is none is refused', async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array([0x50, 0x4b, 3, 4, 9, 9]), new Uint8Array([0x1f, 0x8b, 8, 0, 1])]) {
      assert.equal((await failure(container.mount(bytes))).code, 'ERR_BV_BAD_ARCHIVE');
    }
  });

  it('an unknown command', async () => {
    const error = await failure(container.spawn('no-such-command', ['x']));
    assert.equal(error.code, 'ENOENT');
    assert.equal(error.message, "ENOENT: no such file or directory, spawn 'no-such-command'");
    const { code, stderr } = await container.exec('no-such-command x');
    assert.equal(code, 127);
    assert.include(stderr, 'no-such-command: command not found');
  });

  it('a directory run as a program', async () => {
    assert.equal((await failure(container.spawn('./folder'))).code, 'EACCES');
    const { code, stderr } = await container.exec('./folder');
    assert.equal(code, 126);
    assert.include(stderr, './folder: Is a directory');
    const node = await container.exec('node folder');
    assert.equal(node.code, 1);
    assert.include(node.stderr, "Cannot find module '/home/project/folder'");
  });

  it('a script that is not text, one without an interpreter, and one whose interpreter is missing', async () => {
    assert.equal((await failure(container.spawn('./binary.bin'))).code, 'ENOEXEC');
    const binary = await container.exec('./binary.bin');
    assert.equal(binary.code, 126);
    assert.include(binary.stderr, './binary.bin: cannot execute binary file: Exec format error');
    assert.deepEqual(await container.exec('./text.txt'), { code: 0, signal: null, stdout: 'as a script\n', stderr: '', truncated: false });
    const missing = await container.exec('./no-interpreter');
    assert.equal(missing.code, 127);
    assert.include(missing.stderr, './no-interpreter: cannot execute: required file not found');
    const shell = await container.exec('sh binary.bin');
    assert.equal(shell.code, 126);
    assert.include(shell.stderr, 'binary.bin: cannot execute binary file');
    assert.notEqual((await container.exec('node binary.bin')).code, 0);
  });

  it('a port that is taken, and one that was never opened', async () => {
    const opened = new Promise((resolve) => container.on('server-ready', resolve));
    const first = await container.spawn('node', ['-e', 'require("net").createServer().listen(7000)'], { tty: false });
    await opened;
    const { code, stderr } = await container.exec('node -e "require(\'net\').createServer().listen(7000)"');
    assert.equal(code, 1);
    assert.include(stderr, 'Error: listen EADDRINUSE: address already in use :::7000');
    await first.kill();
    await first.status;
    const error = await failure(container.fetch(7777, '/'));
    assert.deepEqual([error.code, error.message], ['ERR_BV_PORT_CLOSED', 'Nothing listens on port 7777']);
  });

  it('an event, a signal and a limit that do not exist', async () => {
    assert.throws(() => container.on('nonsense' as 'error', () => undefined), TypeError, 'Unknown event "nonsense"');
    const process = await container.spawn('sleep', ['100'], { tty: false });
    await failure(process.kill('SIGNONSENSE' as never));
    await process.kill('SIGKILL');
    await process.status;
    assert.include((await failure(bootContainer({ limits: { nonsense: 5 } }))).message, 'Unknown limit "nonsense"');
    assert.include((await failure(bootContainer({ limits: { processes: 0 } }))).message, 'positive integer');
    assert.equal((await failure(bootContainer({ workdirName: '../x' }))).code, 'ERR_BV_BAD_TREE');
  });

  it('arguments of other types than said', async () => {
    const odd = <T>(value: unknown) => value as T;
    for (const files of [null, 'text', 5, ['text'], new Map([['a', 'text']]), new Blob(['text'])]) {
      const { code, message } = await failure(bootContainer({ files: odd(files) }));
      assert.deepEqual(
        [code, message],
        ['ERR_BV_BAD_TREE', 'Cannot read the file tree at "/": expected an object of names, or of paths and contents'],
      );
    }
    assert.equal((await failure(bootContainer({ snapshot: odd('text') }))).code, 'ERR_BV_BAD_ARCHIVE');
    assert.equal((await failure(container.restore(odd(new Uint8Array(8))))).message, 'Cannot restore the snapshot: expected a Blob');
    assert.equal(
      (await failure(bootContainer({ preview: odd('frame') }))).message,
      'There is no preview host "frame": known are "inline", "service-worker" and "origin"',
    );
    assert.equal(
      (await failure(container.export('.', { format: odd('rar') }))).message,
      'There is no format "rar": known are "json", "binary" and "zip"',
    );
    const said = [
      [() => container.exec(odd(undefined)), 'A command line must be a string, not undefined'],
      [() => container.spawn(odd(5)), 'A command must be a string, not 5'],
      [() => container.exec('pwd', { cwd: odd(5) }), 'A path must be a string, not 5'],
      [() => container.fs.readFile(odd(undefined)), 'A path must be a string, not undefined'],
      [() => bootContainer({ persist: odd(5) }), 'Cannot keep files under 5: expected a string'],
      [() => bootContainer({ persist: odd({}) }), 'Cannot keep files under [object Object]: expected a string'],
      [() => bootContainer({ persist: '' }), 'Cannot keep files under "": the name is empty'],
      [() => container.fs.writeFile('number', odd(5)), 'Cannot write "number": expected a string or a Uint8Array'],
      [() => container.fetch(99_999), 'There is no port 99999: expected a number up to 65535'],
      [() => container.fetch(odd('3000')), 'There is no port "3000": expected a number up to 65535'],
    ] as const;
    for (const [work, message] of said) assert.equal((await failure(work())).message, message);
    for (const input of [5, new Blob(['text']).stream(), new Blob(['text'])])
      assert.include((await failure(container.exec('cat', { input: odd(input) }))).message, 'expected a string or a Uint8Array');
    await container.fs.writeFile('view', odd(new DataView(new TextEncoder().encode('a view').buffer, 2)));
    assert.equal(await container.fs.readFile('view', 'utf8'), 'view');
    assert.equal((await container.exec('echo "${A-unset} $B"', { env: { A: odd(undefined), B: 3 } })).stdout, 'unset 3\n');
  });

  it('a signal for a program on a terminal that does not exist', async () => {
    const process = await container.spawn('sleep', ['100']);
    assert.throws(() => process.kill('SIGNONSENSE' as 'SIGINT'), 'EINVAL: invalid argument, kill');
    process.kill('SIGKILL');
    assert.equal(await process.exit, 137);
  });

  it('a terminal of a size that there is not', async () => {
    const process = await container.spawn('sleep', ['100']);
    const sizes = [
      [NaN, 24],
      [80, -1],
      [80, 0],
      [80.5, 24],
      [80, 65_536],
      ['80' as unknown as number, 24],
    ] as const;
    for (const [cols, rows] of sizes) {
      const said = `A terminal cannot have ${cols} × ${rows} cells: expected whole numbers from 1 to 65535`;
      assert.throws(() => process.resize({ cols, rows }), RangeError, said);
      const { message } = await failure(container.spawn('true', { terminal: { cols, rows } }));
      assert.equal(message, said);
    }
    process.kill('SIGKILL');
    assert.equal(await process.exit, 137);
  });

  it('an engine that does not exist', async () => {
    const engine = 'v8' as 'native';
    for (const work of [
      () => bootContainer({ engine }),
      () => container.spawn('true', { engine }),
      () => container.exec('true', { engine }),
    ]) {
      const { code, message } = await failure(work());
      assert.equal(code, 'ERR_BV_INVALID_ARGUMENT');
      assert.equal(message, 'There is no engine "v8": known are "native" and "quickjs"');
    }
  });
});
