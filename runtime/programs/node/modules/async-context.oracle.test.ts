/** Async contexts over 300 interleaved tasks of random awaits, promises, timers, ticks, iterators and thenables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCases } from './compare.node.ts';

const program = String.raw`const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const als = new AsyncLocalStorage(), other = new AsyncLocalStorage();
const sleep = (n) => new Promise((r) => (n % 3 === 0 ? setTimeout(r, n % 5) : n % 3 === 1 ? setImmediate(r) : process.nextTick(r)));
let bad = 0, checks = 0;
const expect = (want, where) => { checks++; if (als.getStore() !== want) { bad++; if (bad < 20) console.log('BAD', where, 'want', want, 'got', als.getStore()); } };
let seed = 42; const rnd = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
async function* agen(id) { for (let i = 0; i < 3; i++) { await sleep(rnd(9)); yield i; } }
const thenable = (id) => ({ then(r) { expect(id, 'thenable'); r(7); } });
async function work(id, depth) {
  expect(id, 'start');
  for (let step = 0; step < 4; step++) {
    const kind = rnd(11);
    if (kind === 0) await sleep(rnd(9));
    else if (kind === 1) await Promise.resolve().then(() => expect(id, 'then')).then(() => sleep(rnd(9))).finally(() => expect(id, 'finally'));
    else if (kind === 2) { try { await Promise.reject(new Error('x')); } catch { expect(id, 'catch'); } finally { expect(id, 'finally2'); } }
    else if (kind === 3) { for await (const x of agen(id)) { expect(id, 'for await'); await 0; expect(id, 'for await 2'); } expect(id, 'after for await'); }
    else if (kind === 4) await thenable(id);
    else if (kind === 5 && depth < 2) await Promise.all([als.run(id + '/' + step, () => work(id + '/' + step, depth + 1)), sleep(1)]);
    else if (kind === 6) await new Promise((r) => setTimeout(() => { expect(id, 'timer'); r(); }, rnd(4)));
    else if (kind === 7) await new Promise((r) => queueMicrotask(() => { expect(id, 'queueMicrotask'); r(); }));
    else if (kind === 8) await (async () => { await sleep(rnd(9)); expect(id, 'arrow'); return (await 1) + (await 2); })();
    else if (kind === 9) await new Promise((r) => process.nextTick(() => { expect(id, 'nextTick'); r(); }));
    else await Promise.race([sleep(1), sleep(2)]).catch(() => {});
    expect(id, 'after ' + kind);
  }
  return id;
}
const all = []; for (let i = 0; i < 300; i++) all.push(als.run('r' + i, () => work('r' + i, 0)));
expect(undefined, 'outside');
Promise.all(all).then(() => { expect(undefined, 'end'); console.log(checks > 1000, 'bad', bad); });
(async () => { als.enterWith('entered'); await 1; expect('entered', 'enterWith'); als.exit(() => expect(undefined, 'exit')); await null; expect('entered', 'enterWith2'); })();
const r = als.run('res', () => new AsyncResource('X')); setTimeout(() => r.runInAsyncScope(() => expect('res', 'resource')), 3);
const snap = als.run('snap', () => AsyncLocalStorage.snapshot()); setTimeout(() => snap(() => expect('snap', 'snapshot')), 2);
`;
// As large as the bundles of frameworks, and loaded before anybody has set a context.
const large = String.raw`const { writeFileSync } = require('fs');
writeFileSync('large.cjs', 'module.exports = async (als) => { await 1; return als.getStore(); };\n//' + ' '.repeat(3_000_000));
const getStore = require('./large.cjs');
const { AsyncLocalStorage } = require('async_hooks');
const als = new AsyncLocalStorage();
als.run('kept', getStore, als).then(console.log);
`;
const asModule = program.replace(/^.*\n/, 'import { AsyncLocalStorage, AsyncResource } from "async_hooks"; await 0;\n');

const results = await compareCases<string>({
  'in CommonJS': { files: { 'als.cjs': program }, args: ['als.cjs'] },
  'in a module': { files: { 'als.mjs': asModule }, args: ['als.mjs'] },
  'in a large bundle': { files: { 'load.cjs': large }, args: ['load.cjs'] },
});
for (const [title, { real, ours }] of results) {
  test(`AsyncLocalStorage ${title}`, () => {
    assert.equal(real.stdout, title === 'in a large bundle' ? 'kept\n' : 'true bad 0\n');
    assert.deepEqual(ours, real);
  });
}
test('end', () => void setTimeout(() => process.exit(), 100).unref());
