import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROCESS_WIRE_VERSION, type KernelNotice } from '../wires/process-wire.ts';
import { Harness, type Program } from './kernel-harness.ts';

const cat: Program = async (process) => {
  for (let part = await process.read(0); part !== ''; part = await process.read(0)) await process.write(1, part);
};
const echo: Program = (process) => process.write(1, `${process.start.argv.slice(1).join(' ')}\n`);
const upper: Program = async (process) => {
  for (let part = await process.read(0); part !== ''; part = await process.read(0)) await process.write(1, part.toUpperCase());
};
const yes: Program = async (process) => {
  for (;;) await process.write(1, 'y\n'.repeat(1000));
};
/** `echo a | upper`, as a shell would make it. */
const pipeline: Program = async (process) => {
  const { read, write } = await process.call('pipe', {});
  const [stdin, stdout, stderr] = process.start.fds;
  const first = await process.spawn('/usr/bin/echo', ['a', 'b'], {
    fds: [stdin!, { fd: 1, kind: 'stream', stream: 'pipe-write', handle: write }, stderr!],
    pgid: 0,
  });
  const second = await process.spawn('/usr/bin/upper', [], {
    fds: [{ fd: 0, kind: 'stream', stream: 'pipe-read', handle: read }, stdout!, stderr!],
    pgid: first,
  });
  process.notify({ kind: 'close', pid: process.pid, handle: read });
  process.notify({ kind: 'close', pid: process.pid, handle: write });
  await process.call('wait', { child: first });
  const { code } = (await process.call('wait', { child: second }))!;
  return code ?? 1;
};
/** Reads one part of what `yes` writes and goes. */
const head: Program = async (process) => {
  const { read, write } = await process.call('pipe', {});
  const [stdin, , stderr] = process.start.fds;
  const child = await process.spawn('/usr/bin/yes', [], {
    fds: [stdin!, { fd: 1, kind: 'stream', stream: 'pipe-write', handle: write }, stderr!],
  });
  process.notify({ kind: 'close', pid: process.pid, handle: write });
  await process.call('read', { handle: read, maxBytes: 10 });
  process.notify({ kind: 'close', pid: process.pid, handle: read });
  const { signal } = (await process.call('wait', { child }))!;
  await process.write(1, String(signal));
};
const shared = { cat, echo, upper, yes, pipeline, head };

describe('Kernel', () => {
  it('runs a program of the shared worker on pipes and tells how it ended', async () => {
    const harness = await Harness.open({ shared });
    assert.deepEqual(await harness.run('cat', [], 'hello\n'), { code: 0, signal: null, stdout: 'hello\n', stderr: '' });
    assert.deepEqual(await harness.run('echo', ['a', 'b']), { code: 0, signal: null, stdout: 'a b\n', stderr: '' });
    await harness.close();
  });

  it('welcomes a worker before it has spoken, tells it of changed files from then on, and starts nothing in it until then', async () => {
    const told: string[] = [];
    let speak = () => {};
    const harness = await Harness.open({
      own: { cat },
      onWorker: (port) => {
        port.onmessage = ({ data }: MessageEvent<{ readonly notice?: KernelNotice }>) => void told.push(data.notice?.kind ?? 'no notice');
        speak = () => port.postMessage({ kind: 'notice', notice: { kind: 'hello', version: PROCESS_WIRE_VERSION } });
      },
    });
    const until = async (kind: string) => {
      while (!told.includes(kind)) await harness.settle();
    };
    const spawning = harness.spawn('cat');
    await until('welcome');
    await harness.peer.call('writeFile', { container: harness.container, path: '/tmp/new', bytes: new Uint8Array(1) });
    await until('changes');
    assert.equal(told[0], 'welcome');
    assert.ok(!told.includes('start'));
    speak();
    await until('start');
    assert.equal(told.filter((kind) => kind === 'welcome').length, 1);
    await spawning;
    await harness.close();
  });

  it('runs a program in a worker of its own, which ends with it', async () => {
    const harness = await Harness.open({ own: { cat } });
    assert.equal((await harness.run('cat', [], 'x')).stdout, 'x');
    assert.equal(harness.kernel.counts.workers, 0);
    assert.equal(harness.kernel.counts.handles, 0);
    await harness.close();
  });

  it('joins programs by a pipe', async () => {
    const harness = await Harness.open({ shared });
    assert.deepEqual(await harness.run('pipeline'), { code: 0, signal: null, stdout: 'A B\n', stderr: '' });
    await harness.close();
  });

  it('ends who writes to a pipe that nobody reads with SIGPIPE', async () => {
    const harness = await Harness.open({ shared });
    assert.equal((await harness.run('head')).stdout, 'SIGPIPE');
    await harness.close();
  });

  it('kills a program that never ends, whatever worker it is in', async () => {
    for (const where of ['shared', 'own'] as const) {
      const harness = await Harness.open({ [where]: { stuck: () => new Promise<void>(() => {}) } });
      const { pid } = await harness.spawn('stuck');
      await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGTERM', group: false });
      assert.deepEqual(await harness.wait(pid), { pid, code: null, signal: 'SIGTERM' });
      await harness.close();
    }
  });

  it('takes a worker from the pool, which holds a live replica', async () => {
    const seen: string[] = [];
    const look: Program = async (process) => {
      seen.push(new TextDecoder().decode(process.worker.files.readFile('/home/user/project/a.txt')));
    };
    const harness = await Harness.open({ own: { look }, pool: 1 });
    await harness.peer.call('warm', { container: harness.container, program: 'look' });
    while (harness.workers.size === 0) await harness.settle();
    await harness.peer.call('writeFile', {
      container: harness.container,
      path: '/home/user/project/a.txt',
      bytes: new TextEncoder().encode('later'),
    });
    const { pid } = await harness.spawn('look');
    await harness.wait(pid);
    assert.deepEqual(seen, ['later']);
    await harness.close();
  });
});
