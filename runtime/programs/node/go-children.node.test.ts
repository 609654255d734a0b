/**
 * `execSync()` of a program of Go as WebAssembly, which runs in the process's own worker. Its glue stands in for Go's here: the same
 * globals, callbacks and ending, and a program that is all in the glue.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

/** `(module)`: it is only instantiated. */
const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const glue = `
globalThis.Go = class {
  argv = [];
  env = {};
  exit = () => {};
  exited = false;
  importObject = {};
  _pendingEvent = null;

  async run() {
    const write = (fd, text) => fs.writeSync(fd, new TextEncoder().encode(text));
    const end = (code) => { this.exited = true; this.exit(code); };
    const [, what, path] = this.argv;
    if (what === 'env') { write(1, JSON.stringify([this.argv.slice(1), this.env, process.cwd(), process.ppid > 0, typeof crypto.getRandomValues, performance.now() >= 0])); end(0); }
    else if (what === 'read') {
      const all = [];
      const buffer = new Uint8Array(4);
      const next = (error, count) => {
        if (error) { write(2, error.code); return end(3); }
        if (count > 0) { all.push(...buffer.subarray(0, count)); return fs.read(0, buffer, 0, 4, null, next); }
        write(1, new TextDecoder().decode(Uint8Array.from(all)).toUpperCase());
        end(0);
      };
      fs.read(0, buffer, 0, 4, null, next);
    } else if (what === 'file') {
      fs.open(path, fs.constants.O_WRONLY | fs.constants.O_CREAT, 0o644, (error, fd) => {
        if (error) { write(2, error.code + ' ' + error.syscall); return end(4); }
        const bytes = new TextEncoder().encode('written');
        fs.write(fd, bytes, 0, bytes.length, null, () => fs.close(fd, () => end(0)));
      });
    } else if (what === 'timers') {
      setTimeout(() => { write(1, 'later'); end(0); }, 20);
      setTimeout(() => write(1, 'soon '), 1);
      clearTimeout(setTimeout(() => write(1, 'never'), 5));
    } else {
      // Waits for what cannot come: it is woken to say so.
      this._resume = () => { write(2, 'all goroutines are asleep'); end(2); };
    }
  }
};
`;

describe('execSync() of a program of Go', { timeout: 120_000 }, () => {
  const kernel = new KernelInNode('native');
  before(async () => {
    await kernel.boot();
    await kernel.mount('/home/app', {
      'node_modules/tool/bin/tool': '#!/usr/bin/env node\nthrow new Error("it runs in the worker, or not at all");',
      'node_modules/tool/tool.wasm': emptyModule,
      'node_modules/tool/wasm_exec.js': glue,
    });
  });
  after(() => kernel.close());

  const run = async (source: string): Promise<string> => {
    await kernel.mount('/home/app', {
      'main.js': `const { execFileSync, spawnSync } = require('node:child_process');
const tool = (args, options) => spawnSync(process.execPath, ['node_modules/tool/bin/tool', ...args].map((one, at) => (at === 0 ? require('path').resolve(one) : one)), options);
const told = ({ status, signal, stdout, stderr }) => console.log(status, signal, String(stdout), String(stderr));
${source}`,
    });
    const { stdout, stderr } = await kernel.run(['main.js'], { cwd: '/home/app' });
    return stdout + stderr;
  };

  it('has its arguments, a folder, and of the variables what its start leaves', async () => {
    const said = await run(`told(tool(['env', '--flag'], { env: { SECRET: '1', NO_COLOR: '1' } }));`);
    assert.equal(said, `0 null [["env","--flag"],{"TMPDIR":"/tmp","NO_COLOR":"1"},"/home/app",true,"function",true] \n`);
  });

  it('reads its input to the end, and files by callback', async () => {
    const said = await run(`
      told(tool(['read'], { input: 'some input' }));
      told(tool(['file', 'out.txt']));
      console.log(require('fs').readFileSync('out.txt', 'utf8'));
      told(tool(['file', 'none/out.txt']));`);
    assert.equal(said, '0 null SOME INPUT \n0 null  \nwritten\n4 null  ENOENT open\n');
  });

  it('has timers while the process waits, and ends where nothing could come', async () => {
    const said = await run(`told(tool(['timers'])); told(tool(['hang']));`);
    assert.equal(said, '0 null soon later \n2 null  all goroutines are asleep\n');
  });

  it('writes through where outputs are inherited, and fails execFileSync() by its status', async () => {
    const said = await run(`
      tool(['timers'], { stdio: 'inherit' });
      try {
        execFileSync(process.execPath, [require('path').resolve('node_modules/tool/bin/tool'), 'hang'], { stdio: 'pipe' });
      } catch (error) {
        console.log(error.status, String(error.stderr));
      }`);
    assert.equal(said, 'soon later2 all goroutines are asleep\n');
  });
});
