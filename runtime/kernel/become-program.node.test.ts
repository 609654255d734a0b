import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PosixError } from '../base/errors.ts';
import type { SignalName } from '../base/signals.ts';
import { Harness, type Program, type ScriptedProcess } from './kernel-harness.ts';

/** The answer is that of a process which is over. */
const become = (process: ScriptedProcess, file: string, args: readonly string[] = [], ignoredSignals: readonly SignalName[] = []) =>
  process
    .call('exec', {
      file,
      argv: [file, ...args],
      env: process.start.env,
      cwd: process.start.cwd,
      umask: 0o022,
      fds: process.start.fds,
      ignoredSignals,
    })
    .then(() => new Promise<never>(() => {}));

const who: Program = async (process) => {
  await process.write(1, `${process.start.program} ${process.pid} ${process.start.argv.slice(1).join(' ')}\n`);
  return 7;
};
const cat: Program = async (process) => {
  for (let part = await process.read(0); part !== ''; part = await process.read(0)) await process.write(1, part);
};
const wrapper: Program = async (process) => {
  await process.write(1, `wrapper ${process.pid}\n`);
  await become(process, `/usr/bin/${process.start.argv[1]}`, process.start.argv.slice(2));
};

describe('exec', () => {
  for (const place of ['shared', 'own'] as const) {
    it(`makes a shared process another program, which runs in a worker that is ${place}`, async () => {
      const harness = await Harness.open({
        shared: { wrapper, ...(place === 'shared' ? { who } : {}) },
        own: { nothing: who, ...(place === 'own' ? { who } : {}) },
      });
      const { stdout, code } = await harness.run('wrapper', ['who', 'a', 'b']);
      const [, pid] = /^wrapper (\d+)\n/.exec(stdout)!;
      assert.equal(stdout, `wrapper ${pid}\nwho ${pid} a b\n`);
      assert.equal(code, 7);
      await harness.settle();
      assert.equal(harness.kernel.container(harness.container).processes.size, 0);
      assert.equal(harness.kernel.counts.handles, 0);
      await harness.close();
    });
  }

  it('ends the worker of a program with a worker of its own', async () => {
    const harness = await Harness.open({ shared: { who }, own: { wrapper } });
    const { stdout, code } = await harness.run('wrapper', ['who']);
    assert.match(stdout, /^wrapper (\d+)\nwho \1 \n$/);
    assert.equal(code, 7);
    await harness.settle();
    assert.equal(harness.kernel.container(harness.container).workers.size, 1, 'only the shared one is left');
    await harness.close();
  });

  it('leaves the process as it was if it fails', async () => {
    const seen: string[] = [];
    const tries: Program = async (process) => {
      for (const file of ['/usr/bin/nothing', '/etc/passwd', '/etc'])
        await become(process, file).catch((error: PosixError) => seen.push(error.code));
      await process.write(1, 'still here');
    };
    const harness = await Harness.open({ shared: { tries } });
    assert.equal((await harness.run('tries')).stdout, 'still here');
    assert.deepEqual(seen, ['ENOENT', 'EACCES', 'EACCES']);
    await harness.close();
  });

  it('keeps the process a child of its parent, which waits for the new program; signals reach that', async () => {
    const parent: Program = async (process) => {
      const child = await process.spawn('/usr/bin/wrapper', ['cat']);
      await process.call('kill', { target: child, signal: 0 });
      const ended = process.call('wait', { child });
      await process.write(1, 'started\n');
      await process.read(0);
      await process.call('kill', { target: child, signal: 'SIGTERM' });
      const result = await ended;
      await process.write(1, `${result!.signal}\n`);
    };
    const harness = await Harness.open({ shared: { parent, wrapper }, own: { cat } });
    const { stdin, stdout } = await harness.spawn('parent');
    await harness.readUntil(stdout, 'started');
    await harness.settle();
    await harness.feed(stdin, 'x');
    assert.match(await harness.drain(stdout), /SIGTERM/);
    await harness.close();
  });

  it('forgets what the old program handled, and keeps what is to stay ignored', async () => {
    const handler: Program = async (process) => {
      process.handles('SIGTERM');
      process.ignores('SIGINT');
      await become(process, '/usr/bin/cat', [], ['SIGINT']);
    };
    const harness = await Harness.open({ shared: { handler, cat } });
    const { pid, stdin, stdout } = await harness.spawn('handler');
    await harness.write(stdin, 'one');
    await harness.readUntil(stdout, 'one');
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGINT', group: false });
    await harness.write(stdin, 'two');
    await harness.readUntil(stdout, 'two');
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGTERM', group: false });
    assert.equal((await harness.wait(pid)).signal, 'SIGTERM');
    await harness.close();
  });
});

describe('unread', () => {
  it('gives bytes back to a pipe, in front of what is in it', async () => {
    const head: Program = async (process) => {
      const handle = process.handle(0);
      const { bytes } = await process.call('read', { handle, maxBytes: 100 });
      const line = bytes.indexOf(10) + 1;
      void process.call('unread', { handle, bytes: bytes.slice(line) });
      const child = await process.spawn('/usr/bin/cat');
      await process.call('wait', { child });
    };
    const harness = await Harness.open({ shared: { head, cat } });
    assert.equal((await harness.run('head', [], 'first\nsecond\nthird\n')).stdout, 'second\nthird\n');
    await harness.close();
  });

  it('is refused for what cannot be read, and for more than can have been read', async () => {
    const codes: string[] = [];
    const bad: Program = async (process) => {
      for (const [fd, size] of [
        [1, 1],
        [0, 2 ** 21],
      ] as const) {
        await process
          .call('unread', { handle: process.handle(fd), bytes: new Uint8Array(size) })
          .catch((error: PosixError) => codes.push(error.code));
      }
    };
    const harness = await Harness.open({ shared: { bad } });
    await harness.run('bad');
    assert.deepEqual(codes, ['EINVAL', 'EINVAL']);
    await harness.close();
  });
});

describe('A file passed to a child', () => {
  it('is there though its name went before the child’s worker started, and is forgotten when the child has ended', async () => {
    const reader: Program = async (process) => {
      const item = process.start.fds.find(({ fd }) => fd === 9);
      if (item?.kind !== 'file') throw new TypeError('no file was passed');
      const file = process.worker.files.adopt(item);
      const bytes = new Uint8Array(100);
      await process.write(1, new TextDecoder().decode(bytes.subarray(0, file.read(bytes, null))));
    };
    const parent: Program = async (process) => {
      const { files, replica } = process.worker;
      files.mkdirp('/tmp/d', 0o777);
      files.writeFile('/tmp/d/f', new TextEncoder().encode('contents'));
      const file = files.open('/tmp/d/f', 0, 0);
      const shared = file.share(() => replica.allocateShared());
      const started = process.spawn('/usr/bin/reader', [], {
        fds: [...process.start.fds, { fd: 9, kind: 'file', ...shared, flags: 0, path: '/tmp/d/f' }],
      });
      files.unlink('/tmp/d/f');
      file.close();
      await process.call('wait', { child: await started });
    };
    const harness = await Harness.open({ shared: { parent }, own: { reader } });
    const { tree } = harness.kernel.container(harness.container).authority;
    const before = tree.files;
    const { stdout, stderr } = await harness.run('parent');
    assert.equal(stderr, '');
    assert.equal(stdout, 'contents');
    await harness.settle();
    assert.equal(tree.files, before + 1, 'only the folder');
    await harness.close();
  });
});
