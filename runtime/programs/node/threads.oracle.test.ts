/** Threads, ports, keys in messages and promise hooks against real Node: the same script, the same outputs. */
import { describeAgainstNode } from '../../testing/against-node.ts';

const cases: Readonly<Record<string, string>> = {
  'ports are read in the order they were made': `
    const [c1, c2, c3] = [1, 2, 3].map(() => new BroadcastChannel('order'));
    const log = [];
    for (const [name, c] of Object.entries({ c1, c2, c3 })) c.onmessage = ({ data }) => {
      log.push(name + ' ' + data);
      if (data === 'from c1' && c === c2) c2.postMessage('done');
      if (log.length === 6) { console.log(log); c1.close(); c2.close(); c3.close(); }
    };
    c1.postMessage('from c1'); c3.postMessage('from c3');`,
  'what arrived before a port was closed is read': `
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (m) => { console.log(m); port1.close(); });
    port2.postMessage('a'); port2.postMessage('b');`,
  'errors of ports': `
    const { MessagePort, MessageChannel, moveMessagePortToContext } = require('worker_threads');
    const tell = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
    const { port1, port2 } = new MessageChannel();
    tell(() => MessagePort()); tell(() => new MessagePort()); tell(() => MessageChannel());
    for (const list of [0, 'x', { transfer: null }, { transfer: 1 }, { transfer: { [Symbol.iterator]() { return {}; } } }]) tell(() => port1.postMessage(1, list));
    tell(() => port1.postMessage(port2)); tell(() => port1.postMessage(new MessageChannel().port1));
    const bytes = new ArrayBuffer(4); port1.postMessage(null, [bytes]); console.log(bytes.byteLength);
    port1.close(); tell(() => moveMessagePortToContext(port1, {}));`,
  'a thread follows the directory of its parent': `
    const { Worker } = require('worker_threads');
    const w = new Worker("const { parentPort } = require('worker_threads'); parentPort.on('message', () => parentPort.postMessage(process.cwd()))", { eval: true });
    w.once('message', (cwd) => { console.log(cwd === process.cwd()); process.chdir('/'); w.once('message', (next) => { console.log(next); w.terminate(); }); w.postMessage(1); });
    w.postMessage(1);`,
  'keys get into threads': `
    const { Worker } = require('worker_threads'); const crypto = require('crypto');
    const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const w = new Worker("const { parentPort } = require('worker_threads'); const crypto = require('crypto'); parentPort.once('message', ({ secret, privateKey, publicKey }) => parentPort.postMessage([secret.type, secret.export().toString('hex'), privateKey.asymmetricKeyDetails, crypto.verify('sha256', 'x', publicKey, crypto.sign('sha256', 'x', privateKey))]))", { eval: true });
    w.on('message', console.log);
    w.postMessage({ secret: crypto.createSecretKey('0102', 'hex'), publicKey, privateKey });`,
  'messages between threads are answered': `
    const { Worker, postMessageToThread, threadId } = require('worker_threads');
    const w = new Worker("process.on('workerMessage', (m, from) => { if (m === 'throw') throw new Error('x'); require('worker_threads').parentPort.postMessage([m, from]); }); require('worker_threads').parentPort.ref()", { eval: true });
    w.on('online', async () => {
      const got = require('events').once(w, 'message');
      await postMessageToThread(w.threadId, { a: 1 });
      console.log('thread got', ...(await got));
      await postMessageToThread(w.threadId, 'throw').catch((e) => console.log(e.code));
      await postMessageToThread(9999, 1).catch((e) => console.log(e.code));
      await postMessageToThread(threadId, 1).catch((e) => console.log(e.code));
      await w.terminate();
    });`,
  'options that a thread cannot have': `
    const { Worker } = require('worker_threads');
    for (const options of [{ execArgv: ['--foo'] }, { execArgv: ['--title=x'] }, { execArgv: ['--redirect-warnings'] }, { env: { NODE_OPTIONS: '--nope' } }])
      try { new Worker('', { eval: true, ...options }); } catch (e) { console.log(e.name, e.code); }`,
  'promise hooks': `
    const { promiseHooks } = require('v8'); const log = []; const names = new Map(); const name = (p) => p && (names.has(p) || names.set(p, names.size), names.get(p));
    const stop = promiseHooks.createHook({ init: (p, parent) => log.push(['init', name(p), name(parent)]), before: (p) => log.push(['before', name(p)]), after: (p) => log.push(['after', name(p)]), settled: (p) => log.push(['settled', name(p)]) });
    const first = new Promise((resolve) => setTimeout(resolve, 1));
    first.then(() => { throw new Error('x'); }).catch(() => 1);
    Promise.reject(2).catch(() => {});
    setTimeout(() => setTimeout(() => { stop(); console.log(log); console.log(Promise.resolve(first) === first, first.constructor.name, first instanceof Promise); }, 1), 1);`,
  'parts of WebAssembly stay where they are': `
    const tell = (value) => { for (const clone of [structuredClone, (v) => new MessageChannel().port1.postMessage(v)]) try { clone({ value }); } catch (e) { console.log(e.name, e.message); } };
    tell(new WebAssembly.Memory({ initial: 1 })); tell(new WebAssembly.Table({ initial: 1, element: 'anyfunc' })); tell(new WebAssembly.Global({ value: 'i32' }, 1));
    tell(new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))));
    const { value } = structuredClone({ value: new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }) });
    console.log(value instanceof WebAssembly.Memory, value.buffer instanceof SharedArrayBuffer);`,
  'arguments of a child are text': `
    require('child_process').execFile(process.execPath, ['-p', 'process.argv.slice(1)', 23, true], (e, out) => console.log(out));`,
  'Zstandard parameters': `
    const zlib = require('zlib'); const text = Buffer.from('Lorem ipsum dolor sit amet, '.repeat(400) + Array.from({ length: 5000 }, (_, i) => i * i).join());
    for (const level of [1, 3, 19]) { const made = zlib.zstdCompressSync(text, { params: { [zlib.constants.ZSTD_c_compressionLevel]: level, [zlib.constants.ZSTD_c_checksumFlag]: 1 } }); console.log(made.length < text.length / 2, zlib.zstdDecompressSync(made).equals(text)); }
    try { zlib.zstdCompressSync('x', { params: { [zlib.constants.ZSTD_c_strategy]: 130 } }); } catch (e) { console.log(e.code, e.message); }
    const c = zlib.createZstdCompress({ pledgedSrcSize: 3 }); c.on('error', (e) => console.log(e.code, e.errno)); c.end('four');`,
};

describeAgainstNode(
  'threads and messages',
  Object.entries(cases).map(([name, code]) => ({ name, code })),
);
