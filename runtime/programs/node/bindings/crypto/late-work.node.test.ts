/** Most programs load `crypto` for little of it: what it works with is evaluated at first use, whichever use that is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelInNode } from '../../../../testing/kernel-in-node.ts';

const work = 'bavini/crypto-work';

async function readBy(...programs: readonly string[]): Promise<ReadonlySet<string>> {
  const kernel = new KernelInNode('native');
  await kernel.boot();
  try {
    for (const program of programs) {
      const { code, stdout, stderr } = await kernel.run(['--expose-internals', '-e', program]);
      assert.equal(code, 0, stdout + stderr);
    }
    return new Set(kernel.sourcesRead);
  } finally {
    await kernel.close();
  }
}

test('to load crypto, and what loads it, evaluates its names alone', { timeout: 120_000 }, async () => {
  const read = await readBy("require('crypto'); require('https'); require('http2'); require('crypto').webcrypto");
  assert.ok(read.has('bavini/crypto'));
  assert.ok(!read.has(work));
});

test('the first use evaluates the rest: a class, a function, a key of another thread, Web Crypto', { timeout: 120_000 }, async () => {
  const uses = {
    hash: "require('crypto').createHash('sha1').update('a').digest('hex') === '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'",
    equal: "require('crypto').timingSafeEqual(Buffer.from('a'), Buffer.from('a'))",
    thread: `new Promise((resolve) => {
      const code = "require('worker_threads').parentPort.on('message', (key) => { require('worker_threads').parentPort.postMessage(key.export().toString()); process.exit(); })";
      const worker = new (require('worker_threads').Worker)(code, { eval: true });
      worker.on('message', (text) => resolve(text === 'secret'));
      worker.postMessage(require('crypto').createSecretKey(Buffer.from('secret')));
    })`,
    webcrypto: "crypto.subtle.digest('SHA-1', new Uint8Array(1)).then((bytes) => bytes.byteLength === 20)",
  };
  for (const use of Object.values(uses)) {
    const read = await readBy(`(async () => { if (!(await (${use}))) process.exit(1); })()`);
    assert.ok(read.has(work), use);
  }
});

test('each name stands for what is there', { timeout: 120_000 }, async () => {
  const ask = "const binding = require('internal/test/binding').internalBinding('crypto');";
  await readBy(`${ask} for (const name in binding) if (typeof binding[name] === 'function') binding[name].name.length`);
});
