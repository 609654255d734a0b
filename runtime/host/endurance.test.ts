import { assert } from 'chai';
import { bootContainer, endContainers, Typist, hangMs, within } from '../testing/page-container.ts';
import { watchPage } from '../testing/watch-page.ts';
import type { Container } from '../index.ts';

describe('A program that misbehaves', function () {
  this.timeout(120_000);
  let container: Container;
  let other: Container;
  const limits: string[] = [];

  before(async () => {
    other = await bootContainer();
    container = await bootContainer({
      limits: { processes: 20, totalBytes: 20_000_000, fileSize: 8_000_000 },
      files: {
        'fork-bomb.js': `
          const { spawn } = require('node:child_process');
          const more = () =>
            spawn(process.execPath, [__filename], { stdio: 'inherit' }).on('error', ({ message }) => {
              console.log(message);
              setTimeout(more, 50);
            });
          more();
          more();
        `,
        'fork-bomb.sh': 'bomb() { bomb | bomb & }; bomb; while :; do sleep 1; done',
      },
    });
    container.on('limit', ({ limit }) => limits.push(limit));
    await other.exec('node -e 0');
    await container.exec('node -e 0');
  });
  after(() => endContainers());
  beforeEach(() => void limits.splice(0));

  const stillWorks = async () => {
    assert.equal((await other.exec('echo alive')).stdout, 'alive\n');
    assert.equal((await container.exec('echo alive')).stdout, 'alive\n');
  };

  it('loops without end: kill() ends it, and the page stays responsive', async () => {
    const turns = watchPage();
    const process = await container.spawn('node', ['-e', 'console.log("on"); for (;;);'], { tty: false });
    await process.stdout.getReader().read();
    await other.exec('seq 1000 | wc -l');
    await process.kill();
    assert.deepEqual(await process.status, { code: null, signal: 'SIGTERM' });
    assert.isAbove(turns(), 2, 'turns that the page had');
    await stillWorks();
  });

  const loops: Readonly<Record<string, string>> = {
    'a loop': 'console.log("on"); while (true) {}',
    microtasks: 'console.log("on"); (function more() { Promise.resolve().then(more); })()',
    'ticks of process.nextTick()': 'console.log("on"); (function more() { process.nextTick(more); })()',
  };
  for (const [name, code] of Object.entries(loops)) {
    it(`${name} without end: Ctrl-C ends it, and the page stays responsive`, async () => {
      const turns = watchPage();
      const process = await container.spawn('node', ['-e', code]);
      const typist = new Typist(process);
      await typist.until('on');
      await typist.type('\x03');
      assert.deepEqual(await process.status, { code: null, signal: 'SIGINT' });
      assert.isAbove(turns(), 2, 'turns that the page had');
      await stillWorks();
    });
  }

  it('handles SIGINT and loops without end: its handler never runs, as in Node, and kill() ends it', async () => {
    const process = await container.spawn('node', [
      '-e',
      'process.on("SIGINT", () => console.log("handled")); setImmediate(() => { console.log("on"); for (;;); })',
    ]);
    const typist = new Typist(process);
    await typist.until('on');
    await typist.type('\x03');
    await typist.until('^C');
    process.kill();
    assert.deepEqual(await process.status, { code: null, signal: 'SIGTERM' });
    assert.notInclude(typist.seen, 'handled');
    await stillWorks();
  });

  it('loops without end in the shell: the other programs of its worker go on', async () => {
    const loop = await container.spawn('sh', ['-c', 'while :; do :; done'], { tty: false });
    assert.equal((await container.exec('echo a | tr a b')).stdout, 'b\n');
    await loop.kill();
    assert.deepEqual(await loop.status, { code: null, signal: 'SIGTERM' });
  });

  const forks: Readonly<Record<string, readonly [string, string, RegExp]>> = {
    node: ['node', 'fork-bomb.js', /spawn .* EAGAIN/],
    'the shell': ['sh', 'fork-bomb.sh', /Resource temporarily unavailable|Cannot fork/],
  };
  for (const [name, [command, file, refused]] of Object.entries(forks)) {
    it(`forks without end in ${name}: it is refused with EAGAIN, the reader is told, and Ctrl-C ends all of it`, async () => {
      const process = await container.spawn(command, [file]);
      const typist = new Typist(process);
      await typist.until(refused, 20_000);
      assert.isAtMost((await container.stats()).processes, 20);
      assert.include(limits, 'processes');
      assert.equal((await other.exec('echo alive')).stdout, 'alive\n');
      await typist.type('\x03');
      await process.status;
      await within(
        hangMs,
        () => 'some live on',
        (async () => {
          while ((await container.ps()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
        })(),
      );
      await stillWorks();
      assert.equal((await container.exec('node -p 1+1')).stdout, '2\n');
    });
  }

  it('floods its output: it waits for a slow reader, and holds no more than a pipe', async () => {
    const process = await container.spawn(
      'node',
      ['-e', 'const go = () => process.stdout.write("x".repeat(65536), go); go(); setInterval(() => {}, 100)'],
      { tty: false },
    );
    const reader = process.stdout.getReader();
    let bytes = 0;
    for (let i = 0; i < 50; i++) bytes += (await reader.read()).value?.length ?? 0;
    assert.isAbove(bytes, 500_000);
    await stillWorks();
    await process.kill('SIGKILL');
    await process.status;
  });

  it('fills the disk: it gets ENOSPC and EFBIG, the reader is told, and room that is freed can be used', async () => {
    const { stdout } = await container.exec(`node -e "
      const fs = require('fs');
      const tell = (run) => { try { run(); console.log('fits'); } catch (error) { console.log(error.code); } };
      tell(() => fs.writeFileSync('huge', Buffer.alloc(9000000)));
      tell(() => { for (let i = 0; i < 10; i++) fs.writeFileSync('big' + i, Buffer.alloc(4000000)); });
      for (let i = 0; i < 10; i++) fs.rmSync('big' + i, { force: true });
      tell(() => fs.writeFileSync('again', Buffer.alloc(4000000)));
      fs.rmSync('again');
    "`);
    assert.equal(stdout, 'EFBIG\nENOSPC\nfits\n');
    await container.fs.rm('huge', { force: true });
    await stillWorks();
  });

  it('makes 10,000 files, which another program finds', async () => {
    const turns = watchPage();
    const { stderr, code } = await container.exec(
      "node -e \"const fs = require('fs'); fs.mkdirSync('many'); for (let i = 0; i < 10000; i++) fs.writeFileSync('many/' + i, String(i))\"",
    );
    assert.equal(code, 0, stderr);
    assert.equal((await container.exec('ls many | wc -l; cat many/9999')).stdout.trim().replace(/\s+/g, ' '), '10000 9999');
    assert.isAbove(turns(), 2, 'turns that the page had');
    await container.exec('rm -r many');
  });

  it('leaks descriptors: it gets EMFILE', async () => {
    const { stdout } = await container.exec(
      "node -e \"const fs = require('fs'); let n = 0; try { for (;;) { fs.openSync('/dev/null'); n++ } } catch (error) { console.log(error.code, n > 500) }\"",
    );
    assert.equal(stdout, 'EMFILE true\n');
  });
});
