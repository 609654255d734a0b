import { assert } from 'chai';
import { bootContainer, endContainers, within } from '../testing/page-container.ts';
import type { Container } from '../index.ts';

/** Watches how long the page was without a frame's worth of attention, in milliseconds. */
function watchPage(): () => number {
  let longest = 0;
  let last = performance.now();
  const { port1, port2 } = new MessageChannel();
  let running = true;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setTimeout(() => port2.postMessage(0), 4);
  };
  port1.onmessage = tick;
  port2.postMessage(0);
  return () => {
    running = false;
    tick();
    port1.close();
    port2.close();
    return longest;
  };
}

describe('A program that misbehaves', function () {
  this.timeout(90_000);
  let container: Container;
  let other: Container;
  const limits: string[] = [];

  before(async () => {
    other = await bootContainer();
    container = await bootContainer({ limits: { processes: 20, totalBytes: 20_000_000, fileSize: 8_000_000 } });
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

  it('loops without end: kill() ends it within a second, and the page stays responsive', async () => {
    const longest = watchPage();
    const process = await container.spawn('node', ['-e', 'console.log("on"); for (;;);'], { tty: false });
    await process.stdout.getReader().read();
    await other.exec('seq 1000 | wc -l');
    const began = performance.now();
    await process.kill();
    assert.deepEqual(await process.status, { code: null, signal: 'SIGTERM' });
    assert.isBelow(performance.now() - began, 1000);
    assert.isBelow(longest(), 400, 'the longest that the page had to wait');
    await stillWorks();
  });

  it('loops without end in the shell: the other programs of its worker go on', async () => {
    const loop = await container.spawn('sh', ['-c', 'while :; do :; done'], { tty: false });
    assert.equal((await container.exec('echo a | tr a b')).stdout, 'b\n');
    await loop.kill();
    assert.deepEqual(await loop.status, { code: null, signal: 'SIGTERM' });
  });

  it('forks without end: it meets the limit of processes, the reader is told, and all can be killed', async () => {
    const process = await container.spawn(
      'sh',
      ['-c', 'bomb() { bomb | bomb & }; f() { sleep 100 & }; for i in $(seq 100); do f; done; wait'],
      { tty: false },
    );
    await within(
      20_000,
      () => `limits: ${limits.join()}`,
      (async () => {
        while (!limits.includes('processes')) await new Promise((resolve) => setTimeout(resolve, 5));
      })(),
    );
    assert.isAtMost((await container.stats()).processes, 20);
    for (const { pid } of await container.ps()) await container.exec(`kill -9 ${pid}`).catch(() => undefined);
    await process.kill('SIGKILL');
    await process.status;
    await within(
      10_000,
      () => 'some live on',
      (async () => {
        for (;;) {
          const rows = await container.ps();
          if (rows.length === 0) return;
          for (const { pid } of rows) await container.exec(`kill -9 ${pid}`).catch(() => undefined);
        }
      })(),
    );
    await stillWorks();
  });

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
    const longest = watchPage();
    const { stderr, code } = await container.exec(
      "node -e \"const fs = require('fs'); fs.mkdirSync('many'); for (let i = 0; i < 10000; i++) fs.writeFileSync('many/' + i, String(i))\"",
    );
    assert.equal(code, 0, stderr);
    assert.equal((await container.exec('ls many | wc -l; cat many/9999')).stdout.trim().replace(/\s+/g, ' '), '10000 9999');
    assert.isBelow(longest(), 500, 'the longest that the page had to wait');
    await container.exec('rm -r many');
  });

  it('leaks descriptors: it gets EMFILE', async () => {
    const { stdout } = await container.exec(
      "node -e \"const fs = require('fs'); let n = 0; try { for (;;) { fs.openSync('/dev/null'); n++ } } catch (error) { console.log(error.code, n > 500) }\"",
    );
    assert.equal(stdout, 'EMFILE true\n');
  });
});
