import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Handle } from '../base/ids.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { firstOwnHandle } from '../wires/process-wire.ts';
import { Harness, type Program } from './kernel-harness.ts';

const project = '/home/user/project';
const encode = (text: string) => new TextEncoder().encode(text);
const fails = (call: Promise<unknown>, code: string) => assert.rejects(call, (error: { code?: string }) => error.code === code);

async function open(store?: MemoryStore, shared: Readonly<Record<string, Program>> = {}) {
  const harness = new Harness({
    shared,
    environment: store ? { openStore: () => Promise.resolve({ store, storedElsewhere: false, keepLayer: () => Promise.resolve() }) } : {},
  });
  await harness.boot();
  const made = await harness.peer.call('createContainer', {
    persist: store ? 'name' : null,
    workdir: project,
    env: {},
    limits: {},
    engine: 'native',
  });
  const { container } = made;
  harness.container = container;
  const read = async (path: string) => new TextDecoder().decode((await harness.peer.call('readFile', { container, path })).bytes);
  const write = (path: string, text: string) => harness.peer.call('writeFile', { container, path, bytes: encode(text) });
  const mount = () =>
    harness.peer.call('mountAuthored', {
      container,
      path: project,
      entries: [
        { kind: 'file', path: 'src/a.txt', data: 'author' },
        { kind: 'symlink', path: 'b', target: 'src/a.txt' },
      ],
      layer: null,
    });
  const names = async (path: string) => (await harness.peer.call('readdir', { container, path })).entries.map(({ name }) => name);
  return { harness, container, made, read, write, mount, names };
}

describe('Files of the page', () => {
  it('are read, written, listed, moved and removed, with errors that name call and path', async () => {
    const { harness, container, read, write, mount, names } = await open();
    await mount();
    assert.equal(await read(`${project}/b`), 'author');
    await write(`${project}/c.txt`, 'c');
    await harness.peer.call('mkdir', { container, path: `${project}/x/y`, recursive: true });
    await harness.peer.call('rename', { container, from: `${project}/c.txt`, to: `${project}/x/y/d.txt` });
    assert.deepEqual(await names(project), ['b', 'src', 'x']);
    const { type, size } = await harness.peer.call('stat', { container, path: `${project}/x/y/d.txt`, followSymlinks: true });
    assert.deepEqual([type, size], ['file', 1]);
    await assert.rejects(read(`${project}/none`), { code: 'ENOENT', message: `ENOENT: no such file or directory, open '${project}/none'` });
    await fails(harness.peer.call('remove', { container, path: `${project}/x`, recursive: false, force: false }), 'EISDIR');
    await harness.peer.call('remove', { container, path: `${project}/x`, recursive: true, force: false });
    await harness.peer.call('remove', { container, path: `${project}/x`, recursive: true, force: true });
    await harness.peer.call('remove', { container, path: `${project}/x/y/d.txt`, recursive: false, force: true });
    await fails(harness.peer.call('remove', { container, path: `${project}/x`, recursive: true, force: false }), 'ENOENT');
    await fails(write('/etc/passwd', ''), 'EACCES');
    await harness.close();
  });

  it('are watched', async () => {
    const { harness, container, write } = await open();
    await harness.peer.call('watch', { container, path: project, recursive: true, id: 7 });
    await write(`${project}/a.txt`, 'a');
    const event = await harness.notice(({ kind }) => kind === 'fileEvent');
    assert.deepEqual(event, { kind: 'fileEvent', container, id: 7, event: 'rename', name: 'a.txt' });
    await harness.peer.call('unwatch', { container, id: 7 });
    await harness.close();
  });

  it('go into an archive and come back from it', async () => {
    const { harness, container, read, write, mount, names } = await open();
    await mount();
    const { tar } = await harness.peer.call('archive', { container, path: project, excludes: ['b'], includes: [] });
    await write(`${project}/src/a.txt`, 'changed');
    await write(`${project}/more.txt`, 'more');
    await harness.peer.call('restore', { container, path: project, tar });
    assert.deepEqual(await names(project), ['src']);
    assert.equal(await read(`${project}/src/a.txt`), 'author');
    const whole = await harness.peer.call('archive', { container, path: '/', excludes: [], includes: [] });
    await harness.peer.call('restore', { container, path: '/', tar: whole.tar });
    assert.equal(await read(`${project}/src/a.txt`), 'author');
    await write(`${project}/src/a.txt`, 'still mine');
    await harness.close();
  });

  it('are kept, shadow what the author mounts, and are forgotten', async () => {
    const store = new MemoryStore();
    const first = await open(store);
    assert.deepEqual(first.made, { container: first.container, restored: false, storedElsewhere: false, notKept: false });
    await first.mount();
    await first.write(`${project}/src/a.txt`, 'edited');
    await first.harness.peer.call('sync', { container: first.container });
    await first.harness.close();

    const second = await open(store, {
      look: async (process) => process.write(1, new TextDecoder().decode(process.worker.files.readFile(`${project}/src/a.txt`))),
    });
    assert.equal(second.made.restored, true);
    await second.mount();
    assert.equal(await second.read(`${project}/src/a.txt`), 'edited');
    assert.equal((await second.harness.run('look')).stdout, 'edited');
    await second.harness.peer.call('forget', { container: second.container });
    assert.equal(await second.read(`${project}/src/a.txt`), 'author');
    await second.harness.close();

    const third = await open(store);
    assert.equal(await third.read(`${project}/src/a.txt`), 'author');
    await third.harness.close();
  });

  it('a store that cannot be opened costs the stored files, not the session', async () => {
    const harness = new Harness({ environment: { openStore: () => Promise.reject(new TypeError('broken')) } });
    await harness.boot();
    const made = await harness.peer.call('createContainer', { persist: 'x', workdir: project, env: {}, limits: {}, engine: 'native' });
    assert.deepEqual([made.restored, made.storedElsewhere, made.notKept], [false, false, true]);
    const told = await harness.notice(({ kind }) => kind === 'storeError');
    assert.equal(told.kind === 'storeError' && told.error.kind === 'bv' ? told.error.code : '', 'ERR_BV_STORE');
    await harness.close();
  });
});

describe('Threads', () => {
  it('are reached over a channel that their parent has named', async () => {
    const parent: Program = async (process) => {
      const at = (firstOwnHandle + 8) as Handle;
      const named = process.call('channelPair', { at });
      const heard = new Promise((resolve) => (process.onMessage = resolve));
      process.notify({ kind: 'post', pid: process.pid, handle: (at + 1) as Handle, data: 'early' });
      assert.deepEqual(await named, { a: at, b: at + 1 });
      assert.deepEqual(await heard, { kind: 'message', handle: at, data: 'early' });
      for (const taken of [at, at + 1, at - 1] as Handle[]) await fails(process.call('channelPair', { at: taken }), 'EINVAL');
      assert.ok((await process.call('channelPair', {})).b < firstOwnHandle);
    };
    const harness = await Harness.open({ own: { parent } });
    assert.deepEqual(await harness.run('parent'), { code: 0, signal: null, stdout: '', stderr: '' });
    await harness.settle();
    await harness.close();
  });

  it('get what was posted before they ran, answer, and end with their parent', async () => {
    const thread: Program = async (process) => {
      const { channel, data } = process.start.thread!;
      await new Promise<void>((resolve) => {
        process.onMessage = (notice) => {
          if (notice.kind !== 'message') return;
          process.notify({ kind: 'post', pid: process.pid, handle: channel, data: [data, notice.data] });
          if (notice.data === 'two') resolve();
        };
      });
      await new Promise<never>(() => {});
    };
    const parent: Program = async (process) => {
      const { a, b } = await process.call('channelPair', {});
      const got: unknown[] = [];
      const both = new Promise<void>((resolve) => {
        process.onMessage = (notice) => {
          if (notice.kind === 'message') got.push(notice.data);
          if (got.length === 2) resolve();
        };
      });
      process.notify({ kind: 'post', pid: process.pid, handle: a, data: 'one' });
      const child = await process.spawn('/usr/bin/thread', [], { fds: [], thread: { channel: b, data: 'start' } });
      process.notify({ kind: 'close', pid: process.pid, handle: b });
      process.notify({ kind: 'post', pid: process.pid, handle: a, data: 'two' });
      await both;
      assert.deepEqual(
        (await process.call('processes', {})).rows.map(({ pid }) => pid),
        [process.pid],
      );
      await process.call('kill', { target: child, signal: 0 });
      await process.write(1, JSON.stringify(got));
    };
    const harness = await Harness.open({ own: { parent, thread } });
    assert.deepEqual(await harness.run('parent'), { code: 0, signal: null, stdout: '[["start","one"],["start","two"]]', stderr: '' });
    await harness.settle();
    assert.deepEqual(harness.kernel.counts, { containers: 1, workers: 0, handles: 0 });
    await harness.close();
  });
});

describe('The shared worker', () => {
  it('killGrace: is ended when it does not even stop what was killed, and started anew', async () => {
    const fired: (() => void)[] = [];
    const harness = await Harness.open({
      shared: { stuck: () => new Promise<void>(() => {}), done: () => Promise.resolve() },
      environment: {
        setTimer: (task) => {
          fired.push(task);
          return () => void fired.splice(fired.indexOf(task), 1);
        },
      },
    });
    const { pid } = await harness.spawn('stuck');
    for (const worker of harness.workers.values()) worker.stopsWhenKilled = false;
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGKILL', group: false });
    await harness.settle();
    for (const task of [...fired]) task();
    const fault = await harness.notice(({ kind }) => kind === 'fault');
    assert.match(fault.kind === 'fault' && fault.error.kind === 'bv' ? fault.error.message : '', /did not stop process/);
    assert.equal((await harness.run('done')).code, 0);
    await harness.close();
  });
});
