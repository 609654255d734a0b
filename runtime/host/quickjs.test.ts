/** The strict engine by choice, in real browsers: the same programs, in workers of the page, within its limits. */
import { assert } from 'chai';
import { bootContainer, endContainers, hangMs, within } from '../testing/page-container.ts';
import { watchPage } from '../testing/watch-page.ts';
import type { Container } from '../index.ts';

/** Which engine runs this, and that it is still the same `node`. */
const which = `node -p "const weak = typeof Error.captureStackTrace; [process.version, process.release.name, typeof process.versions.v8, weak].join()"`;
/** Half of the default: a busy machine takes seconds to start `node` on QuickJS. */
const engineCpuMs = 15_000;
const frames = () => document.querySelectorAll('iframe').length;

describe('The engine "quickjs"', function () {
  this.timeout(120_000);
  let container: Container;
  let native: Container;
  before(async () => {
    native = await bootContainer();
    container = await bootContainer({ engine: 'quickjs', limits: { engineCpuMs } });
  });
  after(() => endContainers());

  it('runs all programs of a container that asks for it, in no frame', async () => {
    const before = frames();
    assert.equal(container.engine, 'quickjs');
    assert.equal(native.engine, 'native');
    assert.equal((await container.exec('node -p 6*7')).stdout, '42\n');
    const child = `require('child_process').execFileSync('node', ['-p', '7*7'], { stdio: 'inherit' })`;
    assert.equal((await container.exec(`node -e "${child}"`)).stdout, '49\n');
    assert.equal(frames(), before, 'a native program has a frame, one of QuickJS has none');
    assert.equal((await native.exec(which)).stdout, (await container.exec(which)).stdout);
    assert.isAbove(frames(), before);
  });

  it('runs one program of a native container that asks for it', async () => {
    // QuickJS runs 1,700 deep, whatever the machine; the browsers' engines many times that.
    const code =
      'let depth = 0; try { (function deep() { depth++; deep(); })(); } catch (error) { console.log(error.message, depth > 4000) }';
    const inQuickJs = await container.exec('node -', { input: code });
    const inNative = await native.exec('node -', { input: code });
    assert.notEqual(inNative.stdout, inQuickJs.stdout);
    assert.equal((await native.exec('node -', { input: code, engine: 'quickjs' })).stdout, inQuickJs.stdout);
    const process = await native.spawn('node', ['-e', code], { tty: false, engine: 'quickjs' });
    assert.equal(await new Response(process.stdout).text(), inQuickJs.stdout);
    const other = await container.spawn('node', ['-e', code], { tty: false, engine: 'native' });
    assert.equal(await new Response(other.stdout).text(), inNative.stdout);
  });

  it('ends a program that uses up its memory, and says which limit it was; the page and other programs live', async () => {
    const turns = watchPage();
    const { code, signal, stderr } = await native.exec('node -e "const all = []; for (;;) all.push(new Array(10_000).fill(1.5))"', {
      engine: 'quickjs',
    });
    assert.deepEqual([code, signal], [null, 'SIGABRT']);
    assert.match(stderr, /^FATAL ERROR: .*JavaScript heap out of memory\n.*128 MB \(limit "engineMemoryBytes"\)/);
    assert.isAbove(turns(), 2, 'turns that the page had');
    assert.equal((await native.exec('node -p 1+1')).stdout, '2\n');
  });

  it('ends a program that never yields, and says which limit it was', async () => {
    const { code, signal, stderr } = await container.exec('node -e "for (;;) { try { for (;;); } catch {} }"');
    assert.deepEqual([code, signal], [null, 'SIGXCPU']);
    assert.match(stderr, /ran for 15000 ms without yielding \(limit "engineCpuMs"\)/);
  });

  it('kill() ends a program that never yields', async () => {
    const process = await native.spawn('node', ['-e', 'console.log("on"); for (;;);'], { tty: false, engine: 'quickjs' });
    await process.stdout.getReader().read();
    await process.kill();
    assert.deepEqual(await within(hangMs, () => 'it goes on', process.status), { code: null, signal: 'SIGTERM' });
  });
});
