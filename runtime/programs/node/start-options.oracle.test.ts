/** Options and calls that few programs use, against real Node: the same command line, the same outputs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

const kernel = new KernelInNode();

interface Case {
  readonly options?: readonly string[];
  readonly program: string;
  /** Of the outputs: what differs by where they were made. */
  readonly same?: (text: string) => string;
}

const cases: Readonly<Record<string, Case>> = {
  '--disable-proto=throw refuses, in contexts too': {
    options: ['--disable-proto=throw'],
    program: `
      const tell = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
      tell(() => ({}).__proto__); tell(() => { ({}).__proto__ = {}; });
      tell(() => require('vm').runInNewContext('({}).__proto__'));
      tell(() => Object.getOwnPropertyDescriptor(Object.prototype, '__proto__').get.name);`,
  },
  '--disable-proto=delete': {
    options: ['--disable-proto=delete'],
    program: `console.log(({}).__proto__, '__proto__' in {}, require('vm').runInNewContext('"__proto__" in {}'));`,
  },
  '--disable-proto of another mode': { options: ['--disable-proto=no'], program: '' },
  '--security-revert of what nobody knows': { options: ['--security-revert=none'], program: '' },
  'two origins of certificates': { options: ['--use-openssl-ca', '--use-bundled-ca'], program: '' },
  'the error of a permission that is not granted': {
    options: ['--permission', '--allow-fs-read=*'],
    program: `
      const tell = (e) => console.log(e.stack.split('\\n')[0], JSON.stringify(e), Object.keys(e));
      const attempt = (f) => { try { f(); } catch (e) { tell(e); } };
      const fs = require('fs');
      attempt(() => fs.writeFileSync('/none/a', 'b'));
      attempt(() => require('child_process').spawnSync('ls'));
      attempt(() => process.execve('/bin/ls', [], {}));
      process.permission.has('fs.read') && console.log('reads');
      fs.writeFile('/none/a', 'b', tell);`,
  },
  'the permission to load .env': {
    options: ['--permission'],
    program: `try { process.loadEnvFile('/none/.env'); } catch (e) { console.log(e.message, e.permission, e.resource); }`,
  },
  'execve() becomes another run of the program': {
    program: `
      process.on('exit', () => console.log('exit of the first'));
      console.log('first');
      process.execve(process.execPath, [process.execPath, '-e', 'console.log(process.argv.slice(1), process.env.A, Object.keys(process.env).length)', 'x'], { A: '1' });
      console.log('never');`,
  },
  'threads count time from where their program began': {
    program: `
      const { Worker } = require('worker_threads');
      new Worker("require('worker_threads').parentPort.postMessage([performance.timeOrigin, performance.now(), process.uptime()])", { eval: true })
        .once('message', ([origin, now, uptime]) => console.log(origin === performance.timeOrigin, now <= performance.now(), uptime <= process.uptime()));
      const { nodeStart, v8Start, environment, bootstrapComplete } = performance.nodeTiming;
      console.log(0 <= nodeStart, nodeStart < v8Start, v8Start < environment, environment < bootstrapComplete);`,
  },
  'block lists, addresses and histograms in messages': {
    program: `
      const { BlockList, SocketAddress } = require('net'); const { createHistogram } = require('perf_hooks'); const { Worker } = require('worker_threads');
      const list = new BlockList(); list.addSubnet('10.0.0.0', 8); const histogram = createHistogram(); histogram.record(5); histogram.record(9);
      const address = new SocketAddress({ address: '127.0.0.1', port: 80 });
      const { port1, port2 } = new MessageChannel();
      port1.once('message', ([list, address, histogram]) => {
        console.log(list.check('10.1.1.1'), list.check('11.1.1.1'), address.address, address.port, histogram.count, histogram.mean);
        port1.close();
        const w = new Worker(\`const { parentPort } = require('worker_threads');
          parentPort.once('message', ([list, address, histogram]) => parentPort.postMessage([list.rules, address.port, histogram.count, histogram.max, list.check('10.2.2.2')]));\`, { eval: true });
        w.once('message', (got) => { console.log(got); });
        w.postMessage([list, address, histogram]);
      });
      port2.postMessage([list, address, histogram]);`,
  },
  'a child of a folder that is gone': {
    program: `
      const fs = require('fs'); const { spawn } = require('child_process');
      const folder = fs.mkdtempSync(require('os').tmpdir() + '/gone-'); process.chdir(folder); fs.rmdirSync(folder);
      spawn(process.execPath, ['-p', '6 * 7'], { stdio: 'inherit' }).on('error', (e) => console.log(e.code)).on('exit', (code) => console.log('exit', code));`,
  },
  'names of accessors that load what they give': {
    program: `
      for (const name of ['atob', 'structuredClone', 'btoa']) {
        const { value, get } = Object.getOwnPropertyDescriptor(globalThis, name);
        console.log(name, (value?.name ?? get.name.replace(/^get /, '')) === name, value === undefined ? get.name === 'get ' + name : true, typeof globalThis[name]);
      }`,
  },
};

const untellable = (text: string) => text.replaceAll(process.execPath, '/usr/bin/node').replace(/^\S*node: /gm, 'node: ');

describe('rare options and calls, compared with Node', () => {
  before(() => kernel.boot());
  after(() => kernel.close());
  for (const [name, { options = [], program, same = untellable }] of Object.entries(cases)) {
    it(name, async () => {
      const real = spawnSync(process.execPath, ['--no-warnings', ...options, '-e', program], { encoding: 'utf8' });
      const ours = await kernel.run(['--no-warnings', ...options, '-e', program]);
      assert.equal(same(ours.stdout), same(real.stdout));
      assert.equal(same(ours.stderr), same(real.stderr));
      assert.equal(ours.code, real.status);
    });
  }

  it('execve() of what is not there says so and aborts', async () => {
    const program = `process.execve('/none', ['a'], {})`;
    const real = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    const ours = await kernel.run(['-e', program]);
    const line = /^process\.execve failed with error code ENOENT$/m;
    for (const { stderr } of [real, ours]) {
      assert.match(stderr, line);
      assert.match(stderr, /1: execve \(node:internal\/process\/per_thread:\d+:\d+\)\n2: \[eval\]:1:9\n/);
    }
    assert.deepEqual([ours.code, ours.signal], [real.status, real.signal]);
  });
});
