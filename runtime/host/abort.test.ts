/** Whatever waits can be given up, leaves nothing behind, and ends with its container. */
import { assert } from 'chai';
import { LeakCheck } from '../testing/leak-check.ts';
import { bootContainer, endContainers, loadApi, hangMs, within } from '../testing/page-container.ts';
import type { Container, PipedProcess } from '../index.ts';

const leaks = LeakCheck.install();

type Call = (container: Container, signal: AbortSignal) => Promise<unknown>;

/** Every method that waits, in the order of the classes. */
const calls: Readonly<Record<string, Call>> = {
  'mount(tree)': (container, signal) => container.mount({ 'new.txt': { file: { contents: 'new' } } }, { signal }),
  'mount(archive)': async (container, signal) => container.mount(archive, { signal }),
  'mount(JSON)': (container, signal) => container.mount(new TextEncoder().encode('{}'), { signal }),
  'mountLayer()': (container, signal) => container.mountLayer('/mnt', new Blob([new Uint8Array(1024)]), 'test:empty', { signal }),
  'spawn()': (container, signal) => container.spawn('sleep', ['1000'], { signal }),
  'spawn() without a terminal': (container, signal) => container.spawn('sleep', ['1000'], { tty: false, signal }),
  'spawn() of node': (container, signal) => container.spawn('node', ['-e', 'setInterval(() => {}, 1000)'], { tty: false, signal }),
  'exec() with an input': (container, signal) => container.exec('sleep 1002', { input: new Uint8Array(500_000), signal }),
  'exec()': (container, signal) => container.exec('sleep 1000 | sleep 1001', { signal }),
  'fetch()': (container, signal) => container.fetch(3000, '/hang', { signal }),
  'fetchRaw()': (container, signal) => container.fetchRaw(3000, '/hang', { signal }),
  'fetch() with a body': (container, signal) => container.fetch(3000, '/hang', { method: 'POST', body: new Uint8Array(100_000), signal }),
  'connect()': (container, signal) => container.connect(3000, { signal }),
  'export() as json': (container, signal) => container.export('.', { signal }),
  'export() as zip': (container, signal) => container.export('.', { format: 'zip', signal }),
  'export() as binary': (container, signal) => container.export('.', { format: 'binary', signal }),
  'snapshot()': (container, signal) => container.snapshot({ signal }),
  'restore()': (container, signal) => container.restore(snapshot, { signal }),
  'reset()': (container, signal) => container.reset({ signal }),
  'sync()': (container, signal) => container.sync({ signal }),
  'ps()': (container, signal) => container.ps({ signal }),
  'stats()': (container, signal) => container.stats({ signal }),
  'warm()': (container, signal) => container.warm({ signal }),
  'fs.readdir()': (container, signal) => container.fs.readdir('.', { signal }),
  'fs.readdir() with types': (container, signal) => container.fs.readdir('.', { withFileTypes: true, signal }),
  'fs.readFile()': (container, signal) => container.fs.readFile('kept.txt', { signal }),
  'fs.readFile() as text': (container, signal) => container.fs.readFile('kept.txt', { encoding: 'utf8', signal }),
  'fs.writeFile()': (container, signal) => container.fs.writeFile('written.txt', 'x', { signal }),
  'fs.mkdir()': (container, signal) => container.fs.mkdir('made', { signal }),
  'fs.mkdir() recursive': (container, signal) => container.fs.mkdir('made/too', { recursive: true, signal }),
  'fs.rm()': (container, signal) => container.fs.rm('none', { force: true, signal }),
  'fs.rename()': (container, signal) => container.fs.rename('old.txt', 'older.txt', { signal }),
  'fs.stat()': (container, signal) => container.fs.stat('kept.txt', { signal }),
  'fs.symlink()': (container, signal) => container.fs.symlink('kept.txt', `link-${Math.random()}`, { signal }),
  'fs.readlink()': (container, signal) => container.fs.readlink('link', { signal }),
  'PipedProcess.kill()': (_, signal) => sleeper.kill('SIGCONT', { signal }),
};

/** There is nothing left to end, which is what was wanted. */
const killing = 'PipedProcess.kill()';

let archive: Uint8Array;
let snapshot: Blob;
let sleeper: PipedProcess;

const server = `require('node:http').createServer((request, response) => { if (request.url !== '/hang') response.end('here'); }).listen(3000, () => console.log('listening'));`;

async function reasonOf(work: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await within(
    hangMs,
    () => `${what} did not end`,
    work.then(
      () => 'fulfilled',
      (error: unknown) => error,
    ),
  );
  return outcome;
}

async function start(): Promise<Container> {
  const container = await bootContainer({ files: { 'kept.txt': 'kept', 'old.txt': 'old', 'server.js': server } });
  await container.fs.symlink('kept.txt', 'link');
  const listening = new Promise<void>((resolve) => void container.on('server-ready', () => resolve()));
  await container.spawn('node', ['server.js']);
  await within(hangMs, () => 'The server does not listen', listening);
  sleeper = await container.spawn('sleep', ['1000'], { tty: false });
  archive = await container.export('.', { format: 'binary' });
  snapshot = await container.snapshot();
  return container;
}

/** Once nothing but the server and the sleeper runs. */
async function quiet(container: Container): Promise<void> {
  const commands = async () => (await container.ps()).map(({ command }) => command).sort();
  let seen: string[] = [];
  await within(
    hangMs,
    () => `These run: ${seen.join(', ')}`,
    (async () => {
      do seen = await commands();
      while (seen.length > 2);
    })(),
  );
  assert.deepEqual(seen, ['node server.js', 'sleep 1000']);
}

describe('AbortSignal', function () {
  this.timeout(120_000);
  let container: Container;
  before(async () => {
    container = await start();
  });
  after(endContainers);

  for (const [name, call] of Object.entries(calls)) {
    it(`${name} does not begin if its signal is aborted, and ends with its reason if it aborts later`, async () => {
      const reason = new Error(`no longer wanted: ${name}`);
      assert.equal(await reasonOf(call(container, AbortSignal.abort(reason)), name), reason);

      const later = new AbortController();
      const pending = call(container, later.signal);
      later.abort(reason);
      assert.equal(await reasonOf(pending, name), reason);
      await quiet(container);
      assert.equal(await (await container.fetch(3000)).text(), 'here');
    });
  }

  it('a process that runs is killed when its signal aborts', async () => {
    const stop = new AbortController();
    const process = await container.spawn('sleep', ['2000'], { tty: false, signal: stop.signal });
    stop.abort();
    assert.deepEqual(await process.status, { code: null, signal: 'SIGKILL' });
    await quiet(container);
  });

  it('exec() ends its whole group when the signal aborts in the midst of it', async () => {
    const stop = new AbortController();
    const running = container.exec('sleep 2000 | sleep 2001', { signal: stop.signal });
    running.catch(() => undefined);
    await within(
      hangMs,
      () => 'not all run',
      (async () => {
        while (!(await container.ps()).some(({ command }) => command === 'sleep 2001')) continue;
      })(),
    );
    const reason = new Error('enough');
    stop.abort(reason);
    assert.equal(await reasonOf(running, 'exec()'), reason);
    await quiet(container);
  });

  it('exec() ends what the line left in the background', async () => {
    const stop = new AbortController();
    const running = container.exec('sleep 3000 & echo started', { signal: stop.signal });
    running.catch(() => undefined);
    const commands = async () => (await container.ps()).map(({ command }) => command);
    await within(
      hangMs,
      () => 'the shell goes on',
      (async () => {
        for (let seen = ['']; !seen.includes('sleep 3000') || seen.some((one) => one.startsWith('sh -c'));) seen = await commands();
      })(),
    );
    stop.abort();
    await reasonOf(running, 'exec()');
    await quiet(container);
  });

  it('fs.watch() is closed by its signal', async () => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    container.fs.watch('.', { signal: stop.signal }, (event, name) => seen.push([event, name]));
    await container.fs.writeFile('watched.txt', '1');
    await container.fs.stat('.');
    assert.isNotEmpty(seen);
    stop.abort();
    seen.length = 0;
    await container.fs.writeFile('watched.txt', '2');
    await container.fs.stat('.');
    assert.isEmpty(seen);
  });

  it('each method that waits is tried here', () => {
    const atOnce = /^(constructor|on|previewUrl|setPreviewScript|reportPreviewMessage|teardown|fs\.(constructor|resolve|dispatch|watch))$/;
    const methods = (prefix: string, { prototype }: { readonly prototype: object }) =>
      Object.entries(Object.getOwnPropertyDescriptors(prototype))
        .filter(([, { value }]) => typeof value === 'function')
        .map(([name]) => prefix + name);
    const all = [
      ...methods('', container.constructor as typeof Container),
      ...methods('fs.', container.fs.constructor as unknown as { prototype: object }),
    ];
    assert.include(all, 'fs.readFile');
    const tried = Object.keys(calls).map((name) => name.replace(/\(.*/, ''));
    assert.deepEqual(
      all.filter((name) => !atOnce.test(name) && !tried.includes(name)),
      [],
    );
  });

  it('boot() makes nothing when it is given up', async () => {
    const before = leaks.counts;
    const { Container, Template } = await loadApi();
    const template = new Blob([archive as Uint8Array<ArrayBuffer>]);
    for (const options of [{}, { files: { 'a.txt': 'a' } }, { template }, { template: await Template.read(template) }, { snapshot }]) {
      const reason = new Error('another page');
      assert.equal(await reasonOf(Container.boot({ ...options, signal: AbortSignal.abort(reason) }), 'boot()'), reason);
      const stop = new AbortController();
      const booting = Container.boot({ ...options, signal: stop.signal });
      stop.abort(reason);
      assert.equal(await reasonOf(booting, 'boot()'), reason);
    }
    await leaks.settled(before);
  });

  it('preload(), readArchive() and Template.read() end with the reason', async () => {
    const { Container, readArchive, Template } = await loadApi();
    for (const [name, call] of Object.entries<(signal: AbortSignal) => Promise<unknown>>({
      'preload()': (signal) => Container.preload({ signal }),
      'readArchive()': (signal) => readArchive(archive, { signal }),
      'Template.read()': (signal) => Template.read(archive, { signal }),
    })) {
      const reason = new Error(`no longer wanted: ${name}`);
      assert.equal(await reasonOf(call(AbortSignal.abort(reason)), name), reason);
      const stop = new AbortController();
      const pending = call(stop.signal);
      stop.abort(reason);
      assert.equal(await reasonOf(pending, name), reason);
    }
  });
});

describe('teardown()', function () {
  this.timeout(120_000);
  after(endContainers);

  it('fails all that waits and all that comes later, ends all that runs, and leaves nothing behind', async () => {
    await (await bootContainer()).exec('true');
    const before = leaks.counts;
    const container = await start();
    const never = new AbortController().signal;
    const waiting = new Map<string, Promise<unknown>>();
    for (const name of ['exec()', 'fetch()', 'fetchRaw()']) waiting.set(name, calls[name]!(container, never));
    waiting.set('status', sleeper.status);
    waiting.set('exit', sleeper.exit);
    const terminal = await container.spawn('cat');
    const output = terminal.output.getReader();
    const error = sleeper.stderr.getReader();
    const ended = [output.closed, error.closed];
    container.fs.watch('.', { recursive: true }, () => undefined);
    const { readable } = await container.connect(3000);
    ended.push(readable.getReader().closed);
    assert.isAbove(leaks.counts.frames, before.frames, 'the server runs in a frame');
    const reads = [output.read(), error.read()];
    let told = 0;
    container.on('port', () => (told += 1));

    // One that is under way in the very moment, of each.
    for (const [name, call] of Object.entries(calls).filter(([one]) => one !== killing))
      waiting.set(`${name}, just called`, call(container, never));
    for (const promise of [...waiting.values(), ...reads, ...ended]) promise.catch(() => undefined); // Each is looked at in its turn.
    container.teardown();
    container.teardown();

    for (const [name, promise] of waiting)
      assert.equal(((await reasonOf(promise, name)) as { code?: string }).code, 'ERR_BV_TORN_DOWN', name);
    for (const read of reads) await reasonOf(read, 'a stream');
    for (const [name, call] of Object.entries(calls)) {
      if (name === killing) continue;
      assert.equal(((await reasonOf(call(container, never), name)) as { code?: string }).code, 'ERR_BV_TORN_DOWN', `${name}, later`);
    }
    assert.equal(told, 0);
    assert.deepEqual(container.openPorts, []);
    await leaks.settled(before);
  });

  it('a container that is booted right after has nothing of the one before', async () => {
    const first = await start();
    first.teardown();
    const { Container } = await loadApi();
    const second = await Container.boot({ files: { 'other.txt': 'other' } });
    assert.deepEqual(await second.fs.readdir('.'), ['other.txt']);
    assert.isEmpty(await second.ps());
    assert.equal((await second.exec('node -p "1 + 1"')).stdout, '2\n');
    second.teardown();
  });
});
