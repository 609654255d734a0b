import { after, before, describe, it } from 'node:test';
import { NodeOracle } from '../testing/bavini-node.ts';

const node = new NodeOracle();
before(() => node.open());
after(() => node.close());

const tell = `
  const v8 = require('v8'), { inspect } = require('util');
  const tell = (name, run) => {
    let text;
    try { text = inspect(run(), { depth: 9 }); } catch (e) { text = [e.name, e.code, e.message].join(' | '); }
    console.log(name + ': ' + text);
  };
  const raw = (value) => { const s = new v8.Serializer(); s.writeHeader(); s.writeValue(value); return s.releaseBuffer(); };
  const unraw = (bytes) => { const d = new v8.Deserializer(bytes); d.readHeader(); return d.readValue(); };
`;

describe('v8.serialize, compared with Node', () => {
  it('writes the same bytes, and reads them to the same values', () =>
    node.same(`${tell}
      const cycle = { a: 1 }; cycle.self = cycle;
      const shared = {}, buffer = new ArrayBuffer(8), extra = Object.assign([1, 2], { more: 'x' }), sparse = [1, , 3]; sparse[9] = 4;
      const error = new TypeError('message', { cause: { a: 1 } }); error.stack = 'the stack';
      class Point { constructor() { this.x = 1; } }
      const values = [undefined, null, true, false, 0, 1, -1, 63, 64, -65, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5, -0, NaN, Infinity, '', 'abc', 'é', '日本', 'a日', 0n, -1n, 2n ** 64n, -(2n ** 70n),
        new Date(5), new Date(NaN), /a+/gi, /x/dsuy, /[a]/v, [], [1, 2, 3], [1.5, 2], ['a', 1, null], sparse, extra, {}, { a: 1, b: 'x' }, { 1: 2, a: 3, 0: 1, 4294967295: 3, 3000000000: 1 }, cycle,
        [shared, shared], new Map([[1, 2], ['a', {}]]), new Set([1, 'a', shared]), buffer, new Uint8Array([1, 2, 3]), Buffer.alloc(5, 'hello'), new Float64Array([1.5]), new DataView(buffer, 2, 4),
        [buffer, new Int16Array(buffer)], new BigInt64Array(2), error, Object(1), Object('s'), Object(true), Object(5n), new Point(), { '日本': 'x', y: '日' }, { get a() { return 1; } }, Object.create(null),
        new Array(5), { nested: { deep: [{ a: [1, [2, [3]]] }] } }, new ArrayBuffer(4, { maxByteLength: 8 }), 'x'.repeat(300), '日'.repeat(200)];
      for (const [i, value] of values.entries()) {
        tell(i, () => v8.serialize(value).toString('hex'));
        tell(i + ' back', () => v8.deserialize(v8.serialize(value)));
        tell(i + ' plain', () => raw(value).toString('hex'));
        tell(i + ' plain back', () => unraw(raw(value)));
      }
    `));

  it('refuses the same values and bytes, with the same errors', () =>
    node.same(`${tell}
      for (const [i, value] of [() => {}, Symbol('a'), Promise.resolve(), new WeakMap(), new WeakRef({}), new Proxy({}, {}), { a: class A {} }, (function* () {})()].entries()) tell(i, () => v8.serialize(value));
      for (const hex of ['', 'ff0f', 'ff10', 'ff0f6f', 'ff0f41ffffffff0f', 'ff0f5e05', 'ff0f22ff']) tell(hex, () => v8.deserialize(Buffer.from(hex, 'hex')));
      tell('new', () => v8.Serializer());
      tell('bytes', () => new v8.Deserializer('a'));
      tell('uint32', () => new v8.Deserializer(Buffer.alloc(0)).readUint32());
      tell('double', () => new v8.Deserializer(Buffer.alloc(0)).readDouble());
      tell('raw', () => new v8.Deserializer(Buffer.alloc(1)).readRawBytes(2));
      tell('numbers', () => { const s = new v8.Serializer(); s.writeUint32(300); s.writeUint64(1, 2); s.writeDouble(1.5); s.writeRawBytes(Buffer.from('ab')); return s.releaseBuffer(); });
      tell('host', () => { const s = new v8.Serializer(); s._writeHostObject = (o) => { s.writeUint32(9); }; s._setTreatArrayBufferViewsAsHostObjects(true); s.writeValue(new Uint8Array(2)); return s.releaseBuffer(); });
    `));
});

describe('Blob, compared with Node', () => {
  it('joins, slices, streams and names its parts', () =>
    node.same(`
      (async () => {
        const blob = new Blob(['abc', new Uint8Array([100, 101]), new Blob(['日本'])], { type: 'Text/Plain' });
        console.log(blob, await blob.text(), await blob.slice(1, 5).text(), await blob.slice(-3).bytes(), blob.slice(0, 2, 'a/b').type);
        for await (const part of blob.stream()) console.log(part);
        const file = new File(['x'], 'name.txt', { lastModified: 5 });
        console.log(file.name, file.size, file.lastModified, await file.arrayBuffer());
        const url = URL.createObjectURL(blob);
        console.log(await require('buffer').resolveObjectURL(url).text());
        URL.revokeObjectURL(url);
        console.log(require('buffer').resolveObjectURL(url));
        require('fs').writeFileSync(require('os').tmpdir() + '/blob.txt', 'from a file');
        console.log(await (await require('fs').openAsBlob(require('os').tmpdir() + '/blob.txt')).slice(5).text());
      })();
    `));
});
