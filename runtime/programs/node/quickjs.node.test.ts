/** The `node` program on QuickJS, in real Node: its limits, and children that it waits for. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

const prelude =
  "const cp = require('node:child_process'); const fs = require('node:fs'); const show = (value) => console.log(JSON.stringify(value));\n";

describe('node on QuickJS', () => {
  let kernel: KernelInNode;
  before(async () => {
    kernel = new KernelInNode('quickjs');
    await kernel.boot();
  });
  after(() => kernel.close());

  const run = (code: string) => kernel.run(['-e', prelude + code], { cwd: '/home/app' });
  const shows = async (code: string, expected: unknown) => {
    const { stdout, stderr } = await run(code);
    assert.deepEqual(stdout === '' ? stderr : JSON.parse(stdout), expected);
  };

  it('ends a process that uses up its memory as Node does, and says which limit it was', async () => {
    const { code, signal, stderr } = await run(
      "try { const all = []; for (;;) all.push(new Array(10_000).fill(1.5)); } catch { console.log('went on'); }",
    );
    assert.deepEqual([code, signal], [null, 'SIGABRT']);
    assert.match(stderr, /^FATAL ERROR: .*JavaScript heap out of memory\n.*128 MB \(limit "engineMemoryBytes"\)/);
  });

  it('ends a process that never yields, and says which limit it was', async () => {
    const strict = new KernelInNode('quickjs', { engineCpuMs: 1000 });
    await strict.boot();
    const { code, signal, stderr } = await strict.run(['-e', 'setTimeout(() => { for (;;) { try { for (;;); } catch {} } }, 10)']);
    await strict.close();
    assert.deepEqual([code, signal], [null, 'SIGXCPU']);
    assert.match(stderr, /ran for 1000 ms without yielding \(limit "engineCpuMs"\)/);
  });

  it('tells of rejections nobody handles, and of the state of promises', async () => {
    const { code, stderr } = await run("console.log(Promise.resolve(4)); (async () => { throw new RangeError('lost'); })();");
    assert.equal(code, 1);
    assert.match(stderr, /RangeError: lost/);
  });

  it('execSync() runs a line of the shell with pipes', () =>
    shows('show(String(cp.execSync(\'printf "a\\\\nxb\\\\nxc\\\\n" | grep x | wc -l\')).trim())', '2'));

  it('strips types, of its own script and of a child that is waited for', () =>
    shows(
      `fs.writeFileSync('typed.ts', 'const n: number = 4; console.log(n as number);');
       show([String(cp.execFileSync('node', ['typed.ts'])), require('node:module').stripTypeScriptTypes('let a: string')])`,
      ['4\n', 'let a        '],
    ));

  it('execSync() changes files of the process that waits', () =>
    shows("cp.execSync('mkdir -p d/e && echo data > d/e/f.txt'); show(fs.readFileSync('d/e/f.txt', 'utf8'))", 'data\n'));

  it('execSync() gives the child its input, environment and directory', () =>
    shows(
      "show(String(cp.execSync('cat; echo $FOO; pwd', { input: 'in\\n', env: { ...process.env, FOO: 'bar' }, cwd: '/tmp' })))",
      'in\nbar\n/tmp\n',
    ));

  it('spawnSync() tells status and both outputs', () =>
    shows(
      "const { status, stdout, stderr } = cp.spawnSync('sh', ['-c', 'echo out; echo err >&2; exit 3']); show([status, String(stdout), String(stderr)])",
      [3, 'out\n', 'err\n'],
    ));

  it('spawnSync() ends a child that takes too long, even in an endless loop', () =>
    shows(
      "show(['sleep 9', 'while true; do true; done', 'node -e \"for(;;);\"'].map((line) => { const { status, signal, error } = cp.spawnSync('sh', ['-c', line], { timeout: 1500 }); return [status, signal, error.code]; }))",
      [
        [null, 'SIGTERM', 'ETIMEDOUT'],
        [null, 'SIGTERM', 'ETIMEDOUT'],
        [null, 'SIGTERM', 'ETIMEDOUT'],
      ],
    ));

  it('execSync() stops at maxBuffer', () =>
    shows("try { cp.execSync('yes', { maxBuffer: 100 }); } catch (error) { show(error.code); }", 'ENOBUFS'));

  it('a child may wait for a child of its own, and start one that it does not wait for', () =>
    shows(
      "show([String(cp.execSync(`node -e \"console.log(String(require('child_process').execSync('echo deep')))\"`)).trim(), String(cp.execSync(`node -e \"require('child_process').exec('echo async', (error, out) => console.log(out))\"`)).trim()])",
      ['deep', 'async'],
    ));

  it('execSync() of an install fails at once and says why', () =>
    shows(
      "try { cp.execSync('npm install'); } catch (error) { show([error.status, /`npm install` may need the network, which nothing can wait for here/.test(error.message)]); }",
      [1, true],
    ));

  it('execSync() says that a child waits for what cannot come', () =>
    shows(
      "try { cp.execFileSync('node', ['-e', 'require(`fs`).watch(`.`)']); } catch (error) { show([error.code, /waits for something outside/.test(error.message)]); }",
      ['ERR_BV_UNSUPPORTED', true],
    ));

  it('sockets of a child that is waited for fail by name', () =>
    shows("show(/ENOTSUP/.test(String(cp.spawnSync('node', ['-e', 'require(`net`).connect(1)']).stderr)))", true));
});
