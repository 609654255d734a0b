/** Memory that threads share, against real Node: the same script, the same outputs. */
import { describeAgainstNode } from '../../../testing/against-node.ts';

/** What synckit and its like do: each call of the main thread waits for the thread's answer, which in Node may be quicker than the wait. */
const ask = (answer: string, main: string): string => `
  const { Worker, isMainThread, workerData, parentPort, MessageChannel, receiveMessageOnPort } = require('worker_threads');
  if (isMainThread) {
    const start = (data = {}) => {
      const view = new Int32Array(new SharedArrayBuffer(4)); const { port1, port2 } = new MessageChannel();
      const worker = new Worker(__filename, { workerData: { view, port: port2 }, transferList: [port2] }); worker.unref();
      let id = 0;
      const call = (...args) => { call.post(...args); const how = call.wait(); const got = call.take()?.message; return [how, got?.id === id, got?.result]; };
      return Object.assign(call, { worker, post: (...args) => worker.postMessage({ id: ++id, args }),
        wait: () => { const how = Atomics.wait(view, 0, 0, data.timeout); Atomics.store(view, 0, 0); return how === 'not-equal' ? 'ok' : how; }, take: () => receiveMessageOnPort(port1) });
    };
    ${main}
  } else parentPort.on('message', async ({ id, args }) => {
    const result = await (${answer})(...args);
    workerData.port.postMessage({ id, result }); Atomics.add(workerData.view, 0, 1); Atomics.notify(workerData.view, 0);
  });`;

const cases: Readonly<Record<string, string>> = {
  'a ring of bytes, filled by one thread and emptied by another': `
    const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
    const size = 64, rounds = 300;
    const keep = setInterval(() => {}, 1000);
    if (isMainThread) {
      const shared = new SharedArrayBuffer(16 + size);
      const state = new Int32Array(shared, 0, 4), data = new Uint8Array(shared, 16);
      const worker = new Worker(__filename, { workerData: { shared } });
      let written = 0;
      const fill = () => {
        while (written < rounds && Atomics.load(state, 0) - Atomics.load(state, 1) < size) {
          data[Atomics.load(state, 0) % size] = written++ % 251;
          Atomics.add(state, 0, 1); Atomics.notify(state, 0);
        }
        if (written === rounds) return;
        const wait = Atomics.waitAsync(state, 1, Atomics.load(state, 0) - size);
        if (wait.async) wait.value.then(fill); else setImmediate(fill);
      };
      fill();
      worker.on('message', (m) => { console.log(m, Atomics.load(state, 0), Atomics.load(state, 1), Atomics.load(state, 2)); clearInterval(keep); });
    } else {
      const { shared } = workerData;
      const state = new Int32Array(shared, 0, 4), data = new Uint8Array(shared, 16);
      let sum = 0, read = 0;
      const take = () => {
        while (Atomics.load(state, 1) < Atomics.load(state, 0)) { sum += data[read++ % size]; Atomics.add(state, 1, 1); }
        Atomics.notify(state, 1);
        if (read === rounds) { Atomics.store(state, 2, sum); parentPort.postMessage({ sum, read, is: shared instanceof SharedArrayBuffer, size: shared.byteLength }); clearInterval(keep); return; }
        const wait = Atomics.waitAsync(state, 0, read);
        if (wait.async) wait.value.then(take); else setImmediate(take);
      };
      take();
    }`,
  'every thread gets another number of a counter': `
    const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
    if (isMainThread) {
      const counter = new Int32Array(new SharedArrayBuffer(4)); const all = [];
      let left = 3;
      for (let i = 0; i < 3; i++) new Worker(__filename, { workerData: counter }).on('message', (m) => all.push(...m)).on('exit', () => {
        if (--left === 0) console.log(counter[0], new Set(all).size, Math.max(...all));
      });
      let mine = 0; const step = () => { all.push(Atomics.add(counter, 0, 1)); if (++mine < 100) setImmediate(step); }; step();
    } else {
      const got = []; const step = () => { got.push(Atomics.add(workerData, 0, 1)); if (got.length < 100) setImmediate(step); else parentPort.postMessage(got); }; step();
    }`,
  'of two threads that each announce themselves and look, one sees the other': `
    const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
    const rounds = 50;
    const run = (view, mine, other) => new Promise((done) => { const seen = []; const step = (i) => { if (i === rounds) return done(seen); Atomics.store(view, 2 * i + mine, 1); seen.push(Atomics.load(view, 2 * i + other)); setImmediate(step, i + 1); }; step(0); });
    if (isMainThread) {
      const view = new Int32Array(new SharedArrayBuffer(8 * rounds));
      const theirs = new Promise((resolve) => new Worker(__filename, { workerData: view }).on('message', (m) => m === 'up' ? run(view, 0, 1).then((mine) => theirs.then((seen) => console.log(mine.some((one, i) => !one && !seen[i])))) : resolve(m)));
    } else { parentPort.postMessage('up'); run(workerData, 1, 0).then((seen) => parentPort.postMessage(seen)); }`,
  'Atomics.waitAsync() and notify()': `
    const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
    if (isMainThread) {
      const view = new Int32Array(new SharedArrayBuffer(32)); const big = new BigInt64Array(view.buffer);
      const worker = new Worker(__filename, { workerData: { view, big } });
      const keep = setInterval(() => {}, 1000); let list;
      worker.on('message', async (m) => {
        if (m === 'waiting') {
          console.log(Atomics.notify(view, 1, 0), Atomics.notify(view, 2), Atomics.notify(view, 1, 2), Atomics.notify(view, 1), Atomics.notify(view, 1));
          Atomics.store(big, 3, 7n); console.log(Atomics.notify(big, 3));
          const { value } = Atomics.waitAsync(view, 4, 0); worker.postMessage('wake'); const how = await value; while (view[7] === 0) await new Promise(setImmediate); console.log(how, list);
          console.log(Atomics.waitAsync(view, 6, 1), Atomics.waitAsync(view, 5, 0, 0), Atomics.wait(view, 6, 1), Atomics.wait(view, 5, 0, 0), await Atomics.waitAsync(view, 5, 0, 1).value);
          for (const call of [() => Atomics.wait(view, 99, 0), () => Atomics.notify(view, -1), () => Atomics.waitAsync(view, 0, 1n), () => Atomics.waitAsync(new Uint8Array(view.buffer), 0, 0)]) try { console.log(call()); } catch (e) { console.log(e.name, e.message); }
          clearInterval(keep);
        } else { list = m; view[7] = 1; }
      });
    } else {
      const { view, big } = workerData; const woken = []; const keep = setInterval(() => {}, 1000);
      for (let i = 0; i < 3; i++) Atomics.waitAsync(view, 1, 0).value.then((r) => woken.push(i + r));
      Atomics.waitAsync(big, 3, 0n).value.then((r) => { woken.push(r, String(big[3])); parentPort.postMessage(woken); });
      parentPort.postMessage('waiting');
      parentPort.once('message', () => { const again = () => (Atomics.notify(view, 4) === 0 ? setImmediate(again) : clearInterval(keep)); again(); });
    }`,
  'memory goes through a thread to another': `
    const { Worker, isMainThread, parentPort, workerData, MessageChannel } = require('worker_threads');
    if (isMainThread) {
      const { port1, port2 } = new MessageChannel();
      const one = new Worker(__filename, { workerData: { name: 'one', port: port1 }, transferList: [port1] });
      const two = new Worker(__filename, { workerData: { name: 'two', port: port2 }, transferList: [port2] });
      let all = []; for (const each of [one, two]) each.on('message', (m) => { all.push(m); if (all.length === 2) console.log(all.sort((a, b) => a.length - b.length || b[0] - a[0])); });
    } else if (workerData.name === 'one') {
      const bytes = new Uint8Array(new SharedArrayBuffer(3001)); bytes[3000] = 1;
      workerData.port.postMessage({ bytes, again: bytes.buffer }); bytes[2999] = 2;
      workerData.port.once('message', () => { parentPort.postMessage([bytes[0], bytes[1500], bytes[2999], bytes[3000]]); });
    } else workerData.port.once('message', ({ bytes, again }) => {
      setTimeout(() => { parentPort.postMessage([bytes.length, bytes[2999], bytes[3000], again === bytes.buffer]); bytes[0] = 5; bytes[1500] = 6; bytes[3000] = 7; workerData.port.postMessage('done'); workerData.port.close(); }, 10);
    });`,
  'a thread of a thread, and memory that is sent upwards': `
    const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
    if (isMainThread) {
      const keep = setInterval(() => {}, 1000); const worker = new Worker(__filename, { workerData: { depth: 1 } }).on('exit', () => clearInterval(keep));
      worker.on('message', async (m) => { if (m instanceof Int32Array) { while (Atomics.load(m, 1) === 0) await new Promise(setImmediate); console.log('got', Atomics.add(m, 1, 5), m[0]); worker.postMessage('go'); worker.on('exit', () => console.log([...m])); } else console.log(m); });
    } else if (workerData.depth === 1) {
      const view = new Int32Array(new SharedArrayBuffer(16)); view[0] = 1;
      parentPort.postMessage(view); Atomics.store(view, 0, 2); Atomics.store(view, 1, 10);
      parentPort.once('message', () => { new Worker(__filename, { workerData: { depth: 2, view } }).on('exit', () => { view[3] = view[2] + 1; parentPort.postMessage('ended'); }); });
    } else { workerData.view[2] = workerData.view[1] * 2; process.exit(); }`,
  'a thread that ends leaves what it wrote': `
    const { Worker, isMainThread, workerData } = require('worker_threads');
    if (isMainThread) {
      const view = new Int32Array(new SharedArrayBuffer(12));
      const first = new Worker(__filename, { workerData: { view, how: 'exit' } });
      first.on('exit', (code) => { console.log(code, view[0], Atomics.notify(view, 2));
        const second = new Worker(__filename, { workerData: { view, how: 'throw' } }).on('error', (e) => console.log(e.message, view[0])).on('exit', () => {
          const third = new Worker(__filename, { workerData: { view, how: 'stay' } });
          const look = () => view[1] ? third.terminate().then((code) => console.log(code, view[0], view[1] > 0)) : setImmediate(look); look(); }); });
    } else {
      const { view, how } = workerData; Atomics.add(view, 0, 1);
      if (how === 'exit') { Atomics.waitAsync(view, 2, 0); process.exit(4); }
      if (how === 'throw') throw new Error('thrown');
      setInterval(() => Atomics.add(view, 1, 1), 1);
    }`,
  'what was written for a thread that holds nobody is read before the process ends': `
    const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
    if (isMainThread) {
      const state = new Int32Array(new SharedArrayBuffer(12));
      const worker = new Worker(__filename, { workerData: state });
      worker.once('message', () => { worker.unref(); Atomics.store(state, 0, 50); Atomics.notify(state, 0); });
      process.once('beforeExit', () => { const late = Date.now() + 20000; while (Atomics.load(state, 1) < 50 && Date.now() < late); console.log(state[1], state[2]); });
    } else {
      setInterval(() => {}, 1000);
      const take = () => {
        if (workerData[1] === workerData[0]) return void Atomics.waitAsync(workerData, 0, workerData[0]).value.then(take);
        workerData[2] += workerData[1]; Atomics.add(workerData, 1, 1); setImmediate(take);
      };
      take();
      parentPort.postMessage('up');
    }`,
  'the main thread blocks until a thread answers that it has just started': ask(
    'async (x) => { await new Promise((r) => setTimeout(r, 2)); return [x, typeof x]; }',
    `const call = start(); console.log(call(1), call({ two: 2n }), call(['x'.repeat(3e5)])[2][0][0].length); for (let i = 0; i < 5; i++) console.log(call(i));
    setTimeout(() => { console.log(call('later')); Promise.resolve().then(() => console.log(call('in a microtask'))); }, 5);`,
  ),
  'the main thread blocks for one thread and for another': ask(
    'async (x) => process.pid > 0 && x + 1',
    `const one = start(), two = start(); for (let i = 0; i < 4; i++) console.log(one(i), two(i * 10)); setImmediate(() => console.log(two(1), one(2)));`,
  ),
  'a main thread that blocks hears in order what was sent before it was woken': ask(
    `async (count, port) => { for (let i = 0; i < count; i++) workerData.port.postMessage({ note: i, error: new RangeError('r' + i), map: new Map([[i, new Uint8Array([i, 255])]]) }); return 'all'; }`,
    `const { MessageChannel } = require('worker_threads'); const call = start(); console.log(call(0)); call.post(3); console.log(call.wait()); for (let got; (got = call.take()); ) console.log(got.message ?? got);`,
  ),
  'a main thread blocks for as long as it says': ask(
    `async (how) => { if (how === 'never') return new Promise(() => {}); if (how === 'exit') process.exit(3); if (how === 'throw') setImmediate(() => { throw new Error('thrown'); }); return new Promise((r) => setTimeout(r, how === 'throw' ? 1e6 : 1)); }`,
    `const call = start({ timeout: 30 }); const t = Date.now(); console.log(call('never'), Date.now() - t >= 29);
    const seen = { exit: [], throw: [] }; process.on('exit', () => console.log(seen));
    for (const how of ['exit', 'throw']) { const each = start({ timeout: 700 }); console.log(how, each(how)); each.worker.on('exit', (code) => seen[how].push(code)).on('error', (e) => seen[how].push(e.message)); each.worker.ref(); }`,
  ),
  'a main thread that blocks reads what threads have written': `
    const { Worker, isMainThread, workerData } = require('worker_threads');
    if (isMainThread) {
      const bytes = new Uint8Array(new SharedArrayBuffer(100000)); const view = new Int32Array(bytes.buffer, 0, 4);
      new Worker(__filename, { workerData: { bytes } });
      const wait = (...args) => Atomics.wait(view, ...args) !== 'timed-out';
      console.log(wait(0, 0), Atomics.load(view, 0), Atomics.wait(view, 0, 0), bytes[99999], bytes[50000]);
      Atomics.store(view, 1, 5); Atomics.notify(view, 1); console.log(wait(2, 0), view[2], wait(3, 0, 5000), view[3]);
    } else if (workerData.below) { Atomics.store(workerData.below, 3, 8); Atomics.notify(workerData.below, 3); }
    else {
      const { bytes } = workerData; const view = new Int32Array(bytes.buffer, 0, 4); bytes[99999] = 7; bytes[50000] = 9; Atomics.store(view, 0, 42); Atomics.notify(view, 0);
      Atomics.waitAsync(view, 1, 0).value.then(() => { Atomics.store(view, 2, view[1] * 2); Atomics.notify(view, 2); new Worker(__filename, { workerData: { below: view } }); });
      setTimeout(() => {}, 300);
    }`,
  'a thread that blocks takes one task after another': `
    const { Worker, isMainThread, workerData, receiveMessageOnPort, MessageChannel } = require('worker_threads');
    if (isMainThread) {
      const said = []; let left = 2;
      for (let id = 1; id <= left; id++) {
        const view = new Int32Array(new SharedArrayBuffer(8)); const { port1, port2 } = new MessageChannel();
        const worker = new Worker(__filename, { workerData: { view, port: port2 }, transferList: [port2] });
        const ask = (n) => { port1.postMessage({ n, big: 2n, bytes: new Uint8Array([n, 200]), none: undefined, odd: [NaN, -0, Infinity], date: new Date(n) }); Atomics.add(view, 0, 1); Atomics.notify(view, 0); };
        port1.on('message', (m) => {
          said.push([id, m, view[1]]);
          if (m.n < 5) return ask(m.n + 1);
          port1.close();
          worker.terminate().then((code) => { said.push([id, code]); if (--left === 0) console.log(JSON.stringify(said.sort((a, b) => a[0] - b[0]))); });
        });
        setImmediate(ask, 1);
      }
    } else {
      const { view, port } = workerData;
      for (let seen = 0; ; ) {
        Atomics.wait(view, 0, seen); seen = Atomics.load(view, 0);
        for (let got; (got = receiveMessageOnPort(port)?.message) !== undefined; ) {
          Atomics.add(view, 1, 10);
          port.postMessage({ n: got.n, big: String(got.big), bytes: [...got.bytes], none: 'none' in got, odd: got.odd.map((one) => Object.is(one, -0) ? '-0' : String(one)), date: got.date.getTime() });
        }
      }
    }`,
  'a thread that blocks is woken by another, for as long as it says': `
    const { Worker, isMainThread, workerData, parentPort, threadId } = require('worker_threads');
    if (isMainThread) {
      const view = new Int32Array(new SharedArrayBuffer(16)); const said = []; let left = 2;
      for (const role of ['waits', 'wakes']) new Worker(__filename, { workerData: { view, role } }).on('message', (m) => said.push(m)).on('exit', (code) => { said.push(code); if (--left === 0) console.log(said.sort().join('|'), view.join()); });
    } else {
      const { view, role } = workerData;
      if (role === 'waits') {
        const late = Atomics.wait(view, 2, 0, 5);
        view[3] = 1; Atomics.notify(view, 3);
        const first = Atomics.load(view, 0) === 0 ? Atomics.wait(view, 0, 0) : 'ok';
        parentPort.postMessage([late, first, Atomics.wait(view, 0, 0), view[1]].join());
      } else {
        const go = () => { Atomics.add(view, 1, 7); Atomics.store(view, 0, 1); const woken = Atomics.notify(view, 0); parentPort.postMessage('woke ' + (woken <= 1)); };
        const wait = Atomics.waitAsync(view, 3, 0);
        if (wait.async) { const keep = setInterval(() => {}, 1000); wait.value.then(() => { go(); clearInterval(keep); }); } else go();
      }
    }`,
  'a program ends while a thread that holds nobody blocks': `
    const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');
    if (isMainThread) {
      const view = new Int32Array(new SharedArrayBuffer(8));
      const worker = new Worker(__filename, { workerData: view });
      worker.once('message', () => { worker.unref(); Atomics.store(view, 1, 3); Atomics.notify(view, 0); });
      process.on('exit', (code) => console.log('exit', code));
    } else {
      parentPort.postMessage('up');
      for (;;) Atomics.wait(workerData, 0, 0);
    }`,
  'what cannot be shared is named': `
    const { Worker, isMainThread, MessageChannel } = require('worker_threads');
    const view = new Int32Array(new SharedArrayBuffer(8)); view[0] = 3;
    const copy = structuredClone(view); console.log(copy[0], copy.buffer instanceof SharedArrayBuffer); copy[1] = 4; console.log(view[1]);
    const { port1 } = new MessageChannel(); try { port1.postMessage(view, [view.buffer]); } catch (e) { console.log(e.name); }`,
};

describeAgainstNode(
  'memory that threads share',
  Object.entries(cases).map(([name, code]) => ({ name, code })),
);
