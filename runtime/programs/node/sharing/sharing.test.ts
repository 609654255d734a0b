/** Memory that threads share, in the browsers. Against real Node: `sharing.oracle.test.ts`. */
import { assert } from 'chai';
import { bootContainer, endContainers } from '../../../testing/page-container.ts';

const program = `
  const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');
  if (isMainThread) {
    const view = new Int32Array(new SharedArrayBuffer(12)); const numbers = [];
    const worker = new Worker(__filename, { workerData: view });
    worker.on('message', (m) => { numbers.push(...m); }).on('exit', (code) => console.log(code, view[0], new Set(numbers).size, view[1], ends));
    let ends = ''; let mine = 0;
    const step = () => { numbers.push(Atomics.add(view, 0, 1)); if (++mine < 20) setImmediate(step); }; step();
    Atomics.waitAsync(view, 1, 0).value.then((how) => { ends = how; Atomics.store(view, 2, 1); Atomics.notify(view, 2); });
  } else {
    const numbers = []; const keep = setInterval(() => {}, 1000);
    const step = () => { numbers.push(Atomics.add(workerData, 0, 1)); if (numbers.length < 20) return setImmediate(step); parentPort.postMessage(numbers); Atomics.store(workerData, 1, 7);
      Atomics.waitAsync(workerData, 2, 0).value.then(() => process.exit(4)); Atomics.notify(workerData, 1); }; step();
  }`;

/** Who blocks hears nothing in its event loop: there only a mailbox reaches it. */
const blocking = `
  const { Worker, isMainThread, workerData, receiveMessageOnPort, MessageChannel } = require('worker_threads');
  if (isMainThread) {
    let left = 2;
    for (let id = 1; id <= 2; id++) {
      const view = new Int32Array(new SharedArrayBuffer(8)); const { port1, port2 } = new MessageChannel();
      const worker = new Worker(__filename, { workerData: { view, port: port2 }, transferList: [port2] });
      const ask = (n) => { port1.postMessage({ n }); Atomics.add(view, 0, 1); Atomics.notify(view, 0); };
      port1.on('message', (m) => { if (m < 30) ask(m + 1); else { port1.close(); worker.terminate().then((code) => { if (--left === 0) console.log(m, view[1], code); }); } });
      setImmediate(ask, 1);
    }
  } else {
    const { view, port } = workerData;
    for (let seen = 0; ; ) {
      Atomics.wait(view, 0, seen, seen === 0 ? 5 : undefined); seen = Atomics.load(view, 0);
      for (let got; (got = receiveMessageOnPort(port)) !== undefined; ) { Atomics.add(view, 1, 1); port.postMessage(got.message.n * 10); }
    }
  }`;

/** All in the first turn of the event loop: the thread does not run yet, and nothing reaches the main thread but letters. */
const calls = `
  const { Worker, isMainThread, workerData, parentPort, receiveMessageOnPort, MessageChannel } = require('worker_threads');
  if (isMainThread) {
    const start = () => {
      const view = new Int32Array(new SharedArrayBuffer(4)); const { port1, port2 } = new MessageChannel();
      const worker = new Worker(__filename, { workerData: { view, port: port2 }, transferList: [port2] }); worker.unref();
      return (n, timeout) => { worker.postMessage(n); const how = Atomics.wait(view, 0, 0, timeout); Atomics.store(view, 0, 0); return how + ' ' + receiveMessageOnPort(port1)?.message.length; };
    };
    const one = start(), two = start(); const seen = [];
    for (let i = 1; i < 6; i++) seen.push(one(i), two(i * 100000));
    console.log(seen.join()); console.log(one(-1, 20), two(7));
    setTimeout(() => { console.log(one(8)); one(-1); });
  } else parentPort.on('message', (n) => {
    if (n < 0) return;
    workerData.port.postMessage('x'.repeat(n)); Atomics.add(workerData.view, 0, 1); Atomics.notify(workerData.view, 0);
  });`;

describe('memory that threads share', () => {
  after(endContainers);

  it('wakes threads that block, which take their messages then', async () => {
    const container = await bootContainer();
    await container.fs.writeFile('blocking.js', blocking);
    const { stdout, stderr, code } = await container.exec('node blocking.js');
    assert.deepEqual({ stdout, stderr, code }, { stdout: '110 2 1\n', stderr: '', code: 0 });
  });

  it('wakes a main thread that blocks for threads that it has just started; a signal ends it', async () => {
    const container = await bootContainer();
    await container.fs.writeFile('calls.js', calls);
    const child = await container.spawn('node', ['calls.js'], { tty: false });
    let seen = '';
    const decoder = new TextDecoder();
    const output = (async () => {
      for await (const bytes of child.stdout as unknown as AsyncIterable<Uint8Array>) {
        seen += decoder.decode(bytes, { stream: true });
        if (seen.endsWith('ok 8\n')) child.kill('SIGINT');
      }
    })();
    assert.equal(await child.exit, 130);
    await output;
    const ten = [1, 2, 3, 4, 5].map((n) => `ok ${n},ok ${n}00000`).join();
    assert.equal(seen, `${ten}\ntimed-out undefined ok 7\nok 8\n`);
  });

  it('blocks nobody on QuickJS, by name', async () => {
    const container = await bootContainer({ engine: 'quickjs' });
    await container.fs.writeFile('calls.js', calls);
    const { stderr, code } = await container.exec('node calls.js');
    assert.include(stderr, 'ERR_BV_UNSUPPORTED');
    assert.include(stderr, 'Cannot block in Atomics.wait()');
    assert.equal(code, 1);
  });

  it('is the same for all of them, one callback after the other', async () => {
    const container = await bootContainer();
    await container.fs.writeFile('main.js', program);
    const { stdout, stderr, code } = await container.exec('node main.js');
    assert.deepEqual({ stdout, stderr, code }, { stdout: '4 40 40 7 ok\n', stderr: '', code: 0 });
  });
});
