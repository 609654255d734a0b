const {
  Worker,
  isMainThread,
  parentPort,
  workerData,
  threadId,
  MessageChannel,
  receiveMessageOnPort,
  BroadcastChannel,
  setEnvironmentData,
  getEnvironmentData,
  resourceLimits,
} = require('worker_threads');
const log = (...a) => console.log(...a);
if (isMainThread) {
  (async () => {
    setEnvironmentData('k', 'v');
    const W = (mode, opts = {}) => new Worker(__filename, { ...opts, workerData: { mode, ...opts.workerData } });
    const end = (w) =>
      new Promise((ok) => {
        const ev = [];
        w.on('online', () => ev.push('online'));
        w.on('error', (e) => ev.push('error ' + e.name + ' ' + e.message));
        w.on('message', (m) => ev.push('msg ' + JSON.stringify(m)));
        w.on('exit', (c) => {
          ev.push('exit ' + c);
          ok(ev.sort().join(' | '));
        });
      });
    log(await end(W('hello', { workerData: { d: new Map([[1, new Date(0)]]) } })));
    log(await end(W('throw')));
    log(await end(W('exit')));
    const e = W('echo');
    const ab = new ArrayBuffer(8);
    new Uint8Array(ab)[0] = 7;
    e.postMessage({ ab, n: 1n, set: new Set([1]) }, [ab]);
    log(ab.byteLength);
    log(await end(e));
    const { port1, port2 } = new MessageChannel();
    const p = W('port');
    p.postMessage({ port: port2 }, [port2]);
    port1.on('message', (m) => {
      log('via port', m);
      port1.postMessage('pong');
    });
    port1.on('close', () => log('port closed'));
    log(await end(p));
    const t = W('loop');
    t.on('message', async () => {
      log('terminate', await t.terminate());
    });
    log(await end(t));
    log(
      await end(
        new Worker('const {parentPort}=require("worker_threads");parentPort.postMessage(process.argv.slice(2));', {
          eval: true,
          argv: ['x', 'y'],
        }),
      ),
    );
    const so = W('stdio', { stdout: true, stdin: true });
    let out = '';
    so.stdout.on('data', (d) => (out += d));
    so.stdin.end('input!');
    log(await end(so));
    log(JSON.stringify(out));
    log(await end(W('nested')));
    const bc = new BroadcastChannel('b');
    const b = W('bc');
    bc.onmessage = (m) => {
      log('bc', m.data);
      bc.postMessage('from main');
    };
    log(await end(b));
    bc.close();
    const mc = new MessageChannel();
    mc.port1.postMessage({ x: 1 });
    log(receiveMessageOnPort(mc.port2), receiveMessageOnPort(mc.port2));
    mc.port1.close();
    try {
      new Worker(__filename, { workerData: () => {} });
    } catch (e) {
      log(e.name, e.code, e.message);
    }
    log(await end(W('rejection')));
    log(await end(new Worker('/nonexistent.js')).then((s) => s.split('\n')[0]));
  })();
} else {
  const m = workerData.mode;
  if (m === 'hello') {
    parentPort.postMessage({ threadId: threadId > 0, d: workerData.d.get(1), env: getEnvironmentData('k'), main: isMainThread });
  }
  if (m === 'throw') {
    throw new TypeError('boom');
  }
  if (m === 'exit') {
    process.exit(5);
  }
  if (m === 'rejection') {
    Promise.reject(new Error('rej'));
  }
  if (m === 'echo') {
    parentPort.once('message', (m) => {
      parentPort.postMessage({ first: new Uint8Array(m.ab)[0], n: String(m.n), s: m.set.has(1) });
    });
  }
  if (m === 'port') {
    parentPort.once('message', ({ port }) => {
      port.postMessage('ping');
      port.once('message', (m) => {
        parentPort.postMessage(m);
        port.close();
      });
    });
  }
  if (m === 'loop') {
    parentPort.postMessage(1);
    setInterval(() => {}, 10);
  }
  if (m === 'stdio') {
    process.stdin.on('data', (d) => {
      console.log('worker says', String(d));
    });
  }
  if (m === 'nested') {
    const w = new Worker('require("worker_threads").parentPort.postMessage("deep")', { eval: true });
    w.on('message', (m) => parentPort.postMessage('got ' + m));
  }
  if (m === 'bc') {
    const b = new BroadcastChannel('b');
    b.postMessage('hi');
    b.onmessage = (m) => {
      parentPort.postMessage(m.data);
      b.close();
    };
  }
}
