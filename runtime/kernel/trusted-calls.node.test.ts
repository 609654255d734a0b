/** What only workers of trusted programs may ask: layers, and what is fetched through the page. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostOps } from '../wires/host-wire.ts';
import type { LayerSource } from '../wires/change.ts';
import { Harness, type Program, type ScriptedProcess } from './kernel-harness.ts';

const blob = new Blob([new Uint8Array(2048)]);
const layer: LayerSource = { id: 'test:layer', blob, part: { start: 512, size: 1024 } };

const codeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'no code',
  );

async function open(program: Program, more: Partial<HostOps['createContainer']['args']> = {}, worker: 'shared' | 'own' = 'shared') {
  const harness = new Harness({ [worker]: { program } });
  await harness.boot();
  const { container } = await harness.peer.call('createContainer', {
    persist: null,
    workdir: '/home/user/project',
    env: {},
    limits: {},
    engine: 'native',
    ...more,
  });
  harness.container = container;
  return harness;
}

describe('Calls of trusted programs', () => {
  it('are refused to all others', async () => {
    const codes: string[] = [];
    const harness = await open(
      async (process: ScriptedProcess) => {
        codes.push(await codeOf(process.call('addLayers', { layers: [layer] })));
        codes.push(await codeOf(process.call('registries', {})));
        codes.push(await codeOf(process.call('permitRequest', { url: 'https://packages.example/' })));
        codes.push(await codeOf(process.call('warm', { program: 'program' })));
      },
      { registries: ['https://packages.example'] },
      'own',
    );
    await harness.run('program');
    assert.deepEqual(codes, ['EPERM', 'EPERM', 'EPERM', 'EPERM']);
    await harness.close();
  });

  it('a worker is started for a program that will be asked for, once, and for no unknown one', async () => {
    const codes: string[] = [];
    const harness = new Harness({
      shared: {
        installer: async (process: ScriptedProcess) => {
          for (const program of ['other', 'other', 'none']) codes.push(await codeOf(process.call('warm', { program })));
        },
      },
      own: { other: async () => {} },
      pool: 1,
    });
    await harness.boot();
    const { container } = await harness.peer.call('createContainer', {
      persist: null,
      workdir: '/home/user/project',
      env: {},
      limits: {},
      engine: 'native',
    });
    harness.container = container;
    await harness.run('installer');
    assert.deepEqual(codes, ['done', 'done', 'EINVAL']);
    assert.equal(harness.kernel.container(container).workers.size, 2);
    await harness.close();
  });

  it('a worker that is asked for later is started when the program that asked is over, and not twice', async () => {
    const timers: (() => void)[] = [];
    let warmed: readonly (() => void)[] = [];
    const harness = new Harness({
      shared: {
        installer: async (process: ScriptedProcess) => {
          const before = timers.length;
          for (let i = 0; i < 2; i++) await process.call('warm', { program: 'other', later: true });
          warmed = timers.slice(before);
        },
      },
      own: { other: async () => {} },
      pool: 1,
      environment: { setTimer: (task) => (timers.push(task), () => undefined) },
    });
    await harness.boot();
    const { container } = await harness.peer.call('createContainer', {
      persist: null,
      workdir: '/home/user/project',
      env: {},
      limits: {},
      engine: 'native',
    });
    harness.container = container;
    await harness.run('installer');
    const { workers } = harness.kernel.container(container);
    assert.deepEqual([warmed.length, workers.size], [2, 1]);
    for (const task of warmed) task();
    assert.equal(workers.size, 2);
    await harness.close();
  });

  it('a layer that was added can be mounted by its adder, and is there for others', async () => {
    const harness = await open(async (process: ScriptedProcess) => {
      await process.call('addLayers', { layers: [layer, { id: 'test:other', blob }] });
      const { files } = process.worker;
      files.mkdirp('/home/user/project/node_modules/x');
      files.mount('/home/user/project/node_modules/x', 'test:layer');
    });
    await harness.run('program');
    const { tree } = harness.kernel.container(harness.container).authority;
    assert.deepEqual(
      tree.mounts.map(({ layer: { id, size }, at }) => [id, size, tree.pathOf(at!)]),
      [['test:layer', 1024, '/home/user/project/node_modules/x']],
    );
    const told = [...harness.workers.values()].flatMap(({ notices }) => notices.filter(({ kind }) => kind === 'layers'));
    assert.equal(told.length, 1);
    await harness.close();
  });

  it('a part that is not within its Blob ends the worker', async () => {
    const harness = await open((process: ScriptedProcess) =>
      process.call('addLayers', { layers: [{ id: 'x', blob, part: { start: 2000, size: 100 } }] }).then(() => undefined),
    );
    const { pid } = await harness.spawn('program');
    await harness.wait(pid);
    await harness.notice(({ kind }) => kind === 'fault');
    await harness.close();
  });

  it('requests are permitted to registries and to hosts that the author named, and noted without query', async () => {
    const codes: string[] = [];
    let registries: readonly string[] = [];
    const harness = await open(
      async (process: ScriptedProcess) => {
        ({ registries } = await process.call('registries', {}));
        for (const url of [
          'https://packages.example/react?token=secret',
          'https://packages.example:8443/react',
          'https://files.example/x.tgz',
          'https://other.example/x.tgz',
          'file:///etc/passwd',
          'no address',
        ])
          codes.push(await codeOf(process.call('permitRequest', { url })));
      },
      { registries: ['https://packages.example/npm', 'https://mirror.example/'], network: { allow: ['files.example'] } },
    );
    await harness.run('program');
    assert.deepEqual(registries, ['https://packages.example/npm/', 'https://mirror.example/']);
    assert.deepEqual(codes, ['done', 'EACCES', 'done', 'EACCES', 'EINVAL', 'EINVAL']);
    const noted = harness.kernel.auditLog.events.filter(({ kind }) => kind === 'request').map(({ text }) => text);
    assert.deepEqual(noted, ['https://packages.example/react', 'https://files.example/x.tgz']);
    assert.ok(harness.notices.some((notice) => notice.kind === 'limit' && notice.message.includes('other.example')));
    await harness.close();
  });

  it('a registry that is no address is refused when the container is made', async () => {
    const harness = new Harness();
    await harness.boot();
    const creating = harness.peer.call('createContainer', {
      persist: null,
      workdir: '/home/user/project',
      env: {},
      limits: {},
      engine: 'native',
      registries: ['ftp://packages.example'],
    });
    await assert.rejects(creating, { code: 'ERR_BV_INVALID_ARGUMENT' });
    await harness.close();
  });
});
