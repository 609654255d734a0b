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
    try { Atomics.wait(view, 1, 0); } catch (error) { console.log(error.code); }
  } else {
    const numbers = []; const keep = setInterval(() => {}, 1000);
    const step = () => { numbers.push(Atomics.add(workerData, 0, 1)); if (numbers.length < 20) return setImmediate(step); parentPort.postMessage(numbers); Atomics.store(workerData, 1, 7);
      Atomics.waitAsync(workerData, 2, 0).value.then(() => process.exit(4)); Atomics.notify(workerData, 1); }; step();
  }`;

describe('memory that threads share', () => {
  after(endContainers);

  it('is the same for all of them, one callback after the other', async () => {
    const container = await bootContainer();
    await container.fs.writeFile('main.js', program);
    const { stdout, stderr, code } = await container.exec('node main.js');
    assert.deepEqual({ stdout, stderr, code }, { stdout: 'ERR_BV_UNSUPPORTED\n4 40 40 7 ok\n', stderr: '', code: 0 });
  });
});
